"""Exercise 5.9: warmer and colder."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("5.9", title="Warmer and colder", returns={"hot": "V"}, hints=[
    "At τ = 1 nothing changes. What should 1/τ do to a small probability when τ gets small, and what when it gets large?",
    "Raise to the power 1/τ, then divide by the sum. And with τ = 0.005 all powers may be too small for the computer: what could you "
    "divide by before, which the division by the sum takes out again?",
    "`hot = (p / p.max()) ** (1 / temperature)`, then `hot / hot.sum()`. At 0: a 1 at `p.argmax()` and 0 elsewhere.",
])
def with_temperature(p, temperature):
    """Return the probabilities p (V,) at a temperature τ: p ** (1/τ), divided by their sum.

    τ = 0 is what comes out for smaller and smaller τ: 1 for the best word, 0 for all else.
    A τ as small as 0.005 has to work as well: 0.001 ** 200 is 0 for the computer.
    p = [0.5, 0.25, 0.25] and τ = 0.5: [0.25, 0.0625, 0.0625] / 0.375 = [2/3, 1/6, 1/6].
    """
    if temperature == 0:
        return np.eye(len(p))[p.argmax()]               # TODO: what is left in the limit
    hot = (p / p.max()) ** (1 / temperature)            # TODO: the power, never 0 for all
    return hot / hot.sum()                              # TODO: probabilities again


def _draw_words(rng, V):
    p = rng.random(V) ** 2
    return p / p.sum()


@with_temperature.cases
def _(rng):
    yield "the worked number: τ = 0.5", (np.array([0.5, 0.25, 0.25]), 0.5)
    yield "τ = 1 changes nothing", (_draw_words(rng, 5), 1.0)
    yield "τ = 2, V = 5", (_draw_words(rng, 5), 2.0)
    yield "τ = 0.3, one word is impossible", (np.array([0.1, 0.0, 0.6, 0.3]), 0.3)
    yield "τ = 0, V = 5", (_draw_words(rng, 5), 0)
    yield "τ = 0, the best word is the first of 2", (np.array([0.9, 0.1]), 0.0)
    yield "τ = 0.005, 1000 words, none above 0.002", (np.linspace(0.0005, 0.0015, 1000), 0.005)
    yield "τ = 0.001, one word is nearly as good", (np.array([0.5, 0.4999, 0.0001]), 0.001)
    yield "τ = 100, one word is impossible", (np.array([0.0, 0.2, 0.7, 0.1]), 100.0)
    yield "one word is certain, τ = 2, a whole number", (np.array([0.0, 1.0, 0.0]), 2)
    yield "a vocabulary of one word", (np.ones(1), 0.5)


@with_temperature.same
def _(p, temperature):
    with np.errstate(divide="ignore"):
        scores = np.log(p)
    if temperature == 0:
        return (np.arange(len(p)) == np.argmax(p)).astype(float)
    scores = (scores - scores.max()) / temperature
    return np.exp(scores) / np.exp(scores).sum()


@with_temperature.same
def _(p, temperature):
    best = p.max()
    hot = np.array([(q / best) ** (1 / max(temperature, 1e-9)) for q in p])
    return hot / sum(hot)


for sentence, *edits in [
    ("At τ = 0 you give all words the same. The smaller τ gets, the more the best word takes.", dict(returns="np.full(len(p), 1 / len(p))")),
    ("At τ = 0 you change nothing. That is τ = 1.", dict(returns="p")),
    ("At τ = 0 you return the number of the best word. An array of probabilities is asked: 1 at this place and 0 elsewhere.", dict(returns="p.argmax()")),
    ("At τ = 0 you give 1 to the worst word. The best one takes all.", dict(returns="np.eye(len(p))[p.argmin()]")),
    ("At τ = 0 the best word keeps its own probability. It gets 1: together they have to be 1.", dict(returns="p * (p == p.max())")),
    ("At τ = 0 you return the best probability alone. An array is asked: 1 at its place and 0 elsewhere.", dict(returns="p.max()")),
    ("You raise p to the power τ. It is 1/τ: at a low temperature the large ones get larger.", dict(hot="(p / p.max()) ** temperature"), dict(hot="p ** temperature")),
    ("You multiply or divide p by a number. The division by the sum takes that out again: nothing is changed.", dict(hot="p / temperature")),
    ("You take e to the power p/τ: that is for scores, before the softmax. The probabilities themselves are raised to a power.", dict(hot="np.exp((p - p.max()) / temperature)")),
    ("At τ = 0.005 all of your powers are 0, and 0/0 is no number. Divide p by its largest before the power.", dict(hot="p ** (1 / temperature)")),
    ("You return logarithms, divided by τ. Take e to that power before you divide by the sum.",
     dict(hot="np.log(np.maximum(p, 1e-9)) / temperature"), dict(hot="np.log(p) / temperature")),
    ("Your numbers do not add up to 1: divide by their sum after the power.", dict(hot="p ** (1 / temperature)", returns__2="hot")),
    ("The best word has the probability 1 in yours, and all together more. It is the division by the sum that makes probabilities of them.", dict(returns__2="hot"), dict(returns__2="hot / hot.max()")),
    ("You divide by the mean: the numbers add up to how many words there are. Divide by the sum.", dict(returns__2="hot / hot.mean()")),
]:
    for each in edits:
        with_temperature.mistake(sentence, **each)
