"""A noisy wave cut into windows, and what predicts its next value: small nets, and a straight line through the last ones."""

import numpy as np

from helpers.data.series import noisy_sine
from helpers.experiments.cell_costs import CELLS, n_params, units_for
from helpers.models.readers import Reader, train


def wave_windows(seed, T=32):
    """Return (train (968, T + 1), test (468, T + 1)) for T = 32: T values of a noisy sine and the next one, float32."""
    x = noisy_sine(1500, np.random.default_rng(seed), dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(x, T + 1)
    return windows[: 1000 - T], windows[1000:]


def linear_forecast(train, test):
    """Return what a linear model, fitted to the rows of train by least squares, says of the last column of test."""
    A = np.column_stack([train[:, :-1], np.ones(len(train))]).astype(float)
    weights = np.linalg.lstsq(A, train[:, -1], rcond=None)[0]
    return test[:, :-1] @ weights[:-1] + weights[-1]


def learn_forecast(cell, seed, *, steps=200, lr=0.02):
    """Train a net with as many weights as a GRU of 12 units on the wave of this seed; return what it says of its test (468,)."""
    rng, (learn, test) = np.random.default_rng(seed), wave_windows(seed)
    net = Reader(CELLS[cell](1, units_for(cell, 1, n_params("gru", 1, 12)), rng=rng), 1, rng=rng)

    def batches():
        while True:
            rows = learn[rng.integers(0, len(learn), 32)]                      # (N, 33)
            yield rows[:, :32, None].copy(), rows[:, 32:]

    train(net, batches(), steps=steps, lr=lr, decay=True)
    return net.forward(test[:, :32, None].copy())[:, 0]


def forecast_errors(said):
    """Return the errors (root of the mean square) of nets, and those of two models without a training loop.

    said : dict cell -> what its nets said of the tests of the waves 0, 1 … (468,).
    -> dict cell -> (waves,), and dict "linear", "same\nagain" (the last value once more) -> (waves,)
    """
    waves = [wave_windows(seed) for seed in range(len(next(iter(said.values()))))]
    errors = {cell: np.array([_rms(one, test[:, -1]) for one, (_, test) in zip(some, waves, strict=True)])
              for cell, some in said.items()}
    return errors, {"linear": np.array([_rms(linear_forecast(*wave), wave[1][:, -1]) for wave in waves]),
                    "same\nagain": np.array([_rms(test[:, -2], test[:, -1]) for _, test in waves])}


def _rms(a, b):
    return np.sqrt(np.mean((a - b) ** 2))
