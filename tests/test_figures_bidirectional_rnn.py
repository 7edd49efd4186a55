"""The figures of notebook 06, and the five lines of its bug hunt."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import bidirectional_rnn as figures  # noqa: E402
from helpers.hunts import bidirectional_rnn as hunt  # noqa: E402
from helpers.training.gradients import numerical_gradient, relative_error  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

LOWER, FULL = np.tri(6, dtype=bool), np.ones((6, 6), bool)
STEPS = np.arange(1, 11)
BY_STEP = {
    name: np.full((5, 10), level) for name, level in (("one way", 0.75), ("not reversed back", 0.9), ("both ways", 1.0))
}
GAP = {"one way": np.array([53.1, 53.4, 52.8, 53, 53.3]), "both ways": np.array([66.1, 65.8, 66.4, 66.0, 65.9])}
BAND = np.exp(-np.abs(np.subtract.outer(np.arange(24), np.arange(24))) / 3.0)
rng = np.random.default_rng(0)
SHARES = np.array([0.02, 0.9, 0.05, 0.02, 0.01])
LEAK = {"one way": np.full((5, 30), 2.8), "both ways": np.where(np.arange(30) == 29, 3.1, 0.015) * np.ones((5, 1))}
THREE = {"one way": SHARES, "both ways": SHARES[::-1], "two layers, well trained": SHARES}
FIGURES = {
    "two passes": figures.draw_two_passes,
    "four matrices": lambda: figures.plot_dependencies(
        {name: LOWER for name in ("one way", "the other way", "both ways", "not reversed back")}
    ),
    "two matrices": lambda: figures.plot_dependencies({"whole row reversed": LOWER, "own length reversed": FULL}),
    "three matrices": lambda: figures.plot_dependencies(
        {n: FULL for n in ("layer 1: b alone", "tower: f of layer 2", "deep: f of layer 2")}
    ),
    "by step": lambda: figures.plot_by_step(STEPS, BY_STEP, {name: runs[0] for name, runs in BY_STEP.items()}),
    "gap with tables": lambda: figures.plot_gap(
        GAP | {"two layers": np.array([73.1, 73.6, 74.2])},
        xlabel="vowels right (%)",
        title="A gap",
        tables={"always the same vowel": 34.0, "table: four before": 61.2, "table: two and two": 88.8},
    ),
    "gap": lambda: figures.plot_gap(GAP, xlabel="F1 (%)", title="A gap"),
    "ripple": lambda: figures.draw_ripple("h_ d__d _nd g_v_ h_m gl_ry", rng.random((26, 128)), 12),
    "blank": lambda: figures.draw_blank("_nd sh_ c_", "r n_m_", THREE, "e"),
    "blank, nothing behind": lambda: figures.draw_blank("", "", THREE, "u"),
    "blank, most": lambda: figures.draw_blank("k_ng _f th_ l_nd", "nd h__rd _f _t", THREE, "a"),
    "credit": lambda: figures.plot_credit({"one way": np.tril(BAND), "both ways": BAND}),
    "credit of three": lambda: figures.plot_credit({"one way": np.tril(BAND), "both ways": BAND, "two layers": BAND}),
    "leak": lambda: figures.plot_leak(LEAK),
} | {f"{a} and {b}": lambda a=a, b=b: figures.draw_reversals(a, b) for a in figures.AXES for b in figures.AXES}
test_figure = test_of(FIGURES)


@pytest.mark.parametrize(
    ("reverse_in", "reverse_out", "words"),
    [
        ("time", "time", "Every step sees its whole sequence, and no other"),
        ("time", "nothing", "Some steps do not see the next one"),
        ("batch", "batch", "Every step sees its past alone"),
        ("features", "features", "Every step sees its past alone"),
        ("nothing", "nothing", "Every step sees its past alone"),
        ("batch", "nothing", "The two sequences mix"),
        ("time", "batch", "The two sequences mix"),
    ],
)
def test_widget_says_what_each_reversal_does(reverse_in, reverse_out, words):
    assert figures.draw_reversals(reverse_in, reverse_out).axes[0].get_title(loc="left") == words


def test_widget_agrees_with_the_exercise():
    """The block of sequence 0 is what dependency_matrix finds for a net that is reversed in both places."""
    assert (
        figures.two_sequences("time", "time")[:5, :5].all() and not figures.two_sequences("time", "time")[:5, 5:].any()
    )


def test_gradient_of_the_exercise_agrees_with_central_differences():
    rng = np.random.default_rng(3)
    pf, pb = ({k: 0.7 * rng.normal(size=s) for k, s in {"Wx": (3, 4), "Wh": (4, 4), "b": (4,)}.items()} for _ in "fb")
    X, G = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 8))
    forward, backward = find("6.2").reference, find("6.5").reference
    dX, gf, gb = backward(G, (X, forward(X, pf, pb), pf, pb))
    pairs = [(X, dX), *((pf[k], gf[k]) for k in pf), *((pb[k], gb[k]) for k in pb)]
    for p, mine in pairs:
        assert relative_error(mine, numerical_gradient(lambda: np.sum(G * forward(X, pf, pb)), p)) < 1e-7


MEND = {
    4: "hs = [np.concatenate([h_f, h_b[::-1]], axis=-1) for h_f, h_b in zip(hs_f, hs_b)]",
    5: "ys = np.array(hs) @ V.T",
}


def told(*numbers):
    """Return what is said of a batch, of one sequence and of whole numbers, with these lines mended."""
    words = hunt.diagnose({n: MEND[n] for n in numbers}).splitlines()
    return [row[26:] for row in words]


def test_each_of_the_five_defects_shows():
    batch, one, whole = told()
    assert batch.startswith("AttributeError in line 5") and one.startswith("AxisError in line 4")
    assert told(5)[0] == "output 0 sees 0 5, 1 sees 0 1 4 5"
    assert told(4, 5) == [
        "every output sees every input",
        "every output sees the past alone",
        "no output sees anything",
    ]
    assert told(4, 5)[2] == "no output sees anything"


def test_five_lines_can_be_mended_for_good():
    assert [row[26:] for row in hunt.diagnose(hunt.HEALTHY).splitlines()] == ["every output sees every input"] * 3


def test_each_silent_defect_has_its_own_picture():
    seen = {name: hunt.in_words(find("6.3").reference(f, 6, 3)) for name, f in hunt.silent().items()}
    assert seen == {
        "not reversed back": "output 0 sees 0 5, 1 sees 0 1 4 5",
        "one sequence": "every output sees the past alone",
        "whole numbers": "no output sees anything",
        "mended": "every output sees every input",
    }


@pytest.mark.parametrize("mend", ["a line", {6: "x = 1"}, {0: "x = 1"}, {True: "x"}, {1: 3}, {1: "a\nb"}])
def test_bughunt_says_what_is_wrong_with_a_mend(mend):
    with pytest.raises(ValueError, match="write|lines 1 to 5"):
        hunt.HUNT.lines(hunt.WHO, mend)


@pytest.mark.parametrize(
    "line", ["ys = (", "ys = 1", "ys = None", "while True: pass", "import sys; sys.exit()", "ys = hs"]
)
def test_bughunt_survives_any_line(line):
    for row in hunt.diagnose({5: line}).splitlines():
        assert "line" in row or "ys should be an array" in row


def test_bughunt_says_that_ys_is_missing_or_has_the_wrong_shape():
    told = hunt.diagnose({4: "hs = hs_f", 5: "yy = 1"}, matrix=find("6.3").reference).splitlines()
    assert all("leave no `ys`" in row for row in told)
    told = hunt.diagnose({4: "hs = hs_f", 5: "ys = hs_f.sum(axis=0)"}, matrix=find("6.3").reference).splitlines()
    assert all("has the shape" in row or "should be an array" in row for row in told)


def test_blank_marks_the_vowel_that_stood_there():
    """The star stands over the true vowel in both panels, above its bar."""
    figure = figures.draw_blank("h_", "r n_m_", THREE, "o")
    for ax, share in zip(figure.axes, (shares[3] for shares in THREE.values()), strict=True):
        star = next(line for line in ax.lines if line.get_marker() == "*")
        assert star.get_xdata()[0] == 3 and star.get_ydata()[0] > 100 * share


def test_credit_leaves_out_what_is_exactly_zero():
    """Above the diagonal of a one-way net nothing is drawn; a very small credit is."""
    figure = figures.plot_credit({"one way": np.tril(BAND), "both ways": BAND})
    one, both = (ax.images[0].get_array() for ax in figure.axes[:2])
    assert one.mask[np.triu_indices(24, 1)].all() and not one.mask[np.tril_indices(24)].any()
    assert not np.ma.getmaskarray(both).any()


def test_words_for_matrices():
    assert hunt.in_words(FULL) == "every output sees every input"
    assert hunt.in_words(LOWER) == "every output sees the past alone"
    assert hunt.in_words(~FULL) == "no output sees anything"
    assert hunt.in_words(np.array([[True, False], [True, True]]).T) == "output 1 sees 1"
