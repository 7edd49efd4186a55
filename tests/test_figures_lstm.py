"""The figures of notebook 04, and the nets that are trained side by side for them."""

import re

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers import lstm_bughunt, stacked_lstm  # noqa: E402
from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import lstm as figures  # noqa: E402
from helpers.gradients import gradient_errors  # noqa: E402
from helpers.layers import LSTM, LSTMVariant  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
x, mark, asked = rng.uniform(-1, 1, 24), np.arange(24) % 9 == 0, np.arange(24) % 9 == 5
STAGES = {f"+ a gate and a few words more, number {k}": k * x for k in range(4)}
LAGS = np.exp(-np.outer(np.linspace(0.1, 0.6, 5), np.arange(101)))
KINDS = ("0", "1", "3", "5", "chrono")
RIGHT = np.clip(np.linspace(0, 1.2, 150)[:, None] + np.linspace(-0.2, 0.2, 5), 0, 1)
ERRORS = {name: np.geomspace(0.001, 0.1, 5) for name in ("vanilla", "CIFG", "peephole", "no forget", "no input", "carousel")}
LONG = {"vanilla": np.full((3, 5), 0.002), "no forget gate (1997)": np.outer([1, 5, 25], np.ones(5))}
SENTENCE = "whither thou goest i will go and where thou lodgest i will lodge"
FIGURES = {
    "carousel": lambda: figures.plot_streams(x, mark, asked, asked * x, dict(list(STAGES.items())[:1])),
    "all stages": lambda: figures.plot_streams(x, mark, asked, asked * x, STAGES),
    "cell": figures.draw_cell,
    "training": lambda: figures.plot_training(np.geomspace(0.2, 0.001, 600) * np.ones((5, 1))),
    "paths": lambda: figures.plot_paths(*({f"forget bias {b}": LAGS**b for b in (0, 1, 2)} for _ in range(2))),
    **{f"player, {name}": lambda name=name: figures.draw_gate_player(name) for name in figures.PRESETS},
    "player, first step": lambda: figures.draw_gate_player("reset", 1, 1.0, 0.0, 1.0, -1.0),
    "player, last step": lambda: figures.draw_gate_player("carousel", 12, 1.0, 1.0, 1.0, 1.0),
    **{
        f"bias {kind}": lambda kind=kind: figures.draw_forget_bias(
            kind, dict.fromkeys(KINDS, LAGS), dict.fromkeys(KINDS, RIGHT), LAGS
        )
        for kind in KINDS
    },
    "recall": lambda: figures.plot_recall(dict.fromkeys(KINDS, RIGHT[60]), 0.25),
    "ablation": lambda: figures.plot_ablation({"Adding problem, T = 24": ERRORS, "Last marked number, T = 25": ERRORS}),
    "long": lambda: figures.plot_long_streams((25, 100, 500), LONG, LONG),
    "dropout": lambda: figures.plot_dropout(
        dict.fromkeys(("none", "read-out", "state, each step", "state, one mask", "cell, each step"), RIGHT)),
    "adding": lambda: figures.plot_adding_gates(np.stack([x, mark], axis=1), rng.random((24, 16)), rng.normal(size=(24, 16))),
    "sentence": lambda: figures.plot_sentence_gates(SENTENCE, rng.random((len(SENTENCE), 40)), np.arange(14)),
}
test_figure = test_of(FIGURES)


@pytest.mark.parametrize("preset", figures.PRESETS)
def test_player_plays_the_equations_of_the_exercises(preset):
    gates, cells, states, left = figures.play(preset, 5, 0.3, 0.6, 0.9, -0.4)
    assert np.allclose(left, find("4.4").reference(gates[1][:, None])[:, 0])
    c = 0.0
    for t in range(12):
        c = gates[1, t] * c + gates[0, t] * gates[3, t]
        assert np.isclose(cells[t], c) and np.isclose(states[t], gates[2, t] * np.tanh(c))


def test_player_starts_at_its_preset():
    gates = figures.play()[0]
    i, f, o = (dict(zip("ifo", gates[:3], strict=True))[k] for k in "ifo")
    assert i.sum() == 1 and f.sum() == 12 and o.sum() == 1 and np.array_equal(gates[3], figures.PLAYER_G)


# ------------------------------------------------------------------------------------------------- many nets at once

TARGETS = {"a class": rng.integers(0, 2, 3), "a class a step": rng.integers(0, 2, (3, 5)), "numbers": rng.normal(size=(3, 2)),
           "numbers a step": rng.normal(size=(3, 5, 2))}
X = rng.normal(size=(3, 5, 3))


def two_nets():
    random = np.random.default_rng(1)
    nets = stacked_lstm.stack([stacked_lstm.start(3, 4, 2, random, dtype=np.float64) for _ in range(2)])
    nets["p"][:] = random.normal(size=nets["p"].shape)
    return nets


@pytest.mark.parametrize("variant", stacked_lstm.VARIANTS)
@pytest.mark.parametrize("target", TARGETS)
def test_gradients_agree_with_central_differences(variant, target):
    nets, y = two_nets(), TARGETS[target]
    grads = stacked_lstm.loss_and_grads(nets, X, y, variant)[2]
    errors = gradient_errors(lambda: float(stacked_lstm.loss_and_grads(nets, X, y, variant)[0].sum()), nets, grads)
    assert max(errors.values()) < 1e-6, errors


@pytest.mark.parametrize("drop", stacked_lstm.DROPS)
def test_gradients_agree_with_dropout(drop):
    nets, y = two_nets(), TARGETS["a class"]
    masks = stacked_lstm._masks(drop, 0.4, np.random.default_rng(2), nets, X)
    grads = stacked_lstm.loss_and_grads(nets, X, y, masks=masks)[2]
    errors = gradient_errors(lambda: float(stacked_lstm.loss_and_grads(nets, X, y, masks=masks)[0].sum()), nets, grads)
    assert max(errors.values()) < 1e-6, errors


SWITCHES = {
    "vanilla": {}, "NIG": {"input_gate": False}, "NFG": {"forget_gate": False}, "NOG": {"output_gate": False},
    "CIFG": {"coupled": True}, "PEEP": {"peephole": True},
    "CEC": {"input_gate": False, "forget_gate": False, "output_gate": False},
}


@pytest.mark.parametrize("variant", stacked_lstm.VARIANTS)
def test_each_net_runs_as_the_layer_does(variant):
    nets = two_nets()
    H, C, _ = stacked_lstm.run(nets, X, variant=variant)
    for k in range(2):
        layer = LSTMVariant(3, 4, rng=np.random.default_rng(0), dtype=np.float64, **SWITCHES[variant])
        for name in layer.params:
            layer.params[name][...] = nets[name][k].reshape(layer.params[name].shape)
        states, (_, last) = layer.forward(X)
        assert np.allclose(states, H[k]) and np.allclose(last, C[k, :, -1])


def test_it_learns_and_changes_the_nets_it_is_given():
    nets = stacked_lstm.stack([stacked_lstm.start(3, 4, 2, np.random.default_rng(seed)) for seed in range(2)])
    before = nets["Wx"].copy()
    losses, _ = stacked_lstm.train(nets, ((X, TARGETS["a class"]) for _ in range(100)), steps=100)
    assert np.all(losses[-1] < 0.5 * losses[0]) and not np.allclose(before, nets["Wx"])


# ----------------------------------------------------------------------------------- the learner's step, and the bug hunt


def test_exercises_step_and_gradient_agree_with_the_layer():
    layer = LSTM(3, 4, rng=np.random.default_rng(3), dtype=np.float64)
    Wx, Wh, b = (layer.params[k] for k in ("Wx", "Wh", "b"))
    dH = np.random.default_rng(4).normal(size=(3, 5, 4))
    states, _ = layer.forward(X)
    layer.backward(dH)
    h, c, caches = np.zeros((3, 4)), np.zeros((3, 4)), []
    for t in range(5):
        new_h, new_c, gates = find("4.1").reference(X[:, t], h, c, Wx, Wh, b)
        caches.append((X[:, t], h, c, *gates, new_c, Wx, Wh))
        h, c = new_h, new_c
        assert np.allclose(h, states[:, t])
    dh, dc, sums = 0.0, np.zeros((3, 4)), {"Wx": 0, "Wh": 0, "b": 0}
    for t in reversed(range(5)):
        _, dh, dc, grads = find("4.3").reference(dH[:, t] + dh, dc, caches[t])
        sums = {k: sums[k] + grads[k] for k in sums}
    assert all(np.allclose(sums[k], layer.grads[k]) for k in sums)


def test_healthy_loop_is_the_exercises_step():
    data = lstm_bughunt.example()
    found = lstm_bughunt.run("healthy", *data)
    h = c = np.zeros((2, 4))
    for t in range(data[0].shape[1]):
        h, c, _ = find("4.1").reference(data[0][:, t], h, c, *data[1:])
        assert np.allclose(found["H"][:, t], h) and np.allclose(found["C"][:, t], c)


@pytest.mark.parametrize("mend", [{}, [], {9: "pass"}, {1: 3}, {2: "a = ("}, {5: "c = nobody"}, {True: "pass"}])
def test_a_mend_that_cannot_be_run_is_refused_in_words(mend):
    with pytest.raises(ValueError, match="Patient A"):
        lstm_bughunt.run("A", *lstm_bughunt.example(), mend=mend)


def test_report_says_how_far_the_gates_reach():
    healthy = lstm_bughunt.run("healthy", *lstm_bughunt.example())
    said = lstm_bughunt.report(lstm_bughunt.run("A", *lstm_bughunt.example()), healthy)
    assert re.search(r"gates +between 0\.27 and 0\.73", said) and "states wrong" in said
    assert "wrong" not in lstm_bughunt.report(healthy, healthy)


def test_lines_counted_from_0_are_noticed():
    with pytest.raises(ValueError, match="counted from 1"):
        lstm_bughunt.run("B", *lstm_bughunt.example(), mend={4: "c = f * c + i * g"})
    with pytest.raises(ValueError) as complaint:
        lstm_bughunt.run("B", *lstm_bughunt.example(), mend={5: "c = f * nobody + i * g"})
    assert "counted" not in str(complaint.value)


def test_what_was_not_written_yet_is_not_right_by_luck():
    healthy = lstm_bughunt.run("healthy", *lstm_bughunt.example())
    found = lstm_bughunt.run("B", *lstm_bughunt.example(), mend={5: "c = f * C[:, t - 1] + i * g"})
    assert "wrong" in lstm_bughunt.report(found, healthy)
