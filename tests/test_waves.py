"""Windows of a noisy wave, and the linear model."""

import numpy as np

from helpers.experiments.waves import forecast_errors, learn_forecast, linear_forecast, wave_windows


def test_training_windows_hold_none_of_the_values_that_are_tested():
    train, test = wave_windows(0)
    assert train.shape == (968, 33) and test.shape == (468, 33)
    assert not set(train.ravel()) & set(test[:, -1])


def test_linear_forecast_finds_a_linear_rule():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 5))
    rows[:, -1] = 0.3 * rows[:, 0] - rows[:, 3] + 2
    assert np.allclose(linear_forecast(rows[:40], rows[40:]), rows[40:, -1])


def test_a_net_forecasts_better_than_saying_the_same_again():
    said = learn_forecast("rnn", 0, steps=60)
    errors, others = forecast_errors({"rnn": [said]})
    test = wave_windows(0)[1]
    assert said.shape == (468,) and np.isclose(errors["rnn"][0], np.sqrt(np.mean((said - test[:, -1]) ** 2)))
    assert set(others) == {"linear", "same\nagain"} and errors["rnn"] < others["same\nagain"]
    assert others["linear"] < others["same\nagain"]
