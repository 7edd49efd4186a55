"""The layers of notebook 11 that are not made like the others: clocks, a cell along the depth, complex numbers."""

import numpy as np
import pytest

from helpers.layers import LRU, MGU, Clockwork, DepthLSTM, MinGRU, linear_recurrence, linear_recurrence_backward
from helpers.training.gradients import gradient_errors
from tests.recurrent_layers import D, N, T

H, PERIODS = 6, (1, 2, 4)
LENGTHS = np.array([5, 2, 4])
RIGHT = 1e-7


def clockwork(rng, periods=PERIODS, dtype=np.float64):
    layer = Clockwork(D, H, periods=periods, rng=rng, dtype=dtype)
    for p in layer.params.values():
        p[...] = 0.5 * rng.standard_normal(p.shape)  # also where the mask hides it
    return layer


def small(errors):
    assert all(error < RIGHT for error in errors.values()), errors


@pytest.mark.parametrize("start", [0, 3])
@pytest.mark.parametrize("periods", [PERIODS, (2, 3), (5, 1, 3)])
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
def test_clockwork_gradients_are_right(periods, start, lengths):
    rng = np.random.default_rng(1)
    layer, X, first = clockwork(rng, periods), rng.standard_normal((N, T, D)), rng.standard_normal((N, H))
    dH, dlast = rng.standard_normal((N, T, H)), rng.standard_normal((N, H))

    def loss():
        states, last = layer.forward(X, first, lengths=lengths, start=start)
        return float((states * dH).sum() + (last * dlast).sum())

    loss()
    dX, dfirst = layer.backward(dH, dlast)
    small(gradient_errors(loss, {"X": X, "h0": first, **layer.params}, {"X": dX, "h0": dfirst, **layer.grads}))


def test_what_the_clockworks_mask_hides_has_no_effect_and_no_gradient():
    rng = np.random.default_rng(2)
    layer, X = clockwork(rng), rng.standard_normal((N, T, D))
    states = layer.forward(X)[0]
    layer.backward(np.ones_like(states))
    hidden = layer.mask == 0
    assert not layer.grads["Wh"][hidden].any() and hidden.sum() == 12
    layer.params["Wh"][hidden] = 99
    np.testing.assert_array_equal(layer.forward(X)[0], states)


def test_a_unit_rests_between_two_ticks_and_a_sequence_may_come_in_pieces():
    rng = np.random.default_rng(3)
    layer, X = clockwork(rng), rng.standard_normal((N, 8, D))
    states = layer.forward(X)[0]
    np.testing.assert_array_equal(states[:, 0, 4:], states[:, 3, 4:])
    assert (states[:, 3, 4:] != states[:, 4, 4:]).all()
    first, state = layer.forward(X[:, :3])
    second, _ = layer.forward(X[:, 3:], state, start=3)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), states, atol=1e-14)
    np.testing.assert_array_equal(layer.forward(X, lengths=np.array([3, 8, 1]))[1][0], states[0, 2])


def test_one_clock_of_period_1_is_a_plain_rnn():
    from helpers.layers import RNN

    rng = np.random.default_rng(4)
    layer, X = clockwork(rng, (1,)), rng.standard_normal((N, T, D))
    plain = RNN(D, H, rng=rng, dtype=np.float64)
    plain.params.update(layer.params)
    np.testing.assert_allclose(layer.forward(X)[0], plain.forward(X)[0], atol=1e-14)


def test_depth_lstm_gradients_are_right_and_only_the_first_layer_hears_the_input():
    rng = np.random.default_rng(5)
    layer, X, dY = DepthLSTM(D, H, 4, rng=rng, dtype=np.float64), rng.standard_normal((N, D)), rng.standard_normal((N, H))
    layer.forward(X)
    dX = layer.backward(dY)
    errors = gradient_errors(lambda: float((layer.forward(X) * dY).sum()), {"X": X, **layer.params}, {"X": dX, **layer.grads})
    small(errors)
    assert layer.forward(X).shape == (N, H) and set(layer.grads) == set(layer.params)


@pytest.mark.parametrize("kind", ["real", "complex"])
def test_the_linear_recurrence_takes_any_axes_behind_time(kind):
    rng = np.random.default_rng(6)
    make = lambda *s: rng.normal(size=s) + (1j * rng.normal(size=s) if kind == "complex" else 0)  # noqa: E731
    a, u, h0, dh = make(7, 2, 3, 4), make(7, 2, 3, 4), make(2, 3, 4), make(7, 2, 3, 4)
    h = linear_recurrence(a, u, h0)
    found = linear_recurrence_backward(dh, a, h, h0)
    for value, d, place in ((a, found[0], 0), (u, found[1], 1), (h0, found[2], 2)):
        inputs = [a, u, h0]
        nudge = make(*value.shape)
        sides = []
        for sign in (1e-6, -1e-6):
            inputs[place] = value + sign * nudge
            sides.append((np.conj(dh) * linear_recurrence(*inputs)).real.sum())
        assert abs((sides[0] - sides[1]) / 2e-6 - (np.conj(d) * nudge).real.sum()) < 1e-6


def test_an_lrus_radius_stays_below_one_and_its_gain_makes_states_of_size_one():
    rng = np.random.default_rng(7)
    layer = LRU(1, 200, radii=(0.95, 0.99), phase=1.0, rng=rng, dtype=np.float64)
    r = np.abs(layer.eigenvalues)
    assert 0.95 <= r.min() and r.max() <= 0.99 and np.angle(layer.eigenvalues).max() <= 1
    layer.params["nu"] += 20 * rng.normal(size=200)
    assert np.abs(layer.eigenvalues).max() <= 1
    layer = LRU(1, 200, radii=(0.95, 0.99), phase=1.0, rng=rng, dtype=np.float64)
    states = layer.forward(rng.normal(size=(1, 3000, 1)))[0][0, 500:]
    B = np.hypot(layer.params["Br"][0], layer.params["Bi"][0])
    size = np.sqrt((states**2).mean(axis=0).reshape(2, 200).sum(axis=0)) / B
    assert 0.8 < np.median(size) < 1.2


def test_wrong_settings_are_told_in_words():
    rng = np.random.default_rng(8)
    for make, words in (
        (lambda: Clockwork(D, 7, periods=PERIODS, rng=rng), "hidden is 7, expected a multiple of the 3 periods"),
        (lambda: Clockwork(D, 6, periods=(0, 1), rng=rng), "a period is 0"),
        (lambda: LRU(D, H, radii=(0.9, 1.0), rng=rng), "the larger radius is 1.0"),
        (lambda: LRU(D, H, radii=(0.9, 0.5), rng=rng), "the larger radius is 0.5"),
        (lambda: LRU(D, H, phase=0, rng=rng), "phase is 0"),
        (lambda: MinGRU(D, H, low=-2.0, rng=rng), "low is -2.0"),
        (lambda: MGU(D, H, keep_bias="3", rng=rng), "keep_bias is '3'"),
        (lambda: DepthLSTM(D, H, 0, rng=rng), "layers is 0"),
    ):
        with pytest.raises(ValueError) as found:
            make()
        assert words in str(found.value)


@pytest.mark.parametrize("name", ["minGRU", "LRU"])
def test_linear_layers_refuse_wrong_parameters(name):
    rng = np.random.default_rng(9)
    X = rng.standard_normal((N, T, D))

    def says(spoil, *words):
        layer = {"minGRU": MinGRU, "LRU": LRU}[name](D, H, rng=rng, dtype=np.float64)
        key = "Wx" if name == "minGRU" else "Br"
        spoil(layer.params, key)
        with pytest.raises(ValueError) as found:
            layer.forward(X)
        assert all(word in str(found.value) for word in words), found.value

    says(lambda p, k: p.update({k: p[k].astype(int)}), "holds int64")
    says(lambda p, k: p.update({k: p[k][:, :-1]}), "has shape")
    says(lambda p, k: p.update({k: p[k].astype(np.float32)}), "differ in dtype")
    says(lambda p, k: p.update({k: p[k].tolist()}), "is a list")
    says(lambda p, k: p.pop(k), "lacks")
    says(lambda p, k: p[k].__setitem__((0, 0), np.nan), "holds nan")


@pytest.mark.parametrize("make", [lambda r: MGU(D, H, rng=r), lambda r: MinGRU(D, H, rng=r), lambda r: LRU(D, H, rng=r),
                                  lambda r: Clockwork(D, H, periods=PERIODS, rng=r)])
def test_backward_needs_forward_and_a_gradient(make):
    layer = make(np.random.default_rng(10))
    with pytest.raises(ValueError, match="backward was called before forward"):
        layer.backward(np.zeros((N, T, H), np.float32))
    layer.forward(np.zeros((N, T, D), np.float32))
    with pytest.raises(ValueError, match="no gradient comes in"):
        layer.backward()
