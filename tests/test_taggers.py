"""The nets of notebook 06 that answer at every step: gradients, layers made of the exercises' functions, training."""

import numpy as np
import pytest

from helpers.authoring import find
from helpers.gradients import numerical_gradient
from helpers.layers import GRU, RNN, Bidirectional
from helpers.taggers import BothWays, OneWay, Tagger, train

OWN_ONE = find("1.2").reference, find("2.3").reference
OWN_TWO = find("6.2").reference, find("6.5").reference


def swap(S):
    """Reverse the second half of the states; twice is nothing."""
    H = S.shape[2] // 2
    return np.concatenate([S[:, :, :H], S[:, ::-1, H:]], axis=2)


def both(cell, rng):
    return Bidirectional(*(cell(2, 3, rng=rng, dtype=np.float64) for _ in "fb"))


NETS = {
    "one way": lambda rng: [OneWay(*OWN_ONE, 2, 3, rng=rng)],
    "both ways": lambda rng: [BothWays(*OWN_TWO, 2, 3, rng=rng)],
    "not reversed back": lambda rng: [BothWays(*OWN_TWO, 2, 3, rng=rng, turn=swap)],
    "two layers": lambda rng: [BothWays(*OWN_TWO, 2, 3, rng=rng), BothWays(*OWN_TWO, 6, 2, rng=rng)],
    "the course's RNN": lambda rng: [RNN(2, 3, rng=rng, dtype=np.float64)],
    "the course's GRU, both ways": lambda rng: [both(GRU, rng)],
}


@pytest.mark.parametrize("make", NETS.values(), ids=NETS)
def test_every_gradient_equals_the_slope(make):
    rng = np.random.default_rng(0)
    net = Tagger(make(rng), 4, rng=rng)
    X, y, mask = rng.normal(size=(2, 5, 2)), rng.integers(0, 4, (2, 5)), rng.random((2, 5)) < 0.7
    _, grads = net.loss_and_grads(X, y, mask)
    grads = {name: g.copy() for name, g in grads.items()}
    assert grads.keys() == net.params.keys()
    for name, p in net.params.items():
        assert np.abs(numerical_gradient(lambda: net.loss_and_grads(X, y, mask)[0], p) - grads[name]).max() < 1e-8


def test_credit_is_the_slope_of_the_right_answers_score():
    rng = np.random.default_rng(1)
    net = Tagger(NETS["two layers"](rng), 4, rng=rng)
    X, y = rng.normal(size=(1, 5, 2)), rng.integers(0, 4, (1, 5))
    found = net.credit(X, y, np.ones((1, 5), bool))
    for t in range(5):
        slope = numerical_gradient(lambda t=t: net.forward(X)[0, t, y[0, t]], X)
        assert np.linalg.norm(slope[0], axis=1) == pytest.approx(found[t])


def test_training_learns_and_says_that_it_was_stopped():
    rng = np.random.default_rng(0)
    net = Tagger(NETS["both ways"](rng), 2, rng=rng)

    def batches():
        while True:
            X = rng.integers(0, 2, (16, 5, 2)).astype(float)
            yield X, np.roll(X[:, :, 0], -1, 1).astype(int), np.arange(5) < np.full((16, 1), 4)

    X, y, mask = next(batches())
    assert train(net, batches(), steps=150, lr=0.03).right(X, y, mask) == 1

    def stopped():
        yield X, y, mask
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="interrupted after 1 steps"):
        train(net, stopped(), steps=5, lr=0.01)
