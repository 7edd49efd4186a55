"""Exercise 2.1: the slope by trying."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("2.1", title="The slope by trying", returns={"gradient": ""}, hints=[
    "If one number of `p` grows by ε, by how much does the loss change? And if it shrinks by ε?",
    "The two losses lie 2ε apart on the axis of that number. And `p` belongs to the caller: leave it as you found it.",
    "`p[place] = old - eps`, then `below = f(p)`, then `p[place] = old`; the slope is `(above - below) / (2 * eps)`.",
])
def numerical_grad(f, p, eps):
    """Return the gradient of f at p, an array like p, by central differences.

    p: an array of floats. f: a function that takes an array like p and returns one number,
    the loss.
    With f(p) = p[0] ** 2, p = [3.] and eps = 0.5 it is [(3.5² - 2.5²) / 1] = [6.].
    """
    gradient = np.zeros_like(p)
    for place in np.ndindex(p.shape):          # every number of p, one after the other
        old = p[place]
        p[place] = old + eps
        above = f(p)
        p[place] = old - eps                   # TODO: move this one number down
        below = f(p)
        p[place] = old                         # TODO: leave p as it was
        gradient[place] = (above - below) / (2 * eps)      # TODO: the slope between the two
    return gradient


def square(p):
    return float(np.sum(p.astype(float) ** 2))


def cube(p):
    return float(np.sum(p.astype(float) ** 3))


def together(p):
    return float(np.sum(np.tanh(p @ np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8]]))) + np.exp(p).prod() / 10)


@numerical_grad.cases
def _(rng):
    yield "the worked number, f = p²", (square, np.array([3.0]), 0.5)
    yield "one number, f = p³", (cube, np.array([[0.7]]), 0.1)
    yield "two numbers, f = sum of p³, a large step", (cube, rng.normal(size=(1, 2)), 0.2)
    yield "a matrix whose numbers act together", (together, rng.normal(size=(2, 3)) / 2, 0.05)
    yield "float32, where a number moved up and down by rounded steps is another one", (
        cube, np.array([[0.3, -0.7, 1.3], [0.9, -1.1, 0.17]], np.float32), 1.1)
    yield "the usual eps = 1e-5", (together, rng.normal(size=(2, 3)) / 2, 1e-5)


@numerical_grad.same
def _(f, p, eps):
    gradient = np.empty(p.shape)
    for i in range(p.size):
        step = np.zeros(p.size)
        step[i] = eps
        step = step.reshape(p.shape)
        gradient.ravel()[i] = (f(p + step) - f(p - step)) / eps / 2
    return gradient


numerical_grad.same(numerical_grad.changed(      # whole numbers as well
    ("gradient = np", "p = p.astype(float)\n    gradient = np")))

for _sentence, *_edits in [
    ("Your gradient is zero everywhere: `f` gets the same array both times. Do you move a copy that `f` never sees, or twice the same way?", {"p_place": "old + eps"}, {"p_place": "p[place]"}),
    ("Your lower point is p itself: from p + ε it is two steps down to p - ε. Divided by 2ε, half of the slope is missing.", {"p_place": "old"}, {"p_place": "p[place] - eps"}),
    ("You move *all* numbers of `p`: `p - eps` is the whole array. One number at a time moves: `old`.", {"p_place": "p - eps"}),
    ("Your lower point lies 2ε below p: the three points p + ε, p and p - ε are one step apart.", {"p_place": "old - 2 * eps"}),
    ("You do not put the number back: it stays at p - ε while the next ones are tried, and the caller finds another `p` afterwards.", {"p_place__2": "p[place]"}, {"p_place__2": "old - eps"}),
    ("What you put back is not `old`: the next numbers are tried beside a wrong one, and the caller finds another `p` afterwards.",
     {"p_place__2": "old + eps"}, {"p_place__2": "p[place] - eps"}, {"p_place__2": "0"}),
    ("`p` comes back nearly right: (old - ε) + ε is rounded twice, and need not be `old`. Write `old` back.", {"p_place__2": "p[place] + eps"}),
    ("You look to one side only: from f(p) to f(p + ε). That error shrinks as ε, the one of both sides together as ε².",
     {"gradient_place": "(above - f(p)) / eps"}, {"p_place": "old", "gradient_place": "(above - below) / eps"}),
    ("You look to one side only, downwards: from f(p - ε) to f(p). Both sides together are far more exact.", {"gradient_place": "(f(p) - below) / eps"}),
    ("You divide by ε, but the two losses lie 2ε apart: every slope is twice as steep as it should be.", {"gradient_place": "(above - below) / eps"}),
    ("The difference of the two losses is not divided by their distance: a slope is rise over run.", {"gradient_place": "above - below"}),
    ("You multiply by 2ε. A slope is the rise divided by the distance.", {"gradient_place": "(above - below) * (2 * eps)"}),
    ("`/ 2 * eps` divides by 2 and then multiplies by ε: Python works from left to right. Put brackets around `2 * eps`.", {"gradient_place": "(above - below) / 2 * eps"}),
    ("`above - below / …` divides `below` alone: put brackets around the difference.", {"gradient_place": "above - below / (2 * eps)"}),
    ("Every slope has the wrong sign: it is the loss above minus the loss below.", {"gradient_place": "(below - above) / (2 * eps)"}),
    ("You divide by a step of your own, 2e-5. Another one may be asked for: use the `eps` that you are given.", {"gradient_place": "(above - below) / 2e-5"}),
    ("From p + ε you go down by ε only, which leads back to p; and then you leave `p` at p + ε. Keep `old`, and write it back.",
     {"p_place": "old", "p_place__2": "old + eps"}),
]:
    for _edit in _edits:
        numerical_grad.mistake(_sentence, **_edit)

BOTH = "(f(p + eps) - f(p - eps)) / (2 * eps)"
for sentence, *changes in [
    ("You go up and down by ε / 2 each, and divide by 2ε: half of the slope is missing. The two points lie ε above and ε below p.",
     ("old + eps", "old + eps / 2"), ("old - eps", "old - eps / 2")),
    ("You move all numbers of `p` at once, so you measure one slope for all of them together. Move one number at a time.",
     ("return gradient", f"return np.full_like(p, {BOTH})")),
    ("One number comes back, for all numbers of `p` moved at once. An array like `p` is asked for: one slope for each of its numbers.",
     ("return gradient", f"return {BOTH}")),
    ("One number comes back, the slope of the last place: each round replaces the whole of `gradient` instead of one number in it.",
     ("return gradient", "return gradient.ravel()[-1]")),
    ("The slopes are right, but they come as one long row. The gradient has the shape of `p`: one slope for each of its numbers.",
     ("return gradient", "return gradient.ravel()")),
]:
    numerical_grad.mistake(sentence)(numerical_grad.changed(*changes))
