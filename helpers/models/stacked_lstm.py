"""Many small LSTMs trained side by side, one more axis in front of every array: the experiments of notebook 04 in seconds.

    nets = stack([start(seed) for seed in range(5)])                       # each array (S, …)
    losses, right = train(nets, batches, steps=300)                        # (steps, S) each

The equations are those of helpers.layers.LSTM and LSTMVariant, and the tests compare the gradients with theirs.
"""

import numpy as np

from helpers.layers.initialisers import xavier
from helpers.layers.losses import softmax

VARIANTS = ("vanilla", "CEC", "NIG", "NFG", "NOG", "CIFG", "PEEP")
DROPS = ("none", "output", "state", "state, one mask", "cell")


def start(D, H, K, rng, *, forget_bias=1.0, dtype=np.float32):
    """Return the first weights of an LSTM and its read-out as a dict: Wx, Wh, b, Wy, by, and peepholes p (3, 1, H) at 0.

    forget_bias : a number, or a whole bias b (4H,), as chrono_bias makes it.
    """
    b = np.zeros((1, 4 * H), dtype)
    b[0, H : 2 * H] = forget_bias if np.ndim(forget_bias) == 0 else forget_bias[H : 2 * H]
    if np.ndim(forget_bias):
        b[0] = forget_bias
    blocks = {name: [xavier((rows, H), rng=rng, dtype=dtype) for _ in "ifog"] for name, rows in (("Wx", D), ("Wh", H))}
    weights = {name: np.hstack(parts) for name, parts in blocks.items()}
    weights |= {"b": b, "p": np.zeros((3, 1, H), dtype)}
    return weights | {"Wy": xavier((H, K), rng=rng, dtype=dtype), "by": np.zeros((1, K), dtype)}


def stack(nets):
    """Return one dict of arrays (S, …) from S dicts of the same arrays."""
    return {name: np.stack([net[name] for net in nets]) for name in nets[0]}


def nets(D, H, K, forget_biases):
    """Return one untrained net for each forget bias (see start), stacked; their seeds are 0, 1 …"""
    return stack([start(D, H, K, np.random.default_rng(seed), forget_bias=bias) for seed, bias in enumerate(forget_biases)])


def train(params, batches, *, steps, variant="vanilla", lr=0.01, clip=1.0, drop="none", rate=0.0, rng=None):
    """Return losses and shares of right answers, (steps, S) each, of S nets; params are changed in place, by Adam.

    batches : yields (X (N, T, D), y), the same for all nets: whole numbers y (N,) or (N, T) are classes, for the last step or
        for every step; others, (N, K) or (N, T, K), are numbers: squared error, and the share of right ones is NaN.
    variant : one of VARIANTS, for all nets. clip : the largest norm of each net's gradient.
    lr : the learning rate of all nets, or one for each (S,).
    drop, rate, rng : dropout in training, one of DROPS; a mask of its own for each net.
    """
    m = {k: np.zeros_like(p) for k, p in params.items()}
    v = {k: np.zeros_like(p) for k, p in params.items()}
    losses, right = np.empty((2, steps, len(params["b"])))
    rate_of = {k: np.broadcast_to(lr, len(p)).reshape(-1, *[1] * (p.ndim - 1)).astype(p.dtype) for k, p in params.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        for k, (X, y) in zip(range(steps), batches, strict=False):
            masks = _masks(drop, rate, rng, params, X)
            losses[k], right[k], grads = loss_and_grads(params, X, y, variant, masks)
            norm = np.sqrt(sum((g**2).sum(axis=tuple(range(1, g.ndim))) for g in grads.values()))
            factor = np.where(np.isfinite(norm), np.minimum(1, clip / np.maximum(norm, 1e-30)), 0)
            for name, p in params.items():
                g = np.nan_to_num(grads[name]) * factor.reshape(-1, *[1] * (p.ndim - 1)).astype(p.dtype)
                m[name] += 0.1 * (g - m[name])
                v[name] += 0.001 * (g * g - v[name])
                root = np.sqrt(v[name] / (1 - 0.999 ** (k + 1))) + 1e-8
                p -= rate_of[name] * m[name] / (1 - 0.9 ** (k + 1)) / root
    return losses, right


def run(params, X, *, variant="vanilla", masks=None):
    """Return all states H and cells C (S, N, T, H), the gates i, f, o and the candidate g (4, S, N, T, H), of S nets."""
    _, S, C, gates, _ = _forward(params, X, variant, masks or (None, None, None))
    return np.moveaxis(S[1:], 0, 2), np.moveaxis(C[1:], 0, 2), np.moveaxis(gates, 0, 3)


def spread_over_masks(params, X, drop, rate, rng):
    """Return for each of S nets how much the last cell differs from row to row of X, under dropout: (S,).

    X (N, T, D) : N times the same sequence, so that only the masks differ. The spread is the standard deviation over the rows,
    averaged over the units.
    """
    cells = run(params, X, masks=_masks(drop, rate, rng, params, X))[1]
    return cells[:, :, -1].std(axis=1).mean(axis=1)


def errors_and_cells(params, X, y, variant="vanilla"):
    """Return the squared errors (S,) of S nets on one batch, y (N, T, K), and the size of the largest last cell of each (S,)."""
    states, cells, _ = run(params, X, variant=variant)
    said = states @ params["Wy"][:, None] + params["by"][:, None]              # (S, N, T, K)
    return ((said - y) ** 2).mean(axis=(1, 2, 3)), np.abs(cells[:, :, -1]).max(axis=(1, 2))


def loss_and_grads(params, X, y, variant="vanilla", masks=(None, None, None)):
    """Return the losses (S,), shares of right answers (S,) and gradients of S nets for one batch (see train)."""
    Xt, S, C, gates, M = _forward(params, X, variant, masks)
    nets, classes = len(params["b"]), np.issubdtype(y.dtype, np.integer)
    every = y.ndim == (2 if classes else 3)
    y = y.swapaxes(0, 1) if every else y[None]                                # (T or 1, N) or (T or 1, N, K)
    read = S[1:] if every else S[-1:]                                         # (T or 1, S, N, H)
    if masks[2] is not None:
        read = read * masks[2]
    out = read @ params["Wy"] + params["by"]                                  # (T or 1, S, N, K)
    if classes:
        P, at = softmax(out), np.broadcast_to(y[:, None, :, None], (len(y), nets, y.shape[1], 1))
        losses = -np.log(np.maximum(np.take_along_axis(P, at, -1), 1e-30)).mean(axis=(0, 2, 3))
        right = (out.argmax(axis=-1) == y[:, None]).mean(axis=(0, 2))
        np.put_along_axis(P, at, np.take_along_axis(P, at, -1) - 1, -1)
        d = P / y.size
    else:
        wrong = out - y[:, None]
        losses, right = (wrong**2).mean(axis=(0, 2, 3)), np.full(nets, np.nan)
        d = 2 * wrong / (wrong.size / nets)
    swap = (0, 1, 3, 2)
    dread = d @ params["Wy"].swapaxes(1, 2)
    if masks[2] is not None:
        dread = dread * masks[2]
    dA, dp = _backward(params, dread, S, C, gates, M, variant, masks, every)
    H_in = S[:-1] if masks[0] is None else S[:-1] * masks[0]
    grads = {
        "Wx": (Xt[:, None].swapaxes(-1, -2) @ dA).sum(axis=0),
        "Wh": (H_in.transpose(swap) @ dA).sum(axis=0),
        "b": dA.sum(axis=(0, 2))[:, None],
        "p": dp,
        "Wy": (read.transpose(swap) @ d).sum(axis=0),
        "by": d.sum(axis=(0, 2))[:, None],
    }
    return losses, right, grads


def _off(variant):
    """Return the numbers of the gates (0 i, 1 f, 2 o) that are always 1."""
    return {"CEC": (0, 1, 2), "NIG": (0,), "NFG": (1,), "NOG": (2,)}.get(variant, ())


def _masks(drop, rate, rng, params, X):
    """Return the masks of the state, the cell and the read-out: None, or arrays that broadcast with (T, S, N, H)."""
    if drop == "none" or not rate:
        return None, None, None
    steps = 1 if drop == "state, one mask" else X.shape[1]
    if drop == "output":
        steps = 1                                                             # only the last step is read there
    Wh = params["Wh"]
    mask = (rng.random((steps, len(Wh), len(X), Wh.shape[1])) >= rate).astype(Wh.dtype) / Wh.dtype.type(1 - rate)
    if drop == "state, one mask":
        mask = np.broadcast_to(mask, (X.shape[1], *mask.shape[1:]))
    return {"state": (mask, None, None), "state, one mask": (mask, None, None), "cell": (None, mask, None),
            "output": (None, None, mask)}[drop]


def _forward(params, X, variant, masks):
    Wx, Wh, b, p = params["Wx"], params["Wh"], params["b"], params["p"]
    (N, T, _), (nets, H) = X.shape, Wh.shape[:2]
    dtype = Wx.dtype
    half = np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype), H)                  # σ(a) = ½ + ½ tanh(a/2)
    Wh_half, p_half = Wh * half, p * dtype.type(0.5)
    Xt = np.ascontiguousarray(X.swapaxes(0, 1), dtype)                        # (T, N, D)
    # many small products, not one large one: BLAS does small ones without threads, which wait for each other on a busy machine
    A = Xt[:, None] @ (Wx * half) + b * half                                  # (T, S, N, 4H)
    S, C = np.zeros((2, T + 1, nets, N, H), dtype)
    gates, M = np.empty((T, 4, nets, N, H), dtype), np.empty((T, nets, N, H), dtype)
    peeps, off = variant == "PEEP", _off(variant)
    for t in range(T):
        h = S[t] if masks[0] is None else S[t] * masks[0][t]
        c = C[t] if masks[1] is None else C[t] * masks[1][t]
        a = (A[t] + h @ Wh_half).reshape(nets, N, 4, H).transpose(2, 0, 1, 3)
        if peeps:
            a = a.copy()
            a[0] += p_half[:, 0] * c
            a[1] += p_half[:, 1] * c
        np.tanh(a, out=gates[t])
        gates[t, :3] *= 0.5
        gates[t, :3] += 0.5
        for k in off:
            gates[t, k] = 1
        i, f, o, g = gates[t]
        if variant == "CIFG":
            np.subtract(1, f, out=i)
        np.multiply(f, c, out=C[t + 1])
        C[t + 1] += i * g
        if peeps:
            np.tanh(a[2] + p_half[:, 2] * C[t + 1], out=o)
            o *= 0.5
            o += 0.5
        np.tanh(C[t + 1], out=M[t])
        np.multiply(o, M[t], out=S[t + 1])
    return Xt, S, C, gates, M


def _backward(params, dread, S, C, gates, M, variant, masks, every):
    p, (T, nets, N, H) = params["p"], M.shape
    i, f, o, g = gates.swapaxes(0, 1)                                         # (T, S, N, H) each
    c = C[:-1] if masks[1] is None else C[:-1] * masks[1]
    dA = np.empty((T, nets, N, 4, H), M.dtype)                                # the slopes, then the gradients
    dA[..., 0, :] = i * (1 - i) * g
    dA[..., 1, :] = f * (1 - f) * c
    dA[..., 2, :] = o * (1 - o) * M
    dA[..., 3, :] = i * (1 - g * g)
    if variant == "CIFG":
        dA[..., 1, :] = f * (1 - f) * (c - g)
        dA[..., 0, :] = 0
    show = o * (1 - M * M)
    back = np.ascontiguousarray(params["Wh"].swapaxes(1, 2))
    dh, dc = np.zeros_like(M[0]), np.zeros_like(M[0])
    dp = np.zeros_like(p)
    for t in reversed(range(T)):
        if every:
            dh = dh + dread[t]
        elif t == T - 1:
            dh = dh + dread[0]
        da = dA[t]
        da[..., 2, :] *= dh
        dc = dc + dh * show[t]
        if variant == "PEEP":
            dc += da[..., 2, :] * p[:, 2]
        da[..., :2, :] *= dc[..., None, :]
        da[..., 3, :] *= dc
        dc = dc * f[t]
        if variant == "PEEP":
            dp[:, 0] += (da[..., 0, :] * c[t]).sum(axis=1, keepdims=True)
            dp[:, 1] += (da[..., 1, :] * c[t]).sum(axis=1, keepdims=True)
            dp[:, 2] += (da[..., 2, :] * C[t + 1]).sum(axis=1, keepdims=True)
            dc += da[..., 0, :] * p[:, 0] + da[..., 1, :] * p[:, 1]
        dh = da.reshape(nets, N, 4 * H) @ back
        if masks[0] is not None:
            dh = dh * masks[0][t]
        if masks[1] is not None:
            dc = dc * masks[1][t]
    return dA.reshape(T, nets, N, 4 * H), dp
