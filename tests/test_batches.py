"""Streams of batches."""

import numpy as np
import pytest

from helpers.training.batches import shuffled_batches, text_batches


def test_shuffled_batches_show_every_row_once_a_round_and_keep_rows_together():
    stream = shuffled_batches(np.arange(10), np.arange(10) * 2, size=5, rng=np.random.default_rng(0))
    for _ in range(3):
        (a, b), (c, d) = next(stream), next(stream)
        assert sorted([*a, *c]) == list(range(10)) and (b == 2 * a).all() and (d == 2 * c).all()
    assert len(next(shuffled_batches(np.arange(7), size=7, rng=np.random.default_rng(0)))[0]) == 7


def test_text_batches_follow_each_other_and_targets_are_one_token_ahead():
    ids = np.arange(100)
    stream = text_batches(ids, size=3, steps=10)
    first, second, third, fourth = (next(stream) for _ in range(4))
    assert [b[2] for b in (first, second, third, fourth)] == [True, False, False, True]
    assert (first[1] == first[0] + 1).all() and (second[0][:, 0] == first[0][:, -1] + 1).all()
    assert first[0].shape == (3, 10) and (fourth[0] == first[0]).all()


def test_batches_refuse_wrong_input():
    rng = np.random.default_rng(0)
    for call, piece in [
        (lambda: shuffled_batches(np.ones(3), np.ones(4), size=2, rng=rng), "3, 4"),
        (lambda: shuffled_batches(np.ones(3), size=4, rng=rng), "only 3"),
        (lambda: shuffled_batches(np.ones(3), size=0, rng=rng), "size is 0"),
        (lambda: shuffled_batches(size=1, rng=rng), "none"),
        (lambda: shuffled_batches([1, 2], size=1, rng=rng), "list"),
        (lambda: shuffled_batches(np.ones(3), size=1, rng=3), "rng is a int"),
        (lambda: text_batches(np.arange(10), size=2, steps=6), "13 tokens, but the text has 10"),
        (lambda: text_batches(np.ones(10), size=2, steps=2), "whole numbers"),
        (lambda: text_batches("text", size=2, steps=2), "token ids"),
        (lambda: text_batches(np.arange(10), size=2, steps=0), "steps is 0"),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert piece in str(caught.value), str(caught.value)
