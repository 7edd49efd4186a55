"""Exercise 6.9: one answer for the whole sequence."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("6.9", title="One answer for the whole sequence", returns={"summary": "N 2H"}, hints=[
    "At which step has the first net read the whole sequence and no padding? At which step has the second one, which reads from the other end?",
    "Sequence n has `lengths[n]` steps, counted from 0. The first net has read the last of them at step lengths[n] - 1. The second one ends where the sequence begins.",
    "`Y[np.arange(len(Y)), lengths - 1, :H]` takes one row of each sequence, and `Y[:, 0, H:]` is the second half.",
])
def one_answer(Y, lengths):
    """Return for each sequence the two states that have read all of it.

    Y (N, T, 2H): the states of a net that reads both ways, each sequence reversed within
    its own length, the padding at the end; lengths (N,), whole numbers from 1 to T
    -> (N, 2H): first f, then b.
    If f is [1., 2., 3.], b is [7., 8., 9.] and the length is 2 (so that step 2 is padding),
    the summary is [2., 7.].
    """
    N, H = len(Y), Y.shape[2] // 2
    f = Y[np.arange(N), lengths - 1, :H]     # TODO: (N, H), the state of f that has read it all
    b = Y[:, 0, H:]                          # TODO: (N, H), the state of b that has read it all
    return np.concatenate([f, b], axis=1)


@one_answer.cases
def _(rng):
    yield "one sequence that fills its row, T = 3, one unit each way", (rng.normal(size=(1, 3, 2)), np.array([3]))
    yield "one sequence of 2 steps in a row of 3, one unit each way", (rng.normal(size=(1, 3, 2)), np.array([2]))
    yield "one sequence of a single step in a row of 3", (rng.normal(size=(1, 3, 2)), np.array([1]))
    yield "lengths 3, 5, 2 and 4 in rows of 6, H = 2", (rng.normal(size=(4, 6, 4)), np.array([3, 5, 2, 4]))
    yield "lengths 4 and 2 in rows of 4, H = 3", (rng.normal(size=(2, 4, 6)), np.array([4, 2]))
    yield "rows of one step, H = 2", (rng.normal(size=(3, 1, 4)), np.array([1, 1, 1]))
    yield "lengths 1 and 5 in rows of 5, numbers near 1000", (1000 * rng.normal(size=(2, 5, 2)), np.array([1, 5]))


one_answer.same(lambda Y, lengths: np.array(
    [np.append(r[k - 1, : r.shape[1] // 2], r[0, r.shape[1] // 2 :]) for r, k in zip(Y, lengths, strict=True)]))

one_answer.same(one_answer.changed(("np.concatenate([f, b], axis=1)", "np.hstack([f, b])"), (
    "Y[np.arange(N), lengths - 1, :H]", "np.take_along_axis(Y, lengths[:, None, None] - 1, axis=1)[:, 0, :H]")))

LAST = "Y[np.arange(N), lengths - 1, {}]"

for sentence, edits in [
    ("You take the last step of the row for both. Where a sequence is shorter than its row, that step is padding, and both nets have read padding there; where it fills its row, b has read a single step there.", {"f": "Y[:, -1, :H]", "b": "Y[:, -1, H:]"}),
    ("You take f at the end of the *row*: there it has read the padding as well. Each sequence ends at a step of its own.", {"f": "Y[:, -1, :H]"}),
    ("You take both at the last step of the sequence. There, b has read that one step alone: it reads from the other end.", {"b": LAST.format("H:")}),
    ("You take b at the end of the *row*. If the sequence ends there, b has read that one step alone; if there is padding, b has read the padding as well.", {"b": "Y[:, -1, H:]"}),
    ("You take both at step 0. There, f has read one step alone.", {"f": "Y[:, 0, :H]"}),
    ("You take each net where it has just begun: f at step 0 and b at the last step.", {"f": "Y[:, 0, :H]", "b": LAST.format("H:")}),
    ("Counted from 0, step number `lengths[n]` is the first step of the padding: the last step of the sequence has the number lengths[n] - 1.", {"f": "Y[np.arange(N), lengths, :H]"}),
    ("f is one step too early: it has not read the last step of the sequence.", {"f": "Y[np.arange(N), lengths - 2, :H]"}),
    ("The halves are swapped: first f, then b.", {"f": "Y[:, 0, H:]", "b": LAST.format(":H")}),
    ("You take the numbers of b for f: the first H of the 2H numbers are f's.", {"f": LAST.format("H:")}),
    ("You take the numbers of f for b: the last H of the 2H numbers are b's.", {"b": "Y[:, 0, :H]"}),
    ("All sequences are read at the step where the *longest* one ends.", {"f": "Y[:, lengths.max() - 1, :H]"}),
    ("All sequences are read at the step where the *first* one ends. Each has a length of its own.", {"f": "Y[:, lengths[0] - 1, :H]"}),
    ("You take every second number. The halves stand one after the other: the first H of the 2H numbers are f's, the others b's.", {"f": LAST.format("::2"), "b": "Y[:, 0, 1::2]"}),
    ("You take the mean over all steps, the padding too. Asked for are the two states that have read everything.", {"f": "Y[:, :, :H].mean(axis=1)", "b": "Y[:, :, H:].mean(axis=1)"}),
    ("You take the mean over the steps. Asked for are the two states that have read everything.",
     {"f": "np.stack([row[:k, :H].mean(axis=0) for row, k in zip(Y, lengths)])", "b": "np.stack([row[:k, H:].mean(axis=0) for row, k in zip(Y, lengths)])"}),
]:
    one_answer.mistake(sentence, **edits)

one_answer.mistake("`Y[:, lengths - 1]` takes these steps of EVERY row. Each row has a step of its own: rows and steps have to be paired.")(
    one_answer.changed(("Y[np.arange(N), lengths - 1, :H]", "Y[:, lengths - 1, :H]")))
