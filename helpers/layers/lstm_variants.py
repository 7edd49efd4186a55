"""LSTMs with parts taken out or put in, to find out which parts matter. Written to be read: LSTM itself is faster."""

import numpy as np

from .checks import check_dtype, check_number, check_size, was_forward_run
from .initialisers import xavier
from .lstm import check_pair
from .sequences import check_sequence, check_weights, gradients_by_step, last_step, to_batch_first, to_time_major


class LSTMVariant:
    """A layer that returns all states of an LSTM whose parts can be switched off or on.

        i = σ(a_i + p_i · c_{t-1})    f = σ(a_f + p_f · c_{t-1})    o = σ(a_o + p_o · c_t)    g = tanh(a_g)
        c_t = f · c_{t-1} + i · g     h_t = o · tanh(c_t)           a = x_t @ Wx + h_{t-1} @ Wh + b

    input_gate=False, forget_gate=False, output_gate=False    the gate is 1 (all three: the constant error carousel)
    squash_input=False, squash_cell=False                     g = a_g;  h = o · c
    coupled=True                                              i = 1 - f: what is forgotten makes room for the new
    peephole=True                                             the gates see the cell, through p (3, H); else p is 0

    Greff et al. name them NIG, NFG, NOG, NIAF, NOAF, CIFG; forget_gate=False with the rest on is the LSTM of 1997.
    params: Wx (D, 4H), Wh (H, 4H), b (4H,), with peephole also p (3, H) for i, f, o. The block of a gate that is off
    has no effect, and its gradient is 0. The state is the pair (h, c).

    Sources: Greff et al., LSTM: A Search Space Odyssey, 2017; peepholes: Gers & Schmidhuber, Recurrent Nets that Time
    and Count, 2000.
    """

    def __init__(
        self, inputs, hidden, *, rng, forget_bias=1.0, input_gate=True, forget_gate=True, output_gate=True,
        squash_input=True, squash_cell=True, coupled=False, peephole=False, init=xavier, dtype=np.float32,
    ):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        check_number("forget_bias", forget_bias)
        if coupled and not (input_gate and forget_gate):
            raise ValueError("coupled=True ties the input gate to the forget gate: both must be on")
        self.gate_is_on = {"i": input_gate, "f": forget_gate, "o": output_gate}
        self.squash_input, self.squash_cell, self.coupled, self.peephole = squash_input, squash_cell, coupled, peephole
        self.params = {
            "Wx": np.hstack([init((D, H), rng=rng, dtype=dtype) for _ in "ifog"]),
            "Wh": np.hstack([init((H, H), rng=rng, dtype=dtype) for _ in "ifog"]),
            "b": np.zeros(4 * H, dtype),
        }
        self.params["b"][H : 2 * H] = forget_bias
        if peephole:
            self.params["p"] = np.zeros((3, H), dtype)
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None):
        """Return all states H (N, T, H) and the last state (h, c).  Raises ValueError: as LSTM.forward."""
        Wx, Wh, b, (p_i, p_f, p_o) = self._checked_params()
        check_sequence(X, Wx, lengths)
        N, T, H = *X.shape[:2], len(Wh)
        Xt = to_time_major(X)
        S, C = np.empty((T + 1, N, H), Wx.dtype), np.empty((T + 1, N, H), Wx.dtype)
        S[0], C[0] = check_pair("state", state, N, H, Wx.dtype)
        steps = []
        for t in range(T):
            a_i, a_f, a_o, a_g = np.split(Xt[t] @ Wx + S[t] @ Wh + b, 4, axis=1)
            f = self._gate("f", a_f + p_f * C[t])
            i = 1 - f if self.coupled else self._gate("i", a_i + p_i * C[t])
            g = np.tanh(a_g) if self.squash_input else a_g
            C[t + 1] = f * C[t] + i * g
            o = self._gate("o", a_o + p_o * C[t + 1])
            m = np.tanh(C[t + 1]) if self.squash_cell else C[t + 1]
            S[t + 1] = o * m
            steps.append((i, f, o, g, m))
        self.cache = Xt, S, C, steps, lengths
        return to_batch_first(S[1:], lengths), (last_step(S, lengths), last_step(C, lengths))

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradients (dh, dc) of the first state; fill grads.  As LSTM.backward."""
        Xt, S, C, steps, lengths = was_forward_run(self.cache)
        Wx, Wh, b, (p_i, p_f, p_o) = self._checked_params()
        (T, N, D), H, dtype = Xt.shape, len(Wh), Wx.dtype
        dh_last, dc_last = check_pair("dstate", dstate, N, H, dtype, none=None)
        if dH is None and dh_last is None and dc_last is None:
            raise ValueError("dH and dstate are both None: no gradient comes in")
        dS = gradients_by_step(dH, dh_last, (N, T, H), dtype, lengths)
        dC = gradients_by_step(None, dc_last, (N, T, H), dtype, lengths)         # what the loss sends into the cells
        dA = np.empty((T, N, 4 * H), dtype)
        dp = np.zeros((3, H), dtype)
        dh, dc = np.zeros((N, H), dtype), np.zeros((N, H), dtype)
        for t in reversed(range(T)):
            i, f, o, g, m = steps[t]
            dh, dc = dh + dS[t], dc + dC[t]
            da_o = o * (1 - o) * dh * m                 # a gate that is off is 1, so its slope is 0
            dc = dc + dh * o * (1 - m * m if self.squash_cell else 1) + da_o * p_o
            df = dc * C[t]
            if self.coupled:
                df, da_i = df - dc * g, np.zeros_like(df)
            else:
                da_i = i * (1 - i) * dc * g
            da_f = f * (1 - f) * df
            da_g = dc * i * (1 - g * g if self.squash_input else 1)
            dA[t] = np.hstack([da_i, da_f, da_o, da_g])
            dp += (da_i * C[t]).sum(axis=0), (da_f * C[t]).sum(axis=0), (da_o * C[t + 1]).sum(axis=0)
            dc = dc * f + da_i * p_i + da_f * p_f
            dh = dA[t] @ Wh.T
        flat = dA.reshape(T * N, 4 * H)
        self.grads = {
            "Wx": Xt.reshape(T * N, D).T @ flat,
            "Wh": S[:-1].reshape(T * N, H).T @ flat,
            "b": flat.sum(axis=0),
        }
        if self.peephole:
            self.grads["p"] = dp
        return to_batch_first((flat @ Wx.T).reshape(T, N, D)), (dh, dc)

    def _gate(self, name, a):
        return 0.5 + 0.5 * np.tanh(0.5 * a) if self.gate_is_on[name] else np.ones_like(a)

    def _checked_params(self):
        Wx, Wh, b = check_weights(self.params, blocks=4, extra={"p": (3, "H")} if self.peephole else None)
        return Wx, Wh, b, self.params.get("p", np.zeros((3, len(Wh)), Wx.dtype))
