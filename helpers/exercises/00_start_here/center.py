"""Exercise 0.1: take the mean of each row away."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("0.1", title="Take the mean away", returns={"the centred rows": "N D"}, hints=[
    "Along which axis do the numbers of one row lie? What does `X.mean(axis=…)` leave of the shape (N, D)?",
    "NumPy matches a mean of shape (N,) with the D columns, not with the N rows. `keepdims=True` leaves (N, 1), and that is subtracted from each column.",
    "`mean = X.mean(axis=1, keepdims=True)`, then `return X - mean`.",
])
def center(X):
    """Return X (N, D), each row minus its own mean.

    The row [1, 2, 6] has the mean 3 and becomes [-2, -1, 3].
    """
    mean = X.mean(axis=1, keepdims=True)      # TODO: the mean of each row, (N, 1)
    return X - mean                           # TODO: each row without its mean


@center.cases
def _(rng):
    yield "one row", (np.array([[1.0, 2.0, 6.0]]),)
    yield "two rows", (np.array([[1.0, 2.0, 6.0], [10.0, 30.0, 20.0]]),)
    yield "as many rows as columns", (rng.normal(size=(3, 3)) + 5,)
    yield "four rows of two", (rng.normal(size=(4, 2)) + 5,)
    yield "one number", (np.array([[7.0]]),)
    yield "whole numbers", (np.array([[1, 2], [3, 5]]),)


center.mistake("You take the mean of each *column*: axis 0 runs over the rows, axis 1 along them.", mean="X.mean(axis=0, keepdims=True)")
center.mistake("This is one mean for the whole array: `axis=1` makes one for each row.", mean="X.mean()")
center.mistake("This is one mean for the whole array, kept as (1, 1): `axis=1` makes one for each row.", mean="X.mean(keepdims=True)")
center.mistake(
    "The axis is right, but the mean has the shape (N,): NumPy matches it with the last axis and subtracts number j from *column* j. `keepdims=True` leaves (N, 1).", mean="X.mean(axis=1)"
)
center.mistake("You take the mean of each column, and without `keepdims`.", mean="X.mean(axis=0)")
center.mistake("This is the sum of each row: divide it by D, or write `mean`.", mean="X.sum(axis=1, keepdims=True)")
center.mistake("This is the median of each row: half of the numbers lie below it. The mean is their sum, divided by D.",
               mean="np.median(X, axis=1, keepdims=True)")
center.mistake("You add the mean: it has to go away.", returns="X + mean")
center.mistake("The sign is wrong: it is X minus the mean, not the mean minus X.", returns="mean - X")
center.mistake("You divide by the mean: then each row has the mean 1. Subtract it.", returns="X / mean")
center.mistake("You give back the mean itself: subtract it from X.", returns="mean")


@center.mistake("You write into X itself (`-=`): whoever called your function finds X changed. Make a new array, `X - mean`.")
def _(X):
    X -= X.mean(axis=1, keepdims=True)
    return X


@center.same
def _(X):
    return X - np.sum(X, 1)[:, None] / X.shape[1]


@center.same
def _(X):
    return np.array([row - sum(row) / len(row) for row in X])
