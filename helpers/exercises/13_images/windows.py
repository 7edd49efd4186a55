"""Exercise 13.1: a picture becomes a list of windows."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("13.1", title="Windows", returns={"found": "N places K/number"}, hints=[
    "A window begins at every `stride`-th pixel. Which is the last row at which one can begin, if it has to end inside the padded picture?",
    "The last begins at rows + 2·pad - size at most. Count the steps until there, and the first one. A window is a slice of rows and a slice of columns, of all pictures at once.",
    "`(rows + 2 * pad - size) // stride + 1`; `padded[:, i * stride : i * stride + size, j * stride : j * stride + size]`.",
])
def windows(X, size, stride, pad):
    """Cut pictures into windows of size x size pixels, one every `stride` pixels.

    X (N, rows, columns, C). First, `pad` pixels of 0 are put around each picture.
    -> found (N, places, size·size·C): the windows from left to right, then the next row of
    them. Each is laid out row by row, the colours of one pixel together.
    [[1, 2, 3], [4, 5, 6]] (C = 1) with size 2, stride 1, pad 0 has two windows:
    [1, 2, 4, 5] and [2, 3, 5, 6].
    """
    N, rows, columns, C = X.shape
    padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))   # TODO: pad zeros on each side
    down = (rows + 2 * pad - size) // stride + 1           # TODO: windows from top to bottom
    across = (columns + 2 * pad - size) // stride + 1      # TODO: windows from left to right
    found = np.empty((N, down, across, size * size * C), X.dtype)
    for i in range(down):
        for j in range(across):
            window = padded[:, i * stride : i * stride + size,
                            j * stride : j * stride + size]      # TODO: a slice
            found[:, i, j] = window.reshape(N, -1)
    return found.reshape(N, down * across, -1)


@windows.cases
def _(rng):
    yield "2 rows, 3 columns, windows of 2", (np.arange(1.0, 7.0).reshape(1, 2, 3, 1), 2, 1, 0)
    yield "a frame of one zero", (np.arange(1.0, 7.0).reshape(1, 2, 3, 1), 2, 1, 1)
    yield "every second pixel, 5 rows, 7 columns", (rng.normal(size=(1, 5, 7, 1)), 3, 2, 0)
    yield "two channels", (rng.normal(size=(1, 4, 5, 2)), 2, 1, 0)
    yield "two pictures", (rng.normal(size=(2, 4, 3, 2)), 2, 1, 0)
    yield "pixels left over at the edge", (rng.normal(size=(2, 6, 9, 1)), 3, 2, 0)
    yield "windows side by side", (rng.normal(size=(1, 6, 4, 3)), 2, 2, 0)
    yield "the course's eyes: 8 x 8, every 4 pixels, pad 2", (rng.normal(size=(2, 24, 24, 3)), 8, 4, 2)
    yield "float32, windows of 5", (rng.normal(size=(2, 8, 9, 3)).astype(np.float32), 5, 1, 0)


@windows.same
def _(X, size, stride, pad):
    padded = np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    view = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    view = view.transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(len(X), view.shape[1] * view.shape[2], -1)


@windows.same
def _(X, size, stride, pad):
    N, rows, columns, C = X.shape
    padded = np.zeros((N, rows + 2 * pad, columns + 2 * pad, C), X.dtype)
    padded[:, pad : pad + rows, pad : pad + columns] = X
    starts = [(y, x) for y in range(0, rows + 2 * pad - size + 1, stride) for x in range(0, columns + 2 * pad - size + 1, stride)]
    return np.stack([padded[:, y : y + size, x : x + size].reshape(N, -1) for y, x in starts], axis=1)


windows.mistakes_in("padded", [
    ("You put zeros around the channels as well: each pixel then has more colours than it had. The last axis stays as it is.", "np.pad(X, ((0, 0), (pad, pad), (pad, pad), (pad, pad)))"),
    ("You put zeros on every axis, so also whole empty pictures before and after the batch.", "np.pad(X, pad)"),
    ("Your zeros are at the top and at the left only. A frame has four sides.", "np.pad(X, ((0, 0), (pad, 0), (pad, 0), (0, 0)))"),
    ("Your zeros are at the bottom and at the right only. A frame has four sides.", "np.pad(X, ((0, 0), (0, pad), (0, pad), (0, 0)))"),
    ("You pad the rows and not the columns.", "np.pad(X, ((0, 0), (pad, pad), (0, 0), (0, 0)))"),
    ("You pad the columns and not the rows.", "np.pad(X, ((0, 0), (0, 0), (pad, pad), (0, 0)))"),
    ("The padding is missing: the picture is cut as it is.", "X"),
    ("You repeat the pixels of the edge. The frame is made of zeros.", 'np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="edge")'),
    ("Your frame is one pixel wide whatever `pad` says.", "np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)))"),
])

windows.mistakes_in("down", [
    ("One row of windows is missing: there is one more window than there are steps between them.", "(rows + 2 * pad - size) // stride"),
    ("You count more rows of windows than fit: the last would hang over the edge, where a slice is cut off.", "(rows + 2 * pad) // stride", "rows + 2 * pad", "(rows + 2 * pad - size) // stride + 2"),
    ("Your rows of windows are counted without the frame.", "(rows - size) // stride + 1"),
    ("You count the frame on one side only, from top to bottom.", "(rows + pad - size) // stride + 1"),
    ("Your rows of windows are counted with the columns of the picture.", "(columns + 2 * pad - size) // stride + 1"),
    ("The stride is missing in the number of rows of windows.", "rows + 2 * pad - size + 1"),
    ("You divide too late: the 1 for the first window is added before the division by the stride, in `down`.", "(rows + 2 * pad - size + 1) // stride"),
    ("Your number of rows of windows is a float: `//` divides into whole ones.", "(rows + 2 * pad - size) / stride + 1"),
])

windows.mistakes_in("across", [
    ("One column of windows is missing: there is one more window than there are steps between them.", "(columns + 2 * pad - size) // stride"),
    ("You count more columns of windows than fit: the last would hang over the edge, where a slice is cut off.", "(columns + 2 * pad) // stride", "columns + 2 * pad", "(columns + 2 * pad - size) // stride + 2"),
    ("Your columns of windows are counted without the frame.", "(columns - size) // stride + 1"),
    ("You count the frame on one side only, from left to right.", "(columns + pad - size) // stride + 1"),
    ("Your columns of windows are as many as the rows of windows. A picture need not be square.", "down", "(rows + 2 * pad - size) // stride + 1"),
    ("The stride is missing in the number of columns of windows.", "columns + 2 * pad - size + 1"),
    ("You divide too late: the 1 for the first window is added before the division by the stride, in `across`.", "(columns + 2 * pad - size + 1) // stride"),
    ("Your number of columns of windows is a float: `//` divides into whole ones.", "(columns + 2 * pad - size) / stride + 1"),
])

windows.mistakes_in("window", [
    ("Your windows begin at every pixel: i and j count windows, and the stride says how many pixels there are from one to the next.", "padded[:, i : i + size, j : j + size]"),
    ("The stride is used from top to bottom only.", "padded[:, i * stride : i * stride + size, j : j + size]"),
    ("The stride is used from left to right only.", "padded[:, i : i + size, j * stride : j * stride + size]"),
    ("i and j are exchanged: the first index counts from top to bottom, and so does the first slice.", "padded[:, j * stride : j * stride + size, i * stride : i * stride + size]"),
    ("Your windows end one stride after they begin. They are `size` pixels long.", "padded[:, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]"),
    ("You cut the windows out of X, without its frame.", "X[:, i * stride : i * stride + size, j * stride : j * stride + size]"),
    ("Your windows step by their own size: they lie side by side. They step by the stride.", "padded[:, i * size : (i + 1) * size, j * size : (j + 1) * size]", "padded[:, i * size : i * size + size, j * size : j * size + size]"),
    ("Each window is one row too short: a slice ends before its second number.", "padded[:, i * stride : i * stride + size - 1, j * stride : j * stride + size]"),
    ("The first slice runs over the pictures: the axis of the batch is missing in your index.", "padded[i * stride : i * stride + size, j * stride : j * stride + size]"),
    ("You take the first picture alone: every picture has a window here.", "padded[0, i * stride : i * stride + size, j * stride : j * stride + size]"),
    ("A window is turned on its side: its rows and columns are exchanged.", "padded[:, i * stride : i * stride + size, j * stride : j * stride + size].transpose(0, 2, 1, 3)"),
    ("Your windows have the channels in front, colour by colour. The colours of one pixel stay together.", "padded[:, i * stride : i * stride + size, j * stride : j * stride + size].transpose(0, 3, 1, 2)"),
])


@windows.mistake("Your places run from top to bottom first. They go from left to right, then to the next row.")
def _(X, size, stride, pad):
    found = windows(X, size, stride, pad)
    down = (X.shape[1] + 2 * pad - size) // stride + 1
    return found.reshape(len(X), down, -1, found.shape[2]).swapaxes(1, 2).reshape(found.shape)


@windows.mistake("The two axes of places are still apart: the result is (N, places, K), one axis for all windows.")
def _(X, size, stride, pad):
    found = windows(X, size, stride, pad)
    down = (X.shape[1] + 2 * pad - size) // stride + 1
    return found.reshape(len(X), down, -1, found.shape[2])
