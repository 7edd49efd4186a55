"""Nets that squeeze data through a few numbers, and what they are compared with.

    net = train_chain(chain_grads, (3, 24, 1, 24, 3), "~-~-", X, seed, steps=1000, lr=0.03)
    error(net(X), X)                                    # the squared error of a row, averaged over rows
"""

from itertools import repeat

import numpy as np

from helpers.data.hands import HALF_TURN, LONG, SHORT, draw_hands
from helpers.layers import xavier
from helpers.training import fit, linear_decay
from helpers.training.batches import shuffled_batches
from helpers.training.optimisers import Adam
from helpers.training.parameters import in_one_vector, joined


class Chain:
    """Layers one behind the other, each X @ W + b, with a tanh behind it where its letter in `bends` is ~ and not -.

    Chain((3, 24, 1, 24, 3), "~-~-", rng)(X) returns what comes out; code(X, 2) what comes out of the first two layers.
    """

    def __init__(self, widths, bends, rng, dtype=np.float32):
        if len(bends) != len(widths) - 1 or set(bends) - set("~-"):
            raise ValueError(f"bends is {bends!r}, expected one of ~ (tanh) and - (straight) for each of the layers")
        self.bent = [bend == "~" for bend in bends]
        Ws = [xavier((d, k), rng=rng, dtype=dtype) for d, k in zip(widths, widths[1:], strict=False)]
        bs = [np.zeros(k, dtype) for k in widths[1:]]
        params = {f"{name}{i}": p for name, ps in (("W", Ws), ("b", bs)) for i, p in enumerate(ps)}
        self.vector, self.params = in_one_vector(params)
        self.Ws, self.bs = ([self.params[f"{name}{i}"] for i in range(len(bends))] for name in "Wb")

    def __call__(self, X, first=0, last=None):
        """Return what comes out of the layers first … last - 1, in float64."""
        for W, b, bent in list(zip(self.Ws, self.bs, self.bent, strict=True))[first:last]:
            X = np.tanh(X @ W + b) if bent else X @ W + b
        return X

    def code(self, X, layers):
        """Return what comes out of the first layers, (N, numbers)."""
        return self(X, 0, layers)


def train_chain(grads, widths, bends, X, seed, *, steps, lr, size=64, corrupt=None, dtype=np.float32):
    """Return a Chain that was trained to give back X (N, D), which should have mean 0.

    grads    your function (X, target, Ws, bs, bent) -> loss, dWs, dbs
    size     rows of a batch, None for all of them
    corrupt  a function (rows, rng) -> (what the net reads, what it should say); None gives the rows twice
    """
    rng = np.random.default_rng(seed)
    net, X = Chain(widths, bends, rng, dtype), X.astype(dtype)

    def loss_and_grads(rows):
        seen, target = (rows, rows) if corrupt is None else corrupt(rows, rng)
        loss, dWs, dbs = grads(seen.astype(dtype, copy=False), target, net.Ws, net.bs, net.bent)
        found = dict(zip(net.params, [*dWs, *dbs], strict=True))
        return loss, {"all": joined(found, net.params).astype(dtype, copy=False)}

    batches = repeat((X,)) if size is None else shuffled_batches(X, size=min(size, len(X)), rng=rng)
    fit(loss_and_grads, {"all": net.vector}, batches, optimiser=Adam(lr), steps=steps, schedule=linear_decay, progress=False)
    return net


def error(Y, X):
    """Return the squared error of a row, summed over its numbers and averaged over rows."""
    return float(((Y - X) ** 2).sum(axis=1).mean())


def best_planes(X, most):
    """Return the mean (D,) of X (N, D) and its first principal axes (most, D), one a row."""
    mean = X.mean(axis=0)
    return mean, np.linalg.svd(X - mean, full_matrices=False)[2][:most]


def flatten(X, mean, axes):
    """Return the points of the plane mean + axes that lie nearest to X."""
    return (X - mean) @ axes.T @ axes + mean


def arc(count, rng):
    """Return points (count, 3) on a rising arc, 0.8 of a turn, and their places t in 0 … 1."""
    t = rng.uniform(0, 1, count)
    return np.stack([np.cos(1.6 * np.pi * t), np.sin(1.6 * np.pi * t), t - 0.5], axis=1), t


def spiral(count, rng):
    """Return points (count, 2) on a flat spiral of 1.25 turns, and their places t in 0 … 1."""
    t = rng.uniform(0, 1, count)
    return np.stack([(0.3 + t) * np.cos(2.5 * np.pi * t), (0.3 + t) * np.sin(2.5 * np.pi * t)], axis=1), t


def linear_map(X, Y):
    """Return a function that maps rows as X to rows as Y: the matrix and the shift with the least squared error."""
    B = np.linalg.lstsq(np.c_[X, np.ones(len(X))], Y, rcond=None)[0]
    return lambda Z: np.c_[Z, np.ones(len(Z))] @ B


def to_nearest(Z, X):
    """Return, for each row of Z, the squared distance to the nearest row of X, and that row's number."""
    apart = (Z**2).sum(1)[:, None] + (X**2).sum(1) - 2 * Z @ X.T
    return np.maximum(apart.min(axis=1), 0), apart.argmin(axis=1)


def true_hands():
    """Return pictures of all hands on a fine grid of angles and lengths."""
    angles, lengths = np.meshgrid(np.linspace(0, HALF_TURN, 60), np.linspace(SHORT, LONG, 20))
    return draw_hands(angles.ravel(), lengths.ravel())


def auc(usual, odd):
    """Return how often an odd one has a higher score than a usual one: 0.5 is chance, 1 always."""
    return float((odd[:, None] > usual).mean() + 0.5 * (odd[:, None] == usual).mean())
