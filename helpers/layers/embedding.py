"""The embedding: a table with one row of numbers for each token."""

import numpy as np

from .checks import check_array, check_dtype, check_ids, check_params, check_size, was_forward_run
from .initialisers import normal


class Embedding:
    """A layer that returns the rows W[ids]: the same as one_hot(ids) @ W, without the multiplications by zero.

    params: W (V, D); grads has the same key after backward.

    Embedding(V, D, rng=rng, scale=0.1)   W starts as N(0, scale²).
    """

    def __init__(self, vocabulary, size, *, rng, scale=0.1, dtype=np.float32):
        V, D, dtype = check_size("vocabulary", vocabulary), check_size("size", size), check_dtype(dtype)
        self.params = {"W": normal((V, D), rng=rng, scale=scale, dtype=dtype)}
        self.grads = {}
        self.cache = None

    def forward(self, ids):
        """Return the rows (…, D) of the tokens ids (…), for example (N, T) -> (N, T, D).

        Raises ValueError: ids are not whole numbers, there are none, or one is outside 0 … V-1.
        """
        check_params(self.params, {"W": ("V", "D")})
        W = self.params["W"]
        self.cache = check_ids("ids", ids, len(W))
        return np.take(W, ids, axis=0)

    def backward(self, dY):
        """Put dW into grads for dY (…, D). Ids have no gradient, so nothing is returned.

            dW[v] = Σ of the rows of dY whose token is v

        `dW[ids] += dY` would keep only one of the rows of a token that comes twice. Here the rows are sorted by token,
        and each token's run of rows is summed: several times faster than np.add.at.
        Raises ValueError: forward has not run, or dY does not have the shape of its output.
        """
        ids = was_forward_run(self.cache).ravel()
        W = self.params["W"]
        check_array("dY", dY, (*self.cache.shape, W.shape[1]), W.dtype)
        self.grads = {"W": sum_rows(dY.reshape(len(ids), -1), ids, len(W))}


def sum_rows(rows, ids, vocabulary):
    """Return an array (V, D) whose row v is the sum of the rows (P, D) with ids (P,) equal to v."""
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(np.diff(ids, prepend=-1))                # where the next token's run of rows begins
    total = np.zeros((vocabulary, rows.shape[1]), rows.dtype)
    total[ids[starts]] = np.add.reduceat(rows[order], starts, axis=0)
    return total


def one_hot(ids, vocabulary, *, dtype=np.float32):
    """Return an array (…, V) of zeros with a single 1 in each row, at the place that ids (…) names.

    Raises ValueError: ids are not whole numbers, there are none, or one is outside 0 … V-1.
    """
    V, dtype = check_size("vocabulary", vocabulary), check_dtype(dtype)
    check_ids("ids", ids, V)
    return np.eye(V, dtype=dtype)[ids]
