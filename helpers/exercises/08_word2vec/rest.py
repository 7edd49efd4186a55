"""Notebook 08: word vectors, counted and learnt."""

import numpy as np

from helpers.checking.authoring import exercise

# ----------------------------------------------------------------------------------------------- 8.8 best_score


@exercise("8.8", title="The score that every pair would like", returns={"s": "P"}, hints=[
    "The loss is a n-fold -log σ(s) and an m-fold -log σ(-s), with n = met and m = K · row · q. What is its slope in s? Use your slopes of 8.6.",
    "n (σ(s) - 1) + m σ(s) = 0 gives σ(s) = n / (n + m). Now solve σ(s) = 1 / (1 + e^-s) for s: what is e^-s?",
    "1 + e^-s = (n + m) / n, so e^-s = m / n, and s = log(n / m).",
])
def best_score(met, row, q, K):
    """Return the score s (P,) that makes the loss of each of P pairs as small as it can be.

    met (P,): how often the pair came as a real one; row (P,): how many real pairs its middle word has;
    q (P,): how likely it is that a negative is this context; K negatives are drawn for each real pair.

        loss(s) = -met log σ(s) - K row q log σ(-s)

    met = [2.], row = [10.], q = [0.1] and K = 2 give [0.]: as often real as made up.
    """
    s = np.log(met / (K * row * q))      # TODO: where the slope of the loss is 0
    return s


@best_score.cases
def _(rng):
    yield "one pair, as often real as made up", (np.array([2.0]), np.array([10.0]), np.array([0.1]), 2)
    yield "one pair, K = 1", (np.array([6.0]), np.array([10.0]), np.array([0.2]), 1)
    yield "one pair, K = 5", (np.array([3.0]), np.array([20.0]), np.array([0.5]), 5)
    yield "counts as whole numbers", (np.array([3, 1, 8]), np.array([20, 4, 30]), np.array([0.5, 0.25, 0.1]), 3)
    yield "7 pairs, K = 4", (rng.integers(1, 50, 7).astype(float), rng.integers(60, 400, 7).astype(float), rng.uniform(0.01, 0.3, 7), 4)


@best_score.same
def _(met, row, q, K):
    p = met / (met + K * row * q)
    return np.log(p) - np.log(1 - p)


@best_score.same
def _(met, row, q, K):
    return np.log(met / row) - np.log(q) - np.log(K)


def _wrong(sentence):
    def add(function):
        best_score.mistake(sentence)(lambda met, row, q, K: function(1.0 * met, 1.0 * K * row * q, row, q, K))
    return add


@_wrong("This is σ(s), the share of real ones. Asked for is the score s itself: solve σ(s) = 1 / (1 + e^-s) for s.")
def _(n, m, row, q, K):
    return n / (n + m)


@_wrong("This is the logarithm of the share of real ones. The score is another number: σ(s) is that share, so e^-s is one share divided by the other.")
def _(n, m, row, q, K):
    return np.log(n / (n + m))


@_wrong("The sign is reversed: a pair that is real more often than made up has a score above 0.")
def _(n, m, row, q, K):
    return np.log(m / n)


@_wrong("The logarithm is missing: this is the ratio of real to made up, which is e^s.")
def _(n, m, row, q, K):
    return n / m


@_wrong("K is missing: for each real pair K negatives are drawn.")
def _(n, m, row, q, K):
    return np.log(n / (row * q))


@_wrong("K is on the wrong side: more negatives make a pair more often made up, so its score falls.")
def _(n, m, row, q, K):
    return np.log(n * K / (row * q))


@_wrong("`row` is missing: negatives are drawn for ALL real pairs of the middle word, so there are K · row of them.")
def _(n, m, row, q, K):
    return np.log(n / (K * q))


@_wrong("q is missing: only a share q of the negatives is this context.")
def _(n, m, row, q, K):
    return np.log(n / (K * row))


@_wrong("In `met / K * row * q` only K is below the line. It takes brackets.")
def _(n, m, row, q, K):
    return np.log(n / K * row * q)


@_wrong("You take the logarithm to the base 2. σ is made with e, so it is the natural one.")
def _(n, m, row, q, K):
    return np.log2(n / m)


@_wrong("You return the smallest loss. Asked for is the score at which it is reached.")
def _(n, m, row, q, K):
    return -n * np.log(n / (n + m)) - m * np.log(m / (n + m))


@_wrong("This is the score at which real and made-up pairs differ by their number, met - K row q. Set the slope of the loss to 0 and solve for s.")
def _(n, m, row, q, K):
    return n - m


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
