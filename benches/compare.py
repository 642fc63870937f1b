#!/usr/bin/env python3
"""Trains the same networks in Rust, NumPy and PyTorch, and writes down what a step of each takes."""

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
SCRATCH = TARGET / "benches"
SIDES = ("ours", "numpy", "torch")
TOLERANCE = 1e-9
# Each side draws its own dropout masks, so their costs are only similar.
ALIKE = 0.05
# The data set that is large enough for a second thread to pay off.
THREADS = "A1M"

# Runs in the Python of the sides: this one may lack NumPy.
VERSIONS = """
import json, platform, sys, numpy
blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
versions = {
    "python": platform.python_version(),
    "numpy": numpy.__version__,
    "blas": f"{blas['name']} {blas['version']}",
}
if "torch" in sys.argv:
    import torch
    versions["torch"] = torch.__version__
print(json.dumps(versions))
"""


class Problem(Exception):
    """What is wrong, in one line for the person at the terminal."""


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
    parser.add_argument("--rounds", type=positive, help="samples of each side (7, or 2 with --quick)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the steps: a trial, no measurement")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only the workloads of these names or groups")
    parser.add_argument("--cpu", type=int, help="the core that all sides run on (the last one)")
    parser.add_argument("--python", type=Path, help="a Python with NumPy and PyTorch, instead of an environment of our own")
    parser.add_argument("--without-torch", action="store_true", help="beside NumPy alone; written only to an --output")
    parser.add_argument("--output", type=Path, help="(measured.json, beside this file)")
    arguments = parser.parse_args()
    arguments.sides = [side for side in SIDES if side != "torch" or not arguments.without_torch]
    if not arguments.output and not arguments.without_torch:
        arguments.output = HERE / "measured.json"
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 7)
    return arguments


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def compare(arguments):
    cores = available_cores()
    cpu = chosen_core(arguments.cpu, cores)
    worker = build()
    data = SCRATCH / "data"
    run([worker, "data", data])
    workloads = chosen_workloads(data, arguments)
    python = arguments.python or environment(arguments.sides)
    versions = read_versions(python, arguments.sides)
    commands = {
        "ours": [worker, "serve", data],
        "numpy": [python, HERE / "numpy_side.py", data],
        "torch": [python, HERE / "torch_side.py", data],
    }
    floor = json.loads(run([worker, "floor"], pin=cpu))
    with contextlib.ExitStack() as stack:
        sides = {side: stack.enter_context(Side(side, commands[side], cpu)) for side in arguments.sides}
        print(heading(arguments.sides), flush=True)
        lines = []
        for workload in workloads:
            lines.append(measure(workload, sides, arguments.rounds))
            print(row(lines[-1]), flush=True)
    result = {
        "machine": machine(),
        "date": datetime.date.today().isoformat(),
        "versions": versions,
        "rounds": arguments.rounds,
        "multiply_adds_per_second": rounded(floor["multiply_adds_per_second"]),
        "workloads": lines,
    }
    large = next((workload for workload in workloads if workload["name"] == THREADS), None)
    if large and len(cores) > 1:
        result["threads"] = measure_threads(large, commands["ours"], arguments.rounds)
        said = "{workload} on one thread {one} µs a step, on two {two} µs: {ratio} times as fast"
        print(said.format(**result["threads"]))
    result["instructions"] = measure_instructions(workloads, worker, data, cpu, arguments.rounds)
    if arguments.output:
        arguments.output.write_text(pretty(result), encoding="utf-8")
        print(f"written to {arguments.output}")


# The tools and the data.


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


def build():
    """Compiles the worker and returns its path."""
    if not shutil.which("cargo"):
        raise Problem("there is no `cargo`: install Rust and try again")
    command = ["cargo", "build", "--release", "-p", "benches", "--bin", "benches"]
    # Cargo itself says where the program is.
    messages = run([*command, "--message-format", "json-render-diagnostics"], cwd=ROOT)
    programs = [json.loads(line).get("executable") for line in messages.splitlines()]
    return next(filter(None, programs))


def environment(sides):
    """The Python of a virtual environment with NumPy and, if it is a side, PyTorch; made once."""
    folder = SCRATCH / "venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.partition("==")[0] in sides]
    installed = folder / "requirements.txt"
    if installed.exists() and set(wanted) <= set(installed.read_text(encoding="utf-8").splitlines()):
        return python
    print(f"installing {' and '.join(wanted)} into {folder}, once", flush=True)
    missing = "Python's `venv` module or its `pip` is missing: install them (Debian: python3-venv)"
    run([sys.executable, "-m", "venv", folder], missing)
    run([python, "-m", "pip", "install", "--quiet", *wanted], "pip could not install what requirements.txt lists")
    installed.write_text("".join(line + "\n" for line in wanted), encoding="utf-8")
    return python


def read_versions(python, sides):
    rust = run(["rustc", "--version"], cwd=ROOT).split()[1]
    others = run([python, "-c", VERSIONS, *sides], f"{python} cannot import what the sides need")
    return {"rustc": rust, **json.loads(others)}


def run(command, failure=None, cwd=None, pin=None):
    """What a command writes to standard output; its errors go to ours."""
    command = [str(part) for part in command]
    failure = failure or f"`{' '.join(command)}` failed"
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=cwd, env=one_thread(), preexec_fn=pinned(pin))
    except OSError as error:
        raise Problem(f"{failure}: {error.strerror}") from error
    if done.returncode != 0:
        raise Problem(f"{failure}; the lines above say why")
    return done.stdout


def chosen_workloads(data, arguments):
    workloads = json.loads((data / "workloads.json").read_text(encoding="utf-8"))
    if arguments.quick:
        for workload in workloads:
            workload["steps"] = max(1, workload["steps"] // 10)
    if not arguments.only:
        return workloads
    known = {workload[key] for workload in workloads for key in ("name", "group")}
    if unknown := set(arguments.only) - known:
        raise Problem(f"--only: no workload or group is called {', '.join(sorted(unknown))}")
    return [workload for workload in workloads if {workload["name"], workload["group"]} & set(arguments.only)]


# The sides.


class Side:
    """A process that answers one request at a time."""

    def __init__(self, name, command, cpu=None, threads=1):
        self.name = name
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=one_thread() | {"RAYON_NUM_THREADS": str(threads)},
            preexec_fn=pinned(cpu),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def train(self, workload, steps):
        """Seconds for that many steps, and the cost after them."""
        request = {"workload": workload["name"], "steps": steps}
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing answer tells
        line = self.process.stdout.readline()
        if not line:
            raise Problem(f"{workload['name']}: the side `{self.name}` ended without an answer")
        answer = json.loads(line)
        if "error" in answer:
            raise Problem(f"{workload['name']}: the side `{self.name}` says: {answer['error']}")
        return answer["seconds"], answer["cost"]


def one_thread():
    """The environment of all that is measured: one thread, and the BLAS that fits the machine."""
    keys = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if key not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    return kept | dict.fromkeys(keys, "1")


def pinned(cpu):
    """What a new process runs first, to stay on one core."""
    return None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})


# The measurement.


def measure(workload, sides, rounds):
    cost = checked_cost(workload, sides)
    steps = workload["steps"]
    for side in sides.values():
        side.train(workload, steps)
    # In turns, so that a disturbance of the machine affects all sides.
    samples = [{name: side.train(workload, steps)[0] / steps * 1e6 for name, side in sides.items()} for _ in range(rounds)]
    kept = ("name", "title", "group", "sizes", "examples", "batch", "optimizer", "lambda", "keep", "steps", "check_steps")
    return {
        **{key: workload[key] for key in kept},
        "cost": cost,
        "microseconds": {side: spread([sample[side] for sample in samples]) for side in sides},
        "ratios": {side: spread([sample[side] / sample["ours"] for sample in samples]) for side in sides if side != "ours"},
    }


def checked_cost(workload, sides):
    """Our cost after the same steps on all sides, which must be the others' too, or near them with dropout."""
    same = workload["keep"] == 1
    steps = workload["check_steps"]
    costs = {name: side.train(workload, steps)[1] for name, side in sides.items()}
    for name, cost in costs.items():
        if abs(cost - costs["ours"]) > (TOLERANCE if same else ALIKE) * abs(costs["ours"]):
            said = f"the cost of `ours` is {costs['ours']!r}, that of `{name}` {cost!r}"
            raise Problem(f"{workload['name']}: after {steps} steps {said}")
    return costs["ours"]


def measure_threads(workload, command, rounds):
    """Our side on one thread and on two, each on any core."""
    steps = workload["steps"]
    with Side("one thread", command) as one, Side("two threads", command, threads=2) as two:
        sides = (one, two)
        costs = [side.train(workload, steps)[1] for side in sides]
        if costs[0] != costs[1]:
            raise Problem(f"{workload['name']}: the cost is {costs[0]!r} on one thread and {costs[1]!r} on two")
        samples = [[side.train(workload, steps)[0] / steps * 1e6 for side in sides] for _ in range(rounds)]
    return {
        "workload": workload["name"],
        "one": rounded(median(sample[0] for sample in samples)),
        "two": rounded(median(sample[1] for sample in samples)),
        "ratio": rounded(median(sample[0] / sample[1] for sample in samples)),
    }


def measure_instructions(workloads, worker, data, cpu, rounds):
    """Our side with each set of vector instructions that this CPU has."""
    names = run([worker, "instructions"]).split()
    lines = []
    with contextlib.ExitStack() as stack:
        commands = {name: [worker, "serve", data, "--at-most", name] for name in names}
        sides = {name: stack.enter_context(Side(name, commands[name], cpu)) for name in names}
        for workload in (workload for workload in workloads if workload["group"] == "table"):
            steps = workload["steps"]
            costs = {name: side.train(workload, steps)[1] for name, side in sides.items()}
            if len(set(costs.values())) > 1:
                raise Problem(f"{workload['name']}: the cost depends on the instructions: {costs}")
            samples = [{name: side.train(workload, steps)[0] / steps * 1e6 for name, side in sides.items()} for _ in range(rounds)]
            medians = {name: rounded(median(sample[name] for sample in samples)) for name in names}
            lines.append({"workload": workload["name"], "microseconds": medians})
            print(f"{workload['name']:17}" + ", ".join(f"{name} {time} µs" for name, time in medians.items()), flush=True)
    return lines


def spread(numbers):
    return {"median": rounded(median(numbers)), "min": rounded(min(numbers)), "max": rounded(max(numbers))}


def rounded(number):
    """Four significant digits: the others are noise."""
    number = float(f"{number:.4g}")
    return int(number) if number.is_integer() else number


# What is shown and written.


def machine():
    return {"cpu": cpu_model(), "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}"}


def cpu_model():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


TITLES = {"ours": "ours", "numpy": "NumPy", "torch": "PyTorch"}


def heading(sides):
    times = "".join(f"{TITLES[side] + ' µs':>12}" for side in sides)
    return f"{'a step of':17}{times}" + "".join(f"{TITLES[side] + ' / ours':>28}" for side in sides[1:])


def row(line):
    times = "".join(f"{time['median']:>12}" for time in line["microseconds"].values())
    ratios = ("{median} ({min} to {max})".format(**ratio) for ratio in line["ratios"].values())
    return f"{line['name']:17}{times}" + "".join(f"{ratio:>28}" for ratio in ratios)


def pretty(result):
    """JSON with a list of sizes on one line."""

    def on_one_line(found):
        return re.sub(r"(?<=\[)\s+|\s+(?=\])", "", re.sub(r"\s+", " ", found[0]))

    return re.sub(r"\[[\d\s,]+\]", on_one_line, json.dumps(result, indent=2)) + "\n"


if __name__ == "__main__":
    main()
