"""Exercise 13.6: design the control."""

import numpy as np

from helpers.checking.authoring import exercise
from helpers.experiments import suspects

LARGE = "both holes are equally large"


def found(answer, own, other):
    """Return {net: whether the test is right about it}, and whether both holes are equally large, up to one place."""
    right = suspects.found(answer, own, other)
    return right | {LARGE: bool(abs(answer[1].sum(axis=1) - answer[2].sum(axis=1)).mean() < 1)}


@exercise("13.6", title="Design the control", returns={"your test": dict.fromkeys((*suspects.NETS, LARGE), "")}, hints=[
    "A word changes when the object is hidden. Which other reasons could there be than that the object is needed? Go through the six nets of `suspects.NETS`: which test would be wrong about each of them?",
    "A hole may hurt whatever is in it: so the control has to be as large. A net may need everything that is bright: so the control has to hide something that matters too. And the net may have read the object at a word before.",
    '`"every word"`; the control is the other object, but never a place of its own object: `other & ~own`. So that both are equally large where they share places: hide `own & ~other`. (They seldom share any, so plain `own` and `other` pass too.)',
])
def control(own, other, rng):
    """Design the test: does the word need the object that it is about?

    own (N, P) True on the places of the object that the word is about; other (N, P) on
    those of the other object.
    The test hides places, and then, as a control, others. It says yes if `hidden` changes
    clearly more words than `control`.
    -> when, "this word" (places are hidden at this word alone) or "every word";
    hidden (N, P) and control (N, P), True where a place is hidden.
    With P = 2, own = [[True, False]] and other = [[False, True]], a test that hides the
    object at this word, and has no control, is
    ("this word", [[True, False]], [[False, False]]).
    """
    when = "every word"            # TODO: "this word" or "every word"
    hidden = own & ~other          # TODO: (N, P) what the test hides
    control = other & ~own         # TODO: (N, P) what the control hides
    return when, hidden, control


@control.cases
def _(rng):
    for seed in range(3):
        draw = np.random.default_rng(seed)
        yield f"pictures {seed + 1}", (*suspects.examples(draw), draw)


@control.observed_by
def _(answer, own, other, rng):
    return found(answer, own, other)


@control.explained_by
def _(answer, own, other, rng):
    right = found(answer, own, other)
    large = right.pop(LARGE)
    missed = [net for net, good in right.items() if not good]
    if not missed and not large:
        return "Your test is right about all of these nets, but one hole is larger than the other. A larger hole may hurt more, whatever is in it."
    return f"Your test is right about {len(right) - len(missed)} of {len(right)} nets. It is wrong about the net that {'; and the one that '.join(missed)}."


@control.same
def _(own, other, rng):
    return "every word", own, other


@control.same
def _(own, other, rng):
    return "every word", own.copy(), other & ~own


control.mistakes_in("when", [
    ("You hide the places at this word alone. A net that has read its object at an earlier word is then taken for one that does not need it.", '"this word"'),
])

control.mistakes_in("hidden", [
    ("You hide the other object in the test: the question is whether the word needs its OWN object.", "other", "other & ~own"),
    ("You hide both objects in the test. Then nobody can say which of them was needed.", "own | other"),
    ("You hide nothing in the test, so nothing can change.", "np.zeros_like(own)", "own & other", "own & ~own"),
    ("You hide nearly the whole picture, and not the object. So this tests the rest of the picture, and no net that looks manages with so few places.", "~own", "~(own | other)"),
    ("You hide the whole picture. Every net that looks would fail.", "np.ones_like(own)"),
    ("In your test each picture has its hole where the object of ANOTHER picture lies.", "np.roll(own, 1, axis=0)", "own[::-1]", "rng.permutation(own)"),
    ("Your hole is the object moved by one place: half of the object is still to be seen.", "np.roll(own, 1, axis=1)"),
])

control.mistakes_in("control", [
    ("Your control hides nothing. A net that stumbles over any hole would pass for one that needs its object.", "np.zeros_like(own)", "own & ~own"),
    ("Test and control hide the same places, so they can never differ.", "own", "own & ~other"),
    ("Your control hides all but the object. That is eight times as much as the test: every net that looks fails at it, also a good one.", "~own"),
    ("Your control hides all of the ground. That is seven times as much as the test: every net that looks fails at it, also a good one.", "~(own | other)", "~own & ~other"),
    ("Your control lies mostly on the ground, where there is nothing to read. A net that needs anything bright would pass. The control has to be able to fail.", "np.roll(own, 1, axis=0)", "own[::-1]", "rng.permutation(own)", "own[rng.permutation(len(own))]", "rng.permuted(own, axis=1)", "rng.permuted(own, axis=1) & ~own", "rng.random(own.shape) < 4 / own.shape[1]", "rng.random(own.shape) < own.mean()"),
    ("Your control hides both objects, so whatever the test changes, the control changes as well.", "own | other"),
    ("Your control hides the other object and ground as well. A larger hole may hurt more, also a net that does need its object.", "other | (rng.permuted(~(own | other), axis=1) & (rng.random(own.shape) < 0.3))", "other | np.roll(other, 2, axis=1)", "other & ~own | np.roll(other, 2, axis=1)"),
    ("Your control hides everything.", "np.ones_like(own)"),
    ("Your control is the object moved by one place: it hides half of the object itself, and no other one.", "np.roll(own, 1, axis=1)"),
    ("Your control hides one single place. The test hides four, and a larger hole may hurt more.", "other & (np.cumsum(other, axis=1) == 1)", "np.eye(own.shape[1], dtype=bool)[other.argmax(axis=1)]"),
])

control.mistake("Test and control have changed places: `hidden` is what the word is about.", hidden="other & ~own", control="own & ~other")
control.mistake("Test and control have changed places: `hidden` is what the word is about.", hidden="other", control="own")

for _when, _control in (('"this word"', "np.zeros_like(own)"), ('"this word"', "rng.permuted(own, axis=1)"), ('"this word"', "np.roll(own, 1, axis=0)")):
    control.mistake("Two things: at this word alone the object may have been read already, and your control hides nothing that could matter.", when=_when, control=_control)
