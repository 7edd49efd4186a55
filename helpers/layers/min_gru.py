"""minGRU: a gate that hears the input alone, so that the recurrence is linear and needs no loop."""

import numpy as np

from .checks import check_array, check_dtype, check_number, check_params, check_size, was_forward_run
from .initialisers import xavier
from .recurrence import linear_recurrence, linear_recurrence_backward
from .sequences import check_sequence, check_state, gradients_into_states, last_step, to_batch_first, to_time_major


class MinGRU:
    """A layer that returns all states of

        a   = low + (1 - low) · σ(x_t @ Wx + b)              block a: the factor of the old state
        n   = x_t @ Wx + b                                   block n: no tanh, and no old state
        h_t = a · h_{t-1} + (1 - a) · n

    params: Wx (D, 2H), b (2H,), blocks in the order a, n; grads has the same keys. low=0 is the published one, whose factor
    lies between 0 and 1; low=-1 lets it be negative. keep_bias starts b in the block a. (The paper's z is 1 - a.)

    Source: Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, Were RNNs All We Needed?, 2024; negative factors: Grazzi et al.,
    Unlocking State-Tracking in Linear RNNs Through Negative Eigenvalues, 2025.
    """

    def __init__(self, inputs, hidden, *, rng, low=0.0, keep_bias=0.0, init=xavier, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        self.low = check_number("low", low, low=-1, high=0)
        check_number("keep_bias", keep_bias)
        self.params = {"Wx": np.hstack([init((D, H), rng=rng, dtype=dtype) for _ in "an"]), "b": np.zeros(2 * H, dtype)}
        self.params["b"][:H] = keep_bias
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None):
        """Return all states H (N, T, H) and the last one (N, H).  Raises ValueError: as GRU.forward."""
        Wx, H = self._checked()
        check_sequence(X, Wx, lengths)
        Xt = to_time_major(X)
        h0 = check_state("state", state, len(X), H, Wx.dtype)
        s, n = split_sum(Xt @ Wx + self.params["b"])
        a = s if self.low == 0 else self.low + (1 - self.low) * s
        h = linear_recurrence(a, (1 - a) * n, h0)
        self.cache = Xt, s, a, n, h, h0, lengths
        return to_batch_first(h, lengths), last_step(np.concatenate([h0[None], h]), lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, H) of the first state; put dWx and db into grads.  As GRU.backward."""
        Xt, s, a, n, h, h0, lengths = was_forward_run(self.cache)
        Wx, H = self._checked()
        T, N, _ = Xt.shape
        dS = gradients_into_states(dH, dstate, (N, T, H), Wx.dtype, lengths)
        da, du, dh0 = linear_recurrence_backward(dS, a, h, h0)
        dA = sum_gradient(da, du, s, a, n, self.low)
        flat = dA.reshape(T * N, 2 * H)
        self.grads = {"Wx": Xt.reshape(T * N, -1).T @ flat, "b": flat.sum(axis=0)}
        return to_batch_first(dA @ Wx.T), dh0

    def _checked(self):
        b = self.params.get("b")
        wide = len(b) if isinstance(b, np.ndarray) and b.ndim == 1 and len(b) % 2 == 0 else "2H"
        check_params(self.params, {"Wx": ("D", wide), "b": (wide,)})
        check_array("b", b, (wide,))
        return self.params["Wx"], len(b) // 2


def split_sum(A):
    """Return the sigmoid of the first half of A (…, 2H), and the second half."""
    H = A.shape[-1] // 2
    return 0.5 + 0.5 * np.tanh(0.5 * A[..., :H]), A[..., H:]


def sum_gradient(da, du, s, a, n, low):
    """Return the gradient of the sums (…, 2H), given those of the factors a and of what is written, u = (1 - a) · n."""
    return np.concatenate([(da - du * n) * (1 - low) * s * (1 - s), du * (1 - a)], axis=-1)
