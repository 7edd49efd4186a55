"""Exercise 1.9: a softmax with a temperature."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("1.9", title="How daring should it write?", returns={"p": "V"}, hints=[
    "The softmax is e to the power y, divided by the sum. When τ is small, should the differences between the scores become larger or smaller?",
    "Divide the scores by τ first. With τ = 0.001 they are in the thousands, and e to that power is infinite: take the largest score off before.",
    "`e = np.exp((y - y.max()) / temperature)`, then `e / e.sum()`.",
])
def letter_probabilities(y, temperature):
    """Return the probabilities (V,) of the next letter: exp(y_i / τ), divided by their sum.

    y (V,) the scores, temperature τ > 0. At τ = 1 it is the softmax.
    τ = 0.001 has to work too. With y = [0., 1.] and τ = 0.5: [0.119, 0.881].
    """
    e = np.exp((y - y.max()) / temperature)      # TODO: for each letter, above 0, never infinite
    return e / e.sum()                           # TODO: probabilities


@letter_probabilities.cases
def _(rng):
    yield "two letters, τ = 0.5", (np.array([0.0, 1.0]), 0.5)
    yield "two letters, τ = 3", (np.array([0.0, 2.0]), 3.0)
    yield "τ = 1, the softmax, V = 4", (rng.normal(size=4), 1.0)
    yield "all scores below 0, τ = 0.7, V = 27", (2 * rng.normal(size=27) - 9, 0.7)
    yield "τ = 0.001, V = 5", (5 * rng.normal(size=5) + 4, 0.001)
    yield "τ = 0.001, all scores far below 0, V = 5", (5 * rng.normal(size=5) - 40, 0.001)
    yield "τ = 0.000001, the smallest that is used, V = 3", (np.array([1.0, 3.0, 2.0]), 1e-6)
    yield "scores from -1000 to 1000, τ = 1000, V = 3", (np.array([-1000.0, 0.0, 1000.0]), 1000.0)
    yield "whole numbers, all equal, τ = 2, V = 4", (np.array([7, 7, 7, 7]), 2)


letter_probabilities.same(lambda y, temperature: np.array(
    [1 / np.exp(np.clip((y - one) / temperature, None, 700)).sum() for one in y]))

for _sentence, *_edits in [
    ("You multiply by τ. Divide by it: at a low temperature the best letter has to win more clearly.", {"e": "np.exp((y - y.max()) * temperature)"}),
    ("τ is missing, or the division by the sum takes it out again: it belongs in the exponent, under y.", {"e": "np.exp(y - y.max())"}),
    ("With τ = 0.001 your exp is infinite (or all zeros), and divided by its sum it is NaN. Take the largest score off first: the shares stay the same.", {"e": "np.exp(y / temperature)"}),
    ("You divide one of the two by τ only. Brackets: the difference of score and largest score is divided.", {"e": "np.exp(y - y.max() / temperature)"}, {"e": "np.exp(y / temperature - y.max())"}),
    ("You take off the largest score only where it is above 0. Scores far below 0 make e to their power zero, all of them: take it off always.", {"e": "np.exp((y - max(0, y.max())) / temperature)"}),
    ("You take off the mean. With τ = 0.001 the largest score is still far above it, and its exp infinite: take the largest off.", {"e": "np.exp((y - y.mean()) / temperature)"}),
    ("The letters that the net likes least get the most: the sign of the exponent is wrong.", {"e": "np.exp(-(y - y.min()) / temperature)"}),
    ("The exponential is missing: scores may be below 0, e to their power is not.", {"e": "(y - y.max()) / temperature"}),
    ("Your numbers do not add up to 1: divide by their sum.", {"returns": "e"}, {"returns": "e / e.max()"}),
    ("You divide by the number of letters. Together they have to be 1: divide by their sum.", {"returns": "e / len(e)"}),
    ("You divide by τ once more: it belongs in the exponent alone.", {"returns": "e / e.sum() / temperature"}),
    ("You raise the softmax to the power 1 / τ, and then it no longer adds up to 1: divide the scores by τ before the exponential.",
     {"e": "np.exp(y - y.max())", "returns": "(e / e.sum()) ** (1 / temperature)"}),
    ("You return the best letter alone. It is to be drawn: return the probabilities of all letters.", {"returns": "np.argmax(e)"}),
]:
    for _edit in _edits:
        letter_probabilities.mistake(_sentence, **_edit)
