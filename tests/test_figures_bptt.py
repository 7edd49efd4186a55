"""The figures of notebook 02: text stays in its place, sliders move them, and the credit map is the gradient."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers import bughunt, stacked  # noqa: E402
from helpers.figures import bptt as figures  # noqa: E402
from helpers.gradients import gradient_errors  # noqa: E402
from helpers.layers import RNN  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
RUN = {
    "losses": rng.random(1000),
    "carries": rng.integers(0, 9, 1000),
    "fixed": np.linspace(0.7, 0, 1000),
    "hard": rng.random(1000) < 0.01,
    "setback": rng.random(1000) < 0.01,
}
CURVES = {
    (a, k): 10 ** rng.uniform(-3, 1, (400, 5))
    for a in ("tanh", "sigmoid", "relu")
    for k in ("normal", "xavier", "he", "orthogonal")
}
eps = 10.0 ** -np.arange(1, 13)
FIGURES = {
    "graph": figures.draw_graph,
    "V": lambda: figures.plot_v_curve(eps, np.tile(np.maximum(eps**2, 1e-16 / eps), (5, 1))),
    "credit": lambda: figures.draw_credit(np.tril(np.ones((17, 17))), title="An untrained net of 16 units: the pull fades"),
    "credit of a net": figures.draw_credit_rnn,
    "credit, long and exploding": lambda: figures.draw_credit_rnn(40, 2.0, "relu"),
    "credit, short and fading": lambda: figures.draw_credit_rnn(5, 0.2, "sigmoid"),
    **{f"checker {p} {e}": lambda p=p, e=e: figures.draw_checker(p, e) for p in ("A", "E", "healthy") for e in (-12, -5)},
    "addition": lambda: figures.plot_addition(10 ** rng.uniform(-3, 0, (5, 400)), np.arange(0, 400, 20), rng.random((5, 20))),
    **{view: lambda view=view: figures.draw_loss_reader(RUN, view) for view in figures.VIEWS},
    "inits": lambda: figures.plot_inits(CURVES, None, {key: "5 of 5 learn it" for key in CURVES}),
    "windows": lambda: figures.plot_windows((1, 3, 5, 6, 10, 20), rng.uniform(0.5, 1, (6, 5)), 5),
}


test_figure = test_of(FIGURES)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_credit_falls_with_the_distance_as_the_layers_gradient_does(activation):
    T, H, rho, seed = 6, 24, 1.1, 0
    credit = figures.credit_of_rnn(T, rho, activation, H, seed)
    rng = np.random.default_rng(seed)
    Wh = rng.normal(size=(H, H))
    Wh *= rho / np.abs(np.linalg.eigvals(Wh)).max()
    pull, X = rng.normal(size=(60, H)), 0.3 * rng.normal(size=(60, H))[:T]
    net = RNN(H, H, rng=rng, activation=activation, dtype=np.float64)
    net.params = {"Wx": np.eye(H), "Wh": Wh, "b": np.zeros(H)}
    for s in range(T - 1):      # the gradient for the state before step s + 1 is that of h_s
        h = net.forward(X[None, : s + 1])[1]
        dH = np.zeros((1, T - s - 1, H))
        net.forward(X[None, s + 1 :], h)
        dH[0, -1] = pull[T - 1]
        assert np.isclose(np.linalg.norm(net.backward(dH)[1]), credit[T - 1, s])
    assert not np.triu(credit, 1).any()


def test_reports_of_the_patients_say_what_is_ill():
    dhs, cache = bughunt.example()
    healthy = bughunt.run("healthy", dhs, cache)
    said = {p: bughunt.report(bughunt.run(p, dhs, cache), healthy) for p in bughunt.ILL}
    for patient in "AB":
        assert "right at t = 7, wrong from t = 6 down" in said[patient]
    assert "wrong at every t" in said["D"]
    for patient in "CE":
        assert "right at every t" in said[patient]
    assert said["C"].count("wrong") == 1 and said["E"].count("wrong") == 3
    assert "wrong" not in bughunt.report(healthy, healthy)


def test_healthy_loop_agrees_with_the_layer_and_with_central_differences():
    dhs, (X, h0, hs, Wx, Wh) = bughunt.example()
    found = bughunt.run("healthy", dhs, (X, h0, hs, Wx, Wh))
    b = (np.arctanh(hs[:, 0]) - X[:, 0] @ Wx - h0 @ Wh)[0]
    net = RNN(3, 4, rng=np.random.default_rng(0), dtype=np.float64)
    net.params = {"Wx": Wx, "Wh": Wh, "b": b}
    net.forward(X, h0)
    dX, _ = net.backward(dhs)
    assert np.allclose(dX, found["dX"]) and all(np.allclose(net.grads[k], found[f"d{k}"]) for k in net.grads)
    tried = figures._by_trying(dhs, (X, h0, hs, Wx, Wh), 1e-5)
    assert "wrong" not in bughunt.report(found, tried)


@pytest.mark.parametrize("mend", [None, {}, 3, {0: "pass"}, {10: "pass"}, {3: 5}, {3: "a\nb"}, {3: "dh = ("}, {3: "1 / 0"},
                                  {3: "nobody"}, {3: "dhs[:, t] += 1"}, {4: "hs *= 2"},
                                  {3: "raise SystemError"}, {True: "pass"}, {3: "int('x')"}])
def test_mends_that_cannot_run_are_told_in_words(mend):
    if mend is None:
        return
    with pytest.raises(ValueError, match="Patient A"):
        bughunt.run("A", *bughunt.example(), mend=mend)


def test_a_slip_of_the_pen_is_told_with_the_line_that_the_learner_counts():
    with pytest.raises(ValueError, match="SyntaxError in line 3"):
        bughunt.run("A", *bughunt.example(), mend={3: "dh = dhs[:, t] + "})


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("window", [None, 2])
def test_stacked_nets_have_the_gradient_of_their_loss(activation, window):
    rng = np.random.default_rng(1)

    def one():
        shapes = {"Wx": (2, 4), "Wh": (4, 4), "b": (4,), "Wy": (4, 1), "by": (1,)}
        return {k: rng.normal(size=shape) for k, shape in shapes.items()}

    params = stacked.stack([one(), one()])
    X, Y, mask = rng.normal(size=(3, 5, 2)), rng.integers(0, 2, (3, 5)), rng.random((3, 5)) < 0.7

    def loss():
        return float(stacked._loss_and_grads(params, X, Y, mask, activation, None)[0].sum())

    grads = stacked._loss_and_grads(params, X, Y, mask, activation, window and np.full(2, window))[1]
    errors = gradient_errors(loss, params, grads)
    if window is None:
        assert max(errors.values()) < 1e-6
    else:
        assert errors["Wh"] > 1e-3 and max(errors["Wy"], errors["by"]) < 1e-6
