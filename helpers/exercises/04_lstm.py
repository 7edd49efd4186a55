"""Notebook 04: the LSTM."""

import numpy as np

from helpers import lstm_bughunt
from helpers.checking.authoring import exercise

BLOCKS = {"Wx": "D i,f,o,g:H", "Wh": "H i,f,o,g:H", "b": "i,f,o,g:H"}
ANY_ORDER = "first,second,third,fourth:H"


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _weights(rng, D, H, scale=1.0):
    return scale * rng.normal(size=(D, 4 * H)), scale * rng.normal(size=(H, 4 * H)), scale * rng.normal(size=4 * H)


# -------------------------------------------------------------------------------------------------- 4.1 lstm_step


@exercise("4.1", title="One step of an LSTM", returns={"h_next": "N H", "c_next": "N H", "gates": "N H"}, hints=[
    "Which three of the four blocks say *how much*, and so must lie between 0 and 1? Which one says *what*, and may be negative?",
    "The cell: keep the share f of the old one, add the share i of the candidate. The state is what the output gate shows of the squashed *new* cell.",
    "`i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)`, `g = np.tanh(a_g)`, `c_next = f * c + i * g`, `h_next = o * np.tanh(c_next)`.",
])
def lstm_step(x, h, c, Wx, Wh, b):
    """Return the state and the cell after one step of an LSTM, and its gates.

    x (N, D), h and c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,), blocks in the order i, f, o, g
    -> h_next (N, H), c_next (N, H), and the tuple (i, f, o, g): the three gates and the candidate.
    One unit, all weights 0 and c = 1: the gates are 0.5 each and g = 0, so c_next = 0.5
    and h_next = 0.5 tanh(0.5) = 0.231.
    """
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    a_i, a_f, a_o, a_g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)      # (N, H) each
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)      # TODO: the three gates
    g = np.tanh(a_g)                                        # TODO: the candidate
    c_next = f * c + i * g                                  # TODO: the new cell, (N, H)
    h_next = o * np.tanh(c_next)                            # TODO: what of it is shown
    return h_next, c_next, (i, f, o, g)


def _gate_case(rng, i=0.0, f=0.0, o=0.0, g=0.0, c=1.0):
    """One unit whose sums are given by the bias alone."""
    zero = np.zeros((1, 1))
    return zero, zero, np.full((1, 1), c), np.zeros((1, 4)), np.zeros((1, 4)), np.array([i, f, o, g], float)


@lstm_step.cases
def _(rng):
    yield "all weights 0, an old cell of 1", _gate_case(rng)
    yield "only the forget gate's bias is not 0", _gate_case(rng, f=3.0)
    yield "only the candidate's bias is not 0, no old cell", _gate_case(rng, g=1.0, c=0.0)
    yield "only the output gate's bias is not 0", _gate_case(rng, o=-2.0, c=2.0)
    yield "one unit, all weights", (rng.normal(size=(1, 1)), rng.normal(size=(1, 1)), rng.normal(size=(1, 1)), *_weights(rng, 1, 1))
    for N, D, H in ((3, 2, 4), (4, 4, 4)):
        yield f"a batch of {N}, D = {D}, H = {H}", (
            rng.normal(size=(N, D)), rng.normal(size=(N, H)), 2 * rng.normal(size=(N, H)), *_weights(rng, D, H))


@lstm_step.same
def _(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    A = np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh]) + b
    s = 0.5 + 0.5 * np.tanh(A[:, : 3 * H] / 2)
    i, f, o, g = s[:, :H], s[:, H : 2 * H], s[:, 2 * H :], np.tanh(A[:, 3 * H :])
    new = i * g + c * f
    return np.tanh(new) * o, new, (i, f, o, g)


@lstm_step.same
def _(x, h, c, Wx, Wh, b):
    N, H = h.shape
    i, f, o, g, new, out = (np.zeros((N, H)) for _ in range(6))
    for n in range(N):
        for k in range(H):
            a = [x[n] @ Wx[:, j * H + k] + h[n] @ Wh[:, j * H + k] + b[j * H + k] for j in range(4)]
            i[n, k], f[n, k], o[n, k] = (1 / (1 + np.exp(-v)) for v in a[:3])
            g[n, k] = np.tanh(a[3])
            new[n, k] = f[n, k] * c[n, k] + i[n, k] * g[n, k]
            out[n, k] = o[n, k] * np.tanh(new[n, k])
    return out, new, (i, f, o, g)


def _step(order="ifog", before=None, gate=_sigmoid, candidate=np.tanh, cell=None, show=None, swap=False, bias=True, old="c", tanh_of="g", gates=None):
    """Return an lstm_step with some of its lines replaced. `gates`: what comes back third, of (i, f, o, g) and the sums."""

    def function(x, h, c, Wx, Wh, b):
        a = x @ Wx + h @ Wh + b * bias
        blocks = dict(zip(order, np.split(before(a) if before else a, 4, axis=1), strict=True))
        i, f, o = (gate(blocks[name]) for name in "ifo")
        g = candidate(blocks[tanh_of])
        if old == "h":
            c = h
        new = cell(i, f, o, g, c) if cell else f * c + i * g
        out = show(i, f, o, g, c, new) if show else o * np.tanh(new)
        first, second = (new, out) if swap else (out, new)
        return first, second, gates(i, f, o, g, blocks) if gates else (i, f, o, g)

    return lambda x, h, c, Wx, Wh, b: function(x, h, c, Wx, Wh, b)


def _written_twice(x, h, c, Wx, Wh, b):
    a_i, a_f, a_o, a_g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o = _sigmoid(a_i), _sigmoid(a_f), _sigmoid(a_o)
    g = i * np.tanh(a_g)
    new = f * c + i * g
    return o * np.tanh(new), new, (i, f, o, g)


for _sentence, _wrong in [
    ("Your sums pass through a tanh before the gates' sigmoid, so no gate can leave (.27, .73): this cell can neither keep nor forget.",
     _step(before=np.tanh)),
    ("Your sums pass through a sigmoid before they are split, so the gates' own sigmoid gets numbers between 0 and 1: no gate can close below one half.",
     _step(before=_sigmoid)),
    ("You take the blocks in the order i, f, g, o, which is PyTorch's. In this course the candidate comes last.", _step(order="ifgo")),
    ("You take the blocks in the order f, i, o, g: your input gate forgets, and your forget gate writes.", _step(order="fiog")),
    ("You take the candidate's block first and the gates after it. Here the order is i, f, o, g.", _step(order="gifo")),
    ("Your candidate goes through the sigmoid: it could only ever add to the cell, never take away. A candidate may be negative.",
     _step(candidate=_sigmoid)),
    ("Your candidate is not squashed: with large sums, a single step can write anything into the cell.", _step(candidate=lambda a: a)),
    ("Your gates go through tanh and can be negative. A gate is a share: between 0, closed, and 1, open.", _step(gate=np.tanh)),
    ("Your gates are not squashed at all: a share lies between 0 and 1, a sum can be anything.", _step(gate=lambda a: a)),
    ("You show the raw cell. It can be of any size; what is shown is the *squashed* cell, so that |h| stays below 1.",
     _step(show=lambda i, f, o, g, c, new: o * new)),
    ("You squash after the output gate. The gate takes a share of the squashed cell, it does not choose how hard to squash.",
     _step(show=lambda i, f, o, g, c, new: np.tanh(o * new))),
    ("You show the *old* cell: whatever this step writes is seen one step late.", _step(show=lambda i, f, o, g, c, new: o * np.tanh(c))),
    ("The output gate is missing: everything the cell holds is shown at every step.", _step(show=lambda i, f, o, g, c, new: np.tanh(new))),
    ("You show the candidate, not the cell: then nothing that was kept is ever seen.", _step(show=lambda i, f, o, g, c, new: o * np.tanh(g))),
    ("The two come back in the wrong order: first the state h, then the cell c.", _step(swap=True)),
    ("Your input gate multiplies the old cell and your forget gate the candidate. f says what is kept of the *old*.",
     _step(cell=lambda i, f, o, g, c: i * c + f * g)),
    ("The input gate is missing: every candidate is written in full, at every step.", _step(cell=lambda i, f, o, g, c: f * c + g)),
    ("The forget gate is missing: this is the LSTM of 1997, whose cell can only be added to.", _step(cell=lambda i, f, o, g, c: c + i * g)),
    ("You forget the sum: f multiplies the old cell alone. What is written in this step must not be forgotten in this step.",
     _step(cell=lambda i, f, o, g, c: f * (c + i * g))),
    ("You forget the *candidate*: f must multiply the old cell. This cell knows nothing of the past.",
     _step(cell=lambda i, f, o, g, c: f * g + i * g)),
    ("You squash the cell that is carried on. The tanh belongs to what is shown; squashed at every step, the cell would shrink, and its gradient with it.",
     _step(cell=lambda i, f, o, g, c: np.tanh(f * c + i * g), show=lambda i, f, o, g, c, new: o * new)),
    ("You squash the cell twice: once before it is carried on and once for what is shown. Only what is shown is squashed.",
     _step(cell=lambda i, f, o, g, c: np.tanh(f * c + i * g))),
    ("You keep the share 1 - f. In this course f is the share that is *kept*: f = 1 forgets nothing.",
     _step(cell=lambda i, f, o, g, c: (1 - f) * c + i * g)),
    ("Your input gate is 1 - f: that is a variant (section 10). Here i is a gate of its own.",
     _step(cell=lambda i, f, o, g, c: f * c + (1 - f) * g)),
    ("You keep the old *state*. What is kept from step to step, at the share f, is the cell; the state is only what was shown of it.", _step(old="h")),
    ("The old cell is lost: your new cell holds what is written in this step and nothing else.", _step(cell=lambda i, f, o, g, c: i * g)),
    ("The forget gate is added to the cell. A gate is a share: it multiplies what it guards.", _step(cell=lambda i, f, o, g, c: f + c + i * g)),
    ("Your candidate is made of the output gate's block. The candidate's own block is the fourth.", _step(tanh_of="o")),
    ("The input gate meets the candidate twice: once when the candidate is made, and once when it is written. The candidate alone knows of no gate.", _written_twice),
    ("Your gates are upside down, 1 - σ: a large positive sum should *open* a gate.", _step(gate=lambda a: _sigmoid(-a))),
    ("You take the blocks in the order i, o, f, g, which is ONNX's. In this course the forget gate comes second and the output gate third.", _step(order="iofg")),
    ("You squash the cell with the sigmoid before it is shown: then nothing negative could ever be shown. It is the tanh that keeps the sign.",
     _step(show=lambda i, f, o, g, c, new: o * _sigmoid(new))),
    ("The forget gate decides what you show. It has done its work when the cell is made; what is shown has a gate of its own.",
     _step(show=lambda i, f, o, g, c, new: f * np.tanh(new))),
    ("The input gate decides what you show. It has done its work when the cell is made; what is shown has a gate of its own.",
     _step(show=lambda i, f, o, g, c, new: i * np.tanh(new))),
    ("The bias is left out of the sums.", _step(bias=False)),
    ("State and cell are right, but the gates come back in another order: wanted is i, f, o, g.", _step(gates=lambda i, f, o, g, a: (i, f, g, o))),
    ("State and cell are right, but the gates come back in another order: wanted is i, f, o, g.", _step(gates=lambda i, f, o, g, a: (f, i, o, g))),
    ("State and cell are right, but you hand back the four sums. Wanted are the gates and the candidate themselves, after the sigmoid and the tanh.",
     _step(gates=lambda i, f, o, g, a: tuple(a[k] for k in "ifog"))),
]:
    lstm_step.mistake(_sentence)(_wrong)


# ---------------------------------------------------------------------------------------------- 4.2 permute_gates


@exercise("4.2", title="Another order of the gates", returns={"permuted": f"D {ANY_ORDER}"}, hints=[
    "At which place of `src` does the block stand that `dst` wants first?",
    "Cut the last axis into four blocks. For each letter of `dst`, find its place in `src`, and take that block.",
    "`blocks = np.split(W, 4, axis=-1)`, then `np.concatenate([blocks[src.index(gate)] for gate in dst], axis=-1)`.",
])
def permute_gates(W, src, dst):
    """Return W (…, 4H) with its four blocks of H columns put from the order `src` into the order `dst`.

    W: Wx (D, 4H), Wh (H, 4H) or b (4H,). src, dst: strings of the letters i, f, o, g, as "ifog".
    With H = 1, W = [1, 2, 3, 4] in the order "ifgo" becomes [1, 2, 4, 3] in the order "ifog".
    """
    blocks = np.split(W, 4, axis=-1)                           # TODO: the four blocks
    chosen = [blocks[src.index(gate)] for gate in dst]         # TODO: the blocks in the order of dst
    return np.concatenate(chosen, axis=-1)


@permute_gates.cases
def _(rng):
    yield "H = 1, a bias, from ifgo to ifog", (np.array([1.0, 2.0, 3.0, 4.0]), "ifgo", "ifog")
    yield "H = 1, a bias, from gifo to ifog", (np.array([1.0, 2.0, 3.0, 4.0]), "gifo", "ifog")
    yield "H = 2, a bias, from figo to ifog", (rng.normal(size=8), "figo", "ifog")
    yield "a matrix, D = 3, H = 2, from ifog to gifo", (rng.normal(size=(3, 8)), "ifog", "gifo")
    yield "a square matrix, H = 4 rows, from ofig to ifog", (rng.normal(size=(4, 16)), "ofig", "ifog")
    yield "a matrix, neither order ifog", (rng.normal(size=(3, 8)), "gofi", "figo")
    yield "the order stays", (rng.normal(size=(8, 8)), "ifog", "ifog")


@permute_gates.same
def _(W, src, dst):
    H = W.shape[-1] // 4
    columns = np.concatenate([np.arange(src.find(gate) * H, (src.find(gate) + 1) * H) for gate in dst])
    return W[..., columns]


@permute_gates.same
def _(W, src, dst):
    new, H = np.empty_like(W), W.shape[-1] // 4
    for old_place, gate in enumerate(src):
        to = dst.index(gate)
        new[..., to * H : (to + 1) * H] = W[..., old_place * H : (old_place + 1) * H]
    return new


def _overwritten_blocks(W, src, dst, copy=True):
    new, H = W.copy() if copy else W, W.shape[-1] // 4
    for to, gate in enumerate(dst):
        at = src.index(gate)
        new[..., to * H : (to + 1) * H] = new[..., at * H : (at + 1) * H]
    return new


def _permuted(cut=lambda W: np.split(W, 4, axis=-1), names=None, wanted=None, axis=-1):
    def function(W, src, dst):
        blocks = cut(W)
        return np.concatenate([blocks[(names or src).index(gate)] for gate in (wanted or dst)], axis=axis)

    return lambda W, src, dst: function(W, src, dst)


for _sentence, _wrong in [
    ("You go the wrong way: from `dst` to `src`. For each letter of dst, ask where it stands in src.",
     lambda W, src, dst: np.concatenate([np.split(W, 4, axis=-1)[dst.index(gate)] for gate in src], axis=-1)),
    ("You cut the rows. The blocks lie side by side in the columns, the last axis.",
     lambda W, src, dst: np.concatenate([np.split(W, 4, axis=0)[src.index(gate)] for gate in dst], axis=0)),
    ("W comes back as it was.", lambda W, src, dst: W.copy()),
    ("You take every fourth column, as if the four gates of one unit stood side by side. A block is H columns in a row.",
     lambda W, src, dst: np.concatenate([W[..., src.index(gate) :: 4] for gate in dst], axis=-1)),
    ("You write into the array that you still read from: a block is overwritten before it has been moved.", _overwritten_blocks),
    ("The blocks are stacked along a new axis. Put them side by side again, along the last one.",
     lambda W, src, dst: np.stack([np.split(W, 4, axis=-1)[src.index(gate)] for gate in dst])),
    ("The blocks are put under one another. They belong side by side, along the last axis.",
     lambda W, src, dst: np.concatenate([np.split(W, 4, axis=-1)[src.index(gate)] for gate in dst], axis=0).reshape(-1, *[W.shape[-1] // 4] * (W.ndim - 1))),
    ("You swap the last two blocks, whatever the orders are: that is right from PyTorch's order only.",
     lambda W, src, dst: np.concatenate([np.split(W, 4, axis=-1)[k] for k in (0, 1, 3, 2)], axis=-1)),
    ("The blocks come in the reverse order.",
     lambda W, src, dst: np.concatenate([np.split(W, 4, axis=-1)[src.index(gate)] for gate in dst[::-1]], axis=-1)),
    ("You never look at `src`: you cut W as if it always came in the order i, f, o, g.", _permuted(names="ifog")),
    ("You never look at `dst`: whatever is asked for, your blocks come out in the order i, f, o, g.", _permuted(wanted="ifog")),
    ("You cut the rows and put the pieces side by side. The blocks lie side by side in the columns already: they are cut along the last axis.",
     _permuted(cut=lambda W: np.split(W, 4))),
    ("You cut along axis 1, which a bias does not have. The blocks lie along the *last* axis, of a matrix and of a vector.",
     _permuted(cut=lambda W: np.split(W, 4, axis=1))),
    ("You cut after one, two and three columns: that makes four blocks of equal width for H = 1 only.",
     _permuted(cut=lambda W: np.split(W, [1, 2, 3], axis=-1))),
    ("You write into W itself, from which you still read: a block is overwritten before it has been moved, and W belongs to the caller.",
     lambda W, src, dst: _overwritten_blocks(W, src, dst, copy=False)),
]:
    permute_gates.mistake(_sentence)(_wrong)


# ----------------------------------------------------------------------------------------- 4.3 lstm_step_backward


@exercise("4.3", title="One step, backwards", returns={"dx": "N D", "dh_prev": "N H", "dc_prev": "N H", "grads": BLOCKS}, hints=[
    "By which two ways does the loss hear of the new cell? One is already in your hands, as dc; the other goes through h.",
    "Each of i, f and g meets something in c = f * c_prev + i * g: that partner is what dc is multiplied with. Then comes the slope: σ' = σ(1 - σ), tanh' = 1 - tanh². "
    "o is not in that equation at all.",
    "`dc = dc + dh * o * (1 - np.tanh(c)**2)`; `da_i = dc * g * i * (1 - i)`, `da_f = dc * c_prev * f * (1 - f)`, `da_o = dh * np.tanh(c) * o * (1 - o)`, "
    "`da_g = dc * i * (1 - g**2)`; and the old cell gets `dc * f`.",
])
def lstm_step_backward(dh, dc, cache):
    """Take dh and dc (N, H), the gradients for the state and the cell after a step, back through it.

    cache = (x, h_prev, c_prev, i, f, o, g, c, Wx, Wh); c is the new cell
    -> dx (N, D), dh_prev (N, H), dc_prev (N, H), grads: a dict with Wx (D, 4H), Wh (H, 4H) and b (4H,).
    One unit with all gates 0.5, g = 0, c_prev = 0, c = 0, dh = 0 and dc = 1: dc_prev = 0.5,
    and of the four sums only the candidate's gets anything: 0.5.
    """
    x, h_prev, c_prev, i, f, o, g, c, Wx, Wh = cache
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)         # TODO: all that arrives at the new cell, (N, H)
    da_i = dc * g * i * (1 - i)                      # TODO: to the input gate's sum, through its sigmoid
    da_f = dc * c_prev * f * (1 - f)                 # TODO: to the forget gate's sum
    da_o = dh * np.tanh(c) * o * (1 - o)             # TODO: to the output gate's sum
    da_g = dc * i * (1 - g**2)                       # TODO: to the candidate's sum, through its tanh
    dc_prev = dc * f                                 # TODO: to the old cell
    da = np.hstack([da_i, da_f, da_o, da_g])         # (N, 4H): from here on as in exercise 2.2
    grads = {"Wx": x.T @ da, "Wh": h_prev.T @ da, "b": da.sum(axis=0)}
    return da @ Wx.T, da @ Wh.T, dc_prev, grads


def _lstm_cache(rng, N, D, H):
    x, h, c = rng.normal(size=(N, D)), rng.uniform(-0.9, 0.9, size=(N, H)), rng.normal(size=(N, H))
    Wx, Wh, b = _weights(rng, D, H)
    _, c_next, gates = lstm_step.reference(x, h, c, Wx, Wh, b)
    return x, h, c, *gates, c_next, Wx, Wh


@lstm_step_backward.cases
def _(rng):
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    flat = (one, zero, zero, one / 2, one / 2, one / 2, zero, zero, np.ones((1, 4)), np.ones((1, 4)))
    yield "the worked number: only dc comes in", (zero, one, flat)
    yield "one unit, only dc comes in", (zero, one, _lstm_cache(rng, 1, 1, 1))
    yield "one unit, only dh comes in", (one, zero, _lstm_cache(rng, 1, 1, 1))
    yield "one unit, both come in", (rng.normal(size=(1, 1)), rng.normal(size=(1, 1)), _lstm_cache(rng, 1, 1, 1))
    yield "a batch of 3, D = 2, H = 4", (rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), _lstm_cache(rng, 3, 2, 4))
    yield "square arrays, N = D = H = 3", (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), _lstm_cache(rng, 3, 3, 3))


@lstm_step_backward.same
def _(dh, dc, cache):
    x, h, c_prev, i, f, o, g, c, Wx, Wh = cache
    m = np.tanh(c)
    to_cell = o * dh * (1 + m) * (1 - m) + dc
    da = np.concatenate([to_cell * (i - i * i) * g, to_cell * (f - f * f) * c_prev, dh * m * (o - o**2), to_cell * (i - i * g * g)], 1)
    return (np.einsum("na,da->nd", da, Wx), (Wh @ da.T).T, f * to_cell,
            {"b": np.ones(len(x)) @ da, "Wh": np.einsum("ni,na->ia", h, da), "Wx": np.einsum("ni,na->ia", x, da)})


@lstm_step_backward.same
def _(dh, dc, cache):
    cache = tuple(a.astype(np.float32) for a in cache)
    return lstm_step_backward.reference(dh.astype(np.float32), dc.astype(np.float32), cache)


@lstm_step_backward.observed_by
def _(answer, dh, dc, cache):
    return answer


@lstm_step_backward.explained_by
def _(answer, dh, dc, cache):
    """Say which of the learner's own lines are wrong: the blocks of db are the sums' gradients."""
    want = lstm_step_backward.reference(dh, dc, cache)
    near = lambda a, b: np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-4, atol=1e-6)  # noqa: E731
    try:
        dx, _, dc_prev, grads = answer
        if any(np.shape(a) != np.shape(w) for a, w in zip(answer[:3], want[:3], strict=True)) or near(dx, want[0]):
            return None
        right = {f"`da_{k}`": near(a, w) for k, a, w in zip("ifog", np.split(grads["b"], 4), np.split(want[3]["b"], 4), strict=True)}
        right["`dc_prev`"] = near(dc_prev, want[2])
        told = dict(zip(right, [*map(np.any, np.split(want[3]["b"], 4)), np.any(want[2])], strict=True))
    except Exception:  # anything else is said by the comparison itself
        return None
    wrong = [name for name, fine in right.items() if not fine]
    rest = [name for name, fine in right.items() if fine and told[name]]      # where 0 is right, 0 says nothing
    if right == dict.fromkeys(right, True):
        return None
    words = f"{_and(wrong)} {'are' if len(wrong) > 1 else 'is'} wrong" + (f"; {_and(rest)} {'are' if len(rest) > 1 else 'is'} right in this case" if rest else "")
    if {"`da_i`", "`da_f`", "`da_g`"} <= set(wrong) and "`da_o`" in rest:
        words += ". The wrong ones all start from what arrives at the new cell"
    return f"{words}. (To be seen in the blocks of grads[\"b\"]; the other results are made of these.)"


def _and(words):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _back(dcell=None, i=None, f=None, o=None, g=None, dc_prev=None, order="ifog", swap=False):
    """Return an lstm_step_backward with some of its lines replaced; each is given (dh, dc, cell, names of the cache)."""

    def function(dh, dc, cache):
        names = dict(zip(("x", "h", "c_prev", "i", "f", "o", "g", "c", "Wx", "Wh"), cache, strict=True))
        m = np.tanh(names["c"])
        names |= {"m": m, "dh": dh, "dc": dc}
        v = _Names(names)
        cell = v.d = dcell(v) if dcell else dc + dh * v.o * (1 - m**2)
        parts = {
            "i": i(v) if i else cell * v.g * v.i * (1 - v.i),
            "f": f(v) if f else cell * v.c_prev * v.f * (1 - v.f),
            "o": o(v) if o else dh * m * v.o * (1 - v.o),
            "g": g(v) if g else cell * v.i * (1 - v.g**2),
        }
        da = np.hstack([parts[name] for name in order])
        v.dh_prev = da @ v.Wh.T
        grads = {"Wx": v.x.T @ da, "Wh": v.h.T @ da, "b": da.sum(axis=0)}
        back = v.dh_prev, dc_prev(v) if dc_prev else cell * v.f
        return da @ v.Wx.T, *(back[::-1] if swap else back), grads

    return lambda dh, dc, cache: function(dh, dc, cache)


class _Names:
    def __init__(self, names):
        self.__dict__.update(names)


for _sentence, _wrong in [
    ("What comes back along the cell is lost: the new cell hears `dc` from the next step as well as `dh` from its own state. Without it an LSTM forgets like any RNN.",
     _back(dcell=lambda v: v.dh * v.o * (1 - v.m**2))),
    ("What comes from the state is lost: h = o * tanh(c), so dh reaches the cell too.", _back(dcell=lambda v: v.dc)),
    ("The slope of the tanh is missing on the way from h to the cell.", _back(dcell=lambda v: v.dc + v.dh * v.o)),
    ("The output gate is missing on the way from h to the cell: where it is closed, the loss cannot see the cell.",
     _back(dcell=lambda v: v.dc + v.dh * (1 - v.m**2))),
    ("dh reaches the cell without passing the output gate and the tanh: h = o * tanh(c).", _back(dcell=lambda v: v.dc + v.dh)),
    ("You take the tanh's slope at the *old* cell. It was the new cell that was squashed.",
     _back(dcell=lambda v: v.dc + v.dh * v.o * (1 - np.tanh(v.c_prev) ** 2))),
    ("You write the slope with c itself, 1 - c². The tanh's slope is written with its *output*, tanh(c), and c is not squashed.",
     _back(dcell=lambda v: v.dc + v.dh * v.o * (1 - v.c**2))),
    ("The slope of tanh is 1 - tanh², not 1 - tanh.", _back(dcell=lambda v: v.dc + v.dh * v.o * (1 - v.m))),
    ("Both ways are closed by the output gate in your version: `dc` comes along the cell itself and does not pass o.",
     _back(dcell=lambda v: (v.dc + v.dh) * v.o * (1 - v.m**2))),
    ("The slopes of the three sigmoids are missing: a gate's gradient still has to go through σ' = σ(1 - σ) to reach its sum.",
     _back(i=lambda v: v.d * v.g, f=lambda v: v.d * v.c_prev, o=lambda v: v.dh * v.m)),
    ("All four slopes are missing: what you have are the gradients for i, f, o and g. Each still has to go through its own sigmoid or tanh to reach its sum.",
     _back(i=lambda v: v.d * v.g, f=lambda v: v.d * v.c_prev, o=lambda v: v.dh * v.m, g=lambda v: v.d * v.i)),
    ("You put the gates through the sigmoid once more for their slopes. i, f and o are its output already: σ' = i(1 - i), and so on.",
     _back(i=lambda v: v.d * v.g * _sigmoid(v.i) * (1 - _sigmoid(v.i)), f=lambda v: v.d * v.c_prev * _sigmoid(v.f) * (1 - _sigmoid(v.f)),
           o=lambda v: v.dh * v.m * _sigmoid(v.o) * (1 - _sigmoid(v.o)))),
    ("The candidate's slope is missing: g is the output of a tanh.", _back(g=lambda v: v.d * v.i)),
    ("Your candidate has the slope of a sigmoid, g(1 - g). It is a tanh: 1 - g².", _back(g=lambda v: v.d * v.i * v.g * (1 - v.g))),
    ("Your gates have the slope of a tanh, 1 - σ². They are sigmoids: σ(1 - σ).",
     _back(i=lambda v: v.d * v.g * (1 - v.i**2), f=lambda v: v.d * v.c_prev * (1 - v.f**2), o=lambda v: v.dh * v.m * (1 - v.o**2))),
    ("The old cell gets all of dc: in c = f * c_prev + … it stands behind the forget gate.", _back(dc_prev=lambda v: v.d)),
    ("The old cell hears only of what came along the cell, not of what came through h: use the sum of both.", _back(dc_prev=lambda v: v.dc * v.f)),
    ("The old cell gets dc times the *input* gate. It stands behind the forget gate.", _back(dc_prev=lambda v: v.d * v.i)),
    ("dc takes the *new* dh, the one that belongs to the step before. First finish the cell, then overwrite dh: with a single step the weights' gradients are still right, with two they are not.",
     _back(dc_prev=lambda v: (v.dc + v.dh_prev * v.o * (1 - v.m**2)) * v.f)),
    ("dc is handed on twice: once through f, and once as it came.", _back(dc_prev=lambda v: v.d * v.f + v.dc)),
    ("Your forget gate meets the *new* cell. What it multiplied was the old one.", _back(f=lambda v: v.d * v.c * v.f * (1 - v.f))),
    ("Your forget gate's gradient lacks its partner, the old cell.", _back(f=lambda v: v.d * v.f * (1 - v.f))),
    ("Your input gate's gradient lacks its partner, the candidate.", _back(i=lambda v: v.d * v.i * (1 - v.i))),
    ("Your candidate's gradient lacks its partner, the input gate.", _back(g=lambda v: v.d * (1 - v.g**2))),
    ("Your output gate starts from dc. It does not touch the cell: it stands in h = o * tanh(c) alone, so it starts from dh.",
     _back(o=lambda v: v.d * v.m * v.o * (1 - v.o))),
    ("Your output gate meets the raw cell. It multiplied the squashed one.", _back(o=lambda v: v.dh * v.c * v.o * (1 - v.o))),
    ("The input gate, the forget gate and the candidate start from dh. They made the cell: they start from what arrives at the *cell*.",
     _back(i=lambda v: v.dh * v.g * v.i * (1 - v.i), f=lambda v: v.dh * v.c_prev * v.f * (1 - v.f), g=lambda v: v.dh * v.i * (1 - v.g**2))),
    ("The partners are swapped: the input gate met the candidate, the forget gate met the old cell.",
     _back(i=lambda v: v.d * v.c_prev * v.i * (1 - v.i), f=lambda v: v.d * v.g * v.f * (1 - v.f))),
    ("The four blocks are put together in the order i, f, g, o. In this course the candidate comes last.", _back(order="ifgo")),
    ("The input gate's slope is missing: what you have is the gradient for i, and it still has to go through the sigmoid to reach its sum.", _back(i=lambda v: v.d * v.g)),
    ("The forget gate's slope is missing: what you have is the gradient for f, and it still has to go through the sigmoid to reach its sum.", _back(f=lambda v: v.d * v.c_prev)),
    ("The output gate's slope is missing: what you have is the gradient for o, and it still has to go through the sigmoid to reach its sum.", _back(o=lambda v: v.dh * v.m)),
    ("The input gate has half of its slope only: σ' is the product of σ and of what it lacks to 1.", _back(i=lambda v: v.d * v.g * v.i)),
    ("The forget gate has half of its slope only: σ' is the product of σ and of what it lacks to 1.", _back(f=lambda v: v.d * v.c_prev * v.f)),
    ("The output gate has half of its slope only: σ' is the product of σ and of what it lacks to 1.", _back(o=lambda v: v.dh * v.m * v.o)),
    ("The three gates have half of their slopes only: σ' is the product of σ and of what it lacks to 1.",
     _back(i=lambda v: v.d * v.g * v.i, f=lambda v: v.d * v.c_prev * v.f, o=lambda v: v.dh * v.m * v.o)),
    ("Your gates hear only of what came along the cell, by the dc from outside. They made the new cell, so they hear of all that arrives there: the finished sum.",
     _back(i=lambda v: v.dc * v.g * v.i * (1 - v.i), f=lambda v: v.dc * v.c_prev * v.f * (1 - v.f), g=lambda v: v.dc * v.i * (1 - v.g**2))),
    ("The old cell gets dh. It stands in the equation of the *cell*, so what reaches it comes from dc.", _back(dc_prev=lambda v: v.dh * v.f)),
    ("The old cell gets the share 1 - f. Forwards the share f of it was kept, and backwards the same share comes back.", _back(dc_prev=lambda v: v.d * (1 - v.f))),
    ("The old cell is multiplied by itself on its way back. In f * c_prev the partner of c_prev is f alone; c_prev is the partner of f.", _back(dc_prev=lambda v: v.d * v.f * v.c_prev)),
    ("Your forget gate meets the old *state*. What it multiplied was the old cell.", _back(f=lambda v: v.d * v.h * v.f * (1 - v.f))),
    ("Your output gate meets the *old* cell. What it shows is the new one.", _back(o=lambda v: v.dh * np.tanh(v.c_prev) * v.o * (1 - v.o))),
    ("You take the tanh of g once more for the candidate's slope. g is the output of the tanh already, and the slope is written with the output.",
     _back(g=lambda v: v.d * v.i * (1 - np.tanh(v.g) ** 2))),
    ("What you add to dc is the gradient for the output gate. The way from h to the cell passes the other partner, o, and the tanh's slope.",
     _back(dcell=lambda v: v.dc + v.dh * v.m)),
    ("Your forget gate has the input gate's slope. Each gate goes back through its own sigmoid.", _back(f=lambda v: v.d * v.c_prev * v.i * (1 - v.i))),
    ("dh_prev and dc_prev come back in the wrong order: first the state's gradient, then the cell's.", _back(swap=True)),
]:
    lstm_step_backward.mistake(_sentence)(_wrong)


# ---------------------------------------------------------------------------------------------- 4.4 cell_gradient


@exercise("4.4", title="What is left of a cell", returns={"G": "T H"}, hints=[
    "How much does the last cell react when the last cell moves? And the last but one: through which gate does it go?",
    "G[t] differs from G[t + 1] by one factor: the gate that stands between cell t and cell t + 1. Which step's gate is that?",
    "`G[-1]` stays 1, and `G[t] = G[t + 1] * F[t + 1]`.",
])
def cell_gradient(F):
    """Return G (T, H): how much the last cell reacts to the cell after step t, all gates held fixed.

    F (T, H): the forget gates. Step t computes c[t] = F[t] * c[t - 1] + …: F[t] stands between
    c[t - 1] and c[t].
    With one unit and F = [[.9], [.5], [.2]] it is [[.1], [.2], [1.]].
    """
    G = np.ones_like(F)
    for t in reversed(range(len(F) - 1)):
        G[t] = G[t + 1] * F[t + 1]       # TODO: from the cell after step t on to the last one
    return G


@cell_gradient.cases
def _(rng):
    yield "the worked number", (np.array([[0.9], [0.5], [0.2]]),)
    yield "one step", (np.array([[0.4]]),)
    yield "all gates open", (np.ones((4, 2)),)
    yield "two steps, H = 2", (np.array([[0.9, 0.3], [0.5, 0.8]]),)
    yield "one closed gate in the middle", (np.array([[0.9], [0.8], [0.0], [0.7], [0.6]]),)
    yield "T = 6, H = 3", (rng.uniform(0.2, 1, size=(6, 3)),)
    yield "T = 3, H = 3", (rng.uniform(0.2, 1, size=(3, 3)),)


@cell_gradient.same
def _(F):
    after = np.concatenate([F[1:], np.ones((1, F.shape[1]))])
    return np.cumprod(after[::-1], axis=0)[::-1]


@cell_gradient.same
def _(F):
    return np.stack([np.prod(F[t + 1 :], axis=0) for t in range(len(F))])


def _rows(row):
    """Return a cell_gradient that fills all rows but the last, which stays 1, with row(G, F, t)."""

    def function(F):
        G = np.ones_like(F)
        for t in reversed(range(len(F) - 1)):
            G[t] = row(G, F, t)
        return G

    return lambda F: function(F)


def _same_array(F):
    G = F
    G[-1] = 1
    for t in reversed(range(len(F) - 1)):
        G[t] = G[t + 1] * F[t + 1]
    return G


for _sentence, _wrong in [
    ("You take in one gate too many: F[t] made c[t] out of the cell *before* it. On the way from c[t] to the end, F[t + 1] is the first.",
     lambda F: np.cumprod(F[::-1], axis=0)[::-1]),
    ("You multiply from the first step on: that says how much of the *first* cell is left at t. Asked is what is left of cell t at the end.",
     lambda F: np.cumprod(F, axis=0)),
    ("You multiply from the first step on, and leave the first gate out: how much of the first cell is left at t. Asked is what is left of cell t at the end.",
     lambda F: np.concatenate([np.ones((1, F.shape[1])), np.cumprod(F[1:], axis=0)])),
    ("You add the gates up. What passes through one gate after another is multiplied.",
     lambda F: np.cumsum(np.concatenate([F[1:], np.ones((1, F.shape[1]))])[::-1], axis=0)[::-1]),
    ("The last gate is missing: F[T - 1] stands between the last cell but one and the last.",
     lambda F: np.concatenate([np.cumprod(F[1:-1][::-1], axis=0)[::-1], np.ones((min(2, len(F)), F.shape[1]))])),
    ("You take a single gate, the next one after t. Between cell t and the last cell stand all the gates after t.",
     lambda F: np.concatenate([F[1:], np.ones((1, F.shape[1]))])),
    ("You take a single gate to the power of the steps that are left. Each step has a gate of its own.",
     lambda F: np.stack([F[t] ** (len(F) - 1 - t) for t in range(len(F))])),
    ("You multiply by 1 - F. In this course f is the share that is kept.",
     lambda F: np.stack([np.prod(1 - F[t + 1 :], axis=0) for t in range(len(F))])),
    ("You multiply across the units: each unit's cell has its own gates and meets nobody else's.",
     lambda F: np.stack([np.full(F.shape[1], np.prod(F[t + 1 :])) for t in range(len(F))])),
    ("The right numbers in reverse order: row t belongs to cell t.",
     lambda F: np.stack([np.prod(F[t + 1 :], axis=0) for t in range(len(F))])[::-1]),
    ("Your last row is 0, and with it all the others: the last cell reacts to itself one to one.", lambda F: np.zeros_like(F)),
    ("You stop after one step: each row has to build on the row below it.",
     lambda F: np.concatenate([np.ones((max(len(F) - 2, 0), F.shape[1])), F[-1:], np.ones((1, F.shape[1]))])[-len(F):]),
    ("You take in one gate too many: F[t] made c[t] out of the cell *before* it. On the way from c[t] to the end, F[t + 1] is the first.",
     _rows(lambda G, F, t: np.prod(F[t:], axis=0))),
    ("You multiply with F[t], which made c[t] out of the cell before it. The gate on the way from c[t] to c[t + 1] is the one that made c[t + 1].",
     _rows(lambda G, F, t: G[t + 1] * F[t])),
    ("You take a single gate, and the one before cell t. Between cell t and the last cell stand all the gates after t.", _rows(lambda G, F, t: F[t])),
    ("You multiply the gates up to step t, which stand *before* cell t. Asked is what happens to it afterwards.", _rows(lambda G, F, t: np.prod(F[: t + 1], axis=0))),
    ("You take the average of the gates after t. What passes through one gate after another is multiplied.", _rows(lambda G, F, t: F[t + 1 :].mean(axis=0))),
    ("You take the sum of the gates after t. What passes through one gate after another is multiplied.", _rows(lambda G, F, t: F[t + 1 :].sum(axis=0))),
    ("You put in the slope of a sigmoid, F(1 - F). The gates are held fixed: nothing goes through their sigmoids, the cell is only multiplied by the gate.",
     _rows(lambda G, F, t: G[t + 1] * F[t + 1] * (1 - F[t + 1]))),
    ("You divide by the gate. What comes back through a gate is multiplied by it, as it was forwards.", _rows(lambda G, F, t: G[t + 1] / F[t + 1])),
    ("Your G *is* F, not an array of its own: with each row that you write, a gate that you still need is gone, and F belongs to the caller.", _same_array),
]:
    cell_gradient.mistake(_sentence)(_wrong)


# ------------------------------------------------------------------------------------------- 4.5 init_forget_bias


@exercise("4.5", title="A cell that begins by keeping", returns={"new": ANY_ORDER}, hints=[
    "Which share should the forget gate keep, for u steps? And which number has to stand in the sigmoid so that this share comes out? Solve σ(b) = 1 - 1/u for b.",
    "1 / (1 + exp(-b)) = 1 - 1/u means exp(-b) = 1 / (u - 1). And since 1 - σ(b) = σ(-b), the input gate's bias costs no second calculation.",
    "`bias = np.log(u - 1)`; the forget gate's block `new[k * H : (k + 1) * H]` gets `bias`, the input gate's `-bias`.",
])
def init_forget_bias(b, u, order):
    """Return a copy of the bias b (4H,) with which each unit begins by remembering for u steps.

    u: a number above 1, or one for each unit (H,). order: the order of the blocks, as "ifog".
    Where all else in its sum is 0, the forget gate keeps 1 - 1/u and the input gate lets in 1/u.
    The other two blocks stay as they are in b.
    With H = 1, b = [0., 0., 0., 0.], u = 21 and the order "ifog" it is about [-3., 3., 0., 0.].
    """
    H = len(b) // 4
    new = b.copy()
    k, j = order.index("f"), order.index("i")
    bias = np.log(u - 1)                 # TODO: the sum for which the sigmoid gives 1 - 1/u
    new[k * H : (k + 1) * H] = bias      # TODO: the forget gate's block
    new[j * H : (j + 1) * H] = -bias     # TODO: the input gate's block
    return new


@init_forget_bias.cases
def _(rng):
    yield "H = 1, order ifog, u = 21", (np.zeros(4), 21.0, "ifog")
    yield "H = 2, order ifog, b not 0", (rng.normal(size=8), 5.0, "ifog")
    yield "H = 3, order figo", (rng.normal(size=12), 1.5, "figo")
    yield "H = 3, the forget gate comes last", (rng.normal(size=12), 8.0, "ogif")
    yield "one u for each unit", (rng.normal(size=12), np.array([1.5, 3.0, 60.0]), "oifg")


@init_forget_bias.same
def _(b, u, order):
    blocks, f = np.split(b, 4), np.zeros(len(b) // 4) + 1 - 1 / u
    blocks[order.find("f")] = np.log(f / (1 - f))
    blocks[order.find("i")] = np.log((1 - f) / f)
    return np.concatenate(blocks)


@init_forget_bias.same
def _(b, u, order):
    rows = b.reshape(4, -1).copy()
    rows[[gate == "f" for gate in order]] = np.log(u - 1)
    rows[[gate == "i" for gate in order]] = np.log(1 / (u - 1))
    return rows.ravel()


def _bias(f=lambda u: np.log(u - 1), i=lambda u: -np.log(u - 1), names="fi", at=lambda H, k: slice(k * H, (k + 1) * H), place=None, add=False, start=np.copy):
    """Return an init_forget_bias with some of its lines replaced; i=None leaves the input gate's block alone."""

    def function(b, u, order):
        H, new, u = len(b) // 4, start(b), np.asarray(u, float)
        for value, name in zip((f, i), names, strict=True):
            if value is not None:
                where = at(H, (place or order).index(name))
                size = len(new[where])
                given = np.resize(np.broadcast_to(value(u), H), size)
                new[where] = new[where] + given if add else given
        return new

    return lambda b, u, order: function(b, u, order)


def _side_by_side(b, u, order):
    rows = b.reshape(-1, 4).copy()
    rows[:, order.index("f")], rows[:, order.index("i")] = np.log(u - 1), -np.log(u - 1)
    return rows.ravel()


def _in_place(b, u, order):
    b[:] = init_forget_bias.reference(b, u, order)
    return b


for _sentence, _wrong in [
    ("You put u itself into the blocks. It is a number of steps; wanted is the sum for which the sigmoid keeps 1 - 1/u.", _bias(lambda u: u, lambda u: -u)),
    ("You put the shares themselves, 1 - 1/u and 1/u, into the blocks. A bias is added *before* the sigmoid: take the number that the sigmoid turns into the share.",
     _bias(lambda u: 1 - 1 / u, lambda u: 1 / u)),
    ("You put the logarithm of the shares into the blocks. The sigmoid's inverse is log(p / (1 - p)).", _bias(lambda u: np.log(1 - 1 / u), lambda u: -np.log(u))),
    ("You take log(u): the gate then keeps u / (u + 1), which is one step too many.", _bias(np.log, lambda u: -np.log(u))),
    ("You take log(u + 1): for the sum b the gate keeps 1 / (1 + exp(-b)). Solve this for 1 - 1/u once more.", _bias(lambda u: np.log(u + 1), lambda u: -np.log(u + 1))),
    ("You put the shares through the sigmoid. You need its inverse: which sum gives this share?", _bias(lambda u: _sigmoid(1 - 1 / u), lambda u: _sigmoid(1 / u))),
    ("The signs of both blocks are the wrong ones: a large *positive* bias opens a gate, and the long memory needs an open forget gate.",
     _bias(lambda u: -np.log(u - 1), lambda u: np.log(u - 1))),
    ("The input gate's block stays as it was. A unit that keeps for long should write rarely: it lets in 1/u.", _bias(i=None)),
    ("The input gate gets the same bias as the forget gate: the longer a unit keeps, the more it writes. It should let in 1/u.", _bias(i=lambda u: np.log(u - 1))),
    ("The forget gate's block stays as it was. It is the gate that keeps.", _bias(f=None)),
    ("You set the *output* gate's block where the input gate's is meant.", _bias(names="fo")),
    ("You always set the first and the second block. They are the input and the forget gate's in the order ifog, but not in every order.", _bias(place="ifog")),
    ("You add to what is there. The blocks should *be* the new bias.", _bias(add=True)),
    ("You set one number in each block only, the first unit's. Each of the H units has gates of its own.", _bias(at=lambda H, k: slice(k * H, k * H + 1))),
    ("You set one number for each block, and it need not even lie in it: k and j count blocks, and a block is H numbers long.", _bias(at=lambda H, k: slice(k, k + 1))),
    ("The H numbers that you set begin at number k. But k counts *blocks*: the k blocks before it are H numbers long each.", _bias(at=lambda H, k: slice(k, k + H))),
    ("The other blocks are lost: the output gate's and the candidate's stay as they were in b.", _bias(start=np.zeros_like)),
    ("You set every fourth number, as if the four gates of one unit stood side by side. A block is H numbers in a row.", _side_by_side),
    ("You average over the units: each has a u of its own.", _bias(lambda u: np.log(np.mean(u) - 1), lambda u: -np.log(np.mean(u) - 1))),
    ("The right numbers, but you changed `b` itself, and it belongs to the caller: work on a copy.", _in_place),
]:
    init_forget_bias.mistake(_sentence)(_wrong)


# ----------------------------------------------------------------------------------------------- 4.6 lstm_variant


@exercise("4.6", title="Six LSTMs in one", returns={"h_next": "N H", "c_next": "N H"}, hints=[
    "If a gate is taken out, is it always open or always closed? Which of the two leaves a cell that still works?",
    "A peephole is one number for each unit: it multiplies the unit's *own* cell, element by element. Which cell is there already when i and f are computed, and which when o is?",
    "`a_i + p[0] * c` and `a_f + p[1] * c` with the old cell, `a_o + p[2] * c_next` with the new; `np.ones_like(i)` for a gate that is out (and so for f and o); `1 - f` for the coupled one.",
])
def lstm_variant(x, h, c, Wx, Wh, b, p, mode):
    """Return the state and the cell after one step of an LSTM with one thing changed.

    x (N, D), h and c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,), order i, f, o, g;
    p (3, H): peepholes of i, f and o -> h_next, c_next (N, H).
    mode: "vanilla", "NIG" (no input gate), "NFG" (no forget gate), "NOG" (no output gate), "CIFG" (the
    input gate is coupled to the forget gate) or "PEEP" (the gates see the cell).
    One unit, all weights 0 and c = 1: with "CIFG" c_next = 0.5 and h_next = 0.231.
    """
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    a_i, a_f, a_o, a_g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    if mode == "PEEP":
        a_i, a_f = a_i + p[0] * c, a_f + p[1] * c      # TODO: both sums, with a look at the cell
    i, f, g = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g)
    if mode == "NIG":
        i = np.ones_like(i)                            # TODO: no input gate
    if mode == "NFG":
        f = np.ones_like(f)                            # TODO: no forget gate
    if mode == "CIFG":
        i = 1 - f                                      # TODO: the input gate, from the forget gate
    c_next = f * c + i * g
    if mode == "PEEP":
        a_o = a_o + p[2] * c_next                      # TODO: the output gate's sum, with a look at the cell
    o = sigmoid(a_o)
    if mode == "NOG":
        o = np.ones_like(o)                            # TODO: no output gate
    return o * np.tanh(c_next), c_next


@lstm_variant.cases
def _(rng):
    for mode in ("vanilla", "NIG", "NFG", "NOG", "CIFG", "PEEP"):
        yield f"{mode}, one unit", (*(rng.normal(size=(1, 1)) for _ in range(3)), *_weights(rng, 1, 1), rng.normal(size=(3, 1)), mode)
    for mode in ("vanilla", "NIG", "NFG", "NOG", "CIFG", "PEEP"):
        x, h, c = rng.normal(size=(3, 2)), rng.normal(size=(3, 4)), 2 * rng.normal(size=(3, 4))
        yield f"{mode}, a batch of 3, D = 2, H = 4", (x, h, c, *_weights(rng, 2, 4), rng.normal(size=(3, 4)), mode)


@lstm_variant.same
def _(x, h, c, Wx, Wh, b, p, mode):
    H = h.shape[1]
    A = x @ Wx + h @ Wh + b
    look = np.diag(p[0]), np.diag(p[1]), np.diag(p[2])
    peep = 1.0 if mode == "PEEP" else 0.0
    f = 1.0 if mode == "NFG" else 1 / (1 + np.exp(-(A[:, H : 2 * H] + peep * c @ look[1])))
    i = 1.0 if mode == "NIG" else 1 / (1 + np.exp(-(A[:, :H] + peep * c @ look[0])))
    new = f * c + (1 - f if mode == "CIFG" else i) * np.tanh(A[:, 3 * H :])
    return np.tanh(new) / (1 + (mode != "NOG") * np.exp(-(A[:, 2 * H : 3 * H] + peep * new @ look[2]))), new


def _variant(peep_if=None, NIG=None, NFG=None, CIFG=None, peep_o=None, look="c", look_o="c", out=None, always=False, turned=False, swap=False, NOG=None):
    """Return an lstm_variant with some of its lines replaced. `out`: other names for the modes. NOG(o, new): the state then."""

    def function(x, h, c, Wx, Wh, b, p, mode):
        mode, peep = (out or {}).get(mode, mode), mode == "PEEP" or always
        a_i, a_f, a_o, a_g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
        if peep:
            seen = h if look == "h" else c
            a_i, a_f = peep_if(a_i, a_f, seen, p) if peep_if else (a_i + p[0] * seen, a_f + p[1] * seen)
        i, f, g = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_g)
        if mode == "NIG":
            i = NIG(i, f) if NIG else np.ones_like(i)
        if mode == "NFG":
            f = NFG(i, f) if NFG else np.ones_like(f)
        if mode == "CIFG" and turned:
            f = 1 - i
        elif mode == "CIFG":
            i = CIFG(i, f) if CIFG else 1 - f
        new = f * c + i * g
        if peep:
            a_o = peep_o(a_o, c, new, p) if peep_o else a_o + p[2] * (h if look_o == "h" else new)
        state = _sigmoid(a_o) * np.tanh(new)
        if mode == "NOG":
            state = NOG(_sigmoid(a_o), new) if NOG else np.tanh(new)
        return (new, state) if swap else (state, new)

    return lambda x, h, c, Wx, Wh, b, p, mode: function(x, h, c, Wx, Wh, b, p, mode)


def _sum_of(gate):
    """Return the sum that this gate was made of."""
    return np.log(gate / (1 - gate))


for _sentence, _wrong in [
    ("Your coupled cell has i = f: the more it keeps, the more it writes. What is *forgotten* makes room for the new.", _variant(CIFG=lambda i, f: f)),
    ("Your coupled cell leaves the input gate as it was: nothing is coupled.", _variant(CIFG=lambda i, f: i)),
    ("Your coupled input gate is the opposite of *itself*. It is to be the opposite of the forget gate.", _variant(CIFG=lambda i, f: 1 - i)),
    ("Your coupled gate is -f, which is negative. The two shares add up to 1.", _variant(CIFG=lambda i, f: -f)),
    ("Without its input gate your cell writes nothing at all: a gate that is taken out stands open, at 1, not at 0.", _variant(NIG=lambda i, f: np.zeros_like(i))),
    ("Without its forget gate your cell forgets everything at each step. A gate that is taken out stands open: then the cell keeps all.",
     _variant(NFG=lambda i, f: np.zeros_like(f))),
    ("Without its input gate your cell still has one: it is the forget gate's. \"NIG\" writes every candidate in full.", _variant(NIG=lambda i, f: f)),
    ("Without its forget gate your cell still has one, 1 - i. \"NFG\" keeps all of the old cell, whatever is written.", _variant(NFG=lambda i, f: 1 - i)),
    ("\"NIG\" and \"NFG\" leave a gate half open, at 0.5, which halves the cell or the candidate at each step.",
     _variant(NIG=lambda i, f: np.full_like(i, 0.5), NFG=lambda i, f: np.full_like(f, 0.5))),
    ("The output gate peeps at the *old* cell. When it is computed, the new one is there, and that is the one it shows.",
     _variant(peep_o=lambda a, c, new, p: a + p[2] * c)),
    ("The output gate peeps at the squashed cell. A peephole sees the cell itself.", _variant(peep_o=lambda a, c, new, p: a + p[2] * np.tanh(new))),
    ("The output gate has no peephole: p has three rows, one for each gate.", _variant(peep_o=lambda a, c, new, p: a)),
    ("The input and the forget gate have no peepholes.", _variant(peep_if=lambda ai, af, c, p: (ai, af))),
    ("The input gate alone peeps: the forget gate has a peephole of its own, row 1 of p.", _variant(peep_if=lambda ai, af, c, p: (ai + p[0] * c, af))),
    ("The peepholes of the input and the forget gate are swapped: row 0 of p is the input gate's.",
     _variant(peep_if=lambda ai, af, c, p: (ai + p[1] * c, af + p[0] * c))),
    ("Your peepholes see all cells, each unit the same sum. A peephole is one number for each unit, for its *own* cell (p is no matrix).",
     _variant(peep_if=lambda ai, af, c, p: (ai + (c @ p[0])[:, None], af + (c @ p[1])[:, None]), peep_o=lambda a, c, new, p: a + (new @ p[2])[:, None])),
    ("Your peepholes are added without the cell: that is only another bias.",
     _variant(peep_if=lambda ai, af, c, p: (ai + p[0], af + p[1]), peep_o=lambda a, c, new, p: a + p[2])),
    ("Your peepholes multiply the sums. They are added: one more input of the gate.",
     _variant(peep_if=lambda ai, af, c, p: (ai * p[0] * c, af * p[1] * c), peep_o=lambda a, c, new, p: a * p[2] * new)),
    ("a_i and a_f come out in each other's place: each has its own peephole, but the input gate's sum now stands under the forget gate's name.",
     _variant(peep_if=lambda ai, af, c, p: (af + p[1] * c, ai + p[0] * c))),
    ("The input and the forget gate look at the old *state*, which they hear already through Wh. A peephole looks at the cell.", _variant(look="h")),
    ("The output gate looks at the old *state*, which it hears already through Wh. A peephole looks at the cell.", _variant(look_o="h")),
    ("All three peepholes look at the old *state*, which the gates hear already through Wh. A peephole looks at the cell.", _variant(look="h", look_o="h")),
    ("The look at the cell takes the place of the input and the forget gate's sums. It comes on top of what they heard before.",
     _variant(peep_if=lambda ai, af, c, p: (p[0] * c, p[1] * c))),
    ("The look at the cell takes the place of the output gate's sum. It comes on top of what the gate heard before.", _variant(peep_o=lambda a, c, new, p: p[2] * new)),
    ("The look at the cell takes the place of all three sums. It comes on top of what the gates heard before.",
     _variant(peep_if=lambda ai, af, c, p: (p[0] * c, p[1] * c), peep_o=lambda a, c, new, p: p[2] * new)),
    ("All gates peep through row 0 of p, which is the input gate's.",
     _variant(peep_if=lambda ai, af, c, p: (ai + p[0] * c, af + p[0] * c), peep_o=lambda a, c, new, p: a + p[0] * new)),
    ("The forget gate peeps through row 0 of p, which is the input gate's.", _variant(peep_if=lambda ai, af, c, p: (ai + p[0] * c, af + p[0] * c))),
    ("The output gate peeps through row 0 of p, which is the input gate's.", _variant(peep_o=lambda a, c, new, p: a + p[0] * new)),
    ("The output gate peeps through row 1 of p, which is the forget gate's.", _variant(peep_o=lambda a, c, new, p: a + p[1] * new)),
    ("The input and the forget gate peep at the squashed cell. A peephole sees the cell itself.",
     _variant(peep_if=lambda ai, af, c, p: (ai + p[0] * np.tanh(c), af + p[1] * np.tanh(c)))),
    ("All three gates peep at the squashed cell. A peephole sees the cell itself.",
     _variant(peep_if=lambda ai, af, c, p: (ai + p[0] * np.tanh(c), af + p[1] * np.tanh(c)), peep_o=lambda a, c, new, p: a + p[2] * np.tanh(new))),
    ("\"NIG\" puts 1 into the *sum* of the input gate: after the sigmoid this is 0.73, a gate that lets most in and not all.",
     _variant(NIG=lambda i, f: np.full_like(i, _sigmoid(1.0)))),
    ("\"NFG\" puts 1 into the *sum* of the forget gate: after the sigmoid this is 0.73, a cell that fades within a few steps.",
     _variant(NFG=lambda i, f: np.full_like(f, _sigmoid(1.0)))),
    ("\"NIG\" and \"NFG\" put 1 into the *sum* of the gate: after the sigmoid this is 0.73, and not an open gate.",
     _variant(NIG=lambda i, f: np.full_like(i, _sigmoid(1.0)), NFG=lambda i, f: np.full_like(f, _sigmoid(1.0)))),
    ("Your \"NIG\" leaves the input gate half open. A gate that is taken out lets all through.", _variant(NIG=lambda i, f: np.full_like(i, 0.5))),
    ("Your \"NFG\" leaves the forget gate half open. A gate that is taken out lets all through.", _variant(NFG=lambda i, f: np.full_like(f, 0.5))),
    ("Gates that are taken out are shut in your version: \"NIG\" writes nothing, \"NFG\" keeps nothing. Without its gate a way stands open.",
     _variant(NIG=lambda i, f: np.zeros_like(i), NFG=lambda i, f: np.zeros_like(f))),
    ("Your coupled gate is the opposite of the forget gate's *sum*, and a sum can be anything. It is the two shares that add up to 1, after the sigmoid.",
     _variant(CIFG=lambda i, f: 1 - _sum_of(f))),
    ("You take the opposite before the sigmoid: what is then squashed is no longer what the forget gate leaves over. It is the two shares that add up to 1, after the sigmoid.",
     _variant(CIFG=lambda i, f: _sigmoid(1 - _sum_of(f)))),
    ("It is coupled in the wrong direction: your forget gate follows the input gate. In \"CIFG\" the input gate follows the forget gate.", _variant(turned=True)),
    ("\"NIG\" and \"NFG\" have changed places: the I stands for the input gate, the F for the forget gate, the N for \"no\".", _variant(out={"NIG": "NFG", "NFG": "NIG"})),
    ("Without its output gate your cell shows nothing at all: a gate that is taken out stands open, at 1, not at 0.", _variant(NOG=lambda o, new: np.zeros_like(o))),
    ("Without its output gate your cell still has one: \"NOG\" shows all of the squashed cell.", _variant(NOG=lambda o, new: o * np.tanh(new))),
    ("\"NOG\" leaves the output gate half open. A gate that is taken out lets all through.", _variant(NOG=lambda o, new: 0.5 * np.tanh(new))),
    ("\"NOG\" has lost the tanh along with the gate. What is shown is still the *squashed* cell.", _variant(NOG=lambda o, new: new)),
    ("\"NOG\" puts 1 into the *sum* of the output gate: after the sigmoid this is 0.73, a gate that shows most and not all.", _variant(NOG=lambda o, new: _sigmoid(1.0) * np.tanh(new))),
    ("Your gates have peepholes in every mode. They belong to \"PEEP\" alone.", _variant(always=True)),
    ("The cell comes back first. The order is the one of the docstring: the state, then the cell.", _variant(swap=True)),
]:
    lstm_variant.mistake(_sentence)(_wrong)


# ---------------------------------------------------------------------------------------------- 4.7 apply_dropout


@exercise("4.7", title="Dropout", returns={"dropped": "N T H"}, hints=[
    "What should a unit's average be with dropout, compared with without? And how many of U's numbers lie below `rate`?",
    "A unit stays where its number is at least `rate`. What stays is made larger so that the average is as it was. For one mask a sequence, "
    "the numbers of the first step decide for all steps: broadcasting does the rest.",
    "`keep = U[:, :1] >= rate` for one mask a sequence, `U >= rate` else; then `H * keep / (1 - rate)`.",
])
def apply_dropout(H, rate, U, per_sequence, training):
    """Return the states H (N, T, H) with some units set to 0 in training, and unchanged in use.

    rate: the share to drop, 0 <= rate < 1. U (N, T, H): random numbers between 0 and 1; a unit stays
    where its number is at least `rate`, and what stays is divided by 1 - rate.
    per_sequence: one mask for all steps of a sequence, decided by the numbers of its first step.
    training: False in use.
    With rate 0.5, H = [[[2., 2.]]] and U = [[[.1, .9]]] it is [[[0., 4.]]].
    """
    if not training:
        return H                        # TODO: what comes out in use
    numbers = U
    if per_sequence:
        numbers = U[:, :1]              # TODO: the numbers that decide for all steps
    keep = numbers >= rate              # TODO: which units stay
    return H * keep / (1 - rate)        # TODO: the states in training


@apply_dropout.cases
def _(rng):
    H, U = np.full((1, 1, 2), 2.0), np.array([[[0.1, 0.9]]])
    yield "the worked number", (H, 0.5, U, False, True)
    yield "the same in use", (H, 0.5, U, False, False)
    yield "a number equal to the rate", (np.ones((1, 2, 1)), 0.25, np.array([[[0.25], [0.125]]]), False, True)
    yield "one unit, three steps, rate 0.25", (np.ones((1, 3, 1)), 0.25, np.array([[[0.3], [0.2], [0.7]]]), False, True)
    yield "one mask a sequence", (np.ones((1, 3, 2)), 0.25, np.array([[[0.3, 0.1], [0.2, 0.8], [0.1, 0.1]]]), True, True)
    for per_sequence in (False, True):
        how = "one mask a sequence" if per_sequence else "a mask a step"
        yield f"N = 3, T = 4, H = 5, rate 0.3, {how}", (rng.normal(size=(3, 4, 5)), 0.3, rng.random((3, 4, 5)), per_sequence, True)
    yield "N = 3, T = 4, H = 5, in use", (rng.normal(size=(3, 4, 5)), 0.3, rng.random((3, 4, 5)), True, False)
    U = rng.random((2, 3, 2))
    U[0, 1] = 0
    yield "rate 0 drops nothing", (rng.normal(size=(2, 3, 2)), 0.0, U, False, True)


@apply_dropout.same
def _(H, rate, U, per_sequence, training):
    if not training:
        return 1.0 * H
    mask = np.where(U < rate, 0.0, 1 / (1 - rate))
    return np.einsum("nh,nth->nth", mask[:, 0], H) if per_sequence else mask * H


@apply_dropout.same
def _(H, rate, U, per_sequence, training):
    out = H.copy()
    if training:
        for n, t, k in np.ndindex(H.shape):
            out[n, t, k] = H[n, t, k] / (1 - rate) if U[n, 0 if per_sequence else t, k] >= rate else 0.0
    return out


def _drop(use=lambda H, rate, U: H, seq=lambda U: U[:, :1], keep=lambda U, rate: U >= rate, scale=lambda H, keep, rate: H * keep / (1 - rate)):
    def function(H, rate, U, per_sequence, training):
        if not training:
            return use(H, rate, U)
        return scale(H, keep(seq(U) if per_sequence else U, rate), rate)

    return lambda H, rate, U, per_sequence, training: function(H, rate, U, per_sequence, training)


def _drop_in_place(H, rate, U, per_sequence, training):
    H[...] = apply_dropout.reference(H, rate, U, per_sequence, training)
    return H


for _sentence, _wrong in [
    ("What stays is not made larger: in training the layer above hears less on average than in use.", _drop(scale=lambda H, keep, rate: H * keep)),
    ("You scale in use as well, by 1 - rate. What stays was already enlarged in training: in use nothing is left to do.",
     _drop(use=lambda H, rate, U: H * (1 - rate))),
    ("You scale in use instead of in training: an old habit that also works, if *both* ends follow it. Here training divides by 1 - rate.",
     _drop(use=lambda H, rate, U: H * (1 - rate), scale=lambda H, keep, rate: H * keep)),
    ("You divide in use as well: the layer above hears more than it ever did in training.", _drop(use=lambda H, rate, U: H / (1 - rate))),
    ("You drop in use, too. There every unit is wanted, and the same answer each time.", _drop(use=lambda H, rate, U: H * (U >= rate) / (1 - rate))),
    ("You divide by `rate`. The share that stays is 1 - rate.", _drop(scale=lambda H, keep, rate: H * keep / rate if rate else H * keep)),
    ("You multiply by 1 - rate in training. What stays has to become *larger*.", _drop(scale=lambda H, keep, rate: H * keep * (1 - rate))),
    ("You keep the share `rate` and drop the rest: it should be the other way round.", _drop(keep=lambda U, rate: U < rate)),
    ("You keep where the number exceeds 1 - rate: then the share `rate` stays, and the rest is dropped.", _drop(keep=lambda U, rate: U > 1 - rate)),
    ("You keep where the number is *below* 1 - rate. That is the right share, but not the units that were asked for.", _drop(keep=lambda U, rate: U < 1 - rate)),
    ("With one mask a sequence, you still draw a new one at every step.", _drop(seq=lambda U: U)),
    ("Your mask is shared by the whole batch: the first *sequence* decides for all. Each sequence has a mask of its own; its first *step* decides.",
     _drop(seq=lambda U: U[:1])),
    ("Your mask is shared by the units: whole steps are dropped. The first *step* of each sequence decides, unit by unit.", _drop(seq=lambda U: U[:, :, :1])),
    ("The *last* step's numbers decide in your version. The first step's should.", _drop(seq=lambda U: U[:, -1:])),
    ("You average the numbers over the steps before you compare: averages lie near one half, so a rate below it drops hardly anything, and one above it nearly everything. One step decides.",
     _drop(seq=lambda U: U.mean(axis=1, keepdims=True))),
    ("You subtract instead of setting to 0: a dropped unit says nothing at all.", _drop(scale=lambda H, keep, rate: (H - ~keep) / (1 - rate))),
    ("The right numbers, but you changed `H` itself, and it belongs to the caller.", _drop_in_place),
    ("You keep a unit where its number is *greater* than the rate. \"At least\" lets an equal number stay, too: with rate 0, no unit is dropped.", _drop(keep=lambda U, rate: U > rate)),
    *[("The axis of the steps is gone: the numbers of the first step are (N, H) now and no longer fit (N, T, H). Keep that axis, with length 1.",
       _drop(seq=lambda U: U[:, 0], scale=scale)) for scale in (
        lambda H, keep, rate: H * keep / (1 - rate), lambda H, keep, rate: keep * H / (1 - rate), lambda H, keep, rate: np.where(keep, H / (1 - rate), 0))],
    ("You drop in use, too. There every unit is wanted, and the same answer each time.", _drop(use=lambda H, rate, U: H * (U >= rate))),
    ("In use nothing comes out at all. Dropping is for training: in use every unit is wanted.", _drop(use=lambda H, rate, U: np.zeros_like(H))),
    ("The flag `training` is read the wrong way round: you drop in use, and nothing in training.",
     lambda H, rate, U, per_sequence, training: apply_dropout.reference(H, rate, U, per_sequence, not training)),
    ("The flag `per_sequence` is read the wrong way round: one mask for all steps where each step should have its own, and a mask for each step where one should do for all.",
     lambda H, rate, U, per_sequence, training: apply_dropout.reference(H, rate, U, not per_sequence, training)),
    ("You divide by the share that *happened* to stay. Divide by the chance to stay, 1 - rate: it is right on average, and fails nowhere when nothing stays.",
     _drop(scale=lambda H, keep, rate: H * keep / keep.mean())),
    ("The mask alone comes out: it has still to be multiplied with the states.", _drop(scale=lambda H, keep, rate: np.broadcast_to(keep / (1 - rate), H.shape))),
]:
    apply_dropout.mistake(_sentence)(_wrong)


# --------------------------------------------------------------------------------------------------------- 4.8 cure


@exercise("4.8", title="Bug hunt", returns={"the mended loop's": {"H": "N T H", "C": "N T H", "gates": "N T H"}}, hints=[
    "Look at how far each patient's gates reach. Which gates cannot close? Whose states leave -1 … 1, which a state that is squashed cannot? Which one does Python itself complain about? And of the one that is left: its gates and cells look sane, so what else has to agree with the weights?",
    "A: how many squashing functions does a gate pass? B: under which name does this loop know the old cell? C: in which order do the blocks lie in the weights? "
    "D: which of the two, h or c, is the one that is squashed?",
    "A is line 2 without its tanh. B is line 5 with `c` for the old cell. C is line 3, the order i, f, o, g. D is lines 5 and 6: c is the sum, h is what is shown of it.",
])
def cure(patient):
    """Return the mended lines of a patient: a dict, line number -> the line as text, without indent.

    patient: "A", "B", "C" or "D". Only the lines that you change need to be there.
    If line 1 of a patient should read `for t in range(3):`, the answer is {1: "for t in range(3):"}.
    """
    A = {2: "a = X[:, t] @ Wx + h @ Wh + b"}                           # TODO: patient A
    B = {5: "c = f * c + i * g"}                                       # TODO: patient B
    C = {3: "a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)"}             # TODO: patient C
    D = {5: "c = f * c + i * g", 6: "h = o * np.tanh(c)"}              # TODO: patient D, two lines
    return {"A": A, "B": B, "C": C, "D": D}[patient]


@cure.cases
def _(rng):
    for patient in lstm_bughunt.ILL:
        yield f"patient {patient}", (patient,)


@cure.observed_by
def _(answer, patient):
    return lstm_bughunt.run(patient, *lstm_bughunt.example(), mend=answer)


@cure.explained_by
def _(answer, patient):
    if sentence := lstm_bughunt.blame(patient, answer):
        return f"Patient {patient}. {sentence}"
    found, true = lstm_bughunt.run(patient, *lstm_bughunt.example(), mend=answer), lstm_bughunt.run("healthy", *lstm_bughunt.example())
    rows = "; ".join(" ".join(row.split()) for row in lstm_bughunt.report(found, true).split("\n"))
    return f"Patient {patient} with your lines: {rows}."


@cure.same
def _(patient):
    return {
        "A": {2: "a = b + h @ Wh + X[:, t] @ Wx"},
        "B": {5: "c = i * g + f * c"},
        "C": {4: "i, f, o, g = sigmoid(a[:, :4]), sigmoid(a[:, 4:8]), sigmoid(a[:, 8:12]), np.tanh(a[:, 12:])"},
        "D": dict(enumerate((line.strip() for line in lstm_bughunt.HEALTHY[1:]), start=2)),
    }[patient]


def _cure_with(who, lines):
    def function(patient):
        return lines if patient == who else cure.reference(patient)

    return function


for _sentence, _wrong in [
    ("Patient A is unchanged: every gate passes two squashing functions, and stays between .27 and .73.", _cure_with("A", lstm_bughunt.ILL["A"])),
    ("Patient A now has a sigmoid for its tanh before the split: two squashing functions are still one too many, and no gate closes below one half.",
     _cure_with("A", {2: "a = sigmoid(X[:, t] @ Wx + h @ Wh + b)"})),
    ("Patient A has lost its gates' own sigmoids as well: the tanh *before* the split is the one too many.",
     _cure_with("A", {4: "i, f, o, g = a_i, a_f, a_o, a_g"})),
    ("Patient A has lost its recurrence: the old state belongs into the sum.", _cure_with("A", {2: "a = X[:, t] @ Wx + b"})),
    ("Patient A has lost its bias.", _cure_with("A", {2: "a = X[:, t] @ Wx + h @ Wh"})),
    ("Patient B now keeps the candidate: the forget gate belongs to the old cell.", _cure_with("B", {5: "c = f * g + i * g"})),
    ("Patient B now keeps the old *state*. What is kept from step to step is the cell.", _cure_with("B", {5: "c = f * h + i * g"})),
    ("Patient B runs now, but it has lost its memory: the old cell is no longer in the sum.", _cure_with("B", {5: "c = i * g"})),
    ("Patient B now adds the forget gate itself: it has to multiply the old cell.", _cure_with("B", {5: "c = f + i * g"})),
    ("Patient C is unchanged: its weights lie in the order i, f, o, g, and it reads them with the candidate first.", _cure_with("C", lstm_bughunt.ILL["C"])),
    ("Patient C now reads the blocks in PyTorch's order, i, f, g, o.", _cure_with("C", {3: "a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)"})),
    ("Patient C has its input and its forget gate swapped now.", _cure_with("C", {3: "a_f, a_i, a_o, a_g = np.split(a, 4, axis=1)"})),
    ("Patient D is unchanged: what it calls h is the cell, and what it calls c is the state.", _cure_with("D", lstm_bughunt.ILL["D"])),
    *[("Patient D is half mended: h and c have changed places in two lines, and with one of them alone nothing ever gets into the cell.", _cure_with("D", lines))
      for lines in ({5: "c = f * c + i * g"}, {6: "h = o * np.tanh(c)"})],
    ("Patient D has other labels only: what goes into H and C is exchanged, but from step to step h and c still carry the wrong one.",
     _cure_with("D", {7: "H[:, t], C[:, t], gates[:, t] = c, h, np.hstack([i, f, o])"})),
    ("Patient B takes the old cell out of C, and at t = 0 it finds the last column there, which nobody has written yet. The loop has the old cell under a name of its own.",
     _cure_with("B", {5: "c = f * C[:, t - 1] + i * g"})),
    ("Patient B takes the old *state*, and out of H, where the last column stands at t = 0. What is kept is the cell, and the loop has it under a name of its own.",
     _cure_with("B", {5: "c = f * H[:, t - 1] + i * g"})),
    ("Patient B has lost its forget gate: all of the old cell is kept, at every step.", _cure_with("B", {5: "c += i * g"})),
    ("Patient A has a candidate without its tanh now, and the tanh before the split is still there: it is the gates that pass two squashing functions.",
     _cure_with("A", {4: "i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), a_g"})),
    ("Patient A has lost both of its tanhs: the one before the split was too many, the candidate's own was right.",
     _cure_with("A", {2: "a = X[:, t] @ Wx + h @ Wh + b", 4: "i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), a_g"})),
    ("Patient D's cell is right now, but its state is not squashed.", _cure_with("D", {5: "c = f * c + i * g", 6: "h = o * c"})),
    ("Patient D's state now shows the cell without the output gate.", _cure_with("D", {5: "c = f * c + i * g", 6: "h = np.tanh(c)"})),
]:
    cure.mistake(_sentence)(_wrong)


# ----------------------------------------------------------------------------------------------------- 4.9 unit_use


@exercise("4.9", title="Which unit does the answer need?", returns={"rise": "H"}, hints=[
    "What should stay of a unit that no longer tells the sequences apart? And what must all the other units do meanwhile?",
    "Start from a fresh copy of h for each unit, put the mean of column k into column k, and compute the error again. The rise is what it is above the error of the untouched net.",
    "`silenced = h.copy()`, `silenced[:, k] = h[:, k].mean()`, and the rise is `np.mean((silenced @ Wy + by - y) ** 2) - error`.",
])
def unit_use(h, Wy, by, y):
    """Return by how much the error rises when one unit tells nothing any more, for each unit (H,).

    h (N, H): the last states of N sequences; their answers are h @ Wy + by (N, K), with Wy (H, K) and
    by (K,), and should be y (N, K). The error is the mean of the squared differences.
    A unit is silenced by giving it its own mean over the N sequences, in all of them; all others stay.
    With h = [[0.], [2.]], Wy = [[1.]], by = [0.] and y = h the error is 0, and the rise [1.].
    """
    error = np.mean((h @ Wy + by - y) ** 2)
    rise = np.empty(h.shape[1])
    for k in range(h.shape[1]):
        silenced = h.copy()                                          # TODO: the states to change
        silenced[:, k] = h[:, k].mean()                              # TODO: what is left of unit k
        rise[k] = np.mean((silenced @ Wy + by - y) ** 2) - error     # TODO: by how much it rises
    return rise


@unit_use.cases
def _(rng):
    yield "the worked number", (np.array([[0.0], [2.0]]), np.ones((1, 1)), np.zeros(1), np.array([[0.0], [2.0]]))
    yield "a unit that is always 1", (np.array([[1.0, 0.5], [1.0, -0.5]]), np.array([[2.0], [1.0]]), np.zeros(1), np.array([[2.5], [1.5]]))
    for N, H, K in ((6, 3, 1), (5, 4, 2), (3, 3, 3)):
        h, Wy, by = rng.normal(size=(N, H)) + 0.5, rng.normal(size=(H, K)), rng.normal(size=K)
        yield f"N = {N}, H = {H}, K = {K}", (h, Wy, by, h @ Wy + by + 0.3 * rng.normal(size=(N, K)))


@unit_use.same
def _(h, Wy, by, y):
    wrong = h @ Wy + by - y
    away = (h.mean(axis=0) - h)[:, :, None] * Wy                         # (N, H, K): what silencing adds to the answers
    return ((wrong[:, None] + away) ** 2).mean(axis=(0, 2)) - (wrong**2).mean()


def _use(start=lambda h: h.copy(), left=lambda h, k: h[:, k].mean(), rise=lambda new, old: new - old, error=lambda d: np.mean(d**2), others=False):
    def function(h, Wy, by, y):
        found = []
        for k in range(h.shape[1]):
            silenced = start(h)
            if others:
                silenced[:] = h.mean(axis=0)
                silenced[:, k] = h[:, k]
            else:
                silenced[:, k] = left(h, k)
            found.append(rise(error(silenced @ Wy + by - y), error(h @ Wy + by - y)))
        return np.array(found)

    return lambda h, Wy, by, y: function(h, Wy, by, y)


def _piling_up(h, Wy, by, y):
    error, silenced, found = np.mean((h @ Wy + by - y) ** 2), h.copy(), []
    for k in range(h.shape[1]):
        silenced[:, k] = h[:, k].mean()
        found.append(np.mean((silenced @ Wy + by - y) ** 2) - error)
    return np.array(found)


def _one_by_one_in_place(h, Wy, by, y):
    error, found = np.mean((h @ Wy + by - y) ** 2), []
    for k in range(h.shape[1]):
        h[:, k] = h[:, k].mean()
        found.append(np.mean((h @ Wy + by - y) ** 2) - error)
    return np.array(found)


for _sentence, _wrong in [
    ("You set the unit to 0. A unit that always says the same works as a bias, and the read-out counts on it: give it its own mean.", _use(left=lambda h, k: 0.0)),
    ("You set the unit to 1. Give it its own mean over the sequences: then all it loses is what it says about *this* sequence.", _use(left=lambda h, k: 1.0)),
    ("You give the unit the mean of *all* units. Its own mean is the one the read-out counts on.", _use(left=lambda h, k: h.mean())),
    ("You average over the units of each sequence. The mean of unit k runs over the sequences.", _use(left=lambda h, k: h.mean(axis=1))),
    ("You return the error itself. How much *more* is it than with all units?", _use(rise=lambda new, old: new)),
    ("You divide the two errors. The rise is their difference.", _use(rise=lambda new, old: new / old)),
    ("The sign is the wrong one: what rises is positive.", _use(rise=lambda new, old: old - new)),
    ("You take the root of the errors. The error is the mean of the squares.", _use(error=lambda d: np.sqrt(np.mean(d**2)))),
    ("You add the squares up. The error is their mean.", _use(error=lambda d: np.sum(d**2))),
    ("You silence all units but k. One unit at a time is to be silenced, and the others stay.", _use(others=True)),
    ("Your changes pile up: when unit k is silenced, those before it are silent too. Begin with a fresh copy for each unit.", _piling_up),
    ("You write into h itself: the changes pile up from unit to unit, and h belongs to the caller. Begin with a fresh copy for each unit.", _one_by_one_in_place),
    ("You look at the size of the weights. A large weight on a unit that never changes decides nothing: change the unit, and see what the answer does.",
     lambda h, Wy, by, y: np.abs(Wy).sum(axis=1)),
    ("You look at how much the unit changes. What the read-out makes of it counts as well: change the unit, and see what the answer does.", lambda h, Wy, by, y: h.var(axis=0)),
]:
    unit_use.mistake(_sentence)(_wrong)


# ----------------------------------------------------------------------------------------------- 4.10 gates_by_hand


@exercise("4.10", title="The third gate, by hand", returns={"shown": "T"}, hints=[
    "When must the old content of the cell be gone? Before a new number comes in, after it, or in the same step?",
    "The gate multiplies the *old* cell, before the new number is added. So it may be shut in the very step in which a marked number comes in. At which value does it keep everything?",
    "`f = 1 - mark`: shut where a marked number comes in, open elsewhere.",
])
def gates_by_hand(mark, asked):
    """Return gates f, i and o, (T,) each, with which a cell shows the last marked number where asked.

    At each step the cell becomes f[t] * c + i[t] * (the number), and o[t] * c of it is shown: the last
    marked number where it is asked, 0 elsewhere. mark, asked (T,): 1.0 or 0.0. All shares lie
    between 0 and 1.
    """
    i, o = mark.copy(), asked.copy()      # as in section 3
    f = 1 - mark      # TODO: the share of the old cell that is kept, (T,)
    return f, i, o


@gates_by_hand.cases
def _(rng):
    yield "two numbers at once, one later", (np.array([1.0, 1, 0, 0, 1, 0, 0, 0]), np.array([0.0, 1, 0, 1, 0, 1, 0, 1]))
    yield "two numbers, asked after each", (np.array([1.0, 0, 0, 1, 0, 0]), np.array([0.0, 1, 0, 0, 0, 1]))
    yield "asked twice for the same number", (np.array([1.0, 0, 1, 0, 0, 0]), np.array([0.0, 0, 0, 1, 0, 1]))
    yield "24 steps", ((np.arange(24) % 9 == 0) * 1.0, (np.arange(24) % 9 == 5) * 1.0)


@gates_by_hand.observed_by
def _(answer, mark, asked):
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise ValueError("Return the three gates f, i, o, as `return f, i, o`.")
    for name, gate in zip("fio", answer, strict=True):
        gate = np.asarray(gate)
        if gate.dtype.kind not in "fiub" or gate.shape not in ((), mark.shape):
            raise ValueError(f"{name} should hold one number for each step, shape {mark.shape}; got {gate.shape if gate.dtype.kind in 'fiub' else type(answer).__name__}.")
        if not np.all((gate >= 0) & (gate <= 1)):
            raise ValueError(f"{name} should be a share at each step, between 0 and 1; yours reaches from {np.min(gate):.3g} to {np.max(gate):.3g}.")
    f, i, o = (np.broadcast_to(np.asarray(gate, float), mark.shape) for gate in answer)
    x, c, shown = np.random.default_rng(len(mark)).uniform(0.2, 1, len(mark)), 0.0, np.empty(len(mark))
    for t in range(len(mark)):
        c = f[t] * c + i[t] * x[t]
        shown[t] = o[t] * c
    return shown


@gates_by_hand.same
def _(mark, asked):
    return np.where(mark == 1, 0.0, 1.0), mark, asked


@gates_by_hand.same
def _(mark, asked):
    last, f = np.maximum.accumulate(np.where(asked, np.arange(len(mark)), 0)), 1 - mark
    f[last[-1] + 1:] = 0.3                       # nobody asks any more
    return f, mark, asked


for _sentence, _wrong in [
    ("Your forget gate is always open: this is the LSTM of 1997, whose cell shows the sum of all marked numbers.", lambda mark, asked: (np.ones_like(mark), mark, asked)),
    *[("Your forget gate is shut between the mark and the question, or where it is asked: nothing is left to show. It has to be open from the mark to the question.", wrong)
      for wrong in (lambda mark, asked: (np.zeros_like(mark), mark, asked), lambda mark, asked: (1 - asked, mark, asked),
                    lambda mark, asked: ((1 - mark) * (1 - asked), mark, asked),
                    lambda mark, asked: (1 - np.concatenate([[0.0], mark[:-1]]), mark, asked))],
    ("Your forget gate is open at the marks and shut elsewhere: 1 keeps, 0 forgets.", lambda mark, asked: (mark, mark, asked)),
    ("Your forget gate is open where it is asked and shut elsewhere. It has to be open *between* the mark and the question as well.",
     lambda mark, asked: (asked, mark, asked)),
    ("Your forget gate is half open throughout: what is kept is halved at each step.", lambda mark, asked: (np.full_like(mark, 0.5), mark, asked)),
    ("The input gate is open at every step: everything comes in.", lambda mark, asked: (1 - mark, np.ones_like(mark), asked)),
    ("The output gate is open at every step: where it is not asked, 0 should be shown.", lambda mark, asked: (1 - mark, mark, np.ones_like(mark))),
    ("The gates come back in another order: wanted is f, i, o.", lambda mark, asked: (mark, 1 - mark, asked)),
]:
    gates_by_hand.mistake(_sentence)(_wrong)
