"""Small convolutional nets that name a shape: without gates, with constant ones, with a hidden layer, with gates that listen.

    data = lit_columns(4000, rng)                                  # (columns, shapes, lit)
    net = learn("gated", 0, data)                                  # or "plain", "wide", "constant", "hidden"
    net.accuracy(test), net.gates, net.accuracy(test, gates=other)
"""

import numpy as np

from helpers.data.scenes import lit_channels
from helpers.layers import excite, excite_backward, he, normal, windows
from helpers.training import train_on

KINDS = ("gated", "hidden", "constant", "plain", "wide")
FILTER, GRID = 5, 12  # windows of 5 x 5 pixels on pictures of 16 x 16: 12 x 12 places


class ChannelNet:
    """A net that returns the scores (N, 4) of the shapes, for windows of pictures (N, 144, 75):

        U = max(0, windows · W + b)       (N, 12, 12, C)       V = U · gates       scores = (largest of V over the places) · W + b

    kind   "gated": gates by `excite`, 8 hidden units. "constant": one learnt gate a channel, the same for all pictures.
           "plain": no gates. "wide": no gates, 29 channels for 24. "hidden": no gates, and 18 ReLU units before the scores.
    excite, excite_backward    your own functions in the place of the layer's
    """

    def __init__(self, kind, *, rng, channels=24, excite=excite, excite_backward=excite_backward, dtype=np.float32):
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}, expected one of {', '.join(map(repr, KINDS))}")
        self.kind, self.excite, self.excite_backward = kind, excite, excite_backward
        C, make = 29 if kind == "wide" else channels, {"rng": rng, "dtype": dtype}
        p = self.params = {"conv.W": he((3 * FILTER**2, C), **make), "conv.b": np.zeros(C, dtype)}
        if kind == "gated":
            p |= {"W1": he((C, 8), **make), "b1": np.zeros(8, dtype)}
            p |= {"W2": normal((8, C), scale=0.25, **make), "b2": np.zeros(C, dtype)}
        if kind == "constant":
            p["b2"] = np.zeros(C, dtype)
        if kind == "hidden":
            p |= {"hidden.W": he((C, 18), **make), "hidden.b": np.zeros(18, dtype)}
        last = 18 if kind == "hidden" else C
        p |= {"out.W": normal((last, 4), scale=0.5 * (2 / last) ** 0.5, **make), "out.b": np.zeros(4, dtype)}
        self.gates = None

    def forward(self, columns, gates=None):
        """Return the scores; positive `gates` (N, C) are taken in the place of the net's own."""
        p, N, U, cache = self.params, len(columns), None, None
        if self.kind == "gated" and gates is None:
            U = columns @ p["conv.W"]
            U += p["conv.b"]
            U = np.maximum(U, 0, out=U).reshape(N, GRID, GRID, -1)
            V, cache = self.excite(U, p["W1"], p["b1"], p["W2"], p["b2"])
            V = V.astype(U.dtype, copy=False).reshape(N, GRID**2, -1)
            best = V.argmax(axis=1)
            found = np.take_along_axis(V, best[:, None], axis=1)[:, 0]
        else:                                          # neither max(0, ...) nor a positive gate moves a map's largest number
            maps = p["conv.W"].T @ columns.transpose(0, 2, 1)                              # (N, C, 144)
            best = maps.argmax(axis=2)
            found = np.maximum(np.take_along_axis(maps, best[:, :, None], axis=2)[:, :, 0] + p["conv.b"], 0)
            if gates is None and self.kind == "constant":
                gates = 0.5 + 0.5 * np.tanh(0.5 * p["b2"])
            if gates is not None:
                found = found * gates
        read = np.maximum(found @ p["hidden.W"] + p["hidden.b"], 0) if self.kind == "hidden" else found
        self.cache = columns, U, cache, best, gates, found, read
        return read @ p["out.W"] + p["out.b"]

    def loss_and_grads(self, columns, shapes):
        """Return the mean cross-entropy of the shapes (N,), and the gradients of all params."""
        scores, N = self.forward(columns), len(shapes)
        P = np.exp(scores - scores.max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        loss = float(-np.log(P[np.arange(N), shapes] + 1e-30).mean())
        P[np.arange(N), shapes] -= 1
        return loss, self._back(P / N)

    def _back(self, d):
        p, (columns, U, cache, best, gates, found, read) = self.params, self.cache
        g = {"out.W": read.T @ d, "out.b": d.sum(axis=0)}
        d = d @ p["out.W"].T
        if self.kind == "hidden":
            d = d * (read > 0)
            g["hidden.W"], g["hidden.b"] = found.T @ d, d.sum(axis=0)
            d = d @ p["hidden.W"].T
        if self.kind == "gated":
            dV = np.zeros((len(U), GRID**2, U.shape[3]), U.dtype)
            np.put_along_axis(dV, best[:, None], d[:, None], axis=1)
            dU, *grads = self.excite_backward(dV.reshape(U.shape), cache)
            g |= {name: x.astype(U.dtype, copy=False) for name, x in zip(("W1", "b1", "W2", "b2"), grads, strict=True)}
            dU = (dU * (U > 0)).astype(U.dtype, copy=False).reshape(-1, U.shape[3])
            g["conv.W"], g["conv.b"] = columns.reshape(len(dU), -1).T @ dU, dU.sum(axis=0)
        else:                                          # only the window with a map's largest number has a gradient
            if self.kind == "constant":
                g["b2"] = (d * found).sum(axis=0) * (1 - gates)
                d = d * gates
            d = d * (found > 0)
            picked = columns[np.arange(len(columns))[:, None], best]                       # (N, C, 75)
            g["conv.W"], g["conv.b"] = (picked * d[:, :, None]).sum(axis=0).T, d.sum(axis=0)
        self.grads = {name: g[name] for name in p}
        return self.grads

    def gates_of(self, columns):
        """Return the gates (N, C) that a gated net gives the channels of these pictures, each asked alone of its group."""
        p, C = self.params, self.params["conv.W"].shape[1]
        U = np.maximum(columns @ p["conv.W"] + p["conv.b"], 0)
        h = np.maximum(U.mean(axis=1) @ p["W1"] + p["b1"], 0)
        return (0.5 + 0.5 * np.tanh(0.5 * (h @ p["W2"] + p["b2"]))).reshape(-1, C)

    def reads(self):
        """Return (C,): which colour channel, 0 to 2, each filter weighs most."""
        return np.abs(self.params["conv.W"].reshape(FILTER**2, 3, -1)).sum(axis=0).argmax(axis=0)

    def right(self, data, gates=None):
        """Return (N,) bool: is the net right on data (columns, shapes, lit)? `gates` as in forward."""
        parts = [slice(at, at + 250) for at in range(0, len(data[1]), 250)]
        return np.concatenate([self.forward(data[0][part], None if gates is None else gates[part]).argmax(axis=1)
                               == data[1][part] for part in parts])

    def accuracy(self, data, gates=None):
        """Return the share of the pictures that the net names right."""
        return float(self.right(data, gates).mean())


def lit_columns(N, rng, trusted="lit", windows=windows):
    """Return (columns (N, 144, 75), shapes (N,), lit (N,)) of `lit_channels`; windows(X, size, stride, pad) may be your own."""
    pictures, shapes, lit = lit_channels(N, rng, trusted=trusted)
    parts = [windows(pictures[at : at + 500], FILTER, 1, 0).astype(np.float32, copy=False) for at in range(0, N, 500)]
    return np.concatenate(parts), shapes, lit


def learn(kind, seed, data, *, steps=800, lr=0.01, **parts):
    """Return a ChannelNet of this kind, trained on batches of 32 of data."""
    rng = np.random.default_rng(seed)
    net = ChannelNet(kind, rng=rng, **parts)
    chosen = (rng.integers(0, len(data[1]), 32) for _ in range(steps))
    train_on(net, ((data[0][k], data[1][k]) for k in chosen), steps, lr)
    return net


def with_gates_of_another(net, data, rng):
    """Return two shares right: each picture with the gates of another one, which has the same channel lit, or has not."""
    gates, other = net.gates_of(data[0]), rng.permutation(len(data[1]))
    right, same = net.right(data, gates[other]), data[2][other] == data[2]
    return float(right[same].mean()), float(right[~same].mean())
