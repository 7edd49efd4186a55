"""Exercise 6.4: reverse only what is there."""

import numpy as np

from helpers.checking.authoring import exercise
from helpers.checking.blanks import typed


@exercise("6.4", title="Reverse only what is there", returns={"Y": "N T D"}, hints=[
    "A sentence of 3 letters stands in a row of 5. What should the second net read first: letter 3, or the padding?",
    "Go through the sequences one by one. Of sequence n, only the first `lengths[n]` steps are reversed; the rest stays where it is. So step t of the result comes from which step of X, if t is below the length, and from which, if not?",
    "Inside the sequence step t comes from step length - 1 - t, in the padding from t itself: `np.where(t < k, k - 1 - t, t)`.",
])
def reverse_valid(X, lengths):
    """Reverse each sequence within its own length; the padding behind it stays where it is.

    X (N, T, D), padded at the end; lengths (N,) whole numbers from 1 to T -> (N, T, D).
    One row a b c · · with length 3 becomes c b a · ·
    """
    t, k = np.arange(X.shape[1]), lengths[:, None]      # (T,), (N, 1)
    source = np.where(t < k, k - 1 - t, t)              # TODO: (N, T), which step of X comes to t
    return X[np.arange(len(X))[:, None], source]


@reverse_valid.cases
def _(rng):
    yield "one sequence that fills its row, T = 3, D = 1", (rng.normal(size=(1, 3, 1)), np.array([3]))
    yield "one sequence of 2 steps in a row of 3, D = 1", (rng.normal(size=(1, 3, 1)), np.array([2]))
    yield "one sequence of a single step in a row of 3, D = 2", (rng.normal(size=(1, 3, 2)), np.array([1]))
    yield "lengths 3, 5, 2 and 4 in rows of 6, D = 2", (rng.normal(size=(4, 6, 2)), np.array([3, 5, 2, 4]))
    yield "lengths 4 and 2 in rows of 4, D = 3", (rng.normal(size=(2, 4, 3)), np.array([4, 2]))
    yield "rows of one step, D = 2", (rng.normal(size=(3, 1, 2)), np.array([1, 1, 1]))
    yield "every sequence fills its row, T = 4", (1000 * rng.normal(size=(3, 4, 1)), np.array([4, 4, 4]))


@reverse_valid.same
def _(X, lengths):
    Y = X.copy()
    for n, length in enumerate(lengths):
        Y[n, :length] = X[n, :length][::-1]
    return Y


reverse_valid.same(
    lambda X, lengths: np.stack([np.concatenate([row[:k][::-1], row[k:]]) for row, k in zip(X, lengths, strict=True)]))

LAST = "X.shape[1] - 1"  # the number of a row's last step

reverse_valid.mistakes_in("source", [
    ("You reverse the whole row, and the padding comes to the front: the second net would read the padding first, and only then the sequence.", f"{LAST} - t + 0 * k"),
    ("Nothing is reversed: each step comes from where it was.", "t + 0 * k"),
    ("You reverse the padding, and the sequence itself stays as it was.", f"np.where(t < k, t, {LAST} + k - t)"),
    ("You reverse the sequence and its padding, each on its own. The padding stays as it is.", f"np.where(t < k, k - 1 - t, {LAST} + k - t)"),
    ("One step too few: the last step of the sequence stays where it was. `X[n, :length]` has `length` steps already.", "np.where(t < k - 1, k - 2 - t, t)"),
    ("One step too many: the first step of the padding is reversed with the sequence.", "np.where(t <= k, k - t, t)"),
    ("One step too many: the first step of the padding is reversed with the sequence.", f"np.where(t <= k, np.minimum(k, {LAST}) - t, t)"),
    ("One step too many: counted from 0, number `length` is the first step of the padding.", "np.where(t < k, k - t, t)"),
    ("Every sequence is reversed within the *longest* length: the shorter ones get padding at their front.", "np.where(t < lengths.max(), lengths.max() - 1 - t, t) + 0 * k"),
    ("Every sequence is reversed within the length of the *first* one. Each has a length of its own: `lengths[n]`.", "np.where(t < lengths[0], lengths[0] - 1 - t, t) + 0 * k"),
    ("Every sequence is reversed within the *shortest* length: the end of the longer ones stays where it was.", "np.where(t < lengths.min(), lengths.min() - 1 - t, t) + 0 * k"),
    ("Sequence n is reversed within the length of another one: the lengths are in the order of the rows.", "np.where(t < k[::-1], k[::-1] - 1 - t, t)"),
    ("Your reversed sequence stands at the end of its row. It should begin at step 0, as before, with the padding behind it.", f"np.where(t <= {LAST} - k, k + t, {LAST} - t)"),
    ("Your reversed sequence stands at the end of its row. It should begin at step 0, as before, with the padding behind it.", f"np.where(t <= {LAST} - k, t, {LAST} - t)"),
    ("You reverse the whole row and then cut: what comes first in the reversed row is the padding. Cut first, then reverse.", f"np.where(t < k, {LAST} - t, t)"),
    ("You shift the valid steps in a circle: the last one comes first, and the others still follow in their old order.", "np.where(t < k, (t - 1) % k, t)"),
])

# by those who write a loop over the sequences
LOOP = "def reverse_valid(X, lengths):\n    Y = X.copy()\n    for n, k in enumerate(lengths):\n        {}\n    return Y\n"
for sentence, line in [
    ("You reverse the whole row, and the padding comes to the front: the second net would read the padding first, and only then the sequence.", "Y[n, :k] = X[n, ::-1]"),
    ("With the step -1 a slice runs from the end of the row down and stops before `length`: that is the padding. Cut first, then reverse.", "Y[n, :k] = X[n, :k:-1]"),
    ("One step too many: counted from 0, number `length` is the first step of the padding.", "Y[n, :k] = X[n, k::-1]"),
    ("One step too many: the first step of the padding is reversed with the sequence.", "Y[n, : k + 1] = X[n, : k + 1][::-1]"),
    ("You reverse the features of each step. The steps themselves stay in their order.", "Y[n, :k] = X[n, :k, ::-1]"),
    ("You reverse steps and features. Each step's own numbers stay in their order.", "Y[n, :k] = X[n, :k][::-1, ::-1]"),
    ("You write into the whole batch for each sequence (`[:, :length]`), so that a row is reversed again and again: only row n is meant.", "Y[:, :k] = Y[:, :k][:, ::-1].copy()"),
    ("`X[::-1]` reverses the *batch*: row n gets the steps of another sequence, and inside it nothing is reversed.", "Y[n, :k] = X[::-1][n, :k]"),
    ("Only the first sequence is reversed: is the `return` inside the loop?", "Y[n, :k] = X[n, :k][::-1]\n        return Y"),
    ("The padding is overwritten with zeros. It is not always zero, and it stays as it was.", "Y[n, :k], Y[n, k:] = X[n, :k][::-1], 0"),
    ("The result is right, but it is written into X itself: the caller finds X changed afterwards. Make a copy first, and write into that.", "X[n, :k] = X[n, :k][::-1].copy()\n    Y = X"),
    ("You read from Y what has just been overwritten: from the middle on the steps come back as they were. What is read has to come from X.", "for t in range(k):\n            Y[n, t] = Y[n, k - 1 - t]"),
]:
    reverse_valid.mistake(sentence)(typed(LOOP.format(line), reverse_valid.name, reverse_valid.reference.__globals__))
