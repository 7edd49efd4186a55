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
    to_time_major,
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

        Xt = to_time_major(X)                                       # (T, N, D): one step lies together in memory
        A = Xt.reshape(T * N, D) @ Wx                               # the inputs of all steps in one matrix product
        A += b
        A = A.reshape(T, N, H)
        S = np.empty((T + 1, N, H), Wx.dtype)                       # the states, S[t] before step t
        S[0] = check_state("state", state, N, H, Wx.dtype)
        for t in range(T):
            S[t + 1] = f(A[t] + S[t] @ Wh)

        self.cache = Xt, S, lengths
        return to_batch_first(S[1:], lengths), last_step(S, lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, H) of the state before the first step; put dWx, dWh, db into grads.

            da_t = (dH_t + da_{t+1} @ Wh.T) · f'(a_t)

            dX = dA @ Wx.T       dWx = Σ x_t.T @ da_t       dWh = Σ h_{t-1}.T @ da_t       db = Σ da_t

        dH      (N, T, H)  gradient of the loss for all states, None when only the last one was used
        dstate  (N, H)     gradient of the loss for the last state, None when it was not used

        Raises ValueError: forward has not run, a wrong shape or dtype, NaN, both are None.
        """
        Xt, S, lengths = was_forward_run(self.cache)
        Wx, Wh, b = check_weights(self.params, blocks=1)
        T, N, D = Xt.shape
        H = len(Wh)
        _, slope = ACTIVATIONS[self.activation]

        dS = gradients_into_states(dH, dstate, (N, T, H), Wx.dtype, lengths)     # (T, N, H)
        dA = slope(S[1:])                                           # the slopes of all steps at once …
        WhT = np.ascontiguousarray(Wh.T)
        dh = 0
        for t in reversed(range(T)):
            dA[t] *= dS[t] + dh                                     # … times what arrives at h_t: dA[t] is now da_t
            dh = dA[t] @ WhT

        flat = dA.reshape(T * N, H)                                 # the sums over time and batch, as matrix products
        self.grads = {
            "Wx": Xt.reshape(T * N, D).T @ flat,
            "Wh": S[:-1].reshape(T * N, H).T @ flat,
            "b": flat.sum(axis=0),
        }
        return to_batch_first((flat @ Wx.T).reshape(T, N, D)), dh
