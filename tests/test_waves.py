"""Windows of a noisy wave, and the linear model."""

import numpy as np

from helpers.experiments.waves import linear_forecast, wave_windows


def test_training_windows_hold_none_of_the_values_that_are_tested():
    train, test = wave_windows(0)
    assert train.shape == (968, 33) and test.shape == (468, 33)
    assert not set(train.ravel()) & set(test[:, -1])


def test_linear_forecast_finds_a_linear_rule():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 5))
    rows[:, -1] = 0.3 * rows[:, 0] - rows[:, 3] + 2
    assert np.allclose(linear_forecast(rows[:40], rows[40:]), rows[40:, -1])
