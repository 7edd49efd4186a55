"""The encoder–decoder of notebooks 07 and 09: its gradients, its masks, and that step by step is the same as at once."""

import numpy as np
import pytest

from helpers.data.vocabulary import BOS, EOS, PAD, Vocabulary
from helpers.models.translator import ATTENTION, Translator, pair_arrays, trimmed
from helpers.training.gradients import numerical_gradient

KINDS = [(a, bi, peeky) for a in ATTENTION for bi in (False, True) for peeky in (False, True)]
LETTERS = Vocabulary("abc", specials=(PAD, BOS, EOS))
PAIRS = [("abca", "cb"), ("b", "bba"), ("ca", "a")]


def make(kind, seed=0, dtype=np.float64, hidden=4):
    attention, bidirectional, peeky = kind
    return Translator(
        6, 6, embedding=3, hidden=hidden, rng=np.random.default_rng(seed),
        attention=attention, bidirectional=bidirectional, peeky=peeky, dtype=dtype,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_gradient_equals_the_slope(kind):
    net, batch = make(kind), pair_arrays(PAIRS, LETTERS, LETTERS)
    for p in net.params.values():
        p *= 1.7                                                        # away from the small first weights
    _, grads = net.loss_and_grads(*batch)
    assert grads.keys() == net.params.keys()
    for name, p in net.params.items():
        slope = numerical_gradient(lambda: net.loss_and_grads(*batch)[0], p, eps=1e-5)
        assert np.abs(slope - grads[name]).max() <= 1e-7 * max(np.abs(slope).max(), 1e-3), name


@pytest.mark.parametrize("kind", KINDS)
def test_step_by_step_gives_the_scores_of_all_at_once(kind):
    net, (source, source_mask, so_far, _, _) = make(kind), pair_arrays(PAIRS, LETTERS, LETTERS)
    scores, A = net.forward(source, source_mask, so_far)
    log_p = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
    state, memory = net.encode(source, source_mask)
    for t in range(so_far.shape[1]):
        one, state, a = net.step(so_far[:, t], state, memory)
        np.testing.assert_allclose(one, log_p[:, t], atol=1e-12)
        if A is not None:
            np.testing.assert_allclose(a, A[:, t], atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_of_the_source_changes_nothing(kind):
    net, (source, source_mask, so_far, _, _) = make(kind), pair_arrays(PAIRS, LETTERS, LETTERS)
    together, _ = net.forward(source, source_mask, so_far)
    for n, mask in enumerate(source_mask):
        alone, _ = net.forward(source[n:n + 1, :mask.sum()], mask[None, :mask.sum()], so_far[n:n + 1])
        np.testing.assert_allclose(alone[0], together[n], atol=1e-12)


def test_greedy_stops_at_eos_and_fills_up_with_it():
    net, (source, source_mask, *_) = make(("dot", True, False), seed=3), pair_arrays(PAIRS, LETTERS, LETTERS)
    net.params["out.b"][2] = 2.0                                        # a liking for eos
    tokens, A = net.greedy(source, source_mask, bos=1, eos=2, max_len=7)
    assert tokens.shape == A.shape[:2] and tokens.shape[1] <= 7
    for row in tokens:
        if 2 in row:
            assert (row[list(row).index(2):] == 2).all()
    net.params["out.b"][2] = 50.0
    assert net.greedy(source, source_mask, bos=1, eos=2, max_len=7)[0].tolist() == [[2], [2], [2]]


def test_trimmed_batches_lose_padding_only():
    batch = pair_arrays(PAIRS, LETTERS, LETTERS)
    rows = tuple(a[1:] for a in batch)
    (cut,) = trimmed([rows])
    assert cut[0].shape == (2, 2) and cut[2].shape == (2, 4)
    net = make(("dot", False, False))
    assert np.isclose(net.loss_and_grads(*rows)[0], net.loss_and_grads(*cut)[0])


def test_it_learns_to_reverse_short_strings():
    rng = np.random.default_rng(0)
    pairs = [(w, w[::-1]) for w in ("".join(rng.choice(list("abc"), 3)) for _ in range(64))]
    batch = pair_arrays(pairs, LETTERS, LETTERS)
    from helpers.training.optimisers import Adam

    net, adam = make(("dot", True, False), dtype=np.float32, hidden=32), Adam(lr=0.02)
    for _ in range(150):
        loss, grads = net.loss_and_grads(*batch)
        adam.step(net.params, grads)
    tokens, _ = net.greedy(*batch[:2], bos=1, eos=2, max_len=6)
    assert ["".join(LETTERS.decode(t)) for t in tokens] == [target for _, target in pairs]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"attention": "hard"}, "attention"),
        ({"hidden": 5, "bidirectional": True}, "even"),
        ({"hidden": 0}, "hidden"),
    ],
)
def test_bad_sizes_are_told(change, words):
    settings = {"embedding": 3, "hidden": 4, "rng": np.random.default_rng(0)} | change
    with pytest.raises(ValueError, match=words):
        Translator(6, 6, **settings)


def test_a_token_outside_the_vocabulary_is_told():
    net, (source, source_mask, so_far, _, _) = make(("none", False, False)), pair_arrays(PAIRS, LETTERS, LETTERS)
    with pytest.raises(ValueError, match="source"):
        net.forward(source + 5, source_mask, so_far)
