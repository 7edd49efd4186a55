"""What the exercises of notebook 05 say of answers that are no listed mistake: which line is wrong, and never a wrong place."""

import numpy as np
import pytest

from helpers.checking import authoring, check
from tests.test_blame import said


def verdict(exercise_id, old, new):
    """Return the Verdict on the finished function with one piece of its source replaced."""
    task = authoring.find(exercise_id)
    source = task.filled().partition("\n")[2]
    assert old in source
    space = {"np": np}
    exec(compile(source.replace(old, new), f"<cell {exercise_id}>", "exec"), space)
    return check(task, space[task.name])


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("da_n", "* (1 - n**2)", "* (1 - n**3)"),
        ("da_z", "da_z = dh * (h - n)", "da_z = dh * (h - 2 * n)"),
        ("da_r", "* u * r * (1 - r)", "* u * r * (1 - r)**3"),
        ("dh_prev", "dh * z + from_h", "dh * z * h + from_h"),
    ],
)
def test_backward_step_says_which_line_is_wrong(key, old, new):
    assert said("5.2", (old, new)).blamed == (key,)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"b": from_x.sum', '"b": 2 * from_x.sum', 'grads["b"] is wrong'),
        ("return from_x @ Wx.T, dh_prev, grads", "return dh_prev, grads", "Expected 3 results"),
        ("return from_x @ Wx.T, dh_prev, grads", "return dh_prev, grads, from_x @ Wx.T", "dx"),
    ],
)
def test_backward_step_says_what_is_wrong_in_what_comes_back(old, new, words):
    assert words in verdict("5.2", old, new).headline


@pytest.mark.parametrize("new", ["np.flip(z)", "z**2", "-2 * z", "1 - n"])
def test_conversion_names_no_block_as_their_order_is_an_argument(new):
    found = verdict("5.3", '-blocks["z"]', new)
    assert found.state == "wrong" and "block" not in found.headline


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    run(X)\n    # END", "    run()\n    # END"),
        ("        run(X)\n", "        run()\n"),
        ("    run(X)\n", "    run(make_input)\n"),
        ("    run(X)\n", "    run(None)\n"),
        ("        run(X)\n", "        run(X, X)\n"),
    ],
)
def test_stand_in_of_run_takes_only_what_was_drawn(old, new):
    old, new = old.replace("    # END", "    seconds"), new.replace("    # END", "    seconds")
    assert verdict("5.5", old, new).state == "wrong"


def test_a_clock_of_ones_own_is_noticed():
    source = ("clock()", "__import__('time').perf_counter()")
    assert "clock of your own" in verdict("5.5", *source).headline


def test_another_input_for_the_warm_up_is_right():
    assert verdict("5.5", "    run(X)\n    seconds", "    run(make_input())\n    seconds").state == "right"
