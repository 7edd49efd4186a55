"""The figures of notebook 02: text stays in its place, sliders move them, and the credit map is the gradient."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.experiments import spikes  # noqa: E402
from helpers.figures import bptt as figures  # noqa: E402
from helpers.hunts import rnn as bughunt  # noqa: E402
from helpers.layers import RNN  # noqa: E402
from helpers.models import stacked  # noqa: E402
from helpers.training.gradients import gradient_errors  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
RUN = {
    "pair": rng.random(1000),
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
    "V": lambda: figures.plot_v_curve(eps, *(np.tile(np.maximum(eps**2, e / eps), (5, 1)) for e in (1e-16, 1e-7))),
    "credit": lambda: figures.draw_credit(np.tril(np.ones((17, 17))), title="An untrained net of 16 units: the pull fades"),
    "credit of a net": figures.draw_credit_rnn,
    "credit, long and exploding": lambda: figures.draw_credit_rnn(40, 2.0, "relu"),
    "credit, short and fading": lambda: figures.draw_credit_rnn(5, 0.2, "sigmoid"),
    **{f"checker {p} {e}": lambda p=p, e=e: figures.draw_checker(p, e) for p in ("A", "E", "healthy") for e in (-12, -5)},
    "addition": lambda: figures.plot_addition(10 ** rng.uniform(-3, 0, (5, 400)), np.arange(0, 400, 20), rng.random((5, 20))),
    **{view: lambda view=view: figures.draw_loss_reader(RUN, view) for view in figures.VIEWS},
    **{f"{view}, {steps} steps": lambda view=view, steps=steps: figures.draw_loss_reader(
        {name: values[:steps] for name, values in RUN.items()}, view) for view in figures.VIEWS for steps in (201, 60)},
    "descent": lambda: figures.plot_descent({r: r * rng.lognormal(0, 1, (5, 200)) for r in (0.03, 0.3, 10)}),
    "inits": lambda: figures.plot_inits(CURVES, {key: "5 of 5 learn it" for key in CURVES}),
    "inits, one alone": lambda: figures.plot_inits({("tanh", "he"): np.ones((30, 1))}, {("tanh", "he"): "1 of 1"}),
    "windows": lambda: figures.plot_windows((1, 3, 5, 6, 20), {r: rng.uniform(0.5, 1, (5, 5)) for r in (0.003, 0.01, 0.03)},
                                            rng.uniform(0.9, 1, 5), 5),
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


def test_credit_map_agrees_with_a_walk_back_step_by_step():
    rng = np.random.default_rng(0)
    hs, dhs, Wh = np.tanh(rng.normal(size=(3, 5, 4))), rng.normal(size=(3, 5, 4)), rng.normal(size=(4, 4))
    credit = figures.credit_map(hs, dhs, Wh)
    for t in range(5):
        dh = dhs[:, t]
        for s in range(t, -1, -1):
            assert np.isclose(credit[t, s], np.linalg.norm(dh, axis=1).mean())
            dh = (dh * (1 - hs[:, s] ** 2)) @ Wh.T
    assert not np.triu(credit, 1).any()


def test_smallest_radius_is_the_border_of_the_reach():
    rho = figures.smallest_radius("tanh")
    for radius, reaches in ((rho, True), (rho - 0.05, False)):
        last = figures.credit_of_rnn(20, radius, "tanh")[-1]
        assert (last[0] >= 0.01 * last[-1]) == reaches


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


@pytest.mark.parametrize("mend", [3, {0: "pass"}, {10: "pass"}, {3: 5}, {3: "a\nb"}, {3: "dh = ("}, {3: "1 / 0"},
                                  {3: "nobody"}, {3: "dhs[:, t] += 1"}, {4: "hs *= 2"},
                                  {3: "raise SystemError"}, {True: "pass"}, {3: "int('x')"}])
def test_mends_that_cannot_run_are_told_in_words(mend):
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


def test_nets_with_a_batch_of_their_own_have_the_gradients_of_nets_alone():
    rng = np.random.default_rng(2)
    shapes = {"Wx": (2, 4), "Wh": (4, 4), "b": (4,), "Wy": (4, 1), "by": (1,)}
    nets = [{k: rng.normal(size=shape) for k, shape in shapes.items()} for _ in range(2)]
    X, Y, mask = rng.normal(size=(2, 3, 5, 2)), rng.integers(0, 2, (2, 3, 5)), np.ones((3, 5), bool)
    losses, grads = stacked._loss_and_grads(stacked.stack(nets), X, Y, mask, "tanh", None)
    for s, net in enumerate(nets):
        alone, found = stacked._loss_and_grads(stacked.stack([net]), X[s], Y[s], mask, "tanh", None)
        assert np.isclose(losses[s], alone[0]) and np.isclose(stacked.losses(stacked.stack([net]), X[s], Y[s])[0], alone[0])
        assert all(np.allclose(grads[k][s], found[k][0]) for k in found)


def test_agreement_of_gradients_is_one_for_the_same_batch_twice():
    rng = np.random.default_rng(3)
    net = {"Wx": (2, 4), "Wh": (4, 4), "b": (4,), "Wy": (4, 1), "by": (1,)}
    params = stacked.stack([{k: rng.normal(size=shape) for k, shape in net.items()}])
    one, other = ((rng.normal(size=(3, 5, 2)), rng.integers(0, 2, (3, 5)), np.ones((3, 5), bool)) for _ in range(2))
    assert np.isclose(stacked.agreement(params, [one, one])[0], 1)
    assert abs(stacked.agreement(params, [one, other])[0]) < 0.999
    assert stacked.states(params, one[0]).shape == (1, 3, 5, 4)


def test_setbacks_are_stretches_of_a_risen_fixed_set_in_which_a_spike_was_one():
    risen = np.array([[0, 0], [1, 1], [1, 0], [0, 1], [1, 1]], bool)
    setback = np.array([[0, 0], [0, 0], [1, 0], [0, 0], [0, 1]], bool)
    assert spikes.setbacks(risen, setback).tolist() == [[0, 1, 3], [1, 3, 5]]
    run = {"pair": np.array([[1.0], [3.0], [2.0]])}
    assert spikes.rank_of_the_pair_before(run, np.array([[0, 2, 3]]))[0] == 1


def test_a_single_pair_a_step_makes_nets_learn():
    def first(seed):
        rng = np.random.default_rng(seed)
        shapes = {"Wx": (2, 8), "Wh": (8, 8), "b": (8,), "Wy": (8, 1), "by": (1,)}
        return {k: 0.3 * rng.normal(size=shape) for k, shape in shapes.items()}

    run = spikes.watch(3, steps=150, lr=0.2, first_weights=first, digits=3)
    assert {k: v.shape for k, v in run.items()} == dict.fromkeys(("pair", "fixed", "usual", "carries"), (150, 3))
    assert run["fixed"][-1].mean() < run["fixed"][0].mean()


@pytest.mark.parametrize("case", [None, (1, 2, 3), (np.zeros((2, 4)), np.zeros((4, 4))),
                                  (np.zeros((2, 3)), np.zeros((4, 4)), np.zeros((2, 3, 4))),
                                  (np.zeros((2, 4)), np.full((4, 4), np.nan), np.zeros((2, 3, 4))),
                                  (np.zeros((20, 4)), np.zeros((4, 4)), np.zeros((20, 30, 4)))])
def test_cases_that_are_none_are_told_in_words(case):
    with pytest.raises(ValueError, match="Return three|should be|finite"):
        bughunt.seen_in(case)
