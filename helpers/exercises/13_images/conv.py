"""Exercise 13.2: convolution as a product of matrices."""

import numpy as np

from helpers.checking.authoring import exercise

from .windows import windows


@exercise("13.2", title="Convolution", returns={"maps": "N rows columns F", "cache": ""}, hints=[
    "Each filter is one column of W. What is the weighted sum of a window with all filters at once?",
    "`columns` (N, places, K) times W (K, F), plus the bias, is one number for each place and filter. The places run from left to right, row by row: which reshape gives the grid back?",
    "`columns @ W + b`; `scores.reshape(len(X), down, -1, W.shape[1])`.",
])
def conv(X, W, b, size, stride, pad):
    """Lay every filter on every window of the pictures X (N, rows, columns, C), and sum up.

    W (size·size·C, F), one column a filter; b (F,).
    -> maps (N, down, across, F): one number for each place and filter, no ReLU;
    and a cache for the way back.
    [[1, 2, 3], [4, 5, 6]] (C = 1), size 2, stride 1, pad 0, W = [[1], [0], [0], [10]] and
    b = [100] give [[151, 162]].
    """
    columns = windows(X, size, stride, pad)                  # (N, places, size·size·C)
    down = (X.shape[1] + 2 * pad - size) // stride + 1
    scores = columns @ W + b                                 # TODO: (N, places, F)
    maps = scores.reshape(len(X), down, -1, W.shape[1])      # TODO: (N, down, across, F)
    return maps, (X.shape, columns, W, size, stride, pad)


@conv.cases
def _(rng):
    def draw(N, rows, columns, C, F, size, stride, pad):
        X = rng.normal(size=(N, rows, columns, C))
        return X, rng.normal(size=(size * size * C, F)), rng.normal(size=F), size, stride, pad

    yield "one filter, two places", (np.arange(1.0, 7.0).reshape(1, 2, 3, 1), np.array([[1.0], [0], [0], [10]]), np.array([100.0]), 2, 1, 0)
    yield "one filter, no bias", (rng.normal(size=(1, 3, 4, 1)), rng.normal(size=(4, 1)), np.zeros(1), 2, 1, 0)
    yield "only the bias", (np.zeros((1, 3, 4, 1)), rng.normal(size=(4, 2)), np.array([1.0, -2.0]), 2, 1, 0)
    yield "three filters, 4 rows, 6 columns", draw(1, 4, 6, 2, 3, 2, 1, 0)
    yield "two pictures, stride 2", draw(2, 7, 5, 1, 2, 3, 2, 0)
    yield "a frame of 2", draw(2, 8, 12, 3, 4, 8, 4, 2)
    yield "one place", draw(2, 3, 3, 2, 3, 3, 1, 0)


@conv.same
def _(X, W, b, size, stride, pad):
    down = (X.shape[1] + 2 * pad - size) // stride + 1
    across = (X.shape[2] + 2 * pad - size) // stride + 1
    columns = windows(X, size, stride, pad)
    maps = np.einsum("npk,kf->npf", columns, W).reshape(len(X), down, across, len(b)) + b
    return maps, (X.shape, columns, W, size, stride, pad)


conv.mistakes_in("scores", [
    ("The bias is missing in your maps.", "columns @ W"),
    ("Your filters are turned upside down and left to right before they are laid on, as in mathematics. Nets lay them on as they are.", "columns @ W[::-1] + b", "columns[:, :, ::-1] @ W + b"),
    ("The bias is counted once for every pixel of the window. It is added once.", "columns @ W + b * size * size", "(columns @ W) + size**2 * b", "columns @ W + b * len(W)"),
    ("There is a ReLU in your maps. A convolution alone has none.", "np.maximum(columns @ W + b, 0)"),
    ("You average over the pixels of the window. A filter sums up.", "columns @ W / len(W) + b"),
    ("You subtract the bias.", "columns @ W - b"),
    ("You multiply by the bias instead of adding it.", "columns @ W * b", "(columns @ W) * b"),
    ("The bias stands inside the bracket and goes through the filter as well.", "(columns + b) @ W", "(columns + b.sum()) @ W"),
    ("Your W is transposed: its columns are the filters.", "columns @ W.T + b", "W.T @ columns + b", "W @ columns + b"),
    ("`*` multiplies number by number. A filter is laid on by a product of matrices, `@`.", "columns * W + b"),
    ("All filters are added up into one.", "(columns @ W + b).sum(axis=2, keepdims=True) + 0 * b"),
])

conv.mistakes_in("maps", [
    ("Rows and columns of your maps are exchanged: the places run from left to right, row by row, so the number of rows comes first.", "scores.reshape(len(X), -1, down, W.shape[1])", "scores.reshape(len(X), down, -1, W.shape[1]).transpose(0, 2, 1, 3)"),
    ("Your filters come before the places. A reshape cannot bring them to the front; they stay the last axis.", "scores.reshape(len(X), W.shape[1], down, -1)"),
    ("Your maps are still a list of places: the grid of rows and columns is asked for.", "scores"),
    ("The filters are in front of rows and columns, as in PyTorch. In this course the channels are the last axis.", "scores.reshape(len(X), down, -1, W.shape[1]).transpose(0, 3, 1, 2)"),
    ("You take the maps to be square. There are `down` rows, and as many columns as are left.", "scores.reshape(len(X), down, down, W.shape[1])"),
    ("Your maps have rows and columns of the picture. There are fewer places than pixels.", "scores.reshape(len(X), X.shape[1], X.shape[2], W.shape[1])"),
    ("You return the windows in a grid instead of what the filters make of them.", "columns.reshape(len(X), down, -1, columns.shape[2])"),
    ("The axis of the batch is lost: there is one set of maps for each picture.", "scores.reshape(-1, down, W.shape[1])"),
])


@conv.mistake("You return the maps alone. The way back needs the cache too.")
def _(X, W, b, size, stride, pad):
    return conv(X, W, b, size, stride, pad)[0]
