"""Splits into training and test by seed, where what belongs together stays on one side."""

import numpy as np


def split_groups(keys, test=0.1, seed=0):
    """Return (training rows, test rows) as sorted int arrays; rows with equal keys are always on the same side.

    keys: one hashable key a row, as the word that the row is about. test: the share of *keys* to hold out, rounded, or
    an int: how many. The same keys in the same order and the same seed give the same split.

    Raises ValueError if either side would be empty.
    """
    groups = list(dict.fromkeys(keys))
    size = test if isinstance(test, (int, np.integer)) and not isinstance(test, bool) else round(test * len(groups))
    if not 0 < size < len(groups):
        raise ValueError(f"test must leave both sides something of {len(groups)} groups, got {test!r}")
    drawn = np.random.default_rng(seed).permutation(len(groups))[:size]
    held = {groups[i] for i in drawn}
    is_test = np.fromiter((key in held for key in keys), bool, len(keys))
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
