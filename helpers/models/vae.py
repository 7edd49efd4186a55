"""An autoencoder whose code is a draw: the variational autoencoder, and the nets between it and the plain one.

    net = VAE(144, 64, 4, rng=rng, weight=0.1)
    loss, grads = net.loss_and_grads(X)             # X (N, 144); eps is drawn, or given: loss_and_grads(X, eps)
    net.decode(net.encode(X)[0])                    # what comes back
"""

import numpy as np

from helpers.layers import GaussianDraw, Linear, gaussian_kl
from helpers.layers.checks import check_array, check_choice, check_number, check_rng, check_size
from helpers.training.parameters import collect_grads, collect_params

PULLS = ("kl", "mean", None)
PARTS = ("draw_code", "draw_code_backward", "kl_to_prior")


class VAE:
    """A net that gives back its input through K numbers that are drawn:

        h = tanh(u @ We + be), u = (x - centre) / spread          mu = h @ Wmu + bmu     log_var = h @ Wvar + bvar
        z = mu + exp(log_var / 2) · eps                           y = centre + spread · (tanh(z @ Wd + bd) @ Wout + bout)
        loss = Σ (y - x)² + weight · pull,  averaged over rows

    inputs, hidden, code   D, H, K
    weight   of the pull on the code (often called β)
    noise    False: z = mu, the net of a plain autoencoder
    pull     "kl": KL(N(mu, sd²) ‖ N(0, 1));  "mean": ½ mu², its part for the mean alone;  None
    centre, spread   (D,) and a number, of the data: with 0 and 1, faint pictures are learnt slowly
    parts    your own functions in the place of the layers' code: draw_code with draw_code_backward, kl_to_prior

    params and grads: encode.W, encode.b, mu.W, …, log_var.W, …, decode.W, …, out.W, out.b

    Source: Kingma & Welling, Auto-Encoding Variational Bayes, 2013; the weight: Higgins et al., β-VAE, 2017.
    """

    def __init__(
        self, inputs, hidden, code, *, rng, weight=1.0, noise=True, pull="kl", centre=0.0, spread=1.0,
        dtype=np.float32, parts=None,
    ):
        D, H, K = check_size("inputs", inputs), check_size("hidden", hidden), check_size("code", code)
        self.weight, self.noise = check_number("weight", weight, low=0), bool(noise)
        self.pull = None if pull is None else check_choice("pull", pull, PULLS[:2])
        self.rng, self.dtype, self.parts = check_rng(rng), np.dtype(dtype), check_parts(parts)
        self.centre, self.spread = np.asarray(centre, dtype), self.dtype.type(check_number("spread", spread, above=0))
        made = {"rng": rng, "dtype": dtype}
        self.layers = {"encode": Linear(D, H, **made), "mu": Linear(H, K, **made), "log_var": Linear(H, K, **made),
                       "decode": Linear(K, H, **made), "out": Linear(H, D, **made)}
        self.params, self.draw = collect_params(**self.layers), GaussianDraw()
        self.error = self.kl = 0.0

    def encode(self, X):
        """Return mean and log variance (N, K) of the code of X (N, D)."""
        X = (X.astype(self.dtype, copy=False) - self.centre) / self.spread
        self.h = np.tanh(self.layers["encode"].forward(X))
        return self.layers["mu"].forward(self.h), self.layers["log_var"].forward(self.h)

    def decode(self, z):
        """Return the rows (N, D) that codes z (N, K) stand for."""
        self.g = np.tanh(self.layers["decode"].forward(z.astype(self.dtype, copy=False)))
        return self.centre + self.spread * self.layers["out"].forward(self.g)

    def loss_and_grads(self, X, eps=None):
        """Return the loss and its gradients. eps (N, K) are the draws; None draws them.

        error and kl then hold the loss's two parts (kl before it is multiplied by the weight).
        """
        N = len(X)
        mu, log_var = self.encode(X)
        if eps is None:
            eps = self.rng.normal(size=mu.shape)
        eps = check_array("eps", eps.astype(self.dtype) * self.noise, mu.shape)
        y = self.decode(self._draw(mu, log_var, eps))
        apart = y - X
        self.error = float((apart**2).sum(dtype=np.float64) / N)
        dg = self.layers["out"].backward((2 * self.spread / self.dtype.type(N) * apart).astype(self.dtype, copy=False))
        dz = self.layers["decode"].backward(dg * (1 - self.g**2))
        dmu, dlog_var = self._draw_backward(dz, log_var, eps)
        self.kl, pulls = self._pull(mu, log_var)
        weight = self.dtype.type(self.weight)
        dh = self.layers["mu"].backward(dmu + weight * pulls[0]) + self.layers["log_var"].backward(dlog_var + weight * pulls[1])
        self.layers["encode"].backward(dh * (1 - self.h**2))
        return self.error + self.weight * self.kl, collect_grads(**self.layers)

    def _draw(self, mu, log_var, eps):
        if "draw_code" not in self.parts:
            return self.draw.forward(mu, log_var, eps)
        return self._own("draw_code", mu, mu, log_var, eps)

    def _draw_backward(self, dz, log_var, eps):
        if "draw_code" not in self.parts:
            return self.draw.backward(dz)
        found = self.parts["draw_code_backward"](dz, log_var, eps)
        return [self._fits("draw_code_backward", d, dz) for d in _results("draw_code_backward", found, 2)]

    def _pull(self, mu, log_var):
        if self.pull is None:
            return 0.0, (np.zeros_like(mu), np.zeros_like(mu))
        if self.pull == "mean":
            return float((mu**2).sum() / (2 * len(mu))), (mu / self.dtype.type(len(mu)), np.zeros_like(mu))
        if "kl_to_prior" not in self.parts:
            return gaussian_kl(mu, log_var)
        kl, *pulls = _results("kl_to_prior", self.parts["kl_to_prior"](mu, log_var), 3)
        return float(kl.mean()), [self._fits("kl_to_prior", d, mu) / self.dtype.type(len(mu)) for d in pulls]

    def _own(self, name, like, *given):
        return self._fits(name, self.parts[name](*given), like)

    def _fits(self, name, x, like):
        return check_array(f"what {name} returns", x, like.shape).astype(self.dtype, copy=False)


def check_parts(parts):
    """Return parts as a dict, once its keys are known and fit together.  Raises ValueError: otherwise."""
    parts = {} if parts is None else parts
    if not isinstance(parts, dict) or not set(parts) <= set(PARTS) or not all(map(callable, parts.values())):
        raise ValueError(f"parts is {parts!r:.60}, expected a dict of functions with some of the keys {', '.join(PARTS)}")
    if ("draw_code" in parts) != ("draw_code_backward" in parts):
        raise ValueError("draw_code and draw_code_backward belong together: give both, or none of them")
    return parts


def _results(name, found, count):
    if not isinstance(found, tuple) or len(found) != count:
        kind = f"{len(found)} things" if isinstance(found, tuple) else f"a {type(found).__name__}"
        raise ValueError(f"{name} returned {kind}, expected {count}")
    return found
