"""The state of every exercise in all notebooks, as one picture."""

from helpers.checking import authoring
from helpers.learner import answers, session
from helpers.learner.cards import show_grid


def show_all():
    """Show one row a notebook, one square an exercise: solved, tried, or open."""
    rows = {}
    for task in authoring.all_exercises():
        rows.setdefault(task.chapter, []).append((_state(task), f"{task.id} · {task.title}"))
    done = sum(state == "right" for row in rows.values() for state, _ in row)
    of = sum(map(len, rows.values()))
    show_grid(
        "Your progress in all notebooks",
        [(_name(chapter), row, f"{sum(state == 'right' for state, _ in row)} of {len(row)}") for chapter, row in rows.items()],
        f"{done} of {of} right. ✓ right, ✗ tried, ○ open. `restore()` lists the answers that are kept.",
    )


def _state(task):
    """Return right, wrong or blank: the best of what is kept and of what this kernel saw."""
    seen = session.verdicts.get(task.id)
    kept = answers.versions(task.id)
    if seen and seen.state == "right" or any(version["state"] == "right" for version in kept):
        return "right"
    return "wrong" if kept or seen and seen.state == "wrong" else "blank"


def _name(chapter):
    """Return a notebook's name as its first line has it: "04 · LSTM"."""
    try:
        with open(answers.ROOT / "notebooks" / "source" / f"{chapter}.md", encoding="utf-8") as file:
            return file.readline().removeprefix("# ").strip() or chapter
    except OSError:
        return chapter
