"""The fast skip-gram trainer computes what exercise 8.6 does, learns what is planted, and says what is wrong with its input."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data import planted_corpus
from helpers.layers.checks import NotFiniteError
from helpers.models import skipgram
from helpers.models.skipgram import block_gradients, keep_probability, running_text, train_skipgram
from helpers.training.gradients import gradient_errors

sgns_loss_grad, build_pairs = find("8.6").reference, find("8.1").reference


def block(rng, G=2, g=3, S=5, M=4, V=7, D=3, dtype=np.float64):
    """A block with repeated words: ids of middle words, surroundings and negatives, the mask of pairs, and W and C."""
    middle, around, negatives = rng.integers(V, size=(G, g)), rng.integers(V, size=(G, S)), rng.integers(V, size=M)
    near = (rng.random((G, g, S)) < 0.5).astype(dtype)
    W, C = (rng.normal(size=(V, D)).astype(dtype) for _ in range(2))
    return middle, around, negatives, near, W, C


def gathered(middle, around, negatives, near, W, C, weight):
    """The gradients of a block, added to the rows they belong to."""
    dw, dc, dm = block_gradients(W[middle], C[around], C[negatives], near, weight)
    dW, dC = np.zeros_like(W), np.zeros_like(C)
    np.add.at(dW, middle, dw)
    np.add.at(dC, around, dc)
    np.add.at(dC, negatives, dm)
    return dW, dC


@pytest.mark.parametrize("seed", range(3))
def test_a_block_has_the_gradient_of_the_exercise(seed):
    rng = np.random.default_rng(seed)
    middle, around, negatives, near, W, C = block(rng)
    G, i, s = np.nonzero(near)
    w, c = middle[G, i], around[G, s]
    _, dW, dC = sgns_loss_grad(w, c, np.tile(negatives, (len(w), 1)), W, C)  # the mean over the pairs
    for mine, theirs in zip(gathered(middle, around, negatives, near, W, C, 1.0), (dW, dC), strict=True):
        np.testing.assert_allclose(mine, theirs * len(w), atol=1e-12)


def test_a_block_with_weighted_negatives_agrees_with_central_differences():
    middle, around, negatives, near, W, C = block(np.random.default_rng(0))

    def loss():
        pos = np.einsum("gid,gsd->gis", W[middle], C[around])
        bad = np.einsum("gid,md->gim", W[middle], C[negatives])
        own = np.logaddexp(0, -pos) + 0.3 * np.logaddexp(0, bad).sum(2, keepdims=True)
        return np.sum(near * own)

    dW, dC = gathered(middle, around, negatives, near, W, C, 0.3)
    assert max(gradient_errors(loss, {"W": W, "C": C}, {"W": dW, "C": dC}).values()) < 1e-8


def test_a_block_keeps_float32_and_agrees_with_float64():
    for dtype in (np.float32, np.float64):
        found = block_gradients(*(x.astype(dtype) for x in parts(np.random.default_rng(1))), 0.5)
        assert {x.dtype for x in found} == {np.dtype(dtype)}
        if dtype == np.float32:
            single = found
    for a, b in zip(single, found, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def parts(rng):
    middle, around, negatives, near, W, C = block(rng)
    return W[middle], C[around], C[negatives], near


def test_huge_scores_neither_overflow_nor_warn():
    w, c, m, near = parts(np.random.default_rng(2))
    with np.errstate(all="raise", under="ignore"):
        found = block_gradients(1e3 * w, 1e3 * c, 1e3 * m, near, 1.0)
    assert all(np.isfinite(x).all() for x in found)


@pytest.mark.parametrize("window", [1, 2, 5])
@pytest.mark.parametrize("groups", [1, 3])
def test_the_pairs_of_the_blocks_are_those_of_the_exercise(window, groups, monkeypatch):
    rng = np.random.default_rng(0)
    text = [rng.integers(9, size=n).tolist() for n in (4, 1, 9, 2, 30, 3)]
    ids, sentence = running_text(text, 9)
    widest = np.random.default_rng(0)
    monkeypatch.setattr(skipgram, "draw_reach", lambda rng, window, shape: np.full(shape, window))
    found = []
    for middle, around, near, negatives in skipgram._blocks(ids, sentence, np.array([1.0]), window, groups, 3, widest):
        G, i, s = np.nonzero(near)
        found += zip(middle[G, i].tolist(), around[G, s].tolist(), strict=True)
        assert negatives.shape == (3,)
    assert sorted(found) == sorted(map(tuple, build_pairs(text, window).tolist()))


def test_a_reach_is_from_one_to_the_window():
    drawn = skipgram.draw_reach(np.random.default_rng(0), 4, (1000,))
    assert sorted(set(drawn.tolist())) == [1, 2, 3, 4]


def test_rows_that_come_again_are_all_added():
    W = np.zeros((4, 2), np.float32)
    skipgram._add_rows(W, np.array([1, 1, 3]), np.array([[1, 2], [10, 20], [5, 6]], np.float32))
    assert W.tolist() == [[0, 0], [11, 22], [0, 0], [5, 6]]


def planted(N=6000):
    sentences, analogies = planted_corpus(N, np.random.default_rng(0))
    words = sorted({word for sentence in sentences for word in sentence})
    number = {word: i for i, word in enumerate(words)}
    return [[number[word] for word in sentence] for sentence in sentences], words, analogies


def test_planted_analogies_are_found_and_training_is_the_same_each_time():
    text, words, analogies = planted()
    models = [
        train_skipgram(text, len(words), size=32, epochs=8, rng=np.random.default_rng(0), progress=False)
        for _ in range(2)
    ]
    assert np.array_equal(models[0].W, models[1].W) and np.array_equal(models[0].C, models[1].C)
    assert models[0].W.dtype == np.float32 and models[0].W.shape == (len(words), 32)
    assert models[0].words == 8 * sum(map(len, text)) and models[0].words_a_second > 0
    answer = find("8.7").reference
    for kind in ("gender", "capital"):
        right = [answer(a, b, c, models[0].W, words) == d for a, b, c, d in analogies[kind]]
        assert np.mean(right) > 0.95


def test_keep_probability_is_that_of_the_notebook():
    np.testing.assert_allclose(keep_probability(np.array([1000, 9000, 0]), 1e-3), [0.1, (1e-3 / 0.9) ** 0.5, 1])
    assert keep_probability(np.array([5, 5]), None).tolist() == [1, 1]


def run(sentences=((0, 1), (1, 2)), vocabulary=3, **settings):
    settings = {"size": 4, "rng": np.random.default_rng(0), "progress": False} | settings
    return train_skipgram(sentences, vocabulary, **settings)


def test_the_smallest_text_and_the_bar(monkeypatch):
    assert np.isfinite(run().W).all()
    monkeypatch.setenv("TQDM_DISABLE", "1")
    pytest.importorskip("tqdm")
    assert run(progress=True).words == 5 * 4
    assert run([[0, 1], [], np.array([2])]).W.shape == (3, 4)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sentences": []}, "at least one sentence of two words"),
        ({"sentences": [[0], [1]]}, "at least one sentence of two words"),
        ({"sentences": [[0, 3]]}, "from 0 to 2"),
        ({"sentences": [[0, -1]]}, "from 0 to 2"),
        ({"sentences": [[0.0, 1.0]]}, "whole numbers"),
        ({"sentences": [["in", "the"]]}, "whole numbers"),
        ({"size": 0}, "size"),
        ({"window": 0}, "window"),
        ({"negatives": 2.5}, "negatives"),
        ({"lr": 0}, "lr"),
        ({"subsample": 0}, "subsample"),
        ({"shared": 0}, "shared"),
        ({"rng": 3}, "rng"),
    ],
)
def test_bad_input_is_named(settings, words):
    with pytest.raises(ValueError, match=words):
        run(**settings)


def test_a_training_that_diverges_says_so():
    text, words, _ = planted(300)
    with pytest.raises(NotFiniteError, match="smaller lr"), np.errstate(all="ignore"):
        run(text, len(words), lr=1e8, subsample=None, epochs=20)
