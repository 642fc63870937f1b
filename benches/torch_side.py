"""Batch gradient descent in PyTorch, eager, as its own tutorials write it."""

from time import perf_counter

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from serve import serve


def prepare(workload, x, y, start):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    decay = workload["lambda"] / len(y)

    def run(steps):
        network = sequential(start, workload["keep"])
        weights = [parameter for parameter in network.parameters() if parameter.dim() == 2]
        biases = [parameter for parameter in network.parameters() if parameter.dim() == 1]
        groups = [{"params": weights, "weight_decay": decay}, {"params": biases}]
        optimizer = torch.optim.SGD(groups, lr=workload["learning_rate"])
        started = perf_counter()
        for _ in range(steps):
            optimizer.zero_grad()
            loss = binary_cross_entropy_with_logits(network(x), y)
            loss.backward()
            optimizer.step()
        seconds = perf_counter() - started
        network.eval()
        with torch.no_grad():
            penalty = decay / 2 * sum(weight.square().sum() for weight in weights)
            return seconds, (binary_cross_entropy_with_logits(network(x), y) + penalty).item()

    return run


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
