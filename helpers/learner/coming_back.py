"""What a learner finds again: answers brought back into a cell or used in another notebook, and the state of all exercises."""

import sys

import numpy as np

from helpers.checking import authoring, check
from helpers.learner import answers, cells, session
from helpers.learner.cards import in_notebook, show_card, show_code, show_table
from helpers.learner.exercise import find_or_say
from helpers.learner.overview import show_all
from helpers.learner.session import TODO


def restore(exercise_id=None, version=None):
    """Bring the last right answer to an exercise back into this cell, to be run; without a number, list what is kept.

    version : int, counts all kept versions from 1, right or wrong; the default is the last right one, else the last.
    """
    if exercise_id is None:
        return _list_kept()
    task = find_or_say(exercise_id, "restore")
    if task is None:
        return None
    kept = answers.versions(task.id)
    if not kept:
        return show_card(
            "blank",
            f"{task.id} · {task.title}",
            [
                f"There is no answer of yours in {answers.folder()}.",
                "Answers are kept there when you run their cell. Those of another machine come with `load_answers`.",
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
    session.bound[task.name] = function
    if whose.startswith("yours"):
        session.brought_back[task.id] = whose
    return function


def _reused(task):
    """Return (function, whose it is, in words)."""
    kept = answers.last_right(task.id)
    if kept is None:
        return task.unseen, f"the course's ({task.id} is open)"
    space = {"np": np, "TODO": TODO, "exercise": lambda _: lambda function: function}
    others = (other for other in authoring.all_exercises(task.chapter[:2]) if other is not task)
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


def progress(of=None):
    """Show the state of every exercise of this notebook, and what is solved in the others; of="all": of all notebooks."""
    if of == "all":
        return show_all()
    here = {stem[:2] for stem in session.notebooks} or set(map(_number, session.verdicts))
    rows, done, others = [], 0, {}
    for number in sorted(set(map(_number, answers.exercises())) - here):
        for task in filter(lambda task: answers.last_right(task.id), authoring.all_exercises(number)):
            others.setdefault(task.chapter, []).append(task.id)
    for task in (task for number in sorted(here) for task in authoring.all_exercises(number)):
        before = answers.last_right(task.id)
        verdict = session.verdicts.get(task.id)
        back = session.brought_back.get(task.id) if verdict is None else None
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
            + '. `progress("all")` shows them all.'
        )
    return show_table("Your progress", rows, foot)


def _number(exercise_id):
    return exercise_id.split(".")[0].zfill(2)


def _replaced(task):
    """Return a remark where the notebook has another function under this name than the one that was checked."""
    shell = in_notebook() and sys.modules["IPython"].get_ipython()
    now = shell.user_ns.get(task.name) if shell else session.bound.get(task.name)
    if now is session.bound.get(task.name):
        return ""
    return f'the notebook runs another `{task.name}`, which stands without its line `@exercise("{task.id}")` and is not checked'


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
