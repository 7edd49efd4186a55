"""Exercise 12.9: read a dialogue, utterance by utterance."""

import numpy as np

from helpers.checking.authoring import exercise
from helpers.checking.comparing import same


@exercise("12.9", title="Two levels of reading", returns={"c": "N C"}, hints=[
    "With which state does an utterance begin? What should a row's state be at a step where its utterance is already over? And the same two questions one level higher.",
    "Below, each of the N · U utterances is a row of its own and begins with zeros. A state moves only where there still is a word; where there is none it stays. Then the last states are sorted back to (N, U, H), and the second cell reads them in order, as long as there are turns.",
    "`np.where(t < lengths.reshape(-1, 1), read(rows[:, t], h), h)`; `h.reshape(N, U, H)`; `np.where(u < turns[:, None], follow(ends[:, u], c), c)`.",
])
def hred_context(X, lengths, turns, read, follow, H, C):
    """Return the context (N, C): an inner cell reads utterances, an outer one their ends.

    X (N, U, T, E): N dialogues of U utterances of T words each, both padded at the end;
    lengths (N, U) words of each utterance, turns (N,) utterances of each dialogue.
    One step of the inner cell is read(x (M, E), h (M, H)) -> h, one of the outer
    follow(h (M, H), c (M, C)) -> c. What stands behind an end may be anything.
    Every utterance begins with h = 0, every dialogue with c = 0.
    With read(x, h) = h + x and follow(h, c) = h: the sum of the words of each
    dialogue's last utterance.
    """
    N, U, T, E = X.shape
    rows = X.reshape(N * U, T, E)                           # each utterance is a row
    h = np.zeros((N * U, H))
    for t in range(T):
        new = read(rows[:, t], h)
        h = np.where(t < lengths.reshape(-1, 1), new, h)    # TODO: move only where a word is left
    ends = h.reshape(N, U, H)                               # TODO: sorted back to dialogues
    c = np.zeros((N, C))
    for u in range(U):
        new = follow(ends[:, u], c)                         # TODO: one turn on
        c = np.where(u < turns[:, None], new, c)            # TODO: move only where a turn is left
    return c


class Cell:
    """One step of a tanh cell; two cells with the same numbers are equal, so that the cases are the same each time."""

    def __init__(self, W, R, b):
        self.numbers = W, R, b

    def __call__(self, x, h):
        W, R, b = self.numbers
        return np.tanh(x @ W + h @ R + b)

    def __eq__(self, other):
        return type(other) is Cell and same(self.numbers, other.numbers)

    __hash__ = None


def _cell(rng, E, H):
    return Cell(rng.normal(size=(E, H)), rng.normal(size=(H, H)) / H**0.5, 0.5 * rng.normal(size=H))


def _add(x, h):
    return h + x


def _half_and_new(h, c):
    return 0.5 * c + h


def _last(h, c):
    return h


def _draw(rng, N, U, T, E, H, C, lengths, turns, size=1.0):
    X = size * rng.normal(size=(N, U, T, E))
    return X, np.array(lengths), np.array(turns), _cell(rng, E, H), _cell(rng, H, C), H, C


@hred_context.cases
def _(rng):
    yield "one utterance of one word", _draw(rng, 1, 1, 1, 2, 2, 2, [[1]], [1])
    yield "one utterance, 3 words, then 2 places of padding", _draw(rng, 1, 1, 5, 2, 3, 2, [[3]], [1])
    yield "two utterances, all full", _draw(rng, 1, 2, 3, 2, 3, 2, [[3, 3]], [2])
    yield "two dialogues, all full", _draw(rng, 2, 2, 2, 2, 3, 2, [[2, 2], [2, 2]], [2, 2])
    yield "three dialogues of two utterances, of several lengths", _draw(rng, 3, 2, 4, 2, 3, 4, [[4, 1], [2, 3], [1, 4]], [2, 2, 2])
    yield "dialogues of 3 and of 1 utterances", _draw(rng, 2, 3, 3, 2, 3, 4, [[3, 2, 1], [2, 1, 1]], [3, 1])
    yield "4 dialogues of 1 to 4 utterances", _draw(rng, 4, 4, 5, 3, 5, 4, rng.integers(1, 6, (4, 4)), [4, 1, 3, 2])
    yield "padding that is far from 0", _draw(rng, 2, 3, 4, 2, 3, 2, [[4, 1, 2], [1, 2, 1]], [3, 2], 50.0)
    X, lengths, turns, *_ = _draw(rng, 3, 3, 3, 2, 2, 2, [[3, 1, 2], [2, 2, 1], [1, 1, 3]], [3, 2, 3])
    yield "cells that add up", (X, lengths, turns, _add, _half_and_new, 2, 2)
    yield "cells that keep the last", (X, lengths, turns, _add, _last, 2, 2)


@hred_context.same
def _(X, lengths, turns, read, follow, H, C):
    contexts = []
    for dialogue, words, count in zip(X, lengths, turns, strict=True):
        c = np.zeros((1, C))
        for utterance, length in zip(dialogue[:count], words, strict=False):
            h = np.zeros((1, H))
            for x in utterance[:length]:
                h = read(x[None], h)
            c = follow(h, c)
        contexts.append(c[0])
    return np.stack(contexts)


@hred_context.same
def _(X, lengths, turns, read, follow, H, C):
    c = np.zeros((len(X), C))
    for u in range(X.shape[1]):
        h = np.zeros((len(X), H))
        for t in range(X.shape[2]):
            keep = (t < lengths[:, u])[:, None].astype(float)
            h = keep * read(X[:, u, t], h) + (1 - keep) * h
        on = u < turns
        c = np.where(on[:, None], follow(h, c), c)
    return c


hred_context.mistakes_in("h", [
    ("The padding of an utterance is read as if it were words.", "new"),
    ("A place too many of each utterance is read: step t is word number t + 1.", "np.where(t <= lengths.reshape(-1, 1), new, h)"),
    ("The last word of each utterance is left out.", "np.where(t < lengths.reshape(-1, 1) - 1, new, h)", "np.where(t + 1 < lengths.reshape(-1, 1), new, h)"),
    ("You keep the old state where a word is, and read the padding.", "np.where(t < lengths.reshape(-1, 1), h, new)", "np.where(t >= lengths.reshape(-1, 1), new, h)"),
    ("Where an utterance is over you set its state to 0: all that was read of it is lost.", "np.where(t < lengths.reshape(-1, 1), new, 0)", "new * (t < lengths.reshape(-1, 1))"),
    ("The lengths are sorted by turn here, the rows by dialogue: `lengths.T` mixes the dialogues.", "np.where(t < lengths.T.reshape(-1, 1), new, h)"),
    ("The lengths need an axis behind them, (N · U, 1), to stand beside the states.", "np.where(t < lengths.reshape(-1), new, h)", "np.where(t < lengths, new, h)"),
    ("An utterance's state never moves in your answer.", "h"),
])
hred_context.mistakes_in("ends", [
    ("Your reshape (U, N, H) hands one dialogue's utterances to another: the rows lie dialogue by dialogue.", "h.reshape(U, N, H).transpose(1, 0, 2)", "h.reshape(U, N, H).swapaxes(0, 1)"),
    ("The utterances of each dialogue come in reversed order.", "h.reshape(N, U, H)[:, ::-1]"),
    ("Every turn gets the first utterance of its dialogue.", "np.repeat(h.reshape(N, U, H)[:, :1], U, axis=1)"),
    ("The states are still one row for each utterance: (N · U, H) has to become (N, U, H).", "h"),
    ("All turns get the mean over the utterances: their order is lost.", "np.repeat(h.reshape(N, U, H).mean(axis=1, keepdims=True), U, axis=1)"),
])
hred_context.mistakes_in("new", [
    ("Every dialogue begins anew at each turn: of all utterances only the last is left.", "follow(ends[:, u], np.zeros((N, C)))", "follow(ends[:, u], 0 * c)"),
    ("The outer cell reads the last utterance at every turn.", "follow(ends[:, -1], c)"),
    ("The outer cell reads the utterances from the last to the first.", "follow(ends[:, U - 1 - u], c)", "follow(ends[:, -1 - u], c)"),
    ("The outer cell takes the utterance first, then its own state: you have exchanged the two.", "follow(c, ends[:, u])"),
    ("The inner cell is used on the outer level as well.", "read(ends[:, u], c)"),
    ("You pick dialogue number u, not utterance number u: turns lie along the second axis.", "follow(ends[u % N], c)", "follow(ends[u], c)"),
])
hred_context.mistakes_in("c", [
    ("Empty utterances behind the end of a short dialogue move its context.", "new"),
    ("One turn too many is read: turn u is utterance number u + 1.", "np.where(u <= turns[:, None], new, c)"),
    ("The last utterance of each dialogue is left out. In our dialogues that is the question.", "np.where(u < turns[:, None] - 1, new, c)", "np.where(u + 1 < turns[:, None], new, c)"),
    ("You keep the old context where a turn is, and read on where there is none.", "np.where(u < turns[:, None], c, new)"),
    ("Where a dialogue is over you set its context to 0.", "np.where(u < turns[:, None], new, 0)", "new * (u < turns[:, None])"),
    ("The turns need an axis behind them, (N, 1), to stand beside the contexts.", "np.where(u < turns, new, c)"),
    ("The context never moves in your answer.", "c"),
])

for _sentence, *_changes in [
    ("The state of an utterance is carried over into the next one: then this is one long text, read by one net, and no second level.", ("    h = np.zeros((N * U, H))\n", ""), ("    for t in range(T):\n        new = read(rows[:, t], h)\n        h = np.where(t < lengths.reshape(-1, 1), new, h)    # move only where a word is left\n    ends = h.reshape(N, U, H)                               # sorted back to dialogues\n",
     "    h, ends = np.zeros((N, H)), np.zeros((N, U, H))\n    for u in range(U):\n        for t in range(T):\n            h = np.where(t < lengths[:, u, None], read(X[:, u, t], h), h)\n        ends[:, u] = h\n")),
    ("You return the last utterance's state: the outer cell is not used, and what was said before is lost.", ("return c", "return ends[np.arange(N), turns - 1]")),
]:
    hred_context.mistake(_sentence)(hred_context.changed(*_changes))

hred_context.mistakes_in("h", [
    ("You ask how many turns are left. Here it is about words: `lengths`, those of each utterance.", "np.where(t < np.repeat(turns, U)[:, None], new, h)"),
])

hred_context.mistakes_in("c", [
    ("You ask how many words are left. Here it is about turns: `turns`, those of each dialogue.", "np.where(u < lengths[:, u][:, None], new, c)"),
])
