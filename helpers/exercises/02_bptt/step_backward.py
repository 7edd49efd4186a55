"""Exercise 2.2: one step, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import GRADS


@exercise("2.2", title="One step, backwards", returns={"dx": "N D", "dh_prev": "N H", "grads": GRADS}, hints=[
    "Walk the step backwards: through which function does the gradient pass first, and what is its slope, written with h?",
    "The text derives dx with indices. For dWx: W[i, j] is multiplied by x[n, i] and enters a[n, j], for every row n; so the slope is a sum over n. "
    "h_prev and Wh are a pair like x and Wx. And b[j] enters a[n, j] for every n, with the factor 1.",
    "`da = dh * (1 - h**2)`; then `da @ Wx.T` and `x.T @ da`, the same with Wh and h_prev; and db is `da.sum(axis=0)`.",
])
def step_backward(dh, cache):
    """Take dh (N, H), the gradient for h = tanh(x @ Wx + h_prev @ Wh + b), back one step.

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


@step_backward.cases
def _(rng):
    def cache(N, D, H):
        x, h_prev = rng.normal(size=(N, D)), rng.uniform(-0.9, 0.9, size=(N, H))
        Wx, Wh, b = rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H) / 2
        return x, h_prev, np.tanh(x @ Wx / 2 + h_prev @ Wh / 2 + b), Wx, Wh

    one = np.ones((1, 1))
    yield "the worked number: one unit, h_prev = 0", (one, (one, 0 * one, one / 2, 2 * one, 3 * one))
    yield "one unit, one sequence", (rng.normal(size=(1, 1)), cache(1, 1, 1))
    yield "one unit, a batch of 3", (rng.normal(size=(3, 1)), cache(3, 1, 1))
    yield "a batch of 3, D = 2, H = 4", (rng.normal(size=(3, 4)), cache(3, 2, 4))
    yield "square arrays, N = D = H = 3", (rng.normal(size=(3, 3)), cache(3, 3, 3))
    x, h_prev, h, Wx, Wh = cache(2, 3, 2)
    yield "units at their ends, h = ±1, dh large", (1000 * rng.normal(size=(2, 2)), (x, h_prev, np.array([[1.0, 0.5], [-1.0, 0.0]]), Wx, Wh))
    yield "whole numbers in x, h_prev and dh", (np.array([[1, -2], [0, 3]]), (x.round().astype(int), np.array([[0, 1], [-1, 0]]), h, Wx, Wh))


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


for _sentence, *_edits in [
    ("The slope of tanh is 1 - h², not 1 - h: at h = -0.9 the curve is nearly flat, but 1 - h is almost 2 there.", {"da": "dh * (1 - h)"}),
    ("You put h through the tanh a second time. h *is* the output of the tanh: its slope is 1 - h².", {"da": "dh * (1 - np.tanh(h) ** 2)"}),
    ("You take the slope h², which is 0 where tanh is steepest: it is 1 - h².", {"da": "dh * h**2"}),
    ("The slope of the tanh is missing: what arrives at h has to pass through the tanh before it meets a matrix.", {"da": "dh"}),
    ("You take the slope at the *old* state. The tanh of this step gave h, so its slope is 1 - h².", {"da": "dh * (1 - h_prev**2)"}),
    ("h (1 - h) is the slope of the sigmoid. This unit is a tanh: 1 - h².", {"da": "dh * h * (1 - h)"}),
    ("You take the slope of the tanh twice: once is enough, on the way from h to the sum inside.", {"da": "dh * (1 - h**2) ** 2"}),
    ("You forgot to multiply by what comes in: da is the slope *times* dh.", {"da": "1 - h**2"}),
    ("You add dh to the slope. In the chain rule slopes are multiplied.", {"da": "dh + (1 - h**2)"}),
    ("The sign of the slope is wrong: tanh rises everywhere, so its slope, 1 - h², is never negative.", {"da": "dh * (h**2 - 1)"}),
    ("1 + h² would be steepest where tanh is flat: its slope is 1 - h².", {"da": "dh * (1 + h**2)"}),
    ("`dh * 1 - h**2` multiplies dh by 1 and then subtracts: the whole slope, 1 - h², needs brackets.", {"da": "dh * 1 - h**2"}),
    ("`dh.T @ (…)` is a product of matrices. Each number passes through the tanh on its own: element by element, so that da has the shape of dh.", {"da": "dh.T @ (1 - h**2)"}),
    ("`dh @ (…)` is a product of matrices. Each number passes through the tanh on its own, element by element: `*`.", {"da": "dh @ (1 - h**2)"}),
    ("`da @ Wx` runs forwards once more. The way back along x @ Wx is da @ Wx.T, which has the shape (N, D) of x.", {"dx": "da @ Wx"}),
    ("The gradient for the input skips the tanh: it starts from da, as all the others do, not from dh.", {"dx": "dh @ Wx.T"}),
    ("You put the matrix first, as for column vectors. Here each row is one sequence, so da stands on the left: da @ Wx.T, da @ Wh.T.",
     {"dx": "Wx @ da"}, {"dh_prev": "Wh @ da"}, {"dx": "Wx @ da", "dh_prev": "Wh @ da"}),
    ("`da @ Wh` runs forwards once more. The way back along h_prev @ Wh is da @ Wh.T: entry (i, j) leads from old unit i to new unit j.", {"dh_prev": "da @ Wh"}),
    ("The gradient for the old state skips the tanh: it starts from da, as all the others do, not from dh.", {"dh_prev": "dh @ Wh.T"}),
    ("You put the slope of the old state's tanh into dh_prev. That tanh belongs to the step before, and is passed there.", {"dh_prev": "da @ Wh.T * (1 - h_prev**2)"}),
    ("What arrives at the old state is da @ Wh.T alone: dh itself belongs to this step and is not handed on.", {"dh_prev": "dh + da @ Wh.T"}),
    ("The two ways back are swapped: Wx leads back to the input, Wh to the old state. Or you return them in the wrong order: dx comes first.", {"dx": "da @ Wh.T", "dh_prev": "da @ Wx.T"}),
    ("`x @ da` lacks the transpose. W[i, j] is used once for each row, so dWx sums over the rows: x.T @ da, of the shape of Wx.", {"dWx": "x @ da"}),
    ("`h_prev @ da` lacks the transpose. W[i, j] is used once for each row, so dWh sums over the rows: h_prev.T @ da.", {"dWh": "h_prev @ da"}),
    ("`x @ da` lacks the transpose, in dWx and in dWh. Each weight is used once for each row, so its gradient sums over the rows: x.T @ da.", {"dWx": "x @ da", "dWh": "h_prev @ da"}),
    ("Your dWx is transposed: it must have the shape and the order of Wx, row = from, column = to.", {"dWx": "da.T @ x"}),
    ("Your dWh is transposed: it must have the shape and the order of Wh, row = from, column = to.", {"dWh": "da.T @ h_prev"}),
    ("Both matrix gradients are transposed: write x.T @ da, which has the shape (D, H) of Wx.", {"dWx": "da.T @ x", "dWh": "da.T @ h_prev"}),
    ("dWx and dWh are swapped: x stands left of Wx, the old state left of Wh.", {"dWx": "h_prev.T @ da", "dWh": "x.T @ da"}),
    ("Your dWh uses the new state h. In the product h_prev @ Wh it is the *old* state that stands left of Wh.", {"dWh": "h.T @ da"}),
    ("Your db is a table of one row, (1, H). b is a plain row of H numbers: sum over the batch without keeping its axis.", {"db": "da.sum(axis=0, keepdims=True)"}),
    ("Your db still has the batch axis. The same b was added to every row, so its gradient is the sum over the rows, (H,).", {"db": "da"}),
    ("Your db is the mean over the batch. Each row pulls at b with its whole gradient: sum them up (the loss has its mean in it already).", {"db": "da.mean(axis=0)"}),
    ("Your db is summed over the units. There is one bias for each unit: sum over the batch, axis 0.", {"db": "da.sum(axis=1)"}),
    ("Your db is one number for all units. There is one bias for each unit: sum over the batch alone, axis 0.", {"db": "da.sum()"}),
    *((f"Your d{name} skips the tanh: every gradient of this step starts from da, not from dh.", {f"d{name}": line}) for name, line in [("Wx", "x.T @ dh"), ("Wh", "h_prev.T @ dh"), ("b", "dh.sum(axis=0)")]),
    *((f"You divide d{name} by the batch size. The sum over the batch is right: the loss has its mean in it already.", {f"d{name}": line})
      for name, line in [("Wx", "x.T @ da / len(x)"), ("Wh", "h_prev.T @ da / len(x)")]),
]:
    for _edit in _edits:
        step_backward.mistake(_sentence, **_edit)
