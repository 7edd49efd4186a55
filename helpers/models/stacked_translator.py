"""Many encoder–decoders (Translator without attention) trained side by side: the experiments of notebook 07 in seconds.

    nets, losses = train_translators([pairs_0, pairs_1], words, others, steps=500)      # two nets; losses (2, 500)

One more axis in front of every array, so that NumPy works on all nets at once; and no padding, which is nearly half of a batch of
short and long strings: the rows are sorted, the longest first, and the first step of all rows, the second step of the rows that
have one, and so on, lie one behind the other on ONE axis of length R. The equations are those of
helpers.models.translator.Translator, and the tests compare losses and gradients with its own.
"""

import copy

import numpy as np

from helpers.models.translator import Translator, pair_arrays
from helpers.training.batches import shuffled_batches

EMBEDDING = 16


def train_translators(pairs, words, others, *, steps, seeds=None, nets=None, size=32, hidden=48, lr=0.015, peeky=False,
                      clip=1.0, mix=0.0, on_step=None, every=20):
    """Return M trained Translators and their losses (M, steps), the mean of the last 30 at each step.

    pairs    M lists of (source, target): one for each net
    words, others    the vocabularies of sources and targets
    seeds    M numbers, one for each net's first weights and its order of batches; None is 0, 1, 2, …
    size     how many pairs are in a batch. hidden : the size H of the states
    lr       the learning rate at the beginning; it falls evenly to 0. Adam, each net's gradient clipped to the norm `clip`
    peeky    the decoder sees the encoder's last state at every step
    nets     trained ones to go on with, copies of them; None makes new ones
    mix      probability with which the decoder hears its own last word instead of the true one (scheduled sampling)
    on_step  function on_step(step, nets), called every `every` steps

    The stop button stops it: nothing is returned then.
    """
    seeds = range(len(pairs)) if seeds is None else list(seeds)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    if nets is None:
        nets = [Translator(len(words), len(others), embedding=EMBEDDING, hidden=hidden, rng=rng, peeky=peeky) for rng in rngs]
    else:
        nets = copy.deepcopy(nets)
    arrays = {}                                                      # nets with the same list share its arrays
    for one in pairs:
        if id(one) not in arrays:
            arrays[id(one)] = pair_arrays(one, words, others)
    streams = [shuffled_batches(*arrays[id(one)], size=size, rng=rng) for one, rng in zip(pairs, rngs, strict=True)]
    params = {name: np.stack([net.params[name] for net in nets]) for name in nets[0].params}

    def look(step):
        for s, net in enumerate(nets):
            for name, p in net.params.items():
                p[...] = params[name][s]
        if on_step:
            on_step(step, nets)

    losses = _train(params, streams, steps, lr, clip, mix, np.random.default_rng([*seeds]), look if on_step else None, every)
    on_step = None
    look(steps)
    return nets, _smooth(losses, 30).T


def loss_and_grads(params, source, source_mask, so_far, wanted, mask):
    """Return the mean losses (M,) and the gradients of M nets; params arrays (M, …), batches (M, N, T) and (M, N, S)."""
    logits, cache = _forward(params, source, source_mask, so_far, mask)
    P = logits - logits.max(axis=-1, keepdims=True)
    np.exp(P, out=P)
    P /= P.sum(axis=-1, keepdims=True)                               # (M, R, K)
    want, count = (_laid_out(a, _steps(mask)) for a in (wanted[..., None], mask))
    at = np.take_along_axis(P, want, -1)
    each = count.sum(axis=1)
    losses = (-np.log(np.maximum(at[..., 0], 1e-30)) * count).sum(axis=1) / each
    np.put_along_axis(P, want, at - 1, -1)
    P *= (count / each[:, None]).astype(P.dtype)[..., None]
    return losses, _backward(params, P, cache)


def _train(params, streams, steps, lr, clip, mix, rng, look=None, every=20):
    M = len(streams)
    flat, views = _flat(params)                                      # one long row for each net, so that Adam is ten products
    grad, gviews = _flat(params)
    m, v, losses = np.zeros_like(flat), np.zeros_like(flat), np.empty((steps, M))

    def put_back():
        for name, p in params.items():
            p[...] = views[name]

    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(steps):
            batch = [np.stack(parts) for parts in zip(*(next(stream) for stream in streams), strict=True)]
            T, S = batch[1].sum(axis=2).max(), batch[4].sum(axis=2).max()
            longest_first = np.argsort(-batch[1].sum(axis=2), axis=1, kind="stable")[..., None]          # (M, N, 1)
            source, source_mask, so_far, wanted, mask = (
                np.take_along_axis(b, longest_first, 1)[..., :w] for b, w in zip(batch, (T, T, S, S, S), strict=True))
            if mix:
                so_far = _mixed(views, source, source_mask, so_far, mix, rng)
            losses[k], grads = loss_and_grads(views, source, source_mask, so_far, wanted, mask)
            for name, g in grads.items():
                gviews[name][...] = g
            norm = np.sqrt((grad**2).sum(axis=1, keepdims=True))
            bad = ~np.isfinite(norm)
            if bad.any():
                grad[bad[:, 0]] = 0
            grad *= np.minimum(1, clip / np.maximum(np.where(bad, 1, norm), 1e-30)).astype(flat.dtype)
            m += 0.1 * (grad - m)
            v += 0.001 * (grad * grad - v)
            root = np.sqrt(v / (1 - 0.999 ** (k + 1)))
            root += 1e-8
            flat -= (lr * (1 - k / steps) / (1 - 0.9 ** (k + 1))) * (m / root)
            if look and (k + 1) % every == 0:
                put_back()
                look(k + 1)
    put_back()
    return losses


def _flat(params):
    """Return an array (M, P) with all numbers of each net in one row, and {name: view} of the shapes of params."""
    M = len(next(iter(params.values())))
    flat = np.concatenate([p.reshape(M, -1) for p in params.values()], axis=1)
    views, start = {}, 0
    for name, p in params.items():
        size = p[0].size
        views[name] = flat[:, start : start + size].reshape(p.shape)
        start += size
    return flat, views


def _mixed(params, source, source_mask, so_far, p, rng):
    """Return so_far with each token, from the second on, replaced with probability p by what the net says there itself."""
    M, N, S = so_far.shape
    heard = so_far.copy()
    own = rng.random(so_far.shape) < p
    _, first = _encode(params, source, source_mask)
    s = first
    for t in range(S - 1):
        logits, (_, s, *_), _ = _decode(params, heard[..., t : t + 1], np.ones((M, N, 1), bool), s, first)
        heard[..., t + 1] = np.where(own[..., t + 1], logits.argmax(axis=-1), so_far[..., t + 1])
    return heard


def _smooth(losses, window):
    total = np.cumsum(np.vstack([np.zeros(losses.shape[1]), losses]), axis=0)
    k = np.arange(1, len(total))
    start = np.maximum(k - window, 0)
    return (total[k] - total[start]) / (k - start)[:, None]


def _steps(mask):
    """Return for each step its places on the axis R, a slice: those of the first rows, down to the last that still counts.

    mask (M, N, T). A row that counts at a later step only is carried along.
    """
    last = (mask.any(axis=0) * np.arange(1, mask.shape[1] + 1)[:, None]).max(axis=0)
    ends = np.cumsum(np.maximum.accumulate(last[::-1])[::-1])
    return [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def _laid_out(a, steps):
    """Return (M, R, …): the values a (M, N, T, …) step by step, each step's at its places."""
    return np.concatenate([a[:, : on.stop - on.start, t] for t, on in enumerate(steps)], axis=1)


def _gru(A, h, Wh, steps):
    """Return the states before and after each step (M, R, H), and the gates z, r, n, u, one (4, M, rows, H) for each step.

    A (M, R, 3H) is the inputs' part; its blocks z and r are halved already: σ(a) = ½ + ½ tanh(a/2).
    h (M, N, H) is the first state.
    """
    M, R, H = *A.shape[:2], h.shape[-1]
    Wh = Wh * _half(H, A.dtype)
    before, after, gates = *np.empty((2, M, R, H), A.dtype), []
    A = A.reshape(M, R, 3, H).transpose(2, 0, 1, 3)
    for on in steps:
        before[:, on] = h = h[:, : on.stop - on.start]
        gates.append(np.empty((4, *h.shape), A.dtype))
        z, r, n, u = gates[-1]
        zr = gates[-1][:2]
        hW = (h @ Wh).reshape(*h.shape[:2], 3, H).transpose(2, 0, 1, 3)
        u[:] = hW[2]
        np.add(A[:2, :, on], hW[:2], out=zr)
        np.tanh(zr, out=zr)
        zr *= 0.5
        zr += 0.5
        np.multiply(r, u, out=n)
        n += A[2, :, on]
        np.tanh(n, out=n)
        h = h - n
        h *= z
        h += n
        after[:, on] = h
    return before, after, gates


def _gru_back(dH, gates, before, Wh, steps):
    """Return dA (M, R, 3H), dWh and the gradient (M, N, H) of the first state; dH (M, R, H) is for the states after each step."""
    M, R, H = dH.shape
    N = steps[0].stop
    dA = np.empty((M, R, 4, H), dH.dtype)                            # of u, z, r, n: Wh has [u, z, r], Wx [z, r, n]
    back = np.ascontiguousarray(np.roll(Wh, H, axis=2).swapaxes(1, 2))
    first = np.zeros((M, N, H), dH.dtype)
    for on, (z, r, n, u) in zip(reversed(steps), reversed(gates), strict=True):
        da, dh = dA[:, on], first[:, : on.stop - on.start]
        dh += dH[:, on]
        a = 1 - z                                                    # a = dh · (1 - z)
        a *= dh
        b = before[:, on] - n                                        # dz = dh · (1 - z) · (h - n) · z
        b *= a
        np.multiply(b, z, out=da[:, :, 1])
        c = n * n                                                    # dn = dh · (1 - z) · (1 - n²)
        np.subtract(1, c, out=c)
        c *= a
        da[:, :, 3] = c
        c *= r                                                       # du = dn · r
        da[:, :, 0] = c
        c *= u                                                       # dr = dn · u · r · (1 - r)
        np.subtract(1, r, out=b)
        np.multiply(b, c, out=da[:, :, 2])
        dh *= z
        dh += da[:, :, :3].reshape(*dh.shape[:2], 3 * H) @ back
    flat = dA.reshape(M, R, 4 * H)
    dWh = np.roll(before.swapaxes(1, 2) @ flat[..., : 3 * H], -H, axis=2)
    return flat[..., H:], dWh, first


def _table(params, side, cell):
    """Return what each token adds to the cell's sums, (M, V, 3H): its vector through the first rows of Wx, and b; halved."""
    E = params[f"embed_{side}.W"]
    table = E @ params[f"{cell}.Wx"][:, : E.shape[2]] + params[f"{cell}.b"][:, None]
    return table * _half(table.shape[2] // 3, table.dtype)


def _half(H, dtype):
    return np.repeat(np.array([0.5, 0.5, 1], dtype), H)


def _table_back(params, grads, side, cell, dA, ids):
    """Put the gradients of the embedding, of its rows of Wx and of b into grads; dA (M, R, 3H), ids (M, R)."""
    E, Wx = params[f"embed_{side}.W"], params[f"{cell}.Wx"]
    D = E.shape[2]
    hits = (ids[:, None] == np.arange(E.shape[1])[:, None]).astype(dA.dtype)       # (M, V, R)
    dtable = hits @ dA
    grads[f"embed_{side}.W"] = dtable @ Wx[:, :D].swapaxes(1, 2)
    grads[f"{cell}.Wx"] = np.zeros_like(Wx)
    grads[f"{cell}.Wx"][:, :D] = E.swapaxes(1, 2) @ dtable
    grads[f"{cell}.b"] = dtable.sum(axis=1)


def _encode(params, source, source_mask):
    M, N, _ = source.shape
    steps, size = _steps(source_mask), source_mask.sum(axis=2)
    ids = _laid_out(source, steps)                                   # (M, R)
    A = _table(params, "source", "encoder")[np.arange(M)[:, None], ids]
    blank = np.zeros((M, N, params["encoder.Wh"].shape[1]), A.dtype)
    before, after, gates = _gru(A, blank, params["encoder.Wh"], steps)
    starts = np.array([on.start for on in steps])
    at = np.arange(M)[:, None], starts[size - 1] + np.arange(N)      # each row's own last step
    return (ids, before, gates, steps, at), after[at]


def _decode(params, so_far, mask, state, first):
    M = len(so_far)
    steps = _steps(mask)
    ids = _laid_out(so_far, steps)
    A = _table(params, "target", "decoder")[np.arange(M)[:, None], ids]
    D = params["embed_target.W"].shape[2]
    if params["decoder.Wx"].shape[1] > D:                            # peeky
        shown = first @ params["decoder.Wx"][:, D:] * _half(first.shape[2], A.dtype)
        for on in steps:
            A[:, on] += shown[:, : on.stop - on.start]
    before, after, gates = _gru(A, state, params["decoder.Wh"], steps)
    logits = after @ params["out.W"] + params["out.b"][:, None]
    return logits, (before, after, gates, steps), ids


def _forward(params, source, source_mask, so_far, mask):
    read, last = _encode(params, source, source_mask)
    logits, said, ids = _decode(params, so_far, mask, last, last)
    return logits, (read, said, ids, last)


def _backward(params, d, cache):
    (source, read, read_gates, read_steps, at), (before, after, gates, steps), ids, last = cache
    grads = {"out.W": after.swapaxes(1, 2) @ d, "out.b": d.sum(axis=1)}
    ds = d @ params["out.W"].swapaxes(1, 2)
    dA, grads["decoder.Wh"], dlast = _gru_back(ds, gates, before, params["decoder.Wh"], steps)
    _table_back(params, grads, "target", "decoder", dA, ids)
    D = params["embed_target.W"].shape[2]
    if params["decoder.Wx"].shape[1] > D:
        each = np.zeros((*last.shape[:2], dA.shape[2]), dA.dtype)    # (M, N, 3H)
        for on in steps:
            each[:, : on.stop - on.start] += dA[:, on]
        dlast = dlast + each @ params["decoder.Wx"][:, D:].swapaxes(1, 2)
        grads["decoder.Wx"][:, D:] = last.swapaxes(1, 2) @ each
    dH = np.zeros_like(read)
    dH[at] = dlast
    dA, grads["encoder.Wh"], _ = _gru_back(dH, read_gates, read, params["encoder.Wh"], read_steps)
    _table_back(params, grads, "source", "encoder", dA, source)
    return grads
