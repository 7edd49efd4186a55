"""A notebook can be entered in its middle: what a section needs is found, runs after a restart, and is enough."""

import ast
import pathlib

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers.checking import authoring
from helpers.learner import sections

FOLDER = pathlib.Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
BOOKS = {name: sections.parts_of(name) for name in NOTEBOOKS}
by_name = pytest.mark.parametrize("name", NOTEBOOKS)
MADE_AGAIN_ALIKE = {"rng": "a generator", "Wo": "another matrix of the same shape"}


def numbers_of(parts):
    return sorted({part.section for part in parts if part.section})


@by_name
def test_every_name_that_a_section_reads_is_given_by_what_it_needs(name):
    parts, functions = BOOKS[name], {task.name for task in authoring.all_exercises()}
    given_anywhere = {n for part in parts for n in part.makes} | functions
    for number in numbers_of(parts):
        own = [part for part in parts if part.section == number and not part.exercise]
        known = {n for part in (*sections.needed(parts, number), *own) for n in part.makes} | functions
        for part in own:
            assert not (part.reads & given_anywhere) - known, (name, number, part.source[:200])


@pytest.fixture(scope="module")
def after_a_restart(tmp_path_factory):
    """Return a function that runs cells in the notebooks' folder, with none of the names of those before, and returns them.

    The kernel is one for all: what is asked here is whether names are there.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ANSWERS", str(tmp_path_factory.mktemp("answers")))
        patch.delenv("MPLBACKEND", raising=False)
        place = {"metadata": {"path": str(FOLDER)}}
        client = NotebookClient(nbformat.v4.new_notebook(), timeout=120, kernel_name="python3", resources=place)
        with client.setup_kernel():

            def run(*sources):
                client.nb.cells = [nbformat.v4.new_code_cell(source) for source in ("%reset -f", *sources)]
                for k, cell in enumerate(client.nb.cells):
                    client.execute_cell(cell, k)
                return client.nb.cells[1:]

            yield run


@by_name
def test_a_cell_can_be_run_again_after_all_others(name):
    """No later cell makes something else of a name that it reads: an array into a dict, one shape into another."""
    parts = BOOKS[name]
    for k, part in enumerate(parts):
        for read in part.reads - part.makes - set(MADE_AGAIN_ALIKE):
            before, after = ([p.source[:80] for p in some if read in p.makes] for some in (parts[:k], parts[k + 1 :]))
            assert not (before and after), (read, part.source[:80], after)


@by_name
def test_the_latest_of_the_quickest_sections_runs_right_after_a_restart(name, after_a_restart):
    parts, seconds = BOOKS[name], {}
    for number in numbers_of(parts):
        before = sections.needed(parts, number)
        if len(before) > 1:
            seconds[number] = sum(part.seconds for part in parts if part in before or part.section == number)
    quick = [number for number, spent in seconds.items() if spent == min(seconds.values())]
    first = next(cell for cell in nbformat.read(FOLDER / f"{name}.ipynb", 4).cells if cell.cell_type == "code")
    sources = [f"start_at({quick[-1]})", *(part.source for part in parts if part.section == quick[-1])]
    assert f"Ready: go on with section {quick[-1]}." in after_a_restart(first.source, *sources)[1].outputs[-1].text
    with pytest.raises(CellExecutionError, match="NameError"):
        after_a_restart("start_at(1)")


def needs(*sources):
    parts = [sections.Part(number, source, *sections._names(ast.parse(source))) for number, source in sources]
    return [part.source for part in sections.needed(parts, max(number for number, _ in sources))]


def test_only_what_is_read_is_run_and_what_trains_it():
    assert needs((0, "import a"), (1, "x = 1"), (1, "y = 2"), (2, "print(x)")) == ["import a", "x = 1"]
    assert needs((1, "net = 1"), (1, "train(net)"), (1, "show(net)"), (2, "net")) == ["net = 1", "train(net)"]
    assert needs((1, "net = 1"), (1, "train(net)"), (1, "net = 2"), (2, "net")) == ["net = 2"]
    assert needs((1, "d = {}"), (1, "d['a'] = 1"), (1, "d.pop(2)"), (2, "d")) == ["d = {}", "d['a'] = 1", "d.pop(2)"]
    assert needs((1, "x = 1"), (1, "x += 1"), (1, "x = x + 1"), (2, "x")) == ["x = 1", "x += 1", "x = x + 1"]
    assert needs((1, "a = 1"), (1, "for a in [2]: b = a"), (2, "b")) == ["for a in [2]: b = a"]
    inside = (1, "def f(): return x"), (1, "y = [x for x in range(3)]")
    assert needs((1, "x = 1"), *inside, (2, "f()")) == ["x = 1", "def f(): return x"]


def test_a_wrong_number_is_told_with_the_right_ones(monkeypatch, capsys):
    monkeypatch.setattr(sections, "in_notebook", lambda: True)
    monkeypatch.setattr(sections.claims, "notebook", lambda: "04_lstm")
    for wrong in (99, "x", True, 2.5):
        sections.start_at(wrong)
        assert "Write the number of a section: 1, 2, 3" in capsys.readouterr().out
    monkeypatch.setattr(sections.claims, "notebook", lambda: None)
    sections.start_at(3)
    assert "first cell" in capsys.readouterr().out
