"""Squeeze and excitation: a small net looks at the mean of every channel and gives each channel a gate."""

import numpy as np

from .checks import check_array, check_dtype, check_params, check_size, was_forward_run
from .initialisers import he, normal


def excite(U, W1, b1, W2, b2):
    """Return V = U · g and what `excite_backward` needs, for U (N, rows, columns, C): see SqueezeExcitation."""
    z = U.mean(axis=(1, 2))
    h = np.maximum(z @ W1 + b1, 0)
    g = 0.5 + 0.5 * np.tanh(0.5 * (h @ W2 + b2))
    return U * g[:, None, None], (U, z, h, g, W1, W2)


def excite_backward(dV, cache):
    """Return dU, dW1, db1, dW2, db2. U is used twice, scaled and squeezed, so its gradient has two parts."""
    U, z, h, g, W1, W2 = cache
    de = np.einsum("nyxc,nyxc->nc", dV, U) * g * (1 - g)
    dh = (de @ W2.T) * (h > 0)
    places = U.dtype.type(U.shape[1] * U.shape[2])
    dU = dV * g[:, None, None] + (dh @ W1.T / places)[:, None, None]
    return dU, z.T @ dh, dh.sum(axis=0), h.T @ de, de.sum(axis=0)


class SqueezeExcitation:
    """A layer that returns

        z = mean of U over all places (N, C)        g = σ(max(0, z @ W1 + b1) @ W2 + b2)        V = U · g

    params: W1 (C, R), b1 (R,), W2 (R, C), b2 (C,); grads has the same keys after backward. `gates` holds g (N, C).

    SqueezeExcitation(C, R, rng=rng)   R hidden units; W1 starts as N(0, 2/C), W2 as N(0, 1/(2R)), the biases at 0.

    Source: Hu, Shen & Sun, Squeeze-and-Excitation Networks, 2018 (there R = C/16).
    """

    def __init__(self, channels, hidden, *, rng, dtype=np.float32):
        C, R, dtype = check_size("channels", channels), check_size("hidden", hidden), check_dtype(dtype)
        self.params = {
            "W1": he((C, R), rng=rng, dtype=dtype), "b1": np.zeros(R, dtype),
            "W2": normal((R, C), rng=rng, scale=1 / np.sqrt(2 * R), dtype=dtype), "b2": np.zeros(C, dtype),
        }  # fmt: skip
        self.grads = {}
        self.cache = self.gates = None

    def forward(self, U):
        """Return V, of U's shape (N, rows, columns, C).

        U is kept for backward, without a copy: leave it as it is until then.
        Raises ValueError: U has other channels than W1, is empty, of another dtype than the weights, or holds NaN.
        """
        W1, b1, W2, b2 = self._weights()
        check_array("U", U, ("N", "rows", "columns", len(W1)), W1.dtype)
        V, self.cache = excite(U, W1, b1, W2, b2)
        self.gates = self.cache[3]
        return V

    def backward(self, dV):
        """Return dU for dV, and put the gradients of all params into grads.

            dg = Σ dV · U over the places        through σ, W2, the ReLU and W1 to dz        dU = dV · g + dz / places

        Raises ValueError: forward has not run, or dV does not have the shape of its output.
        """
        cache = was_forward_run(self.cache)
        check_array("dV", dV, cache[0].shape, cache[0].dtype)
        dU, *grads = excite_backward(dV, cache)
        self.grads = dict(zip(("W1", "b1", "W2", "b2"), grads, strict=True))
        return dU

    def _weights(self):
        W1 = self.params.get("W1")
        C, R = W1.shape if isinstance(W1, np.ndarray) and W1.ndim == 2 else ("C", "R")
        check_params(self.params, {"W1": (C, R), "b1": (R,), "W2": (R, C), "b2": (C,)})
        return (self.params[name] for name in ("W1", "b1", "W2", "b2"))
