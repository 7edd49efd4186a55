"""One step of an LSTM as other texts write it, with columns and two matrices for each gate."""

import numpy as np


def lstm_in_columns(x, h, c, Wx, Wh, b):
    """Return the new state (H,) of one sequence: x (D,), h and c (H,); Wx (D, 4H), Wh (H, 4H), b (4H,), blocks i, f, o, g.

        i = σ(W x + U h + b),  so for f and o;  g = tanh(W x + U h + b);  with W (H, D) and U (H, H) of each one's own
    """
    blocks = zip(*(np.split(p, 4, axis=-1) for p in (Wx, Wh, b)), strict=True)
    i, f, o, g = (W.T @ x + U.T @ h + bias for W, U, bias in blocks)
    return _sigmoid(o) * np.tanh(_sigmoid(f) * c + _sigmoid(i) * np.tanh(g))


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))
