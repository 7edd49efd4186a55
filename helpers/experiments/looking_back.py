"""How far back a gradient reaches before training: through a recurrent layer, and from a translator's output to its source."""

import numpy as np

from helpers.layers import GRU, LSTM, RNN, DotAttention
from helpers.models.translator import Translator


def gradient_by_lag(kind, seed, *, T=101, D=32):
    """Return (T - 1,): how long the gradient at the input 1, 2, … steps before the last is, as a share of the first of these.

    kind  "tanh RNN", "GRU", "LSTM", "LSTM, forget bias 5", or "attention": a GRU whose last state looks at all its states
    The gradient comes in at the last of T steps of a layer with random weights, D inputs and D units.
    """
    rng = np.random.default_rng(seed)
    made = {"rng": rng, "dtype": np.float64}
    if kind == "LSTM, forget bias 5":
        layer = LSTM(D, D, forget_bias=5.0, **made)
    else:
        layer = {"tanh RNN": RNN, "LSTM": LSTM}.get(kind, GRU)(D, D, **made)
    H, _ = layer.forward(rng.normal(size=(8, T, D)))
    dH, incoming = np.zeros_like(H), rng.normal(size=(8, 1, D))
    if kind == "attention":
        look = DotAttention()
        look.forward(H[:, -1:].copy(), H)
        incoming, dK, dV = look.backward(incoming)
        dH += dK + dV
    dH[:, -1:] += incoming
    back = np.linalg.norm(layer.backward(dH)[0], axis=2).mean(axis=0)[-2::-1]
    return back / back[0]


def print_reach(curves):
    """Print how many steps back each curve (T,) first is below a thousandth; curves : dict name -> what gradient_by_lag gives."""
    for kind, curve in curves.items():
        below = np.flatnonzero(curve < 1e-3)
        where = f"{below[0] + 1} steps back" if len(below) else f"at none of {len(curve)} steps"
        print(f"{kind:20} less than a thousandth", where)


def credit_map(seed, *, T=32, look=None, **kind):
    """Return (T, T): how long the gradient at source letter t (column) is of what is said at output step s (row), the longest 1.

    A Translator with random weights reads T different letters and is told T of them; kind as for Translator, and look is
    a layer to put in the place of its attention.
    """
    rng = np.random.default_rng(seed)
    net = Translator(T, T, embedding=16, hidden=64, rng=rng, dtype=np.float64, **kind)
    if look is not None:
        net.layers["attention"] = look
    every, full, M = np.arange(T)[None], np.ones((1, T), bool), np.zeros((T, T))  # letter t has the id t
    direction = rng.normal(size=T)
    for s in range(T):
        dscores = np.zeros_like(net.forward(every, full, every)[0])
        dscores[0, s] = direction                                                 # the gradient comes in at step s alone
        net.backward(dscores)
        M[s] = np.linalg.norm(net.layers["embed_source"].grads["W"], axis=1)
    return M / M.max()
