"""What is shown on the terminal and written to the file."""

import contextlib
import json
import os
import platform
import re
from pathlib import Path

from sides import SIDES


def heading(names):
    """Times of ours, its part of the floor, and how many times as long each other side takes."""
    return f"{'a step of':15}{'ours µs':>10}{'floor':>7}" + "".join(f"{SIDES[name].title:>10}" for name in names if name != "ours")


def row(line, names):
    ours = line["microseconds"]["ours"]["median"]
    cells = "".join(f"{ratio(line, name):>10}" for name in names if name != "ours")
    notes = "".join(f"\n  {SIDES[name].title}: {note}" for name, note in line["notes"].items())
    return f"{line['name']:15}{ours:>10}{line['of_floor']:>7.0%}{cells}{notes}"


def ratio(line, name):
    if name not in line["ratios"]:
        return "failed" if name in line["notes"] else "–"
    median = line["ratios"][name]["median"]
    return f"{median:.2f}×" if median < 10 else f"{median:.0f}×"


def threads(workload, lines):
    parts = (f"{line['threads']}: {line['microseconds']} µs ({line['speedup']}×)" for line in lines)
    return f"{workload['name']} on threads: " + ", ".join(parts)


def seeds(found):
    part = "{threads} threads: {apart} s apart, {together} s together"
    return f"{found['workload']}: " + "; ".join(part.format(**line) for line in found["lines"])


def memory(found):
    parts = (f"{SIDES[name].title} {bytes_ / 1e6:.1f} MB" for name, bytes_ in found["bytes"].items())
    notes = "".join(f"\n  {SIDES[name].title}: {note}" for name, note in found["notes"].items())
    return f"memory beside the data of {found['workload']}: " + ", ".join(parts) + notes


def instructions(line):
    times = ", ".join(f"{name} {time} µs" for name, time in line["microseconds"].items())
    return f"{line['workload']:15}{times}"


def machine():
    return {"cpu": cpu_model(), "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}"}


def cpu_model():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def pretty(result):
    """JSON with each list of sizes and each median with its ends on one line."""

    def on_one_line(found):
        return re.sub(r"(?<=[\[{])\s+|\s+(?=[\]}])", "", re.sub(r"\s+", " ", found[0]))

    text = json.dumps(result, indent=2, ensure_ascii=False)
    return re.sub(r"\[[\d\s,]+\]|\{\s*\"(median|threads)\"[^{}]*\}", on_one_line, text) + "\n"
