"""A bug hunt: a piece of code in numbered lines, patients that are edits of it, and the lines that a learner mends.

    hunt = Hunt(HEALTHY, {"A": {3: "dh = dhs[:, t]"}}, loop=True)
    hunt.lines("A", mend={3: "dh = dhs[:, t] + dh"})      # the lines of patient A, mended
    hunt.run("A", names, mend)                            # what they leave in `names`
    hunt.blame("A", mend)                                 # which of the mended lines is still wrong
    hunt.ask(task, "A")                                   # the exercise: patient A is to be mended

As in an exercise's check (blaming.py), the line to mend is the one that, with the healthy line in its place, makes all right.
"""

import functools
import itertools
import linecache
import traceback
import types
from collections.abc import Mapping

import numpy as np

from helpers.checking.slips import in_words
from helpers.checking.spotting import spot_in_line
from helpers.checking.timelimit import OutOfTime, limited
from helpers.training.gradients import relative_error

SECONDS = 1.0
AS_IT_IS = types.MappingProxyType({})  # no line is mended


class CannotRun(ValueError):
    """The lines of a patient cannot be run; `reason` says why, without the patient's name."""

    def __init__(self, patient, reason, hint=""):
        super().__init__(f"{_who(patient)} cannot be run: {reason}.{hint}")
        self.reason = reason


class Hunt:
    """The healthy lines, numbered from 1, and the ill ones of each patient.

    loop : whether line 1 is the head of a loop, so that all others are indented.
    compute : function (patient, mend) -> dict of arrays, what the lines make of an example; may raise ValueError.
    """

    def __init__(self, healthy, ill, *, loop=False, compute=None):
        self.healthy, self.ill, self.compute = tuple(line.strip() for line in healthy), ill, compute
        self.indent = "    " if loop else ""

    @functools.cached_property
    def true(self):
        """What the healthy lines make of the example."""
        return self.compute("healthy", AS_IT_IS)

    def is_right(self, patient, mend=AS_IT_IS):
        """Return whether the lines of a patient, mended, make of the example what the healthy ones make of it."""
        try:
            found = self.compute(patient, mend)
            return all(relative_error(found[name], self.true[name]) < 1e-9 for name in self.true)
        except ValueError:
            return False

    def ask(self, task, patients, report=None):
        """Register in an exercise, whose answer is a mend, its cases, what is compared and what is said of a wrong one.

        report : function (found, true) -> lines of text on what is still to be seen of a patient.
        """

        @task.cases
        def _(rng):
            for patient in patients:
                yield f"patient {patient}", (patient,)

        @task.observed_by
        def _(answer, patient):
            return self.compute(patient, answer)

        @task.explained_by
        def _(answer, patient):
            if sentence := self.blame(patient, answer):
                return f"Patient {patient}. {sentence}"
            if report is None:
                return None
            try:
                seen = "; ".join(" ".join(row.split()) for row in report(self.compute(patient, answer), self.true).splitlines())
            except ValueError:
                seen = "one of its arrays has lost its shape"
            return f"Patient {patient} with your lines: {seen}."

    def listing(self, patient):
        """Return the lines of a patient, or of "healthy", numbered from 1, as text."""
        width = len(str(len(self.healthy)))
        return "\n".join(f"{number:{width}}".ljust(4) + line for number, line in enumerate(self.lines(patient), start=1))

    def show(self, patient):
        """Print the lines of a patient, or of "healthy", numbered from 1; for another name, say which there are."""
        if patient in (*self.ill, "healthy"):
            print(self.listing(patient))
        else:
            print(f"There is no patient {patient!r}: choose one of {', '.join(self.ill)}, or \"healthy\".")

    def lines(self, patient, mend=AS_IT_IS):
        """Return the lines of a patient, or of "healthy", with `mend` put in.

        mend : dict, line number -> that line anew, without its indent.
        Raises ValueError, in the learner's words, where it is something else.
        """
        found = list(self.healthy)
        for number, line in self.ill.get(patient, {}).items():
            found[number - 1] = line
        if not isinstance(mend, Mapping):
            raise ValueError(f'{_who(patient)}: write a dict, line number -> the line mended, as {{1: "…"}}; got {mend!r:.60}.')
        for number, line in mend.items():
            if isinstance(number, bool) or number not in range(1, len(found) + 1):
                quotes = " Write it without quotes." if isinstance(number, str) and number.strip().isdigit() else ""
                raise ValueError(f"{_who(patient)} has the lines 1 to {len(found)}; got {number!r:.40}.{quotes}")
            if not isinstance(line, str) or "\n" in line.strip():
                raise ValueError(f"{_who(patient)}, line {number}: write the line as one text in quotes; got {line!r:.40}.")
            found[int(number) - 1] = line.strip()
        return found[:1] + [self.indent + line for line in found[1:]]

    def run(self, patient, names, mend=AS_IT_IS, *, setup=""):
        """Execute `setup` and the lines with these names (changed in place), which they may not take more than a second for.

        Raises CannotRun, a ValueError in the learner's words, where they cannot be run.
        """
        code, before = setup + "\n".join(self.lines(patient, mend)), setup.count("\n")
        name = f"<patient {patient}>"
        linecache.cache[name] = len(code), None, code.splitlines(True), name  # the words on an error quote the line
        try:
            with np.errstate(all="ignore"):
                limited(SECONDS, exec, _compiled(code, name), names)
        except OutOfTime:
            raise CannotRun(patient, "stopped: a line that never ends") from None
        except SyntaxError as problem:
            raise CannotRun(patient, f"SyntaxError in line {(problem.lineno or 0) - before}: {problem.msg}") from None
        except (Exception, SystemExit) as problem:
            rows = [f.lineno - before for f in traceback.extract_tb(problem.__traceback__) if f.filename == name]
            where = f" in line {rows[0]}" if rows else ""
            text = (str(problem).splitlines() or [""])[0]
            if "gufunc" in text:
                text = (in_words(problem) or "the shapes do not fit").rstrip(".")
            raise CannotRun(patient, f"{type(problem).__name__}{where}: {text}", self._hint(mend)) from None

    def demand(self, patient, names, parts):
        """Raise ValueError, in the learner's words, where the lines have not left each of these parts in `names`."""
        if missing := [part for part in parts if part not in names]:
            raise ValueError(f"{_who(patient)} does not compute `{missing[0]}` any more: that line was replaced by another.")

    def results(self, patient, names, parts):
        """Return {part: array} of what the lines left in `names`.  Raises ValueError as `demand`."""
        self.demand(patient, names, parts)
        return {part: np.asarray(names[part], float) for part in parts}

    def blame(self, patient, mend, is_right=None):
        """Return a sentence on the fewest of the mended lines that are still wrong, or "" where that cannot be told.

        A line that was left as it is is never named: to find it is the hunt.
        is_right : function of a mend (dict) -> bool, where the arrays of the example are not what counts.
        """
        is_right = is_right or functools.partial(self.is_right, patient)
        now = {k: line.strip() for k, line in enumerate(self.lines(patient, mend), 1) if k in mend}
        differing = [k for k, line in now.items() if line != self.healthy[k - 1]]
        for size in (1, 2, 3):
            for chosen in itertools.combinations(differing, size):
                if is_right({**mend, **{k: self.healthy[k - 1] for k in chosen}}):
                    return " ".join(self._sentence(patient, k, now[k]) for k in chosen)
        return ""

    def _sentence(self, patient, number, line):
        said = f"Line {number} {'is still wrong' if number in self.ill[patient] else 'was healthy, and is wrong now'}"
        difference = spot_in_line(line, self.healthy[number - 1])
        return f"{said}. {difference}" if difference else f"{said}: `{line}`."

    def _hint(self, mend):
        """Return a sentence where a mended line computes what the line after it computes, else ""."""
        made = [line.partition(" = ")[0] for line in self.healthy]
        for number, line in mend.items():
            if number < len(made) and line.strip().partition(" = ")[0] == made[number] != made[number - 1]:
                return f" Lines are counted from 1: line {number} computes `{made[number - 1]}`."
        return ""


@functools.lru_cache(maxsize=100)
def _compiled(code, name):
    return compile(code, name, "exec")


def _who(patient):
    return patient[0].upper() + patient[1:] if " " in patient else f"Patient {patient}"
