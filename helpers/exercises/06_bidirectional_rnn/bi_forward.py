"""Exercise 6.2: two passes, side by side."""

import numpy as np

from helpers.checking.authoring import exercise, find

from .reverse_time import reverse_time
from .shared import params

rnn_forward = find("1.2").reference


@exercise("6.2", title="Two passes, side by side", returns={"Y": "N T 2H"}, hints=[
    "At which step of the sequence has the second net just arrived when it gives out its *first* state?",
    "The second net gets the reversed input, so its states come out last step first. Before they are put beside the first net's, row t has to belong to step t again. "
    "Which axis grows when two states (H,) become one of (2H,)?",
    "`back = read(reverse_time(X), pb)`, then `back = reverse_time(back)`, then `np.concatenate([there, back], axis=2)`.",
])
def bi_forward(X, pf, pb):
    """Read X with one RNN from the left, one from the right; return both nets' states.

    X (N, T, D); pf, pb: the nets' parameters, each a dict with Wx (D, H), Wh (H, H), b (H,)
    -> Y (N, T, 2H): in Y[:, t] first the state of pf, which has read x_0 … x_t, then that
    of pb, which has read x_{T-1} … x_t. Both nets start from zeros.
    If the first net's states are [1., 2., 3.] and the second one says [7., 8., 9.] in the
    order in which it reads, Y is [[1., 9.], [2., 8.], [3., 7.]].
    """
    h0 = np.zeros((len(X), len(pf["b"])))

    def read(X, p):
        return rnn_forward(X, h0, p["Wx"], p["Wh"], p["b"])

    there = read(X, pf)
    back = read(reverse_time(X), pb)            # TODO: the second net's states, in its own order
    back = reverse_time(back)                   # TODO: the same, each at its own step
    Y = np.concatenate([there, back], axis=2)   # TODO: both, side by side, (N, T, 2H)
    return Y


@bi_forward.cases
def _(rng):
    yield "one step, one unit each way", (rng.normal(size=(1, 1, 1)), params(rng, 1, 1), params(rng, 1, 1))
    yield "two steps, one unit each way", (rng.normal(size=(1, 2, 1)), params(rng, 1, 1), params(rng, 1, 1))
    yield "N = 2, T = 5, D = 3, H = 4", (rng.normal(size=(2, 5, 3)), params(rng, 3, 4, 0.6), params(rng, 3, 4, 0.6))
    yield "N = T = D = H = 3", (rng.normal(size=(3, 3, 3)), params(rng, 3, 3, 0.6), params(rng, 3, 3, 0.6))
    yield "one step, N = 3, D = 2, H = 3", (rng.normal(size=(3, 1, 2)), params(rng, 2, 3), params(rng, 2, 3))
    yield "sums so large that tanh is flat, T = 4", (1000 * rng.normal(size=(2, 4, 2)), params(rng, 2, 3), params(rng, 2, 3))
    yield "all weights and biases 0", (rng.normal(size=(2, 3, 2)), params(rng, 2, 2, 0.0), params(rng, 2, 2, 0.0))


@bi_forward.same
def _(X, pf, pb):
    N, T, _ = X.shape
    H = len(pf["b"])
    Y = np.zeros((N, T, 2 * H))
    h, g = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T):
        Y[:, t, :H] = h = np.tanh(X[:, t] @ pf["Wx"] + h @ pf["Wh"] + pf["b"])
    for t in reversed(range(T)):
        Y[:, t, H:] = g = np.tanh(X[:, t] @ pb["Wx"] + g @ pb["Wh"] + pb["b"])
    return Y


@bi_forward.same
def _(X, pf, pb):
    h0 = np.zeros((X.shape[0], pf["b"].size))
    f, b = (rnn_forward(part, h0, **p) for part, p in ((X, pf), (np.flip(X, 1), pb)))
    return np.dstack([f, np.flip(b, 1)])


FROM_THE_LEFT = ("Both nets read from the left, so no state has seen the future: either the second one gets X as it is, or both reversals are along the batch (`[::-1]` alone) "
                 "and cancel. It is time that is reversed, the second axis.")

for sentence, edits in [
    ("The second net's states are not reversed back (or are reversed twice, which comes to the same): row t joins what the first net knows at step t with what the second one knows at step T - 1 - t. "
     "It runs, it trains, and at the early steps the net does not see the next one.", {"back__2": "back"}),
    (FROM_THE_LEFT, {"back": "read(X, pb)", "back__2": "back"}),
    (FROM_THE_LEFT, {"back": "reverse_time(read(X, pb))"}),
    ("The second net reads from the left, and only its states are reversed: at step t it then shows what it knew at step T - 1 - t. Reverse its input as well.", {"back": "read(X, pb)"}),
    ("You put the states one after the other in time, (N, 2T, H). They belong side by side, two states for the same step: the last axis grows.", {"Y": "np.concatenate([there, back], axis=1)"}),
    ("You join along the batch, (2N, T, H). Both states belong to the same sequence and the same step: the last axis grows.", {"Y": "np.concatenate([there, back], axis=0)"}),
    ("You add the two states. That is another way to merge (section 13); here they stand side by side, so that what reads them can tell past from future.", {"Y": "there + back"}),
    ("You average the two states. Here they stand side by side, so that what reads them can tell past from future.", {"Y": "(there + back) / 2"}),
    ("You multiply the two states. Here they stand side by side, so that what reads them can tell past from future.", {"Y": "there * back"}),
    ("Both directions run with `pf`. Each net has weights of its own: the past of a step says other things than its future.", {"back": "read(reverse_time(X), pf)"}),
    ("Both directions run with `pb`. The net that reads from the left has the parameters `pf`.", {"Y": "np.concatenate([read(X, pb), back], axis=2)"}),
    ("The parameters are swapped: `pf` belongs to the net that reads from the left, `pb` to the one that reads from the right.", {"back": "read(reverse_time(X), pf)", "Y": "np.concatenate([read(X, pb), back], axis=2)"}),
    ("The halves are swapped: first comes the state that knows the past, then the one that knows the future.", {"Y": "np.concatenate([back, there], axis=2)"}),
    ("The second net starts from the first one's last state. It is a net of its own and starts from zeros.", {"back": 'rnn_forward(reverse_time(X), there[:, -1], pb["Wx"], pb["Wh"], pb["b"])'}),
    ("You reverse the joined states, so the first net's come out back to front. Only the second net reads backwards.", {"back__2": "back", "Y": "reverse_time(np.concatenate([there, back], axis=2))"}),
    ("You reverse the second net's *units* instead of its steps: `[..., ::-1]` is the last axis, time is the second.", {"back__2": "back[..., ::-1]"}),
    ("You reverse the second net's *batch* instead of its steps: `back[::-1]` is the first axis, time is the second.", {"back__2": "back[::-1]"}),
    ("You stack the two on an axis of their own, (N, T, 2, H). Joined to one state they have the shape (N, T, 2H).", {"Y": "np.stack([there, back], axis=2)"}),
    ("Every step gets the second net's *last* state, the one that has read the whole sequence. At step t it is the state that has read x_{T-1} … x_t.", {"back__2": "np.repeat(back[:, -1:], X.shape[1], axis=1)"}),
    ("No second net runs at all: you reverse the first one's states. A net that has read the past knows nothing of the future, in whatever order its states lie.", {"back__2": "reverse_time(there)"}),
    ("No second net runs at all: you reverse the first one's states. A net that has read the past knows nothing of the future, in whatever order its states lie.", {"back": "there"}),
    ("The two states are interleaved number by number, f b f b …: first come all numbers of f, then all of b.", {"Y": "np.stack([there, back], axis=-1).reshape(*there.shape[:2], -1)"}),
    ("The first net's states stand there twice: the second half belongs to `back`.", {"Y": "np.concatenate([there, there], axis=2)"}),
    ("The input X stands where the first net's states belong: what belongs beside `back` is `there`.", {"Y": "np.concatenate([X, back], axis=2)"}),
    ("This is the reversed input, and no net has read it yet: `read(…, pb)` makes states of it.", {"back": "reverse_time(X)"}),
]:
    bi_forward.mistake(sentence, **edits)

for back in ("np.roll(reverse_time(back), -1, axis=1)", "np.concatenate([reverse_time(back)[:, 1:], 0 * back[:, :1]], axis=1)"):
    bi_forward.mistake("The second net's states are shifted by one step: in row t belongs the one that has read x_t as well.", back__2=back)

# the same slip on the way in, once with the states brought back to their steps and once not
for sentence, wrong in [
    ("The second net reads the first one's states. It is no second layer: it reads X.", "read(reverse_time(there), pb)"),
    ("The second net reads the first one's states. It is no second layer: it reads X.", "read(there, pb)"),
    ("`np.flip` reverses all three axes unless it is told one: the sequences change places and the numbers of each step as well. Only time is reversed.", "read(np.flip(X), pb)"),
    ("You reverse the *batch* on the way in (`X[::-1]`): the second net reads the sequences in another order, each of them from the left. Time is the second axis.", "read(X[::-1], pb)"),
    ("You reverse the *features* on the way in: the second net reads every sequence from the left, with the numbers of each step in the wrong order.", "read(X[..., ::-1], pb)"),
]:
    bi_forward.mistake(sentence, back=wrong)
    bi_forward.mistake(sentence, back=wrong, back__2="np.flip(back)" if "flip" in wrong else "back[..., ::-1]" if "..." in wrong else "back")
bi_forward.mistake("`np.flip` reverses all three axes unless it is told one: the sequences change places and the numbers of each step as well. Only time is reversed.",
                   back__2="np.flip(back)")
