"""Exercise 1.4: one-hot vectors."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("1.4", title="One-hot vectors", returns={"X": "N T V"}, hints=[
    "What do you get when you compare one id with all the numbers 0 … V - 1?",
    "`np.eye(V)` has the one-hot vector of id i in its row i. Or compare `ids[..., None]` with `np.arange(V)`.",
    "An array of ids as index takes one row for each id: `np.eye(V)[ids]` has the shape of `ids` and one axis more.",
])
def one_hot(ids, V):
    """Turn ids (N, T) into one-hot vectors (N, T, V): floats, 1 at the id's place, else 0.

    Ids run from 0 to V - 1. With V = 3 the id 1 becomes [0., 1., 0.].
    """
    return np.eye(V)[ids]      # TODO: a 1.0 at each id's place, in a new last axis of length V


@one_hot.cases
def _(rng):
    yield "one token, the first of 3", (np.array([[0]]), 3)
    yield "one token, the last of 3", (np.array([[2]]), 3)
    yield "a batch of 2, three tokens each, V = 5", (np.array([[3, 0, 1], [2, 2, 0]]), 5)
    yield "N = T = V = 4", (rng.integers(0, 4, (4, 4)), 4)
    yield "a single token in the vocabulary, V = 1", (np.zeros((2, 3), int), 1)
    yield "one sequence of 30 letters, V = 27", (rng.integers(0, 26, (1, 30)), 27)


one_hot.same(lambda ids, V: (ids[..., None] == np.arange(V)).astype(float))


@one_hot.same
def _(ids, V):
    X = np.zeros((*ids.shape, V), np.float32)
    for n, row in enumerate(ids):
        for t, i in enumerate(row):
            X[n, t, i] = 1
    return X


one_hot.mistakes_in("returns", [
    ("The 1 sits one place too far left: ids count from 0, so id 0 has its 1 at place 0.", "np.eye(V)[ids - 1]"),
    ("Your vectors are one too long: V tokens have the ids 0 … V - 1, so V places are enough.", "np.eye(V + 1)[ids]"),
    ("The vectors hold whole numbers. Arrays that are made like them would be whole numbers too, and cut off what a net writes into them: make them floats.", "np.eye(V, dtype=int)[ids]"),
    ("You write the id itself into its place. It is a name, not a size: the place says which token it is, the number there is 1.", "np.eye(V)[ids] * ids[..., None]"),
    ("The sequences are glued together into one long list (N · T, V). Keep the batch and time axes: (N, T, V).", "np.eye(V)[ids.ravel()]"),
    ("All tokens of a sequence are added into one vector: it says which tokens occur, not when. Keep the time axis.", "np.eye(V)[ids].sum(axis=1)"),
    ("The new axis of length V stands in the middle. The features of a token come last: (N, T, V).", "np.swapaxes(np.eye(V)[ids], 1, 2)"),
    ("The length of your vectors depends on the largest id that happens to occur. It should be V, whatever occurs.", "np.eye(ids.max() + 1)[ids]"),
    ("All zeros: the 1 at the place of the id is missing.", "np.zeros((*ids.shape, V))"),
    ("Every place *up to* the id is filled. Only the place of the id itself is 1.", "(np.arange(V) <= ids[..., None]).astype(float)"),
    ("These are True and False. A net computes with numbers: make them floats.", "ids[..., None] == np.arange(V)"),
    ("You compare the ids with 0 … V - 1 along the time axis. Each id is compared with all of them: give `ids` an axis more, `ids[..., None]`.", "(ids == np.arange(V)).astype(float)"),
])

_marked = "each id marks something in one token's vector: the index has to name the sequence, the step and the id, `X[n, t, id]`."

for what, line in [
    ("`X[ids] = 1` uses the ids as numbers of *sequences*.", "X[ids] = 1"),
    ("Your index uses the ids as numbers of *time steps*.", "for n in range(len(ids)):\n        X[n, ids[n]] = 1"),
    ("`X[..., ids] = 1` marks every id of the batch at every step.", "X[..., ids] = 1"),
]:
    one_hot.mistake(f"{what} In a one-hot array {_marked}")(one_hot.changed(
        ("return np.eye(V)[ids]", f"X = np.zeros((*ids.shape, V))\n    {line}\n    return X")))
