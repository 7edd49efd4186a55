"""Many small LSTMs trained side by side, one more axis in front of every array: the experiments of notebook 04 in seconds.

    nets = stack([start(seed) for seed in range(5)])                       # each array (S, …)
    losses, right = train(nets, batches, steps=300)                        # (steps, S) each

The equations are those of helpers.layers.LSTM and LSTMVariant, and the tests compare the gradients with theirs.
"""

import numpy as np

from helpers.layers.initialisers import xavier
from helpers.layers.losses import softmax
from helpers.layers.sequences import blocks_back

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
    variant : one of VARIANTS, for all nets, or a list with one for each. clip : the largest norm of each net's gradient.
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
            if not factor.all():                                              # a step that is left out: 0 · NaN would be NaN
                grads = {name: np.nan_to_num(g) for name, g in grads.items()}
            for name, p in params.items():
                if name == "p" and _nets_with("PEEP", variant) == []:
                    continue                                                  # they are not there
                g = grads[name] * factor.reshape(-1, *[1] * (p.ndim - 1)).astype(p.dtype)
                m[name] += 0.1 * (g - m[name])
                v[name] += 0.001 * (g * g - v[name])
                root = np.sqrt(v[name] / (1 - 0.999 ** (k + 1))) + 1e-8
                p -= rate_of[name] * m[name] / (1 - 0.9 ** (k + 1)) / root
    return losses, right


def run(params, X, *, variant="vanilla", masks=None):
    """Return all states H and cells C (S, N, T, H), the gates i, f, o and the candidate g (4, S, N, T, H), of S nets."""
    _, S, C, gates, _ = _forward(params, X, variant, masks or (None, None, None))
    return S.transpose(1, 3, 0, 2), C[1:].transpose(1, 3, 0, 2), gates.transpose(2, 1, 4, 0, 3)


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
    Z, S, C, gates, M = _forward(params, X, variant, masks)
    nets, classes = len(params["b"]), np.issubdtype(y.dtype, np.integer)
    every = y.ndim == (2 if classes else 3)
    y = y.swapaxes(0, 1) if every else y[None]                                # (T or 1, N) or (T or 1, N, K)
    read = S if every else S[-1:]                                             # (T or 1, S, H, N)
    if masks[2] is not None:
        read = read * masks[2]
    out = read.swapaxes(2, 3) @ params["Wy"] + params["by"]                   # (T or 1, S, N, K)
    if classes:
        wanted = np.eye(out.shape[-1], dtype=out.dtype)[y][:, None]           # (T or 1, 1, N, K)
        P = softmax(out)
        losses = -np.log(np.maximum((P * wanted).sum(axis=-1), 1e-30)).mean(axis=(0, 2))
        right = (out.argmax(axis=-1) == y[:, None]).mean(axis=(0, 2))
        d = (P - wanted) / y.size
    else:
        wrong = out - y[:, None]
        losses, right = (wrong**2).mean(axis=(0, 2, 3)), np.full(nets, np.nan)
        d = 2 * wrong / (wrong.size / nets)
    dread = params["Wy"] @ d.swapaxes(2, 3)                                   # (T or 1, S, H, N)
    if masks[2] is not None:
        dread = dread * masks[2]
    dW, dp = _backward(params, dread, Z, C, gates, M, variant, masks, every)  # dW (S, H + D + 1, 4H)
    H, D = params["Wh"].shape[1], X.shape[2]
    grads = {"Wx": dW[:, H : H + D], "Wh": dW[:, :H], "b": dW[:, H + D :], "p": dp,
             "Wy": (read @ d).sum(axis=0), "by": d.sum(axis=(0, 2))[:, None]}
    return losses, right, grads


def _nets_with(name, variant):
    """Return which of the nets are this variant, as something to index them with; [] if none is."""
    if isinstance(variant, str):
        return slice(None) if variant == name else []
    return [k for k, each in enumerate(variant) if each == name]


def _always_open(variant):
    """Return [(nets, gates)]: gates (of 0 i, 1 f, 2 o) that are always 1 in these nets."""
    off = {"CEC": slice(0, 3), "NIG": 0, "NFG": 1, "NOG": 2}
    return [(some, gates) for name, gates in off.items() if (some := _nets_with(name, variant)) != []]


def _masks(drop, rate, rng, params, X):
    """Return the masks of the state, the cell and the read-out: None, or arrays that broadcast with (T, S, H, N)."""
    if drop == "none" or not rate:
        return None, None, None
    steps = 1 if drop == "state, one mask" else X.shape[1]
    if drop == "output":
        steps = 1                                                             # only the last step is read there
    Wh = params["Wh"]
    mask = (rng.random((steps, len(Wh), len(X), Wh.shape[1])) >= rate).astype(Wh.dtype) / Wh.dtype.type(1 - rate)
    mask = np.ascontiguousarray(mask.swapaxes(2, 3))
    if drop == "state, one mask":
        mask = np.broadcast_to(mask, (X.shape[1], *mask.shape[1:]))
    return {"state": (mask, None, None), "state, one mask": (mask, None, None), "cell": (None, mask, None),
            "output": (None, None, mask)}[drop]


def _forward(params, X, variant, masks):
    """Return all that the nets hear Z (T + 1, S, H + D + 1, N): the old state, the input, a 1; and what comes of it.

    -> Z, states (T, S, H, N), cells (T + 1, S, H, N), gates i, f, o, g (T, S, 4, H, N), tanh of the cells (T, S, H, N).
    The sequences lie along the last axis, so that a block of 4 H rows is one piece: one product and one tanh a step do all.
    Many small products, not one large one: BLAS does small ones without threads, which wait for each other on a busy machine.
    """
    (N, T, D), (nets, H, _), dtype = X.shape, params["Wh"].shape, params["Wh"].dtype
    half = np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype), H)                  # σ(a) = ½ + ½ tanh(a/2)
    weights = np.concatenate([params["Wh"], params["Wx"], params["b"]], axis=1) * half
    weights = np.ascontiguousarray(weights.swapaxes(1, 2))                    # (S, 4H, H + D + 1)
    Z = np.empty((T + 1, nets, H + D + 1, N), dtype)
    Z[0, :, :H] = 0
    Z[:T, :, H:-1] = X.transpose(1, 2, 0)[:, None]
    Z[:, :, -1] = 1
    S = Z[1:, :, :H] if masks[0] is None else np.empty((T, nets, H, N), dtype)
    C, M = np.empty((T + 1, nets, H, N), dtype), np.empty((T, nets, H, N), dtype)
    gates = np.empty((T, nets, 4, H, N), dtype)
    C[0] = 0
    if masks[0] is not None:
        Z[T, :, :H] = 0                                                       # nothing hears it
    peeps, coupled, off = _nets_with("PEEP", variant), _nets_with("CIFG", variant), _always_open(variant)
    p_half = params["p"].swapaxes(2, 3) * dtype.type(0.5)                     # (S, 3, H, 1)
    for t in range(T):
        c = C[t] if masks[1] is None else C[t] * masks[1][t]
        a = gates[t]                                                          # the sums, then the gates
        np.matmul(weights, Z[t], out=a.reshape(nets, 4 * H, N))
        if peeps != []:
            a[peeps, :2] += p_half[peeps, :2] * c[peeps, None]
            a_o = a[peeps, 2].copy()
        np.tanh(a, out=a)
        shares = a[:, :3]
        shares *= 0.5
        shares += 0.5
        for some, always in off:
            a[some, always] = 1
        if coupled != []:
            a[coupled, 0] = 1 - a[coupled, 1]
        i, f, o, g = a.swapaxes(0, 1)
        np.multiply(f, c, out=C[t + 1])
        C[t + 1] += i * g
        if peeps != []:
            a[peeps, 2] = 0.5 * np.tanh(a_o + p_half[peeps, 2] * C[t + 1, peeps]) + 0.5
        np.tanh(C[t + 1], out=M[t])
        np.multiply(o, M[t], out=S[t])
        if masks[0] is not None and t + 1 < T:
            np.multiply(S[t], masks[0][t + 1], out=Z[t + 1, :, :H])
    return Z, S, C, gates, M


def _backward(params, dread, Z, C, gates, M, variant, masks, every):
    """Return the gradients of all weights (S, H + D + 1, 4H), in the order of Z, and of the peepholes.

    dread (T or 1, S, H, N) : what the read-out sends to the states.
    """
    p, (T, nets, H, N) = params["p"].swapaxes(2, 3), M.shape                  # p (S, 3, H, 1)
    dh, dc, dp, dW = np.zeros_like(M[0]), np.zeros_like(M[0]), np.zeros_like(params["p"]), 0.0
    peeps = _nets_with("PEEP", variant)
    for block in blocks_back(T, nets * H * N, most=1 << 15):
        dA, show, old = _slopes(C[block], gates[block], M[block], variant, None if masks[1] is None else masks[1][block])
        for k in reversed(range(len(dA))):
            t, da = block.start + k, dA[k]                                    # (S, 4, H, N)
            if every:
                dh += dread[t]
            elif t == T - 1:
                dh += dread[0]
            da[:, 2] *= dh
            dc += dh * show[k]
            if peeps != []:
                dc[peeps] += da[peeps, 2] * p[peeps, 2]
            da[:, :2] *= dc[:, None]
            da[:, 3] *= dc
            dc *= gates[t, :, 1]
            if peeps != []:
                for gate, seen in enumerate((old[k], old[k], C[t + 1])):
                    dp[peeps, gate, 0] += (da[peeps, gate] * seen[peeps]).sum(axis=2)
                dc[peeps] += (da[peeps, :2] * p[peeps, :2]).sum(axis=1)
            dh = params["Wh"] @ da.reshape(nets, 4 * H, N)
            if masks[0] is not None:
                dh *= masks[0][t]
            if masks[1] is not None:
                dc *= masks[1][t]
        dW = dW + (Z[block] @ dA.reshape(len(dA), nets, 4 * H, N).swapaxes(2, 3)).sum(axis=0)
    return dW, dp


def _slopes(c, gates, M, variant, mask):
    """Return the slopes (steps, S, 4, H, N) of some steps: of the new cell by the sums i, f and g, of the state by that of o.

    And the slopes of the states by the cells, and the old cells c as they are heard, both (steps, S, H, N).
    """
    c = c if mask is None else c * mask
    coupled = _nets_with("CIFG", variant)
    i, _, o, g = gates.transpose(2, 0, 1, 3, 4)                               # (steps, S, H, N) each
    slopes = np.empty_like(gates)
    np.subtract(1, gates[:, :, :3], out=slopes[:, :, :3])
    slopes[:, :, :3] *= gates[:, :, :3]
    slopes[:, :, 0] *= g
    slopes[:, :, 1] *= c
    slopes[:, :, 2] *= M
    np.multiply(i, 1 - g * g, out=slopes[:, :, 3])
    if coupled != []:
        f = gates[:, coupled, 1]
        slopes[:, coupled, 1] = f * (1 - f) * (c[:, coupled] - g[:, coupled])
        slopes[:, coupled, 0] = 0
    return slopes, o * (1 - M * M), c
