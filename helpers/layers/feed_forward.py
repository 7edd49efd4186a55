"""The part of a Transformer's block that works on each place alone: wider, ReLU, back to the width."""

import numpy as np

from .checks import check_array, check_dtype, check_params, check_size, was_forward_run
from .initialisers import he, normal


class FeedForward:
    """A layer that returns Y = max(0, X @ W1 + b1) @ W2 + b2 for X of any number of axes, the last of size D.

    params: W1 (D, F), b1 (F,), W2 (F, D), b2 (D,); grads has the same keys after backward.

    FeedForward(D, F, rng=rng)   W1 starts as N(0, 2/D), W2 as N(0, 1/F), b1 and b2 at 0.

    Source: Vaswani et al., Attention Is All You Need, 2017 (F = 4D there).
    """

    def __init__(self, width, hidden, *, rng, dtype=np.float32):
        D, F, dtype = check_size("width", width), check_size("hidden", hidden), check_dtype(dtype)
        self.params = {
            "W1": he((D, F), rng=rng, dtype=dtype), "b1": np.zeros(F, dtype),
            "W2": normal((F, D), rng=rng, scale=1 / np.sqrt(F), dtype=dtype), "b2": np.zeros(D, dtype),
        }  # fmt: skip
        self.grads = {}
        self.cache = None

    def forward(self, X):
        """Return Y (…, D) for X (…, D).

        X is kept for backward, without a copy: leave it as it is until then.
        Raises ValueError: X's last axis is not D, X is empty, of another dtype than the weights, or holds NaN.
        """
        W1, b1, W2, b2 = self._weights()
        axes = X.ndim if isinstance(X, np.ndarray) and X.ndim >= 2 else 2
        check_array("X", X, ("N", "T", "S")[: axes - 1] + (len(W1),), W1.dtype)
        rows = X.reshape(-1, len(W1))
        A = rows @ W1
        A += b1
        np.maximum(A, 0, out=A)                                  # (N·T, F)
        self.cache = X.shape, rows, A
        return (A @ W2 + b2).reshape(X.shape)

    def backward(self, dY):
        """Return dX (…, D) for dY (…, D), and put the gradients of all params into grads.

            dA = dY @ W2.T where A > 0, else 0        dX = dA @ W1.T

            dW2 = A.T @ dY        db2 = Σ dY        dW1 = X.T @ dA        db1 = Σ dA        over all rows

        Raises ValueError: forward has not run, or dY does not have the shape of its output.
        """
        shape, rows, A = was_forward_run(self.cache)
        W1, _, W2, _ = self._weights()
        check_array("dY", dY, shape, W1.dtype)
        dY = dY.reshape(rows.shape)
        dA = dY @ W2.T
        dA *= A > 0
        self.grads = {"W1": rows.T @ dA, "b1": dA.sum(axis=0), "W2": A.T @ dY, "b2": dY.sum(axis=0)}
        return (dA @ W1.T).reshape(shape)

    def _weights(self):
        W1 = self.params.get("W1")
        D, F = W1.shape if isinstance(W1, np.ndarray) and W1.ndim == 2 else ("D", "F")
        check_params(self.params, {"W1": (D, F), "b1": (F,), "W2": (F, D), "b2": (D,)})
        return (self.params[name] for name in ("W1", "b1", "W2", "b2"))
