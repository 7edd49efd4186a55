"""The linear layer: every output is a weighted sum of all inputs."""

import numpy as np

from .checks import check_array, check_dtype, check_params, check_size, was_forward_run
from .initialisers import xavier


class Linear:
    """A layer that returns Y = X @ W + b for X of any number of axes, the last of size D.

    params: W (D, K), b (K,); grads has the same keys after backward.

    Linear(D, K, rng=rng)   init gives the first W; b starts at 0.
    """

    def __init__(self, inputs, outputs, *, rng, init=xavier, dtype=np.float32):
        D, K, dtype = check_size("inputs", inputs), check_size("outputs", outputs), check_dtype(dtype)
        self.params = {"W": init((D, K), rng=rng, dtype=dtype), "b": np.zeros(K, dtype)}
        self.grads = {}
        self.cache = None

    def forward(self, X):
        """Return Y (…, K) = X @ W + b for X (…, D), for example (N, D) or (N, T, D).

        X is kept for backward, without a copy: leave it as it is until then.
        Raises ValueError: X's last axis is not D, X is empty, of another dtype than W, or holds NaN.
        """
        dtype = check_params(self.params, {"W": ("D", "K"), "b": ("K",)})
        W, b = self.params["W"], self.params["b"]
        axes = X.ndim if isinstance(X, np.ndarray) and X.ndim >= 2 else 2
        check_array("X", X, ("N", "T", "S")[: axes - 1] + (len(W),), dtype)
        rows = X.reshape(-1, len(W))                        # (N·T, D): one matrix product for all steps
        self.cache = X.shape, rows
        return (rows @ W + b).reshape(*X.shape[:-1], len(b))

    def backward(self, dY):
        """Return dX (…, D) for dY (…, K), and put dW and db into grads.

            dX = dY @ W.T        dW = X.T @ dY        db = Σ dY over all rows

        Raises ValueError: forward has not run, or dY does not have the shape of its output.
        """
        shape, rows = was_forward_run(self.cache)
        W = self.params["W"]
        check_array("dY", dY, (*shape[:-1], W.shape[1]), W.dtype)
        dY = dY.reshape(-1, W.shape[1])
        self.grads = {"W": rows.T @ dY, "b": dY.sum(axis=0)}
        return (dY @ W.T).reshape(shape)
