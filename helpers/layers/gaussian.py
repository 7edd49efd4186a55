"""Numbers drawn from a Gaussian that a net chooses, and how far one Gaussian is from another."""

import numpy as np

from .checks import FLOATS, check_array, was_forward_run


class GaussianDraw:
    """A layer that returns z = mu + exp(log_var / 2) · eps, a draw from N(mu, exp(log_var)) when eps is one from N(0, 1).

    eps is an input, not drawn inside: forward is then a function like any other, and its slope can be checked.
    It has no weights: params and grads stay empty.

    Source: Kingma & Welling, Auto-Encoding Variational Bayes, 2013.
    """

    def __init__(self):
        self.params, self.grads, self.cache = {}, {}, None

    def forward(self, mu, log_var, eps):
        """Return z (N, K) for mu, log_var and eps, each (N, K).

        Raises ValueError: they differ in shape or dtype, are empty, or hold NaN.
        """
        _check_pair(mu, log_var)
        check_array("eps", eps, mu.shape, mu.dtype, "each number of the code needs a draw of its own")
        sd = np.exp(log_var / 2)
        self.cache = sd, eps
        return mu + sd * eps

    def backward(self, dz):
        """Return dmu = dz and dlog_var = dz · eps · sd / 2, each (N, K).

        Raises ValueError: forward has not run, or dz does not have the shape of z.
        """
        sd, eps = was_forward_run(self.cache)
        check_array("dz", dz, eps.shape, eps.dtype)
        return dz.copy(), dz * eps * sd / 2


def gaussian_kl(mu, log_var, prior_mu=None, prior_log_var=None):
    """Return the mean over rows of KL(q ‖ p) in nats, and its gradients, for q = N(mu, exp(log_var)) and a prior p.

        kl = Σ over K of  ½ (v / pv + (mu - pmu)² / pv - 1 - log(v / pv))        v, pv the variances

    mu, log_var (N, K); prior_mu and prior_log_var (N, K), or None twice for N(0, 1).
    -> kl, (dmu, dlog_var), and with a prior kl, (dmu, dlog_var, dprior_mu, dprior_log_var).

    Raises ValueError: shapes or dtypes differ, one of the prior's two is missing, NaN.
    """
    _check_pair(mu, log_var)
    if (prior_mu is None) != (prior_log_var is None):
        missing = "prior_mu" if prior_mu is None else "prior_log_var"
        raise ValueError(f"{missing} is missing: a prior has a mean and a log variance, or leave both out for N(0, 1)")
    given = prior_mu is not None
    if given:
        check_array("prior_mu", prior_mu, mu.shape, mu.dtype)
        check_array("prior_log_var", prior_log_var, mu.shape, mu.dtype)
    else:
        prior_mu = prior_log_var = np.zeros_like(mu)
    N = len(mu)
    ratio = np.exp(log_var - prior_log_var)
    pull = (mu - prior_mu) * np.exp(-prior_log_var)                     # the gradient of the middle term
    far = (mu - prior_mu) * pull
    kl = float((ratio + far - 1 - log_var + prior_log_var).sum(dtype=np.float64) / (2 * N))
    dmu, dlog_var = pull / N, (ratio - 1) / (2 * N)
    return (kl, (dmu, dlog_var, -dmu, (1 - ratio - far) / (2 * N))) if given else (kl, (dmu, dlog_var))


def _check_pair(mu, log_var):
    dtype = mu.dtype if isinstance(mu, np.ndarray) and mu.dtype in FLOATS else None
    check_array("mu", mu, ("N", "K"))
    check_array("log_var", log_var, mu.shape, dtype)
