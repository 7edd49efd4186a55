"""What people do to an exercise cell besides answering it, each with what has to be said."""

import numpy as np
import pytest

from helpers import learner
from helpers.checking import authoring
from helpers.learner import answers, session
from tests.test_exercises import run_cell

RIGHT = "    return np.tanh(x @ Wx + h @ Wh + b)\n"
HEAD = '@exercise("1.1")\ndef rnn_step(x, h, Wx, Wh, b):\n'
TYPED = {
    "two arguments exchanged": (HEAD.replace("x, h", "h, x") + RIGHT, "✗", "The arguments come in the order (x, h, Wx, Wh, b)"),
    "an argument left out": (HEAD.replace(", b)", ")") + RIGHT, "✗", "Keep the first line as it was"),
    "an argument renamed": (HEAD.replace("h, Wx", "state, Wx") + RIGHT.replace("h @", "state @"), "✗", "`h` by its name"),
    "the number of another exercise": (HEAD.replace("1.1", "1.2") + RIGHT, "✗", "called `rnn_step`"),
    "a number that is not there": (HEAD.replace("1.1", "1.77") + RIGHT, "✗", 'there is no exercise "1.77"'),
    "no number": (HEAD.replace('("1.1")', "") + RIGHT, "✗", "Which exercise?"),
    "TODO in a comment": (HEAD + "    # TODO: think\n" + RIGHT, "✓", "Right on"),
    "TODO in a text": (HEAD + "    note = 'TODO'\n" + RIGHT, "✓", "Right on"),
    "TODO taken for a variable": (HEAD + "    TODO = 5\n" + RIGHT + "    return TODO\n", "✓", "Right on"),
    "a lambda": ('exercise("1.1")(lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh + b))\n', "✓", "Right on"),
    "a print left in": (HEAD + "    print(x.shape)\n" + RIGHT, "✓", "take the `print` out"),
    "a print in a wrong answer": (HEAD + "    print('here')\n" + RIGHT.replace("+ b", ""), "✗", "here"),
    "numbers by chance": (HEAD + RIGHT.replace("+ b", "+ b + 1e-3 * np.random.normal()"), "✗", ""),
    "a loop that never ends": (HEAD + "    while True: pass\n" + RIGHT, "✗", "did not come back within"),
    "a call of itself": (HEAD + "    return rnn_step(x, h, Wx, Wh, b)\n", "✗", "calls itself"),
    "scipy": (HEAD + "    import scipy_that_is_not_there\n" + RIGHT, "✗", "No module named"),
    "nothing comes back": (HEAD + RIGHT.replace("return ", "y = "), "○", "a `return` is missing"),
    "another language": (HEAD + "    return torch.tanh(x @ Wx + h @ Wh + b)\n", "✗", "belongs to another library"),
    "a class": (HEAD.replace("def rnn_step(x, h, Wx, Wh, b):", "class rnn_step:") + "    pass\n", "✗", "wants a function"),
}


@pytest.fixture(autouse=True)
def own_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))


@pytest.mark.parametrize("what", TYPED)
def test_a_cell_that_is_typed_gets_a_card(what, capsys):
    source, sign, words = TYPED[what]
    run_cell(source)
    said = capsys.readouterr().out
    assert said.startswith(sign) and words in said, said


def test_a_blank_run_again_after_it_was_right_says_so_and_the_courses_runs(capsys):
    task = authoring.find("1.1")
    run_cell(HEAD + RIGHT)
    space = run_cell(task.blank())
    said = capsys.readouterr().out
    assert "You solved it on" in said and 'restore("1.1")' in said and space["rnn_step"] is task.unseen


def test_a_function_typed_without_its_line_is_told_by_progress(capsys, monkeypatch):
    space = run_cell(HEAD + RIGHT)
    monkeypatch.setattr(session, "notebooks", ["01_rnn_concept"])
    monkeypatch.setattr("helpers.learner.coming_back.in_notebook", lambda: True)
    shell = type("Shell", (), {"user_ns": {**space, "rnn_step": lambda *given: 0}})()
    monkeypatch.setitem(__import__("sys").modules, "IPython", type("Module", (), {"get_ipython": lambda: shell}))
    rows = []
    monkeypatch.setattr("helpers.learner.coming_back.show_table", lambda title, found, foot: rows.extend(found))
    learner.progress()
    assert "stands without its line" in next(remark for _, key, _, remark in rows if key == "1.1")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: learner.hint(1.1), "1.1 · hint"),
        (lambda: learner.hint("1"), "there is no exercise"),
        (lambda: learner.hint(), "Write the number"),
        (lambda: learner.solution("2.99"), "there is no exercise"),
        (lambda: learner.restore("banana"), "there is no exercise"),
        (lambda: learner.restore("1.7"), "There is no answer of yours"),
        (lambda: learner.restore("1.7", version="x"), "There is no answer of yours"),
    ],
)
def test_a_call_that_asks_for_something_else_is_answered_in_words(call, words, capsys):
    call()
    assert words in capsys.readouterr().out


def test_an_answer_that_counts_its_calls_is_noticed(capsys):
    run_cell("calls = []\n" + HEAD + "    calls.append(1)\n" + RIGHT.replace("+ b)", "+ b) * (1 + (len(calls) > 6))"))
    assert capsys.readouterr().out.startswith("✗")
    assert answers.versions("1.1") and np.all([kept["state"] == "wrong" for kept in answers.versions("1.1")])
