"""Say whether an answer is right, and if not, what is wrong with it. Nothing that an answer does gets out of here.

The order of evidence: the answer is blank; its first line was changed; it is right on every case; the mistake is in this blank
(blaming.py), and has this name (naming.py); it raises here; this is the smallest telling case.
"""

import ast
import collections.abc
import contextlib
import dis
import inspect
import re
import textwrap
import types
import warnings
from dataclasses import dataclass, field

import numpy as np

from helpers.checking.blaming import find_blame
from helpers.checking.comparing import find_difference
from helpers.checking.naming import name_of, name_of_another_kind, own_line, probable_name
from helpers.checking.running import IN_PLACE, difference, first_line, names_read, run, same_outcome
from helpers.checking.slips import in_words
from helpers.checking.timelimit import OutOfTime
from helpers.checking.words import describe, kind

COUNT = {1: "One line needs", 2: "Two lines need", 3: "Three lines need", 4: "Four lines need"}


@dataclass(frozen=True)
class Verdict:
    """The answer to "is it right?": `state` is right, wrong or blank; `headline` and `details` are for the learner.

    mistake : the sentence of a known mistake that the answer makes. blamed : the keys of the blanks to mend, if they are known.
    names : {key: sentence} of those among them that have a name.
    """

    state: str
    headline: str
    details: tuple = ()
    code: str = ""
    printed: str = ""
    mistake: str | None = field(default=None)
    blamed: tuple = ()
    names: dict = field(default_factory=dict)


def check(exercise, function):
    """Return the Verdict on `function` as an answer to `exercise`. Never raises but for KeyboardInterrupt."""
    try:
        with _known_by_its_name(function), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _check(exercise, function)
    except OutOfTime:
        return _too_long(exercise)
    except Exception as problem:
        return Verdict(
            "wrong",
            "Your answer could not be checked: the check stumbled over what it returned.",
            (f"{type(problem).__name__}: {first_line(problem)}",),
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
    outcomes, wrong = [], []
    for (_, inputs), want, _ in exercise.timed_cases():
        outcome = run(exercise, function, inputs)
        outcomes.append(outcome)
        wrong.append(difference(exercise, want, outcome, inputs))
        if outcome.timed_out:
            break
    if not any(wrong):
        return _right_or_restless(exercise, function, outcomes)
    if all(o.value is None and not o.error and not o.timed_out for o in outcomes) and _returns_nothing(function):
        return Verdict("blank", "Your function returns nothing: a `return` is missing.")
    return _explained(exercise, function, outcomes, wrong)


def _explained(exercise, function, outcomes, wrong):
    """Return the Verdict on a wrong answer."""
    if problem := _wrong_kind(exercise, function, outcomes):
        return Verdict("wrong", problem, (_smallest(exercise, outcomes, wrong, 0),), printed=outcomes[0].printed)
    found = find_blame(exercise, function)
    if outcomes[-1].timed_out:  # a loop of one's own before a right line: not that line never ends
        found = [(blame, trial) for blame, trial in found if not any(blame.contents[key].before for key in blame.keys)]
    named = [(blame, trial, name_of(exercise, trial, blame.keys)) for blame, trial in found]
    if named:
        best = max(named, key=lambda each: len(each[2]))
        return _blamed(exercise, function, outcomes, wrong, *best)
    return _not_blamed(exercise, function, outcomes, wrong)


def _blamed(exercise, function, outcomes, wrong, blame, trial, names):
    """Return the Verdict on an answer whose lines to mend are known."""
    lines = {key: blame.contents[key] for key in blame.keys}
    details = []
    for key, content in lines.items():
        quoted = _quoted(exercise, content, key)
        if len(set(names.values())) == 1 == len(lines):
            details.append(f"It is in {quoted}.")
            continue
        said = names.get(key)
        if not said and exercise.observe and len(lines) == 1:  # the rest is right: what was seen of the answer itself
            said = next((w for w, o in zip(wrong, outcomes, strict=False) if w and not o.error), None)
        said = said or _seen_in_blank(exercise, trial, key)
        details.append(f"{quoted[0].upper()}{quoted[1:]}: {said}" if len(lines) > 1 else said)
    if len(set(names.values())) == 1 and set(names) == set(lines):
        headline = next(iter(names.values()))
        details = (
            details
            if len(lines) == 1
            else [f"It is in {' and in '.join(_quoted(exercise, c, k) for k, c in lines.items())}."]
        )
    elif len(lines) == 1:
        key, content = next(iter(lines.items()))
        quoted = _quoted(exercise, content, key)
        headline = f"{quoted[0].upper()}{quoted[1:]} is not right yet."
    else:
        parts = ", ".join(_quoted(exercise, c, k, short=True) for k, c in lines.items())
        headline = f"{COUNT.get(len(lines), 'Several lines need')} mending: {parts}."
    if blame.right:
        details.append(f"Right already, on every case: {_list(exercise, blame)}.")
    elif len(exercise.skeleton.keys) > len(lines):
        details.append(f"With {'that line' if len(lines) == 1 else 'those lines'} mended, everything is right.")
    details += _overwritten(outcomes, wrong)
    first = next(k for k, w in enumerate(wrong) if w)
    raised = next((o.error for o in outcomes if o.error), None)
    shapes = "core dim" in str(raised) or "shapes" in str(raised)  # the name says it better
    if raised and not (names and shapes) and (words := in_words(raised)) and not any(words in d for d in details):
        details.insert(1, words)
    details.append(_smallest(exercise, outcomes, wrong, first))
    details += _strangers(function)
    sentence = headline if names and set(names) == set(lines) and len(set(names.values())) == 1 else None
    return Verdict(
        "wrong", headline, tuple(d for d in details if d), "", outcomes[first].printed, sentence, blame.keys, names
    )


def _quoted(exercise, content, key, short=False):
    """Return "line 5, `c = i * c + f * g`": the learner's own line; short: "the one for `c` (line 5)"."""
    if short:
        if not exercise.skeleton.heads[key]:
            return f"line {content.line}" if content.line else "the empty place of a TODO"
        return f"the one for `{_target(exercise, key)}`" + (f" (line {content.line})" if content.line else "")
    text = f"{exercise.skeleton.heads[key]} {content.text}".strip()
    if not text:
        return "the empty place of a TODO"
    text = text if len(text) <= 100 else text[:99] + "…"
    below = " and what your lines below it make of it" if content.after else ""
    return (f"line {content.line}, " if content.line else "the line ") + f"`{text}`{below}"


def _target(exercise, key):
    """Return what a blank fills, as the page has it: "h[t]", "return"; or the words for a condition and a block."""
    words = {"test": "the condition", "block": "the block"}
    return words.get(key.partition("__")[0]) or re.sub(r"\s*\S?=$", "", exercise.skeleton.heads[key])


def _list(exercise, blame):
    """Return the blanks that are right, in words: by their lines where several fill the same variable."""
    targets = [_target(exercise, key) for key in exercise.skeleton.keys]
    twice = any(targets.count(_target(exercise, key)) > 1 for key in blame.right)
    return ", ".join(
        f"`{_target(exercise, key)}`" + (f" (line {blame.contents[key].line})" if twice else "")
        if exercise.skeleton.heads[key]
        else f"line {blame.contents[key].line}"
        for key in blame.right
    )


def _seen_in_blank(exercise, trial, key):
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
            headline, more = _error(outcome.error, 0)
            return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in (headline, *more))
        pairs = list(zip(values, course, strict=False))
        if "," in _target(exercise, key):  # `low, high = …`: a tuple and an array say the same
            pairs = [(a, b) for x, y in pairs if np.iterable(x) for a, b in zip(x, y, strict=False)] or pairs
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


def _not_blamed(exercise, function, outcomes, wrong):
    """Return the Verdict on a wrong answer that was built in another way: known as a whole, or the smallest case that fails."""
    # a wrong value comes before a right one that was written into an input
    first = next(
        (k for k, w in enumerate(wrong) if w and not w.startswith(IN_PLACE)), next(k for k, w in enumerate(wrong) if w)
    )
    outcome = outcomes[first]
    sentence, probably = name_of_another_kind(exercise, function, outcomes, wrong)
    smallest, code = _smallest(exercise, outcomes, wrong, first), ""
    if sentence and not probably:
        code = own_line(outcome.error, function)[1] if outcome.error else ""
        return Verdict(
            "wrong",
            sentence,
            (f"First seen with: {exercise.timed_cases()[first][0][0]}.",),
            code,
            outcome.printed,
            sentence,
        )
    if outcome.timed_out:
        verdict = _too_long(exercise)
        return Verdict("wrong", verdict.headline, (*verdict.details, smallest), printed=outcome.printed)
    details = [f"Probably this: {sentence}"] if sentence else []
    if outcome.error:
        number, code = own_line(outcome.error, function)
        headline, more = _error(outcome.error, number)
        details += more
    else:
        headline = wrong[first]
        if not headline.startswith(IN_PLACE):
            headline = " ".join([headline, *_overwritten(outcomes, wrong)])
    return Verdict("wrong", headline, (*details, smallest, *_strangers(function)), code, outcome.printed)


def _error(error, number):
    """Return (headline, details) for an exception of an answer."""
    line = f" in line {number}" if number else ""
    if isinstance(error, RecursionError):
        return f"Your function calls itself{line} without end: where does it stop?", []
    if isinstance(error, NameError) and (other := _exercise_called(error.name)):
        return f"NameError{line}: {first_line(error)}", [
            f"`{error.name}` is what you write in exercise {other}: run that cell first."
        ]
    words = in_words(error)
    if words and ("gufunc" in str(error) or "matmul" in str(error)):
        return f"The shapes do not fit{line}.", [words]
    if words and isinstance(error, TypeError):
        return words, [f"{type(error).__name__}{line}: {first_line(error)}"]
    return f"{type(error).__name__}{line}: {first_line(error)}", [words] if words else []


def _smallest(exercise, outcomes, wrong, first):
    """Return the sentence on the smallest case that fails, and how many are right."""
    label, inputs = exercise.timed_cases()[first][0]
    # values that the label says already
    numbers_only = all(isinstance(v, (int, float)) or isinstance(v, str) and v and v in label for v in inputs)
    said = (
        f"Smallest case that fails: {label}{'' if numbers_only else '; ' + describe(exercise.argument_names, inputs)}."
    )
    if wrong[first] and wrong[first].startswith(IN_PLACE):
        return f"{said} An input is changed in {sum(map(bool, wrong))} of {len(wrong)} cases."
    passed = sum(not w for w in wrong)
    return said + (
        f" {passed} of {len(exercise.timed_cases())} cases {'are' if passed > 1 else 'is'} right." if passed else ""
    )


def _overwritten(outcomes, wrong):
    """Return a sentence on the inputs that a wrong answer changes as well."""
    names = [name for o, w in zip(outcomes, wrong, strict=True) if w for name in o.changed]
    return [f"Your function also changes its input {' and '.join(dict.fromkeys(names))} in place."] if names else []


def _strangers(function):
    """Return a sentence on the notebook's variables (arrays, numbers, dicts) that the function reads, in a list."""
    space = function.__globals__
    kept = {n for n in space if isinstance(space[n], (np.ndarray, dict, list)) and not n.startswith("__")}
    data = [n for n in names_read(function.__code__) if n in kept] if kept else []
    return [f"Your function reads {' and '.join(data)} from the notebook: use its own arguments alone."] if data else []


def _right_or_restless(exercise, function, outcomes):
    """Return the Verdict on an answer that is right on every case: is it so the second time as well?"""
    cases = exercise.timed_cases()
    for ((label, inputs), _, _), before in zip(cases[:2], outcomes, strict=False):
        again = run(exercise, function, inputs)
        if again.error or again.timed_out or not same_outcome(exercise, before, again, inputs):
            return Verdict(
                "wrong",
                "Called twice with the same input, your function gives two different answers: "
                "it must depend on its arguments alone, not on chance or on what happened before.",
                (f"Seen with: {label}.",),
            )
    labels = [label for (label, _), _, _ in cases]
    unchanged = "inputs unchanged, " if exercise.argument_names else ""
    details = ["Checked: " + " · ".join(labels) + "."]
    if any(o.printed for o in outcomes):
        details.append("It prints, and will at every call from here on, which may be thousands: take the `print` out.")
    return Verdict(
        "right",
        f"Right on {len(cases)} case{'s' * (len(cases) > 1)}, {unchanged}same answer when called again.",
        tuple(details),
    )


def _wrong_kind(exercise, function, outcomes):
    """Return a sentence where every result is a thing that no blank explains: a generator, a coroutine; else None."""
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        return f"Your result is {kind(outcomes[0].value)}."
    return None


def _signature_problem(exercise, function):
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


def _exercise_called(name):
    """Return the id of the exercise with this function name, or None."""
    from helpers.checking.authoring import all_exercises  # here, as only a missing name asks for it

    return next((task.id for task in all_exercises() if task.name == name), None)


def _count_todo(code):
    """Return how often the code, or a function inside it, reads the name TODO."""
    here = 0
    if "TODO" in code.co_names + code.co_varnames + code.co_cellvars + code.co_freevars:
        names = (i for i in dis.get_instructions(code) if i.opname.startswith("LOAD") and i.opname != "LOAD_CONST")
        here = sum(i.argval == "TODO" for i in names)
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


def _too_long(exercise):
    return Verdict(
        "wrong",
        f"Stopped: your function did not come back within {exercise.seconds:g} seconds. "
        "Probably a loop that never ends.",
    )
