"""The minimal gated unit: one gate that forgets, writes, and hides the state from the candidate."""

import numpy as np

from .checks import check_dtype, check_number, check_size, was_forward_run
from .initialisers import xavier
from .sequences import (
    check_sequence,
    check_state,
    check_weights,
    gradients_into_states,
    last_step,
    to_batch_first,
    to_time_major,
)


class MGU:
    """A layer that returns all states of

        f   = σ(x_t @ Wx + h_{t-1} @ Wh + b)                 block f
        n   = tanh(x_t @ Wx + (f · h_{t-1}) @ Wh + b)        block n
        h_t = (1 - f) · h_{t-1} + f · n

    params: Wx (D, 2H), Wh (H, 2H), b (2H,), blocks in the order f, n; grads has the same keys after backward.
    Here f is the share that is *written*: keep_bias=3.0 starts b at -3 in its block, so that the unit keeps.

    Source: Zhou, Wu, Zhang & Zhou, Minimal Gated Unit for Recurrent Neural Networks, 2016.
    """

    def __init__(self, inputs, hidden, *, rng, keep_bias=0.0, init=xavier, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        check_number("keep_bias", keep_bias)
        self.params = {
            "Wx": np.hstack([init((D, H), rng=rng, dtype=dtype) for _ in "fn"]),
            "Wh": np.hstack([init((H, H), rng=rng, dtype=dtype) for _ in "fn"]),
            "b": np.zeros(2 * H, dtype),
        }
        self.params["b"][:H] = -keep_bias
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None):
        """Return all states H (N, T, H) and the last one (N, H).  Raises ValueError: as GRU.forward."""
        Wx, Wh, b = check_weights(self.params, blocks=2)
        check_sequence(X, Wx, lengths)
        Xt = to_time_major(X)
        h = check_state("state", state, len(X), len(Wh), Wx.dtype)
        S, gates = mgu_steps(Xt @ Wx + b, Wh, h)
        self.cache = Xt, S, gates, lengths
        return to_batch_first(S[1:], lengths), last_step(S, lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, H) of the first state; put dWx, dWh, db into grads.  As GRU.backward."""
        Xt, S, gates, lengths = was_forward_run(self.cache)
        Wx, Wh, _ = check_weights(self.params, blocks=2)
        (T, N, _), H = Xt.shape, len(Wh)
        dS = gradients_into_states(dH, dstate, (N, T, H), Wx.dtype, lengths)
        dA, dWh, dh = mgu_steps_back(dS, S, gates, Wh)
        flat = dA.reshape(T * N, 2 * H)
        self.grads = {"Wx": Xt.reshape(T * N, -1).T @ flat, "Wh": dWh, "b": flat.sum(axis=0)}
        return to_batch_first(dA @ Wx.T), dh


def mgu_steps(A, Wh, h):
    """Return the states S (T+1, …, H) and gates (T, 2, …, H): f and n. A (T, …, 2H) holds the inputs' part of the sums."""
    H = h.shape[-1]
    Wf, Wn = np.ascontiguousarray(Wh[..., :H]), np.ascontiguousarray(Wh[..., H:])
    S, gates = np.empty((len(A) + 1, *h.shape), A.dtype), np.empty((len(A), 2, *h.shape), A.dtype)
    S[0] = h
    for t in range(len(A)):
        f = 0.5 + 0.5 * np.tanh(0.5 * (A[t, ..., :H] + S[t] @ Wf))
        n = np.tanh(A[t, ..., H:] + (f * S[t]) @ Wn)
        S[t + 1] = S[t] + f * (n - S[t])
        gates[t] = f, n
    return S, gates


def mgu_steps_back(dS, S, gates, Wh):
    """Return dA (T, …, 2H), dWh and the gradient of the first state, given dS (T, …, H) that comes in from outside."""
    H, before = S.shape[-1], S[:-1]
    f, n = gates.swapaxes(0, 1)
    Wf, Wn = (np.ascontiguousarray(W.swapaxes(-1, -2)) for W in (Wh[..., :H], Wh[..., H:]))
    dA, dh = np.empty((*dS.shape[:-1], 2 * H), S.dtype), np.zeros_like(S[0])
    slope_f, slope_n = f * (1 - f), f * (1 - n * n)
    for t in reversed(range(len(dS))):
        dh = dh + dS[t]
        dn = dh * slope_n[t]
        dheard = dn @ Wn                                            # the gradient of f · h
        df = (dh * (n[t] - before[t]) + dheard * before[t]) * slope_f[t]
        dA[t, ..., :H], dA[t, ..., H:] = df, dn
        dh = dh * (1 - f[t]) + dheard * f[t] + df @ Wf
    back = np.concatenate([before, f * before], axis=-1).swapaxes(-1, -2)
    dWh = np.concatenate([back[..., :H, :] @ dA[..., :H], back[..., H:, :] @ dA[..., H:]], axis=-1).sum(axis=0)
    return dA, dWh, dh
