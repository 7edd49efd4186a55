"""Layer norm: each place's numbers get mean 0 and variance 1, whatever the batch and the other places hold."""

import numpy as np

from .checks import check_array, check_dtype, check_number, check_params, check_size, was_forward_run


class LayerNorm:
    """A layer that returns, for each row x of D numbers,

        x̂ = (x - mean(x)) / √(var(x) + ε)            y = g · x̂ + b

    params: g (D,), the gain, and b (D,); grads has the same keys after backward. g starts at 1 and b at 0.

    LayerNorm(D)   mean and variance are those of the row's own D numbers: nothing is shared between rows.

    Source: Ba, Kiros & Hinton, Layer Normalization, 2016.
    """

    def __init__(self, width, *, eps=1e-5, dtype=np.float32):
        D, dtype = check_size("width", width), check_dtype(dtype)
        self.eps = float(check_number("eps", eps, above=0))
        self.params = {"g": np.ones(D, dtype), "b": np.zeros(D, dtype)}
        self.grads = {}
        self.cache = None

    def forward(self, X):
        """Return Y (…, D) for X (…, D), for example (N, D) or (N, T, D).

        Raises ValueError: X's last axis is not D, X is empty, of another dtype than g, or holds NaN.
        """
        dtype = check_params(self.params, {"g": ("D",), "b": (_size(self.params),)})
        g, b = self.params["g"], self.params["b"]
        axes = X.ndim if isinstance(X, np.ndarray) and X.ndim >= 2 else 2
        check_array("X", X, ("N", "T", "S")[: axes - 1] + (len(g),), dtype)
        Xhat = X - X.mean(axis=-1, keepdims=True)
        root = np.sqrt(_row_means(Xhat, Xhat) + dtype.type(self.eps))       # (…, 1)
        Xhat /= root
        self.cache = Xhat, root
        return g * Xhat + b

    def backward(self, dY):
        """Return dX (…, D) for dY (…, D), and put dg and db into grads.

            dx̂ = dY · g        dX = (dx̂ - mean(dx̂) - x̂ · mean(dx̂ · x̂)) / √(var + ε)

            dg = Σ dY · x̂ over all rows        db = Σ dY over all rows

        The two means are what x gives to its row's own mean and variance: dX sums to 0 in each row.
        Raises ValueError: forward has not run, or dY does not have the shape of its output.
        """
        Xhat, root = was_forward_run(self.cache)
        g = self.params["g"]
        check_array("dY", dY, Xhat.shape, Xhat.dtype)
        rows = dY.reshape(-1, len(g))
        self.grads = {"g": np.einsum("pd,pd->d", rows, Xhat.reshape(rows.shape)), "b": rows.sum(axis=0)}
        dX = dY * g
        from_variance = _row_means(dX, Xhat)                                # before dX is changed
        dX -= dX.mean(axis=-1, keepdims=True)
        dX -= Xhat * from_variance
        dX /= root
        return dX


def _row_means(A, B):
    """Return the mean of A · B over the last axis, (…, 1), without an array for the product."""
    return np.einsum("...d,...d->...", A, B)[..., None] / A.dtype.type(A.shape[-1])


def _size(params):
    return len(params["g"]) if isinstance(params.get("g"), np.ndarray) and params["g"].ndim else "D"
