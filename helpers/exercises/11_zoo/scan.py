"""Exercise 11.11: all states in a few passes."""

import numpy as np

from helpers.checking.authoring import exercise

from .linear_recurrence import linear_recurrence


@exercise("11.11", title="Without a loop over time", returns={"h": "T N H", "passes": ""}, seconds=0.5, hints=[
    "Before a pass, row t stands for the last k steps up to t. With which row is it composed, so that afterwards it stands for 2k? Which of the two is the later one?",
    "Row t (later) is composed with row t - k (earlier), by exercise 11.10, for all t from k on at once: `h[k:]` and `h[:-k]`. NumPy computes the right side before it writes. Which of the two lines has to come first, as h needs the old a?",
    "`k < len(h)`; `a[k:] * h[:-k] + h[k:]`; `a[k:] * a[:-k]`; `2 * k`.",
])
def scan(a, u):
    """Return all h_t = a_t · h_{t-1} + u_t from a blank state, and the number of passes.

    a, u (T, N, H), real or complex. Hillis and Steele's scan: after a pass, row t holds the
    composition of twice as many steps as before, those that end at t, or all there are.
    -> h (T, N, H), passes: a whole number, 3 for T = 8 and for T = 5, 0 for T = 1.
    """
    a, h = a.copy(), u.copy()
    k, passes = 1, 0                         # a row holds k steps
    while k < len(h):                        # TODO: as long as a row lacks some of its steps
        h[k:] = a[k:] * h[:-k] + h[k:]       # TODO: all rows from k on at once
        a[k:] = a[k:] * a[:-k]               # TODO: their factors
        k = 2 * k                            # TODO: how many steps a row holds now
        passes = passes + 1
    return h, passes


@scan.cases
def _(rng):
    def steps(*numbers):
        return np.array(numbers, float)[:, None, None]

    yield "two steps", (steps(2, 3), steps(1, 5))
    yield "one step", (steps(2), steps(7))
    yield "four steps, the first alone brings something", (steps(2, 3, 5, 7), steps(1, 0, 0, 0))
    yield "five steps", (steps(1, 1, 1, 1, 1), steps(1, 2, 3, 4, 5))

    def draw(T, N, H, kind=float):
        parts = [rng.uniform(0.5, 1.2, (T, N, H)), rng.normal(size=(T, N, H))]
        if kind is complex:
            parts = [p * np.exp(1j * rng.normal(size=p.shape)) for p in parts]
        return tuple(parts)

    for T in (7, 8, 9, 64):
        yield f"T = {T}, N = 2, H = 3", draw(T, 2, 3)
    yield "complex numbers, T = 6", draw(6, 2, 3, complex)


@scan.same
def _(a, u):
    rows, k, passes = list(zip(a, u, strict=True)), 1, 0
    while k < len(rows):
        rows = [(x * rows[t - k][0], x * rows[t - k][1] + y) if t >= k else (x, y) for t, (x, y) in enumerate(rows)]
        k, passes = k + k, passes + 1
    return np.stack([y for _, y in rows]), passes


@scan.same
def _(a, u):
    return linear_recurrence.reference(a, u, np.zeros_like(u[0])), int(np.ceil(np.log2(len(u))))


scan.mistakes_in("test", [
    ("You stop a pass too early where the length is no power of two.", "2 * k <= len(h)"),
    ("You stop one pass too early: the last rows do not hold all of their steps yet.", "2 * k < len(h)"),
    ("One pass too many where the length is a power of two: at k = T all rows hold everything.", "k <= len(h)"),
    ("You run as many passes as there are steps. Each pass doubles what a row holds.", "passes < len(h) - 1"),
])
scan.mistakes_in("h_k", [
    ("The two parts are in the wrong order: the later row's factor meets what the earlier row has added.", "a[:-k] * h[k:] + h[:-k]"),
    ("What the earlier rows added comes in without a factor.", "h[:-k] + h[k:]"),
    ("What row t itself had is lost.", "a[k:] * h[:-k]"),
    ("The earlier row's factor is used. What it has added still has to go through the LATER steps.", "a[:-k] * h[:-k] + h[k:]"),
    ("The later row's factor meets all that is added; it should meet what came from the earlier row only.", "a[k:] * (h[:-k] + h[k:])"),
    ("You take what came in from u, not what the earlier row holds by now.", "a[k:] * u[:-k] + h[k:]"),
])
scan.mistakes_in("a_k", [
    ("The factors are not composed: they stay those of a single step.", "a[k:]"),
    ("You square the factors: row t is composed with row t - k, not with itself.", "a[k:] * a[k:]"),
    ("The later row's factor is lost.", "a[:-k]"),
    ("You add the factors of two rows. They multiply.", "a[k:] + a[:-k]"),
])
scan.mistakes_in("k", [
    ("k grows by one. After a pass each row holds twice as many steps.", "k + 1"),
    ("k is multiplied by four, and the steps in between are missing.", "4 * k"),
    ("k becomes k²: from 1 it never grows, and the loop never ends.", "k * k"),
    ("k grows like 1, 3, 7: one step too many is skipped.", "2 * k + 1"),
])


@scan.mistake("You go through the rows one by one and read what was already overwritten in this pass: all rows have to change at once, from the old values.")
def _(a, u):
    a, h = a.copy(), u.copy()
    k, passes = 1, 0
    while k < len(h):
        for t in range(k, len(h)):
            h[t] = a[t] * h[t - k] + h[t]
            a[t] = a[t] * a[t - k]
        k = 2 * k
        passes = passes + 1
    return h, passes


@scan.mistake("The factors are composed before the states have used them: h needs the old ones, so its line comes first.")
def _(a, u):
    a, h = a.copy(), u.copy()
    k, passes = 1, 0
    while k < len(h):
        a[k:] = a[k:] * a[:-k]
        h[k:] = a[k:] * h[:-k] + h[k:]
        k = 2 * k
        passes = passes + 1
    return h, passes
scan.mistakes_in("test", [
    ("You stop when a row holds half of the steps: the later half still lacks the earlier one.", "k < len(h) // 2"),
])
scan.mistakes_in("h_k", [
    ("The factor meets what row t itself has. It belongs to what comes from the earlier row.", "a[k:] * h[k:] + h[:-k]"),
])
scan.mistakes_in("a_k", [
    ("You square the factors of the earlier rows: the later row's factor is lost.", "a[:-k] * a[:-k]"),
])
scan.mistakes_in("k", [
    ("k grows by two each time: in the second pass a row holds 2 steps and k is 3, so a step is skipped. k doubles.", "k + 2"),
])
