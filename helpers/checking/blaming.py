"""Find the blank that a wrong answer's mistake is in: the one that, with the course's line in it, makes everything right.

Where no single blank does, two are tried together, then three.
"""

import itertools
import time
from dataclasses import dataclass

from helpers.checking.running import difference, run

BUDGET = 1.5  # seconds for all trials of one answer
AT_ONCE = 3  # so many blanks are mended together before each is judged alone


@dataclass
class Blame:
    """contents: what the answer fills in; keys: the blanks to mend. With the course's lines there, everything is right."""

    contents: dict
    keys: tuple


class Trial:
    """An answer that keeps the given lines, and functions that are partly its own and partly the course's."""

    def __init__(self, exercise, function, contents):
        self.exercise, self.contents, self.skeleton = exercise, contents, exercise.skeleton
        self.names = {**exercise.reference.__globals__, **getattr(function, "__globals__", {})}
        self.until = time.monotonic() + BUDGET

    def is_right_with(self, keys):
        """Return whether the answer is right with the course's line in the blanks `keys`."""
        contents = self.skeleton.repaired(self.contents, keys)
        return self._is_the_course(contents) or self.is_right(self.skeleton.function(contents, self.names))

    def _is_the_course(self, contents):
        """Return whether these contents are the finished function, and all that it reads is the course's: no need to try."""
        theirs, absent = self.exercise.reference.__globals__, object()
        return all(contents[key].same_as(self.skeleton.course[key]) for key in self.skeleton.keys) and all(
            self.names.get(name, absent) is theirs.get(name, absent) for name in self.exercise.reads
        )

    def alone(self, keys, probe=None, seen=None):
        """Return the finished function with the answer's content in the blanks `keys`; `seen` takes the values of `probe`."""
        names = self.names if seen is None else {**self.names, "__seen__": seen}
        others = [key for key in self.skeleton.keys if key not in keys]
        return self.skeleton.function(self.skeleton.repaired(self.contents, others), names, probe=probe)

    def outcomes(self, function, stop_at_wrong=False):
        """Return (outcomes, differences) of a function on the cases; with stop_at_wrong only up to the first that is wrong."""
        outcomes, wrong = [], []
        for (_, inputs), want, seconds in self.exercise.timed_cases():
            outcome = run(self.exercise, function, inputs, seconds)
            outcomes.append(outcome)
            wrong.append(difference(self.exercise, want, outcome, inputs))
            if outcome.timed_out or stop_at_wrong and wrong[-1]:
                break
        return outcomes, wrong

    def is_right(self, function):
        return not any(self.outcomes(function, stop_at_wrong=True)[1])


def find_blame(exercise, function):
    """Return every (Blame, Trial) of the fewest blanks that repair the answer; [] where it does not keep the given lines."""
    contents = exercise.skeleton.read(function) if exercise.skeleton else None
    if contents is None:
        return []
    trial = Trial(exercise, function, contents)
    differing = [key for key in exercise.skeleton.keys if not contents[key].same_as(exercise.skeleton.course[key])]
    for size in range(1, AT_ONCE + 1):
        found = []
        for keys in itertools.combinations(differing, size):
            if time.monotonic() > trial.until:
                break
            if trial.is_right_with(keys):
                found.append(keys)
        if found:
            return [(Blame(contents, keys), trial) for keys in found]
    alone = tuple(key for key in differing if not trial.is_right(trial.alone([key])))
    if alone and trial.is_right_with(alone):
        return [(Blame(contents, alone), trial)]
    return []
