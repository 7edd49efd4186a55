"""Exercise 10.7: layer normalisation."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("10.7", title="Layer norm", returns={"Y": "N T D", "cache": ""}, hints=[
    "Which numbers share a mean here: those of one place, those of one feature, or all?",
    "Mean and variance run over the last axis and keep it (`keepdims=True`). The variance is the plain mean of the squared distances, and ε comes under the root.",
    "`X.mean(axis=-1, keepdims=True)`; `np.sqrt(X.var(axis=-1, keepdims=True) + eps)`; `(X - mean) / sigma`; `g * hat + b`.",
])
def layer_norm(X, g, b, eps=1e-5):
    """Give the D numbers of each place the mean 0 and the variance 1; then gain and shift.

    X (..., T, D), gain g (D,), shift b (D,). sigma is √(variance + eps), so that a place
    whose numbers are all equal does not divide by 0.
    -> Y like X, and a cache: the normalised numbers `hat`, sigma (..., T, 1), and g.
    X = [[1., 3.]] with g = [1., 1.] and b = [0., 0.] gives nearly [[-1., 1.]].
    """
    mean = X.mean(axis=-1, keepdims=True)                   # TODO: (..., T, 1) each place's mean
    sigma = np.sqrt(X.var(axis=-1, keepdims=True) + eps)    # TODO: (..., T, 1) spread, with eps
    hat = (X - mean) / sigma                                # TODO: mean 0, variance 1
    Y = g * hat + b                                         # TODO: gain and shift
    return Y, (hat, sigma, g)


@layer_norm.cases
def _(rng):
    def draw(*shape, size=1.0, shift=0.0, eps=1e-5):
        return shift + size * rng.normal(size=shape), rng.uniform(0.5, 2.0, shape[-1]), rng.normal(size=shape[-1]), eps

    yield "one place, two numbers", (np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2), 1e-5)
    yield "two places, one ten times as large", (np.array([[1.0, 3.0, 2.0], [10.0, 30.0, 20.0]]), np.ones(3), np.zeros(3), 1e-5)
    yield "two places, gain 2 and shift 1", (np.array([[1.0, 3.0, 5.0], [4.0, 0.0, 1.0]]), np.full(3, 2.0), np.ones(3), 1e-5)
    yield "all numbers equal", (np.full((1, 4), 7.0), np.ones(4), np.zeros(4), 1e-5)
    yield "2 sequences, T = 5, D = 12", draw(2, 5, 12)
    yield "far from 0", draw(2, 3, 4, shift=50.0)
    yield "numbers so small that eps counts", draw(2, 5, 6, size=0.003)
    yield "a large eps", draw(3, 4, 5, eps=0.5)


@layer_norm.same
def _(X, g, b, eps):
    c = X - X.mean(-1)[..., None]
    sigma = (np.einsum("...d,...d->...", c, c)[..., None] / X.shape[-1] + eps) ** 0.5
    return c / sigma * g + b, (c / sigma, sigma, g)


@layer_norm.same
def _(X, g, b, eps):
    mean = np.sum(X, axis=-1, keepdims=True) / X.shape[-1]
    sigma = np.sqrt(np.mean((X - mean) ** 2, axis=-1, keepdims=True) + eps)
    return g * ((X - mean) / sigma) + b, ((X - mean) / sigma, sigma, g)


AXIS_2 = "Axis 2 is the last one only where a batch stands in front. X may have two axes as well: axis=-1 is the last of any array."
AXIS_1 = "Axis 1 is the last one only where no batch stands in front; with one it runs over the places. axis=-1 is the last of any array."

for sentence, mean in [
    ("Your mean runs over the places: it mixes the text, the future as well. The D numbers of ONE place share a mean: the last axis.", "X.mean(axis=-2, keepdims=True)"),
    ("Your mean runs over everything. Each place has its own.", "X.mean()"),
    ("Your mean runs over the first axis, as in batch norm. The D numbers of ONE place share a mean: the last axis.", "X.mean(axis=0, keepdims=True)"),
    ("Your mean has lost its axis (keepdims): NumPy lays it along the features instead of beside the places.", "X.mean(axis=-1)"),
    ("The mean is not subtracted. 'RMS norm', which many nets use today, does without it (in its spread as well); here it is asked for.", "0.0 * X.mean(axis=-1, keepdims=True)"),
    ("You take the median. The mean is asked for.", "np.median(X, axis=-1, keepdims=True)"),
]:
    layer_norm.mistake(sentence, mean=mean)

for sentence, sigma in [
    ("ε stands outside the root. There it is not the same: √(variance + ε) is asked for. The difference shows where the variance is small.", "np.sqrt(X.var(axis=-1, keepdims=True)) + eps"),
    ("ε is missing: a place whose numbers are all equal divides 0 by 0.", "np.sqrt(X.var(axis=-1, keepdims=True))"),
    ("You divide by D - 1 in the variance (`ddof=1`). Layer norm takes the plain mean of the squares.", "np.sqrt(X.var(axis=-1, keepdims=True, ddof=1) + eps)"),
    ("Your spread runs over the places: it mixes the text, the future as well. The D numbers of ONE place share it: the last axis.", "np.sqrt(X.var(axis=-2, keepdims=True) + eps)"),
    ("Your spread is one for everything. Each place has its own.", "np.sqrt(X.var() + eps)"),
    ("The root is missing: you divide by the variance.", "X.var(axis=-1, keepdims=True) + eps"),
    ("ε is added to a standard deviation, and the root is taken once more: √(variance + ε) is asked for.", "np.sqrt(X.std(axis=-1, keepdims=True) + eps)"),
    ("Your spread has lost its axis (keepdims): NumPy lays it along the features instead of beside the places.", "np.sqrt(X.var(axis=-1) + eps)"),
    ("Your spread is the mean of the squares without subtracting the mean: that is how 'RMS norm' does it, which many nets use today.", "np.sqrt((X**2).mean(axis=-1, keepdims=True) + eps)"),
    ("ε is subtracted. It is added, so that nothing is divided by 0.", "np.sqrt(X.var(axis=-1, keepdims=True) - eps)"),
]:
    layer_norm.mistake(sentence, sigma=sigma)

for sentence, axis in ((AXIS_2, 2), (AXIS_1, 1)):
    mean, sigma = f"X.mean(axis={axis}, keepdims=True)", f"np.sqrt(X.var(axis={axis}, keepdims=True) + eps)"
    layer_norm.mistake(sentence, mean=mean)
    layer_norm.mistake(sentence, sigma=sigma)
    layer_norm.mistake(sentence, mean=mean, sigma=sigma)

for sentence, hat in [
    ("The mean is not subtracted.", "X / sigma"),
    ("Nothing is divided: the spread stays as it was.", "X - mean"),
    ("Brackets are missing: only the mean is divided.", "X - mean / sigma"),
    ("You multiply by the spread: large numbers get still larger. Divide.", "(X - mean) * sigma"),
    ("The gain is in `hat` already. `hat` has the variance 1; the line below multiplies it by g.", "g * (X - mean) / sigma"),
    ("The sign is wrong: mean minus X.", "(mean - X) / sigma"),
]:
    layer_norm.mistake(sentence, hat=hat)

for sentence, Y in [
    ("The gain is missing.", "hat + b"),
    ("The shift is missing.", "g * hat"),
    ("The gain multiplies the shift as well: it is g * hat, plus b.", "g * (hat + b)"),
    ("Gain and shift are exchanged.", "b * hat + g"),
    ("The gain is added. It is a factor.", "hat + g + b"),
    ("Gain and shift are missing.", "hat"),
    ("You divide by the gain. It is a factor.", "hat / g + b"),
    ("Gain and shift work on X itself: nothing is normalised.", "g * X + b"),
]:
    layer_norm.mistake(sentence, Y=Y)

INVERSE = "You have 1/σ where σ is wanted, in `sigma` or in the cache: the way back divides by σ."
layer_norm.mistake(INVERSE, sigma="1 / np.sqrt(X.var(axis=-1, keepdims=True) + eps)", hat="(X - mean) * sigma")
layer_norm.mistake(INVERSE, sigma="1 / np.sqrt(X.var(axis=-1, keepdims=True) + eps)")


@layer_norm.mistake(INVERSE)
def _(X, g, b, eps):
    Y, (hat, sigma, g) = layer_norm(X, g, b, eps)
    return Y, (hat, 1 / sigma, g)


@layer_norm.mistake("You return Y alone. The way back needs the cache.")
def _(X, g, b, eps):
    return layer_norm(X, g, b, eps)[0]
