"""An exercise in a notebook: check the function at once and show the verdict; its hints, and its solution."""

import ast

from helpers.checking import Verdict, authoring, check
from helpers.learner import answers, cells, session
from helpers.learner.cards import show_card, show_code


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
            verdict = wrong_name(task, function) or check(task, function)
        except KeyboardInterrupt:
            verdict = Verdict("wrong", "You stopped the check.")
        session.verdicts[task.id] = verdict
        _show_verdict(task, verdict, _keep(task, function, verdict.state))
        session.bound[task.name] = function if verdict.state == "right" else task.unseen
        return session.bound[task.name]

    return decorate


def _keep(task, function, state):
    """Keep the whole cell of an answer, with what it uses from other cells; return sentences for the learner."""
    source = cells.source_of(function)
    if source is None or state == "blank" and _same_code(source, task.blank()):
        return []
    lesson = answers.ROOT / "notebooks" / "source" / f"{task.chapter}.md"
    provided = cells.names_of_lesson(lesson) | authoring.all_names() | {"np", "TODO", "exercise"}
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


def wrong_name(task, function):
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
    if task := find_or_say(exercise_id, "hint"):
        shown = min(session.hints_shown.get(task.id, 0) + 1, len(task.hints))
        session.hints_shown[task.id] = shown
        last = f'That was the last; `solution("{task.id}")` shows the answer.'
        more = f'`hint("{task.id}")` again for the next.' if shown < len(task.hints) else last
        show_card("info", f"{task.id} · hint {shown} of {len(task.hints)}", [task.hints[shown - 1], more])


def solution(exercise_id=None):
    """Show the finished function of an exercise."""
    if task := find_or_say(exercise_id, "solution"):
        show_code("info", f"{task.id} · {task.title}", "One way to write it:", task.filled())


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
    printed = verdict.printed if verdict.state == "wrong" else ""
    show_card(verdict.state, title, lines, verdict.code, printed, folded=("Checked", " · ".join(verdict.checked)))


def find_or_say(exercise_id, call):
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
