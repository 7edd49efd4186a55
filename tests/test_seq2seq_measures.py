"""What notebook 07 measures and lets a learner type: checked on nets whose answers are known."""

import numpy as np
import pytest

from helpers.data.own_text import readable
from helpers.data.pairs import reverse_pairs
from helpers.data.vocabulary import BOS, EOS, PAD, Vocabulary
from helpers.experiments import seq2seq_measures as measures
from helpers.models.stacked_translator import train_translators
from helpers.models.translator import Translator, pair_arrays
from helpers.models.translator_by_hand import blank_state, gru_cell

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
    found = measures.after_a_wrong_letter(net, pairs, LETTERS, (1, 2), np.random.default_rng(1))
    assert found[1][0] == 1 and np.all(found[2][:2] == 1)
    assert found[1][1] < 1
    assert np.isnan(measures.after_a_wrong_letter(net, [("abc", "aaa")], LETTERS, (1,), np.random.default_rng(1))[1]).all()


def test_the_gradients_shares_add_up_to_one(net):
    rows = measures.gradient_share(net, [pair for pair in PAIRS if len(pair[0]) == 3][:20], LETTERS)
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)


def test_the_share_that_was_met_is_counted_by_length():
    assert measures.share_met([("ab", "ba"), ("a", "a")], ["a", "b", "ab", "ba", "bb"]).tolist() == [0.5, 1 / 3]


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
