"""LRUs that recall a symbol over a thousand steps, five side by side, trained without a loop over time.

    nets = FarLRU(T=1000, radii=(0.998, 0.998), phase=0.01)
    seen = nets.train(steps=200, lr=0.06)                           # (steps, 5) share right
    nets.test(), nets.radii

Only the last state is read: h_T = Σ_k γ λ^k (x_{T-1-k} B), the inputs weighed with the powers of λ. So the powers of all nets
stand side by side in one matrix (the kernel), and one product does what the loop does. The inputs are one-hot, so the weighed
sum is kept for each symbol, and B comes after it. The tests compare loss and gradients with those of the loop.
"""

import numpy as np

from helpers.experiments.zoo import SEEDS, recalls
from helpers.experiments.zoo_nets import Nets, SideBySideAdam
from helpers.layers.losses import softmax

D, K, N = 16, 8, 16


class FarLRU:
    """Five LRUs of 16 complex units that answer which of eight symbols came first, T steps ago."""

    def __init__(self, T, radii, phase, *, H=16, seeds=SEEDS, dtype=np.float32):
        start = {"radii": radii, "phase": phase}
        self.T, self.params = T, Nets("LRU", D, K, H, seeds=seeds, start=start, dtype=dtype).params

    @property
    def radii(self):
        """|λ| of all units, (5, H)."""
        return np.exp(-np.exp(self.params["nu"][:, 0].astype(float)))

    def loss_and_grads(self, X, y):
        """Return losses (5,), shares right (5,) and gradients for one-hot X (N, T, D) and classes y (N,)."""
        P, (nets, _, H) = self.params, self.params["Br"].shape
        N, dtype = len(X), P["Br"].dtype
        latest_first = np.ascontiguousarray(X[:, ::-1].transpose(1, 0, 2)).reshape(self.T, N * D)
        shrink, turn, gain = np.exp(P["nu"].astype(float)), np.exp(P["theta"].astype(float)), np.exp(P["gamma"])
        k = np.arange(self.T)[:, None]
        powers = np.repeat(np.exp(-shrink + 1j * turn).reshape(1, nets * H), self.T, axis=0)
        powers[0] = 1
        np.cumprod(powers, axis=0, out=powers)                                      # (T, 5 H): λ^k
        powers[k * shrink.reshape(1, -1) > 60] = 0                                  # numbers below 1e-26 are slow in float32
        slopes = k * powers                                                         # of λ^k by log λ
        W = np.stack([powers.real, powers.imag, slopes.real, slopes.imag], axis=1, dtype=dtype, casting="same_kind")
        Q = (W.reshape(self.T, -1).T @ latest_first).reshape(4, nets, H, N, D)
        weighed, sloped = Q[0] + 1j * Q[1], Q[2] + 1j * Q[3]                        # (5, H, N, D): summed for each symbol
        B = P["Br"] + 1j * P["Bi"]
        z = np.einsum("shnd,sdh->snh", weighed, B)
        read = np.concatenate([(gain * z).real, (gain * z).imag], axis=-1)
        out = read @ P["Wy"] + P["by"]
        p, rows = softmax(out), np.arange(N)
        losses, right = -np.log(np.maximum(p[:, rows, y], 1e-30)).mean(axis=1), (out.argmax(axis=-1) == y).mean(axis=1)
        p[:, rows, y] -= 1
        dout = (p / N).astype(dtype)
        dread = dout @ P["Wy"].swapaxes(-1, -2)
        dh = dread[..., :H] + 1j * dread[..., H:]
        dz = dh * gain
        dB = np.einsum("snh,shnd->sdh", dz, np.conj(weighed))
        dlog = (dz * np.conj(np.einsum("shnd,sdh->snh", sloped, B))).sum(axis=1)[:, None]
        grads = {
            "Wy": read.swapaxes(-1, -2) @ dout, "by": dout.sum(axis=1)[:, None], "Br": dB.real, "Bi": dB.imag,
            "gamma": gain * (dh * np.conj(z)).real.sum(axis=1)[:, None], "nu": -shrink * dlog.real, "theta": turn * dlog.imag,
        }
        return losses, right, grads

    def train(self, *, steps=200, lr=0.06, seed=7):
        """Return the share right of each batch (steps, 5): Adam, its rate falling evenly to 0, gradients clipped to length 1."""
        seen, update = np.empty((steps, len(self.params["by"]))), SideBySideAdam(self.params, lr)
        for k, (X, y) in zip(range(steps), recalls(N, self.T, seed), strict=False):
            _, seen[k], grads = self.loss_and_grads(X, y)
            update(self.params, grads, 1 - k / steps)
        return seen

    def test(self, rows=200):
        """Return the share right of each net (5,) on new sequences."""
        return self.loss_and_grads(*next(recalls(rows, self.T, 99)))[1]


def far_by_minimal_gru(T, keep, *, steps=100, lr=0.06, parts=None):
    """Return the shares right (3,) of minGRUs that recall the first of T symbols; keep: the first bias of the gate."""
    nets = Nets("minGRU", D, K, 20, seeds=range(3), start={"keep": keep}, run=parts)
    nets.train(recalls(N, T, 7), steps=steps, lr=lr)
    return nets.test(*next(recalls(50, T, 99)))
