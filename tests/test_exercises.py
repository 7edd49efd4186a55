"""Every exercise of the course: what is right is accepted, every mistake is named by its own sentence, garbage is survived."""

import dataclasses
import inspect
import linecache
import re

import numpy as np
import pytest

from helpers import learner
from helpers.checking import authoring, check
from helpers.learner import answers
from tests import lessons

EXERCISES = authoring.all_exercises()
by_id = pytest.mark.parametrize("task", lessons.own(EXERCISES), ids=lambda task: task.id)


def written(task, body, name=None):
    """Return a function with the exercise's name and arguments and this body, as if typed into a cell."""
    space = {"np": np, "TODO": learner.TODO}
    source = f"def {name or task.name}({', '.join(task.argument_names)}):\n" + "\n".join(
        f"    {line}" for line in body.splitlines()
    )
    exec(compile(source, f"<cell {task.id}>", "exec"), space)
    return space[name or task.name]


def run_cell(source):
    """Run the source of an exercise's cell with the names a notebook has; return the notebook's names after it."""
    space = {"np": np, "TODO": learner.TODO, "exercise": learner.exercise}
    for task in EXERCISES:
        space.setdefault(task.name, task.reference)
    linecache.cache["<cell>"] = len(source), None, source.splitlines(True), "<cell>"
    exec(compile(source, "<cell>", "exec"), space)
    return space


@by_id
def test_finished_function_is_accepted(task):
    assert check(task, task.reference).state == "right"


@by_id
def test_other_ways_to_write_it_are_accepted(task):
    assert task.same_answers, "an exercise needs at least one answer written another way"
    for function in task.same_answers:
        verdict = check(task, function)
        assert verdict.state == "right", verdict


@by_id
def test_a_given_line_written_another_way_is_accepted(task):
    source = re.sub(r"\.shape\[(-?\d)\]", r".shape[\1:][0]", task.filled())      # H = h.shape[1] and its like
    source = re.sub(r"\blen\((\w+)\)", r"\1.__len__()", source)
    other = authoring.typed(source.partition("\n")[2], task.name, task.reference.__globals__)
    assert check(task, other).state == "right"


@by_id
def test_filled_cell_is_accepted_and_bound_to_the_learners_function(task, capsys):
    space = run_cell(task.filled())
    assert f"✓ {task.id}" in capsys.readouterr().out
    assert space[task.name] is not task.reference


@by_id
def test_blank_is_not_started_and_the_name_is_bound_to_the_reference(task, capsys):
    space = run_cell(task.blank())
    assert f"○ {task.id}" in (said := capsys.readouterr().out)
    assert "Not started" in said
    assert space[task.name] is task.unseen
    assert "# TODO: " not in task.blank() and task.blank().count("TODO") == task.todos


@by_id
def test_half_filled_blank_is_not_finished(task, capsys):
    if task.todos < 2:
        return
    blank, filled = task.blank().splitlines(), task.filled().splitlines()
    if len(blank) != len(filled):
        return
    first = next(i for i, line in enumerate(blank) if "TODO" in line)
    blank[first] = filled[first]
    run_cell("\n".join(blank))
    assert "Not finished" in capsys.readouterr().out


MISTAKES = [(task, mistake) for task in lessons.own(EXERCISES) for mistake in task.mistakes]


def test_the_names_of_exercises_are_those_of_their_files_and_one_lesson_can_be_asked_for_alone():
    assert authoring.all_names() == {task.name for task in authoring.all_exercises()}
    assert {task.chapter for task in authoring.all_exercises("04")} == {"04_lstm"} and authoring.all_exercises("77") == []


@pytest.mark.parametrize(("task", "mistake"), MISTAKES, ids=[f"{t.id}-{m.sentence[:40]}" for t, m in MISTAKES])
def test_each_mistake_is_named_by_its_own_sentence(task, mistake):
    verdict = check(task, mistake.function)
    assert (verdict.state, verdict.mistake) == ("wrong", mistake.sentence)


@pytest.mark.every_lesson
def test_sentences_are_sentences_and_each_belongs_to_one_exercise():
    sentences = {(t.id, m.sentence) for t, m in MISTAKES}
    assert len({sentence for _, sentence in sentences}) == len(sentences)
    sentences = {sentence for _, sentence in sentences}
    for sentence in sentences:
        assert re.search(r"[.:?!]$", sentence) and len(sentence.split()) >= 4, sentence


@by_id
def test_exercise_has_what_a_learner_needs(task):
    assert len(task.hints) >= 2 and all(len(h.split()) > 5 for h in task.hints)
    assert len(task.mistakes) >= 5
    doc = task.reference.__doc__
    assert doc and len(doc.strip().splitlines()) >= 3, "shapes and one worked number"
    labels = [label for label, _ in task.examples()]
    assert len(set(labels)) == len(labels) >= 2


@by_id
def test_cases_are_the_same_each_time(task):
    from helpers.checking.comparing import same

    for (label, one), (again, two) in zip(task.examples(), task.examples(), strict=True):
        assert label == again and same(tuple(one), tuple(two))


GARBAGE = {
    "nothing": ("pass", "blank"),
    "None": ("return None", "blank"),
    "a string": ("return 'right'", "wrong"),
    "a wrong tuple": ("return 1, 2, 3, 4, 5", "wrong"),
    "an empty tuple": ("return ()", "wrong"),
    "a number": ("return 0.123", "wrong"),
    "NaN": ("return np.nan", "wrong"),
    "a NaN array": ("return np.full((2, 3), np.nan)", "wrong"),
    "a ragged list": ("return [[1], [1, 2]]", "wrong"),
    "objects": ("return np.array([None, 'a'], dtype=object)", "wrong"),
    "complex numbers": ("return np.ones((2, 3)) * 1j", "wrong"),
    "a dict": ("return {}", "wrong"),
    "itself": ("return np.tanh", "wrong"),
    "a generator": ("yield 1", "wrong"),
    "an exception": ("raise ValueError('mine')", "wrong"),
    "a name that is not there": ("return not_there", "wrong"),
    "the end of Python": ("raise SystemExit", "wrong"),
    "no end of recursion": ("f = lambda g: g(g)\nreturn f(f)", "wrong"),
    "a warning": ("import warnings\nwarnings.warn('look')\nreturn np.float64(1) / np.zeros(3)", "wrong"),
    "an array like no other": ("return np.ma.masked_all((2, 2))", "wrong"),
}


@by_id
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_gets_a_verdict_and_no_exception(task, garbage):
    body, state = GARBAGE[garbage]
    verdict = check(task, written(task, body))
    assert verdict.state == state, verdict
    assert verdict.headline and len(verdict.headline) < 700


@by_id
@pytest.mark.parametrize(
    "body", ["while True: pass", "while True:\n    try:\n        pass\n    except BaseException:\n        pass"]
)
def test_endless_loop_is_stopped(task, body):
    quick = dataclasses.replace(task, seconds=0.02)
    verdict = check(quick, written(task, body))
    assert verdict.state == "wrong" and "loop" in verdict.headline


@by_id
def test_overwritten_input_is_named(task):
    columns = zip(*(inputs for _, inputs in task.examples()), strict=True)
    arrays = [i for i, values in enumerate(columns) if all(isinstance(value, np.ndarray) for value in values)]
    if not arrays:
        return
    at = arrays[0]

    def overwriting(*given):
        result = task.reference(*given)
        given[at][...] = ~given[at] if given[at].dtype == bool else given[at] + 1
        return result

    overwriting.__signature__ = inspect.signature(task.reference)
    verdict = check(task, overwriting)
    assert verdict.state == "wrong"
    assert task.argument_names[at] in verdict.headline


@by_id
def test_the_learners_error_comes_with_their_own_line(task):
    verdict = check(task, written(task, "z = 1\nreturn np.no_such_thing"))
    assert "AttributeError" in verdict.headline and "in line 3" in verdict.headline


@by_id
def test_expected_numbers_are_never_printed(task, capsys):
    """A card must not give the answer away: no long number of the right output is in it."""
    verdict = check(task, written(task, "return np.ones((2, 2)) * 0.987"))
    words = " ".join((verdict.headline, *verdict.details))
    for _, inputs in task.examples():
        value = task.reference(*inputs)
        for array in value.values() if isinstance(value, dict) else [value]:
            numbers = np.asarray(array).astype(complex).ravel() if not isinstance(array, (tuple, str)) else np.empty(0)
            for number in (*numbers.real, *numbers.imag):
                if abs(number) > 1e-9 and abs(number) != round(abs(number), 1):
                    assert f"{number:.4f}" not in words


def test_right_answers_are_kept_and_come_back(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    path = tmp_path / "cell.py"
    task = authoring.find("1.1")
    path.write_text("import numpy as np\nfrom helpers import exercise, TODO\n\n" + task.filled())
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    kept = answers.last_right("1.1")
    assert "np.tanh(x @ Wx + h @ Wh + b)" in kept["source"]
