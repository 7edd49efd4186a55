"""The check never falls over and claims nothing that it has not seen, whatever comes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.checking import check
from helpers.checking.comparing import find_difference
from tests.test_checking import double, made, said


def test_two_mistakes_at_once_name_the_one_seen_on_several_cases():
    rng = np.random.default_rng(0)
    cases = [(f"case {k}", (rng.normal(size=(1, k, 3)), 2.0)) for k in (1, 2, 3)]
    task = made(double, {"Y": "N T H"}, *cases)
    task.mistake("The factor 2 is missing.")(lambda X, w: X * w)
    verdict = check(task, lambda X, w: X * w if X.shape[1] < 3 else X)
    assert verdict.mistake is None and verdict.details[0] == "Probably this: The factor 2 is missing."
    verdict = check(task, lambda X, w: X * w if X.shape[1] < 2 else X)
    assert "The factor 2 is missing." not in " ".join(verdict.details)


def test_a_mistake_seen_on_a_few_of_many_cases_or_on_isolating_ones_alone_is_not_named():
    rng = np.random.default_rng(0)
    cases = [(f"case {k}", (rng.normal(size=(1, k, 3)), 2.0)) for k in range(1, 7)]
    task = made(double, {"Y": "N T H"}, *cases)
    task.mistake("The factor 2 is missing.")(lambda X, w: X * w)
    assert "Probably" in said(task, lambda X, w: X * w if X.shape[1] < 5 else X)[1]
    assert "Probably" not in said(task, lambda X, w: X * w if X.shape[1] < 4 else X)[1]


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        hnp.arrays(
            st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128, "U3", object]),
            hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        ),
        st.text(max_size=5),
        st.lists(st.integers(), max_size=3),
        st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
        st.tuples(st.integers(), st.floats()),
        st.none(),
        st.booleans(),
        st.floats(),
        st.binary(max_size=4),
    )
)
def test_no_value_gets_an_exception_out_of_the_check(value):
    task = made(double, {"Y": "N T H"}, ("one", (np.ones((1, 2, 3)), 2.0)))

    def answer(X, w):
        return value

    assert check(task, answer).state in ("wrong", "blank")


def test_a_finite_number_in_place_of_nan_or_infinity_is_said_so():
    for want in (np.nan, np.inf):
        assert "ordinary number" in find_difference(want, 0.0, {"norm": ""}).sentence
        assert find_difference(want, want, {"norm": ""}) is None


def test_no_second_mistake_is_claimed_that_the_answer_cannot_make():
    cases = [(f"x = {x}", (float(x),)) for x in (1, 2, 3, 4)]
    task = made(lambda x: 2 * x, {"y": ""}, *cases)
    task.mistake("You always return 9.")(lambda x: 9.0)
    assert "You always return 9." not in said(task, lambda x: 9.0 if x > 2 else 2 * x)[1]
    assert "Probably this: You always return 9." in said(task, lambda x: 9.0 if x < 4 else 8.5)[1]
