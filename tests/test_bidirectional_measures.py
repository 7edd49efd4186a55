"""What notebook 06 measures: rules about bits, what one letter changes, and spaces; against what is known."""

import numpy as np

from helpers.checking.authoring import find
from helpers.data.letters import letters_to_ids
from helpers.experiments import bit_rules, letter_changes, spaces
from helpers.experiments.neighbours import percent_right
from helpers.hunts import bidirectional_rnn as hunt
from helpers.layers import GRU
from helpers.models.taggers import (
    BothWays,
    OneWay,
    letter_batches,
    one_answer_everywhere,
    random_net,
    reverse_again,
    tagger,
)

OWN_ONE = find("1.2").reference, find("2.3").reference
OWN_TWO = find("6.2").reference, find("6.5").reference


def bit_itself(X):
    return X[..., 0].astype(int), np.ones(X.shape[:2], bool)


def test_a_rule_makes_a_table_of_pasts_and_futures():
    assert bit_rules.answers_by_past(lambda bits: sum(bits) >= 2, past=2, future=1).tolist() == [[0, 0], [0, 1], [0, 1], [1, 1]]
    assert bit_rules.answers_by_past(lambda bits: bits[0] != bits[2], past=1, future=2).tolist() == [[0, 1, 0, 1], [1, 0, 1, 0]]


def test_a_rule_of_neighbours_leaves_the_ends_out():
    X = np.array([[0, 1, 1, 0, 1]])[..., None].astype(float)
    y, mask = bit_rules.of_neighbours(lambda before, here, behind: before != behind)(X)
    assert y.tolist() == [[0, 1, 1, 0, 0]] and mask.tolist() == [[False, True, True, True, False]]
    assert bit_rules.of_neighbours(lambda before, here, behind: before | here & behind)(X)[0].tolist() == [[0, 1, 1, 1, 0]]


def test_nets_learn_to_repeat_a_bit():
    found = bit_rules.learn(tagger(OneWay, OWN_ONE, 1, 4, 2, 0), bit_itself, 0, T=5, steps=100)
    assert found.shape == (5,) and found.min() == 1


def test_taggers_are_stacked_and_follow_from_their_seed():
    one, two = (tagger(BothWays, OWN_TWO, 3, 4, 5, 0, layers=layers) for layers in (1, 2))
    assert [layer.width for layer in two.layers] == [8, 8] and two.params["layer 2.f.Wx"].shape == (8, 4)
    assert np.array_equal(one.params["layer 1.f.Wx"], two.params["layer 1.f.Wx"]) and one.params["out.W"].shape == (8, 5)
    X = np.random.default_rng(0).normal(size=(2, 6, 3))
    turned = tagger(BothWays, OWN_TWO, 3, 4, 5, 0, turn=np.negative)
    assert np.allclose(turned.states(X), -one.states(X))


def test_reversed_again_the_second_half_alone_turns():
    S = np.arange(12.0).reshape(1, 3, 4)
    assert reverse_again(S)[0].tolist() == [[0, 1, 10, 11], [4, 5, 6, 7], [8, 9, 2, 3]]
    assert np.array_equal(reverse_again(reverse_again(S)), S)


def test_a_random_net_has_no_weight_that_is_zero():
    p = random_net(np.random.default_rng(0), D=3, H=4)
    assert {name: x.shape for name, x in p.items()} == {"Wx": (3, 4), "Wh": (4, 4), "b": (4,)}
    assert all(x.all() for x in p.values())


def test_one_answer_is_the_same_at_each_step():
    last = one_answer_everywhere(lambda X: X, lambda Y, lengths: Y[np.arange(len(Y)), lengths - 1], length=4)
    X = np.random.default_rng(0).normal(size=(2, 6, 3))
    assert last(X).shape == (2, 6, 3) and np.array_equal(last(X)[:, 5], X[:, 3])


def test_letter_batches_ask_for_the_next_letter():
    X, y, mask = next(letter_batches(np.arange(27), 0, N=2, T=5))
    assert X.shape == (2, 5, 27) and np.array_equal(X.argmax(axis=2) + 1, y) and mask.all()


def test_a_ripple_runs_away_from_the_letter():
    change = letter_changes.ripple(tagger(BothWays, OWN_TWO, 23, 4, 5, 0), "he died and", 5)
    assert change.shape == (11, 8) and not change[:5, :4].any() and not change[6:, 4:].any() and change[5].all()


def test_shares_are_those_of_the_largest_in_each_row():
    credit = np.array([[4.0, 2.0], [1.0, 10.0]])
    assert letter_changes.share_at_lag(credit, 0) == 1 and letter_changes.share_at_lag(credit, 1) == 0.5
    assert letter_changes.share_at_lag(credit, -1) == 0.1


def test_nets_and_tables_find_the_spaces_of_a_text_that_repeats():
    ids = letters_to_ids("ab cd " * 400)
    rng = np.random.default_rng(0)
    net = spaces.train_net(GRU(26, 8, rng=rng), ids, rng, steps=60)
    X, ends = spaces.windows_of(ids)
    assert X.shape == (66, 24, 26)
    assert np.mean(net.forward(X).argmax(axis=2) == ends) > 0.99
    assert percent_right(spaces.counted(ids, ids, (0,))) == 100
    assert abs(percent_right(spaces.counted(ids, ids, ())) - 50) < 1


def test_the_hunt_shows_its_five_lines(capsys):
    hunt.show_lines()
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 6 and said[0] == f"1   {hunt.LINES[0]}" and said[5] == ""
