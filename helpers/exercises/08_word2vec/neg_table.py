"""Exercise 8.5: which word is drawn as a negative, and how often."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.5", title="Which negatives to draw", returns={"p": "V"}, hints=[
    "What do probabilities sum to? And what is raised to the power first, the counts or the probabilities?",
    "Raise the counts to the power; then divide by the sum of what came out, not by the sum of the counts.",
    "It is one line: `counts**power / np.sum(counts**power)`.",
])
def neg_table(counts, power):
    """Return with which probability each word is drawn as a negative: p (V,).

    It is in proportion to counts ** power:
    power = 1 draws as often as the text does, power = 0 all words alike.
    counts = [1., 16.] and power = 0.75 give [1/9, 8/9]: 16 to the power ¾ is 8.
    """
    p = counts**power / np.sum(counts**power)      # TODO: in proportion to counts ** power; sum 1
    return p


@neg_table.cases
def _(rng):
    yield "two words, power 3/4", (np.array([1.0, 16.0]), 0.75)
    yield "two words, power 1", (np.array([1.0, 3.0]), 1.0)
    yield "three words, power 0", (np.array([2.0, 5.0, 9.0]), 0.0)
    yield "whole numbers as counts", (np.array([90, 2, 16]), 0.75)
    yield "seven words, power 1/2", (rng.integers(1, 400, 7).astype(float), 0.5)
    yield "a single word", (np.array([7.0]), 0.75)
    yield "all words alike", (np.full(4, 1000.0), 0.75)
    yield "a word that never came, and one that came a million times", (np.array([0.0, 1e6, 16.0]), 0.75)


neg_table.same(lambda counts, power: np.exp(power * np.log(counts)) / np.exp(power * np.log(counts)).sum())

neg_table.same(lambda counts, power: (counts / counts.sum()) ** power / np.sum((counts / counts.sum()) ** power))

neg_table.mistakes_in("p", [
    ("This is count / sum raised to the power: what comes out no longer sums to 1. Divide by the sum of the raised ones.", "(counts / np.sum(counts)) ** power", "counts**power / np.sum(counts) ** power"),
    ("You divide by the sum of the counts, but what you divide has been raised to the power: divide by the sum of that.", "counts**power / np.sum(counts)"),
    ("Only what is below the line is raised to the power. Above it, too, the counts have to be raised to the power.", "counts / np.sum(counts**power)"),
    ("These are weights, not probabilities: they do not sum to 1.", "counts**power"),
    ("The power is missing: rare words will hardly ever be drawn.", "counts / np.sum(counts)"),
    ("You always take ¾: the power is an argument.", "counts**0.75 / np.sum(counts**0.75)"),
    ("You always take the root, the power ½: the power is an argument.", "np.sqrt(counts) / np.sum(np.sqrt(counts))"),
    ("You multiply by the power where you should raise to it; your numbers then sum to the power and not to 1.", "counts * power / np.sum(counts)"),
    ("You multiply by the power where you should raise to it: the same factor stands above and below and cancels, and with power 0 nothing is left.", "counts * power / np.sum(counts * power)"),
    ("You raise to the power 1 / power: that draws the frequent words even more often.", "counts ** (1 / power) / np.sum(counts ** (1 / power))"),
    ("You raise to 1 - power: the nearer the power is to 1, the less the counts would matter.", "counts ** (1 - power) / np.sum(counts ** (1 - power))"),
    ("Your power is negative: the rarest words would be drawn most often.", "(1.0 * counts) ** -power / np.sum((1.0 * counts) ** -power)"),
    ("Base and exponent are exchanged: it is the count that is raised to the power.", "power**counts / np.sum(power**counts)"),
    ("This is a softmax. Nothing is exponentiated here: the counts are positive already.",
     "np.exp(counts * power - np.max(counts * power)) / np.sum(np.exp(counts * power - np.max(counts * power)))", "np.exp(counts * power) / np.sum(np.exp(counts * power))", "np.exp(counts**power) / np.sum(np.exp(counts**power))", "np.exp(counts) / np.sum(np.exp(counts))"),
    ("You take logarithms. The counts themselves are raised to the power.", "np.log(counts) * power / np.sum(np.log(counts) * power)"),
    ("You divide by the mean of the weights, so that they sum to V. Probabilities sum to 1.", "counts**power / np.mean(counts**power)"),
    ("You divide by the largest weight. For probabilities it is the sum.", "counts**power / np.max(counts**power)"),
    ("You divide by the length of the vector, as for a cosine: then the squares sum to 1. Here it is the probabilities themselves.", "counts**power / np.linalg.norm(counts**power)"),
    ("You divide by the number of words. Probabilities sum to 1: divide by the sum of the weights.", "counts**power / len(counts)"),
    ("All your probabilities are 0: `//` rounds down, and each of them is less than 1.", "counts**power // np.sum(counts**power)"),
    ("You sort the probabilities: p[v] has to stay with word v.", "np.sort(counts**power / np.sum(counts**power))"),
    ("You sort the probabilities, the largest first: p[v] has to stay with word v, wherever that comes.", "np.sort(counts**power / np.sum(counts**power))[::-1]"),
    ("This is the running sum of the probabilities, which is what one draws with. Asked for are the probabilities themselves.", "np.cumsum(counts**power / np.sum(counts**power))"),
])

neg_table.mistake("`counts **= power` writes into the caller's own array. Make a new one: `weights = counts**power`.")(
    neg_table.changed(("p = counts**power / np.sum(counts**power)", "counts **= power\n    p = counts / counts.sum()")))
