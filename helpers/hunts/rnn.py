"""Five backward passes that are ill, what a gradient checker says of each, and a way to mend them line by line.

    found = run("A", *example())                    # what patient A computes
    print(report(found, run("healthy", *example())))
    seen_in(case)                                   # which of seven hidden mistakes a case brings to light
"""

import numpy as np

from helpers.checking.hunt import AS_IT_IS, Hunt
from helpers.training.gradients import relative_error

HEALTHY = (
    "for t in reversed(range(T)):",
    "h_prev = hs[:, t - 1] if t > 0 else h0",
    "dh = dhs[:, t] + dh",
    "da = dh * (1 - hs[:, t] ** 2)",
    "dX[:, t] = da @ Wx.T",
    "dh = da @ Wh.T",
    "dWx += X[:, t].T @ da",
    "dWh += h_prev.T @ da",
    "db += da.sum(axis=0)",
)
ILL = {
    "A": {3: "dh = dhs[:, t]"},
    "B": {6: "dh = da @ Wh"},
    "C": {8: "dWh += hs[:, t].T @ da"},
    "D": {4: "dh = dh * (1 - hs[:, t] ** 2) @ Wh.T", 5: "da = dh * (1 - hs[:, t] ** 2)", 6: "dX[:, t] = da @ Wx.T"},
    "E": {7: "dWx = X[:, t].T @ da", 8: "dWh = h_prev.T @ da", 9: "db = da.sum(axis=0)"},
}
HIDDEN = {
    "the gradient is divided by N": {9: "db += da.mean(axis=0)"},
    "h0 is forgotten": {2: "h_prev = hs[:, t - 1] if t > 0 else 0 * h0"},
    "a sum over time keeps one step": {8: "dWh = h_prev.T @ da"},
    "the outputs before the last are ignored": {3: "dh = dhs[:, t] if t == T - 1 else dh"},
    "nothing comes back from step t + 1": {3: "dh = dhs[:, t]"},
    "Wh is not transposed": {6: "dh = da @ Wh"},
    "the chain breaks after one step": {6: "dh = (dhs[:, t] * (1 - hs[:, t] ** 2)) @ Wh.T"},
}
START = "N, T, D = X.shape\ndX, dh = np.zeros_like(X), np.zeros_like(h0)\n"
START += "dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))\n"
PARTS = ("dX", "dWx", "dWh", "db")


HUNT = Hunt(HEALTHY, ILL | HIDDEN, loop=True, compute=lambda patient, mend: run(patient, *example(), mend=mend))
listing = HUNT.listing


def run(patient, dhs, cache, mend=AS_IT_IS):
    """Return what a patient computes from dhs (N, T, H) and cache (X, h0, hs, Wx, Wh): a dict with dX, dWx, dWh and db.

    Raises ValueError, in the learner's words, where the mended code cannot be run or changes what it was given.
    """
    before = dict(zip(("X", "h0", "hs", "Wx", "Wh", "dhs"), (*cache, dhs), strict=True))
    given = {name: array.copy() for name, array in before.items()}
    names = {"np": np, **given}
    HUNT.run(patient, names, mend, setup=START)
    for name, array in given.items():
        if not np.array_equal(array, before[name], equal_nan=True):
            raise ValueError(f"Patient {patient} writes into `{name}`, which belongs to the caller: make a new array.")
    return {name: names[name] for name in PARTS}


def example(T=8, seed=0):
    """Return (dhs, cache) of a small net: N = 2, D = 3, H = 4."""
    rng = np.random.default_rng(seed)
    X, h0 = rng.normal(size=(2, T, 3)), rng.normal(size=(2, 4))
    Wx, Wh, b = rng.normal(size=(3, 4)) / 2, rng.normal(size=(4, 4)) / 2, rng.normal(size=4)
    hs = _states(X, h0, Wx, Wh, b)
    return rng.normal(size=hs.shape), (X, h0, hs, Wx, Wh)


def seen_in(case):
    """Return of each hidden mistake whether a checker sees it in case = (h0 (N, H), Wh (H, H), dhs (N, T, H)): name -> bool.

    Raises ValueError, in the learner's words, where the case is something else.
    """
    if not isinstance(case, tuple) or len(case) != 3:
        raise ValueError("Return three arrays: h0, Wh, dhs.")
    arrays = []
    for name, axes, array in zip(("h0", "Wh", "dhs"), ("(N, H)", "(H, H)", "(N, T, H)"), case, strict=True):
        numbers = isinstance(array, np.ndarray) and array.dtype.kind in "fiu" and array.size
        if not numbers or array.ndim != axes.count(",") + 1:
            raise ValueError(f"{name} should be an array of numbers {axes}; got {getattr(array, 'shape', type(array).__name__)}.")
        arrays.append(array.astype(float))
    h0, Wh, dhs = arrays
    (N, T, H) = dhs.shape
    if h0.shape != (N, H) or Wh.shape != (H, H):
        shapes = f"h0 {h0.shape}, Wh {Wh.shape}, dhs {dhs.shape}"
        raise ValueError(f"The shapes do not fit together: {shapes} should be (N, H), (H, H), (N, T, H).")
    if dhs.size > 1000 or not all(np.isfinite(a).all() for a in arrays):
        raise ValueError("Take finite numbers, and at most 1000 of them in dhs: a checker runs the net twice for each number.")
    rng = np.random.default_rng(0)
    X, Wx, b = rng.normal(size=(N, T, 3)), rng.normal(size=(3, H)) / 2, rng.normal(size=H) / 2
    cache = (X, h0, _states(X, h0, Wx, Wh, b), Wx, Wh)
    true = run("healthy", dhs, cache)
    return {name: any(relative_error(found[part], true[part]) > 1e-5 for part in PARTS)
            for name in HIDDEN for found in [run(name, dhs, cache)]}


def _states(X, h0, Wx, Wh, b):
    hs, h = np.empty((*X.shape[:2], len(Wh))), h0
    for t in range(X.shape[1]):
        hs[:, t] = h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    return hs


def step_errors(found, true):
    """Return the relative error of each time step of two arrays (N, T, …), as an array (T,)."""
    return np.array([relative_error(found[:, t], true[:, t]) for t in range(true.shape[1])])


def report(found, true, limit=1e-5):
    """Return what a gradient checker says: dX by time step, and each other gradient, right or wrong by how much.

    found, true : dicts with "dX" (N, T, D) and other arrays. An error above `limit` is called wrong.
    """
    wrong = step_errors(found["dX"], true["dX"]) > limit
    rows = [f"dX   {by_step(wrong)}"]
    for name in found:
        if name != "dX":
            error = relative_error(found[name], true[name])
            rows.append(f"{name:4} " + ("right" if error <= limit else f"wrong by {error:.0%}"))
    return "\n".join(rows)


def by_step(wrong):
    """Return in words at which time steps something is wrong; wrong (T,) bool."""
    T = len(wrong)
    if not wrong.any():
        return "right at every t"
    if wrong.all():
        return "wrong at every t"
    last = int(np.flatnonzero(wrong)[-1])
    if wrong[: last + 1].all():
        right = f"t = {T - 1}" if last == T - 2 else f"t = {last + 1} … {T - 1}"
        return f"right at {right}, wrong from t = {last} down"
    return "wrong at t = " + ", ".join(map(str, np.flatnonzero(wrong)))
