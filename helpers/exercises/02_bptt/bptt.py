"""Exercise 2.3: back through all the steps."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import GRADS, run_cache
from .step_backward import step_backward


@exercise("2.3", title="Back through all the steps", returns={"dX": "N T D", "dh0": "N H", "grads": GRADS}, hints=[
    "Along which two arrows does the state h_t reach the loss? Along both of them a gradient comes back.",
    "You can only go back through step t once you know what step t + 1 sends: so the last step comes first. And the same weights worked "
    "at every step, so every step adds its part.",
    "`dh = dhs[:, t] + dh` before the step; `hs[:, t - 1] if t > 0 else h0` is the state before it; `grads[name] + step[name]` after it.",
])
def bptt(dhs, cache):
    """Backpropagation through time for a tanh RNN.

    dhs (N, T, H): how the loss reacts to each state *directly*, through the output read
    off it.
    cache = (X, h0, hs, Wx, Wh): X (N, T, D), h0 (N, H), all states hs (N, T, H),
    Wx (D, H), Wh (H, H)
    -> dX (N, T, D), dh0 (N, H), grads: a dict with Wx (D, H), Wh (H, H) and b (H,), summed
    over time.
    With one unit, T = 2, Wh = 3, both slopes 1 and dhs = [[[1.], [1.]]],
    1 arrives at the last state and 1 + 3 = 4 at the first.
    """
    X, h0, hs, Wx, Wh = cache
    N, T, D = X.shape
    dX, dh = np.zeros_like(X), np.zeros_like(h0)   # nothing comes back after the last step
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros(len(Wh))}
    steps = reversed(range(T))                     # TODO: the order of the steps
    for t in steps:
        h_prev = hs[:, t - 1] if t > 0 else h0         # TODO: the state before step t
        dh = dhs[:, t] + dh                            # TODO: all that arrives at h_t
        dX[:, t], dh, step = step_backward(dh, (X[:, t], h_prev, hs[:, t], Wx, Wh))
        for name in grads:
            grads[name] = grads[name] + step[name]    # TODO: what one step adds to the gradient
    return dX, dh, grads


@bptt.cases
def _(rng):
    one, zero = np.ones((1, 1)), np.zeros((1, 1))
    yield "the worked number: one unit, two steps, both slopes 1, Wh = 3", (
        np.ones((1, 2, 1)), (np.array([[[1.0], [2.0]]]), 5 * one, np.zeros((1, 2, 1)), zero, 3 * one))
    yield "one unit, one step", (rng.normal(size=(1, 1, 1)), run_cache(rng, 1, 1, 1, 1))
    yield "one unit, three steps, the loss looks at the last alone", (np.array([[[0.0], [0.0], [1.0]]]), run_cache(rng, 1, 3, 1, 1))
    yield "one unit, three steps, the loss looks at the first alone", (np.array([[[1.0], [0.0], [0.0]]]), run_cache(rng, 1, 3, 1, 1))
    yield "one unit, three steps, the loss looks at all", (rng.normal(size=(1, 3, 1)), run_cache(rng, 1, 3, 1, 1))
    yield "a batch of 2, T = 5, D = 3, H = 4", (rng.normal(size=(2, 5, 4)), run_cache(rng, 2, 5, 3, 4))
    yield "N = T = D = H = 4", (rng.normal(size=(4, 4, 4)), run_cache(rng, 4, 4, 4, 4))
    X, h0, hs, Wx, Wh = run_cache(rng, 2, 30, 2, 3)
    yield "30 steps, h0 = 0, some dhs in whole numbers", (rng.integers(-1, 2, (2, 30, 3)), (X, 0 * h0, hs, Wx, Wh))


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


bptt.same(bptt.changed(("reversed(range(T))", "range(T - 1, -1, -1)"), ("dh = dhs[:, t] + dh", "dh = dh + dhs[:, t]"),
                       ("grads[name] + step[name]", "np.add(step[name], grads[name])")))

for _sentence, *_edits in [
    ("Your loop runs forwards. Step t needs what step t + 1 sends back, so the last step comes first.", {"steps": "range(T)"}),
    ("Your loop stops before it reaches t = 0: the first step has weights and an input as well.", {"steps": "range(T - 1, 0, -1)"}),
    ("Your loop leaves out the last step, t = T - 1: `range(T)` counts from 0 to T - 1.", {"steps": "reversed(range(T - 1))"}),
    ("Your loop does not run at all: a range that counts down needs a step of -1.", {"steps": "range(T - 1, -1)"}),
    ("Your loop begins at T, one beyond the last step: the steps are T - 1, …, 1, 0, which is `range(T - 1, -1, -1)`.", {"steps": "range(T, 0, -1)"}, {"steps": "range(T, -1, -1)"}),
    ("Everything is zero, because dhs does not come in: h_t reaches the loss through its own output as well.", {"dh": "dh"}),
    ("Everything is zero: dhs[:, t] is *added* to what comes back, which is nothing at the last step.", {"dh": "dhs[:, t] * dh"}),
    ("Your h_prev is h_t itself, one step too late: in dWh it is the state *before* the step that counts.", {"h_prev": "hs[:, t]"}),
    ("At t = 0 your `hs[:, t - 1]` is `hs[:, -1]`, the *last* state. Before the first step there was h0.", {"h_prev": "hs[:, t - 1]"}),
    ("Before the first step you put zeros. The net started from h0, which need not be zero.", {"h_prev": "hs[:, t - 1] if t > 0 else np.zeros_like(h0)"}),
    ("Every step takes h0 for the state before it: that is true of the first alone.", {"h_prev": "h0"}),
    ("At t = 1 you take h0, as if it were the first step. The state before step 1 is that of step 0.", {"h_prev": "hs[:, t - 1] if t > 1 else h0"}),
    ("Your condition is the wrong way round: it is the *first* step that begins with h0.", {"h_prev": "h0 if t > 0 else hs[:, t - 1]"}),
    ("`hs[t - 1]` is sequence number t - 1 with all its steps. The time axis is the second.", {"h_prev": "hs[t - 1] if t > 0 else h0"}),
    ("`hs[:, t + 1]` is the state after the *next* step, and for the last step there is none. The state before step t is `hs[:, t - 1]`.", {"h_prev": "hs[:, t + 1] if t > 0 else h0"}),
    ("The recurrent term is missing: h_t reaches the loss through its own output *and* through step t + 1. Add what that step sends back.", {"dh": "dhs[:, t]"}),
    ("You replace what the output at t says by what step t + 1 sends. Both arrive at h_t: add them.", {"dh": "dhs[:, t] if t == T - 1 else dh"}),
    ("You subtract what comes back from step t + 1: gradients that arrive at one place are added.", {"dh": "dhs[:, t] - dh"}),
    ("You pass what arrives at h_t through the tanh, and `step_backward` does so once more: it wants the gradient for h_t itself.", {"dh": "(dhs[:, t] + dh) * (1 - hs[:, t] ** 2)"}),
    ("You multiply what comes back by Wh.T, but `step_backward` of step t + 1 has done that already: its dh_prev is ready to be added.", {"dh": "dhs[:, t] + dh @ Wh.T"}),
    ("What arrives at h_t goes through Wh too early: `step_backward` sends it there, and needs it for this step's gradients as it is.", {"dh": "(dhs[:, t] + dh) @ Wh.T"}),
    ("You take the mean of the two gradients that arrive at h_t. What comes along two paths is added.", {"dh": "(dhs[:, t] + dh) / 2"}),
    ("You read dhs at the wrong end: the gradient of step t is `dhs[:, t]`.", {"dh": "dhs[:, T - 1 - t] + dh"}),
    ("Each step reads `dhs[:, -1]`: every state has an output of its own, and dhs[:, t] is what that one says.", {"dh": "dhs[:, -1] + dh"}),
    ("`dhs[t]` is sequence number t with all its steps. The time axis is the second: `dhs[:, t]`.", {"dh": "dhs[t] + dh"}),
    ("Each step overwrites the gradient of the weights, so that of one step is left. The same weights worked at every step: add up.", {"grads_name": "step[name]"}),
    ("You keep subtracting the steps' gradients of the weights: they are added up.", {"grads_name": "grads[name] - step[name]"}),
    ("You divide by the batch size. The sum over the batch is right: the loss has its mean in it already.", {"grads_name": "grads[name] + step[name] / N"}),
    ("You divide the sums by T, as for a mean over the steps. A weight that works at T steps gets the sum of T gradients.", {"grads_name": "grads[name] + step[name] / T"}),
]:
    for _edit in _edits:
        bptt.mistake(_sentence, **_edit)

for sentence, *changes in [
    ("You return after one round of the loop: the `return` belongs after the loop, not inside it.",
     ("    return dX, dh, grads", "        return dX, dh, grads")),
    ("The right numbers, but you add into `dhs` itself (`dhs[:, t] += dh`), and it belongs to the caller: write `dh = dhs[:, t] + dh`.",
     ("dh = dhs[:, t] + dh", "dhs[:, t] += dh\n        dh = dhs[:, t]")),
    ("Your dh0 is zero. It is what the first step sends back to the state that the net started from.",
     ("return dX, dh", "return dX, 0 * dh")),
    ("The order of the steps is right, but dX comes out back to front: you collect the steps in the order in which the loop meets them, last step first.",
     ("return dX", "return dX[:, ::-1]")),
]:
    bptt.mistake(sentence)(bptt.changed(*changes))
