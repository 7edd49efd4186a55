"""Exact match and edit distance."""

import pytest

from helpers.experiments.scores import edit_distance, exact_match, token_accuracy


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("abc", "abc", 0),
     (["K", "AE", "T"], ("K", "AA", "T"), 1), ("saturday", "sunday", 3)],
)
def test_edit_distance(one, other, changes):
    assert edit_distance(one, other) == edit_distance(other, one) == changes


def test_the_nearest_reference_counts():
    assert exact_match([["R", "EH", "D"], ["K"]], [[("R", "IY", "D"), ("R", "EH", "D")], [("C",)]]) == 0.5
    assert token_accuracy(["red", "cat"], [["reed", "red"], ["car"]]) == pytest.approx(1 - 1 / 6)


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="one for each"):
        exact_match(["a"], [])
    with pytest.raises(ValueError, match="list of right answers"):
        token_accuracy(["a"], ["a"])
