"""Exercise 11.13: minGRU."""

import numpy as np

from helpers.checking.authoring import exercise

from .linear_recurrence import linear_recurrence


@exercise("11.13", title="A gate that hears the input alone", returns={"h": "T N H", "a": "T N H"}, hints=[
    "A sigmoid lies between 0 and 1. Stretch it so that it lies between `low` and 1. And what does the new value get, if the old state gets a?",
    "low + (what is left up to 1) times the sigmoid. The recurrence is that of exercise 11.7, with u = (1 - a) n, from a blank state.",
    "`low + (1 - low) / (1 + np.exp(-xa))`; `(1 - a) * n`; `linear_recurrence(a, u, np.zeros_like(u[0]))`.",
])
def min_gru(X, Wx, b, low=0.0):
    """Return all states of a minGRU, and its factors a.

    X (T, N, D), time first; Wx (D, 2H), b (2H,), blocks in the order a, n.
    The factor of the old state is a = low + (1 - low) σ(…): between 0 and 1 for low = 0,
    between -1 and 1 for low = -1.
    -> h (T, N, H), a (T, N, H). All weights 0 but the bias of n, which is 1: a = .5 and
    h = .5, .75, .875 …
    """
    xa, n = np.split(X @ Wx + b, 2, axis=-1)            # (T, N, H) each; n is the new value
    a = low + (1 - low) / (1 + np.exp(-xa))             # TODO: (T, N, H)
    u = (1 - a) * n                                     # TODO: (T, N, H) what is written
    h = linear_recurrence(a, u, np.zeros_like(u[0]))    # TODO: (T, N, H)
    return h, a


@min_gru.cases
def _(rng):
    zero = np.zeros((3, 1, 1))
    yield "only the bias of n is not 0", (zero, np.zeros((1, 2)), np.array([0.0, 1.0]), 0.0)
    yield "the gate keeps", (zero, np.zeros((1, 2)), np.array([2.0, 1.0]), 0.0)
    yield "factors from -1", (zero, np.zeros((1, 2)), np.array([-1.0, 1.0]), -1.0)
    yield "a large new value", (zero, np.zeros((1, 2)), np.array([0.0, 9.0]), 0.0)

    def draw(T, N, D, H, low):
        return rng.normal(size=(T, N, D)), rng.normal(size=(D, 2 * H)), rng.normal(size=2 * H), low

    yield "T = 5, N = 2, D = 3, H = 4", draw(5, 2, 3, 4, 0.0)
    yield "T = 5, N = 2, D = 3, H = 4, factors from -1", draw(5, 2, 3, 4, -1.0)
    yield "T = 4, N = 1, D = 2, H = 2, factors from -0.5", draw(4, 1, 2, 2, -0.5)


@min_gru.same
def _(X, Wx, b, low):
    H = len(b) // 2
    h, states, factors = 0.0, [], []
    for x in X:
        s = 0.5 + 0.5 * np.tanh((x @ Wx[:, :H] + b[:H]) / 2)
        a, n = s + low * (1 - s), x @ Wx[:, H:] + b[H:]
        h = n + a * (h - n)
        states.append(h)
        factors.append(a)
    return np.stack(states), np.stack(factors)


min_gru.mistakes_in("a", [
    ("low is not used: your factors always lie between 0 and 1.", "1 / (1 + np.exp(-xa))"),
    ("low times σ lies between low and 0, or is 0 everywhere. Stretch the sigmoid from `low` to 1.", "low / (1 + np.exp(-xa))"),
    ("Your factors go from low to low + 1, not from low to 1: what is left from low up to 1 is 1 - low.", "low + 1 / (1 + np.exp(-xa))"),
    ("You stretch by 1 + low: for low = -1 nothing is left.", "low + (1 + low) / (1 + np.exp(-xa))"),
    ("The exponent lost its minus: your factor is small where it should be large.", "low + (1 - low) / (1 + np.exp(xa))"),
    ("There is no sigmoid in your factor.", "low + (1 - low) * xa"),
    ("A tanh lies between -1 and 1 for every `low`.", "np.tanh(xa)"),
    ("The factor is made of the block of the new value.", "low + (1 - low) / (1 + np.exp(-n))"),
])
min_gru.mistakes_in("u", [
    ("The new value gets the share a; that belongs to the old state.", "a * n"),
    ("The new value comes in whole: its share 1 - a is missing.", "n"),
    ("There is a tanh on your new value. minGRU gives it up.", "(1 - a) * np.tanh(n)"),
    ("You write the sum of the gate. The new value is n.", "(1 - a) * xa"),
    ("What is written has its sign reversed.", "(a - 1) * n"),
])
min_gru.mistakes_in("h", [
    ("Old and new have each other's shares: the factor of the old state is a.", "linear_recurrence(1 - a, a * n, np.zeros_like(u[0]))"),
    ("You run the recurrence over the bare new values.", "linear_recurrence(a, n, np.zeros_like(u[0]))"),
    ("There is no recurrence: you return what is written at each step.", "u"),
    ("The first new value stands in the place of the blank state, so it counts twice.", "linear_recurrence(a, u, u[0])"),
    ("There is a tanh around your states.", "np.tanh(linear_recurrence(a, u, np.zeros_like(u[0])))"),
    ("You add up all that is written, and nothing is ever forgotten.", "np.cumsum(u, axis=0)"),
])
min_gru.mistake("You return the factors first; the states come first.")(min_gru.changed(("return h, a", "return a, h")))
min_gru.mistakes_in("a", [
    ("Your factor always goes from -1 to 1. It should go from `low`, which is 0 or another number.", "2 / (1 + np.exp(-xa)) - 1"),
])
min_gru.mistakes_in("u", [
    ("You subtract the factor from the new value. The new value's share, 1 - a, multiplies it.", "n - a"),
])
