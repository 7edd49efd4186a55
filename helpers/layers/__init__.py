"""The layers behind the notebooks: NumPy only, batch first outside, gradients written by hand.

A layer has forward and backward, and two dicts with the same keys, params and grads. It keeps the dtype it is made
with. Each is in a file of its own, named after it, to be read next to the notebook that derives it.

Belongs here: a layer, its loss, its start. Does not: a net of several layers (models/), how it is trained (training/).
"""

from .attention import AdditiveAttention, DotAttention
from .bidirectional import Bidirectional, reverse_time
from .clockwork import Clockwork
from .conv import Conv, windows, windows_backward
from .depth_lstm import DepthLSTM
from .embedding import Embedding, one_hot
from .excitation import SqueezeExcitation, excite, excite_backward
from .feed_forward import FeedForward
from .gaussian import GaussianDraw, gaussian_kl
from .gru import GRU
from .initialisers import chrono_bias, he, identity, normal, orthogonal, xavier, zeros
from .linear import Linear
from .losses import mean_squared_error, sigmoid_cross_entropy, softmax, softmax_cross_entropy
from .lru import LRU
from .lstm import LSTM, split_gates
from .lstm_variants import LSTMVariant
from .mgu import MGU
from .min_gru import MinGRU
from .multi_head import MultiHeadAttention
from .norm import LayerNorm
from .positions import rotary_angles, rotate, sines
from .recurrence import linear_recurrence, linear_recurrence_backward
from .rnn import RNN
from .sequences import lengths_from_mask, mask_from_lengths

__all__ = [
    "GRU",
    "LRU",
    "LSTM",
    "MGU",
    "RNN",
    "AdditiveAttention",
    "Bidirectional",
    "Conv",
    "Clockwork",
    "DepthLSTM",
    "DotAttention",
    "Embedding",
    "FeedForward",
    "GaussianDraw",
    "LSTMVariant",
    "LayerNorm",
    "Linear",
    "MinGRU",
    "MultiHeadAttention",
    "SqueezeExcitation",
    "chrono_bias",
    "gaussian_kl",
    "excite",
    "excite_backward",
    "he",
    "identity",
    "lengths_from_mask",
    "linear_recurrence",
    "linear_recurrence_backward",
    "mask_from_lengths",
    "mean_squared_error",
    "normal",
    "one_hot",
    "orthogonal",
    "reverse_time",
    "rotary_angles",
    "rotate",
    "sigmoid_cross_entropy",
    "sines",
    "softmax",
    "softmax_cross_entropy",
    "split_gates",
    "windows",
    "windows_backward",
    "xavier",
    "zeros",
]
