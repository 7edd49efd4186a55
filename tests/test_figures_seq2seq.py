"""The figures of notebook 07: no text over another or out of the picture, also where its sliders go; and the tree of a beam."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import seq2seq as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

NAMES, END, START = ["■", "A", "B", "C"], 0, 4
TABLE = np.array(
    [
        [1.00, 0.00, 0.00, 0.00],
        [0.35, 0.05, 0.20, 0.40],
        [0.11, 0.37, 0.27, 0.25],
        [0.65, 0.05, 0.15, 0.15],
        [0.01, 0.13, 0.79, 0.07],
    ]
)


def known(tokens):
    return np.log(np.maximum(TABLE[tokens[-1]], 1e-12))


def search(width, model=known, max_len=4):
    return find("7.6").reference(model, START, END, width, max_len, 0.0)


def tree(width):
    return figures.draw_beam(width, known, NAMES, bos=START, eos=END, max_len=4, best=search(10**6)[0])


lengths = np.arange(1, 12)
falling = np.linspace(1, 0, 11) * np.ones((5, 1)) - 0.02 * np.arange(5)[:, None]
rows = [("deadbeef", list("febedade■"), list("feebdaed■")), ("abc", list("cab■"), list("cba■"))]
words = [("knowledge", "N AA L AH JH".split(), [("N", "AA", "L", "AH", "JH")]), ("cat", [], [("K", "AE", "T")])]
stages = {f"{k} steps": (lengths, falling ** (3000 / k)) for k in (500, 1000, 3000)}
FIGURES = {
    "two nets": figures.draw_seq2seq,
    "by length": lambda: figures.plot_by_length(
        {"reverse": (lengths, falling)}, 8, title="It reverses what it was trained on"
    ),
    "by length, two": lambda: figures.plot_by_length(
        {"48 units": (lengths, falling), "16 units": (lengths[:8], falling[:, :8] / 2)}, 8, title="What gets through"
    ),
    "by length, twenty": lambda: figures.plot_by_length(
        {"home": (np.arange(1, 21), np.linspace(1, 0.5, 20) * np.ones((5, 1)))},
        10,
        title="It finds home",
        xlabel="moves",
    ),
    "by length, note below": lambda: figures.plot_by_length(
        {f"home {k} moves away": (np.arange(6, 21, 2), np.full((3, 8), 1 - k / 20)) for k in (2, 4, 6)},
        10,
        title="Home",
        note=0.1,
    ),
    "bought": lambda: figures.plot_bought({"48 numbers": stages, "16 numbers": stages}, 8),
    "places": lambda: figures.plot_places(
        {name: np.linspace(0, 1, 72).reshape(8, 9) for name in ("to reverse", "to copy")}, range(40, 321, 40)
    ),
    "said": lambda: figures.draw_said(rows),
    "after a wrong letter": lambda: figures.plot_after_wrong(3, np.linspace(1, 0, 9) * np.ones((5, 1))),
    "arms": lambda: figures.plot_arms(
        {"neither": np.array([0.2, 0.3]), "backwards": np.array([0.9, 1.0])}, ylabel="right", title="600 steps"
    ),
    "words": lambda: figures.draw_words(words),
    "credit": lambda: figures.plot_credit({f"trained to {k}": np.eye(8) for k in ("copy", "reverse", "wait")}),
    **{f"beam {width}": lambda width=width: tree(width) for width in (1, 2, 3, 4)},
    "search": lambda: figures.plot_search(
        (1, 2, 3, 4, 6, 8),
        np.linspace(0.2, 1, 6),
        {0.0: [1, 2, 3], 0.7: [3, 4], 1.0: [5, 6]},
        [4.4, 4.2],
    ),
    "way home": lambda: figures.draw_way("RRURUURD", "LLLLDD"),
}
test_figure = test_of(FIGURES)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_the_drawn_tree_finds_what_the_exercise_finds(width, seed):
    s = np.random.default_rng(seed).normal(size=(5, 4))
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    levels = figures.beam_levels(lambda tokens: log_p[tokens[-1]], START, END, width, 4)
    kept = [(t, p) for level in levels for t, p, stays in level if stays and (t[-1] == END or len(t) == 4)]
    tokens, best = search(width, lambda tokens: log_p[tokens[-1]])[0]
    assert max(kept, key=lambda c: c[1])[0] == tokens
    assert all(sum(stays for *_, stays in level) <= width for level in levels)


def test_the_lessons_model_has_the_search_errors_that_the_text_tells_of():
    found = [round(float(np.exp(search(width)[0][1])), 3) for width in (1, 2, 3, 10**6)]
    assert found == [0.076, 0.102, 0.128, 0.128]
    assert np.allclose(TABLE.sum(axis=1), 1)


def test_a_way_home_is_drawn_back_to_the_start():
    axes = figures.draw_way("RRU", "LLD").axes[0]
    there, back = axes.lines[0].get_xydata() - 0.06, axes.lines[1].get_xydata() + 0.06
    assert np.allclose(there[-1], [2, 1]) and np.allclose(back[-1], [0, 0])
