"""Exercise 9.1: a softmax with a mask."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("9.1", title="Softmax with a mask", returns={"weights": "N T/key"}, hints=[
    "What is e to the power of minus infinity, and so: which score makes a weight of exactly 0?",
    "First give the masked places the score -inf. Then subtract the row's largest score before `np.exp`. Rows are the last axis. A row with nothing left has the total 0: divide it by 1 instead.",
    "`np.where(mask, scores, -np.inf)`; `np.exp(scores - top)`; `weights / np.where(total > 0, total, 1)`.",
])
def softmax(scores, mask):
    """Turn scores into weights: along the last axis none is negative, and they sum to 1.

    scores (N, T) or (N, S, T); mask, the same shape, True where a place may be looked at.
    -> weights of the same shape, 0 where mask is False. A row that is masked everywhere
    becomes zeros.
    [[0., log 3, 7.]] with the mask [[True, True, False]] becomes [[0.25, 0.75, 0.]].
    """
    scores = np.where(mask, scores, -np.inf)        # TODO: masked places: which score gives 0?
    top = scores.max(axis=-1, keepdims=True)        # (N, 1) or (N, S, 1): largest of a row
    top = np.where(np.isfinite(top), top, 0)        # -inf where all of a row is masked
    weights = np.exp(scores - top)                  # TODO: e to each score, without overflow
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1)  # TODO: rows sum to 1; an empty one stays 0


@softmax.cases
def _(rng):
    yield "one row of two scores, nothing masked", (np.array([[0.0, np.log(3.0)]]), np.ones((1, 2), bool))
    yield "scores near 1000, nothing masked", (np.array([[1000.0, 1001.0], [0.0, 1.0]]), np.ones((2, 2), bool))
    yield "scores near -1000, nothing masked", (np.array([[-1000.0, -1001.0]]), np.ones((1, 2), bool))
    yield "three scores, the last one masked", (np.array([[0.3, -0.5, 0.2]]), np.array([[True, True, False]]))
    yield "the masked score is the largest by far", (np.array([[1.0, 0.5, 2000.0]]), np.array([[True, True, False]]))
    yield "all scores negative, the first masked", (np.array([[-9.0, -3.0, -4.0]]), np.array([[False, True, True]]))
    yield "a row that is masked everywhere", (np.array([[1.0, 2.0], [0.5, 0.1]]), np.array([[False, False], [True, True]]))
    yield "random scores (3, 5), random mask", (rng.normal(size=(3, 5)), rng.random((3, 5)) < 0.7)
    yield "three axes (2, 3, 4)", (rng.normal(size=(2, 3, 4)), rng.random((2, 3, 4)) < 0.7)
    yield "a single place", (np.array([[-3.0], [3.0]]), np.ones((2, 1), bool))
    yield "all scores equal", (np.full((2, 3), -7.0), np.array([[True, True, False], [True] * 3]))
    yield "rows near -1000, 0 and 1000", (rng.normal(size=(3, 4)) + [[-1000], [0], [1000]], np.arange(4) < [[3], [4], [2]])


@softmax.same
def _(scores, mask):
    out = np.zeros(scores.shape)
    for place in np.ndindex(*scores.shape[:-1]):
        s, free = scores[place], mask[place]
        if free.any():
            e = np.exp(s[free] - s[free].max())
            out[place][free] = e / e.sum()
    return out


@softmax.same
def _(s, m):
    low = np.where(m, s, -1e300)
    e = np.exp(low - low.max(-1, keepdims=True)) * m
    return e / np.maximum(e.sum(-1, keepdims=True), 1e-300)


# the mask
EQUAL = "A row that is masked everywhere gets equal weights, from the same large negative number at every place or put in by hand. Nothing may be looked at there, so all its weights are 0."
softmax.mistakes_in("scores", [
    ("You give a masked place the score 0. That is a score like any other, with e⁰ = 1, so the place still gets weight.", "scores * mask", "np.where(mask, scores, 0)"),
    ("The masked places keep their scores here: padding counts as if it were a word, in the weights and as the largest score.", "scores"),
    ("Your mask is reversed: True means that a place may be looked at, and you hide these places.", "np.where(mask, -np.inf, scores)"),
    (EQUAL, "np.where(mask, scores, -1e9)"),
    ("You give masked places the score +infinity: e to that is infinite, so they would take all. It is minus infinity that makes 0.", "np.where(mask, scores, np.inf)"),
    ("You multiply infinity by the mask, and infinity times False (which is 0) is NaN: choose between the two numbers, do not calculate.", "scores + -np.inf * ~mask", "np.where(mask, scores, -np.inf) * mask"),
    ("You give masked places the smallest score there is. That is a score like any other, and gets a weight.", "np.where(mask, scores, scores.min())"),
    ("You pick the scores that may be looked at, and their places are lost: the result has to keep its shape.", "scores[mask]"),
])

softmax.mistake(EQUAL, returns="np.where(total > 0, weights / total, 1 / scores.shape[-1])")
softmax.mistake("You mask after the division: the masked places have already taken their share, so the rest of the row sums to less than 1.", scores="scores", returns="weights / total * mask")
softmax.mistake("The largest score that you subtract is one of a masked place. Far above the others, it pushes all of them to 0.", scores="scores", weights="np.exp(scores - top) * mask")
softmax.mistake("The largest score that you subtract is one of a masked place. Far above the others, it pushes all of them to 0, and 0/0 is NaN. Look for the largest among the places that count.", scores="scores", weights="np.exp(scores - top) * mask", returns="weights / total")

# e to the scores
OVERFLOW = "`np.exp` of a score near 1000 is infinite, and infinity divided by infinity is NaN: subtract the row's largest score first, with a minus. The weights stay the same."
SIGN = "Your exponent has the wrong sign: the smallest score gets the largest weight."
NO_EXP = "The exponential is missing: scores may be negative, weights may not."
softmax.mistakes_in("weights", [
    (OVERFLOW, "np.exp(scores)", "np.exp(scores + top)", "np.exp(scores) / np.exp(top)"),
    ("You subtract the largest score of the whole array. A row far below it becomes zeros: each row needs its own.", "np.exp(scores - scores.max())"),
    ("You subtract at least 0. In a row of scores near -1000 every power of e is then 0, and nothing is left to share out: subtract the row's own largest score, also where it is negative.", "np.exp(scores - np.maximum(top, 0))"),
    (SIGN, "np.exp(top - scores)", "np.exp(-scores)"),
    (NO_EXP, "scores", "scores - top"),
    ("You divide by the largest score. Subtract it: only a difference in the exponent leaves the weights as they are.", "np.exp(scores / top)"),
])

softmax.mistake(OVERFLOW, scores="scores", weights="np.exp(scores) * mask")
softmax.mistake(OVERFLOW, scores="scores", weights="np.exp(scores) * mask", returns="weights / total")
softmax.mistake(SIGN, scores="np.where(mask, -scores, -np.inf)")
softmax.mistake(NO_EXP, scores="scores * mask", weights="scores", returns="weights / total")

softmax.mistake("Two things: no largest score is subtracted, so scores near 1000 overflow; and as soon as one is, a row of -1e9 everywhere gets equal weights. Minus infinity makes zeros.",
                scores="np.where(mask, scores, -1e9)", weights="np.exp(scores)")

# rows that sum to 1
softmax.mistakes_in("returns", [
    ("A row that is masked everywhere becomes NaN: its total is 0, and 0/0 is not a number.", "weights / total"),
    ("Your weights sum to 1 down the first axis, across the batch: the sentences of a batch should not share. Sum along the last axis.", "weights / weights.sum(axis=0, keepdims=True)"),
    ("With three axes you sum along axis 1. The places to look at are on the LAST axis, -1.", "weights / weights.sum(axis=1, keepdims=True)"),
    ("All weights of the array together sum to 1: each row should do so by itself.", "weights / weights.sum()"),
    ("These are the powers of e, not yet weights that sum to 1: you do not divide, or you divide by the largest, which is 1 here, instead of by the sum.", "weights", "weights / weights.max(axis=-1, keepdims=True)"),
    ("You divide by the number of places that may be looked at. The powers have to be divided by their own sum.", "weights / mask.sum(axis=-1, keepdims=True)", "weights / np.maximum(mask.sum(axis=-1, keepdims=True), 1)"),
    ("You divide by the number of places. The powers have to be divided by their own sum.", "weights / weights.shape[-1]"),
    ("Your totals have lost the last axis (keepdims): NumPy lays them along the places instead of beside the rows.", "weights / weights.sum(axis=-1)", "weights / np.where(total > 0, total, 1)[..., 0]"),
    ("Your new axis fits two axes only: with three, `[:, None]` makes (N, 1, S) of the totals (N, S). `keepdims=True` or `[..., None]` puts it last.", "weights / weights.sum(axis=-1)[:, None]"),
    ("You divide by the root of the sum of the squares, the row's length. Weights sum to 1 if you divide by the sum itself.", "weights / np.linalg.norm(weights, axis=-1, keepdims=True)"),
    ("You return the logarithm of the weights.", "np.log(weights / np.where(total > 0, total, 1))", "np.log(weights / total)"),
])
