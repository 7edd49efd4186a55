"""Many plain RNNs, trained side by side, that answer with one number at the end or at every step: one more axis in front.

    nets = stack([start(seed) for seed in range(5)])                        # each array (S, …)
    seen = train(nets, adding_batches(30), steps=1000, lr=0.003)
    seen.losses, seen.left                                                  # (steps, S) each

Each net's own equations and gradients are those of helpers.layers.RNN, and the tests compare them.
"""

from dataclasses import dataclass

import numpy as np

from helpers.data.sequences import adding_problem
from helpers.layers.initialisers import orthogonal, xavier
from helpers.layers.rnn import ACTIVATIONS


@dataclass
class Seen:
    """What train has seen: losses (steps, S) and, at each step, the share of the gradient that is left at the first state.

    left (steps, S) : the gradient's length at the first state by that at the last one, the median of the batch.
    """

    losses: np.ndarray
    left: np.ndarray


def start(seed, H=32, *, Wh=orthogonal, Wx=orthogonal, dtype=np.float32):
    """Return the first weights of a net that hears two numbers a step: Wx (2, H), Wh (H, H), b (1, H), Wy (H, 1), by (1, 1)."""
    rng = np.random.default_rng(seed)
    return {"Wx": Wx((2, H), rng=rng, dtype=dtype), "Wh": Wh((H, H), rng=rng, dtype=dtype), "b": np.zeros((1, H), dtype),
            "Wy": xavier((H, 1), rng=rng, dtype=dtype), "by": np.zeros((1, 1), dtype)}


def stack(nets):
    """Return one dict of arrays (S, …) from S dicts of the same arrays."""
    return {name: np.stack([net[name] for net in nets]) for name in nets[0]}


def adding_batches(T, seed=1000, N=32, dtype=np.float32):
    """Yield batches (X (N, T, 2), y (N, 1)) of the adding problem without end."""
    rng = np.random.default_rng(seed)
    while True:
        yield adding_problem(N, T, rng, dtype=dtype)


def train(params, batches, *, steps, lr, activation="tanh", clip=1.0):
    """Return what was Seen of S nets that are trained on the same batches (X (N, T, D), y); params change in place.

    y : (N, 1), to be answered after the last step, or (N, T, 1), at every step.
    lr : a number, or one for each net. Squared error, Adam, each net's gradient clipped to the norm `clip`; a step whose
    gradient is not finite is left out.
    """
    S = len(params["b"])
    seen = Seen(np.full((steps, S), np.nan), np.full((steps, S), np.nan))
    m, v = ({k: np.zeros_like(p) for k, p in params.items()} for _ in "mv")
    rates = {k: np.broadcast_to(lr, S).reshape(S, 1, 1).astype(p.dtype) for k, p in params.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        for k, (X, y) in zip(range(steps), batches, strict=False):
            seen.losses[k], seen.left[k], grads = loss_and_grads(params, X, y, activation)
            norm = np.sqrt(sum((g**2).sum(axis=(1, 2)) for g in grads.values()))
            factor = np.where(np.isfinite(norm), np.minimum(1, clip / np.maximum(norm, 1e-30)), 0)[:, None, None]
            for name, p in params.items():
                g = np.nan_to_num(grads[name]) * factor.astype(p.dtype)
                m[name] += 0.1 * (g - m[name])
                v[name] += 0.001 * (g * g - v[name])
                root = np.sqrt(v[name] / (1 - 0.999 ** (k + 1))) + 1e-8
                p -= rates[name] * m[name] / (1 - 0.9 ** (k + 1)) / root
    return seen


def states(params, X, activation="tanh"):
    """Return the states (T, S, N, H) of all nets on X (N, T, D)."""
    return _forward(params, X, activation)[1][1:]


def loss_and_grads(params, X, y, activation="tanh"):
    """Return the losses (S,), the shares of the gradient left at the first state (S,), and the gradients of params."""
    Xt, H, T = *_forward(params, X, activation), X.shape[1]
    read, y = (H[1:], y.swapaxes(0, 1)[:, None]) if y.ndim == 3 else (H[-1:], y)
    wrong = read @ params["Wy"] + params["by"] - y                              # (T or 1, S, N, 1)
    d = 2 * wrong / wrong[:, 0].size
    dread = d @ params["Wy"].swapaxes(1, 2)                                     # (T or 1, S, N, H)
    dh = first = dread[-1]                                                      # at the last state
    back = np.ascontiguousarray(params["Wh"].swapaxes(1, 2))
    dA = ACTIVATIONS[activation][1](H[1:])                                      # (T, S, N, H)
    for t in reversed(range(T)):
        dA[t] *= dh
        if t:
            dh = dA[t] @ back
            if len(dread) > 1:
                dh += dread[t - 1]
    left = np.median(np.linalg.norm(dh, axis=-1) / np.maximum(np.linalg.norm(first, axis=-1), 1e-30), axis=1)
    flat, before = (a.swapaxes(0, 1).reshape(len(back), -1, a.shape[-1]) for a in (dA, H[:-1]))
    grads = {"Wx": Xt.T @ flat, "Wh": before.swapaxes(1, 2) @ flat, "b": flat.sum(axis=1, keepdims=True),
             "Wy": (read.swapaxes(2, 3) @ d).sum(axis=0), "by": d.sum(axis=(0, 2))[:, None]}
    return (wrong**2).mean(axis=(0, 2, 3)), left, grads


def _forward(params, X, activation):
    """Return the inputs step by step (T · N, D), and the states with the blank one first (T + 1, S, N, H)."""
    (N, T, D), (S, H, _), f = X.shape, params["Wh"].shape, ACTIVATIONS[activation][0]
    Xt = np.ascontiguousarray(X.swapaxes(0, 1)).reshape(T * N, D)
    A = (Xt @ params["Wx"] + params["b"]).reshape(S, T, N, H)
    states = np.zeros((T + 1, S, N, H), A.dtype)
    for t in range(T):
        states[t + 1] = f(states[t] @ params["Wh"] + A[:, t])
    return Xt, states
