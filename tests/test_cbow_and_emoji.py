"""CBOW has the right gradient and learns what is planted; the table of emoji says what Unicode says."""

import numpy as np

from helpers.checking.authoring import find
from helpers.data import load_emoji
from helpers.data.planted import numbered, planted_corpus
from helpers.experiments.emoji_sums import emoji_table, parts_of, with_a_vector, words_of
from helpers.models.cbow import contexts_of, mean_of, train_cbow
from helpers.training.gradients import gradient_errors

sgns_loss_grad, neg_table = find("8.6").reference, find("8.5").reference


def test_contexts_are_the_words_around_and_a_lonely_word_has_none():
    middle, around = contexts_of([[5, 7, 9], [3], [1, 2]], window=2)
    assert middle.tolist() == [5, 7, 9, 1, 2]
    assert around.tolist() == [[7, 9], [5, 9], [5, 7], [2, -1], [1, -1]]


def test_each_word_of_the_mean_gets_an_equal_share_of_its_gradient():
    rng = np.random.default_rng(0)
    W, C = rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    around = np.array([[0, 1, 1, 4], [2, 3, -1, -1]])
    c, neg = np.array([5, 1]), rng.integers(6, size=(2, 4))

    def loss():
        return sgns_loss_grad(np.arange(2), c, neg, mean_of(W, around)[0], C)[0]

    h, share = mean_of(W, around)
    _, dh, dC = sgns_loss_grad(np.arange(2), c, neg, h, C)
    dW = np.zeros_like(W)
    np.add.at(dW, around, share * dh[:, None])
    assert max(gradient_errors(loss, {"W": W, "C": C}, {"W": dW, "C": dC}).values()) < 1e-8


def test_planted_analogies_are_found():
    sentences, analogies = planted_corpus(6000, np.random.default_rng(0))
    words, text = numbered(sentences)
    assert words == sorted(words) and [words[i] for i in text[7]] == sentences[7]
    noise = neg_table(np.bincount(np.concatenate(text)), 0.75)
    W = train_cbow(sgns_loss_grad, text, len(words), noise, rng=np.random.default_rng(0))
    right = [find("8.7").reference(a, b, c, W, words) == d for a, b, c, d in analogies["gender"]]
    assert np.mean(right) > 0.75


def test_the_table_of_emoji_holds_their_words():
    symbols, keywords, table, names = emoji_table()
    assert table.shape == (len(symbols), len(keywords)) and set(np.unique(table)) == {0.0, 1.0}
    assert table.sum(axis=0).min() >= 2 and table.sum(axis=1).min() >= 1
    row = table[symbols.index("😠")]
    assert {word for word, there in zip(keywords, row, strict=True) if there} <= words_of(load_emoji()["😠"])
    assert names["😠"] == "angry face"


def test_the_parts_of_a_sum_are_found_or_named():
    assert parts_of(" 🔥 + ❤\ufe0f", ["❤", "🔥"]) == ([1, 0], "")
    assert parts_of("🔥 + x + ", ["❤", "🔥"]) == ([], "(no vector for 'x', '')")


def test_an_emoji_without_a_vector_is_left_out():
    symbols, E = with_a_vector(["a", "b", "c"], np.array([[1.0, 0], [0, 1e-9], [0, -0.5]]))
    assert symbols == ["a", "c"] and E.tolist() == [[1, 0], [0, -0.5]]
