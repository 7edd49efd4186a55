"""Exercise 11.7: the linear recurrence."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.7", title="The linear recurrence", returns={"h": "T N H"}, hints=[
    "What does h[0] come from, and what does h[t] come from later?",
    "The state before step 0 is h0, before step t it is h[t - 1]. a[t] and u[t] belong to the same step.",
    "`h0 if t == 0 else h[t - 1]`; `a[t] * before + u[t]`.",
])
def linear_recurrence(a, u, h0):
    """Return all states of h_t = a_t · h_{t-1} + u_t.

    Time is the first axis: a and u (T, N, H), h0 (N, H) the state before the first step;
    real or complex.
    -> h (T, N, H), without h0. a = 2, 2, 2, u = 1, 1, 1 and h0 = 0 give 1, 3, 7.
    """
    h = np.empty(u.shape, np.result_type(a, u, h0))
    for t in range(len(u)):
        before = h0 if t == 0 else h[t - 1]      # TODO: (N, H) the state before this step
        h[t] = a[t] * before + u[t]              # TODO: (N, H)
    return h


@linear_recurrence.cases
def _(rng):
    def steps(*numbers):
        return np.array(numbers, float)[:, None, None]

    yield "a = 2, u = 1", (steps(2, 2, 2), steps(1, 1, 1), np.zeros((1, 1)))
    yield "only the first state is not 0", (steps(2, 3, 5), steps(0, 0, 0), np.ones((1, 1)))
    yield "a changes", (steps(2, 3, 5, 7), steps(1, 0, 0, 0), np.zeros((1, 1)))
    yield "one step", (steps(0.5), steps(3.0), np.full((1, 1), 4.0))

    def draw(T, N, H, kind=float):
        parts = [rng.normal(size=(T, N, H)), rng.normal(size=(T, N, H)), rng.normal(size=(N, H))]
        if kind is complex:
            parts = [p + 1j * rng.normal(size=p.shape) for p in parts]
        return tuple(parts)

    yield "T = 6, N = 2, H = 3", draw(6, 2, 3)
    yield "complex numbers", draw(5, 2, 3, complex)
    yield "the same a at all steps", (np.broadcast_to(rng.uniform(0.5, 1, (1, 4)), (7, 2, 4)), rng.normal(size=(7, 2, 4)), np.zeros((2, 4)))


@linear_recurrence.same
def _(a, u, h0):
    found = []
    for factor, new in zip(a, u, strict=True):
        h0 = factor * h0 + new
        found.append(h0)
    return np.stack(found)


@linear_recurrence.same
def _(a, u, h0):
    T = len(u)
    h = np.zeros(u.shape, np.result_type(a, u))
    for t in range(T):
        h[t] = np.prod(a[: t + 1], axis=0) * h0
        for s in range(t + 1):
            h[t] = h[t] + np.prod(a[s + 1 : t + 1], axis=0) * u[s]
    return h


linear_recurrence.mistakes_in("before", [
    ("Every step begins with h0 again: from step 1 on the state before is h[t - 1].", "h0"),
    ("At step 0 you read h[-1], the last row, which is not there yet.", "h[t - 1]"),
    ("The first state h0 is never used: step 0 starts from 0.", "np.zeros_like(h0) if t == 0 else h[t - 1]"),
    ("You look two steps back.", "h0 if t == 0 else h[t - 2] if t > 1 else h0"),
    ("What you read is what came IN one step ago, u, not the state.", "h0 if t == 0 else u[t - 1]"),
])
linear_recurrence.mistakes_in("h_t", [
    ("Each step uses the factor of the step before, a[t - 1].", "a[t - 1] * before + u[t]"),
    ("All steps use the first factor.", "a[0] * before + u[t]"),
    ("The factor is missing: this only adds up.", "before + u[t]"),
    ("Nothing comes in: u is missing.", "a[t] * before"),
    ("The factor meets the input as well: it belongs to the old state alone.", "a[t] * (before + u[t])"),
    ("You add the factor to the old state. It multiplies it.", "a[t] + before + u[t]"),
    ("You give the input the share 1 - a. In this recurrence u comes in as it is.", "a[t] * before + (1 - a[t]) * u[t]"),
    ("Each step hears the input of the step before.", "a[t] * before + u[t - 1]"),
    ("There is a tanh around your step: then it is not linear any more.", "np.tanh(a[t] * before + u[t])"),
    ("Factor and input are exchanged.", "u[t] * before + a[t]"),
])


@linear_recurrence.mistake("The imaginary parts are thrown away at each step.")
def _(a, u, h0):
    h = np.empty(u.shape, np.result_type(a, u, h0))
    for t in range(len(u)):
        before = h0 if t == 0 else h[t - 1]
        h[t] = (a[t] * before + u[t]).real
    return h


@linear_recurrence.mistake("h0 stands among your states: T states are wanted, those after each step.")
def _(a, u, h0):
    return np.concatenate([h0[None], linear_recurrence(a, u, h0)])
linear_recurrence.mistakes_in("before", [
    ("What you read is h[t], the very row that is about to be written.", "h[t]", "h0 if t == 0 else h[t]"),
    ("Two steps begin with h0: only the first one does.", "h[t - 1] if t > 1 else h0"),
])
linear_recurrence.mistakes_in("h_t", [
    ("The factor stands at what comes in, not at the old state.", "before + a[t] * u[t]"),
    ("The old state gets 1 - a. In this recurrence a itself is its factor.", "(1 - a[t]) * before + u[t]"),
])
