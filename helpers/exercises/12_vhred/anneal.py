"""Exercise 12.11: a weight that rises."""

from helpers.checking.authoring import exercise


@exercise("12.11", title="A weight that rises", returns={"weight": ""}, hints=[
    "At which step is the rise over? How far along its way is step number `step`? And what must not happen after it?",
    "The rise takes share · steps steps. The weight is the part of it that is done, and never more than 1. With share = 0 there is no rise, and nothing to divide by.",
    "`share * steps`; `if rise == 0`; `min(1.0, step / rise)`.",
])
def anneal(step, steps, share):
    """Return the KL's weight in step `step` of `steps`: 0 at step 0, rising evenly to 1.

    It reaches 1 when the first share (0 … 1) of the steps is over, and stays there.
    With share = 0 it is always 1.
    With steps = 100 and share = 0.5: step 0 -> 0., step 25 -> 0.5,
    step 50 -> 1., step 80 -> 1.
    """
    rise = share * steps                # TODO: how many steps the rise takes
    if rise == 0:                       # TODO: is there no rise at all?
        return 1.0
    return min(1.0, step / rise)        # TODO: how far it is, and never above 1


@anneal.cases
def _(rng):
    yield "the first step", (0, 100, 0.5)
    yield "half of the rise", (25, 100, 0.5)
    yield "the end of the rise", (50, 100, 0.5)
    yield "after the rise", (80, 100, 0.5)
    yield "no rise, first step", (0, 100, 0.0)
    yield "no rise, later", (7, 100, 0.0)
    yield "a rise over all steps", (30, 200, 1.0)
    yield "the last step of a rise over all steps", (199, 200, 1.0)
    yield "a short rise", (3, 500, 0.02)
    yield "less than one step", (2, 10, 0.05)
    yield "less than one step, its beginning", (0, 10, 0.05)
    yield "two and a half steps", (2, 10, 0.25)


@anneal.same
def _(step, steps, share):
    return 1.0 if step >= share * steps else step / (share * steps)


@anneal.same
def _(step, steps, share):
    return float(min(step, share * steps) / (share * steps)) if share else 1.0


anneal.mistakes_in("rise", [
    ("The rise always takes all steps in your answer: share says what part of them it takes.", "steps"),
    ("The rise takes the rest of the steps, 1 - share, in your answer.", "(1 - share) * steps"),
    ("You divide by the share: a small share should make the rise short.", "steps / share if share else 0"),
    ("The share itself is not a number of steps: multiply it by steps.", "share"),
    ("Your rise has a step too many or too few: share · steps, no more.", "share * steps - 1", "share * steps + 1", "share * (steps - 1)"),
    ("You cut the rise to a whole number of steps. It may last two and a half.", "int(share * steps)", "int(steps * share)", "share * steps // 1"),
    ("You extend the rise to a whole number of steps. It may last two and a half.", "np.ceil(share * steps)", "math.ceil(share * steps)"),
])
anneal.mistakes_in("test", [
    ("You ask whether the STEP is 0: then the first weight is 1, and the net is pulled from the start.", "step == 0"),
    ("Your question is the wrong way round: with a rise you return 1 at once, and without one you divide by 0.", "rise != 0", "rise > 0", "share > 0"),
    ("Your question is never true: with share = 0 there is a division by 0.", "False", "rise < 0"),
    ("Your question is always true: the weight is 1 from the start.", "True"),
    ("You call a rise of less than one step none. It is one: in step 0 its weight is 0.", "rise <= 1", "rise < 1"),
    ("You ask whether all steps are meant: share = 1 is a slow rise, share = 0 none at all.", "share == 1"),
])
anneal.mistakes_in("returns", [
    ("Your weight goes on rising after the end: it has to stay at 1, or the loss is no bound.", "step / rise"),
    ("Your weight falls: it begins at 1 and ends at 0.", "max(0.0, 1 - step / rise)", "1 - min(1.0, step / rise)"),
    ("You take the larger of the two: the weight is never below 1.", "max(1.0, step / rise)"),
    ("Your weight is 0 during the rise, and jumps to 1 at its end.", "float(step >= rise)", "1.0 if step >= rise else 0.0", "min(1.0, step // rise)"),
    ("Your fraction is upside down: how much is done, divided by all that is to be done.", "min(1.0, rise / step) if step else 0.0", "min(1.0, rise / step)", "min(1.0, rise / max(step, 1))"),
    ("Your weight never reaches 1 within a rise: it is compared with all steps.", "min(1.0, step / steps)"),
    ("Your weight rises as a square: evenly was asked for.", "min(1.0, (step / rise) ** 2)"),
    ("Your weight is already above 0 at step 0: the rise begins there, with 0.", "min(1.0, (step + 1) / rise)"),
    ("Your weight stops at the share. It has to reach 1.", "min(share, step / rise)", "min(1.0, step / rise) * share"),
])
