"""Exercise 8.3: the rows nearest to a vector, by the cosine."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.3", title="The nearest words", returns={"ids": "k", "cosines": "k"}, hints=[
    "The dot product is large for long vectors, too. By what must it be divided so that only the direction counts?",
    "`np.linalg.norm(E, axis=1)` has the lengths of all rows. What stands at an excluded place must be smaller than every cosine, and cosines go down to -1.",
    "`E @ v / (np.linalg.norm(E, axis=1) * np.linalg.norm(v))`; `cosines[exclude] = -np.inf`; `np.argsort(-cosines)[:k]`.",
])
def most_similar(v, E, k, exclude):
    """Return the k rows of E (V, D) nearest to v (D,) by the cosine, best first.

    -> their ids (k,) and their cosines (k,).
    exclude: a list of ids that must not be among them (the word itself, say); may be empty.
    cosine(v, e) = v · e / (|v| |e|). v = [1., 0.], E = [[0., 2.], [3., 0.], [3., 3.]],
    k = 2 and exclude = [1] give the ids [2, 0] and the cosines [0.707, 0].
    """
    cosines = E @ v / (np.linalg.norm(E, axis=1) * np.linalg.norm(v))  # TODO: (V,), with each row
    cosines[exclude] = -np.inf                                         # TODO: below any cosine
    ids = np.argsort(-cosines)[:k]                                     # TODO: k ids, best first
    return ids, cosines[ids]


@most_similar.cases
def _(rng):
    lengths = rng.uniform(0.2, 4, (20, 1))
    yield "three words, the nearest one", (np.array([1.0, 0.0]), np.array([[0.0, 2.0], [3.0, 0.5], [3.0, 3.0]]), 1, [])
    yield "three words, the nearest excluded", (np.array([1.0, 0.0]), np.array([[-1.0, 2.0], [3.0, 0.0], [9.0, 9.0]]), 2, [1])
    yield "a v that is not of length 1", (np.array([2.0, 1.0]), np.array([[0.0, 2.0], [3.0, 1.0], [7.0, 8.0], [1.0, -1.0]]), 2, [])
    yield "all but the excluded one look away", (np.array([1.0, 1.0, 1.0]), np.array([[1.0, 1.0, 1.0], [-1.0, 0.5, -1.0], [-3.0, -1.0, -2.0]]), 2, [0])
    yield "the only word left points the opposite way", (np.array([1.0, 0.0]), np.array([[3.0, 0.0], [-3.0, 0.0], [2.0, 1.0]]), 2, [0])
    yield "the same words in another order", (np.array([1.0, 0.0]), np.array([[-3.0, 0.0], [2.0, 1.0], [3.0, 0.0]]), 2, [2])
    yield "whole numbers as vectors", (np.array([3, 4]), np.array([[4, 3], [3, 4], [0, 5], [-4, -3], [8, -6]]), 3, [1])
    yield "float32, an id excluded twice", (np.array([3.0, 4.0], np.float32), np.array([[4, 3], [3, 4], [0, 5], [5, 0]], np.float32), 2, [1, 1])
    yield "lengths from 1/10 to 1000", (np.array([0.1, 0.2]), np.array([[1000.0, 0.0], [0.1, 0.15], [0.0, 50.0], [-1.0, 3.0]]), 4, [])
    yield "20 words of 5 numbers, k = 6", (rng.normal(size=5), rng.normal(size=(20, 5)) * lengths, 6, [])
    yield "20 words of 5 numbers, three excluded", (rng.normal(size=5), rng.normal(size=(20, 5)) * lengths, 7, [4, 11, 2])
    yield "100 words of 6 numbers, k = 30", (rng.normal(size=6), rng.normal(size=(100, 6)), 30, [7])
    yield "2,000 words of 2 numbers, k = 1,500", (rng.normal(size=2), rng.normal(size=(2000, 2)), 1500, [])
    yield "20 words, a word's own row as v", (*(lambda E: (E[3].copy(), E))(rng.normal(size=(20, 4))), 5, [3])


@most_similar.same
def _(v, E, k, exclude):
    units = E / np.sqrt((E**2).sum(axis=1, keepdims=True))
    cosines = units @ (v / np.sqrt(v @ v))
    left = [i for i in sorted(range(len(E)), key=lambda i: -cosines[i]) if i not in exclude]
    return np.array(left[:k]), np.array([cosines[i] for i in left[:k]])


@most_similar.same
def _(v, E, k, exclude):
    c = np.einsum("vd,d->v", E, v) / np.linalg.norm(E, axis=-1) / np.linalg.norm(v)
    kept = np.setdiff1d(np.arange(len(E)), exclude)
    ids = kept[np.argsort(c[kept])[::-1][:k]]
    return ids, c[ids]


most_similar.mistakes_in("cosines", [
    ("This is the dot product. It is large for long vectors too, in whatever direction they point: divide by both lengths.", "E @ v"),
    ("You divide by the rows' lengths, but not by that of v. The order is right, the numbers are no cosines.", "E @ v / np.linalg.norm(E, axis=1)"),
    ("You divide by the length of v, but not by those of the rows: long rows still win.", "E @ v / np.linalg.norm(v)"),
    ("You take absolute values: a vector that points the opposite way would count as near.", "np.abs(E @ v) / (np.linalg.norm(E, axis=1) * np.linalg.norm(v))"),
    ("You divide by squared lengths: the root is missing.", "E @ v / (np.sum(E**2, axis=1) * np.sum(v**2))"),
    ("You divide by the norm of the whole matrix, one number for all: ask for the norm of each row, with `axis=1`.", "E @ v / (np.linalg.norm(E) * np.linalg.norm(v))"),
    ("These are the norms of E's columns, axis 0. Each row has its own length: `axis=1`.", "E @ v / (np.linalg.norm(E, axis=0) * np.linalg.norm(v))"),
    ("You multiply by the length of v: in `x / a * b` only a is below the line. It takes brackets around the two lengths.", "E @ v / np.linalg.norm(E, axis=1) * np.linalg.norm(v)"),
    ("With `keepdims=True` the lengths are (V, 1), and (V,) / (V, 1) is a table (V, V). Here there is one number for each word.",
     "E @ v / (np.linalg.norm(E, axis=1, keepdims=True) * np.linalg.norm(v))"),
    ("These are the distances between the points, with a minus. Asked for is the cosine of the angle: the length of a vector must not count.", "-np.linalg.norm(E - v, axis=1)"),
    ("This is 1 minus the cosine, the \"cosine distance\". Asked for are the cosines themselves.", "1 - E @ v / (np.linalg.norm(E, axis=1) * np.linalg.norm(v))"),
    ("These are the distances between the points. Asked for is the angle: the length of a vector must not count.", "np.linalg.norm(E - v, axis=1)"),
])

most_similar.mistakes_in("cosines_exclude", [
    ("You give the excluded ones a 0. Cosines can be negative, and then an excluded word still wins: it takes something below -1.", "0"),
    ("You give the excluded ones a -1, and that is a cosine itself: where all that is left points the opposite way, an excluded word can still be chosen.", "-1"),
    ("You give the excluded ones +inf, which is more than any cosine: they come first.", "np.inf"),
])

most_similar.mistakes_in("ids", [
    ("You sort upwards: the excluded ones, which you gave the smallest value, come first.", "np.argsort(cosines)[:k]"),
    ("The right words, in the wrong order: the best comes first.", "np.argsort(cosines)[-k:]"),
    ("The right words, but in another order than by their cosines: the best comes first. `argpartition` finds the k best and does not sort them.", "np.argpartition(-cosines, k - 1)[:k]"),
    ("The right words, but sorted by their ids: the best comes first.", "np.sort(np.argsort(-cosines)[:k])"),
    ("You sort by absolute values: a vector that points the opposite way counts as near, and -inf comes first.", "np.argsort(-np.abs(cosines))[:k]"),
    ("You exclude what is to be excluded, and then drop the best of the rest as well.", "np.argsort(-cosines)[1 : k + 1]"),
    ("You return one word fewer than k.", "np.argsort(-cosines)[: k - 1]"),
    ("You return one word more than k: a slice leaves its end out.", "np.argsort(-cosines)[: k + 1]"),
    ("Nothing is cut off: you return all V words, where k are asked for.", "np.argsort(-cosines)"),
    ("`argmax` gives one word, the best. Asked for are the k best, in order.", "np.argmax(cosines)"),
    ("These are the nearest by the distance between the points. Asked for is the angle: the length of a vector must not count.", "np.argsort(np.linalg.norm(E - v, axis=1))[:k]"),
    ("`np.sort` gives the sorted cosines themselves. Their places come from `np.argsort`.", "np.sort(cosines)[::-1][:k]", "-np.sort(-cosines)[:k]"),
])

most_similar.mistake("You sort upwards and so return the words that are LEAST similar.", cosines_exclude="np.inf", ids="np.argsort(cosines)[:k]")
most_similar.mistake("These are the distances between the points. Asked for is the angle: the length of a vector must not count.",
                     cosines="np.linalg.norm(E - v, axis=1)", cosines_exclude="np.inf", ids="np.argsort(cosines)[:k]")
most_similar.mistake("This is 1 minus the cosine, the \"cosine distance\". Asked for are the cosines themselves.",
                     cosines="1 - E @ v / (np.linalg.norm(E, axis=1) * np.linalg.norm(v))", cosines_exclude="np.inf", ids="np.argsort(cosines)[:k]")

most_similar.mistake("Nothing is excluded: the word itself is always its own nearest neighbour, with a cosine of 1.")(
    lambda v, E, k, exclude: most_similar(v, E, k, []))

most_similar.mistake("You always drop the best one, as if it were the word itself. What to leave out is in `exclude`, which may be empty.")(
    lambda v, E, k, exclude: tuple(part[1:] for part in most_similar(v, E, k + 1, [])))

for sentence, *changes in [
    ("You take the best k first and drop the excluded ones then: fewer than k remain.",
     ("cosines[exclude] = -np.inf", "pass"), ("return ids", "ids = ids[~np.isin(ids, exclude)]\n    return ids")),
    ("`E /= …` and `v /= …` write into the caller's own arrays. Make new ones: `E = E / …`.",
     ("cosines = E @ v / (np.linalg.norm(E, axis=1) * np.linalg.norm(v))",
      "E /= np.linalg.norm(E, axis=1, keepdims=True)\n    v /= np.linalg.norm(v)\n    cosines = E @ v")),
]:
    most_similar.mistake(sentence)(most_similar.changed(*changes))

most_similar.mistake("You cut the excluded rows out, and every id behind one of them comes out too small: an id must still be the row's place in E.")(
    lambda v, E, k, exclude: most_similar(v, np.delete(E, exclude, axis=0), k, []))
most_similar.mistake("Your two results are in the wrong order: first come the ids, then their cosines.")(
    lambda v, E, k, exclude: most_similar(v, E, k, exclude)[::-1])
