"""Compare an answer with what was expected, and say in words how they differ, never what was expected."""

import itertools
from dataclasses import dataclass

import numpy as np

from helpers.checking.words import a_kind, dtype_words, kind, list_of, number_words

AXES = {"N": "batch", "T": "time", "D": "feature", "H": "hidden", "V": "vocabulary", "K": "class"}


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
        if a.dtype.kind in "fc":
            return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))
        return bool(np.array_equal(a, b))
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
        return Difference("shape", f"{name} has the wrong shape: {_shape_words(want.shape, got.shape, letters)}")
    if found := _dtype_difference(want, got, name):
        return found
    broken = ~np.isfinite(got) & np.isfinite(want) if got.dtype.kind == "f" else np.zeros(got.shape, bool)
    if broken.any():
        what = "NaN" if np.isnan(got[broken]).any() else "infinite values"
        return Difference(
            "nan", f"{name} holds {what} ({broken.sum()} of {got.size} numbers){_where(broken, letters)}."
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
            f"off by up to {np.abs(got - want)[bad].max():.2g}, where the right numbers are about {_size(want):.2g}"
        )
        if _size(want) == 0:
            amount = f"off by up to {np.abs(got)[bad].max():.2g}, where it should be zero"
    return Difference(
        "value", f"{name} is wrong{_where(bad, letters)}: {amount}.{_pattern(want, got, bad, letters, inputs)}"
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


def _shape_words(want, got, letters):
    known = len(letters) == len(want)
    called = [letter.partition("/")[2] or _axis_name(letter) for letter in letters]
    letters = [letter.partition("/")[0] for letter in letters]
    wanted = f"({', '.join(_letter(x) for x in letters)}) = {want}" if known and want else f"{want}"
    words = f"expected {wanted}, got {got}."
    if known and len(got) == len(want) and sorted(got) == sorted(want) and len(set(want)) == len(want):
        moved = [
            f"the {called[i]} axis is {_place(got.index(n), len(got))}" for i, n in enumerate(want) if got.index(n) != i
        ]
        words += f" In words: {' and '.join(moved)}."
    elif known and len(got) < len(want) and (gone := _dropped(want, got)) is not None:
        words += " In words: " + " and ".join(f"the {called[i]} axis is missing" for i in gone) + "."
    elif len(got) > len(want) and np.prod(got) == np.prod(want):
        words += " In words: there is an extra axis of length 1."
    return words


def _dropped(want, got):
    """Return which axes of `want` were left out to give `got`, or None where there is no or more than one way to see it."""
    ways = [
        gone
        for gone in itertools.combinations(range(len(want)), len(want) - len(got))
        if tuple(n for i, n in enumerate(want) if i not in gone) == tuple(got)
    ]
    return ways[0] if len(ways) == 1 else None


def _place(i, n):
    return "first" if i == 0 else "last" if i == n - 1 else "second" if i == 1 else f"number {i + 1}"


def _letter(axis):
    blocks, _, size = axis.rpartition(":")
    return f"{len(blocks.split(','))}{size}" if blocks else size


def _axis_name(axis):
    """Return an axis in words: "batch", or "3H" where it is made of three blocks."""
    return AXES.get(axis) or _letter(axis)


def _where(bad, letters):
    """Return ", at …" in words: the first wrong time step, the wrong sequences, the wrong blocks."""
    if bad.ndim == 0 or bad.all() or len(letters) != bad.ndim:
        return "" if bad.ndim == 0 or bad.all() else f" at index {tuple(int(i) for i in np.argwhere(bad)[0])}"
    words = []
    for axis, letter in enumerate(letters):
        wrong = bad.any(axis=tuple(a for a in range(bad.ndim) if a != axis))
        if wrong.all():
            continue
        at, n = np.flatnonzero(wrong), len(wrong)
        blocks = letter.rpartition(":")[0].split(",") if ":" in letter else []
        place = letter.partition("/")[2]
        if blocks:
            by_block = wrong.reshape(len(blocks), -1).any(1)
            if not by_block.all():
                words.append(
                    "in block "
                    + ", ".join(b for b, w in zip(blocks, by_block, strict=True) if w)
                    + " (right in "
                    + ", ".join(b for b, w in zip(blocks, by_block, strict=True) if not w)
                    + ")"
                )
        elif place:
            words.append(f"at {_places(place, at)} (right at {_places(place, np.flatnonzero(~wrong))})")
        elif letter == "T" and at[0] > 0 and wrong[at[0] :].all():
            words.append(f"from time step t = {at[0]} on (right before)")
        elif letter == "T" and at[-1] < n - 1 and wrong[: at[-1] + 1].all():
            words.append(
                f"from time step t = {at[-1]} down (right at t = {at[-1] + 1}…{n - 1})"
                if at[-1] < n - 2
                else f"from time step t = {at[-1]} down (right at t = {n - 1})"
            )
        elif letter == "T":
            words.append(f"first at time step t = {at[0]}")
        elif letter == "N":
            words.append(f"for sequence {at[0]} of the batch" if len(at) == 1 else f"for {len(at)} of {n} sequences")
    return " " + ", ".join(words) if words else ""


def _places(name, at):
    """Return the places in words: "key 2", "keys 0 and 1", or "7 keys" where they are many."""
    if len(at) > 4:
        return f"{len(at)} {name}s"
    return f"{name}{'s' * (len(at) > 1)} " + ", ".join(map(str, at[:-1])) + " and " * (len(at) > 1) + str(at[-1])


def _pattern(want, got, bad, letters, inputs):
    """Return one more sentence where the wrong numbers have a shape that people recognise."""
    if want.size < 3 or want.dtype.kind == "b":
        return ""
    close = lambda a, b: a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-7)  # noqa: E731
    w, g = want.astype(float), got.astype(float)
    if not g.any() and w.any():
        return " Yours is zero everywhere."
    for name, value in inputs.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and close(value.astype(float), g):
            return f" What you return is {name}, unchanged."
    if close(g, -w):
        return " Every number has the wrong sign."
    big = np.abs(w) > 1e-3 * np.abs(w).max()
    ratio = g[big] / w[big]
    if (
        ratio.size > 1
        and abs(ratio[0] - 1) > 0.01
        and np.ptp(ratio) < 1e-4 * np.abs(ratio).max()
        and np.allclose(g[~big], 0, atol=1e-2 * np.abs(g).max())
    ):
        return f" Every number is {ratio[0]:.3g} times what it should be."
    if np.ptp(g - w) < 1e-6 * max(1e-9, np.abs(g - w).max()):
        return " Every number is off by the same amount."
    if w.ndim == 2 and w.shape[0] == w.shape[1] and close(g, w.T):
        return " It is the transpose of what it should be."
    axes = [letter.partition("/")[0] for letter in letters]
    if "T" in axes and len(axes) == w.ndim and w.shape[axes.index("T")] > 1:
        t = axes.index("T")
        step = letters[t].partition("/")[2] or "time step"
        if close(g, np.flip(w, t)):
            return f" The {step}s are in reverse order."
        a, b = np.moveaxis(g, t, 0), np.moveaxis(w, t, 0)
        if len(a) < 3:
            return ""
        if close(a[1:], b[:-1]) and not close(b[1:], b[:-1]):
            return f" Each {step} holds what belongs to the {step.removeprefix('time ')} before it."
        if close(a[:-1], b[1:]) and not close(b[1:], b[:-1]):
            return f" Each {step} holds what belongs to the {step.removeprefix('time ')} after it."
        if all(close(step, a[0]) for step in a):
            return f" All {step}s are the same."
    return ""
