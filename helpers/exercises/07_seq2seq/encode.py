"""Exercise 7.2: read the source."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import draw_cell, draw_state


@exercise("7.2", title="Read the source", returns={"state": "N H"}, hints=[
    "What does a row do at a step where its source is already over? What should its state be afterwards?",
    "`source[:, t]` are the tokens of step t, one for each row; `E[…]` looks their vectors up. The cell takes the whole state and returns the whole state, "
    "and of that a padded row takes nothing: `np.where(mask[:, t, None], new, old)`, for each part of the state.",
    "`x = E[source[:, t]]`, `new = cell(x, state)`, `state = tuple(np.where(mask[:, t, None], n, s) for n, s in zip(new, state))`.",
])
def encode(source, mask, E, cell, state):
    """Return the state after reading the source: all that the decoder will know of it.

    source (N, T) ids, mask (N, T) True where a token is, E (V, D) a vector for each token;
    cell(x, state) -> state is one step, from x (N, D). A state is a tuple of arrays (N, H):
    (h,) for an RNN or a GRU, (h, c) for an LSTM. state: that before the first token.
    -> state, a tuple as it came. A row's padding leaves its state as it was: the row
    [3, 4, 0] with the mask [True, True, False] ends in the same state as the row [3, 4].
    """
    for t in range(source.shape[1]):
        x = E[source[:, t]]             # TODO: the vectors (N, D) of the tokens at t
        new = cell(x, state)            # TODO: one step on, from the state so far
        # TODO: write the line: `state`, each part new, but old on padding
        state = tuple(np.where(mask[:, t, None], n, s)
                      for n, s in zip(new, state, strict=True))
        # END
    return state


@encode.cases
def _(rng):
    E = rng.normal(size=(6, 2))
    yield "one token, an RNN", (np.array([[3]]), np.ones((1, 1), bool), E, draw_cell(rng, "rnn", 2, 2), draw_state(rng, "rnn", 1, 2))
    yield "four tokens, an RNN", (np.array([[3, 4, 1, 2]]), np.ones((1, 4), bool), E, draw_cell(rng, "rnn", 2, 3), draw_state(rng, "rnn", 1, 3))
    yield "two tokens and two places of padding, an RNN", (
        np.array([[3, 4, 0, 0]]), np.array([[True, True, False, False]]), E, draw_cell(rng, "rnn", 2, 3), draw_state(rng, "rnn", 1, 3))
    yield "three tokens, an LSTM", (np.array([[5, 1, 2]]), np.ones((1, 3), bool), E, draw_cell(rng, "lstm", 2, 3), draw_state(rng, "lstm", 1, 3))
    yield "a batch of 3, T = 5, an LSTM, lengths 5, 2 and 4", (
        rng.integers(1, 6, (3, 5)), np.arange(5) < np.array([[5], [2], [4]]), E, draw_cell(rng, "lstm", 2, 4), draw_state(rng, "lstm", 3, 4))
    yield "a batch of 2, T = 5, an RNN, lengths 4 and 2; id 0 is a token, PAD is 5", (
        np.array([[1, 0, 2, 3, 5], [0, 4, 5, 5, 5]]), np.arange(5) < np.array([[4], [2]]), E, draw_cell(rng, "rnn", 2, 3), draw_state(rng, "rnn", 2, 3))
    yield "one of two sources is empty", (np.array([[0, 0, 0], [2, 1, 0]]), np.arange(3) < np.array([[0], [2]]), E, draw_cell(rng, "lstm", 2, 2), draw_state(rng, "lstm", 2, 2))
    yield "vectors so large that tanh is flat", (np.array([[1, 2, 3]]), np.ones((1, 3), bool), 1000 * E, draw_cell(rng, "rnn", 2, 3), draw_state(rng, "rnn", 1, 3))


encode.same(encode.changed(("np.where(mask[:, t, None], n, s)", "mask[:, t, None] * n + (1 - mask[:, t, None]) * s")))


@encode.same
def _(source, mask, E, cell, state):
    ends = []
    for n in range(len(source)):      # row by row: slow, and right
        row = tuple(part[n:n + 1] for part in state)
        for token in source[n][mask[n]]:
            row = cell(E[[token]], row)
        ends.append(row)
    return tuple(np.concatenate(parts) for parts in zip(*ends, strict=True))


BY_PARTS = "state = tuple(np.where(mask[:, t, None], {}) for n, s in zip(new, state))"
H_ALONE = "The state is a tuple, and you pass on h alone: an LSTM's c is lost, and its next step finds nothing to unpack."

for sentence, edits in [
    ("The padding is read as if it were tokens: after a short row's end its state must stay as it is.", {"block": "state = new"}),
    ("On padding you set the state to zero: all that was read is forgotten. It should be kept as it was.", {"block": BY_PARTS.format("n, 0")}),
    ("Your mask is inverted: you keep the old state where a token is, and read the padding.", {"block": BY_PARTS.format("s, n")}),
    ("The LSTM's memory c never moves: you carry h from step to step and leave the other part of the state as it was.", {"block": "state = (np.where(mask[:, t, None], new[0], state[0]), *state[1:])"}),
    ("Only h is kept on padding; the LSTM's c goes on reading it. Every part of the state has to stay.", {"block": "state = (np.where(mask[:, t, None], new[0], state[0]), *new[1:])"}),
    ("The state never moves: the new one has to get the name `state`, or the next step begins where this one did.", {"block": "merged = " + BY_PARTS.format("n, s")[8:]}),
    ("A row's state is kept only when the whole batch is over: each row has its own padding.", {"block": "state = new if mask[:, t].any() else state"}),
    ("The whole batch stops as soon as one row is over: the longer rows have more to read.", {"block": "state = new if mask[:, t].all() else state"}),
    ("You guess the padding from the ids. The mask tells where it is: PAD need not be 0, and 0 may be a token.", {"block": "state = tuple(np.where(source[:, t, None] != 0, n, s) for n, s in zip(new, state))"}),
    (H_ALONE, {"block": "state = (np.where(mask[:, t, None], new[0], state[0]),)"}),
    (H_ALONE, {"new": "cell(x, state[0])"}),
    ("You look up the number of the step, not the tokens that stand there.", {"x": "E[t]"}),
    ("Every row reads the first row's token: `source[:, t]` has one for each row.", {"x": "E[source[:1, t]]"}),
    ("You pick the tokens of ROW t: the steps lie along the second axis, `source[:, t]`.", {"x": "E[source[t % len(source)]]"}),
    ("You read the source backwards. That can even help (section 6), but here it should be read as it comes.", {"x": "E[source[:, -1 - t]]"}),
    ("The cell gets the ids themselves: it wants the vectors of the tokens, which E holds.", {"x": "source[:, t]"}),
    ("You unpack the state: `cell(x, *state)`. The cell takes two things, x and the whole state as one tuple.", {"new": "cell(x, *state)"}),
    ("You give the cell the state first. It takes x first, then the state.", {"new": "cell(state, x)"}),
    ("You ignore the state so far, and each step starts from zeros: of the source only the last token is left.", {"new": "cell(x, tuple(np.zeros_like(s) for s in state))"}),
    ("You take the mask of another step: that of the token which is being read decides.", {"block": "state = tuple(np.where(mask[:, t - 1, None], n, s) for n, s in zip(new, state))"}),
    ("On padding you feed zeros and go on: a step with a zero input is still a step, and changes the state.", {"x": "E[source[:, t]] * mask[:, t, None]", "block": "state = new"}),
    ("The mask of a step is (N,), the state (N, H): one number for each row needs another axis, or it is laid along H.", {"block": "state = tuple(np.where(mask[:, t], n, s) for n, s in zip(new, state))"}),
    ("New and old are added up: only one of the two is wanted in each row, `np.where` chooses.", {"block": "state = tuple(n * mask[:, t, None] + s for n, s in zip(new, state))"}),
]:
    encode.mistake(sentence, **edits)

for sentence, *changes in [
    ("You return h alone. An LSTM's decoder needs c as well: the state is a tuple, and all of it is handed over.", ("return state", "return state[0]")),
    ("You return the last step for all rows: what a short row's last step makes of padding is not its state. Return `state`.", ("return state", "return new")),
    ("The parts of the state have changed places: h comes first, then c, as they came in.", ("return state", "return state[::-1]")),
    ("You ignore the `state` that you were given, and start from zeros.", ("    for t in range", "    state = tuple(np.zeros_like(s) for s in state)\n    for t in range")),
    ("You read the source backwards. That can even help (section 6), but here it should be read as it comes.", ("range(source.shape[1])", "reversed(range(source.shape[1]))")),
    ("You leave out the last token of the source.", ("range(source.shape[1])", "range(source.shape[1] - 1)")),
    ("You leave out the first token of the source.", ("range(source.shape[1])", "range(1, source.shape[1])")),
    ("You average the states over all steps. What is handed over is the last one.",
     ("    for t in range", "    states = []\n    for t in range"),
     ("zip(new, state, strict=True))", "zip(new, state, strict=True))\n        states.append(state)"),
     ("return state", "return tuple(np.mean(parts, axis=0) for parts in zip(*states, strict=True))")),
    ("Every step begins from the first state again: of the source only the last token is left.",
     ("    for t in range", "    first = state\n    for t in range"), ("cell(x, state)", "cell(x, first)")),
    ("On padding you go back to the state before the first token. A row should keep the state after its last token.",
     ("    for t in range", "    first = state\n    for t in range"), ("zip(new, state", "zip(new, first")),
]:
    encode.mistake(sentence)(encode.changed(*changes))
