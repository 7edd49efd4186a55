"""Numbers over time: a noisy sine, NARMA10 and Mackey-Glass, the yardsticks of recurrent nets."""

import numpy as np

from .checks import generator, whole


def noisy_sine(T, rng, noise=0.2, dtype=np.float64):
    """Return x (T,) = sin(0.01 t) + noise * N(0, 1) at t = 1 … T.

    Source: the series with which Dive into Deep Learning (section 9.1) shows how forecasts far ahead collapse;
    there T = 1000. Raises ValueError for T below 1 or noise below 0.
    """
    T, rng = whole("T", T), generator(rng)
    if not noise >= 0:
        raise ValueError(f"noise must be a standard deviation of at least 0, got {noise!r}")
    return (np.sin(0.01 * np.arange(1, T + 1)) + noise * rng.standard_normal(T)).astype(dtype)


def narma10(T, rng, dtype=np.float64):
    """Return (u (T,), y (T,)): a random input and a system that remembers ten steps of it and of itself.

    y[t+1] = 0.3 y[t] + 0.05 y[t] (y[t] + … + y[t-9]) + 1.5 u[t-9] u[t] + 0.1, u uniform in [0, 0.5), 0 before its start.
    Rarely the recurrence runs away; a series that leaves [0, 1] is thrown away and drawn anew.

    Source: Atiya & Parlos 2000, "New results on recurrent network training". Raises ValueError for T below 1.
    """
    T, rng = whole("T", T), generator(rng)
    for _ in range(100):
        u = rng.uniform(0, 0.5, T)
        y = np.zeros(T)
        for t in range(T - 1):
            before = u[t - 9] if t >= 9 else 0.0
            y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * y[max(0, t - 9) : t + 1].sum() + 1.5 * before * u[t] + 0.1
            if y[t + 1] > 1:
                break
        else:
            return u.astype(dtype), y.astype(dtype)
    raise ValueError(f"T must be short enough for a series that stays below 1; none of 100 did with T = {T}")


def mackey_glass(T, rng=None, tau=17, washout=500, substeps=10, dtype=np.float64):
    """Return x (T,): Mackey and Glass's model of blood cells, one value per unit of time, chaotic at tau = 17.

    dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)**10) - 0.1 x(t), by Runge-Kutta 4 with `substeps` steps per unit, the
    delayed value between two steps taken as their mean. It starts from x = 1.2, or, with rng, from 1.2 plus a little
    noise at each step of its past; the first `washout` values are left out.

    Source: Mackey & Glass 1977, "Oscillation and chaos in physiological control systems", Science 197, 287-289.
    Raises ValueError for sizes below 1.
    """
    T, tau, substeps = whole("T", T), whole("tau", tau), whole("substeps", substeps)
    washout = whole("washout", washout, 0)
    lag, h = tau * substeps, 1 / substeps
    past = np.full(lag + 1, 1.2) if rng is None else 1.2 + 0.05 * generator(rng).standard_normal(lag + 1)
    x = past.tolist()  # plain floats: this loop does one number at a time, where NumPy would be slow

    def slope(now, delayed):
        return 0.2 * delayed / (1 + delayed**10) - 0.1 * now

    for _ in range((washout + T - 1) * substeps):
        now, start, end = x[-1], x[-lag - 1], x[-lag]
        middle = (start + end) / 2
        k1 = slope(now, start)
        k2 = slope(now + h / 2 * k1, middle)
        k3 = slope(now + h / 2 * k2, middle)
        k4 = slope(now + h * k3, end)
        x.append(now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(x[lag:][:: substeps][washout:], dtype)
