"""Exercise 6.5: back through both nets."""

import numpy as np

from helpers.checking.authoring import exercise, find

from .bi_forward import bi_forward
from .reverse_time import reverse_time
from .shared import params

bptt = find("2.3").reference
GRADS = {"Wx": "D H", "Wh": "H H", "b": "H"}


@exercise("6.5", title="Back through both nets", returns={"dX": "N T D", "grads_f": GRADS, "grads_b": GRADS}, hints=[
    "The second net ran over the reversed sequence. In which order does its own backward pass want everything it gets, and in which order does it hand out its dX?",
    "Whatever goes into the second net's `bptt` (dY, the states) is in the order in which it read; what comes out of it for the input has to be reversed again. "
    "And x_t was read by both nets: what is read in two places gets a gradient from both.",
    "`d_back = reverse_time(dY[:, :, H:])`, and at the end `dX + reverse_time(dX_back)`.",
])
def bi_backward(dY, cache):
    """Send the gradient of all outputs of bi_forward back through both nets.

    dY (N, T, 2H); cache = (X, Y, pf, pb): the input X (N, T, D), the output Y (N, T, 2H) of
    bi_forward, and both nets' parameters
    -> dX (N, T, D), grads_f, grads_b: two dicts with Wx (D, H), Wh (H, H), b (H,).
    bptt(dS, (X, h0, S, Wx, Wh)) -> dX, dh0, grads goes back through one net; S (N, T, H)
    are its states and dS their gradient, all in the order in which that net read.
    If the first net sends dX = [1., 2., 3.] and the second, in its own order,
    [10., 20., 30.], dX is [31., 22., 13.].
    """
    X, Y, pf, pb = cache
    H = len(pf["b"])
    h0 = np.zeros((len(X), H))
    there, back = Y[:, :, :H], reverse_time(Y[:, :, H:])      # the states, as each net read
    d_there = dY[:, :, :H]
    d_back = reverse_time(dY[:, :, H:])                       # TODO: net 2's dY, as it read
    dX, _, grads_f = bptt(d_there, (X, h0, there, pf["Wx"], pf["Wh"]))
    dX_back, _, grads_b = bptt(d_back, (reverse_time(X), h0, back, pb["Wx"], pb["Wh"]))
    dX = dX + reverse_time(dX_back)                           # TODO: what arrives at each x_t
    return dX, grads_f, grads_b


def _run(rng, N, T, D, H, scale=0.7):
    X, pf, pb = rng.normal(size=(N, T, D)), params(rng, D, H, scale), params(rng, D, H, scale)
    return X, bi_forward(X, pf, pb), pf, pb


@bi_backward.cases
def _(rng):
    yield "one unit each way, one step", (rng.normal(size=(1, 1, 2)), _run(rng, 1, 1, 1, 1))
    only_first, only_second = np.zeros((1, 3, 2)), np.zeros((1, 3, 2))
    only_first[0, :, 0], only_second[0, :, 1] = rng.normal(size=(2, 3))
    yield "one unit each way, 3 steps, the loss looks at the first net alone", (only_first, _run(rng, 1, 3, 1, 1))
    yield "one unit each way, 3 steps, the loss looks at the second net alone", (only_second, _run(rng, 1, 3, 1, 1))
    yield "N = 2, T = 5, D = 3, H = 4", (rng.normal(size=(2, 5, 8)), _run(rng, 2, 5, 3, 4))
    yield "N = T = D = H = 4", (rng.normal(size=(4, 4, 8)), _run(rng, 4, 4, 4, 4))
    yield "one step, N = 3, D = 2, H = 3", (rng.normal(size=(3, 1, 6)), _run(rng, 3, 1, 2, 3))
    yield "gradients near 1000, T = 4", (1000 * rng.normal(size=(2, 4, 6)), _run(rng, 2, 4, 2, 3))
    yield "states at which tanh is flat, T = 3", (rng.normal(size=(2, 3, 4)), _run(rng, 2, 3, 2, 2, 300.0))
    yield "all weights and biases 0", (rng.normal(size=(2, 3, 4)), _run(rng, 2, 3, 2, 2, 0.0))


@bi_backward.same
def _(dY, cache):
    X, Y, pf, pb = cache
    H = Y.shape[2] // 2
    dX, out = np.zeros_like(X), []
    for p, part, order in ((pf, slice(0, H), 1), (pb, slice(H, None), -1)):
        S, d = Y[:, ::order, part], dY[:, ::order, part]
        before = np.concatenate([np.zeros_like(S[:, :1]), S[:, :-1]], axis=1)
        dA, dh = np.zeros_like(S), 0
        for t in reversed(range(S.shape[1])):
            dA[:, t] = (d[:, t] + dh) * (1 - S[:, t] ** 2)
            dh = dA[:, t] @ p["Wh"].T
        dX += (dA @ p["Wx"].T)[:, ::order]
        out.append({"Wx": np.einsum("ntd,nth->dh", X[:, ::order], dA), "Wh": np.einsum("nti,ntj->ij", before, dA), "b": dA.sum((0, 1))})
    return dX, *out


@bi_backward.same
def _(dY, cache):
    from helpers.layers import RNN, Bidirectional

    X, _, pf, pb = cache
    D, H = pf["Wx"].shape
    layer = Bidirectional(*(RNN(D, H, rng=np.random.default_rng(0), dtype=np.float64) for _ in range(2)))
    layer.params.update({f"{way}.{name}": p[name] for way, p in (("forward", pf), ("backward", pb)) for name in p})
    layer.forward(X)
    dX, _ = layer.backward(np.ascontiguousarray(dY))
    gf, gb = ({name: layer.grads[f"{way}.{name}"] for name in ("Wx", "Wh", "b")} for way in ("forward", "backward"))
    return dX, gf, gb


FLIPPED = "`np.flip` reverses all three axes unless it is told one. Only the steps run backwards, the second axis."
EVERY_SECOND = "You take every second number of dY for the second net. The halves stand one after the other: first all H numbers of f, then all of b."
FIRST_HALF = "Both nets get the first half of dY. The second net's states are the second half of Y, and so is its gradient."

for sentence, *edits in [
    ("The second net's share of dY is not reversed. Its `bptt` runs over the reversed sequence: what belongs to its first step must come first.", {"d_back": "dY[:, :, H:]"}),
    ("The second net's dX is not reversed back before it is added: its first row belongs to the *last* step of X.", {"dX": "dX + dX_back"}),
    ("Neither the second net's share of dY nor its dX is reversed. dY is in the order of X and has to go in as this net read; its dX comes out as it read, and has to go back to the order of X.", {"d_back": "dY[:, :, H:]", "dX": "dX + dX_back"}),
    ("Only the first net's dX is returned. x_t was read by the second net as well: add what that one sends.", {"dX": "dX"}),
    ("Only the second net's dX is returned. x_t was read by the first net as well: add what that one sends.", {"dX": "reverse_time(dX_back)"}),
    ("You average the two gradients of X. What is read in two places gets the *sum* of what both send back.", {"dX": "(dX + reverse_time(dX_back)) / 2"}),
    ("You subtract the second net's dX. What is read in two places gets the *sum* of what both send back.", {"dX": "dX - reverse_time(dX_back)"}),
    ("You multiply the two gradients of X. What comes along two paths is added.", {"dX": "dX * reverse_time(dX_back)"}),
    ("You reverse the sum of both, so that the first net's dX is back to front. Only the second one's is to be reversed.", {"dX": "reverse_time(dX + dX_back)"}),
    ("You join the two dX side by side, (N, T, 2D). Both belong to the same X, (N, T, D): add them.", {"dX": "np.concatenate([dX, reverse_time(dX_back)], axis=2)"}),
    ("You divide dX by T. The gradient of an input is the sum of what the two nets send, not a mean.", {"dX": "(dX + reverse_time(dX_back)) / dY.shape[1]"}),
    ("The wrong dX is reversed: the first net read in the order of X. The second net's dX is the one that runs backwards.", {"dX": "reverse_time(dX) + dX_back"}),
    ("You add the first net's dX to its own reversal. What the second net sends back is `dX_back`.", {"dX": "dX + reverse_time(dX)"}),
    ("You reverse the *features* of the second net's dX (`[..., ::-1]`). Its steps are in the wrong order, on the second axis.", {"dX": "dX + dX_back[..., ::-1]"}),
    ("You reverse the steps and the features of the second net's dX. The numbers of each step stay in their order.", {"dX": "dX + dX_back[:, ::-1, ::-1]"}),
    ("You reverse the *batch* of the second net's dX (`[::-1]`). Its steps are in the wrong order, on the second axis.", {"dX": "dX + dX_back[::-1]"}),
    ("You reverse the *units* of the second net's dY (`[..., ::-1]`). Its steps are in the wrong order, on the second axis.", {"d_back": "dY[:, :, H:][..., ::-1]"}),
    (FIRST_HALF, {"d_back": "reverse_time(dY[:, :, :H])"}, {"d_back": "dY[:, :, :H]"}),
    (EVERY_SECOND, {"d_back": "reverse_time(dY[:, :, 1::2])"}, {"d_back": "dY[:, :, 1::2]"}),
    ("You reverse the *batch* of the second net's share of dY (`[::-1]`). Its steps are in the wrong order, on the second axis.", {"d_back": "dY[:, :, H:][::-1]"}),
    ("Both of your reversals are along the *batch* (`[::-1]`), that of dY and that of dX. The steps are on the second axis.", {"d_back": "dY[:, :, H:][::-1]", "dX": "dX + dX_back[::-1]"}),
    (FLIPPED, {"d_back": "np.flip(dY[:, :, H:])"}, {"dX": "dX + np.flip(dX_back)"},
     {"d_back": "np.flip(dY[:, :, H:])", "dX": "dX + np.flip(dX_back)"}),
]:
    for edit in edits:
        bi_backward.mistake(sentence, **edit)

for sentence, *changes in [
    ("The halves of dY are swapped: the first H numbers belong to the net that reads from the left.",
     ("d_there = dY[:, :, :H]", "d_there = dY[:, :, H:]"), ("d_back = reverse_time(dY[:, :, H:])", "d_back = reverse_time(dY[:, :, :H])")),
    ("Both nets get the second half of dY. The first net's states are the first half of Y, and so is its gradient.", ("d_there = dY[:, :, :H]", "d_there = dY[:, :, H:]")),
    ("You hand the second net all of dY. Its states are the second half of Y, so its share is the last H numbers of each step.", ("reverse_time(dY[:, :, H:])", "reverse_time(dY)")),
    ("The second net goes back with the first one's weights. Each has its own: `pb`.", ('back, pb["Wx"], pb["Wh"]', 'back, pf["Wx"], pf["Wh"]')),
    ("The first net's share of dY is reversed. It read in the order of X: only the second net's has to be.", ("d_there = dY[:, :, :H]", "d_there = reverse_time(dY[:, :, :H])")),
    ("Time is reversed nowhere (to reverse the batch in all places, `[::-1]`, comes to the same): you send the gradient back as if the second net had read from the left.",
     ("reverse_time(Y[:, :, H:])", "Y[:, :, H:]"), ("reverse_time(dY[:, :, H:])", "dY[:, :, H:]"), ("(reverse_time(X), h0", "(X, h0"), ("reverse_time(dX_back)", "dX_back")),
    ("The second net goes back over X in its old order, but it has read the reversed one: `reverse_time(X)`.", ("(reverse_time(X), h0", "(X, h0")),
    ("The second net's states are taken as they stand in Y. For its `bptt` they have to be in the order in which it read: reverse them.", ("= Y[:, :, :H], reverse_time(Y[:, :, H:])", "= Y[:, :, :H], Y[:, :, H:]")),
    ("The two dicts are swapped: first the gradients of the net that reads from the left.", ("return dX, grads_f, grads_b", "return dX, grads_b, grads_f")),
    ("You add the two nets' gradients together. They share no weight, so each has its own dict.", ("return dX, grads_f, grads_b", "both = {name: grads_f[name] + grads_b[name] for name in grads_f}\n    return dX, both, dict(both)")),
]:
    bi_backward.mistake(sentence)(bi_backward.changed(*changes))
