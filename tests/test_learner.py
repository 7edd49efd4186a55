"""What a learner calls: exercise, hint, solution, progress, and notebooks older or newer than the helpers."""

import io
import subprocess
import sys

import numpy as np
import pytest

from helpers import learner
from helpers.checking import authoring
from helpers.learner import answers, cards, session


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    for store in ("verdicts", "hints_shown", "notebooks", "brought_back"):
        monkeypatch.setattr(session, store, type(getattr(session, store))())


def test_hints_come_one_by_one(capsys):
    task = authoring.find("1.1")
    for k in range(len(task.hints) + 1):
        learner.hint("1.1")
        said = capsys.readouterr().out
        number = min(k + 1, len(task.hints))
        assert f"hint {number} of {len(task.hints)}" in said and task.hints[number - 1][:40].replace(
            "`", ""
        ) in said.replace("`", "")


def test_number_may_be_written_without_quotes(capsys):
    learner.hint(1.1)
    assert "1.1 · hint 1" in capsys.readouterr().out


def test_solution_shows_the_filled_cell(capsys):
    learner.solution("1.1")
    assert "np.tanh(x @ Wx + h @ Wh + b)" in capsys.readouterr().out


@pytest.mark.parametrize("call", [learner.hint, learner.solution, learner.restore])
def test_unknown_number_names_those_that_exist(call, capsys):
    call("1.99")
    assert "1.1, 1.2" in capsys.readouterr().out


def test_unknown_exercise_of_another_edition_is_said_and_the_function_kept(capsys):
    def mine():
        pass

    assert learner.exercise("1.99")(mine) is mine
    assert "older or newer" in capsys.readouterr().out


def test_forgotten_number_is_said(capsys):
    @learner.exercise
    def rnn_step():
        return "mine"

    @learner.exercise()
    def rnn_forward():
        return "mine"

    learner.hint()
    learner.solution()
    assert capsys.readouterr().out.count('("1.1")') == 4
    assert rnn_step() == rnn_forward() == "mine"


def test_renamed_function_is_told_and_the_notebook_finds_the_courses(capsys):
    space = {"exercise": learner.exercise, "np": __import__("numpy")}
    exec(authoring.find("1.1").filled().replace("def rnn_step", "def step"), space)
    assert "keep the name" in capsys.readouterr().out
    assert space["rnn_step"] is authoring.find("1.1").unseen


@pytest.mark.parametrize(("edition", "words"), [(0, "older"), (99, "newer"), (None, "Ready: notebook 01_rnn_concept.")])
def test_notebook_of_another_edition_is_told(edition, words, capsys):
    import tomllib

    now = tomllib.loads((answers.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["course"]["edition"]
    learner.open_notebook("01_rnn_concept", edition=now if edition is None else edition)
    assert words in capsys.readouterr().out


def test_progress_lists_every_exercise_with_its_state(capsys):
    learner.open_notebook("01_rnn_concept", edition=1)
    task = authoring.find("1.3")
    learner.exercise("1.3")(task.same_answers[0])
    learner.exercise("1.1")(authoring.find("1.1").mistakes[0].function)
    answers.keep("1.2", "def rnn_forward(): ...", "right")
    capsys.readouterr()
    learner.progress()
    said = capsys.readouterr().out
    assert "✓ 1.3" in said and "✗ 1.1" in said and 'restore("1.2")' in said and "its cell was not run" in said
    count = sum(t.chapter == task.chapter for t in authoring.all_exercises())
    assert f"1 of {count} right, 1 more solved earlier" in said


def test_an_answer_that_was_brought_back_counts_as_right(capsys, monkeypatch):
    """After a restart `start_at` runs what was solved: progress says so, and that it is one's own."""
    answers.keep("1.2", authoring.find("1.2").filled() + "\n", "right")
    monkeypatch.setattr(session, "notebooks", ["01_rnn_concept"])
    learner.reuse("1.2")
    learner.progress()
    said = capsys.readouterr().out
    assert "✓ 1.2" in said and "yours of" in said and "1 of 9 right" in said


def test_solved_before_is_said_on_the_card(capsys):
    answers.keep("1.1", "def rnn_step(): ...", "right")
    space = {"exercise": learner.exercise, "TODO": learner.TODO}
    exec(authoring.find("1.1").blank(), space)
    assert 'restore("1.1")' in capsys.readouterr().out


def test_stopping_the_check_is_a_verdict(capsys):
    def count_params(context, D, H):
        raise KeyboardInterrupt

    learner.exercise("1.3")(count_params)
    assert "You stopped" in capsys.readouterr().out


def test_helpers_import_neither_matplotlib_nor_widgets():
    code = (
        "import sys, helpers; sys.exit(any(m in sys.modules for m in ('matplotlib', 'ipywidgets', 'tqdm', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=answers.ROOT).returncode == 0


def test_helpers_have_an_exercise_file_for_each_source():
    sources = {p.stem for p in (answers.ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.md")}
    assert {task.chapter for task in authoring.all_exercises()} == sources


def test_a_traceback_shows_no_line_of_the_courses_function():
    """A word that is not there, while `analogy` is open: the error comes, the solution does not."""
    import traceback

    task = authoring.find("8.7")
    try:
        task.unseen("man", "king", "sushi", np.ones((2, 2)), ["man", "king"])
    except ValueError:
        shown = traceback.format_exc()
    assert "the course's analogy" in shown and "E[" not in shown and "TODO" not in shown
    assert task.unseen.__doc__ == task.reference.__doc__


def test_a_card_tells_a_screen_reader_its_kind_and_folds_what_was_checked(monkeypatch):
    shown = []
    monkeypatch.setattr(cards, "_show", lambda page, text: shown.append((page, text)))

    @learner.exercise("1.1")
    def rnn_step(x, h, Wx, Wh, b):
        return np.tanh(x @ Wx + h @ Wh + b)

    page, text = shown.pop()
    assert 'role="img" aria-label="right"' in page and "<summary" in page and "Checked</summary>one unit" in page
    assert "  Checked: one unit" in text

    @learner.exercise("1.1")
    def rnn_step(x, h, Wx, Wh, b):  # noqa: F811
        return np.tanh(x @ Wx + h @ Wh - b)

    assert 'aria-label="not yet right"' in shown[0][0] and "<summary" not in shown[0][0]


def test_a_table_of_exercises_has_a_head(monkeypatch):
    shown = []
    monkeypatch.setattr(cards, "_show", lambda page, text: shown.append(page))
    learner.progress("all")
    learner.hint("1.1")
    learner.progress()
    assert shown[-1].count('<th scope="col"') == 4


def test_a_picture_is_packed_into_as_few_colours_as_nobody_sees():
    from PIL import Image

    from helpers.learner.page import OFF, _png

    lines, ramp = np.full((90, 300, 3), 255, np.uint8), np.full((90, 300, 3), 255, np.uint8)
    lines[40:44] = (0, 114, 178)
    ramp[:] = np.linspace(0, 255, 300).astype(np.uint8)[:, None]
    used = []
    for pixels in (lines, ramp):
        packed = np.asarray(Image.open(io.BytesIO(_png(Image.fromarray(pixels), small=True))).convert("RGB"), int)
        assert np.mean(np.abs(packed - pixels) > OFF) < 0.02
        used.append(len(np.unique(packed.reshape(-1, 3), axis=0)))
    assert used[0] == 2 and used[1] > 20


def test_a_thin_line_beside_a_map_keeps_its_colour_when_packed():
    from PIL import Image

    from helpers.learner.page import _png

    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[20:180, 20:200] = np.stack([np.linspace(255, 8, 180), np.linspace(250, 48, 180), np.linspace(255, 107, 180)], axis=-1)
    lines = {100: (168, 73, 127), 110: (213, 94, 0), 120: (0, 158, 115), 130: (154, 106, 0)}
    for row, colour in lines.items():
        pixels[row, 220:290] = colour
    packed = np.asarray(Image.open(io.BytesIO(_png(Image.fromarray(pixels), small=True))).convert("RGB"), int)
    for row, colour in lines.items():
        assert np.abs(packed[row, 250] - colour).max() < 20, (packed[row, 250], colour)


@pytest.mark.parametrize("coding", ["cp932", "cp1252", "ascii"])
def test_cards_claims_and_guesses_are_printed_where_the_output_is_not_utf_8(coding, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=coding))
    for kind in ("right", "wrong", "blank", "info"):
        cards.show_card(kind, "1.1 · One step", ["σ(x) … ≈ 0.5, naïve → 逆誤差伝播"])
    cards.show_table("Progress · all", [("right", "1.1", "One step", "✓")], "…")
    cards.show_grid("Progress · all", [("01", [("right", "1.1 ✓")], "…")], "…")
    learner.claim("≈ the error", 0.01, below=0.06)
    learner.guess("how it ends", "naïve 答え")
    sys.stdout.flush()
    said = written.getvalue().decode(coding)
    assert "1.1" in said and "the error" in said and "Your guess is na" in said
