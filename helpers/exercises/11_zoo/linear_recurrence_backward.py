"""Exercise 11.8: the linear recurrence, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .linear_recurrence import linear_recurrence


@exercise("11.8", title="Backwards", returns={"da": "T N H", "du": "T N H", "dh0": "N H"}, hints=[
    "Which two ways lead out of h[t]: to the loss, and …? Which factor stands on the second way, and which state did a[t] multiply?",
    "h[t] goes into the loss (dh[t]) and into h[t + 1], times a[t + 1]. For complex numbers a factor goes back as its conjugate. a[t] has multiplied the state BEFORE step t.",
    "`dh[t] + np.conj(a[t + 1]) * d[t + 1]`; `d * np.conj(before)`; `np.conj(a[0]) * d[0]`.",
])
def linear_recurrence_backward(dh, a, h, h0):
    """Return the gradients of a, u and h0 of h_t = a_t · h_{t-1} + u_t.

    dh (T, N, H): what comes into each state from outside; a, h (T, N, H) and h0 (N, H) as
    in the forward pass. The gradient of a complex z = x + iy is written dL/dx + i dL/dy;
    z = w · v gives dv = conj(w) · dz.
    -> da, du (T, N, H), dh0 (N, H). a = 2, 2, 2 and dh = 0, 0, 1 give
    du = 4, 2, 1 and dh0 = 8.
    """
    d = np.empty_like(dh)                             # d[t]: all that reaches state t
    d[-1] = dh[-1]
    for t in reversed(range(len(dh) - 1)):
        d[t] = dh[t] + np.conj(a[t + 1]) * d[t + 1]   # TODO: (N, H)
    before = np.concatenate([h0[None], h[:-1]])       # (T, N, H) the state before each step
    da = d * np.conj(before)                          # TODO: (T, N, H)
    du = d                                            # TODO: (T, N, H)
    dh0 = np.conj(a[0]) * d[0]                        # TODO: (N, H)
    return da, du, dh0


@linear_recurrence_backward.cases
def _(rng):
    def steps(*numbers):
        return np.array(numbers, float)[:, None, None]

    def run(dh, a, u, h0):
        return dh, a, linear_recurrence.reference(a, u, h0), h0

    yield "a = 2, the last state alone", run(steps(0, 0, 1), steps(2, 2, 2), steps(1, 1, 1), np.zeros((1, 1)))
    yield "a changes, the last state alone", run(steps(0, 0, 1), steps(2, 3, 5), steps(1, 1, 1), np.full((1, 1), 2.0))
    yield "every state counts", run(steps(1, 10, 100), steps(2, 3, 5), steps(1, 2, 3), np.ones((1, 1)))

    def draw(T, N, H, kind=float):
        parts = [rng.normal(size=(T, N, H)) for _ in range(3)] + [rng.normal(size=(N, H))]
        if kind is complex:
            parts = [p + 1j * rng.normal(size=p.shape) for p in parts]
        return run(*parts)

    yield "one step", draw(1, 2, 3)
    yield "T = 6, N = 2, H = 3", draw(6, 2, 3)
    yield "complex numbers", draw(5, 2, 3, complex)


@linear_recurrence_backward.same
def _(dh, a, h, h0):
    T = len(dh)
    da, du, carry = np.empty_like(dh), np.empty_like(dh), 0
    for t in range(T - 1, -1, -1):
        du[t] = dh[t] + carry
        da[t] = du[t] * (h[t - 1] if t else h0).conj()
        carry = du[t] * a[t].conj()
    return da, du, carry


@linear_recurrence_backward.same
def _(dh, a, h, h0):
    shifted = np.concatenate([np.conj(a[1:]), np.ones_like(a[:1])])[::-1]
    d = linear_recurrence.reference(shifted, dh[::-1], np.zeros_like(h0))[::-1]
    return d * np.conj(np.concatenate([h0[None], h[:-1]])), d, d[0] * np.conj(a[0])


linear_recurrence_backward.mistakes_in("d_t", [
    ("On the way from step t + 1 back to step t stands a[t + 1]; you take a[t].", "dh[t] + np.conj(a[t]) * d[t + 1]"),
    ("No conjugate on the way back through a: for complex factors the phase turns the wrong way.", "dh[t] + a[t + 1] * d[t + 1]"),
    ("What comes into each state from outside is forgotten, except at the last step: dh[t] has to be added.", "np.conj(a[t + 1]) * d[t + 1]"),
    ("Nothing comes back from the later steps.", "dh[t]"),
    ("The factor is missing on the way back: d[t + 1] reaches step t times a[t + 1].", "dh[t] + d[t + 1]"),
    ("From step t + 1 you take only what came from outside, dh[t + 1]. All that reached it goes on: d[t + 1].", "dh[t] + np.conj(a[t + 1]) * dh[t + 1]"),
    ("The factor multiplies what comes from outside as well.", "np.conj(a[t + 1]) * (dh[t] + d[t + 1])"),
    ("The state stands on your way back. The derivative of a · h by h is a.", "dh[t] + np.conj(h[t]) * d[t + 1]"),
    ("You divide by the factor. A factor is the same in both directions.", "dh[t] + d[t + 1] / np.conj(a[t + 1])"),
])
linear_recurrence_backward.mistakes_in("da", [
    ("a[t] has multiplied the state BEFORE step t; you take the one after it.", "d * np.conj(h)"),
    ("No conjugate at the state in da.", "d * before"),
    ("da is made with what comes from outside alone; all that reaches step t counts, d.", "dh * np.conj(before)"),
    ("The factor itself stands in da. The derivative of a · h by a is h.", "d * np.conj(a)"),
    ("da lacks the state that a was multiplied with.", "d"),
    ("The conjugate stands at d in your da; it belongs to the state.", "np.conj(d) * before"),
])
linear_recurrence_backward.mistakes_in("du", [
    ("du misses what comes back from later steps: u[t] lives on in all states after it.", "dh"),
    ("u was added, so nothing multiplies its gradient.", "np.conj(a) * d"),
    ("du has the sign reversed.", "-d"),
])
linear_recurrence_backward.mistakes_in("dh0", [
    ("The first factor a[0] is missing on the way to h0.", "d[0]"),
    ("No conjugate at the first factor, on the way to h0.", "a[0] * d[0]"),
    ("The first state went through a[0]; you take the last factor.", "np.conj(a[-1]) * d[0]"),
    ("The way to h0 begins at the first step, d[0]. You take the last one.", "np.conj(a[0]) * d[-1]"),
    ("To h0 only dh[0] goes back in your line, not all that has reached step 0.", "np.conj(a[0]) * dh[0]"),
    ("h0 gets the sum over all steps. It went into the first step only.", "(np.conj(a) * d).sum(axis=0)"),
])
linear_recurrence_backward.mistakes_in("d_t", [
    ("The conjugate is taken of factor and gradient together; only the factor has it.", "dh[t] + np.conj(a[t + 1] * d[t + 1])"),
])
linear_recurrence_backward.mistakes_in("da", [
    ("In da the conjugate is taken of both; only the state has it.", "np.conj(d * before)"),
    ("da is made with dh and without a conjugate: it needs all that reaches step t, d, and the conjugate of the state.", "dh * before"),
])
linear_recurrence_backward.mistakes_in("dh0", [
    ("Factor and gradient are those of the last step. Into h0 leads the first step's factor, from the first step's gradient.", "np.conj(a[-1]) * d[-1]"),
])
