"""The nets of notebook 06 that answer at every step: gradients, layers made of the exercises' functions, training."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.layers import GRU, RNN, Bidirectional
from helpers.models.taggers import (
    BothWays,
    OneWay,
    Tagger,
    bits_by_place,
    every_sequence,
    next_letter,
    random_bits,
    right_by_step,
    slope_errors,
    train,
)
from helpers.training.gradients import numerical_gradient

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

    with pytest.raises(KeyboardInterrupt, match="Stopped after 1 of 5 steps"):
        train(net, stopped(), steps=5, lr=0.01)


def test_slope_errors_are_small_for_the_exercise_and_large_for_a_mistake():
    errors = slope_errors(*OWN_TWO)
    assert list(errors) == ["X", "f.Wx", "f.Wh", "f.b", "b.Wx", "b.Wh", "b.b"] and max(errors.values()) < 1e-7

    def forgotten(dY, cache):
        dX, *grads = OWN_TWO[1](dY, cache)
        return dX / 2, *grads

    wrong = slope_errors(OWN_TWO[0], forgotten)
    assert wrong["X"] > 0.1 and wrong["f.Wx"] < 1e-7


class Copies:
    """Says surely, at each step, what class it sees; the last class where it sees nothing."""

    def forward(self, X):
        return 50.0 * X


def test_bits_of_random_tasks():
    def rule(X):
        return X[:, :, 0].astype(int), np.arange(X.shape[1]) < np.full((len(X), 1), 3)

    X, y, mask = next(random_bits(rule, seed=0, N=4, T=5))
    assert X.shape == (4, 5, 1) and set(np.unique(X)) <= {0.0, 1.0} and mask.sum() == 12
    assert len(np.unique(every_sequence(5)[:, :, 0], axis=0)) == 32

    class Sees:
        def forward(self, X):
            return np.concatenate([0.5 - X, X - 0.5], axis=2)

    assert right_by_step(Sees(), X, y, mask).tolist() == [1.0, 1.0, 1.0]


def test_a_net_that_copies_pays_for_each_letter_that_is_not_the_next_one():
    ids = np.tile([3, 3, 3, 7], 20)
    X, y, mask = next_letter(ids, [0, 1], T=4)
    assert X.shape == (2, 4, 27) and y.tolist() == [[3, 3, 7, 3], [3, 7, 3, 3]] and mask.all()
    bits = bits_by_place(Copies(), ids, T=4)
    assert bits[:2] == pytest.approx(0, abs=1e-6) and (bits[2:] > 60).all()
