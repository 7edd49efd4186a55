"""What nbval does not look at: that the committed notebooks were executed, read well and say nothing of anybody's machine."""

import ast
import functools
import os
import pathlib
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.checking.authoring import all_exercises

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted([*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "solved").glob("*.ipynb")])
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT / "notebooks")))

NOT_COMPARED = {
    # "cell id": "why its output cannot be compared". Empty: every output of every notebook is compared.
}


@functools.cache
def read(path):
    return nbformat.read(path, 4)


def cells(path, kind=None):
    return [c for c in read(path).cells if kind in (None, c.cell_type)]


@each
def test_solved_ones_are_executed_from_top_to_bottom_and_blank_ones_show_no_answer(path):
    counts = [c.execution_count for c in cells(path, "code")]
    if path.parent.name == "solved":
        assert counts == list(range(1, len(counts) + 1))
    else:
        assert set(counts) == {None} and not any(c.outputs for c in cells(path, "code"))


@each
def test_no_error_and_nothing_on_stderr(path):
    for cell in cells(path, "code"):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", (cell.id, output.get("text"))


@each
def test_every_output_is_compared_but_for_a_listed_reason(path):
    for cell in cells(path):
        if "nbval-ignore-output" in cell.metadata.get("tags", ()):
            assert cell.id in NOT_COMPARED
        assert not {"nbval-skip", "raises-exception"} & set(cell.metadata.get("tags", ())), cell.id


@each
def test_every_figure_has_words_for_those_who_cannot_see_it(path):
    for cell in cells(path, "code"):
        for output in cell.outputs:
            data = output.get("data", {})
            assert not {"image/png", "image/svg+xml"} & set(data), f"{cell.id}: a figure past show()"
            for tag in re.findall(r"<img [^>]*>", data.get("text/html", "")):
                alt = re.search(r'alt="([^"]*)"', tag)
                assert alt and len(alt[1].split()) >= 8, cell.id


@each
def test_code_fits_the_page_and_the_eye(path):
    setup = cells(path, "code")[0]
    for cell in cells(path, "code"):
        rows = cell.source.splitlines()
        assert not cell.source.rstrip().endswith(";"), cell.id
        assert max(map(len, rows)) <= (125 if cell is setup or cell.source == setup.source else 92), cell.id
        # the set-up cell is folded away
        assert len(rows) <= (42 if cell.source == setup.source else 32), f"{cell.id}: {len(rows)} lines are too many for one cell"
        ast.parse(cell.source)


@each
def test_nothing_of_anybodys_machine_is_in_it(path):
    text = path.read_text("utf-8")
    assert len(text) < 4_000_000
    text = re.sub(r"base64,[^\"\\]+", "", text)
    for trace in ("/home/", "/root", "/tmp/", "/Users/", "C:\\\\", "site-packages", "application/vnd.jupyter.widget"):
        assert trace not in text, trace
    metadata = read(path).metadata
    assert (
        set(metadata) == {"kernelspec", "language_info"}
        and metadata.language_info.name == "python"
        and "version" not in metadata.language_info
    )


@each
def test_it_begins_and_ends_as_all_of_them_do(path):
    all_cells = cells(path)
    assert all_cells[0].source.startswith(f"# {path.stem[:2]} · ")
    assert f"notebooks/source/{path.stem}.md" in all_cells[0].source
    assert f'open_notebook("{path.stem}"' in cells(path, "code")[0].source
    headings = [row for c in cells(path, "markdown") for row in c.source.splitlines() if row.startswith("## ")]
    ends = [] if path.stem == "00_start_here" else ["## Quiz", "## What to remember", "## Further reading"]
    assert [h for h in headings if not re.match(r"## \d+ · ", h)][-3:] == ends
    assert any(c.source == "progress()" for c in cells(path, "code"))


@each
def test_nothing_is_left_of_a_bar_and_sliders_keep_their_figure(path):
    for cell in cells(path, "code"):
        assert "tqdm.auto" not in cell.source, f"{cell.id}: take `tqdm` from helpers.training, which leaves nothing behind"
        shown = "".join(str(output.get("text", output.get("data"))) for output in cell.outputs)
        assert not re.search(r"\d%\|", shown), cell.id
        if path.parent.name == "solved" and cell.source.startswith("explore("):
            assert [set(output.data) for output in cell.outputs] == [{"text/plain"}, {"text/plain", "text/html"}], cell.id


@pytest.mark.every_lesson
def test_solved_notebooks_hold_no_blank_and_blank_ones_no_answer():
    for path in NOTEBOOKS:
        marked = [c for c in cells(path, "code") if c.source.startswith("@exercise")]
        signs = {sign for c in marked for o in c.outputs for sign in re.findall("[✓✗○]", o.data["text/plain"][:1])}
        if path.parent.name == "solved":
            assert signs <= {"✓"} and not any("TODO" in c.source for c in marked)
        else:
            assert not signs and all("TODO" in c.source for c in marked)


DRAW = "from helpers import hint, show\nfrom helpers.figures import rnn_concept as f\n"
ALONE = [  # cells of a notebook, and what they are changed to after their outputs were kept
    ("print('a line')", "print('a lime')"),
    (DRAW + "hint('1.1')", DRAW + "hint('1.2')"),
    (DRAW + "show(f.draw_latch(w=2.0), alt='one two three')", DRAW + "show(f.draw_unrolled(), alt='one two three')"),
]


def executed(codes, environment):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}).execute(env=environment)
    return notebook


def test_nbval_sees_a_changed_line_a_changed_card_and_a_changed_figure(tmp_path):
    """The strict comparison can fail, on each kind of output that the notebooks have."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_ANSWERS": str(tmp_path / "answers"), "COURSE_JITTER": ""}
    alone = executed([code for code, _ in ALONE] * 2, environment)
    for cell, (_, changed) in zip(alone.cells[3:], ALONE, strict=True):
        cell.source = changed
    nbformat.write(alone, tmp_path / "alone.ipynb")
    options = ["-v", "-o", "addopts=", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "conftest"]
    command = [sys.executable, "-m", "pytest", *options, "--nbval", "--nbval-current-env", "-p", "no:cacheprovider"]
    run = subprocess.run([*command, str(tmp_path / "alone.ipynb")], cwd=ROOT, env=environment, capture_output=True, text=True)
    found = [result == "PASSED" for result in re.findall(r"::Cell \d+ (PASSED|FAILED)", run.stdout)]
    assert found == [True] * 3 + [False] * 3, run.stdout[-3000:] + run.stderr[-3000:]


def test_the_readme_names_every_notebook_its_exercises_its_hours_and_its_seconds():
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| \[\d\d [^]]*\]\(notebooks/(\w+)\.ipynb\) \| (.*) \|$", readme, re.M))
    assert sorted(rows) == sorted({path.stem for path in NOTEBOOKS})
    for stem, row in rows.items():
        exercises, hours, seconds = row.split(" | ")[1:4]
        assert int(exercises) == sum(task.chapter == stem for task in all_exercises()), stem
        said = re.search(r"bout ([\d½]+) hours?", (ROOT / "notebooks" / "source" / f"{stem}.md").read_text("utf-8"))
        assert hours == (f"{said[1]} h" if said else "10 min"), stem
        assert int(seconds.removesuffix(" s")) < 60, stem  # of one core: measured, `python start.py test time`


def test_the_notebooks_stay_light():
    assert sum(path.stat().st_size for path in NOTEBOOKS) < 6_000_000
