"""Answers that no case has to be tried for: another signature, the wrong kind of thing, a TODO that is left, no return."""

import ast
import contextlib
import dis
import inspect
import textwrap
import types

import numpy as np

from helpers.checking.running import names_read
from helpers.checking.words import kind


def strangers(function):
    """Return a sentence on the notebook's variables (arrays, numbers, dicts) that the function reads, in a list."""
    space = function.__globals__
    kept = {n for n in space if isinstance(space[n], (np.ndarray, dict, list)) and not n.startswith("__")}
    data = [n for n in names_read(function.__code__) if n in kept] if kept else []
    return [f"Your function reads {' and '.join(data)} from the notebook: use its own arguments alone."] if data else []


def wrong_kind(exercise, function, outcomes):
    """Return a sentence where every result is a thing that no blank explains: a generator, a coroutine; else None."""
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        return f"Your result is {kind(outcomes[0].value)}."
    return None


def signature_problem(exercise, function):
    want, got = exercise.argument_names, list(inspect.signature(function).parameters.values())
    names = [p.name for p in got]
    try:
        inspect.signature(function).bind(*want)
    except TypeError:
        return (
            f"The exercise calls {exercise.name}({', '.join(want)}); yours takes ({', '.join(names)}). "
            "Keep the first line as it was."
        )
    if sorted(names) == sorted(want) and names != want:
        return f"The arguments come in the order ({', '.join(want)}); in your first line they stand as ({', '.join(names)})."
    renamed = [(a, b) for a, b in zip(want, names, strict=False) if a != b]
    if (
        renamed
        and function.__name__ == exercise.name
        and not any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in got)
    ):
        old, new = renamed[0]
        return (
            f"The notebook calls the argument `{old}` by its name; in your first line it is `{new}`. "
            "Keep the first line as it was."
        )
    return None


@contextlib.contextmanager
def known_by_its_name(function):
    """Let a function that calls itself find itself, not the one that had its name before."""
    space, name = getattr(function, "__globals__", {}), getattr(function, "__name__", "")
    before = space.get(name, space)
    if getattr(before, "reference", None) is function:  # the exercise itself has the name: it calls the same function
        yield
        return
    space[name] = function
    try:
        yield
    finally:
        if before is space:
            space.pop(name, None)
        else:
            space[name] = before


def exercise_called(name):
    """Return the id of the exercise with this function name, or None."""
    from helpers.checking.authoring import all_exercises  # here, as only a missing name asks for it

    return next((task.id for task in all_exercises() if task.name == name), None)


def count_todo(code):
    """Return how often the code, or a function inside it, reads the name TODO."""
    here = 0
    if "TODO" in code.co_names + code.co_varnames + code.co_cellvars + code.co_freevars:
        names = (i for i in dis.get_instructions(code) if i.opname.startswith("LOAD") and i.opname != "LOAD_CONST")
        here = sum(i.argval == "TODO" for i in names)
    return here + sum(count_todo(c) for c in code.co_consts if isinstance(c, types.CodeType))


def returns_nothing(function):
    """Return whether the function has no `return` with a value: its code only ever hands back None."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return True
    return not any(
        isinstance(n, ast.Return)
        and n.value is not None
        and not (isinstance(n.value, ast.Constant) and n.value.value is None)
        for n in ast.walk(tree)
    )
