"""Training in PyTorch, eager, as its own tutorials write it."""

from itertools import count, cycle, islice
from time import perf_counter

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from serve import serve


def prepare(workload, x, y, start):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    loss_of = binary_cross_entropy_with_logits
    if start[-1][1].size > 1:
        y, loss_of = y.flatten().long(), cross_entropy
    size = workload["batch"]
    decay = workload["lambda"] / size

    def run(steps):
        network = sequential(start, workload["keep"])
        weights = [parameter for parameter in network.parameters() if parameter.dim() == 2]
        biases = [parameter for parameter in network.parameters() if parameter.dim() == 1]
        optimizer = optimizer_of(workload, weights, biases, decay)
        batches = shuffled(x, y, size) if workload["shuffled"] else cycle(zip(x.split(size), y.split(size)))
        started = perf_counter()
        for x_, y_ in islice(batches, steps):
            optimizer.zero_grad()
            loss = loss_of(network(x_), y_)
            loss.backward()
            optimizer.step()
        seconds = perf_counter() - started
        network.eval()
        with torch.no_grad():
            penalty = workload["lambda"] / len(y) / 2 * sum(weight.square().sum() for weight in weights)
            return seconds, (loss_of(network(x), y) + penalty).item()

    return run


def optimizer_of(workload, weights, biases, decay):
    if workload["optimizer"] == "adam":
        return torch.optim.Adam([*weights, *biases], lr=workload["learning_rate"])
    groups = [{"params": weights, "weight_decay": decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=workload["learning_rate"])


def shuffled(x, y, size):
    """Endless mini-batches, in a new order in each epoch: NumPy's, as on the other sides."""
    for epoch in count():
        order = torch.from_numpy(np.random.RandomState(epoch).permutation(len(x)))
        for picked in order.split(size):
            yield x[picked], y[picked]


def sequential(start, keep):
    """The network with the given W and b in its layers, ReLU between them, and dropout if units are dropped."""
    between = [nn.ReLU()] if keep == 1 else [nn.ReLU(), nn.Dropout(1 - keep)]
    modules = []
    for w, b in start:
        units, inputs = w.shape
        linear = nn.Linear(inputs, units, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w))
            linear.bias.copy_(torch.from_numpy(b))
        modules += [linear, *between]
    return nn.Sequential(*modules[: -len(between)])


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(1)
    serve(prepare)
