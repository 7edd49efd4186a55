"""Batches without end of the small tasks that show whether a net remembers: what notebooks 04 and 11 train cells on.

    for X, y in adding(24, 30, seed=0): …           # X (N, T, 2), y (N, 1)
"""

import numpy as np

from helpers.data.sequences import adding_problem, delayed_recall


def stream(seed, T=24):
    """Return one stream for cells by hand: numbers, which are marked, where it is asked, and what should be shown, (T,) each.

    Every ninth number is marked, and five steps later it is asked for; where it is not asked, 0 should be shown.
    """
    rng = np.random.default_rng(seed)
    numbers = rng.uniform(-1, 1, T)
    mark, asked = (np.arange(T) % 9 == 0) * 1.0, (np.arange(T) % 9 == 5) * 1.0
    last = np.maximum.accumulate(np.where(mark, np.arange(T), 0))
    return numbers, mark, asked, asked * numbers[last]


def largest_errors(run_cell, gates, T, streams=5):
    """Return the largest error of a linear cell on each of the streams 0, 1 … of T steps.

    gates(mark, asked) -> f, i, o (T,) each; run_cell(numbers, f, i, o) -> what it shows (T,).
    """
    found = []
    for seed in range(streams):
        numbers, mark, asked, wanted = stream(seed, T)
        found.append(np.abs(run_cell(numbers, *gates(mark, asked)) - wanted).max())
    return found


def adding(N, T, seed):
    """Yield batches of the adding problem: numbers and marks X (N, T, 2), and the sums of the two marked ones y (N, 1)."""
    rng = np.random.default_rng(seed)
    while True:
        yield adding_problem(N, T, rng, dtype=np.float32)


def recalls(N, T, seed, at=0, K=4):
    """Yield batches of delayed recall: one-hot symbols X (N, T, 2K), and which of the first K stood at step `at`, y (N,).

    The other K are distractors, which fill all other steps.
    """
    rng, symbols = np.random.default_rng(seed), np.eye(2 * K, dtype=np.float32)
    while True:
        ids, y = delayed_recall(N, T, rng, K=K, distractors=K)
        ids[:, 0], ids[:, at] = ids[:, at].copy(), ids[:, 0].copy()
        yield symbols[ids], y


def last_marked(N, T, seed, share=0.04):
    """Yield batches of streams: numbers and marks X (N, T, 2), and at every step the number marked last, Y (N, T, 1).

    share : of the numbers are marked; the first one always is.
    """
    rng = np.random.default_rng(seed)
    while True:
        X = np.stack([rng.uniform(-1, 1, (N, T)), rng.random((N, T)) < share], axis=2).astype(np.float32)
        X[:, 0, 1] = 1
        at = np.maximum.accumulate(np.where(X[..., 1] > 0, np.arange(T), 0), axis=1)
        yield X, np.take_along_axis(X[..., :1], at[..., None], axis=1)
