"""The build: what is committed is what the sources give, and slips in a source are found with file and line."""

import pathlib
import shutil
import sys

import nbformat
import pytest

from helpers.checking import authoring
from notebooks.source import build, readme_pictures
from tests.pictures import FEW, difference

lesson = sys.modules[build.SourceError.__module__]


@pytest.fixture
def source(tmp_path):
    def write(text):
        path = tmp_path / "01_rnn_concept.md"
        path.write_text(text, "utf-8")
        return path

    return write


def cell(code, options=""):
    return f"```{{code-cell}}\n{options}{code}\n```\n"


def all_exercises():
    ids = [task.id for task in authoring.all_exercises() if task.chapter == "01_rnn_concept"]
    return "".join(cell(f'@exercise("{key}")') for key in ids)


@pytest.mark.parametrize("path", build.sources(), ids=lambda path: path.stem)
def test_committed_notebooks_are_what_the_sources_give(path):
    assert list(build.differences(path)) == []


@pytest.mark.every_lesson
def test_every_notebook_has_a_source():
    assert build.stray_notebooks() == []


@pytest.mark.parametrize("path", build.sources(), ids=lambda path: path.stem)
@pytest.mark.parametrize("filled", [False, True])
def test_building_twice_gives_the_same_bytes(path, filled):
    assert nbformat.writes(build.build(path, filled)) == nbformat.writes(build.build(path, filled))


def test_pictures_of_the_readme_are_what_the_code_draws():
    for path, picture in readme_pictures.pictures().items():
        if path.suffix == ".png":
            assert difference(path.read_bytes(), picture) <= FEW
        else:
            assert path.read_bytes() == picture, path.name


def test_the_card_of_the_readme_names_two_real_mistakes_by_their_registered_sentences():
    lines, verdict = readme_pictures.wrong_answer()
    known = {mistake.sentence for mistake in authoring.find("4.1").mistakes}
    assert set(verdict.names) == set(readme_pictures.WRONG) and set(verdict.names.values()) <= known
    assert all(f"line {n}" in verdict.headline for n, line in lines.items() if line.split(" =")[0] in readme_pictures.WRONG)


def test_check_names_the_cell_the_file_and_the_command(tmp_path, monkeypatch):
    path = pathlib.Path(shutil.copy(build.sources("01")[0], tmp_path))
    trees = {"blank": tmp_path, "solved": tmp_path / "solved"}
    (tmp_path / "solved").mkdir()
    monkeypatch.setattr(build, "TREES", trees)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "HERE", tmp_path)
    for tree, folder in trees.items():
        notebook = build.build(path, tree == "solved")
        notebook.cells[4].source += "\n# edited by hand"
        nbformat.write(notebook, folder / f"{path.stem}.ipynb")
    found = list(build.differences(path))
    assert len(found) == 2
    assert "cell 5 (01-004)" in found[0] and "01_rnn_concept.md" in found[0] and "build.py --only 01" in found[0]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# T\n\n```{code-cell}\nx = 1\n", 3, "not closed"),
        ("# T\n\na \x08 b\n", 3, "cannot be seen"),
        ("# T\n\n```{code-cell}\nx = 1\n\n```{code-cell}\ny = 2\n```\n", 3, "not closed before the next"),
        ("# T\n\n" + cell('@exercise("1.99")'), 4, "there is no exercise"),
        ("# T\n\n" + cell('@exercise("1.1")') * 2, 7, "belongs once"),
        ("# T\n\n" + cell("x = 1\ny = 2;"), 5, "trailing ;"),
        ("# T\n\n" + cell("x = 1\ny = = 2"), 5, "invalid syntax"),
        ("# T\n\ntext\n![](picture.png)\n", 4, "image without alt"),
        ("# T\n\n```{quiz}\n? One\n- [ ] a :: b\n```\n", 3, "no right choice"),
        ("# T\n\n```{quiz}\n? One\n- [x] a\n```\n", 5, "expected"),
        ("# T\n\n```{quiz}\n? One\n- [x] $a$ :: b\n```\n", 5, "no Markdown"),
        ("# T\n\n$$ \\text{fan\\_in} $$\n", 3, "as it is written"),
    ],
)
def test_slips_are_found_with_file_and_line(source, text, line, words):
    path = source(text)
    with pytest.raises(build.SourceError) as error:
        build.build(path, False)
    assert f"{path}:{line}:" in str(error.value) and words in str(error.value)


def test_exercise_that_is_not_used_is_named(source):
    with pytest.raises(build.SourceError, match="1.1, 1.2"):
        build.build(source("# T\n"), False)


def test_cell_that_raises_is_found_with_file_and_line(source, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "TREES", {"blank": tmp_path / "out", "solved": tmp_path / "out"})
    path = source(
        "# T\n\n"
        + cell("exercise = lambda k: lambda f: f\nTODO = 1\nimport numpy as np")
        + all_exercises()
        + cell("x = 1\n\nx / 0", ":tags: [a]\n\n")
    )
    with pytest.raises(build.SourceError) as error:
        build.execute(path, True)
    line = path.read_text().splitlines().index("x / 0") + 1
    assert f"{path}:{line}: this cell raises ZeroDivisionError" in str(error.value)
    assert not (tmp_path / "out" / "01_rnn_concept.ipynb").exists()


def test_text_alone_is_built_without_running_the_other_cells(source, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "TREES", {"blank": tmp_path / "out", "solved": tmp_path / "out"})
    monkeypatch.setenv("PYTHONPATH", str(build.ROOT))

    def write(title, code):
        exercises = cell("from helpers import TODO, exercise\nimport numpy as np") + all_exercises()
        return source(f"# {title}\n\n" + exercises + cell(code))

    once = "import os\n\nprint(os.urandom(8).hex())"
    before = nbformat.read(build.execute(write("Old", once), True), 4)
    after = nbformat.read(build.execute(write("New", once), True, text_only=True), 4)
    assert after.cells[0].source.startswith("# New") and after.cells[1:] == before.cells[1:]
    with pytest.raises(build.SourceError, match="the code changed at 'import os'"):
        build.execute(write("New", once + "\nprint(1)"), True, text_only=True)


def test_text_alone_keeps_the_outputs_of_a_cell_whose_lines_are_broken_elsewhere(source, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "TREES", {"blank": tmp_path / "out", "solved": tmp_path / "out"})
    monkeypatch.setenv("PYTHONPATH", str(build.ROOT))
    exercises = cell("from helpers import TODO, exercise\nimport numpy as np") + all_exercises()
    short = 'import os  # random\n\ndef f(n):\n    """One."""\n    return os.urandom(n).hex()\n\nprint("a", f(8))'
    long = 'import os\n\n# bytes\ndef f(n):\n    """One\n    two."""\n    return os.urandom(\n        n).hex()\n\nprint("a",\n'
    long += "      f(8))"
    before = nbformat.read(build.execute(source("# T\n\n" + exercises + cell(short)), True), 4)
    after = nbformat.read(build.execute(source("# T\n\n" + exercises + cell(long)), True, text_only=True), 4)
    assert after.cells[-1].source == long and after.cells[-1].outputs == before.cells[-1].outputs


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("f(a, b)", "f(a,  # first\n  b)", True),
        ("print('ab')", "print('a'\n      'b')", True),
        ("print(f'{a} b {c}')", "print(f'{a} b '\n      f'{c}')", True),
        ('def f():\n    """One."""\n    return 1', "def f():\n    # one\n    return 1", True),
        ('def f():\n    "One."', 'def f():\n    "Two."', True),
        ("'One.'", "'Two.'", False),  # the value of a cell is shown
        ("f(a, b)", "f(b, a)", False),
        ("a = 1\nb = 2", "b = 2\na = 1", False),
        ("print('ab')", "print('a', 'b')", False),
        ('def f():\n    return "One."', 'def f():\n    return "Two."', False),
    ],
)
def test_comments_docstrings_and_line_breaks_are_not_what_code_does(one, other, same):
    assert (build.deeds(one) == build.deeds(other)) is same


def test_quiz_shows_a_reply_for_each_choice(source):
    text = "# T\n\n```{quiz}\n? Why `h`?\n- [ ] a `b` :: no *c*\n- [x] d :: yes\n```\n\n" + all_exercises()
    notebook = build.build(source(text), False)
    shown = notebook.cells[0].source
    assert (
        shown.count("<details>") == 2
        and "<code>b</code>" in shown
        and "✗ No. no *c*" in shown
        and "✓ Yes. yes" in shown
    )


def test_no_badge_while_the_address_is_unknown_and_one_when_it_is_known(source, monkeypatch):
    path = source("# T\n\n" + all_exercises())
    values = lesson.course_values(path.stem)
    monkeypatch.setattr(lesson, "course_values", lambda stem: {**values, "ADDRESS": ""})
    assert "colab" not in build.build(path, False).cells[0].source
    monkeypatch.setattr(lesson, "course_values", lambda stem: {**values, "ADDRESS": "https://github.com/owner/name"})
    assert (
        "colab.research.google.com/github/owner/name/blob/main/notebooks/01_rnn_concept.ipynb"
        in build.build(path, False).cells[0].source
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["def f(x):", "    # TODO: all of it", "    y = x", "    return y"], "not closed"),
        (["def f(x):", "    return x", "    # END"], "END without"),
        (["def f(x):", "    return x"], "at least one TODO"),
        (["def f(x):", "    y = (x +  # TODO: sum", "         1)", "    return y"], "the last line"),
        (["def f(x):", "    for k in x:  # TODO: loop", "        y = k", "    return y"], "the last line"),
    ],
)
def test_blank_that_cannot_be_made_is_an_error_with_file_and_line(lines, words):
    from helpers.checking.blanking import blank_of

    with pytest.raises(SyntaxError, match=words) as error:
        blank_of(lines, 10, "exercises.py")
    assert "exercises.py:1" in str(error.value)


@pytest.mark.parametrize(
    ("line", "blank"),
    [
        ("    y = x + 1  # TODO: add", "    y = TODO   # add"),
        ("    y += x  # TODO: add", "    y += TODO   # add"),
        ("    return (x + 1) * 2  # TODO: add", "    return TODO   # add"),
        ("    y = (x, 1)  # TODO: pair", "    y = TODO   # pair"),
        ("    if x > 1:  # TODO: when", "    if TODO:   # when"),
        ("    a, b = x, 1  # TODO: two", "    a, b = TODO   # two"),
    ],
)
def test_blank_takes_out_the_right_hand_side_alone(line, blank):
    from helpers.checking.blanking import blank_of

    lines = ["def f(x, y=0):", line] + (["        pass"] if line.endswith("when") else [])
    assert blank_of(lines, 1, "file").splitlines()[1] == blank


@pytest.mark.parametrize(
    ("rows", "blank"),
    [
        (["    y = ((x + 1)", "         * x)  # TODO: grow"], "    y = TODO   # grow"),
        (["    y = {1: 'one',", "         2: 'two'}  # TODO: pairs"], "    y = TODO   # pairs"),
        (["    y = f('λ', x)[", "        0]  # TODO: first"], "    y = TODO   # first"),
    ],
)
def test_blank_of_a_statement_over_two_lines_is_one_line(rows, blank):
    from helpers.checking.blanking import blank_of

    lines = ["def f(x):", "    z = 1", *rows, "    return y"]
    assert blank_of(lines, 1, "file").splitlines() == [*lines[:2], blank, lines[-1]]


def test_block_becomes_one_todo():
    from helpers.checking.blanking import blank_of

    lines = [
        "def f(x):",
        "    # TODO: add them up",
        "    y = 0",
        "    for k in x:",
        "        y += k",
        "    # END",
        "    return y",
    ]
    out = blank_of(lines, 1, "file").splitlines()
    assert len(out) == 3 and out[1].split() == ["TODO", "#", "add", "them", "up"]
