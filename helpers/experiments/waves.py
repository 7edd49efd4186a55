"""A noisy wave cut into windows, and the simplest model that predicts its next value: a straight line through the last ones."""

import numpy as np

from helpers.data.series import noisy_sine


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
