"""Measure word vectors: W (V, D) holds one row for each word, i and j are words' numbers."""

import numpy as np


def unit_rows(W):
    """Return W with each row brought to length 1."""
    return W / np.linalg.norm(W, axis=1, keepdims=True)


def side_by_side(trainings):
    """Return the unit rows of several trainings side by side: the cosines of these rows are the averages of the trainings'."""
    return np.concatenate([unit_rows(W) for W in trainings], axis=1)


def cosines_between(W, ids):
    """Return the cosines of the words ids (n,) with each other, (n, n)."""
    U = unit_rows(W[ids])
    return U @ U.T


def mean_cosine(W):
    """Return the mean cosine of two different words."""
    return cosines_between(W, np.arange(len(W)))[np.triu_indices(len(W), 1)].mean()


def place_among_neighbours(W, i, j):
    """Return at which place word j stands among all neighbours of word i; 1 is the nearest."""
    cosines = unit_rows(W) @ W[i]
    cosines[i] = -np.inf
    return 1 + int(np.sum(cosines > cosines[j]))


def largest(row, words, k):
    """Return the k words with the largest numbers in a row (V,), as one string; of equal ones the earlier comes first."""
    return " ".join(words[i] for i in np.argsort(-row, kind="stable")[:k])


def nearest_words(most_similar, word, E, words, k):
    """Return the k words nearest to a word, as one string; a sentence if the word has no row in E (V, D).

    most_similar(x, E, k, exclude) -> (the places of the k rows nearest to x, their cosines)
    """
    word = word.strip().lower()
    if word not in words:
        return f"(nothing: '{word[:30]}' is not among these {len(words):,} words)"
    at = words.index(word)
    return " ".join(words[i] for i in most_similar(E[at], E, k, [at])[0])


def outside_of(values, borders):
    """Return (n, words) bool: which values (n, words) lie outside of their row's borders (2, n), below and above."""
    return (values < borders[0][:, None]) | (values > borders[1][:, None])


def main_directions(X):
    """Return X (n, D) in the two directions in which its rows differ most, (n, 2).

    Their signs are chosen so that the largest number of each direction is positive.
    """
    X = X - X.mean(axis=0)
    flat = X @ np.linalg.svd(X, full_matrices=False)[2][:2].T
    return flat * np.sign(flat[np.abs(flat).argmax(axis=0), [0, 1]])
