"""Wrong input raises a ValueError that names the argument, what was expected and what came."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import layers
from helpers.layers import (
    GRU,
    LSTM,
    RNN,
    AdditiveAttention,
    Bidirectional,
    DotAttention,
    Embedding,
    Linear,
    LSTMVariant,
    chrono_bias,
    lengths_from_mask,
    mask_from_lengths,
    mean_squared_error,
    one_hot,
    reverse_time,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
    split_gates,
)
from tests.recurrent_layers import RECURRENT, D, H, N, T, make

RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, T, D))
nan, inf = np.nan, np.inf


def with_nan(x, value=nan):
    x = x.copy()
    x.flat[-1] = value
    return x


def says(function, *pieces):
    """Assert that function raises a ValueError with all the pieces in its sentence."""
    with pytest.raises(ValueError) as caught:
        function()
    for piece in pieces:
        assert piece in str(caught.value), str(caught.value)


def test_layers_refuse_wrong_sizes_and_choices():
    makers = [
        lambda **k: RNN(**{"inputs": D, "hidden": H, "rng": RNG} | k),
        lambda **k: LSTM(**{"inputs": D, "hidden": H, "rng": RNG} | k),
        lambda **k: GRU(**{"inputs": D, "hidden": H, "rng": RNG} | k),
        lambda **k: LSTMVariant(**{"inputs": D, "hidden": H, "rng": RNG} | k),
    ]
    for maker in makers:
        for wrong in (0, -1, 2.0, "4", None, True):
            says(lambda maker=maker, wrong=wrong: maker(inputs=wrong), "inputs is", "whole number")
            says(lambda maker=maker, wrong=wrong: maker(hidden=wrong), "hidden is", "whole number")
        for wrong in (int, "float16", None, "nonsense", 3):
            says(lambda maker=maker, wrong=wrong: maker(dtype=wrong), "dtype is", "np.float32")
        for wrong in (None, 0, np.random.RandomState(0)):
            says(lambda maker=maker, wrong=wrong: maker(rng=wrong), "rng is a", "default_rng")
    says(lambda: RNN(D, H, rng=RNG, activation="softmax"), "activation is 'softmax'", "'relu'")
    says(lambda: RNN(D, H, rng=RNG, activation=np.tanh), "activation is", "'tanh'")
    says(lambda: GRU(D, H, rng=RNG, reset=True), "reset is True", "'before'")
    says(lambda: LSTM(D, H, rng=RNG, forget_bias=nan), "forget_bias is nan")
    says(lambda: LSTMVariant(D, H, rng=RNG, coupled=True, input_gate=False), "coupled")
    says(lambda: Bidirectional(RNG, RNG), "forward_layer is a Generator", "GRU(D, H, rng=rng)")
    rnn = RNN(D, H, rng=RNG)
    says(lambda: Bidirectional(rnn, rnn), "same layer")
    says(lambda: Bidirectional(rnn, Linear(D, H, rng=RNG)), "backward_layer is a Linear")
    says(lambda: make("Bidirectional RNN", RNG).forward(X, np.zeros((N, H))), "state is a ndarray", "pair")


def test_linear_and_embedding_refuse_wrong_input():
    linear = Linear(D, 3, rng=RNG, dtype=np.float64)
    says(lambda: linear.backward(X), "before forward")
    says(lambda: linear.forward(X[..., :2]), "X has shape (3, 5, 2)", "(N, T, 4)")
    says(lambda: linear.forward(X[0, 0]), "X has shape (4,)", "(N, 4)")
    says(lambda: linear.forward(X[:0]), "batch is empty")
    says(lambda: linear.forward(X.astype(np.float32)), "X is float32", "float64")
    says(lambda: linear.forward(with_nan(X)), "X holds nan")
    says(lambda: linear.forward(3.0), "X is a float")
    linear.forward(X)
    says(lambda: linear.backward(X), "dY has shape (3, 5, 4)", "(3, 5, 3)")
    says(lambda: Linear(0, 3, rng=RNG), "inputs is 0")
    says(lambda: Linear(3, 1.5, rng=RNG), "outputs is 1.5")

    embedding = Embedding(7, D, rng=RNG, dtype=np.float64)
    says(lambda: embedding.backward(X), "before forward")
    says(lambda: embedding.forward(np.array([[0, 7]])), "holds the id 7", "0 to 6")
    says(lambda: embedding.forward(np.array([[0, -1]])), "holds the id -1", "0 to 6")
    says(lambda: embedding.forward(np.array([[0.0, 1.0]])), "ids holds float64")
    says(lambda: embedding.forward(np.array([[True, False]])), "ids holds bool")
    says(lambda: embedding.forward(np.zeros((0, 3), int)), "no token")
    says(lambda: embedding.forward([[0, 1]]), "ids is a list")
    embedding.forward(np.array([[0, 1]]))
    says(lambda: embedding.backward(X), "dY has shape (3, 5, 4)", "(1, 2, 4)")
    says(lambda: Embedding(-2, 3, rng=RNG), "vocabulary is -2")
    says(lambda: Embedding(2, 3, rng=RNG, scale=-1), "scale is -1")
    says(lambda: one_hot(np.array([3]), 3), "holds the id 3")
    says(lambda: one_hot(np.array([0.5]), 3), "ids holds float64")
    says(lambda: one_hot(np.array([0]), 0), "vocabulary is 0")


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_attention_refuses_wrong_input(kind):
    layer = DotAttention() if kind == "dot" else AdditiveAttention(4, 4, 3, rng=RNG, dtype=np.float64)
    Q, K = RNG.standard_normal((2, 3, 4)), RNG.standard_normal((2, 5, 4))
    says(lambda: layer.backward(Q), "before forward")
    says(lambda: layer.forward(Q[0], K), "Q has shape (3, 4)", "batch axis")
    says(lambda: layer.forward(Q, K[:1]), "K has shape (1, 5, 4)", "(2, T")
    says(lambda: layer.forward(Q, K[..., :3]), "K has shape (2, 5, 3)", "(2, T, 4)")
    says(lambda: layer.forward(Q, K, K[:, :4]), "V has shape (2, 4, 4)", "(2, 5, E)")
    says(lambda: layer.forward(Q, K[:, :0]), "K has shape (2, 0, 4)", "no steps")
    says(lambda: layer.forward(Q, K.astype(np.float32)), "K is float32")
    says(lambda: layer.forward(Q, with_nan(K)), "K holds nan")
    says(lambda: layer.forward(Q, K, mask=np.ones((2, 5))), "mask holds float64", "True and False")
    says(lambda: layer.forward(Q, K, mask=np.ones((2, 4), bool)), "mask has shape (2, 4)", "(2, 5)")
    says(lambda: layer.forward(Q, K, mask=np.ones((2, 5, 3), bool)), "mask has shape (2, 5, 3)", "(2, 3, 5)")
    says(lambda: layer.forward(Q, K, mask=np.array([[True] * 5, [False] * 5])), "mask[1] is False everywhere")
    says(lambda: layer.forward(Q, K, mask=[[True] * 5] * 2), "mask is a list")
    layer.forward(Q, K)
    says(lambda: layer.backward(Q[:, :2]), "dC has shape (2, 2, 4)", "(2, 3, 4)")
    says(lambda: AdditiveAttention(4, 4, 0, rng=RNG), "units is 0")


def test_losses_refuse_wrong_input():
    logits, ids = RNG.standard_normal((2, 3, 4)), np.zeros((2, 3), int)
    says(lambda: softmax_cross_entropy(logits, ids[0]), "targets has shape (3,)", "(2, 3)")
    says(lambda: softmax_cross_entropy(logits, one_hot(ids, 4)), "targets holds float32", "token ids")
    says(lambda: softmax_cross_entropy(logits, ids + 4), "targets holds the id 4", "0 to 3")
    says(lambda: softmax_cross_entropy(logits, ids - 1), "targets holds the id -1")
    says(lambda: softmax_cross_entropy(with_nan(logits), ids), "logits holds nan")
    says(lambda: softmax_cross_entropy(logits[:0], ids[:0]), "batch is empty")
    says(lambda: softmax_cross_entropy(logits.astype(int), ids), "logits holds int64")
    says(lambda: softmax_cross_entropy(logits.tolist(), ids), "logits is a list")
    mask = np.ones((2, 3), bool)
    says(lambda: softmax_cross_entropy(logits, ids, mask[:, :2]), "mask has shape (2, 2)", "(2, 3)")
    says(lambda: softmax_cross_entropy(logits, ids, mask.astype(int)), "mask holds int64", "True and False")
    says(lambda: softmax_cross_entropy(logits, ids, ~mask), "mask is False everywhere")
    for loss in (sigmoid_cross_entropy, mean_squared_error):
        says(lambda loss=loss: loss(logits, logits[0]), "targets has shape (3, 4)", "(2, 3, 4)")
        says(lambda loss=loss: loss(logits, ids), "targets")
        says(lambda loss=loss: loss(logits, logits.astype(np.float32)), "targets is float32")
        says(lambda loss=loss: loss(with_nan(logits), logits), "nan")
        says(lambda loss=loss: loss(logits, logits * 0, ~mask), "False everywhere")
        says(lambda loss=loss: loss(logits, logits * 0, mask[:1]), "mask has shape (1, 3)")
    says(lambda: sigmoid_cross_entropy(logits, logits * 0 + 2), "between 0 and 1")
    says(lambda: softmax(logits, mask=mask), "mask has shape (2, 3)", "(2, 3, 4)")
    says(lambda: softmax(logits.astype(int)), "scores holds int64")
    says(lambda: softmax([1.0, 2.0]), "scores is a list")


def test_initialisers_refuse_wrong_input():
    for f in (layers.xavier, layers.he, layers.orthogonal, layers.normal, layers.identity, layers.zeros):
        says(lambda f=f: f(4, rng=RNG), "shape is 4", "tuple")
        says(lambda f=f: f((4, 0), rng=RNG), "size in shape is 0")
        says(lambda f=f: f((4, 4), rng=RNG, dtype=int), "dtype is")
    for f in (layers.xavier, layers.he, layers.orthogonal, layers.identity):
        says(lambda f=f: f((4,), rng=RNG), "two sizes")
    for f in (layers.xavier, layers.he, layers.orthogonal, layers.normal):
        says(lambda f=f: f((4, 4), rng=7), "rng is a int")
    says(lambda: chrono_bias("rnn", 4, 50, rng=RNG), "cell is 'rnn'", "'lstm'")
    says(lambda: chrono_bias("lstm", 4, 2, rng=RNG), "longest is 2", "at least 3")


def test_sequence_helpers_refuse_wrong_input():
    says(lambda: mask_from_lengths(np.array([1, 4]), 3), "lengths holds 4")
    says(lambda: mask_from_lengths([1, 2], 3), "lengths is list")
    says(lambda: mask_from_lengths(np.array([1]), 0), "steps is 0")
    says(lambda: lengths_from_mask(np.array([[1, 0]])), "mask holds int64")
    says(lambda: lengths_from_mask(np.array([[False, True]])), "mask[0] has padding before")
    says(lambda: lengths_from_mask(np.array([[True, False], [False, False]])), "mask[1] is False everywhere")
    says(lambda: reverse_time(np.zeros(3)), "X has shape (3,)")
    says(lambda: reverse_time([[1, 2]]), "expected (N, T")
    says(lambda: reverse_time(X, np.array([9, 1, 1])), "lengths holds 9")
    says(lambda: split_gates(np.zeros((2, 6))), "A has shape (2, 6)", "4H")


sizes = st.integers(0, 4)
dtypes = st.sampled_from([np.float64, np.float32, np.int64, bool])


def arrays(draw, axes):
    shape = draw(st.lists(sizes, min_size=axes - 1, max_size=axes + 1)) if draw(st.booleans()) else [2, 3, 4, 4][:axes]
    return np.ones(shape, draw(dtypes) if draw(st.booleans()) else np.float64)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_comes_in_a_recurrent_layer_works_or_says_why(data):
    """Any shapes and dtypes: outputs of the right shape and dtype, or a ValueError; never another exception."""
    layer = make(data.draw(st.sampled_from(list(RECURRENT))), np.random.default_rng(0))
    x = arrays(data.draw, 3)
    lengths = data.draw(st.none() | st.lists(st.integers(-1, 5), max_size=4).map(np.array))
    state = data.draw(st.none() | st.just("one") | st.just("pair"))
    if state is not None:
        state = arrays(data.draw, 2) if state == "one" else (arrays(data.draw, 2), None)
    try:
        out, last = layer.forward(x, state, lengths=lengths)
    except ValueError as error:
        assert len(str(error)) > 20
        return
    assert x.ndim == 3 and x.shape[2] == D and 0 not in x.shape and x.dtype == np.float64
    assert out.shape[:2] == x.shape[:2] and out.dtype == np.float64 and np.isfinite(out).all()
    dx = arrays(data.draw, 3) if data.draw(st.booleans()) else np.ones_like(out)
    try:
        dX, _ = layer.backward(dx)
    except ValueError as error:
        assert len(str(error)) > 20
        return
    assert dX.shape == x.shape and {k: g.shape for k, g in layer.grads.items()} == {
        k: p.shape for k, p in layer.params.items()
    }


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_comes_in_the_other_layers_work_or_say_why(data):
    rng = np.random.default_rng(0)
    a, b, c = arrays(data.draw, 3), arrays(data.draw, 3), arrays(data.draw, 2)
    mask = data.draw(st.none() | st.just(c))
    for call in [
        lambda: Linear(4, 2, rng=rng, dtype=np.float64).forward(a),
        lambda: Embedding(3, 2, rng=rng).forward(a),
        lambda: DotAttention().forward(a, b, mask=mask),
        lambda: AdditiveAttention(4, 4, 2, rng=rng, dtype=np.float64).forward(a, b, mask=mask),
        lambda: softmax(a, mask=mask),
        lambda: softmax_cross_entropy(a, c, mask),
        lambda: sigmoid_cross_entropy(a, b, mask),
        lambda: mean_squared_error(a, b, mask),
        lambda: reverse_time(a, c),
        lambda: lengths_from_mask(c),
        lambda: one_hot(c, 3),
        lambda: split_gates(a),
    ]:
        try:
            call()
        except ValueError as error:
            assert len(str(error)) > 20
