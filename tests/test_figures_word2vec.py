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
FIVE = np.arange(1, 6)
GRID = np.linspace(0, 1, 100).reshape(4, 5, 5)
COUNTS = np.sort(rng.zipf(1.5, 167).clip(1, 30000))[::-1].astype(float)
TABLES = {power: COUNTS**power / np.sum(COUNTS**power) for power in (1.0, 0.75, 0.0)}
COSINES = np.corrcoef(rng.normal(size=(12, 4)))
pmi = np.linspace(-2, 5, 300)
JUDGED = {word: rng.normal(size=5) / 9 for word in ("prophet", "judge", "priest", "beautiful", "fair", "nurse")}
BORDERS = np.array([[-0.21] * 5, [0.2] * 5])
FIGURES = {
    "look-up": figures.draw_look_up,
    "two models": figures.draw_two_models,
    "similarity": lambda: figures.plot_similarity({"one-hot": np.eye(12), "learnt": COSINES}, WORDS[:12]),
    "noise": lambda: figures.plot_noise(COUNTS, TABLES, {"the": 0, "king": 70}),
    "exclusion": lambda: figures.plot_exclusion({
        "planted, gender": (FIVE + 85, FIVE + 85, 90), "planted, capital": (FIVE + 127, FIVE + 90, 132),
        "Bible, grammar": (FIVE + 5, FIVE, 12), "Bible, meaning": (FIVE, 0 * FIVE, 12)}),
    "exclusion, all right": lambda: figures.plot_exclusion({"a": (FIVE + 7, FIVE + 7, 12), "b": (0 * FIVE, 0 * FIVE, 12)}),
    "shifted pmi": lambda: figures.plot_shifted_pmi(
        {"500 steps": (pmi, 0.8 * pmi - 1.6), "1,500 steps": (pmi, pmi - 1.6 + np.sin(9 * pmi))}, np.log(5)),
    "settings": lambda: figures.plot_settings(
        (2, 4, 8, 16, 32), GRID[:3], {"words in order": GRID[:3, :2, 0], "words shuffled": GRID[1:, :2, 1]}, (1, 8)),
    "settings, all right": lambda: figures.plot_settings(
        (2, 32), np.ones((1, 2, 5)), {"words in order": np.ones((1, 2)), "words shuffled": np.zeros((1, 2))}, (1, 8)),
    "words": lambda: figures.plot_words_map(
        np.stack([np.cos(np.arange(14)), np.arange(14) % 7 + 0.3 * (np.arange(14) > 6)], axis=1), list("abcdefghijklmn"),
        np.arange(14) % 7, ["materials", "animals", "the body", "food", "family", "places", "numbers"], np.arange(14) < 7),
    "leaning": lambda: figures.plot_leaning(JUDGED, BORDERS),
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


def test_the_plane_comes_nearest_to_its_points_and_lies_the_same_way_each_time():
    points = np.random.default_rng(0).normal(size=(4, 7))
    centre, axes = figures.plane_of(points)
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)
    flat = (points - centre) @ axes.T
    left = np.sum((points - centre) ** 2) - np.sum(flat**2)
    values = np.linalg.svd(points - centre, compute_uv=False)
    assert np.isclose(left, np.sum(values[2:] ** 2))
    assert np.isclose(flat[1, 1], flat[0, 1]) and flat[1, 0] > flat[0, 0] and flat[2, 1] >= flat[0, 1]
    np.testing.assert_allclose(figures.plane_of(points + 3)[1], axes, atol=1e-9)
