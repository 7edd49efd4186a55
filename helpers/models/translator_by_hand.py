"""The GRU of a Translator as one step, for functions that take their steps themselves."""

import numpy as np


def gru_cell(net, name):
    """Return cell(x, state) with the weights of net.layers[name], "encoder" or "decoder"; a state is a tuple (h,).

    The gates are in the order z, r, n, as in notebook 05.
    Raises ValueError for a decoder that sees the encoder's last state at every step (peeky).
    """
    if name == "decoder" and net.peeky:
        raise ValueError("this decoder is peeky: its input is longer than the token's vector")
    Wx, Wh, b = (net.params[f"{name}.{which}"] for which in ("Wx", "Wh", "b"))
    H = len(Wh)

    def cell(x, state):
        a, u = x @ Wx + b, state[0] @ Wh
        z, r = np.split(0.5 + 0.5 * np.tanh((a[:, : 2 * H] + u[:, : 2 * H]) / 2), 2, axis=1)
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        return (z * state[0] + (1 - z) * n,)

    return cell


def blank_state(net, N):
    """Return the encoder's state before the first token, ((N, H) of zeros,)."""
    Wh = net.params["encoder.Wh"]
    return (np.zeros((N, len(Wh)), Wh.dtype),)
