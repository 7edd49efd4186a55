"""Exercise 3.3: how far a gradient reaches back."""

import numpy as np

from helpers.checking.authoring import exercise


def tanh_slope(h):
    """Return the slope of tanh where its output is h."""
    return 1 - h**2


def relu_slope(h):
    """Return the slope of relu where its output is h."""
    return (h > 0) * 1.0


def linear_slope(h):
    """Return the slope of the line: 1 everywhere."""
    return np.ones_like(h)


def slope_itself(given):
    """Return what is given, where H holds the slopes already, as in the lesson."""
    return given


@exercise("3.3", title="How far the gradient reaches", returns={"norms": "lag"}, hints=[
    "What stands between h at time t and h at time t - 1: in which order does the forward step pass the matrix and the activation?",
    "Backwards, the activation comes first: multiply by its slope at the state of THIS step. Then the matrix, transposed.",
    "`da = dh * slope(H[t])`, and then `dh = da @ Wh.T` is the gradient one step further back.",
])
def grad_norm_by_lag(Wh, H, dh, slope):
    """Return how long the gradient is after going back 0, 1, 2, … steps.

    For n units: Wh (n, n); H (T, n) the states of one sequence; dh (n,) the gradient at the
    last of them; slope(h) the activation's slope, written with its output h, such as
    1 - h**2 for tanh.
    -> norms, an array (T,): norms[0] is ‖dh‖ itself, norms[k] is the length of the gradient
    at the state H[T-1-k]. One linear unit with Wh = [[0.5]], dh = [1.], T = 3 gives
    [1., 0.5, 0.25].
    """
    T = len(H)
    norms = np.zeros(T)
    for lag in range(T):
        norms[lag] = np.linalg.norm(dh)
        t = T - 1 - lag
        da = dh * slope(H[t])      # TODO: back through the activation of step t
        dh = da @ Wh.T             # TODO: back through the matrix, to the state before
    return norms


@grad_norm_by_lag.cases
def _(rng):
    one, turn = np.array([[0.5]]), np.array([[0.3, -2.0], [1.0, 0.3]])
    yield "one linear unit, 3 steps", (one, rng.normal(size=(3, 1)), np.ones(1), linear_slope)
    yield "one tanh unit, 3 steps", (one, np.array([[0.9], [0.1], [0.6]]), np.ones(1), tanh_slope)
    yield "two linear units that turn, 3 steps", (turn, rng.normal(size=(3, 2)), np.array([1.0, 2.0]), linear_slope)
    yield "a single state", (turn, np.array([[0.5, -0.5]]), np.array([3.0, 4.0]), tanh_slope)
    yield "two saturated tanh units", (turn, np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([3.0, 4.0]), tanh_slope)
    yield "no weights at all", (np.zeros((2, 2)), np.tanh(rng.normal(size=(3, 2))), np.array([3.0, 4.0]), tanh_slope)
    yield "a gradient in whole numbers", (turn, np.tanh(rng.normal(size=(3, 2))), np.array([1, -2]), tanh_slope)
    yield "three linear units, 4 steps", (rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.normal(size=3), linear_slope)
    yield "four tanh units, 6 steps", (rng.normal(size=(4, 4)), np.tanh(rng.normal(size=(6, 4))), rng.normal(size=4), tanh_slope)
    yield "five relu units, 5 steps", (rng.normal(size=(5, 5)), np.maximum(rng.normal(size=(5, 5)), 0), rng.normal(size=5), relu_slope)
    yield "slopes given as they are, 40 steps", (
        rng.normal(size=(3, 3)), rng.uniform(0.1, 1, (40, 3)), rng.normal(size=3), slope_itself)


@grad_norm_by_lag.same
def _(Wh, H, dh, slope):
    norms = [np.sqrt(np.sum(dh**2))]
    for h in H[:0:-1]:
        dh = Wh @ (slope(h) * dh)
        norms.append(np.sqrt(np.sum(dh**2)))
    return np.array(norms)


@grad_norm_by_lag.same
def _(Wh, H, dh, slope):
    def gradient(lag):      # from the start for every lag: slow, and right
        g = dh
        for t in range(len(H) - 1, len(H) - 1 - lag, -1):
            g = np.einsum("j,ij->i", g * slope(H[t]), Wh)
        return g

    return np.array([np.linalg.norm(gradient(lag)) for lag in range(len(H))])


NO_SLOPE = "The activation's slope is missing in what goes back: this is the gradient of a linear net, whatever the activation is."
FORWARDS = "Your gradient goes through the matrix in the forward direction. `da @ Wh` (for a vector the same as `Wh.T @ da`) leads from old units to new ones; on the way back entry (i, j) leads from new unit j to old unit i: `da @ Wh.T`."
ENTRY_BY_ENTRY = "`*` multiplies entry by entry and adds nothing up. Through the matrix the gradient goes by a matrix product: each old unit collects from all new ones."

grad_norm_by_lag.mistakes_in("da", [
    (NO_SLOPE, "dh"),
    ("You take the slope at the state BEFORE the step, `H[t - 1]`. The activation that made H[t] is the one the gradient goes back through.", "dh * slope(H[t - 1])"),
    ("You take the slopes in the order of time, `H[lag]`. The way back starts at the last state.", "dh * slope(H[lag])"),
    ("You take the slope of the gradient, `slope(dh)`: the slope belongs to the state that the activation put out.", "dh * slope(dh)"),
    ("You multiply by the state instead of by the activation's slope there.", "dh * H[t]"),
    ("You write tanh's slope in. The net may have another activation: its slope is what is passed as `slope`.", "dh * (1 - H[t] ** 2)"),
    ("The gradient that came in is missing: `da` is made of the slope alone, so every step starts afresh.", "slope(H[t])"),
    ("You squash the states once more before you take the slope: H holds outputs of the activation already, and `slope` is written for outputs.", "dh * slope(np.tanh(H[t]))"),
    ("You take the slope of the last state at every step. Each step back passes the activation of its own state.", "dh * slope(H[-1])"),
    ("You average the slopes over the units. Each unit's gradient passes its own activation, with its own slope.", "dh * slope(H[t]).mean()"),
    ("You multiply by the slopes of all steps at once. Each step back passes the activation of its own state alone.", "dh * slope(H)"),
    ("The slope comes in twice: one step passes the activation once.", "dh * slope(H[t]) ** 2"),
    ("You divide by the slope. A flat activation makes the gradient shorter, not longer: back through it one multiplies.", "dh / slope(H[t])"),
])

grad_norm_by_lag.mistakes_in("dh", [
    (FORWARDS, "da @ Wh", "Wh.T @ da"),
    ("The matrix is missing: the gradient passes the activation, and then `Wh.T`, at every step.", "da"),
    (NO_SLOPE, "dh @ Wh.T"),
    ("You keep the old gradient and add the new one to it. These states have no loss of their own: what goes back replaces what was there.", "dh + da @ Wh.T"),
    (ENTRY_BY_ENTRY, "da * Wh", "da * Wh.T"),
    ("You go back through the inverse, as if to undo the step. A gradient goes back through the transpose.", "da @ np.linalg.inv(Wh)"),
])

grad_norm_by_lag.mistake("Matrix and slope are in the wrong order: forwards the activation comes last, so backwards it comes first.", da="dh @ Wh.T", dh="da * slope(H[t])")

grad_norm_by_lag.mistake("You never move on: every lag starts from the first `dh` again. The gradient of one step is where the next begins.")(
    lambda Wh, H, dh, slope: np.array([
        np.linalg.norm((dh * slope(H[-1 - lag])) @ Wh.T if lag else dh) for lag in range(len(H))]))

for sentence, *changes in [
    ("You measure after each step instead of before: norms[0] should be the length of the `dh` that came in.",
    ("        norms[lag] = np.linalg.norm(dh)\n",
     ""), ("dh = da @ Wh.T", "dh = da @ Wh.T\n        norms[lag] = np.linalg.norm(dh)")),
    ("Your norms are in the order of time. The order here is the lag: norms[0] belongs to the last state.",
     ("return norms", "return norms[::-1]")),
    ("You return squared lengths: the root is missing.", ("np.linalg.norm(dh)", "np.sum(dh**2)")),
    ("You add up absolute values. The norm of a gradient is the root of its summed squares.",
     ("np.linalg.norm(dh)", "np.abs(dh).sum()")),
    ("You return the gradients themselves; asked for are their lengths.",
     ("np.zeros(T)", "np.zeros((T, len(dh)))"), ("np.linalg.norm(dh)", "dh")),
    ("You measure halfway, between the slope and the matrix: the lengths asked for are those of `dh`, at the states.",
     ("np.linalg.norm(dh)", "np.linalg.norm(dh * slope(H[T - 1 - lag]))")),
]:
    grad_norm_by_lag.mistake(sentence)(grad_norm_by_lag.changed(*changes))
