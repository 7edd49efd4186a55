"""Questions "a is to b as c is to ?", asked of word vectors by the learner's own `analogy`, and what makes them go well.

analogy(a, b, c, E, words, exclude) -> a word; a question is (a, b, c, d), d its right answer.
by_kind(E) -> (kinds,) shares right.
"""

import numpy as np

from helpers.models.skipgram import train_skipgram


def share_right(analogy, questions, E, words, exclude=True):
    """Return the share of the questions (a, b, c, d) that is answered with d."""
    return float(np.mean([analogy(a, b, c, E, words, exclude) == d for a, b, c, d in questions]))


def answered(analogy, question, E, words, exclude=True):
    """Return the answer to three words in one text, as "man king woman", or a sentence if that is impossible."""
    three = question.lower().split()
    unknown = [word[:30] for word in three if word not in words]
    if len(three) != 3:
        return "(a question has three words)"
    return f"(no row for {', '.join(unknown)})" if unknown else analogy(*three, E, words, exclude)


def count_right(analogy, questions, tables, words):
    """Return how many questions each of some tables gets right, inputs excluded and allowed, both (tables,), and their number."""
    n = len(questions)
    found = (np.array([round(n * share_right(analogy, questions, E, words, exclude)) for E in tables])
             for exclude in (True, False))
    return (*found, n)


def print_by_kind(kinds, rows):
    """Print the median share right of each kind; rows : dict title -> (tables, kinds) shares."""
    print("right, median of five seeds:       ", *(f"{kind:>9}" for kind in kinds))
    for title, shares in rows.items():
        print(f"{title:26}:      ", *(f"    ≈{share:.2f}" for share in np.median(shares, axis=0)))


def right_by_size(by_kind, text, V, sizes, *, window=5, epochs=3, seeds=3):
    """Return (seeds, sizes, kinds): the shares right of skip-gram's vectors with these numbers for each word."""
    return np.array([[by_kind(_vectors(text, V, window, size, seed, epochs)) for size in sizes] for seed in range(seeds)])


def right_by_window(by_kind, text, V, windows, *, size=8, epochs=6, seeds=3):
    """Return (seeds, windows, kinds): the shares right of skip-gram's vectors with these windows."""
    return np.array([[by_kind(_vectors(text, V, window, size, seed, epochs)) for window in windows] for seed in range(seeds)])


def _vectors(text, V, window, size, seed, epochs):
    rng = np.random.default_rng(seed)
    return train_skipgram(text, V, size=size, window=window, epochs=epochs, progress=False, rng=rng).W
