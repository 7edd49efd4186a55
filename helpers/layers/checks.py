"""The questions that every layer asks about its input, so that a mistake is named where it is made.

NumPy would answer most of them too, but later and in other words ("matmul: Input operand 1 has a mismatch in its core
dimension 0"), and some of them not at all: a NaN, an empty batch and an integer weight pass without a sound.
"""

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class NotFiniteError(ValueError):
    """A NaN or an infinity where a number was expected; `helpers.training.loop.fit` reads it as a training that diverged."""


def describe(shape):
    """Return a shape as the learner writes it: ("N", 3) becomes "(N, 3)"."""
    return f"({', '.join(str(size) for size in shape)}{',' if len(shape) == 1 else ''})"


def check_array(name, x, shape, dtype=None, hint=""):
    """Return x, once it is known to be a finite float array of the expected shape.

    name   what the learner calls it, for the message
    shape  the expected sizes: a number must be met, a letter ("N") stands for any size of at least 1
    dtype  float32 or float64; None takes either
    hint   a sentence that is added when the shape is wrong

    Raises ValueError: not an array, wrong number of axes, wrong size, empty axis, not float32 or float64.
    Raises NotFiniteError: NaN or infinity.
    """
    check_shape(name, x, shape, hint)
    if x.dtype not in FLOATS:
        raise ValueError(f"{name} holds {x.dtype}, expected float32 or float64: {name}.astype(np.float32)")
    if dtype is not None and x.dtype != dtype:
        raise ValueError(
            f"{name} is {x.dtype}, but the layer's parameters are {dtype}: write {name}.astype(np.{dtype}), "
            f"or make the layer with dtype=np.{x.dtype}"
        )
    check_finite(name, x)
    return x


def check_shape(name, x, shape, hint=""):
    """Return x, once it is known to be an array of the expected shape (see check_array)."""
    if not isinstance(x, np.ndarray):
        raise ValueError(f"{name} is a {type(x).__name__}, expected a NumPy array of shape {describe(shape)}")
    if x.ndim != len(shape):
        if x.ndim == len(shape) - 1 and shape[0] == "N":
            hint = hint or f"is the batch axis missing? {name}[None] adds it"
        raise ValueError(_wrong_shape(name, x, shape, hint))
    for size, wanted in zip(x.shape, shape, strict=True):
        if isinstance(wanted, str) and size == 0:
            what = {"N": "the batch is empty", "T": "the sequence has no steps"}.get(wanted, "this axis is empty")
            raise ValueError(f"{name} has shape {x.shape}, expected {describe(shape)}: {what} ({wanted} = 0)")
        if not isinstance(wanted, str) and size != wanted:
            raise ValueError(_wrong_shape(name, x, shape, hint or _turned(name, x, shape)))
    return x


def check_finite(name, x):
    """Return x, once it is known to hold no NaN and no infinity."""
    if not np.isfinite(x).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(x))[0])
        place = f" at {name}[{', '.join(map(str, where))}]" if where else ""
        raise NotFiniteError(f"{name} holds {x[where]}{place}: expected finite numbers (if this came up in training, "
                             "it diverged: try a smaller learning rate or clipping)")
    return x


def check_ids(name, ids, vocabulary, shape=None):
    """Return ids, once they are known to be whole numbers from 0 to vocabulary - 1.

    Raises ValueError: not integers, an empty array, a shape other than the expected one, an id outside the vocabulary.
    """
    if not isinstance(ids, np.ndarray):
        raise ValueError(f"{name} is a {type(ids).__name__}, expected a NumPy array of token ids")
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"{name} holds {ids.dtype}, expected whole numbers (token ids): {name}.astype(np.int64)")
    if shape is not None:
        check_shape(name, ids, shape)
    if ids.size == 0:
        raise ValueError(f"{name} has shape {ids.shape}: there is no token in it")
    low, high = int(ids.min()), int(ids.max())
    if low < 0 or high >= vocabulary:
        wrong = low if low < 0 else high
        raise ValueError(f"{name} holds the id {wrong}, but the vocabulary has the ids 0 to {vocabulary - 1}")
    return ids


def check_mask(name, mask, shape):
    """Return mask, once it is known to be an array of True and False of the expected shape."""
    if isinstance(mask, np.ndarray) and mask.dtype != bool:
        raise ValueError(f"{name} holds {mask.dtype}, expected True and False: write {name} = ids != PAD, "
                         f"or {name}.astype(bool)")
    return check_shape(name, mask, shape)


def check_lengths(lengths, N, T):
    """Return lengths (N,), once they are known to be whole numbers from 1 to T."""
    if not isinstance(lengths, np.ndarray) or not np.issubdtype(lengths.dtype, np.integer):
        kind = lengths.dtype if isinstance(lengths, np.ndarray) else type(lengths).__name__
        raise ValueError(f"lengths is {kind}, expected a NumPy array of N = {N} whole numbers")
    check_shape("lengths", lengths, (N,))
    if lengths.min() < 1 or lengths.max() > T:
        wrong = int(lengths.min() if lengths.min() < 1 else lengths.max())
        raise ValueError(f"lengths holds {wrong}, but each sequence has 1 to T = {T} steps")
    return lengths


def check_params(params, shapes):
    """Return the dtype that all parameters share, once each is there and has its shape.

    params  dict of arrays;  shapes  dict with the same keys, the expected sizes (a letter stands for any size)
    Raises ValueError: a missing or unknown key, a wrong shape, two dtypes;  NotFiniteError: NaN or infinity.
    """
    check_keys("params", params, shapes)
    dtypes = {}
    for name, shape in shapes.items():
        dtypes[name] = check_array(name, params[name], shape).dtype
    if len(set(dtypes.values())) > 1:
        raise ValueError("the parameters differ in dtype: " + ", ".join(f"{k} is {v}" for k, v in dtypes.items()))
    return next(iter(dtypes.values()))


def check_keys(name, given, wanted):
    """Raise ValueError unless the dict `given` has exactly the keys of `wanted`."""
    if not isinstance(given, dict):
        raise ValueError(f"{name} is a {type(given).__name__}, expected a dict with the keys {', '.join(wanted)}")
    missing, unknown = [k for k in wanted if k not in given], [k for k in given if k not in wanted]
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has no use for {', '.join(map(str, unknown))}"] if unknown else []
        raise ValueError(f"{name} {' and '.join(parts)}: expected the keys {', '.join(wanted)}")


def check_size(name, size):
    """Return size, once it is known to be a whole number of at least 1."""
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise ValueError(f"{name} is {size!r}, expected a whole number of at least 1")
    return int(size)


def check_choice(name, choice, choices):
    """Return choice, once it is known to be one of the choices."""
    if not isinstance(choice, str) or choice not in choices:
        raise ValueError(f"{name} is {choice!r}, expected one of {', '.join(map(repr, choices))}")
    return choice


def check_number(name, x, low=None, high=None, above=None):
    """Return x, once it is known to be a finite number, with low <= x <= high and x > above where these are given."""
    good = isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool) and np.isfinite(x)
    if good and (low is None or x >= low) and (high is None or x <= high) and (above is None or x > above):
        return x
    limits = [f"at least {low}"] * (low is not None) + [f"above {above}"] * (above is not None)
    limits += [f"at most {high}"] * (high is not None)
    raise ValueError(f"{name} is {x!r}, expected a number{' ' * bool(limits)}{' and '.join(limits)}")


def check_rng(rng):
    """Return rng, once it is known to be a NumPy random generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is a {type(rng).__name__}, expected np.random.default_rng(seed)")
    return rng


def check_dtype(dtype):
    """Return dtype as NumPy's own object, once it is known to be float32 or float64."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found not in FLOATS or dtype is None:
        raise ValueError(f"dtype is {dtype!r}, expected np.float32 or np.float64")
    return found


def was_forward_run(cache):
    """Return cache; raise ValueError when there is none, because backward was called before forward."""
    if cache is None:
        raise ValueError("backward was called before forward: there is nothing to go back through")
    return cache


def _wrong_shape(name, x, shape, hint):
    return f"{name} has shape {x.shape}, expected {describe(shape)}{': ' * bool(hint)}{hint}"


def _turned(name, x, shape):
    """Return a guess at the reason for a wrong shape: a matrix on its side, or nothing."""
    fits = all(isinstance(wanted, str) or size == wanted for size, wanted in zip(x.shape[::-1], shape, strict=True))
    return f"is {name} transposed?" if x.ndim == 2 and fits else ""
