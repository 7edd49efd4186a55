"""The figures of notebook 13: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.data.scenes import caption, cluttered, lit_channels, scenes, squares  # noqa: E402
from helpers.experiments.captions import cells_of  # noqa: E402
from helpers.figures import images as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
pictures, words, boxes = scenes(6, rng)
cells = cells_of(boxes)
MAPS = rng.random((6, 36)) ** 8
MAPS /= MAPS.sum(axis=1, keepdims=True)
FILTER, WIDE = rng.normal(size=(5, 5, 3)), rng.normal(size=(24, 24)) * 8
NAMES = ["colour 1", "shape 1", "colour 2", "shape 2"]
SHARES = {"plain": rng.random((3, 4)), "spread": rng.random((3, 4))}
HIDDEN = {f"{name} word": rng.random((2, 4)) for name in ("own object, at this", "own object, at every", "other, at every")}
READS, GATES = rng.integers(0, 3, 24), {light: rng.random(24) for light in figures.LIGHTS}
RIGHT = {"gated": [0.97, 0.93], "hidden": [0.8], "constant": [0.53], "wide": [0.55], "plain": [0.5]}
FIGURES = {
    "walk": lambda: figures.draw_walk(pictures[0], FILTER, WIDE, 5, 1, 2, 3, 20),
    "walk, at the corner": lambda: figures.draw_walk(pictures[0], FILTER, WIDE, 5, 1, 2, 23, 23),
    "walk, strides": lambda: figures.draw_walk(pictures[0], FILTER, WIDE[:6, :6], 8, 4, 2, 5, 0),
    "scenes": lambda: figures.draw_scenes(pictures[:4], [caption(row) for row in words[:4]]),
    "lamp": lambda: figures.draw_lamp(pictures[0], words[0], MAPS, cells[0], 0),
    "lamp, at the end": lambda: figures.draw_lamp(pictures[1], words[1], MAPS, cells[1], 5),
    "shares": lambda: figures.plot_shares(SHARES, NAMES, 1 / 9),
    "shares, one kind": lambda: figures.plot_shares({"plain": SHARES["plain"]}, NAMES, 1 / 9),
    "hidden": lambda: figures.plot_hidden(HIDDEN, NAMES),
    "pairs": lambda: figures.draw_pairs(rng.random((4, 4))),
    "clutter": lambda: figures.draw_cluttered(*[x[0] for x in (cluttered(1, rng)[0], MAPS, np.array([[3, 9]]))]),
    "lit": lambda: figures.draw_lit(lit_channels(1, rng)[0][0], GATES, READS, "blue"),
    "kinds": lambda: figures.plot_kinds(RIGHT, dict.fromkeys(RIGHT, 2340)),
    "shuffled": lambda: figures.draw_shuffled(squares(1, rng)[0][0], {"with": 0.97, "no positions": 0.5}, np.arange(36)),
    "shuffled, all moved": lambda: figures.draw_shuffled(
        squares(1, rng)[0][0], {"with positions": 0.0, "no positions": 1.0}, figures.swapped(36, 36)
    ),
}
test_figure = test_of(FIGURES)


def test_the_lamp_shows_the_word_and_its_shares():
    figure = figures.draw_lamp(pictures[0], words[0], MAPS, cells[0], 3)
    assert "word 4:" in figure.axes[1].get_title(loc="left")
    assert sum(bar.get_width() for bar in figure.axes[2].patches) == pytest.approx(1)


def test_swaps_move_as_many_patches_as_are_asked_for():
    for swaps in (0, 1, 2, 7, 36):
        order = figures.swapped(36, swaps)
        assert sorted(order) == list(range(36)) and (order != np.arange(36)).sum() == (swaps if swaps > 1 else 0)


def test_the_words_follow_what_is_drawn():
    row, column = np.unravel_index(WIDE.argmax(), WIDE.shape)
    assert "the largest number of the map" in figures.draw_walk(pictures[0], FILTER, WIDE, 5, 1, 2, row, column).words
    other = figures.draw_walk(pictures[0], FILTER, WIDE, 5, 1, 2, 23 - row, column)
    assert f"where the largest is {WIDE.max():.1f} at ({row}, {column})" in other.words
    picture = pictures[0]
    for cell, share in ((0, "≈0.0"), (6 * 1 + 3, "≈1.0")):  # a ring at the pixels 3 to 7, 9 to 13 touches cell (1, 3)
        assert f"{share} is on the cells" in figures.draw_cluttered(picture, np.eye(36)[cell], np.array([3, 9])).words


def test_the_gates_of_a_channel_that_nobody_reads_are_not_spoken_of():
    for light in figures.LIGHTS:
        words = figures.draw_lit(lit_channels(1, rng)[0][0], GATES, READS * 0, light).words
        assert f"{light} is lit" in words and "read red" in words and "read blue" not in words
