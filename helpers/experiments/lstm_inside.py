"""What trained LSTMs do inside: which gates open at a mark, which units the answer needs, what falls at a space."""

import numpy as np


def gates_of(lstm_forward, params, X):
    """Return the input gates, the cells and the states (N, T, H) of a net over X (N, T, D), by the reader's lstm_forward."""
    states, _, caches = lstm_forward(X, params["Wx"], params["Wh"], params["b"])
    return *(np.stack([cache[k] for cache in caches], axis=1) for k in (3, 7)), states


def opens_more(gate, where):
    """Return how much more open each unit's gate is, on average, where it is True than elsewhere: (H,).

    gate (N, T, H), where (N, T) bool.
    """
    return gate[where].mean(axis=0) - gate[~where].mean(axis=0)


def best_correlation(cells, y):
    """Return the largest correlation, its sign aside, of one unit's cell with y (N,); cells (N, H)."""
    return max(abs(np.corrcoef(cell, y)[0, 1]) for cell in cells.T)


def error_without(unit_use, params, states, y):
    """Return the error with each unit silent, divided by the whole net's, (H,); states (N, H) are the last ones, y (N, 1).

    unit_use(h, Wy, by, y) -> (H,) is the function of exercise 4.9: by how much the error rises.
    """
    error = np.mean((states @ params["Wy"] + params["by"] - y) ** 2)
    return 1 + unit_use(states, params["Wy"], params["by"], y) / error


def means_at(gates, where):
    """Return the mean of the gates (nets, N, T, H) elsewhere and where it is True, (N, T), averaged over the nets."""
    return [np.mean([net[here].mean() for net in gates]) for here in (~where, where)]


def medians_of_falling(gates, where, fall, count=8):
    """Return two medians, elsewhere and where it is True, of the mean gates of those units that fall most, `count` a net.

    gates (nets, N, T, H), where (N, T), fall (nets, H).
    """
    chosen = [net[..., k] for net, order in zip(gates, np.argsort(-fall), strict=True) for k in order[:count]]
    return [np.median([gate[here].mean() for gate in chosen]) for here in (~where, where)]
