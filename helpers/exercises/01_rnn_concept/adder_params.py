"""Exercise 1.7: an adder, built by hand."""

import numpy as np

from helpers.checking.authoring import exercise

from .rnn_step import rnn_step

BITS = 7
PAIRS = np.array([(a, b) for a in range(8) for b in range(8)] + [(127, 1), (1, 127), (127, 127), (85, 42), (100, 27), (64, 64)])
SHAPES = {"Wx": (2, 3), "Wh": (3, 3), "b": (3,), "Wy": (3, 1), "by": (1,)}
COUNTS = [(0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 1)]      # bit, bit, carry: the counts 0, 1, 2, 3


@exercise("1.7", title="Build an adder by hand", returns={"your net": ""}, hints=[
    "Unit k should be on when at least k of the three things (bit, bit, carry) are 1. Which unit alone tells you that there is a carry?",
    "Count first: each bit adds `gain` to every unit, by `Wx`. An old unit is -1 or +1, so `gain / 2` times it, plus `gain / 2` in the bias, "
    "adds 0 or `gain`. Only the row of `Wh` that belongs to the carry's unit is not zero.",
    "The threshold of unit k lies at k - ½. Together with the carry's `gain / 2` the bias is `gain * (1/2 - (k - 1/2))` for k = 1, 2, 3. "
    "The sum's digit is 1 for a count of 1 or 3, but not of 2: weights +½, -½, +½ on the three units, and ½ on top.",
])
def adder_params(gain=10.0):
    """Choose the weights of a 3-unit RNN that adds two binary numbers, lowest bit first.

    Input (2,): one bit of each number. State (3,): unit k = 1, 2, 3 is near +1 if at least
    k of the three (bit, bit, carry) are 1, else near -1; all are -1 at the start.
    Output: `h @ Wy + by` is near 1 or 0, the digit of the sum.
    Returns a dict with Wx (2, 3), Wh (3, 3), b (3,), Wy (3, 1), by (1,).
    """
    Wx = gain * np.ones((2, 3))                 # every unit counts both bits
    Wh = gain / 2 * np.array([[0, 0, 0],
                              [1, 1, 1],
                              [0, 0, 0]])       # TODO: (3, 3), who is the carry?
    b = gain * np.array([0.0, -1.0, -2.0])      # TODO: (3,), the thresholds
    Wy = np.array([[0.5], [-0.5], [0.5]])       # TODO: (3, 1), when is the digit 1?
    by = np.array([0.5])                        # TODO: (1,)
    return {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": by}


adder_params.cases(lambda rng: [
    (f"all 64 pairs of numbers below 8 and 6 larger ones, gain {gain:g}", (gain,)) for gain in (10.0, 20.0, 1000)])


def run_adder(params):
    """Run hand-made weights over PAIRS; return the outputs (N, T), T = BITS + 1, near 0 or 1, lowest bit first."""
    X = (PAIRS[:, None, :] >> np.arange(BITS + 1)[:, None]) & 1                 # (N, T, 2)
    h, Y = -np.ones((len(X), 3)), np.empty(X.shape[:2])                         # all units off
    for t in range(BITS + 1):
        h = rnn_step(X[:, t], h, params["Wx"], params["Wh"], params["b"])
        Y[:, t] = (h @ params["Wy"] + params["by"])[:, 0]
    return Y


def units(params, first, second, carry):
    """Return the state (3,) of the units after one step from a state with or without a carry."""
    before = np.array([[1.0, 1.0, -1.0] if carry else [-1.0, -1.0, -1.0]])
    return rnn_step(np.array([[first, second]]), before, params["Wx"], params["Wh"], params["b"])[0]


@adder_params.observed_by
def _(params, gain):
    if not isinstance(params, dict) or set(params) != set(SHAPES):
        raise ValueError(f"Return a dict with the keys {', '.join(SHAPES)}.")
    for name, shape in SHAPES.items():
        if not isinstance(params[name], np.ndarray) or params[name].shape != shape or params[name].dtype.kind not in "fiu":
            got = getattr(params[name], "shape", type(params[name]).__name__)
            raise ValueError(f"{name} should be an array of numbers of shape {shape}; got {got}.")
        if not np.isfinite(params[name]).all():
            raise ValueError(f"{name} holds NaN or infinite values.")
    outputs = run_adder(params)
    return {"sums": outputs > 0.5, "units": np.stack([np.sign(units(params, *bits)) for bits in COUNTS]), "outputs": np.round(outputs, 1) + 0.0}


@adder_params.explained_by
def _(params, gain):
    outputs = run_adder(params)
    sums = (outputs > 0.5) @ 2 ** np.arange(BITS + 1)
    right = f"{np.sum(sums == PAIRS.sum(axis=1))} of {len(sums)} sums are right."
    for a, b in [(0, 0), (1, 0), (0, 1), (1, 1), (3, 1), (1, 3), (3, 3), (127, 127)]:
        if (answer := sums[np.flatnonzero((PAIRS == (a, b)).all(axis=1))[0]]) != a + b:
            return f"Your net says {a} + {b} = {answer}. {right}"
    states = np.array([units(params, *bits) for bits in COUNTS])
    for (first, second, carry), count in zip(COUNTS, range(4), strict=True):
        for k in (1, 2, 3):
            if (states[count, k - 1] > 0) != (count >= k):
                return (f"With bits {first}, {second} and {'a' if carry else 'no'} carry (a count of {count}) your unit {k} is "
                        f"{'off' if count >= k else 'on'}: unit k should be on if at least k of the three are 1. {right}")
    worst = outputs.flat[np.argmax(np.abs(outputs - (outputs > 0.5)))]
    if np.abs(states).min() < 0.9:
        why = "A unit is neither clearly on nor clearly off: the sum inside its tanh is too small. Is `gain` missing somewhere?"
    elif abs(worst) > 1.5:
        why = "The units are clearly on or off: it is the output. Its weights and its bias need no `gain`, because the units are -1 and +1."
    else:
        why = "The units are clearly on or off: it is the output, `Wy` and `by`."
    return f"{right} But not all outputs are near 0 or 1: the worst is {worst:.2f}. {why}"


adder_params.same(lambda gain=10.0: {      # a steeper one, its digit's weights and thresholds moved into each other
    "Wx": 3 * gain * np.ones((2, 3)), "Wh": 1.5 * gain * np.outer([0, 1, 0], np.ones(3)),
    "b": 3 * gain * (0.5 - (np.arange(3) + 0.5)), "Wy": np.array([0.5, -0.5, 0.5])[:, None], "by": np.full(1, 0.5)})

for _sentence, *_edits in [
    ("Your carry comes from unit 1, which is on for *at least one* 1. A carry needs at least two: unit 2.", {"Wh": "gain / 2 * np.array([[1, 1, 1], [0, 0, 0], [0, 0, 0]])"}),
    ("Your carry comes from unit 3, which is on only when all three are 1. Two are enough: unit 2.", {"Wh": "gain / 2 * np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1]])"}),
    ("Your `Wh` is transposed: row i says where old unit i *sends* its state. The carry's unit sends to all three, so it is a row that is filled, not a column.",
     {"Wh": "gain / 2 * np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])"}),
    ("There is no carry: with `Wh` all zero the net forgets each column before it comes to the next.", {"Wh": "np.zeros((3, 3))"}),
    ("All old units are counted as carries. Only one of the three says that there is a carry.", {"Wh": "gain / 2 * np.ones((3, 3))"}),
    ("Each unit hears its own old state in your `Wh` (the identity). It is the carry, and only the carry, that all three need.", {"Wh": "gain / 2 * np.eye(3)"}),
    ("The carry reaches one unit only. It counts like a bit, so all three units have to hear it: the whole row.",
     {"Wh": "gain / 2 * np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])"}, {"Wh": "gain / 2 * np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]])"}),
    ("`gain` is missing in `Wh`: the carry is next to nothing beside the bits.", {"Wh": "np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]]) / 2"}),
    ("`Wh` is twice as strong as it should be: the carry's unit goes from -1 to +1, a distance of 2, so `gain / 2` makes it count as one.", {"Wh": "gain * np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])"}),
    ("The sign of `Wh` is wrong: a carry adds to the count.", {"Wh": "-gain / 2 * np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])"}),
    ("There is one `gain` too many: the sum inside the tanh is `gain` times a count, so each of its parts has `gain` once.",
     {"Wh": "gain * gain / 2 * np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])"}, {"b": "gain * gain * np.array([0.0, -1.0, -2.0])"}),
    ("All three units have nearly the same threshold, so they always agree. Unit k should need a count of k, and one count is worth `gain`.", {"b": "np.array([0.0, -1.0, -2.0])"}),
    ("Your thresholds are ½ too high. The bias of unit k has two parts: `gain / 2`, because an absent carry is -1 and takes that much away, and minus the threshold, `gain * (k - ½)`. One of the two halves is missing.", {"b": "-gain * (np.arange(3) + 0.5)"}),
    ("Your thresholds stand in reverse order: unit 1 should need one 1 to be on, unit 3 three.", {"b": "gain * np.array([-2.0, -1.0, 0.0])"}),
    ("The sign of your bias is wrong: a unit that needs more has to be held *down*, by a negative bias.", {"b": "gain * np.array([0.0, 1.0, 2.0])"}, {"b": "gain * (np.arange(3) + 0.5)"}),
    ("Your thresholds are a whole count too high: unit 1 should be on for a count of 1. Count k from 1, and let the ½ move the threshold down.", {"b": "gain * np.array([-1.0, -2.0, -3.0])"}),
    ("Your thresholds are a whole count too low: unit 1 is on for a count of 0. k counts from 1.", {"b": "gain * np.array([1.0, 0.0, -1.0])"}),
    ("Your thresholds lie ½ too low: at a count of k - 1 the sum inside unit k is exactly 0, so the unit is neither on nor off. Its threshold lies halfway between k - 1 and k: k - ½.", {"b": "gain * np.array([0.5, -0.5, -1.5])"}),
    ("You take the carry for 0 or 1, with the weight `gain`. It is an old unit, -1 or +1: half the weight, and the other half into the bias.",
     {"Wh": "gain * np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])", "b": "-gain * (np.arange(3) + 0.5)"}),
    ("The output leaves unit 3 out: a count of three, 1 + 1 and a carry, leaves the digit 1.", {"Wy": "np.array([[0.5], [-0.5], [0.0]])"}),
    ("Your output's weights are ±1 without a bias: the units are -1 and +1, so half as much and a bias of ½ gives 0 or 1.", {"Wy": "np.array([[1.0], [-1.0], [1.0]])", "by": "np.zeros(1)"}),
    ("Your output's weights are twice as large as they should be: the units go from -1 to +1, a distance of 2, and the digit from 0 to 1.", {"Wy": "np.array([[1.0], [-1.0], [1.0]])"}),
    ("The output's weights have the wrong signs: unit 1 alone means the digit 1, so its weight is positive.", {"Wy": "np.array([[-0.5], [0.5], [-0.5]])"}),
    ("Your output adds up all three units (the count). The digit of the sum is 1 for a count of 1 or 3, and 0 for 2: unit 2 has to pull it down.", {"Wy": "np.array([[0.5], [0.5], [0.5]])"}),
    ("Your output shows the carry (at least two) instead of the digit that stays.", {"Wy": "np.array([[0.0], [0.5], [0.0]])"}),
    ("The output needs no `gain`: its units are -1 and +1.",
     {"Wy": "gain * np.array([[0.5], [-0.5], [0.5]])"}, {"by": "np.array([gain / 2])"}, {"Wy": "gain * np.array([[0.5], [-0.5], [0.5]])", "by": "np.array([gain / 2])"}),
    ("The output's bias has the wrong sign: with -½ the output is -1 or 0.", {"by": "np.array([-0.5])"}),
    ("The bias of the output is missing: the units are -1 and +1, so without it the output is -½ or ½, not 0 or 1.", {"by": "np.zeros(1)"}),
]:
    for _edit in _edits:
        adder_params.mistake(_sentence, **_edit)
