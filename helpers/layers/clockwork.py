"""The clockwork RNN: groups of units with clocks of their own, which rest between two ticks."""

import numpy as np

from .checks import check_dtype, check_size, was_forward_run
from .initialisers import normal, xavier
from .sequences import (
    check_sequence,
    check_state,
    check_weights,
    gradients_into_states,
    last_step,
    to_batch_first,
    to_time_major,
)


class Clockwork:
    """A layer that returns all states of an RNN whose unit k moves only at the steps t with t % periods[k] == 0:

        h_t[k] = tanh(x_t @ Wx + h_{t-1} @ (Wh · mask) + b)[k]   if t % periods[k] == 0,   else   h_{t-1}[k]

    mask[i, k] = 1 where periods[i] >= periods[k]: a unit hears those that are as slow as itself, or slower.
    params: Wx (D, H), Wh (H, H), b (H,); grads has the same keys. What the mask hides has no effect, and the gradient 0.

    Clockwork(D, H, periods=(1, 2, 4, 8), rng=rng)   H is a multiple of the number of periods: each has as many units
    Source: Koutník, Greff, Gomez & Schmidhuber, A Clockwork RNN, 2014.
    """

    def __init__(self, inputs, hidden, *, periods, rng, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        self.periods = unit_periods(periods, H)
        self.mask = clock_mask(self.periods).astype(dtype)
        Wh = normal((H, H), rng=rng, scale=H**-0.5, dtype=dtype) * self.mask
        self.params = {"Wx": xavier((D, H), rng=rng, dtype=dtype), "Wh": Wh, "b": np.zeros(H, dtype)}
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None, start=0):
        """Return all states H (N, T, H) and the last one (N, H). start: the number of the first step, for the clocks.

        Raises ValueError: as GRU.forward.
        """
        Wx, Wh, b = check_weights(self.params, blocks=1)
        check_sequence(X, Wx, lengths)
        Xt = to_time_major(X)
        h = check_state("state", state, len(X), len(Wh), Wx.dtype)
        S = clock_steps(Xt @ Wx + b, Wh * self.mask, h, self.periods, start)
        self.cache = Xt, S, lengths, start
        return to_batch_first(S[1:], lengths), last_step(S, lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, H) of the first state; put dWx, dWh, db into grads.  As GRU.backward."""
        Xt, S, lengths, start = was_forward_run(self.cache)
        Wx, Wh, _ = check_weights(self.params, blocks=1)
        (T, N, _), H = Xt.shape, len(Wh)
        dS = gradients_into_states(dH, dstate, (N, T, H), Wx.dtype, lengths)
        dA, dWh, dh = clock_steps_back(dS, S, Wh * self.mask, self.periods, start)
        flat = dA.reshape(T * N, H)
        self.grads = {"Wx": Xt.reshape(T * N, -1).T @ flat, "Wh": dWh * self.mask, "b": flat.sum(axis=0)}
        return to_batch_first(dA @ Wx.T), dh


def unit_periods(periods, hidden):
    """Return the period of each unit (H,), as many units for each.  Raises ValueError: no whole numbers, or H does not fit."""
    periods = [check_size("a period", p) for p in periods]
    if not periods or hidden % len(periods):
        raise ValueError(f"hidden is {hidden}, expected a multiple of the {len(periods)} periods: each has as many units")
    return np.repeat(periods, hidden // len(periods))


def clock_mask(periods):
    """Return (H, H): 1.0 where the unit of the column hears the unit of the row, which is as slow as it is, or slower."""
    return (periods[:, None] >= periods).astype(float)


def _ticks(Wh, periods, steps):
    """Return for each step the units that move and their columns of Wh, made once for each set of units."""
    made, found = {}, []
    for t in steps:
        on = t % periods == 0
        key = on.tobytes()
        if key not in made:
            units = np.flatnonzero(on)
            made[key] = units, np.ascontiguousarray(Wh[..., units])
        found.append(made[key])
    return found


def clock_steps(A, Wh, h, periods, start=0):
    """Return the states S (T+1, …, H). A (T, …, H) holds the inputs' part of the sums, Wh (…, H, H) is masked already."""
    S = np.empty((len(A) + 1, *h.shape), A.dtype)
    S[0] = h
    for t, (units, W) in enumerate(_ticks(Wh, periods, range(start, start + len(A)))):
        S[t + 1] = S[t]
        S[t + 1][..., units] = np.tanh(S[t] @ W + A[t][..., units])
    return S


def clock_steps_back(dS, S, Wh, periods, start=0):
    """Return dA (T, …, H), dWh (not masked) and the gradient of the first state, given dS (T, …, H) from outside."""
    dA, dh = np.zeros_like(S[1:]), np.zeros_like(S[0])
    ticks = _ticks(Wh, periods, range(start, start + len(dS)))
    for t in reversed(range(len(dS))):
        units, W = ticks[t]
        dh = dh + dS[t]
        da = dh[..., units] * (1 - S[t + 1][..., units] ** 2)
        dA[t][..., units] = da
        dh[..., units] = 0                                          # what rests hands its gradient on as it is
        dh += da @ W.swapaxes(-1, -2)
    return dA, (S[:-1].swapaxes(-1, -2) @ dA).sum(axis=0), dh
