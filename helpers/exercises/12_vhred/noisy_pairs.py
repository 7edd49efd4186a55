"""Exercise 12.4: what a denoising net reads, and what it should say."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.4", title="Noise, and what should come back", returns={"noisy": "N D", "target": "N D"}, hints=[
    "Which of the two is spoilt, what the net reads or what it should say? And should two pictures be spoilt in the same way?",
    "`rng.normal(size=…)` draws as many numbers as you ask for: one for each pixel of each picture. X itself has to stay as it is, it comes again in the next round.",
    "`sd * rng.normal(size=X.shape)`; `X + noise`; the target is X.",
])
def noisy_pairs(X, sd, rng):
    """Return (noisy, target) for X (N, D): noise N(0, sd²) on all that the net reads.

    target is what the net should say. Draw the noise with ONE call of rng.normal.
    With sd = 0 both are X.
    """
    noise = sd * rng.normal(size=X.shape)      # TODO: (N, D)
    noisy = X + noise                          # TODO: what the net reads
    target = X                                 # TODO: what it should say
    return noisy, target


@noisy_pairs.cases
def _(rng):
    yield "no noise", (rng.uniform(size=(2, 3)), 0.0, np.random.default_rng(1))
    yield "one row", (np.zeros((1, 4)), 2.0, np.random.default_rng(2))
    yield "three rows alike", (np.ones((3, 4)), 0.5, np.random.default_rng(3))
    yield "4 rows, D = 6", (rng.uniform(size=(4, 6)), 0.3, np.random.default_rng(4))
    yield "as many rows as columns", (rng.uniform(size=(5, 5)), 1.5, np.random.default_rng(5))


@noisy_pairs.same
def _(X, sd, rng):
    return X + rng.normal(0, sd, X.shape), X.copy()


@noisy_pairs.same
def _(X, sd, rng):
    noisy = np.array(X, float)
    noisy += rng.standard_normal(X.shape) * sd
    return noisy, X


noisy_pairs.mistakes_in("noise", [
    ("Every picture gets the same noise: one number for each pixel of EACH picture was asked for.", "sd * rng.normal(size=X.shape[1])", "sd * rng.normal(size=X[0].shape)"),
    ("All pixels of a picture get the same noise: it becomes lighter or darker as a whole.", "sd * rng.normal(size=(len(X), 1))"),
    ("All pixels of all pictures get one and the same number.", "sd * rng.normal()"),
    ("You make a new generator inside: the noise is the same in every step, and the net learns it by heart.", "sd * np.random.default_rng(0).normal(size=X.shape)"),
    ("Your noise is drawn evenly between two bounds: it should be normal, N(0, sd²).", "sd * rng.uniform(-1, 1, size=X.shape)", "sd * rng.random(X.shape)"),
    ("Your noise has the variance sd. It is the standard deviation that is sd.", "np.sqrt(sd) * rng.normal(size=X.shape)"),
    ("Your noise is multiplied by sd twice.", "sd**2 * rng.normal(size=X.shape)"),
    ("The factor sd is missing: the noise always has the size 1.", "rng.normal(size=X.shape)"),
    ("Your noise has sd as its mean. Its mean is 0, and sd is its spread.", "rng.normal(sd, size=X.shape)", "rng.normal(sd, 1, X.shape)"),
    ("You take the size of the noise without its sign: everything gets lighter.", "np.abs(sd * rng.normal(size=X.shape))"),
    ("You ignore `rng` and draw from another generator: nobody can repeat that.", "sd * np.random.normal(size=X.shape)", "sd * np.random.default_rng().normal(size=X.shape)", "np.random.normal(0, sd, size=X.shape)", "sd * np.random.randn(*X.shape)"),
])
noisy_pairs.mistakes_in("noisy", [
    ("The noise is multiplied. Here it is added.", "X * noise", "X * (1 + noise)"),
    ("The net reads the noise alone: the picture is lost.", "noise"),
    ("The net reads the clean picture: there is nothing to clean.", "X"),
    ("You cut off what lies outside 0 … 1. That is another kind of noise; here nothing is cut.", "np.clip(X + noise, 0, 1)"),
    ("The noise is subtracted from what the net reads. Its size would be right, but X + noise was asked for.", "X - noise"),
])
noisy_pairs.mistakes_in("target", [
    ("The target is spoilt as well: the net would be praised for keeping the noise.", "noisy", "X + noise"),
    ("The target is the noise. Here the net should say the clean picture.", "noise"),
    ("The target is spoilt with noise of its own: nobody can predict that.", "X + sd * rng.normal(size=X.shape)"),
])


@noisy_pairs.mistake("You spoil X itself: it comes again in the next round, and the noise grows from round to round.")
def _(X, sd, rng):
    clean = X.copy()
    X += sd * rng.normal(size=X.shape)
    return X, clean


@noisy_pairs.mistake("You spoil X itself, and X is the target too: the net is asked for the noise, and in the next round there is more of it.")
def _(X, sd, rng):
    X += sd * rng.normal(size=X.shape)
    return X, X


@noisy_pairs.mistake("You return the pair in the wrong order: first what the net reads.")
def _(X, sd, rng):
    return noisy_pairs(X, sd, rng)[::-1]
