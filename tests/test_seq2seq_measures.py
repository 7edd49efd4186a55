"""What notebook 07 measures and lets a learner type: checked on nets whose answers are known."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.own_text import readable
from helpers.data.pairs import reverse_pairs
from helpers.data.vocabulary import BOS, EOS, PAD, Vocabulary
from helpers.experiments import seq2seq_measures as measures
from helpers.models.stacked_translator import train_translators
from helpers.models.translator import Translator, pair_arrays
from helpers.models.translator_by_hand import (
    blank_state,
    decoder_parts,
    encoder_parts,
    gru_cell,
    peeky_states,
    step_by_step,
)

LETTERS = Vocabulary("abcd", specials=(PAD, BOS, EOS))
PAIRS = reverse_pairs(600, (1, 3), np.random.default_rng(0), "abcd")


@pytest.fixture(scope="module")
def net():
    return train_translators([PAIRS], LETTERS, LETTERS, steps=400, hidden=24)[0][0]


def test_the_free_running_net_says_what_greedy_says(net):
    said, wanted, mask = measures.speak_alone(net, PAIRS[:50], LETTERS)
    source, source_mask, _, right, counted = pair_arrays(PAIRS[:50], LETTERS, LETTERS)
    tokens, _ = net.greedy(source, source_mask, bos=1, eos=2, max_len=said.shape[1])
    assert np.array_equal(said[:, : tokens.shape[1]], tokens)
    assert np.array_equal(wanted[mask], right[counted]) and np.all(wanted[~mask] == 2)
    assert measures.whole_right(net, PAIRS[:50], LETTERS).mean() > 0.9


def test_by_length_and_by_place_agree_with_whole_strings(net):
    pairs = [pair for pair in PAIRS if len(pair[0]) == 3]
    by_length = measures.right_by_length([net, net], pairs, LETTERS)
    assert by_length.shape == (2, 1) and by_length[0, 0] == measures.whole_right(net, pairs, LETTERS).mean()
    by_place = measures.right_by_place(net, pairs, LETTERS)
    assert by_place.shape == (4,) and by_place.min() >= by_length[0, 0]


def test_a_wrong_letter_is_another_letter_and_spoils_nothing_before_it(net):
    pairs = [pair for pair in PAIRS if len(pair[0]) == 3]
    found = measures.after_a_wrong_letter([net, net], pairs, LETTERS, (1, 2), seed=1)
    assert found[1].shape == (2, 4) and np.array_equal(found[1][0], found[1][1])
    assert found[1][0, 0] == 1 and np.all(found[2][:, :2] == 1)
    assert found[1][0, 1] < 1
    assert np.isnan(measures.after_a_wrong_letter([net], [("abc", "aaa")], LETTERS, (1,))[1]).all()


def test_the_gradients_shares_add_up_to_one(net):
    rows = measures.gradient_shares([net], [pair for pair in PAIRS if len(pair[0]) == 3][:20], LETTERS)
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)


def test_the_centre_of_a_row_moves_with_what_is_dark():
    np.testing.assert_allclose(measures.steps_of_the_centre(np.eye(4)), 1)
    np.testing.assert_allclose(measures.steps_of_the_centre(np.array([[0, 0, 1], [0.5, 0, 0.5]])), -1)


def test_the_share_that_was_met_is_printed_by_length(capsys):
    measures.print_share_met([("ab", "ba"), ("a", "a")], [(text, "") for text in ("a", "b", "ab", "ba", "bb")])
    lengths, shares = capsys.readouterr().out.splitlines()
    assert lengths.split()[-2:] == ["1", "2"] and shares.split()[-2:] == ["50%", "33%"]


def test_the_teacher_and_the_free_run_differ_after_a_mistake_only(net):
    weak = train_translators([PAIRS], LETTERS, LETTERS, steps=60, hidden=12)[0][0]
    pairs = [pair for pair in PAIRS if len(pair[0]) == 3][:100]
    source, source_mask, so_far, wanted, mask = pair_arrays(pairs, LETTERS, LETTERS)
    forced = [(one.forward(source, source_mask, so_far)[0].argmax(axis=2) == wanted, mask) for one in (net, weak)]
    alone = [measures.speak_alone(one, pairs, LETTERS) for one in (net, weak)]
    differ, later = measures.compare_with_teacher(forced, alone)
    assert differ == 0 and later.shape == (2, 2)
    assert later[1].tolist() == [measures.after_a_mistake(forced[1][0], mask),
                                 measures.after_a_mistake(alone[1][0] == alone[1][1], mask)]
    other = [(~right, mask) for right, mask in forced]
    assert measures.compare_with_teacher(other, alone)[0] > 50


def test_swaps_are_counted_among_wrong_strings():
    wanted = np.array([[3, 4, 5, 2]] * 4)
    said = np.array([[4, 3, 5, 2], [4, 3, 3, 2], [3, 3, 5, 2], [3, 4, 5, 2]])
    shares = measures.share_of_swaps([(said, wanted, None)], find("7.9").reference)
    assert shares == (2 / 3, 1 / 3)


def test_two_looks_are_averaged_over_the_nets():
    found = {20: np.array([[0.0, 1.0], [1.0, 1.0]]), 40: np.array([[1.0, 1.0], [1.0, 0.0]])}
    assert measures.two_looks(found, [40]).tolist() == [[0.75, 0.75]]


def test_each_stage_has_its_curve(net):
    curves = measures.by_stage({500: [net], 3000: [net, net]}, PAIRS[:60], LETTERS)
    assert list(curves) == ["500 steps", "3000 steps"] and curves["3000 steps"][1].shape == (2, 3)
    assert curves["500 steps"][0].tolist() == [1, 2, 3]


def test_arms_differ_in_what_the_decoder_sees_and_in_the_order():
    seen = []

    def turned(pairs):
        seen.append(len(pairs))
        return [(a[::-1], b) for a, b in pairs]

    arms = {"neither": (False, list), "both": (True, turned)}
    nets, right = measures.train_arms(arms, PAIRS[:100], PAIRS[:30], LETTERS, nets=2, steps=4, hidden=6)
    assert [net.peeky for name in arms for net in nets[name]] == [False, False, True, True]
    assert {len(shares) for shares in right.values()} == {2} and seen.count(100) == 1 and seen.count(30) == 2


def test_arms_near_the_best_one_are_named_together():
    shares = {"neither": np.array([0.1, 0.2]), "backwards": np.array([0.9, 0.8]), "both": np.array([0.79, 0.79])}
    assert measures.best_arms(shares) == "backwards or both"
    assert measures.best_arms(shares | {"both": np.array([0.5])}) == "backwards"


def test_the_gru_of_a_translator_step_by_step():
    net = Translator(7, 7, embedding=3, hidden=4, rng=np.random.default_rng(0), dtype=np.float64)
    source, mask = LETTERS.batch(["ab", "cd"])
    cell, state = gru_cell(net, "encoder"), blank_state(net, 2)
    for t in range(2):
        state = cell(net.params["embed_source.W"][source[:, t]], state)
    np.testing.assert_allclose(state[0], net.encode(source, mask)[0], atol=1e-12)
    peeky = Translator(7, 7, embedding=3, hidden=4, rng=np.random.default_rng(0), peeky=True)
    with pytest.raises(ValueError, match="peeky"):
        gru_cell(peeky, "decoder")


def test_a_translator_in_the_hands_of_the_exercises():
    net = Translator(7, 7, embedding=3, hidden=4, rng=np.random.default_rng(0), dtype=np.float64)
    source, mask, so_far, _, _ = pair_arrays([("ab", "ba"), ("c", "d")], LETTERS, LETTERS)
    state = find("7.2").reference(source, mask, *encoder_parts(net, 2))

    def step(token, state):
        return find("7.3").reference(token, state, *decoder_parts(net))

    np.testing.assert_allclose(step_by_step(step, state, so_far), net.forward(source, mask, so_far)[0], atol=1e-12)


def test_a_peeky_decoder_starts_from_the_vector_and_sees_it_at_every_step():
    rng = np.random.default_rng(0)
    v, heard, Wv, Wh = rng.normal(size=(2, 3)), rng.normal(size=(2, 4, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    s = peeky_states(v, heard, Wv, Wh)
    assert s.shape == (2, 5, 3) and np.array_equal(s[:, 0], v)
    np.testing.assert_allclose(s[:, 4], np.tanh(heard[:, 3] + v @ Wv + s[:, 3] @ Wh))


@pytest.mark.parametrize("text", ["", "  ", "日本", "a b", "x" * 99, 7])
def test_what_a_net_cannot_read_is_answered_with_a_sentence(text):
    found, trouble = readable(text, LETTERS)
    assert found == "" and trouble.endswith((".", "abcd"))


def test_capitals_are_read_and_unreadable_rows_left_out(net, capsys):
    assert readable(" AbC ", LETTERS) == ("abc", "")
    rows = measures.said_beside_right(net, ["abc", "", "xyz"], LETTERS)
    assert [row[0] for row in rows] == ["abc"] and len(rows[0][1]) == len(rows[0][2]) == 4
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_tokens_after_the_first_mistake_are_counted():
    right = np.array([[True, False, True, False, True], [True, True, True, True, True]])
    mask = np.array([[True, True, True, True, False], [True, True, True, True, True]])
    assert measures.after_a_mistake(right, mask) == 0.5
    assert np.isnan(measures.after_a_mistake(right[1:], mask[1:]))


def test_places_are_watched_during_training():
    look, found = measures.watch_places([pair for pair in PAIRS if len(pair[0]) == 3], LETTERS)
    train_translators([PAIRS] * 2, LETTERS, LETTERS, steps=6, hidden=6, on_step=look, every=3)
    assert sorted(found) == [3, 6] and found[3].shape == (2, 4)
