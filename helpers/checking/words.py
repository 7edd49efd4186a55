"""What a value is, in words that a learner uses."""

import numpy as np


def kind(value):
    """Return what a value is, in words a learner uses."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "nothing (None): is a `return` missing?"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if type(value).__name__ == "generator":
        if value.gi_code.co_name == "<genexpr>":
            return "a generator: round brackets around `… for …` make no tuple, `tuple(… for …)` does"
        return "a generator: there is a `yield` where `return` belongs"
    if type(value).__name__ == "coroutine":
        return "a coroutine: write `def`, not `async def`"
    if callable(value):
        return "a function: are the brackets of a call missing?"
    return a_kind(type(value))


def a_kind(sort):
    name = {"str": "string", "int": "whole number", "float": "number", "NoneType": "None"}.get(
        sort.__name__, sort.__name__
    )
    return name if name == "None" else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def number_words(want):
    if want.ndim:
        return f"an array of shape {want.shape}"
    return {"b": "True or False", "i": "a whole number", "u": "a whole number"}.get(want.dtype.kind, "a number")


def dtype_words(want):
    return {"b": "True or False (bool)", "i": "whole numbers", "u": "whole numbers"}.get(want.dtype.kind, "float64")


def list_of(names):
    return ", ".join(map(repr, names)) if names else "none"


def describe(names, inputs):
    """Return the inputs in words: small ones by value, others by shape."""
    return ", ".join(f"{name} {describe_value(value)}" for name, value in zip(names, inputs, strict=True)) or "no input"


def describe_value(value):
    if isinstance(value, np.ndarray):
        if value.size <= 6:
            return "= " + " ".join(np.array2string(value, precision=3, separator=", ").split())
        return f"of shape {value.shape}"
    if isinstance(value, tuple):
        return "(" + ", ".join(describe_value(part).removeprefix("= ") for part in value) + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} {describe_value(v)}" for k, v in value.items()) + "}"
    if callable(value) or isinstance(value, np.random.Generator):
        return f"(a {type(value).__name__})"
    text = repr(value)
    return "= " + (text if len(text) <= 40 else text[:40] + "…")
