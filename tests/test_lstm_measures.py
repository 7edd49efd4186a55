"""What notebook 04 measures of its cells, gates and units, against numbers that are known."""

import numpy as np

from helpers.checking.authoring import find
from helpers.data.letters import letters_to_ids, random_letters
from helpers.experiments import lstm_inside, lstm_parts, lstm_paths, memory_tasks
from helpers.models import stacked_lstm
from helpers.models.other_lstms import lstm_in_columns

STEP, BACK = find("4.1").reference, find("4.3").reference
PRODUCT, DROPOUT, SLOPE = (find(number).reference for number in ("4.4", "4.7", "2.1"))
rng = np.random.default_rng(0)


def forward(X, Wx, Wh, b, h=None, c=None):
    h, c = (np.zeros((len(X), len(Wh))) if old is None else old for old in (h, c))
    states, caches = [], []
    for t in range(X.shape[1]):
        h_next, c_next, gates = STEP(X[:, t], h, c, Wx, Wh, b)
        caches.append((X[:, t], h, c, *gates, c_next, Wx, Wh))
        h, c = h_next, c_next
        states.append(h)
    return np.stack(states, axis=1), c, caches


def backward(dstates, dc, caches):
    grads, dh = {}, 0.0
    for t in reversed(range(dstates.shape[1])):
        _, dh, dc, step = BACK(dstates[:, t] + dh, dc, caches[t])
        grads = {name: grads.get(name, 0) + g for name, g in step.items()}
    return grads, dh, dc


# ------------------------------------------------------------------------------------------------------- the two paths


def test_first_weights_take_a_number_or_a_whole_bias():
    p, given = lstm_paths.first_weights(3, 2, 4, bias=2.5), np.arange(16.0)
    assert p["Wx"].shape == (2, 16) and p["by"].shape == (1,) and p["Wh"].dtype == np.float64
    assert p["b"].tolist() == [0] * 4 + [2.5] * 4 + [0] * 8
    other = lstm_paths.first_weights(3, 2, 4, bias=given)
    assert np.array_equal(other["b"], given) and np.array_equal(other["Wx"], p["Wx"])


def test_right_gradients_are_the_slopes_and_a_wrong_one_is_not():
    found = lstm_paths.gradients_and_slopes(forward, backward, SLOPE)
    assert set(found) == {"Wx", "Wh", "b", "h", "c"}
    assert all(np.allclose(mine, slope, atol=1e-6) for mine, slope in found.values())
    wrong = lstm_paths.gradients_and_slopes(forward, lambda dh, dc, caches: backward(dh, 0 * dc, caches), SLOPE)
    assert not np.allclose(*wrong["c"], atol=1e-6)


def test_with_gates_fixed_the_slope_is_the_product_of_the_gates():
    caches = lstm_paths.noise_caches(forward, 0, bias=1.0, H=4, T=9)
    product = PRODUCT(np.array([cache[4][0] for cache in caches]))
    assert len(caches) == 9 and np.allclose(lstm_paths.slope_with_gates_fixed(caches, 3), product[3])


def test_the_direct_path_begins_at_one_and_never_grows():
    nets = {"two": [lstm_paths.noise_caches(forward, seed, bias=3.0, H=4, T=9) for seed in range(2)]}
    direct, full = lstm_paths.norms_back(PRODUCT, BACK, nets)
    assert direct["two"].shape == full["two"].shape == (2, 9)
    assert np.allclose(direct["two"][:, 0], 1) and np.allclose(full["two"][:, 0], 1)
    assert np.all(np.diff(direct["two"]) <= 0)


def test_lengths_back_fade_faster_with_shut_gates_and_are_printed(capsys):
    shut, still_open = (np.repeat([0.0, bias, 0.0, 0.0], 6) for bias in (-5.0, 5.0))
    found = [lstm_paths.lengths_back(forward, BACK, {"-5": [shut], "5": [still_open] * 2}, cell_alone=alone, T=12)
             for alone in (False, True)]
    assert found[0]["5"].shape == (2, 12) and found[0]["5"][0, 0] == 1
    assert found[1]["-5"][0, -1] < 1e-6 < found[1]["5"][0, -1]
    lstm_paths.print_lengths(*found, steps_back=(2, 11))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("bias -5    , 2 and 11 steps back: ") and f"{found[1]['-5'][0, 11]:.0e}" in first
    assert second.startswith("bias 5")


def test_columns_with_two_matrices_a_gate_are_the_same_cell():
    Wx, Wh, b = rng.normal(size=(3, 16)), rng.normal(size=(4, 16)), rng.normal(size=16)
    x, h, c = rng.normal(size=(1, 3)), rng.normal(size=(1, 4)), rng.normal(size=(1, 4))
    assert np.allclose(lstm_in_columns(x[0], h[0], c[0], Wx, Wh, b), STEP(x, h, c, Wx, Wh, b)[0][0])


# ------------------------------------------------------------------------------------------------- streams, parts, dropout


def test_a_stream_asks_five_steps_after_a_mark():
    numbers, mark, asked, wanted = memory_tasks.stream(0, 24)
    assert np.flatnonzero(mark).tolist() == [0, 9, 18] and np.flatnonzero(asked).tolist() == [5, 14, 23]
    assert np.array_equal(wanted[asked > 0], numbers[mark > 0]) and not wanted[asked == 0].any()


def test_largest_errors_are_those_of_what_the_cell_shows():
    found = memory_tasks.largest_errors(lambda numbers, f, i, o: o * 0, lambda mark, asked: (mark, mark, asked), 24, streams=2)
    assert found == [np.abs(memory_tasks.stream(seed, 24)[3]).max() for seed in (0, 1)]


def test_variants_agree_on_one_step_and_another_mode_does_not():
    modes = ("vanilla", "NIG", "NFG", "NOG", "CIFG", "PEEP")
    mine, theirs = lstm_parts.on_one_step(find("4.6").reference, modes)
    assert mine.shape == theirs.shape == (6, 2, 2, 4) and np.allclose(mine, theirs)
    mine, theirs = lstm_parts.on_one_step(lambda *given: find("4.6").reference(*given[:-1], "vanilla"), modes)
    assert np.allclose(mine[0], theirs[0]) and not np.allclose(mine[4], theirs[4])


def test_nets_have_seeds_of_their_own_and_the_biases_that_are_given():
    nets = stacked_lstm.nets(2, 3, 1, [0.0, 2.0])
    assert nets["b"][:, 0, 3].tolist() == [0, 2] and not np.allclose(nets["Wx"][0], nets["Wx"][1])
    assert np.array_equal(nets["Wx"][1], stacked_lstm.start(2, 3, 1, np.random.default_rng(1))["Wx"])


def test_variants_side_by_side_are_those_trained_alone():
    named = {"a": "vanilla", "b": "PEEP", "c": "CIFG", "d": "NOG", "e": "CEC"}
    errors, nets = lstm_parts.train_side_by_side(named, memory_tasks.adding(3, 5, 0), steps=4, bias=1.0, lr=0.01, H=3, seeds=2)
    for name, variant in named.items():
        alone = stacked_lstm.nets(2, 3, 1, [1.0] * 2)
        losses, _ = stacked_lstm.train(alone, memory_tasks.adding(3, 5, 0), steps=4, variant=variant, lr=0.01)
        assert np.allclose(errors[name], losses.mean(axis=0), atol=1e-4)
        assert all(np.allclose(nets[name][array], p, atol=1e-3) for array, p in alone.items())


def test_longer_streams_are_answered_by_each_net():
    nets = stacked_lstm.nets(2, 3, 1, [1.0, 1.0])
    errors, sizes = lstm_parts.on_longer_streams({"a": (nets, "vanilla"), "b": (nets, "CEC")}, (10, 40), N=4)
    assert errors["a"].shape == sizes["b"].shape == (2, 2)
    for k, T in enumerate((10, 40)):
        X, Y = next(memory_tasks.last_marked(4, T, 99))
        assert np.allclose(errors["a"][k], stacked_lstm.loss_and_grads(nets, X, Y)[0])
        assert np.allclose(sizes["b"][k], np.abs(stacked_lstm.run(nets, X, variant="CEC")[1][:, :, -1]).max(axis=(1, 2)))


def test_units_survive_one_mask_but_not_many():
    many, one = lstm_parts.survivors(DROPOUT, 0.4, units=500, steps_kept=20)
    assert many <= 1 and abs(one - 300) < 50
    assert lstm_parts.survivors(DROPOUT, 0.0, units=5, steps_kept=3) == [5, 5]


def test_dropout_slows_the_training_and_one_mask_spreads_more():
    easy = [lstm_parts.recall_with_dropout(stacked_lstm.nets(8, 8, 4, [3.0]), place, 0.4, T=3, steps=60, lr=0.02)
            for place in ("none", "cell")]
    assert easy[0][0].shape == (60, 1) and easy[0][1].shape == (1,) and easy[0][1] > 0.9
    assert easy[0][0].mean() > easy[1][0].mean()
    fresh, same = lstm_parts.spread_by_masks(stacked_lstm.nets(8, 8, 4, [3.0] * 2), 0.4, T=20, masks=100)
    assert fresh.shape == (2,) and np.all(fresh < same)


# --------------------------------------------------------------------------------------------------------- looking inside


def test_gates_cells_and_states_are_those_of_the_run():
    p, X = lstm_paths.first_weights(0, 2, 3), rng.normal(size=(4, 5, 2))
    i, cells, states = lstm_inside.gates_of(forward, p, X)
    assert i.shape == cells.shape == states.shape == (4, 5, 3)
    assert np.allclose(i[:, 0], 1 / (1 + np.exp(-X[:, 0] @ p["Wx"][:, :3])))
    assert np.all(np.abs(states) <= np.abs(np.tanh(cells)))


def test_a_gate_that_opens_at_marks_is_found():
    where = np.array([[True, False, True, False]])
    gate = np.stack([where * 0.5 + 0.25, np.full(where.shape, 0.5)], axis=2)
    assert np.allclose(lstm_inside.opens_more(gate, where), [0.5, 0])
    assert np.allclose(lstm_inside.means_at([gate, gate], where), [0.375, 0.625])
    fall = np.array([[0.1, 0.9]])
    assert np.allclose(lstm_inside.medians_of_falling([gate], where, fall, count=1), 0.5)


def test_a_unit_that_follows_and_one_that_is_needed():
    y = rng.normal(size=(50, 1))
    states = np.column_stack([rng.normal(size=50), -y[:, 0]])
    assert np.isclose(lstm_inside.best_correlation(states, y[:, 0]), 1)
    params = {"Wy": np.array([[0.0], [-1.0]]), "by": np.array([0.1])}
    found = lstm_inside.error_without(find("4.9").reference, params, states, y)
    assert np.isclose(found[0], 1) and found[1] > 50


def test_random_letters_are_followed_by_the_next_one():
    ids = letters_to_ids("abcdefghijklmnopqrstuvwxyz")
    X, y = next(random_letters(ids, 3, 4, seed=0))
    assert X.shape == (3, 4, 27) and X.dtype == np.float32 and np.array_equal(X.argmax(axis=2) + 1, y)
