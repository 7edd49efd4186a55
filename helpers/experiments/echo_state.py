"""What one measures of an echo state network: its memory, and how far it goes on with a chaotic series by itself.

The net is the learner's: `fit` is exercise 3.6 (u, y, Wx, Wh, b, rho, washout, ridge -> scaled Wh, Wout), `run` exercise 1.2.
"""

import numpy as np

from helpers.data.series import mackey_glass


def random_reservoir(rng, units, scale):
    """Return random Wx (H,), Wh (H, H) and b (H,); the inputs' weights lie between ± scale."""
    Wx, Wh = rng.uniform(-scale, scale, units), rng.normal(size=(units, units))
    return Wx, Wh, rng.uniform(-0.2, 0.2, units)


def window_of_products(u, y, *, known, window=30, ridge=1e-6):
    """Return the error (NRMSE) of a read-out of the last `window` inputs and all products of two of them, without any net.

    Fitted to the first `known` steps but 200, measured on the rest.
    """
    past = np.stack([np.roll(u, k) for k in range(window)], axis=1)
    A = np.concatenate([np.ones((len(u), 1)), past, *(past[:, [k]] * past[:, k:] for k in range(window))], axis=1)
    fit = A[200:known]
    w = np.linalg.solve(fit.T @ fit + ridge * np.eye(A.shape[1]), fit.T @ y[200:known])
    return np.sqrt(np.mean((A[known:] @ w - y[known:]) ** 2) / np.var(y[known:]))


def two_starts(run, rho, seed, *, units=200, T=1000):
    """Return how far two states are apart (per unit) after T steps of the same input, started in two different states."""
    rng = np.random.default_rng(seed)
    u = rng.uniform(0, 0.5, T)
    Wx, Wh, b = random_reservoir(rng, units, scale=0.5)
    Wh *= rho / np.abs(np.linalg.eigvals(Wh)).max()
    starts = np.stack([np.zeros(units), rng.normal(size=units)])
    a, b = run(np.stack([u, u])[:, :, None], starts, Wx[None], Wh, b)[:, -1]
    return np.linalg.norm(a - b) / np.sqrt(units)


def recall(run, rho, seed, *, lags=60, units=100, T=2400, half=1300):
    """Return (lags,): the share of the variance of the input k = 1, 2, … steps ago that can be read off the state."""
    rng = np.random.default_rng(seed)
    u, Wh = rng.uniform(-1, 1, T), rng.normal(size=(units, units))
    Wh *= rho / np.abs(np.linalg.eigvals(Wh)).max()
    Wx, blank = rng.uniform(-0.1, 0.1, (1, units)), np.zeros((1, units))
    H = run(u[None, :, None], blank, Wx, Wh, blank[0])[0]                          # (T, units)
    past = np.stack([np.roll(u, k) for k in range(1, lags + 1)], axis=1)           # (T, lags)
    A, B = H[200:half], H[half:]
    P = B @ np.linalg.solve(A.T @ A + 1e-9 * np.eye(units), A.T @ past[200:half])
    Q, P = past[half:] - past[half:].mean(axis=0), P - P.mean(axis=0)
    r2 = (P * Q).sum(axis=0) ** 2 / ((P**2).sum(axis=0) * (Q**2).sum(axis=0))
    return np.where(r2 > 0.03, r2, 0.0)                                            # less is chance


def free_run(fit, run, rho, seed, *, units=300, T=3000, ahead=500):
    """Return the Mackey-Glass series after its first T steps, and what the net makes of it on its own (both (ahead,))."""
    rng = np.random.default_rng(seed)
    x = mackey_glass(T + ahead, rng) - 0.9
    Wx, Wh, b = random_reservoir(rng, units, scale=1.0)
    Wh, Wout = fit(x[: T - 1], x[1:T], Wx, Wh, b, rho, washout=200, ridge=1e-7)
    h = run(x[None, :T, None], np.zeros((1, units)), Wx[None], Wh, b)[0, -1]
    said = np.empty(ahead)
    for t in range(ahead):
        said[t] = h @ Wout[:-1] + Wout[-1]
        h = np.tanh(said[t] * Wx + h @ Wh + b)                                     # it hears what it said
    return x[T:], said


def steps_followed(truth, said):
    """Return for how many steps `said` stays within 0.4 standard deviations of the truth."""
    lost = np.flatnonzero(np.abs(said - truth) > 0.4 * truth.std())
    return int(lost[0]) if len(lost) else len(truth)
