"""Many small RNNs trained side by side: one more axis in front of every array, so that NumPy works on all of them at once.

    params = stack([start(seed) for seed in range(5)])             # each array (S, …)
    losses = train_many(params, batches, steps=400)                # (steps, S)
    right = share_right(params, X, Y, mask)                        # (S,)

Side by side they cost a fraction of one after the other: the nets are small, and most of the time goes into Python's loop.
"""

import numpy as np

from helpers.layers.rnn import ACTIVATIONS


def stack(nets):
    """Return one dict of arrays (S, …) from S dicts of the same arrays: Wx (D, H), Wh (H, H), b (H,), Wy (H, 1), by (1,)."""
    return {name: np.stack([np.atleast_2d(net[name]) for net in nets]) for name in nets[0]}


def train_many(params, batches, *, steps, activation="tanh", lr=0.01, clip=1.0, windows=None):
    """Return the losses (steps, S) of S nets that answer yes or no at every step; params are changed in place.

    batches  yields (X (N, T, D), Y (N, T) of 0 and 1, mask (N, T) bool), the same for all nets; or X (S, N, T, D) and
             Y (S, N, T), so that each net has a batch of its own, and mask (N, T)
    lr       one learning rate, or S of them
    windows  S numbers: net s sends no gradient back over a step that is a multiple of windows[s]; None cuts nothing
    Adam, its rate falling evenly to 0, each net's gradient clipped to the norm `clip`.
    """
    m = {k: np.zeros_like(p) for k, p in params.items()}
    v = {k: np.zeros_like(p) for k, p in params.items()}
    losses = np.empty((steps, len(params["b"])))
    lr = np.reshape(np.asarray(lr, float), (-1, 1, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for k, batch in zip(range(steps), batches, strict=False):
            losses[k], grads = _loss_and_grads(params, *batch, activation, windows)
            norm = np.sqrt(sum((g**2).sum(axis=(1, 2)) for g in grads.values()))
            factor = np.where(np.isfinite(norm), np.minimum(1, clip / np.maximum(norm, 1e-30)), 0)[:, None, None]
            for name, p in params.items():
                g = np.nan_to_num(grads[name]) * factor
                m[name] += 0.1 * (g - m[name])
                v[name] += 0.001 * (g * g - v[name])
                root = np.sqrt(v[name] / (1 - 0.999 ** (k + 1))) + 1e-8
                p -= lr * (1 - k / steps) * m[name] / (1 - 0.9 ** (k + 1)) / root
    return losses


def share_right(params, X, Y, mask=None, *, activation="tanh", whole=False):
    """Return, for each net, the share (S,) of right answers that count; whole=True: of sequences without a mistake."""
    right = (_forward(params, X, activation)[2] > 0) == (Y.T > 0.5)            # (S, T, N)
    if whole:
        return right.all(axis=1).mean(axis=1)
    counted = np.ones(Y.T.shape, bool) if mask is None else mask.T
    return right[:, counted].mean(axis=1)


def states(params, X, *, activation="tanh"):
    """Return the states (S, N, T, H) of S nets that read X (N, T, D)."""
    return _forward(params, X, activation)[1][1:].transpose(1, 2, 0, 3)


def losses(params, X, Y, *, activation="tanh"):
    """Return the loss (S,) of each net on X (N, T, D) and Y (N, T), over all steps."""
    f, _ = ACTIVATIONS[activation]
    h, total = 0.0, 0.0
    for x, y in zip(X.swapaxes(0, 1), Y.T, strict=True):                      # one step after the other: nothing is kept
        a = x @ params["Wx"] + params["b"]
        h = f(a + h @ params["Wh"] if np.ndim(h) else a)
        total = total + _cross_entropy((h @ params["Wy"] + params["by"])[..., 0], y).mean(axis=1)
    return total / X.shape[1]


def agreement(params, batches, *, activation="tanh"):
    """Return the mean cosine (S,) between the gradients that each net gets from different batches: 1 is full agreement."""
    found = [_loss_and_grads(params, *batch, activation, None)[1].values() for batch in batches]
    flat = np.array([np.concatenate([g.reshape(len(g), -1) for g in grads], axis=1) for grads in found])
    flat /= np.linalg.norm(flat, axis=-1, keepdims=True)                      # (batches, S, numbers)
    cosines = np.einsum("asi,bsi->sab", flat, flat)
    n = len(found)
    return (cosines.sum(axis=(1, 2)) - n) / (n * (n - 1))


def _cross_entropy(logits, y):
    return np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))


def _forward(params, X, activation):
    f, _ = ACTIVATIONS[activation]
    shared = X if X.ndim == 4 else X[None]
    Xt = np.ascontiguousarray(shared.transpose(2, 0, 1, 3))                   # (T, S or 1, N, D)
    h = np.zeros((len(params["b"]), X.shape[-3], params["b"].shape[-1]))
    A = Xt @ params["Wx"] + params["b"]                                       # (T, S, N, H)
    S = [h]
    for a in A:
        S.append(f(a + S[-1] @ params["Wh"]))
    S = np.stack(S)                                                           # (T + 1, S, N, H)
    logits = (S[1:] @ params["Wy"] + params["by"])[..., 0]                    # (T, S, N)
    return Xt, S, logits.swapaxes(0, 1)


def _loss_and_grads(params, X, Y, mask, activation, windows):
    Xt, S, logits = _forward(params, X, activation)
    slope, T = ACTIVATIONS[activation][1], len(Xt)
    y, count = Y.swapaxes(-1, -2), mask.sum()                                 # (T, N), or (S, T, N)
    losses = _cross_entropy(logits, y)
    d = ((0.5 + 0.5 * np.tanh(logits / 2) - y) * mask.T / count).swapaxes(0, 1)[..., None]      # (T, S, N, 1)
    dS, dA = d * params["Wy"].swapaxes(1, 2), slope(S[1:])
    back = np.ascontiguousarray(params["Wh"].swapaxes(1, 2))
    goes = np.ones((T, len(back), 1, 1)) if windows is None else (np.arange(1, T + 1)[:, None] % windows > 0)[..., None, None]
    dh = 0.0
    for t in reversed(range(T)):
        dA[t] *= dS[t] + dh * goes[t]
        dh = dA[t] @ back
    swap = (0, 1, 3, 2)
    grads = {
        "Wx": (Xt.swapaxes(-1, -2) @ dA).sum(axis=0),
        "Wh": (S[:-1].transpose(swap) @ dA).sum(axis=0),
        "b": dA.sum(axis=(0, 2))[:, None],
        "Wy": (S[1:].transpose(swap) @ d).sum(axis=0),
        "by": d.sum(axis=(0, 2))[:, None],
    }
    return (losses * mask.T).sum(axis=(1, 2)) / count, grads
