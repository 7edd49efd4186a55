"""Exercise 2.6: truncated backpropagation."""

import numpy as np

from helpers.checking.authoring import exercise

from .bptt import bptt
from .shared import GRADS, run_cache


@exercise("2.6", title="Cut the way back", returns={"dX": "N T D", "grads": GRADS}, hints=[
    "The net has run over the whole sequence already. In which state was it just before the step `start`?",
    "The state is carried over from window to window; what is cut is the gradient, and each call of `bptt` begins with none.",
    "`hs[:, start - 1] if start > 0 else h0` is the state before; `dhs[:, part]`, `X[:, part]` and `hs[:, part]` are the window.",
])
def truncated_bptt(dhs, cache, window):
    """bptt in pieces of `window` steps: the state is carried on, the gradient is not.

    dhs (N, T, H), cache = (X, h0, hs, Wx, Wh) as in bptt; the last piece may be shorter
    -> dX (N, T, D), grads: a dict with Wx, Wh and b, the sums over all pieces.
    With T = 5 and window = 2 the pieces are the steps 0-1, 2-3 and 4.
    """
    X, h0, hs, Wx, Wh = cache
    dX = np.zeros_like(X)
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    for start in range(0, X.shape[1], window):
        part = slice(start, start + window)                 # a slice may point past the end
        before = hs[:, start - 1] if start > 0 else h0       # TODO: the state before this piece
        piece = (X[:, part], before, hs[:, part], Wx, Wh)    # TODO: the cache of this piece alone
        dX[:, part], _, found = bptt(dhs[:, part], piece)
        for name in grads:
            grads[name] = grads[name] + found[name]
    return dX, grads


@truncated_bptt.cases
def _(rng):
    yield "one unit, two steps, window 1", (rng.normal(size=(1, 2, 1)), run_cache(rng, 1, 2, 1, 1), 1)
    yield "one unit, four steps, window 2", (rng.normal(size=(1, 4, 1)), run_cache(rng, 1, 4, 1, 1), 2)
    yield "a batch of 2, T = 7, window 3: the last piece is shorter", (rng.normal(size=(2, 7, 4)), run_cache(rng, 2, 7, 3, 4), 3)
    yield "the window covers the sequence", (rng.normal(size=(2, 4, 3)), run_cache(rng, 2, 4, 2, 3), 6)
    yield "N = T = D = H = 4, window 2", (rng.normal(size=(4, 4, 4)), run_cache(rng, 4, 4, 4, 4), 2)
    yield "a single step", (rng.normal(size=(2, 1, 2)), run_cache(rng, 2, 1, 2, 2), 3)


@truncated_bptt.same
def _(dhs, cache, window):
    X, h0, hs, Wx, Wh = cache
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dA, dh = np.zeros_like(hs), 0
    for t in reversed(range(hs.shape[1])):
        dA[:, t] = (dhs[:, t] + (0 if (t + 1) % window == 0 else dh)) * (1 - hs[:, t] ** 2)
        dh = dA[:, t] @ Wh.T
    return dA @ Wx.T, {
        "Wx": np.einsum("ntd,nth->dh", X, dA), "Wh": np.einsum("nti,ntj->ij", before, dA), "b": dA.sum(axis=(0, 1))}


for _sentence, *_edits in [
    ("Every piece begins at h0 in your function. The net ran on without a break: what is cut is the gradient, not the state.", {"before": "h0"}, {"piece": "(X[:, part], h0, hs[:, part], Wx, Wh)"}),
    ("You put the state back to zero at each piece: what is cut is the gradient, not the memory.", {"before": "np.zeros_like(h0)"}),
    ("After the first piece you begin with zeros: what is cut is the gradient, not the memory.", {"before": "np.zeros_like(h0) if start > 0 else h0"}),
    ("You go back by a whole window. The piece began with the state one step before its first.", {"before": "hs[:, start - window] if start > 0 else h0"}),
    ("Your condition is the wrong way round: it is the *first* piece that begins with h0.", {"before": "h0 if start > 0 else hs[:, start - 1]"}),
    ("`hs[:, start - 1:start]` keeps a time axis of length 1. One state, (N, H), is asked for.", {"before": "hs[:, start - 1:start] if start > 0 else h0"}),
    ("`hs[start - 1]` is a sequence with all its steps. The time is the second axis.", {"before": "hs[start - 1] if start > 0 else h0"}),
    ("You begin each piece with its own last state: the state before its first step is meant.",
     {"before": "hs[:, start + window - 1] if start > 0 else h0"}, {"before": "hs[:, part][:, -1] if start > 0 else h0"}),
    ("You begin a piece with what came out in dX: that is a gradient, and a state is asked for.", {"before": "dX[:, start - 1] if start > 0 else h0"}),
    ("You begin a piece with `dhs[:, start - 1]`: that is a gradient, and a state is asked for.", {"before": "dhs[:, start - 1] if start > 0 else h0"}),
    ("The first piece begins with `hs[:, -1]`, the last state of all. Before the first step there was h0.", {"before": "hs[:, start - 1]"}),
    ("At start = 1 you take h0, as if it were the first piece. With a window of 1 that is the second one, and the state before it is hs[:, 0].", {"before": "hs[:, start - 1] if start > 1 else h0"}),
    ("Off by one: `hs[:, start]` is the state *after* the first step of the piece. It began with the one before.", {"before": "hs[:, start] if start > 0 else h0"}),
    ("X is not cut along the time: `bptt` walks through all the steps of the X that it gets, and `dhs[:, part]` holds those of the piece alone. Cut all three alike (`X[part]` would cut the batch).",
     {"piece": "(X, before, hs, Wx, Wh)"}, {"piece": "(X, before, hs[:, part], Wx, Wh)"}, {"piece": "(X[part], before, hs[:, part], Wx, Wh)"}, {"piece": "(X[part], before, hs[part], Wx, Wh)"}),
    ("`hs[part]` cuts the batch. The time is the second axis.", {"piece": "(X[:, part], before, hs[part], Wx, Wh)"}),
    ("The piece's states are those of the beginning, t = 0 and on: cut X, hs and dhs at the same places, by `part`.",
     {"piece": "(X[:, part], before, hs, Wx, Wh)"}, {"piece": "(X[:, part], before, hs[:, :window], Wx, Wh)"}),
    ("The state before and the states of the piece are swapped: a cache is (X, h0, hs, Wx, Wh).", {"piece": "(X[:, part], hs[:, part], before, Wx, Wh)"}),
    ("The two matrices are swapped: a cache is (X, h0, hs, Wx, Wh).", {"piece": "(X[:, part], before, hs[:, part], Wh, Wx)"}),
    ("The piece reads the inputs of the beginning, `X[:, :window]`: cut X, hs and dhs at the same places.", {"piece": "(X[:, :window], before, hs[:, part], Wx, Wh)"}),
]:
    for _edit in _edits:
        truncated_bptt.mistake(_sentence, **_edit)

for sentence, *changes in [
    ("The gradient runs on from piece to piece: this is the whole bptt, nothing is cut.",
     ("    for start", "    window = X.shape[1]\n    for start")),
    ("You leave out the shorter piece at the end: its steps have a loss as well.",
     ("X.shape[1], window", "X.shape[1] // window * window, window")),
    ("You cut into `window` pieces. It is the *length* of a piece that `window` gives.",
    ("for start in range(0, X.shape[1], window)",
     "for part in np.array_split(np.arange(X.shape[1]), min(window, X.shape[1]))"),
     ("part = slice(start, start + window)", "start = part[0]")),
    ("You go back through the last piece alone: what happened before it then teaches nothing.",
     ("        before", "        if start + window < X.shape[1]:\n            continue\n        before")),
    ("Only the last piece's gradient is left: add the pieces up.", ("grads[name] + found[name]", "found[name]")),
    ("The gradients are averaged over the pieces. They are parts of one sum, as the steps are.",
     ("+ found[name]", "+ found[name] / len(range(0, X.shape[1], window))")),
    ("You cut after every step, inside the pieces as well: the gradient never goes back even one step.",
     ("    for start", "    window = 1\n    for start")),
]:
    truncated_bptt.mistake(sentence)(truncated_bptt.changed(*changes))
