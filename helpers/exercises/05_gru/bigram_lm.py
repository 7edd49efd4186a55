"""Exercise 5.7: the bigram baseline."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("5.7", title="The bigram baseline", returns={"P": "V V"}, hints=[
    "Which pairs of neighbours are there in `ids`? And what happens with `C[a, b] += 1` for whole arrays when a pair comes twice?",
    "`ids[:-1]` are the words, `ids[1:]` those that follow; `np.add.at(C, (rows, columns), 1)` counts each pair as often as it comes. "
    "Then mix: the counts of a row, and k more counts that are spread as `p` says.",
    "`total = C.sum(axis=1, keepdims=True)`, and `(C + k * p) / (total + k)`: each row then adds up to 1.",
])
def bigram_lm(ids, V, k):
    """Return the array P (V, V): P[a, b] is the probability that word b follows word a.

    ids (T,) the words of a text, 0 … V-1; k > 0: how many counts b's frequency is worth:
    P[a, b] = (how often b follows a + k · p[b]) / (how often anything follows a + k).
    ids = [0, 1, 0], V = 2, k = 1: p = [0.6, 0.4], and P = [[0.3, 0.7], [0.8, 0.2]].
    """
    p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)      # (V,), each word alone
    C = np.zeros((V, V))
    # TODO: count in C[a, b] how often b follows a
    np.add.at(C, (ids[:-1], ids[1:]), 1)
    # END
    total = C.sum(axis=1, keepdims=True)             # TODO: (V, 1), how often anything follows a
    return (C + k * p) / (total + k)                 # TODO: mix the counts with p


@bigram_lm.cases
def _(rng):
    yield "the worked number: ids = [0, 1, 0], k = 1", (np.array([0, 1, 0]), 2, 1.0)
    yield "a pair that comes three times, V = 3, k = 2", (np.array([0, 1, 0, 1, 0, 1]), 3, 2.0)
    yield "the same word three times, V = 2, k = 0.5", (np.array([1, 1, 1]), 2, 0.5)
    yield "40 words, V = 5, k = 0.5", (rng.integers(0, 5, 40), 5, 0.5)
    yield "30 words, V = 9, some never come, k = 3", (rng.integers(0, 6, 30) + np.arange(30) % 2, 9, 3.0)
    yield "a text of two words, V = 4, k = 3", (np.array([2, 0]), 4, 3)
    yield "a single word, V = 3, k = 1", (np.array([1]), 3, 1.0)
    yield "300 words, V = 30, k = 50, a whole number", (rng.integers(0, 30, 300), 30, 50)
    yield "k = 0.001", (rng.integers(0, 3, 12), 3, 0.001)


@bigram_lm.same
def _(ids, V, k):
    p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)
    C = np.bincount(V * ids[:-1] + ids[1:], minlength=V * V).reshape(V, V)
    n = np.bincount(ids[:-1], minlength=V)
    share = (n / (n + k))[:, None]
    return share * (C / np.maximum(n, 1)[:, None]) + (1 - share) * p


@bigram_lm.same
def _(ids, V, k):
    p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)
    P = np.tile(k * p, (V, 1))
    for a, b in zip(ids, ids[1:], strict=False):
        P[a, b] += 1
    return P / P.sum(axis=1, keepdims=True)


def _count(first, second):
    return f"np.add.at(C, ({first}, {second}), 1)"


bigram_lm.mistakes_in("block", [
    ("A pair counts once in your C, however often it comes. Even `C[a, b] += 1` with whole arrays adds a single time.", "C[ids[:-1], ids[1:]] += 1"),
    ("Your table is transposed: it says which word comes *before*. Row a is the word that is there, column b the one that follows.", _count("ids[1:]", "ids[:-1]")),
    ("Your pairs are two words apart: `ids[2:]` skips the neighbour.", _count("ids[:-2]", "ids[2:]")),
    ("Your pairs are each word with itself: the second one has to be a place further on.", _count("ids", "ids")),
    ("You count a pair more than there is: the text's last word is not followed by its first.", _count("ids", "np.roll(ids, -1)")),
    ("You leave out the last pair of the text.", _count("ids[:-2]", "ids[1:-1]")),
    ("You leave out the first pair of the text.", _count("ids[1:-1]", "ids[2:]")),
    ("You count each pair in both directions. What follows and what comes before are two different tables.", _count("ids[:-1]", "ids[1:]") + "; " + _count("ids[1:]", "ids[:-1]")),
    ("You give the places as a *list*, which NumPy takes for rows: each named row grows as a whole. A pair of row and column is a tuple.", "np.add.at(C, [ids[:-1], ids[1:]], 1)"),
    ("You pair every word with every other one of the text. Only neighbours are pairs.", _count("ids[:, None]", "ids")),
    ("You take every second pair. The second word of a pair is the first of the next.", _count("ids[:-1:2]", "ids[1::2]")),
])

bigram_lm.mistakes_in("total", [
    ("You divide by the sums of the columns: each *row* has to add up to 1, since something follows each word.", "C.sum(axis=0, keepdims=True)"),
    ("Your sums of the rows have lost their axis: NumPy matches (V,) with the last axis, so *column* b is divided by the sum of row b. Keep the axis: (V, 1).", "C.sum(axis=1)"),
    ("You divide by the number of all pairs. Asked is what follows *given* the word: each row adds up to 1 by itself.", "C.sum()"),
    ("You divide by how often the word itself comes. At the end of the text it comes once without being followed by anything.", "np.bincount(ids, minlength=V)[:, None]"),
    ("You divide row a by how often a *follows* something. What follows a is counted along the row.", "C.sum(axis=0)[:, None]"),
    ("You raise the empty rows' total to 1. A row without counts has none, and thanks to k nothing is divided by zero.", "np.maximum(C.sum(axis=1, keepdims=True), 1)"),
])

bigram_lm.mistakes_in("returns", [
    ("No smoothing: a pair that never came gets the probability 0, a perplexity of infinity, and a word without a successor gives NaN.", "C / total"),
    ("You add the same k to every pair (add-k). The k counts are spread over the words as p says, so that frequent words get more.", "(C + k) / (total + k * V)"),
    ("You spread the k counts evenly over the V words. They are spread as p says: frequent words get more.", "(C + k / V) / (total + k)"),
    ("You divide by the count of the row alone: k more counts were put in, so your rows add up to more than 1.", "(C + k * p) / total", "(C + k * p) / np.maximum(total, 1e-12)"),
    ("You put p in without its weight: k times p.", "(C + p) / (total + k)"),
    ("You put p in with the weight 1 whatever k is.", "(C + p) / (total + 1)"),
    ("You mix in the frequency of the word that is there, p[a]. It is the word that follows, b, whose frequency helps.", "(C + k * p[:, None]) / (total + k)"),
    ("Your k counts have the same weight in each row: you add k·p to the row's *shares*. With many counts p should fade away.", "(C / np.maximum(total, 1) + k * p) / (1 + k)"),
    ("You return the counts, mixed but not divided: a probability has to add up to 1 along each row.", "C + k * p"),
    ("Brackets: you divide k · p alone. The counts and the k more counts are divided together.", "C + k * p / (total + k)"),
    ("Brackets: you divide the counts alone. The counts and the k more counts are divided together.", "C / (total + k) + k * p"),
    ("Brackets: you add k after the division. It belongs to what you divide by.", "(C + k * p) / total + k"),
    ("You add k · V to the total. Only k more counts were put in for the whole row, as p adds up to 1.", "(C + k * p) / (total + k * V)"),
    ("You mix with the shares k and 1 - k. k is a number of counts, not a share, and may well be above 1.", "k * C / total + (1 - k) * p", "(1 - k) * C / total + k * p",
     "k * C / np.maximum(total, 1) + (1 - k) * p", "(1 - k) * C / np.maximum(total, 1) + k * p"),
    ("You return the logarithms. Asked are the probabilities.", "np.log((C + k * p) / (total + k))"),
    ("You transpose before you divide: then a row and its total no longer belong together.", "(C + k * p).T / (total + k)"),
])
