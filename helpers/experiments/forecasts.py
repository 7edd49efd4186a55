"""A noisy wave, and models that predict it many steps ahead from their own predictions: a window of values, a random RNN.

Every model is fitted by least squares to the first `known` values and predicts x[s + ahead] for each s from known on.
"""

import numpy as np


def noisy_wave(seed, T=1000, noise=0.2):
    """Return (T,): sin(0.1 t), a wave of about 63 steps, and normal noise of this size on it."""
    return np.sin(0.1 * np.arange(T)) + noise * np.random.default_rng(seed).normal(size=T)


def fit_linear(A, y, ridge=0.003):
    """Return the weights for which A @ w[:-1] + w[-1] comes closest to y, kept small by ridge; A (N, K), y (N,) -> (K + 1,)."""
    A = np.column_stack([A, np.ones(len(A))])
    return np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y)


def fit_window(x, known, taps, ahead=1):
    """Return (taps + 1,): weights of the last values, oldest first, and a bias, that predict x[s + ahead] at once."""
    A = np.lib.stride_tricks.sliding_window_view(x[:known], taps)
    return fit_linear(A[:-ahead], x[taps + ahead - 1 : known])


def window_forecast(x, known, ahead, taps=4):
    """Return the predictions (T - known - ahead,) of a window that takes its own guess for the newest value, step by step."""
    w = fit_window(x, known, taps)
    A = _windows(x, known, ahead, taps)
    for _ in range(ahead):
        y = A @ w[:-1] + w[-1]
        A = np.column_stack([A[:, 1:], y])
    return y


def window_at_once(x, known, ahead, taps=4):
    """Return the predictions of a window that is fitted for that many steps ahead, without the steps between."""
    w = fit_window(x, known, taps, ahead)
    return _windows(x, known, ahead, taps) @ w[:-1] + w[-1]


def window_root(w):
    """Return the number by which a window that is fed its own guesses is multiplied at each step in the long run.

    w (taps + 1,) as from fit_window. Complex: the window swings by itself. Real: it only shrinks or grows.
    """
    roots = np.roots(np.concatenate([[1.0], -w[-2::-1]]))
    return roots[np.argmax(np.abs(roots))]


def random_rnn_forecast(x, known, ahead, *, step, seed, units=50, radius=0.95):
    """Return the predictions of an RNN with random weights and a fitted read-out; its guess is its next input.

    step : rnn_step(x, h, Wx, Wh, b) -> h. radius : the largest eigenvalue of Wh, how slowly it forgets.
    """
    rng = np.random.default_rng(seed)
    Wx, b = 0.1 * rng.normal(size=(1, units)), 0.1 * rng.normal(size=units)
    Wh = rng.normal(size=(units, units))
    Wh *= radius / np.abs(np.linalg.eigvals(Wh)).max()
    H, h = np.empty((len(x), units)), np.zeros((1, units))
    for t in range(len(x)):
        H[t] = h = step(x[None, t : t + 1], h, Wx, Wh, b)
    w = fit_linear(H[50 : known - 1], x[51:known])
    h = H[known : len(x) - ahead]  # every starting point, as one batch
    y = h @ w[:-1] + w[-1]
    for _ in range(ahead - 1):
        h = step(y[:, None], h, Wx, Wh, b)
        y = h @ w[:-1] + w[-1]
    return y


def error_of(forecast, x, known, ahead):
    """Return the mean squared error of predictions (T - known - ahead,)."""
    return np.mean((forecast - x[known + ahead :]) ** 2)


def steps_late(forecast, known, ahead, period=20 * np.pi):
    """Return by how many steps, up to half a period, the forecast comes after the wave without noise (before it: below 0)."""
    angle = 2 * np.pi / period * np.arange(known + ahead, known + ahead + len(forecast))
    A = np.column_stack([np.sin(angle), np.cos(angle)])
    along, across = np.linalg.lstsq(A, forecast, rcond=None)[0]
    return float(np.arctan2(-across, along) * period / (2 * np.pi))


def _windows(x, known, ahead, taps):
    A = np.lib.stride_tricks.sliding_window_view(x, taps)
    return A[known - taps + 1 : len(A) - ahead]
