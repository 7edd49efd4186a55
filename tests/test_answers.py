"""No answer is lost: kept on disk, read back, through damage, a full disk and a killed process."""

import errno
import json
import os
import subprocess
import sys

import pytest

from helpers import learner
from helpers.checking import check
from helpers.checking.authoring import find
from helpers.learner import answers, cells


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_versions_come_back_in_order():
    for source, state in [("a", "wrong"), ("b", "right"), ("c", "wrong")]:
        assert answers.keep("1.1", source, state) is None
    assert [v["source"] for v in answers.versions("1.1")] == ["a", "b", "c"]
    assert answers.last_right("1.1")["source"] == "b"
    assert answers.last_right("1.2") is None


def test_running_a_cell_again_keeps_one_version():
    answers.keep("1.1", "same", "right")
    answers.keep("1.1", "same", "right")
    assert len(answers.versions("1.1")) == 1


def test_damaged_lines_are_passed_over_and_left(folder):
    answers.keep("1.1", "first", "right")
    path = folder / "1.1.jsonl"
    path.write_bytes(
        path.read_bytes() + b'{"time": "now"\n\x00\xff not json\n[1]\n{"time": "2026-01-01", "state": "right"}\n'
    )
    damaged = path.read_bytes()
    answers.keep("1.1", "second", "wrong")
    assert [v["source"] for v in answers.versions("1.1")] == ["first", "second"]
    assert path.read_bytes().startswith(damaged)


def test_a_line_cut_off_by_a_crash_does_not_spoil_the_next(folder):
    answers.keep("1.1", "first", "right")
    path = folder / "1.1.jsonl"
    path.write_bytes(path.read_bytes() + b'{"time": "2026-11-21T05:00:00+00:00", "sta')
    answers.keep("1.1", "second", "right")
    assert [v["source"] for v in answers.versions("1.1")] == ["first", "second"]


def test_a_killed_kernel_loses_nothing_that_ran(folder):
    code = (
        "import os, signal\nfrom helpers.learner import answers\nanswers.keep('1.1', 'kept', 'right')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
        if os.name != "nt"
        else "import os\nfrom helpers.learner import answers\nanswers.keep('1.1', 'kept', 'right')\nos._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=answers.ROOT, env={**os.environ, "COURSE_ANSWERS": str(folder)})
    assert answers.last_right("1.1")["source"] == "kept"


def test_full_disk_is_a_sentence_and_no_exception(monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    sentence = answers.keep("1.1", "x", "right")
    assert "No space left" in sentence and "save" in sentence


def test_folder_that_cannot_be_made_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "file"))
    assert "could not be kept" in answers.keep("1.1", "x", "right")


def test_full_disk_shows_on_the_card(monkeypatch, capsys):
    monkeypatch.setattr(answers, "keep", lambda *a: "This answer could not be kept.")
    monkeypatch.setattr(cells, "source_of", lambda f: "source")
    learner.exercise("1.3")(lambda context, D, H: (0, 0))
    assert "could not be kept" in capsys.readouterr().out


def test_any_letters_are_kept(folder):
    source = 'def f(x):\n    return "é 記憶 \U0001f600 \udc80"'
    assert answers.keep("1.1", source, "right") is None
    assert answers.versions("1.1")[0]["source"] == source


def test_blank_is_not_kept(folder, capsys):
    space = {"exercise": learner.exercise, "TODO": learner.TODO}
    exec(find("1.1").blank(), space)
    assert answers.versions("1.1") == []


def test_restore_prints_the_right_version_and_counts(capsys):
    answers.keep("1.1", "def old(): pass", "right")
    answers.keep("1.1", "def newer(): pass", "wrong")
    learner.restore("1.1")
    said = capsys.readouterr().out
    assert "def old()" in said and "version 1 of 2" in said
    learner.restore("1.1", 2)
    assert "def newer()" in capsys.readouterr().out
    learner.restore("1.1", 3)
    assert "from 1 to 2" in capsys.readouterr().out


def test_restore_without_a_number_lists_what_is_kept(capsys):
    learner.restore()
    assert "None yet" in capsys.readouterr().out
    answers.keep("1.2", "x", "wrong")
    learner.restore()
    assert "none right yet" in capsys.readouterr().out


def test_file_is_plain_json_lines(folder):
    answers.keep("1.1", "x = 1", "right")
    line = json.loads((folder / "1.1.jsonl").read_text("utf-8"))
    assert line["source"] == "x = 1" and line["state"] == "right"


def test_right_answer_can_be_reused_in_another_notebook():
    task = find("1.2")
    assert learner.reuse("1.2") is task.unseen
    answers.keep("1.2", task.filled(), "right")
    mine = learner.reuse("1.2")
    assert mine is not task.reference and check(task, mine).state == "right"


@pytest.mark.parametrize(
    "source", ["def rnn_forward(X, h0, Wx, Wh, b): return X", "gibberish (", "x = 1", "raise SystemError"]
)
def test_answer_that_is_right_no_more_is_not_reused(source):
    answers.keep("1.2", source, "right")
    assert learner.reuse("1.2") is find("1.2").unseen


RESTARTED = """
import sys, os
for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
    del sys.modules[name]
sys.path[:0] = [{root!r}] * ({root!r} not in sys.path)
os.environ["COURSE_ANSWERS"] = {folder!r}
import numpy as np
from helpers import TODO, exercise, progress, restore, reuse
"""


@pytest.fixture(scope="module")
def kernel():
    """A client of one kernel for all tests, with no cells yet."""
    import nbformat
    from nbclient import NotebookClient

    client = NotebookClient(nbformat.v4.new_notebook(), allow_errors=True)
    with client.setup_kernel():
        yield client


@pytest.fixture
def in_a_kernel(kernel, folder):
    """Return a function that runs cells in a kernel as new: without the names and the course's modules of those before.

    It returns what each prints, and the cells that were put in the place of one.
    """
    import nbformat

    def run(*code):
        replaced = []
        kernel.on_cell_executed = lambda cell, cell_index, execute_reply: replaced.extend(
            part["text"] for part in execute_reply["content"].get("payload", ()) if part.get("source") == "set_next_input"
        )
        start = RESTARTED.format(root=str(answers.ROOT), folder=str(folder))
        kernel.nb.cells = [nbformat.v4.new_code_cell(cell) for cell in ("%reset -f", start, *code)]
        for k, cell in enumerate(kernel.nb.cells):
            kernel.execute_cell(cell, k)
        assert not kernel.nb.cells[0].outputs and not kernel.nb.cells[1].outputs
        said = [
            "".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") + o.get("evalue", "") for o in c.outputs)
            for c in kernel.nb.cells[2:]
        ]
        return said, replaced

    return run


def test_a_kernel_as_new_has_no_names_of_the_one_before(in_a_kernel):
    in_a_kernel("mine = 1")
    assert "'mine' is not defined" in in_a_kernel("mine")[0][0]


def test_what_stands_above_the_function_is_kept_and_runs_again(in_a_kernel):
    cell = (
        "from numpy import tanh\nk = 1.0\ndef twice(a):\n    return 2 * a\n\n@exercise('1.1')\n"
        "def rnn_step(x, h, Wx, Wh, b):\n    return k * tanh(twice(x @ Wx + h @ Wh + b) / 2)"
    )
    said, _ = in_a_kernel(cell)
    assert said[0].startswith("✓ 1.1")
    _, [restored] = in_a_kernel("restore('1.1')")
    assert restored == cell
    said, _ = in_a_kernel(restored, "f = reuse('1.1')")
    assert said[0].startswith("✓ 1.1") and "rnn_step: yours of" in said[1]


def test_what_an_answer_uses_from_other_cells_is_kept_with_it(in_a_kernel):
    said, _ = in_a_kernel(
        "import math as m\nhalf = 0.5\ndef squash(a):\n    return np.tanh(a * half * 2)",
        "@exercise('1.1')\ndef rnn_step(x, h, Wx, Wh, b):\n    return squash(x @ Wx + h @ Wh + b) * m.cos(0)",
    )
    assert said[1].startswith("✓ 1.1") and "kept with it" in said[1]
    _, [restored] = in_a_kernel("restore('1.1')")
    said, _ = in_a_kernel(restored, "reuse('1.1') is not None")
    assert said[0].startswith("✓ 1.1") and "yours of" in said[1]


def test_a_variable_with_the_name_of_an_attribute_is_not_kept(in_a_kernel):
    """`T = 50` of an experiment has nothing to do with `Wx.T`: restored with the answer, it would change the notebook."""
    cell = "@exercise('1.1')\ndef rnn_step(x, h, Wx, Wh, b):\n    return np.tanh((Wx.T @ x.T).T + h @ Wh + b)"
    said, _ = in_a_kernel("T, shape = 50, 3", cell, "progress()")
    assert said[1].startswith("✓ 1.1") and "kept with it" not in said[1]
    _, [restored] = in_a_kernel("restore('1.1')")
    assert restored == cell


def test_what_cannot_be_kept_with_an_answer_is_told(in_a_kernel):
    said, _ = in_a_kernel(
        "one = np.ones(1)",
        "@exercise('1.1')\ndef rnn_step(x, h, Wx, Wh, b):\n    return np.tanh(x @ Wx + h @ Wh + b) * one",
    )
    assert said[1].startswith("✓ 1.1") and "`one` from another cell of yours" in said[1]


def test_half_written_answers_are_drafts_and_restore_keeps_what_stands_in_its_cell(in_a_kernel):
    half = find("1.2").blank().replace("h = TODO", "h = rnn_step(X[:, t], h, Wx, Wh, b)")
    said, _ = in_a_kernel(half, find("1.2").blank())
    assert "Not finished" in said[0] and "Not started" in said[1]
    assert [v["state"] for v in answers.versions("1.2")] == ["draft"]
    being_written = half.replace("h = rnn_step", "h = 2 * rnn_step") + "\n\nrestore('1.2')"
    in_a_kernel(being_written)
    assert [v["state"] for v in answers.versions("1.2")][1:] and "2 * rnn_step" in answers.versions("1.2")[-1]["source"]


def test_a_renamed_argument_is_told_at_once(in_a_kernel):
    said, _ = in_a_kernel(find("1.3").filled().replace("D", "d"))
    assert said[0].startswith("✗ 1.3") and "`D`" in said[0] and "`d`" in said[0]


def test_a_print_inside_a_right_answer_is_told(in_a_kernel):
    said, _ = in_a_kernel(find("1.1").filled().replace("    return np", "    print(x)\n    return np"))
    assert said[0].startswith("✓ 1.1") and "at every call" in said[0]


def test_answers_are_in_a_folder_of_ones_own_where_the_course_is_somebody_elses(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_ANSWERS")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    answers._is_mine.cache_clear()
    assert answers.folder() == answers.ROOT / "answers"
    monkeypatch.setattr(answers.os, "access", lambda path, how: False)
    answers._is_mine.cache_clear()
    assert answers.folder().parent == tmp_path and "answers" in answers.folder().name
    answers._is_mine.cache_clear()
    monkeypatch.setenv("COURSE_ANSWERS", "~/mine")
    assert answers.folder() == tmp_path / "mine"
