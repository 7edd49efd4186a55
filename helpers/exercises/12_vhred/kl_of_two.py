"""Exercise 12.10: how far one Gaussian is from another."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.10", title="From one Gaussian to another", returns={"kl": "N", "dmu": "N K/number", "dlog_var": "N K/number", "dprior_mu": "N K/number", "dprior_log_var": "N K/number"}, hints=[
    "Move and stretch the axis so that the prior becomes N(0, 1): what becomes of mu and of the variance? And what can the prior itself do to come nearer?",
    "In the prior's own measure the distance of the means is (mu - prior_mu)² / prior variance, and the variance is exp(log_var - prior_log_var). Put them into the formula of 12.7. If both means move together nothing changes, so dprior_mu is minus dmu; dprior_log_var has two parts.",
    "`ratio = np.exp(log_var - prior_log_var)`; `pull = (mu - prior_mu) / np.exp(prior_log_var)`; `0.5 * (ratio + (mu - prior_mu) * pull - 1 - log_var + prior_log_var).sum(axis=1)`; `pull`; `0.5 * (ratio - 1)`; `-pull`; `0.5 * (1 - ratio - (mu - prior_mu) * pull)`.",
])
def kl_of_two(mu, log_var, prior_mu, prior_log_var):
    """Return KL(N(mu, variance) ‖ prior) of each row (N,), and four gradients, each (N, K).

    For one number, in nats, with the ratio r of the two variances:
    ½ (r + (mu - prior_mu)² / prior variance - 1 - log r).
    mu = [[3.]], log_var = [[0.]], prior_mu = [[1.]] and prior_log_var = [[1.386]]
    (a variance of 4) give kl = [.818], dmu = [[.5]], dlog_var = [[-.375]],
    dprior_mu = [[-.5]] and dprior_log_var = [[-.125]].
    """
    ratio = np.exp(log_var - prior_log_var)           # TODO: (N, K) of the variances
    pull = (mu - prior_mu) / np.exp(prior_log_var)    # TODO: (N, K) means apart / prior variance
    far = (mu - prior_mu) * pull
    kl = 0.5 * (ratio + far - 1 - np.log(ratio)).sum(axis=1)       # TODO: (N,)
    dlog_var = 0.5 * (ratio - 1)                                   # TODO: (N, K)
    dprior_log_var = 0.5 * (1 - ratio - far)                       # TODO: (N, K) both parts
    return kl, pull, dlog_var, -pull, dprior_log_var


@kl_of_two.cases
def _(rng):
    four = np.log([[4.0]])
    yield "the same Gaussian twice", (np.array([[2.0]]), four, np.array([[2.0]]), four)
    yield "only the means differ", (np.array([[4.0]]), np.zeros((1, 1)), np.array([[1.0]]), np.zeros((1, 1)))
    yield "only the means differ, both variances are 4", (np.array([[4.0]]), four, np.array([[1.0]]), four)
    yield "a prior of variance 4", (np.array([[4.0]]), np.zeros((1, 1)), np.array([[1.0]]), four)
    yield "a prior N(0, 1)", (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), np.zeros((2, 3)), np.zeros((2, 3)))
    yield "4 rows, K = 3", tuple(rng.normal(size=(4, 4, 3)))
    yield "3 rows, K = 2, far apart", tuple(3 * rng.normal(size=(4, 3, 2)))


@kl_of_two.same
def _(mu, log_var, prior_mu, prior_log_var):
    v, pv, d = np.exp(log_var), np.exp(prior_log_var), mu - prior_mu
    kl = (np.log(pv / v) / 2 + (v + d**2) / (2 * pv) - 0.5).sum(1)
    return kl, d / pv, v / (2 * pv) - 0.5, -d / pv, 0.5 - (v + d**2) / (2 * pv)


@kl_of_two.same
def _(mu, log_var, prior_mu, prior_log_var):
    sd = np.exp(prior_log_var / 2)
    m, lv = (mu - prior_mu) / sd, log_var - prior_log_var
    return (np.expm1(lv) + m * m - lv).sum(axis=1) / 2, m / sd, np.expm1(lv) / 2, -m / sd, -(np.expm1(lv) + m * m) / 2


kl_of_two.mistakes_in("ratio", [
    ("Your ratio is upside down: the prior's variance is what one divides by.", "np.exp(prior_log_var - log_var)"),
    ("You divide the logarithms. A ratio of variances is the exponential of their difference.", "log_var / prior_log_var", "np.exp(log_var / prior_log_var)"),
    ("You multiply the two variances instead of dividing.", "np.exp(log_var + prior_log_var)"),
    ("The ratio is one of standard deviations. The formula has that of the variances.", "np.exp((log_var - prior_log_var) / 2)"),
    ("The prior's variance is left out of the ratio, as if it were 1.", "np.exp(log_var)"),
    ("Exp is missing in the ratio: this is its logarithm.", "log_var - prior_log_var"),
])
kl_of_two.mistakes_in("pull", [
    ("The distance of the means is divided by its own variance. What measures it is the prior's.", "(mu - prior_mu) / np.exp(log_var)"),
    ("The distance of the means is not divided by the prior's variance.", "mu - prior_mu"),
    ("The distance of the means is divided by the prior's standard deviation. It is its variance.", "(mu - prior_mu) / np.exp(prior_log_var / 2)"),
    ("The distance of the means has the wrong sign. This is a gradient: it points away from the prior's mean, and a step goes against it.", "(prior_mu - mu) / np.exp(prior_log_var)"),
    ("The distance of the means is multiplied by the prior's variance. A wide prior should care less.", "(mu - prior_mu) * np.exp(prior_log_var)"),
    ("The prior's mean is left out, as if it were 0.", "mu / np.exp(prior_log_var)"),
    ("You divide by the prior's log variance itself.", "(mu - prior_mu) / prior_log_var"),
])
kl_of_two.mistakes_in("kl", [
    ("The distance of the two is a mean over the code's numbers. They add up.", "0.5 * (ratio + far - 1 - np.log(ratio)).mean(axis=1)"),
    ("The half before the distance of the two is missing.", "(ratio + far - 1 - np.log(ratio)).sum(axis=1)"),
    ("The sign before the logarithm of the ratio is wrong.", "0.5 * (ratio + far - 1 + np.log(ratio)).sum(axis=1)"),
    ("The logarithm of the ratio is missing.", "0.5 * (ratio + far - 1).sum(axis=1)"),
    ("The means are missing in the distance of the two.", "0.5 * (ratio - 1 - np.log(ratio)).sum(axis=1)"),
    ("You take off log_var alone: the logarithm of the ratio has the prior's part as well.", "0.5 * (ratio + far - 1 - log_var).sum(axis=1)"),
    ("The 1 is missing: a Gaussian has to be at distance 0 from itself.", "0.5 * (ratio + far - np.log(ratio)).sum(axis=1)"),
    ("The pull stands in the distance of the two where its product with the means' difference belongs.", "0.5 * (ratio + pull - 1 - np.log(ratio)).sum(axis=1)"),
    ("The distance of the two is summed over the rows. Each row has its own.", "0.5 * (ratio + far - 1 - np.log(ratio)).sum(axis=0)"),
    ("The distance of the two is one number for all rows. Each row has its own.", "0.5 * (ratio + far - 1 - np.log(ratio)).sum()"),
])
kl_of_two.mistakes_in("dlog_var", [
    ("The gradient of log_var lacks the - 1: at equal variances nothing should pull.", "0.5 * ratio"),
    ("The gradient of log_var lacks the half.", "ratio - 1"),
    ("The gradient of log_var has the wrong sign.", "0.5 * (1 - ratio)"),
    ("The gradient of log_var has the means in it. They do not depend on the variance.", "0.5 * (ratio + far - 1)"),
    ("This is a slope along the ratio of the variances. Along its logarithm there is one more factor, the ratio.", "0.5 * (1 - 1 / ratio)", "(1 - 1 / ratio) / 2"),
    ("The gradient of log_var is that of a prior N(0, 1): the variance has to be measured by the prior's.", "0.5 * (np.exp(log_var) - 1)"),
])
kl_of_two.mistakes_in("dprior_log_var", [
    ("The prior gets no gradient for its variance: it could never learn.", "0 * ratio", "np.zeros_like(ratio)"),
    ("The prior's variance also measures how far the means are apart: that part is missing in its gradient.", "0.5 * (1 - ratio)", "-dlog_var"),
    ("The gradient of prior_log_var has the wrong sign.", "0.5 * (ratio + far - 1)"),
    ("The gradient of prior_log_var lacks the half.", "1 - ratio - far"),
    ("The gradient of prior_log_var has the means' part with the wrong sign: a wider prior makes them count less.", "0.5 * (1 - ratio + far)"),
    ("The gradient of prior_log_var has the means' part halved twice.", "(1 - ratio - far / 2) / 2", "0.5 * (1 - ratio - 0.5 * far)"),
    ("The gradient of prior_log_var lacks the 1 that comes from the logarithm.", "0.5 * (-ratio - far)", "-0.5 * (ratio + far)"),
    ("The gradient of prior_log_var has the pull where its product with the means' difference belongs.", "0.5 * (1 - ratio - pull)"),
])


@kl_of_two.mistake("The prior's mean gets no gradient. Both means move the distance, in opposite directions.")
def _(mu, log_var, prior_mu, prior_log_var):
    kl, dmu, dlog_var, _, dprior_log_var = kl_of_two(mu, log_var, prior_mu, prior_log_var)
    return kl, dmu, dlog_var, 0 * dmu, dprior_log_var


@kl_of_two.mistake("The two Gaussians have changed places: KL from the prior to the posterior is another number.")
def _(mu, log_var, prior_mu, prior_log_var):
    kl, a, b, c, d = kl_of_two(prior_mu, prior_log_var, mu, log_var)
    return kl, c, d, a, b
