"""Counting windows of tokens, against counting them one by one."""

import numpy as np
import pytest

from helpers.models.counting import guess_by_counting


def slow(train, test, k, skip, V):
    if k < 0:
        return [1 / V] * (len(test) - skip)
    shorter, p = slow(train, test, k - 1, skip, V), []
    for n, t in enumerate(range(skip, len(test))):
        window = list(test[t - k : t])
        followers = [train[s] for s in range(k, len(train)) if list(train[s - k : s]) == window]
        p.append((followers.count(test[t]) + 5 * shorter[n]) / (len(followers) + 5))
    return p


def test_guesses_equal_those_of_counting_one_by_one():
    rng = np.random.default_rng(0)
    train, test = rng.integers(0, 4, 300), rng.integers(0, 4, 40)
    p = np.full(len(test) - 3, 1 / 4)
    for k in range(4):
        p, size, unseen = guess_by_counting(train, test, k, skip=3, shorter_guess=p, vocabulary=4)
        np.testing.assert_allclose(p, slow(train, test, k, 3, 4))
        assert size == len({tuple(train[i : i + k + 1]) for i in range(len(train) - k)})
        assert 0 <= unseen <= 1


def test_probabilities_of_all_tokens_add_up_to_one():
    train = np.random.default_rng(1).integers(0, 3, 100)
    total = 0
    for token in range(3):
        test = np.array([0, 1, token])
        p = np.full(1, 1 / 3)
        for k in range(3):
            p, _, _ = guess_by_counting(train, test, k, skip=2, shorter_guess=p, vocabulary=3)
        total += p[0]
    assert np.isclose(total, 1)


@pytest.mark.parametrize(("k", "words"), [(3, "0 … 2"), (-1, "0 … 2")])
def test_window_longer_than_what_is_skipped_is_refused(k, words):
    with pytest.raises(ValueError, match=words):
        guess_by_counting(np.zeros(9, int), np.zeros(9, int), k, skip=2, shorter_guess=np.ones(7))


def test_windows_that_cannot_be_numbered_are_refused():
    with pytest.raises(ValueError, match="too many"):
        guess_by_counting(np.zeros(99, int), np.zeros(99, int), 20, skip=20, shorter_guess=np.ones(79))
