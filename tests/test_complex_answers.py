"""Complex answers are compared by their real and imaginary parts, and the card says which of them is wrong."""

import numpy as np

from helpers.checking.comparing import find_difference

WANT = np.array([1 + 2j, 3 - 1j])
RETURNS = {"z": "H"}


def said(answer):
    found = find_difference(WANT, answer, RETURNS)
    return found.sentence if found else None


def test_the_same_complex_numbers_are_right():
    assert said(WANT.copy()) is None
    assert said(WANT.astype(np.complex64)) is None


def test_the_part_that_is_wrong_is_named():
    assert "real part" in said(WANT + 1)
    assert "imaginary part" in said(np.conj(WANT))
    assert "imaginary part" in said(WANT.real)


def test_what_is_no_number_or_has_another_shape_is_told():
    assert "dtype object" in said(np.array([None, 1], dtype=object))
    assert "wrong shape" in said(WANT[:1])
    assert "NaN" in said(WANT * np.nan)


def test_real_outputs_take_no_complex_answer():
    assert "dtype complex128" in find_difference(WANT.real, WANT, RETURNS).sentence
