"""Compare an answer with what was expected, and say in words how they differ, never what was expected."""

from dataclasses import dataclass

import numpy as np

from helpers.checking.places import pattern_words, shape_words, where_words
from helpers.checking.words import a_kind, dtype_words, kind, list_of, number_words


@dataclass(frozen=True)
class Difference:
    """What is wrong with an answer: a `kind` for the code, a sentence for the learner."""

    kind: str  # type, count, keys, shape, dtype, nan, value
    sentence: str


def find_difference(expected, answer, returns, inputs=None):
    """Return the first Difference between `answer` and `expected`, or None where they agree.

    returns : dict, name of each output -> its axes, as in `{"H": "N T H"}`. An output that is a dict has a dict of axes.
        An axis written `i,f,o,g:H` is made of blocks with these names; the places of one written `T/key` are called keys.
    inputs : dict, name -> value of the arguments, to notice an answer that merely hands one of them back.
    """
    names = list(returns)
    if len(names) == 1:
        return _differ(expected, answer, "Your result", returns[names[0]], inputs or {})
    wanted = f"({', '.join(names)})"
    if isinstance(answer, np.ndarray) and answer.ndim == 1:
        answer = list(answer)
    if not isinstance(answer, (tuple, list)):
        return Difference("count", f"Expected {len(names)} results, {wanted}; got one, {kind(answer)}.")
    if len(answer) != len(names):
        return Difference("count", f"Expected {len(names)} results, {wanted}; got {len(answer)}.")
    for name, e, a in zip(names, expected, answer, strict=True):
        if found := _differ(e, a, name, returns[name], inputs or {}):
            return found
    return None


def same(a, b):
    """Return whether two values are the same, arrays element by element (NaN equals NaN)."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        if np.array_equal(a, b):  # so it is in most cases, and quickly seen
            return True
        return a.dtype.kind in "fc" and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))
    if isinstance(a, np.random.Generator):
        return isinstance(b, np.random.Generator)  # drawing from it is what it is for
    try:
        return bool(a == b) or (a != a and b != b)
    except Exception:
        return a is b


def _differ(expected, answer, name, axes, inputs):
    if isinstance(expected, dict):
        return _differ_dict(expected, answer, name, axes, inputs)
    if isinstance(expected, (tuple, list)):
        return _differ_tuple(expected, answer, name, axes, inputs)
    if isinstance(expected, (str, bool, type(None))):
        if isinstance(answer, np.bool_):
            answer = bool(answer)
        if type(answer) is not type(expected):
            return Difference("type", f"{name} should be {a_kind(type(expected))}; got {kind(answer)}.")
        return None if answer == expected else Difference("value", f"{name} is wrong.")
    return _differ_numbers(expected, answer, name, axes, inputs)


def _differ_dict(expected, answer, name, axes, inputs):
    if not isinstance(answer, dict):
        return Difference("type", f"{name} should be a dict with the keys {list_of(expected)}; got {kind(answer)}.")
    missing, extra = [k for k in expected if k not in answer], [k for k in answer if k not in expected]
    if missing or extra:
        words = [f"lacks {list_of(missing)}"] * bool(missing) + [
            f"has {list_of(extra)}, which nobody asked for"
        ] * bool(extra)
        return Difference("keys", f"{name} {' and '.join(words)}. Its keys should be {list_of(expected)}.")
    for key in expected:
        inner = axes.get(key, "") if isinstance(axes, dict) else ""
        if found := _differ(expected[key], answer[key], f'{name}["{key}"]', inner, inputs):
            return found
    return None


def _differ_tuple(expected, answer, name, axes, inputs):
    if isinstance(answer, np.ndarray) and answer.ndim:
        answer = list(answer)
    if not isinstance(answer, (tuple, list)):
        return Difference("type", f"{name} should be {a_kind(type(expected))} of {len(expected)}; got {kind(answer)}.")
    if len(answer) != len(expected):
        return Difference("count", f"{name} has {len(answer)} entries, expected {len(expected)}.")
    for i, (e, a) in enumerate(zip(expected, answer, strict=True)):
        if found := _differ(e, a, f"{name}[{i}]", axes, inputs):
            return found
    return None


def _differ_numbers(expected, answer, name, axes, inputs):
    want = np.asarray(expected)
    if answer is None:
        return Difference("type", f"{name} is None: is a `return` missing?")
    if isinstance(answer, (list, tuple)) and want.ndim:
        return Difference("type", f"{name} is {kind(answer)}; expected one NumPy array of shape {want.shape}.")
    if not isinstance(answer, (np.ndarray, np.generic, int, float, complex)):
        return Difference("type", f"{name} should be {number_words(want)}; got {kind(answer)}.")
    got = np.asarray(answer)
    if want.dtype.kind == "c":
        return _differ_complex(want, got, name, axes, inputs)
    if got.dtype.kind not in "biuf":
        return Difference("dtype", f"{name} has the dtype {got.dtype}; expected {dtype_words(want)}.")
    letters = axes.split() if isinstance(axes, str) else []
    if got.shape != want.shape:
        return Difference("shape", f"{name} has the wrong shape: {shape_words(want.shape, got.shape, letters)}")
    if found := _dtype_difference(want, got, name):
        return found
    if got.dtype == want.dtype and np.array_equal(got, want):
        return None
    broken = ~np.isfinite(got) & np.isfinite(want) if got.dtype.kind == "f" else np.zeros(got.shape, bool)
    if broken.any():
        what = "NaN" if np.isnan(got[broken]).any() else "infinite values"
        return Difference(
            "nan", f"{name} holds {what} ({broken.sum()} of {got.size} numbers){where_words(broken, letters)}."
        )
    if want.dtype.kind == "f" and (np.isfinite(got) & ~np.isfinite(want)).any():
        return Difference("nan", f"{name} is an ordinary number where it should be NaN or infinite.")
    rtol, atol = (1e-3, 1e-4) if got.dtype == np.float32 else (1e-6, 1e-8)
    with np.errstate(invalid="ignore"):
        scale = max(1.0, min(_size(want), _size(got)))
        bad = ~np.isclose(got, want, rtol=rtol, atol=atol * scale, equal_nan=True)
    if not bad.any():
        return None
    if want.dtype.kind in "biu" or np.array_equal(want, np.round(want)) and want.size > 1:
        amount = f"{bad.sum()} of {bad.size} are wrong" if bad.size > 1 else f"yours is {got.item()}"
    else:
        amount = (
            f"off by up to {np.abs(got - want)[bad].max():.2g}, where the right numbers are about {_size(want):.2g} in size"
        )
        if _size(want) == 0:
            amount = f"off by up to {np.abs(got)[bad].max():.2g}, where it should be zero"
    return Difference(
        "value", f"{name} is wrong{where_words(bad, letters)}: {amount}.{pattern_words(want, got, bad, letters, inputs)}"
    )


def _differ_complex(want, got, name, axes, inputs):
    """Compare the real parts, then the imaginary ones. A real answer has imaginary parts of 0."""
    if got.dtype.kind not in "biufc":
        return Difference("dtype", f"{name} has the dtype {got.dtype}; expected {dtype_words(want)}.")
    for words, part in (("real part", np.real), ("imaginary part", np.imag)):
        value = part(got) if got.dtype.kind == "c" else part(got.astype(float))
        if found := _differ_numbers(part(want), value, f"{name} ({words})", axes, inputs):
            return found
    return None


def _dtype_difference(want, got, name):
    if want.dtype.kind == "f" and got.dtype.kind in "biu":
        return Difference(
            "dtype",
            f"{name} holds whole numbers ({got.dtype}), expected floating-point numbers: "
            "an integer array cuts off what is written into it.",
        )
    if want.dtype.kind == "f" and got.dtype == np.float16:
        return Difference(
            "dtype", f"{name} has the dtype float16: three digits are too few here; use float32 or float64."
        )
    if want.dtype.kind in "iu" and got.dtype.kind in "bf":
        return Difference(
            "dtype", f"{name} should be whole (an int), got {got.dtype}; where you divide, // stays whole."
        )
    if want.dtype.kind == "b" and got.dtype.kind != "b":
        return Difference("dtype", f"{name} should be True or False (bool), got {got.dtype}.")
    return None


def _size(a):
    """Return the root mean square of the finite numbers in `a`: what "about" means in a sentence."""
    a = np.asarray(a, float)
    a = a[np.isfinite(a)]
    with np.errstate(over="ignore"):
        return float(np.sqrt(np.mean(a**2))) if a.size else 0.0
