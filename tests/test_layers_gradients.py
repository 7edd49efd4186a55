"""Every gradient of every layer against central differences, in float64."""

import numpy as np
import pytest

from helpers.layers import (
    AdditiveAttention,
    DotAttention,
    Embedding,
    Linear,
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from helpers.training.gradients import gradient_errors
from tests.recurrent_layers import RECURRENT, D, N, T, flat, make, random_like

RIGHT = 1e-7
LENGTHS = np.array([5, 2, 4])


def assert_right(errors):
    assert all(error < RIGHT for error in errors.values()), errors


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_gradients_are_right(name, lengths):
    """… of all parameters, the input and the first state, with gradients into all states and into the last one."""
    rng = np.random.default_rng(1)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    all_states, last = layer.forward(X)
    first, dlast, dH = random_like(last, rng), random_like(last, rng), rng.standard_normal(all_states.shape)

    def loss():
        all_states, last = layer.forward(X, first, lengths=lengths)
        into_last = sum((s * d).sum() for s, d in zip(flat(last), flat(dlast), strict=True))
        return float((all_states * dH).sum() + into_last)

    loss()
    dX, dfirst = layer.backward(dH, dlast)
    values, grads = {"X": X, **layer.params}, {"X": dX, **layer.grads}
    for k, (s, d) in enumerate(zip(flat(first), flat(dfirst), strict=True)):
        values[f"state {k}"], grads[f"state {k}"] = s, d
    assert set(layer.grads) == set(layer.params)
    assert_right(gradient_errors(loss, values, grads))


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", RECURRENT)
def test_gradients_are_right_when_only_the_last_state_is_used(name, lengths):
    rng = np.random.default_rng(2)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    dlast = random_like(layer.forward(X)[1], rng)

    def loss():
        last = layer.forward(X, lengths=lengths)[1]
        return float(sum((s * d).sum() for s, d in zip(flat(last), flat(dlast), strict=True)))

    loss()
    dX, _ = layer.backward(dstate=dlast)
    assert_right(gradient_errors(loss, {"X": X, **layer.params}, {"X": dX, **layer.grads}))


def test_lstm_gradients_are_right_when_only_the_cell_or_only_the_state_is_used():
    rng = np.random.default_rng(3)
    layer, X, d = make("LSTM", rng), rng.standard_normal((N, T, D)), rng.standard_normal((N, 6))
    for k, dstate in enumerate([(d, None), (None, d)]):
        def loss(k=k):
            return float((layer.forward(X, lengths=LENGTHS)[1][k] * d).sum())

        loss()
        dX, _ = layer.backward(dstate=dstate)
        assert_right(gradient_errors(loss, {"X": X, **layer.params}, {"X": dX, **layer.grads}))


@pytest.mark.parametrize("shape", [(3, D), (2, 3, D), (2, 2, 3, D)])
def test_linear_gradients_are_right(shape):
    rng = np.random.default_rng(4)
    layer, X = Linear(D, 3, rng=rng, dtype=np.float64), rng.standard_normal(shape)
    dY = rng.standard_normal((*shape[:-1], 3))

    def loss():
        return float((layer.forward(X) * dY).sum())

    loss()
    dX = layer.backward(dY)
    assert_right(gradient_errors(loss, {"X": X, **layer.params}, {"X": dX, **layer.grads}))


def test_embedding_gradient_is_right_with_repeated_and_unused_tokens():
    rng = np.random.default_rng(5)
    layer, ids = Embedding(7, D, rng=rng, dtype=np.float64), np.array([[1, 1, 3], [6, 1, 3]])
    dY = rng.standard_normal((2, 3, D))

    def loss():
        return float((layer.forward(ids) * dY).sum())

    loss()
    assert layer.backward(dY) is None
    assert_right(gradient_errors(loss, layer.params, layer.grads))
    assert not layer.grads["W"][[0, 2, 4, 5]].any()


KEYS = np.array([[True, True, False, True], [False, True, False, False], [True, True, True, True]])
PAIRS = np.random.default_rng(6).random((3, 5, 4)) < 0.6
PAIRS[..., 1] = True


@pytest.mark.parametrize("mask", [None, KEYS, PAIRS], ids=["no mask", "key mask", "pair mask"])
@pytest.mark.parametrize("kind", ["dot", "scaled", "additive"])
def test_attention_gradients_are_right(kind, mask):
    rng = np.random.default_rng(7)
    layer = AdditiveAttention(6, 6, 3, rng=rng, dtype=np.float64) if kind == "additive" else DotAttention(
        scaled=kind == "scaled"
    )
    Q, K, V, dC = (rng.standard_normal(s) for s in ((3, 5, 6), (3, 4, 6), (3, 4, 2), (3, 5, 2)))

    def loss():
        return float((layer.forward(Q, K, V, mask=mask)[0] * dC).sum())

    loss()
    dQ, dK, dV = layer.backward(dC)
    values, grads = {"Q": Q, "K": K, "V": V, **layer.params}, {"Q": dQ, "K": dK, "V": dV, **layer.grads}
    assert_right(gradient_errors(loss, values, grads))


def test_attention_over_its_own_keys_adds_both_gradients():
    rng = np.random.default_rng(8)
    layer, Q, K, dC = DotAttention(), *(rng.standard_normal(s) for s in ((2, 3, 4), (2, 5, 4), (2, 3, 4)))

    def loss():
        return float((layer.forward(Q, K)[0] * dC).sum())

    loss()
    dQ, dK, dV = layer.backward(dC)
    assert_right(gradient_errors(loss, {"Q": Q, "K": K}, {"Q": dQ, "K": dK + dV}))


def test_additive_attention_in_blocks_equals_all_at_once(monkeypatch):
    rng = np.random.default_rng(9)
    layer = AdditiveAttention(6, 5, 3, rng=rng, dtype=np.float64)
    Q, K, dC = (rng.standard_normal(s) for s in ((5, 3, 6), (5, 4, 5), (5, 3, 5)))

    def run():
        context, weights = layer.forward(Q, K)
        return [context, weights, *layer.backward(dC), *layer.grads.values()]

    at_once = run()
    monkeypatch.setattr("helpers.layers.attention._blocks", lambda q, k: (slice(s, s + 2) for s in range(0, 5, 2)))
    for a, b in zip(at_once, run(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-13)


MASK = np.array([[True, False, True, True], [True, True, False, False]])


@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
def test_loss_gradients_are_right(mask):
    rng = np.random.default_rng(10)
    logits, wanted = rng.standard_normal((2, 4, 5)), rng.integers(0, 5, (2, 4))
    for loss, targets in [
        (softmax_cross_entropy, wanted),
        (sigmoid_cross_entropy, rng.random((2, 4, 5))),
        (mean_squared_error, rng.standard_normal((2, 4, 5))),
    ]:
        gradient = loss(logits, targets, mask)[1]

        def value(loss=loss, targets=targets):
            return loss(logits, targets, mask)[0]

        assert_right(gradient_errors(value, {"logits": logits}, {"logits": gradient}))


def test_a_wrong_gradient_is_found():
    rng = np.random.default_rng(11)
    layer, X = make("RNN tanh", rng), rng.standard_normal((N, T, D))
    dH = rng.standard_normal(layer.forward(X)[0].shape)
    layer.backward(dH)
    spoilt = {**layer.grads, "Wh": layer.grads["Wh"] * 0.9}
    errors = gradient_errors(lambda: float((layer.forward(X)[0] * dH).sum()), layer.params, spoilt)
    assert errors["Wh"] > 0.05 and errors["Wx"] < RIGHT
