"""Exercise 11.12: the way back, also without a loop."""

import numpy as np

from helpers.checking.authoring import exercise

from .linear_recurrence_backward import linear_recurrence_backward
from .scan import scan


@exercise("11.12", title="Back by a scan", returns={"d": "T N H"}, hints=[
    "Write d_t = … below h_t = …: in which of the two does time run backwards, and which step's factor stands in d_t?",
    "The factor on the way into d[t] is conj(a[t + 1]): all factors shifted by one. The last row has none, so any number will do there, for instance 1. Then reverse time, scan, reverse it back.",
    "First the shifted factors, then the scan backwards in time: `np.concatenate([np.conj(a[1:]), np.ones_like(a[:1])])`; `scan(factors[::-1], dh[::-1])[0][::-1]`.",
])
def back_by_scan(dh, a):
    """Return the d of 11.8, d_t = dh_t + conj(a_{t+1}) · d_{t+1}, by the `scan` of 11.11.

    dh, a (T, N, H), real or complex; `scan(a, u)` returns (h, passes).
    -> d (T, N, H). a = 2, 3, 5 and dh = 0, 0, 1 give d = 15, 5, 1.
    """
    factors = np.concatenate([np.conj(a[1:]), np.ones_like(a[:1])])    # TODO: from d[t+1] to d[t]
    d = scan(factors[::-1], dh[::-1])[0][::-1]                         # TODO: (T, N, H)
    return d


@back_by_scan.cases
def _(rng):
    def steps(*numbers):
        return np.array(numbers, float)[:, None, None]

    yield "the last state alone", (steps(0, 0, 1), steps(2, 3, 5))
    yield "the first state alone", (steps(1, 0, 0), steps(2, 3, 5))
    yield "every state counts", (steps(1, 10, 100), steps(2, 3, 5))
    yield "one step", (steps(4), steps(2))

    def draw(T, N, H, kind=float):
        parts = [rng.normal(size=(T, N, H)), rng.uniform(0.5, 1.5, (T, N, H))]
        if kind is complex:
            parts = [p * np.exp(1j * rng.normal(size=p.shape)) for p in parts]
        return tuple(parts)

    yield "T = 7, N = 2, H = 3", draw(7, 2, 3)
    yield "complex numbers, T = 6", draw(6, 2, 3, complex)


@back_by_scan.same
def _(dh, a):
    blank = np.zeros_like(dh[0])
    return linear_recurrence_backward.reference(dh, a, np.zeros_like(dh), blank)[1]


@back_by_scan.same
def _(dh, a):
    turned = np.roll(a.conj()[::-1], 1, axis=0)
    return np.flip(scan.reference(turned, np.flip(dh, axis=0))[0], axis=0)


SCANNED = "scan(factors[::-1], dh[::-1])[0][::-1]"
back_by_scan.mistakes_in("factors", [
    ("The factors are not shifted: into d[t] leads a[t + 1].", "np.conj(a)"),
    ("The factors are shifted the wrong way: yours lead from step t - 1.", "np.concatenate([np.ones_like(a[:1]), np.conj(a[:-1])])", "np.roll(np.conj(a), 1, axis=0)"),
    ("The conjugate of the factors is missing on the way back.", "np.concatenate([a[1:], np.ones_like(a[:1])])"),
    ("Your factors are shifted by two.", "np.concatenate([np.conj(a[2:]), np.ones_like(a[:2])])"),
    ("All your factors are 1.", "np.ones_like(a)"),
])
back_by_scan.mistakes_in("d", [
    ("Time is never reversed: the gradient would come from the past.", "scan(factors, dh)[0]"),
    ("The result is still reversed: its first row belongs to the last step.", "scan(factors[::-1], dh[::-1])[0]"),
    ("The factors are not reversed together with the gradients.", "scan(factors, dh[::-1])[0][::-1]"),
    ("The gradients are not reversed together with the factors.", "scan(factors[::-1], dh)[0][::-1]"),
    ("Factors and gradients have changed places in your scan.", "scan(dh[::-1], factors[::-1])[0][::-1]"),
    ("You return what comes from outside, and nothing of the later steps.", "dh"),
    ("`scan` returns two things, the states and the number of passes. Take the first, `[0]`, then reverse it.", "scan(factors[::-1], dh[::-1])[::-1]"),
    ("You scan with the factors of the forward pass, not with those that you have made.", "scan(np.conj(a)[::-1], dh[::-1])[0][::-1]"),
])
back_by_scan.mistakes_in("d", [
    ("`np.flip` without an axis turns batch and units round as well. Only time is reversed.", "np.flip(scan(factors[::-1], dh[::-1])[0])"),
    ("The factors run forwards while the gradients run backwards, and the result is not reversed back.", "scan(factors, dh[::-1])[0]"),
])
back_by_scan.mistakes_in("factors", [
    ("The row of ones stands at the front in your line, so all other rows still hold a[t].", "np.concatenate([np.ones_like(a[:1]), np.conj(a[1:])])"),
    ("One row is missing: the last step needs a factor as well, though any will do.", "np.conj(a[1:])"),
])
