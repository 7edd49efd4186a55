"""The figures of notebook 09: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import attention as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

lengths, lags = np.arange(3, 26), np.arange(1, 101)
ARMS = {
    "one vector": np.exp(-(lengths - 3) / 2) * np.ones((3, 1)),
    "mean of all states": np.exp(-(lengths - 2.5) / 3) * np.ones((3, 1)),
    "no gradient through the look": (lengths < 17) * np.array([[0.9], [0.95]]),
    "attention": (lengths < 22) * np.array([[0.97], [0.9]]),
}
BREAKS = {L: (np.eye(L + 1, L), np.full(L + 1, 0.03), np.full(L + 1, 0.02)) for L in (20, 23, 25)}
WORD, PHONES = list("knowledge"), ["N", "AA", "L", "AH", "JH", "end"]
A = np.eye(6, 9)
LONG = list("abcdefghij"), [*"ABCDEFGHIJKLM", "end"], np.full((14, 10), 0.1)
SEEN = {
    "tanh RNN": np.exp(-lags / 2.0), "GRU": np.exp(-lags / 1.9), "LSTM": np.exp(-lags / 4.5),
    "LSTM, forget bias 5": 1 + lags / 10, "attention": 0.03 + 0 * lags,
}  # fmt: skip
FIGURES = {
    "smoothing": figures.draw_smoothing,
    "smoothing, narrow, at the end": lambda: figures.draw_smoothing(6.0, 0.05),
    "smoothing, wide, at the start": lambda: figures.draw_smoothing(0.0, 3.0),
    "temperature": figures.draw_temperature,
    "temperature, smallest, hot": lambda: figures.draw_temperature(1, 10.0, True),
    "temperature, largest, cold": lambda: figures.draw_temperature(1024, 0.1, False),
    "net": figures.draw_attention_net,
    "alignments": lambda: figures.plot_alignments(
        {
            "reversing 12 letters": (
                np.eye(12)[::-1],
                [str(t + 1) for t in range(12)],
                [str(t + 1) for t in range(12)],
            ),
            "dd.mm.yyyy to yyyy-mm-dd": (np.eye(3), ["day", "month", "year"], ["year", "month", "day"]),
        }
    ),
    "step": lambda: figures.draw_alignment_step(WORD, PHONES, A),
    "step, beyond the end": lambda: figures.draw_alignment_step(WORD, PHONES, A, 10),
    "step, a long word": lambda: figures.draw_alignment_step(*LONG, 14),
    "by length": lambda: figures.plot_by_length(lengths, ARMS, 20, "What the short way gives, and what the choice"),
    "by length, one arm": lambda: figures.plot_by_length(lengths, {"one vector": ARMS["one vector"]}, 20, "Through one vector"),
    "breaks": lambda: figures.plot_breaks(BREAKS),
    "breaks, no mistake": lambda: figures.plot_breaks({L: (A, 0 * a, 0 * b) for L, (A, a, b) in BREAKS.items()}),
    "credit": lambda: figures.plot_credit(
        {"one vector": np.eye(32), "mean of all states": np.full((32, 32), 0.1), "attention": np.full((32, 32), 0.1)}
    ),
    "looking back": lambda: figures.plot_looking_back(lags, SEEN),
}
test_figure = test_of(FIGURES)


def test_smoothing_is_the_softmax_of_the_exercise():
    keys, values = figures.noisy_points()
    assert len(keys) == len(values) == 30 and np.all(np.diff(keys) > 0)
    for query, width in ((2.0, 0.4), (0.0, 0.05), (6.0, 3.0)):
        scores = -((query - keys) ** 2)[None] / (2 * width**2)
        weights = find("9.1").reference(scores, np.ones(scores.shape, bool))[0]
        assert np.allclose(figures._gaussian_weights(query, keys, width), weights)


def test_scaling_keeps_the_number_of_keys_that_count():
    sizes, effective = figures._effective_keys()
    assert np.ptp(effective[True][3:]) < 0.6 and effective[True].min() > 5
    assert effective[False][0] > 5 and effective[False][-1] < 1.2
    assert np.all(np.diff(effective[False]) < 0)


def test_a_step_beyond_the_end_shows_the_last_one():
    assert "Step 6, the last, says end" in figures.draw_alignment_step(WORD, PHONES, A, 10).axes[0].get_title(
        loc="left"
    )
