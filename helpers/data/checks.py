"""The few checks that all generators share; each raises a ValueError that names the argument."""

import numbers

import numpy as np


def whole(name, value, least=1, most=None):
    """Return value as an int, if it is a whole number from least to most."""
    good = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not good or value < least or (most is not None and value > most):
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be a whole number {limits}, got {value!r}")
    return int(value)


def generator(rng):
    """Return rng, if it is a NumPy random generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must come from np.random.default_rng(seed), got {rng!r}")
    return rng


def span(name, value, least=1):
    """Return (low, high) as ints, from one whole number or from a pair in order."""
    low, high = value if isinstance(value, (tuple, list)) and len(value) == 2 else (value, value)
    low = whole(name, low, least)
    return low, whole(name, high, low)
