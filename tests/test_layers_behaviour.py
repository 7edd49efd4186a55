"""What layers promise besides gradients: lengths, dtypes, states that carry on, inputs left alone, first weights."""

import subprocess
import sys

import numpy as np
import pytest

from helpers.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    DotAttention,
    Embedding,
    Linear,
    LSTMVariant,
    chrono_bias,
    he,
    identity,
    lengths_from_mask,
    mask_from_lengths,
    normal,
    one_hot,
    orthogonal,
    reverse_time,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
    split_gates,
    xavier,
    zeros,
)
from tests.recurrent_layers import RECURRENT, D, H, N, T, flat, make, random_like

LENGTHS = np.array([5, 2, 4])


@pytest.mark.parametrize("name", RECURRENT)
def test_a_padded_batch_equals_each_sequence_on_its_own(name):
    rng = np.random.default_rng(1)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    all_states, last = layer.forward(X, lengths=LENGTHS)
    for n, length in enumerate(LENGTHS):
        alone, end = layer.forward(X[n : n + 1, :length])
        np.testing.assert_allclose(all_states[n, :length], alone[0], atol=1e-14)
        assert not all_states[n, length:].any()
        for a, b in zip(flat(last), flat(end), strict=True):
            np.testing.assert_allclose(a[n], b[0], atol=1e-14)


@pytest.mark.parametrize("name", RECURRENT)
def test_padding_changes_nothing_and_gets_no_gradient(name):
    rng = np.random.default_rng(2)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    dH = rng.standard_normal(layer.forward(X)[0].shape)
    other, dother = X.copy(), dH.copy()
    padding = ~mask_from_lengths(LENGTHS, T)
    other[padding], dother[padding] = 99, 99

    def run(X, dH):
        out, last = layer.forward(X, lengths=LENGTHS)
        dX, dfirst = layer.backward(dH)
        assert not dX[padding].any()
        return [out, *flat(last), dX, *flat(dfirst), *layer.grads.values()]

    for a, b in zip(run(X, dH), run(other, dother), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", [name for name in RECURRENT if not name.startswith("Bidirectional")])
def test_a_sequence_in_two_pieces_equals_the_whole_when_the_state_is_passed_on(name):
    rng = np.random.default_rng(3)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    whole, end = layer.forward(X)
    first, state = layer.forward(X[:, :2])
    second, last = layer.forward(X[:, 2:], state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-14)
    for a, b in zip(flat(last), flat(end), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-14)


@pytest.mark.parametrize("name", RECURRENT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_keeps_the_dtype_and_is_batch_first_and_in_one_piece(name, dtype):
    rng = np.random.default_rng(4)
    layer, X = make(name, rng, dtype), rng.standard_normal((N, T, D)).astype(dtype)
    for state in (None, random_like(layer.forward(X)[1], rng)):
        for lengths in (None, LENGTHS):
            out, last = layer.forward(X, state, lengths=lengths)
            dX, dfirst = layer.backward(np.ones_like(out), last)
            for array in (out, *flat(last), dX, *flat(dfirst), *layer.grads.values()):
                assert array.dtype == dtype
            assert out.flags.c_contiguous and out.flags.writeable and dX.shape == X.shape


@pytest.mark.parametrize("name", RECURRENT)
def test_no_input_is_changed_and_no_output_is_shared(name):
    rng = np.random.default_rng(5)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    first = random_like(layer.forward(X)[1], rng)
    out, last = layer.forward(X, first)
    dH, dlast = rng.standard_normal(out.shape), random_like(last, rng)
    inputs = [X, *flat(first), dH, *flat(dlast), *layer.params.values()]
    before = [x.copy() for x in inputs]
    right = [x.copy() for x in (layer.backward(dH, dlast)[0], *layer.grads.values())]
    out[...] = 0                                            # what the caller does to the outputs …
    for s in flat(last):
        s[...] = 0
    again = [layer.backward(dH, dlast)[0], *layer.grads.values()]
    for a, b in zip(right, again, strict=True):             # … does not reach what backward needs
        np.testing.assert_array_equal(a, b)
    for a, b in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", RECURRENT)
def test_input_may_lie_in_memory_in_any_order(name):
    rng = np.random.default_rng(6)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    turned = np.asfortranarray(X)
    out, _ = layer.forward(X)
    np.testing.assert_array_equal(layer.forward(turned)[0], out)
    np.testing.assert_array_equal(layer.forward(X.repeat(2, axis=1)[:, ::2])[0], out)
    one = layer.backward(np.ones_like(out))[0]
    np.testing.assert_allclose(layer.backward(np.asfortranarray(np.ones_like(out)))[0], one)


def test_one_step_of_one_unit_is_the_equation():
    rng = np.random.default_rng(7)
    for layer, value in [(RNN(1, 1, rng=rng), np.tanh(0.5)), (RNN(1, 1, rng=rng, activation="relu"), 0.5)]:
        layer.params["Wx"][...], layer.params["Wh"][...], layer.params["b"][...] = 1, 2, 0
        assert layer.forward(np.full((1, 1, 1), 0.5, np.float32))[1].item() == pytest.approx(value)
    lstm = LSTM(1, 1, rng=rng, dtype=np.float64)
    lstm.params["Wx"][...], lstm.params["Wh"][...] = 0, 0
    lstm.params["b"][...] = [100, -100, 100, 0.3]           # write, forget, show; g = tanh(0.3)
    _, (h, c) = lstm.forward(np.zeros((1, 3, 1)), (np.ones((1, 1)), np.ones((1, 1))))
    assert c.item() == pytest.approx(np.tanh(0.3)) and h.item() == pytest.approx(np.tanh(np.tanh(0.3)))
    for reset in ("after", "before"):
        gru = GRU(1, 1, rng=rng, reset=reset, dtype=np.float64)
        gru.params["b"][...] = [100, 0, 0]                  # z = 1: the state stays for ever
        assert gru.forward(np.ones((1, 50, 1)), np.full((1, 1), 0.7))[1].item() == pytest.approx(0.7)


def test_gru_with_open_reset_and_shut_update_is_the_plain_rnn():
    rng = np.random.default_rng(8)
    X, rnn = rng.standard_normal((N, T, D)), make("RNN tanh", rng)
    for reset in ("after", "before"):
        gru = GRU(D, H, rng=rng, reset=reset, dtype=np.float64)
        for name in gru.params:
            gru.params[name][..., : 2 * H] = 0
            gru.params[name][..., 2 * H :] = rnn.params[name]
        gru.params["b"][: 2 * H] = np.repeat([-100, 100], H)
        np.testing.assert_allclose(gru.forward(X)[0], rnn.forward(X)[0], atol=1e-12)


def test_lstm_variant_with_all_parts_is_the_lstm():
    rng = np.random.default_rng(9)
    lstm, variant, X = make("LSTM", rng), make("LSTM variant, peephole", rng), rng.standard_normal((N, T, D))
    variant.params.update({k: p.copy() for k, p in lstm.params.items()}, p=np.zeros((3, H)))
    out, state = lstm.forward(X)
    out2, state2 = variant.forward(X)
    dX, dX2 = lstm.backward(out, state)[0], variant.backward(out2, state2)[0]
    for a, b in zip([out, *state, dX], [out2, *state2, dX2], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)
    for name, gradient in lstm.grads.items():
        np.testing.assert_allclose(variant.grads[name], gradient, atol=1e-12)


def test_the_carousel_alone_keeps_what_it_has():
    carousel = LSTMVariant(D, H, rng=np.random.default_rng(10), input_gate=False, forget_gate=False, output_gate=False)
    for p in carousel.params.values():
        p[...] = 0
    c = np.linspace(-2, 2, N * H, dtype=np.float32).reshape(N, H)
    _, (_, last) = carousel.forward(np.ones((N, 100, D), np.float32), (None, c))
    np.testing.assert_array_equal(last, c)
    _, (_, dc) = carousel.backward(dstate=(None, np.ones((N, H), np.float32)))
    np.testing.assert_array_equal(dc, 1)


def test_each_direction_sees_its_own_side_only():
    rng = np.random.default_rng(11)
    layer, X = Bidirectional(make("RNN tanh", rng), make("RNN tanh", rng)), rng.standard_normal((1, T, D))
    out, _ = layer.forward(X)
    for t in range(T):
        other = X.copy()
        other[0, t] += 1
        changed = (layer.forward(other)[0] != out)[0]
        assert changed[:, :H].any(axis=1).tolist() == [s >= t for s in range(T)]
        assert changed[:, H:].any(axis=1).tolist() == [s <= t for s in range(T)]


def test_new_arrays_in_a_bidirectional_layers_params_are_used():
    rng = np.random.default_rng(12)
    layer, X = make("Bidirectional RNN", rng), rng.standard_normal((N, T, D))
    for name, p in layer.params.items():
        layer.params[name] = np.zeros_like(p)
    assert not layer.forward(X)[0].any()


def test_reverse_time_leaves_padding_in_place_and_is_its_own_inverse():
    X = np.arange(10).reshape(2, 5)
    assert reverse_time(X, np.array([3, 5])).tolist() == [[2, 1, 0, 3, 4], [9, 8, 7, 6, 5]]
    np.testing.assert_array_equal(reverse_time(reverse_time(X, np.array([3, 1])), np.array([3, 1])), X)
    np.testing.assert_array_equal(reverse_time(X), X[:, ::-1])


def test_masks_and_lengths_are_two_ways_to_say_the_same():
    mask = mask_from_lengths(LENGTHS, T)
    assert mask.sum(axis=1).tolist() == LENGTHS.tolist()
    np.testing.assert_array_equal(lengths_from_mask(mask), LENGTHS)


def test_attention_weights_sum_to_one_over_the_keys_that_are_allowed():
    rng = np.random.default_rng(13)
    Q, K = rng.standard_normal((N, 2, H)).astype(np.float32), rng.standard_normal((N, T, H)).astype(np.float32)
    mask = mask_from_lengths(LENGTHS, T)
    context, A = DotAttention().forward(Q, K, mask=mask)
    np.testing.assert_allclose(A.sum(axis=2), 1, atol=1e-6)
    assert not A[~np.broadcast_to(mask[:, None], A.shape)].any()
    assert A.dtype == context.dtype == np.float32
    far = K.copy()
    far[~mask] = 1e30                                       # padding may hold anything finite
    np.testing.assert_array_equal(DotAttention().forward(Q, far, mask=mask)[1], A)


def test_softmax_neither_overflows_nor_divides_by_zero():
    P = softmax(np.array([[1e30, 0, -1e30], [-1e30, -1e30, -1e30]], np.float32))
    np.testing.assert_allclose(P, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)
    with np.errstate(all="raise", under="ignore"):
        masked = softmax(np.array([[1e37, 3e38], [0, 3e38]], np.float32), mask=np.array([[True, False], [False, False]]))
    assert masked.tolist() == [[1, 0], [0, 0]]


def test_cross_entropy_of_a_guess_is_the_logarithm_of_the_choices():
    ids = np.array([[0, 3]])
    for dtype in (np.float32, np.float64):
        loss, gradient = softmax_cross_entropy(np.zeros((1, 2, 4), dtype), ids)
        assert loss == pytest.approx(np.log(4)) and gradient.dtype == dtype and isinstance(loss, float)
        assert sigmoid_cross_entropy(np.zeros((2, 3), dtype), np.ones((2, 3), dtype))[0] == pytest.approx(np.log(2))


def test_padding_in_targets_may_hold_any_number():
    logits, mask = np.random.default_rng(14).standard_normal((2, 3, 4)), np.array([[True, True, False]] * 2)
    right = softmax_cross_entropy(logits[:, :2], np.ones((2, 2), int))
    loss, gradient = softmax_cross_entropy(logits, np.array([[1, 1, -1], [1, 1, 99]]), mask)
    assert loss == pytest.approx(right[0]) and not gradient[:, 2].any()
    np.testing.assert_allclose(gradient[:, :2], right[1])


def test_one_hot_times_a_matrix_is_the_embedding():
    layer, ids = Embedding(7, D, rng=np.random.default_rng(15)), np.array([[0, 6, 3]])
    np.testing.assert_array_equal(one_hot(ids, 7) @ layer.params["W"], layer.forward(ids))


def test_first_weights_have_the_spread_they_promise():
    rng = np.random.default_rng(16)
    shape = (400, 300)
    assert normal(shape, rng=rng, scale=0.1).std() == pytest.approx(0.1, rel=0.02)
    assert he(shape, rng=rng).std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    W = xavier(shape, rng=rng)
    assert W.std() == pytest.approx(np.sqrt(2 / 700), rel=0.02) and np.abs(W).max() <= np.sqrt(6 / 700)
    for wide in ((300, 400), (400, 300), (50, 50)):
        Q = orthogonal(wide, rng=rng, gain=2, dtype=np.float64)
        small = Q @ Q.T if wide[0] < wide[1] else Q.T @ Q
        np.testing.assert_allclose(small, 4 * np.eye(min(wide)), atol=1e-12)
    turned = np.mean([orthogonal((2, 2), rng=rng) for _ in range(2000)], axis=0)
    assert np.abs(turned).max() < 0.1                       # no direction is favoured
    np.testing.assert_array_equal(identity((3, 3), rng=rng), np.eye(3))
    assert not zeros((3, 3), rng=rng).any()
    assert all(f((3, 3), rng=rng, dtype=np.float64).dtype == np.float64 for f in (he, xavier, orthogonal, identity))


def test_biases_begin_where_they_should():
    rng = np.random.default_rng(17)
    i, f, o, g = split_gates(LSTM(D, H, rng=rng, forget_bias=3).params["b"])
    assert f.tolist() == [3] * H and not i.any() and not o.any() and not g.any()
    assert not GRU(D, H, rng=rng).params["b"].any() and not Linear(D, H, rng=rng).params["b"].any()
    i, f, o, g = split_gates(chrono_bias("lstm", 1000, 50, rng=rng))
    assert (i == -f).all() and f.min() >= 0 and np.log(40) < f.max() <= np.log(49) + 1e-6
    assert not o.any() and not g.any()
    b = chrono_bias("gru", 1000, 50, rng=rng)
    assert b.shape == (3000,) and b[:1000].min() >= 0 and not b[1000:].any()


def test_each_gates_first_weights_are_drawn_for_its_own_size():
    Wx = LSTM(100, 100, rng=np.random.default_rng(18)).params["Wx"]
    assert Wx.std() == pytest.approx(np.sqrt(2 / 200), rel=0.05)        # not √(2 / (100 + 400))


def test_layers_need_numpy_alone():
    code = "import sys, helpers.layers; print(*{'tqdm', 'torch', 'scipy', 'matplotlib', 'IPython'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""
