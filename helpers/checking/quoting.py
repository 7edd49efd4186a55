"""What a card says of a line: the line itself, quoted, and what is already right in it, seen while the finished function runs."""

import collections.abc
import re

import numpy as np

from helpers.checking.comparing import find_difference
from helpers.checking.naming import probable_name
from helpers.checking.refusing import (
    exercise_called,
)
from helpers.checking.running import first_line, run
from helpers.checking.slips import in_words


def error_words(error, number):
    """Return (headline, details) for an exception of an answer."""
    line = f" in line {number}" if number else ""
    if isinstance(error, RecursionError):
        return f"Your function calls itself{line} without end: where does it stop?", []
    if isinstance(error, NameError) and (other := exercise_called(error.name)):
        return f"NameError{line}: {first_line(error)}", [
            f"`{error.name}` is what you write in exercise {other}: run that cell first."
        ]
    words = in_words(error)
    if words and ("gufunc" in str(error) or "matmul" in str(error)):
        return f"The shapes do not fit{line}.", [words]
    if words and isinstance(error, TypeError):
        return words, [f"{type(error).__name__}{line}: {first_line(error)}"]
    return f"{type(error).__name__}{line}: {first_line(error)}", [words] if words else []


def quoted_line(exercise, content, key, short=False):
    """Return "line 5, `c = i * c + f * g`": the learner's own line; short: "the one for `c` (line 5)"."""
    if short:
        if not exercise.skeleton.heads[key]:
            return f"line {content.line}" if content.line else "the empty place of a TODO"
        return f"the one for `{_target(exercise, key)}`" + (f" (line {content.line})" if content.line else "")
    text = f"{exercise.skeleton.heads[key]} {content.text}".strip()
    if not text:
        return "the empty place of a TODO"
    text = text if len(text) <= 100 else text[:99] + "…"
    around = f" together with your lines {' and '.join(content.around)} it" if content.around else ""
    return (f"line {content.line}, " if content.line else "the line ") + f"`{text}`{around}"


def _target(exercise, key):
    """Return what a blank fills, as the page has it: "h[t]", "return"; or the words for a condition and a block."""
    words = {"test": "the condition", "block": "the block"}
    return words.get(key.partition("__")[0]) or re.sub(r"\s*\S?=$", "", exercise.skeleton.heads[key])


def seen_in_blank(exercise, trial, key):
    """Return what can be seen of one blank: a probable name, the error it raises, or how its value differs on a telling case."""
    if likely := probable_name(exercise, trial, key):
        return f"Probably this: {likely}"
    content = trial.contents[key]
    if exercise.observe or content.node is None or content.after:  # its value is not all that tells
        outcomes, wrong = trial.outcomes(trial.alone([key]), stop_at_wrong=True)
        label = exercise.timed_cases()[len(outcomes) - 1][0][0]
        if outcomes[-1].error:
            return in_words(outcomes[-1].error) or wrong[-1]
        if not wrong[-1]:
            return ""
        return wrong[-1] if exercise.observe else f"{wrong[-1]} Seen with: {label}."
    telling = []
    for (label, inputs), _, seconds in exercise.timed_cases():
        values, course = [], []
        outcome = run(exercise, trial.alone([key], key, _noting(values)), inputs, seconds)
        run(exercise, trial.alone([], key, _noting(course)), inputs, seconds)
        if outcome.error and len(values) < len(course):
            words = in_words(outcome.error)
            if words and ("core dim" in str(outcome.error) or "shapes" in str(outcome.error)):
                return words
            headline, more = error_words(outcome.error, 0)
            return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in (headline, *more))
        pairs = list(zip(values, course, strict=False))
        if "," in _target(exercise, key):  # `low, high = …`: a tuple and an array say the same
            pairs = [(a, b) for x, y in pairs if np.iterable(x) and np.iterable(y) for a, b in zip(x, y, strict=False)] or pairs
        pair = next(((a, b) for a, b in pairs if _differ(a, b)), None)
        if pair:
            telling.append((_visible(*pair), label, pair))
    if not telling:
        return ""
    clear = next((t for t in telling if t[0] > 0.05), max(telling, key=lambda t: t[0]))
    found = find_difference(clear[2][1], clear[2][0], {_target(exercise, key): ""})
    if not found:
        return ""
    return f"{found.sentence} Seen with: {clear[1]}.".replace("Your result", f"`{_target(exercise, key)}`", 1)


def _noting(values):
    def seen(value):
        values.append(value)
        return value

    return seen


def _differ(a, b):
    if isinstance(b, (range, collections.abc.Iterator)):  # two of these may go over the same, and cannot be compared
        return False
    try:
        return find_difference(b, a, {"it": ""}) is not None
    except Exception:
        return False


def _visible(mine, right):
    """Return how clearly two values differ: as a share of the right one's size; 1 where they are of another kind or shape."""
    try:
        a, b = np.asarray(mine, float), np.asarray(right, float)
        if a.shape != b.shape:
            return 1.0
        return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12)) if np.all(np.isfinite(a)) else 1.0
    except (TypeError, ValueError):
        return 1.0
