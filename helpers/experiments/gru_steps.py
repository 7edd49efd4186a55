"""One step of the reader's own GRU, tried out: with gates held open, with larger weights, against slopes.

    gru_step(x, h, Wx, Wh, b, reset) -> h_next, z, r, n         is the function of exercise 5.1, blocks z, r, n
"""

import numpy as np


def all_states(gru_step, X, params, reset, times=1):
    """Return the states (N, T, H) after all steps over X (N, T, D), from zeros; the weights are `times` those of params."""
    weights = [times * params[name] for name in ("Wx", "Wh", "b")]
    h, states = np.zeros((len(X), len(params["Wh"]))), []
    for t in range(X.shape[1]):
        h = gru_step(X[:, t], h, *weights, reset)[0]
        states.append(h)
    return np.stack(states, axis=1)


def with_gates(gru_step, x, h, Wx, Wh, z, r):
    """Return the new state (N, H) with both gates held open (1) or shut (0): they hear nothing but a bias of 50 or -50."""
    H = len(Wh)
    b = np.repeat([100.0 * z - 50, 100.0 * r - 50, 0.0], H)
    quiet = np.repeat([0.0, 0.0, 1.0], H)
    return gru_step(x, h, Wx * quiet, Wh * quiet, b, "after")[0]


def both_places(gru_step, h, Wh, Wn):
    """Return the candidates (N, H) with the reset before and after the product, for the same weights and no input.

    h (N, H), Wn (H, H) the candidate's matrix; the gates hear by the first H rows and columns of their blocks of Wh.
    """
    H, blocks = len(Wn), len(Wh)
    W = np.hstack([Wh[:H, :H], Wh[:H, blocks : blocks + H], Wn])
    x, Wx = np.zeros((len(h), 1)), np.zeros((1, 3 * H))
    return [gru_step(x, h, Wx, W, np.zeros(3 * H), place)[3] for place in ("before", "after")]


def slope_errors(gru_run, gru_bptt, numerical_grad, params, X, start, pull):
    """Return how far gru_bptt's gradient of each of params is from the numerical slope, relative to the largest slope.

    gru_run(X, params, start) -> states (N, T, H), caches. gru_bptt(pull, caches) -> the gradients by name.
    The loss is the sum of pull (N, T, H) times the states. -> dict name -> number
    """
    grads, errors = gru_bptt(pull, gru_run(X, params, start)[1]), {}
    for name, p in params.items():
        slope = numerical_grad(lambda p, name=name: np.sum(pull * gru_run(X, params | {name: p}, start)[0]), p.copy(), 1e-5)
        errors[name] = np.abs(slope - grads[name]).max() / np.abs(slope).max()
    return errors
