"""Exercise 3.5: a loss with a cliff, and its gradients."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.5", title="A loss with a cliff", returns={"loss": "", "dw": "", "db": ""}, hints=[
    "At how many of the T steps is the weight w used, and what has to happen with the gradients of all these uses?",
    "The slope of the sigmoid, written with its output, is h (1 - h), with the h that came OUT of this step: h[t + 1].",
    "`da = dh * h[t + 1] * (1 - h[t + 1])`; w met the state h[t], so `dw += da * h[t]`; b met a 1, so `db += da`; and `dh = da * w` goes one step back.",
])
def cliff_loss(w, b, T):
    """One sigmoid unit without input runs T steps from 0.5; how far from 0.7 does it end?

    h[0] = 0.5 and h[t+1] = sigmoid(w h[t] + b) -> the loss (h[T] - 0.7)² and its gradients
    dw, db. w and b are plain numbers. With w = 0, b = 0, T = 1 the unit ends at 0.5:
    the loss is 0.04, dw -0.05, db -0.1.
    """
    h = np.zeros(T + 1)
    h[0] = 0.5
    for t in range(T):
        h[t + 1] = 1 / (1 + np.exp(-(w * h[t] + b)))
    loss = (h[T] - 0.7) ** 2
    dh, dw, db = 2 * (h[T] - 0.7), 0.0, 0.0
    for t in reversed(range(T)):
        da = dh * h[t + 1] * (1 - h[t + 1])      # TODO: back through the sigmoid of h[t + 1]
        dw += da * h[t]                          # TODO: the share of this step's w
        db += da                                 # TODO: the share of this step's b
        dh = da * w                              # TODO: what arrives at h[t]
    return loss, dw, db


@cliff_loss.cases
def _(rng):
    yield "one step, w = 0, b = 0", (0.0, 0.0, 1)
    yield "one step, w = 2, b = -0.5", (2.0, -0.5, 1)
    yield "two steps", (2.0, -0.5, 2)
    yield "three steps, whole numbers", (-6, 3, 3)
    yield "saturated, w = 1000, b = -600", (1000.0, -600.0, 3)
    yield "five steps, w = -3, b = 1", (-3.0, 1.0, 5)
    yield "twenty steps, near the cliff", (4.5, -2.2, 20)
    yield "fifty steps, as in the lesson", (np.float64(4.46), np.float64(-2.12), 50)


@cliff_loss.same
def _(w, b, T):
    def sigmoid(a):
        return 0.5 + 0.5 * np.tanh(a / 2)

    h, hw, hb = 0.5, 0.0, 0.0      # forwards: how h moves with w and with b
    for _ in range(T):
        new = sigmoid(w * h + b)
        slope = new * (1 - new)
        h, hw, hb = new, slope * (h + w * hw), slope * (1 + w * hb)
    return (h - 0.7) ** 2, 2 * (h - 0.7) * hw, 2 * (h - 0.7) * hb


HALF = "Half of the slope is missing: the sigmoid's is h (1 - h), and yours is {} alone."
REPLACED = "You keep only the share of the first step: each step's share replaces the one before (`=` instead of `+=`). All steps use the same w and b, so all shares are added up."

cliff_loss.mistakes_in("da", [
    ("This is the slope of tanh, 1 - h². The sigmoid's is h (1 - h).", "dh * (1 - h[t + 1] ** 2)"),
    ("You take the sigmoid's slope at the state that went in. It belongs to the one that came out of this step, h[t + 1].", "dh * h[t] * (1 - h[t])"),
    ("The sigmoid's slope is missing everywhere: this is the gradient of a linear unit.", "dh"),
    (HALF.format("1 - h"), "dh * (1 - h[t + 1])"),
    (HALF.format("h"), "dh * h[t + 1]"),
    ("You put the state through the sigmoid once more to find the slope. h[t + 1] came out of the sigmoid already.", "dh / (1 + np.exp(-h[t + 1])) * (1 - 1 / (1 + np.exp(-h[t + 1])))"),
    ("`da` is the slope alone: what arrives from the step after, `dh`, is missing in it.", "h[t + 1] * (1 - h[t + 1])"),
    ("There is a w too many in `da`: the weight is inside the sigmoid, and comes in when the gradient goes on to h[t].", "dh * w * h[t + 1] * (1 - h[t + 1])"),
])

cliff_loss.mistakes_in("dw", [
    ("You multiply by the state that came OUT of the step. w was multiplied with the state that went in, h[t].", "da * h[t + 1]"),
    ("The share of w lacks the sigmoid's slope: it is `da * h[t]`, not `dh * h[t]`.", "dh * h[t]"),
    ("You multiply w's share by w instead of by the state that it was multiplied with.", "da * w"),
    ("w's share lacks the state: this is b's share a second time.", "da"),
    ("There is a w too many in w's share: da · w is what goes back to the state, da · h is the share of the weight.", "da * w * h[t]"),
    (REPLACED, "da * h[t] - dw"),      # does what `dw = da * h[t]` does
])

cliff_loss.mistakes_in("db", [
    ("The share of b lacks the sigmoid's slope: b sits inside the sigmoid, so it gets `da`.", "dh"),
    ("You multiply b's share by b, or by a state. b met a 1: it was added, not multiplied.", "da * b", "da * h[t]"),
    (REPLACED, "da - db"),
])

cliff_loss.mistakes_in("dh", [
    ("The gradient goes back without its w: on its way to h[t] it passes the weight.", "da"),
    ("Your gradient is multiplied by the weight, but not by the sigmoid's slope: `dh = da * w`, with the slope in `da`.", "dh * w"),
    ("Nothing goes further back: your `dh` stays what it was at the end, so every step but the last gets a wrong share.", "dh"),
    ("You keep the old gradient and add the new one to it. The loss sees the last state only, so what goes back replaces what was there.", "dh + da * w"),
    ("On its way to h[t] your gradient is multiplied by b. b is added, w is multiplied: back through the sum goes `da * w`.", "da * b"),
    ("On its way to h[t] your gradient is multiplied by the state. `da * h[t]` is the share of w; what arrives at h[t] is `da * w`.", "da * h[t]"),
])

for sentence, edits in [
    ("The weight comes before the sigmoid on your way back. Forwards the sigmoid is last, so backwards it is first.", dict(da="dh * w * h[t + 1] * (1 - h[t + 1])", dh="da")),
    ("You go through time forwards. The gradient is known at the end only: the way back starts at the last step.", dict(da="dh * h[T - t] * (1 - h[T - t])", dw="da * h[T - t - 1]")),
    ("You keep the last step's share alone. The same w and b are used at every step: add up all their shares.", dict(dw="da * h[t] if t == T - 1 else 0", db="da if t == T - 1 else 0")),
    (REPLACED, dict(dw="da * h[t] - dw", db="da - db")),
    ("The signs of both gradients are reversed: a gradient points uphill, and it is the optimiser that subtracts it.", dict(dw="-da * h[t]", db="-da")),
    ("The two gradients are swapped: what belongs to w stands where db is returned, and what belongs to b where dw is.", dict(dw="da", db="da * h[t]")),
    ("You average the shares over the steps. The loss changes by all of them together: add up, do not divide by T.", dict(dw="da * h[t] / T", db="da / T")),
    ("Both gradients are half as large as they should be: the derivative of a square brings a factor of 2.", dict(dw="da * h[t] / 2", db="da / 2")),
]:
    cliff_loss.mistake(sentence, **edits)
