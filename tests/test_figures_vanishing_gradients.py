"""The figures of notebook 03: no text over another or out of the picture, also where its sliders go."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import vanishing_gradients as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

ks, lags = np.arange(1, 21), np.arange(51)
W3, SHEAR = np.array([[-2.0, -0.1], [-0.3, 1.0]]), np.array([[0.9, 2.0], [0.0, 0.9]])
POWERS = {
    "W1": (0 * ks + 3.16, 1.0),
    "W2": (1.5 * 0.866**ks, 0.866),
    "W3": (find("3.2").reference(W3, ks), 2.01),
    "shear": (find("3.2").reference(SHEAR, ks), 0.9),
}
RADII = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3)
RECALL = np.array([np.exp(-np.arange(60) * (0.02 + (rho - 1) ** 2)) for rho in RADII])
TRIANGLE = np.where(np.tri(32) > 0, 0.8 ** np.abs(np.subtract.outer(np.arange(32), np.arange(32))), np.nan)
wave = np.sin(np.arange(500) / 9)
points = {kind: np.linspace(-1.2, 0.4, 7) + shift for kind, shift in (("linear", 0), ("small", 0.03), ("large", -0.1))}
falling = 0.17 * np.exp(-np.arange(600)[:, None] / np.array([100, 200, 300, 400, 1e6]))
FIGURES = {
    "powers": lambda: figures.plot_power_norms(ks, POWERS),
    "eigenvalues": figures.draw_eigenvalues,
    "eigenvalues, all low": lambda: figures.draw_eigenvalues(0.1, 0, 1.0),
    "eigenvalues, all high": lambda: figures.draw_eigenvalues(1.4, 180, 10.0),
    "eigenvalues, turning fast": lambda: figures.draw_eigenvalues(1.4, 90, 10.0),
    "gradient": lambda: figures.plot_gradient_by_lag(
        {act: {rho: (0.6 * rho) ** lags for rho in (0.5, 1.0, 1.5, 2.0, 3.0)} for act in ("linear", "tanh", "sigmoid")}
    ),
    "reach": lambda: figures.plot_reach({f"tanh, ρ = {rho}": TRIANGLE for rho in (0.5, 1, 1.5)}),
    "slopes": lambda: figures.plot_slopes(points, points, points),
    "latch": lambda: figures.plot_latch_gradient(ks / 7, np.tanh(ks / 7), 1 / (1 + ks)),
    "eigenvalues, growing most": lambda: figures.draw_eigenvalues(1.4, 10, 10.0),
    "cliff": figures.draw_cliff,
    "cliff, first step": lambda: figures.draw_cliff(0, True, 2.0),
    "cliff, clipped hard": lambda: figures.draw_cliff(40, True, 0.1),
    "narma": lambda: figures.plot_narma(RADII, np.outer(np.linspace(0.9, 0.2, 8), np.ones(5))),
    "free run": lambda: figures.plot_free_run(wave, {"ρ = 0.3": -wave, "ρ = 0.95": wave}),
    "wall": lambda: figures.plot_wall({rate: (falling + rate, falling**3) for rate in (0.01, 0.003, 0.001)}),
    "parting": lambda: figures.plot_parting(falling[:, 0], falling[:, 1], 1e-10 / falling**3),
    "memory": lambda: figures.draw_memory(0.9, RADII, RECALL),
    "memory, least": lambda: figures.draw_memory(0.1, RADII, RECALL),
    "memory, most": lambda: figures.draw_memory(1.3, RADII, RECALL),
}
test_figure = test_of(FIGURES)


@pytest.mark.parametrize("step", range(3))
def test_cliff_gradients_are_those_of_the_exercise(step):
    w, b = (4.6, 5.0, -2.0)[step], (-2.1, 0.3, 1.0)[step]
    for mine, theirs in zip(figures.cliff_loss_and_gradients(w, b), find("3.5").reference(w, b, 50), strict=True):
        assert np.isclose(mine, theirs, rtol=1e-9, atol=1e-300)


def test_playground_matrix_has_the_eigenvalues_of_its_sliders():
    figure = figures.draw_eigenvalues(0.7, 40, 8.0)
    dots = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    values = dots.get_xdata() + 1j * np.asarray(dots.get_ydata())
    assert np.allclose(np.abs(values), 0.7) and np.allclose(np.abs(np.rad2deg(np.angle(values))), 40)


def test_clipping_keeps_the_path_in_the_valley():
    assert figures._descent(False, 0.5)[1].max() > 5
    path, norms, losses = figures._descent(True, 0.5)
    assert losses[-1] == figures.cliff_loss_and_gradients(*path[-1])[0] < 0.01
