"""Exercise 6.1: reverse time."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("6.1", title="Reverse time", returns={"Y": "N T D"}, hints=[
    "Of the three axes of X, which one counts the steps? That one is reversed, and no other.",
    "A slice has three parts, start : stop : step. The step -1 runs through an axis backwards. Each axis of an array has its own slice, "
    "separated by commas; a lone `:` takes an axis as it is.",
    "`X[:, ::-1]`: all sequences, the steps from the last to the first.",
])
def reverse_time(X):
    """Return X with the steps of every sequence in reverse order.

    X (N, T, D): N sequences of T steps with D numbers -> (N, T, D), without changing X.
    One sequence of three steps, [[[1.], [2.], [3.]]], becomes [[[3.], [2.], [1.]]].
    """
    Y = X[:, ::-1]      # TODO: the same sequences, last step first
    return Y.copy()     # an array of its own: a slice would only be another view of X


@reverse_time.cases
def _(rng):
    yield "one sequence of 3 steps, D = 1", (np.array([[[1.0], [3.0], [2.0]]]),)
    yield "one sequence of 3 steps, D = 2", (rng.normal(size=(1, 3, 2)),)
    yield "two sequences of 4 steps, D = 1", (rng.normal(size=(2, 4, 1)),)
    yield "N = 2, T = 5, D = 3", (rng.normal(size=(2, 5, 3)),)
    yield "N = T = D = 3", (rng.normal(size=(3, 3, 3)),)
    yield "one step", (rng.normal(size=(2, 1, 3)),)
    yield "numbers from -1000 to 1000", (rng.uniform(-1000, 1000, size=(2, 6, 1)),)


reverse_time.same(lambda X: np.flip(X, axis=1))

reverse_time.same(lambda sequences: np.stack([sequences[:, -1 - t] for t in range(sequences.shape[1])], axis=1))

reverse_time.same(lambda X: np.array([sequence[::-1] for sequence in X]))

reverse_time.mistakes_in("Y", [
    ("`X[::-1]` reverses the *batch*: the last sequence comes first, and each of them still runs forwards. Time is the second axis.", "X[::-1]"),
    ("You reverse the last axis, the features of each step. The steps themselves stay where they were.", "X[..., ::-1]"),
    ("You reverse two axes, the batch and the time: now row n belongs to another sequence than it did in X.", "X[::-1, ::-1]"),
    ("You reverse two axes, the time and the features: each step's own numbers should stay in their order.", "X[:, ::-1, ::-1]"),
    ("You reverse all three axes (`np.flip` does so unless it is told an axis). Only time runs backwards.", "np.flip(X)"),
    ("You swap the batch axis and the time axis. That reverses nothing: what was a sequence now lies along the batch axis.", "X.swapaxes(0, 1)"),
    ("`X.T` reverses the order of the *axes*, (D, T, N). Inside a sequence every step stays where it was.", "X.T"),
    ("The first step of each sequence is lost: a slice stops *before* its stop. Leave out the stop, and it runs to the end.", "X[:, :0:-1]"),
    ("The last step of each sequence is lost: it is the one to begin with.", "X[:, -2::-1]"),
    ("This is the last step alone, without its time axis: all the steps are asked for, the last one first.", "X[:, -1]"),
    ("This is the last step alone: `-1` in front of the colon is a start. The step of a slice stands behind its second colon.", "X[:, -1:]"),
    ("The last step is left out, and nothing is reversed: `:-1` is a stop. The step of a slice stands behind its second colon.", "X[:, :-1]"),
    ("Nothing is reversed: every step stands where it stood in X.", "X[:, :]"),
    ("You sort the numbers. It is their order in time that is reversed, whatever their size.", "-np.sort(-X, axis=1)"),
    ("You sort the numbers. It is their order in time that is reversed, whatever their size.", "np.sort(X, axis=1)[:, ::-1]"),
    ("You shift the steps in a circle: the last one comes first, and all others still follow in their old order.", "np.roll(X, 1, axis=1)"),
    ("You change the signs. It is the order of the steps that is reversed, not the numbers.", "-X"),
])

for sentence, *changes in [
    ("You read from Y what has already been overwritten: from the middle on the steps come back as they were. What is read has to come from X.",
     ("Y = X[:, ::-1]", "Y, T = X.copy(), X.shape[1]\n    for t in range(T):\n        Y[:, t] = Y[:, T - 1 - t]")),
    ("The result is right, but `X[:] = …` writes it into X itself: the caller finds X changed afterwards. Return a new array.",
     ("Y = X[:, ::-1]", "X[:] = X[:, ::-1].copy()"), ("return Y.copy()", "return X")),
]:
    reverse_time.mistake(sentence)(reverse_time.changed(*changes))
