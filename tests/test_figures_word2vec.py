"""The figures of notebook 08: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.data import planted_analogies  # noqa: E402
from helpers.figures import word2vec as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
ANALOGIES = planted_analogies()
WORDS = sorted({word for questions in ANALOGIES.values() for question in questions for word in question})
E = rng.normal(size=(len(WORDS), 8)) + np.linspace(-1, 2, len(WORDS))[:, None]
SIZES, WINDOWS, KINDS = (2, 4, 8, 16, 32), (1, 2, 4, 8), ("gender", "royalty", "capital", "currency", "past")
GRID = np.linspace(0, 1, 100).reshape(4, 5, 5)
COUNTS = np.sort(rng.zipf(1.5, 167).clip(1, 30000))[::-1].astype(float)
TABLES = {power: COUNTS**power / np.sum(COUNTS**power) for power in (1.0, 0.75, 0.0)}
COSINES = np.corrcoef(rng.normal(size=(12, 4)))
pmi = np.linspace(-2, 5, 300)
LONG = ["family: adult, adult, child, child, and more of them", *(f"emoji {k}" for k in range(7))]
JUDGED = {word: rng.normal(size=5) / 9 for word in ("prophet", "judge", "priest", "beautiful", "fair", "nurse")}
FIGURES = {
    "look-up": figures.draw_look_up,
    "two models": figures.draw_two_models,
    "similarity": lambda: figures.plot_similarity({"one-hot": np.eye(12), "learnt": COSINES}, WORDS[:12]),
    "noise": lambda: figures.plot_noise(COUNTS, TABLES, {"the": 0, "king": 70}),
    "exclusion": lambda: figures.plot_exclusion({
        "planted, gender": (1, 1), "planted, capital": (1, 0.97), "Bible, grammar": (0.8, 0.2), "Bible, meaning": (0, 0)}),
    "exclusion, nothing right": lambda: figures.plot_exclusion({"a": (0, 0), "b": (0.5, 0)}),
    "shifted pmi": lambda: figures.plot_shifted_pmi(pmi, pmi - 1.6 + np.sin(9 * pmi), np.log(5)),
    "grid": lambda: figures.draw_grid(GRID, WINDOWS, SIZES, KINDS, 4, 32),
    "grid, first": lambda: figures.draw_grid(GRID, WINDOWS, SIZES, KINDS, 1, 2),
    "grid, all right": lambda: figures.draw_grid(np.ones((4, 5, 5)), WINDOWS, SIZES, KINDS, 8, 2),
    "emoji": lambda: figures.draw_emoji_sum("angry face + loudly crying face", LONG, np.linspace(1, 0, 8), LONG[1:2]),
    "leaning": lambda: figures.plot_leaning(JUDGED),
}  # fmt: skip
FIGURES |= {
    f"map {k}, {'excluded' if exclude else 'allowed'}": lambda q=q, exclude=exclude: figures.draw_parallelogram(
        E, WORDS, q[:3], exclude=exclude
    )
    for k, q in enumerate((ANALOGIES["gender"][0], ANALOGIES["capital"][17], ANALOGIES["past"][5]))
    for exclude in (True, False)
}
test_figure = test_of(FIGURES)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("exclude", [True, False])
def test_the_map_gives_the_answer_of_the_exercise(seed, exclude):
    vectors = np.random.default_rng(seed).normal(size=(len(WORDS), 5))
    a, b, c, _ = ANALOGIES["gender"][seed]
    answer = find("8.7").reference(a, b, c, vectors, WORDS, exclude)
    figure = figures.draw_parallelogram(vectors, WORDS, (a, b, c), exclude=exclude)
    assert figure.axes[0].get_title(loc="left") == f"{a} : {b} :: {c} : {answer}"
    assert figure.axes[1].get_yticklabels()[0].get_text() == answer


def test_the_plane_holds_its_three_points_without_bending_them():
    a, b, c = np.random.default_rng(0).normal(size=(3, 7))
    plane = figures.plane_of(a, b, c)
    np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-12)
    for x, y in ((a, b), (a, c), (b, c), (a, b - a + c)):
        assert np.isclose(np.linalg.norm(plane @ (x - y)), np.linalg.norm(x - y))
