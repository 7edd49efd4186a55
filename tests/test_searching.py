"""What notebook 07 finds by searching: in small models of words, in a net that pronounces; and the way home of a walk."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.cmudict import letters_and_phones
from helpers.data.vocabulary import BOS, EOS, PAD, Vocabulary
from helpers.experiments import pronouncing, walks, word_models
from helpers.experiments.scores import mean_of_best
from helpers.models.stacked_translator import train_translators

beam_search = find("7.6").reference
TABLE = np.array([[1.0, 0, 0, 0], [0.35, 0.05, 0.2, 0.4], [0.11, 0.37, 0.27, 0.25], [0.65, 0.05, 0.15, 0.15],
                  [0.01, 0.13, 0.79, 0.07]])
SPOKEN = {"ab": [("A", "B")], "ba": [("B", "A"), ("A",)], "a": [("A",)]}


def test_greedy_is_a_beam_of_one_and_not_always_the_best():
    path, p = word_models.greedy_path(TABLE)
    known = word_models.from_table(TABLE)
    tokens, log_p = beam_search(known, word_models.START, word_models.END, 1, 6, 0.0)[0]
    assert list(tokens) == path and np.isclose(np.exp(log_p), p)
    assert beam_search(known, word_models.START, word_models.END, 10**6, 6, 0.0)[0][1] > log_p
    assert np.isfinite(known((0,))).all()


def test_random_models_are_searched_and_measured():
    found, sizes, typical, cut = word_models.search_models(beam_search, (1, 2, 10**6), (0.0, 1.0), 20)
    assert found.shape == (20, 3) and found[:, 2].all() and found[:, 0].mean() < 1
    assert (sizes[0.0] <= sizes[1.0]).all() and sizes[0.0].mean() < typical.mean()
    assert (cut > 0).all() and (cut < 1).all()
    for seed in range(3):                      # all sequences together have the probability 1
        everything = beam_search(word_models.random_model(seed), word_models.START, word_models.END, 10**6, 6, 0.0)
        assert np.isclose(sum(np.exp(log_p) for _, log_p in everything), 1)
        ended = sum(np.exp(log_p) for tokens, log_p in everything if tokens[-1] == word_models.END)
        assert np.isclose(cut[seed], 1 - ended)


def test_a_beam_search_gets_log_p_of_the_next_token_and_each_beginning_takes_one_step():
    steps = []

    def step(token, state):
        steps.append(int(token[0]))
        return np.array([[0.0, 1.0, 2.0]]) + state, state + token[0]

    next_log_p = pronouncing.log_p_after(step, 0)
    for tokens in ((1,), (1, 2), (1, 2, 0), (1, 0)):
        assert np.isclose(np.exp(next_log_p(tokens)).sum(), 1)
    assert steps == [1, 2, 0, 0]


def test_words_are_searched_and_compared_with_what_is_right():
    letters, phones = letters_and_phones(SPOKEN)
    assert len(letters) == 3 and set(phones.tokens) == {PAD, BOS, EOS, "A", "B"}
    said = {"ab": ["A", "B"], "ba": ["A"], "a": ["B"]}

    def find_word(net, word, width):
        return phones.encode(said[word]), -width - net

    log_p, right, by_phone = pronouncing.search_words(find_word, [0, 1], list(SPOKEN), 2, SPOKEN, phones)
    assert log_p.tolist() == [[-2] * 3, [-3] * 3] and right.tolist() == [[True, True, False]] * 2
    assert by_phone.tolist() == [0.75, 0.75]   # one wrong phone of four: ba is compared with its nearest way


def test_the_likeliest_right_way_counts():
    log_p = {("A", "B"): -1.0, ("B", "A"): -4.0, ("A",): -2.0}
    asked = []

    def log_p_of(net, pairs):
        asked.extend(pairs)
        return np.array([net * log_p[way] for _, way in pairs])

    found = pronouncing.log_p_of_right(log_p_of, [1, 2], list(SPOKEN), SPOKEN)
    assert found.tolist() == [[-1, -2, -2], [-2, -4, -4]] and asked[0] == ("ba", ("A", "B"))


def test_a_wrong_word_less_likely_than_the_right_one_is_a_search_error():
    right = np.array([[True, False, False]])
    assert pronouncing.search_errors(np.array([[0.0, -1, -3]]), np.array([[-9.0, -2, -2]]), right).tolist() == [0.5]


def test_the_best_of_several_references_counts():
    assert mean_of_best(lambda one, other, k: k * (one == other), ["a", "b"], [["c", "a"], ["c"]], 3) == 1.5
    with pytest.raises(ValueError, match="one for each"):
        mean_of_best(lambda one, other: 1, ["a"], [])


@pytest.mark.parametrize("walk, home", [("RRU", "LLD"), ("LDLR", "RU"), ("UD", ""), ("RRURUURD", "LLLLDD")])
def test_the_way_home(walk, home):
    assert walks.way_home(walk) == home


def test_walks_are_found_home_by_length():
    moves = Vocabulary("LRUD", specials=(PAD, BOS, EOS))
    pairs = walks.walks(300, (1, 2), 0)
    assert {len(walk) for walk, _ in pairs} == {1, 2} and all(walks.way_home(walk) == home for walk, home in pairs)
    nets, _ = train_translators([pairs] * 2, moves, moves, steps=150, hidden=16, lr=0.03)
    shares = walks.home_by_length(nets, moves, (2, 6), (2, 0), N=100)
    assert shares[2].shape == (2, 2) and shares[2][:, 0].min() > 0.6 and shares[2][:, 1].max() < 0.6
