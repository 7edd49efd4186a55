"""The plain RNNs that are trained side by side: each is the net of helpers.layers, and has the gradient of its loss."""

import numpy as np
import pytest

from helpers.data.sequences import adding_problem
from helpers.layers import RNN
from helpers.models import stacked_readers
from helpers.models.readers import Reader
from helpers.training.gradients import numerical_gradient


@pytest.fixture
def batch():
    return adding_problem(4, 6, np.random.default_rng(3))


@pytest.mark.parametrize("answer", ["last", "each"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_every_net_has_the_loss_and_the_gradients_of_the_layer(activation, answer, batch):
    if answer == "each":
        batch = batch[0], np.cumsum(batch[0][..., :1], axis=1)
    nets = [stacked_readers.start(seed, H=5, dtype=np.float64) for seed in range(2)]
    losses, _, grads = stacked_readers.loss_and_grads(stacked_readers.stack(nets), *batch, activation)
    for s, net in enumerate(nets):
        rng = np.random.default_rng(0)
        reader = Reader(RNN(2, 5, rng=rng, activation=activation, dtype=np.float64), 1, rng=rng, answer=answer)
        given = {"cell.Wx": net["Wx"], "cell.Wh": net["Wh"], "cell.b": net["b"][0], "out.W": net["Wy"], "out.b": net["by"][0]}
        for name, p in reader.params.items():
            p[...] = given[name]
        loss, theirs = reader.loss_and_grads(*batch)
        assert np.isclose(loss, losses[s])
        for mine, name in (("Wx", "cell.Wx"), ("Wh", "cell.Wh"), ("b", "cell.b"), ("Wy", "out.W"), ("by", "out.b")):
            assert np.allclose(grads[mine][s].ravel(), theirs[name].ravel()), name


def test_gradients_equal_the_slope(batch):
    nets = stacked_readers.stack([stacked_readers.start(seed, H=4, dtype=np.float64) for seed in range(2)])
    grads = stacked_readers.loss_and_grads(nets, *batch)[2]
    for name, p in nets.items():
        slope = numerical_gradient(lambda: float(stacked_readers.loss_and_grads(nets, *batch)[0].sum()), p)
        assert np.abs(slope - grads[name]).max() < 1e-8, name


def test_a_linear_orthogonal_net_keeps_all_of_the_gradient(batch):
    net = stacked_readers.stack([stacked_readers.start(0, H=5, dtype=np.float64)])
    net["Wx"] *= 1e-9                                                   # so weak that tanh is a line
    assert np.isclose(stacked_readers.loss_and_grads(net, *batch)[1], 1.0)


def test_each_net_has_its_own_learning_rate():
    nets = stacked_readers.stack([stacked_readers.start(0)] * 3)
    seen = stacked_readers.train(nets, stacked_readers.adding_batches(5), steps=4, lr=[0.0, 0.01, 0.01])
    assert np.array_equal(nets["Wh"][0], stacked_readers.start(0)["Wh"])
    assert np.array_equal(nets["Wh"][1], nets["Wh"][2]) and not np.array_equal(nets["Wh"][0], nets["Wh"][1])
    assert seen.losses.shape == seen.left.shape == (4, 3) and np.isfinite(seen.left).all()
