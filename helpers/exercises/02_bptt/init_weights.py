"""Exercise 2.5: where the weights begin."""

import copy

import numpy as np

from helpers.checking.authoring import exercise


@exercise("2.5", title="Where the weights begin", returns={"weights": {"shape": "", "spread": "", "triangle": "", "orthogonal": "", "drawn": ""}}, hints=[
    "Xavier and He: the formulas above give *variances*, and a draw from N(0, 1) times s has the variance s². Which s do you need?",
    "Orthogonal: `Q, R = np.linalg.qr(W)` writes W as a product Q @ R, where the columns of Q have length 1 and stand at right angles. Which of the two keeps lengths?",
    "`np.sqrt(2 / (fan_in + fan_out))` and `np.sqrt(2 / fan_in)`; and of the two matrices that `np.linalg.qr` returns, the first keeps lengths.",
])
def init_weights(kind, fan_in, fan_out, rng):
    """Draw the first values of a weight matrix (fan_in, fan_out).

    It is that of fan_out units with fan_in inputs each. kind: "normal" N(0, 1);
    "xavier" variance 2 / (fan_in + fan_out); "he" variance 2 / fan_in;
    "orthogonal" a random matrix W whose W.T @ W is the unit matrix (if square).
    With fan_in = 8 and "he" the standard deviation is 0.5.
    """
    W = rng.normal(size=(fan_in, fan_out))
    if kind == "xavier":
        W = W * np.sqrt(2 / (fan_in + fan_out))      # TODO: scaled to Xavier's variance
    elif kind == "he":
        W = W * np.sqrt(2 / fan_in)                  # TODO: scaled to He's variance
    elif kind == "orthogonal":
        W = np.linalg.qr(W)[0]                       # TODO: the factor of W that keeps lengths
    return W


class Marked(np.random.Generator):
    """A generator whose matrices have a large diagonal: so one sees in the weights whether they were drawn from it."""

    def __deepcopy__(self, memo):
        return Marked(copy.deepcopy(self.bit_generator, memo))

    def normal(self, loc=0.0, scale=1.0, size=None):
        return loc + scale * self.standard_normal(size)

    def standard_normal(self, size=None, *args, **kwargs):
        return _mark(super().standard_normal(size, *args, **kwargs))

    def random(self, size=None, *args, **kwargs):
        return _mark(super().random(size, *args, **kwargs))

    def uniform(self, low=0.0, high=1.0, size=None):
        return _mark(super().uniform(low, high, size), (high - low) / 12**0.5)


Marked.__name__ = "Generator"      # what a verdict calls it


def _mark(draws, scale=1.0):
    return draws + 1000 * scale * np.eye(*draws.shape) if np.ndim(draws) == 2 else draws


@init_weights.cases
def _(rng):
    for kind, fan_in, fan_out in [("he", 200, 50), ("xavier", 200, 50), ("normal", 50, 200), ("orthogonal", 30, 30),
                                  ("he", 50, 200), ("xavier", 100, 100)]:
        yield f"{kind}, {fan_in} to {fan_out}", (kind, fan_in, fan_out, np.random.default_rng(3))
    for kind in ("he", "xavier", "orthogonal"):
        yield f"{kind}, drawn from the rng that is given", (kind, 40, 40, Marked(np.random.PCG64(3)))


@init_weights.observed_by
def _(W, kind, fan_in, fan_out, rng):
    if isinstance(W, (float, np.floating)):
        raise ValueError(f"{kind}: one number came back, the factor alone. It has to multiply the matrix that was drawn.")
    if isinstance(W, tuple):
        raise ValueError(f"{kind}: {len(W)} things came back. `np.linalg.qr` returns two matrices; only one of them keeps lengths.")
    if not isinstance(W, np.ndarray) or W.dtype.kind not in "fiu":
        raise ValueError(f"Return an array of numbers of shape (fan_in, fan_out) = {(fan_in, fan_out)}.")
    if W.ndim != 2 or not W.size or not np.isfinite(W).all():
        raise ValueError(f"Return a matrix of finite numbers of shape (fan_in, fan_out) = {(fan_in, fan_out)}; got the shape {W.shape}.")
    spread = float(np.sqrt(np.mean(np.square(W, dtype=float))))
    wanted = init_weights.reference(kind, fan_in, fan_out, rng)
    close = round(np.log(max(spread, 1e-30) / float(np.sqrt(np.mean(wanted**2)))) / np.log(1.1))      # in steps of 10 %: draws differ by less
    return {"shape": np.array(W.shape), "spread": close, "triangle": bool(np.allclose(np.tril(W, -1), 0)), "orthogonal": _turns(W),
            "drawn": not isinstance(rng, Marked) or _drawn_from_it(W)}


def _turns(W):
    return bool(W.shape[0] == W.shape[1] and np.allclose(W.T @ W, np.eye(len(W)), atol=1e-5))


def _drawn_from_it(W):
    """Return whether a square W has the large diagonal of a Marked generator."""
    return bool(np.abs(np.diagonal(W)).mean() > 20 * np.abs(W).mean())


@init_weights.explained_by
def _(W, kind, fan_in, fan_out, rng):
    if W.shape != (fan_in, fan_out):
        return f"{kind}: expected the shape (fan_in, fan_out) = {(fan_in, fan_out)}, got {W.shape}."
    if isinstance(rng, Marked) and not _drawn_from_it(W):
        return f"{kind}: the numbers must come from the `rng` that you are given: then the same rng gives the same weights, and another one others."
    if kind == "orthogonal" and _turns(W):
        return "orthogonal: your matrix keeps lengths, but it is not a random one. Start from what was drawn, W."
    if kind == "orthogonal":
        return "orthogonal: your W.T @ W is not the unit matrix, so it does not keep lengths. `np.linalg.qr` makes such a matrix from any other."
    return f"{kind}, {fan_in} to {fan_out}: the standard deviation of your weights, {W.std():.2g}, is not the one of the formula."


@init_weights.same
def _(kind, fan_in, fan_out, rng):
    if kind == "orthogonal":
        u, _, v = np.linalg.svd(rng.normal(size=(fan_in, fan_out)))
        return u @ v
    if kind == "xavier":
        a = np.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-a, a, (fan_in, fan_out))
    return rng.normal(0, {"normal": 1, "he": (2 / fan_in) ** 0.5}[kind], (fan_in, fan_out))


# the blanks: W is Xavier's, W__2 is He's, W__3 the orthogonal one
_own = "You draw from a generator of your own. The numbers must come from the `rng` that you are given: then the same rng gives the same weights, and another one others."
for _sentence, *_edits in [
    ("You multiply by the variance. A draw times s has the variance s², so s is its *root*.", {"W": "W * (2 / (fan_in + fan_out))", "W__2": "W * (2 / fan_in)"}),
    ("You divide by the standard deviation: more inputs would make larger weights, and the sums explode.", {"W": "W / np.sqrt(2 / (fan_in + fan_out))", "W__2": "W / np.sqrt(2 / fan_in)"}),
    ("He and Xavier are swapped.", {"W": "W * np.sqrt(2 / fan_in)", "W__2": "W * np.sqrt(2 / (fan_in + fan_out))"}),
    ("This is He's factor. Xavier's is a compromise between the way forwards and the way back: fan_in + fan_out.", {"W": "W * np.sqrt(2 / fan_in)"}),
    ("This is Xavier's factor. He's has the inputs alone: fan_in.", {"W__2": "W * np.sqrt(2 / (fan_in + fan_out))"}),
    ("The 2 is missing in Xavier's variance: the mean of fan_in and fan_out counts, so it is 2 / (fan_in + fan_out).", {"W": "W * np.sqrt(1 / (fan_in + fan_out))"}),
    ("Your Xavier looks at the inputs alone. It is a compromise between the way forwards and the way back: fan_in + fan_out.", {"W": "W * np.sqrt(1 / fan_in)"}),
    ("6 / (fan_in + fan_out) under the root is the *limit* of a uniform draw, as Xavier's paper has it. A normal draw takes 2 instead of 6.", {"W": "W * np.sqrt(6 / (fan_in + fan_out))"}),
    ("`2 / fan_in + fan_out` divides first and then adds, so that the weights grow with fan_out: the sum needs brackets.", {"W": "W * np.sqrt(2 / fan_in + fan_out)"}),
    ("He counts the *inputs* of a unit, because a unit adds up its inputs: fan_in, not fan_out.", {"W__2": "W * np.sqrt(2 / fan_out)"}),
    ("The 2 is missing in He's variance: a ReLU sets half of its sums to 0, which halves the mean square, and the 2 gives it back.", {"W__2": "W * np.sqrt(1 / fan_in)"}),
    ("The scale of your weights is the same for all sizes. Wx and Wh do not have the same fan-in: use the `fan_in` that is passed.", {"W": "W * np.sqrt(2 / 32)", "W__2": "W * np.sqrt(2 / 16)"}),
    ("`np.linalg.qr` returns two matrices, Q and R. Only one of them keeps lengths: take that one out.", {"W__3": "np.linalg.qr(W)"}),
    ("You return the second factor of QR, R. It is a triangle and stretches; Q, the first, keeps lengths.", {"W__3": "np.linalg.qr(W)[1]"}),
    ("Your orthogonal matrix is the random draw itself: it stretches some directions and shrinks others.", {"W__3": "W"}),
    ("Scaling is not enough for an orthogonal matrix: its columns also have to stand at right angles to each other.", {"W__3": "W / np.linalg.norm(W, axis=0)"}, {"W__3": "W / np.sqrt(fan_in)"}),
    ("The unit matrix keeps lengths, but it is the same each time, and each unit would copy itself alone. Start from what was drawn, W.", {"W__3": "np.eye(fan_in, fan_out)"}),
    (_own, {"W__3": "np.linalg.qr(np.random.default_rng(0).normal(size=W.shape))[0]"}),
]:
    for _edit in _edits:
        init_weights.mistake(_sentence, **_edit)

for _key, _who, _fans in [("W", "Xavier", "(fan_in + fan_out)"), ("W__2", "He", "fan_in")]:
    for _sentence, _line in [
        (f"{_who}'s factor is the variance in your function. The standard deviation is its root.", f"W * (2 / {_fans})"),
        (f"You divide by {_who}'s standard deviation: more inputs would make larger weights, and the sums explode.", f"W / np.sqrt(2 / {_fans})"),
        (f"In {_who}'s factor the root is over the 2 alone. The whole variance, the fraction, goes under it.", f"W * np.sqrt(2) / {_fans}"),
        (f"You square {_who}'s variance. The way from a variance to a standard deviation is the root.", f"W * (2 / {_fans}) ** 2"),
        (f"Your matrix for {_who} is transposed: inputs are the rows, (fan_in, fan_out).", f"(W * np.sqrt(2 / {_fans})).T"),
        ("A uniform draw between -s and s has the standard deviation s / √3: take √6 for its limit in place of √2.", f"rng.uniform(-1, 1, W.shape) * np.sqrt(2 / {_fans})"),
        (_own, f"np.random.default_rng(0).normal(size=W.shape) * np.sqrt(2 / {_fans})"),
    ]:
        init_weights.mistake(_sentence, **{_key: _line})

init_weights.mistake("Your matrices are transposed: inputs are the rows, (fan_in, fan_out).")(lambda kind, fan_in, fan_out, rng: init_weights.reference(kind, fan_in, fan_out, rng).T)
init_weights.mistake(_own)(
    lambda kind, fan_in, fan_out, rng: init_weights.reference(kind, fan_in, fan_out, rng if kind == "normal" else np.random.default_rng(0)))
