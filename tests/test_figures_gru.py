"""The figures of notebook 05: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.figures import gru as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
steps = np.arange(50, 401, 50)
CELLS = ("rnn", "lstm", "gru")
FALLING = {cell: 30 + 40 * np.exp(-steps / 100) + rng.normal(size=(3, 8)) for cell in CELLS}
WORDS = ["the", "<unk>", "israel", "congregation", "jerusalem", "lord", "tabernacle", "nevertheless", "a", "of"]
P = np.array([0.4, 0.2, 0.1, 0.08, 0.07, 0.05, 0.04, 0.03, 0.02, 0.01])
MEASURED = ((8, 32, 128), {kind: {c: (0.1, 0.5, 9.0) for c in CELLS} for kind in ("equal H", "equal weights")})
TABLES = {"bigram, a quarter": 45.6, "bigram, all": 38.5, "trigram, a quarter": 39.3, "trigram, all": 29.1}
RUNS = {name: np.exp(-rng.random((5, n)) - np.arange(n) / 50)
        for name, n in {"RNN, tanh": 225, "RNN, relu + identity": 225, "LSTM": 326, "GRU": 125}.items()}
LETTERS = {f"{c.upper()}\n900 steps": (c, 2.4 + rng.random(5) / 20) for c in CELLS}
wave = np.sin(np.arange(400) / 40)
FIGURES = {
    "cell": figures.draw_cell,
    "dial": figures.draw_dial,
    "dial, all low": lambda: figures.draw_dial(0.0, 0.0),
    "dial, all high": lambda: figures.draw_dial(1.0, 1.0),
    "speed": figures.draw_speed,
    "speed, yours": lambda: figures.draw_speed("yours", MEASURED),
    "adding": lambda: figures.plot_adding(RUNS, 50, 25),
    "adding, very short": lambda: figures.plot_adding({"GRU": np.full((2, 3), 0.1)}, 7, 25),
    "gates": lambda: figures.plot_gates(
        np.arange(0, 61, 10), {name: 0.5 + 0.4 * rng.random((5, 7)) for name in ("adding", "shuffled", "always 1")}
    ),
    "influence": lambda: figures.plot_influence(
        {"before training": np.tril(np.ones((50, 50))), "after training": np.tril(20 * np.ones((50, 50)))}, [0, 19, 30, 49]
    ),
    "influence, three": lambda: figures.plot_influence(
        {f"GRU, z's bias {k}": np.tril(np.ones((32, 32))) for k in range(3)}, [0, 10, 20, 30]
    ),
    "wave": lambda: figures.plot_wave(
        wave, {c: wave * 0.9 for c in CELLS}, {c: 0.22 + rng.random(5) / 50 for c in CELLS},
        {"linear": 0.21 + rng.random(5) / 50, "same\nagain": 0.28 + rng.random(5) / 50},
    ),
    "language": lambda: figures.plot_language(steps, FALLING, TABLES, LETTERS),
    "context": lambda: figures.plot_context((1, 2, 3, 5, 10, 20), {c: 30 + 10 * rng.random((2, 6)) for c in ("rnn", "gru")}),
    "next word": lambda: figures.draw_next_word(
        WORDS, P, P[::-1], context="in the beginning god created the heaven and the"
    ),
    "next word, cold": lambda: figures.draw_next_word(WORDS, P, P, context="thus saith the", temperature=0.2),
    "next word, hot": lambda: figures.draw_next_word(WORDS, P, P, context="thus saith the", temperature=3.0),
}
test_figure = test_of(FIGURES)


def test_dial_lies_between_the_old_state_and_the_candidate():
    for z, r in ((0.0, 1.0), (0.3, 0.2), (1.0, 0.5)):
        old, candidate, new = (
            next(
                np.ravel(line.get_xydata()) for line in figures.draw_dial(z, r).axes[0].lines if line.get_marker() == m
            )
            for m in "sDo"
        )
        assert np.allclose(new, z * old + (1 - z) * candidate)


def test_recorded_times_have_the_ratios_that_the_text_says():
    for kind, times in figures.RECORDED.items():
        large = {cell: t[-1] for cell, t in times.items()}
        assert all(len(t) == len(figures.RECORDED_SIZES) for t in times.values())
        if kind == "equal H":
            assert np.allclose([large["lstm"] / large["rnn"], large["gru"] / large["rnn"]], [4.5, 2.9], atol=0.1)
        else:
            assert max(large.values()) / min(large.values()) < 1.25
