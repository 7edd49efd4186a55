"""The cells of notebook 11 for many nets at once: S nets side by side, one more axis in front of every weight.

    cell = CELLS["GRU"]
    weights = cell.start(D, H, rng, keep=3.0)                       # of one net; stack them for S
    states, cache = cell.forward(weights, X)                        # X (T, 1 or S, N, D) -> (T, S, N, H)
    grads, dX = cell.backward(weights, dstates, X, cache)

The equations are those of the layers in helpers/layers, and the tests compare all gradients with theirs. `keep` is the bias of
the gate that keeps. Some cells take functions of the reader's that do the work: they get the shapes of one net, (N, D) or
(T, N, H), as the exercises name them.
"""

from types import SimpleNamespace

import numpy as np

from helpers.layers.clockwork import clock_mask, clock_steps, clock_steps_back, unit_periods
from helpers.layers.initialisers import orthogonal, xavier
from helpers.layers.lru import first_weights, lru_steps, lru_steps_back, parts
from helpers.layers.mgu import mgu_steps, mgu_steps_back
from helpers.layers.min_gru import split_sum, sum_gradient
from helpers.layers.recurrence import linear_recurrence, linear_recurrence_backward

F64 = np.float64


def _blocks(rows, H, count, rng):
    return np.hstack([xavier((rows, H), rng=rng, dtype=F64) for _ in range(count)])


def _sigmoid(a):
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def _t(W):
    return W.swapaxes(-1, -2)


def _back(W):
    return np.ascontiguousarray(_t(W))


def _to_weights(X, dA, before=None):
    """Return the gradients of Wx, b and, with the states before each step, Wh."""
    grads = {"Wx": (_t(X) @ dA).sum(axis=0), "b": dA.sum(axis=(0, 2))[:, None]}
    return grads if before is None else grads | {"Wh": (_t(before) @ dA).sum(axis=0)}


# ----------------------------------------------------------------------------------------------------------------- RNN


def rnn_start(D, H, rng, init=orthogonal):
    return {"Wx": xavier((D, H), rng=rng, dtype=F64), "Wh": init((H, H), rng=rng, dtype=F64), "b": np.zeros((1, H))}


def rnn_forward(P, X):
    A = X @ P["Wx"] + P["b"]
    S = np.zeros((len(A) + 1, *A.shape[1:]), A.dtype)
    for t, a in enumerate(A):
        np.tanh(a + S[t] @ P["Wh"], out=S[t + 1])
    return S[1:], S


def rnn_backward(P, dS, X, S):
    dA, back, dh = 1 - S[1:] ** 2, _back(P["Wh"]), 0
    for t in reversed(range(len(dA))):
        dA[t] *= dS[t] + dh
        dh = dA[t] @ back
    return _to_weights(X, dA, S[:-1]), dA @ _t(P["Wx"])


# ---------------------------------------------------------------------------------------------------------------- LSTM


def lstm_start(D, H, rng, keep=1.0):
    b = np.zeros((1, 4 * H))
    b[:, H : 2 * H] = keep
    return {"Wx": _blocks(D, H, 4, rng), "Wh": _blocks(H, H, 4, rng), "b": b}


def lstm_forward(P, X, coupled=False):
    half = np.repeat([0.5, 0.5, 0.5, 1], P["Wh"].shape[1]).astype(X.dtype)          # σ(a) = 0.5 + 0.5 tanh(0.5 a): one tanh
    A, Wh = (X @ P["Wx"] + P["b"]) * half, P["Wh"] * half
    T, nets, N, wide = A.shape
    H = wide // 4
    S, C = np.zeros((2, T + 1, nets, N, H), A.dtype)
    gates = np.empty((T, 4, nets, N, H), A.dtype)
    for t in range(T):
        a = (A[t] + S[t] @ Wh).reshape(nets, N, 4, H)
        np.tanh(a.transpose(2, 0, 1, 3), out=gates[t])
        gates[t, :3] *= 0.5
        gates[t, :3] += 0.5
        i, f, o, g = gates[t]
        if coupled:
            i[...] = 1 - f
        C[t + 1] = f * C[t] + i * g
        np.multiply(o, np.tanh(C[t + 1]), out=S[t + 1])
    return S[1:], (S, C, gates, coupled)


def lstm_backward(P, dS, X, cache):
    S, C, gates, coupled = cache
    i, f, o, g = gates.swapaxes(0, 1)
    M, before = np.tanh(C[1:]), C[:-1]
    T, nets, N, H = M.shape
    dA = np.empty((T, nets, N, 4, H), M.dtype)
    dA[..., 0, :] = 0 if coupled else i * (1 - i) * g
    dA[..., 1, :] = f * (1 - f) * (before - g if coupled else before)
    dA[..., 2, :], dA[..., 3, :] = o * (1 - o) * M, i * (1 - g * g)
    shown, back, dh, dc = o * (1 - M * M), _back(P["Wh"]), 0, 0
    for t in reversed(range(T)):
        dh = dh + dS[t]
        dc = dc + dh * shown[t]
        dA[t][..., :2, :] *= dc[..., None, :]
        dA[t][..., 2, :] *= dh
        dA[t][..., 3, :] *= dc
        dc = dc * f[t]
        dh = dA[t].reshape(nets, N, 4 * H) @ back
    flat = dA.reshape(T, nets, N, 4 * H)
    return _to_weights(X, flat, S[:-1]), flat @ _t(P["Wx"])


# ----------------------------------------------------------------------------------------------------------------- GRU


def gru_start(D, H, rng, keep=0.0):
    b = np.zeros((1, 3 * H))
    b[:, :H] = keep
    return {"Wx": _blocks(D, H, 3, rng), "Wh": _blocks(H, H, 3, rng), "b": b}


def gru_forward(P, X):
    A = X @ P["Wx"] + P["b"]
    H = A.shape[-1] // 3
    S = np.zeros((len(A) + 1, *A.shape[1:-1], H), A.dtype)
    Z, R, M, U = gates = np.empty((4, *S[1:].shape), A.dtype)
    for t, a in enumerate(A):
        hW = S[t] @ P["Wh"]
        zr = _sigmoid(a[..., : 2 * H] + hW[..., : 2 * H])
        Z[t], R[t], U[t] = zr[..., :H], zr[..., H:], hW[..., 2 * H :]
        n = np.tanh(a[..., 2 * H :] + R[t] * U[t], out=M[t])
        np.add(n, Z[t] * (S[t] - n), out=S[t + 1])
    return S[1:], (S, gates)


def gru_backward(P, dS, X, cache):
    S, (z, r, n, u) = cache
    (T, nets, N, H), back, dh, D = z.shape, _back(P["Wh"]), 0, np.empty_like(z)
    slope_n = (1 - z) * (1 - n * n)
    slopes = np.stack([(S[:-1] - n) * z * (1 - z), slope_n * u * r * (1 - r), slope_n * r], axis=-2)    # by the sums of h
    for t in reversed(range(T)):
        dh = np.add(dh, dS[t], out=D[t])
        slopes[t] *= dh[..., None, :]
        dh = dh * z[t] + slopes[t].reshape(nets, N, 3 * H) @ back
    dB = slopes.reshape(T, nets, N, 3 * H)
    dA = np.concatenate([dB[..., : 2 * H], slope_n * D], axis=-1)
    return _to_weights(X, dA) | {"Wh": (_t(S[:-1]) @ dB).sum(axis=0)}, dA @ _t(P["Wx"])


# ----------------------------------------------------------------------------------------------------------------- MGU


def mgu_start(D, H, rng, keep=0.0):
    b = np.zeros((1, 2 * H))
    b[:, :H] = -keep
    return {"Wx": _blocks(D, H, 2, rng), "Wh": _blocks(H, H, 2, rng), "b": b}


def mgu_forward(P, X, step=None):
    """step: the reader's own (x, h, Wx, Wh, b) -> h_next, f, n."""
    shape = (P["Wh"].shape[0], X.shape[2], P["Wh"].shape[1])
    blank = np.zeros(shape, P["Wh"].dtype)
    if step is None:
        S, gates = mgu_steps(X @ P["Wx"] + P["b"], P["Wh"], blank)
        return S[1:], (S, gates)
    S, gates = np.empty((len(X) + 1, *shape), blank.dtype), np.empty((len(X), 2, *shape), blank.dtype)
    S[0] = blank
    for t in range(len(X)):
        for s, (Wx, Wh, b) in enumerate(zip(P["Wx"], P["Wh"], P["b"], strict=True)):
            S[t + 1, s], gates[t, 0, s], gates[t, 1, s] = step(X[t, s % len(X[t])], S[t, s], Wx, Wh, b[0])
    return S[1:], (S, gates)


def mgu_backward(P, dS, X, cache):
    dA, dWh, _ = mgu_steps_back(dS, *cache, P["Wh"])
    return _to_weights(X, dA) | {"Wh": dWh}, dA @ _t(P["Wx"])


# ----------------------------------------------------------------------------------------------------------- clockwork


def clockwork_start(D, H, rng, periods=(1,)):
    Wh = rng.normal(size=(H, H)) / np.sqrt(H) * clock_mask(unit_periods(periods, H))
    return {"Wx": xavier((D, H), rng=rng, dtype=F64), "Wh": Wh, "b": np.zeros((1, H))}


def clockwork_forward(P, X, periods=(1,), step=None):
    """step: the reader's own (t, x, h, Wx, Wh, b, periods) -> h_next."""
    H = P["Wh"].shape[-1]
    clocks = unit_periods(periods, H)
    blank = np.zeros((len(P["Wh"]), X.shape[2], H), P["Wh"].dtype)
    if step is None:
        S = clock_steps(X @ P["Wx"] + P["b"], P["Wh"], blank, clocks)
    else:
        S = np.empty((len(X) + 1, *blank.shape), blank.dtype)
        S[0] = blank
        for t in range(len(X)):
            for s, (Wx, Wh, b) in enumerate(zip(P["Wx"], P["Wh"], P["b"], strict=True)):
                S[t + 1, s] = step(t, X[t, s % len(X[t])], S[t, s], Wx, Wh, b[0], clocks)
    return S[1:], (S, clocks)


def clockwork_backward(P, dS, X, cache):
    S, clocks = cache
    dA, dWh, _ = clock_steps_back(dS, S, P["Wh"], clocks)
    return _to_weights(X, dA) | {"Wh": dWh * clock_mask(clocks).astype(S.dtype)}, dA @ _t(P["Wx"])


# ------------------------------------------------------------------------------------------------------ minGRU and LRU


def _side_by_side(recurrence):
    """Return a function of (a, u, h0) that hands the nets to the reader's linear_recurrence as one large batch (T, S · N, H)."""
    if recurrence is None:
        return linear_recurrence

    def function(a, u, h0):
        rows = (-1, u.shape[-1])
        h = recurrence(np.broadcast_to(a, u.shape).reshape(len(u), *rows), u.reshape(len(u), *rows), h0.reshape(rows))
        return np.asarray(h).reshape(u.shape).astype(u.dtype, copy=False)

    return function


def _side_by_side_backward(backward):
    """Return a function of (dh, a, h, h0) that does the same for the reader's linear_recurrence_backward."""
    if backward is None:
        return linear_recurrence_backward

    def function(dh, a, h, h0):
        flat, rows = (len(h), -1, h.shape[-1]), (-1, h.shape[-1])
        found = backward(dh.reshape(flat), np.broadcast_to(a, h.shape).reshape(flat), h.reshape(flat), h0.reshape(rows))
        shapes = h.shape, h.shape, h0.shape
        return tuple(np.asarray(d).reshape(shape).astype(h.dtype, copy=False) for d, shape in zip(found, shapes, strict=True))

    return function


def min_gru_start(D, H, rng, keep=0.0):
    b = np.zeros((1, 2 * H))
    b[:, :H] = keep
    return {"Wx": _blocks(D, H, 2, rng), "b": b}


def min_gru_forward(P, X, low=0.0, recurrence=None, backward=None):
    s, n = split_sum(X @ P["Wx"] + P["b"])
    a = s if low == 0 else low + (1 - low) * s
    h0 = np.zeros_like(n[0])
    h = _side_by_side(recurrence)(a, (1 - a) * n, h0)
    return h, (s, n, a, h, h0, low, _side_by_side_backward(backward))


def min_gru_backward(P, dS, X, cache):
    s, n, a, h, h0, low, backward = cache
    da, du, _ = backward(dS, a, h, h0)
    dA = sum_gradient(da, du, s, a, n, low)
    return _to_weights(X, dA), dA @ _t(P["Wx"])


def lru_start(D, H, rng, radii=(0.9, 0.999), phase=0.3):
    return {name: np.atleast_2d(p) for name, p in first_weights(D, H, radii, phase, rng).items()}


def lru_forward(P, X, recurrence=None, backward=None):
    nets, _, H = P["nu"].shape
    blank = np.zeros((nets, X.shape[2], H), np.complex64 if X.dtype == np.float32 else complex)
    h, cache = lru_steps(P, X, blank, _side_by_side(recurrence))
    return parts(h), (cache, _side_by_side_backward(backward))


def lru_backward(P, dS, X, cache):
    grads, dX, _ = lru_steps_back(P, dS, X, *cache)
    return grads, dX


def _cell(start, forward, backward, width=1):
    return SimpleNamespace(start=start, forward=forward, backward=backward, width=width)


CELLS = {
    "RNN": _cell(rnn_start, rnn_forward, rnn_backward),
    "LSTM": _cell(lstm_start, lstm_forward, lstm_backward),
    "coupled LSTM": _cell(lstm_start, lambda P, X: lstm_forward(P, X, coupled=True), lstm_backward),
    "GRU": _cell(gru_start, gru_forward, gru_backward),
    "MGU": _cell(mgu_start, mgu_forward, mgu_backward),
    "clockwork": _cell(clockwork_start, clockwork_forward, clockwork_backward),
    "minGRU": _cell(min_gru_start, min_gru_forward, min_gru_backward),
    "LRU": _cell(lru_start, lru_forward, lru_backward, width=2),
}
