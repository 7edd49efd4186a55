"""Exercise 12.7: how far a Gaussian is from N(0, 1)."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.7", title="How far from N(0, 1)?", returns={"kl": "N", "dmu": "N K/number", "dlog_var": "N K/number"}, hints=[
    "The numbers of a code are drawn independently. Do their distances add up, or are they averaged? And where is the distance 0?",
    "Each number gives ½ (variance + mu² - 1 - log_var); a row's distance is the sum over its K numbers. For the gradient, differentiate one such term: the slope of exp(a) is exp(a).",
    "`0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum(axis=1)`; `mu`; `0.5 * (np.exp(log_var) - 1)`.",
])
def kl_to_prior(mu, log_var):
    """Return KL(N(mu, variance) ‖ N(0, 1)) of each row (N,), and its gradients (N, K).

    For one number it is ½ (variance + mu² - 1 - log_var) nats; a row's K numbers add up.
    mu = [[1., 0.]] and log_var = [[0., 0.]] give kl = [.5], dmu = [[1., 0.]] and
    dlog_var = [[0., 0.]].
    """
    kl = 0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum(axis=1)  # TODO: (N,)
    dmu = mu                                                        # TODO: (N, K) of its row's kl
    dlog_var = 0.5 * (np.exp(log_var) - 1)                          # TODO: (N, K)
    return kl, dmu, dlog_var


@kl_to_prior.cases
def _(rng):
    yield "N(0, 1) itself", (np.zeros((1, 2)), np.zeros((1, 2)))
    yield "one mean is 1", (np.array([[1.0, 0.0]]), np.zeros((1, 2)))
    yield "one variance is 9", (np.zeros((1, 1)), np.log([[9.0]]))
    yield "a small variance, a negative mean", (np.array([[-3.0]]), np.array([[-4.0]]))
    yield "3 rows, K = 2", (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))
    yield "4 rows, K = 4", (2 * rng.normal(size=(4, 4)), 2 * rng.normal(size=(4, 4)))
    yield "nearly no variance, and very much", (rng.normal(size=(2, 2)), np.array([[-40.0, 9.0], [7.0, -30.0]]))


@kl_to_prior.same
def _(mu, log_var):
    variance = np.exp(log_var)
    return np.sum(mu * mu + variance - log_var - 1, -1) / 2, mu.copy(), variance / 2 - 0.5


@kl_to_prior.same
def _(mu, log_var):
    sd = np.exp(log_var / 2)
    return (-np.log(sd) + (sd**2 + mu**2) / 2 - 0.5).sum(axis=1), 1.0 * mu, np.expm1(log_var) / 2


kl_to_prior.mistakes_in("kl", [
    ("Your distance is a mean over the code's numbers. They add up; a mean makes the pull K times too weak, without a word.", "0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).mean(axis=1)"),
    ("The half is missing in the distance.", "(np.exp(log_var) + mu**2 - 1 - log_var).sum(axis=1)"),
    ("The sign of the distance is wrong: it is never negative.", "-0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum(axis=1)", "0.5 * (1 + log_var - mu**2 - np.exp(log_var)).sum(axis=1)"),
    ("The distance of all rows together is one number. Each row has its own: sum over the code's numbers.", "0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum()"),
    ("You sum over the rows. Each row has its own distance: sum over the code's numbers.", "0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum(axis=0)"),
    ("The 1 is missing: N(0, 1) has to be at distance 0 from itself.", "0.5 * (np.exp(log_var) + mu**2 - log_var).sum(axis=1)"),
    ("The mean is not squared in your distance.", "0.5 * (np.exp(log_var) + mu - 1 - log_var).sum(axis=1)", "0.5 * (np.exp(log_var) + np.abs(mu) - 1 - log_var).sum(axis=1)"),
    ("You take log_var for the logarithm of sd: exp(log_var) is the variance already.", "0.5 * (np.exp(2 * log_var) + mu**2 - 1 - 2 * log_var).sum(axis=1)"),
    ("The standard deviation stands where the variance belongs.", "0.5 * (np.exp(log_var / 2) + mu**2 - 1 - log_var).sum(axis=1)"),
    ("The logarithm stands where the variance belongs: exp is missing.", "0.5 * (log_var + mu**2 - 1 - log_var).sum(axis=1)"),
    ("log_var is added in your distance. A small variance has to make it larger: subtract.", "0.5 * (np.exp(log_var) + mu**2 - 1 + log_var).sum(axis=1)"),
    ("The logarithm is squared in your distance. Only the mean is.", "0.5 * (np.exp(log_var) + mu**2 - 1 - log_var**2).sum(axis=1)"),
    ("log_var is a logarithm, not a standard deviation: its square is no variance.", "0.5 * (log_var**2 + mu**2 - 1 - log_var).sum(axis=1)"),
    ("log_var is the logarithm already: you take it once more.", "0.5 * (np.exp(log_var) + mu**2 - 1 - np.log(np.abs(log_var))).sum(axis=1)"),
    ("You subtract the logarithm of sd. The formula has that of the variance.", "0.5 * (np.exp(log_var) + mu**2 - 1 - log_var / 2).sum(axis=1)", "0.5 * (np.exp(log_var) + mu**2 - 1 - np.log(np.exp(log_var / 2))).sum(axis=1)"),
    ("The term - log_var is missing: nothing keeps the variance from going to 0.", "0.5 * (np.exp(log_var) + mu**2 - 1).sum(axis=1)"),
    ("The mean is missing in your distance: a code far from 0 costs nothing.", "0.5 * (np.exp(log_var) - 1 - log_var).sum(axis=1)"),
    ("The variance is missing in your distance.", "0.5 * (mu**2 - 1 - log_var).sum(axis=1)"),
    ("Your distances are not summed: each number of the code has one of its own.", "0.5 * (np.exp(log_var) + mu**2 - 1 - log_var)"),
])
kl_to_prior.mistakes_in("dmu", [
    ("dmu is doubled: the half before mu² takes the 2 away.", "2 * mu"),
    ("dmu is halved: the 2 of the square takes the half away.", "0.5 * mu", "mu / 2"),
    ("dmu is divided by the number of rows. Each row's own distance was asked for.", "mu / len(mu)"),
    ("dmu is divided by K, as if the numbers of a code were averaged.", "mu / mu.shape[1]"),
    ("dmu has the sign of a step, not of a slope: the distance grows when mu moves away from 0.", "-mu"),
    ("dmu is the square itself. The slope of ½ mu² is mu.", "mu**2", "0.5 * mu**2"),
    ("dmu knows only the sign of mu: farther away, the slope is steeper.", "np.sign(mu)"),
])
kl_to_prior.mistakes_in("dlog_var", [
    ("The - 1 is missing in dlog_var: at a variance of 1 nothing should pull.", "0.5 * np.exp(log_var)"),
    ("The half is missing in dlog_var.", "np.exp(log_var) - 1"),
    ("This is the slope along the variance. Along its logarithm there is one more factor, the variance.", "0.5 * (1 - 1 / np.exp(log_var))", "0.5 * (1 - np.exp(-log_var))"),
    ("The standard deviation stands in dlog_var where the variance belongs.", "0.5 * (np.exp(log_var / 2) - 1)"),
    ("dlog_var has the wrong sign: above a variance of 1 the distance grows with it.", "0.5 * (1 - np.exp(log_var))"),
    ("dlog_var is divided by K, as if the numbers of a code were averaged.", "0.5 * (np.exp(log_var) - 1) / mu.shape[1]"),
    ("dlog_var is divided by the number of rows. Each row's own distance was asked for.", "0.5 * (np.exp(log_var) - 1) / len(mu)"),
    ("The mean is in dlog_var. mu² does not depend on the variance.", "0.5 * (np.exp(log_var) + mu**2 - 1)"),
    ("The exponential is missing in dlog_var.", "0.5 * (log_var - 1)"),
])
for _sentence, _over in [("Distance and gradients are averaged over the code's numbers. They add up; a mean makes the pull K times too weak.", "mu.shape[1]")]:
    kl_to_prior.mistake(_sentence, kl="0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).mean(axis=1)", dmu=f"mu / {_over}", dlog_var=f"0.5 * (np.exp(log_var) - 1) / {_over}")


@kl_to_prior.mistake("You return the distance alone. Its two gradients were asked for as well.")
def _(mu, log_var):
    return kl_to_prior(mu, log_var)[0]

kl_to_prior.mistakes_in("kl", [
    ("The - 1 stands outside of the sum. It is there for each of the K numbers.", "0.5 * ((np.exp(log_var) + mu**2 - log_var).sum(axis=1) - 1)"),
    ("You take log_var for the variance. The variance is exp(log_var), and its logarithm is log_var itself.", "0.5 * (log_var + mu**2 - 1 - np.log(log_var)).sum(axis=1)"),
])
