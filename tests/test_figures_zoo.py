"""The figures of notebook 11: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.experiments.zoo_reach import compositions  # noqa: E402
from helpers.figures import zoo as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

CELLS = ("RNN", "LSTM", "coupled LSTM", "GRU", "MGU", "clockwork", "minGRU", "LRU")
SOLVED = {name: np.array([70.0, 71, 80, 120, np.inf if name in ("RNN", "LSTM") else 150]) for name in CELLS}
lags = np.arange(1, 101)
SEEN = {
    "tanh RNN": 0.6**lags, "clockwork": np.where(lags % 4 == 0, 0.3, 1e-6) * 0.98**lags, "minGRU": 0.5**lags,
    "LRU, radius 0.9": 0.9**lags, "LRU, radius 0.99": 0.99**lags, "LRU, radius 0.999": 0.999**lags,
}  # fmt: skip
WAVE = np.sin(np.arange(256) / 30)
MAP = np.tril(np.exp(-np.abs(np.subtract.outer(np.arange(32), np.arange(32))) / 5))
ROWS = ["LRU", "minGRU", "minGRU from -1", "GRU", "LSTM"]
TASKS = ["latch:\nkeep the last marked", "adder:\ncarry of a sum", "parity:\nturn over"]
FIGURES = {
    "equation": figures.draw_equation,
    "race": lambda: figures.plot_race({"recall over 50 steps": SOLVED, "adding over 60 steps": SOLVED}),
    "ticks": figures.draw_ticks,
    "ticks, all": lambda: figures.draw_ticks(0),
    "ticks, one": lambda: figures.draw_ticks(31),
    "ticks, end": lambda: figures.draw_ticks(32),
    "waves": lambda: figures.plot_waves(WAVE, {name: 0.9 * WAVE for name in ("clockwork", "LRU", "GRU", "RNN")}),
    "reach": lambda: figures.plot_reach(lags, SEEN),
    "ring": figures.draw_ring,
    "ring, inside": lambda: figures.draw_ring(0.5, 3.1, 400),
    "ring, outside": lambda: figures.draw_ring(0.999, 0.0, 400),
    "radius": lambda: figures.plot_radius(
        {r: np.full(5, 0.125 + (r > 0.996) * 0.87) for r in (0.9, 0.4, 0.99, 0.995, 0.998, 0.999)}  # 0.4^1000 is no float
    ),
    "scan": figures.draw_scan,
    "scan, before": lambda: figures.draw_scan("Hillis–Steele", 0),
    "scan, Blelloch": lambda: figures.draw_scan("Blelloch", 7),
    "scan, Blelloch, half": lambda: figures.draw_scan("Blelloch", 4),
    "ones": figures.draw_ones,
    "ones, swings": lambda: figures.draw_ones(-0.8),
    "ones, for ever": lambda: figures.draw_ones(-1.0),
    "ones, never moves": lambda: figures.draw_ones(1.0),
    "ladder": lambda: figures.draw_ladder(ROWS, TASKS, np.eye(5, 3), [["≈0.99"] * 3] * 5),
    "cost": figures.draw_cost,
    "cost, yours": lambda: figures.draw_cost("yours", {"RNN": [4.0] * 5, "LRU": [2.9] * 5, "attention": [9, 12, 31, 90, 900]}),
    "credit": lambda: figures.draw_credit({name: MAP for name in ("a", "b", "c", "d", "e", "f")}),
}
test_figure = test_of(FIGURES)


@pytest.mark.parametrize("T", [4, 16, 64])
def test_the_ladders_arrows_are_the_compositions_that_are_counted(T):
    counted = compositions(T)
    for kind in ("Hillis–Steele", "Blelloch"):
        assert sum(map(len, figures.scan_passes(kind, T))) == counted[kind]


def test_every_state_is_finished_after_the_last_pass():
    for kind in ("Hillis–Steele", "Blelloch"):
        assert "16 of 16 states" in figures.draw_scan(kind, 99).axes[0].get_title(loc="left")


def test_the_words_follow_what_is_drawn():
    assert "period 1 moves; periods 2, 4, 8 and 16 rest" in figures.draw_ticks(31).words
    assert "16 move." in figures.draw_ticks(32).words
    assert "period 1 moves" in figures.draw_ticks(401).words and "0 to 401" in figures.draw_ticks(401).words
    kept = figures.draw_ring(1.0)
    assert "All is left for ever" in kept.words and "inf" not in kept.words + kept.axes[1].get_title("left")
    for draw, wrong in ((figures.draw_ticks, -1), (figures.draw_ring, 1.01), (figures.draw_ring, 0)):
        with pytest.raises(ValueError, match="got"):
            draw(wrong)
    assert "34 steps, where an orange line stands" in figures.draw_ring(0.98, 0.2, 120).words
    assert "do not turn" in figures.draw_ring(0.98, 0.0, 20).words and "beyond" in figures.draw_ring(0.98, 0.0, 20).words
    assert "those of the steps 1, 2, 4, 8 and 16 are" in figures.draw_scan("Blelloch", 4).words
    assert "the first is finished" in figures.draw_scan("Blelloch", 0).words
    for factor, way in ((-1.0, "for ever"), (-0.02, "swings"), (0.0, "one way"), (0.98, "one way"), (1.0, "stays where it is")):
        assert way in figures.draw_ones(factor).words
    never, some, all_of = np.full(5, np.inf), np.array([9, np.inf]), np.arange(5.0)
    race = figures.plot_race({"adding": {"RNN": never, "LSTM": some, "GRU": all_of, "MGU": all_of}})
    assert "by all nets of GRU and MGU, but not of RNN and LSTM" in race.words


def test_the_words_tell_combs_bands_and_stripes_apart():
    assert "falls for tanh RNN, minGRU and “LRU, radius 0.9”; stands up in needles" in figures.plot_reach(lags, SEEN).words
    stripes = np.tril(np.ones((32, 32))) * (np.arange(32) % 8 == 0)
    maps = {"a": np.tril(0.5 + MAP), "b": np.tril(MAP > 0.5), "c": stripes}
    words = figures.draw_credit(maps | {name: MAP for name in "def"}).words
    assert "“a” is dark all over; “b” has a band beside the diagonal, the last 4 steps; “c” has upright stripes" in words
