"""The figures of notebook 12: no text over another or out of the picture, also where its sliders go."""

import re

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.data.dialogues import BLAND, PLANS  # noqa: E402
from helpers.data.hands import draw_hands  # noqa: E402
from helpers.experiments.codes import arc, spiral  # noqa: E402
from helpers.figures import vhred as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
HANDS = draw_hands(np.linspace(0, 3, 21), np.full(21, 0.8))
POINTS, PLACE = arc(100, rng)
CURVE = POINTS[np.argsort(PLACE)]
AROUND = spiral(100, rng)[0]
AXIS = np.linspace(-2.5, 2.5, 9)
PLANES = {"weight 0.2": (AXIS, rng.uniform(0, 2, (9, 9))), "no noise, no pull": (AXIS, np.zeros((9, 9)))}
TALK = ["i love the noon", "we are by the mountains", "did you sleep well", "very well thank you", "it is cold today",
        "what shall we do"]  # fmt: skip
STEPS = np.arange(200)
SEEN = {"at once": np.stack([[6 * np.exp(-STEPS / 30) + 1.5, 0 * STEPS]] * 2).transpose(0, 2, 1),
        "annealed": np.stack([[6 * np.exp(-STEPS / 30), 4 * np.exp(-STEPS / 60) + 0.9]] * 3).transpose(0, 2, 1)}  # fmt: skip
TABLE = dict(zip([BLAND, *PLANS["mountains"], "anything else"], [0.4, 0.15, 0.15, 0.1, 0.15, 0.05], strict=True))
FIGURES = {
    "hands": lambda: figures.draw_hands_in_a_row(HANDS[:8]),
    "cleaned": lambda: figures.draw_cleaned(HANDS[:7], HANDS[:7] + rng.normal(size=(7, 144)),
                                            {"narrow, clean": HANDS[7:14], "a matrix": HANDS[:7]}),
    "errors": lambda: figures.draw_errors(np.maximum(HANDS[:7], HANDS[14:]), HANDS[:7]),
    "arc": lambda: figures.plot_arc(POINTS, CURVE, 0 * CURVE, "tanh on the code"),
    "code slider": lambda: figures.draw_code_slider(np.linspace(0, 1, 21), HANDS, HANDS, 14),
    "code slider, at its ends": lambda: figures.draw_code_slider(np.linspace(0, 1, 21), HANDS, HANDS, 20),
    "code slider, at 0": lambda: figures.draw_code_slider(np.linspace(0, 1, 21), HANDS, HANDS, 0),
    "spiral": lambda: figures.plot_spiral(AROUND, [AROUND] * 3, [0.3, 0.4, 1.0]),
    "rivals": lambda: figures.plot_rivals({"flat, 100 points": [1.1, 1.2], "60 noisy hands": [2.0]}, "Worth it?", "share"),
    "way": lambda: figures.draw_way(HANDS[[0, 20]], {"autoencoder": HANDS[:7], "VAE": HANDS[7:14]}),
    "plane": lambda: figures.draw_plane(PLANES, lambda name, code: HANDS[0], "weight 0.2", 0.8, -0.6),
    "plane, in a corner": lambda: figures.draw_plane(PLANES, lambda name, code: HANDS[3], "no noise, no pull", -2.5, 2.5),
    "collapse": lambda: figures.plot_collapse([0.05, 0.2, 0.6, 1.2], np.array([[3.4, 3.5], [2, 2], [0.3, 0.2], [0, 0]]),
                                              np.array([[0.05, 0.04], [0.1, 0.1], [0.7, 0.7], [1, 1]]), 0.93),
    "utterances": lambda: figures.draw_utterances(TALK, {"HRED": np.array([6, 20, 0.1, 0, -0.1, 0]),
                                                         "whole history": np.array([3.0, 9, 0, 0, 0, 0])},
                                                  "ski at the slope in the evening"),
    "replies": lambda: figures.plot_replies({f"{name},\nz drawn": TABLE for name in ("HRED", "deaf", "VHRED", "annealed")}),
    "annealing": lambda: figures.plot_annealing(SEEN, {"at once": np.ones(200), "annealed": np.minimum(1, STEPS / 100)}),
}  # fmt: skip
test_figure = test_of(FIGURES)


def test_the_slider_of_weights_shows_the_plane_of_its_weight():
    found = {name: figures.draw_plane(PLANES, lambda name, code: HANDS[0], name).axes[0] for name in PLANES}
    for name, axes in found.items():
        assert np.array_equal(axes.images[0].get_array(), PLANES[name][1])


def test_the_words_follow_what_is_drawn():
    angles = np.radians([0, 45, 90, 135])
    assert "to ≈0°, ≈45°, ≈90° and ≈135°" in figures.draw_hands_in_a_row(draw_hands(angles, np.full(4, 0.8))).words
    line = np.outer(np.linspace(-1, 1, 50), np.linalg.svd(POINTS - POINTS.mean(axis=0))[2][0]) + POINTS.mean(axis=0)
    assert "lies on them" in figures.plot_arc(POINTS, CURVE, line, "both sides bent").words
    assert "no nearer" in figures.plot_arc(POINTS, line, line, "bent encoder").words
    across = AROUND[[0, -1]].min(axis=0) + np.linspace(0, 1, 50)[:, None] * np.ptp(AROUND, axis=0)
    assert "1 of 2 curves leave the points" in figures.plot_spiral(AROUND, [AROUND, across], [0.3, 1.0]).words


def test_the_words_of_cleaned_pictures_tell_a_wrong_hand_from_a_blurred_one():
    clean = draw_hands(np.array([0.2, 1.2, 2.2]), np.full(3, 0.8))
    wrong, blurred = np.roll(clean, 1, axis=0), np.tile(clean.mean(axis=0), (3, 1))
    words = figures.draw_cleaned(clean, clean, {"right": clean, "wrong": wrong, "blurred": blurred}).words
    found = {name: (float(own), float(any_)) for name, own, any_ in re.findall(r"“(\w+)” ≈([\d.]+) and ≈([\d.]+)[;.]", words)}
    assert found["right"][0] == 0 and found["wrong"][0] > found["blurred"][0] > found["blurred"][1] > 0.5
    assert found["right"][1] < 0.2 and found["wrong"][1] < 0.2


def test_the_way_in_pixels_goes_from_the_one_to_the_other():
    ends = HANDS[[0, 20]]
    images = [ax.images[0].get_array().ravel() for ax in figures.draw_way(ends, {"VAE": HANDS[:7]}).axes[:7]]
    assert np.allclose(images[0], ends[0]) and np.allclose(images[3], ends.mean(axis=0)) and np.allclose(images[6], ends[1])
