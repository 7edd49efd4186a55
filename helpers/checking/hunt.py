"""A bug hunt: a piece of code in numbered lines, patients that are edits of it, and the lines that a learner mends.

    hunt = Hunt(HEALTHY, {"A": {3: "dh = dhs[:, t]"}}, loop=True)
    hunt.lines("A", mend={3: "dh = dhs[:, t] + dh"})      # the lines of patient A, mended
    hunt.run("A", names, mend)                            # what they leave in `names`
    hunt.blame("A", mend, is_right)                       # which of the mended lines is still wrong

As in an exercise's check (blaming.py), the line to mend is the one that, with the healthy line in its place, makes all right.
"""

import functools
import itertools
import linecache
import traceback

import numpy as np

from helpers.checking.slips import in_words
from helpers.checking.spotting import spot_in_line
from helpers.checking.timelimit import OutOfTime, limited
from helpers.training.gradients import relative_error

SECONDS = 1.0


class CannotRun(ValueError):
    """The lines of a patient cannot be run; `reason` says why, without the patient's name."""

    def __init__(self, patient, reason, hint=""):
        super().__init__(f"{_who(patient)} cannot be run: {reason}.{hint}")
        self.reason = reason


class Hunt:
    """The healthy lines, numbered from 1, and the ill ones of each patient.

    loop : whether line 1 is the head of a loop, so that all others are indented.
    """

    def __init__(self, healthy, ill, *, loop=False):
        self.healthy, self.ill = tuple(line.strip() for line in healthy), ill
        self.indent = "    " if loop else ""

    def lines(self, patient, mend=None):
        """Return the lines of a patient, or of "healthy", with `mend` put in.

        mend : dict, line number -> that line anew, without its indent.
        Raises ValueError, in the learner's words, where it is something else.
        """
        found = list(self.healthy)
        for number, line in self.ill.get(patient, {}).items():
            found[number - 1] = line
        if mend is not None and not isinstance(mend, dict):
            raise ValueError(f'{_who(patient)}: write a dict, line number -> the line mended, as {{1: "…"}}; got {mend!r:.60}.')
        for number, line in (mend or {}).items():
            if isinstance(number, bool) or number not in range(1, len(found) + 1):
                quotes = " Write it without quotes." if isinstance(number, str) and number.strip().isdigit() else ""
                raise ValueError(f"{_who(patient)} has the lines 1 to {len(found)}; got {number!r:.40}.{quotes}")
            if not isinstance(line, str) or "\n" in line.strip():
                raise ValueError(f"{_who(patient)}, line {number}: write the line as one text in quotes; got {line!r:.40}.")
            found[int(number) - 1] = line.strip()
        return found[:1] + [self.indent + line for line in found[1:]]

    def run(self, patient, names, mend=None, *, setup=""):
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

    def blame(self, patient, mend, is_right):
        """Return a sentence on the fewest of the mended lines that are still wrong, or "" where that cannot be told.

        A line that was left as it is is never named: to find it is the hunt. is_right : function of a mend (dict) -> bool.
        """
        now = {k: line.strip() for k, line in enumerate(self.lines(patient, mend), 1) if k in (mend or {})}
        differing = [k for k, line in now.items() if line != self.healthy[k - 1]]
        for size in (1, 2, 3):
            for chosen in itertools.combinations(differing, size):
                if is_right({**mend, **{k: self.healthy[k - 1] for k in chosen}}):
                    return " ".join(self._sentence(k, now[k]) for k in chosen)
        return ""

    def _sentence(self, number, line):
        difference = spot_in_line(line, self.healthy[number - 1])
        return f"Line {number} is still wrong. {difference}" if difference else f"Line {number} is still wrong: `{line}`."

    def _hint(self, mend):
        """Return a sentence where a mended line computes what the line after it computes, else ""."""
        made = [line.partition(" = ")[0] for line in self.healthy]
        for number, line in (mend or {}).items():
            if number < len(made) and line.strip().partition(" = ")[0] == made[number] != made[number - 1]:
                return f" Lines are counted from 1: line {number} computes `{made[number - 1]}`."
        return ""


def agrees(compute, true):
    """Return whether compute() gives the arrays of the dict `true`; not so where it raises ValueError."""
    try:
        found = compute()
        return all(relative_error(found[name], true[name]) < 1e-9 for name in true)
    except ValueError:
        return False


@functools.lru_cache(maxsize=100)
def _compiled(code, name):
    return compile(code, name, "exec")


def _who(patient):
    return patient[0].upper() + patient[1:] if " " in patient else f"Patient {patient}"
