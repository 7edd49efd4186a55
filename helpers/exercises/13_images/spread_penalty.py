"""Exercise 13.7: a penalty for looking at everything but once."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("13.7", title="Everything once", returns={"penalty": "", "dA": "N T P/place"}, hints=[
    "The weights of one word sum to 1 over the places, whatever the net does. Over what else can they be summed?",
    "`seen` is the sum over the words, axis 1. Each weight of a place adds to the same `seen`, so all words of a place have the same gradient; so the axis of the words has to come back.",
    "`A.sum(axis=1)`; `strength * ((1 - seen) ** 2).sum() / len(A)`; `-2 * strength * (1 - seen) / len(A)`; `np.repeat(dseen[:, None], A.shape[1], axis=1)`.",
])
def spread_penalty(A, strength):
    """Return the penalty for places that are not looked at exactly once, and its gradient.

    A (N, T, P): the weights of T words over P places.
    penalty = strength · sum over the places of (1 - what the place has got over all
    words)², averaged over the N pictures. -> penalty, one number, and dA (N, T, P).
    A = [[[1., 0.], [1., 0.]]] (two words, both at place 0) with strength 1 has the penalty
    1 + 1 = 2, and dA is [[[2., -2.], [2., -2.]]].
    """
    seen = A.sum(axis=1)   # TODO: (N, P) over the whole caption
    penalty = strength * ((1 - seen) ** 2).sum() / len(A)                      # TODO: one number
    dseen = -2 * strength * (1 - seen) / len(A)                                # TODO: (N, P)
    dA = np.repeat(dseen[:, None], A.shape[1], axis=1)                         # TODO: (N, T, P)
    return penalty, dA


@spread_penalty.cases
def _(rng):
    def draw(N, T, P):
        A = rng.random((N, T, P))
        return A / A.sum(axis=2, keepdims=True)

    yield "two words at the same place", (np.array([[[1.0, 0.0], [1.0, 0.0]]]), 1.0)
    yield "two words at two places", (np.array([[[1.0, 0.0], [0.0, 1.0]]]), 1.0)
    yield "one word, three places, strength 0.5", (np.array([[[0.7, 0.2, 0.1]]]), 0.5)
    yield "2 pictures, 3 words, 4 places", (draw(2, 3, 4), 1.0)
    yield "3 pictures, 3 words, 3 places, strength 0.17", (draw(3, 3, 3), 0.17)
    yield "5 pictures, 6 words, 36 places", (draw(5, 6, 36), 0.17)


@spread_penalty.same
def _(A, strength):
    over = 1 - np.einsum("ntp->np", A)
    return strength * np.mean((over * over).sum(axis=1)), np.broadcast_to(-2 * strength * over[:, None] / A.shape[0], A.shape).copy()


spread_penalty.mistakes_in("seen", [
    ("You sum over the places. There the weights of a word sum to 1 whatever the net does, so the penalty is always 0.", "A.sum(axis=2)"),
    ("You sum over the pictures. Each picture has places of its own.", "A.sum(axis=0)"),
    ("You average over the words. Each word adds its weight to what a place has got.", "A.mean(axis=1)"),
    ("You take the largest weight that a place has ever got. It is all of them together.", "A.max(axis=1)"),
    ("Only the last word counts in your sum.", "A[:, -1]"),
    ("Only the first word counts in your sum.", "A[:, 0]"),
])

spread_penalty.mistakes_in("penalty", [
    ("The square is missing: too much at one place would make up for too little at another, and the sum is always the same.", "strength * (1 - seen).sum() / len(A)"),
    ("Your penalty is a sum over the pictures. It is averaged over them.", "strength * ((1 - seen) ** 2).sum()"),
    ("You average over the places as well. Over the places it is a sum.", "strength * ((1 - seen) ** 2).mean()"),
    ("You divide by the number of places instead of pictures.", "strength * ((1 - seen) ** 2).sum() / A.shape[2]"),
    ("Your penalty is divided by the number of words. It is averaged over the pictures.", "strength * ((1 - seen) ** 2).sum() / A.shape[1]"),
    ("The strength is not used in the penalty.", "((1 - seen) ** 2).sum() / len(A)"),
    ("You square the sum. Each place has its own square.", "strength * (1 - seen).sum() ** 2 / len(A)"),
    ("Your penalty compares with 0 instead of 1: it would want that nothing is looked at.", "strength * (seen**2).sum() / len(A)"),
    ("You take the distance from 1, not its square.", "strength * np.abs(1 - seen).sum() / len(A)"),
    ("The strength is squared with the rest.", "((strength * (1 - seen)) ** 2).sum() / len(A)"),
    ("Your penalty has the wrong sign: it rewards places that are left out.", "-strength * ((1 - seen) ** 2).sum() / len(A)"),
])

spread_penalty.mistakes_in("dseen", [
    ("The gradient has the wrong sign: where a place has got too little, more weight lowers the penalty.", "2 * strength * (1 - seen) / len(A)"),
    ("The 2 of the square is missing in the gradient of the penalty.", "-strength * (1 - seen) / len(A)"),
    ("The gradient is not divided by the number of pictures, as the penalty is.", "-2 * strength * (1 - seen)"),
    ("The gradient still has the square in it: the derivative of u² is 2u.", "-2 * strength * (1 - seen) ** 2 / len(A)"),
    ("The strength is not used in the gradient.", "-2 * (1 - seen) / len(A)"),
    ("The gradient is divided by the number of places. The penalty was not.", "-2 * strength * (1 - seen) / seen.size", "-2 * strength * (1 - seen) / A.shape[2]"),
    ("The gradient is divided by the number of words, not of pictures.", "-2 * strength * (1 - seen) / A.shape[1]"),
    ("The gradient is that of seen², without the 1.", "2 * strength * seen / len(A)"),
])

spread_penalty.mistakes_in("dA", [
    ("dA lacks the axis of the words: every weight has its own gradient, (N, T, P).", "dseen"),
    ("The gradient is shared out among the words. Each word's weight adds fully to `seen`, so each gets all of it.", "np.repeat(dseen[:, None], A.shape[1], axis=1) / A.shape[1]"),
    ("The gradient is multiplied by the weights. In a sum each part has the slope 1.", "dseen[:, None] * A"),
    ("Only the last word gets a gradient. All words have added to `seen`.", "np.repeat(dseen[:, None], A.shape[1], axis=1) * (np.arange(A.shape[1]) == A.shape[1] - 1)[:, None]"),
    ("The copies go to the wrong places: your reshape cuts the numbers in another order than the copies were made in.", "np.repeat(dseen, A.shape[1], axis=1).reshape(A.shape)", "np.tile(dseen, (A.shape[1], 1)).reshape(A.shape)"),
    ("The new axis of your dA is at the wrong place or has the length 1: one copy for each word, in the middle.", "dseen[:, None]", "np.repeat(dseen[:, :, None], A.shape[1], axis=2)", "dseen[:, :, None]"),
])

spread_penalty.mistake("Your penalty wants 1/P for each place. Each place should get 1 over the whole caption.",
    penalty="strength * ((1 / A.shape[2] - seen) ** 2).sum() / len(A)", dseen="-2 * strength * (1 / A.shape[2] - seen) / len(A)")
spread_penalty.mistake("You divide by A.shape[1], in the penalty and in its gradient. That counts words, not pictures.",
    penalty="strength * ((1 - seen) ** 2).sum() / A.shape[1]", dseen="-2 * strength * (1 - seen) / A.shape[1]")


@spread_penalty.mistake("You return the penalty alone. Its gradient is asked for as well.")
def _(A, strength):
    return spread_penalty(A, strength)[0]
