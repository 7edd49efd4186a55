"""Exercise 4.5: a forget bias that lets a cell begin by keeping."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import ANY_ORDER


@exercise("4.5", title="A cell that begins by keeping", returns={"new": ANY_ORDER}, hints=[
    "Which share should the forget gate keep, for u steps? And which number has to stand in the sigmoid so that this share comes out? Solve σ(b) = 1 - 1/u for b.",
    "1 / (1 + exp(-b)) = 1 - 1/u means exp(-b) = 1 / (u - 1). And since 1 - σ(b) = σ(-b), the input gate's bias costs no second calculation.",
    "`bias = np.log(u - 1)`; the forget gate's block `new[k * H : (k + 1) * H]` gets `bias`, the input gate's `-bias`.",
])
def init_forget_bias(b, u, order):
    """Return a copy of the bias b (4H,) with which each unit begins by remembering u steps.

    u: a number above 1, or one for each unit (H,). order: that of the blocks, as "ifog".
    Where all else in its sum is 0, the forget gate keeps 1 - 1/u and the input gate lets in
    1/u. The other two blocks stay as they are in b.
    With H = 1, b = [0., 0., 0., 0.], u = 21 and order "ifog" it is about [-3., 3., 0., 0.].
    """
    H = len(b) // 4
    new = b.astype(float)
    k, j = order.index("f"), order.index("i")
    bias = np.log(u - 1)                 # TODO: the sum for which the sigmoid gives 1 - 1/u
    new[k * H : (k + 1) * H] = bias      # TODO: the forget gate's block
    new[j * H : (j + 1) * H] = -bias     # TODO: the input gate's block
    return new


@init_forget_bias.cases
def _(rng):
    yield "H = 1, order ifog, u = 21", (np.zeros(4), 21.0, "ifog")
    yield "H = 2, order ifog, b not 0", (rng.normal(size=8), 5.0, "ifog")
    yield "H = 3, order figo", (rng.normal(size=12), 1.5, "figo")
    yield "H = 3, the forget gate comes last", (rng.normal(size=12), 8.0, "ogif")
    yield "one u for each unit", (rng.normal(size=12), np.array([1.5, 3.0, 60.0]), "oifg")
    yield "u a whole number", (rng.normal(size=8), 30, "gofi")
    yield "whole numbers, one u for each unit", (rng.normal(size=12), np.array([3, 50, 12]), "ifog")
    yield "u from barely above 1 to a million", (rng.normal(size=16), np.array([1.001, 2.0, 1e3, 1e6]), "ifog")
    yield "H = 32, u drawn evenly", (np.zeros(128), rng.uniform(2, 50, 32), "ifog")


init_forget_bias.same(init_forget_bias.changed(
    ("np.log(u - 1)", "np.log((1 - 1 / u) / (1 / u))"),
    ('order.index("f"), order.index("i")', 'order.find("f"), order.find("i")')))


@init_forget_bias.same
def _(b, u, order):
    rows = b.reshape(4, -1).copy()
    rows[[gate == "f" for gate in order]] = np.log(u - 1)
    rows[[gate == "i" for gate in order]] = np.log(1 / (u - 1))
    return rows.ravel()


def _add(where, value):
    """An edit: add to a block."""
    return f"new[{where} * H : ({where} + 1) * H] + {value}"


FORGET, INPUT = "new_k_H_k_1_H", "new_j_H_j_1_H"
for sentence, edits in [
    ("You put u itself into the blocks. It is a number of steps; wanted is the sum for which the sigmoid keeps 1 - 1/u.", dict(bias="u")),
    ("You put the share itself, 1 - 1/u, into the block. A bias is added *before* the sigmoid: take the number that the sigmoid turns into the share.", dict(bias="1 - 1 / u")),
    ("You put the shares themselves, 1 - 1/u and 1/u, into the blocks. A bias is added *before* the sigmoid: take the number that the sigmoid turns into the share.", {"bias": "1 - 1 / u", INPUT: "1 / u"}),
    ("You put the logarithm of the share into the block. The sigmoid's inverse is log(p / (1 - p)).", dict(bias="np.log(1 - 1 / u)")),
    ("You put the logarithm of the shares into the blocks. The sigmoid's inverse is log(p / (1 - p)).", {"bias": "np.log(1 - 1 / u)", INPUT: "np.log(1 / u)"}),
    ("You take log(u): the gate then keeps u / (u + 1), which is one step too many.", dict(bias="np.log(u)")),
    ("You take log(u + 1): for the sum b the gate keeps 1 / (1 + exp(-b)). Solve this for 1 - 1/u once more.", dict(bias="np.log(u + 1)")),
    ("You put the shares through the sigmoid. You need its inverse: which sum gives this share?", dict(bias="1 / (1 + np.exp(-(1 - 1 / u)))")),
    ("The signs of both blocks are the wrong ones: a large *positive* bias opens a gate, and the long memory needs an open forget gate.", dict(bias="-np.log(u - 1)")),
    ("The signs of both blocks are the wrong ones: a large *positive* bias opens a gate, and the long memory needs an open forget gate.", {FORGET: "-bias", INPUT: "bias"}),
    ("You average over the units: each has a u of its own.", dict(bias="np.log(np.mean(u) - 1)")),
    ("The input gate's block stays as it was. A unit that keeps for long should write rarely: it lets in 1/u.", {INPUT: "new[j * H : (j + 1) * H]"}),
    ("The input gate gets the same bias as the forget gate: the longer a unit keeps, the more it writes. It should let in 1/u.", {INPUT: "bias"}),
    ("The input gate's bias is 1 minus the forget gate's. It is the shares that add up to 1, and the sums in front of the sigmoid are then each other's opposite.", {INPUT: "1 - bias"}),
    ("The input gate's bias is the share 1/u itself. It is added *before* the sigmoid: take the number that the sigmoid turns into the share.", {INPUT: "1 / u"}),
    ("The input gate's block is 0: such a gate is half open. It should let in 1/u.", {INPUT: "0"}),
    ("The forget gate's block stays as it was. It is the gate that keeps.", {FORGET: "new[k * H : (k + 1) * H]"}),
    ("You add to what is there. The blocks should *be* the new bias.", {FORGET: _add("k", "bias"), INPUT: _add("j", "-bias")}),
    ("The forget gate's bias is added to what is there. The block should *be* the new bias.", {FORGET: _add("k", "bias")}),
    ("The input gate's bias is added to what is there. The block should *be* the new bias.", {INPUT: _add("j", "-bias")}),
]:
    init_forget_bias.mistake(sentence, **edits)


def _at(where):
    """Exchange the place that is written to, given for the forget gate."""
    return ("[k * H : (k + 1) * H]", where), ("[j * H : (j + 1) * H]", where.replace("k", "j"))


for sentence, *pairs in [
    ("You set one number in each block only, the first unit's. Each of the H units has gates of its own.", *_at("[k * H]")),
    ("You set one number for each block, and it need not even lie in it: k and j count blocks, and a block is H numbers long.", *_at("[k]")),
    ("The H numbers that you set begin at number k. But k counts *blocks*: the k blocks before it are H numbers long each.", *_at("[k : k + H]")),
    ("You set every fourth number, as if the four gates of one unit stood side by side. A block is H numbers in a row.", *_at("[k::4]")),
    ("The other blocks are lost: the output gate's and the candidate's stay as they were in b.", ("b.astype(float)", "np.zeros_like(b)")),
    ("You set the *output* gate's block where the input gate's is meant.", ('index("i")', 'index("o")')),
    ("You always set the first and the second block. They are the input and the forget gate's in the order ifog, but not in every order.", ('order.index("f"), order.index("i")', "1, 0")),
    ("The right numbers, but you changed `b` itself, and it belongs to the caller: work on a copy.", ("b.astype(float)", "b")),
]:
    init_forget_bias.mistake(sentence)(init_forget_bias.changed(*pairs))
