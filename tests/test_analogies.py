"""Skip-gram pair by pair, the questions of notebook 08, and scores beside the PMI: on worlds whose answers are known."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.planted import numbered, planted_corpus
from helpers.experiments import analogies
from helpers.experiments.shifted_pmi import counted_and_learnt
from helpers.models.skipgram_pairs import count_pairs, train_on_pairs

build_pairs, neg_table, sgns_loss_grad, analogy, best_score = (
    find(f"8.{k}").reference for k in (1, 5, 6, 7, 8)
)
WORDS = "man king woman queen apple".split()
E = np.array([[1.0, 0, 0], [1, 2, 0], [0, 0, 1], [0, 2, 1], [-3, -3, 0]])
RIGHT, WRONG = ("man", "king", "woman", "queen"), ("man", "king", "woman", "apple")


@pytest.fixture(scope="module")
def world():
    """A planted text by numbers, its noise, its analogies, and a training on it."""
    sentences, questions = planted_corpus(4000, np.random.default_rng(0))
    words, text = numbered(sentences)
    pairs, noise = build_pairs(text, 5), neg_table(np.bincount(np.concatenate(text)), 0.75)
    run = train_on_pairs(sgns_loss_grad, pairs, len(words), noise, rng=np.random.default_rng(0), steps=200)
    return words, text, pairs, noise, questions, run


def test_pairs_are_counted_one_by_one():
    met = count_pairs(np.array([[0, 1], [0, 1], [2, 0]]), 3)
    assert met.tolist() == [[0, 2, 0], [0, 0, 0], [1, 0, 0]]


def test_a_training_lowers_the_loss_and_its_scores_tell_pairs_that_met(world):
    words, _, pairs, _, _, run = world
    assert abs(run.losses[0] - 6 * np.log(2)) < 0.1 and run.losses[-20:].mean() < 3 and len(run.losses) == 200
    assert run.met.sum() == len(pairs) and run.W.shape == run.C.shape == (len(words), 32)
    assert len(run.scores_of_met) + len(run.scores_of_unmet) == len(words) ** 2
    assert np.median(run.scores_of_met) > np.median(run.scores_of_unmet) + 0.5
    still = train_on_pairs(sgns_loss_grad, pairs, len(words), world[3], rng=np.random.default_rng(0), steps=1, lr=1e-9)
    assert 0.9 < still.growth < 1.1 < run.growth


def test_scores_stand_beside_the_pmi_of_the_same_pairs(world):
    _, _, pairs, noise, _, run = world
    counted, learnt = counted_and_learnt([run, run], best_score, noise)
    assert len(counted) == len(learnt) == 2 * np.sum(run.met > 0)
    w, c = np.nonzero(run.met)
    assert np.allclose(counted[0], np.log(run.met[w[0], c[0]] / run.met[w[0]].sum() / noise[c[0]]))
    assert np.isclose(learnt[0], run.W[w[0]] @ run.C[c[0]], atol=1e-5) and np.corrcoef(counted, learnt)[0, 1] > 0.3


def test_questions_are_counted_with_the_inputs_excluded_and_allowed():
    assert analogies.share_right(analogy, [RIGHT, WRONG], E, WORDS) == 0.5
    excluded, allowed, n = analogies.count_right(analogy, [RIGHT, RIGHT], [E, E], WORDS)
    assert excluded.tolist() == [2, 2] and n == 2
    assert allowed.tolist() == [2 * (analogy("man", "king", "woman", E, WORDS, False) == "queen")] * 2


@pytest.mark.parametrize("question, words", [("man king", "three words"), ("man king sushi", "no row for sushi")])
def test_what_is_no_question_gets_a_sentence(question, words):
    assert words in analogies.answered(analogy, question, E, WORDS)


def test_a_question_in_capitals_is_answered():
    assert analogies.answered(analogy, "Man king WOMAN", E, WORDS) == "queen"


def test_the_table_of_kinds_prints_medians(capsys):
    analogies.print_by_kind(("gender", "past"), {"500 steps": [[0.1, 1.0], [0.3, 1.0], [0.9, 0.0]]})
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[-2:] == ["gender", "past"] and row.split() == ["500", "steps", ":", "≈0.30", "≈1.00"]


def test_more_numbers_answer_more_and_each_setting_has_its_place(world):
    words, text, _, _, questions, _ = world

    def by_kind(W):
        return np.array([analogies.share_right(analogy, questions["gender"], W, words)])

    by_size = analogies.right_by_size(by_kind, text, len(words), (2, 32), seeds=1)
    assert by_size.shape == (1, 2, 1) and by_size[0, 0, 0] < by_size[0, 1, 0]
    assert analogies.right_by_window(by_kind, text[:500], len(words), (1, 3, 8), size=4, seeds=2).shape == (2, 3, 1)
