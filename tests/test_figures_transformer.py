"""The figures of notebook 10: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import transformer as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

lags, steps = np.arange(1, 101), np.arange(0, 201, 20)
LETTERS = list("dolphindolphindo")
T = len(LETTERS)
BEFORE, AFTER = np.eye(T, k=-1), np.eye(T, k=-6)
MAPS = np.tile(np.stack([BEFORE, AFTER]), (len(steps), 1, 1, 1))
RISE = 1 / (1 + np.exp(-(steps - 80) / 15))
RACE = {"two blocks": [RISE, 0.97 * RISE], "one block": [0.3 * RISE], "GRU": [0.5 * RISE]}
SEEN = {
    "tanh RNN": np.exp(-lags / 2.0), "GRU": np.exp(-lags / 1.9), "LSTM": np.exp(-lags / 4.5),
    "LSTM, forget bias 5": 1 + lags / 10, "Transformer, 2 blocks": 1 + 0 * lags, "Transformer, 8 blocks": 1 + lags / 100,
}  # fmt: skip
COST = (0.37, 0.63, 1.4, 4.6, 14.7), (0.17, 0.17, 0.17, 0.17, 0.18)
FIGURES = {
    "clocks": figures.draw_clocks,
    "clocks, far apart": lambda: figures.draw_clocks(20, 0),
    "clocks, the other way": lambda: figures.draw_clocks(0, 20),
    "clocks, at one place": lambda: figures.draw_clocks(10, 10),
    "arcs": lambda: figures.draw_arcs(LETTERS, {"block 1": BEFORE, "block 2": AFTER}, 12),
    "arcs, first letter": lambda: figures.draw_arcs(LETTERS, {"block 1": np.eye(T), "block 2": np.eye(T)}, 0),
    "arcs, neighbours": lambda: figures.draw_arcs(LETTERS, {"block 1": BEFORE, "block 2": np.full((T, T), 1 / T)}, T - 1),
    "training": lambda: figures.draw_training(steps, MAPS, RISE, LETTERS, 4),
    "training, before it": lambda: figures.draw_training(steps, MAPS, RISE, LETTERS, 0),
    "training, at its end": lambda: figures.draw_training(steps, MAPS, RISE, LETTERS, 10),
    "block": figures.draw_block,
    "shortcut": lambda: figures.plot_shortcut(
        lags, {"with shortcuts": 1 + lags * np.ones((3, 1)) / 100, "without": np.exp(lags / 4) * np.array([[1], [2], [3]])}
    ),
    "race": lambda: figures.plot_race(20, RACE),
    "cost": figures.draw_cost,
    "cost, yours": lambda: figures.draw_cost("yours", COST),
    "looking back": lambda: figures.plot_looking_back(lags, SEEN),
}
test_figure = test_of(FIGURES)


def test_the_clocks_score_is_that_of_the_exercise():
    rotate = find("10.2").reference
    hands = np.concatenate([np.ones((1, 4)), np.zeros((1, 4))], axis=1)
    for q, k in ((9, 6), (0, 20), (13, 13)):
        score = rotate(hands, np.array([q]), 100.0)[0] @ rotate(hands, np.array([k]), 100.0)[0]
        assert f"score {score:.2f}" in figures.draw_clocks(q, k).axes[-1].get_title(loc="left")


def test_a_measurement_beyond_the_end_shows_the_last_one():
    assert "step 200:" in figures.draw_training(steps, MAPS, RISE, LETTERS, 99).axes[2].get_title(loc="left")
