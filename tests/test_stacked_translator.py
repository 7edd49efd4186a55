"""Encoder–decoders trained side by side: the same losses and gradients as one alone, and the training goes on where it ended."""

import numpy as np
import pytest

from helpers.data.pairs import reverse_pairs
from helpers.data.vocabulary import BOS, EOS, PAD, Vocabulary
from helpers.models.stacked_translator import loss_and_grads, train_translators
from helpers.models.translator import Translator, pair_arrays

LETTERS = Vocabulary("abcd", specials=(PAD, BOS, EOS))


def pairs(seed, N=40):
    return reverse_pairs(N, (1, 4), np.random.default_rng(seed), "abcd")


@pytest.mark.parametrize("peeky", [False, True])
def test_losses_and_gradients_are_those_of_each_net_alone(peeky):
    nets = [
        Translator(7, 7, embedding=3, hidden=5, rng=np.random.default_rng(seed), peeky=peeky, dtype=np.float64)
        for seed in range(3)
    ]
    batches = [pair_arrays([*pairs(seed, 3), ("abcd", "dcba")], LETTERS, LETTERS) for seed in range(3)]
    params = {name: np.stack([net.params[name] for net in nets]) for name in nets[0].params}
    losses, grads = loss_and_grads(params, *(np.stack(parts) for parts in zip(*batches, strict=True)))
    for s, (net, batch) in enumerate(zip(nets, batches, strict=True)):
        loss, own = net.loss_and_grads(*batch)
        assert losses[s] == pytest.approx(loss, abs=1e-12)
        assert own.keys() == grads.keys()
        for name, g in own.items():
            np.testing.assert_allclose(grads[name][s], g, atol=1e-12, err_msg=name)


def test_a_net_learns_the_same_alone_and_beside_another():
    both, losses = train_translators([pairs(0), pairs(1)], LETTERS, LETTERS, steps=20, size=8, hidden=6)
    one, alone = train_translators([pairs(1)], LETTERS, LETTERS, steps=20, seeds=[1], size=8, hidden=6)
    assert losses.shape == (2, 20)
    np.testing.assert_allclose(losses[1], alone[0], rtol=1e-4)
    for name, p in one[0].params.items():
        np.testing.assert_allclose(both[1].params[name], p, atol=1e-3, err_msg=name)


def test_training_lowers_the_loss_and_can_go_on_from_trained_nets():
    first, early = train_translators([pairs(0, 400)], LETTERS, LETTERS, steps=60, hidden=16)
    before = {name: p.copy() for name, p in first[0].params.items()}
    second, late = train_translators([pairs(5, 400)], LETTERS, LETTERS, steps=60, nets=first, hidden=16)
    assert early[0, -1] < 0.8 * early[0, 0] and late[0, -1] < early[0, -1]
    assert all(np.array_equal(before[name], p) for name, p in first[0].params.items())      # copies go on


def test_hearing_its_own_words_changes_the_training_and_the_net_is_looked_at_on_the_way():
    seen = []
    train_translators([pairs(0)], LETTERS, LETTERS, steps=10, size=8, hidden=6, every=5,
                      on_step=lambda step, nets: seen.append((step, nets[0].params["out.W"].copy())))
    assert [step for step, _ in seen] == [5, 10] or [step for step, _ in seen] == [5, 10, 10]
    assert not np.array_equal(seen[0][1], seen[1][1])
    plain = train_translators([pairs(0)], LETTERS, LETTERS, steps=10, size=8, hidden=6)[0][0]
    mixed = train_translators([pairs(0)], LETTERS, LETTERS, steps=10, size=8, hidden=6, mix=0.9)[0][0]
    assert not np.allclose(plain.params["out.W"], mixed.params["out.W"])
