"""Training in PyTorch as its own tutorials write it: eager, or with --compile through `torch.compile`."""

import logging
import sys
from itertools import count, cycle, islice
from time import perf_counter

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from serve import serve


COMPILED = "--compile" in sys.argv


def prepare(workload, x, y, starts):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    loss_of = binary_cross_entropy_with_logits
    if workload["sizes"][-1] > 1:
        y, loss_of = y.flatten().long(), cross_entropy
    size = workload["batch"]
    network = sequential(workload["sizes"], workload["keep"])
    optimizer = optimizer_of(workload, network)
    step = step_of(network, optimizer, loss_of)

    def run(steps):
        seconds, costs = 0, []
        for start in starts:
            reset(network, optimizer, start)
            started = perf_counter()
            batches = shuffled(x, y, size) if workload["shuffled"] else cycle(zip(x.split(size), y.split(size)))
            for x_, y_ in islice(batches, steps):
                step(x_, y_)
            seconds += perf_counter() - started
            costs.append(cost())
        return seconds, sum(costs) / len(costs)

    def cost():
        network.eval()
        with torch.no_grad():
            penalty = workload["lambda"] / len(y) / 2 * sum(weight.square().sum() for weight in weights_of(network))
            return (loss_of(network(x), y) + penalty).item()

    return run


def step_of(network, optimizer, loss_of):
    """A function that takes one training step on a batch, compiled or eager."""

    def loss(x, y):
        return loss_of(network(x), y)

    update = optimizer.step
    if COMPILED:
        # What was compiled for other workloads counts against a limit on recompilations.
        torch.compiler.reset()
        loss, update = torch.compile(loss, dynamic=False), torch.compile(update, dynamic=False)

    def step(x, y):
        optimizer.zero_grad()
        loss(x, y).backward()
        update()

    return step


def reset(network, optimizer, start):
    """Back to the start, in the memory that compiled code knows."""
    network.train()
    with torch.no_grad():
        for parameter, number in zip(network.parameters(), (part for layer in start for part in layer)):
            parameter.copy_(torch.from_numpy(number))
        for averages in optimizer.state.values():
            for average in averages.values():
                if torch.is_tensor(average):
                    average.zero_()


def weights_of(network):
    return [parameter for parameter in network.parameters() if parameter.dim() == 2]


def optimizer_of(workload, network):
    if workload["optimizer"] == "adam":
        return torch.optim.Adam(network.parameters(), lr=workload["learning_rate"])
    biases = [parameter for parameter in network.parameters() if parameter.dim() == 1]
    decay = workload["lambda"] / workload["batch"]
    groups = [{"params": weights_of(network), "weight_decay": decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=workload["learning_rate"])


def shuffled(x, y, size):
    """Endless mini-batches, in a new order in each epoch: NumPy's, as on the other sides."""
    for epoch in count():
        order = torch.from_numpy(np.random.RandomState(epoch).permutation(len(x)))
        for picked in order.split(size):
            yield x[picked], y[picked]


def sequential(sizes, keep):
    """A network of these layers, ReLU between them, and dropout if units are dropped."""
    between = [nn.ReLU()] if keep == 1 else [nn.ReLU(), nn.Dropout(1 - keep)]
    modules = []
    for inputs, units in zip(sizes, sizes[1:]):
        modules += [nn.Linear(inputs, units, dtype=torch.float64), *between]
    return nn.Sequential(*modules[: -len(between)])


if __name__ == "__main__":
    # Its warnings about its own profiler are no news here.
    torch._logging.set_logs(all=logging.ERROR)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    serve(prepare)
