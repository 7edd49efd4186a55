"""Exercise 1.5: look up a row instead of multiplying."""

import numpy as np

from helpers.checking.authoring import exercise

from .one_hot import one_hot


@exercise("1.5", title="The shortcut: look up a row", returns={"X": "N T H"}, hints=[
    "A row vector with a single 1 at place i, times a matrix: which of its numbers survive?",
    "Nothing has to be multiplied. An array of ids can be an index.",
    "`W[ids]` takes the row `W[i]` for each id i.",
])
def embed(ids, W):
    """Return what `one_hot(ids, V) @ W` returns. Nothing has to be multiplied for that.

    ids (N, T), W (V, H) -> (N, T, H).
    With W = [[1., 2.], [3., 4.]] the id 1 becomes [3., 4.].
    """
    return W[ids]      # TODO: one row of W for each id


@embed.cases
def _(rng):
    yield "one token, V = 2, H = 3", (np.array([[1]]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    yield "a batch of 2, three tokens each, V = 5, H = 4", (np.array([[3, 0, 1], [2, 2, 0]]), rng.normal(size=(5, 4)))
    yield "a square W, V = H = 3", (np.array([[0, 1, 2], [2, 0, 0]]), rng.normal(size=(3, 3)))
    yield "one sequence of 30 letters, V = 27, H = 1", (rng.integers(0, 26, (1, 30)), rng.normal(size=(27, 1)))


embed.same(lambda ids, W: one_hot(ids, len(W)) @ W)
embed.same(lambda ids, W: np.take(W, ids, axis=0))

embed.mistakes_in("returns", [
    ("You take columns. A one-hot row vector stands left of W, so it picks a *row*.", "W[:, ids]"),
    ("You take the rows of `W.T`, which are the columns of W. A one-hot row vector stands left of W, so it picks a row of W itself.", "W.T[ids]"),
    ("You take the row before the right one: ids count from 0, as rows do.", "W[ids - 1]"),
    ("The rows of a sequence are added up: that forgets the order of the tokens. Keep the time axis.", "W[ids].sum(axis=1)"),
    ("The rows of a sequence are averaged: that forgets the order of the tokens. Keep the time axis.", "W[ids].mean(axis=1)"),
    ("The sequences are glued together into one long list (N · T, H). Keep the batch and time axes.", "W[ids.ravel()]"),
    ("The row is multiplied by its id. The id says which row, and is not a size.", "W[ids] * ids[..., None]"),
    ("You multiply the ids themselves with W. An id is a name; its one-hot vector is what stands left of W.", "ids @ W"),
    ("This is the one-hot vector itself. It still has to pick its row of W.", "one_hot(ids, len(W))"),
    ("The one-hot vectors are as long as W has columns. They have a place for each of its V *rows*.", "one_hot(ids, W.shape[1]) @ W"),
    ("You look up the first sequence of the batch only. An index may have any shape: use all of `ids`.", "W[ids[0]]"),
])
