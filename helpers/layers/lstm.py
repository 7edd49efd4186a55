"""The long short-term memory: a cell that is kept, added to and shown through three gates."""

import numpy as np
from numpy import add, dot, multiply, tanh

from .checks import check_dtype, check_number, check_size, was_forward_run
from .initialisers import xavier
from .sequences import (
    blocks_back,
    check_sequence,
    check_state,
    check_weights,
    gradients_by_step,
    last_step,
    to_batch_first,
)

INSIDE = [3, 1, 0, 2]  # g, f, i, o of the blocks i, f, o, g
OUTSIDE = [2, 1, 3, 0]  # and back


class LSTM:
    """A layer that returns all states h_t of

        i, f, o = σ(…)    g = tanh(…)    of    x_t @ Wx + h_{t-1} @ Wh + b,  split into the four blocks i, f, o, g

        c_t = f · c_{t-1} + i · g            h_t = o · tanh(c_t)

    params: Wx (D, 4H), Wh (H, 4H), b (4H,); grads has the same keys after backward. The state is the pair (h, c).

    LSTM(D, H, rng=rng)   init gives the first blocks of Wx and Wh; b starts at 0, but for forget_bias in the block f.

    Inside, arrays are time-major, and gates is (T + 1, 5, N, H): c_{t-1}, g, f, i, o of each step, each one contiguous
    block. In this order the pairs (c, g) and (f, i), which are multiplied, lie side by side, and so do the three σ.

    Sources: Hochreiter & Schmidhuber, Long Short-Term Memory, 1997; the forget gate: Gers, Schmidhuber & Cummins,
    Learning to Forget, 2000; its bias of 1: Jozefowicz, Zaremba & Sutskever, An Empirical Exploration of Recurrent
    Network Architectures, 2015.
    """

    def __init__(self, inputs, hidden, *, rng, forget_bias=1.0, init=xavier, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        check_number("forget_bias", forget_bias)
        self.params = {
            "Wx": np.hstack([init((D, H), rng=rng, dtype=dtype) for _ in "ifog"]),
            "Wh": np.hstack([init((H, H), rng=rng, dtype=dtype) for _ in "ifog"]),
            "b": np.zeros(4 * H, dtype),
        }
        self.params["b"][H : 2 * H] = forget_bias
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None):
        """Return all states H (N, T, H) and the last state, the pair (h, c) of (N, H) each.

        X        (N, T, D)
        state    (h, c), (N, H) each, before the first step; None is zero
        lengths  (N,)  steps of each sequence, when X is padded at its end. The states of the padding are returned as
                       zeros, and the last state is that of each sequence's own last step.

        Raises ValueError: wrong shape or dtype, N = 0 or T = 0, NaN, a length outside 1 … T, a state that is no pair.
        """
        Wx, Wh, b = check_weights(self.params, blocks=4)
        check_sequence(X, Wx, lengths)
        N, T, D = X.shape
        H, dtype = len(Wh), Wx.dtype

        # σ(a) = ½ + ½ tanh(a/2): with the inner ½ put into the weights, one tanh does all four blocks; no overflow
        half = np.array(0.5, dtype)
        W = reordered(np.vstack([Wx, b, Wh]), INSIDE)                # [x_t, 1, h_{t-1}] @ W is the whole sum of a step
        W[:, 1:] *= half                                             # (D+1+H, 4, H)

        xh = np.empty((T + 1, N, D + 1 + H), dtype)                  # [x_t, 1, h_{t-1}] of each step
        xh[:-1, :, :D], xh[:, :, D] = X.transpose(1, 0, 2), 1
        gates = np.empty((T + 1, 5, N, H), dtype)
        S, C = xh[:, :, D + 1 :], gates[:, 0]                        # views: S[t], C[t] before step t
        S[0], C[0] = check_pair("state", state, N, H, dtype)
        gates[T, 1:] = 0                                             # there is no step T: nothing flows back from it
        tanh_C = np.empty((T, N, H), dtype)
        both = np.empty((2, N, H), dtype)                            # f · c_{t-1} and i · g
        kept, added = both
        sums = gates[:, 1:]                                          # of which the gates are made, in place
        if N == 1:                                                   # a row is the four blocks: one product, not four
            W, sums, product = W.reshape(-1, 4 * H), sums.reshape(T + 1, 1, 4 * H), dot
        else:
            W, product = W.transpose(1, 0, 2).copy(), np.matmul
        views = xh, sums, gates[:, 2:], gates[:, :2], gates[:, 2:4], gates[:, 4], C[1:], tanh_C, S[1:]
        for xh_t, gfio, fio, cg, fi, o, c, tanh_c, h in zip(*views, strict=False):
            product(xh_t, W, gfio)                                   # the last argument is where the result goes
            tanh(gfio, gfio)
            multiply(fio, half, fio)
            add(fio, half, fio)
            multiply(cg, fi, both)
            add(kept, added, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

        self.cache = xh, gates, tanh_C, lengths
        return to_batch_first(S[1:], lengths), (last_step(S, lengths), last_step(C, lengths))

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradients (dh, dc) of the first state; put dWx, dWh, db into grads.

            dh_t = dH_t + da_{t+1} @ Wh.T
            dc_t = dc_{t+1} · f_{t+1} + dh_t · o · (1 - tanh²(c_t))

            da_i = dc · g · i(1-i)          da_f = dc · c_{t-1} · f(1-f)
            da_o = dh · tanh(c) · o(1-o)    da_g = dc · i · (1-g²)

            dX = dA @ Wx.T            dWx = Σ x_t.T @ da_t            dWh = Σ h_{t-1}.T @ da_t        db = Σ da_t

        dH      (N, T, H)               gradient of the loss for all states, None when only the last one was used
        dstate  (dh, dc), (N, H) each   gradient of the loss for the last state; either may be None, or the pair

        Raises ValueError: forward has not run, a wrong shape or dtype, NaN, no gradient at all.
        """
        xh, gates, tanh_C, lengths = was_forward_run(self.cache)
        Wx, Wh, b = check_weights(self.params, blocks=4)
        T, N, H = tanh_C.shape
        D, dtype = len(Wx), Wx.dtype
        dh_last, dc_last = check_pair("dstate", dstate, N, H, dtype, none=None)
        if dH is None and dh_last is None and dc_last is None:
            raise ValueError("dH and dstate are both None: no gradient comes in")
        dS = gradients_by_step(dH, dh_last, (N, T, H), dtype, lengths)           # (T, N, H)

        W = reordered(np.vstack([Wx, Wh]), INSIDE).reshape(-1, 4 * H)
        WhT = W[D:].T.copy()
        dA = np.empty((T, N, 4, H), dtype)                           # rows again, for the matrix products
        d = np.zeros((4, N, H), dtype)                               # dc, dc, dc, dh: what meets the slopes of g, f, i, o
        dcs, dc, dh, dc_dh = d[:2], d[2], d[3], d[2:]
        both = np.empty((2, N, H), dtype)                            # dc_{t+1} · f_{t+1} and dh_t · o · (1 - tanh²(c_t))
        from_cell, from_state = both
        for block in blocks_back(T, N * H):
            # What dc (for o: dh) is multiplied with, for the steps of a block: the loop keeps what is truly recurrent
            gfio, tanh_c = gates[block, 1:], tanh_C[block]
            g, f, i, o = gfio.transpose(1, 0, 2, 3)                  # (steps, N, H) each
            slopes = gfio * gfio
            np.subtract(1, slopes[:, 0], out=slopes[:, 0])                       # tanh' = 1 - tanh²
            np.subtract(gfio[:, 1:], slopes[:, 1:], out=slopes[:, 1:])           # σ' = σ - σ²
            slopes[:, 0] *= i
            slopes[:, 1:3] *= gates[block, :2]                       # c_{t-1}, g
            slopes[:, 3] *= tanh_c
            ways = np.empty((len(g), 2, N, H), dtype)                # what dc_{t+1} and dh_t meet on their way to dc_t
            ways[:, 0] = gates[block.start + 1 : block.stop + 1, 2]
            np.multiply(o, 1 - tanh_c * tanh_c, out=ways[:, 1])
            views = range(T)[block], dS[block], ways, slopes, dA.transpose(0, 2, 1, 3)[block], dA.reshape(T, N, -1)[block]
            for t, dS_t, way, slope, da, da_row in zip(*(view[::-1] for view in views), strict=True):
                add(dh, dS_t, dh)
                multiply(way, dc_dh, both)
                add(from_cell, from_state, dc)
                if dc_last is not None:
                    ends_here = np.full(N, t == T - 1) if lengths is None else lengths == t + 1
                    dc[ends_here] += dc_last[ends_here]
                dcs[:] = dc
                multiply(slope, d, da)
                dot(da_row, WhT, dh)

        flat = dA.reshape(T * N, 4 * H)                              # the sums over time and batch, as one matrix product
        dW = reordered(xh[:-1].reshape(T * N, D + 1 + H).T @ flat, OUTSIDE).reshape(-1, 4 * H)
        self.grads = {"Wx": dW[:D], "Wh": dW[D + 1 :], "b": dW[D]}
        return to_batch_first((flat @ W[:D].T).reshape(T, N, D)), (dh.copy(), dc * gates[0, 2])


def reordered(W, order):
    """Return W (…, 4H) as (…, 4, H), with its four blocks in another order."""
    return W.reshape(*W.shape[:-1], 4, -1)[..., order, :]


def check_pair(name, pair, N, H, dtype, none="zeros"):
    """Return the arrays h and c (N, H) of a pair; None, or a None in it, gives zeros (or None, with none=None).

    Raises ValueError: not a pair, a wrong shape or dtype, NaN.
    """
    if pair is None:
        pair = (None, None)
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        what = f"has shape {pair.shape}" if isinstance(pair, np.ndarray) else f"is a {type(pair).__name__}"
        raise ValueError(f"{name} {what}, expected the pair (h, c) of arrays ({N}, {H}): an LSTM carries two")
    return tuple(
        None if x is None and none is None else check_state(f"{letter} in {name}", x, N, H, dtype)
        for letter, x in zip("hc", pair, strict=True)
    )


def split_gates(A):
    """Return the blocks i, f, o, g (…, H) of A (…, 4H), as views.

    Raises ValueError: the last axis cannot be cut into four equal parts.
    """
    if not isinstance(A, np.ndarray) or A.ndim == 0 or A.shape[-1] == 0 or A.shape[-1] % 4:
        raise ValueError(f"A has shape {getattr(A, 'shape', None)}, expected (…, 4H): four blocks of the same width")
    return tuple(np.split(A, 4, axis=-1))
