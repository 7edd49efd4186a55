"""Exercise 12.1: the best plane."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.1", title="The best plane", returns={"mean": "D", "axes": "k D", "codes": "N k"}, hints=[
    "A plane through the middle of the data: which point is the middle, and what has to be done with the data before their main directions mean anything?",
    "Directions live in the space of the pixels, so they have D numbers. Which of U (N, r) and Vt (r, D) has such rows? The code of a row is how far it goes along each axis: a dot product.",
    "`X.mean(axis=0)`; `X - mean`; `Vt[:k]`; `centred @ axes.T`.",
])
def pca_code(X, k):
    """Return the mean (D,) of X (N, D), its k main axes (k, D) and codes (N, k) on them.

    An axis is a row of length 1; its sign is free. codes @ axes + mean comes as near
    to X as any plane allows.
    X = [[0., 0.], [2., 0.], [4., 0.]] and k = 1 give the mean [2., 0.], the axis [[1., 0.]]
    and the codes [[-2.], [0.], [2.]] (or all with the other sign).
    """
    mean = X.mean(axis=0)                                     # TODO: (D,) the middle
    centred = X - mean                                        # TODO: (N, D) seen from the middle
    U, S, Vt = np.linalg.svd(centred, full_matrices=False)    # (N, r), (r,) falling, (r, D)
    axes = Vt[:k]                                             # TODO: (k, D)
    codes = centred @ axes.T                                  # TODO: (N, k)
    return mean, axes, codes


@pca_code.cases
def _(rng):
    yield "three points on a line", (np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]]), 1)
    yield "far from the origin, k = 1", (rng.normal(size=(6, 3)) * [3.0, 1.0, 0.2] + [5.0, -20.0, 9.0], 1)
    yield "8 rows, D = 4, k = 2", (rng.normal(size=(8, 4)) * [4.0, 2.0, 1.0, 0.3] + 3.0, 2)
    yield "5 rows, D = 9, k = 3", (rng.normal(size=(5, 9)) * 2.0 ** -np.arange(9) + 1.0, 3)
    yield "20 rows, D = 3, k = 3", (rng.normal(size=(20, 3)) @ rng.normal(size=(3, 3)) - 2.0, 3)


@pca_code.observed_by
def _(answer, X, k):
    if not isinstance(answer, tuple) or len(answer) != 3 or not all(isinstance(x, np.ndarray) for x in answer):
        return answer
    mean, axes, codes = answer
    if axes.ndim == 2 and codes.ndim == 2 and axes.size:
        largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)[:, 0]
        signs = np.where(largest < 0, -1.0, 1.0)
        axes = axes * signs[:, None]
        if codes.shape[1] == len(signs):
            codes = codes * signs
    return mean, axes, codes


@pca_code.same
def _(X, k):
    mean = np.mean(X, 0)
    values, vectors = np.linalg.eigh((X - mean).T @ (X - mean))
    axes = vectors[:, np.argsort(-values)[:k]].T
    return mean, axes, np.einsum("nd,kd->nk", X - mean, axes)


@pca_code.same
def _(X, k):
    mean = X.mean(0, keepdims=True)
    U, S, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return mean[0], -Vt[:k], -U[:, :k] * S[:k]


pca_code.mistakes_in("mean", [
    ("Your mean is one number for each row. The middle of the data is one point: the mean over the rows.", "X.mean(axis=1)"),
    ("Your mean is one number for all columns. Each column has its own middle.", "X.mean()"),
    ("Your mean is a sum over the rows: divide by how many there are.", "X.sum(axis=0)"),
    ("Your mean has two axes, (1, D): the middle is one point, (D,).", "X.mean(axis=0, keepdims=True)"),
    ("You take the median of each column as the middle. The plane with the least squared error goes through the mean.", "np.median(X, axis=0)"),
    ("You take the origin as the middle: the mean of the data is something else.", "np.zeros(X.shape[1])"),
])
pca_code.mistakes_in("centred", [
    ("The data are not centred: the first axis then points from the origin to the data, and not along them.", "X", "X.copy()"),
    ("You add the mean. Seen from the middle means: minus the mean.", "X + mean"),
    ("You divide each column by its spread: that makes the faint columns as loud as the others, and the codes no longer give X back.", "(X - mean) / X.std(axis=0)"),
    ("You subtract X from the mean: axes are the same, but every code has the wrong sign for its axis.", "mean - X"),
])
pca_code.mistakes_in("axes", [
    ("You take the first k COLUMNS of Vt. Its directions are its rows.", "Vt[:, :k]"),
    ("Your axes come from U: those have a number for each row of the data, not for each pixel.", "U[:, :k]", "U[:, :k].T"),
    ("You take the last k axes: they are the faintest directions, those that one leaves out.", "Vt[-k:]"),
    ("Your axes stand in reversed order: the strongest comes first.", "Vt[:k][::-1]"),
    ("Your axes are columns, (D, k). One axis a row was asked for.", "Vt[:k].T"),
    ("You leave out the strongest axis: the first row is number 0.", "Vt[1 : k + 1]"),
    ("Your axes are multiplied by the singular values. An axis has length 1.", "S[:k, None] * Vt[:k]"),
    ("All axes are still there: only the first k were asked for.", "Vt"),
])
pca_code.mistakes_in("codes", [
    ("Your codes are made of X, not of what is left when the mean is taken away.", "X @ axes.T"),
    ("These codes are whitened: each is divided by its singular value, so codes @ axes + mean is no longer near X.", "U[:, :k]", "centred @ axes.T / S[:k]"),
    ("The axes stand as rows, so a dot product with each of them is `@ axes.T`.", "centred @ axes"),
    ("These are the pictures on the plane, D numbers a row. The code is k numbers a row.", "centred @ axes.T @ axes"),
    ("Your codes are multiplied by the singular values a second time: how far a row goes along an axis is in the dot product already.", "centred @ axes.T * S[:k]"),
    ("Your codes are (k, N). One row for each row of X was asked for.", "axes @ centred.T"),
])


@pca_code.mistake("Right numbers in the wrong order: mean, axes, codes were asked for.")
def _(X, k):
    mean, axes, codes = pca_code(X, k)
    return mean, codes, axes
