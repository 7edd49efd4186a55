"""Exercise 1.6: when does one unit remember?"""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("1.6", title="When does one unit remember?", returns={"the resting points": ""}, hints=[
    "Start at h = 1 and let the unit run with no input, for w = 0.5 and for w = 2, on paper or in a cell. Where does it come to rest?",
    "At a resting point tanh(w h) = h. Near 0 the curve tanh(w h) has the slope w: below 1, the state shrinks in every step.",
    "For w at most 1, return `np.array([0.0])`. Above 1, the state left to itself ends at the h of the loop, or at -h if it starts below 0.",
])
def latch(w):
    """Return the stable resting points of h <- tanh(w h), w >= 0: an array, smallest first.

    Stable: pushed away a little, the state comes back. latch(1.5) is [-0.859, 0.859].
    Two such points can hold one bit.
    """
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)             # TODO: let the unit run, without input
    forgets = w <= 1                   # TODO: for which w does it forget every start?
    if forgets:
        return np.array([0.0])
    return np.array([-h, h])           # TODO: where it can come to rest otherwise


@latch.cases
def _(rng):
    for w in (0.5, 2.0, 1.2, 0.9, 0.3, 1.8):
        yield f"w = {w:g}", (w,)
    yield "w = 0, no way back at all", (0.0,)
    yield "w = 1, on the border", (1.0,)
    yield "w = 1.01, just above it", (1.01,)
    yield "w = 0.99, just below it", (0.99,)
    yield "w = 0.1", (0.1,)
    yield "w = 1000", (1000,)


latch.observed_by(lambda points, w: points)


@latch.explained_by
def _(points, w):
    """Say it where the wrong *number* of points came back: that is no mistake of shape, but of the border."""
    if not isinstance(points, np.ndarray) or points.ndim != 1 or len(points) not in (1, 2, 3) or points.dtype.kind not in "fiu":
        return None
    if w > 1 and len(points) == 1:
        return f"For w = {w:g} you return one point. A unit with this w holds one of *two* states."
    if w <= 1 and len(points) > 1:
        return f"For w = {w:g} you return {len(points)} points. A unit with this w forgets every start: it comes to rest in one place."
    return None


@latch.same
def _(w):
    low, high = 1e-9, 1.0      # bisection on tanh(w h) - h
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.tanh(w * middle) > middle else (low, middle)
    return np.array([-low, low]) if w > 1 else np.zeros(1)


_too_high = "Your border is too high: just above w = 1 the unit already holds its state, at a small h."
_too_low = "Your border is too low: up to w = 1 each step makes the state smaller, and it fades."
for _sentence, *_edits in [
    ("You see two resting points for every w. For w up to 1 both are the same point, 0: there the unit forgets.", {"forgets": "False"}),
    ("You return 0 for every w. It is always a resting point, but above w = 1 it is not a stable one: the smallest push moves the state away, for good.",
     {"forgets": "True"}, {"returns": "np.array([0.0])"}),
    ("For w above 1 you list 0 as well. The state rests there only as long as nobody touches it: it is not stable.", {"returns": "np.array([-h, 0.0, h])"}),
    ("You list the positive point only. tanh is odd: where h is a resting point, so is -h, and it takes two to store a bit.", {"returns": "np.array([h])"}),
    ("The right points in the wrong order: smallest first.", {"returns": "np.array([h, -h])"}),
    ("You return ±w. The weight is how strongly the unit hears itself; where it rests, the loop finds out.", {"returns": "np.array([-w, w])"}),
    ("You return 0 and the positive point. 0 is not stable for w above 1; the mirror image of the positive point is: tanh is odd.", {"returns": "np.array([0.0, h])"}),
    ("You return ±1. That is where tanh would end, but tanh(w) is below 1: run the unit and see where it stays.", {"returns": "np.array([-1.0, 1.0])"}),
    ("You start again from tanh(w) in each round (or run one step only): the state has to go on from where it is.", {"h": "np.tanh(w)"}),
    ("The weight stands outside of the tanh, or is missing: it multiplies the old state inside, tanh(w h).", {"h": "np.tanh(h)"}, {"h": "w * np.tanh(h)"}),
    ("The weight is added to the state. It multiplies it: tanh(w h).", {"h": "np.tanh(w + h)"}),
    ("Without the tanh, w h grows or shrinks for ever and comes to rest nowhere but at 0: squash in every round.", {"h": "w * h"}),
    ("The border w = 1 counts as remembering in your function. There the state still creeps towards 0, only ever more slowly.", {"forgets": "w < 1"}),
    ("In your function the unit forgets only at w = 0. It does so for every w up to 1: each step makes the state smaller.", {"forgets": "w <= 0"}),
    *((_too_high, {"forgets": f"w <= {border}"}) for border in (1.1, 1.5, 1.9, 2)),
    *((_too_low, {"forgets": f"w <= {border}"}) for border in (0.2, 0.4, 0.7, 0.95)),
    ("The condition is the wrong way round: a *large* w holds the state, a small one lets it fade.", {"forgets": "w >= 1"}, {"forgets": "w > 1"}),
]:
    for _edit in _edits:
        latch.mistake(_sentence, **_edit)
