"""Forecasts from their own predictions: no value is seen before its time, and a wave without noise is continued."""

import numpy as np
import pytest

from helpers.experiments.forecasts import (
    error_of,
    fit_window,
    noisy_wave,
    random_rnn_forecast,
    steps_late,
    window_at_once,
    window_forecast,
    window_root,
)


def tanh_step(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh + b)


FORECASTS = {
    "window": window_forecast,
    "at once": window_at_once,
    "rnn": lambda x, known, ahead: random_rnn_forecast(x, known, ahead, step=tanh_step, seed=0),
}


@pytest.mark.parametrize("name", FORECASTS)
def test_what_comes_later_changes_no_forecast(name):
    x = noisy_wave(0, T=300)
    other = x.copy()
    other[251:] += 1.0
    before, after = FORECASTS[name](x, 200, 8), FORECASTS[name](other, 200, 8)
    same = 250 - 200 + 1  # forecasts from s = 200 … 250
    assert before.shape == (300 - 200 - 8,)
    assert np.array_equal(before[:same], after[:same]) and not np.allclose(before[same:], after[same:])


def test_a_window_continues_a_wave_without_noise():
    x = noisy_wave(0, T=600, noise=0)
    assert error_of(window_forecast(x, 400, 4), x, 400, 4) < 1e-3
    assert abs(window_root(fit_window(x, 400, 4)).imag) > 0.05


def test_root_of_a_window_that_halves():
    assert np.isclose(window_root(np.array([0.0, 0.0, 0.5, 0.0])), 0.5)


@pytest.mark.parametrize("late", [-7, 0, 5, 16])
def test_steps_late(late):
    t = np.arange(650, 1000)
    assert np.isclose(steps_late(0.6 * np.sin(0.1 * (t - late)), 600, 50), late)
