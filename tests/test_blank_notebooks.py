"""Nothing filled in, settings changed: each blank notebook has to print what the solved one prints, with a tenth of the steps.

A learner who changes the settings of an experiment gets results, not an error, and one who solves nothing sees what the others
see: both trees are executed with the same small number of steps, in cells and in helpers, and have to give the same outputs. At
their full length nbval compares those of the solved one with what is committed.
"""

import pathlib
import re

import nbformat
import pytest
from nbval.plugin import coalesce_streams

from notebooks.source.kernel import execute
from tests.pictures import comparable, limit_of

BLANK = sorted((pathlib.Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
STEPS = re.compile(r"\b((?:\w+_)?steps(?=\s*=\s*\d\d)|epochs)(\s*=\s*)(\d+)\b")
DEFAULTS = """
import importlib, inspect, pkgutil, re
import helpers.experiments, helpers.models
from helpers.learner import page

page.DPI, page.COLOURS = 72, (256,)  # figures as coarse as these numbers are

def fewer(name, value):
    some = isinstance(value, int) and (name == "epochs" or name.endswith("steps") and value >= 10)
    return value // 10 + 1 if some else value

for package in (helpers.experiments, helpers.models):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        names = list(vars(importlib.import_module(found.name)).values())
        names += [each for kind in names if inspect.isclass(kind) for each in vars(kind).values()]
        for each in {id(each): each for each in names if inspect.isfunction(each) and each.__module__ == found.name}.values():
            spec = inspect.getfullargspec(each)
            if spec.defaults:
                each.__defaults__ = tuple(map(fewer, spec.args[-len(spec.defaults) :], spec.defaults))
            if spec.kwonlydefaults:
                each.__kwdefaults__ = {name: fewer(name, value) for name, value in spec.kwonlydefaults.items()}
"""


def with_fewer_steps(source):
    """Return a cell's source with a tenth of the steps, one more than that, so that no number stays round."""
    return STEPS.sub(lambda found: f"{found[1]}{found[2]}{int(found[3]) // 10 + 1}", source)


def run(path):
    """Execute a notebook with a tenth of the steps; return its code cells, as nbval would collect their outputs."""
    book = nbformat.read(path, 4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    for cell in code:
        cell.source = with_fewer_steps(cell.source)
    book.cells = [code[0], nbformat.v4.new_code_cell(DEFAULTS), *code[1:]]  # the first one finds the course
    execute(book, path.parent, timeout=300, allow_errors=True)
    for cell in code:
        cell.outputs = coalesce_streams(cell.outputs)
    return code


def as_it_should_be(cell, twin):
    """Return whether a cell of the blank notebook gives the solved one's outputs; an exercise has to say that it is not started,
    and `progress()` lists none that is right."""
    text = "\n".join(str(o.get("data", {}).get("text/plain", o.get("text", ""))) for o in cell.outputs)
    if cell.source.startswith("@exercise("):
        return bool(re.match(r"○ \d+\.\d+ · .*\n  Not started", text))
    if cell.source.strip() == "progress()":
        return "○" in text and not re.search("[✓✗]", text) and "\n0 of " in text
    mine, others = comparable(*[plain(each.outputs) for each in (cell, twin)], limit_of(cell.id))
    return mine == others


def plain(outputs):
    """Return outputs without what is another in each kernel: counts, and the names of widgets."""
    kept = []
    for output in outputs:
        data = {k: v for k, v in output.get("data", {}).items() if "widget" not in k}
        kept.append({k: v for k, v in output.items() if k not in ("execution_count", "metadata", "data")} | {"data": data})
    return kept


@pytest.mark.takes_minutes
@pytest.mark.parametrize("path", BLANK, ids=lambda path: path.stem)
def test_a_blank_notebook_with_a_tenth_of_the_steps_prints_what_the_solved_one_does(path):
    blank, solved = run(path), run(path.parent / "solved" / path.name)
    raised = [(c.id, o.ename, o.evalue) for c in blank + solved for o in c.outputs if o.output_type == "error"]
    assert not raised
    others = [(cell.id, cell.source) for cell, twin in zip(blank, solved, strict=True) if not as_it_should_be(cell, twin)]
    assert not others


NOT_STARTED = "○ 1.1 · The step\n  Not started"
PAIRS = {  # name -> (the cell, what it prints in the solved notebook and in the blank one, whether that is as it should be)
    "a line": ("print(x)", "a line", "a line", True),
    "another line": ("print(x)", "a line", "a lime", False),
    "nothing": ("print(x)", "a line", "", False),
    "a measured number": ("print(x)", "≈0.31", "≈0.32", True),
    "an exercise": ('@exercise("1.1")', "✓ 1.1 · The step", NOT_STARTED, True),
    "an exercise that is right": ('@exercise("1.1")', "✓ 1.1 · The step", "✓ 1.1 · The step", False),
    "an exercise without a card": ('@exercise("1.1")', "✓ 1.1 · The step", "", False),
    "the progress": ("progress()", "✓ 1.1\n1 of 8", "○ 1.1\n0 of 8", True),
    "the progress of somebody else": ("progress()", "✓ 1.1\n1 of 8", "✓ 1.1\n1 of 8", False),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_a_blank_notebook_prints_is_compared_with_the_solved_one(name):
    source, theirs, mine, right = PAIRS[name]
    shown = [[nbformat.v4.new_output("display_data", {"text/plain": text})] if text else [] for text in (mine, theirs)]
    cell, twin = (nbformat.v4.new_code_cell(source, outputs=outputs, id="01-001") for outputs in shown)
    assert as_it_should_be(cell, twin) == right


def test_steps_are_shortened_in_a_cell_and_nothing_else_is():
    assert with_fewer_steps("train(x, steps=300, H=32, epochs=8)") == "train(x, steps=31, H=32, epochs=1)"
    assert with_fewer_steps("late_steps = 80, steps=5") == "late_steps = 9, steps=5"
