"""Exercise 11.5: which radius for how many steps."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.5", title="Choose the radius", returns={"radius": "", "nu": ""}, hints=[
    "After one step the share r is left, after two steps r², after `steps` steps …? Solve for r.",
    "The root that undoes the power of `steps` is the power of 1/steps. For nu, solve radius = exp(-exp(nu)) in three steps: first a logarithm, then a minus, then a logarithm.",
    "`share ** (1 / steps)`; `np.log(-np.log(radius))`.",
])
def radius_for(steps, share=0.5):
    """Return the radius that leaves `share` of a state after `steps` steps, and its nu.

    steps 1 or more; share between 0 and 1, without these two. radius = exp(-exp(nu)), so
    that it lies below 1 whatever nu is.
    -> radius, nu: two numbers. 2 steps, share 0.25: radius 0.5,
    and nu = log(log 2) = -0.367.
    """
    radius = share ** (1 / steps)      # TODO: radius to the power of steps is share
    nu = np.log(-np.log(radius))       # TODO: exp(-exp(nu)) is the radius
    return radius, nu


@radius_for.cases
def _(rng):
    yield "2 steps, a quarter left", (2, 0.25)
    yield "1 step, 0.9 left", (1, 0.9)
    yield "10 steps, half left", (10, 0.5)
    yield "1000 steps, half left", (1000, 0.5)
    yield "1000 steps, a hundredth left", (1000, 0.01)
    yield "a million steps, 0.9 left", (1_000_000, 0.9)


@radius_for.same
def _(steps, share):
    decay = -np.log(share) / steps
    return np.exp(-decay), np.log(decay)


@radius_for.same
def _(steps, share):
    return 10 ** (np.log10(share) / steps), np.log(np.log(1 / share) / steps)


radius_for.mistakes_in("radius", [
    ("1 - 1/steps leaves about a third after so many steps, whatever share you ask for.", "1 - 1 / steps"),
    ("You divide the share by the number of steps. A state shrinks by a factor at each step: it is a root.", "share / steps"),
    ("You take the power of `steps` of the share. It is the other way round: the radius to the power of `steps` is the share.", "share ** steps"),
    ("A share is lost at each step, as if the losses added up. They multiply.", "1 - (1 - share) / steps"),
    ("You mix natural logarithm and powers of 10.", "10 ** (np.log(share) / steps)"),
    ("Your sign is wrong: a radius above 1 grows.", "share ** (-1 / steps)"),
    ("This is the logarithm of the radius. Take exp of it.", "np.log(share) / steps"),
    ("It is the square root for every number of steps.", "np.sqrt(share)"),
])
radius_for.mistakes_in("nu", [
    ("One logarithm is missing: this nu gives exp(-nu) as radius.", "-np.log(radius)"),
    ("Without the minus inside you take the logarithm of a negative number: the log of a radius is below 0.", "np.log(np.log(radius))"),
    ("Your nu has the wrong sign: there is a minus too many outside. One minus, between the two logarithms (or 1 / radius there), is enough.", "-np.log(np.log(1 / radius))"),
    ("This nu is the logarithm of the radius itself.", "np.log(radius)"),
    ("You computed the radius that this number would give, the equation forwards. It has to be solved for nu.", "np.exp(-np.exp(radius))"),
    ("Your nu is made from the share that is left, not from the radius.", "np.log(-np.log(share))"),
])
radius_for.mistake("Radius and nu have changed places: the radius comes first.")(radius_for.changed(("return radius, nu", "return nu, radius")))
radius_for.mistakes_in("radius", [
    ("You subtract once. The state is multiplied by the radius again at each step.", "1 - share / steps"),
    ("Your radius is that of the share that is lost. `share` is what is left.", "(1 - share) ** (1 / steps)"),
    ("This radius leaves 1/e after all steps, whatever share is asked for.", "np.exp(-1 / steps)"),
])
radius_for.mistakes_in("nu", [
    ("This is no solution of radius = exp(-exp(nu)): undo one exp after the other, each by a logarithm.", "np.exp(-radius)"),
])
