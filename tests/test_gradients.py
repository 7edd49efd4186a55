"""The numerical gradient."""

import numpy as np
import pytest

from helpers.training.gradients import gradient_errors, numerical_gradient, relative_error


def test_numerical_gradient_of_a_square_is_twice_the_number_and_x_is_put_back():
    x = np.array([[1.0, -2.0], [0.0, 3.0]])
    before = x.copy()
    np.testing.assert_allclose(numerical_gradient(lambda: float((x**2).sum()), x), 2 * x, atol=1e-9)
    np.testing.assert_array_equal(x, before)

    def fails():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        numerical_gradient(fails, x)
    np.testing.assert_array_equal(x, before)
    assert numerical_gradient(lambda: float(y**2), y := np.array(3.0)) == pytest.approx(6)


def test_relative_error_is_0_for_equal_and_near_1_for_wrong():
    a = np.array([1.0, 1e-14])
    assert relative_error(a, np.array([1.0, 0.0])) < 1e-12
    assert relative_error(a, -a) == 2 and relative_error(a, 0 * a) == 1 and relative_error(0 * a, 0 * a) == 0


def test_gradient_checker_refuses_wrong_input():
    x = np.ones(2)
    read_only = np.ones(2)
    read_only.flags.writeable = False
    for call, piece in [
        (lambda: numerical_gradient(lambda: 0.0, x.astype(np.float32)), "float32"),
        (lambda: numerical_gradient(lambda: 0.0, [1.0]), "list"),
        (lambda: numerical_gradient(lambda: 0.0, read_only), "read-only"),
        (lambda: numerical_gradient(lambda: x, x), "expected one number"),
        (lambda: numerical_gradient(lambda: None, x), "NoneType"),
        (lambda: numerical_gradient(lambda: 0.0, x, eps=0), "eps is 0"),
        (lambda: relative_error(x, np.ones(3)), "(2,)"),
        (lambda: relative_error(x, [1, 1]), "b is list"),
        (lambda: gradient_errors(lambda: 0.0, {"x": x}, {}), "lacks x"),
        (lambda: gradient_errors(lambda: 0.0, {"x": x}, {"x": np.ones(3)}), "shape"),
        (lambda: gradient_errors(lambda: 0.0, x, x), "params is a ndarray"),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert piece in str(caught.value), str(caught.value)
