"""Call an answer on the inputs of a case, safely, and say in what its outcome differs from the course's."""

import contextlib
import copy
import dis
import io
import sys
import types
import warnings
from dataclasses import dataclass

import numpy as np

from helpers.checking.comparing import find_difference, same
from helpers.checking.timelimit import OutOfTime, limited

IN_PLACE = "The result is right, but your function changes its input"


@dataclass(frozen=True)
class Outcome:
    """What one call did: gave a value, raised, or ran out of time; and which inputs it changed in place."""

    value: object = None
    error: BaseException | None = None
    timed_out: bool = False
    changed: tuple = ()
    printed: str = ""


class _Printed(io.StringIO):
    """What an answer prints is kept off the page, but for the words of a debugger that somebody is at."""

    def __init__(self, page):
        super().__init__()
        self.page = page

    def write(self, text):
        if sys.gettrace() is not None and "pdb" in sys.modules:
            return self.page.write(text)
        return super().write(text)

    def flush(self):
        with contextlib.suppress(Exception):
            self.page.flush()


def run(exercise, function, inputs, seconds=None):
    """Call `function` on a copy of `inputs` and return the Outcome. Raises nothing but KeyboardInterrupt."""
    given = [copy.deepcopy(value) for value in inputs]  # one by one: two equal inputs stay two arrays
    printed = _Printed(sys.stdout)
    value = error = None
    timed_out = False
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            value = limited(seconds or exercise.seconds, function, *given)
    except OutOfTime:
        timed_out = True
    except KeyboardInterrupt:
        raise
    except BaseException as e:  # SystemExit and the like: an answer must not end the kernel
        error = e
    changed = tuple(
        name
        for name, before, after in zip(exercise.argument_names, inputs, given, strict=True)
        if not same(before, after)
    )
    return Outcome(value, error, timed_out, changed, printed.getvalue())


def difference(exercise, want, outcome, inputs):
    """Return what is wrong with an outcome as a sentence, or None. want : the Outcome of the course's function."""
    if outcome.timed_out:
        return "stopped"
    if outcome.error:
        return f"{type(outcome.error).__name__}: {first_line(outcome.error)}"
    named = dict(zip(exercise.argument_names, inputs, strict=True))
    if exercise.observe:
        found = observed_difference(exercise, want, outcome, inputs, explained=True)
    else:
        found = find_difference(want.value, outcome.value, exercise.returns, named)
        found = found and found.sentence
    if found:
        return found
    if outcome.changed and not want.changed:
        names = " and ".join(outcome.changed)
        return (
            f"{IN_PLACE} {names} in place: whoever called it finds {names} changed afterwards. Write into a new array."
        )
    return None


def observed_difference(exercise, want, outcome, inputs, explained=False):
    """Return a sentence on how what `observe` sees of two outcomes differs, or None.

    `observe` may also raise ValueError with a sentence for the learner. explained : whether that of `explain` comes first.
    """
    try:
        seen = _observed(exercise, outcome, inputs)
    except ValueError as sentence:
        return str(sentence)
    found = find_difference(_observed(exercise, want, inputs), seen, exercise.returns)
    words = exercise.explain(outcome.value, *copy.deepcopy(inputs)) if found and explained and exercise.explain else None
    return words or (found and found.sentence)


def _observed(exercise, outcome, inputs):
    """Return what `observe` sees of an outcome on its case. It is kept there: the course's is compared again and again."""
    kept = vars(outcome)
    if "observed" not in kept:
        kept["observed"] = exercise.observe(outcome.value, *copy.deepcopy(inputs))
    return kept["observed"]


def same_outcome(exercise, known, outcome, inputs):
    """Return whether an answer did what a known function does: same value, or same exception, same changes."""
    if known.timed_out or outcome.timed_out:
        return False
    if known.error or outcome.error:
        return type(known.error) is type(outcome.error) and first_line(known.error) == first_line(outcome.error)
    if known.changed != outcome.changed:
        return False
    try:
        if exercise.observe:
            return observed_difference(exercise, known, outcome, inputs) is None
        return _same_value(known.value, outcome.value, exercise.returns)
    except Exception:
        return False


def _same_value(known, value, returns):
    """Return whether `value` equals the known wrong value, which need not have the right structure."""
    try:
        if isinstance(known, tuple) and len(returns) > 1 and len(known) != len(returns):
            raise TypeError
        if isinstance(known, tuple) != (len(returns) > 1):
            raise TypeError
        return find_difference(known, value, returns) is None
    except (TypeError, ValueError, AttributeError, KeyError):
        return type(known) is type(value) and same(known, value)


def first_line(error):
    """Return the first line of an exception's text, shortened."""
    try:
        text = str(error).strip().splitlines()
    except Exception:
        return "(its message cannot be shown)"
    text = text[0] if text else "(without a message)"
    return text if len(text) <= 300 else text[:300] + "…"


def names_read(code):
    """Return the names that a function's code looks up among the notebook's; those of attributes, as `.T`, are none."""
    found = [i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found += names_read(constant)
    return list(dict.fromkeys(found))
