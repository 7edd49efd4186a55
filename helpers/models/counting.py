"""Predict the next token by counting what followed the same window of tokens before."""

import numpy as np


def guess_by_counting(train, test, k, *, skip, shorter_guess, vocabulary=27, trust=5):
    """Return (p, size, unseen): the probabilities given to the true tokens test[skip:] by counts of windows of k tokens.

        p = (count of window and token + trust · p from the next shorter window) / (count of window + trust)

    train, test    (T,)  token ids, 0 … vocabulary - 1
    k              length of the window, at most skip
    skip           tokens of test that are not guessed, so that every k guesses the same ones
    shorter_guess  (T - skip,)  p as windows of k - 1 tokens give it; 1 / vocabulary for k = 0
    trust          how many counts the shorter guess is worth

    size : how many counts were stored. unseen : the share of test's windows that train does not have.
    Raises ValueError: k is not in 0 … skip, or vocabulary ** (k + 1) does not fit into 63 bits.
    Source: Jelinek & Mercer, Interpolated estimation of Markov source parameters from sparse data, 1980, for the mixing.
    """
    if not 0 <= k <= skip:
        raise ValueError(f"k is {k}, expected 0 … {skip} (skip)")
    if vocabulary ** (k + 1) >= 2**63:
        raise ValueError(f"k is {k}: there are too many windows of {k + 1} tokens out of {vocabulary}")
    keys, counts = np.unique(_windows(train, k + 1, vocabulary), return_counts=True)  # k tokens and the next
    contexts, start = np.unique(keys // vocabulary, return_index=True)
    wanted = _windows(test[skip - k :], k + 1, vocabulary)
    seen = _look_up(keys, counts, wanted)
    total = _look_up(contexts, np.add.reduceat(counts, start), wanted // vocabulary)
    return (seen + trust * shorter_guess) / (total + trust), len(keys), float(np.mean(total == 0))


def _windows(ids, k, vocabulary):
    """Return each window of k ids as one whole number, its digits in base `vocabulary`."""
    codes = np.zeros(len(ids) - k + 1, np.int64)
    for i in range(k):
        codes = vocabulary * codes + ids[i : len(ids) - k + 1 + i]
    return codes


def _look_up(keys, values, wanted):
    """Return the value of each wanted key, 0 where there is none; keys are sorted."""
    at = np.searchsorted(keys, wanted).clip(0, len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0)
