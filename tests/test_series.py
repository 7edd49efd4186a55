"""Series in time: the noisy sine, NARMA, Mackey and Glass."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from helpers import data
from tests.test_generators import few, rng, seeds


def test_the_sine_is_under_the_noise():
    x = data.noisy_sine(20_000, rng())
    rest = x - np.sin(0.01 * np.arange(1, 20_001))
    assert abs(rest.mean()) < 0.01 and abs(rest.std() - 0.2) < 0.01
    assert np.array_equal(data.noisy_sine(9, rng(), noise=0), np.sin(0.01 * np.arange(1, 10)))


@few
@given(seeds, st.integers(1, 80))
def test_narma_obeys_its_recurrence(seed, T):
    u, y = data.narma10(T, rng(seed))
    assert u.shape == y.shape == (T,) and y[0] == 0 and ((0 <= u) & (u < 0.5)).all()
    padded_u, padded_y = np.concatenate([np.zeros(9), u]), np.concatenate([np.zeros(9), y])
    for t in range(T - 1):
        expected = 0.3 * y[t] + 0.05 * y[t] * sum(padded_y[t : t + 10]) + 1.5 * padded_u[t] * u[t] + 0.1
        assert np.isclose(y[t + 1], expected, rtol=1e-12)


def test_narma_stays_in_its_range():
    for seed in range(20):
        _, y = data.narma10(2000, rng(seed))
        assert 0 <= y.min() and y.max() <= 1


def test_mackey_glass_solves_its_equation():
    """A central difference of the fine series gives the right side of the equation."""
    h, tau = 0.02, 17
    fine = mackey_glass_fine(h, tau, 400)
    t = np.arange(200 * 50, 300 * 50)
    slope = (fine[t + 1] - fine[t - 1]) / (2 * h)
    late = fine[t - round(tau / h)]
    assert np.allclose(slope, 0.2 * late / (1 + late**10) - 0.1 * fine[t], atol=1e-4)
    coarse = data.mackey_glass(300, washout=0, substeps=50)
    assert np.allclose(coarse, fine[: 300 * 50 : 50], atol=2e-2)


def mackey_glass_fine(h, tau, time):
    """Euler's method with a middle step, written independently."""
    lag = round(tau / h)
    x = [1.2] * (lag + 1)
    for _ in range(round(time / h)):
        def slope(now, late):
            return 0.2 * late / (1 + late**10) - 0.1 * now
        half = x[-1] + h / 2 * slope(x[-1], x[-lag - 1])
        x.append(x[-1] + h * slope(half, (x[-lag - 1] + x[-lag]) / 2))
    return np.array(x[lag:])


def test_mackey_glass_is_one_per_unit_of_time_whatever_the_substeps():
    coarse, fine = data.mackey_glass(100, washout=50, substeps=10), data.mackey_glass(100, washout=50, substeps=40)
    assert np.abs(coarse - fine).max() < 1e-3
    assert np.allclose(data.mackey_glass(150, washout=0)[50:], coarse)
    x = data.mackey_glass(3000)
    assert 0.3 < x.min() < 0.5 and 1.2 < x.max() < 1.4
