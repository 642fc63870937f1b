#!/usr/bin/env python3
"""Trains the same networks here and in what a reader would pick instead, and writes down what a step takes."""

import argparse
import contextlib
import datetime
import json
import os
import sys
from pathlib import Path

import install
import measure
import show
from sides import REQUIRED, SIDES, Problem, Side

# The data set that is large enough for a second thread to pay off, and one that is small.
LARGE, SMALL = "A1M", "A"


def main():
    arguments = parse()
    try:
        compare(arguments)
    except Problem as problem:
        sys.exit(f"error: {problem}")
    except KeyboardInterrupt:
        sys.exit("stopped")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    optional = [name for name in SIDES if name not in REQUIRED]
    parser.add_argument("--rounds", type=positive, help="samples of each side (7, or 2 with --quick)")
    parser.add_argument("--quick", action="store_true", help="short samples: a trial, no measurement")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only the workloads of these names or groups")
    parser.add_argument("--without", nargs="+", default=[], choices=optional, metavar="SIDE", help=", ".join(optional))
    parser.add_argument("--cpu", type=int, help="the core that all sides run on (the last one)")
    parser.add_argument("--python", type=Path, help="a Python with what requirements.txt lists, instead of an environment of our own")
    parser.add_argument("--output", type=Path, help="(measured.json, beside this file; nothing for a part or a trial)")
    arguments = parser.parse_args()
    arguments.wanted = [name for name in SIDES if name not in arguments.without]
    if not (arguments.output or arguments.quick or arguments.only or arguments.without):
        arguments.output = install.HERE / "measured.json"
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 7)
    arguments.sample = 0.02 if arguments.quick else 0.1
    return arguments


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def compare(arguments):
    cores = available_cores()
    cpu = chosen_core(arguments.cpu, cores)
    worker = install.build("benches")
    data = install.SCRATCH / "data"
    install.run([worker, "data", data])
    workloads = chosen_workloads(data, arguments)
    commands, missing, python = install.commands(worker, data, arguments.wanted, arguments.python)
    missing |= dict.fromkeys(arguments.without, "left out with --without")
    for name, reason in missing.items():
        print(f"without {SIDES[name].title}: {reason}", flush=True)
    rate = json.loads(install.run([worker, "floor"], pin=cpu))["multiply_adds_per_second"]
    result = {
        "machine": show.machine(),
        "date": datetime.date.today().isoformat(),
        "versions": install.versions(python, commands),
        "rounds": arguments.rounds,
        "multiply_adds_per_second": measure.rounded(rate),
        "missing": missing,
        "workloads": beside_each_other(workloads, commands, cpu, arguments, rate),
    }
    result |= ours_alone(workloads, commands, worker, cores, cpu, arguments)
    if arguments.output:
        arguments.output.write_text(show.pretty(result), encoding="utf-8")
        print(f"written to {arguments.output}")


def beside_each_other(workloads, commands, cpu, arguments, rate):
    """Every workload but those of our side alone, on all sides."""
    print(show.heading(commands), flush=True)
    lines = []
    with contextlib.ExitStack() as stack:
        sides = {name: stack.enter_context(Side(command, cpu)) for name, command in commands.items()}
        for workload in workloads:
            if workload["group"] == "seeds":
                continue
            lines.append(measure.measure(workload, sides, arguments.rounds, arguments.sample, rate))
            print(show.row(lines[-1], commands), flush=True)
    return lines


def ours_alone(workloads, commands, worker, cores, cpu, arguments):
    """Threads, seeds, memory and instructions, of those workloads that are chosen."""
    named = {workload["name"]: workload for workload in workloads}
    counts = thread_counts(len(cores))
    found = {}
    if LARGE in named:
        found["threads"] = measure.measure_threads(named[LARGE], commands["ours"], counts, arguments.rounds)
        print(show.threads(named[LARGE], found["threads"]), flush=True)
    if LARGE in named and SMALL in named:
        found["memory"] = measure.measure_memory(named[SMALL], named[LARGE], commands, cpu)
        print(show.memory(found["memory"]), flush=True)
    for workload in (workload for workload in workloads if workload["group"] == "seeds"):
        steps = workload["steps"] // (10 if arguments.quick else 1)
        found["seeds"] = measure.measure_seeds(workload, commands["ours"], counts, min(arguments.rounds, 3), steps)
        print(show.seeds(found["seeds"]), flush=True)
    table = [workload for workload in workloads if workload["group"] == "table"]
    names = install.run([worker, "instructions"]).split()
    found["instructions"] = []
    for line in measure.measure_instructions(table, commands["ours"], names, cpu, arguments.rounds):
        found["instructions"].append(line)
        print(show.instructions(line), flush=True)
    return found


def available_cores():
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def chosen_core(cpu, cores):
    """The core to pin to, or None where the system has no such call."""
    if cpu is not None and cpu not in cores:
        raise Problem(f"--cpu {cpu}: there are {', '.join(map(str, cores))}")
    if not hasattr(os, "sched_setaffinity"):
        print("note: this system cannot pin a process to a core", file=sys.stderr)
        return None
    return cores[-1] if cpu is None else cpu


def thread_counts(cores):
    """1, 2, 4 and so on, and as many as there are cores."""
    counts = [1]
    while counts[-1] * 2 < cores:
        counts.append(counts[-1] * 2)
    return counts + [cores] * (cores > 1)


def chosen_workloads(data, arguments):
    workloads = json.loads((data / "workloads.json").read_text(encoding="utf-8"))
    if not arguments.only:
        return workloads
    known = {workload[key] for workload in workloads for key in ("name", "group")}
    if unknown := set(arguments.only) - known:
        raise Problem(f"--only: no workload or group is called {', '.join(sorted(unknown))}")
    return [workload for workload in workloads if {workload["name"], workload["group"]} & set(arguments.only)]


if __name__ == "__main__":
    main()
