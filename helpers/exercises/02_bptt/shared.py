"""What several exercises of notebook 02 need: the axes of the gradients, and a net that has run."""

import numpy as np

GRADS = {"Wx": "D H", "Wh": "H H", "b": "H"}


def run_cache(rng, N, T, D, H, scale=0.8):
    """Return (X, h0, hs, Wx, Wh) of a random net that has run over random inputs."""
    X, h0 = rng.normal(size=(N, T, D)), rng.uniform(-0.9, 0.9, size=(N, H))
    Wx, Wh, b = scale * rng.normal(size=(D, H)), scale * rng.normal(size=(H, H)), rng.normal(size=H) / 3
    states, h = np.empty((N, T, H)), h0
    for t in range(T):
        states[:, t] = h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    return X, h0, states, Wx, Wh
