"""Other people's GRUs agree with the course's layer, once the weights are converted by hand."""

import numpy as np

from helpers.layers import GRU
from helpers.models.other_grus import chung_gru, pytorch_gru

rng = np.random.default_rng(0)
x, h = rng.normal(size=(2, 3)), rng.uniform(-0.9, 0.9, size=(2, 4))


def layer(reset):
    made = GRU(3, 4, rng=rng, reset=reset, dtype=np.float64)
    made.params["b"][:] = rng.normal(size=12)
    return made, made.forward(x[:, None], h)[1]


def test_pytorch_has_blocks_r_z_n_and_transposed_weights():
    made, state = layer("after")
    order = np.r_[4:8, 0:4, 8:12]
    Wx, Wh, b = (made.params[name][..., order] for name in ("Wx", "Wh", "b"))
    assert np.allclose(pytorch_gru(x, h, Wx.T, Wh.T, b, np.zeros(12)), state)


def test_chung_lets_the_new_in_by_z():
    made, state = layer("before")
    sign = np.repeat([-1, 1, 1], 4)
    assert np.allclose(chung_gru(x, h, *(made.params[name] * sign for name in ("Wx", "Wh", "b"))), state)
