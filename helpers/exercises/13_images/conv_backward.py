"""Exercise 13.3: back through overlapping windows."""

import numpy as np

from helpers.checking.authoring import exercise

from .conv import conv


@exercise("13.3", title="Convolution, backwards", returns={"dX": "N rows columns C", "dW": "K/number F", "db": "F"}, hints=[
    "Every place of every picture has used the same W and b: what does that mean for dW and db? And a pixel that lay in four windows: from how many of them does it get a gradient?",
    "Lay out windows and gradients as (N·places, …) for dW. On the way back, each window's gradient goes to the pixels it came from, and is added to what is there already. The frame of zeros was not part of X.",
    "`columns.reshape(-1, len(W)).T @ d.reshape(-1, F)`; `d.sum(axis=(0, 1))`; `(d @ W.T).reshape(N, down, across, size, size, C)`; `dpadded[:, y : y + size, x : x + size] += dwindows[:, i, j]`; "
    "`dpadded[:, pad : pad + rows, pad : pad + width]`.",
])
def conv_backward(dmaps, cache):
    """Return the gradients of X, W and b, given that of the maps.

    X (N, rows, width, C), W (K, F), b (F,); dmaps (N, down, across, F); cache as `conv`
    returned it. In front of the windows stood a frame of `pad` zeros.
    The picture [[1, 2, 3]] (size 1, W = [[2]]) with dmaps [[1, 0, 5]] has
    dX = [[2, 0, 10]], dW = [[16]] and db = [6].
    """
    (N, rows, width, C), columns, W, size, stride, pad = cache
    down, across, F = dmaps.shape[1:]
    d = dmaps.reshape(N, down * across, F)
    dW = columns.reshape(-1, len(W)).T @ d.reshape(-1, F)             # TODO: (K, F)
    db = d.sum(axis=(0, 1))                                           # TODO: (F,)
    dwindows = (d @ W.T).reshape(N, down, across, size, size, C)      # TODO: that of each window
    dpadded = np.zeros((N, rows + 2 * pad, width + 2 * pad, C), dmaps.dtype)
    for i in range(down):
        for j in range(across):
            y, x = i * stride, j * stride
            # TODO: give window (i, j)'s gradient, dwindows[:, i, j], to its pixels
            dpadded[:, y : y + size, x : x + size] += dwindows[:, i, j]
            # END
    dX = dpadded[:, pad : pad + rows, pad : pad + width]              # TODO: without the frame
    return dX, dW, db


@conv_backward.cases
def _(rng):
    def draw(N, rows, width, C, F, size, stride, pad):
        X, W = rng.normal(size=(N, rows, width, C)), rng.normal(size=(size * size * C, F))
        maps, cache = conv.reference(X, W, rng.normal(size=F), size, stride, pad)
        return rng.normal(size=maps.shape), cache

    one = conv.reference(np.array([[[[1.0], [2.0], [3.0]]]]), np.array([[2.0]]), np.zeros(1), 1, 1, 0)[1]
    yield "windows of one pixel", (np.array([[[[1.0], [0.0], [5.0]]]]), one)
    yield "one place", draw(1, 2, 2, 1, 1, 2, 1, 0)
    yield "windows side by side", draw(1, 4, 6, 1, 1, 2, 2, 0)
    yield "windows that overlap", draw(1, 3, 4, 1, 1, 2, 1, 0)
    yield "two filters, two channels", draw(1, 3, 4, 2, 2, 2, 1, 0)
    yield "a frame of one", draw(1, 3, 5, 1, 2, 3, 1, 1)
    yield "three pictures, stride 2, 5 rows, 8 columns", draw(3, 5, 8, 2, 4, 3, 2, 1)
    yield "the course's eyes", draw(2, 12, 8, 3, 5, 8, 4, 2)


@conv_backward.same
def _(dmaps, cache):
    (N, rows, width, C), columns, W, size, stride, pad = cache
    down, across, F = dmaps.shape[1:]
    d = dmaps.reshape(N, down * across, F)
    dX = np.zeros((N, rows + 2 * pad, width + 2 * pad, C), dmaps.dtype)
    parts = np.einsum("npf,kf->npk", d, W).reshape(N, down, across, size, size, C)
    for y in range(size):
        for x in range(size):
            dX[:, y : y + stride * down : stride, x : x + stride * across : stride] += parts[:, :, :, y, x]
    return dX[:, pad : pad + rows, pad : pad + width], np.einsum("npk,npf->kf", columns, d), np.einsum("npf->f", d)


conv_backward.mistakes_in("dW", [
    ("dW is an average over pictures or places. All of them have used W, so their parts add up.", "columns.reshape(-1, len(W)).T @ d.reshape(-1, F) / N", "columns.reshape(-1, len(W)).T @ d.reshape(-1, F) / (N * down * across)", "columns.reshape(-1, len(W)).T @ d.reshape(-1, F) / (down * across)"),
    ("Your dW lies on its side: rows are the numbers of a window, columns are filters.", "d.reshape(-1, F).T @ columns.reshape(-1, len(W))"),
    ("dW is made with W itself. In windows · W its gradient is the windows, transposed, times what comes in.", "W.T @ d.reshape(-1, F).T", "W * d.sum(axis=(0, 1))"),
    ("Your dW still has one matrix for each picture: sum over the batch as well.", "np.swapaxes(columns, 1, 2) @ d"),
    ("dW comes from the first picture alone.", "columns[0].T @ d[0]"),
    ("dW has the wrong sign.", "-(columns.reshape(-1, len(W)).T @ d.reshape(-1, F))"),
])

conv_backward.mistakes_in("db", [
    ("db is summed over the pictures only, so every place keeps a bias of its own. One bias was used at all places.", "d.sum(axis=0)"),
    ("db is summed over the places only. All pictures have used the bias too.", "d.sum(axis=1)"),
    ("db is an average. The bias was added at every place of every picture, so the parts add up.", "d.mean(axis=(0, 1))", "d.sum(axis=(0, 1)) / N", "d.sum(axis=1).mean(axis=0)", "d.mean(axis=1).sum(axis=0)"),
    ("db is summed over the filters as well. Each filter has its own bias.", "d.sum()", "d.sum(axis=(0, 1, 2))"),
    ("db is summed over the filters. Each filter has its own bias; it is places and pictures that go.", "d.sum(axis=2)"),
])

conv_backward.mistakes_in("dwindows", [
    ("W is not transposed on the way back: what comes back through W has as many numbers as a window.", "(d @ W).reshape(N, down, across, size, size, C)"),
    ("Your window gradients have the channels in front of the pixels. In a window the colours of one pixel lie together.", "(d @ W.T).reshape(N, down, across, C, size, size).transpose(0, 1, 2, 4, 5, 3)"),
    ("The grid of places is laid out columns first: `down` comes before `across`.", "(d @ W.T).reshape(N, across, down, size, size, C).swapaxes(1, 2)"),
    ("Your window gradients are the windows themselves.", "columns.reshape(N, down, across, size, size, C)"),
    ("Your window gradients are still a list: they have to be laid out as (N, down, across, size, size, C).", "d @ W.T"),
    ("Each window gradient is turned on its side: rows and columns of the window are exchanged.", "(d @ W.T).reshape(N, down, across, size, size, C).swapaxes(3, 4)"),
    ("The filters are turned upside down on the way back. They were laid on as they are.", "(d @ W[::-1].T).reshape(N, down, across, size, size, C)"),
])

conv_backward.mistakes_in("block", [
    ("The next window wipes out what the last one has left: where windows overlap, a pixel was used several times, and gets the sum.", "dpadded[:, y : y + size, x : x + size] = dwindows[:, i, j]"),
    ("Your window gradients land at (i, j), as if the windows stood one pixel apart.", "dpadded[:, i : i + size, j : j + size] += dwindows[:, i, j]"),
    ("Rows and columns of the picture are exchanged where the gradient is added.", "dpadded[:, x : x + size, y : y + size] += dwindows[:, i, j]"),
    ("A gradient has the wrong sign on its way to the pixels.", "dpadded[:, y : y + size, x : x + size] -= dwindows[:, i, j]"),
    ("A pixel's parts are averaged. They add up.", "dpadded[:, y : y + size, x : x + size] += dwindows[:, i, j] / (size * size)", "dpadded[:, y : y + size, x : x + size] += dwindows[:, i, j] / size**2"),
    ("Each window gives the gradient of its corner to all its pixels.", "dpadded[:, y : y + size, x : x + size] += dwindows[:, i, j, :1, :1]"),
    ("You give the gradient of window (0, 0) to every window.", "dpadded[:, y : y + size, x : x + size] += dwindows[:, 0, 0]"),
    ("Only one pixel gets the gradient of its window: all size x size of them have been used.", "dpadded[:, y, x] += dwindows[:, i, j, 0, 0]"),
])

conv_backward.mistakes_in("dX", [
    ("The frame is still there: dX has to have the shape of X.", "dpadded"),
    ("Your slice begins in the frame: the frame at the top and left stays, and the last `pad` rows and columns of the picture are lost.", "dpadded[:, :rows, :width]"),
    ("You cut the frame off at the top and at the left only.", "dpadded[:, pad:, pad:]"),
    ("You cut off the last pixels twice, and the frame at the top and left stays.", "dpadded[:, : rows - pad, : width - pad]"),
    ("With pad 0 your slice is empty: -0 is 0. Count from the front.", "dpadded[:, pad:-pad, pad:-pad]"),
    ("Your slice ends `pad` pixels too early: it starts at pad, so it ends at pad + rows.", "dpadded[:, pad:rows, pad:width]"),
])


@conv_backward.mistake("Right gradients in the wrong order: dX, dW, db.")
def _(dmaps, cache):
    dX, dW, db = conv_backward(dmaps, cache)
    return dW, db, dX
