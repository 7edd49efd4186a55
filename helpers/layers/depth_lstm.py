"""An LSTM along depth instead of time: the one-dimensional case of the Grid LSTM."""

import numpy as np

from .checks import check_array, check_size, was_forward_run
from .lstm import LSTM


class DepthLSTM:
    """A stack of L layers that share their weights and hand a cell upwards, as an LSTM hands it on in time.

        layer 1 hears x,  every layer above hears the state and the cell below it:     h, c = LSTM step(0, h, c)

    So it is an LSTM of L steps whose only input comes at the first one. forward(X (N, D)) returns the highest state (N, H).
    params: Wx (D, 4H), Wh (H, 4H), b (4H,), as in LSTM. A Grid LSTM has such a cell along every axis, also time.

    Source: Kalchbrenner, Danihelka & Graves, Grid Long Short-Term Memory, 2015.
    """

    def __init__(self, inputs, hidden, layers, *, rng, forget_bias=1.0, dtype=np.float32):
        self.layers = check_size("layers", layers)
        self.lstm = LSTM(inputs, hidden, rng=rng, forget_bias=forget_bias, dtype=dtype)
        self.params, self.grads, self.shape = self.lstm.params, {}, None

    def forward(self, X):
        """Return the highest state (N, H) for X (N, D).  Raises ValueError: wrong shape or dtype, NaN."""
        Wx = self.params["Wx"]
        check_array("X", X, ("N", len(Wx)), Wx.dtype)
        upwards = np.zeros((len(X), self.layers, len(Wx)), Wx.dtype)
        upwards[:, 0] = X
        self.shape = X.shape
        return self.lstm.forward(upwards)[1][0]

    def backward(self, dY):
        """Return dX (N, D), given the gradient dY (N, H) of the highest state; fill grads."""
        N, _ = was_forward_run(self.shape)
        H, dtype = len(self.params["Wh"]), self.params["Wh"].dtype
        check_array("dY", dY, (N, H), dtype)
        dX = self.lstm.backward(dstate=(dY, np.zeros_like(dY)))[0]
        self.grads = self.lstm.grads
        return dX[:, 0].copy()
