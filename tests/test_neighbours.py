"""What counting predicts, and the game of the hidden vowels."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data import vowels
from helpers.data.letters import bible_letters, letters_to_ids, restore_spaces, without_spaces
from helpers.experiments.neighbours import sum_predictions, table_predictions, widest_known


def bits(T, seed, rule):
    shown = np.random.default_rng(seed).integers(0, 2, T)
    before, behind = np.roll(shown, 1), np.roll(shown, -1)
    return shown, rule(before, behind).astype(int), (np.arange(T) > 0) & (np.arange(T) < T - 1)


def share(pair):
    return np.mean(np.equal(*pair))


def test_a_table_of_both_neighbours_knows_what_both_decide():
    train, test = (bits(4000, seed, lambda a, b: a != b) for seed in (0, 1))
    assert share(table_predictions(train, test, (-1, 1), 2)) == 1
    assert share(table_predictions(train, test, (-1,), 2)) == pytest.approx(0.5, abs=0.05)
    predicted, true = table_predictions(train, test, (-2, -1, 1), 2)
    assert len(predicted) == len(true) == 4000 - 3


def test_a_sum_of_two_tables_can_say_and_but_not_whether_they_differ():
    for rule, best in ((lambda a, b: a & b, 1), (lambda a, b: a | b, 1)):
        train, test = (bits(4000, seed, rule) for seed in (0, 1))
        assert share(sum_predictions(train, test, (-1,), (1,), 2)) == best
    train, test = (bits(4000, seed, lambda a, b: a != b) for seed in (0, 1))
    assert share(sum_predictions(train, test, (-1,), (1,), 2)) < 0.78


def test_a_sum_agrees_with_a_table_where_one_side_is_enough():
    train, test = (bits(4000, seed, lambda a, b: a) for seed in (0, 1))
    assert share(sum_predictions(train, test, (-1,), (1,), 2)) == 1


def test_the_widest_known_pattern_falls_back_on_a_narrower_one():
    train, test = (bits(400, seed, lambda a, b: a != b) for seed in (0, 1))
    pair, rows = widest_known(train, test, 6, 2)
    assert share(pair) > 0.95 and 4 + 16 < rows < sum(4**width for width in range(7))
    wide = np.arange(7)
    text = (wide, wide % 2, wide == 3)
    assert widest_known(text, (wide + 100, wide % 2, wide == 3), 1, 200)[0][0].tolist() == [1]


def test_vowels_are_hidden_and_put_back():
    assert vowels.hide("He died, and gave him glory.") == "h_ d__d _nd g_v_ h_m gl_ry"
    ids = letters_to_ids("Jonah, the son of Amittai")
    shown, which, asked = vowels.game(ids)
    assert shown.max() == 22 and (shown[asked] == 22).all() and not (shown[~asked] == 22).any()
    assert vowels.put_back(ids, which) == "jonah the son of amittai"
    X, y, mask = vowels.windows(ids, [0, 3], T=5)
    assert X.shape == (2, 5, 23) and np.array_equal(X.argmax(axis=2)[1], shown[3:8]) and np.array_equal(y[0], which[:5])
    assert np.array_equal(mask[1], asked[3:8])


def test_the_shipped_net_puts_vowels_back_into_books_it_has_never_seen():
    layers, Wy, by = vowels.load_vowel_net()
    _, ids, _ = bible_letters()
    X, vowel, asked = vowels.windows(ids, np.arange(0, len(ids) - 64, 64), T=64)
    for pair in layers:
        X = find("6.2").reference(X, *pair)
    assert 0.905 < np.mean(((X @ Wy + by).argmax(axis=2) == vowel)[asked]) < 0.925


def test_nets_are_asked_in_words_and_odd_sentences_get_a_sentence(capsys):
    always_a = {"a": lambda X: np.eye(5)[np.zeros(X.shape[:2], int)]}
    never = {"never": lambda X: np.eye(2)[np.zeros(X.shape[:2], int)]}
    for text in ("", "日本語", "My rhythm", 7):
        vowels.restore_vowels(text, always_a)
    for text in ("", "日本語"):
        restore_spaces(text, never)
    assert "Traceback" not in (said := capsys.readouterr().out) and said.count("There is no") == 6
    vowels.restore_vowels("Banana, she", always_a)
    restore_spaces("the end", never)
    said = capsys.readouterr().out
    assert "banana sha   (1 of 4 wrong)" in said and "theend   (1 wrong)" in said


def test_spaces_are_taken_out_and_remembered():
    letters, ends = without_spaces(letters_to_ids("in the end"))
    assert letters.tolist() == [8, 13, 19, 7, 4, 4, 13, 3] and ends.tolist() == [0, 1, 0, 0, 1, 0, 0, 1]


def test_a_gap_is_cut_out_with_its_neighbours():
    X, at, before, behind, true = vowels.blank("she called H[e]r name", 3, 2)
    assert (at, before, behind, true) == (3, "d h"[-3:], "r ", "e") and X.shape == (1, 6, 23)
    for wrong in ("her name", "h[x]r", "h[e]r n[a]me", "[]"):
        with pytest.raises(ValueError, match="one vowel"):
            vowels.blank(wrong, 3, 2)
