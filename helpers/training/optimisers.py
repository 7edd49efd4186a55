"""Ways to step down a gradient. An optimiser changes the parameters in place, so everyone who holds them sees the step.

    optimiser = Adam(lr=0.004)
    grads, norm = clip_by_global_norm(grads, 5.0)
    optimiser.step(params, grads)

params and grads are dicts of arrays with the same keys.
"""

import numpy as np

from helpers.layers.checks import NotFiniteError, check_keys, check_number


class SGD:
    """Gradient descent that returns nothing and moves each parameter by -lr · gradient, with momentum if asked for.

        v = momentum · v + g         p = p - lr · v
    """

    def __init__(self, lr, *, momentum=0.0):
        self.lr = check_number("lr", lr, low=0)
        self.momentum = check_number("momentum", momentum, low=0, high=1)
        self.velocity = {}

    def step(self, params, grads):
        """Move params in place.  Raises ValueError: keys, shapes or dtypes of params and grads differ."""
        check_pairs(params, grads)
        for name, p in params.items():
            v = grads[name]
            if self.momentum:
                v = self.velocity[name] = self.momentum * self.velocity.get(name, 0) + v
            p -= self.lr * v


class Adam:
    """Adam: a running mean of the gradient, divided by the root of a running mean of its square.

        m = β1 m + (1-β1) g          v = β2 v + (1-β2) g²
        p = p - lr · (m / (1-β1^k)) / (√(v / (1-β2^k)) + ε)          in step k = 1, 2, …

    Source: Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015.
    """

    def __init__(self, lr=0.001, *, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr = check_number("lr", lr, low=0)
        self.beta1 = check_number("beta1", beta1, low=0, high=0.999999)
        self.beta2 = check_number("beta2", beta2, low=0, high=0.999999)
        self.eps = check_number("eps", eps, above=0)
        self.steps = 0
        self.m, self.v = {}, {}

    def step(self, params, grads):
        """Move params in place.  Raises ValueError: keys, shapes or dtypes of params and grads differ."""
        check_pairs(params, grads)
        self.steps += 1
        rate = self.lr / (1 - self.beta1**self.steps)
        root = np.sqrt(1 - self.beta2**self.steps).item()
        for name, p in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(p), np.zeros_like(p)
            m, v = self.m[name], self.v[name]
            m += (1 - self.beta1) * (g - m)
            v += (1 - self.beta2) * (g * g - v)
            p -= rate * m / (np.sqrt(v) / root + self.eps)


def clip_by_global_norm(grads, max_norm):
    """Return gradients of a common norm of at most max_norm, and the norm that they had.

        norm = √(Σ g² over all arrays)        each g · min(1, max_norm / norm)

    One factor for all arrays keeps the direction of the step. The arrays that come in are not changed.
    Raises ValueError: max_norm is not above 0, grads is no dict or empty.
    Raises NotFiniteError: the norm is NaN or infinite; no factor can mend that.
    Source: Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, 2013.
    """
    check_number("max_norm", max_norm, above=0)
    norm = global_norm(grads)
    if not np.isfinite(norm):
        bad = [name for name, g in grads.items() if not np.isfinite(g).all()]
        raise NotFiniteError(f"the gradient's norm is {norm}: look at {', '.join(bad) or 'the size of the gradients'}. "
                             "Clipping cannot mend this; try a smaller learning rate")
    if norm <= max_norm:
        return dict(grads), norm
    return {name: g * (max_norm / norm) for name, g in grads.items()}, norm


def global_norm(grads):
    """Return √(Σ g²) over all arrays of the dict grads, as a float.

    Raises ValueError: grads is no dict of float arrays, or empty.
    """
    if not isinstance(grads, dict) or not grads:
        raise ValueError(f"grads is {'an empty dict' if isinstance(grads, dict) else f'a {type(grads).__name__}'}, "
                         "expected a dict of arrays")
    for name, g in grads.items():
        if not isinstance(g, np.ndarray) or not np.issubdtype(g.dtype, np.floating):
            raise ValueError(f"grads[{name!r}] is {getattr(g, 'dtype', type(g).__name__)}, expected an array of floats")
    return float(np.sqrt(sum(_sum_of_squares(g) for g in grads.values())))


def _sum_of_squares(g):
    total = float(np.vdot(g, g))
    if np.isfinite(total):
        return total
    return float(np.square(g, dtype=np.float64).sum())          # float32 squares overflow at 1e19, float64 do not


def check_pairs(params, grads):
    """Raise ValueError unless grads has params' keys, and each gradient the shape and dtype of its parameter."""
    if not isinstance(params, dict) or not params:
        raise ValueError(f"params is {'an empty dict' if isinstance(params, dict) else f'a {type(params).__name__}'}, "
                         "expected a dict of arrays")
    check_keys("grads", grads, params)
    for name, p in params.items():
        g = grads[name]
        if not isinstance(p, np.ndarray) or not np.issubdtype(p.dtype, np.floating):
            raise ValueError(f"params[{name!r}] is {getattr(p, 'dtype', type(p).__name__)}, expected an array "
                             "of floats: whole numbers cannot take a small step")
        if not isinstance(g, np.ndarray) or g.shape != p.shape:
            found = f"shape {g.shape}" if isinstance(g, np.ndarray) else f"type {type(g).__name__}"
            raise ValueError(f"grads[{name!r}] has {found}, but params[{name!r}] has shape {p.shape}")
        if g.dtype != p.dtype:
            raise ValueError(f"grads[{name!r}] is {g.dtype}, but params[{name!r}] is {p.dtype}")
