"""Exercise 8.4: short vectors by a singular value decomposition."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.4", title="Fewer numbers", returns={"E": "V d"}, hints=[
    "Which columns of U belong to the largest singular values? And if the two sides are multiplied, what is half of a factor S?",
    "`np.linalg.svd` sorts: the largest come first. Each of the first d columns of U is multiplied by the root of its own singular value.",
    "`U[:, :d] * np.sqrt(S[:d])`: broadcasting multiplies column by column.",
])
def svd_embed(M, d):
    """Return vectors E (V, d) for the words, the rows of M (V, J), by an SVD.

    Singular value decomposition: M = U diag(S) Vᵀ. E, times a matrix made in the same way
    of the contexts' Vᵀ, is the sum of the d strongest directions of M, and each singular
    value is shared equally between the two.
    M = [[4., 0.], [0., 9.]] and d = 1 give [[0.], [3.]]. (The sign of each column is free.)
    """
    U, S, Vt = np.linalg.svd(M, full_matrices=False)   # (V, r), (r,) largest first, (r, J)
    E = U[:, :d] * np.sqrt(S[:d])                      # TODO: (V, d)
    return E


@svd_embed.cases
def _(rng):
    yield "a diagonal matrix, d = 1", (np.array([[4.0, 0.0], [0.0, 9.0]]), 1)
    yield "3 words, 2 contexts, d = 2", (np.array([[3.0, 1.0], [0.0, 2.0], [1.0, 0.0]]), 2)
    yield "6 words, 4 contexts, d = 3", (rng.uniform(0, 3, size=(6, 4)), 3)
    yield "symmetric, 5 words, d = 2", (*(lambda A: (A @ A.T,))(rng.normal(size=(5, 5))), 2)
    yield "5 words, 8 contexts, d = 4", (rng.normal(size=(5, 8)), 4)
    yield "one word", (np.array([[3.0, 0.0, 4.0]]), 1)
    yield "whole numbers, and words with the same contexts", (np.array([[2, 0, 1], [2, 0, 1], [0, 5, 0], [0, 0, 0]]), 2)
    yield "nothing but zeros", (np.zeros((3, 4)), 2)
    yield "numbers near 1000", (1000 + rng.normal(size=(4, 5)), 1)


@svd_embed.observed_by
def _(answer, M, d):
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "f" and answer.shape == (len(M), d):
        return {"products": answer @ answer.T, "lengths of the columns": np.linalg.norm(answer, axis=0)}
    return answer


@svd_embed.explained_by
def _(answer, M, d):
    if not isinstance(answer, np.ndarray) or answer.dtype.kind != "f":
        return "E should be one array of floats, with the shape (V, d)."
    if answer.shape != (len(M), d):
        return f"E should have the shape (V, d) = {(len(M), d)}: a row for each word, and d numbers in it. Yours has the shape {answer.shape}."
    if np.isnan(answer).any():
        return "Your E holds NaN."
    mine, right = np.linalg.norm(answer, axis=0), np.linalg.norm(svd_embed(M, d), axis=0)
    if np.allclose(mine, right):
        return "The columns of your E have the right lengths, but not the right directions."
    if np.allclose(np.sort(mine), np.sort(right)):
        return "The columns of your E stand in another order: the strongest direction, the longest column, comes first."
    return "The columns of your E do not have the right lengths: how much of a singular value belongs to each side?"


@svd_embed.same
def _(M, d):
    values, vectors = np.linalg.eigh(M @ M.T)
    best = np.argsort(-values)[:d]
    return vectors[:, best] * values[best] ** 0.25


svd_embed.same(lambda M, d: -np.linalg.svd(M)[0][:, :d] * np.sqrt(np.linalg.svd(M)[1][:d]))

svd_embed.mistakes_in("E", [
    ("You return the columns of U as they are: all d directions count the same, the faintest as much as the strongest.", "U[:, :d]"),
    ("You multiply by the singular values themselves; here it is by their roots, half for the word and half for the context.", "U[:, :d] * S[:d]"),
    ("You multiply by the squares of the singular values, where it should be their roots.", "U[:, :d] * S[:d] ** 2"),
    ("You halve the singular values. Shared equally between two factors means the root: S = √S · √S.", "U[:, :d] * S[:d] / 2"),
    ("You divide by the roots of the singular values: that makes the faint directions the strongest.", "U[:, :d] / np.sqrt(S[:d])"),
    ("You multiply every column by the largest singular value's root. Each has its own.", "U[:, :d] * np.sqrt(S[0])"),
    ("The root of a negative number is NaN, and U has negative entries. Only the singular values get a root.", "np.sqrt(U[:, :d] * S[:d])", "np.sqrt(U[:, :d]) * np.sqrt(S[:d])"),
    ("You take the LAST d columns, the smallest singular values: that is what one wants to get rid of.", "U[:, -d:] * np.sqrt(S[-d:])"),
    ("The order of the columns is reversed: the strongest direction comes first.", "(U[:, :d] * np.sqrt(S[:d]))[:, ::-1]"),
    ("You leave the first column out: it is the strongest direction of all.", "U[:, 1 : d + 1] * np.sqrt(S[1 : d + 1])"),
    ("You take the first d ROWS of U, so only d words have a vector. Cut off columns.", "U[:d] * np.sqrt(S)", "U[:d] * np.sqrt(S[:d])"),
    ("Nothing is cut off: all columns are still there.", "U * np.sqrt(S)"),
    ("These are vectors of the contexts (from Vᵀ). Those of the words are in U.", "Vt[:d].T * np.sqrt(S[:d])", "Vt[:d] * np.sqrt(S[:d])[:, None]"),
    ("These are the first d columns of Vᵀ. Those of the words are in U, and Vᵀ has its directions in its rows.", "Vt[:, :d] * np.sqrt(S[:d])"),
    ("Your result is (d, V), with the words in the columns. The course keeps one word per row.", "(U[:, :d] * np.sqrt(S[:d])).T"),
    ("These are the first d columns of M: what the other columns say is thrown away.", "M[:, :d]", "M[:, :d].copy()"),
    ("This is the whole matrix again, rebuilt from d directions: J numbers for each word instead of d.", "(U[:, :d] * S[:d]) @ Vt[:d]"),
])
