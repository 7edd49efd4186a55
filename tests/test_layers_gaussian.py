"""Draws from a Gaussian, and the distance of two: gradients, known values, bad input."""

import re

import numpy as np
import pytest

from helpers.layers import GaussianDraw, gaussian_kl
from helpers.training.gradients import gradient_errors

N, K = 4, 3


def numbers(count, dtype=np.float64, seed=0):
    return [x.astype(dtype) for x in np.random.default_rng(seed).normal(size=(count, N, K))]


def says(*words):
    return pytest.raises(ValueError, match=".*".join(map(re.escape, words)))


def test_the_gradients_of_a_draw_are_its_slopes():
    mu, log_var, eps, pull = numbers(4)
    layer = GaussianDraw()

    def loss():
        return float((pull * layer.forward(mu, log_var, eps) ** 2).sum())

    dmu, dlog_var = layer.backward(2 * pull * layer.forward(mu, log_var, eps))
    errors = gradient_errors(loss, {"mu": mu, "log_var": log_var}, {"mu": dmu, "log_var": dlog_var})
    assert max(errors.values()) < 1e-7, errors


def test_draws_have_the_mean_and_the_variance_that_were_asked_for():
    rng = np.random.default_rng(1)
    mu, log_var = np.full((200_000, 1), 3.0), np.full((200_000, 1), np.log(4.0))
    z = GaussianDraw().forward(mu, log_var, rng.normal(size=mu.shape))
    assert z.mean() == pytest.approx(3, abs=0.03) and z.var() == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize("prior", [False, True], ids=["N(0, 1)", "a prior"])
def test_the_gradients_of_the_distance_are_its_slopes(prior):
    arrays = dict(zip(("mu", "log_var", "prior_mu", "prior_log_var"), numbers(4 if prior else 2), strict=False))
    kl, grads = gaussian_kl(**arrays)
    assert kl > 0
    errors = gradient_errors(lambda: gaussian_kl(**arrays)[0], arrays, dict(zip(arrays, grads, strict=True)))
    assert max(errors.values()) < 1e-7, errors


def test_the_distance_is_0_from_itself_and_half_a_nat_for_a_mean_of_1():
    mu, log_var = numbers(2)
    assert gaussian_kl(mu, log_var, mu, log_var)[0] == pytest.approx(0, abs=1e-15)
    assert gaussian_kl(np.ones((1, 1)), np.zeros((1, 1)))[0] == 0.5


def test_the_distance_is_the_mean_log_ratio_of_the_densities():
    rng = np.random.default_rng(2)
    mu, log_var, prior_mu, prior_log_var = (np.array([[x]]) for x in (0.7, -0.8, -0.3, 0.4))
    z = mu + np.exp(log_var / 2) * rng.normal(size=(400_000, 1))
    log_q = -((z - mu) ** 2) / (2 * np.exp(log_var)) - log_var / 2
    log_p = -((z - prior_mu) ** 2) / (2 * np.exp(prior_log_var)) - prior_log_var / 2
    assert gaussian_kl(mu, log_var, prior_mu, prior_log_var)[0] == pytest.approx((log_q - log_p).mean(), abs=0.01)


def test_without_a_prior_it_is_that_of_a_prior_of_zeros():
    mu, log_var = numbers(2)
    kl, grads = gaussian_kl(mu, log_var)
    same, all_four = gaussian_kl(mu, log_var, 0 * mu, 0 * mu)
    assert kl == same and all(np.array_equal(a, b) for a, b in zip(grads, all_four, strict=False))


def test_float32_stays_float32():
    mu, log_var, eps = numbers(3, np.float32)
    layer = GaussianDraw()
    z = layer.forward(mu, log_var, eps)
    assert {x.dtype for x in (z, *layer.backward(z), *gaussian_kl(mu, log_var)[1], *gaussian_kl(mu, log_var, eps, eps)[1])} == {
        np.dtype(np.float32)
    }


def test_bad_input_is_told_in_words():
    mu, log_var, eps = numbers(3)
    layer = GaussianDraw()
    with says("backward was called before forward"):
        layer.backward(mu)
    with says("eps has shape (3,), expected (4, 3)", "a draw of its own"):
        layer.forward(mu, log_var, eps[0])
    with says("log_var has shape (4, 2), expected (4, 3)"):
        layer.forward(mu, log_var[:, :2], eps)
    with says("log_var is float32"):
        layer.forward(mu, log_var.astype(np.float32), eps)
    with says("mu holds nan"):
        layer.forward(np.where(mu == mu[0, 0], np.nan, mu), log_var, eps)
    with says("prior_log_var is missing"):
        gaussian_kl(mu, log_var, mu)
    with says("prior_mu has shape (1, 3)"):
        gaussian_kl(mu, log_var, mu[:1], log_var)
    layer.forward(mu, log_var, eps)
    with says("dz has shape (3,), expected (4, 3)"):
        layer.backward(mu[0])
