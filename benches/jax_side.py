"""Training in JAX, the whole loop under `jit`; with --vmap, all networks of a workload as one."""

import sys
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random

from serve import serve

VMAP = "--vmap" in sys.argv


def prepare(workload, x, y, starts):
    """Trains with examples in rows or in columns, whichever is faster; that is tried before any clock starts."""
    layouts = [trainer(workload, x, y, starts, columns) for columns in (False, True)]
    fastest = []

    def run(steps):
        if not fastest:
            tried = [min(layout(workload["check_steps"])[0] for _ in range(3)) for layout in layouts]
            fastest.append(layouts[tried.index(min(tried))])
        return fastest[0](steps)

    return run


def trainer(workload, x, y, starts, columns):
    x, y = jnp.asarray(x), jnp.asarray(y.reshape(-1).astype(int))
    loop = loop_of(workload, x, y, columns)
    keys = random.split(random.key(1), len(starts))
    starts = [[(w.T, b) for w, b in start] for start in starts]
    if VMAP:
        loop, keys = jax.vmap(loop, in_axes=(0, 0, None, None)), [keys]
        starts = [jax.tree.map(lambda *parts: np.stack(parts), *starts)]
    loop, compiled = jax.jit(loop), {}
    whole_cost = jax.jit(jax.vmap(lambda layers: cost(layers, x, y, workload["lambda"], columns)))

    def run(steps):
        networks = [(jax.tree.map(jnp.asarray, start), key) for start, key in zip(starts, keys)]
        epochs = -(-steps // steps_per_epoch(workload)) if workload["shuffled"] else 0
        if epochs not in compiled:
            compiled[epochs] = loop.lower(*networks[0], orders(workload, epochs), steps).compile()
        started = perf_counter()
        order = orders(workload, epochs)
        trained = [compiled[epochs](*network, order, steps) for network in networks]
        jax.block_until_ready(trained)
        seconds = perf_counter() - started
        layers = trained[0] if VMAP else jax.tree.map(lambda *parts: jnp.stack(parts), *trained)
        return seconds, float(jnp.mean(whole_cost(layers)))

    return run


def steps_per_epoch(workload):
    return -(-workload["examples"] // workload["batch"])


def orders(workload, epochs):
    """The examples' order in each epoch, NumPy's, as on the other sides."""
    permutations = [np.random.RandomState(epoch).permutation(workload["examples"]) for epoch in range(epochs)]
    return np.array(permutations, dtype=np.int32).reshape(epochs, workload["examples"])


def loop_of(workload, x, y, columns):
    """A function that trains a network for a number of steps, all inside of JAX."""
    size, full = workload["batch"], workload["examples"] // workload["batch"]
    epoch_steps = steps_per_epoch(workload)
    step = step_of(workload, columns)

    def batch(order, first, count):
        if order is None:
            return [lax.dynamic_slice_in_dim(part, first, count) for part in (x, y)]
        picked = lax.dynamic_slice_in_dim(order, first, count)
        return [x[picked], y[picked]]

    def part_of_epoch(order, steps, state):
        """The first steps of an epoch; the batch after the full ones has what examples are left."""
        state = lax.fori_loop(0, jnp.minimum(steps, full), lambda i, state: step(state, *batch(order, i * size, size)), state)
        if epoch_steps == full:
            return state
        last = lambda state: step(state, *batch(order, full * size, workload["examples"] - full * size))
        return lax.cond(steps > full, last, lambda state: state, state)

    def loop(layers, key, orders, steps):
        order_of = lambda epoch: orders[epoch] if workload["shuffled"] else None
        epochs, rest = steps // epoch_steps, steps % epoch_steps
        state = (layers, zeros(layers), zeros(layers), 0, key)
        whole = lambda epoch, state: part_of_epoch(order_of(epoch), epoch_steps, state)
        state = lax.fori_loop(0, epochs, whole, state)
        return part_of_epoch(order_of(epochs), rest, state)[0]

    return loop


def step_of(workload, columns):
    rate, penalty, keep = workload["learning_rate"], workload["lambda"], workload["keep"]

    def descent(layers, v, s, t, gradients):
        return jax.tree.map(lambda p, g: p - rate * g, layers, gradients), v, s

    def adam(layers, v, s, t, gradients, beta1=0.9, beta2=0.999, epsilon=1e-8):
        v = jax.tree.map(lambda v, g: beta1 * v + (1 - beta1) * g, v, gradients)
        s = jax.tree.map(lambda s, g: beta2 * s + (1 - beta2) * g * g, s, gradients)
        corrected1, corrected2 = 1 - beta1**t, 1 - beta2**t
        new = lambda p, v, s: p - rate * (v / corrected1) / (jnp.sqrt(s / corrected2) + epsilon)
        return jax.tree.map(new, layers, v, s), v, s

    update = {"descent": descent, "adam": adam}[workload["optimizer"]]

    def step(state, x, y):
        layers, v, s, t, key = state
        key, drawn = random.split(key) if keep < 1 else (key, key)
        gradients = jax.grad(cost)(layers, x, y, penalty, columns, keep, drawn)
        layers, v, s = update(layers, v, s, t + 1.0, gradients)
        return layers, v, s, t + 1, key

    return step


def zeros(layers):
    return jax.tree.map(jnp.zeros_like, layers)


def logits(layers, x, columns, keep, key):
    x = x.T if columns else x
    for index, (w, b) in enumerate(layers):
        x = w.T @ x + b[:, None] if columns else x @ w + b
        if index + 1 == len(layers):
            return x.T if columns else x
        # The slope of jax.nn.relu at 0 is 0, as on the other sides; that of maximum(0, x) is 1/2.
        x = jax.nn.relu(x)
        if keep < 1:
            kept = random.bernoulli(random.fold_in(key, index), keep, x.shape)
            x = jnp.where(kept, x / keep, 0)


def cost(layers, x, y, penalty, columns, keep=1, key=None):
    """The mean cross-entropy and the penalty."""
    z = logits(layers, x, columns, keep, key)
    if z.shape[1] > 1:
        losses = -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1)
    else:
        losses = jnp.logaddexp(0, z[:, 0]) - y * z[:, 0]
    squares = sum(jnp.sum(w * w) for w, _ in layers)
    return jnp.mean(losses) + penalty / 2 / len(x) * squares


if __name__ == "__main__":
    serve(prepare)
