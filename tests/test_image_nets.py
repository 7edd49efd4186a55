"""The small nets of notebook 13 that name shapes, look for rings and read patches: gradients, and what they promise."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.experiments import channels, places
from helpers.training.gradients import gradient_errors
from tests.small_transformers import says

rng = np.random.default_rng(0)


@pytest.mark.parametrize("kind", channels.KINDS)
def test_gradients_of_channel_nets_are_right(kind):
    net = channels.ChannelNet(kind, rng=rng, channels=3, dtype=np.float64)
    for p in net.params.values():
        p += 0.1 * rng.normal(size=p.shape)
    columns, shapes = rng.normal(size=(2, 144, 75)), np.array([1, 3])
    grads = dict(net.loss_and_grads(columns, shapes)[1])
    chosen = {name: p for name, p in net.params.items() if name != "conv.W"}
    errors = gradient_errors(lambda: net.loss_and_grads(columns, shapes)[0], chosen, {name: grads[name] for name in chosen})
    assert max(errors.values()) < 1e-6, errors


def test_your_own_gates_are_what_trains():
    own = {"excite": find("13.8").reference, "excite_backward": find("13.9").reference}
    columns, shapes = rng.normal(size=(3, 144, 75)).astype(np.float32), np.array([0, 1, 2])
    theirs, mine = (channels.ChannelNet("gated", rng=np.random.default_rng(1), **parts) for parts in ({}, own))
    loss, grads = theirs.loss_and_grads(columns, shapes)
    own_loss, own_grads = mine.loss_and_grads(columns, shapes)
    assert own_loss == pytest.approx(loss, rel=1e-5)
    for name, g in grads.items():
        np.testing.assert_allclose(own_grads[name], g, atol=1e-5)
        assert own_grads[name].dtype == np.float32


def test_gates_can_be_taken_from_elsewhere():
    data = channels.lit_columns(40, np.random.default_rng(2))
    net = channels.ChannelNet("gated", rng=np.random.default_rng(3))
    np.testing.assert_allclose(net.forward(data[0]), net.forward(data[0], net.gates_of(data[0])), atol=1e-5)
    same, other = channels.with_gates_of_another(net, data, np.random.default_rng(4))
    assert 0 <= same <= 1 and 0 <= other <= 1 and set(net.reads()) <= {0, 1, 2}
    says(lambda: channels.ChannelNet("soft", rng=rng), "kind is 'soft'")


@pytest.mark.parametrize(
    "net",
    [
        lambda **k: places.PoolingNet("look", inputs=6, width=4, **k),
        lambda **k: places.PoolingNet("mean", inputs=6, width=4, **k),
        *[lambda a=a, b=b, **k: places.PatchNet(patches=5, inputs=6, width=4, positions=a, attention=b, **k)
          for a in (True, False) for b in (True, False)],
    ],
)  # fmt: skip
def test_gradients_of_nets_that_read_places_are_right(net):
    net = net(rng=np.random.default_rng(5), dtype=np.float64)
    X, answers = rng.normal(size=(3, 5, 6)), np.array([0, 1, 1])
    grads = dict(net.loss_and_grads(X, answers)[1])
    errors = gradient_errors(lambda: net.loss_and_grads(X, answers)[0], net.params, grads)
    assert grads.keys() == net.params.keys() and max(errors.values()) < 1e-6, errors


def test_without_positions_the_order_of_the_patches_is_lost():
    X, order = rng.normal(size=(3, 36, 48)), rng.permutation(36)
    bag, row = (places.PatchNet(rng=np.random.default_rng(6), positions=kept, dtype=np.float64) for kept in (False, True))
    np.testing.assert_allclose(bag.forward(X), bag.forward(X[:, order]), atol=1e-12)
    assert np.abs(row.forward(X) - row.forward(X[:, order])).max() > 1e-3


def test_a_net_that_looks_learns_more_than_by_chance():
    X, answers = rng.normal(size=(64, 5, 6)), rng.integers(0, 4, 64)
    X[np.arange(64), rng.integers(0, 5, 64), answers] += 4
    net = places.learn(places.PoolingNet("look", rng=np.random.default_rng(7), inputs=6), (X.astype(np.float32), answers),
                       np.random.default_rng(8), steps=150, lr=0.03)
    assert places.accuracy(net, X.astype(np.float32), answers) > 0.8 and net.maps.shape == (64, 5)
