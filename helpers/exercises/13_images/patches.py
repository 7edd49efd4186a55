"""Exercise 13.10: a picture becomes a sequence of patches."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("13.10", title="Patches", returns={"found": "N P/place K/number"}, hints=[
    "A reshape keeps the order in memory: pixel by pixel along a row of the whole picture. Which pixels of the first patch lie far apart there?",
    "Cut both axes in two without moving anything: rows into (down, size), columns into (across, size). Then bring the two axes that count patches to the front, and the two that count pixels behind them.",
    "`X.reshape(N, down, size, across, size, C)`; `cut.transpose(0, 1, 3, 2, 4, 5)`; `grid.reshape(N, down * across, size * size * C)`.",
])
def patches(X, size):
    """Cut the pictures X (N, rows, columns, C) into patches of size x size, side by side.

    rows and columns are multiples of size.
    -> found (N, P, size·size·C): patches from left to right, row by row; each laid out
    pixel by pixel.
    [[1, 2, 3, 4], [5, 6, 7, 8]] (C = 1) with size 2 has two patches: [1, 2, 5, 6] and
    [3, 4, 7, 8].
    """
    N, rows, columns, C = X.shape
    down, across = rows // size, columns // size          # TODO: how many patches down and across
    cut = X.reshape(N, down, size, across, size, C)       # TODO: six axes, nothing is moved
    grid = cut.transpose(0, 1, 3, 2, 4, 5)                # TODO: (N, down, across, size, size, C)
    return grid.reshape(N, down * across, size * size * C)


@patches.cases
def _(rng):
    yield "two patches", (np.arange(1.0, 9.0).reshape(1, 2, 4, 1), 2)
    yield "one patch, 2 x 2 pixels", (rng.normal(size=(1, 2, 2, 1)), 2)
    yield "two patches, one below the other", (rng.normal(size=(1, 4, 2, 1)), 2)
    yield "4 x 6 pixels", (rng.normal(size=(1, 4, 6, 1)), 2)
    yield "two channels", (rng.normal(size=(1, 6, 3, 2)), 3)
    yield "two pictures, 8 x 4", (rng.normal(size=(2, 8, 4, 3)), 2)
    yield "as many patches across as pixels in one", (rng.normal(size=(2, 9, 9, 3)), 3)
    yield "three pictures, 24 x 24", (rng.normal(size=(3, 24, 24, 3)), 4)
    yield "patches of one pixel", (rng.normal(size=(1, 2, 3, 2)), 1)


@patches.same
def _(X, size):
    N, rows, columns, C = X.shape
    return np.stack([X[:, y : y + size, x : x + size].reshape(N, -1) for y in range(0, rows, size) for x in range(0, columns, size)], axis=1)


@patches.same
def _(X, size):
    N, rows, columns, C = X.shape
    strips = np.stack(np.split(X, columns // size, axis=2), axis=1)                  # (N, across, rows, size, C)
    cells = strips.reshape(N, columns // size, rows // size, size, size, C)
    return cells.swapaxes(1, 2).reshape(N, -1, size * size * C)


ROWS_OF_PIXELS = "A reshape alone cuts the picture into rows of pixels, not into patches: the pixels of one patch do not lie together in memory."

patches.mistakes_in("down_across", [
    ("`down` and `across` are exchanged: rows are cut from top to bottom.", "columns // size, rows // size"),
    ("You take the picture to be square: it need not have as many patches across as down.", "rows // size, rows // size"),
    ("Your patches are counted in pixels: divide by their size.", "rows, columns"),
    ("Your patches overlap: there is one for each pixel at which one could begin.", "rows - size + 1, columns - size + 1"),
    ("A number of patches is whole: `//` instead of `/`.", "rows / size, columns / size"),
    ("Your last row and column of patches are missing.", "rows // size - 1, columns // size - 1"),
])

patches.mistakes_in("cut", [
    (ROWS_OF_PIXELS, "X.reshape(N, down, across, size, size, C).transpose(0, 1, 3, 2, 4, 5)"),
    ("Your six axes begin with both counts of patches, so rows of pixels are torn apart: rows become (down, size), then columns (across, size).", "X.reshape(N, down, across, size, size, C)"),
    ("Each pair of your axes is the wrong way round: the patch number changes slowly, the pixel in it fast.", "X.reshape(N, size, down, size, across, C)"),
    ("Your rows are cut into `across` pieces and your columns into `down`.", "X.reshape(N, across, size, down, size, C)"),
    ("The columns are cut the wrong way round: first the patch, then the pixel in it.", "X.reshape(N, down, size, size, across, C)"),
    ("The rows are cut the wrong way round: first the patch, then the pixel in it.", "X.reshape(N, size, down, across, size, C)"),
    ("The channels are taken apart before the pixels. They stay the last axis.", "X.reshape(N, C, down, size, across, size).transpose(0, 2, 3, 4, 5, 1)"),
])

patches.mistakes_in("grid", [
    ("Nothing is moved in your answer, so a patch is a row of pixels: the axis `across` has to pass the pixel rows.", "cut"),
    ("The pixels of each patch are turned on their side: pixel rows come before pixel columns.", "cut.transpose(0, 1, 3, 4, 2, 5)"),
    ("Your patches run from top to bottom first. They go from left to right, row by row.", "cut.transpose(0, 3, 1, 2, 4, 5)"),
    ("Your channels come before the pixels of a patch, colour by colour. The colours of a pixel stay together.", "cut.transpose(0, 1, 3, 5, 2, 4)"),
    ("Your patches and the pixels in them have changed places: first WHICH patch, then which pixel of it.", "cut.transpose(0, 2, 4, 1, 3, 5)"),
    ("The wrong two axes are exchanged in your answer: it is number 2, the pixel rows, and number 3, the patches across.", "cut.transpose(0, 2, 1, 3, 4, 5)", "cut.transpose(0, 1, 2, 4, 3, 5)", "cut.swapaxes(1, 2)", "cut.swapaxes(3, 4)", "cut.swapaxes(1, 3)", "cut.swapaxes(2, 4)"),
    ("A reshape does not exchange axes: it keeps the numbers in their order.", "cut.reshape(N, down, across, size, size, C)"),
])
