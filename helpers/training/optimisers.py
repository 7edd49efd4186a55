"""Ways to step down a gradient. An optimiser changes the parameters in place, so everyone who holds them sees the step.

    optimiser = Adam(lr=0.004)
    grads, norm = clip_by_global_norm(grads, 5.0)
    optimiser.step(params, grads)

params and grads are dicts of arrays with the same keys. After its first step an optimiser makes no arrays any more: it
calculates in place (`m += a`, `out=a`), in arrays that it keeps for that.
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
        self.velocity, self._room = {}, {}

    def step(self, params, grads):
        """Move params in place.  Raises ValueError: keys, shapes or dtypes of params and grads differ."""
        check_pairs(params, grads)
        lr = float(self.lr)
        for name, p in params.items():
            v = g = grads[name]
            if self.momentum:
                if name not in self.velocity:
                    self.velocity[name] = np.zeros_like(p)
                v = self.velocity[name]
                v *= self.momentum
                v += g
            p -= np.multiply(v, lr, out=room_for(p, name, self._room))


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
        self._a, self._b = {}, {}

    def step(self, params, grads):
        """Move params in place.  Raises ValueError: keys, shapes or dtypes of params and grads differ."""
        check_pairs(params, grads)
        self.steps += 1
        rate = float(self.lr) / (1 - self.beta1**self.steps)
        root = np.sqrt(1 - self.beta2**self.steps).item()
        for name, p in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(p), np.zeros_like(p)
            m, v = self.m[name], self.v[name]
            a, b = room_for(p, name, self._a), room_for(p, name, self._b)

            np.subtract(g, m, out=a)
            a *= 1 - self.beta1
            m += a                              # m + (1-β1) (g - m)

            np.multiply(g, g, out=a)
            a -= v
            a *= 1 - self.beta2
            v += a                              # v + (1-β2) (g² - v)

            np.sqrt(v, out=a)
            a /= root
            a += self.eps                       # √(v / (1-β2^k)) + ε
            np.multiply(m, rate, out=b)         # lr · m / (1-β1^k)
            b /= a
            p -= b


def clip_by_global_norm(grads, max_norm, *, room=None):
    """Return gradients of a common norm of at most max_norm, and the norm that they had.

        norm = √(Σ g² over all arrays)        each g · min(1, max_norm / norm)

    One factor for all arrays keeps the direction of the step. The arrays that come in are not changed.

    room  an empty dict of yours, the same one at each call: the smaller gradients are written into arrays that stay in it,
          and only the first call makes new ones. Without it each call does.

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
    factor, room = float(max_norm / norm), {} if room is None else room
    return {name: np.multiply(g, factor, out=room_for(g, name, room)) for name, g in grads.items()}, norm


def room_for(x, name, room):
    """Return the array room[name], to calculate in; where none of the shape and dtype of x is there, one is made first."""
    found = room.get(name)
    if found is None or found.shape != x.shape or found.dtype != x.dtype:
        found = room[name] = np.empty_like(x)
    return found


def global_norm(grads):
    """Return √(Σ g²) over all arrays of the dict grads, as a float.

    Raises ValueError: grads is no dict of float arrays, or empty.
    """
    if not isinstance(grads, dict) or not grads:
        raise ValueError(f"grads is {'an empty dict' if isinstance(grads, dict) else f'a {type(grads).__name__}'}, "
                         "expected a dict of arrays")
    for name, g in grads.items():
        if not isinstance(g, np.ndarray) or g.dtype.kind != "f":
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
        if not isinstance(p, np.ndarray) or p.dtype.kind != "f":
            raise ValueError(f"params[{name!r}] is {getattr(p, 'dtype', type(p).__name__)}, expected an array "
                             "of floats: whole numbers cannot take a small step")
        if not isinstance(g, np.ndarray) or g.shape != p.shape:
            found = f"shape {g.shape}" if isinstance(g, np.ndarray) else f"type {type(g).__name__}"
            raise ValueError(f"grads[{name!r}] has {found}, but params[{name!r}] has shape {p.shape}")
        if g.dtype != p.dtype:
            raise ValueError(f"grads[{name!r}] is {g.dtype}, but params[{name!r}] is {p.dtype}")
