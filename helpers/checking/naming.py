"""Give a wrong answer's mistake its name, if there is evidence for one: a false name is worse than none.

A mistake is an edit of one blank (or of several). It is compared with what the answer has in *that* blank, in the finished
function, so that it is known also where another mistake stands beside it, and a mistake of another blank is never named.
Evidence is the same wrong value on every case, or the same expression. The text of an exception is none: many slips share it.
A mistake that nobody has foreseen is named by what it is, where it is one thing (spotting.py): a sign, a transpose, an axis.
"""

import linecache
import traceback

from helpers.checking.matching import Content
from helpers.checking.running import first_line, same_outcome
from helpers.checking.spotting import alike, spot


def name_of(exercise, trial, keys):
    """Return {key: sentence} of the known mistakes in the blanks `keys` of an answer: one for each blank, or one for all."""
    if sentence := _as_written(exercise, trial.contents, _differing(exercise, trial)) or _in_blanks(exercise, trial, keys):
        return dict.fromkeys(keys, sentence)
    names = {}
    for key in keys:
        found = (
            len(keys) > 1
            and _in_blanks(exercise, trial, (key,))
            or spot(trial.contents[key], exercise.skeleton.course[key])
        )
        if found:
            names[key] = found
    return names


def probable_name(exercise, trial, key):
    """Return the sentence of the one mistake that this blank makes on half of the failing cases, or None (see _on_many)."""
    outcomes, wrong = trial.outcomes(trial.alone([key]))
    known = [m for m in exercise.mistakes if set(exercise.blanks_of(m) or ()) == {key}]
    return _on_many(exercise, known, outcomes, wrong)


def _differing(exercise, trial):
    """Return the keys of all blanks in which an answer says something else than the course."""
    return [key for key in exercise.skeleton.keys if not trial.contents[key].same_as(exercise.skeleton.course[key])]


def _as_written(exercise, contents, keys):
    """Return the sentence of the known mistake that is written in the blanks `keys` and nowhere else, or None."""
    known = [m for m in exercise.mistakes if set(exercise.blanks_of(m) or ()) == set(keys)]
    for same in (Content.same_as, alike):  # `max` and `np.max` are alike, and two mistakes
        for mistake in known:
            edit = exercise.blanks_of(mistake)
            if all(same(contents[key], edit[key]) for key in keys):
                return mistake.sentence
    return None


def _in_blanks(exercise, trial, keys):
    if sentence := _as_written(exercise, trial.contents, keys):
        return sentence
    known = [m for m in exercise.mistakes if set(exercise.blanks_of(m) or ()) == set(keys)]
    if not known:
        return None
    outcomes, _ = trial.outcomes(trial.alone(keys))
    return name_by_outcomes(exercise, known, outcomes)


def name_by_outcomes(exercise, mistakes, outcomes):
    """Return the sentence of the mistake that does the same as the answer on every case, and not only raise; None without one."""
    cases = exercise.timed_cases()
    if len(outcomes) < len(cases) or all(o.error or o.timed_out for o in outcomes):
        return None
    for mistake in mistakes:
        if all(same_outcome(exercise, exercise.outcome_of(mistake, k), o, cases[k][0][1]) for k, o in enumerate(outcomes)):
            return mistake.sentence
    return None


def name_of_another_kind(exercise, function, outcomes, wrong):
    """Return (sentence, probably) for an answer that does not keep the given lines: on every case the same, or on many."""
    if sentence := name_by_outcomes(exercise, exercise.mistakes, outcomes):
        return sentence, False
    if all(o.error for o in outcomes):
        mine = own_line(outcomes[0].error, function)[1]
        for mistake in exercise.mistakes:
            if (
                all(_same_error(exercise.outcome_of(mistake, k), o) for k, o in enumerate(outcomes))
                and own_line(exercise.outcome_of(mistake, 0).error, mistake.function)[1] == mine != ""
            ):
                return mistake.sentence, False
    return _on_many(exercise, exercise.mistakes, outcomes, wrong), True


def _same_error(known, outcome):
    error = outcome.error
    return known.error and type(known.error) is type(error) and first_line(known.error) == first_line(error)


def _on_many(exercise, mistakes, outcomes, wrong):
    """Return the one sentence that holds on at least half of the failing cases and nowhere contradicts the answer, or None.

    It holds on the first case that fails and on a general one: these come last. On an isolating case different mistakes often
    come to the same number.
    """
    cases, hits = exercise.timed_cases(), []
    seen = [k for k, o in enumerate(outcomes) if not (o.error or o.timed_out)]
    failing = [k for k in seen if wrong[k]]
    for mistake in mistakes:

        def same(k, mistake=mistake):
            return same_outcome(exercise, exercise.outcome_of(mistake, k), outcomes[k], cases[k][0][1])

        if not failing or not same(failing[0]):
            continue
        held = [k for k in failing if same(k)]
        if (
            len(held) > 1
            and 2 * len(held) >= len(failing)
            and held[-1] >= len(cases) // 2
            and all(same(k) for k in seen if not wrong[k])
        ):
            hits.append(mistake.sentence)
    return hits[0] if len(set(hits)) == 1 else None


def own_line(error, function):
    """Return (the number, the text) of the line of an answer's own code where an exception came from; (0, "") outside of it."""
    own = function.__code__.co_filename
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == own]
    if not frames:
        return 0, ""
    line = (linecache.getline(own, frames[-1].lineno) or frames[-1].line or "").strip()
    return frames[-1].lineno, line
