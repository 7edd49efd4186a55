"""The gated recurrent unit: no cell, and one gate that both keeps and writes."""

import numpy as np
from numpy import add, dot, multiply, subtract, tanh

from .checks import check_choice, check_dtype, check_size, was_forward_run
from .initialisers import xavier
from .sequences import (
    blocks_back,
    check_sequence,
    check_state,
    check_weights,
    gradients_into_states,
    last_step,
    to_batch_first,
    to_time_major,
)


class GRU:
    """A layer that returns all states of

        z, r = σ(x_t @ Wx + h_{t-1} @ Wh + b)                        blocks z and r
        n    = tanh(x_t @ Wx + r · (h_{t-1} @ Wh) + b)               block n, reset="after"
        n    = tanh(x_t @ Wx + (r · h_{t-1}) @ Wh + b)               block n, reset="before"
        h_t  = z · h_{t-1} + (1 - z) · n

    params: Wx (D, 3H), Wh (H, 3H), b (3H,), blocks in the order z, r, n; grads has the same keys after backward.

    GRU(D, H, rng=rng)   init gives the first blocks of Wx and Wh; b starts at 0.

    reset="after" is the default: one matrix product a step, so it is faster; PyTorch, cuDNN and Keras use it. PyTorch
    adds a second bias b_hn inside r · (…), which is 0 here. reset="before" is that of the published papers. Many texts
    swap z and 1 - z; negating the block z of all three parameters translates, since σ(-a) = 1 - σ(a).

    Sources: Cho et al., Learning Phrase Representations using RNN Encoder–Decoder, 2014; Chung, Gulcehre, Cho & Bengio,
    Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling, 2014.
    """

    def __init__(self, inputs, hidden, *, rng, reset="after", init=xavier, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        self.reset = check_choice("reset", reset, ("after", "before"))
        self.params = {
            "Wx": np.hstack([init((D, H), rng=rng, dtype=dtype) for _ in "zrn"]),
            "Wh": np.hstack([init((H, H), rng=rng, dtype=dtype) for _ in "zrn"]),
            "b": np.zeros(3 * H, dtype),
        }
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None):
        """Return all states H (N, T, H) and the last one (N, H).

        X        (N, T, D)
        state    (N, H)  the state before the first step; None is zero
        lengths  (N,)    steps of each sequence, when X is padded at its end. The states of the padding are returned
                         as zeros, and the last state is that of each sequence's own last step.

        Raises ValueError: wrong shape or dtype, N = 0 or T = 0, NaN, a length outside 1 … T.
        """
        Wx, Wh, b = check_weights(self.params, blocks=3)
        check_sequence(X, Wx, lengths)
        N, T, D = X.shape
        H, dtype = len(Wh), Wx.dtype

        half = np.repeat(np.array([0.5, 0.5, 1], dtype), H)         # σ(a) = ½ + ½ tanh(a/2), as in the LSTM
        Xt = to_time_major(X)                                       # (T, N, D)
        A = Xt.reshape(T * N, D) @ (Wx * half)                      # the inputs of all steps in one matrix product
        A += b * half
        S = np.empty((T + 1, N, H), dtype)                          # the states, S[t] before step t
        S[0] = check_state("state", state, N, H, dtype)
        steps = _steps_after if self.reset == "after" else _steps_before
        gates = steps(A.reshape(T, N, 3 * H), S, Wh * half)

        self.cache = Xt, gates, S, lengths
        return to_batch_first(S[1:], lengths), last_step(S, lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, H) of the state before the first step; put dWx, dWh, db into grads.

            dz = dh · (h_{t-1} - n) · z(1-z)          dn = dh · (1-z) · (1-n²)          for the sums before σ and tanh

            reset="after", u = h_{t-1} @ Wh[n]        dr = dn · u · r(1-r)              du = dn · r
                dh_{t-1} = dh · z + [dz, dr, du] @ Wh.T
            reset="before", k = r · h_{t-1}           dk = dn @ Wh[n].T                 dr = dk · h_{t-1} · r(1-r)
                dh_{t-1} = dh · z + dk · r + [dz, dr] @ Wh[z, r].T

        dH      (N, T, H)  gradient of the loss for all states, None when only the last one was used
        dstate  (N, H)     gradient of the loss for the last state, None when it was not used

        Raises ValueError: forward has not run, a wrong shape or dtype, NaN, both are None.
        """
        Xt, gates, S, lengths = was_forward_run(self.cache)
        Wx, Wh, b = check_weights(self.params, blocks=3)
        T, N, D = Xt.shape
        H = len(Wh)
        dS = gradients_into_states(dH, dstate, (N, T, H), Wx.dtype, lengths)     # (T, N, H)

        steps = _steps_back_after if self.reset == "after" else _steps_back_before
        dA, dWh, dh = steps(dS, gates, S, Wh)
        self.grads = {"Wx": Xt.reshape(T * N, D).T @ dA, "Wh": dWh, "b": dA.sum(axis=0)}
        return to_batch_first((dA @ Wx.T).reshape(T, N, D)), dh



def _steps_after(A, S, Wh):
    """Fill the states S (T+1, N, H) and return the gates (T, 4, N, H): z, r, u, n, with u = h @ Wh[n].

    A (T, N, 3H) holds the inputs' part of the sums; the blocks z and r of A and Wh are halved for σ.
    """
    T, N, H = len(A), *S.shape[1:]
    gates = np.empty((T, 4, N, H), A.dtype)
    A = A.reshape(T, N, 3, H).transpose(0, 2, 1, 3)                 # the same memory, seen as (T, 3, N, H)
    Wh = Wh.reshape(H, 3, H).transpose(1, 0, 2).copy()              # (3, H, H): a product for each block, in one call
    half = np.array(0.5, A.dtype)
    views = S, S[1:], gates[:, :3], gates[:, :2], *gates.transpose(1, 0, 2, 3), A[:, :2], A[:, 2]
    for before, h, zru, zr, z, r, u, n, a_zr, a_n in zip(*views, strict=False):
        np.matmul(before, Wh, zru)                                  # the last argument is where the result goes
        add(zr, a_zr, zr)
        tanh(zr, zr)
        multiply(zr, half, zr)
        add(zr, half, zr)
        multiply(r, u, n)
        add(n, a_n, n)
        tanh(n, n)
        subtract(before, n, h)                                      # h = n + z · (h - n), one product less
        multiply(h, z, h)
        add(h, n, h)
    return gates


def _steps_back_after(dS, gates, S, Wh):
    """Return dA (T·N, 3H), dWh and the gradient (N, H) of the first state. All that dh meets is known before."""
    T, _, N, H = gates.shape
    dA = np.empty((T, N, 4, H), S.dtype)                            # of u, z, r, n: Wh has [u, z, r], Wx [z, r, n]
    WhT = np.ascontiguousarray(np.roll(Wh, H, axis=1).T)            # blocks n, z, r, to meet u, z, r
    dh, through = np.zeros((2, N, H), S.dtype)                      # through: by way of the gates
    for block in blocks_back(T, N * H):
        z, r, u, n = gates[block].transpose(1, 0, 2, 3)             # (steps, N, H) each
        slopes = np.empty((len(z), 4, N, H), S.dtype)
        slope_u, slope_z, slope_r, slope_n = slopes.transpose(1, 0, 2, 3)
        np.multiply(1 - z, 1 - n * n, out=slope_n)
        np.multiply(slope_n, r, out=slope_u)
        np.multiply((S[block] - n) * z, 1 - z, out=slope_z)
        np.multiply(slope_u * u, 1 - r, out=slope_r)
        rows = dA.reshape(T, N, 4 * H)[block, :, : 3 * H]
        views = dS[block], z, slopes, dA.transpose(0, 2, 1, 3)[block], rows
        for dS_t, z_t, slope, da, da_row in zip(*(view[::-1] for view in views), strict=True):
            add(dh, dS_t, dh)
            multiply(slope, dh, da)
            multiply(dh, z_t, dh)
            dot(da_row, WhT, through)
            add(dh, through, dh)

    flat = dA.reshape(T * N, 4 * H)
    dWh = np.roll(S[:-1].reshape(T * N, H).T @ flat[:, : 3 * H], -H, axis=1)
    return flat[:, H:], dWh, dh.copy()


def _steps_before(A, S, Wh):
    """Fill the states S (T+1, N, H) and return the gates (T, 3, N, H): z, r, n. A and Wh as in _steps_after."""
    T, N, H = len(A), *S.shape[1:]
    gates = np.empty((T, 3, N, H), A.dtype)
    A = A.reshape(T, N, 3, H).transpose(0, 2, 1, 3)
    Wzr, Wn = np.ascontiguousarray(Wh[:, : 2 * H]), np.ascontiguousarray(Wh[:, 2 * H :])
    for t in range(T):
        z, r, n = gates[t]
        zr = gates[t, :2]
        np.add(A[t, :2], (S[t] @ Wzr).reshape(N, 2, H).transpose(1, 0, 2), out=zr)
        np.tanh(zr, out=zr)
        zr *= 0.5
        zr += 0.5
        np.tanh(A[t, 2] + (r * S[t]) @ Wn, out=n)
        np.subtract(S[t], n, out=S[t + 1])
        S[t + 1] *= z
        S[t + 1] += n
    return gates


def _steps_back_before(dS, gates, S, Wh):
    """Return dA (T·N, 3H), dWh and the gradient (N, H) of the first state."""
    T, _, N, H = gates.shape
    z, r, n = gates.transpose(1, 0, 2, 3)                           # (T, N, H) each
    slope_n = (1 - z) * (1 - n * n)
    slope_z = (S[:-1] - n) * z * (1 - z)
    slope_r = S[:-1] * r * (1 - r)

    dA = np.empty((T, N, 3, H), S.dtype)
    WzrT, WnT = np.ascontiguousarray(Wh[:, : 2 * H].T), np.ascontiguousarray(Wh[:, 2 * H :].T)
    dh = np.zeros((N, H), S.dtype)
    for t in reversed(range(T)):
        dh += dS[t]
        np.multiply(dh, slope_z[t], out=dA[t, :, 0])
        np.multiply(dh, slope_n[t], out=dA[t, :, 2])
        dk = dA[t, :, 2] @ WnT                                      # the gradient of k = r · h
        np.multiply(dk, slope_r[t], out=dA[t, :, 1])
        dh *= z[t]
        dh += dk * r[t]
        dh += dA[t, :, :2].reshape(N, 2 * H) @ WzrT

    flat = dA.reshape(T * N, 3 * H)
    before = S[:-1].reshape(T * N, H)
    dWh = np.hstack([before.T @ flat[:, : 2 * H], (before * r.reshape(T * N, H)).T @ flat[:, 2 * H :]])
    return flat, dWh, dh
