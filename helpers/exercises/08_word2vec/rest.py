"""Notebook 08: word vectors, counted and learnt."""

import numpy as np

from helpers.checking.authoring import exercise

# -------------------------------------------------------------------------------------------------- 8.9 unusual


@exercise("8.9", title="Is that much?", returns={"found": "V"}, hints=[
    "If the middle 90 % of all words are ordinary, which share of them lies below, which above? And is that the same border in each training?",
    "`np.quantile(leanings, (1 - share) / 2, axis=1, keepdims=True)` has the lower border of each training, (R, 1). A word is found if it is below the lower border in all trainings, or above the upper one in all.",
    "`low, high = np.quantile(leanings, [(1 - share) / 2, (1 + share) / 2], axis=1, keepdims=True)`; `np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)`.",
])
def unusual(leanings, share):
    """Return which words lean unusually, True or False for each word (V,).

    leanings (R, V): how far each of V words leans, in each of R trainings. share: 0.9, say.
    A word is unusual if in EVERY training it lies outside of the middle share of all words of that
    training, and always on the same side.
    One training, leanings = [[0., 1., 2., 3., 9.]] and share = 0.5: True for 0. and for 9.
    """
    tail = (1 - share) / 2
    low, high = np.quantile(leanings, [tail, 1 - tail], axis=1, keepdims=True)             # TODO: (R, 1) each
    found = np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)               # TODO: (V,)
    return found


@unusual.cases
def _(rng):
    def runs(R, V, noise, shift=0.0, scale=None):
        word = rng.normal(size=V)
        scale = np.ones(R) if scale is None else np.asarray(scale)
        return scale[:, None] * (word + noise * rng.normal(size=(R, V))) + shift

    yield "one training, five words", (np.array([[0.0, 1.0, 2.0, 3.0, 9.0]]), 0.5)
    yield "one training, 40 words", (runs(1, 40, 0.0), 0.9)
    yield "three trainings that agree", (runs(3, 40, 0.05), 0.8)
    yield "all words lean to one side", (runs(3, 40, 0.05, shift=4.0), 0.8)
    yield "three trainings of different strength", (runs(3, 40, 0.1, scale=[0.2, 1.0, 5.0]), 0.7)
    yield "a word that changes sides", (np.stack([np.arange(7.0), np.array([6.0, 1, 2, 3, 4, 5, 0])]), 0.8)
    yield "five trainings with noise, 90 words", (runs(5, 90, 0.7), 0.65)


def _borders(leanings, share, axis=1):
    return np.quantile(leanings, [(1 - share) / 2, (1 + share) / 2], axis=axis, keepdims=True)


@unusual.same
def _(leanings, share):
    rank = leanings.argsort(axis=1).argsort(axis=1) / (leanings.shape[1] - 1)      # 0 the lowest, 1 the highest
    return (rank < (1 - share) / 2).all(0) | (rank > (1 + share) / 2).all(0)


@unusual.same
def _(leanings, share):
    low, high = (np.percentile(leanings, 50 * (1 + side * share), axis=1) for side in (-1, 1))
    return np.array([all(x < low) or all(x > high) for x in leanings.T])


@unusual.mistake("You only ask whether a word leans to the same side in every training. Nearly every word leans a little: compare with all the others.")
def _(leanings, share):
    return np.all(leanings > 0, axis=0) | np.all(leanings < 0, axis=0)


@unusual.mistake("Once is enough for you: a word that is outside in a single training counts. It has to be outside in every one.")
def _(leanings, share):
    low, high = _borders(leanings, share)
    return np.any(leanings < low, axis=0) | np.any(leanings > high, axis=0)


@unusual.mistake("A word that is far below in one training and far above in another counts for you. It has to be on the same side in all.")
def _(leanings, share):
    low, high = _borders(leanings, share)
    return np.all((leanings < low) | (leanings > high), axis=0)


@unusual.mistake("You look at the upper side only: a word may lean unusually far down as well.")
def _(leanings, share):
    return np.all(leanings > _borders(leanings, share)[1], axis=0)


@unusual.mistake("You look at the lower side only: a word may lean unusually far up as well.")
def _(leanings, share):
    return np.all(leanings < _borders(leanings, share)[0], axis=0)


@unusual.mistake("You mark the words INSIDE of the band.")
def _(leanings, share):
    low, high = _borders(leanings, share)
    return np.all((leanings >= low) & (leanings <= high), axis=0)


@unusual.mistake("Your borders lie at 1 - share and at share, which leaves twice as many words outside: half of 1 - share belongs to each side.")
def _(leanings, share):
    low, high = np.quantile(leanings, sorted([1 - share, share]), axis=1, keepdims=True)
    return np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)


@unusual.mistake("Your quantiles run along the trainings, axis 0: each word is compared with itself. The yardstick is all words of one training.")
def _(leanings, share):
    low, high = _borders(leanings, share, axis=0)
    return np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)


@unusual.mistake("You have one pair of borders for all trainings together. Each training has its own spread, and so its own borders.")
def _(leanings, share):
    low, high = _borders(leanings, share, axis=None)
    return np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)


@unusual.mistake("You average over the trainings first. Then one extreme training can carry a word that the others do not confirm.")
def _(leanings, share):
    mean = leanings.mean(axis=0, keepdims=True)
    low, high = _borders(mean, share)
    return np.all(mean < low, axis=0) | np.all(mean > high, axis=0)


@unusual.mistake("You use `share` itself as a border of the leanings. It is a share of the words: the border is the leaning that this share of them reaches.")
def _(leanings, share):
    return np.all(leanings < -share, axis=0) | np.all(leanings > share, axis=0)
