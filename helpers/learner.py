"""What a learner calls in a notebook: exercise, hint, solution, restore, progress."""

import ast
import sys
import tomllib

import numpy as np

from helpers import answers, cells, claims
from helpers.cards import in_notebook, show_card, show_code, show_table
from helpers.checking import Verdict, authoring, check
from helpers.sections import start_at

_verdicts, _hints_shown, _notebooks, _bound, _brought_back = {}, {}, [], {}, {}


class _Todo:
    """What stands in the blanks of an exercise."""

    def __repr__(self):
        return "TODO"


TODO = _Todo()


def open_notebook(name, *, edition):
    """Say that the notebook is ready to run; called by its set-up cell.

    name : the notebook's stem, "01_rnn_concept". edition : that of the helpers the notebook was built for.
    """
    current = tomllib.loads((answers.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["course"]["edition"]
    if edition < current:
        show_card(
            "wrong",
            "This notebook is older than the course's helpers",
            [
                f"Open the new notebooks/{name}.ipynb instead. Your answers are kept: `restore()` there brings them back.",
                "You can go on here as well; some cells may not work.",
            ],
        )
    elif edition > current:
        show_card(
            "wrong",
            "This notebook is newer than the course's helpers",
            [
                "Update the course where you keep it (`git pull`, or download it again), then restart the kernel.",
                "Nothing you wrote is touched by that.",
            ],
        )
    else:
        print(f"Ready: notebook {name}.")
    claims.begin(name)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")  # NumPy's own, whatever a start-up file says
    if in_notebook():  # at hand in each notebook, also right after a restart
        sys.modules["IPython"].get_ipython().user_ns["start_at"] = start_at
    if name not in _notebooks:
        _notebooks.append(name)


def exercise(exercise_id=None):
    """Return a decorator that checks the function below it at once and shows the verdict.

    The name is bound to your own function where it is right, else to the course's, so that the notebook runs on.
    """
    if exercise_id is None or callable(exercise_id):
        show_card("wrong", "Which exercise?", ['Write its number above your function: `@exercise("1.1")`.'])
        return exercise_id or (lambda function: function)

    def decorate(function):
        try:
            task = authoring.find(exercise_id)
        except ValueError as unknown:
            show_card(
                "wrong",
                f"Exercise {exercise_id}",
                [
                    f"In this version of the course {unknown}",
                    "Is this notebook older or newer than the course's other files? Your function is kept as it is.",
                ],
            )
            return function
        try:
            verdict = _wrong_name(task, function) or check(task, function)
        except KeyboardInterrupt:
            verdict = Verdict("wrong", "You stopped the check.")
        _verdicts[task.id] = verdict
        _show_verdict(task, verdict, _keep(task, function, verdict.state))
        _bound[task.name] = function if verdict.state == "right" else task.unseen
        return _bound[task.name]

    return decorate


def _keep(task, function, state):
    """Keep the whole cell of an answer, with what it uses from other cells; return sentences for the learner."""
    source = cells.source_of(function)
    if source is None or state == "blank" and _same_code(source, task.blank()):
        return []
    lesson = answers.ROOT / "notebooks" / "source" / f"{task.chapter}.md"
    provided = cells.names_of_lesson(lesson) | {t.name for t in authoring.all_exercises()} | {"np", "TODO", "exercise"}
    lines, missing = cells.needs(function, source, provided) if hasattr(function, "__code__") else ([], [])
    if lines:
        source = "\n".join([*lines, "", source])
    trouble = answers.keep(task.id, source, "draft" if state == "blank" else state)
    said = [trouble] if trouble else []
    if state == "right" and missing:
        said.append(
            f"It reads {' and '.join(f'`{name}`' for name in missing)} from another cell of yours: "
            "after a restart, run that cell first."
        )
    elif state == "right" and lines:
        said.append("What it uses from other cells of yours is kept with it.")
    return said


def _same_code(a, b):
    try:
        return ast.dump(ast.parse(a)) == ast.dump(ast.parse(b))
    except SyntaxError:
        return False


def _wrong_name(task, function):
    """Return the Verdict on a function that the notebook would not find by its name, and let it find the course's."""
    name = getattr(function, "__name__", task.name)
    if name in (task.name, "<lambda>", "_"):
        return None
    getattr(function, "__globals__", {}).setdefault(task.name, task.unseen)
    return Verdict(
        "wrong", f"Your function is called `{name}`, but the notebook calls it `{task.name}`: keep the name."
    )


def hint(exercise_id=None):
    """Show the hints of an exercise, one more at each call."""
    if task := _find(exercise_id, "hint"):
        shown = min(_hints_shown.get(task.id, 0) + 1, len(task.hints))
        _hints_shown[task.id] = shown
        last = f'That was the last; `solution("{task.id}")` shows the answer.'
        more = f'`hint("{task.id}")` again for the next.' if shown < len(task.hints) else last
        show_card("info", f"{task.id} · hint {shown} of {len(task.hints)}", [task.hints[shown - 1], more])


def solution(exercise_id=None):
    """Show the finished function of an exercise."""
    if task := _find(exercise_id, "solution"):
        show_code("info", f"{task.id} · {task.title}", "One way to write it:", task.filled())


def _find(exercise_id, call):
    """Return the exercise, or show a card that says which ones there are and return None."""
    try:
        return authoring.find(exercise_id)
    except ValueError as unknown:
        show_card(
            "wrong",
            f"{call}({exercise_id!r})" if exercise_id is not None else f"{call}()",
            [f'Write the number of an exercise, as in `{call}("1.1")`' + (f": {unknown}" if exercise_id is not None else ".")],
        )
        return None


def restore(exercise_id=None, version=None):
    """Bring the last right answer to an exercise back into this cell, to be run; without a number, list what is kept.

    version : int, counts all kept versions from 1, right or wrong; the default is the last right one, else the last.
    """
    if exercise_id is None:
        return _list_kept()
    task = _find(exercise_id, "restore")
    if task is None:
        return None
    kept = answers.versions(task.id)
    if not kept:
        return show_card(
            "blank",
            f"{task.id} · {task.title}",
            [
                f"There is no answer of yours in {answers.folder()}.",
                "Answers are kept there when you run their cell. In Colab that folder goes when the machine does; "
                "the notebook that you save keeps them.",
            ],
        )
    if version is None:
        chosen = answers.last_right(task.id) or kept[-1]
    elif isinstance(version, int) and 1 <= version <= len(kept):
        chosen = kept[version - 1]
    else:
        return show_card(
            "wrong",
            f"{task.id} · {task.title}",
            [f"version should be a number from 1 to {len(kept)}, got {version!r}."],
        )
    sort = {"right": "right", "wrong": "not yet right", "draft": "not finished"}[chosen["state"]]
    _keep_what_is_being_written(task)
    line = f"Your answer of {answers.day(chosen)} ({sort}; version {kept.index(chosen) + 1} of {len(kept)})."
    if in_notebook():
        sys.modules["IPython"].get_ipython().set_next_input(chosen["source"].rstrip(), replace=True)
        line += " It now stands in this cell: run it. If it does not, copy it from here:"
    show_code(
        "right" if chosen["state"] == "right" else "info", f"{task.id} · {task.title}", line, chosen["source"].rstrip()
    )


def _keep_what_is_being_written(task):
    """Keep an unfinished answer that stands in the cell which `restore` is about to replace."""
    shell = in_notebook() and sys.modules["IPython"].get_ipython()
    cell = (shell.user_ns.get("In") or [""])[-1] if shell else ""
    if isinstance(cell, str) and f"def {task.name}" in cell:
        answers.keep(task.id, cell.rstrip() + "\n", "draft")


def reuse(exercise_id):
    """Return your last right answer to an exercise of an earlier notebook as a function; the course's if there is none.

    It is checked once more, as the course may have changed since. One line says whose function it is.
    Raises ValueError for an exercise that is not there.
    """
    task = authoring.find(exercise_id)
    function, whose = _reused(task)
    print(f"{task.name}: {whose}")
    _bound[task.name] = function
    if whose.startswith("yours"):
        _brought_back[task.id] = whose
    return function


def _reused(task):
    """Return (function, whose it is, in words)."""
    kept = answers.last_right(task.id)
    if kept is None:
        return task.unseen, f"the course's ({task.id} is open)"
    space = {"np": np, "TODO": TODO, "exercise": lambda _: lambda function: function}
    others = (other for other in authoring.all_exercises() if other.chapter == task.chapter and other is not task)
    space |= {other.name: other.unseen for other in others}
    try:
        function = cells.function_from(kept["source"], task.name, space)
        if check(task, function).state == "right":
            return function, f"yours of {answers.day(kept)}"
        return task.unseen, f"the course's (yours of {answers.day(kept)} is not right any more: run {task.id} again)"
    except Exception as problem:  # it used something of the notebook that is not here
        return (
            task.unseen,
            f"the course's (yours of {answers.day(kept)} does not run here: {type(problem).__name__}: {problem})",
        )


def progress():
    """Show the state of every exercise of this notebook, and what is solved in the others."""
    tasks = authoring.all_exercises()
    here = set(_notebooks) or {authoring.find(key).chapter for key in _verdicts}
    rows, done, others = [], 0, {}
    for task in tasks:
        before = answers.last_right(task.id)
        if task.chapter not in here:
            if before:
                others.setdefault(task.chapter, []).append(task.id)
            continue
        verdict = _verdicts.get(task.id)
        back = _brought_back.get(task.id) if verdict is None else None
        state = verdict.state if verdict else "right" if back else "blank"
        done += state == "right"
        if state == "right":
            remark = _replaced(task) or (back or "")
        elif before:
            remark = f'solved on {answers.day(before)}: `restore("{task.id}")`'
        else:
            remark = verdict.headline if verdict else "its cell was not run"
        rows.append((state, task.id, task.title, remark))
    earlier = sum(state != "right" and remark.startswith("solved on") for state, _, _, remark in rows)
    foot = f"{done} of {len(rows)} right" + (f", {earlier} more solved earlier." if earlier else ".")
    if others:
        foot += (
            " Solved in other notebooks: "
            + "; ".join(f"{name}: {', '.join(ids)}" for name, ids in others.items())
            + "."
        )
    show_table("Your progress", rows, foot)


def _replaced(task):
    """Return a remark where the notebook has another function under this name than the one that was checked."""
    shell = in_notebook() and sys.modules["IPython"].get_ipython()
    now = shell.user_ns.get(task.name) if shell else _bound.get(task.name)
    if now is _bound.get(task.name):
        return ""
    return f'the notebook runs another `{task.name}`, which stands without its line `@exercise("{task.id}")` and is not checked'


def _show_verdict(task, verdict, trouble):
    title, lines = f"{task.id} · {task.title}", [verdict.headline, *verdict.details]
    before = answers.last_right(task.id) if verdict.state != "right" else None
    if before:
        lines.append(f'You solved it on {answers.day(before)}: `restore("{task.id}")` brings that answer back.')
    if verdict.state == "right":
        lines.append(f"From here on the notebook runs your `{task.name}`.")
    else:
        lines.append(f'Until it is right, the cells below run the course\'s `{task.name}`. `hint("{task.id}")` helps.')
    lines += trouble
    show_card(verdict.state, title, lines, verdict.code, verdict.printed if verdict.state == "wrong" else "")


def _list_kept():
    rows = []
    for task in authoring.all_exercises():
        if kept := answers.versions(task.id):
            right = answers.last_right(task.id)
            remark = f"{len(kept)} version{'s' * (len(kept) > 1)}, " + (
                f"right on {answers.day(right)}" if right else "none right yet"
            )
            rows.append(("right" if right else "wrong", task.id, task.title, remark))
    show_table("Your kept answers", rows, 'To bring one back: `restore("1.1")`.' if rows else "None yet.")
