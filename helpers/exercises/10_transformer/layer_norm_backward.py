"""Exercise 10.8: layer normalisation, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .layer_norm import layer_norm


@exercise("10.8", title="Layer norm, backwards", returns={"dX": "N T D", "dg": "D", "db": "D"}, hints=[
    "g and b were used at every place: what does that mean for their gradients? And what can a gradient not contain, if adding the same number to all D numbers changes nothing?",
    "dg and db are sums over all axes but the last. First the gradient of `hat`: what comes in, times the gain. Then take out of it, place by place, its mean and its part along `hat`.",
    "`(dY * hat).sum(axis=front)`; `dY.sum(axis=front)`; `dY * g`; `(dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)) / sigma`.",
])
def layer_norm_backward(dY, cache):
    """Return the gradients of X (..., T, D), g (D,) and b (D,), given that of Y.

    cache is (hat, sigma, g), as `layer_norm` returned it.
    With D = 3, hat = [[-1.22, 0, 1.22]], sigma = [[1.]], g = [1, 1, 1] and
    dY = [[3., 0., 0.]], dX is [[.5, -1., .5]]:
    its sum is 0, and so is its product with hat.
    """
    hat, sigma, g = cache
    front = tuple(range(dY.ndim - 1))                  # all axes but the last
    dg = (dY * hat).sum(axis=front)                    # TODO: (D,)
    db = dY.sum(axis=front)                            # TODO: (D,)
    dhat = dY * g                                      # TODO: (..., T, D) the gradient of hat
    # TODO: dX (..., T, D)
    along = (dhat * hat).mean(axis=-1, keepdims=True)
    dX = (dhat - dhat.mean(axis=-1, keepdims=True) - hat * along) / sigma
    # END
    return dX, dg, db


@layer_norm_backward.cases
def _(rng):
    def draw(*shape, size=1.0):
        X, g, b = size * rng.normal(size=shape), rng.uniform(0.5, 2.0, shape[-1]), rng.normal(size=shape[-1])
        return rng.normal(size=shape), layer_norm.reference(X, g, b)[1]

    hat = np.array([[-1.0, 0.0, 1.0]]) * 1.5**0.5
    yield "one place, three numbers", (np.array([[3.0, 0.0, 0.0]]), (hat, np.ones((1, 1)), np.ones(3)))
    yield "one place, a gain", (np.array([[3.0, 1.0, 0.0]]), (hat, np.ones((1, 1)), np.array([1.0, 2.0, 0.5])))
    yield "one place, sigma = 4", (np.array([[3.0, 1.0, 0.0]]), (hat, np.full((1, 1), 4.0), np.ones(3)))
    yield "two places, D = 4", draw(2, 4)
    yield "2 sequences, T = 5, D = 12", draw(2, 5, 12)
    yield "3 sequences, T = 4, D = 6, small numbers", draw(3, 4, 6, size=0.05)


@layer_norm_backward.same
def _(dY, cache):
    hat, sigma, g = cache
    D = hat.shape[-1]
    dX = np.empty_like(dY)
    for place in np.ndindex(dY.shape[:-1]):
        J = (np.eye(D) - 1 / D - np.outer(hat[place], hat[place]) / D) / sigma[place]
        dX[place] = J @ (g * dY[place])
    return dX, np.einsum("pd,pd->d", dY.reshape(-1, D), hat.reshape(-1, D)), dY.reshape(-1, D).sum(0)


@layer_norm_backward.same
def _(dY, cache):
    hat, sigma, g = cache
    d = dY * g / sigma
    d = d - d.mean(-1, keepdims=True)
    front = tuple(range(dY.ndim - 1))
    return d - hat * np.mean(d * hat, axis=-1, keepdims=True), (dY * hat).sum(front), dY.sum(front)


for sentence, dg in [
    ("dg is summed over the features. The gain of a feature was used at every place: sum over all axes but the last.", "(dY * hat).sum(axis=-1)"),
    ("dg lacks what the gain was multiplied by: hat.", "dY.sum(axis=front)"),
    ("dg is an average. The gain was used at every place, so the parts add up.", "(dY * hat).mean(axis=front)"),
    ("The gain itself is in dg. In g · hat the gradient of g is hat.", "(dY * hat * g).sum(axis=front)"),
    ("dg has a part for each place. The gain is one for all: add them up.", "dY * hat"),
    ("dg is summed over the first axis only.", "(dY * hat).sum(axis=0)"),
    ("dg is a product of two sums. Multiply first, then add up: the sum of the products is wanted.", "dY.sum(axis=front) * hat.sum(axis=front)"),
]:
    layer_norm_backward.mistake(sentence, dg=dg)

for sentence, db in [
    ("db is an average. The shift was added at every place, so the parts add up.", "dY.mean(axis=front)"),
    ("db is summed over the features. The shift of a feature was added at every place: sum over all axes but the last.", "dY.sum(axis=-1)"),
    ("db is multiplied by the gain. The shift is added after it.", "(dY * g).sum(axis=front)"),
    ("db is that of the gain: nothing multiplies the shift.", "(dY * hat).sum(axis=front)"),
    ("db is summed over the first axis only.", "dY.sum(axis=0)"),
]:
    layer_norm_backward.mistake(sentence, db=db)

for sentence, dhat in [
    ("The gain is forgotten on the way to X.", "dY"),
    ("You divide by the gain. A factor is the same in both directions: multiply.", "dY / g"),
    ("The gradient of hat is made with hat: in g · hat it is g.", "dY * hat"),
    ("The gain is there twice.", "dY * g * g"),
]:
    layer_norm_backward.mistake(sentence, dhat=dhat)

for sentence, block in [
    ("You only divide by sigma, as if mean and spread were constants: both depend on every number of the place, so two parts have to be taken out.", "dX = dhat / sigma"),
    ("The mean is not taken out: adding the same number to all D numbers of a place changes nothing, so the gradient must sum to 0.", "dX = (dhat - hat * (dhat * hat).mean(axis=-1, keepdims=True)) / sigma"),
    ("The part along hat is not taken out: making all D numbers of a place larger by one factor changes nothing.", "dX = (dhat - dhat.mean(axis=-1, keepdims=True)) / sigma"),
    ("The division by sigma is missing.", "dX = dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)"),
    ("You multiply by sigma. A factor is the same in both directions: divide.", "dX = (dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)) * sigma"),
    ("You divide by sigma twice.", "dX = (dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)) / sigma**2"),
    ("Your means run over the places. The D numbers of one place shared mean and spread: the last axis.", "dX = (dhat - dhat.mean(axis=-2, keepdims=True) - hat * (dhat * hat).mean(axis=-2, keepdims=True)) / sigma"),
    ("Your means run over everything. Each place had its own mean and spread.", "dX = (dhat - dhat.mean() - hat * (dhat * hat).mean()) / sigma"),
    ("The part along hat needs hat in front: it says in which direction.", "dX = (dhat - dhat.mean(axis=-1, keepdims=True) - (dhat * hat).mean(axis=-1, keepdims=True)) / sigma"),
    ("You take out sums instead of means: each is D times too large.", "dX = (dhat - dhat.sum(axis=-1, keepdims=True) - hat * (dhat * hat).sum(axis=-1, keepdims=True)) / sigma"),
    ("The part along hat is added. It has to be taken out.", "dX = (dhat - dhat.mean(axis=-1, keepdims=True) + hat * (dhat * hat).mean(axis=-1, keepdims=True)) / sigma"),
    ("The mean is added. It has to be taken out.", "dX = (dhat + dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)) / sigma"),
    ("You work with dY instead of dhat: the gain is lost on the way to X.", "dX = (dY - dY.mean(axis=-1, keepdims=True) - hat * (dY * hat).mean(axis=-1, keepdims=True)) / sigma"),
    ("You take out hat alone. Its part in the gradient is the mean of dhat · hat.", "dX = (dhat - dhat.mean(axis=-1, keepdims=True) - hat) / sigma"),
    ("Brackets are missing: only the last part is divided by sigma.", "dX = dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True) / sigma"),
]:
    layer_norm_backward.mistake(sentence, block=block)

KEPT, LOST = "axis=-1, keepdims=True", "axis=-1"
for sentence, first, second in [
    ("The mean of dhat has lost its axis (keepdims): it has to stand beside the places, (..., T, 1).", LOST, KEPT),
    ("The mean of dhat · hat has lost its axis (keepdims): it has to stand beside the places, (..., T, 1).", KEPT, LOST),
    ("Both means have lost their axis (keepdims): they have to stand beside the places, (..., T, 1).", LOST, LOST),
]:
    for block in (
        "along = (dhat * hat).mean({1})\ndX = (dhat - dhat.mean({0}) - hat * along) / sigma",
        "dX = (dhat - dhat.mean({0}) - hat * (dhat * hat).mean({1})) / sigma",
    ):
        layer_norm_backward.mistake(sentence, block=block.format(first, second))


@layer_norm_backward.mistake("Right numbers in the wrong order: dX, dg, db.")
def _(dY, cache):
    dX, dg, db = layer_norm_backward(dY, cache)
    return dX, db, dg

layer_norm_backward.mistake("You take the product of two means. It is the mean of the product: each number of dhat belongs to one of hat.")(
    layer_norm_backward.changed(("(dhat * hat).mean(axis=-1, keepdims=True)",
                                 "dhat.mean(axis=-1, keepdims=True) * hat.mean(axis=-1, keepdims=True)")))
