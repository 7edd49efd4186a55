"""What notebook 08 measures of its vectors is what it says, and its words of the Bible are in the Bible."""

import numpy as np

from helpers.checking.authoring import find
from helpers.experiments import wordvectors as wv
from helpers.experiments.bible_words import KINDS, QUESTIONS, four_of_each, numbered_bible

W = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 3.0], [-1.0, 0.1, 0.0]])


def test_cosines_and_their_mean():
    U = wv.unit_rows(W)
    np.testing.assert_allclose(np.linalg.norm(U, axis=1), 1)
    np.testing.assert_allclose(wv.cosines_between(W, [0, 1]), [[1, 0.5**0.5], [0.5**0.5, 1]])
    pairs = [U[i] @ U[j] for i in range(4) for j in range(i)]
    assert np.isclose(wv.mean_cosine(W), np.mean(pairs))


def test_side_by_side_has_the_average_of_the_cosines():
    one, two = np.random.default_rng(0).normal(size=(2, 5, 3))
    both = wv.cosines_between(wv.side_by_side([one, two]), np.arange(5))
    np.testing.assert_allclose(both, (wv.cosines_between(one, np.arange(5)) + wv.cosines_between(two, np.arange(5))) / 2)


def test_places_among_neighbours_count_from_1():
    assert [wv.place_among_neighbours(W, 0, j) for j in (1, 2, 3)] == [1, 2, 3]


def test_main_directions_hold_most_and_have_a_fixed_sign():
    X = np.random.default_rng(1).normal(size=(9, 4)) * [5, 2, 0.1, 0.1]
    flat = wv.main_directions(X)
    kept = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[:2]
    np.testing.assert_allclose(np.linalg.norm(flat, axis=0), kept)
    assert (flat.max(axis=0) >= -flat.min(axis=0)).all()


def test_the_bible_by_numbers():
    words, text, counts = numbered_bible(at_least=10)
    assert len(text) == 31_102 and counts[words[0]] == max(counts.values())
    assert min(counts[word] for word in words) >= 10 > max(n for word, n in counts.items() if word not in set(words))
    assert " ".join(words[i] for i in text[0]) == "in the beginning god created the heaven and the earth"
    assert {word for questions in QUESTIONS.values() for question in questions for word in question} <= set(words)
    assert {word for line in KINDS.values() for word in line.split()} <= set(words)
    assert all(len(questions) == 12 for questions in QUESTIONS.values())
    assert all(len(set(line.split())) == 8 for line in KINDS.values())


def test_four_words_of_each_kind_are_taught():
    words, kind, taught = four_of_each()
    assert len(words) == len(kind) == len(taught) == 56 and np.bincount(kind[taught]).tolist() == [4] * 7
    assert words[8 * 2] == KINDS["the body"].split()[0] and kind[16] == 2 and taught[16] and not taught[20]


def test_the_largest_numbers_name_their_words():
    assert wv.largest(np.array([1, 5, 0, 5]), "a b c d".split(), 3) == "b d a"


def test_the_nearest_words_or_a_sentence():
    words = "east north up west".split()
    assert wv.nearest_words(find("8.3").reference, " East ", W, words, 1) == "north"
    assert wv.nearest_words(find("8.3").reference, "sushi", W, words, 1) == "(nothing: 'sushi' is not among these 4 words)"


def test_what_lies_outside_of_its_rows_borders():
    values, borders = np.array([[-2.0, 0.0, 2.0], [-2.0, 0.0, 2.0]]), np.array([[-1.0, -3.0], [3.0, 1.0]])
    assert wv.outside_of(values, borders).tolist() == [[True, False, False], [False, False, True]]
