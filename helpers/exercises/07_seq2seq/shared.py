"""Small models and cells for the cases."""

import numpy as np

from helpers.checking.comparing import same


class Model:
    """A function together with its numbers; two are equal where both are, so that the cases are the same each time."""

    def __init__(self, function, *numbers):
        self.function, self.numbers = function, numbers

    def __call__(self, *given):
        return self.function(*self.numbers, *given)

    def __eq__(self, other):
        return type(other) is Model and self.function is other.function and same(self.numbers, other.numbers)

    __hash__ = None


def _rnn_cell(Wx, Wh, b, x, state):
    return (np.tanh(x @ Wx + state[0] @ Wh + b),)


def _lstm_cell(Wx, Wh, b, x, state):
    h, c = state
    i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(c) / (1 + np.exp(-o)), c


def draw_cell(rng, kind, E, H):
    """Return cell(x, state) of an "rnn" or an "lstm" with random weights: x (N, E), state of arrays (N, H)."""
    blocks = 4 if kind == "lstm" else 1
    weights = rng.normal(size=(E, blocks * H)), rng.normal(size=(H, blocks * H)), rng.normal(size=blocks * H)
    return Model(_lstm_cell if kind == "lstm" else _rnn_cell, *weights)


def draw_state(rng, kind, N, H):
    """Return a random state: (h,) for an "rnn", (h, c) for an "lstm", each (N, H)."""
    return tuple(rng.uniform(-1, 1, size=(N, H)) for _ in range(2 if kind == "lstm" else 1))
