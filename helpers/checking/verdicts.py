"""Say whether an answer is right, and if not, what is wrong with it. Nothing that an answer does gets out of here.

The order of evidence: the answer is blank; its first line was changed; it is right on every case; the mistake is in this blank
(blaming.py), and has this name (naming.py); it raises here; this is the smallest telling case.
"""

import types
import warnings
from dataclasses import dataclass, field

import numpy as np

from helpers.checking.blaming import find_blame
from helpers.checking.naming import name_of, name_of_another_kind, own_line
from helpers.checking.quoting import error_words, quoted_line, seen_in_blank
from helpers.checking.refusing import (
    count_todo,
    known_by_its_name,
    returns_nothing,
    signature_problem,
    strangers,
    wrong_kind,
)
from helpers.checking.running import IN_PLACE, difference, first_line, run, same_outcome
from helpers.checking.slips import in_words
from helpers.checking.timelimit import OutOfTime
from helpers.checking.words import describe


def _too_long(exercise):
    return Verdict(
        "wrong",
        f"Stopped: your function did not come back within {exercise.seconds:g} seconds. "
        "Probably a loop that never ends.",
    )


COUNT = {1: "One line needs", 2: "Two lines need", 3: "Three lines need", 4: "Four lines need"}


@dataclass(frozen=True)
class Verdict:
    """The answer to "is it right?": `state` is right, wrong or blank; `headline` and `details` are for the learner.

    mistake : the sentence of a known mistake that the answer makes. blamed : the keys of the blanks to mend, if they are known.
    names : {key: sentence} of those among them that have a name. checked : the names of the cases that a right answer passed.
    """

    state: str
    headline: str
    details: tuple = ()
    code: str = ""
    printed: str = ""
    mistake: str | None = field(default=None)
    blamed: tuple = ()
    names: dict = field(default_factory=dict)
    checked: tuple = ()


def check(exercise, function):
    """Return the Verdict on `function` as an answer to `exercise`. Never raises but for KeyboardInterrupt."""
    try:
        with known_by_its_name(function), np.errstate(all="ignore"), warnings.catch_warnings():
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
    if left := count_todo(function.__code__):
        started = "Not finished" if left < exercise.todos else "Not started"
        return Verdict("blank", f"{started}: {left} TODO{'s' * (left > 1)} to fill.")
    if problem := signature_problem(exercise, function):
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
    if all(o.value is None and not o.error and not o.timed_out for o in outcomes) and returns_nothing(function):
        return Verdict("blank", "Your function returns nothing: a `return` is missing.")
    return _explained(exercise, function, outcomes, wrong)


def _explained(exercise, function, outcomes, wrong):
    """Return the Verdict on a wrong answer."""
    if problem := wrong_kind(exercise, function, outcomes):
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
        quoted = quoted_line(exercise, content, key)
        if len(set(names.values())) == 1 == len(lines):
            details.append(f"It is in {quoted}.")
            continue
        said = names.get(key)
        if not said and exercise.observe and len(lines) == 1:  # the rest is right: what was seen of the answer itself
            seen = [w for w, o in zip(wrong, outcomes, strict=False) if w and not o.error]
            said = min(seen, key=lambda w: w.startswith(IN_PLACE), default=None)
        said = said or seen_in_blank(exercise, trial, key)
        details.append(f"{quoted[0].upper()}{quoted[1:]}: {said}" if len(lines) > 1 else said)
    if len(set(names.values())) == 1 and set(names) == set(lines):
        headline = next(iter(names.values()))
        details = (
            details
            if len(lines) == 1
            else [f"It is in {' and in '.join(quoted_line(exercise, c, k) for k, c in lines.items())}."]
        )
    elif len(lines) == 1:
        key, content = next(iter(lines.items()))
        quoted = quoted_line(exercise, content, key)
        headline = f"{quoted[0].upper()}{quoted[1:]} is not right yet."
        if all(w.startswith(IN_PLACE) for w in wrong if w):
            headline, details = next(filter(None, wrong)), [f"It is in {quoted}."]
    else:
        parts = ", ".join(quoted_line(exercise, c, k, short=True) for k, c in lines.items())
        headline = f"{COUNT.get(len(lines), 'Several lines need')} mending: {parts}."
    if len(exercise.skeleton.keys) > len(lines):
        alone = len(lines) == 1 and not any(content.around for content in lines.values())
        details.append(f"With {'that line' if alone else 'those lines'} mended, everything is right.")
    if not any(IN_PLACE in sentence for sentence in (headline, *details)):
        details += _overwritten(outcomes, wrong)
    first = _first_wrong(wrong)
    raised = next((o.error for o in outcomes if o.error), None)
    shapes = "core dim" in str(raised) or "shapes" in str(raised)  # the name says it better
    if raised and not (names and shapes) and (words := in_words(raised)) and not any(words in d for d in details):
        details.insert(1, words)
    details.append(_smallest(exercise, outcomes, wrong, first))
    details += strangers(function)
    sentence = headline if names and set(names) == set(lines) and len(set(names.values())) == 1 else None
    return Verdict(
        "wrong", headline, tuple(d for d in details if d), "", outcomes[first].printed, sentence, blame.keys, names
    )


def _not_blamed(exercise, function, outcomes, wrong):
    """Return the Verdict on a wrong answer that was built in another way: known as a whole, or the smallest case that fails."""
    first = _first_wrong(wrong)
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
        headline, more = error_words(outcome.error, number)
        details += more
    else:
        headline = wrong[first]
        if not headline.startswith(IN_PLACE):
            headline = " ".join([headline, *_overwritten(outcomes, wrong)])
    return Verdict("wrong", headline, (*details, smallest, *strangers(function)), code, outcome.printed)


def _first_wrong(wrong):
    """Return the number of the first wrong case: a wrong value comes before a right one that was written into an input."""
    return min((k for k, w in enumerate(wrong) if w), key=lambda k: wrong[k].startswith(IN_PLACE))


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
    said = f"Your function changes its input {' and '.join(dict.fromkeys(names))} in place, too, which may be the cause"
    return [f"{said}: write into a new array."] if names else []


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
    prints = "It prints, and will at every call from here on, which may be thousands: take the `print` out."
    return Verdict(
        "right",
        f"Right on {len(cases)} case{'s' * (len(cases) > 1)}, {unchanged}same answer when called again.",
        (prints,) if any(o.printed for o in outcomes) else (),
        checked=tuple(labels),
    )
