"""The Transformer's layers one by one: gradients against central differences, what they promise, bad input in words."""

import numpy as np
import pytest

from helpers.layers import (
    DotAttention,
    FeedForward,
    LayerNorm,
    MultiHeadAttention,
    rotary_angles,
    rotate,
    sines,
)
from helpers.training.gradients import gradient_errors
from tests.small_transformers import says

N, T, D = 2, 5, 12
MULTI_HEAD = {
    f"{heads} heads, {positions}, {'' if scaled else 'not '}scaled": (heads, positions, scaled)
    for heads in (1, 3) for positions in (None, "rotary") for scaled in (True, False)
}  # fmt: skip
LAYERS = {
    "layer norm": lambda **k: LayerNorm(D, dtype=k["dtype"]),
    "layer norm, large eps": lambda **k: LayerNorm(D, eps=0.5, dtype=k["dtype"]),
    "feed-forward": lambda **k: FeedForward(D, 7, **k),
    **{
        name: lambda h=h, p=p, s=s, **k: MultiHeadAttention(D, h, positions=p, scaled=s, **k)
        for name, (h, p, s) in MULTI_HEAD.items()
    },
}
every_layer = pytest.mark.parametrize("name", LAYERS)


def make(name, rng, dtype=np.float64):
    layer = LAYERS[name](rng=rng, dtype=dtype)
    for p in layer.params.values():
        p += 0.3 * rng.standard_normal(p.shape).astype(dtype)
    return layer


def output(found):
    return found[0] if isinstance(found, tuple) else found


@every_layer
def test_gradients_are_right(name):
    rng = np.random.default_rng(1)
    layer, X, dY = make(name, rng), rng.standard_normal((N, T, D)), rng.standard_normal((N, T, D))

    def loss():
        return float((output(layer.forward(X)) * dY).sum())

    loss()
    dX = layer.backward(dY)
    assert layer.grads.keys() == layer.params.keys()
    errors = gradient_errors(loss, {"X": X, **layer.params}, {"X": dX, **layer.grads})
    assert max(errors.values()) < 1e-7, errors


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_layer_keeps_its_dtype_and_leaves_its_input_alone(name, dtype):
    rng = np.random.default_rng(2)
    layer = make(name, rng, dtype)
    X, dY = (rng.standard_normal((N, T, D)).astype(dtype) for _ in range(2))
    X.flags.writeable = dY.flags.writeable = False
    Y, dX = output(layer.forward(X)), layer.backward(dY)
    assert {a.dtype for a in (Y, dX, *layer.params.values(), *layer.grads.values())} == {np.dtype(dtype)}
    assert Y.shape == dX.shape == X.shape
    again, once_more = output(layer.forward(X)), layer.backward(dY)
    np.testing.assert_array_equal(again, Y)
    np.testing.assert_array_equal(once_more, dX)


# --- layer norm


def test_each_row_gets_mean_0_and_variance_1_whatever_its_size():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((N, T, D)) * 10.0 ** rng.integers(-1, 6, (N, T, 1)) + 1000
    Y = LayerNorm(D, dtype=np.float64).forward(X)
    np.testing.assert_allclose(Y.mean(axis=-1), 0, atol=1e-7)
    np.testing.assert_allclose(Y.var(axis=-1), 1, atol=1e-2)
    assert not LayerNorm(D, dtype=np.float64).forward(np.full((1, D), 7.0)).any()


def test_the_gradient_of_a_layer_norm_sums_to_0_in_each_row():
    rng = np.random.default_rng(4)
    layer = make("layer norm", rng)
    layer.forward(rng.standard_normal((N, T, D)))
    np.testing.assert_allclose(layer.backward(rng.standard_normal((N, T, D))).sum(axis=-1), 0, atol=1e-13)


# --- positions


def test_a_turned_query_times_a_turned_key_knows_the_difference_of_the_places_alone():
    rng = np.random.default_rng(5)
    q, k = rng.standard_normal((2, 1, 8))
    found = [
        float((rotate(q, np.array([p])) * rotate(k, np.array([p - 3]))).sum()) for p in (3, 4, 10, 1000)
    ]
    np.testing.assert_allclose(found, found[0], atol=1e-12)
    assert abs(found[0] - float((rotate(q, np.array([3])) * rotate(k, np.array([1]))).sum())) > 1e-3


def test_turning_keeps_lengths_and_is_undone_by_the_negative_places():
    X, places = np.random.default_rng(6).standard_normal((N, 3, T, 8)), np.arange(2, T + 2)
    Y = rotate(X, places)
    np.testing.assert_allclose(np.linalg.norm(Y, axis=-1), np.linalg.norm(X, axis=-1))
    np.testing.assert_allclose(rotate(Y, -places), X, atol=1e-14)
    np.testing.assert_array_equal(rotate(X, np.zeros(T)), X)
    np.testing.assert_allclose(rotate(np.array([[1.0, 0.0]]), np.array([2])), [[np.cos(2), np.sin(2)]])


def test_sines_are_the_papers_but_for_the_order_of_the_columns():
    T, D = 50, 8
    paper = np.empty((T, D))
    for t in range(T):
        for i in range(D // 2):
            paper[t, 2 * i] = np.sin(t / 10000 ** (2 * i / D))
            paper[t, 2 * i + 1] = np.cos(t / 10000 ** (2 * i / D))
    found = sines(T, D, dtype=np.float64)
    np.testing.assert_allclose(found, np.hstack([paper[:, ::2], paper[:, 1::2]]), atol=1e-14)
    assert sines(T, D).dtype == np.float32


# --- attention


def test_one_head_is_scaled_dot_attention_with_a_mask():
    rng = np.random.default_rng(7)
    layer, X = make("1 heads, None, scaled", rng), rng.standard_normal((N, T, D))
    Q, K, V = (np.ascontiguousarray(p) for p in np.split(X @ layer.params["Wqkv"], 3, axis=-1))
    mask = np.broadcast_to(np.tri(T, dtype=bool), (N, T, T))
    C, A = DotAttention(scaled=True).forward(Q, K, V, mask=mask)
    Y, weights = layer.forward(X)
    np.testing.assert_allclose(weights[:, 0], A, atol=1e-14)
    np.testing.assert_allclose(Y, C @ layer.params["Wo"], atol=1e-13)


@pytest.mark.parametrize("positions", [None, "rotary"])
def test_heads_are_attentions_side_by_side(positions):
    rng = np.random.default_rng(8)
    whole, X = MultiHeadAttention(D, 3, rng=rng, positions=positions, dtype=np.float64), rng.standard_normal((N, T, D))
    Y, A = whole.forward(X)
    d, C = D // 3, []
    for head in range(3):
        columns = slice(head * d, (head + 1) * d)
        q, k, v = (P[..., columns] for P in np.split(X @ whole.params["Wqkv"], 3, axis=-1))
        if positions:
            q, k = rotate(q, np.arange(T)), rotate(k, np.arange(T))
        e = np.where(np.tri(T, dtype=bool), q @ k.transpose(0, 2, 1) / np.sqrt(d), -np.inf)
        weights = np.exp(e) / np.exp(e).sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(A[:, head], weights, atol=1e-14)
        C.append(weights @ v)
    np.testing.assert_allclose(Y, np.concatenate(C, axis=-1) @ whole.params["Wo"], atol=1e-13)


@pytest.mark.parametrize("name", MULTI_HEAD)
def test_steps_equal_the_full_pass_and_later_places_change_nothing(name):
    rng = np.random.default_rng(9)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    Y, A = layer.forward(X)
    K, V = layer.room(N, T + 3)
    for t in range(T):
        np.testing.assert_allclose(layer.step(X[:, t], K, V, t), Y[:, t], atol=1e-13)
    assert not np.triu(A, 1).any() and not K[:, :, T:].any()
    X[:, 3:] += 1
    np.testing.assert_array_equal(layer.forward(X)[0][:, :3], Y[:, :3])


def test_huge_scores_do_not_overflow():
    layer = MultiHeadAttention(4, 2, rng=np.random.default_rng(10))
    layer.params["Wqkv"] *= 1e4
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        Y, A = layer.forward(np.random.default_rng(11).standard_normal((N, T, 4)).astype(np.float32))
        layer.backward(Y / np.abs(Y).max())
    assert np.isfinite(Y).all() and np.allclose(A.sum(axis=-1), 1)


# --- bad input


@every_layer
def test_a_layer_refuses_what_it_cannot_read(name):
    rng = np.random.default_rng(12)
    layer, X = make(name, rng), rng.standard_normal((N, T, D))
    says(lambda: layer.backward(X), "before forward")
    says(lambda: layer.forward(X.tolist()), "X is a list")
    says(lambda: layer.forward(X[..., :5]), "X has shape (2, 5, 5)", "12")
    says(lambda: layer.forward(X[:0]), "batch is empty")
    says(lambda: layer.forward(X.astype(np.float32)), "X is float32", "float64")
    says(lambda: layer.forward(np.ones((N, T, D), int)), "X holds int64")
    says(lambda: layer.forward(np.where(X == X[0, 0, 0], np.nan, X)), "X holds nan at X[0, 0, 0]")
    layer.forward(X)
    says(lambda: layer.backward(X[:, :4]), "dY has shape (2, 4, 12)", "(2, 5, 12)")
    first = next(iter(layer.params))
    layer.params[first] = layer.params[first].astype(np.float32)
    says(lambda: layer.forward(X), "the parameters differ in dtype")
    layer.params[first] = np.zeros((3, 2, 1))
    says(lambda: layer.forward(X), "has shape")
    del layer.params[first]
    says(lambda: layer.forward(X), f"params lacks {first}")


def test_wrong_sizes_and_options_are_named():
    rng = np.random.default_rng(13)
    says(lambda: LayerNorm(0), "width is 0")
    says(lambda: LayerNorm(4, eps=0), "eps is 0", "above 0")
    says(lambda: FeedForward(4, 0, rng=rng), "hidden is 0")
    says(lambda: MultiHeadAttention(12, 5, rng=rng), "width is 12 and heads is 5")
    says(lambda: MultiHeadAttention(12, 4, rng=rng, positions="rotary"), "width / heads is 3", "even")
    says(lambda: MultiHeadAttention(12, positions="sines", rng=rng), "positions is 'sines'", "'rotary'")
    says(lambda: MultiHeadAttention(12, rng=7), "rng is a int")
    says(lambda: MultiHeadAttention(12, rng=rng).forward(np.zeros((2, 5), int)), "token ids", "Embedding")
    says(lambda: sines(0, 4), "steps is 0")
    says(lambda: sines(4, 5), "width is 5", "even")
    says(lambda: sines(4, 4, base=0), "base is 0", "above 0")
    says(lambda: rotary_angles([0, 1], 4), "positions is list")
    says(lambda: rotary_angles(np.zeros((2, 2)), 4), "positions is float64 (2, 2)")
    says(lambda: rotate(np.zeros((3, 5)), np.arange(3)), "width is 5", "even")
    says(lambda: rotate(np.zeros((3, 4)), np.arange(2)), "2 places", "T = 3")
    says(lambda: rotate(np.zeros(4), np.arange(2)), "X has shape (4,)")


def test_a_step_refuses_what_does_not_fit_its_past():
    rng = np.random.default_rng(14)
    layer, x = MultiHeadAttention(D, 3, rng=rng, dtype=np.float64), rng.standard_normal((N, D))
    K, V = layer.room(N, 4)
    assert K.shape == V.shape == (N, 3, 4, 4) and K is not V
    for t in (4, -1, 1.0, True, None):
        says(lambda t=t: layer.step(x, K, V, t), f"t is {t!r}", "0 to 3")
    says(lambda: layer.step(x[None], K, V, 0), "x has shape (1, 2, 12)")
    says(lambda: layer.step(x, K[:1], V, 0), "K has shape (1, 3, 4, 4)")
    says(lambda: layer.step(x, K, V[:, :, :3], 0), "V has shape (2, 3, 3, 4)")
    says(lambda: layer.room(0, 4), "N is 0")
    says(lambda: layer.room(2, 0), "longest is 0")
