"""Training in NumPy, written as in the notebooks of Andrew Ng's course, for any depth."""

from itertools import count, cycle, islice
from time import perf_counter

import numpy as np

from serve import serve


def prepare(workload, x, y, starts):
    X = np.ascontiguousarray(x.T)
    Y = np.ascontiguousarray(y.T)
    classes = workload["sizes"][-1]
    if classes > 1:
        Y = one_hot(Y, classes)
    size = workload["batch"]
    keep = workload["keep"]
    # Batches that never change are copied once, each into its own memory.
    ready = None if workload["shuffled"] else [(X_.copy(), Y_.copy()) for X_, Y_ in parted(X, Y, size)]

    def run(steps):
        networks = [[[W.copy(), b.reshape(-1, 1).copy()] for W, b in start] for start in starts]
        started = perf_counter()
        for layers in networks:
            train(layers, steps)
        seconds = perf_counter() - started
        return seconds, np.mean([cost(layers, X, Y, workload["lambda"] / Y.shape[1]) for layers in networks])

    def train(layers, steps):
        update = {"descent": descent, "adam": Adam(layers)}[workload["optimizer"]]
        batches = cycle(ready) if ready else shuffled(X, Y, size)
        for X_, Y_ in islice(batches, steps):
            decay = workload["lambda"] / Y_.shape[1]
            activations, masks = forward(layers, X_, keep)
            gradients = backward(layers, activations, masks, Y_, decay, keep)
            update(layers, gradients, workload["learning_rate"])

    return run


def one_hot(Y, classes):
    return np.eye(classes)[Y.reshape(-1).astype(int)].T


def parted(X, Y, size):
    """Mini-batches, of which the last one may be smaller."""
    return [(X[:, first : first + size], Y[:, first : first + size]) for first in range(0, X.shape[1], size)]


def shuffled(X, Y, size):
    """Endless mini-batches, in a new order in each epoch."""
    for epoch in count():
        np.random.seed(epoch)
        permutation = np.random.permutation(X.shape[1])
        yield from parted(X[:, permutation], Y[:, permutation], size)


def forward(layers, X, keep=1):
    """The inputs and every layer's activations, and the masks of the hidden layers if units are dropped."""
    activations, masks = [X], []
    for W, b in layers[:-1]:
        A = np.maximum(0, W @ activations[-1] + b)
        if keep < 1:
            D = np.random.rand(*A.shape) < keep
            A = A * D
            A = A / keep
            masks.append(D)
        activations.append(A)
    W, b = layers[-1]
    Z = W @ activations[-1] + b
    activations.append(sigmoid(Z) if len(Z) == 1 else softmax(Z))
    return activations, masks


def backward(layers, activations, masks, Y, decay, keep):
    """Every layer's dW and db, first layer first."""
    gradients = []
    dZ = (activations[-1] - Y) / Y.shape[1]
    for index in reversed(range(len(layers))):
        A = activations[index]
        dW = dZ @ A.T
        if decay:
            dW = dW + decay * layers[index][0]
        gradients.append((dW, np.sum(dZ, axis=1, keepdims=True)))
        if index > 0:
            dA = layers[index][0].T @ dZ
            if masks:
                dA = dA * masks[index - 1]
                dA = dA / keep
            dZ = dA * (A > 0)
    return gradients[::-1]


def descent(layers, gradients, learning_rate):
    for (W, b), (dW, db) in zip(layers, gradients):
        W -= learning_rate * dW
        b -= learning_rate * db


class Adam:
    """Averages of each parameter's gradient, v, and of its square, s, and steps along v / √s."""

    def __init__(self, layers):
        self.v = [[np.zeros_like(parameter) for parameter in layer] for layer in layers]
        self.s = [[np.zeros_like(parameter) for parameter in layer] for layer in layers]
        self.t = 0

    def __call__(self, layers, gradients, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.t += 1
        for layer, gradient, v, s in zip(layers, gradients, self.v, self.s):
            for index, g in enumerate(gradient):
                v[index] = beta1 * v[index] + (1 - beta1) * g
                v_corrected = v[index] / (1 - beta1**self.t)
                s[index] = beta2 * s[index] + (1 - beta2) * np.square(g)
                s_corrected = s[index] / (1 - beta2**self.t)
                layer[index] = layer[index] - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def softmax(Z):
    powers = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return powers / np.sum(powers, axis=0, keepdims=True)


def cost(layers, X, Y, decay):
    """The mean cross-entropy, from the weighted sums Z, so that no logarithm gets a 0, plus the penalty."""
    activations, _ = forward(layers, X)
    W, b = layers[-1]
    Z = W @ activations[-2] + b
    if len(Z) > 1:
        losses = np.logaddexp.reduce(Z, axis=0) - np.sum(Y * Z, axis=0)
    else:
        losses = np.logaddexp(0, Z) - Y * Z
    penalty = decay / 2 * sum(np.sum(np.square(W)) for W, _ in layers)
    return float(np.mean(losses) + penalty)


if __name__ == "__main__":
    np.random.seed(1)
    serve(prepare)
