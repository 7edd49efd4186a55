"""Write an exercise once: the finished function, its cases and the mistakes to know by name.

    @exercise("1.1", title="One recurrent step", returns={"h_next": "N H"}, hints=["…", "…"])
    def rnn_step(x, h, Wx, Wh, b):
        \"\"\"Docstring that the learner reads.\"\"\"
        return np.tanh(x @ Wx + h @ Wh + b)      # TODO: mix input and old state, then squash

    @rnn_step.cases
    def _(rng):
        yield "one unit, only the bias is not zero", (x, h, Wx, Wh, b)      # isolating cases first

    rnn_step.mistake("The old state is missing.", returns="np.tanh(x @ Wx + b)")     # an edit of one blank

    @rnn_step.mistake("You loop over the batch and keep the last one only.")          # a function, where it is no edit
    def _(x, h, Wx, Wh, b): …

An edit's keyword names the blank: the variable it fills (`c`, `H_t` for `H[:, t]`), `returns`, `test` or `block`. From
it come the blank, the filled cell, the check, the hints, the fall-back and the tests. A TODO behind a statement blanks
its right-hand side; between a line `# TODO: …` and a line `# END`, all lines become one TODO.
"""

import functools
import importlib
import inspect
import pathlib
import re
import textwrap
import time
import types
from dataclasses import dataclass, field

import numpy as np

from helpers.checking.blanking import blank_of
from helpers.checking.blanks import Skeleton, typed
from helpers.checking.running import names_read, run

FOLDER = pathlib.Path(__file__).parent.parent / "exercises"
SEED = 20  # of the numbers in all cases: a verdict is the same on every run


@dataclass(eq=False)
class Mistake:
    """A wrong answer that people give: the sentence for the learner and the function that makes it."""

    sentence: str
    make: callable  # () -> the function; made when it is needed: a lesson has hundreds of them

    @functools.cached_property
    def function(self):
        return self.make()


@dataclass(eq=False)
class Exercise:
    """One exercise. Calling it calls the finished function."""

    id: str
    title: str
    returns: dict
    hints: list
    reference: callable
    seconds: float = 3.0
    make_cases: callable = None
    observe: callable = None
    explain: callable = None
    mistakes: list = field(default_factory=list)
    same_answers: list = field(default_factory=list)
    _cases: list = None
    _blanks: dict = field(default_factory=dict)
    _outcomes: dict = field(default_factory=dict)

    def __call__(self, *args, **kwargs):
        return self.reference(*args, **kwargs)

    @property
    def name(self):
        return self.reference.__name__

    @property
    def chapter(self):
        """The notebook's stem, "01_rnn_concept": the name of the folder that the exercise's file lies in."""
        return pathlib.Path(inspect.getsourcefile(self.reference)).parent.name

    @functools.cached_property
    def unseen(self):
        """The finished function for the cells of a notebook: a traceback that goes through it shows no line of it."""
        made = types.FunctionType(
            _without_source(self.reference.__code__, f"<the course's {self.name}>"),
            self.reference.__globals__,
            self.name,
            self.reference.__defaults__,
            self.reference.__closure__,
        )
        functools.update_wrapper(made, self.reference)
        del made.__wrapped__
        return made

    @functools.cached_property
    def argument_names(self):
        return list(inspect.signature(self.reference).parameters)

    def cases(self, function):
        """Register the generator of `(label, inputs)`; the first ones isolate one aspect, the last are general."""
        self.make_cases = function
        return function

    def examples(self):
        """Return the list of `(label, inputs)`, made afresh so that nobody's changes stay in them."""
        return list(self.make_cases(np.random.default_rng(SEED)))

    def observed_by(self, function):
        """Register what is compared instead of the answer itself: `function(answer, *inputs)`, where many are right."""
        self.observe = function
        return function

    def explained_by(self, function):
        """Register what is said of an unknown wrong answer where `observe` is used: `function(answer, *inputs)` -> words."""
        self.explain = function
        return function

    def mistake(self, sentence, **edits):
        """Register a wrong answer under the sentence that names it: an edit of blanks, or as a decorator a function.

        edits : key of a blank -> Python source. Raises ValueError for a blank that is not there and for source that is none.
        """

        def add(function):
            self.mistakes.append(Mistake(sentence, lambda: function))
            return function

        if not edits:
            return add
        contents = self.skeleton.edit(edits)
        mistake = Mistake(sentence, lambda: self.skeleton.function(contents, self.reference.__globals__, readable=True))
        self._blanks[id(mistake)] = contents
        self.mistakes.append(mistake)

    def mistakes_in(self, key, table):
        """Register the rows of a table, (sentence, edit, another edit …), whose edits are of the blank `key`."""
        for sentence, *edits in table:
            for edit in edits:
                self.mistake(sentence, **{key: edit})

    def changed(self, *pairs):
        """Return the finished function with pieces of its source exchanged, (old, new), as if somebody had typed it so."""
        source = self.filled().partition("\n")[2]
        for old, new in pairs:
            if old not in source:
                raise ValueError(f"exercise {self.id} has no {old!r}")
            source = source.replace(old, new)
        return typed(source, self.name, self.reference.__globals__)

    @functools.cached_property
    def skeleton(self):
        """The given lines and the blanks; None where the function has no source or no TODO."""
        try:
            return Skeleton(self.blank(), self.filled())
        except (OSError, TypeError, SyntaxError, StopIteration):
            return None

    def blanks_of(self, mistake):
        """Return {key: Content} of the blanks that a mistake fills otherwise, or None where it does not keep the given lines."""
        if id(mistake) not in self._blanks:
            found = self.skeleton and self.skeleton.read(mistake.function)
            self._blanks[id(mistake)] = found and {
                key: content for key, content in found.items() if not content.same_as(self.skeleton.course[key])
            }
        return self._blanks[id(mistake)]

    def timed_cases(self):
        """Return [((label, inputs), Outcome of the finished function, seconds that an answer is tried for)], made once."""
        if self._cases is None:
            self._cases = []
            for case in self.examples():
                began = time.perf_counter()
                want = run(self, self.reference, case[1])
                took = time.perf_counter() - began
                self._cases.append((case, want, min(self.seconds, 0.3 + 20 * took)))
        return self._cases

    def outcome_of(self, mistake, k):
        """Return the Outcome of a known mistake on case k, computed once: most mistakes are told apart on the first case."""
        if (id(mistake), k) not in self._outcomes:
            self._outcomes[id(mistake), k] = run(self, mistake.function, self.timed_cases()[k][0][1])
        return self._outcomes[id(mistake), k]

    @functools.cached_property
    def reads(self):
        """The names that the finished function looks up outside of itself."""
        return names_read(self.reference.__code__)

    def same(self, function):
        """Register another right way to write the answer, for the tests."""
        self.same_answers.append(function)
        return function

    @functools.cached_property
    def _lines(self):
        """The finished function's lines without the author's decorator, and the number of the first in its file."""
        lines, first = inspect.getsourcelines(self.reference)
        lines = textwrap.dedent("".join(lines)).splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("def "))
        return lines[start:], first + start

    def filled(self):
        """Return the source of the filled cell, as the solved notebook shows it."""
        lines = [re.sub(r"# TODO: ", "# ", line) for line in self._lines[0] if line.strip() != "# END"]
        return f'@exercise("{self.id}")\n' + "\n".join(lines)

    @property
    def todos(self):
        """How many TODOs the blank has."""
        return sum("# TODO: " in line for line in self._lines[0])

    def blank(self):
        """Return the source of the blank cell.

        Raises
        ------
        SyntaxError
            Where a TODO stands on a line that cannot be blanked, a block is not closed, or there is no TODO; with
            file and line.
        """
        lines, first = self._lines
        return f'@exercise("{self.id}")\n' + blank_of(lines, first, inspect.getsourcefile(self.reference))


def _without_source(code, name):
    """Return code, and that of the functions inside, as if it came from a file `name`, which nobody has."""
    inner = tuple(_without_source(c, name) if isinstance(c, types.CodeType) else c for c in code.co_consts)
    return code.replace(co_filename=name, co_consts=inner)


REGISTRY = {}


def exercise(exercise_id, *, title, returns, hints, seconds=3.0):
    """Return a decorator that turns the finished function into an Exercise and registers it.

    returns : dict, name of each output -> its axes ("N T H"), for the words of the verdict; see helpers/checking/comparing.py.
    hints : from a question, over a pointer, to nearly the line.
    seconds : how long one call may take before it is taken for an endless loop.
    """

    def add(function):
        known = REGISTRY.get(exercise_id)
        if known and inspect.getsourcefile(known.reference) != inspect.getsourcefile(function):
            raise ValueError(
                f"exercise {exercise_id} is defined twice: in {known.reference.__module__} and in {function.__module__}"
            )
        REGISTRY[exercise_id] = Exercise(exercise_id, title, returns, hints, function, seconds)
        return REGISTRY[exercise_id]

    return add


def all_exercises(number=None):
    """Return every exercise of the course, or those of the notebook with a number ("04"), in order."""
    _import_chapter(number or "[0-9][0-9]")
    return [REGISTRY[key] for key in sorted(REGISTRY, key=_order) if number in (None, REGISTRY[key].chapter[:2])]


def all_names():
    """Return the names of all exercises' functions: those of their files, none of which has to be imported for it."""
    return {path.stem for path in FOLDER.glob("[0-9][0-9]_*/[a-z]*.py")} - {"shared"}


def find(exercise_id):
    """Return the exercise with this id, as "1.1"; a ValueError names those that exist."""
    wanted = str(exercise_id)
    chapter = wanted.split(".")[0]
    _import_chapter(chapter.zfill(2) if chapter.isdigit() else "nothing")
    if wanted in REGISTRY:
        return REGISTRY[wanted]
    near = [e.id for e in all_exercises() if e.id.split(".")[0] == chapter] or [e.id for e in all_exercises()]
    raise ValueError(f'there is no exercise "{wanted}". There are: {", ".join(near)}.')


def _import_chapter(number):
    """Import the exercises of the notebook with this number: one file each, in the folder named like the notebook."""
    for path in sorted(FOLDER.glob(f"{number}_*/[a-z]*.py")):
        importlib.import_module(".".join(("helpers", "exercises", *path.relative_to(FOLDER).with_suffix("").parts)))


def _order(exercise_id):
    return [int(part) for part in exercise_id.split(".")]
