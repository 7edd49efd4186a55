"""Exercise 8.9: which words lean unusually, in every training?"""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.9", title="Is that much?", returns={"found": "V"}, hints=[
    "If the middle 90 % of all words are ordinary, which share of them lies below, which above? And is that the same border in each training?",
    "`np.quantile(leanings, (1 - share) / 2, axis=1, keepdims=True)` has the lower border of each training, (R, 1). A word is found if it is below the lower border in all trainings, or above the upper one in all.",
    "`low, high = np.quantile(leanings, [(1 - share) / 2, (1 + share) / 2], axis=1, keepdims=True)`; `np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)`.",
])
def unusual(leanings, share):
    """Return which words lean unusually, True or False for each word (V,).

    leanings (R, V): how far each of V words leans, in each of R trainings. share: 0.9, say.
    A word is unusual if in EVERY training it lies outside of the middle share of all words
    of that training, and always on the same side.
    One training, leanings = [[0., 1., 2., 3., 9.]] and share = 0.5: True for 0. and for 9.
    """
    tail = (1 - share) / 2
    low, high = np.quantile(leanings, [tail, 1 - tail], axis=1, keepdims=True)    # TODO: (R, 1)
    found = np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)      # TODO: (V,)
    return found


@unusual.cases
def _(rng):
    def runs(R, V, noise, shift=0.0, scale=1.0):
        return np.reshape(scale, (-1, 1)) * (rng.normal(size=V) + noise * rng.normal(size=(R, V))) + shift

    yield "one training, five words", (np.array([[0.0, 1.0, 2.0, 3.0, 9.0]]), 0.5)
    yield "one training, 40 words", (runs(1, 40, 0.0), 0.9)
    yield "three trainings that agree", (runs(3, 40, 0.05), 0.8)
    yield "all words lean to one side", (runs(3, 40, 0.05, shift=4.0), 0.8)
    yield "three trainings of different strength", (runs(3, 40, 0.1, scale=[0.2, 1.0, 5.0]), 0.7)
    yield "a word that changes sides", (np.stack([np.arange(7.0), np.array([6.0, 1, 2, 3, 4, 5, 0])]), 0.8)
    yield "five trainings with noise, 90 words", (runs(5, 90, 0.7), 0.65)
    yield "all words lean alike", (np.full((2, 6), 0.25), 0.9)
    yield "share = 1: nobody is outside", (runs(2, 12, 0.3), 1.0)
    yield "one word", (np.array([[0.3], [0.2], [0.4]]), 0.9)


@unusual.same
def _(leanings, share):
    at = (1 - share) / 2 * (leanings.shape[1] - 1)      # how many words lie below the lower border, a part of one included
    rows, k = np.sort(leanings, axis=1), int(at)
    low = rows[:, k] + (at - k) * (rows[:, min(k + 1, rows.shape[1] - 1)] - rows[:, k])
    high = rows[:, -1 - k] - (at - k) * (rows[:, -1 - k] - rows[:, max(-2 - k, -rows.shape[1])])
    return (leanings < low[:, None]).all(0) | (leanings > high[:, None]).all(0)


@unusual.same
def _(leanings, share):
    low, high = (np.percentile(leanings, 50 * (1 + side * share), axis=1) for side in (-1, 1))
    return np.array([all(x < low) or all(x > high) for x in leanings.T])


unusual.mistakes_in("low_high", [
    ("Your borders lie at 1 - share and at share, which leaves twice as many words outside: half of 1 - share belongs to each side.",
     "np.quantile(leanings, [1 - share, share], axis=1, keepdims=True)", "np.quantile(leanings, sorted([1 - share, share]), axis=1, keepdims=True)"),
    ("Nobody ever lies outside of your borders. For each training they are quantiles over its words, axis 1: along the trainings, axis 0, each word would be compared with itself.",
     "np.quantile(leanings, [tail, 1 - tail], axis=0, keepdims=True)", "(leanings.min(axis=1, keepdims=True), leanings.max(axis=1, keepdims=True))"),
    ("You have one pair of borders for all trainings together. Each training has its own spread, and so its own borders.", "np.quantile(leanings, [tail, 1 - tail], axis=None, keepdims=True)", "np.quantile(leanings, [tail, 1 - tail])"),
    ("You use `share` itself as a border of the leanings. It is a share of the words: the border is the leaning that this share of them reaches.", "(-share, share)"),
    ("You use `tail` itself as a border of the leanings. It is a share of the words: the border is the leaning that this share of them reaches.", "(tail, 1 - tail)", "(-tail, tail)"),
    ("`np.percentile` counts in percent, from 0 to 100; `tail` is a share, from 0 to 1.", "np.percentile(leanings, [tail, 1 - tail], axis=1, keepdims=True)"),
    ("Lower and upper border are exchanged: outside is below the lower one, or above the upper one.", "np.quantile(leanings, [1 - tail, tail], axis=1, keepdims=True)"),
    ("Mean and standard deviation say nothing about shares unless the leanings are normal: a quantile is the border that a share of the words reaches.",
     "(leanings.mean(axis=1, keepdims=True) - leanings.std(axis=1, keepdims=True), leanings.mean(axis=1, keepdims=True) + leanings.std(axis=1, keepdims=True))"),
])

unusual.mistakes_in("found", [
    ("You only ask whether a word leans to the same side in every training. Nearly every word leans a little: compare with all the others.", "np.all(leanings > 0, axis=0) | np.all(leanings < 0, axis=0)"),
    ("Once is enough for you: a word that is outside in a single training counts. It has to be outside in every one.",
     "np.any(leanings < low, axis=0) | np.any(leanings > high, axis=0)", "np.any((leanings < low) | (leanings > high), axis=0)"),
    ("A word that is far below in one training and far above in another counts for you. It has to be on the same side in all.", "np.all((leanings < low) | (leanings > high), axis=0)"),
    ("You look at the upper side only: a word may lean unusually far down as well.", "np.all(leanings > high, axis=0)"),
    ("You look at the lower side only: a word may lean unusually far up as well.", "np.all(leanings < low, axis=0)"),
    ("`abs` lays the lower side on the upper one. The lower border is a number of its own, not minus the upper one.", "np.all(np.abs(leanings) > high, axis=0)"),
    ("These are the ids of the words. Asked for is True or False for each of the V words.", "np.where(np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0))[0]"),
    ("You mark the words INSIDE of the band.", "np.all((leanings >= low) & (leanings <= high), axis=0)"),
    ("You mark all words but the unusual ones.", "~(np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0))"),
    ("A word on the border itself is not outside: `<` and `>`, not `<=` and `>=`.", "np.all(leanings <= low, axis=0) | np.all(leanings >= high, axis=0)"),
    ("You ask whether ALL words of a training are outside, axis 1. It is all trainings of a word, axis 0.", "np.all(leanings < low, axis=1) | np.all(leanings > high, axis=1)"),
    ("Lower and upper border are exchanged: outside is below the lower one, or above the upper one.", "np.all(leanings > low, axis=0) | np.all(leanings < high, axis=0)"),
    ("`&` asks for both at once, and no word is below the lower border and above the upper one.",
     "np.all(leanings < low, axis=0) & np.all(leanings > high, axis=0)"),
])

unusual.mistake("You average over the trainings first. Then one extreme training can carry a word that the others do not confirm.",
                low_high="np.quantile(leanings.mean(axis=0), [tail, 1 - tail])", found="(leanings.mean(axis=0) < low) | (leanings.mean(axis=0) > high)")
