"""Exercise 10.2: positions as hands of clocks."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("10.2", title="Turn the clocks", returns={"turned": "N T D"}, hints=[
    "How fast does clock 0 turn, and how fast a later one? And what is the angle of clock i at place p?",
    "`base ** (-np.arange(half) / half)` are all rates at once; positions as a column times the rates as a row make a table (T, d/2). "
    "Where does the hand (1, 0) point after a turn by α, and where the hand (0, 1)?",
    "`positions[:, None] * rates`; `new_x = x * cos - y * sin` and `new_y = x * sin + y * cos`.",
])
def rotate(X, positions, base=10_000.0):
    """Turn the pairs of numbers in X by angles that grow with the position.

    X (..., T, d) with an even d; positions (T,). The numbers i and i + d/2 are the x and
    the y of the hand of clock i. At position p this hand is turned counter-clockwise by
    p * base ** (-i / (d/2)).
    -> an array like X. The hand (1, 0) at position 2 on clock 0 becomes (cos 2, sin 2).
    """
    half = X.shape[-1] // 2
    rates = base ** (-np.arange(half) / half)    # TODO: (d/2,) how far each clock turns per place
    angles = positions[:, None] * rates          # TODO: (T, d/2) each clock's angle at each place
    cos, sin = np.cos(angles).astype(X.dtype), np.sin(angles).astype(X.dtype)
    x, y = X[..., :half], X[..., half:]
    new_x = x * cos - y * sin                    # TODO: where x and y of each hand come to lie
    new_y = x * sin + y * cos                    # TODO: (..., T, d/2) both
    return np.concatenate([new_x, new_y], axis=-1)


@rotate.cases
def _(rng):
    yield "one hand, (1, 0), at position 2", (np.array([[1.0, 0.0]]), np.array([2]), 100.0)
    yield "one hand, (0, 1), at position 1", (np.array([[0.0, 1.0]]), np.array([1]), 100.0)
    yield "position 0 changes nothing", (rng.normal(size=(1, 4)), np.array([0]), 100.0)
    yield "two clocks, three places", (rng.normal(size=(3, 4)), np.arange(3), 100.0)
    yield "three clocks, a batch of 2, four places", (rng.normal(size=(2, 4, 6)), np.arange(4), 10_000.0)
    yield "turned back: negative positions", (rng.normal(size=(2, 5, 6)), -np.arange(5), 50.0)
    yield "places that do not begin at 0", (rng.normal(size=(2, 3, 8)), np.array([7, 2, 11]), 100.0)
    yield "2 sequences, 3 heads, 5 places, four clocks", (rng.normal(size=(2, 3, 5, 8)), np.arange(5), 1000.0)
    yield "float32", (rng.normal(size=(2, 5, 6)).astype(np.float32), np.arange(5), 1000.0)


@rotate.same
def _(X, positions, base):
    half = X.shape[-1] // 2
    turn = np.exp(1j * np.multiply.outer(positions, base ** -(np.arange(half) / half)))
    hands = (X[..., :half] + 1j * X[..., half:]) * turn
    return np.concatenate([hands.real, hands.imag], axis=-1).astype(X.dtype)


@rotate.same
def _(X, positions, base):
    out, half = np.empty_like(X), X.shape[-1] // 2
    for k, p in enumerate(positions):
        for i in range(half):
            c, s = np.cos(p / base ** (i / half)), np.sin(p / base ** (i / half))
            out[..., k, i] = c * X[..., k, i] - s * X[..., k, i + half]
            out[..., k, i + half] = s * X[..., k, i] + c * X[..., k, i + half]
    return out


COLUMN = "Every place with every clock makes a table (T, d/2): the positions need an axis of their own, `positions[:, None]`, to stand as a column."

for sentence, rates in [
    ("All your clocks turn alike. With one rate the hands come back to where they were after some six places, and no clock is left that tells far from near.", "np.ones(half)"),
    ("The minus is missing: later clocks should turn more slowly, and yours turn faster and faster.", "base ** (np.arange(half) / half)"),
    ("You count the clocks up to d instead of d/2: the exponent of clock i is -i / (d/2), so yours turn too fast.", "base ** (-np.arange(half) / (2 * half))"),
    ("Your exponent is not divided by d/2: clock 1 already stands nearly still.", "base ** -np.arange(half, dtype=float)"),
    ("Your clocks are counted from 1. Clock 0 has the exponent 0: it turns by 1 from place to place.", "base ** (-np.arange(1, half + 1) / half)"),
    ("Your slowest clock comes first: the exponent of clock i is -i / (d/2).", "base ** (-np.arange(half) / half)[::-1]"),
]:
    rotate.mistake(sentence, rates=rates)

for sentence, angles in [
    ("The same turn at every place: the positions are not used, so nothing tells one place from another.", "np.ones(len(positions))[:, None] * rates"),
    ("You count the places yourself, 0, 1, 2 and so on. The places are handed in: one that is asked for alone may be the eleventh.", "np.arange(len(positions))[:, None] * rates"),
    ("All clocks turn by the position alone: their rates are not used.", "positions[:, None] * np.ones(half)"),
    ("You count the places from 1. The first is place 0.", "(positions + 1)[:, None] * rates"),
    ("You divide by the rates: then the slow clocks are the fast ones.", "positions[:, None] / rates"),
    ("Your angles run the other way: you turn clockwise.", "-positions[:, None] * rates"),
    (COLUMN, "positions * rates"),
    (COLUMN, "rates * positions"),
]:
    rotate.mistake(sentence, angles=angles)

for sentence, new_x in [
    ("The sign of x's sine is wrong: the hand (0, 1) turned counter-clockwise has a negative x.", "x * cos + y * sin"),
    ("Your x only shrinks and never takes anything from y: this is no turn.", "x * cos"),
    ("Cosine and sine are exchanged in x: at position 0 (cosine 1, sine 0) the hand should stay where it is.", "x * sin - y * cos"),
    ("You add the cosine to x. A position added is what the sines of notebook 09 do; here the hand is turned.", "x + cos"),
]:
    rotate.mistake(sentence, new_x=new_x)

for sentence, new_y in [
    ("The sign of y's sine is wrong: the hand (1, 0) turned counter-clockwise has a positive y.", "y * cos - x * sin"),
    ("Your y only shrinks and never takes anything from x: this is no turn.", "y * cos"),
    ("Cosine and sine are exchanged in y: at position 0 (cosine 1, sine 0) the hand should stay where it is.", "x * cos + y * sin"),
    ("Your y is made with new_x, which is turned already. Both are made from the old x and y.", "new_x * sin + y * cos"),
]:
    rotate.mistake(sentence, new_y=new_y)

rotate.mistake(
    "Both sines have the other sign: this is a turn, but the other way round, clockwise. Counter-clockwise, the hand (1, 0) gets a positive y.",
    new_x="x * cos + y * sin",
    new_y="y * cos - x * sin",
)
HALVES = "You read the pairs as neighbours, 2i and 2i + 1, and write them back as halves: the numbers change their places. Here i and i + d/2 are a pair, when read and when written."
rotate.mistake(HALVES, new_x="X[..., ::2] * cos - X[..., 1::2] * sin", new_y="X[..., ::2] * sin + X[..., 1::2] * cos")


@rotate.mistake(HALVES)
def _(X, positions, base):
    half = X.shape[-1] // 2
    angles = positions[:, None] * base ** (-np.arange(half) / half)
    cos, sin = np.cos(angles).astype(X.dtype), np.sin(angles).astype(X.dtype)
    x, y = X[..., ::2], X[..., 1::2]
    return np.concatenate([x * cos - y * sin, x * sin + y * cos], axis=-1)


@rotate.mistake("Your pairs are neighbours, 2i and 2i + 1. That works as well (many do it), but here i and i + d/2 are a pair.")
def _(X, positions, base):
    half = X.shape[-1] // 2
    angles = positions[:, None] * base ** (-np.arange(half) / half)
    out = np.empty_like(X)
    out[..., ::2] = X[..., ::2] * np.cos(angles) - X[..., 1::2] * np.sin(angles)
    out[..., 1::2] = X[..., ::2] * np.sin(angles) + X[..., 1::2] * np.cos(angles)
    return out

rotate.mistakes_in("rates", [
    ("`base` is not used: it is an argument, and with another one the clocks turn at other rates.", "10000.0 ** (-np.arange(half) / half)"),
    ("`//` cuts the fraction off. The exponents go evenly from 0 towards -1: divide with `/`.", "base ** (-np.arange(half) // half)"),
])
