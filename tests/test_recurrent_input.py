"""What recurrent layers say of input that does not fit."""

import numpy as np
import pytest

from tests.recurrent_layers import RECURRENT, D, H, N, T, make
from tests.test_layers_input import RNG, X, inf, says, with_nan

# what is wrong with X, and two pieces of the sentence that says so
WRONG_X = {
    "list": (X.tolist(), "X is a list", "NumPy array"),
    "no batch": (X[0], "X has shape (5, 4)", "(N, T, 4)"),
    "four axes": (X[None], "X has shape (1, 3, 5, 4)", "(N, T, 4)"),
    "features": (X[:, :, :3], "X has shape (3, 5, 3)", "(N, T, 4)"),
    "axes swapped": (X.transpose(0, 2, 1).copy(), "X has shape (3, 4, 5)", "swapped"),
    "empty batch": (X[:0], "X has shape (0, 5, 4)", "batch is empty"),
    "no steps": (X[:, :0], "X has shape (3, 0, 4)", "no steps"),
    "whole numbers": (np.ones((N, T, D), int), "X holds int64", "float"),
    "token ids": (np.ones((N, T), int), "X has shape (3, 5)", "Embedding"),
    "other dtype": (X.astype(np.float32), "X is float32", "float64"),
    "half": (X.astype(np.float16), "X holds float16", "float32"),
    "complex": (X.astype(complex), "X holds complex128", "float32"),
    "NaN": (with_nan(X), "X holds nan at X[2, 4, 3]", "finite"),
    "infinity": (with_nan(X, inf), "X holds inf", "finite"),
    "text": (np.full((N, T, D), "a"), "X holds <U1", "float32"),
    "None": (None, "X is a NoneType", "NumPy array"),
}


@pytest.mark.parametrize("what", WRONG_X)
@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_layer_refuses_a_wrong_sequence(name, what):
    wrong, *pieces = WRONG_X[what]
    if name.startswith("Bidirectional") and what == "list":
        pieces = ["X is a list"]
    says(lambda: make(name, RNG).forward(wrong), *pieces)


@pytest.mark.parametrize("name", [name for name in RECURRENT if not name.startswith(("minGRU", "LRU"))])   # these have no Wh
def test_recurrent_layer_refuses_wrong_parameters(name):
    rng = np.random.default_rng(1)

    def spoilt(spoil):
        layer = make(name, rng)
        key = next(k for k in layer.params if k.endswith("Wh"))
        spoil(layer.params, key)
        return lambda: layer.forward(X)

    says(spoilt(lambda p, k: p.update({k: p[k].astype(int)})), "Wh holds int64", "float32 or float64")
    says(spoilt(lambda p, k: p.update({k: with_nan(p[k])})), "Wh holds nan")
    says(spoilt(lambda p, k: p.update({k: p[k][:, :-1]})), "has shape")
    says(spoilt(lambda p, k: p.update({k: p[k].astype(np.float32)})), "differ in dtype")
    says(spoilt(lambda p, k: p.update({k: p[k].tolist()})), "Wh is a list")
    x = next(k for k in make(name, rng).params if k.endswith("Wx"))
    says(spoilt(lambda p, k: p.update({x: p[x].T.copy()})), "Wx has shape", "is Wx transposed?")


@pytest.mark.parametrize("name", ["RNN tanh", "LSTM", "GRU after", "LSTM variant, all on"])
def test_recurrent_layer_refuses_missing_and_unknown_parameters(name):
    layer = make(name, RNG)
    layer.params["bias"] = layer.params.pop("b")
    says(lambda: layer.forward(X), "lacks b", "no use for bias")


@pytest.mark.parametrize("name", ["RNN tanh", "GRU after", "GRU before"])
def test_recurrent_layer_refuses_a_wrong_state(name):
    layer, h = make(name, RNG), np.zeros((N, H))
    says(lambda: layer.forward(X, h[0]), "state has shape (6,)", "(3, 6)", "batch axis")
    says(lambda: layer.forward(X, h[:2]), "state has shape (2, 6)", "batch of 2", "3 sequences")
    says(lambda: layer.forward(X, h[:, :3]), "state has shape (3, 3)", "(3, 6)")
    says(lambda: layer.forward(X, h.T), "state has shape (6, 3)")
    says(lambda: layer.forward(X, h.astype(np.float32)), "state is float32")
    says(lambda: layer.forward(X, with_nan(h)), "state holds nan")
    says(lambda: layer.forward(X, (h, h)), "state is a tuple", "LSTM")


def test_lstm_refuses_a_wrong_pair():
    layer, h = make("LSTM", RNG), np.zeros((N, H))
    says(lambda: layer.forward(X, h), "state has shape (3, 6)", "pair (h, c)")
    says(lambda: layer.forward(X, (h,)), "state is a tuple", "pair (h, c)")
    says(lambda: layer.forward(X, (h, h[:2])), "c in state has shape (2, 6)")
    says(lambda: layer.forward(X, (with_nan(h), h)), "h in state holds nan")
    layer.forward(X)
    says(lambda: layer.backward(np.zeros((N, T, H)), h), "dstate has shape (3, 6)", "pair")
    says(lambda: layer.backward(dstate=(None, None)), "no gradient")


@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_layer_refuses_wrong_lengths(name):
    layer = make(name, RNG)
    for wrong, piece in [
        ([5, 4, 3], "lengths is list"),
        (np.array([5.0, 4, 3]), "lengths is float64"),
        (np.array([5, 4]), "lengths has shape (2,), expected (3,)"),
        (np.array([5, 0, 3]), "lengths holds 0"),
        (np.array([5, 6, 3]), "lengths holds 6"),
        (np.array([5, -1, 3]), "lengths holds -1"),
        (np.ones((N, T), bool), "lengths is bool"),
    ]:
        says(lambda wrong=wrong: layer.forward(X, lengths=wrong), piece)


@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_backward_refuses_wrong_gradients(name):
    layer = make(name, RNG)
    says(lambda: layer.backward(np.zeros((N, T, H))), "backward was called before forward")
    dH = np.zeros_like(layer.forward(X)[0])
    says(lambda: layer.backward(), "no gradient comes in")
    says(lambda: layer.backward(dH[:, :-1]), "dH has shape (3, 4")
    says(lambda: layer.backward(dH[0]), "dH has shape (5")
    says(lambda: layer.backward(dH.astype(np.float32)), "dH is float32")
    says(lambda: layer.backward(with_nan(dH)), "dH holds nan")
    says(lambda: layer.backward(dH.tolist()), "dH is a list")
