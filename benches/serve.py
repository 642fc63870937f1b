"""What the Python sides share: reading the data, and answering requests, each a line of JSON."""

import json
import math
import sys
from pathlib import Path

import numpy as np


def serve(prepare):
    """Answers the requests on standard input from the data in the folder of the command line.

    `prepare(workload, x, y, starts)` returns a function that trains each network for a number of steps
    and returns the seconds that they took and the networks' mean cost after the last one. A request
    without steps is only prepared.
    """
    folder = Path(sys.argv[1])
    listed = json.loads((folder / "workloads.json").read_text(encoding="utf-8"))
    workloads = {workload["name"]: workload for workload in listed}
    runs = {}
    for line in sys.stdin:
        try:
            request = json.loads(line)
            name, steps = request["workload"], request.get("steps")
            if name not in workloads:
                raise ValueError(f"no workload is called `{name}`")
            if steps is not None and (type(steps) is not int or steps < 1):
                raise ValueError(f"steps: expected a whole number of at least 1, got {steps}")
            if name not in runs:
                runs[name] = prepare(workloads[name], *read(folder, workloads[name]))
            answer = {"ready": name} if steps is None else timed(runs[name], steps)
        except Exception as error:  # whatever it is, the one who asked should hear of it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def timed(run, steps):
    seconds, cost = run(steps)
    if not math.isfinite(cost):
        raise ArithmeticError(f"the cost after {steps} steps is {cost}")
    return {"seconds": seconds, "cost": cost}


def read(folder, workload):
    """The inputs, (examples, features), the labels, (examples, 1), and each network's layers' W and b."""
    sizes, examples = workload["sizes"], workload["examples"]

    def numbers(part):
        return np.fromfile(folder / f"{workload['name']}.{part}", dtype="<f8").astype(np.float64)

    x = numbers("x").reshape(examples, sizes[0])
    y = numbers("y").reshape(examples, 1)
    thetas = numbers("theta").reshape(workload["networks"], -1)
    return x, y, [layers(theta, sizes) for theta in thetas]


def layers(theta, sizes):
    """Each layer's W, (units, inputs), and b, (units,), from the vector of all parameters."""
    parts = []
    for inputs, units in zip(sizes, sizes[1:]):
        w, b, theta = np.split(theta, [units * inputs, units * inputs + units])
        parts.append((w.reshape(units, inputs), b))
    if theta.size:
        raise ValueError(f"{theta.size} parameters are left over")
    return parts
