"""Run an answer on an exercise's cases and find out which mistake it makes. Nothing that an answer does gets out of here."""

import ast
import contextlib
import copy
import dis
import inspect
import io
import linecache
import textwrap
import traceback
import types
import warnings
from dataclasses import dataclass, field

import numpy as np

from helpers.comparing import find_difference, same
from helpers.timelimit import OutOfTime, time_limit

IN_PLACE = "The result is right, but your function changes its input"


@dataclass(frozen=True)
class Outcome:
    """What one call did: gave a value, raised, or ran out of time; and which inputs it changed in place."""

    value: object = None
    error: BaseException | None = None
    timed_out: bool = False
    changed: tuple = ()
    printed: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer to "is it right?": `state` is right, wrong or blank; `headline` and `details` are for the learner."""

    state: str
    headline: str
    details: tuple = ()
    code: str = ""
    printed: str = ""
    mistake: str | None = field(default=None)  # the sentence of a known mistake that the answer equals


def check(exercise, function):
    """Return the Verdict on `function` as an answer to `exercise`. Never raises but for KeyboardInterrupt."""
    try:
        with _known_by_its_name(function):
            return _check(exercise, function)
    except OutOfTime:
        return _too_long(exercise)
    except Exception as problem:
        return Verdict(
            "wrong",
            "Your answer could not be checked: the check stumbled over what it returned.",
            (f"{type(problem).__name__}: {_first_line(problem)}",),
        )


def _check(exercise, function):
    if not isinstance(function, types.FunctionType):
        what = "a class" if isinstance(function, type) else f"{type(function).__name__}"
        return Verdict(
            "wrong", f"The exercise wants a function `def {exercise.name}(…)` below its first line; this is {what}."
        )
    if left := _count_todo(function.__code__):
        started = "Not finished" if left < exercise.todos else "Not started"
        return Verdict("blank", f"{started}: {left} TODO{'s' * (left > 1)} to fill.")
    if problem := _signature_problem(exercise, function):
        return Verdict("wrong", problem)

    cases = exercise.examples()
    expected = _outcomes(exercise, exercise.reference, cases)
    outcomes, differences = [], []
    for (_, inputs), want in zip(cases, expected, strict=True):
        outcome = _run(exercise, function, inputs)
        outcomes.append(outcome)
        differences.append(_difference(exercise, want, outcome, inputs))
        if outcome.timed_out:
            break
    failing = next((i for i, d in enumerate(differences) if d), None)
    if failing is None:
        return _right_or_restless(exercise, function, cases, outcomes)
    # a wrong value comes before a right one that was written into an input
    failing = next((i for i, d in enumerate(differences) if d and not d.startswith(IN_PLACE)), failing)
    if all(o.value is None and not o.error and not o.timed_out for o in outcomes) and _returns_nothing(function):
        return Verdict("blank", "Your function returns nothing: a `return` is missing.")
    return _explain(exercise, function, cases, expected, outcomes, differences, failing)


@contextlib.contextmanager
def _known_by_its_name(function):
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


def _explain(exercise, function, cases, expected, outcomes, differences, failing):
    """Return the Verdict on a wrong answer: a known mistake by name, else the smallest case that fails."""
    label, inputs = cases[failing]
    outcome, difference = outcomes[failing], differences[failing]
    printed = outcome.printed
    # a mistake is named where the answer does exactly what the mistake does, on every case
    if not outcomes[-1].timed_out:
        for mistake in exercise.mistakes:
            if all(
                _same_outcome(exercise, _run(exercise, mistake.function, i), o, i)
                for (_, i), o in zip(cases, outcomes, strict=True)
            ):
                details = (f"First seen with: {label}.",)
                code = _own_line(outcome.error, function)[1] if outcome.error else ""
                return Verdict("wrong", mistake.sentence, details, code, printed, mistake.sentence)
    # values that the label says already
    numbers_only = all(isinstance(v, (int, float)) or isinstance(v, str) and v and v in label for v in inputs)
    given = "" if numbers_only else "; " + describe(exercise.argument_names, inputs)
    details = [f"Smallest case that fails: {label}{given}."]
    if difference.startswith(IN_PLACE):
        details[0] += f" An input is changed in {sum(map(bool, differences))} of {len(cases)} cases."
    elif passed := sum(not d for d in differences):
        details[0] += f" {passed} of {len(cases)} cases {'are' if passed > 1 else 'is'} right."
    overwritten = ""
    if not difference.startswith(IN_PLACE):  # what is told is a wrong value: so should be what is named
        pairs = zip(outcomes, differences, strict=True)
        names = [name for o, d in pairs if d and d.startswith(IN_PLACE) for name in o.changed]
        if names:
            overwritten = f" Your function also changes its input {' and '.join(dict.fromkeys(names))} in place."
        differences = ["" if d and d.startswith(IN_PLACE) else d for d in differences]
    likely = _likely(exercise, cases, outcomes, differences)
    if outcome.timed_out:
        verdict = _too_long(exercise)
        return Verdict("wrong", verdict.headline, (*verdict.details, *details), printed=printed)
    if outcome.error:
        line, code = _own_line(outcome.error, function)
        headline = f"{type(outcome.error).__name__}{line}: {_first_line(outcome.error)}"
        if isinstance(outcome.error, RecursionError):
            headline = f"Your function calls itself{line} without end: where does it stop?"
        elif isinstance(outcome.error, NameError) and (other := _exercise_called(outcome.error.name)):
            details.append(f"`{outcome.error.name}` is what you write in exercise {other}: run that cell first.")
        elif "matmul" in headline or "not aligned" in headline:
            details.append("In `a @ b` the last axis of a must be as long as the first of b (the last but one, for stacks).")
    else:
        headline, code = difference + overwritten, ""
    if likely:
        details.insert(0, f"Probably this: {likely}")
    if strangers := _foreign_names(function):
        details.append(f"Your function reads {strangers} from the notebook: use its own arguments alone.")
    return Verdict("wrong", headline, tuple(details), code, printed)


def _right_or_restless(exercise, function, cases, outcomes):
    """Return the Verdict on an answer that is right on every case: is it so the second time as well?"""
    for (label, inputs), before in zip(cases[:2], outcomes, strict=False):
        again = _run(exercise, function, inputs)
        if again.error or again.timed_out or not _same_outcome(exercise, before, again, inputs):
            return Verdict(
                "wrong",
                "Called twice with the same input, your function gives two different answers: "
                "it must depend on its arguments alone, not on chance or on what happened before.",
                (f"Seen with: {label}.",),
            )
    labels = [label for label, _ in cases]
    unchanged = "inputs unchanged, " if exercise.argument_names else ""
    return Verdict(
        "right",
        f"Right on {len(cases)} case{'s' * (len(cases) > 1)}, {unchanged}same answer when called again.",
        ("Checked: " + " · ".join(labels) + ".",),
    )


def _outcomes(exercise, function, cases):
    return [_run(exercise, function, inputs) for _, inputs in cases]


def _run(exercise, function, inputs):
    """Call `function` on a copy of `inputs`, safely, and return the Outcome."""
    given = [copy.deepcopy(value) for value in inputs]  # one by one: two equal inputs stay two arrays
    printed = io.StringIO()
    value = error = None
    timed_out = False
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            time_limit(exercise.seconds),
        ):
            warnings.simplefilter("ignore")
            value = function(*given)
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


def _difference(exercise, want, outcome, inputs):
    """Return what is wrong with an outcome as a sentence, or None."""
    if outcome.timed_out:
        return "stopped"
    if outcome.error:
        return f"{type(outcome.error).__name__}: {_first_line(outcome.error)}"
    named = dict(zip(exercise.argument_names, inputs, strict=True))
    if exercise.observe:
        found = _observed_difference(exercise, want.value, outcome.value, inputs)
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


def _observed_difference(exercise, reference, answer, inputs):
    """Compare what `observe` sees of the two; it may also raise ValueError with a sentence for the learner."""
    try:
        seen = exercise.observe(answer, *copy.deepcopy(inputs))
    except ValueError as sentence:
        return str(sentence)
    found = find_difference(exercise.observe(reference, *copy.deepcopy(inputs)), seen, exercise.returns)
    words = exercise.explain(answer, *copy.deepcopy(inputs)) if found and exercise.explain else None
    return words or (found and found.sentence)


def _same_outcome(exercise, known, outcome, inputs):
    """Return whether an answer did what a known function does: same value, or same exception, same changes."""
    if known.timed_out or outcome.timed_out:
        return False
    if known.error or outcome.error:
        return type(known.error) is type(outcome.error) and _first_line(known.error) == _first_line(outcome.error)
    if known.changed != outcome.changed:
        return False
    try:
        if exercise.observe:
            return _observed_difference(exercise, known.value, outcome.value, inputs) is None
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


def _likely(exercise, cases, outcomes, differences):
    """Return the sentence of the one mistake that an otherwise unknown answer makes on several cases, or None.

    It does so on the first case that fails, so it is what the headline describes. One small case is not enough: there,
    different mistakes often come to the same number; nor are a few of many. Nor is it this mistake where the answer is
    right on a case that the mistake gets wrong.
    """
    seen = [
        (inputs, outcome, bool(difference))
        for (_, inputs), outcome, difference in zip(cases, outcomes, differences, strict=False)
        if not (outcome.error or outcome.timed_out)
    ]
    hits = []
    for mistake in exercise.mistakes:
        same_ones = {True: [], False: []}  # wrong cases, right cases
        for inputs, outcome, wrong in seen:
            same_ones[wrong].append(_same_outcome(exercise, _run(exercise, mistake.function, inputs), outcome, inputs))
        wrong, right = same_ones[True], same_ones[False]
        if wrong and wrong[0] and sum(wrong) > 1 and 2 * sum(wrong) >= len(wrong) and all(right):
            hits.append(mistake.sentence)
    return hits[0] if len(set(hits)) == 1 else None


def _exercise_called(name):
    """Return the id of the exercise with this function name, or None."""
    from helpers.authoring import all_exercises  # here, as only a missing name asks for it

    return next((task.id for task in all_exercises() if task.name == name), None)


def _count_todo(code):
    """Return how often the code, or a function inside it, reads the name TODO."""
    here = sum(i.argval == "TODO" and i.opname.startswith("LOAD") for i in dis.get_instructions(code))
    return here + sum(_count_todo(c) for c in code.co_consts if isinstance(c, types.CodeType))


def _returns_nothing(function):
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


def _signature_problem(exercise, function):
    want, got = exercise.argument_names, list(inspect.signature(function).parameters.values())
    try:
        inspect.signature(function).bind(*want)
    except TypeError:
        return (
            f"The exercise calls {exercise.name}({', '.join(want)}); yours takes ({', '.join(p.name for p in got)}). "
            "Keep the first line as it was."
        )
    names = [p.name for p in got]
    if sorted(names) == sorted(want) and names != want:
        return f"The arguments come in the order ({', '.join(want)}); in your first line they stand as ({', '.join(names)})."
    return None


def _foreign_names(function):
    """Return the notebook's variables (arrays, numbers, dicts) that the function reads, as words, or ""."""
    names, space = function.__code__.co_names, function.__globals__
    data = [
        n for n in dict.fromkeys(names) if isinstance(space.get(n), (np.ndarray, dict, list)) and not n.startswith("__")
    ]
    return " and ".join(data)


def _own_line(error, function):
    """Return (" in line 5", the line's text) of the learner's own code where the error came from."""
    own = function.__code__.co_filename
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == own]
    if not frames:
        return "", ""
    line = (linecache.getline(own, frames[-1].lineno) or frames[-1].line or "").strip()
    return f" in line {frames[-1].lineno}", line


def _first_line(error):
    try:
        text = str(error).strip().splitlines()
    except Exception:
        return "(its message cannot be shown)"
    text = text[0] if text else "(without a message)"
    return text if len(text) <= 300 else text[:300] + "…"


def _too_long(exercise):
    return Verdict(
        "wrong",
        f"Stopped: your function did not come back within {exercise.seconds:g} seconds. "
        "Probably a loop that never ends.",
    )


def describe(names, inputs):
    """Return the inputs in words: small ones by value, others by shape."""
    return ", ".join(f"{name} {_describe(value)}" for name, value in zip(names, inputs, strict=True)) or "no input"


def _describe(value):
    if isinstance(value, np.ndarray):
        if value.size <= 2:
            return "= " + " ".join(np.array2string(value, precision=3, separator=", ").split())
        return f"of shape {value.shape}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_describe(part).removeprefix("= ") for part in value) + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} {_describe(v)}" for k, v in value.items()) + "}"
    if callable(value) or isinstance(value, np.random.Generator):
        return f"(a {type(value).__name__})"
    text = repr(value)
    return "= " + (text if len(text) <= 40 else text[:40] + "…")
