"""The whole Transformer: gradients, causality, the cache, bad input, and what two blocks learn."""

import numpy as np
import pytest

from helpers.data import induction
from helpers.layers import LayerNorm, MultiHeadAttention
from helpers.models import Transformer
from helpers.training import train_on
from helpers.training.gradients import gradient_errors
from tests.small_transformers import KINDS, OWN, N, T, V, layer_norm, layer_norm_backward, letters, make, says

every_kind = pytest.mark.parametrize("kind", KINDS)


# --- gradients


@every_kind
def test_every_gradient_equals_the_slope(kind):
    net, (ids, counted) = make(kind, width=6 if kind == "three heads" else 4), letters()
    loss, grads = net.loss_and_grads(ids, counted)
    assert grads.keys() == net.params.keys() and loss == net.loss(ids, counted)
    errors = gradient_errors(lambda: net.loss(ids, counted), net.params, grads)
    assert max(errors.values()) < 1e-6, errors


@every_kind
def test_backward_returns_the_gradient_of_what_goes_into_the_first_block(kind):
    """Each letter is another one here, so that its row of the embedding has the gradient of its place."""
    net, ids = make(kind), np.array([[3, 0, 5, 1, 6, 2]])
    dlogits = np.random.default_rng(3).standard_normal(net.forward(ids).shape)
    dX = net.backward(dlogits)
    assert dX.shape == (1, T, 8 if kind != "three heads" else 12)
    np.testing.assert_allclose(net.grads["embed.W"][ids[0]], dX[0], atol=1e-14)


def test_loss_is_the_cross_entropy_of_the_next_letter_alone():
    net, (ids, counted) = make(), letters()
    scores = net.forward(ids)[:, :-1]
    logp = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    costs = -np.take_along_axis(logp, ids[:, 1:, None], axis=-1)[..., 0]
    assert net.loss(ids) == pytest.approx(costs.mean())
    assert net.loss(ids, counted) == pytest.approx(costs[counted[:, 1:]].mean())
    right = scores.argmax(axis=-1) == ids[:, 1:]
    assert net.accuracy(ids) == right.mean() and net.accuracy(ids, counted) == right[counted[:, 1:]].mean()


def test_gradients_of_a_loss_of_ones_own_are_those_of_the_loss():
    net, (ids, _) = make(), letters()
    grads = net.loss_and_grads(ids)[1]
    scores = net.forward(ids)
    dlogits = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    rows, places = np.indices((N, T - 1))
    dlogits[rows, places, ids[:, 1:]] -= 1
    dlogits[:, -1] = 0
    net.backward(dlogits / (N * (T - 1)))
    for name, g in grads.items():
        np.testing.assert_allclose(net.grads[name], g, atol=1e-14)


# --- what it can see


@every_kind
def test_later_letters_change_nothing_at_all(kind):
    net, (ids, _) = make(kind), letters()
    before = net.forward(ids)
    for t in range(1, T):
        other = ids.copy()
        other[:, t:] = (other[:, t:] + 1) % V
        np.testing.assert_array_equal(net.forward(other)[:, :t], before[:, :t])
        assert np.abs(net.forward(other)[:, t:] - before[:, t:]).max() > 1e-3
        assert not any(np.triu(A, 1).any() for A in net.maps)


@pytest.mark.parametrize(("blocks", "least", "most"), [(1, 0, 1e-13), (2, 1e-3, np.inf)], ids=["one", "two"])
def test_without_positions_one_block_is_blind_to_order_and_two_are_not(blocks, least, most):
    net = make("no positions", blocks=blocks, mlp=1)
    ids = np.array([[0, 1, 2, 3, 4, 5]])
    shuffled = ids[:, [3, 0, 4, 2, 1, 5]]
    assert least <= np.abs(net.forward(ids)[:, -1] - net.forward(shuffled)[:, -1]).max() <= most


@every_kind
def test_maps_are_the_weights_of_each_block(kind):
    net, (ids, _) = make(kind), letters()
    net.forward(ids)
    heads, blocks = KINDS[kind].get("heads", 1), KINDS[kind].get("blocks", 2)
    assert [A.shape for A in net.maps] == [(N, heads, T, T)] * blocks
    for A in net.maps:
        assert (A >= 0).all()
        np.testing.assert_allclose(A.sum(axis=-1), 1, atol=1e-12)


# --- the cache


@every_kind
def test_steps_with_the_cache_equal_the_full_pass(kind):
    net, (ids, _) = make(kind), letters()
    full, past = net.forward(ids), net.room(N, T + 2)
    for t in range(T):
        np.testing.assert_allclose(net.step(ids[:, t], past, t), full[:, t], atol=1e-12)


@every_kind
def test_writing_on_with_and_without_the_cache_gives_the_same_letters(kind):
    net, ids = make(kind), letters(T=3)[0]
    found = net.generate(ids, 5)
    assert found.shape == (N, 8) and found.dtype == ids.dtype
    np.testing.assert_array_equal(found, net.generate(ids, 5, cache=False))
    np.testing.assert_array_equal(found[:, :3], ids)
    np.testing.assert_array_equal(net.forward(found)[:, 2:-1].argmax(axis=-1), found[:, 3:])


@pytest.mark.parametrize("cache", [True, False])
def test_after_writing_on_there_is_nothing_to_go_back_through(cache):
    net, (ids, _) = make(), letters()
    for write in (lambda: net.generate(ids, 2, cache=cache), lambda: net.step(ids[:, 0], net.room(N, 1), 0)):
        net.loss(ids)
        write()
        says(net.backward, "before forward")


# --- sizes, first weights, training


def test_the_small_net_has_the_parameters_that_its_shapes_say():
    net = Transformer(26, rng=np.random.default_rng(0))
    assert sum(p.size for p in net.params.values()) == 26 * 32 + 2 * (4 * 32 * 32 + 64) + 64 + 32 * 26 == 10_048
    assert list(net.params)[:4] == ["embed.W", "block1.norm.g", "block1.norm.b", "block1.attention.Wqkv"]
    assert {p.dtype for p in net.params.values()} == {np.dtype(np.float32)}
    wide = Transformer(200, 128, mlp=2, positions="learnt", rng=np.random.default_rng(0)).params
    spread = {"embed.W": 0.5, "positions.W": 0.5, "block1.attention.Wqkv": 128**-0.5, "block1.mlp.W1": 1 / 8}
    spread["out.W"] = 0.5 * 128**-0.5
    np.testing.assert_allclose([wide[name].std() for name in spread], list(spread.values()), rtol=0.05)


def test_what_writes_into_the_sum_starts_smaller_the_deeper_the_net_is():
    spread = {}
    for blocks, shortcut in ((2, True), (8, True), (8, False)):
        net = Transformer(26, 64, blocks=blocks, mlp=2, shortcut=shortcut, rng=np.random.default_rng(0))
        spread[blocks, shortcut] = [float(net.params[f"block2.{name}"].std()) for name in ("attention.Wo", "mlp.W2")]
    np.testing.assert_allclose(spread[2, True], [1 / 8 / 2, 1 / 128**0.5 / 2], rtol=0.05)
    np.testing.assert_allclose(spread[8, True], [1 / 8 / 4, 1 / 128**0.5 / 4], rtol=0.05)
    np.testing.assert_allclose(spread[8, False], [1 / 8, 1 / 128**0.5], rtol=0.05)


def trained(blocks, steps=300):
    rng = np.random.default_rng(0)
    net = Transformer(26, blocks=blocks, rng=rng)
    history = train_on(net, (induction(32, 33, rng) for _ in range(steps)), steps, 0.01)
    assert history.steps == steps and history.stopped == "finished"
    return net


def test_two_blocks_learn_to_look_up_what_came_next_last_time_and_one_does_not():
    test = induction(200, 33, np.random.default_rng(99))
    two = trained(2)
    assert two.accuracy(*test) > 0.95
    before = np.mean([A[0, 0, np.arange(1, 32), np.arange(31)] for A in (two.maps[0][n : n + 1] for n in range(200))])
    assert before > 0.4, "block 1 looks at the place before"
    assert trained(1).accuracy(*test) < 0.4


# --- bad input


@pytest.mark.parametrize(
    ("options", "pieces"),
    [
        ({"width": 9}, ("width / heads is 9", "even")),
        ({"width": 8, "heads": 3}, ("width is 8 and heads is 3",)),
        ({"positions": "alibi"}, ("positions is 'alibi'", "'rotary', 'sines', 'learnt'")),
        ({"positions": "sines", "width": 9}, ("width is 9", "even")),
        ({"blocks": 0}, ("blocks is 0",)),
        ({"mlp": 1.5}, ("mlp is 1.5",)),
        ({"mlp": -1}, ("mlp is -1",)),
        ({"longest": 0}, ("longest is 0",)),
        ({"dtype": int}, ("dtype",)),
        ({"parts": [layer_norm]}, ("parts is a list",)),
        ({"parts": {"norm": layer_norm}}, ("parts has norm", "layer_norm_backward")),
        ({"parts": {"layer_norm": 3}}, ("parts['layer_norm'] is a int",)),
        ({"parts": {"layer_norm_backward": layer_norm_backward}}, ("without layer_norm",)),
        ({"parts": {"multi_head": lambda X, Wqkv, Wo, heads: None}}, ("no keyword rotate",)),
        ({"parts": OWN, "scaled": False}, ("scaled=False", "multi_head")),
    ],
)
def test_what_a_net_cannot_be_made_of_is_refused_in_words(options, pieces):
    says(lambda: Transformer(V, **({"width": 8, "rng": np.random.default_rng(0)} | options)), *pieces)


def test_what_it_cannot_read_is_refused_in_words():
    net, (ids, counted) = make("learnt"), letters()
    says(lambda: net.backward(), "before forward")
    says(lambda: net.forward(ids[0]), "ids has shape (6,)", "batch axis")
    says(lambda: net.forward(ids + 5), "ids holds the id")
    says(lambda: net.forward(ids.astype(float)), "ids holds float64")
    says(lambda: net.forward(ids.tolist()), "ids is a list")
    says(lambda: net.forward(np.zeros((1, 9), int)), "9 tokens", "longest = 8")
    says(lambda: net.loss(ids[:, :1]), "one token a row")
    says(lambda: net.loss(ids, counted[:, 1:]), "counted has shape (2, 5)", "(2, 6)")
    says(lambda: net.loss(ids, counted.astype(int)), "counted holds int64")
    says(lambda: net.loss(ids, np.arange(T) < np.ones((N, 1))), "False everywhere")
    says(lambda: net.accuracy(ids, np.arange(T) < np.ones((N, 1))), "False everywhere")
    says(lambda: net.generate(ids, 0), "steps is 0")
    says(lambda: net.generate(ids, 4), "9 tokens", "longest = 8")
    says(lambda: net.step(ids[:, 0], net.room(N, 3), 3), "t is 3", "0 to 2")
    says(lambda: net.step(ids, net.room(N, 3), 0), "tokens has shape (2, 6)")
    net.forward(ids)
    says(lambda: net.backward(), "no loss")
    says(lambda: net.backward(np.zeros((N, T, 3))), "dlogits has shape (2, 6, 3)", "(2, 6, 7)")


def test_the_layers_of_a_net_are_the_courses():
    net = make("with an mlp")
    assert isinstance(net.layers["norm"], LayerNorm) and isinstance(net.layers["block2.attention"], MultiHeadAttention)
    assert all(net.params[f"{k}.{p}"] is v for k, layer in net.layers.items() for p, v in layer.params.items())
