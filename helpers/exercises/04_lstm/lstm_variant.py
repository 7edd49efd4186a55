"""Exercise 4.6: six LSTMs in one."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import weights


@exercise("4.6", title="Six LSTMs in one", returns={"h_next": "N H", "c_next": "N H"}, hints=[
    "If a gate is taken out, is it always open or always closed? Which of the two leaves a cell that still works?",
    "A peephole is one number for each unit: it multiplies the unit's *own* cell, element by element. Which cell is there already when i and f are computed, and which when o is?",
    "`a_i + p[0] * c` and `a_f + p[1] * c` with the old cell, `a_o + p[2] * c_next` with the new; `np.ones_like(i)` for a gate that is out (and so for f and o); `1 - f` for the coupled one.",
])
def lstm_variant(x, h, c, Wx, Wh, b, p, mode):
    """Return the state and the cell after one step of an LSTM with one thing changed.

    x (N, D), h and c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,), order i, f, o, g;
    p (3, H): peepholes of i, f and o -> h_next, c_next (N, H).
    mode: "vanilla", "NIG" (no input gate), "NFG" (no forget gate), "NOG" (no output gate),
    "CIFG" (the input gate is coupled to the forget gate), "PEEP" (the gates see the cell).
    One unit, all weights 0 and c = 1: with "CIFG" c_next = 0.5 and h_next = 0.231.
    """
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    a_i, a_f, a_o, a_g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    if mode == "PEEP":
        a_i, a_f = a_i + p[0] * c, a_f + p[1] * c    # TODO: both sums, with a look at the cell
    i, f, g = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g)
    if mode == "NIG":
        i = np.ones_like(i)                          # TODO: no input gate
    if mode == "NFG":
        f = np.ones_like(f)                          # TODO: no forget gate
    if mode == "CIFG":
        i = 1 - f                                    # TODO: the input gate, from the forget gate
    c_next = f * c + i * g
    if mode == "PEEP":
        a_o = a_o + p[2] * c_next                    # TODO: its sum, with a look at the cell
    o = sigmoid(a_o)
    if mode == "NOG":
        o = np.ones_like(o)                          # TODO: no output gate
    return o * np.tanh(c_next), c_next


MODES = ("vanilla", "NIG", "NFG", "NOG", "CIFG", "PEEP")


@lstm_variant.cases
def _(rng):
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    p = np.array([[1.0], [-2], [3]])
    for mode in MODES:
        b = np.array([0.5, 1.5, -1, 2])
        yield f"{mode}, one unit, only the biases and the old cell are not 0", (zero, zero, 2 * one, np.zeros((1, 4)), np.zeros((1, 4)), b, p, mode)
    for mode in MODES:
        x, h, c = rng.normal(size=(3, 2)), rng.normal(size=(3, 4)), 2 * rng.normal(size=(3, 4))
        yield f"{mode}, a batch of 3, D = 2, H = 4", (x, h, c, *weights(rng, 2, 4), rng.normal(size=(3, 4)), mode)
    x, h, c = (rng.normal(size=(3, 3)) for _ in range(3))
    yield "PEEP, square arrays, N = D = H = 3", (x, h, c, *weights(rng, 3, 3), rng.normal(size=(3, 3)), "PEEP")
    for mode in MODES:
        yield f"{mode}, state and cell 0", (rng.normal(size=(2, 3)), np.zeros((2, 4)), np.zeros((2, 4)), *weights(rng, 3, 4), rng.normal(size=(3, 4)), mode)
    yield "PEEP, a cell of 1000", (zero, zero, 1000 * one, np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4), p, "PEEP")


@lstm_variant.same
def _(x, h, c, Wx, Wh, b, p, mode):
    H = h.shape[1]
    A = x @ Wx + h @ Wh + b
    look = np.diag(p[0]), np.diag(p[1]), np.diag(p[2])
    peep = 1.0 if mode == "PEEP" else 0.0
    f = 1.0 if mode == "NFG" else 1 / (1 + np.exp(-(A[:, H : 2 * H] + peep * c @ look[1])))
    i = 1.0 if mode == "NIG" else 1 / (1 + np.exp(-(A[:, :H] + peep * c @ look[0])))
    new = f * c + (1 - f if mode == "CIFG" else i) * np.tanh(A[:, 3 * H :])
    return np.tanh(new) / (1 + (mode != "NOG") * np.exp(-(A[:, 2 * H : 3 * H] + peep * new @ look[2]))), new


HALF, ONE = "np.full_like({}, 0.5)", "sigmoid(np.ones_like({}))"
for sentence, edits in [
    # the coupled gate
    ("Your coupled cell has i = f: the more it keeps, the more it writes. What is *forgotten* makes room for the new.", dict(i__2="f")),
    ("Your coupled cell leaves the input gate as it was: nothing is coupled.", dict(i__2="i")),
    ("Your coupled input gate is the opposite of *itself*. It is to be the opposite of the forget gate.", dict(i__2="1 - i")),
    ("Your coupled gate is -f, which is negative. The two shares add up to 1.", dict(i__2="-f")),
    ("Your coupled gate is the opposite of the forget gate's *sum*, and a sum can be anything. It is the two shares that add up to 1, after the sigmoid.", dict(i__2="1 - a_f")),
    ("You take the opposite before the sigmoid: what is then squashed is no longer what the forget gate leaves over. It is the two shares that add up to 1, after the sigmoid.", dict(i__2="sigmoid(1 - a_f)")),
    ("The share goes through the sigmoid a second time. f has been through it: what is left over is 1 - f.", dict(i__2="sigmoid(1 - f)")),
    # gates that are taken out
    ("Without its input gate your cell writes nothing at all: a gate that is taken out stands open, at 1, not at 0.", dict(i="np.zeros_like(i)")),
    ("Without its forget gate your cell forgets everything at each step. A gate that is taken out stands open: then the cell keeps all.", dict(f="np.zeros_like(f)")),
    ("Without its output gate your cell shows nothing at all: a gate that is taken out stands open, at 1, not at 0.", dict(o="np.zeros_like(o)")),
    ("Gates that are taken out are shut in your version: \"NIG\" writes nothing, \"NFG\" keeps nothing. Without its gate a way stands open.", dict(i="np.zeros_like(i)", f="np.zeros_like(f)")),
    ("All gates that are taken out are shut in your version. Without its gate a way stands open, at 1.", dict(i="np.zeros_like(i)", f="np.zeros_like(f)", o="np.zeros_like(o)")),
    ("Without its input gate your cell still has one: it is the forget gate's. \"NIG\" writes every candidate in full.", dict(i="f")),
    ("Without its input gate your cell still has one, 1 - f: that is \"CIFG\". \"NIG\" writes every candidate in full.", dict(i="1 - f")),
    ("Without its forget gate your cell still has one, 1 - i. \"NFG\" keeps all of the old cell, whatever is written.", dict(f="1 - i")),
    ("Without its input gate your cell still has one: \"NIG\" writes every candidate in full.", dict(i="i")),
    ("Without its forget gate your cell still has one: \"NFG\" keeps all of the old cell.", dict(f="f")),
    ("Without its output gate your cell still has one: \"NOG\" shows all of the squashed cell.", dict(o="o")),
    ("Your \"NIG\" leaves the input gate half open. A gate that is taken out lets all through.", dict(i=HALF.format("i"))),
    ("Your \"NFG\" leaves the forget gate half open. A gate that is taken out lets all through.", dict(f=HALF.format("f"))),
    ("\"NOG\" leaves the output gate half open. A gate that is taken out lets all through.", dict(o=HALF.format("o"))),
    ("\"NIG\" and \"NFG\" leave a gate half open, at 0.5, which halves the cell or the candidate at each step.", dict(i=HALF.format("i"), f=HALF.format("f"))),
    ("\"NIG\" puts 1 into the *sum* of the input gate: after the sigmoid this is 0.73, a gate that lets most in and not all.", dict(i=ONE.format("i"))),
    ("\"NFG\" puts 1 into the *sum* of the forget gate: after the sigmoid this is 0.73, a cell that fades within a few steps.", dict(f=ONE.format("f"))),
    ("\"NOG\" puts 1 into the *sum* of the output gate: after the sigmoid this is 0.73, a gate that shows most and not all.", dict(o=ONE.format("o"))),
    ("\"NIG\" and \"NFG\" put 1 into the *sum* of the gate: after the sigmoid this is 0.73, and not an open gate.", dict(i=ONE.format("i"), f=ONE.format("f"))),
    # peepholes
    ("The input and the forget gate have no peepholes.", dict(a_i_a_f="a_i, a_f")),
    ("The input gate alone peeps: the forget gate has a peephole of its own, row 1 of p.", dict(a_i_a_f="a_i + p[0] * c, a_f")),
    ("The peepholes of the input and the forget gate are swapped: row 0 of p is the input gate's.", dict(a_i_a_f="a_i + p[1] * c, a_f + p[0] * c")),
    ("a_i and a_f come out in each other's place: each has its own peephole, but the input gate's sum now stands under the forget gate's name.", dict(a_i_a_f="a_f + p[1] * c, a_i + p[0] * c")),
    ("The forget gate peeps through row 0 of p, which is the input gate's.", dict(a_i_a_f="a_i + p[0] * c, a_f + p[0] * c")),
    ("The input and the forget gate look at the old *state*, which they hear already through Wh. A peephole looks at the cell.", dict(a_i_a_f="a_i + p[0] * h, a_f + p[1] * h")),
    ("The input and the forget gate peep at the squashed cell. A peephole sees the cell itself.", dict(a_i_a_f="a_i + p[0] * np.tanh(c), a_f + p[1] * np.tanh(c)")),
    ("The look at the cell takes the place of the input and the forget gate's sums. It comes on top of what they heard before.", dict(a_i_a_f="p[0] * c, p[1] * c")),
    ("The output gate peeps at the *old* cell. When it is computed, the new one is there, and that is the one it shows.", dict(a_o="a_o + p[2] * c")),
    ("The output gate peeps at the squashed cell. A peephole sees the cell itself.", dict(a_o="a_o + p[2] * np.tanh(c_next)")),
    ("The output gate has no peephole: p has three rows, one for each gate.", dict(a_o="a_o")),
    ("The output gate looks at the old *state*, which it hears already through Wh. A peephole looks at the cell.", dict(a_o="a_o + p[2] * h")),
    ("The look at the cell takes the place of the output gate's sum. It comes on top of what the gate heard before.", dict(a_o="p[2] * c_next")),
    ("The output gate peeps through row 0 of p, which is the input gate's.", dict(a_o="a_o + p[0] * c_next")),
    ("The output gate peeps through row 1 of p, which is the forget gate's.", dict(a_o="a_o + p[1] * c_next")),
    ("Your peepholes see all cells, each unit the same sum. A peephole is one number for each unit, for its *own* cell (p is no matrix).", dict(a_i_a_f="a_i + (c @ p[0])[:, None], a_f + (c @ p[1])[:, None]", a_o="a_o + (c_next @ p[2])[:, None]")),
    ("Your peepholes are added without the cell: that is only another bias.", dict(a_i_a_f="a_i + p[0], a_f + p[1]", a_o="a_o + p[2]")),
    ("Your peepholes multiply the sums. They are added: one more input of the gate.", dict(a_i_a_f="a_i * p[0] * c, a_f * p[1] * c", a_o="a_o * p[2] * c_next")),
    ("All three peepholes look at the old *state*, which the gates hear already through Wh. A peephole looks at the cell.", dict(a_i_a_f="a_i + p[0] * h, a_f + p[1] * h", a_o="a_o + p[2] * h")),
    ("All three gates peep at the squashed cell. A peephole sees the cell itself.", dict(a_i_a_f="a_i + p[0] * np.tanh(c), a_f + p[1] * np.tanh(c)", a_o="a_o + p[2] * np.tanh(c_next)")),
    ("The look at the cell takes the place of all three sums. It comes on top of what the gates heard before.", dict(a_i_a_f="p[0] * c, p[1] * c", a_o="p[2] * c_next")),
    ("All gates peep through row 0 of p, which is the input gate's.", dict(a_i_a_f="a_i + p[0] * c, a_f + p[0] * c", a_o="a_o + p[0] * c_next")),
]:
    lstm_variant.mistake(sentence, **edits)

for sentence, *pairs in [
    ("\"NIG\" and \"NFG\" have changed places: the I stands for the input gate, the F for the forget gate, the N for \"no\".", ('"NIG":', '"?":'), ('"NFG":', '"NIG":'), ('"?":', '"NFG":')),
    ("Your gates have peepholes in every mode. They belong to \"PEEP\" alone.", ('mode == "PEEP"', "True")),
    ("The cell comes back first. The order is the one of the docstring: the state, then the cell.", ("o * np.tanh(c_next), c_next", "c_next, o * np.tanh(c_next)")),
    ("It is coupled in the wrong direction: your forget gate follows the input gate. In \"CIFG\" the input gate follows the forget gate.", ("i = 1 - f", "f = 1 - i")),
    ("\"NOG\" has lost the tanh along with the gate. What is shown is still the *squashed* cell.", ("return o", 'return c_next if mode == "NOG" else o')),
]:
    lstm_variant.mistake(sentence)(lstm_variant.changed(*pairs))
