"""The check finds the line: random edits of the blanks, two mistakes at once, lines of one's own, and what is said."""

import dataclasses
import linecache
import time

import numpy as np
import pytest

from helpers.checking import authoring, check
from helpers.checking.running import IN_PLACE
from helpers.checking.verdicts import _first_wrong
from tests import lessons, mutants

EXERCISES = authoring.all_exercises()
by_id = pytest.mark.parametrize("task", lessons.own(EXERCISES), ids=lambda task: task.id)


def typed(source, **names):
    """Return the function of a cell as if it had been typed into a notebook."""
    name = f"<typed {abs(hash(source))}>"
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    space = {"np": np, "exercise": lambda key: lambda function: function, **names}
    for task in EXERCISES:
        space.setdefault(task.name, task.reference)
    exec(compile(source, name, "exec"), space)
    return next(space[task.name] for task in EXERCISES if f"def {task.name}(" in source)


def answer(exercise_id, *changes):
    """Return the filled cell of an exercise with some pieces of text exchanged, as a function."""
    source = authoring.find(exercise_id).filled()
    for old, new in changes:
        assert old in source, (old, source)
        source = source.replace(old, new)
    return typed(source)


def said(exercise_id, *changes):
    return check(authoring.find(exercise_id), answer(exercise_id, *changes))


@by_id
def test_random_edits_are_rejected_located_and_never_named_falsely(task):
    found = mutants.survey(task, 12, seed=1)
    assert found["rejected"] == found["wrong"] and not found["false"] and not found["broken"], found["notes"]
    assert found["located"] >= 0.9 * found["wrong"], found["notes"]


@by_id
def test_two_known_mistakes_at_once_get_a_verdict_that_names_none_of_another_blank(task):
    for function, keys in mutants.pairs(task, limit=6):
        verdict = check(task, function)
        assert verdict.state == "wrong" and "could not be checked" not in verdict.headline
        assert set(verdict.names) <= set(keys), (verdict.names, keys)


def test_the_blamed_line_is_quoted_with_its_number():
    verdict = said("4.1", ("h_next = o * np.tanh(c_next)", "h_next = o * np.tanh(c_next) + 0.1 * np.sin(c) * f"))
    assert verdict.blamed == ("h_next",) and "np.sin(c)" in verdict.headline and "line 17" in verdict.details[0]


def test_two_lines_that_need_mending_are_both_told():
    verdict = said(
        "4.1",
        ("c_next = f * c + i * g", "c_next = f * c - i * g"),
        ("h_next = o * np.tanh(c_next)", "h_next = f * np.tanh(c_next)"),
    )
    assert set(verdict.blamed) == {"c_next", "h_next"} and verdict.headline.startswith("Two lines need mending")
    assert len(verdict.names) == 2


def test_all_lines_wrong_is_a_verdict_too():
    task = authoring.find("4.3")
    source = task.filled()
    for name in ("da_i", "da_f", "da_o", "da_g", "dc_prev"):
        line = next(row for row in source.splitlines() if row.strip().startswith(f"{name} = "))
        source = source.replace(line, f"    {name} = 0.5 * dc")
    verdict = check(task, typed(source))
    assert verdict.state == "wrong" and "could not be checked" not in verdict.headline and len(verdict.blamed) >= 4


def test_lines_of_ones_own_do_not_hide_the_blank():
    task = authoring.find("1.1")
    cell = '@exercise("1.1")\ndef rnn_step(x, h, Wx, Wh, b):\n    drive = x @ Wx\n    memory = h @ Wh.T\n'
    cell += "    return np.tanh(drive + memory + b)\n"
    verdict = check(task, typed(cell))
    assert verdict.blamed == ("returns",) and verdict.state == "wrong" and verdict.names


def test_a_line_is_not_said_to_be_all_where_a_function_of_ones_own_is_wrong_as_well():
    source = authoring.find("1.2").filled().replace("rnn_step(X[:, t], h,", "rnn_step(X[:, t], h0,")
    assert check(authoring.find("1.2"), typed(source)).blamed == ("h",)
    verdict = check(authoring.find("1.2"), typed(source, rnn_step=lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b)))
    assert verdict.state == "wrong" and not verdict.blamed and "mended" not in " ".join(verdict.details)


def test_a_mistake_beside_another_is_named():
    task = dataclasses.replace(authoring.find("2.2"), mistakes=[], _blanks={}, _outcomes={})
    task.mistake("The slope is that of a sigmoid.", da="dh * h * (1 - h)")
    task.mistake("You average over the batch.", db="da.mean(axis=0)")
    one, other = task.mistakes
    contents = {**task.blanks_of(one), **task.blanks_of(other)}
    verdict = check(task, mutants.written(task, contents))
    assert verdict.names == {"da": one.sentence, "db": other.sentence}
    assert check(task, one.function).mistake == one.sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((("x @ Wx", "x * Wx"),), "matrix product"),
        ((("+ b)", "- b)"),), "subtracted"),
        ((("h @ Wh", "h @ Wh.T"),), ".T"),
        ((("h @ Wh", "h.T @ Wh"),), ".T"),
        ((("x @ Wx", "Wx @ x"),), "two sides"),
        ((("x @ Wx + ", ""),), "input"),
        ((("np.tanh(", "np.dot(x, Wx) + np.tanh("),), "Smallest case"),
    ],
)
def test_one_difference_is_named_by_what_it_is(changes, words):
    verdict = said("1.1", *changes)
    assert words in " ".join((verdict.headline, *verdict.details)), verdict


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((("np.tanh(x @ Wx + h @ Wh + b)", "__import__('math').tanh(x @ Wx + h @ Wh + b)"),), "np.tanh"),
        ((("np.tanh(x @ Wx + h @ Wh + b)", "np.cat([x, h])"),), "np.concatenate"),
        ((("np.tanh(x @ Wx + h @ Wh + b)", "(x @ Wx + h @ Wh + b).tanh()"),), "np.tanh(a)"),
        ((("np.tanh(x @ Wx + h @ Wh + b)", "torch.tanh(x)"),), "another library"),
        ((("np.tanh(x @ Wx + h @ Wh + b)", "np.tanh(x @ Wx + h @ Wh + b).sum(dim=0)"),), "axis"),
        ((("np.tanh(x @ Wx + h @ Wh + b)", "np.tanh(x @ Wx + h @ Wh @ Wx + b)"),), "`h @ Wh @ Wx`"),
        ((("np.tanh(x @ Wx + h @ Wh + b)", "np.linalg.eig(Wh) + b"),), "several things"),
    ],
)
def test_pythons_errors_are_told_in_a_learners_words(changes, words):
    verdict = said("1.1", *changes)
    text = " ".join((verdict.headline, *verdict.details))
    assert words in text and "gufunc" not in text, verdict


def test_lines_of_ones_own_before_a_blank_are_blamed_with_it():
    verdict = said("7.5", ("token = np.where(ended,", "ended = token == eos\n        token = np.where(ended,"))
    assert "`token = np.where(ended, eos, token)` together with your lines above it" in verdict.details[0]
    assert "With those lines mended" in " ".join(verdict.details)


@pytest.mark.parametrize(
    ("key", "old", "new", "words"),
    [
        ("7.6", "append(((*tokens, k), log_p + float(q)))", "append((*tokens, k), log_p + q)", "`append((a, b))`"),
        ("7.2", "new = cell(x, state)", "h, c = cell(x, state)\n        new = (h, c)", "what is unpacked holds 1 thing."),
        ("4.9", "h[:, k].mean()", "h.mean(axis=0)", "`axis=0` gives the means of all units"),
        ("4.9", "h[:, k].mean()", "h.max(axis=0)", "broadcast input array from shape (3,) into shape (6,)"),
        ("10.6", "merged.reshape(-1, D).T @ dY.reshape(-1, D)", "merged.T @ dY", "`merged.T` reverses ALL axes"),
        ("12.1", "X.mean(axis=0)", "X.mean(axis=1, keepdims=True)", "expected (D) = (2,), got (3, 1)"),
        ("12.5", "z = mu + sd * eps", "eps *= sd\n    z = mu + eps", "is right, but your function changes its input eps"),
        ("7.8", "da = (ds[:, t] + dnext) *", "ds[:, t] += dnext\n        da = ds[:, t] *", "The result is right, but"),
        ("10.10", "P - np.eye(V)[targets]", "P - 1", "`1` stands where something else belongs"),
    ],
)
def test_what_learners_wrote_is_told_truly(key, old, new, words):
    verdict = said(key, (old, new))
    text = " ".join((verdict.headline, *verdict.details))
    assert words in text and "could not be checked" not in text and text.count("in place") < 2, text


def test_a_wrong_value_comes_before_a_right_one_that_is_written_into_an_input():
    assert _first_wrong(["", IN_PLACE + " x in place.", "`y` is wrong."]) == 2 and _first_wrong(["", IN_PLACE]) == 1


@pytest.mark.every_lesson
def test_verdicts_are_quick():
    slow = []
    for task in lessons.own(EXERCISES):
        for key, content in mutants.edits(task, 2, seed=2):
            function = mutants.written(task, {key: content})
            check(task, function)  # the cases, and the course's own outcomes, are made once
            began = time.process_time()
            check(task, function)
            slow.append((time.process_time() - began, task.id))
    slow.sort()
    assert slow[-2 - len(slow) // 100][0] < 0.3, slow[-6:]  # one in a hundred may be slow, and one more
