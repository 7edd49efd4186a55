"""The linear recurrent unit: every unit turns and shrinks by a complex number of its own, whose radius is a parameter."""

import numpy as np

from .checks import check_dtype, check_number, check_params, check_rng, check_size, was_forward_run
from .recurrence import linear_recurrence, linear_recurrence_backward
from .sequences import check_sequence, check_state, gradients_into_states, last_step, to_batch_first, to_time_major


class LRU:
    """A layer that returns the real and the imaginary parts, (N, T, 2H), of all states of

        λ = exp(-exp(nu) + i exp(theta))        |λ| = exp(-exp(nu)) < 1, whatever nu is
        h_t = λ · h_{t-1} + exp(gamma) · (x_t @ (Br + i Bi))

    params: nu, theta, gamma (H,), Br, Bi (D, H), all real; grads has the same keys. The state is (N, 2H) as well.

    LRU(D, H, radii=(0.9, 0.999), phase=0.3, rng=rng)    radii uniform in area on this ring, phases from 0 to phase;
    gamma starts at log √(1 - |λ|²), so that white noise gives states of size 1 at any radius.

    Source: Orvieto, Smith, Gu, Fernando, Gulcehre, Pascanu & De, Resurrecting Recurrent Neural Networks for Long
    Sequences, 2023.
    """

    def __init__(self, inputs, hidden, *, rng, radii=(0.9, 0.999), phase=0.3, dtype=np.float32):
        D, H, dtype = check_size("inputs", inputs), check_size("hidden", hidden), check_dtype(dtype)
        self.params = {name: p.astype(dtype) for name, p in first_weights(D, H, radii, phase, check_rng(rng)).items()}
        self.grads = {}
        self.cache = None

    @property
    def eigenvalues(self):
        """λ (H,), complex."""
        return factors(self.params)[0]

    def forward(self, X, state=None, *, lengths=None):
        """Return all states (N, T, 2H), real parts first, and the last one (N, 2H).  Raises ValueError: as GRU.forward."""
        D, H, dtype = self._checked()
        check_sequence(X, self.params["Br"], lengths)
        Xt = to_time_major(X)
        first = check_state("state", state, len(X), 2 * H, dtype)
        h, cache = lru_steps(self.params, Xt, first[:, :H] + 1j * first[:, H:])
        S = np.concatenate([first[None], parts(h)])
        self.cache = Xt, cache, lengths
        return to_batch_first(S[1:], lengths), last_step(S, lengths)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the gradient (N, 2H) of the first state; fill grads.  As GRU.backward."""
        Xt, cache, lengths = was_forward_run(self.cache)
        D, H, dtype = self._checked()
        T, N, _ = Xt.shape
        dS = gradients_into_states(dH, dstate, (N, T, 2 * H), dtype, lengths)
        self.grads, dX, dh0 = lru_steps_back(self.params, dS, Xt, cache)
        return to_batch_first(dX), parts(dh0)

    def _checked(self):
        nu = self.params.get("nu")
        H = len(nu) if isinstance(nu, np.ndarray) and nu.ndim == 1 and len(nu) else "H"
        dtype = check_params(self.params, {"nu": (H,), "theta": (H,), "gamma": (H,), "Br": ("D", H), "Bi": ("D", H)})
        return len(self.params["Br"]), H, dtype


def first_weights(D, H, radii, phase, rng):
    """Return the first weights of an LRU.  Raises ValueError: radii outside 0 … 1 or in the wrong order, phase not above 0."""
    low, high = radii
    check_number("the smaller radius", low, above=0, high=0.999999999)
    check_number("the larger radius", high, low=low, high=0.999999999)
    check_number("phase", phase, above=0)
    r = np.sqrt(rng.uniform(low**2, high**2, H))                    # uniform in area: r² is uniform
    theta = np.log(rng.uniform(0, phase, H) + 1e-6)
    B = rng.normal(size=(2, D, H)) / np.sqrt(2 * D)
    return {"nu": np.log(-np.log(r)), "theta": theta, "gamma": 0.5 * np.log(1 - r * r), "Br": B[0], "Bi": B[1]}


def factors(params):
    """Return λ (complex) and γ of the parameters of an LRU."""
    return np.exp(-np.exp(params["nu"]) + 1j * np.exp(params["theta"])), np.exp(params["gamma"])


def parts(h):
    """Return the real and the imaginary parts of h (…, H) side by side, (…, 2H)."""
    return np.concatenate([h.real, h.imag], axis=-1)


def lru_steps(params, Xt, h0, recurrence=linear_recurrence):
    """Return the complex states h (T, …, H) for Xt (T, …, D), and what the way back needs."""
    lam, gamma = factors(params)
    Z = Xt @ (params["Br"] + 1j * params["Bi"])
    a = np.broadcast_to(lam, (len(Xt), *lam.shape))
    h = recurrence(a, gamma * Z, h0)
    return h, (lam, gamma, Z, a, h, h0)


def lru_steps_back(params, dS, Xt, cache, backward=linear_recurrence_backward):
    """Return the gradients of params, of Xt and of h0 (complex), given dS (T, …, 2H) for real and imaginary parts.

        dlog λ = conj(λ) · Σ dλ        dnu = -exp(nu) · Re(dlog λ)        dtheta = exp(theta) · Im(dlog λ)
    """
    lam, gamma, Z, a, h, h0 = cache
    H = h.shape[-1]
    da, du, dh0 = backward(dS[..., :H] + 1j * dS[..., H:], a, h, h0)
    row = (0, -2)                                                   # over the steps and the batch
    dlog = np.conj(lam) * _as(da.sum(axis=row), lam)
    dgamma = _as((du * np.conj(Z)).real.sum(axis=row), gamma) * gamma
    dZ = gamma * du
    dB = (Xt.swapaxes(-1, -2) @ dZ).sum(axis=0)
    grads = {"nu": -np.exp(params["nu"]) * dlog.real, "theta": np.exp(params["theta"]) * dlog.imag, "gamma": dgamma,
             "Br": dB.real.copy(), "Bi": dB.imag.copy()}
    B = params["Br"] + 1j * params["Bi"]
    return grads, (dZ @ np.conj(B).swapaxes(-1, -2)).real, dh0


def _as(x, like):
    return x.reshape(like.shape)
