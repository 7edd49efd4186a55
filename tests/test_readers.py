"""The nets that notebooks train when the loop is not their subject: gradients, carried states, training."""

import numpy as np
import pytest

from helpers.data.sequences import adding_problem
from helpers.layers import GRU, LSTM, RNN, Bidirectional, Embedding
from helpers.models.readers import LanguageModel, Reader, train
from helpers.training.batches import text_batches
from helpers.training.gradients import numerical_gradient


def both_ways(D, H, *, rng, dtype):
    return Bidirectional(*(RNN(D, H, rng=rng, dtype=dtype) for _ in range(2)))


def differs(net, batch):
    _, grads = net.loss_and_grads(*batch)
    grads = {name: g.copy() for name, g in grads.items()}
    assert grads.keys() == net.params.keys()
    return max(np.abs(numerical_gradient(lambda: net.loss_and_grads(*batch)[0], p) - grads[name]).max()
               for name, p in net.params.items())


@pytest.mark.parametrize("cell", [RNN, LSTM, GRU, both_ways])
@pytest.mark.parametrize("answer", ["last", "each"])
@pytest.mark.parametrize("loss", ["squared", "sigmoid", "softmax"])
def test_every_gradient_of_a_reader_equals_the_slope(cell, answer, loss):
    rng = np.random.default_rng(0)
    net = Reader(cell(2, 3, rng=rng, dtype=np.float64), 4, rng=rng, answer=answer, loss=loss)
    shape = (2,) if answer == "last" else (2, 5)
    y = rng.integers(0, 4, shape) if loss == "softmax" else rng.random((*shape, 4))
    assert differs(net, (rng.normal(size=(2, 5, 2)), y)) < 1e-8


def test_masked_places_give_no_gradient():
    rng = np.random.default_rng(0)
    net = Reader(RNN(2, 3, rng=rng, dtype=np.float64), 1, rng=rng, answer="each", loss="sigmoid")
    X, y, mask = rng.normal(size=(2, 5, 2)), rng.random((2, 5, 1)), np.ones((2, 5, 1), bool)
    mask[:, 3:] = False
    loss = net.loss_and_grads(X, y, mask)[0]
    y[:, 3:] = 0.123
    assert loss == net.loss_and_grads(X, y, mask)[0] and differs(net, (X, y, mask)) < 1e-8


@pytest.mark.parametrize("cell", [RNN, LSTM, GRU])
def test_language_model_has_right_gradients_and_carries_its_state(cell):
    rng = np.random.default_rng(0)
    net = LanguageModel(cell(3, 4, rng=rng, dtype=np.float64), Embedding(6, 3, rng=rng, dtype=np.float64), rng=rng)
    ids = rng.integers(0, 6, 41)
    batches = text_batches(ids, size=2, steps=5)
    first, second = next(batches), next(batches)
    assert differs(net, first) < 1e-8
    net.loss_and_grads(*first)
    carried = net.loss_and_grads(*second)[0]
    assert carried != net.loss_and_grads(*second[:2], True)[0]
    rows = np.stack([ids[:11], ids[20:31]])
    both = (net.loss_and_grads(*first)[0] + net.loss_and_grads(*second)[0]) / 2
    assert net.loss(rows) == pytest.approx(both)
    assert np.allclose(net.forward(rows, last=True)[0], net.forward(rows)[0][:, -1:])


def test_training_learns():
    rng = np.random.default_rng(0)
    net = Reader(GRU(2, 12, rng=rng), 1, rng=rng)
    batches = (adding_problem(32, 5, rng, dtype=np.float32) for _ in range(400))
    history = train(net, batches, steps=400, lr=0.02)
    assert history.steps == 400 and history.smooth(50)[-1] < 0.02 < history.losses[0]


def test_unknown_answer_or_loss_is_refused():
    rng = np.random.default_rng(0)
    for wrong in ({"answer": "first"}, {"loss": "absolute"}):
        with pytest.raises(ValueError, match=str(*wrong.values())):
            Reader(RNN(2, 3, rng=rng), 1, rng=rng, **wrong)
