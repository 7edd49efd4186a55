"""Notebook 07: sequence to sequence."""

import numpy as np

from helpers.checking.authoring import exercise
from helpers.checking.comparing import same


class Model:
    """A function together with its numbers; two are equal where both are, so that the cases are the same each time."""

    def __init__(self, function, *numbers):
        self.function, self.numbers = function, numbers

    def __call__(self, *given):
        return self.function(*self.numbers, *given)

    def __eq__(self, other):
        return type(other) is Model and self.function is other.function and same(self.numbers, other.numbers)

    __hash__ = None


# ------------------------------------------------------------------------------------------- 7.1 shift_targets


@exercise("7.1", title="What the decoder hears, and what it should say", returns={"so_far": "N S", "wanted": "N S", "mask": "N S"}, hints=[
    "The decoder should say the first token of the target. What has it heard by then? And what should it say when the target is over?",
    "`so_far` is BOS and then the target, `wanted` is the target and then EOS: both one column longer than y. EOS stands right after each row's own last token, "
    "so its column is `lengths`.",
    "`np.column_stack([np.full(N, bos), y])`, `np.column_stack([y, np.full(N, pad)])`, `wanted[np.arange(N), lengths] = eos`, and `np.arange(L + 1) <= lengths[:, None]`.",
])
def shift_targets(y, lengths, bos, eos, pad):
    """Return what the decoder is told, what it should say, and which places count.

    y (N, L) target ids, padded at their ends with pad; lengths (N,) how many tokens each has
    -> with S = L + 1 places: so_far (N, S): BOS, then the target; wanted (N, S): the target, then EOS;
       both padded; mask (N, S): True on the target and on its EOS.
    y = [[7, 8, 0]], lengths = [2], bos = 1, eos = 2, pad = 0 gives
    so_far [[1, 7, 8, 0]], wanted [[7, 8, 2, 0]], mask [[True, True, True, False]].
    """
    N, L = y.shape
    so_far = np.column_stack([np.full(N, bos), y])      # TODO: BOS, then the target
    wanted = np.column_stack([y, np.full(N, pad)])      # TODO: the target and one more column of padding
    # TODO: write the line: EOS into `wanted`, after each row's last token
    wanted[np.arange(N), lengths] = eos
    # END
    mask = np.arange(L + 1) <= lengths[:, None]         # TODO: True where a token or EOS is wanted
    return so_far, wanted, mask


@shift_targets.cases
def _(rng):
    yield "one target of one token", (np.array([[5]]), np.array([1]), 1, 2, 0)
    yield "one target of two tokens, one place of padding", (np.array([[7, 8, 0]]), np.array([2]), 1, 2, 0)
    yield "a batch of 3, lengths 4, 1 and 3", (np.array([[3, 4, 5, 6], [7, 0, 0, 0], [5, 3, 4, 0]]), np.array([4, 1, 3]), 1, 2, 0)
    y, lengths = rng.integers(0, 6, (4, 5)), np.array([2, 5, 4, 1])
    yield "a batch of 4, pad = 9, bos = 7, eos = 8", (np.where(np.arange(5) < lengths[:, None], y, 9), lengths, 7, 8, 9)


@shift_targets.same
def _(y, lengths, bos, eos, pad):
    so_far, wanted = [], []
    width = y.shape[1] + 1
    for row, size in zip(y.tolist(), lengths.tolist(), strict=True):
        target = row[:size]
        so_far.append(([bos] + target + [pad] * width)[:width])
        wanted.append((target + [eos] + [pad] * width)[:width])
    return np.array(so_far), np.array(wanted), np.array(wanted) != pad


@shift_targets.same
def _(y, lengths, bos, eos, pad):
    so_far = np.pad(y, ((0, 0), (1, 0)), constant_values=bos)
    t = np.arange(so_far.shape[1])[None]
    wanted = np.where(t == lengths[:, None], eos, np.pad(y, ((0, 0), (0, 1)), constant_values=pad))
    return so_far, wanted, so_far != pad


def _shifted(y, lengths, bos, eos, pad):
    N, S = y.shape
    so_far = np.column_stack([np.full(N, bos), y])
    wanted = np.column_stack([y, np.full(N, pad)])
    wanted[np.arange(N), lengths] = eos
    return so_far, wanted, np.arange(S + 1) <= lengths[:, None]


def _behind(y, token):
    return np.column_stack([y, np.full(len(y), token)])


def _shift_with(change):
    def function(y, lengths, bos, eos, pad):
        return change(*_shifted(y, lengths, bos, eos, pad), y, lengths, bos, eos, pad)

    return function


def _put(array, columns, value):
    array = array.copy()
    array[np.arange(len(array)), columns] = value
    return array


def _put_everywhere(array, columns, value):
    array = array.copy()
    array[:, columns] = value
    return array


for _sentence, _wrong in [
    ("You feed the answer: `so_far` holds at each place the very token that is wanted there. The net learns to copy it, and knows nothing when it is alone.",
     lambda s, w, m, y, n, bos, eos, pad: (w, w, m)),
    ("BOS is missing: `so_far` starts with the target's first token, which the decoder has not said yet.",
     lambda s, w, m, y, n, bos, eos, pad: (_behind(y, pad), w, m)),
    ("`wanted` has no EOS: nobody teaches the net when to stop.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _behind(y, pad), m)),
    ("`wanted` has no EOS and the mask ends with the last token: nobody teaches the net when to stop.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _behind(y, pad), np.arange(w.shape[1]) < n[:, None])),
    ("Your EOS stands in the last column, after the padding. It belongs right after each row's own last token.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _behind(y, eos), m)),
    ("EOS overwrites the last token of the target: it comes one place later.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put(_behind(y, pad), n - 1, eos), m)),
    ("Your mask leaves EOS out: then the loss never asks the net to stop.",
     lambda s, w, m, y, n, bos, eos, pad: (s, w, np.arange(w.shape[1]) < n[:, None])),
    ("Your mask is True on the padding too: the net would be taught to say PAD.",
     lambda s, w, m, y, n, bos, eos, pad: (s, w, np.ones(w.shape, bool))),
    ("Your mask is inverted: it should be True where a token is wanted, False on padding.",
     lambda s, w, m, y, n, bos, eos, pad: (s, w, ~m)),
    ("The two are swapped: `so_far` begins with BOS, `wanted` ends with EOS.",
     lambda s, w, m, y, n, bos, eos, pad: (w, s, m)),
    ("BOS overwrites the target's first token, so the decoder never hears that one. BOS comes before it.",
     lambda s, w, m, y, n, bos, eos, pad: (_put(_behind(y, pad), 0, bos), w, m)),
    ("`wanted` begins with BOS: the two are not shifted against each other, and the decoder would learn to say what it has just heard.",
     lambda s, w, m, y, n, bos, eos, pad: (s, s, m)),
    ("`so_far` ends with EOS, written over the last token: the decoder must hear all its tokens, and EOS is for it to say.",
     lambda s, w, m, y, n, bos, eos, pad: (_put(s, n, eos), w, m)),
    ("`np.roll` moves the last column to the front: the first thing that the decoder hears has to be BOS.",
     lambda s, w, m, y, n, bos, eos, pad: (np.roll(w, 1, axis=1), w, m)),
    ("Your mask starts one place late: the first token is wanted as well.",
     lambda s, w, m, y, n, bos, eos, pad: (s, w, m & (np.arange(w.shape[1]) > 0))),
    ("EOS stands one place too late: the places are counted from 0, so the place right after a row's last token has its length as number.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put(_behind(y, pad), np.minimum(n + 1, y.shape[1]), eos), m)),
    ("You write EOS into these columns of EVERY row. Each row has its own place: rows and columns have to be paired.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put_everywhere(_behind(y, pad), n, eos), m)),
    ("BOS stands at the end of `so_far`: it is what the decoder hears *before* the first token.",
     lambda s, w, m, y, n, bos, eos, pad: (_behind(y, bos), w, m)),
    ("`wanted` starts with padding: the additional column belongs after the target.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put(np.column_stack([np.full(len(y), pad), y]), n, eos), m)),
    ("You write the number 1 for BOS. The ids are arguments, and another vocabulary has others.",
     lambda s, w, m, y, n, bos, eos, pad: (_put(s, 0, 1), w, m)),
    ("You write the number 2 for EOS. The ids are arguments, and another vocabulary has others.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put(w, n, 2), m)),
    ("The column that you add after the target is always 0. PAD is an argument, and another vocabulary has another id for it.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put(_behind(y, 0), n, eos), m)),
    ("You write the numbers 1, 2 and 0 for BOS, EOS and PAD. The ids are arguments, and another vocabulary has others.",
     lambda s, w, m, y, n, bos, eos, pad: (_put(s, 0, 1), _put(_behind(y, 0), n, 2), m)),
    ("`so_far` holds EOS where there is room for it. The decoder never hears EOS: it says it, and then it is over.",
     lambda s, w, m, y, n, bos, eos, pad: (np.column_stack([s[:, :1], w[:, :-1]]), w, m)),
    ("`so_far` holds EOS, in short rows after the target, in full ones over the last token. The decoder never hears EOS: it says it, and then it is over.",
     lambda s, w, m, y, n, bos, eos, pad: (_put(s, np.minimum(n + 1, y.shape[1]), eos), w, m)),
    ("You find the mask by comparing ids with 0. The lengths tell where a row ends; the id of PAD may be another.",
     lambda s, w, m, y, n, bos, eos, pad: (s, w, w != 0)),
]:
    shift_targets.mistake(_sentence)(_shift_with(_wrong))


def _masked_by_ids(change):
    """The same slip by one who makes the mask of `wanted`: the sentence should not depend on how the mask is made."""
    def function(y, lengths, bos, eos, pad):
        so_far, wanted, _ = change(*_shifted(y, lengths, bos, eos, pad), y, lengths, bos, eos, pad)
        return so_far, wanted, wanted != pad

    return function


for _sentence, _wrong in [
    ("Your EOS stands in the last column, after the padding. It belongs right after each row's own last token.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _behind(y, eos), m)),
    ("EOS overwrites the last token of the target: it comes one place later.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put(_behind(y, pad), n - 1, eos), m)),
    ("The two are swapped: `so_far` begins with BOS, `wanted` ends with EOS.",
     lambda s, w, m, y, n, bos, eos, pad: (w, s, m)),
    ("You write EOS into these columns of EVERY row. Each row has its own place: rows and columns have to be paired.",
     lambda s, w, m, y, n, bos, eos, pad: (s, _put_everywhere(_behind(y, pad), n, eos), m)),
    ("You write EOS into all of the padding. One EOS is wanted in each row, right after its last token; the rest stays PAD.",
     lambda s, w, m, y, n, bos, eos, pad: (s, np.where(_behind(y, pad) == pad, eos, _behind(y, pad)), m)),
]:
    shift_targets.mistake(_sentence)(_masked_by_ids(_wrong))


@shift_targets.mistake("You write EOS into all of the padding. One EOS is wanted in each row, right after its last token; the rest stays PAD.")
def _(y, lengths, bos, eos, pad):
    so_far, wanted, mask = _shifted(y, lengths, bos, eos, pad)
    return so_far, np.where(_behind(y, pad) == pad, eos, _behind(y, pad)), mask


# -------------------------------------------------------------------------------------------------- 7.2 encode


def _rnn_cell(Wx, Wh, b, x, state):
    return (np.tanh(x @ Wx + state[0] @ Wh + b),)


def _lstm_cell(Wx, Wh, b, x, state):
    h, c = state
    i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(c) / (1 + np.exp(-o)), c


def _draw_cell(rng, kind, E, H):
    blocks = 4 if kind == "lstm" else 1
    weights = rng.normal(size=(E, blocks * H)), rng.normal(size=(H, blocks * H)), rng.normal(size=blocks * H)
    return Model(_lstm_cell if kind == "lstm" else _rnn_cell, *weights)


def _draw_state(rng, kind, N, H):
    return tuple(rng.uniform(-1, 1, size=(N, H)) for _ in range(2 if kind == "lstm" else 1))


@exercise("7.2", title="Read the source", returns={"state": "N H"}, hints=[
    "What does a row do at a step where its source is already over? What should its state be afterwards?",
    "`source[:, t]` are the tokens of step t, one for each row; `E[…]` looks their vectors up. The cell takes the whole state and returns the whole state, "
    "and of that a padded row takes nothing: `np.where(mask[:, t, None], new, old)`, for each part of the state.",
    "`x = E[source[:, t]]`, `new = cell(x, state)`, `state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state))`.",
])
def encode(source, mask, E, cell, state):
    """Return the state after reading the source: all that the decoder will know of it.

    source (N, T) ids, mask (N, T) True where a token is, E (V, D) one vector for each token;
    cell(x, state) -> state is one step, from x (N, D). The state is a tuple of arrays (N, H):
    (h,) for an RNN or a GRU, (h, c) for an LSTM. state: that before the first token.
    -> state, a tuple as it came. A row's padding leaves its state as it was: the row
    [3, 4, 0] with the mask [True, True, False] ends in the same state as the row [3, 4].
    """
    for t in range(source.shape[1]):
        x = E[source[:, t]]             # TODO: the vectors (N, D) of the tokens at t
        new = cell(x, state)            # TODO: one step on, from the state so far
        # TODO: write the line: `state`, each part new, but old on padding
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state, strict=True))
        # END
    return state


@encode.cases
def _(rng):
    E = rng.normal(size=(6, 2))
    yield "one token, an RNN", (np.array([[3]]), np.ones((1, 1), bool), E, _draw_cell(rng, "rnn", 2, 2), _draw_state(rng, "rnn", 1, 2))
    yield "four tokens, an RNN", (np.array([[3, 4, 1, 2]]), np.ones((1, 4), bool), E, _draw_cell(rng, "rnn", 2, 3), _draw_state(rng, "rnn", 1, 3))
    yield "two tokens and two places of padding, an RNN", (
        np.array([[3, 4, 0, 0]]), np.array([[True, True, False, False]]), E, _draw_cell(rng, "rnn", 2, 3), _draw_state(rng, "rnn", 1, 3))
    yield "three tokens, an LSTM", (np.array([[5, 1, 2]]), np.ones((1, 3), bool), E, _draw_cell(rng, "lstm", 2, 3), _draw_state(rng, "lstm", 1, 3))
    yield "a batch of 3, T = 5, an LSTM, lengths 5, 2 and 4", (
        rng.integers(1, 6, (3, 5)), np.arange(5) < np.array([[5], [2], [4]]), E, _draw_cell(rng, "lstm", 2, 4), _draw_state(rng, "lstm", 3, 4))
    yield "a batch of 2, T = 5, an RNN, lengths 4 and 2; id 0 is a token, PAD is 5", (
        np.array([[1, 0, 2, 3, 5], [0, 4, 5, 5, 5]]), np.arange(5) < np.array([[4], [2]]), E, _draw_cell(rng, "rnn", 2, 3), _draw_state(rng, "rnn", 2, 3))


@encode.same
def _(source, mask, E, cell, state):
    X = E[source]
    for t in range(len(source[0])):
        keep = mask[:, t].astype(float)[:, None]
        new = cell(X[:, t], state)
        state = tuple(keep * n + (1 - keep) * s for n, s in zip(new, state, strict=True))
    return state


@encode.same
def _(source, mask, E, cell, state):
    ends = []
    for n in range(len(source)):      # row by row: slow, and right
        row = tuple(part[n:n + 1] for part in state)
        for token in source[n][mask[n]]:
            row = cell(E[[token]], row)
        ends.append(row)
    return tuple(np.concatenate(parts) for parts in zip(*ends, strict=True))


def _read(source, mask, E, cell, state, merge=None, order=lambda T: range(T), start=None):
    first = state
    for t in order(source.shape[1]):
        new = cell(E[source[:, t]], first if start else state)
        state = merge(mask[:, t, None], new, state, first) if merge else tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state, strict=True))
    return state


@encode.mistake("The padding is read as if it were tokens: after a short row's end its state must stay as it is.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: new)


@encode.mistake("On padding you set the state to zero: all that was read is forgotten. It should be kept as it was.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: tuple(n * m for n in new))


@encode.mistake("Your mask is inverted: you keep the old state where a token is, and read the padding.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: tuple(np.where(m, s, n) for n, s in zip(new, old, strict=True)))


@encode.mistake("The LSTM's memory c never moves: you carry h from step to step and leave the other part of the state after.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state,
                 lambda m, new, old, first: (np.where(m, new[0], old[0]), *first[1:]))


@encode.mistake("You return h alone. An LSTM's decoder needs c as well: the state is a tuple, and all of it is handed over.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state)[0]


@encode.mistake("Only h is kept on padding; the LSTM's c goes on reading it. Every part of the state has to stay.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: (np.where(m, new[0], old[0]), *new[1:]))


@encode.mistake("Every step begins from the first state again: of the source only the last token is left.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, start=True)


@encode.mistake("You read the source backwards. That can even help (section 6), but here it should be read as it comes.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, order=lambda T: range(T - 1, -1, -1))


@encode.mistake("You leave out the last token of the source.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, order=lambda T: range(T - 1))


@encode.mistake("You leave out the first token of the source.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, order=lambda T: range(1, T))


@encode.mistake("A row's state is kept only when the whole batch is over: each row has its own padding.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: new if m.any() else old)


@encode.mistake("The whole batch stops as soon as one row is over: the longer rows have more to read.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: new if m.all() else old)


@encode.mistake("On padding you go back to the state before the first token. A row should keep the state after its last token.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: tuple(np.where(m, n, s) for n, s in zip(new, first, strict=True)))


@encode.mistake("You average the states over all steps. What is handed over is the last one.")
def _(source, mask, E, cell, state):
    states = []
    for t in range(source.shape[1]):
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(cell(E[source[:, t]], state), state, strict=True))
        states.append(state)
    return tuple(np.mean(parts, axis=0) for parts in zip(*states, strict=True))


@encode.mistake("You guess the padding from the ids. The mask tells where it is: PAD need not be 0, and 0 may be a token.")
def _(source, mask, E, cell, state):
    return _read(source, source != 0, E, cell, state)


_H_ALONE = "The state is a tuple, and you pass on h alone: an LSTM's c is lost, and its next step finds nothing to unpack."


@encode.mistake(_H_ALONE)
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state, lambda m, new, old, first: (np.where(m, new[0], old[0]),))


@encode.mistake(_H_ALONE)
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        new = cell(E[source[:, t]], state[0])
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state))  # noqa: B905
    return state


@encode.mistake("You return the last step for all rows: what a short row's last step makes of padding is not its state. Return `state`.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        new = cell(E[source[:, t]], state)
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state, strict=True))
    return new


@encode.mistake("You ignore the `state` that you were given, and start from zeros.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, tuple(np.zeros_like(s) for s in state))


@encode.mistake("You look up the number of the step, not the tokens that stand there.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(cell(E[t], state), state, strict=True))
    return state


@encode.mistake("The cell gets the ids themselves: it wants the vectors of the tokens, which E holds.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        new = cell(source[:, t], state)
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state, strict=True))
    return state


@encode.mistake("You unpack the state: `cell(x, *state)`. The cell takes two things, x and the whole state as one tuple.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        new = cell(E[source[:, t]], *state)
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state, strict=True))
    return state


@encode.mistake("You give the cell the state first. It takes x first, then the state.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        new = cell(state, E[source[:, t]])
        state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state))  # noqa: B905
    return state


@encode.mistake("The parts of the state have changed places: h comes first, then c, as they came in.")
def _(source, mask, E, cell, state):
    return _read(source, mask, E, cell, state)[::-1]


@encode.mistake("You take the mask of another step: that of the token which is being read decides.")
def _(source, mask, E, cell, state):
    return _read(source, np.roll(mask, 1, axis=1), E, cell, state)


@encode.mistake("On padding you feed zeros and go on: a step with a zero input is still a step, and changes the state.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        state = cell(E[source[:, t]] * mask[:, t, None], state)
    return state


@encode.mistake("The mask of a step is (N,), the state (N, H): one number for each row needs another axis, or it is laid along H.")
def _(source, mask, E, cell, state):
    for t in range(source.shape[1]):
        new = cell(E[source[:, t]], state)
        state = tuple(np.where(mask[:, t], n, s) for n, s in zip(new, state, strict=True))
    return state


# --------------------------------------------------------------------------------------------- 7.3 decode_step


@exercise("7.3", title="One step of the decoder", returns={"logits": "N K", "state": "N H"}, hints=[
    "Which comes first: hearing the last token, or saying the next one?",
    "The cell makes the new state from the token's vector and the old state. The scores are read from the *new* h, the first part of the state.",
    "`state = cell(E[token], state)`, then `state[0] @ Wy + by`.",
])
def decode_step(token, state, E, cell, Wy, by):
    """Hear one token, move on, and score the next one.

    token (N,) the last ids of the target so far (BOS at first), state a tuple of arrays (N, H)
    whose first part is h, E (K, D) one vector for each token of the target, cell(x, state) -> state,
    Wy (H, K), by (K,)  ->  logits (N, K) scores of the next token, and the new state, a tuple.
    With h = [[1., 2.]] after the step, Wy = [[1., 0.], [0., 1.]] and by = [0., 1.]: logits = [[1., 3.]].
    """
    state = cell(E[token], state)         # TODO: the new state, from the token's vector and the old state
    logits = state[0] @ Wy + by           # TODO: the scores, from the new h
    return logits, state


@decode_step.cases
def _(rng):
    E = rng.normal(size=(5, 3))
    yield "one row, an RNN, H = 1", (
        np.array([2]), _draw_state(rng, "rnn", 1, 1), E, _draw_cell(rng, "rnn", 3, 1), rng.normal(size=(1, 5)), np.zeros(5))
    yield "one row, an RNN, with a bias", (
        np.array([4]), _draw_state(rng, "rnn", 1, 2), E, _draw_cell(rng, "rnn", 3, 2), rng.normal(size=(2, 5)), rng.normal(size=5))
    yield "one row, an LSTM", (
        np.array([1]), _draw_state(rng, "lstm", 1, 2), E, _draw_cell(rng, "lstm", 3, 2), rng.normal(size=(2, 5)), rng.normal(size=5))
    yield "a batch of 4, an LSTM, H = 6", (
        np.array([0, 3, 1, 3]), _draw_state(rng, "lstm", 4, 6), E, _draw_cell(rng, "lstm", 3, 6), rng.normal(size=(6, 5)), rng.normal(size=5))


@decode_step.same
def _(token, state, E, cell, Wy, by):
    one_hot = np.eye(len(E))[token]
    h, *rest = cell(one_hot @ E, state)
    return np.einsum("nh,hk->nk", h, Wy) + by[None], (h, *rest)


@decode_step.same
def _(token, state, E, cell, Wy, by):
    rows = [cell(E[t][None], tuple(part[n:n + 1] for part in state)) for n, t in enumerate(token)]
    state = tuple(np.vstack(parts) for parts in zip(*rows, strict=True))
    return np.stack([h @ Wy + by for h in state[0]]), state


def _softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


for _sentence, _wrong in [
    ("The scores come from the old state: the decoder speaks before it has heard the token.",
     lambda token, s, E, cell, Wy, by: (s[0] @ Wy + by, cell(E[token], s))),
    ("You return the old state: the next step would start where this one did.",
     lambda token, s, E, cell, Wy, by: (cell(E[token], s)[0] @ Wy + by, s)),
    ("You read the scores from c, the LSTM's memory. Shown to the outside is h, the first part of the state.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s))[-1] @ Wy + by, n)),
    ("You ignore the state that came in and start from zeros: this decoder has never seen the source.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], tuple(np.zeros_like(p) for p in s)))[0] @ Wy + by, n)),
    ("Only h is handed on and c starts from zero: the LSTM's memory is lost at this step.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], (s[0], *(np.zeros_like(p) for p in s[1:]))))[0] @ Wy + by, n)),
    ("You return probabilities. The scores are wanted as they are: loss and search make of them what they need.",
     lambda token, s, E, cell, Wy, by: (_softmax((n := cell(E[token], s))[0] @ Wy + by), n)),
    ("You return log-probabilities. The scores are wanted as they are: loss and search make of them what they need.",
     lambda token, s, E, cell, Wy, by: (np.log(_softmax((n := cell(E[token], s))[0] @ Wy + by)), n)),
    ("The bias `by` is missing.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s))[0] @ Wy, n)),
    ("Every row hears the first row's token: `token` has one id for each row.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[np.full(len(token), token[0])], s))[0] @ Wy + by, n)),
    ("The token is not heard at all: the cell gets zeros instead of its vector.",
     lambda token, s, E, cell, Wy, by: ((n := cell(np.zeros((len(token), E.shape[1])), s))[0] @ Wy + by, n)),
    ("You return h alone as the new state; it is a tuple, and an LSTM's next step needs its c.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s))[0] @ Wy + by, n[0])),
    ("You step twice: once for the scores and once more for the state that you return.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s))[0] @ Wy + by, cell(E[token], n))),
    ("You squash the scores with tanh: a score must be free to be large.",
     lambda token, s, E, cell, Wy, by: (np.tanh((n := cell(E[token], s))[0] @ Wy + by), n)),
    ("The two results are swapped: first the scores, then the state.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s)), n[0] @ Wy + by)),
    ("You multiply the whole state with Wy. It is a tuple: the scores come from h, its first part.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s)) @ Wy + by, n)),
    ("You give the cell h alone. It takes the whole state, a tuple: an LSTM needs its c as well.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s[0]))[0] @ Wy + by, n)),
    ("The state that you return holds h alone: an LSTM's c is lost on the way to the next step.",
     lambda token, s, E, cell, Wy, by: ((n := cell(E[token], s))[0] @ Wy + by, (n[0],))),
    ("The cell gets the state first. It takes the vector of the token first, then the state.",
     lambda token, s, E, cell, Wy, by: ((n := cell(s, E[token]))[0] @ Wy + by, n)),
    ("The cell gets the id itself: it wants the token's vector, which E holds.",
     lambda token, s, E, cell, Wy, by: ((n := cell(token, s))[0] @ Wy + by, n)),
]:
    decode_step.mistake(_sentence)(_wrong)


# ----------------------------------------------------------------------------------------------- 7.4 masked_ce


@exercise("7.4", title="The loss of a batch, and the log-probability of each target", returns={"log_p": "N", "loss": ""}, hints=[
    "The probability of a whole target is a product over its tokens. What is the logarithm of a product? And over how many tokens is the loss averaged?",
    "`np.take_along_axis(A, ids, axis=2)` picks, at each place (n, s), the entries ids[n, s] of A[n, s]; ids needs as many axes as A: `y[..., None]`. "
    "`np.take_along_axis(log_softmax, y[..., None], axis=2)[..., 0]` is one number at each place. Multiply by the mask *before* you add up.",
    "`log_p = (picked * mask).sum(axis=1)` and `loss = -log_p.sum() / mask.sum()`.",
])
def masked_ce(logits, y, mask):
    """Return log p of each whole target, and the mean cross-entropy of a token.

    logits (N, S, K) scores, y (N, S) the wanted ids, mask (N, S) True where a token (or EOS) is wanted
    -> log_p (N,): for each row the sum of log p over its tokens; loss: minus the mean of log p
       over all places that count, in nats.
    Scores 0 for K = 2 and a row of two tokens: log_p = [2 log ½] = [-1.386], loss = log 2 = 0.693.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))       # (N, S, K)
    picked = np.take_along_axis(log_softmax, y[..., None], axis=-1)[..., 0]  # TODO: (N, S), its log p
    log_p = (picked * mask).sum(axis=1)         # TODO: log p of each whole target
    loss = -log_p.sum() / mask.sum()            # TODO: the mean over the tokens that count
    return log_p, loss


@masked_ce.cases
def _(rng):
    def draw(N, S, K, lengths):
        return 2 * rng.normal(size=(N, S, K)), rng.integers(0, K, (N, S)), np.arange(S) < np.array(lengths)[:, None]

    yield "one target of two tokens, two equal scores", (np.zeros((1, 2, 2)), np.array([[1, 0]]), np.ones((1, 2), bool))
    yield "one target of three tokens, K = 4", draw(1, 3, 4, [3])
    yield "one target of two tokens, two places of padding", draw(1, 4, 3, [2])
    yield "two targets of three tokens", draw(2, 3, 5, [3, 3])
    yield "four targets of 5, 1, 2 and 3 tokens, K = 6", draw(4, 5, 6, [5, 1, 2, 3])


@masked_ce.same
def _(logits, y, mask):
    log_p = np.zeros(len(y))
    for n, s in np.argwhere(mask):
        p = np.exp(logits[n, s]) / np.exp(logits[n, s]).sum()
        log_p[n] += np.log(p[y[n, s]])
    return log_p, -log_p.sum() / np.count_nonzero(mask)


@masked_ce.same
def _(logits, y, mask):
    log_z = np.logaddexp.reduce(logits, axis=2)
    picked = np.einsum("nsk,nsk->ns", logits, np.eye(logits.shape[2])[y]) - log_z
    return np.where(mask, picked, 0).sum(axis=1), -picked[mask].mean()


def _ce_with(change):
    def function(logits, y, mask):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        lp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        picked = np.take_along_axis(lp, y[..., None], axis=-1)[..., 0]
        log_p = (picked * mask).sum(axis=1)
        return change(picked, mask, log_p, -log_p.sum() / mask.sum(), lp)

    return function


for _sentence, _wrong in [
    ("You divide by all N · S places. Padding is not there: then a batch of short targets seems easy.",
     lambda p, m, lp, loss, _: (lp, -lp.sum() / m.size)),
    ("The padding counts in both: what the net says there does not matter. Mask first, then add up.",
     lambda p, m, lp, loss, _: (p.sum(axis=1), -p.mean())),
    ("Your loss averages over the padding too: the mask comes too late, or not at all. log_p is right.",
     lambda p, m, lp, loss, _: (lp, -p.mean())),
    ("Your loss is right, but log_p adds up the padding as well.",
     lambda p, m, lp, loss, _: (p.sum(axis=1), loss)),
    ("You average over the tokens of each row first, and then over the rows: then a token of a short target counts for more than one of a long target.",
     lambda p, m, lp, loss, _: (lp, -(lp / m.sum(axis=1)).mean())),
    ("Your log_p is the mean of a row. The probability of the whole target is a product over its tokens, so its logarithm is their sum.",
     lambda p, m, lp, loss, _: (lp / m.sum(axis=1), loss)),
    ("Your log_p is a probability: you multiplied them up. Over long targets that becomes 0; the logarithm is asked for.",
     lambda p, m, lp, loss, _: (np.exp(lp), loss)),
    ("You add probabilities where their logarithms should be added.",
     lambda p, m, lp, loss, _: ((np.exp(p) * m).sum(axis=1), -(np.exp(p) * m).sum() / m.sum())),
    ("Your loss is a sum over all tokens. The mean of a token is asked for: else it grows with the batch.",
     lambda p, m, lp, loss, _: (lp, -lp.sum())),
    ("Your loss is the mean of a target. The mean of a *token* is asked for: divide by the number of places that count.",
     lambda p, m, lp, loss, _: (lp, -lp.mean())),
    ("The loss has the wrong sign: log p is below 0, a loss above it.",
     lambda p, m, lp, loss, _: (lp, -loss)),
    ("Your log_p has the wrong sign: the logarithm of a probability is never above 0.",
     lambda p, m, lp, loss, _: (-lp, loss)),
    ("You count in bits (log to the base 2): here we count in nats.",
     lambda p, m, lp, loss, _: (lp / np.log(2), loss / np.log(2))),
    ("You take the largest log p at each place, whatever token was wanted: that is how sure the net is, not how right.",
     lambda p, m, lp, loss, a: ((a.max(axis=2) * m).sum(axis=1), -(a.max(axis=2) * m).sum() / m.sum())),
    ("You add up the log p of all K tokens at a place. Only the wanted one counts.",
     lambda p, m, lp, loss, a: ((a.sum(axis=2) * m).sum(axis=1), -(a.sum(axis=2) * m).sum() / m.sum())),
    ("You add along the batch: log_p has one number for each target (N,), so the sum runs over the places.",
     lambda p, m, lp, loss, _: ((p * m).sum(axis=0), loss)),
    ("The two results are swapped: first log_p (N,), then the loss.",
     lambda p, m, lp, loss, _: (loss, lp)),
    ("The mask is used in the denominator alone: above it the padding is added up with the rest, in the loss and in log_p.",
     lambda p, m, lp, loss, _: (p.sum(axis=1), -p.sum() / m.sum())),
    ("Your mask is inverted: you add up the padding and leave out the tokens.",
     lambda p, m, lp, loss, _: ((p * ~m).sum(axis=1), -(p * ~m).sum() / (~m).sum())),
    ("Your loss counts in bits (log to the base 2): here we count in nats.",
     lambda p, m, lp, loss, _: (lp, loss / np.log(2))),
    ("That is the perplexity, e to the power of the loss. The loss itself is asked for.",
     lambda p, m, lp, loss, _: (lp, np.exp(loss))),
    ("You leave out the last place: EOS is wanted as well, and the mask already says what counts.",
     lambda p, m, lp, loss, _: ((p * m)[:, :-1].sum(axis=1), -(p * m)[:, :-1].sum() / m[:, :-1].sum())),
]:
    masked_ce.mistake(_sentence)(_ce_with(_wrong))


@masked_ce.mistake("You pick the scores themselves: without the softmax's denominator they are no log-probabilities.")
def _(logits, y, mask):
    picked = np.take_along_axis(logits, y[..., None], axis=-1)[..., 0]
    return (picked * mask).sum(axis=1), -(picked * mask).sum() / mask.sum()


@masked_ce.mistake("Your softmax runs over the places: the probabilities of the tokens at ONE place add up to 1, so it is the last axis.")
def _(logits, y, mask):
    lp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    picked = np.take_along_axis(lp, y[..., None], axis=-1)[..., 0]
    return (picked * mask).sum(axis=1), -(picked * mask).sum() / mask.sum()


def _ce_of(picked, mask):
    log_p = (picked * mask).sum(axis=1)
    return log_p, -log_p.sum() / mask.sum()


def _log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted, shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@masked_ce.mistake("You pick before the logarithm of the sum is subtracted: the shifted scores are no log-probabilities yet.")
def _(logits, y, mask):
    return _ce_of(np.take_along_axis(_log_softmax(logits)[0], y[..., None], axis=-1)[..., 0], mask)


_ID_0 = "You take the id 0 for padding. The mask tells what counts: 0 may be a token, and PAD another id."


@masked_ce.mistake(_ID_0)
def _(logits, y, mask):
    return _ce_of(np.take_along_axis(_log_softmax(logits)[1], y[..., None], axis=-1)[..., 0], y != 0)


@masked_ce.mistake(_ID_0)
def _(logits, y, mask):
    log_p = (np.take_along_axis(_log_softmax(logits)[1], y[..., None], axis=-1)[..., 0] * (y != 0)).sum(axis=1)
    return log_p, -log_p.sum() / mask.sum()


_ALL_WITH_ALL = ("Your indices are not paired: every place gets the ids of all other places too, so there are too many axes. "
                 "One number at each place (n, s) is wanted, the one of y[n, s]: `np.take_along_axis` does that.")


@masked_ce.mistake(_ALL_WITH_ALL)
def _(logits, y, mask):
    return _ce_of(_log_softmax(logits)[1][:, :, y], mask)


@masked_ce.mistake(_ALL_WITH_ALL)
def _(logits, y, mask):
    return _ce_of(_log_softmax(logits)[1][:, np.arange(y.shape[1]), y], mask)


# -------------------------------------------------------------------------------------------------- 7.5 greedy


@exercise("7.5", title="Left alone: greedy decoding", returns={"tokens": "N S"}, hints=[
    "Nobody tells the decoder the right token any more. What does it hear instead? And what of a row that has said EOS while others have not?",
    "`logits.argmax(axis=1)` is each row's likeliest token; it is also what the next step hears. Where `ended` is True the row goes on saying EOS.",
    "`token = logits.argmax(axis=1)`, `token = np.where(ended, eos, token)`, `ended = ended | (token == eos)`.",
])
def greedy(step, state, bos, eos, max_len):
    """Let the decoder speak on its own, and take the likeliest token each time.

    step(token (N,), state) -> logits (N, K), state; state: the encoder's, a tuple of arrays (N, H)
    -> tokens (N, max_len), whole numbers, without BOS; after a row's first EOS everything is EOS.
    If the likeliest are 5, then 7, then eos = 2, then 6, and max_len = 4: tokens = [[5, 7, 2, 2]].
    """
    N = len(state[0])
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)       # TODO: hear the last token, score the next
        token = logits.argmax(axis=1)            # TODO: the likeliest token of each row
        token = np.where(ended, eos, token)      # TODO: a row that has ended only says EOS
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


def _by_token_and_time(table, time, token, state):
    """One step of a model whose scores depend on the token and on how far the row is, which the state counts."""
    at = np.minimum(state[0][:, 0].round().astype(int), len(time) - 1)
    return table[token] + time[at], (state[0] + 1,)


def _by_script(rows, token, state, K=8):
    """One step of rows that say their tokens one after the other, as long as they hear their own words."""
    at, row = state[0][:, 0].round().astype(int), state[0][:, 1].round().astype(int)
    said = np.where(at > 0, rows[row, np.maximum(np.minimum(at, rows.shape[1]) - 1, 0)], 1)
    logits = np.zeros((len(token), K))
    following = rows[row, np.minimum(at, rows.shape[1] - 1)]
    logits[np.arange(len(token)), np.where(token == said, following, 3)] = 2.0
    logits[np.arange(len(token)), 4] += 1.0
    return logits, (state[0] + [1, 0],)


def _script(*rows):
    state = np.stack([np.zeros(len(rows)), np.arange(len(rows))], axis=1)
    return Model(_by_script, np.array(rows)), (state,)


@greedy.cases
def _(rng):
    yield "one row that says 5 7 6, not yet EOS", (*_script([5, 7, 6]), 1, 2, 3)
    yield "one row that says 5 7 EOS, and would go on", (*_script([5, 7, 2, 6, 5]), 1, 2, 5)
    yield "two rows, one ends after 1 token", (*_script([6, 2, 7, 7, 5], [5, 5, 7, 2, 6]), 1, 2, 5)
    table, time = 2 * rng.normal(size=(7, 7)), rng.normal(size=(9, 7))
    time[:, 2] += 0.7
    yield "three rows of a random model", (Model(_by_token_and_time, table, time), (np.array([[0.0], [2.0], [5.0]]),), 1, 2, 6)
    rng = np.random.default_rng(0)
    table, time = 2 * rng.normal(size=(9, 9)), rng.normal(size=(12, 9))
    time[:, 0] += 2.5      # so that the rows end after 3, 5, 7 and 8 tokens, and one does not
    yield "five rows of another, bos = 7, eos = 0", (Model(_by_token_and_time, table, time), (np.arange(5.0)[:, None],), 7, 0, 8)


@greedy.same
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    tokens = np.full((N, max_len), eos)
    token, alive = np.full(N, bos), np.ones(N, bool)
    for t in range(max_len):
        logits, state = step(token, state)
        best = np.argmax(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), axis=1)
        tokens[alive, t] = best[alive]
        alive &= best != eos
        token = best
        if not alive.any():
            break
    return tokens


@greedy.same
def _(step, state, bos, eos, max_len):
    token = np.full(len(state[0]), bos)
    said = [token]
    for t in range(max_len):
        logits, state = step(said[-1], state)
        best = np.array([int(np.argmax(row)) for row in logits])
        said.append(np.where((said[-1] == eos) & (t > 0), eos, best))
    return np.array(said[1:]).T


def _speak(step, state, bos, eos, max_len, pick=lambda s: s.argmax(axis=1), hear=lambda token, bos: token, end=None, keep=True):
    N, first = len(state[0]), state
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(hear(token, bos), state if keep else first)
        best = pick(logits)
        token = np.where(ended, eos if end is None else end, best)
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("You do not stop at EOS: a row that has said it goes on talking.")
def _(step, state, bos, eos, max_len):
    token, tokens = np.full(len(state[0]), bos), []
    for _ in range(max_len):
        logits, state = step(token, state)
        token = logits.argmax(axis=1)
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("All rows stop as soon as one has said EOS: the others have not finished.")
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    token, tokens, over = np.full(N, bos), [], False
    for _ in range(max_len):
        logits, state = step(token, state)
        token = np.full(N, eos) if over else logits.argmax(axis=1)
        over = over or bool(np.any(token == eos))
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("The decoder hears BOS at every step: it has to hear the token that it has just said.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, hear=lambda token, bos: np.full(len(token), bos))


@greedy.mistake("Every step starts from the encoder's state: the new state has to be carried on.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, keep=False)


@greedy.mistake("You take the least likely token: `argmin` instead of `argmax`.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, pick=lambda s: s.argmin(axis=1))


@greedy.mistake("After EOS you write 0. The rest of the row should be EOS as well.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, end=0)


@greedy.mistake("After EOS you write the number 2. The id of EOS is an argument, and another vocabulary has another.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, end=2)


@greedy.mistake("After EOS you write BOS. The rest of the row should be EOS.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, end=bos)


@greedy.mistake("The two branches are swapped: the rows that have NOT ended say EOS, and those that have go on.")
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)
        token = np.where(ended, logits.argmax(axis=1), eos)
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("EOS is written only when ALL rows have ended: until then a row that is over goes on talking. Each row ends for itself.")
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)
        token = np.where(ended.all(), eos, logits.argmax(axis=1))
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("Your argmax runs over the batch (axis 0): each row chooses among its own K tokens.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, pick=lambda s: s.argmax(axis=0))


@greedy.mistake("You take the largest score itself, not the token that has it.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, pick=lambda s: s.max(axis=1))


@greedy.mistake("You leave the loop when all rows have ended, and the result gets too narrow: it has max_len columns, filled up with EOS.")
def _(step, state, bos, eos, max_len):
    tokens = _speak(step, state, bos, eos, max_len)
    over = (tokens == eos).all(axis=0)
    return tokens[:, :over.argmax() + 1] if over.any() else tokens


@greedy.mistake("The two results of `step` are swapped: it returns the scores first, then the state.")
def _(step, state, bos, eos, max_len):
    token = np.full(len(state[0]), bos)
    state, logits = step(token, state)
    return logits.argmax(axis=1)


@greedy.mistake("Your result begins with BOS: that is what the decoder hears first, not what it says.")
def _(step, state, bos, eos, max_len):
    tokens = _speak(step, state, bos, eos, max_len)
    return np.column_stack([np.full(len(tokens), bos), tokens[:, :-1]])


@greedy.mistake("Every row takes the first row's likeliest token: each has its own scores.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, pick=lambda s: np.full(len(s), s[0].argmax()))


@greedy.mistake("The result is (S, N), time first: stack the tokens along axis 1.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len).T


@greedy.mistake("You return only the last token of each row. All of them are wanted.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len)[:, -1]


@greedy.mistake("EOS is taken out of your rows: it belongs to what the decoder says, it is how one knows that it has finished.")
def _(step, state, bos, eos, max_len):
    tokens = _speak(step, state, bos, eos, max_len)
    last = np.maximum((tokens != eos).cumsum(axis=1).argmax(axis=1), 0)
    return np.where(tokens == eos, tokens[np.arange(len(tokens)), last][:, None], tokens)


@greedy.mistake("A row stops one step too late: after its EOS there is one more token.")
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    token, ended, before, tokens = np.full(N, bos), np.zeros(N, bool), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)
        token = np.where(before, eos, logits.argmax(axis=1))
        before = ended
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("You take the second likeliest token: `argsort` is in rising order, so the likeliest stands last.")
def _(step, state, bos, eos, max_len):
    return _speak(step, state, bos, eos, max_len, pick=lambda s: s.argsort(axis=1)[:, -2])


_ALL_ROWS = ("Your result is one token for the whole batch: `logits.argmax()` without an axis looks for the largest number of the whole array. "
             "Each row has its own likeliest token: say along which axis.")


@greedy.mistake(_ALL_ROWS)
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)
        token = logits.argmax()
        token = eos if ended.any() else token
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


@greedy.mistake("You put one number, eos, in the place of all rows. Some rows have ended and others have not: choose row by row, `np.where` does that.")
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)
        token = logits.argmax(axis=1)
        token = eos if ended.any() else token
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


# --------------------------------------------------------------------------------------------- 7.6 beam_search


@exercise("7.6", title="Beam search", returns={"hypotheses": ""}, hints=[
    "What is the log-probability of a longer sequence, given that of its beginning? And among which candidates are the best ones chosen: those of one parent, or all?",
    "One list for the candidates of all parents. Sort it once by log p and keep `width`. Those that end in EOS go to `ended` and are not extended any more.",
    "`candidates.append(((*tokens, k), log_p + float(q)))`; `best = sorted(candidates, key=lambda c: c[1], reverse=True)[:width]`; "
    "`beam = [c for c in best if c[0][-1] != eos]`; divide by `len(c[0]) ** alpha` in the last line.",
])
def beam_search(next_log_p, bos, eos, width, max_len, alpha):
    """Return the `width` best sequences that a beam finds, best first.

    next_log_p(tokens) -> (K,), log p of each next token after these (a tuple that begins with bos)
    -> a tuple of pairs (tokens, log p): tokens without bos, with eos where the sequence has ended.
    A beam keeps the `width` likeliest candidates of all parents together; one that ends in eos leaves
    the beam and is kept apart. In the end all, ended or not, are ranked by log p / length^alpha, the
    length being the number of tokens, eos counted; alpha = 0 is plain log p.
    A sequence a, eos with p = .5 · .4 has log p = log .2 = -1.609.
    """
    beam, ended = [((), 0.0)], []
    for _ in range(max_len):
        candidates = []
        for tokens, log_p in beam:
            for k, q in enumerate(next_log_p((bos, *tokens))):
                # TODO: write the line: append the pair (tokens, log p) to `candidates`
                candidates.append(((*tokens, k), log_p + float(q)))
                # END
        # TODO: write the line: `best`, the `width` likeliest of all candidates
        best = sorted(candidates, key=lambda c: c[1], reverse=True)[:width]
        # END
        ended += [c for c in best if c[0][-1] == eos]
        beam = [c for c in best if c[0][-1] != eos]        # TODO: those that can go on, a list
        if not beam:
            break
    # TODO: write the line: `ranked`, all by log p / length^alpha, best first
    ranked = sorted(ended + beam, key=lambda c: c[1] / len(c[0]) ** alpha, reverse=True)
    # END
    return tuple(ranked[:width])


def _next_of(table, time, shift, tokens):
    """Return log p of the next token, which depends on the last one and on how many there are, plus `shift`."""
    s = table[tokens[-1] if tokens else 0] + time[min(len(tokens), 11)]
    return s - s.max() - np.log(np.exp(s - s.max()).sum()) + shift


def _known(rng, K, scale=1.0, eos=0, liking=0.0, shift=0.0):
    """Return next_log_p of a random model."""
    table, time = scale * rng.normal(size=(K, K)), scale * 0.7 * rng.normal(size=(12, K))
    table[:, eos] += liking
    return Model(_next_of, table, time, shift)


def _trap(tokens):
    """The likeliest first token leads nowhere: a greedy search finds .6 · .4, the best sequence has .4 · .9."""
    p = {1: [0.0001, 0.0001, 0.5998, 0.4], 2: [0.4, 0.0001, 0.2999, 0.3], 3: [0.9, 0.0001, 0.05, 0.0499], 0: [0.25] * 4}
    return np.log(p[tokens[-1] if tokens else 0])


def _late(tokens):
    """The best sequence, 3 2 0, begins well, is third after two tokens, and wins with the last."""
    after = {
        (): [0.01, 0.01, 0.55, 0.43], (2,): [0.05, 0.05, 0.5, 0.4], (3,): [0.1, 0.08, 0.42, 0.4],
        (2, 2): [0.3, 0.25, 0.24, 0.21], (2, 3): [0.28, 0.27, 0.23, 0.22], (3, 2): [0.97, 0.01, 0.01, 0.01],
    }
    return np.log(after.get(tokens[1:], [0.4, 0.3, 0.2, 0.1]))


@beam_search.cases
def _(rng):
    yield "width 1, the likeliest first token is a trap", (_trap, 1, 0, 1, 3, 0.0)
    yield "width 2, the same model", (_trap, 1, 0, 2, 3, 0.0)
    yield "width 2, the best sequence is third on its way", (_late, 1, 0, 2, 3, 0.0)
    yield "width 3, a random model of 4 tokens", (_known(rng, 4), 1, 0, 3, 4, 0.0)
    yield "width 2, eos is likely from the start, alpha = 1", (_known(rng, 5, 1.2, liking=1.0), 1, 0, 2, 5, 1.0)
    yield "width 4, 6 tokens, alpha = 0.7", (_known(rng, 6, 1.5, liking=1.0), 2, 0, 4, 6, 0.7)
    yield "width 3, very unlikely tokens, alpha = 0", (_known(rng, 5, 60.0, shift=-200.0), 1, 0, 3, 6, 0.0)
    table = np.array([[1, 0, 0, 0], [.35, .05, .2, .4], [.11, .37, .27, .25], [.65, .05, .15, .15], [.01, .13, .79, .07]])
    yield "width 1, the model of section 8", (Model(_next_of, np.log(np.maximum(table, 1e-12)), np.zeros((12, 4)), 0.0), 4, 0, 1, 4, 0.0)
    # ended and running ones are close together in these, so that every other order or choice shows
    yield "width 2, eos = 2, alpha = 1", (_known(np.random.default_rng(68), 5, 0.6, eos=2, liking=0.5), 1, 2, 2, 6, 1.0)
    yield "width 3, eos = 2, alpha = 0.5", (_known(np.random.default_rng(111), 4, 0.8, eos=2, liking=0.2), 1, 2, 3, 6, 0.5)
    yield "width 2, eos = 2, alpha = 0.5", (_known(np.random.default_rng(85), 4, 0.5, eos=2, liking=0.4), 1, 2, 2, 5, 0.5)


@beam_search.same
def _(next_log_p, bos, eos, width, max_len, alpha):
    beam, ended = [((), 0.0)], []
    for _ in range(max_len):
        every = [((*t, k), p + q) for t, p in beam for k, q in enumerate(next_log_p((bos, *t)))]
        best = sorted(every, key=lambda c: c[1])[::-1][:width]      # ties the other way round
        ended.extend(c for c in best if c[0][-1] == eos)
        beam = [c for c in best if c[0][-1] != eos]
    return tuple(sorted(ended + beam, key=lambda c: c[1] / len(c[0]) ** alpha)[::-1][:width])


@beam_search.same
def _(next_log_p, bos, eos, width, max_len, alpha):
    import heapq

    live, done = {(): 0.0}, {}
    for _ in range(max_len):
        grown = {(*tokens, k): log_p + q for tokens, log_p in live.items() for k, q in enumerate(next_log_p((bos, *tokens)))}
        kept = heapq.nlargest(width, grown, key=grown.get)
        done |= {tokens: grown[tokens] for tokens in kept if tokens[-1] == eos}
        live = {tokens: grown[tokens] for tokens in kept if tokens[-1] != eos}
    everything = done | live
    return tuple((t, everything[t]) for t in heapq.nlargest(width, everything, key=lambda t: everything[t] / len(t) ** alpha))


@beam_search.same
def _(next_log_p, bos, eos, width, max_len, alpha):
    beam, ended = [((), 0.0)], []
    while beam and len(beam[0][0]) < max_len:
        scores = np.concatenate([log_p + next_log_p((bos, *tokens)) for tokens, log_p in beam])
        K = len(scores) // len(beam)
        order = np.argsort(-scores / (len(beam[0][0]) + 1) ** alpha)[:width]      # all of one length: alpha changes nothing here
        best = [((*beam[i // K][0], int(i % K)), float(scores[i])) for i in order]
        ended, beam = ended + [b for b in best if b[0][-1] == eos], [b for b in best if b[0][-1] != eos]
    return tuple(sorted(beam + ended, key=lambda c: -c[1] / len(c[0]) ** alpha)[:width])


def _beam(next_log_p, bos, eos, width, max_len, alpha, join=lambda a, q: a + q, first=0.0, prune=None, split=True, rank=None,
          keep_ended=True, keep_live=True, stop=lambda ended, width: False, prefix=True, end=None, refill=False, aside=None, room=lambda width, ended: width):
    beam, ended = [((), first)], []
    for _ in range(max_len):
        families = []
        for tokens, log_p in beam:
            q = next_log_p((bos, *tokens) if prefix else tokens)
            families.append([((*tokens, k), join(log_p, float(v))) for k, v in enumerate(q)])
        if prune:
            best = prune(families, width)
        else:
            best = sorted(sum(families, []), key=lambda c: c[1], reverse=True)[:room(width, ended)]
        if split:
            end = eos if end is None else end
            candidates = sum(families, [])
            ended += [c for c in (candidates if aside == "all" else best) if c[0][-1] == end]
            if refill:
                best = sorted([c for c in candidates if c[0][-1] != end], key=lambda c: c[1], reverse=True)[:width]
            beam = best if aside == "both" else [c for c in best if c[0][-1] != end]
        else:
            beam = best
        if not beam or stop(ended, width):
            break
    found = ended * keep_ended + beam * (keep_live or not ended)
    score = rank or (lambda c, alpha, eos: c[1] / len(c[0]) ** alpha)
    return tuple(sorted(found, key=lambda c: score(c, alpha, eos), reverse=True)[:width])


def _beam_mistake(sentence, **how):
    beam_search.mistake(sentence)(lambda next_log_p, bos, eos, width, max_len, alpha: _beam(next_log_p, bos, eos, width, max_len, alpha, **how))


_beam_mistake("You carry probabilities, not their logarithms: over long sequences they underflow to 0, and what is asked for is log p, a sum.",
              join=lambda p, q: p * np.exp(q), first=1.0)
_beam_mistake("You multiply log-probabilities. The logarithm of a product is a sum.", join=lambda a, q: a * q, first=1.0)
_beam_mistake("Each candidate carries only the log p of its last token: that of its beginning has to be added.", join=lambda a, q: q)
_beam_mistake("Your beam is never wider than 1: `width` is not used, or each parent passes on its best child alone. The `width` best of ALL candidates are kept, also two of one parent.",
              prune=lambda families, width: [max(f, key=lambda c: c[1]) for f in families][:width])
_beam_mistake("You keep the best `width` children of EACH parent: that beam gets wider at every step. The `width` best of all are kept.",
              prune=lambda families, width: [c for f in families for c in sorted(f, key=lambda c: -c[1])[:width]])
_beam_mistake("Nothing is pruned: this is exact search, and its cost grows exponentially with the length.",
              prune=lambda families, width: sum(families, []))
_beam_mistake("Sequences that have ended are extended further: after EOS nothing may follow.", split=False)
_beam_mistake("Your ended sequences are lost: they leave the beam, but they have to be ranked with the others in the end.", keep_ended=False)
_beam_mistake("You drop what is still in the beam when max_len is reached: those sequences have to be ranked, too.", keep_live=False)
_beam_mistake("You stop as soon as one sequence has ended: another one in the beam may end later and be likelier.", stop=lambda ended, width: bool(ended))
_beam_mistake("alpha has no effect: rank by log p divided by the length to the power alpha.", rank=lambda c, alpha, eos: c[1])
_beam_mistake("You multiply by the length to the power alpha. That punishes long sequences even more; dividing makes up for their length.",
              rank=lambda c, alpha, eos: c[1] * len(c[0]) ** alpha)
_WORST = "The worst come first: the largest log p, the one nearest to 0, is the best."
_beam_mistake(_WORST, rank=lambda c, alpha, eos: -c[1])
_beam_mistake(_WORST, rank=lambda c, alpha, eos: -c[1] / len(c[0]) ** alpha)
_beam_mistake("You set aside ended candidates that the beam had pruned: only those that are among the `best` count.", aside="all")
_beam_mistake("An ended sequence takes one of the `width` places of its step; you fill the beam up again with worse ones.", refill=True)
_beam_mistake("You leave EOS out of the length: it counts, like every token that is said.",
              rank=lambda c, alpha, eos: c[1] / max(1, len(c[0]) - (c[0][-1] == eos)) ** alpha)
_beam_mistake("You look for the token 0 as the end. The id of EOS is an argument, and another vocabulary has another.", end=0)
_beam_mistake("Your beam is one too wide: `width` candidates are kept, not one more.", room=lambda width, ended: width + 1)
_beam_mistake("That is another penalty, ((5 + length) / 6) to the power alpha, in use elsewhere. Here it is the plain length to the power alpha.",
              rank=lambda c, alpha, eos: c[1] / ((5 + len(c[0])) / 6) ** alpha)
_beam_mistake("Pairs are sorted by their first entry, and here that is the tokens: the ids decide who is kept. Sort by log p.",
              prune=lambda families, width: sorted(sum(families, []), reverse=True)[:width])
_beam_mistake("What has ended stays in your beam, and is extended again after its EOS: only those go on that have not ended.", aside="both")
_beam_mistake("You stop as soon as `width` sequences have ended: those still in the beam may end later and be likelier.",
              stop=lambda ended, width: len(ended) >= width)
_beam_mistake("Your beam gets narrower with each sequence that has ended: at each step `width` candidates are kept.",
              room=lambda width, ended: max(0, width - len(ended)))
_beam_mistake("You divide by the length whatever alpha is: with alpha = 0 it is the plain log p that ranks.",
              rank=lambda c, alpha, eos: c[1] / len(c[0]))
_beam_mistake("Nothing is ranked in the end: ended ones and those in the beam have to be sorted together, best first.",
              rank=lambda c, alpha, eos: 0)


@beam_search.mistake("An ended one is counted twice: `best` holds it and `ended` as well. Rank what has ended and what is still in the beam.")
def _(next_log_p, bos, eos, width, max_len, alpha):
    beam, ended = [((), 0.0)], []
    for _ in range(max_len):
        best = sorted((((*t, k), p + float(q)) for t, p in beam for k, q in enumerate(next_log_p((bos, *t)))), key=lambda c: c[1], reverse=True)[:width]
        ended += [c for c in best if c[0][-1] == eos]
        beam = [c for c in best if c[0][-1] != eos]
        if not beam:
            break
    return tuple(sorted(ended + best, key=lambda c: c[1] / len(c[0]) ** alpha, reverse=True)[:width])


_NOT_RETURNED = "`list.sort` sorts the list where it stands and returns None: there is nothing to keep. `sorted` returns a list."


@beam_search.mistake(_NOT_RETURNED)
def _(next_log_p, bos, eos, width, max_len, alpha):
    return [1].sort()[:width]


@beam_search.mistake(_NOT_RETURNED)
def _(next_log_p, bos, eos, width, max_len, alpha):
    return [c for c in [1].sort()]


_beam_mistake("The beam keeps the *least* likely candidates: sort so that the largest log p comes first.",
              prune=lambda families, width: sorted(sum(families, []), key=lambda c: c[1])[:width])
_beam_mistake("Both of your sorts begin with the smallest log p: the likeliest is the one whose log p is largest, nearest to 0.",
              prune=lambda families, width: sorted(sum(families, []), key=lambda c: c[1])[:width], rank=lambda c, alpha, eos: -c[1] / len(c[0]) ** alpha)
_beam_mistake("The power is around the whole quotient, (log p / length)^alpha. Only the length is raised to the power alpha.",
              rank=lambda c, alpha, eos: -abs(c[1] / len(c[0])) ** alpha)
_beam_mistake("BOS is missing before the tokens when you ask for the next: the model hears another beginning.", prefix=False)


@beam_search.mistake("You return log p divided by the length: rank by that, but return log p itself.")
def _(next_log_p, bos, eos, width, max_len, alpha):
    return tuple((t, p / len(t) ** alpha) for t, p in _beam(next_log_p, bos, eos, width, max_len, alpha))


@beam_search.mistake("Your sequences begin with BOS: it is heard, not said, and leave it out of the length, too.")
def _(next_log_p, bos, eos, width, max_len, alpha):
    return tuple(((bos, *t), p) for t, p in _beam(next_log_p, bos, eos, width, max_len, alpha))


@beam_search.mistake("Ended sequences keep their place in your beam and take it from others. Here they leave it, and are ranked in the end.")
def _(next_log_p, bos, eos, width, max_len, alpha):
    beam = [((), 0.0)]
    for _ in range(max_len):
        ended = [c for c in beam if c[0][-1:] == (eos,)]
        grown = [((*t, k), p + float(q)) for t, p in beam if t[-1:] != (eos,) for k, q in enumerate(next_log_p((bos, *t)))]
        beam = sorted(ended + grown, key=lambda c: c[1], reverse=True)[:width]
    return tuple(sorted(beam, key=lambda c: c[1] / len(c[0]) ** alpha, reverse=True))


@beam_search.observed_by
def _(answer, next_log_p, bos, eos, width, max_len, alpha):
    if not isinstance(answer, (tuple, list)):
        raise ValueError(f"Expected a tuple of pairs (tokens, log p); got {type(answer).__name__}.")
    pairs = []
    for pair in answer:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], (tuple, list)):
            raise ValueError("Each entry of the result should be a pair (tokens, log p), tokens being a tuple.")
        pairs.append((" ".join(str(int(k)) for k in pair[0]), np.float64(pair[1])))
    return tuple(pairs)


@beam_search.explained_by
def _(answer, next_log_p, bos, eos, width, max_len, alpha):
    right = beam_search.reference(next_log_p, bos, eos, width, max_len, alpha)
    if len(answer) != len(right):
        return f"Expected {len(right)} sequence{'s' * (len(right) != 1)}, got {len(answer)}."
    if [tuple(map(int, t)) for t, _ in answer] == [t for t, _ in right]:
        return "The sequences are right, but not all of their log-probabilities."
    if sorted(tuple(map(int, t)) for t, _ in answer) == sorted(t for t, _ in right):
        return "The right sequences, in the wrong order."
    return "Not the sequences that a beam of this width finds."


# ---------------------------------------------------------------------------------------------------- 7.7 bleu


@exercise("7.7", title="BLEU", returns={"score": ""}, hints=[
    "How often may `the` count, if the reference has it once? And what punishes a candidate that says one right word and stops?",
    "Clip: an n-gram counts at most as often as the reference has it. The brevity penalty is exp(1 - r / c) where the candidate is shorter, never above 1.",
    "`min(have.count(g), allowed.count(g))` summed over `set(have)`; `min(1.0, np.exp(1 - len(ref) / len(cand)))`; `np.exp(np.mean(np.log(precisions)))`.",
])
def bleu(cand, ref, n):
    """Return the BLEU score of a candidate against one reference, with n-grams of 1 … n tokens.

    cand, ref: strings or lists of tokens  ->  a number from 0 to 1:
    brevity · (p_1 · p_2 · … · p_n)^(1/n), p_k the share of the candidate's k-grams that are in the
    reference, each counted at most as often as there; brevity = min(1, exp(1 - len(ref) / len(cand))).
    0 where some p_k is 0. cand = "aab", ref = "abc", n = 1: p_1 = 2/3 ("a" counts once), so 0.667.
    """
    precisions = []
    for k in range(1, n + 1):
        have = [tuple(cand[i:i + k]) for i in range(len(cand) - k + 1)]      # the candidate's k-grams
        allowed = [tuple(ref[i:i + k]) for i in range(len(ref) - k + 1)]     # those of the reference
        right = sum(min(have.count(g), allowed.count(g)) for g in set(have))   # TODO: how many of `have` count
        precisions.append(right / max(1, len(have)))
    if min(precisions) == 0:
        return 0.0
    brevity = min(1.0, np.exp(1 - len(ref) / len(cand)))     # TODO: below 1 where the candidate is too short
    return brevity * np.exp(np.mean(np.log(precisions)))     # TODO: brevity times the geometric mean


@bleu.cases
def _(rng):
    yield "one letter said twice, n = 1", ("aab", "abc", 1)
    yield "two letters that the reference has twice, n = 1", ("abc", "aabbc", 1)
    yield "a candidate that is too short, n = 1", ("ab", "abcde", 1)
    yield "a candidate that is too long, n = 1", ("abcxyz", "abc", 1)
    yield "bigrams, n = 2", ("abcab", "abxab", 2)
    yield "no bigram is right, n = 2", ("acbd", "dbca", 2)
    yield "shorter than n", ("ab", "abc", 4)
    yield "words, n = 4", ("the cat is on the mat today the".split(), "there the cat is on the mat a day".split(), 4)
    letters = np.array(list("abc"))
    yield "random letters, n = 3", ("".join(letters[rng.integers(0, 3, 14)]), "".join(letters[rng.integers(0, 3, 17)]), 3)


def _grams(x, k):
    return [tuple(x[i:i + k]) for i in range(len(x) - k + 1)]


@bleu.same
def _(cand, ref, n):
    from collections import Counter

    product = 1.0
    for k in range(1, n + 1):
        have, allowed = Counter(_grams(cand, k)), Counter(_grams(ref, k))
        product *= sum((have & allowed).values()) / (sum(have.values()) or 1)
    penalty = 1.0 if len(cand) >= len(ref) else np.exp(1 - len(ref) / len(cand))
    return penalty * product ** (1 / n)


@bleu.same
def _(cand, ref, n):
    logs = []
    for k in range(1, n + 1):
        left, right = _grams(ref, k), 0
        for g in _grams(cand, k):
            if g in left:
                left.remove(g)
                right += 1
        if not right:
            return 0.0
        logs.append(np.log(right / len(_grams(cand, k))))
    return float(np.exp(sum(logs) / n + min(0, 1 - len(ref) / len(cand))))


def _bleu(cand, ref, n, count=None, below=None, brevity=None, mean=None, zero=True, weigh=None):
    count = count or (lambda have, allowed: sum(min(have.count(g), allowed.count(g)) for g in set(have)))
    p = []
    for k in range(1, n + 1):
        have, allowed = _grams(cand, k), _grams(ref, k)
        p.append(count(have, allowed) / max(1, len(below(have, allowed) if below else have)))
    if zero and min(p) == 0:
        return 0.0
    if weigh:
        return float(weigh(np.array(p), min(1.0, np.exp(1 - len(ref) / len(cand)))))
    b = (brevity or (lambda c, r: min(1.0, np.exp(1 - r / c))))(len(cand), len(ref))
    return float(b * (mean or (lambda p: np.exp(np.mean(np.log(p)))))(np.array(p)))


def _bleu_mistake(sentence, **how):
    bleu.mistake(sentence)(lambda cand, ref, n: _bleu(cand, ref, n, **how))


_bleu_mistake("You do not clip: an n-gram counts at most as often as the reference has it, else \"the the the\" would be a perfect translation.",
              count=lambda have, allowed: sum(g in allowed for g in have))
_bleu_mistake("There is no brevity penalty: a candidate that says a few right words and stops would score 1.", brevity=lambda c, r: 1.0)
_bleu_mistake("The brevity penalty also rewards: for a long candidate your factor is above 1. It is 1 at most.", brevity=lambda c, r: np.exp(1 - r / c))
_bleu_mistake("You punish candidates that are too LONG: their superfluous n-grams already cost precision. Short ones need the penalty.",
              brevity=lambda c, r: min(1.0, np.exp(1 - c / r)))
_bleu_mistake("Your brevity penalty is the plain ratio of the lengths. It is exp(1 - r / c), which is harder on short candidates.",
              brevity=lambda c, r: min(1.0, c / r))
_bleu_mistake("You take the arithmetic mean of the precisions. BLEU takes the geometric one: a p_k of 0 makes all of it 0.",
              mean=lambda p: p.mean())
_bleu_mistake("Two things: you do not clip (an n-gram counts at most as often as the reference has it), and you take the arithmetic mean where the geometric one is wanted.",
              count=lambda have, allowed: sum(g in allowed for g in have), mean=lambda p: p.mean())
_bleu_mistake("You multiply the precisions and forget the n-th root.", mean=lambda p: p.prod())
_bleu_mistake("Only the smallest precision counts in yours, that of the longest n-grams. The mean runs over all lengths from 1 to n.", mean=lambda p: p[-1])
_bleu_mistake("Only single tokens count in yours: their order does not matter to it. The mean runs over all lengths from 1 to n.", mean=lambda p: p[0])
_bleu_mistake("You count each different n-gram once: one that stands twice in both counts twice.", count=lambda have, allowed: len(set(have) & set(allowed)))
_bleu_mistake("You divide by the number of n-grams in the REFERENCE: that is recall. Precision divides by those of the candidate.",
              below=lambda have, allowed: allowed)
_bleu_mistake("You leave out the precisions that are 0 from the mean. One that is 0 makes the whole score 0.", zero=False,
              mean=lambda p: np.exp(np.mean(np.log(p[p > 0]))) if (p > 0).any() else 0.0)
_bleu_mistake("Your weights are 1/2, 1/4, 1/8 …, as in some textbooks' variant. Here (and in the paper) every length weighs 1/n.",
              mean=lambda p: np.prod(p ** (0.5 ** np.arange(1, len(p) + 1))))
_bleu_mistake("You compare place by place: an n-gram that is right but stands one place further on counts as well.",
              count=lambda have, allowed: sum(a == b for a, b in zip(have, allowed, strict=False)))
_bleu_mistake("Your score is out of 100. Papers often print it so; here it goes from 0 to 1.", mean=lambda p: 100 * np.exp(np.mean(np.log(p))))
_bleu_mistake("`**` binds stronger than `/`: you take the power 1 and then divide by n. The n-th root needs brackets around 1 / n.",
              mean=lambda p: p.prod() ** 1 / len(p))
_bleu_mistake("A repeated n-gram is counted again for each time it stands there: each different one must come once, with its number.",
              count=lambda have, allowed: sum(min(have.count(g), allowed.count(g)) for g in have))
_bleu_mistake("You divide by the number of n-grams twice: the next line does it, here only those that are right are counted.",
              count=lambda have, allowed: sum(min(have.count(g), allowed.count(g)) for g in set(have)) / max(1, len(have)))
_bleu_mistake("You count how often they stand in the reference alone: the candidate may say them less often.",
              count=lambda have, allowed: sum(g in have for g in allowed))
_bleu_mistake("Your brevity factor is never below 1: it rewards long candidates and lets short ones pass. It is 1 at most.",
              brevity=lambda c, r: max(1.0, np.exp(1 - r / c)))
_bleu_mistake("Your brevity factor is above 1 for short candidates, so it rewards them: the two lengths have changed places.",
              brevity=lambda c, r: np.exp(r / c - 1))
_bleu_mistake("Your brevity factor is above 1 for short candidates: it should be a penalty, exp(1 - r / c), 1 at most.",
              brevity=lambda c, r: max(1.0, np.exp(r / c - 1)))
_bleu_mistake("The root is for the precisions alone: you take it of the brevity penalty as well.",
              weigh=lambda p, b: (b * p.prod()) ** (1 / len(p)))
_bleu_mistake("You add up the precisions. Their geometric mean is wanted, and it is never above 1.", mean=lambda p: p.sum())
_bleu_mistake("`//` cuts the ratio of the lengths down to a whole number: a candidate a little too short goes unpunished.",
              brevity=lambda c, r: min(1.0, np.exp(1 - r // c)))
_UPSIDE_DOWN = "The ratio in your brevity penalty is upside down: it has to fall steeply as the candidate gets shorter, exp(1 - r / c), 1 at most."
_bleu_mistake(_UPSIDE_DOWN, brevity=lambda c, r: min(1.0, np.exp(c / r - 1)))
_bleu_mistake(_UPSIDE_DOWN, brevity=lambda c, r: np.exp(c / r - 1))


# --------------------------------------------------------------------------------------- 7.8 gradient_of_the_vector


@exercise("7.8", title="What arrives at the vector", returns={"dv": "N H"}, hints=[
    "The vector v is used at several places. What is the gradient of something that is used at several places? And which of these places do you reach at each step?",
    "Going back through a step: what arrives at s_{t+1} is its own ds plus what comes from the step after it; times the slope of tanh that is da. "
    "From da one part goes to v (through Wv) and one to the state before (through Wh). The loop ends at s_0, and s_0 is v itself.",
    "`da = (ds[:, t] + dnext) * (1 - s[:, t + 1] ** 2)`, `dv = dv + da @ Wv.T`, `dnext = da @ Wh.T`, and in the end `dv + dnext`.",
])
def gradient_of_the_vector(ds, s, Wv, Wh):
    """Return the gradient of the loss for the vector v, in a decoder that sees v at every step.

    The decoder: s_0 = v, and s_{t+1} = tanh(what it hears + v Wv + s_t Wh + b) for t = 0 … S-1.
    ds (N, S, H) what the scores send back to s_1 … s_S, s (N, S+1, H) the states s_0 … s_S,
    Wv (H, H), Wh (H, H)  ->  dv (N, H).
    With H = 1, one step, s_1 = 0, ds = 1, Wv = 2 and Wh = 3: da = 1, so dv = 2 + 3 = 5.
    """
    dv, dnext = np.zeros_like(s[:, 0]), np.zeros_like(s[:, 0])
    for t in reversed(range(ds.shape[1])):
        da = (ds[:, t] + dnext) * (1 - s[:, t + 1] ** 2)  # TODO: for the sum inside tanh of step t
        dv = dv + da @ Wv.T                               # TODO: dv, and what this step sends to v directly
        dnext = da @ Wh.T                                 # TODO: what this step sends to the state before
    return dv + dnext                                     # TODO: all that arrives at v


def _vector_case(rng, N, S, H, first_zero=False):
    Wv, Wh, v = rng.normal(size=(H, H)), rng.normal(size=(H, H)), rng.normal(size=(N, H))
    s = [v]
    for _ in range(S):
        s.append(np.tanh(rng.normal(size=(N, H)) + v @ Wv + s[-1] @ Wh))
    return rng.normal(size=(N, S, H)), np.stack(s, axis=1), Wv, Wh


def _vector(ds, s, Wv, Wh, slope=lambda s, t: 1 - s[:, t + 1] ** 2, turn_v=True, turn_h=True, chain=True, add=True, end=True,
            direct=True, order=None, ds_in=True):
    dv, dnext = np.zeros_like(s[:, 0]), np.zeros_like(s[:, 0])
    Wv, Wh = Wv.T if turn_v else Wv, Wh.T if turn_h else Wh
    for t in order(ds.shape[1]) if order else reversed(range(ds.shape[1])):
        da = (ds[:, t] * ds_in + dnext * chain) * slope(s, t)
        dv = (dv if add else 0) + (da @ Wv if direct else 0)
        dnext = da @ Wh
    return dv + dnext if end else dv


@gradient_of_the_vector.cases
def _(rng):
    yield "one step, H = 1", _vector_case(rng, 1, 1, 1)
    yield "one step, H = 2", _vector_case(rng, 1, 1, 2)
    yield "two steps, H = 1", _vector_case(rng, 1, 2, 1)
    yield "a batch of 3, five steps, H = 4", _vector_case(rng, 3, 5, 4)


@gradient_of_the_vector.same
def _(ds, s, Wv, Wh):
    total, das = 0.0, []
    for t in range(ds.shape[1] - 1, -1, -1):
        da = (1 - s[:, t + 1] ** 2) * (ds[:, t] + total)
        das.append(da)
        total = np.einsum("nk,hk->nh", da, Wh)
    return total + sum(das) @ Wv.T


@gradient_of_the_vector.same
def _(ds, s, Wv, Wh):
    both = np.concatenate([Wv, Wh])                           # (2H, H): one product for both ways
    H = len(Wh)
    dv, dnext = 0.0, 0.0
    for t in range(ds.shape[1])[::-1]:
        da = (ds[:, t] + dnext) * (1 - s[:, t + 1] * s[:, t + 1])
        back = da @ both.T
        dv, dnext = dv + back[:, :H], back[:, H:]
    return dv + dnext


for _sentence, _how in [
    ("What arrives at s_0 is missing: s_0 is v as well, so its gradient belongs to dv.", {"end": False}),
    ("Only what arrives at s_0 is counted. The vector is also seen at every step, and each of them sends a part back through Wv.", {"direct": False}),
    ("Each step overwrites what the others have sent to v. Gradients of something that is used several times add up.", {"add": False}),
    ("What comes from the later steps is missing: each state is used by its scores AND by the next step.", {"chain": False}),
    ("The slope of tanh is missing: from the state to the sum inside it is a factor 1 - s².", {"slope": lambda s, t: 1.0}),
    ("The slope is taken at the state before the step, s_t. The step makes s_{t+1}.", {"slope": lambda s, t: 1 - s[:, t] ** 2}),
    ("The slope of tanh is 1 - s², with the square.", {"slope": lambda s, t: 1 - s[:, t + 1]}),
    ("You go through Wv as in the forward pass. On the way back it is transposed: Wv.T.", {"turn_v": False}),
    ("You go through Wh as in the forward pass. On the way back it is transposed: Wh.T.", {"turn_h": False}),
    ("You go through both matrices as in the forward pass. On the way back they are transposed.", {"turn_v": False, "turn_h": False}),
    ("You go forward in time. The gradient comes from the last step: begin there.", {"order": range}),
]:
    gradient_of_the_vector.mistake(_sentence)(lambda ds, s, Wv, Wh, how=_how: _vector(ds, s, Wv, Wh, **how))


@gradient_of_the_vector.mistake("The two matrices are exchanged: Wv leads to the vector, Wh to the state before.")
def _(ds, s, Wv, Wh):
    dv, dnext = 0.0, 0.0
    for t in reversed(range(ds.shape[1])):
        da = (ds[:, t] + dnext) * (1 - s[:, t + 1] ** 2)
        dv, dnext = dv + da @ Wh.T, da @ Wv.T
    return dv + dnext


# ------------------------------------------------------------------------------------------------ 7.9 begins_with_a_swap


@exercise("7.9", title="Is it a swap?", returns={"swap": "N"}, hints=[
    "Wanted is a b c d, said is a c b d. At the first wrong place, which token was said? And at the place after it?",
    "With t the first wrong place: `said` at t is `wanted` at t + 1, and `said` at t + 1 is `wanted` at t. Pick one number of each row with `said[rows, t]`.",
    "`(said[rows, t] == wanted[rows, after]) & (said[rows, after] == wanted[rows, t])`.",
])
def begins_with_a_swap(said, wanted):
    """Return for each row whether its first mistake is a swap of two neighbours.

    said, wanted (N, S) ids, the same number of places -> (N,) bool: True where, at the row's first wrong
    place, the NEXT wanted token was said, and after it the one that had been left out.
    wanted [3, 4, 5, 6]: said [3, 5, 4, 6] begins with a swap, [3, 5, 5, 6] and [3, 4, 5, 6] do not.
    """
    wrong, rows = said != wanted, np.arange(len(said))
    first = wrong.argmax(axis=1)                          # (N,) the first wrong place, 0 where none is
    after = np.minimum(first + 1, said.shape[1] - 1)      # the place after it
    # TODO: write the line: `swap` (N,), True where the two are exchanged
    swap = (said[rows, first] == wanted[rows, after]) & (said[rows, after] == wanted[rows, first])
    # END
    return swap & wrong.any(axis=1)


@begins_with_a_swap.cases
def _(rng):
    yield "b before a", (np.array([[4, 3, 5]]), np.array([[3, 4, 5]]))
    yield "one letter said twice", (np.array([[4, 4, 5]]), np.array([[3, 4, 5]]))
    yield "the right letter too late", (np.array([[5, 3, 6]]), np.array([[3, 4, 6]]))
    yield "no mistake", (np.array([[3, 3, 5]]), np.array([[3, 3, 5]]))
    yield "a swap in the middle, then another mistake", (np.array([[3, 5, 4, 7]]), np.array([[3, 4, 5, 6]]))
    yield "the first mistake is none, the second is", (np.array([[7, 5, 4, 6]]), np.array([[3, 4, 5, 6]]))
    yield "two other tokens", (np.array([[4, 5, 7]]), np.array([[3, 6, 7]]))
    yield "only the last place is wrong", (np.array([[3, 4, 6]]), np.array([[3, 4, 5]]))
    yield "a batch of 5", (
        np.array([[3, 4, 5, 6], [4, 3, 5, 6], [3, 5, 4, 6], [3, 4, 6, 5], [5, 4, 3, 6]]), np.tile([3, 4, 5, 6], (5, 1)))
    yield "eight random rows", (rng.integers(3, 6, (8, 4)), rng.integers(3, 6, (8, 4)))


@begins_with_a_swap.same
def _(said, wanted):
    found = []
    for a, b in zip(said.tolist(), wanted.tolist(), strict=True):
        t = next((i for i in range(len(a)) if a[i] != b[i]), None)
        found.append(t is not None and t + 1 < len(a) and a[t : t + 2] == b[t : t + 2][::-1])
    return np.array(found)


@begins_with_a_swap.same
def _(said, wanted):
    wrong, rows = said != wanted, np.arange(len(said))
    t = wrong.argmax(axis=1)
    u = np.minimum(t + 1, said.shape[1] - 1)
    pair, other = np.stack([said[rows, t], said[rows, u]]), np.stack([wanted[rows, u], wanted[rows, t]])
    return np.all(pair == other, axis=0) & (said != wanted).any(axis=1)


def _swap_with(change):
    def function(said, wanted):
        wrong, rows = said != wanted, np.arange(len(said))
        first = wrong.argmax(axis=1)
        after = np.minimum(first + 1, said.shape[1] - 1)
        return change(said, wanted, rows, first, after) & wrong.any(axis=1)

    return function


for _sentence, _wrong in [
    ("You ask only whether the next token was said too early. It is a swap if the one that was left out comes right after it.",
     lambda a, b, r, t, u: a[r, t] == b[r, u]),
    ("You ask only whether the token that was left out comes one place later. It is a swap if the next token was said in its place.",
     lambda a, b, r, t, u: a[r, u] == b[r, t]),
    ("One of the two is enough in yours. Both have to hold: the next token too early, and the left out one after it.",
     lambda a, b, r, t, u: (a[r, t] == b[r, u]) | (a[r, u] == b[r, t])),
    ("You compare `said` with `said` and `wanted` with `wanted`. A swap is a comparison of the two, crosswise.",
     lambda a, b, r, t, u: (a[r, t] == a[r, u]) & (b[r, t] == b[r, u])),
    ("You compare place with the same place: at the first wrong place these two are never equal. Compare crosswise.",
     lambda a, b, r, t, u: (a[r, t] == b[r, t]) & (a[r, u] == b[r, u])),
    ("You only ask whether the two places hold the same two tokens in sum: 3 + 6 is 4 + 5 as well. Compare the tokens, crosswise.",
     lambda a, b, r, t, u: a[r, t] + a[r, u] == b[r, t] + b[r, u]),
    ("You ask whether both places are wrong. That is true of a swap, but of other mistakes as well.",
     lambda a, b, r, t, u: (a[r, t] != b[r, t]) & (a[r, u] != b[r, u])),
    ("You leave out the rows: `said[:, t]` takes these columns of EVERY row. Each row has its own first mistake.",
     lambda a, b, r, t, u: (a[:, t] == b[:, u]) & (a[:, u] == b[:, t])),
    ("This is True where it is NOT a swap.",
     lambda a, b, r, t, u: ~((a[r, t] == b[r, u]) & (a[r, u] == b[r, t]))),
]:
    begins_with_a_swap.mistake(_sentence)(_swap_with(_wrong))
