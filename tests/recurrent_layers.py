"""What several test files need: every recurrent layer by name, random input for it, and its state as a flat list."""

import numpy as np

from helpers.layers import GRU, LRU, LSTM, MGU, RNN, Bidirectional, LSTMVariant, MinGRU

N, T, D, H = 3, 5, 4, 6

RECURRENT = {
    "RNN tanh": lambda **k: RNN(D, H, **k),
    "RNN relu": lambda **k: RNN(D, H, activation="relu", **k),
    "RNN sigmoid": lambda **k: RNN(D, H, activation="sigmoid", **k),
    "LSTM": lambda **k: LSTM(D, H, **k),
    "GRU after": lambda **k: GRU(D, H, **k),
    "GRU before": lambda **k: GRU(D, H, reset="before", **k),
    "Bidirectional RNN": lambda **k: Bidirectional(RNN(D, H, **k), RNN(D, H, **k)),
    "Bidirectional LSTM and GRU": lambda **k: Bidirectional(LSTM(D, H, **k), GRU(D, H - 1, **k)),
    "LSTM variant, all on": lambda **k: LSTMVariant(D, H, **k),
    "LSTM variant, no input gate": lambda **k: LSTMVariant(D, H, input_gate=False, **k),
    "LSTM variant, no forget gate": lambda **k: LSTMVariant(D, H, forget_gate=False, **k),
    "LSTM variant, no output gate": lambda **k: LSTMVariant(D, H, output_gate=False, **k),
    "LSTM variant, linear input": lambda **k: LSTMVariant(D, H, squash_input=False, **k),
    "LSTM variant, linear cell": lambda **k: LSTMVariant(D, H, squash_cell=False, **k),
    "LSTM variant, coupled": lambda **k: LSTMVariant(D, H, coupled=True, **k),
    "LSTM variant, peephole": lambda **k: LSTMVariant(D, H, peephole=True, **k),
    "LSTM variant, coupled with peephole": lambda **k: LSTMVariant(D, H, coupled=True, peephole=True, **k),
    "LSTM variant, carousel alone": lambda **k: LSTMVariant(
        D, H, input_gate=False, forget_gate=False, output_gate=False, squash_input=False, squash_cell=False, **k
    ),
    "MGU": lambda **k: MGU(D, H, **k),
    "minGRU": lambda **k: MinGRU(D, H, **k),
    "minGRU, factors from -1": lambda **k: MinGRU(D, H, low=-1.0, **k),
    "LRU": lambda **k: LRU(D, H, **k),
}


def make(name, rng, dtype=np.float64):
    """Return a layer whose parameters, biases too, are random: with zeros, wrong gradients could hide."""
    layer = RECURRENT[name](rng=rng, dtype=dtype)
    for p in layer.params.values():
        p[...] = 0.5 * rng.standard_normal(p.shape)
    return layer


def flat(state):
    """Return the arrays of a state, which may be an array, a pair (h, c) or a pair of states."""
    if isinstance(state, np.ndarray):
        return [state]
    return [array for part in state for array in flat(part)]


def random_like(state, rng):
    """Return random arrays in the structure of state."""
    if isinstance(state, np.ndarray):
        return rng.standard_normal(state.shape).astype(state.dtype)
    return tuple(random_like(part, rng) for part in state)
