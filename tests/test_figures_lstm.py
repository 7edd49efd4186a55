"""The figures of notebook 04, and the nets that are trained side by side for them."""

import re

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


from helpers.checking.authoring import find  # noqa: E402
from helpers.experiments import lstm_paths, memory_tasks  # noqa: E402
from helpers.figures import lstm as figures  # noqa: E402
from helpers.hunts import lstm as lstm_bughunt  # noqa: E402
from helpers.layers import LSTM, LSTMVariant  # noqa: E402
from helpers.models import stacked_lstm  # noqa: E402
from helpers.training.gradients import gradient_errors  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

rng = np.random.default_rng(0)
x, mark, asked = rng.uniform(-1, 1, 24), np.arange(24) % 9 == 0, np.arange(24) % 9 == 5
STAGES = {f"+ a gate and a few words more, number {k}": k * x for k in range(4)}
LAGS = np.exp(-np.outer(np.linspace(0.1, 0.6, 5), np.arange(101)))
KINDS = ("0", "1", "3", "5", "chrono")
RIGHT = np.clip(np.linspace(0, 1.2, 150)[:, None] + np.linspace(-0.2, 0.2, 5), 0, 1)
ERRORS = {name: np.geomspace(0.001, 0.1, 5)
          for name in ("vanilla", "coupled", "peephole", "no forget", "no output", "no input", "carousel", "plain relu")}
LONG = {"vanilla": np.full((3, 5), 0.002), "no forget gate (1997)": np.outer([1, 5, 25], np.ones(5))}
SENTENCE = "whither thou goest i will go and where thou lodgest i will lodge"
FIGURES = {
    "carousel": lambda: figures.plot_streams(x, mark, asked, asked * x, dict(list(STAGES.items())[:1])),
    "all stages": lambda: figures.plot_streams(x, mark, asked, asked * x, STAGES),
    "stream alone": lambda: figures.plot_streams(x, mark, asked, asked * x, {}),
    **{f"cell, {part}": lambda part=part: figures.draw_cell(part) for part in figures.PARTS},
    "training, few steps": lambda: figures.plot_training(np.full((2, 3), 0.1)),
    "training": lambda: figures.plot_training(np.geomspace(0.2, 0.001, 600) * np.ones((5, 1))),
    "paths": lambda: figures.plot_paths(*({f"forget bias {b}": LAGS**b for b in (0, 1, 2)} for _ in range(2))),
    **{f"player, {name}": lambda name=name: figures.draw_gate_player(name) for name in figures.PRESETS},
    "player, first step": lambda: figures.draw_gate_player("reset", 1, 1.0, 0.0, 1.0, -1.0),
    "player, last step": lambda: figures.draw_gate_player("carousel", 12, 1.0, 1.0, 1.0, 1.0),
    **{
        f"bias {kind}": lambda kind=kind: figures.draw_forget_bias(
            kind, dict(zip(KINDS, (LAGS**p for p in (3, 1, 0.1, 0.11, 0.2)), strict=True)), dict.fromkeys(KINDS, LAGS),
            {kind: np.clip(RIGHT * speed, 0, 1) for kind, speed in zip(KINDS[:4], (0.2, 0.5, 0.8, 2), strict=True)}
        )
        for kind in KINDS
    },
    "recall": lambda: figures.plot_recall(dict.fromkeys(KINDS, RIGHT[60]), 50, 0.25),
    "map": lambda: figures.plot_reach({f"map {k}": np.where(np.tri(32), 10.0**k, np.nan) for k in (-3, 0, 1)}),
    "ablation": lambda: figures.plot_ablation({"Adding problem": (ERRORS, 1 / 6), "Last marked number": (ERRORS, 1 / 3)}),
    "long": lambda: figures.plot_long_streams((25, 100, 500), LONG, LONG),
    "dropout": lambda: figures.plot_dropout(dict.fromkeys(
        ("none", "read-out", "state, each step", "none, 19 units", "state, one mask", "cell, each step"), RIGHT), 0.4),
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


@pytest.mark.parametrize("mend", [[], {9: "pass"}, {1: 3}, {2: "a = ("}, {5: "c = nobody"}, {True: "pass"}])
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


def test_symptoms_and_lines_are_shown_for_each_patient(capsys):
    for patient in ("healthy", *lstm_bughunt.ILL):
        assert lstm_bughunt.symptoms(patient)
        lstm_bughunt.show_lines(patient)
        assert capsys.readouterr().out.startswith("1 ")
    lstm_bughunt.show_lines("Z")
    assert "choose one of A, B, C, D" in capsys.readouterr().out


# --------------------------------------------------------------------------------------------------- how far it reaches


def random_caches(T=7, H=4):
    random, h, c, caches = np.random.default_rng(5), np.zeros((1, 4)), np.zeros((1, 4)), []
    Wx, Wh, b = random.normal(size=(3, 4 * H)), random.normal(size=(H, 4 * H)), random.normal(size=4 * H)
    for X_t in random.normal(size=(T, 1, 3)):
        h_next, c_next, gates = find("4.1").reference(X_t, h, c, Wx, Wh, b)
        caches.append((X_t, h, c, *gates, c_next, Wx, Wh))
        h, c = h_next, c_next
    return caches


def test_the_truncated_gradient_is_the_product_of_the_gates_and_the_slope_with_gates_held_fixed():
    caches, t = random_caches(), 2
    product = find("4.4").reference(np.array([cache[4][0] for cache in caches]))[t]
    assert np.allclose(lstm_paths.truncated(find("4.3").reference, caches, t), product)
    ends = [lstm_paths.last_cell(caches, t, caches[t][7] + e) for e in (1e-4, -1e-4)]
    assert np.allclose((ends[0] - ends[1]) / 2e-4, product)


def test_full_jacobian_is_the_slope_of_the_last_cell_by_an_earlier_one():
    caches, back, J = random_caches(), 3, np.empty((4, 4))
    Wx, Wh = caches[0][-2:]
    b = np.random.default_rng(5)
    b = [b.normal(size=size) for size in ((3, 16), (4, 16), 16)][-1]
    start = caches[-1 - back]

    def last(c):
        h = start[5] * np.tanh(c)
        for cache in caches[len(caches) - back:]:
            h, c, _ = find("4.1").reference(cache[0], h, c, Wx, Wh, b)
        return c[0]

    for k, unit in enumerate(np.eye(4)):
        J[:, k] = (last(start[7] + 1e-5 * unit) - last(start[7] - 1e-5 * unit)) / 2e-5
    assert np.isclose(lstm_paths.jacobian_norms(find("4.3").reference, caches)[back], np.linalg.norm(J, 2))


def test_lengths_begin_at_one_and_along_the_cell_alone_the_gates_alone_count():
    caches = random_caches()
    lengths = lstm_paths.gradient_lengths(find("4.3").reference, caches, np.random.default_rng(0), cell_alone=True)
    assert lengths.shape == (7,) and lengths[0] == 1 and np.all(np.diff(lengths[1:]) < 0)


def test_maps_are_one_on_the_diagonal_and_empty_above_it():
    for M in (lstm_paths.cell_map(find("4.3").reference, random_caches()), lstm_paths.tanh_map(T=7, H=4)):
        assert M.shape == (7, 7) and np.allclose(np.diag(M), 1) and np.isnan(M[np.triu_indices(7, 1)]).all()


# --------------------------------------------------------------------------------------------------------- small tasks


def test_streams_ask_for_the_number_marked_last():
    X, Y = next(memory_tasks.last_marked(4, 30, seed=0, share=0.2))
    for numbers, wanted in zip(X, Y, strict=True):
        for (number, mark), answer in zip(numbers, wanted, strict=True):
            kept = number if mark else kept  # noqa: F821
            assert answer == kept


def test_tasks_are_the_same_for_the_same_seed():
    for task in (memory_tasks.adding, memory_tasks.recalls, memory_tasks.last_marked):
        assert all(np.array_equal(a, b) for a, b in zip(next(task(3, 9, 1)), next(task(3, 9, 1)), strict=True))
    X, y = next(memory_tasks.recalls(50, 9, 0))
    assert np.array_equal(X[:, 0].argmax(axis=1), y) and X[:, 1:, :4].sum() == 0


def test_each_net_has_its_own_rate():
    nets = two_nets()
    before = nets["Wx"].copy()
    stacked_lstm.train(nets, ((X, TARGETS["a class"]) for _ in range(5)), steps=5, lr=np.array([0.0, 0.01]))
    assert np.array_equal(nets["Wx"][0], before[0]) and not np.allclose(nets["Wx"][1], before[1])


def test_spread_is_none_without_dropout_and_errors_come_with_the_largest_cell():
    nets, same = two_nets(), np.repeat(X[:1], 6, axis=0)
    assert np.allclose(stacked_lstm.spread_over_masks(nets, same, "none", 0.4, np.random.default_rng(0)), 0)
    assert np.all(stacked_lstm.spread_over_masks(nets, same, "state", 0.4, np.random.default_rng(0)) > 0)
    errors, cells = stacked_lstm.errors_and_cells(nets, X, TARGETS["numbers a step"])
    assert np.allclose(errors, stacked_lstm.loss_and_grads(nets, X, TARGETS["numbers a step"])[0])
    assert np.allclose(cells, np.abs(stacked_lstm.run(nets, X)[1][:, :, -1]).max(axis=(1, 2)))
