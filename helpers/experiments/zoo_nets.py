"""Small nets of any cell, S of them trained side by side: what notebook 11 races, and how it counts their weights.

    nets = Nets("GRU", 16, 8, 19, seeds=range(5), start={"keep": 3.0})       # 16 numbers a step in, 8 classes out, 19 units
    seen = nets.train(batches, steps=200, lr=0.02)                          # (steps, S): share right, or the error
    solved_at(seen, 0.95), nets.test(X, y)
"""

import numpy as np

from helpers.experiments.zoo_cells import CELLS
from helpers.layers.clockwork import clock_mask, unit_periods
from helpers.layers.initialisers import xavier
from helpers.layers.losses import softmax


def _t(W):
    return W.swapaxes(-1, -2)


class Nets:
    """S nets with the same cell and different first weights: [tanh encoder ->] cell -> [tanh layer ->] linear read-out.

    kind     a name of CELLS;  D, K, H: numbers in, numbers out, units;  seeds: one for each net
    start    settings of the first weights of the cell: keep, periods, radii, phase, init
    run      settings of its steps: periods, low, and the reader's own functions: step, recurrence, backward
    encoder  units of a tanh layer at each step in front of the cell (0: none); it and the cell see only that step
    readout  units of a tanh layer behind it
    every    True: an answer at every step is asked for; False: after the last one
    """

    def __init__(self, kind, D, K, H, *, seeds, start=None, run=None, encoder=0, readout=0, every=False, dtype=np.float32):
        self.kind, self.cell, self.run_settings, self.every = kind, CELLS[kind], dict(run or {}), every
        nets = [_first(self.cell, D, K, H, np.random.default_rng(seed), start or {}, encoder, readout) for seed in seeds]
        self.encoder, self.readout = encoder, readout
        self.params = {name: np.stack([net[name] for net in nets]).astype(dtype) for name in nets[0]}
        self.own = [name for name in self.params if name not in ("We", "be", "Wm", "bm", "Wy", "by")]

    @property
    def size(self):
        """How many numbers one net learns; what a clockwork's mask hides does not count."""
        total = sum(p[0].size for p in self.params.values())
        if self.kind == "clockwork":
            total -= int((clock_mask(unit_periods(self.run_settings["periods"], self.params["Wh"].shape[-1])) == 0).sum())
        return total

    def forward(self, X):
        """Return the answers (T or 1, S, N, K) to X (N, T, D), or (T, S, N, D) where each net hears another thing."""
        P = self.params
        Xt = np.ascontiguousarray(X.swapaxes(0, 1))[:, None] if X.ndim == 3 else X
        Xt = Xt.astype(P["Wy"].dtype, copy=False)
        E = np.tanh(Xt @ P["We"] + P["be"]) if self.encoder else Xt
        states, cache = self.cell.forward({k: P[k] for k in self.own}, E, **self.run_settings)
        self.states = states
        read = states if self.every else states[-1:]
        M = np.tanh(read @ P["Wm"] + P["bm"]) if self.readout else read
        self.cache = Xt, E, states, read, M, cache
        return M @ P["Wy"] + P["by"]

    def backward(self, dout):
        """Return the gradients of all params, given that of the answers."""
        P, (Xt, E, states, read, M, cache) = self.params, self.cache
        grads = {"Wy": (_t(M) @ dout).sum(axis=0), "by": dout.sum(axis=(0, 2))[:, None]}
        dread = dout @ _t(P["Wy"])
        if self.readout:
            dM = dread * (1 - M * M)
            grads |= {"Wm": (_t(read) @ dM).sum(axis=0), "bm": dM.sum(axis=(0, 2))[:, None]}
            dread = dM @ _t(P["Wm"])
        dS = dread
        if not self.every:
            dS = np.zeros_like(states)
            dS[-1] = dread[0]
        own, self.dX = self.cell.backward({k: P[k] for k in self.own}, dS, E, cache)
        grads |= own
        if self.encoder:
            dE = self.dX * (1 - E * E)
            grads |= {"We": (_t(Xt) @ dE).sum(axis=0), "be": dE.sum(axis=(0, 2))[:, None]}
        return grads

    def loss(self, X, y):
        """Return losses (S,), shares of right answers (S,) (for numbers: the losses), and the gradient of the answers.

        y : classes (N,) or (N, T), numbers (N, K) or (N, T, K), or (T, S, N, K) for an X of four axes.
        """
        out = self.forward(X)
        target = y if X.ndim == 4 else (y.swapaxes(0, 1) if self.every else y[None])[:, None]
        if not np.issubdtype(y.dtype, np.integer):
            wrong = out - target
            losses = (wrong**2).mean(axis=(0, 2, 3))
            return losses, losses, (2 * wrong / (wrong.size / wrong.shape[1])).astype(out.dtype)
        P, at = softmax(out), np.broadcast_to(target[..., None], (*out.shape[:3], 1))
        losses = -np.log(np.maximum(np.take_along_axis(P, at, -1), 1e-30)).mean(axis=(0, 2, 3))
        right = (out.argmax(axis=-1) == target).mean(axis=(0, 2))
        np.put_along_axis(P, at, np.take_along_axis(P, at, -1) - 1, -1)
        return losses, right, (P / (out.shape[0] * out.shape[2])).astype(out.dtype)

    def test(self, X, y):
        """Return the share of right answers of each net (S,), or its error where numbers are asked for."""
        return self.loss(X, y)[1]

    def train(self, batches, *, steps, lr, decay=False, until=None):
        """Return what loss says of each batch (steps, S): Adam, each net's gradient clipped to length 1.

        decay : the rate falls evenly to 0. until : a function of what was seen so far; the training ends where it is True.
        """
        seen = np.empty((steps, len(self.params["Wy"])))
        update = SideBySideAdam(self.params, lr)
        for k, (X, y) in zip(range(steps), batches, strict=False):
            _, seen[k], dout = self.loss(X, y)
            update(self.params, self.backward(dout), 1 - k / steps if decay else 1)
            if until and until(seen[: k + 1]):
                return seen[: k + 1]
        return seen


class SideBySideAdam:
    """Adam for S nets side by side, each net's gradient clipped to length 1; a gradient that is not finite is left out."""

    def __init__(self, params, lr):
        self.lr, self.k = lr, 0
        self.m, self.v = ({name: np.zeros_like(p) for name, p in params.items()} for _ in "mv")

    def __call__(self, params, grads, factor=1.0):
        self.k += 1
        norm = np.sqrt(sum((g.astype(float) ** 2).sum(axis=(1, 2)) for g in grads.values()))
        shrink = np.where(np.isfinite(norm), np.minimum(1, 1 / np.maximum(norm, 1e-30)), 0)[:, None, None]
        for name, p in params.items():
            g = np.nan_to_num(grads[name]) * shrink.astype(p.dtype)
            m, v = self.m[name], self.v[name]
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            root = np.sqrt(v / (1 - 0.999**self.k)) + 1e-8
            p -= (self.lr * factor / (1 - 0.9**self.k) * m / root).astype(p.dtype)


def _first(cell, D, K, H, rng, start, encoder, readout):
    P, wide = {}, np.float64
    if encoder:
        P["We"], P["be"] = 1.5 * xavier((D, encoder), rng=rng, dtype=wide), rng.uniform(-0.5, 0.5, (1, encoder))
    P |= cell.start(encoder or D, H, rng, **start)
    R = H * cell.width
    if readout:
        P["Wm"], P["bm"], R = xavier((R, readout), rng=rng, dtype=wide), np.zeros((1, readout)), readout
    return P | {"Wy": xavier((R, K), rng=rng, dtype=wide), "by": np.zeros((1, K))}


def solved_at(seen, limit, *, window=20, above=True):
    """Return for each net (S,) the first step at which the mean of the last `window` batches passes limit; infinity: never."""
    if len(seen) < window:
        return np.full(seen.shape[1], np.inf)
    total = np.cumsum(np.vstack([np.zeros(seen.shape[1]), seen]), axis=0)
    mean = (total[window:] - total[:-window]) / window
    passed = mean > limit if above else mean < limit
    return np.where(passed.any(axis=0), passed.argmax(axis=0) + window, np.inf)
