"""What a learner lets the letter net write on from, and what a guess costs."""

import numpy as np
import pytest

from helpers.experiments.letter_net import LONGEST, beginning_ids, bits, usable


def test_bits_are_one_for_an_even_guess_among_two_and_do_not_overflow():
    assert np.allclose(bits(np.zeros((3, 2)), np.array([0, 1, 1])), 1)
    assert np.allclose(bits(np.array([[1000.0, 0.0]]), np.array([0])), 0)


@pytest.mark.parametrize(
    "text, ids, said",
    [("Ab", [1, 2], ""), ("", [0], "no letter"), ("7世", [0], "left out"), ("a3 b", [1, 0, 2], "'3'"), (None, None, "")],
)
def test_every_beginning_gives_ids_and_says_what_is_left_out(text, ids, said, capsys):
    found = beginning_ids(text)
    assert found.size and (ids is None or found.tolist() == ids)
    assert said in capsys.readouterr().out


def test_a_long_beginning_is_cut(capsys):
    assert len(beginning_ids("ab " * 1000)) == LONGEST
    assert "last" in capsys.readouterr().out


@pytest.mark.parametrize("given, used", [(0, 1e-6), (0.7, 0.7), (-1, 1.0), ("warm", 1.0), (float("nan"), 1.0)])
def test_usable_temperatures(given, used, capsys):
    assert usable(given) == used
    assert ("took 1" in capsys.readouterr().out) == (used == 1.0)
