"""The plain recurrent layer of Elman (1990): one state, one matrix that carries it from step to step."""

import numpy as np

from .checks import check_choice, check_dtype, check_size, was_forward_run
from .initialisers import xavier
from .sequences import (
    check_sequence,
    check_state,
    check_weights,
    gradients_into_states,
    last_step,
    to_batch_first,
)

ACTIVATIONS = {
    # name: (the function, its slope written with its output h)
    "tanh": (np.tanh, lambda h: 1 - h * h),
    "relu": (lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(h.dtype)),
    "sigmoid": (lambda a: 0.5 + 0.5 * np.tanh(0.5 * a), lambda h: h * (1 - h)),     # tanh cannot overflow, exp can
}


class RNN:
    """A layer that returns all states of h_t = tanh(x_t @ Wx + h_{t-1} @ Wh + b).

    params: Wx (D, H), Wh (H, H), b (H,); grads has the same keys after backward.

    RNN(D, H, rng=rng)   activation is "tanh", "relu" or "sigmoid"; init gives the first Wx and Wh; b starts at 0.

    Source: Elman, Finding Structure in Time, 1990. The gradients: Werbos, Backpropagation through time, 1990.
    """

    def __init__(self, inputs, hidden, *, rng, activation="tanh", init=xavier, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        self.activation = check_choice("activation", activation, ACTIVATIONS)
        self.params = {
            "Wx": init((D, H), rng=rng, dtype=dtype),
            "Wh": init((H, H), rng=rng, dtype=dtype),
            "b": np.zeros(H, dtype),
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
        Wx, Wh, b = check_weights(self.params, blocks=1)
        check_sequence(X, Wx, lengths)
        N, T, D = X.shape
        H = len(Wh)
        f, _ = ACTIVATIONS[self.activation]

        W = np.vstack([Wx, b, Wh])                                  # [x_t, 1, h_{t-1}] @ W is the whole sum of a step
        xh = np.empty((T + 1, N, D + 1 + H), Wx.dtype)              # time-major: one step lies together in memory
        xh[:-1, :, :D], xh[:, :, D] = X.transpose(1, 0, 2), 1
        S = xh[:, :, D + 1 :]                                       # a view: the states, S[t] before step t
        S[0] = check_state("state", state, N, H, Wx.dtype)
        for xh_t, h in zip(xh, S[1:], strict=False):
            h[...] = f(np.dot(xh_t, W))

        self.cache = xh, lengths
        return to_batch_first(S[1:], lengths), last_step(S, lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, H) of the state before the first step; put dWx, dWh, db into grads.

            da_t = (dH_t + da_{t+1} @ Wh.T) · f'(a_t)

            dX = dA @ Wx.T       dWx = Σ x_t.T @ da_t       dWh = Σ h_{t-1}.T @ da_t       db = Σ da_t

        dH      (N, T, H)  gradient of the loss for all states, None when only the last one was used
        dstate  (N, H)     gradient of the loss for the last state, None when it was not used

        Raises ValueError: forward has not run, a wrong shape or dtype, NaN, both are None.
        """
        xh, lengths = was_forward_run(self.cache)
        Wx, Wh, b = check_weights(self.params, blocks=1)
        D, H = len(Wx), len(Wh)
        T, N = len(xh) - 1, xh.shape[1]
        _, slope = ACTIVATIONS[self.activation]

        dS = gradients_into_states(dH, dstate, (N, T, H), Wx.dtype, lengths)     # (T, N, H)
        dA = slope(xh[1:, :, D + 1 :])                              # the slopes of all steps at once …
        WhT = Wh.T.copy()
        dh = np.zeros((N, H), Wx.dtype)
        for da, dh_t in zip(dA[::-1], dS[::-1], strict=True):
            dh += dh_t
            da *= dh                                                # … times what arrives at h_t: da is now da_t
            np.dot(da, WhT, out=dh)

        flat = dA.reshape(T * N, H)                                 # the sums over time and batch, as one matrix product
        dW = xh[:-1].reshape(T * N, D + 1 + H).T @ flat
        self.grads = {"Wx": dW[:D], "Wh": dW[D + 1 :], "b": dW[D]}
        return to_batch_first((flat @ Wx.T).reshape(T, N, D)), dh
