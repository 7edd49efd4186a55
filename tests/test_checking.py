"""What the check says: the words for shapes, places, types, and the things that answers do beside being wrong."""

import numpy as np
import pytest

from helpers.checking import check
from helpers.checking.authoring import Exercise
from helpers.checking.comparing import find_difference


def double(X, w):
    """Return 2 X w."""
    return 2 * X * w


def made(reference, returns, *cases):
    task = Exercise("0.1", "A test", returns, ["a"], reference, seconds=0.3)
    task.make_cases = lambda rng: iter(cases)
    return task


@pytest.fixture
def task():
    rng = np.random.default_rng(0)
    return made(
        double,
        {"Y": "N T H"},
        ("small", (rng.normal(size=(1, 2, 3)), 2.0)),
        ("large", (rng.normal(size=(2, 3, 4)), 3.0)),
    )


def said(task, function):
    verdict = check(task, function)
    return verdict.state, " ".join((verdict.headline, *verdict.details))


def test_float32_answer_is_accepted(task):
    assert said(task, lambda X, w: (2 * X * w).astype(np.float32))[0] == "right"


def test_integer_array_is_named(task):
    assert "whole numbers" in said(task, lambda X, w: (2 * X * w).astype(int))[1]


def test_moved_axes_are_said_in_words(task):
    state, words = said(task, lambda X, w: np.swapaxes(2 * X * w, 1, 2))
    assert state == "wrong" and "the time axis is last" in words and "(N, T, H) = (1, 2, 3), got (1, 3, 2)" in words


def test_an_axis_of_blocks_is_named_by_its_length_in_words():
    found = find_difference(np.ones((2, 9)), np.ones((9, 2)), {"W": "D z,r,n:H"})
    assert "the 3H axis is first" in found.sentence and ":" not in found.sentence.partition("In words: ")[2]


def test_missing_axis_is_said_in_words(task):
    assert "the time axis is missing" in said(task, lambda X, w: (2 * X * w)[:, -1])[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda Y: -Y, "wrong sign"),
        (lambda Y: Y / 2, "0.5 times"),
        (lambda Y: Y + 0.25, "same amount"),
        (lambda Y: Y[:, ::-1].copy(), "reverse order"),
        (lambda Y: np.zeros_like(Y), "zero everywhere"),
    ],
)
def test_patterns_are_recognised(task, change, words):
    assert words in said(task, lambda X, w: change(2 * X * w))[1]


def test_first_wrong_time_step_is_named():
    want = np.arange(24.0).reshape(2, 4, 3)
    got = want.copy()
    got[:, 2:] += np.random.default_rng(0).normal(size=(2, 2, 3))
    assert "from time step t = 2 on (right before)" in find_difference(want, got, {"H": "N T H"}).sentence
    got = want.copy()
    got[:, :3] += np.random.default_rng(0).normal(size=(2, 3, 3))
    assert "up to time step t = 2 (right at t = 3)" in find_difference(want, got, {"H": "N T H"}).sentence


def test_places_that_are_not_time_steps_go_by_their_name():
    want = np.arange(30.0).reshape(2, 5, 3)
    got = want.copy()
    got[:, [0, 3]] += 1
    said = find_difference(want, got, {"dK": "N T/key H"}).sentence
    assert "at keys 0 and 3 (right at keys 1, 2 and 4)" in said and "time" not in said
    assert "(N, T, H) = (2, 5, 3)" in (moved := find_difference(want, want[:, 0], {"dK": "N T/key H"}).sentence)
    assert "the key axis is missing" in moved
    got = np.repeat(want[:, :1], 5, axis=1)
    assert "All keys are the same." in find_difference(want, got, {"dK": "N T/key H"}).sentence


def test_wrong_block_is_named():
    want = np.ones((2, 8))
    got = want.copy()
    got[:, 2:4] = 5
    assert "in block f (right in i, o, g)" in find_difference(want, got, {"dW": "D i,f,o,g:H"}).sentence


def test_wrong_key_and_count_are_named():
    want = {"Wx": np.ones(2), "b": np.ones(1)}
    assert "lacks 'b'" in find_difference(want, {"Wx": np.ones(2)}, {"grads": {}}).sentence
    assert '["b"]' in find_difference(want, {"Wx": np.ones(2), "b": np.zeros(1)}, {"grads": {}}).sentence
    assert "Expected 2 results" in find_difference((1, 2), 3, {"a": "", "b": ""}).sentence


def test_right_numbers_but_input_overwritten(task):
    def overwrite(X, w):
        X *= 2 * w
        return X

    state, words = said(task, overwrite)
    assert state == "wrong" and "changes its input X in place: whoever called it finds X changed" in words


def test_overwritten_input_does_not_hide_a_wrong_value(task):
    def overwrite_rows(X, w):
        right = X.shape[0] == 1
        X *= 2 * w if right else 3 * w
        return X

    state, words = said(task, overwrite_rows)
    assert state == "wrong" and "result is right" not in words and "changes its input X in place, too" in words


def test_cases_with_an_overwritten_input_are_counted_as_such(task):
    def overwrite(X, w):
        result = 2 * X * w
        if X.shape[0] > 1:
            X[:] = 0
        return result

    words = said(task, overwrite)[1]
    assert "An input is changed in" in words and "right." not in words.split("Smallest case")[1]


def test_chance_is_noticed(task):
    calls = np.random.default_rng(0)

    def noisy(X, w):
        return 2 * X * w * (1 + 1e-9 * calls.normal()) + (calls.random() < 0.4)

    assert said(task, noisy)[0] == "wrong"


def test_memory_of_earlier_calls_is_noticed(task):
    seen = []

    def remembers(X, w):
        seen.append(1)
        return 2 * X * w if len(seen) < 3 else X

    state, words = said(task, remembers)
    assert state == "wrong" and "two different answers" in words


def test_printing_is_kept_off_the_page_and_shown_with_a_wrong_answer(task, capsys):
    def chatty(X, w):
        print("shape", X.shape)
        return X

    verdict = check(task, chatty)
    assert capsys.readouterr().out == "" and "shape (1, 2, 3)" in verdict.printed


def test_a_function_that_calls_itself_finds_itself():
    def power(x, n):
        return 1.0 if n == 0 else x * power(x, n - 1)

    task = made(power, {"y": ""}, ("n = 2", (3.0, 2)), ("n = 3", (2.0, 3)))
    space = {"power": lambda x, n: 7.0}
    exec("def power(x, n):\n    return 1.0 if n == 0 else x * power(x, n - 1)", space)
    before = space["power"]
    assert check(task, space["power"]).state == "right"
    assert space["power"] is before


def test_notebook_variables_that_are_read_are_named(task):
    space = {"np": np, "big": np.ones(3)}
    exec("def double(X, w):\n    return X * big", space)
    assert "big" in said(task, space["double"])[1]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda X: X, "(X, w)"),
        (lambda w, X: X, "order"),
        (lambda X, w, more: X, "(X, w)"),
    ],
)
def test_changed_arguments_are_named(task, function, words):
    assert words in said(task, function)[1]


def test_class_instead_of_function(task):
    class Double:
        pass

    assert "class" in said(task, Double)[1]


def test_extra_argument_with_default_is_fine(task):
    assert said(task, lambda X, w, scale=2: scale * X * w)[0] == "right"


def test_todo_inside_an_inner_function_counts(task):
    space = {"TODO": object()}
    exec("def double(X, w):\n    def inner(a):\n        return TODO\n    return 2 * X * w", space)
    assert check(task, space["double"]).state == "blank"


def test_todo_in_a_comment_or_text_does_not_count(task):
    space = {}
    exec("def double(X, w):\n    'TODO'\n    return 2 * X * w  # TODO", space)
    assert check(task, space["double"]).state == "right"


def test_missing_function_of_another_exercise_is_told(task):
    space = {}
    exec("def double(X, w):\n    return step_backward(X, w)", space)
    assert "exercise 2.2: run that cell first" in said(task, space["double"])[1]


def test_equal_inputs_are_told_apart_when_one_is_changed():
    zero = np.zeros((1, 1))
    task = made(lambda x, h: x + h, {"y": "N H"}, ("zeros", (zero, zero)))

    def overwrite_right(x, h):
        y = x + h
        h[:] = 0.5
        return y

    assert "its input h in place" in said(task, overwrite_right)[1]


def test_endless_recursion_is_said_in_words(task):
    def double(X, w):
        return double(X, w)

    assert "calls itself" in said(task, double)[1]


def test_interrupt_goes_through(task):
    def stop(X, w):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(task, stop)


def test_the_text_of_an_error_is_no_evidence_for_a_known_mistake(task):
    task.mistake("You raise one.")(lambda X, w: int("one"))
    assert check(task, task.mistakes[0].function).mistake == "You raise one."
    assert check(task, lambda X, w: float(1) and int("one")).mistake is None


def test_a_generator_is_told_by_what_made_it(task):
    def yielding(X, w):
        yield 2 * X * w

    assert "`yield`" in said(task, yielding)[1]
    words = said(task, lambda X, w: (2 * x * w for x in X))[1]
    assert "tuple(… for …)" in words and "yield" not in words
