"""Convolution: the same weighted sum at every place of a picture, written as one product of matrices."""

import numpy as np

from .checks import check_array, check_dtype, check_params, check_shape, check_size, was_forward_run
from .initialisers import he


def windows(X, size, stride=1, pad=0):
    """Return (N, places, size·size·C): the windows of the pictures X (N, rows, columns, C), place by place, row by row.

    Each window is laid out row by row, the channels of a pixel together. `pad` pixels of 0 are put around each picture.
    Raises ValueError: X is no array with four axes, a size below 1, a window larger than the padded picture.
    """
    check_shape("X", X, ("N", "rows", "columns", "C"))
    size, stride, pad = check_size("size", size), check_size("stride", stride), _check_pad(pad)
    if min(X.shape[1:3]) + 2 * pad < size:
        raise ValueError(f"a window of {size} x {size} does not fit into pictures of {X.shape[1]} x {X.shape[2]}"
                         f"{f' with {pad} pixels around them' if pad else ''}")
    padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0))) if pad else X
    found = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    found = np.array(found.transpose(0, 1, 2, 4, 5, 3), order="C")    # a copy (N, rows, columns, size, size, C)
    return found.reshape(len(X), found.shape[1] * found.shape[2], -1)


def windows_backward(dW, shape, size, stride=1, pad=0):
    """Return dX of the given shape (N, rows, columns, C) for the gradient dW (N, places, size·size·C) of its windows.

    A pixel was in several windows where they overlap: their gradients add up.
    """
    N, high, wide, C = shape
    dX = np.zeros((N, high + 2 * pad, wide + 2 * pad, C), dW.dtype)
    rows, columns = (high + 2 * pad - size) // stride + 1, (wide + 2 * pad - size) // stride + 1
    dW = dW.reshape(N, rows, columns, size, size, C)
    for y in range(size):
        for x in range(size):
            dX[:, y : y + stride * rows : stride, x : x + stride * columns : stride] += dW[:, :, :, y, x]
    return dX[:, pad : pad + high, pad : pad + wide]


class Conv:
    """A layer that returns the maps Y = windows(X) @ W + b, one number for each place and filter.

    params: W (size·size·C, F), one column a filter, and b (F,); grads has the same keys after backward.

    Conv(C, F, size, rng=rng)   stride: how many pixels from window to window; pad: pixels of 0 around the picture.

    The filter is laid on as it is, without turning it (a "cross-correlation", as in all nets that are called convolutional).
    Source: LeCun et al., Backpropagation Applied to Handwritten Zip Code Recognition, 1989.
    """

    def __init__(self, channels, filters, size, *, rng, stride=1, pad=0, init=he, dtype=np.float32):
        C, F, dtype = check_size("channels", channels), check_size("filters", filters), check_dtype(dtype)
        self.size, self.stride, self.pad = check_size("size", size), check_size("stride", stride), _check_pad(pad)
        self.params = {"W": init((self.size**2 * C, F), rng=rng, dtype=dtype), "b": np.zeros(F, dtype)}
        self.grads = {}
        self.cache = None

    def forward(self, X):
        """Return Y (N, rows', columns', F) for pictures X (N, rows, columns, C).

        rows' = (rows + 2 pad - size) // stride + 1, columns' likewise.
        Raises ValueError: X has other channels than W, is empty, smaller than a window, of another dtype, or holds NaN.
        """
        dtype = check_params(self.params, {"W": ("K", "F"), "b": ("F",)})
        W, b = self.params["W"], self.params["b"]
        check_array("X", X, ("N", "rows", "columns", len(W) // self.size**2), dtype)
        found = windows(X, self.size, self.stride, self.pad)
        rows = (X.shape[1] + 2 * self.pad - self.size) // self.stride + 1
        self.cache = X.shape, found
        return (found @ W + b).reshape(len(X), rows, -1, len(b))

    def backward(self, dY):
        """Return dX for dY (N, rows', columns', F), and put dW and db into grads.

            dW = windows.T @ dY        db = Σ dY, both over all places of all pictures        dX: dY @ W.T, added up

        Raises ValueError: forward has not run, or dY does not have the shape of its output.
        """
        shape, found = was_forward_run(self.cache)
        W = self.params["W"]
        places = found.shape[1]
        rows = (shape[1] + 2 * self.pad - self.size) // self.stride + 1
        check_array("dY", dY, (shape[0], rows, places // rows, W.shape[1]), W.dtype)
        flat = dY.reshape(shape[0], places, -1)
        self.grads = {"W": found.reshape(-1, len(W)).T @ flat.reshape(-1, W.shape[1]), "b": flat.sum(axis=(0, 1))}
        return windows_backward(flat @ W.T, shape, self.size, self.stride, self.pad)


def _check_pad(pad):
    return 0 if isinstance(pad, (int, np.integer)) and not isinstance(pad, bool) and pad == 0 else check_size("pad", pad)
