"""The LSTM with each of its speed techniques on a switch of its own, for the benchmark: what does each one bring?

With everything on, it does what helpers/layers/lstm.py does; with everything off, it is the textbook's loop. The
result is the same with any setting (tests/test_bench.py).
"""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Techniques:
    """Which techniques are on, with what each of them means."""

    fused: bool = True                  # one matrix for all four gates, not four products a step
    weights_at_end: bool = True         # weight gradients in one product after the loop, not one a step
    slopes_first: bool = True           # σ' and tanh' of all steps before the backward loop, not in it
    sigmoid_by_tanh: bool = True        # σ(a) = ½ + ½ tanh(a/2), the inner ½ in the weights; else 1 / (1 + exp(-a))
    inputs_first: bool = True           # x @ Wx of all steps as one product before the loop, not one a step
    time_major: bool = True             # arrays (T, N, F), one step in one piece; else (N, T, F)
    gate_blocks: bool = True            # gates (4, N, H), each in one piece; else four slices of rows (N, 4H)
    transposed_copy: bool = True        # a contiguous Wh.T for the backward loop; else the view Wh.T


NAMES = [field.name for field in fields(Techniques)]


def lstm(params, X, dH, on=None):
    """Return H, dX, dWx, dWh, db of an LSTM over X (N, T, D), with dH (N, T, H) coming in; on says which techniques."""
    on = on or Techniques()
    Wx, Wh, b = params["Wx"], params["Wh"], params["b"]
    (N, T, D), H, dtype = X.shape, len(Wh), X.dtype

    def sequence(*size):
        """Return an empty array, and the same memory with time first."""
        if on.time_major:
            array = np.empty((T, N, *size), dtype)
            return array, array
        array = np.empty((N, T, *size), dtype)
        return array, array.swapaxes(0, 1)

    half = np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype), H) if on.sigmoid_by_tanh else np.ones(4 * H, dtype)
    Ux, Uh, a_b = Wx * half, Wh * half, b * half
    if not on.fused:
        Ux, Uh = ([np.ascontiguousarray(W) for W in np.split(U, 4, axis=1)] for U in (Ux, Uh))
    Xs, X_by_step = sequence(D)
    X_by_step[...] = X.swapaxes(0, 1)
    rows = Xs.reshape(T * N, D)
    if on.inputs_first:
        projected = rows @ (Ux if on.fused else np.hstack(Ux)) + a_b
        projected = projected.reshape(*Xs.shape[:2], 4 * H)
        projected = projected if on.time_major else projected.swapaxes(0, 1)

    gates = np.empty((T, 4, N, H), dtype) if on.gate_blocks else np.empty((T, N, 4, H), dtype)
    gates_by_block = gates if on.gate_blocks else gates.transpose(0, 2, 1, 3)       # (T, 4, N, H) in both cases
    (_, S), (_, C), (_, M) = sequence(H), sequence(H), sequence(H)
    h = c = np.zeros((N, H), dtype)
    for t in range(T):
        a = h @ Uh if on.fused else np.hstack([h @ U for U in Uh])
        if on.inputs_first:
            a += projected[t]
        else:
            a += X_by_step[t] @ Ux if on.fused else np.hstack([X_by_step[t] @ U for U in Ux])
            a += a_b
        now, by_block = gates_by_block[t], a.reshape(N, 4, H).transpose(1, 0, 2)
        if on.sigmoid_by_tanh:
            np.tanh(by_block, out=now)
            now[:3] *= 0.5
            now[:3] += 0.5
        else:
            now[:3] = 1 / (1 + np.exp(-by_block[:3]))
            np.tanh(by_block[3], out=now[3])
        i, f, o, g = now
        c = f * c + i * g
        C[t] = c
        np.tanh(c, out=M[t])
        h = o * M[t]
        S[t] = h

    S_before = np.concatenate([np.zeros((1, N, H), dtype), S[:-1]])
    C_before = np.concatenate([np.zeros((1, N, H), dtype), C[:-1]])
    dAs, dA = sequence(4, H)
    if on.slopes_first:
        i, f, o, g = gates_by_block.swapaxes(0, 1)
        for k, block in enumerate(_slopes(i, f, o, g, C_before, M)):
            dA[:, :, k] = block
        show = o * (1 - M * M)
    WhT = np.ascontiguousarray(Wh.T) if on.transposed_copy else Wh.T
    if not on.fused:
        WhT = [np.ascontiguousarray(W) for W in np.split(WhT, 4, axis=0)]
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh, dc = np.zeros((N, H), dtype), np.zeros((N, H), dtype)
    for t in reversed(range(T)):
        dh = dh + dH[:, t]
        i, f, o, g = gates_by_block[t]
        da = dA[t]
        if not on.slopes_first:
            for k, block in enumerate(_slopes(i, f, o, g, C_before[t], M[t])):
                da[:, k] = block
        dc = dc + dh * (show[t] if on.slopes_first else o * (1 - M[t] * M[t]))
        da[:, :2] *= dc[:, None]
        da[:, 2] *= dh
        da[:, 3] *= dc
        dc = dc * f
        da = da.reshape(N, 4 * H)
        dh = da @ WhT if on.fused else sum(block @ W for block, W in zip(np.split(da, 4, axis=1), WhT, strict=True))
        if not on.weights_at_end:
            dWx += X_by_step[t].T @ da
            dWh += S_before[t].T @ da
    flat = dAs.reshape(T * N, 4 * H)
    if on.weights_at_end:
        dWx = rows.T @ flat
        before = S_before if on.time_major else S_before.swapaxes(0, 1)
        dWh = before.reshape(T * N, H).T @ flat
    dX = (flat @ Wx.T).reshape(Xs.shape)
    dX = dX.swapaxes(0, 1).copy() if on.time_major else dX
    return S.swapaxes(0, 1).copy(), dX, dWx, dWh, flat.sum(axis=0)


def _slopes(i, f, o, g, c_before, m):
    return i * (1 - i) * g, f * (1 - f) * c_before, o * (1 - o) * m, i * (1 - g * g)
