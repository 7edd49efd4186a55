"""Is a gradient right? Move each number a little, look at the loss, compare.

    errors = gradient_errors(loss, params, grads)          # {"Wx": 2e-10, "Wh": 0.31, …}: Wh's gradient is wrong
"""

import numpy as np

from helpers.layers.checks import check_keys, check_number


def numerical_gradient(loss, x, *, eps=1e-5):
    """Return the gradient of loss() by central differences, an array like x.

        (loss(x + ε) - loss(x - ε)) / 2ε        for one number of x at a time

    loss  a function without arguments that uses x itself: x is changed in place, and put back, also if loss raises
    x     float64 array; in float32 the loss has too few digits for a difference
    eps   ε: the error of the formula grows as ε², the rounding error as 1/ε; 1e-5 is near the best

    Raises ValueError: x is no float64 array or cannot be written to, eps is not above 0, loss returns no number.
    """
    check_number("eps", eps, above=0)
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise ValueError(f"x is {getattr(x, 'dtype', type(x).__name__)}, expected a float64 array")
    if not x.flags.writeable:
        raise ValueError("x is read-only, expected an array that can be changed: x.copy()")
    gradient = np.empty_like(x)
    for place in np.ndindex(x.shape):
        old = x[place]
        try:
            x[place] = old + eps
            above = _number(loss())
            x[place] = old - eps
            below = _number(loss())
        finally:
            x[place] = old
        gradient[place] = (above - below) / (2 * eps)
    return gradient


def relative_error(a, b):
    """Return max |a - b| / max(|a|, |b|) over all numbers together: 0 is equal, near 1 is wrong.

    One scale for the whole array: a number that should be 0 and is 1e-12 is no error when its neighbours are near 1.
    Raises ValueError: a and b are not float arrays of the same shape.
    """
    for name, x in (("a", a), ("b", b)):
        if not isinstance(x, np.ndarray) or not np.issubdtype(x.dtype, np.floating):
            raise ValueError(f"{name} is {getattr(x, 'dtype', type(x).__name__)}, expected a float array")
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape}, b has shape {b.shape}")
    if a.size == 0:
        return 0.0
    scale = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / scale) if scale else 0.0


def gradient_errors(loss, params, grads, *, eps=1e-5):
    """Return, for each parameter, the relative error of its gradient against central differences, as a dict.

    loss    a function without arguments that returns the loss for the arrays of params as they are
    params  dict of float64 arrays
    grads   dict with the same keys

    Below 1e-7 is right, above 1e-3 is wrong; between, look for a kink (ReLU) or a number near 0.
    Raises ValueError: keys or shapes differ, params are not float64.
    """
    if not isinstance(params, dict):
        raise ValueError(f"params is a {type(params).__name__}, expected a dict of float64 arrays")
    check_keys("grads", grads, params)
    errors = {}
    for name, p in params.items():
        errors[name] = relative_error(np.asarray(grads[name]), numerical_gradient(loss, p, eps=eps))
    return errors


def _number(loss):
    if np.ndim(loss) != 0 or not isinstance(loss, (int, float, np.number)):
        raise ValueError(f"loss() returned {type(loss).__name__}{np.shape(loss) or ''}, expected one number")
    return float(loss)
