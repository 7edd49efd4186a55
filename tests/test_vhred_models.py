"""The variational autoencoder and the nets that reply: gradients, own functions in a layer's place, bad input."""

import re

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.dialogues import dialogues
from helpers.models import VAE, DialogueNet
from helpers.training.gradients import gradient_errors

KINDS_OF_VAE = {
    "both": {}, "pull alone": {"noise": False, "pull": "mean"}, "noise alone": {"pull": None},
    "neither": {"noise": False, "pull": None}, "scaled": {"centre": np.arange(5.0), "spread": 0.3},
}  # fmt: skip
NETS = {"hred": ("hred", 0, False), "vhred": ("hred", 2, False), "deaf": ("hred", 2, True), "history": ("history", 2, False),
        "last": ("last", 0, False)}  # fmt: skip
NUMBERS = {"draw_code": "12.5", "draw_code_backward": "12.6", "kl_to_prior": "12.7"}
OWN = {name: find(number).reference for name, number in NUMBERS.items()}


def says(*words):
    return pytest.raises(ValueError, match=".*".join(map(re.escape, words)))


def vae(parts=None, dtype=np.float64, **settings):
    return VAE(5, 4, 2, rng=np.random.default_rng(0), weight=0.7, dtype=dtype, parts=parts, **settings)


def pictures():
    rng = np.random.default_rng(1)
    return rng.uniform(size=(3, 5)), rng.normal(size=(3, 2))


def net_and_dialogues(name, **settings):
    kind, latent, deaf = NETS[name]
    rng = np.random.default_rng(0)
    net = DialogueNet(kind, rng=rng, embed=2, hidden=3, latent=latent, deaf=deaf, dtype=np.float64, **settings)
    utterances, replies, _ = dialogues(3, rng, (1, 3), chance=True)
    return net, utterances, replies, rng.normal(size=(3, latent)) if latent else None


@pytest.mark.parametrize("kind", KINDS_OF_VAE)
def test_every_gradient_of_a_vae_equals_the_slope(kind):
    net, (X, eps) = vae(**KINDS_OF_VAE[kind]), pictures()
    grads = dict(net.loss_and_grads(X, eps)[1])
    errors = gradient_errors(lambda: net.loss_and_grads(X, eps)[0], net.params, grads)
    assert grads.keys() == net.params.keys() and max(errors.values()) < 1e-6, errors


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_your_functions_do_what_the_layers_do(dtype):
    X, eps = pictures()
    X = X.astype(dtype)
    loss, grads = vae(dtype=dtype).loss_and_grads(X, eps)
    mine, my_grads = vae(OWN, dtype).loss_and_grads(X, eps)
    assert mine == pytest.approx(loss, rel=1e-5)
    for name, d in grads.items():
        assert d.dtype == my_grads[name].dtype == dtype
        np.testing.assert_allclose(my_grads[name], d, rtol=1e-4, atol=1e-6)


def test_the_loss_of_a_vae_is_its_error_and_its_weighted_kl():
    net, (X, eps) = vae(), pictures()
    loss = net.loss_and_grads(X, eps)[0]
    assert loss == pytest.approx(net.error + 0.7 * net.kl)
    mu, log_var = net.encode(X)
    z = mu + np.exp(log_var / 2) * eps
    assert net.error == pytest.approx(((net.decode(z) - X) ** 2).sum(axis=1).mean())


def test_without_eps_the_draws_come_from_the_nets_generator():
    X, _ = pictures()
    one, two = vae(), vae()
    assert one.loss_and_grads(X)[0] == two.loss_and_grads(X)[0] != one.loss_and_grads(X)[0]


def test_parts_and_settings_of_a_vae_are_checked():
    for parts, words in (
        ({"draw": print}, "draw_code, draw_code_backward, kl_to_prior"),
        ({"draw_code": print}, "belong together"),
        ({"kl_to_prior": 3}, "a dict of functions"),
    ):
        with says(words):
            vae(parts)
    with says("pull is 'both', expected one of 'kl', 'mean'"):
        vae(pull="both")
    with says("spread is 0"):
        vae(spread=0)
    X, eps = pictures()
    with says("kl_to_prior returned a float, expected 3"):
        vae({"kl_to_prior": lambda mu, log_var: 1.0}).loss_and_grads(X, eps)
    with says("what draw_code returns has shape (3,)"):
        vae({**OWN, "draw_code": lambda mu, log_var, eps: mu[:, 0]}).loss_and_grads(X, eps)
    with says("eps has shape (2,)"):
        vae().loss_and_grads(X, eps[0])


@pytest.mark.parametrize("name", NETS)
def test_every_gradient_of_a_net_that_replies_equals_the_slope(name):
    net, utterances, replies, eps = net_and_dialogues(name)
    net.weight = 0.6
    grads = dict(net.loss_and_grads(utterances, replies, eps)[1])
    errors = gradient_errors(lambda: net.loss(utterances, replies, eps), net.params, grads)
    assert grads.keys() == net.params.keys() and max(errors.values()) < 1e-5, errors


def test_your_kl_does_what_the_layer_does():
    net, utterances, replies, eps = net_and_dialogues("vhred")
    own = net_and_dialogues("vhred", kl=find("12.10").reference)[0]
    loss, grads = net.loss_and_grads(utterances, replies, eps)
    mine, my_grads = own.loss_and_grads(utterances, replies, eps)
    assert mine == pytest.approx(loss)
    for name, d in grads.items():
        np.testing.assert_allclose(my_grads[name], d, atol=1e-12)
    with says("kl should return five things"):
        net_and_dialogues("vhred", kl=lambda *four: 0.0)[0].loss(utterances, replies, eps)


def test_hred_does_what_the_exercise_does():
    from helpers.experiments.dialogues import arrays_and_cells

    net, utterances, *_ = net_and_dialogues("hred")
    context = net.context(utterances)
    np.testing.assert_allclose(find("12.9").reference(*arrays_and_cells(net, utterances), 3, 3), context, atol=1e-12)


def test_padding_moves_nothing():
    net, utterances, replies, eps = net_and_dialogues("vhred")
    together = net.context(utterances)
    for row, alone in zip(together, utterances, strict=True):
        np.testing.assert_allclose(net.context([alone])[0], row, atol=1e-12)
    losses = [net.loss([u], [r], e[None]) for u, r, e in zip(utterances, replies, eps, strict=True)]
    assert net.loss(utterances, replies, eps) == pytest.approx(np.mean(losses))


def test_the_last_utterance_alone_is_all_that_a_net_of_the_kind_last_knows():
    net, utterances, *_ = net_and_dialogues("last")
    np.testing.assert_array_equal(net.context(utterances), net.context([row[-1:] for row in utterances]))


def test_a_deaf_decoder_does_not_hear_its_words():
    net, utterances, replies, eps = net_and_dialogues("deaf")
    before = net.loss(utterances, replies, eps)
    net.params["words.W"][5:] += 1.0
    assert net.loss(utterances, replies, eps) == before


def test_replies_end_where_they_should_and_chance_is_repeatable():
    net, utterances, *_ = net_and_dialogues("vhred")
    one, two = (net.reply(utterances, words="drawn", rng=np.random.default_rng(3)) for _ in range(2))
    assert one == two and len(one) == 3 and net.reply(utterances, z="mean", longest=1)[0].count("<") <= 1
    assert net.reply(utterances, z="mean") == net.reply(utterances, z=net.prior(net.context(utterances))[0])


def test_bad_settings_of_a_net_that_replies_are_told_in_words():
    rng = np.random.default_rng(0)
    with says("kind is 'flat', expected one of 'last', 'history', 'hred'"):
        DialogueNet("flat", rng=rng)
    net, utterances, *_ = net_and_dialogues("vhred")
    with says("at least one dialogue"):
        net.context([])
    with says("words is 'random'"):
        net.reply(utterances, words="random", rng=rng)
    with says("rng is a NoneType"):
        net.reply(utterances)
