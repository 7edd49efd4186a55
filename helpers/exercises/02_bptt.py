"""Notebook 02: backpropagation through time."""

import copy

import numpy as np

from helpers import bughunt
from helpers.checking.authoring import exercise

GRADS = {"Wx": "D H", "Wh": "H H", "b": "H"}

# -------------------------------------------------------------------------------------------- 2.1 numerical_grad


@exercise("2.1", title="The slope by trying", returns={"gradient": ""}, hints=[
    "If one number of `p` grows by ε, by how much does the loss change? And if it shrinks by ε?",
    "The two losses lie 2ε apart on the axis of that number. And `p` belongs to the caller: leave it as you found it.",
    "`p[place] = old - eps`, then `below = f(p)`, then `p[place] = old`; the slope is `(above - below) / (2 * eps)`.",
])
def numerical_grad(f, p, eps):
    """Return the gradient of f at p, an array like p, by central differences.

    f: a function that takes an array like p and returns one number, the loss.
    With f(p) = p[0] ** 2, p = [3.] and eps = 0.5 it is [(3.5² - 2.5²) / 1] = [6.].
    """
    gradient = np.zeros_like(p)
    for place in np.ndindex(p.shape):          # every number of p, one after the other
        old = p[place]
        p[place] = old + eps
        above = f(p)
        p[place] = old - eps                   # TODO: move this one number down
        below = f(p)
        p[place] = old                         # TODO: leave p as it was
        gradient[place] = (above - below) / (2 * eps)      # TODO: the slope between the two
    return gradient


def _cube(p):
    return float(np.sum(p**3))


def _together(p):
    return float(np.sum(np.tanh(p @ np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8]]))) + np.exp(p).prod() / 10)


@numerical_grad.cases
def _(rng):
    cube, together = _cube, _together
    yield "one number, f = p³", (cube, np.array([[0.7]]), 0.1)
    yield "two numbers, f = sum of p³, a large step", (cube, rng.normal(size=(1, 2)), 0.2)
    yield "a matrix whose numbers act together", (together, rng.normal(size=(2, 3)) / 2, 0.05)
    yield "the usual eps = 1e-5", (together, rng.normal(size=(2, 3)) / 2, 1e-5)


@numerical_grad.same
def _(f, p, eps):
    gradient = np.empty(p.shape)
    for i in range(p.size):
        step = np.zeros(p.size)
        step[i] = eps
        step = step.reshape(p.shape)
        gradient.ravel()[i] = (f(p + step) - f(p - step)) / eps / 2
    return gradient


def _differences(difference):
    def function(f, p, eps):
        gradient = np.zeros_like(p)
        for place in np.ndindex(p.shape):
            step = np.zeros_like(p)
            step[place] = eps
            gradient[place] = difference(f, p, step, eps)
        return gradient

    return function


_2_1 = numerical_grad.mistake
_2_1("You look to one side only: from f(p) to f(p + ε). That error shrinks as ε, the one of both sides together as ε².")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s) - f(p)) / e)(f, p, eps))
_2_1("You go up and down by ε / 2 each, and divide by 2ε: half of the slope is missing. The two points lie ε above and ε below p.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s / 2) - f(p - s / 2)) / (2 * e))(f, p, eps))
_2_1("You look to one side only, downwards: from f(p - ε) to f(p). Both sides together are far more exact.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p) - f(p - s)) / e)(f, p, eps))
_2_1("You divide by ε, but the two losses lie 2ε apart: every slope is twice as steep as it should be.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s) - f(p - s)) / e)(f, p, eps))
_2_1("You go up by ε and back down to where you were, and still divide by 2ε: half of the slope is missing.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s) - f(p)) / (2 * e))(f, p, eps))
_2_1("The difference of the two losses is not divided by their distance: a slope is rise over run.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: f(p + s) - f(p - s))(f, p, eps))
_2_1("You multiply by 2ε. A slope is the rise divided by the distance.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s) - f(p - s)) * (2 * e))(f, p, eps))
_2_1("`/ 2 * eps` divides by 2 and then multiplies by ε: Python works from left to right. Put brackets around `2 * eps`.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s) - f(p - s)) / 2 * e)(f, p, eps))
_2_1("Every slope has the wrong sign: it is the loss above minus the loss below.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p - s) - f(p + s)) / (2 * e))(f, p, eps))
_2_1("Your gradient is zero everywhere: `f` gets the same array both times. Do you move a copy that `f` never sees, or twice the same way?")(
    lambda f, p, eps: np.zeros_like(p))
_2_1("You move all numbers of `p` at once, so you measure one slope for all of them together. Move one number at a time.")(
    lambda f, p, eps: np.full_like(p, (f(p + eps) - f(p - eps)) / (2 * eps)))
_2_1("You divide by a step of your own, 2e-5. Another one may be asked for: use the `eps` that you are given.")(
    lambda f, p, eps: _differences(lambda f, p, s, e: (f(p + s) - f(p - s)) / 2e-5)(f, p, eps))
_2_1("One number comes back, for all numbers of `p` moved at once. An array like `p` is asked for: one slope for each of its numbers.")(
    lambda f, p, eps: (f(p + eps) - f(p - eps)) / (2 * eps))
_2_1("One number comes back, the slope of the last place: each round replaces the whole of `gradient` instead of one number in it.")(
    lambda f, p, eps: numerical_grad.reference(f, p, eps).ravel()[-1])
_2_1("The slopes are right, but they come as one long row. The gradient has the shape of `p`: one slope for each of its numbers.")(
    lambda f, p, eps: numerical_grad.reference(f, p, eps).ravel())


@_2_1("You do not put the number back: it stays at p - ε while the next ones are tried, and the caller finds another `p` afterwards.")
def _(f, p, eps):
    gradient = np.zeros_like(p)
    for place in np.ndindex(p.shape):
        old = p[place]
        p[place] = old + eps
        above = f(p)
        p[place] = old - eps
        gradient[place] = (above - f(p)) / (2 * eps)
    return gradient


@_2_1("The first number is put back only halfway: after the second trial it lies ε below, and you add nothing. Keep `old`, and write it back.")
def _(f, p, eps):
    gradient = np.zeros_like(p)
    for place in np.ndindex(p.shape):
        p[place] += eps
        above = f(p)
        p[place] -= eps
        gradient[place] = (above - f(p)) / (2 * eps)
        p[place] -= eps
    return gradient


@_2_1("From p + ε you go down by ε only, which leads back to p. The lower point is p - ε, two steps below the upper one.")
def _(f, p, eps):
    gradient = np.zeros_like(p)
    for place in np.ndindex(p.shape):
        p[place] += eps
        above = f(p)
        p[place] -= eps
        gradient[place] = (above - f(p)) / (2 * eps)
        p[place] += eps
    return gradient


# --------------------------------------------------------------------------------------------- 2.2 step_backward


@exercise("2.2", title="One step, backwards", returns={"dx": "N D", "dh_prev": "N H", "grads": GRADS}, hints=[
    "Walk the step backwards: through which function does the gradient pass first, and what is its slope, written with h?",
    "The text derives dx with indices. For dWx: W[i, j] is multiplied by x[n, i] and enters a[n, j], for every row n; so the slope is a sum over n. "
    "h_prev and Wh are a pair like x and Wx. And b[j] enters a[n, j] for every n, with the factor 1.",
    "`da = dh * (1 - h**2)`; then `da @ Wx.T` and `x.T @ da`, the same with Wh and h_prev; and db is `da.sum(axis=0)`.",
])
def step_backward(dh, cache):
    """Take dh (N, H), the gradient for h = tanh(x @ Wx + h_prev @ Wh + b), back through the step.

    cache = (x, h_prev, h, Wx, Wh) with x (N, D), h_prev and h (N, H), Wx (D, H), Wh (H, H)
    -> dx (N, D), dh_prev (N, H), grads: a dict with Wx (D, H), Wh (H, H) and b (H,).
    One unit with x = 1, h_prev = 0, h = 0.5, Wx = 2, Wh = 3 and dh = 1:
    da = 0.75, dx = 1.5, dh_prev = 2.25.
    """
    x, h_prev, h, Wx, Wh = cache
    da = dh * (1 - h**2)           # TODO: through the tanh, (N, H)
    dx = da @ Wx.T                 # TODO: to the input
    dh_prev = da @ Wh.T            # TODO: to the state before
    dWx = x.T @ da                 # TODO: to the input's matrix
    dWh = h_prev.T @ da            # TODO: to the state's matrix
    db = da.sum(axis=0)            # TODO: to the bias
    return dx, dh_prev, {"Wx": dWx, "Wh": dWh, "b": db}


def _step_cache(rng, N, D, H):
    x, h_prev = rng.normal(size=(N, D)), rng.uniform(-0.9, 0.9, size=(N, H))
    Wx, Wh, b = rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H) / 2
    return x, h_prev, np.tanh(x @ Wx / 2 + h_prev @ Wh / 2 + b), Wx, Wh


@step_backward.cases
def _(rng):
    one = np.ones((1, 1))
    yield "the worked number: one unit, h_prev = 0", (one, (one, 0 * one, one / 2, 2 * one, 3 * one))
    yield "one unit, one sequence", (rng.normal(size=(1, 1)), _step_cache(rng, 1, 1, 1))
    yield "one unit, a batch of 3", (rng.normal(size=(3, 1)), _step_cache(rng, 3, 1, 1))
    yield "a batch of 3, D = 2, H = 4", (rng.normal(size=(3, 4)), _step_cache(rng, 3, 2, 4))
    yield "square arrays, N = D = H = 3", (rng.normal(size=(3, 3)), _step_cache(rng, 3, 3, 3))


@step_backward.same
def _(dh, cache):
    x, h_prev, h, Wx, Wh = cache
    da = dh - dh * h * h
    return (np.einsum("nh,dh->nd", da, Wx), (Wh @ da.T).T,
            {"b": np.ones(len(x)) @ da, "Wh": np.einsum("ni,nj->ij", h_prev, da), "Wx": np.einsum("ni,nj->ij", x, da)})


@step_backward.same
def _(dh, cache):
    x, h_prev, h, Wx, Wh = (a.astype(np.float32) for a in cache)
    da = dh.astype(np.float32) * (1 + h) * (1 - h)
    return da @ Wx.T, da @ Wh.T, {"Wx": x.T @ da, "Wh": h_prev.T @ da, "b": da.sum(0)}


def _backward(slope=lambda dh, h, p, x: dh * (1 - h**2), dx=None, dh_prev=None, Wx=None, Wh=None, b=None):
    """Return a step_backward with some of its lines replaced."""

    def function(dh, cache):
        x, h_prev, h, wx, wh = cache
        da = slope(dh, h, h_prev, x)
        given = (x, h_prev, h, wx, wh, da, dh)
        return (
            dx(*given) if dx else da @ wx.T,
            dh_prev(*given) if dh_prev else da @ wh.T,
            {
                "Wx": Wx(*given) if Wx else x.T @ da,
                "Wh": Wh(*given) if Wh else h_prev.T @ da,
                "b": b(*given) if b else da.sum(axis=0),
            },
        )

    return lambda dh, cache: function(dh, cache)


for _sentence, _wrong in [
    ("The slope of tanh is 1 - h², not 1 - h: at h = -0.9 the curve is nearly flat, but 1 - h is almost 2 there.",
     _backward(lambda dh, h, p, x: dh * (1 - h))),
    ("You put h through the tanh a second time. h *is* the output of the tanh: its slope is 1 - h².",
     _backward(lambda dh, h, p, x: dh * (1 - np.tanh(h) ** 2))),
    ("You take the slope h², which is 0 where tanh is steepest: it is 1 - h².", _backward(lambda dh, h, p, x: dh * h**2)),
    ("The slope of the tanh is missing: what arrives at h has to pass through the tanh before it meets a matrix.",
     _backward(lambda dh, h, p, x: dh)),
    ("You take the slope at the *old* state. The tanh of this step gave h, so its slope is 1 - h².",
     _backward(lambda dh, h, p, x: dh * (1 - p**2))),
    ("h (1 - h) is the slope of the sigmoid. This unit is a tanh: 1 - h².", _backward(lambda dh, h, p, x: dh * h * (1 - h))),
    ("You take the slope of the tanh twice: once is enough, on the way from h to the sum inside.",
     _backward(lambda dh, h, p, x: dh * (1 - h**2) ** 2)),
    ("You forgot to multiply by what comes in: da is the slope *times* dh.", _backward(lambda dh, h, p, x: 1 - h**2)),
    ("You add dh to the slope. In the chain rule slopes are multiplied.", _backward(lambda dh, h, p, x: dh + (1 - h**2))),
    ("`da @ Wh` runs forwards once more. The way back along h_prev @ Wh is da @ Wh.T: entry (i, j) leads from old unit i to new unit j.",
     _backward(dh_prev=lambda x, p, h, wx, wh, da, dh: da @ wh)),
    ("`da @ Wx` runs forwards once more. The way back along x @ Wx is da @ Wx.T, which has the shape (N, D) of x.",
     _backward(dx=lambda x, p, h, wx, wh, da, dh: da @ wx)),
    ("The gradient for the old state skips the tanh: it starts from da, as all the others do, not from dh.",
     _backward(dh_prev=lambda x, p, h, wx, wh, da, dh: dh @ wh.T)),
    ("The gradient for the input skips the tanh: it starts from da, as all the others do, not from dh.",
     _backward(dx=lambda x, p, h, wx, wh, da, dh: dh @ wx.T)),
    ("The sign of the slope is wrong: tanh rises everywhere, so its slope, 1 - h², is never negative.",
     _backward(lambda dh, h, p, x: dh * (h**2 - 1))),
    ("1 + h² would be steepest where tanh is flat: its slope is 1 - h².", _backward(lambda dh, h, p, x: dh * (1 + h**2))),
    ("`dh * 1 - h**2` multiplies dh by 1 and then subtracts: the whole slope, 1 - h², needs brackets.",
     _backward(lambda dh, h, p, x: dh * 1 - h**2)),
    ("`dh.T @ (…)` is a product of matrices. Each number passes through the tanh on its own: element by element, so that da has the shape of dh.",
     _backward(lambda dh, h, p, x: dh.T @ (1 - h**2))),
    ("You put the slope of the old state's tanh into dh_prev. That tanh belongs to the step before, and is passed there.",
     _backward(dh_prev=lambda x, p, h, wx, wh, da, dh: da @ wh.T * (1 - p**2))),
    ("You put the matrix first, as for column vectors. Here each row is one sequence, so da stands on the left: da @ Wx.T, da @ Wh.T.",
     _backward(dx=lambda x, p, h, wx, wh, da, dh: wx @ da)),
    ("You put the matrix first, as for column vectors. Here each row is one sequence, so da stands on the left: da @ Wx.T, da @ Wh.T.",
     _backward(dh_prev=lambda x, p, h, wx, wh, da, dh: wh @ da)),
    ("You put the matrix first, as for column vectors. Here each row is one sequence, so da stands on the left: da @ Wx.T, da @ Wh.T.",
     _backward(dx=lambda x, p, h, wx, wh, da, dh: wx @ da, dh_prev=lambda x, p, h, wx, wh, da, dh: wh @ da)),
    ("`x @ da` lacks the transpose. W[i, j] is used once for each row, so dWx sums over the rows: x.T @ da, of the shape of Wx.",
     _backward(Wx=lambda x, p, h, wx, wh, da, dh: x @ da)),
    ("`x @ da` lacks the transpose, in dWx and in dWh. Each weight is used once for each row, so its gradient sums over the rows: x.T @ da.",
     _backward(Wx=lambda x, p, h, wx, wh, da, dh: x @ da, Wh=lambda x, p, h, wx, wh, da, dh: p @ da)),
    ("dWx and dWh are swapped: x stands left of Wx, the old state left of Wh.",
     _backward(Wx=lambda x, p, h, wx, wh, da, dh: p.T @ da, Wh=lambda x, p, h, wx, wh, da, dh: x.T @ da)),
    ("Your db is a table of one row, (1, H). b is a plain row of H numbers: sum over the batch without keeping its axis.",
     _backward(b=lambda x, p, h, wx, wh, da, dh: da.sum(axis=0, keepdims=True))),
    ("Your db still has the batch axis. The same b was added to every row, so its gradient is the sum over the rows, (H,).",
     _backward(b=lambda x, p, h, wx, wh, da, dh: da)),
    ("Your db is the mean over the batch. Each row pulls at b with its whole gradient: sum them up (the loss has its mean in it already).",
     _backward(b=lambda x, p, h, wx, wh, da, dh: da.mean(axis=0))),
    ("Your db is summed over the units. There is one bias for each unit: sum over the batch, axis 0.",
     _backward(b=lambda x, p, h, wx, wh, da, dh: da.sum(axis=1))),
    ("Your dWh uses the new state h. In the product h_prev @ Wh it is the *old* state that stands left of Wh.",
     _backward(Wh=lambda x, p, h, wx, wh, da, dh: h.T @ da)),
    ("Your dWh is transposed: it must have the shape and the order of Wh, row = from, column = to.",
     _backward(Wh=lambda x, p, h, wx, wh, da, dh: da.T @ p)),
    ("Both matrix gradients are transposed: write x.T @ da, which has the shape (D, H) of Wx.",
     _backward(Wx=lambda x, p, h, wx, wh, da, dh: da.T @ x, Wh=lambda x, p, h, wx, wh, da, dh: da.T @ p)),
    ("The two ways back are swapped: Wx leads back to the input, Wh to the old state. Or you return them in the wrong order: dx comes first.",
     _backward(dx=lambda x, p, h, wx, wh, da, dh: da @ wh.T, dh_prev=lambda x, p, h, wx, wh, da, dh: da @ wx.T)),
    ("What arrives at the old state is da @ Wh.T alone: dh itself belongs to this step and is not handed on.",
     _backward(dh_prev=lambda x, p, h, wx, wh, da, dh: dh + da @ wh.T)),
]:
    step_backward.mistake(_sentence)(_wrong)

# the gradients of the parameters, one of them wrong, or two, or all three
_SKIP = {"Wx": lambda x, p, h, wx, wh, da, dh: x.T @ dh, "Wh": lambda x, p, h, wx, wh, da, dh: p.T @ dh,
         "b": lambda x, p, h, wx, wh, da, dh: dh.sum(axis=0)}
_MEAN = {"Wx": lambda x, p, h, wx, wh, da, dh: x.T @ da / len(x), "Wh": lambda x, p, h, wx, wh, da, dh: p.T @ da / len(x),
         "b": lambda x, p, h, wx, wh, da, dh: da.sum(axis=0) / len(x)}
for _names in [("Wx",), ("Wh",), ("b",), ("Wx", "Wh"), ("Wx", "b"), ("Wh", "b"), ("Wx", "Wh", "b")]:
    _which = " and ".join("d" + name for name in _names)
    step_backward.mistake(f"Your {_which} skip{'s' * (len(_names) == 1)} the tanh: every gradient of this step starts from da, not from dh.")(
        _backward(**{name: _SKIP[name] for name in _names}))
    if _names != ("b",):
        step_backward.mistake(f"You divide {_which} by the batch size. The sum over the batch is right: the loss has its mean in it already.")(
            _backward(**{name: _MEAN[name] for name in _names}))

# ------------------------------------------------------------------------------------------------------ 2.3 bptt


@exercise("2.3", title="Back through all the steps", returns={"dX": "N T D", "dh0": "N H", "grads": GRADS}, hints=[
    "Along which two arrows does the state h_t reach the loss? Along both of them a gradient comes back.",
    "You can only go back through step t once you know what step t + 1 sends: so the last step comes first. And the same weights worked "
    "at every step, so every step adds its part.",
    "`dh = dhs[:, t] + dh` before the step; `hs[:, t - 1] if t > 0 else h0` is the state before it; `grads[name] + step[name]` after it.",
])
def bptt(dhs, cache):
    """Backpropagation through time for a tanh RNN.

    dhs (N, T, H): how the loss reacts to each state *directly*, through the output read off it.
    cache = (X, h0, hs, Wx, Wh): X (N, T, D), h0 (N, H), all states hs (N, T, H), Wx (D, H), Wh (H, H)
    -> dX (N, T, D), dh0 (N, H), grads: a dict with Wx (D, H), Wh (H, H) and b (H,), summed over time.
    With one unit, T = 2, Wh = 3, both slopes 1 and dhs = [[[1.], [1.]]],
    1 arrives at the last state and 1 + 3 = 4 at the first.
    """
    X, h0, hs, Wx, Wh = cache
    N, T, D = X.shape
    dX, dh = np.zeros_like(X), np.zeros_like(h0)      # nothing comes back after the last step
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    steps = reversed(range(T))                        # TODO: the order of the steps
    for t in steps:
        h_prev = hs[:, t - 1] if t > 0 else h0         # TODO: the state before step t
        dh = dhs[:, t] + dh                            # TODO: all that arrives at h_t
        dX[:, t], dh, step = step_backward(dh, (X[:, t], h_prev, hs[:, t], Wx, Wh))
        for name in grads:
            grads[name] = grads[name] + step[name]    # TODO: what one step adds to the gradient
    return dX, dh, grads


def _run_cache(rng, N, T, D, H, scale=0.8):
    X, h0 = rng.normal(size=(N, T, D)), rng.uniform(-0.9, 0.9, size=(N, H))
    Wx, Wh, b = scale * rng.normal(size=(D, H)), scale * rng.normal(size=(H, H)), rng.normal(size=H) / 3
    states, h = np.empty((N, T, H)), h0
    for t in range(T):
        states[:, t] = h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    return X, h0, states, Wx, Wh


@bptt.cases
def _(rng):
    yield "one unit, one step", (rng.normal(size=(1, 1, 1)), _run_cache(rng, 1, 1, 1, 1))
    yield "one unit, three steps, the loss looks at the last alone", (np.array([[[0.0], [0.0], [1.0]]]), _run_cache(rng, 1, 3, 1, 1))
    yield "one unit, three steps, the loss looks at all", (rng.normal(size=(1, 3, 1)), _run_cache(rng, 1, 3, 1, 1))
    yield "a batch of 2, T = 5, D = 3, H = 4", (rng.normal(size=(2, 5, 4)), _run_cache(rng, 2, 5, 3, 4))
    yield "N = T = D = H = 4", (rng.normal(size=(4, 4, 4)), _run_cache(rng, 4, 4, 4, 4))


def _bptt(X, h0, hs, Wx, Wh, dhs, order=None, total=lambda d, dh, t: d + dh, before=None, keep=lambda old, new: old + new):
    N, T, D = X.shape
    dX, dh = np.zeros_like(X), np.zeros_like(h0)
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    for t in order(T) if order else reversed(range(T)):
        h_prev = before(hs, h0, t) if before else hs[:, t - 1] if t > 0 else h0
        dh = total(dhs[:, t], dh, t)
        dX[:, t], dh, step = step_backward(dh, (X[:, t], h_prev, hs[:, t], Wx, Wh))
        grads = {name: keep(grads[name], step[name]) for name in grads}
    return dX, dh, grads


def _bptt_with(**changes):
    return lambda dhs, cache: _bptt(*cache, dhs, **changes)


@bptt.same
def _(dhs, cache):
    X, h0, hs, Wx, Wh = cache
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dA, dh = np.zeros_like(hs), 0
    for t in range(hs.shape[1] - 1, -1, -1):
        dA[:, t] = (dhs[:, t] + dh) * (1 - hs[:, t] ** 2)
        dh = dA[:, t] @ Wh.T
    return dA @ Wx.T, dh, {
        "Wx": np.einsum("ntd,nth->dh", X, dA), "Wh": np.einsum("nti,ntj->ij", before, dA), "b": dA.sum(axis=(0, 1))}


@bptt.same
def _(dhs, cache):
    X, h0, hs, Wx, Wh = cache
    dh, sums, dX = 0, {"Wx": 0, "Wh": 0, "b": 0}, []
    for t in reversed(range(X.shape[1])):
        dx, dh, step = step_backward(dh + dhs[:, t], (X[:, t], ([h0] + list(np.moveaxis(hs, 1, 0)))[t], hs[:, t], Wx, Wh))
        sums = {name: sums[name] + step[name] for name in sums}
        dX.insert(0, dx)
    return np.stack(dX, axis=1), dh, sums


for _sentence, _wrong in [
    ("The recurrent term is missing: h_t reaches the loss through its own output *and* through step t + 1. Add what that step sends back.",
     _bptt_with(total=lambda d, dh, t: d)),
    ("You replace what the output at t says by what step t + 1 sends. Both arrive at h_t: add them.",
     lambda dhs, cache: _bptt(*cache, dhs, total=lambda d, dh, t: d if t == cache[0].shape[1] - 1 else dh)),
    ("Your loop runs forwards. Step t needs what step t + 1 sends back, so the last step comes first.", _bptt_with(order=range)),
    ("Each step overwrites the gradient of the weights, so that of one step is left. The same weights worked at every step: add up.",
     _bptt_with(keep=lambda old, new: new)),
    ("Your h_prev is h_t itself, one step too late: in dWh it is the state *before* the step that counts.",
     _bptt_with(before=lambda hs, h0, t: hs[:, t])),
    ("At t = 0 your `hs[:, t - 1]` is `hs[:, -1]`, the *last* state. Before the first step there was h0.",
     _bptt_with(before=lambda hs, h0, t: hs[:, t - 1])),
    ("Before the first step you put zeros. The net started from h0, which need not be zero.",
     _bptt_with(before=lambda hs, h0, t: hs[:, t - 1] if t else 0 * h0)),
    ("Every step takes h0 for the state before it: that is true of the first alone.", _bptt_with(before=lambda hs, h0, t: h0)),
    ("Your loop stops before it reaches t = 0: the first step has weights and an input as well.",
     _bptt_with(order=lambda T: range(T - 1, 0, -1))),
    ("Your loop leaves out the last step, t = T - 1: `range(T)` counts from 0 to T - 1.", _bptt_with(order=lambda T: reversed(range(T - 1)))),
    ("You subtract what comes back from step t + 1: gradients that arrive at one place are added.",
     _bptt_with(total=lambda d, dh, t: d - dh)),
    ("Everything is zero. Does your loop run at all (a range that counts down needs a step of -1)? Does dhs come in? Is it added to what comes "
     "back, or multiplied by it?", _bptt_with(total=lambda d, dh, t: dh)),
    ("You pass what arrives at h_t through the tanh, and `step_backward` does so once more: it wants the gradient for h_t itself.",
     lambda dhs, cache: _bptt(*cache, dhs, total=lambda d, dh, t: (d + dh) * (1 - cache[2][:, t] ** 2))),
    ("You multiply what comes back by Wh.T, but `step_backward` of step t + 1 has done that already: its dh_prev is ready to be added.",
     lambda dhs, cache: _bptt(*cache, dhs, total=lambda d, dh, t: d + dh @ cache[4].T)),
    ("You take the mean of the two gradients that arrive at h_t. What comes along two paths is added.",
     _bptt_with(total=lambda d, dh, t: (d + dh) / 2)),
    ("You divide by the batch size. The sum over the batch is right: the loss has its mean in it already.",
     lambda dhs, cache: _bptt(*cache, dhs, keep=lambda old, new: old + new / len(dhs))),
    ("At t = 1 you take h0, as if it were the first step. The state before step 1 is that of step 0.",
     _bptt_with(before=lambda hs, h0, t: hs[:, t - 1] if t > 1 else h0)),
    ("`hs[t - 1]` is sequence number t - 1 with all its steps. The time axis is the second.",
     _bptt_with(before=lambda hs, h0, t: hs[t - 1] if t > 0 else h0)),
    ("You reach beyond the last step: the steps are 0 … T - 1. Does your loop begin at T, or do you take the state *after* the step for the one "
     "before it?", _bptt_with(order=lambda T: range(T, 0, -1))),
    ("You reach beyond the last step: the steps are 0 … T - 1. Does your loop begin at T, or do you take the state *after* the step for the one "
     "before it?", _bptt_with(before=lambda hs, h0, t: hs[:, t + 1] if t > 0 else h0)),
    ("Your dh0 is zero. It is what the first step sends back to the state that the net started from.",
     lambda dhs, cache: (lambda dX, dh, grads: (dX, 0 * dh, grads))(*bptt.reference(dhs, cache))),
    ("You return after one round of the loop: the `return` belongs after the loop, not inside it.",
     lambda dhs, cache: _bptt(*cache, dhs, order=lambda T: [T - 1])),
    ("You read dhs at the wrong end: the gradient of step t is `dhs[:, t]`.",
     lambda dhs, cache: _bptt(*cache, dhs[:, ::-1])),
    ("Each step reads `dhs[:, -1]`: every state has an output of its own, and dhs[:, t] is what that one says.",
     lambda dhs, cache: _bptt(*cache, np.repeat(dhs[:, -1:], dhs.shape[1], axis=1))),
    ("`dhs[t]` is sequence number t with all its steps. The time axis is the second: `dhs[:, t]`.",
     lambda dhs, cache: _bptt_by_row(dhs, cache)),
    ("You keep subtracting the steps' gradients of the weights: they are added up.", _bptt_with(keep=lambda old, new: old - new)),
    ("You divide the sums by T, as for a mean over the steps. A weight that works at T steps gets the sum of T gradients.",
     lambda dhs, cache: _mean_over_time(dhs, cache)),
    ("The order of the steps is right, but dX comes out back to front: you collect the steps in the order in which the loop meets them, last step first.",
     lambda dhs, cache: (lambda dX, dh, grads: (dX[:, ::-1], dh, grads))(*bptt.reference(dhs, cache))),
    ("What comes back is overwritten too early: you hand `dh` through Wh first and then take this step's gradients from the new one.",
     lambda dhs, cache: _too_early(dhs, cache)),
    ("The right numbers, but you add into `dhs` itself (`dhs[:, t] += dh`), and it belongs to the caller: write `dh = dhs[:, t] + dh`.",
     lambda dhs, cache: _into_dH(dhs, cache)),
]:
    bptt.mistake(_sentence)(_wrong)


def _bptt_by_row(dhs, cache):
    X, h0, hs, Wx, Wh = cache
    dX, dh = np.zeros_like(X), np.zeros_like(h0)
    grads = {"Wx": 0, "Wh": 0, "b": 0}
    for t in reversed(range(X.shape[1])):
        dX[:, t], dh, step = step_backward(dhs[t] + dh, (X[:, t], hs[:, t - 1] if t else h0, hs[:, t], Wx, Wh))
        grads = {name: grads[name] + step[name] for name in grads}
    return dX, dh, grads


def _mean_over_time(dhs, cache):
    dX, dh, grads = bptt.reference(dhs, cache)
    return dX, dh, {name: g / dhs.shape[1] for name, g in grads.items()}


def _too_early(dhs, cache):
    X, h0, hs, Wx, Wh = cache
    dX, dh = np.zeros_like(X), np.zeros_like(h0)
    grads = {"Wx": 0, "Wh": 0, "b": 0}
    for t in reversed(range(X.shape[1])):
        dh = dhs[:, t] + dh
        _, dh, _ = step_backward(dh, (X[:, t], h0, hs[:, t], Wx, Wh))
        dX[:, t], _, step = step_backward(dh, (X[:, t], hs[:, t - 1] if t else h0, hs[:, t], Wx, Wh))
        grads = {name: grads[name] + step[name] for name in grads}
    return dX, dh, grads


def _into_dH(dhs, cache):
    X, h0, hs, Wx, Wh = cache
    dX, dh = np.zeros_like(X), np.zeros_like(h0)
    grads = {"Wx": 0, "Wh": 0, "b": 0}
    for t in reversed(range(X.shape[1])):
        dhs[:, t] += dh
        dX[:, t], dh, step = step_backward(dhs[:, t], (X[:, t], hs[:, t - 1] if t else h0, hs[:, t], Wx, Wh))
        grads = {name: grads[name] + step[name] for name in grads}
    return dX, dh, grads


# ------------------------------------------------------------------------------------------ 2.4 loss_and_dlogits


@exercise("2.4", title="The loss and its gradient", returns={"loss": "", "dlogits": "N T K"}, hints=[
    "The loss of one step is log Σ exp(s) - s_y. What is the slope of each of its two parts for the score s_k? And how many steps count?",
    "The slope of log u is 1/u, so the first part gives exp(s_k) / Σ exp(s), which is p_k. The second gives -1 where k is the right class, else 0. Loss and gradient are divided by the number of steps that count.",
    "The count is `mask.sum()`. `log_p * true` leaves the right class alone; `np.exp(log_p)` are the probabilities; and `mask[..., None]` has the axis that the mask lacks.",
])
def loss_and_dlogits(logits, y, mask):
    """Mean cross-entropy over the steps that count, and its gradient.

    logits (N, T, K) scores, y (N, T) the right class of each step, 0 … K-1,
    mask (N, T) True where a step counts
    -> loss (one number), dlogits (N, T, K).
    One step with scores [0., 0.] and y = 1: loss = log 2 = 0.693, dlogits = [0.5, -0.5].
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)        # np.exp(1000) would overflow
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))       # (N, T, K)
    true = np.eye(logits.shape[-1])[y]                           # (N, T, K), one-hot
    count = mask.sum()                                           # TODO: how many steps are averaged over
    loss = -(log_p * true * mask[..., None]).sum() / count       # TODO: the mean of -log p of the right class
    dlogits = (np.exp(log_p) - true) * mask[..., None] / count   # TODO: its gradient for every score
    return loss, dlogits


@loss_and_dlogits.cases
def _(rng):
    def draw(N, T, K, scale=1.0):
        return scale * rng.normal(size=(N, T, K)), rng.integers(0, K, (N, T))

    yield "one step, two equal scores", (np.zeros((1, 1, 2)), np.array([[1]]), np.ones((1, 1), bool))
    yield "one step, K = 3", (*draw(1, 1, 3), np.ones((1, 1), bool))
    yield "a batch of 2, T = 3, K = 4, all steps count", (*draw(2, 3, 4), np.ones((2, 3), bool))
    yield "a batch of 2, T = 4, K = 3, three steps do not count", (
        *draw(2, 4, 3), np.array([[0, 0, 1, 1], [0, 1, 1, 1]], bool))
    yield "scores in the thousands", (*draw(2, 3, 3, 1500.0), np.array([[1, 1, 0], [1, 1, 1]], bool))


def _cross_entropy(logits, y, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    true = np.eye(logits.shape[-1])[y]
    return log_p, true, mask[..., None], mask.sum()


@loss_and_dlogits.same
def _(logits, y, mask):
    n, t = np.nonzero(mask)
    s = logits[n, t]
    rows = np.arange(len(n))
    top = s.max(axis=1)
    log_sum = top + np.log(np.exp(s - top[:, None]).sum(axis=1))
    dlogits = np.zeros(logits.shape)
    p = np.exp(s - log_sum[:, None])
    p[rows, y[n, t]] -= 1
    dlogits[n, t] = p / len(n)
    return np.mean(log_sum - s[rows, y[n, t]]), dlogits


def _loss_with(loss, dlogits):
    def function(logits, y, mask):
        parts = _cross_entropy(logits, y, mask)
        return loss(*parts), dlogits(*parts)

    return lambda logits, y, mask: function(logits, y, mask)


def _right_loss(lp, true, m, count):
    return -(lp * true * m).sum() / count


def _right_slope(lp, true, m, count):
    return (np.exp(lp) - true) * m / count


for _sentence, _wrong in [
    ("You divide by all N · T steps. Steps that the mask leaves out do not count: divide by `mask.sum()`.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum() / m.size, lambda lp, true, m, c: (np.exp(lp) - true) * m / m.size)),
    ("The masked steps go into your loss and gradient as if they counted: multiply by the mask.",
     _loss_with(lambda lp, true, m, c: -(lp * true).sum() / c, lambda lp, true, m, c: (np.exp(lp) - true) / c)),
    ("You ignore the mask altogether: mean and gradient run over all steps.",
     _loss_with(lambda lp, true, m, c: -(lp * true).sum() / m.size, lambda lp, true, m, c: (np.exp(lp) - true) / m.size)),
    ("You add the steps up. The loss is their mean: otherwise it grows with the batch, and the learning rate with it.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum(), lambda lp, true, m, c: (np.exp(lp) - true) * m)),
    ("The loss is a mean, and its gradient is not: divide dlogits by the number of steps that count as well.",
     _loss_with(_right_loss, lambda lp, true, m, c: (np.exp(lp) - true) * m)),
    ("The gradient is that of a mean, and the loss is a sum: divide it by the number of steps that count as well.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum(), _right_slope)),
    ("You average over the sequences of the batch alone. The mean is over all steps that count.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum() / len(lp), lambda lp, true, m, c: (np.exp(lp) - true) * m / len(lp))),
    ("The loss has the wrong sign: log p is below 0, and a loss has to be above it, so it is -log p.",
     _loss_with(lambda lp, true, m, c: (lp * true * m).sum() / c, _right_slope)),
    ("The gradient has the wrong sign: the right class's score should *rise*, so its slope is p - 1, below 0.",
     _loss_with(_right_loss, lambda lp, true, m, c: (true - np.exp(lp)) * m / c)),
    ("Your dlogits is the probability alone: at the right class 1 has to be subtracted.",
     _loss_with(_right_loss, lambda lp, true, m, c: np.exp(lp) * m / c)),
    ("The masked steps still have a gradient: what does not count in the loss must not pull at the weights.",
     _loss_with(_right_loss, lambda lp, true, m, c: (np.exp(lp) - true) / c)),
    ("The masked steps still count in your loss; in the gradient you left them out.",
     _loss_with(lambda lp, true, m, c: -(lp * true).sum() / c, _right_slope)),
    ("You take the largest log-probability of each step: that asks how sure the net was, not whether it was right. Pick the right class with the one-hot vector.",
     _loss_with(lambda lp, true, m, c: -(lp.max(axis=-1, keepdims=True) * m).sum() / c, _right_slope)),
    ("You take the logarithm of all probabilities, not of the right class's alone: pick it with the one-hot vector.",
     _loss_with(lambda lp, true, m, c: -(lp * m).sum() / c, _right_slope)),
    ("Your loss is in bits (log to the base 2), its gradient is that of nats: use the natural logarithm, np.log.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum() / c / np.log(2), _right_slope)),
    ("Your loss is minus the probability: the logarithm is missing.",
     _loss_with(lambda lp, true, m, c: -(np.exp(lp) * true * m).sum() / c, _right_slope)),
    ("You divide the loss by the K classes as well, as a mean over everything does. One step has one loss, however many classes there are.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum() / c / lp.shape[-1], _right_slope)),
    ("You divide the gradient by the K classes as well. One step has one loss, however many classes there are.",
     _loss_with(_right_loss, lambda lp, true, m, c: (np.exp(lp) - true) * m / c / lp.shape[-1])),
    ("You divide loss and gradient by the K classes as well. One step has one loss, however many classes there are.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum() / c / lp.shape[-1],
                lambda lp, true, m, c: (np.exp(lp) - true) * m / c / lp.shape[-1])),
    ("The loss is divided by all N · T steps, the gradient by those that count. The mean is over the steps that count, in both.",
     _loss_with(lambda lp, true, m, c: -(lp * true * m).sum() / m.size, _right_slope)),
    ("You take the mean of each sequence first, and then the mean of those: steps of a short sequence would weigh more. All steps that count weigh alike.",
     _loss_with(lambda lp, true, m, c: -np.mean((lp * true * m).sum(axis=(1, 2)) / m.sum(axis=(1, 2))), _right_slope)),
    ("Your dlogits has one row for each step that counts. Keep all steps, (N, T, K): those that do not count have a gradient of 0.",
     _loss_with(_right_loss, lambda lp, true, m, c: (np.exp(lp) - true)[m[..., 0]] / c)),
    ("The two results are in the wrong order: the loss comes first, then dlogits.",
     _loss_with(_right_slope, _right_loss)),
    ("The mask (N, T) lacks an axis: to multiply something of shape (N, T, K) it has to be (N, T, 1), so that it applies to all classes of a step.",
     _loss_with(_right_loss, lambda lp, true, m, c: (np.exp(lp) - true) * m[..., 0] / c)),
    ("You subtract the log-probabilities from 0 and 1. The slope is made of the probabilities themselves: np.exp(log_p).",
     _loss_with(_right_loss, lambda lp, true, m, c: (lp - true) * m / c)),
    ("Your loss is the missing probability, 1 - p. It hardly punishes a confident mistake; the cross-entropy is -log p.",
     _loss_with(lambda lp, true, m, c: ((1 - np.exp(lp)) * true * m).sum() / c, _right_slope)),
]:
    loss_and_dlogits.mistake(_sentence)(_wrong)


@loss_and_dlogits.mistake("Scores in the thousands overflow: you exponentiate before you subtract the largest score.")
def _(logits, y, mask):
    e = np.exp(logits)
    p, true = e / e.sum(axis=-1, keepdims=True), np.eye(logits.shape[-1])[y]
    return -(np.log(p) * true * mask[..., None]).sum() / mask.sum(), (p - true) * mask[..., None] / mask.sum()


@loss_and_dlogits.mistake("With large scores a probability becomes exactly 0, and its logarithm infinite: compute log p from the scores, "
                          "not from p.")
def _(logits, y, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p, true = e / e.sum(axis=-1, keepdims=True), np.eye(logits.shape[-1])[y]
    picked = np.take_along_axis(p, y[..., None], axis=-1)[..., 0]
    return -np.log(picked[mask]).sum() / mask.sum(), (p - true) * mask[..., None] / mask.sum()


@loss_and_dlogits.mistake("The softmax runs over time: the probabilities of the classes of *one* step add up to 1, so it is the last axis.")
def _(logits, y, mask):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    true = np.eye(logits.shape[-1])[y]
    return -(log_p * true * mask[..., None]).sum() / mask.sum(), (np.exp(log_p) - true) * mask[..., None] / mask.sum()


for _not_yet in [lambda s: s, np.exp, lambda s: np.exp(s - s.max(axis=-1, keepdims=True))]:

    @loss_and_dlogits.mistake("What you subtract the one-hot vector from are not probabilities: those lie between 0 and 1 and add up to 1 at each step.")
    def _(logits, y, mask, _not_yet=_not_yet):
        loss, _ = loss_and_dlogits.reference(logits, y, mask)
        return loss, (_not_yet(logits) - np.eye(logits.shape[-1])[y]) * mask[..., None] / mask.sum()


@loss_and_dlogits.mistake("You subtract `y`, a number from 0 to K - 1. It is the one-hot vector, 1 at the right class and 0 elsewhere, that is subtracted.")
def _(logits, y, mask):
    loss, _ = loss_and_dlogits.reference(logits, y, mask)
    log_p, _, m, count = _cross_entropy(logits, y, mask)
    return loss, (np.exp(log_p) - y[..., None]) * m / count


# ------------------------------------------------------------------------------------------------ 2.5 init_weights


class _Marked(np.random.Generator):
    """A generator whose matrices have a large diagonal: so one sees in the weights whether they were drawn from it."""

    def __deepcopy__(self, memo):
        return _Marked(copy.deepcopy(self.bit_generator, memo))

    def normal(self, loc=0.0, scale=1.0, size=None):
        return loc + scale * self.standard_normal(size)

    def standard_normal(self, size=None, *args, **kwargs):
        return _mark(super().standard_normal(size, *args, **kwargs))

    def random(self, size=None, *args, **kwargs):
        return _mark(super().random(size, *args, **kwargs))

    def uniform(self, low=0.0, high=1.0, size=None):
        return _mark(super().uniform(low, high, size), (high - low) / 12**0.5)


_Marked.__name__ = "Generator"      # what a verdict calls it


def _mark(draws, scale=1.0):
    return draws + 1000 * scale * np.eye(*draws.shape) if np.ndim(draws) == 2 else draws


@exercise("2.5", title="Where the weights begin", returns={"weights": {"shape": "", "spread": "", "triangle": "", "orthogonal": "", "drawn": ""}}, hints=[
    "Xavier and He: the formulas above give *variances*, and a draw from N(0, 1) times s has the variance s². Which s do you need?",
    "Orthogonal: `Q, R = np.linalg.qr(W)` writes W as a product Q @ R, where the columns of Q have length 1 and stand at right angles. Which of the two keeps lengths?",
    "`np.sqrt(2 / (fan_in + fan_out))` and `np.sqrt(2 / fan_in)`; and of the two matrices that `np.linalg.qr` returns, the first keeps lengths.",
])
def init_weights(kind, fan_in, fan_out, rng):
    """Draw the first values of a weight matrix (fan_in, fan_out): fan_in inputs, fan_out units.

    kind: "normal" N(0, 1); "xavier" variance 2 / (fan_in + fan_out); "he" variance 2 / fan_in;
    "orthogonal" a random matrix W with W.T @ W = 1 (for square ones).
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


FINISHED = init_weights      # by another name: while an answer is checked, its own name means the answer


@init_weights.cases
def _(rng):
    for kind, fan_in, fan_out in [("he", 400, 100), ("xavier", 400, 100), ("normal", 100, 400), ("orthogonal", 50, 50),
                                  ("he", 100, 400), ("xavier", 300, 300)]:
        yield f"{kind}, {fan_in} to {fan_out}", (kind, fan_in, fan_out, np.random.default_rng(3))
    for kind in ("he", "xavier", "orthogonal"):
        yield f"{kind}, drawn from the rng that is given", (kind, 40, 40, _Marked(np.random.PCG64(3)))


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
    wanted = FINISHED.reference(kind, fan_in, fan_out, rng)
    close = round(np.log(max(spread, 1e-30) / float(np.sqrt(np.mean(wanted**2)))) / np.log(1.1))      # in steps of 10 %: draws differ by less
    return {"shape": np.array(W.shape), "spread": close, "triangle": bool(np.allclose(np.tril(W, -1), 0)), "orthogonal": _turns(W),
            "drawn": not isinstance(rng, _Marked) or _drawn_from_it(W)}


def _turns(W):
    return bool(W.shape[0] == W.shape[1] and np.allclose(W.T @ W, np.eye(len(W)), atol=1e-5))


def _drawn_from_it(W):
    """Return whether a square W has the large diagonal of a _Marked generator."""
    return bool(np.abs(np.diagonal(W)).mean() > 20 * np.abs(W).mean())


@init_weights.explained_by
def _(W, kind, fan_in, fan_out, rng):
    if W.shape != (fan_in, fan_out):
        return f"{kind}: expected the shape (fan_in, fan_out) = {(fan_in, fan_out)}, got {W.shape}."
    if isinstance(rng, _Marked) and not _drawn_from_it(W):
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


def _init_with(**changes):
    def function(kind, fan_in, fan_out, rng):
        if kind in changes:
            return changes[kind](rng.normal(size=(fan_in, fan_out)), fan_in, fan_out, rng)
        return FINISHED.reference(kind, fan_in, fan_out, rng)

    return lambda kind, fan_in, fan_out, rng: function(kind, fan_in, fan_out, rng)


for _sentence, _wrong in [
    ("You multiply by the variance. A draw times s has the variance s², so s is its *root*.",
     _init_with(he=lambda W, i, o, r: W * (2 / i), xavier=lambda W, i, o, r: W * (2 / (i + o)))),
    ("He's factor is the variance in your function. The standard deviation is its root.", _init_with(he=lambda W, i, o, r: W * (2 / i))),
    ("Xavier's factor is the variance in your function. The standard deviation is its root.",
     _init_with(xavier=lambda W, i, o, r: W * (2 / (i + o)))),
    ("He counts the *inputs* of a unit, because a unit adds up its inputs: fan_in, not fan_out.",
     _init_with(he=lambda W, i, o, r: W * np.sqrt(2 / o))),
    ("The 2 is missing in He's variance: a ReLU sets half of its sums to 0, which halves the mean square, and the 2 gives it back.",
     _init_with(he=lambda W, i, o, r: W * np.sqrt(1 / i))),
    ("The 2 is missing in Xavier's variance: the mean of fan_in and fan_out counts, so it is 2 / (fan_in + fan_out).",
     _init_with(xavier=lambda W, i, o, r: W * np.sqrt(1 / (i + o)))),
    ("Your Xavier looks at the inputs alone. It is a compromise between the way forwards and the way back: fan_in + fan_out.",
     _init_with(xavier=lambda W, i, o, r: W * np.sqrt(1 / i))),
    ("He and Xavier are swapped.",
     _init_with(he=lambda W, i, o, r: W * np.sqrt(2 / (i + o)), xavier=lambda W, i, o, r: W * np.sqrt(2 / i))),
    ("You divide by the standard deviation: more inputs would make larger weights, and the sums explode.",
     _init_with(he=lambda W, i, o, r: W / np.sqrt(2 / i), xavier=lambda W, i, o, r: W / np.sqrt(2 / (i + o)))),
    ("6 / (fan_in + fan_out) under the root is the *limit* of a uniform draw, as Xavier's paper has it. A normal draw takes 2 instead of 6.",
     _init_with(xavier=lambda W, i, o, r: W * np.sqrt(6 / (i + o)))),
    ("A uniform draw between -s and s has the standard deviation s / √3: take √6 for its limit in place of √2.",
     _init_with(xavier=lambda W, i, o, r: r.uniform(-1, 1, (i, o)) * np.sqrt(2 / (i + o)))),
    ("You return the second factor of QR, R. It is a triangle and stretches; Q, the first, keeps lengths.",
     _init_with(orthogonal=lambda W, i, o, r: np.linalg.qr(W)[1])),
    ("Your orthogonal matrix is the random draw itself: it stretches some directions and shrinks others.",
     _init_with(orthogonal=lambda W, i, o, r: W)),
    ("Scaling is not enough for an orthogonal matrix: its columns also have to stand at right angles to each other.",
     _init_with(orthogonal=lambda W, i, o, r: W / np.linalg.norm(W, axis=0))),
    ("Scaling is not enough for an orthogonal matrix: its columns also have to stand at right angles to each other.",
     _init_with(orthogonal=lambda W, i, o, r: W / np.sqrt(i))),
    ("The unit matrix keeps lengths, but it is the same each time, and each unit would copy itself alone. Start from what was drawn, W.",
     _init_with(orthogonal=lambda W, i, o, r: np.eye(i, o))),
    ("Your matrices are transposed: inputs are the rows, (fan_in, fan_out).",
     lambda kind, fan_in, fan_out, rng: FINISHED.reference(kind, fan_in, fan_out, rng).T),
    ("Your matrix for He is transposed: inputs are the rows, (fan_in, fan_out).",
     _init_with(he=lambda W, i, o, r: (W * np.sqrt(2 / i)).T)),
    ("Your matrix for Xavier is transposed: inputs are the rows, (fan_in, fan_out).",
     _init_with(xavier=lambda W, i, o, r: (W * np.sqrt(2 / (i + o))).T)),
    ("You divide by He's standard deviation: more inputs would make larger weights, and the sums explode.",
     _init_with(he=lambda W, i, o, r: W / np.sqrt(2 / i))),
    ("You divide by Xavier's standard deviation: more inputs would make larger weights, and the sums explode.",
     _init_with(xavier=lambda W, i, o, r: W / np.sqrt(2 / (i + o)))),
    ("`2 / fan_in + fan_out` divides first and then adds, so that the weights grow with fan_out: the sum needs brackets.",
     _init_with(xavier=lambda W, i, o, r: W * np.sqrt(2 / i + o))),
    ("In Xavier's factor the root is over the 2 alone. The whole variance, the fraction, goes under it.",
     _init_with(xavier=lambda W, i, o, r: W * np.sqrt(2) / (i + o))),
    ("In He's factor the root is over the 2 alone. The whole variance, the fraction, goes under it.",
     _init_with(he=lambda W, i, o, r: W * np.sqrt(2) / i)),
    ("You square He's variance. The way from a variance to a standard deviation is the root.",
     _init_with(he=lambda W, i, o, r: W * (2 / i) ** 2)),
    ("You square Xavier's variance. The way from a variance to a standard deviation is the root.",
     _init_with(xavier=lambda W, i, o, r: W * (2 / (i + o)) ** 2)),
    ("The scale of your weights is the same for all sizes. Wx and Wh do not have the same fan-in: use the `fan_in` that is passed.",
     _init_with(he=lambda W, i, o, r: W * np.sqrt(2 / 16), xavier=lambda W, i, o, r: W * np.sqrt(2 / 32))),
    ("You draw from a generator of your own. The numbers must come from the `rng` that you are given: then the same rng gives the same weights, "
     "and another one others.",
     lambda kind, i, o, rng: FINISHED.reference(kind, i, o, rng if kind == "normal" else np.random.default_rng(0))),
]:
    init_weights.mistake(_sentence)(_wrong)


# -------------------------------------------------------------------------------------------- 2.6 truncated_bptt


@exercise("2.6", title="Cut the way back", returns={"dX": "N T D", "grads": GRADS}, hints=[
    "The net has run over the whole sequence already. In which state was it just before the step `start`?",
    "The state is carried over from window to window; what is cut is the gradient, and each call of `bptt` begins with none.",
    "`hs[:, start - 1] if start > 0 else h0` is the state before; `dhs[:, part]`, `X[:, part]` and `hs[:, part]` are the window.",
])
def truncated_bptt(dhs, cache, window):
    """bptt in pieces of `window` steps: the state is carried from piece to piece, the gradient is not.

    dhs (N, T, H), cache = (X, h0, hs, Wx, Wh) as in bptt; the last piece may be shorter
    -> dX (N, T, D), grads: a dict with Wx, Wh and b, the sums over all pieces.
    With T = 5 and window = 2 the pieces are the steps 0-1, 2-3 and 4.
    """
    X, h0, hs, Wx, Wh = cache
    dX = np.zeros_like(X)
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    for start in range(0, X.shape[1], window):
        part = slice(start, start + window)                 # a slice may point past the end
        before = hs[:, start - 1] if start > 0 else h0       # TODO: the state with which this piece began
        piece = (X[:, part], before, hs[:, part], Wx, Wh)    # TODO: the cache of this piece alone
        dX[:, part], _, found = bptt(dhs[:, part], piece)
        for name in grads:
            grads[name] = grads[name] + found[name]
    return dX, grads


@truncated_bptt.cases
def _(rng):
    yield "one unit, two steps, window 1", (rng.normal(size=(1, 2, 1)), _run_cache(rng, 1, 2, 1, 1), 1)
    yield "one unit, four steps, window 2", (rng.normal(size=(1, 4, 1)), _run_cache(rng, 1, 4, 1, 1), 2)
    yield "a batch of 2, T = 7, window 3: the last piece is shorter", (rng.normal(size=(2, 7, 4)), _run_cache(rng, 2, 7, 3, 4), 3)
    yield "the window covers the sequence", (rng.normal(size=(2, 4, 3)), _run_cache(rng, 2, 4, 2, 3), 6)


def _pieces(dhs, cache, window, before=None, keep=lambda old, new: old + new, spans=None,
            piece=lambda X, b, hs, part: (X[:, part], b, hs[:, part])):
    X, h0, hs, Wx, Wh = cache
    dX, grads = np.zeros_like(X), {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    T = X.shape[1]
    for start, stop in spans(T, window) if spans else [(s, s + window) for s in range(0, T, window)]:
        part = slice(start, stop)
        more = {"dX": dX} if before and "dX" in before.__code__.co_varnames else {}
        b = before(hs, h0, start, stop, **more) if before else hs[:, start - 1] if start else h0
        dX[:, part], _, found = bptt.reference(dhs[:, part], (*piece(X, b, hs, part), Wx, Wh))
        grads = {name: keep(grads[name], found[name]) for name in grads}
    return dX, grads


def _pieces_with(**changes):
    return lambda dhs, cache, window: _pieces(dhs, cache, window, **changes)


@truncated_bptt.same
def _(dhs, cache, window):
    X, h0, hs, Wx, Wh = cache
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dA, dh = np.zeros_like(hs), 0
    for t in reversed(range(hs.shape[1])):
        dA[:, t] = (dhs[:, t] + (0 if (t + 1) % window == 0 else dh)) * (1 - hs[:, t] ** 2)
        dh = dA[:, t] @ Wh.T
    return dA @ Wx.T, {
        "Wx": np.einsum("ntd,nth->dh", X, dA), "Wh": np.einsum("nti,ntj->ij", before, dA), "b": dA.sum(axis=(0, 1))}


for _sentence, _wrong in [
    ("Every piece begins at h0 in your function. The net ran on without a break: what is cut is the gradient, not the state.",
     _pieces_with(before=lambda hs, h0, start, stop: h0)),
    ("You put the state back to zero at each piece: what is cut is the gradient, not the memory.",
     _pieces_with(before=lambda hs, h0, start, stop: 0 * h0)),
    ("After the first piece you begin with zeros: what is cut is the gradient, not the memory.",
     _pieces_with(before=lambda hs, h0, start, stop: 0 * h0 if start else h0)),
    ("You go back by a whole window. The piece began with the state one step before its first.",
     _pieces_with(before=lambda hs, h0, start, stop: hs[:, start - (stop - start)] if start else h0)),
    ("Your condition is the wrong way round: it is the *first* piece that begins with h0.",
     _pieces_with(before=lambda hs, h0, start, stop: h0 if start else hs[:, start - 1])),
    ("`hs[:, start - 1:start]` keeps a time axis of length 1. One state, (N, H), is asked for.",
     _pieces_with(before=lambda hs, h0, start, stop: hs[:, start - 1:start] if start else h0)),
    ("You begin each piece with its own last state: the state before its first step is meant.",
     _pieces_with(before=lambda hs, h0, start, stop: hs[:, stop - 1] if start else h0)),
    ("You begin a piece with what came out in dX: that is a gradient, and a state is asked for.",
     _pieces_with(before=lambda hs, h0, start, stop, dX=None: dX[:, start - 1] if start else h0)),
    ("You begin a piece with `dhs[:, start - 1]`: that is a gradient, and a state is asked for.",
     lambda dhs, cache, window: _pieces(dhs, cache, window, before=lambda hs, h0, start, stop: dhs[:, start - 1] if start else h0)),
    *[("X is not cut along the time: `bptt` walks through all the steps of the X that it gets, and `dhs[:, part]` holds those of the piece alone. "
       "Cut all three alike (`X[part]` would cut the batch).", _pieces_with(piece=_piece)) for _piece in (
        lambda X, b, hs, part: (X, b, hs), lambda X, b, hs, part: (X, b, hs[:, part]),
        lambda X, b, hs, part: (X[part], b, hs[:, part]), lambda X, b, hs, part: (X[part], b, hs[part]))],
    ("`hs[part]` cuts the batch. The time is the second axis.", _pieces_with(piece=lambda X, b, hs, part: (X[:, part], b, hs[part]))),
    ("The state before and the states of the piece are swapped: a cache is (X, h0, hs, Wx, Wh).",
     _pieces_with(piece=lambda X, b, hs, part: (X[:, part], hs[:, part], b))),
    ("The gradient runs on from piece to piece: this is the whole bptt, nothing is cut.", lambda dhs, cache, window: bptt.reference(dhs, cache)[::2]),
    ("The first piece begins with `hs[:, -1]`, the last state of all. Before the first step there was h0.",
     _pieces_with(before=lambda hs, h0, start, stop: hs[:, start - 1])),
    ("Off by one: `hs[:, start]` is the state *after* the first step of the piece. It began with the one before.",
     _pieces_with(before=lambda hs, h0, start, stop: hs[:, start] if start else h0)),
    ("You begin each piece with its own last state: the state before its first step is meant.",
     _pieces_with(before=lambda hs, h0, start, stop: hs[:, min(stop, hs.shape[1]) - 1] if start else h0)),
    ("You leave out the shorter piece at the end: its steps have a loss as well.",
     _pieces_with(spans=lambda T, w: [(s, s + w) for s in range(0, T - w + 1, w)])),
    ("Only the last piece's gradient is left: add the pieces up.", _pieces_with(keep=lambda old, new: new)),
    ("You cut into `window` pieces. It is the *length* of a piece that `window` gives.",
     _pieces_with(spans=lambda T, w: [(a[0], a[-1] + 1) for a in np.array_split(np.arange(T), w) if len(a)])),
    ("You go back through the last piece alone: what happened before it then teaches nothing.",
     _pieces_with(spans=lambda T, w: [((T - 1) // w * w, T)])),
    ("The gradients are averaged over the pieces. They are parts of one sum, as the steps are.",
     lambda dhs, cache, window: _mean_of_pieces(dhs, cache, window)),
    ("Each piece is cut off from all the steps inside it as well: the gradient never goes back even one step.",
     lambda dhs, cache, window: _pieces(dhs, cache, 1)),
]:
    truncated_bptt.mistake(_sentence)(_wrong)


@truncated_bptt.mistake("The piece's states are those of the beginning, `hs[:, :window]`: cut X, hs and dhs at the same places.")
def _(dhs, cache, window):
    X, h0, hs, Wx, Wh = cache
    dX, grads = np.zeros_like(X), {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    for start in range(0, X.shape[1], window):
        part = slice(start, start + window)
        n = X[:, part].shape[1]
        dX[:, part], _, found = bptt.reference(dhs[:, part], (X[:, part], hs[:, start - 1] if start else h0, hs[:, :n], Wx, Wh))
        grads = {name: grads[name] + found[name] for name in grads}
    return dX, grads


@truncated_bptt.mistake("The piece reads the inputs of the beginning, `X[:, :window]`: cut X, hs and dhs at the same places.")
def _(dhs, cache, window):
    X, h0, hs, Wx, Wh = cache
    dX, grads = np.zeros_like(X), {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    for start in range(0, X.shape[1], window):
        part = slice(start, start + window)
        n = hs[:, part].shape[1]
        dX[:, part], _, found = bptt.reference(dhs[:, part], (X[:, :n], hs[:, start - 1] if start else h0, hs[:, part], Wx, Wh))
        grads = {name: grads[name] + found[name] for name in grads}
    return dX, grads


def _mean_of_pieces(dhs, cache, window):
    dX, grads = truncated_bptt.reference(dhs, cache, window)
    pieces = -(-dhs.shape[1] // window)
    return dX, {name: g / pieces for name, g in grads.items()}


# --------------------------------------------------------------------------------------------------------- 2.7 mend


@exercise("2.7", title="Bug hunt", returns={"the mended loop's": {"dX": "N T D", "dWx": "D H", "dWh": "H H", "db": "H"}}, hints=[
    "Read the report first. If dX is right at every t, which lines are healthy? If only the last step is right, what can be wrong?",
    "A and B have the same symptoms: something is wrong with what travels from step to step. Three lines deal with dh; compare them with the recursion. "
    "C: only dWh is ill. D: which `dh` does line 5 use? E: dX is right and every sum is wrong. (The healthy loop: `print(bughunt.listing(\"healthy\"))`.)",
    "A is line 3 (a term is missing), B line 6 (a `.T`), E the lines 7, 8 and 9 (a `+`). C takes the state after the step; line 2 has the one before it. "
    "In D, line 4 overwrites dh while line 5 still needs it: compute da first, and hand on `da @ Wh.T` last.",
])
def mend(patient):
    """Return the mended lines of a patient: a dict, line number -> the line as text, without indent.

    patient: "A", "B", "C", "D" or "E". Only the lines that you change need to be there.
    If line 1 of a patient should read `for t in range(3):`, the answer is {1: "for t in range(3):"}.
    """
    A = {3: "dh = dhs[:, t] + dh"}                      # TODO: patient A
    B = {6: "dh = da @ Wh.T"}                          # TODO: patient B
    C = {8: "dWh += h_prev.T @ da"}                    # TODO: patient C
    D = {4: "da = dh * (1 - hs[:, t] ** 2)", 5: "dh = da @ Wh.T"}    # TODO: patient D
    E = {7: "dWx += X[:, t].T @ da", 8: "dWh += h_prev.T @ da", 9: "db += da.sum(0)"}    # TODO: patient E
    return {"A": A, "B": B, "C": C, "D": D, "E": E}[patient]


@mend.cases
def _(rng):
    for patient in bughunt.ILL:
        yield f"patient {patient}", (patient,)


@mend.observed_by
def _(answer, patient):
    return bughunt.run(patient, *bughunt.example(), mend=answer)


@mend.explained_by
def _(answer, patient):
    if sentence := bughunt.blame(patient, answer):
        return f"Patient {patient}. {sentence}"
    found, true = bughunt.run(patient, *bughunt.example(), mend=answer), bughunt.run("healthy", *bughunt.example())
    try:
        return f"Patient {patient} with your lines, says the checker: {'; '.join(bughunt.report(found, true).split(chr(10)))}."
    except ValueError:
        return f"Patient {patient} with your lines: one of its gradients lost its shape."


@mend.same
def _(patient):
    return {
        "A": {3: "dh = dh + dhs[:, t, :]"},
        "B": {6: "dh = (Wh @ da.T).T"},
        "C": {8: "dWh = dWh + np.einsum('ni,nj->ij', h_prev, da)"},
        "D": {4: "da = dh - dh * hs[:, t] ** 2", 5: "dX[:, t] = da @ Wx.T", 6: "dh = da @ Wh.T"},
        "E": dict(enumerate((line.strip() for line in bughunt.HEALTHY[1:]), start=2)),
    }[patient]


def _mend_with(who, lines):
    def function(patient):
        return lines if patient == who else mend.reference(patient)

    return function


for _sentence, _wrong in [
    ("Patient A is still as ill as before: at t = 7 nothing comes back yet, from t = 6 down something is missing. What does step t + 1 send?",
     _mend_with("A", {3: "dh = dhs[:, t]"})),
    ("Patient A now takes what step t + 1 sends alone, and nothing from its own output: both arrive at h_t.",
     _mend_with("A", {3: "dh = dh"})),
    ("Patient A's own output comes in twice now: once where the sum is made, and once in what is handed on.",
     _mend_with("A", {3: "dh = dhs[:, t] + dh", 6: "dh = dhs[:, t] + da @ Wh.T"})),
    ("Patient A's own output comes in twice now: it arrives at h_t once.", _mend_with("A", {3: "dh = dhs[:, t] + dhs[:, t] + dh"})),
    ("Patient A now subtracts what comes back. Gradients that arrive at one place are added.", _mend_with("A", {3: "dh = dhs[:, t] - dh"})),
    ("Patient B is still as ill as before: its way back through Wh runs forwards.", _mend_with("B", {6: "dh = da @ Wh"})),
    ("Patient B's way back now starts from dh, which has not passed the tanh of this step.", _mend_with("B", {6: "dh = dh @ Wh.T"})),
    ("Patient B now hands back da without its matrix.", _mend_with("B", {6: "dh = da"})),
    ("Patient C is still as ill as before: its dWh takes the state *after* the step.", _mend_with("C", {8: "dWh += hs[:, t].T @ da"})),
    ("Patient C takes hs[:, t - 1], which at t = 0 is the *last* state: line 2 has what you need.",
     _mend_with("C", {8: "dWh += hs[:, t - 1].T @ da"})),
    ("Patient C now takes h0 at every step: that is the state before the first one only.", _mend_with("C", {8: "dWh += h0.T @ da"})),
    ("Patient C takes the right state now, but the `+=` was lost: dWh is that of a single step.",
     _mend_with("C", {8: "dWh = h_prev.T @ da"})),
    ("Patient C's dWh is now transposed: rows are the old units, columns the new ones.", _mend_with("C", {8: "dWh += da.T @ h_prev"})),
    ("Patient D is still as ill as before: dh is sent through Wh in line 4, and line 5 takes the result for what arrived at this step.",
     _mend_with("D", bughunt.ILL["D"])),
    ("Patient D computes da first now, but nothing is handed on through Wh: dh must become da @ Wh.T before the next round.",
     _mend_with("D", {4: "da = dh * (1 - hs[:, t] ** 2)", 5: "pass"})),
    ("Patient D has da right, but what is handed on skips this step's tanh: it is da @ Wh.T, not dh @ Wh.T.",
     _mend_with("D", {4: "da = dh * (1 - hs[:, t] ** 2)", 5: "dh = dh @ Wh.T"})),
    ("Patient E is still as ill as before: `=` keeps the gradient of one step, the last one in the loop.", _mend_with("E", bughunt.ILL["E"])),
    ("Patient E adds up one of the three sums only: Wx, Wh and b all worked at every step.",
     _mend_with("E", {8: "dWh += h_prev.T @ da"})),
    ("Patient E's bias still keeps a single step: it was added at every step, as the matrices were used at every step.",
     _mend_with("E", {7: "dWx += X[:, t].T @ da", 8: "dWh += h_prev.T @ da"})),
    ("Patient E's bias gets the mean over the batch now. It was added to every row, so it gets the sum.",
     _mend_with("E", {**mend.reference("E"), 9: "db += da.mean(axis=0)"})),
    ("Patient E's matrix Wx is still that of a single step.", _mend_with("E", {8: "dWh += h_prev.T @ da", 9: "db += da.sum(axis=0)"})),
    ("Patient E's matrix Wh is still that of a single step.", _mend_with("E", {7: "dWx += X[:, t].T @ da", 9: "db += da.sum(axis=0)"})),
]:
    mend.mistake(_sentence)(_wrong)


# ---------------------------------------------------------------------------------------------------- 2.8 hard_case


@exercise("2.8", title="Design the test", returns={"your case": dict.fromkeys(bughunt.HIDDEN, "")}, hints=[
    "For each choice ask: which mistake would change nothing here? With one sequence in the batch, for example, a sum and a mean over the batch are the same.",
    "How often does a gradient have to be handed on before a chain that breaks after one step shows? Which matrices equal their own transpose? "
    "What if the loss looks at the last state alone?",
    "Two sequences, three steps or more, and nothing special anywhere: `rng.normal(size=…)` for h0, Wh and dhs.",
])
def hard_case(rng):
    """Draw a case in which a gradient checker sees each of seven hidden mistakes.

    -> h0 (N, H) the first state, Wh (H, H), dhs (N, T, H) the pull of the loss at each state.
    X (N, T, 3), Wx and b are drawn for you, and the states computed. At most 1000 numbers in dhs.
    """
    N, T, H = 2, 3, 4                     # TODO: three sizes, such as 9, 9, 9
    h0 = rng.normal(size=(N, H))          # TODO: the state before the first step
    Wh = rng.normal(size=(H, H)) / 2      # TODO: the weights from state to state
    dhs = rng.normal(size=(N, T, H))      # TODO: the pull of the loss at each state
    return h0, Wh, dhs


@hard_case.cases
def _(rng):
    for seed in range(3):
        yield f"draw {seed + 1}", (np.random.default_rng(seed),)


@hard_case.observed_by
def _(answer, rng):
    return bughunt.seen_in(answer)


@hard_case.explained_by
def _(answer, rng):
    seen = bughunt.seen_in(answer)
    missed = [name for name, found in seen.items() if not found]
    return f"Your case shows {len(seen) - len(missed)} of {len(seen)} mistakes. This passes unseen: {'; '.join(missed)}."


@hard_case.same
def _(rng):
    return rng.uniform(-1, 1, (3, 2)), np.array([[0.5, -1.0], [0.3, 0.8]]), np.ones((3, 5, 2))


def _case_with(N=2, T=3, H=4, h0=lambda h0: h0, Wh=lambda Wh: Wh, dhs=lambda dhs: dhs):
    return lambda rng: (h0(rng.normal(size=(N, H))), Wh(rng.normal(size=(H, H)) / 2), dhs(rng.normal(size=(N, T, H))))


def _only_last(dhs):
    return np.concatenate([0 * dhs[:, :-1], dhs[:, -1:]], axis=1)


for _sentence, _wrong in [
    ("With one sequence in the batch a mean over the batch is the same as a sum: dividing by N passes. Take N of 2 or more.", _case_with(N=1)),
    ("With one step nothing comes back through time, and a sum over the steps has one term: everything that goes wrong between steps passes.",
     _case_with(T=1)),
    ("With two steps the gradient is handed on once. A chain that breaks after one step passes: take three or more.", _case_with(T=2)),
    ("Your h0 is zero, so a backward pass that forgets h0 passes: its share of dWh is zero anyway.", _case_with(h0=lambda h0: 0 * h0)),
    ("Your Wh equals its own transpose (one unit, the unit matrix, a matrix of ones), so a forgotten `.T` passes.",
     _case_with(Wh=lambda Wh: np.eye(len(Wh)))),
    ("Your Wh equals its own transpose (one unit, the unit matrix, a matrix of ones), so a forgotten `.T` passes.",
     _case_with(Wh=lambda Wh: Wh + Wh.T)),
    ("Your Wh equals its own transpose (one unit, the unit matrix, a matrix of ones), so a forgotten `.T` passes.", _case_with(H=1)),
    ("Your Wh is zero: nothing travels from step to step, so nothing can go wrong on the way.", _case_with(Wh=lambda Wh: 0 * Wh)),
    ("Your loss looks at the last state alone. A pass that ignores the outputs of the earlier steps is right there.", _case_with(dhs=_only_last)),
    ("Your dhs is zero: without a pull every gradient is zero, the right ones and the wrong ones.", _case_with(dhs=lambda dhs: 0 * dhs)),
    ("Two easy choices at once: one sequence hides a mean over the batch, and h0 = 0 hides a forgotten h0.", _case_with(N=1, h0=lambda h0: 0 * h0)),
    ("Two easy choices at once: T = 2 hides a chain that breaks after one step, and h0 = 0 hides a forgotten h0.",
     _case_with(T=2, h0=lambda h0: 0 * h0)),
    ("Two easy choices at once: one sequence hides a mean over the batch, and T = 2 hides a chain that breaks after one step.",
     _case_with(N=1, T=2)),
]:
    hard_case.mistake(_sentence)(_wrong)


# -------------------------------------------------------------------------------------------------- 2.9 sort_spikes


@exercise("2.9", title="The question or the net?", returns={"hard": "steps", "setback": "steps"}, hints=[
    "Two comparisons make everything: is the pair's loss far above the usual? Has the fixed set's loss risen?",
    "Both are compared with `usual`. A spike is one of the two kinds: `&` is *and*, `~` is *not*, element by element.",
    "`spike = pair > 2.5 * usual`, `risen = fixed > 1.5 * usual`; a setback is `spike & risen`.",
])
def sort_spikes(pair, fixed, usual):
    """Say of each training step whether its pair's loss is a spike, and of which kind.

    pair, fixed, usual (steps,): the loss of the pair just seen, the loss of the fixed set at the same
    step, and what is usual for the fixed set.
    -> hard, setback (steps,) of True and False: never both, and both False where there is no spike.
    With pair = [0.3, 0.9, 0.9], fixed = [0.1, 0.1, 0.4], usual = [0.1, 0.1, 0.1]: three spikes,
    of which the third alone is a setback.
    """
    spike = pair > 2.5 * usual         # TODO: the pair costs more than 2.5 times the usual
    setback = spike & (fixed > 1.5 * usual)      # TODO: … and the fixed set more than 1.5 times
    hard = spike & ~setback            # TODO: what is left
    return hard, setback


@sort_spikes.cases
def _(rng):
    yield "the worked example", (np.array([0.3, 0.9, 0.9]), np.array([0.1, 0.1, 0.4]), np.full(3, 0.1))
    yield "no spike", (np.array([0.2, 0.1, 0.2]), np.array([0.1, 0.1, 0.3]), np.full(3, 0.1))
    for steps in (40, 200):
        usual = np.linspace(0.7, 0.1, steps)
        yield f"{steps} steps", (usual * rng.lognormal(0.3, 0.9, steps), usual * rng.lognormal(0.2, 0.4, steps), usual)


@sort_spikes.same
def _(pair, fixed, usual):
    kinds = [(p / u > 2.5, f / u > 1.5) for p, f, u in zip(pair, fixed, usual, strict=True)]
    return np.array([s and not r for s, r in kinds]), np.array([s and r for s, r in kinds])


def _sorted_by(spike=lambda p, f, u: p > 2.5 * u, risen=lambda p, f, u: f > 1.5 * u, kinds=lambda s, r: (s & ~r, s & r)):
    return lambda pair, fixed, usual: kinds(spike(pair, fixed, usual), risen(pair, fixed, usual))


for _sentence, _wrong in [
    ("The two results are in the wrong order: hard pairs first, then setbacks.", _sorted_by(kinds=lambda s, r: (s & r, s & ~r))),
    ("Your hard pairs hold all the spikes, the setbacks among them. Where the fixed set has risen, the net is to blame and not the pair.",
     _sorted_by(kinds=lambda s, r: (s, s & r))),
    ("Your setbacks hold every step at which the fixed set has risen. Only spikes are sorted: the pair must cost over 2.5 times the usual as well.",
     _sorted_by(kinds=lambda s, r: (s & ~r, r))),
    ("Your hard pairs hold every step at which the fixed set has *not* risen. Only spikes are sorted.", _sorted_by(kinds=lambda s, r: (~r, s & r))),
    ("You look for spikes in the fixed set. A spike is a step whose *pair* costs much.", _sorted_by(spike=lambda p, f, u: f > 2.5 * u)),
    ("You compare the pair with the mean of all pairs. The loss falls during the training, so an early calm step would be a spike: compare with `usual`.",
     _sorted_by(spike=lambda p, f, u: p > 2.5 * p.mean())),
    ("You compare the pair with the fixed set at the same step. In a setback both have risen, so the spike is overlooked: compare with `usual`.",
     _sorted_by(spike=lambda p, f, u: p > 2.5 * f)),
    ("You compare with 2.5 and 1.5 themselves. They are factors: 2.5 times `usual`, 1.5 times `usual`.",
     _sorted_by(spike=lambda p, f, u: p > 2.5, risen=lambda p, f, u: f > 1.5)),
    ("The fixed set is asked for a rise by 2.5. A rise by half is enough: 1.5 times the usual.", _sorted_by(risen=lambda p, f, u: f > 2.5 * u)),
    ("The two factors are swapped: 2.5 for the pair, 1.5 for the fixed set.",
     _sorted_by(spike=lambda p, f, u: p > 1.5 * u, risen=lambda p, f, u: f > 2.5 * u)),
    ("You ask whether the *pair* has risen by half, which every spike has. Ask the fixed set.", _sorted_by(risen=lambda p, f, u: p > 1.5 * u)),
    ("Your comparisons point the wrong way: a spike is *above* 2.5 times the usual.", _sorted_by(spike=lambda p, f, u: p < 2.5 * u)),
]:
    sort_spikes.mistake(_sentence)(_wrong)
