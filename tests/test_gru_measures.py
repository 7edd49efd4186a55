"""What notebook 05 measures: one step, the cells' costs, the adding problem, and the next word; against what is known."""

import numpy as np

from helpers.checking.authoring import find
from helpers.data.next_word import bible_words, print_corpus
from helpers.experiments import adding_race, cell_costs, gru_steps, next_words
from helpers.experiments.influence import map_of, noise_map
from helpers.layers import GRU, identity

STEP, BACK = find("5.1").reference, find("5.2").reference
rng = np.random.default_rng(0)


def run(X, p, h):
    states, caches = [], []
    for t in range(X.shape[1]):
        new, z, r, n = STEP(X[:, t], h, p["Wx"], p["Wh"], p["b"], "after")
        caches.append((X[:, t], h, z, r, n, p["Wx"], p["Wh"]))
        states.append(h := new)
    return np.stack(states, axis=1), caches


def bptt(dH, caches):
    dh, total = np.zeros_like(dH[:, 0]), {"Wx": 0.0, "Wh": 0.0, "b": 0.0}
    for t in reversed(range(len(caches))):
        _, dh, grads = BACK(dH[:, t] + dh, caches[t])
        total = {name: total[name] + grads[name] for name in total}
    return total


# ---------------------------------------------------------------------------------------------------------------- one step


def test_all_states_are_the_layers_and_bounded_with_large_weights():
    layer, X = GRU(3, 5, rng=rng, reset="before", dtype=np.float64), rng.normal(size=(2, 7, 3))
    assert np.allclose(gru_steps.all_states(STEP, X, layer.params, "before"), layer.forward(X)[0])
    assert np.abs(gru_steps.all_states(STEP, X, layer.params, "before", times=40)).max() <= 1


def test_gates_that_are_held_do_what_the_table_says():
    x, h, Wx, Wh = rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(3, 12)), rng.normal(size=(4, 12))
    assert np.allclose(gru_steps.with_gates(STEP, x, h, Wx, Wh, 1, 0), h)
    assert np.allclose(gru_steps.with_gates(STEP, x, h, Wx, Wh, 0, 1), np.tanh(x @ Wx[:, 8:] + h @ Wh[:, 8:]))
    assert np.allclose(gru_steps.with_gates(STEP, x, h, Wx, Wh, 0, 0), np.tanh(x @ Wx[:, 8:]))


def test_both_places_agree_for_a_diagonal_matrix_alone():
    h, Wh = rng.normal(size=(2, 4)), rng.normal(size=(4, 12))
    assert np.allclose(*gru_steps.both_places(STEP, h, Wh, np.diag(rng.normal(size=4))))
    assert not np.allclose(*gru_steps.both_places(STEP, h, Wh, Wh[:, 8:]))
    assert np.allclose(*gru_steps.both_places(STEP, h[:, :1], Wh, Wh[:1, 8:9]))


def test_slope_errors_find_a_gradient_that_is_wrong():
    params = {"Wx": rng.normal(size=(3, 12)), "Wh": rng.normal(size=(4, 12)), "b": rng.normal(size=12)}
    given = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 5, 4))
    grad = find("2.1").reference
    assert max(gru_steps.slope_errors(run, bptt, grad, params, *given).values()) < 1e-7
    doubled = gru_steps.slope_errors(run, lambda *two: bptt(*two) | {"b": 2 * bptt(*two)["b"]}, grad, params, *given)
    assert doubled["b"] > 0.5 and doubled["Wx"] < 1e-7


def test_maps_of_noise_reach_further_with_open_gates():
    closed, wide = (noise_map(run, BACK, 0, bias, T=12, H=5) for bias in (None, 3.0))
    assert closed.shape == (12, 12) and closed[11, 0] < wide[11, 0]
    layer = GRU(2, 3, rng=rng)
    assert map_of(run, BACK, layer.params, rng.normal(size=(1, 4, 2))).shape == (4, 4)


# ------------------------------------------------------------------------------------------------------------------ costs


def test_weights_are_in_the_ratio_1_3_4(capsys):
    rnn, gru, lstm = (cell_costs.n_params(cell, 7, 5) for cell in ("rnn", "gru", "lstm"))
    assert rnn == 5 * (7 + 5 + 1) and (gru, lstm) == (3 * rnn, 4 * rnn)
    cell_costs.print_weights([(7, 5)])
    assert capsys.readouterr().out.splitlines()[1].split() == ["7", "5", "65", "195", "260", "3.00", "4.00", "0.75"]


def test_units_fill_a_budget_and_no_more():
    H = cell_costs.units_for("rnn", 7, 500, extra=10)
    used = [cell_costs.n_params("rnn", 7, n) + 10 * n for n in (H, H + 1)]
    assert used[0] <= 500 < used[1]
    assert cell_costs.units_like_gru("gru", 9) == 9 and cell_costs.units_like_gru("lstm", 9) < 9


def test_milliseconds_are_the_smallest_of_three_medians():
    given = iter([0.003, 0.001, 0.002])

    def time_cell(run, draw, clock, repeats):
        X = draw()
        run(X)
        assert X.shape == (4, 3, 2) and X.dtype == np.float32 and clock() > 0 and repeats == 5
        return next(given)

    assert cell_costs.milliseconds(time_cell, "gru", 2, 3, N=4, T=3) == 1


# --------------------------------------------------------------------------------------------------------------- to add


def test_the_readers_gru_learns_a_short_sum():
    errors = adding_race.own_gru_errors(run, bptt, 0, T=4, steps=150, H=8)
    assert errors.shape == (126,) and errors[-1] < 0.1 * errors[0]


def test_smooth_is_the_mean_of_a_window():
    assert np.allclose(adding_race.smooth([1, 2, 3, 6], window=2), [1.5, 2.5, 4.5])


def test_adders_have_as_many_weights_as_a_gru_of_16():
    sizes = {cell: len(adding_race.adder(cell, 0)[0].cell.params["Wh"]) for cell in ("rnn", "lstm", "gru")}
    assert sizes == {"rnn": 28, "lstm": 13, "gru": 16}


def test_learn_starts_where_it_is_told_and_answers_can_be_changed():
    errors, nets = adding_race.learn("rnn", [0, 1], 30, 1e-9, T=4, start=identity, activation="relu")
    assert errors.shape == (2, 6) and np.allclose(nets["Wh"], np.eye(28), atol=1e-6)
    errors, nets = adding_race.learn("lstm", [0], 30, 1e-9, T=4, forget_bias=3.0)
    assert errors.shape == (1, 6) and np.allclose(nets["b"][0, 0, 13:26], 3)
    errors, (net,) = adding_race.learn("gru", [0], 30, 1e-9, T=4)
    fresh = adding_race.adder("gru", 0)[0]
    assert errors.shape == (1, 6) and np.allclose(net.params["cell.Wh"], fresh.params["cell.Wh"], atol=1e-6)
    ones = next(adding_race.sums(np.random.default_rng(1), 4, lambda y, rng: np.ones_like(y)))[1]
    assert (ones == 1).all() and ones.shape == (32, 1)


def test_watched_gates_are_looked_at_before_and_while_training():
    heard = rng.uniform(size=(3, 5, 2)).astype(np.float32)
    seen, net = adding_race.watch(lambda y, rng: y, heard, 0, steps=20, every=10)
    fresh = adding_race.adder("gru", 0)[0]
    assert len(seen) == 3 and np.isclose(seen[0], adding_race.update_gates(fresh.cell, heard).mean(axis=(0, 1)).max())
    assert not np.allclose(net.cell.params["Wx"], fresh.cell.params["Wx"])


# ------------------------------------------------------------------------------------------------------------- next words


class Always:
    """A net that finds word 2 the most likely, whatever it hears."""

    def forward(self, ids, state=None, *, last=False):
        return np.tile([0.0, 1.0, 3.0, 2.0], (*np.shape(ids[:, -1:] if last else ids), 1)), state


class FourWords:
    tokens = ["<unk>", "a", "b", "."]

    def encode(self, words):
        return [self.tokens.index(word) if word in self.tokens else 0 for word in words]

    def id(self, word):
        return self.tokens.index(word)


def test_a_net_is_asked_in_words():
    vocab = FourWords()
    assert next_words.known("A xyz b", vocab) == [1, 0, 2] and next_words.known("", vocab) == [3]
    p = next_words.after("a", Always(), vocab)
    assert np.isclose(p.sum(), 1) and next_words.best(p, vocab, count=2) == "b, ."
    said, share = next_words.first_words(Always(), ["a b", "x y"], vocab)
    assert said == [2, 2] and share == 0.5


def test_a_corpus_is_told_in_four_lines(capsys):
    print_corpus(FourWords(), np.arange(1200), np.arange(30), np.array([[1, 0], [2, 3]]), shown=1)
    lines = ["1,200 words to train on", "30 held out, 4 of them used as the test", "25% of the test's words are unknown"]
    assert capsys.readouterr().out.splitlines() == [*lines, "it begins: a"]


def test_a_net_writes_and_never_the_unknown_word():
    text = next_words.write("a", Always(), FourWords(), find("5.9").reference, temperature=0, length=3)
    assert text == "a b b b"
    lively = next_words.write("a", Always(), FourWords(), find("5.9").reference, temperature=50.0, length=200)
    assert "<unk>" not in lively and {"a", "b", "."} <= set(lively.split())


def test_perplexities_count_what_they_say():
    rows, perplexity = rng.integers(0, 4, (3, 200)), find("5.6").reference
    surprise = -np.log(np.exp([0, 1, 3, 2]) / np.exp([0, 1, 3, 2]).sum())
    assert np.isclose(next_words.perplexity_on(rows, Always(), perplexity), np.exp(surprise[rows[:, 2:]].mean()))
    heard = rows[:, range(20, 199, 12)]
    assert np.isclose(next_words.told_last(5, rows, Always(), perplexity), np.exp(surprise[heard].mean()))


def test_a_new_net_begins_with_the_frequencies_and_learns():
    frequency = np.full(30, 1 / 30)
    nets = {cell: next_words.new_net(cell, 0, frequency, E=6) for cell in ("rnn", "gru")}
    size = {cell: sum(p.size for p in net.params.values()) for cell, net in nets.items()}
    assert abs(size["rnn"] - size["gru"]) < 0.03 * size["gru"]
    assert np.allclose(nets["gru"].out.params["b"], np.log(frequency))
    curve = next_words.train_words(nets["gru"], np.tile([1, 2, 3], 20000), 100, 0.03, lambda net: net.loss(np.array([[1, 2, 3]])))
    assert len(curve) == 1 and curve[0] < 0.5


def test_the_shipped_net_knows_the_thousand_words():
    vocab = bible_words(1000)[0]
    assert "lord" in next_words.best(next_words.after("thus saith the", next_words.trained_net(), vocab), vocab)


def test_letters_cost_fewer_bits_after_some_steps():
    early, late = (next_words.letter_bits("rnn", 0, steps=steps) for steps in (2, 40))
    assert late < early < 6
