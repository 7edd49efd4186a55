"""How far back the gradient of an LSTM reaches, measured with the reader's own backward step.

    caches = lstm_forward(X, Wx, Wh, b)[2]                    # one cache a step, of exercise 4.3
    full = jacobian_norms(lstm_step_backward, caches)         # of the last cell by the cell 0, 1, 2 … steps back
    far = gradient_lengths(lstm_step_backward, caches, rng)   # of a gradient that starts at the last state

A cache is (x, h_prev, c_prev, i, f, o, g, c, Wx, Wh), for a batch of one sequence.
"""

import numpy as np


def last_cell(caches, t, c):
    """Return the last cell if the cell after step t were c, with all gates and candidates held fixed."""
    for _, _, _, i, f, _, g, *_ in caches[t + 1:]:
        c = f * c + i * g
    return c


def truncated(step_backward, caches, t):
    """Return the gradient (1, H) of the sum of the last cell by the cell after step t, with dh dropped at every step."""
    dc = np.ones_like(caches[0][2])
    for cache in caches[:t:-1]:
        dc = step_backward(np.zeros_like(dc), dc, cache)[2]
    return dc


def jacobian_norms(step_backward, caches):
    """Return the norms (T,) of the last cell's full derivative by the cell 0, 1 … T - 1 steps back, all detours included.

    The norm is the largest singular value of the matrix (H, H); a batch of H unit vectors goes back at once.
    """
    H = caches[0][1].shape[1]
    dh, dc, norms = np.zeros((H, H)), np.eye(H), []
    for cache in reversed(caches):
        o, c = cache[5], cache[7]
        norms.append(np.linalg.norm(dc + dh * o * (1 - np.tanh(c) ** 2), 2))
        rows = [np.repeat(array, H, axis=0) for array in cache[:8]]
        _, dh, dc, _ = step_backward(dh, dc, (*rows, *cache[8:]))
    return np.array(norms)


def gradient_lengths(step_backward, caches, rng, *, cell_alone=False):
    """Return the length (T,) of the gradient at the pair (h, c), 0 … T - 1 steps back, relative to the last step.

    It starts as random numbers at the last state. cell_alone : drop dh at every step but the last, as in 1997.
    """
    dh, dc, lengths = rng.normal(size=caches[0][1].shape), np.zeros_like(caches[0][2]), []
    for cache in reversed(caches):
        lengths.append(np.sqrt(np.sum(dh**2) + np.sum(dc**2)))
        _, dh, dc, _ = step_backward(dh, dc, cache)
        dh = dh * (not cell_alone)
    return np.array(lengths) / lengths[0]


def cell_map(step_backward, caches):
    """Return M (T, T): the norm of the derivative of cell t by cell s, NaN for s after t."""
    M = np.full((len(caches), len(caches)), np.nan)
    for t in range(len(caches)):
        M[t, t::-1] = jacobian_norms(step_backward, caches[:t + 1])
    return M


def tanh_map(T=32, H=24, seed=0):
    """Return the same map (T, T) for the states of a tanh RNN with spectral radius 1."""
    rng = np.random.default_rng(seed)
    Wh = rng.normal(size=(H, H))
    Wh /= np.abs(np.linalg.eigvals(Wh)).max()
    X, h, slopes = 0.5 * rng.normal(size=(T, H)), np.zeros(H), []
    for x in X:
        h = np.tanh(x + h @ Wh)
        slopes.append(1 - h**2)
    M = np.full((T, T), np.nan)
    for t in range(T):
        J = np.eye(H)
        for s in range(t, -1, -1):
            M[t, s] = np.linalg.norm(J, 2)
            J = (J * slopes[s]) @ Wh.T
    return M
