"""Measures what a step takes on each side, taking turns, after checking that all sides come to the same."""

import contextlib
from statistics import median

from sides import REQUIRED, SIDES, Failed, Problem, Side

TOLERANCE = 1e-9
# Each side draws its own dropout masks, so their costs are only similar.
ALIKE = 0.05
# Burn keeps Adam's two decay rates as f32, and compiled PyTorch counts its steps in f32.
TOLERANCES = {("burn", "adam"): 1e-4, ("compiled", "adam"): 1e-4}
KEPT = (
    *("name", "title", "group", "sizes", "examples", "batch", "optimizer", "shuffled", "lambda", "keep", "networks"),
    *("multiply_adds", "check_steps"),
)


def measure(workload, sides, rounds, sample, rate):
    """A step of one network of the workload, in microseconds, on each side that takes part."""
    present = {name: side for name, side in sides.items() if SIDES[name].joins(workload)}
    notes, steps, costs = {}, {}, {}
    for name, side in present.items():
        try:
            cost = checked(name, side, workload, costs)
            steps[name] = adjusted(side, workload, sample, cost)
        except Failed as failed:
            if name in REQUIRED:
                raise Problem(f"{workload['name']}: the side `{name}`: {failed}") from failed
            notes[name] = str(failed)
    samples = rounds_of({name: present[name] for name in steps}, workload, steps, rounds, notes)
    times = {name: spread([sample[name] for sample in samples]) for name in steps if name not in notes}
    others = [name for name in times if name != "ours"]
    floor = workload["multiply_adds"] / rate * 1e6
    return {
        **{key: workload[key] for key in KEPT},
        "cost": costs["ours"],
        "floor": rounded(floor),
        "of_floor": rounded(floor / times["ours"]["median"]),
        "microseconds": times,
        "ratios": {name: spread([sample[name] / sample["ours"] for sample in samples]) for name in others},
        "notes": notes,
    }


def checked(name, side, workload, costs):
    """Seconds for the steps of the check, whose cost must be ours, or near it with dropout."""
    steps = workload["check_steps"]
    seconds, costs[name] = side.train(workload, steps)
    tolerance = TOLERANCES.get((name, workload["optimizer"]), TOLERANCE)
    if workload["keep"] < 1:
        tolerance = ALIKE
    ours = costs["ours"]
    if abs(costs[name] - ours) > tolerance * abs(ours):
        raise Failed(f"after {steps} steps its cost is {costs[name]!r}, ours {ours!r}")
    return seconds


def adjusted(side, workload, sample, seconds):
    """How many steps, at most the workload's, make a sample of as many seconds; warms the side up."""
    steps = workload["check_steps"]
    for _ in range(2):
        steps = max(1, min(workload["steps"], int(steps * sample / seconds)))
        seconds, _ = side.train(workload, steps)
    return steps


def rounds_of(sides, workload, steps, rounds, notes):
    """Microseconds a step in each round, in turns, so that a disturbance of the machine affects all sides."""
    samples = []
    for _ in range(rounds):
        samples.append({})
        for name, side in sides.items():
            if name in notes:
                continue
            try:
                seconds, _ = side.train(workload, steps[name])
                samples[-1][name] = seconds / steps[name] / workload["networks"] * 1e6
            except Failed as failed:
                notes[name] = str(failed)
    return samples


def measure_threads(workload, command, counts, rounds):
    """Our side on more and more threads, each on any core; the costs must be equal to the last bit."""
    with contextlib.ExitStack() as stack:
        sides = {count: stack.enter_context(Side(command, threads=count)) for count in counts}
        samples = equal_rounds(sides, workload, workload["steps"], rounds)
    medians = {count: median(sample[count] for sample in samples) for count in counts}
    speedups = {count: median(sample[1] / sample[count] for sample in samples) for count in counts}
    return [
        {"threads": count, "microseconds": rounded(medians[count] / workload["steps"] * 1e6), "speedup": rounded(speedups[count])}
        for count in counts
    ]


def measure_seeds(workload, command, counts, rounds, steps):
    """Seconds for whole runs of many seeds: each trained apart, and all together."""
    lines = []
    for count in counts:
        with Side([*command, "--apart"], threads=count) as apart, Side(command, threads=count) as together:
            samples = equal_rounds({"apart": apart, "together": together}, workload, steps, rounds)
        lines.append({
            "threads": count,
            "apart": rounded(median(sample["apart"] for sample in samples)),
            "together": rounded(median(sample["together"] for sample in samples)),
        })
    return {"workload": workload["name"], "networks": workload["networks"], "steps": steps, "lines": lines}


def measure_instructions(workloads, command, names, cpu, rounds):
    """Our side with each set of vector instructions that this CPU has."""
    with contextlib.ExitStack() as stack:
        sides = {name: stack.enter_context(Side([*command, "--at-most", name], cpu)) for name in names}
        for workload in workloads:
            steps = workload["steps"]
            samples = equal_rounds(sides, workload, steps, rounds)
            scale = 1e6 / steps / workload["networks"]
            medians = {name: rounded(median(sample[name] for sample in samples) * scale) for name in names}
            yield {"workload": workload["name"], "microseconds": medians}


def equal_rounds(sides, workload, steps, rounds):
    """Seconds in each round of sides that are all ours, and must come to the same cost to the last bit."""
    try:
        costs = {name: side.train(workload, steps)[1] for name, side in sides.items()}
        if len(set(costs.values())) > 1:
            raise Problem(f"{workload['name']}: the costs differ: {costs}")
        return [{name: side.train(workload, steps)[0] for name, side in sides.items()} for _ in range(rounds)]
    except Failed as failed:
        raise Problem(f"{workload['name']}: our side: {failed}") from failed


def measure_memory(small, large, commands, cpu):
    """The most memory that training takes beside the data, in a fresh process of each side."""
    bytes_, notes = {}, {}
    for name, command in commands.items():
        if not SIDES[name].joins(large):
            continue
        try:
            bytes_[name] = rounded(peak(small, large, command, cpu))
        except (Failed, OSError) as error:
            notes[name] = str(error)
    return {"workload": large["name"], "bytes": bytes_, "notes": notes}


def peak(small, large, command, cpu):
    with Side(command, cpu) as side:
        # What a library loads or compiles on its first step is none of the training's.
        side.train(small, 2)
        side.prepare(large)
        before = side.memory("VmRSS")
        side.forget_peak()
        side.train(large, 2)
        return max(0, side.memory("VmHWM") - before)


def spread(numbers):
    return {"median": rounded(median(numbers)), "min": rounded(min(numbers)), "max": rounded(max(numbers))}


def rounded(number):
    """Four significant digits: the others are noise."""
    number = float(f"{number:.4g}")
    return int(number) if number.is_integer() else number
