"""Check one answer in the process that it was given: what a nursery (apart.py) prepares and does."""

import ast
import linecache

import numpy as np

from helpers.checking import Verdict, authoring, check
from helpers.learner.exercise import wrong_name
from helpers.learner.session import TODO
from helpers.teaching import locks
from helpers.teaching.reading import read_handin

READ, LOCKS = "read", "locks"  # the kinds of jobs that are no exercise
_prepared = set()


def prepare(kind):
    """Compute what every answer to an exercise is compared with, once: its cases, and what its known mistakes do."""
    if kind in _prepared:
        return
    _prepared.add(kind)
    for task in authoring.all_exercises():
        task.blank()
    if kind in (READ, LOCKS):
        return
    task = authoring.find(kind)
    task.timed_cases()
    task.skeleton  # noqa: B018  (made at its first use)
    for mistake in task.mistakes:
        task.blanks_of(mistake)
        for k in range(len(task.timed_cases())):
            task.outcome_of(mistake, k)


def do(kind, job):
    """Read a hand-in, (name, its bytes as Latin-1); check an answer as reading.py gives it; or say which locks are closed."""
    if kind == LOCKS:
        return locks.closed
    if kind == READ:
        name, data = job
        return read_handin(name, data.encode("latin-1"))
    return check_answer(kind, job)


def check_answer(exercise, answer):
    """Return {"state", "headline", "mistakes": the sentences of known ones}."""
    task = authoring.find(exercise)
    try:
        verdict = _verdict(task, answer)
    except KeyboardInterrupt:
        verdict = Verdict("wrong", "The answer raises KeyboardInterrupt.")
    sentences = [verdict.mistake] if verdict.mistake else list(dict.fromkeys(verdict.names.values()))
    return {"state": verdict.state, "headline": verdict.headline, "mistakes": sentences}


def _verdict(task, answer):
    """Run the definitions of an answer's cell, and what it needs of others; check the function that its @exercise got."""
    given = {}

    def exercise(number=None):
        def decorate(function):
            given.setdefault(str(number), function)
            return function

        return decorate

    space = {"np": np, "TODO": TODO, "exercise": exercise, "__name__": "__main__"}
    others = [other for other in authoring.all_exercises() if other is not task]
    others.sort(key=lambda other: other.chapter == task.chapter)  # those of its own notebook last: they hide the others
    space |= {other.name: other.unseen for other in others}
    try:
        with np.errstate(all="ignore"):
            for source in (answer["context"], answer["source"]):
                _run(source, space)
    except BaseException as error:  # SystemExit too: it is the answer's
        if task.id not in given:
            return Verdict("wrong", f"Its cell raises {type(error).__name__}: {str(error)[:300]}")
    if task.id not in given:
        return Verdict("blank", "Its line @exercise stands above no function.")
    return wrong_name(task, given[task.id]) or check(task, given[task.id])


def _run(source, space):
    """Run the definitions of a cell as if it had been typed into a notebook: its lines can be read."""
    source = _definitions(source)
    file = f"<cell {len(space)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    exec(compile(source, file, "exec"), space)


def _definitions(source):
    """Return a cell with only what defines something, its lines where they were: no call of progress(), no experiment."""
    tree = ast.parse(source)
    keep = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    lines = source.splitlines()
    for node in tree.body:
        calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if isinstance(node, keep) or calls and ast.unparse(node.value.func).startswith("exercise("):
            continue
        for k in range(node.lineno - 1, node.end_lineno):
            lines[k] = ""
    return "\n".join(lines) + "\n"
