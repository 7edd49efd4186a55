"""Exercise 10.4: one wide vector, several narrow ones."""

import itertools

import numpy as np

from helpers.checking.authoring import exercise


@exercise("10.4", title="Split into heads", returns={"split": "N heads T d"}, hints=[
    "The width D of each place is cut into pieces that lie one behind the other. Which axis is cut, and where does the new axis stand then?",
    "A reshape cuts an axis where it stands: D becomes (heads, d), still behind T. Only then an exchange of two axes brings the heads before T.",
    "`X.reshape(N, T, heads, D // heads)`, then `pieces.transpose(0, 2, 1, 3)`.",
])
def split_heads(X, heads):
    """Cut each vector of X (N, T, D) into heads pieces of d = D / heads numbers.

    -> (N, heads, T, d): head 0 has the first d numbers of every place, head 1
    the next d, and so on.
    X = [[[1, 2, 3, 4], [5, 6, 7, 8]]] with 2 heads becomes
    [[[[1, 2], [5, 6]], [[3, 4], [7, 8]]]].
    """
    N, T, D = X.shape
    pieces = X.reshape(N, T, heads, D // heads)    # TODO: (N, T, heads, d) cut each place's width
    split = pieces.transpose(0, 2, 1, 3)           # TODO: (N, heads, T, d) heads before places
    return split


@split_heads.cases
def _(rng):
    yield "one sequence, two places, two heads", (np.array([[[1.0, 2, 3, 4], [5, 6, 7, 8]]]), 2)
    yield "three places, two heads", (np.arange(12.0).reshape(1, 3, 4), 2)
    yield "one head", (rng.normal(size=(2, 3, 4)), 1)
    yield "heads of one number", (rng.normal(size=(2, 5, 3)), 3)
    yield "2 sequences, T = 5, D = 12, 3 heads", (rng.normal(size=(2, 5, 12)), 3)
    yield "3 sequences, T = 4, D = 10, 5 heads", (rng.normal(size=(3, 4, 10)), 5)


@split_heads.same
def _(X, heads):
    return np.stack(np.split(X, heads, axis=2), axis=1)


@split_heads.same
def _(X, heads):
    N, T, D = X.shape
    return np.moveaxis(X.reshape(N, T, heads, -1), 2, 1)


MIXED = "You reshape straight to (N, heads, T, d). A reshape never moves a number: it cuts the text into heads stretches, and a head gets whole vectors of a few places instead of a piece of each."
LAST = "You exchange heads and d, so that the places still stand before them: you get (N, T, d, heads), and (N, heads, T, d) is wanted."
ALL_AXES = "In NumPy `transpose` lists all axes of an array, in their new order; `np.swapaxes(a, 1, 2)` exchanges two."

for sentence, pieces in [
    (MIXED, "X.reshape(N, heads, T, D // heads).transpose(0, 2, 1, 3)"),
    ("Your heads are interleaved: the width is cut into (d, heads), so that head 0 has every second or third number. Its numbers should lie together: (heads, d).", "X.reshape(N, T, D // heads, heads).transpose(0, 1, 3, 2)"),
    ("Your heads are in the wrong order: head 0 has the first d numbers.", "X.reshape(N, T, heads, D // heads)[:, :, ::-1]"),
    ("Your pieces mix the sequences of the batch: their axis comes first and stays.", "X.reshape(T, N, heads, D // heads).transpose(1, 0, 2, 3)"),
]:
    split_heads.mistake(sentence, pieces=pieces)

for sentence, split in [
    ("The exchange of axes is missing: places come before heads, (N, T, heads, d). Attention works on the last two axes, so those have to be T and d.", "pieces"),
    (MIXED, "pieces.reshape(N, heads, T, D // heads)"),
    ("You put the heads in front of the batch. Order: (N, heads, T, d).", "pieces.transpose(2, 0, 1, 3)"),
    ("The heads stand where they should, but behind them T and d are exchanged: you get (N, heads, d, T), and (N, heads, T, d) is wanted.", "pieces.transpose(0, 2, 3, 1)"),
    ("You take the last axis, the d numbers of a head, to the front: you get (N, d, T, heads), and (N, heads, T, d) is wanted.", "pieces.transpose(0, 3, 1, 2)"),
    (LAST, "pieces.transpose(0, 1, 3, 2)"),
    (LAST, "pieces.swapaxes(2, 3)"),
    ("You exchange the places with the d numbers of a head, not with the heads: you get (N, d, heads, T), and (N, heads, T, d) is wanted.", "pieces.transpose(0, 3, 2, 1)"),
    ("You exchange the batch with the heads. The batch stays in front, and T and heads change places: (N, heads, T, d).", "pieces.transpose(2, 1, 0, 3)"),
    ("You exchange the batch with the places. The batch stays in front, and T and heads change places: (N, heads, T, d).", "pieces.transpose(1, 0, 2, 3)"),
    ("You bring the batch behind the heads. It stays in front: (N, heads, T, d).", "pieces.transpose(1, 2, 0, 3)"),
    ("`.T` reverses all four axes. Only the places and the heads change places.", "pieces.T"),
    (ALL_AXES, "pieces.transpose(1, 2)"),
    (ALL_AXES, "pieces.transpose(2, 1)"),
]:
    split_heads.mistake(sentence, split=split)

for axes in itertools.permutations(range(4)):
    if axes[0] != 0 and axes[3] != 3 and axes != (3, 2, 1, 0):
        order = ", ".join(("N", "T", "heads", "d")[axis] for axis in axes)
        split_heads.mistake(
            f"You get ({order}). The batch stays in front and the d numbers of a head stay last: (N, heads, T, d).",
            split=f"pieces.transpose{axes}",
        )

split_heads.mistake(
    "Your heads are interleaved: the width is cut into (d, heads), so that head j gets every heads-th number, beginning with number j. Its numbers should lie together: (heads, d).",
    pieces="X.reshape(N, T, D // heads, heads)",
    split="pieces.transpose(0, 3, 1, 2)",
)


@split_heads.mistake(MIXED)
def _(X, heads):
    N, T, D = X.shape
    return X.reshape(N, heads, T, D // heads)
