"""The way home: walks on a grid, told as letters L, R, U and D, and how often nets find the shortest way back."""

import numpy as np

from helpers.data.sequences import random_strings
from helpers.experiments.seq2seq_measures import whole_right


def way_home(walk):
    """Return the shortest way back from the end of a walk: first left or right, then down or up; "RRU" is answered "LLD"."""
    right, up = walk.count("R") - walk.count("L"), walk.count("U") - walk.count("D")
    return ("L" if right > 0 else "R") * abs(right) + ("D" if up > 0 else "U") * abs(up)


def walks(N, length, seed):
    """Return N pairs (a random walk, its way home); length : a number of moves or (shortest, longest)."""
    return [(walk, way_home(walk)) for walk in random_strings(N, length, np.random.default_rng(seed), "LRUD")]


def home_by_length(nets, vocabulary, sizes, homes, N=800):
    """Return {home: (nets, sizes)}: the share of new walks that each net answers right, by how many moves home is away.

    sizes : how many moves the walks have; homes : how many moves away they end.
    """
    found = {home: np.empty((len(nets), len(sizes))) for home in homes}
    for k, size in enumerate(sizes):
        new = walks(N, int(size), 5)
        away = np.array([len(home) for _, home in new])
        right = np.array([whole_right(net, new, vocabulary) for net in nets])
        for home in homes:
            found[home][:, k] = right[:, away == home].mean(axis=1)
    return found
