"""One step of other people's GRUs, as their papers and documentation write it: what converted weights are tested against."""

import numpy as np


def pytorch_gru(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    """Return the new state of torch.nn.GRU: weights (3H, D) and (3H, H), biases (3H,), blocks r, z, n; z keeps, reset after."""
    xr, xz, xn = np.split(x @ weight_ih.T + bias_ih, 3, axis=1)
    hr, hz, hn = np.split(h @ weight_hh.T + bias_hh, 3, axis=1)
    r, z = _sigmoid(xr + hr), _sigmoid(xz + hz)
    n = np.tanh(xn + r * hn)                                      # hn holds b_hn
    return (1 - z) * n + z * h


def chung_gru(x, h, Wx, Wh, b):
    """Return the new state of Chung and others 2014: blocks z, r, n side by side; z lets the new in; reset before."""
    (xz, xr, xn), (Wz, Wr, Wn) = np.split(x @ Wx + b, 3, axis=1), np.split(Wh, 3, axis=1)
    z, r = _sigmoid(xz + h @ Wz), _sigmoid(xr + h @ Wr)
    return (1 - z) * h + z * np.tanh(xn + (r * h) @ Wn)


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))
