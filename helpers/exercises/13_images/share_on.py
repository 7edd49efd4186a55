"""Exercise 13.5: how much of a map lies on an object, and how much would by chance."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("13.5", title="The share on an object", returns={"share": "N", "chance": "N"}, hints=[
    "Cell i covers the pixel rows i·stride to i·stride + stride - 1, the object y to y + size - 1. When do two such stretches have a pixel in common?",
    "They meet if each begins before the other one ends. A cell is on the object if its row of cells and its column of cells both are. A map that looks nowhere in particular gives each of the P places the weight 1/P: what share of it is on the object?",
    "`(edge < y + size) & (edge + stride > y)`; `(rows[:, :, None] & columns[:, None]).reshape(len(A), -1)`; `(A * on).sum(axis=1)`; `on.mean(axis=1)`.",
])
def share_on(A, box, stride, size):
    """Return how much weight of each map lies on an object, and what an even map has there.

    A (N, P) maps over a square grid of places, row by row; place (i, j) stands for the cell
    of stride x stride pixels that begins at row i·stride, column j·stride. box (N, 2): row
    and column of the object's first pixel; the object is size x size pixels.
    -> share (N,), chance (N,).
    With P = 4, stride 4, box [[0, 3]] and size 2, the object lies in the first row of
    cells, in both columns: A = [[.1, .2, .3, .4]] has the share .3, chance is .5.
    """
    side = int(round(A.shape[1] ** 0.5))
    edge = np.arange(side) * stride                        # (side,) where the cells begin
    y, x = box[:, :1], box[:, 1:]                          # (N, 1) each
    rows = (edge < y + size) & (edge + stride > y)         # TODO: (N, side) rows with the object
    columns = (edge < x + size) & (edge + stride > x)      # TODO: (N, side) columns with it
    on = (rows[:, :, None]
          & columns[:, None]).reshape(len(A), -1)          # TODO: (N, P) cells on the object
    share = (A * on).sum(axis=1)                           # TODO: (N,)
    chance = on.mean(axis=1)                               # TODO: (N,)
    return share, chance


@share_on.cases
def _(rng):
    def draw(N, side, stride, size, highest=None):
        A = rng.random((N, side * side))
        return A / A.sum(axis=1, keepdims=True), rng.integers(0, side * stride - size + 1, (N, 2)), stride, size

    yield "four cells, an object across two", (np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([[0, 3]]), 4, 2)
    yield "an object inside one cell", (np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([[5, 1]]), 4, 2)
    yield "it ends where a cell ends", (np.arange(1.0, 10.0).reshape(1, 9) / 45, np.array([[0, 4]]), 4, 4)
    yield "it begins with the last pixel of a cell", (np.arange(1.0, 10.0).reshape(1, 9) / 45, np.array([[3, 7]]), 4, 5)
    yield "three pictures", draw(3, 3, 4, 5)
    yield "six pictures, 6 x 6 cells", draw(6, 6, 4, 5)
    yield "four pictures, cells of 3 pixels, an object of 7", draw(4, 4, 3, 7)
    yield "one object on 4 cells, the other on 6", (draw(2, 3, 4, 6)[0], np.array([[0, 1], [3, 1]]), 4, 6)


@share_on.same
def _(A, box, stride, size):
    side = int(round(A.shape[1] ** 0.5))
    on = np.zeros((len(A), side, side), bool)
    for n, (y, x) in enumerate(box):
        on[n, y // stride : (y + size - 1) // stride + 1, x // stride : (x + size - 1) // stride + 1] = True
    on = on.reshape(len(A), -1)
    return np.where(on, A, 0).sum(axis=1), on.sum(axis=1) / A.shape[1]


share_on.mistakes_in("rows", [
    ("A row of cells that begins right behind the object is counted: the object's last pixel is y + size - 1.", "(edge <= y + size) & (edge + stride > y)"),
    ("A row of cells that ends right before the object is counted: its last pixel is edge + stride - 1.", "(edge < y + size) & (edge + stride >= y)"),
    ("Your rows count cells that begin inside the object. A cell that begins above it can also reach into it.", "(edge < y + size) & (edge >= y)"),
    ("Your rows count cells that lie in the object as a whole. A cell is on it as soon as they have a pixel in common.", "(edge >= y) & (edge + stride <= y + size)"),
    ("Your rows are made with x, the column of the object.", "(edge < x + size) & (edge + stride > x)"),
    ("One condition is enough for you: all rows of cells above the object's end count.", "edge < y + size"),
    ("Your rows of cells begin at the object and go on to the bottom of the picture.", "edge + stride > y"),
    ("Your rows join the two conditions by `or`: one of them always holds.", "(edge < y + size) | (edge + stride > y)"),
    ("You take the row of the first pixel alone. The object is longer than that.", "(edge <= y) & (edge + stride > y)"),
    ("Your rows exchange the two lengths: a cell is `stride` long, the object `size`.", "(edge < y + stride) & (edge + size > y)"),
    ("You compare with the window that an eye sees, twice as wide as its cell. The question here is the cell.", "(edge - stride // 2 < y + size) & (edge + stride + stride // 2 > y)"),
])

share_on.mistakes_in("columns", [
    ("A column of cells that begins right behind the object is counted: the object's last pixel is x + size - 1.", "(edge <= x + size) & (edge + stride > x)"),
    ("A column of cells that ends right before the object is counted: its last pixel is edge + stride - 1.", "(edge < x + size) & (edge + stride >= x)"),
    ("Your columns count cells that begin inside the object. A cell that begins left of it can also reach into it.", "(edge < x + size) & (edge >= x)"),
    ("Your columns count cells that lie in the object as a whole. A cell is on it as soon as they have a pixel in common.", "(edge >= x) & (edge + stride <= x + size)"),
    ("Your columns are made with y, the row of the object.", "(edge < y + size) & (edge + stride > y)", "rows"),
    ("One condition is enough for you: all columns of cells left of the object's end count.", "edge < x + size"),
    ("Your columns of cells begin at the object and go on to the right edge.", "edge + stride > x"),
    ("Your columns exchange the two lengths: a cell is `stride` wide, the object `size`.", "(edge < x + stride) & (edge + size > x)"),
    ("You take the column of the first pixel alone. The object is wider than that.", "(edge <= x) & (edge + stride > x)"),
])

share_on.mistakes_in("on", [
    ("Rows and columns of cells are exchanged: the grid is laid out row by row, so the rows come first.", "(rows[:, None] & columns[:, :, None]).reshape(len(A), -1)"),
    ("You join rows and columns by `or`: that is a cross over the whole picture. A cell is on the object if both hold.", "(rows[:, :, None] | columns[:, None]).reshape(len(A), -1)"),
    ("You have taken the cells that are NOT on the object.", "~(rows[:, :, None] & columns[:, None]).reshape(len(A), -1)"),
    ("`rows & columns` gives the diagonal of the grid alone: each row of cells has to meet each column.", "rows & columns"),
    ("Your cells are still a grid. The maps are lists of P places.", "rows[:, :, None] & columns[:, None]"),
    ("You take whole rows of cells: the columns are not used.", "np.repeat(rows, side, axis=1)"),
    ("You take whole columns of cells: the rows are not used.", "np.tile(columns, (1, side))"),
])

share_on.mistakes_in("share", [
    ("Your share is a mean over the places. The weight on the object is a sum.", "(A * on).mean(axis=1)"),
    ("Your share is the weight of one cell of the object, on average. All its cells count together.", "(A * on).sum(axis=1) / on.sum(axis=1)"),
    ("You sum over the pictures. Each picture has its own share.", "(A * on).sum(axis=0)"),
    ("Your share is one number for all pictures.", "(A * on).sum()", "(A * on).sum(axis=1).mean()"),
    ("You take the largest weight on the object instead of all the weight there.", "(A * on).max(axis=1)"),
    ("You count the cells instead of their weight.", "on.sum(axis=1)"),
    ("You ask whether the largest weight lies on the object. The share is how much weight does.", "on[np.arange(len(A)), A.argmax(axis=1)].astype(float)"),
    ("You divide by chance: that is how many times chance it is. The share and the chance are returned apart.", "(A * on).sum(axis=1) / on.mean(axis=1)"),
    ("`A[on]` forgets which picture a weight belongs to.", "A[on].sum()", "A[on]"),
])

share_on.mistakes_in("chance", [
    ("Your chance is that of one cell, 1/P. The object lies on several.", "np.full(len(A), 1 / A.shape[1])", "1 / A.shape[1] + 0 * share"),
    ("Your chance is a number of cells. Divide by how many there are.", "on.sum(axis=1)"),
    ("Your chance is made from the maps. It should not depend on them.", "share", "(A * on).mean(axis=1)"),
    ("Your chance is one number for all pictures. Objects may lie on more or fewer cells.", "on.mean()", "np.full(len(A), on.mean())", "np.repeat(on.mean(), len(A))"),
    ("Your chance compares pixels: the object's by those of the picture. Weight goes to whole cells.", "np.full(len(A), size**2 / (side * stride) ** 2)"),
    ("Your chance is divided by the side of the grid. The grid has side x side cells.", "on.sum(axis=1) / side"),
])

share_on.mistake("You count which part of a cell the object covers. A cell counts whole as soon as they share a pixel.",
    rows="np.clip(np.minimum(edge + stride, y + size) - np.maximum(edge, y), 0, None) / stride",
    columns="np.clip(np.minimum(edge + stride, x + size) - np.maximum(edge, x), 0, None) / stride",
    on="(rows[:, :, None] * columns[:, None]).reshape(len(A), -1)")


@share_on.mistake("You return the share alone: without chance beside it, nobody can say whether it is much.")
def _(A, box, stride, size):
    return share_on(A, box, stride, size)[0]
