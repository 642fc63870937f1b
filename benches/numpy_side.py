"""Batch gradient descent in NumPy, written as in the notebooks of Andrew Ng's course, for any depth."""

from time import perf_counter

import numpy as np

from serve import serve


def prepare(workload, x, y, start):
    X = np.ascontiguousarray(x.T)
    Y = np.ascontiguousarray(y.T)
    decay = workload["lambda"] / Y.shape[1]
    keep = workload["keep"]

    def run(steps):
        layers = [(W.copy(), b.reshape(-1, 1).copy()) for W, b in start]
        started = perf_counter()
        for _ in range(steps):
            activations, masks = forward(layers, X, keep)
            gradients = backward(layers, activations, masks, Y, decay, keep)
            update(layers, gradients, workload["learning_rate"])
        return perf_counter() - started, cost(layers, X, Y, decay)

    return run


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
    activations.append(sigmoid(W @ activations[-1] + b))
    return activations, masks


def backward(layers, activations, masks, Y, decay, keep):
    """Every layer's dW and db, last layer first."""
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
    return gradients


def update(layers, gradients, learning_rate):
    for (W, b), (dW, db) in zip(reversed(layers), gradients):
        W -= learning_rate * dW
        b -= learning_rate * db


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def cost(layers, X, Y, decay):
    """The mean cross-entropy, from the weighted sums Z, so that no logarithm meets a 0, and the penalty."""
    activations, _ = forward(layers, X)
    W, b = layers[-1]
    Z = W @ activations[-2] + b
    penalty = decay / 2 * sum(np.sum(np.square(W)) for W, _ in layers)
    return float(np.mean(np.logaddexp(0, Z) - Y * Z) + penalty)


if __name__ == "__main__":
    np.random.seed(1)
    serve(prepare)
