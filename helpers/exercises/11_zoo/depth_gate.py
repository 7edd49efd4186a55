"""Exercise 11.4: the cell of a depth-gated LSTM."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.4", title="A gate between layers", returns={"c": "N H", "d": "N H"}, hints=[
    "What reaches the cell in an LSTM, and what comes in from below now? Is a gate a share or a state?",
    "The sum of the gate has four parts: the input through a matrix, two cells through one weight a unit, a bias. The cell is that of an LSTM, and d times the cell below is added.",
    "`1 / (1 + np.exp(-(x @ Wd + w_before * c_before + w_below * c_below + bd)))`; `f * c_before + i * g + d * c_below`.",
])
def depth_gate(x, c_before, c_below, i, f, g, Wd, w_before, w_below, bd):
    """Return the new cell of one layer of a depth-gated LSTM, and its depth gate d.

    x (N, D) the layer's input; c_before (N, H) this layer's cell one step ago;
    c_below (N, H) the cell of the layer below, now; i, f, g (N, H) input gate, forget gate,
    candidate, as in an LSTM; Wd (D, H), w_before, w_below and bd (H,): the weights of d.
    One weight a unit for each cell, as in a peephole.
    -> c (N, H), d (N, H). All weights 0: d = .5, and c_before = 2,
    c_below = 4, f = 1, i = 0 give c = 4.
    """
    d = 1 / (1 + np.exp(-(x @ Wd + w_before * c_before + w_below * c_below + bd)))  # TODO: (N, H)
    c = f * c_before + i * g + d * c_below                                          # TODO: (N, H)
    return c, d


@depth_gate.cases
def _(rng):
    def one(c_before=0.0, c_below=0.0, i=0.0, f=0.0, g=0.0, x=0.0, Wd=0.0, w_before=0.0, w_below=0.0, bd=0.0):
        cells = (np.full((1, 1), v) for v in (x, c_before, c_below, i, f, g, Wd))
        return (*cells, np.array([w_before]), np.array([w_below]), np.array([bd]))

    yield "all weights 0", one(2.0, 4.0, f=1.0)
    yield "an LSTM: nothing below", one(2.0, 0.0, 0.5, 0.25, -1.0)
    yield "only the bias of the gate", one(0.0, 4.0, bd=-3.0)
    yield "only the input opens the gate", one(0.0, 4.0, x=1.0, Wd=2.0)
    yield "only the old cell opens the gate", one(2.0, 4.0, w_before=1.0)
    yield "only the cell below opens the gate", one(2.0, 4.0, w_below=-1.0)

    def draw(N, D, H):
        cells = [rng.normal(size=(N, D)), *(2 * rng.normal(size=(N, H)) for _ in range(2)), *(rng.random((N, H)) for _ in range(2))]
        return (*cells, rng.normal(size=(N, H)), rng.normal(size=(D, H)), *(rng.normal(size=H) for _ in range(3)))

    yield "a batch of 3, D = 2, H = 4", draw(3, 2, 4)
    yield "a batch of 2, D = 5, H = 3", draw(2, 5, 3)


@depth_gate.same
def _(x, c_before, c_below, i, f, g, Wd, w_before, w_below, bd):
    a = bd + np.einsum("nd,dh->nh", x, Wd) + c_below * w_below + c_before * w_before
    d = 0.5 + 0.5 * np.tanh(a / 2)
    return d * c_below + (g * i + c_before * f), d


RIGHT = "x @ Wd + w_before * c_before + w_below * c_below + bd"
depth_gate.mistakes_in("d", [
    ("The depth gate goes through a tanh: a gate is a share.", f"np.tanh({RIGHT})"),
    ("The depth gate has no sigmoid around its sum.", RIGHT),
    ("The depth gate does not hear the input.", "1 / (1 + np.exp(-(w_before * c_before + w_below * c_below + bd)))"),
    ("The depth gate does not hear this layer's old cell.", "1 / (1 + np.exp(-(x @ Wd + w_below * c_below + bd)))"),
    ("The depth gate does not hear the cell below.", "1 / (1 + np.exp(-(x @ Wd + w_before * c_before + bd)))"),
    ("The depth gate has lost its bias.", "1 / (1 + np.exp(-(x @ Wd + w_before * c_before + w_below * c_below)))"),
    ("In your depth gate the two cells have each other's weights.", "1 / (1 + np.exp(-(x @ Wd + w_below * c_before + w_before * c_below + bd)))"),
    ("Your depth gate is 1 - d: the exponent needs a minus.", f"1 / (1 + np.exp({RIGHT}))"),
])
depth_gate.mistakes_in("c", [
    ("The cell below does not get in: this is a plain LSTM.", "f * c_before + i * g"),
    ("The cell below comes in whole: its gate d is missing.", "f * c_before + i * g + c_below"),
    ("The depth gate stands at this layer's own cell. It guards what comes from below.", "f * c_before + i * g + d * c_before"),
    ("The cell below takes the place of the old one: then nothing is kept in time.", "f * c_below + i * g"),
    ("The cell below is guarded by the forget gate, not by d.", "f * c_before + i * g + f * c_below"),
    ("d and 1 - d mix the LSTM's cell and the one below. In this cell the way from below is added, not mixed.", "(1 - d) * (f * c_before + i * g) + d * c_below", "d * (f * c_before + i * g) + (1 - d) * c_below"),
    ("What is written is missing: input gate times candidate.", "f * c_before + d * c_below"),
    ("What was kept is missing: forget gate times old cell.", "i * g + d * c_below"),
    ("Your new cell goes through a tanh. The way from cell to cell has none, in time and in depth.", "np.tanh(f * c_before + i * g + d * c_below)"),
])
depth_gate.mistake("The two results are right, but in the order d, c: the cell comes first.")(depth_gate.changed(("return c, d", "return d, c")))
depth_gate.mistakes_in("d", [
    ("Only the input's part of the depth gate's sum has the minus: the whole sum belongs in brackets.", "1 / (1 + np.exp(-x @ Wd + w_before * c_before + w_below * c_below + bd))"),
    ("The cells go through a matrix product into your depth gate. There is one weight a unit: a product of single numbers.", "1 / (1 + np.exp(-(x @ Wd + w_before @ c_before + w_below @ c_below + bd)))"),
])
depth_gate.mistakes_in("c", [
    ("The depth gate guards the LSTM's own cell, and lets the one below in whole.", "d * (f * c_before + i * g) + c_below"),
])
depth_gate.mistakes_in("c", [
    ("The cell below gets what the depth gate leaves, 1 - d. Where the gate is open it should get in.", "f * c_before + i * g + (1 - d) * c_below"),
    ("In your new cell the input gate keeps and the forget gate writes: i and f have changed places.", "i * c_before + f * g + d * c_below"),
    ("In your new cell the two cells have changed places: f is for this layer's own, d for the one below.", "f * c_below + i * g + d * c_before"),
])
