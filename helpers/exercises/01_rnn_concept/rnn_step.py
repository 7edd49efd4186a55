"""Exercise 1.1: one recurrent step."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("1.1", title="One recurrent step", returns={"h_next": "N H"}, hints=[
    "Which two things does the unit know before this step, and through which matrix does each of them come in?",
    "Three terms are added up, and only then squashed: look at the equation above the cell, from left to right.",
    "With row vectors the data stands left of its matrix: `x @ Wx`. Write the term of the old state in the same way, add `b`, "
    "and put `np.tanh( )` around all of it.",
])
def rnn_step(x, h, Wx, Wh, b):
    """One step of a tanh RNN.

    x (N, D) the input now, h (N, H) the state before, Wx (D, H), Wh (H, H), b (H,)
    -> the new state (N, H).
    One unit with Wx = [[1.]], Wh = [[0.]], b = [0.] turns x = [[0.5]] into [[0.462]].
    """
    return np.tanh(x @ Wx + h @ Wh + b)      # TODO: mix input, old state and bias, then squash


@rnn_step.cases
def _(rng):
    def draw(*shape):
        return rng.normal(size=shape)

    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    yield "one unit, only the bias is not zero", (zero, zero, zero, zero, np.array([0.7]))
    yield "one unit, only the input counts", (0.5 * one, zero, 2 * one, zero, np.zeros(1))
    yield "one unit, only the old state counts", (zero, -0.5 * one, zero, 2 * one, np.zeros(1))
    yield "a batch of 3 with D = 2 and H = 4", (draw(3, 2), draw(3, 4), draw(2, 4), draw(4, 4), draw(4))
    yield "square arrays, N = D = H = 3", (draw(3, 3), draw(3, 3), draw(3, 3), draw(3, 3), draw(3))
    yield "one sequence, whole numbers in x and h", (np.array([[1, 0]]), np.array([[0, 1, -1]]), draw(2, 3), draw(3, 3), draw(3))
    yield "sums of 1000 and -1000", (1000 * np.array([[1.0], [-1.0]]), np.zeros((2, 1)), one, one, np.zeros(1))


rnn_step.same(lambda x, h, Wx, Wh, b: np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh]) + b))


@rnn_step.same
def _(x, h, Wx, Wh, b):
    new = np.zeros(h.shape)
    for n in range(len(x)):
        for j in range(len(b)):
            new[n, j] = np.tanh(sum(x[n] * Wx[:, j]) + sum(h[n] * Wh[:, j]) + b[j])
    return new


_one_by_one = "You squash {} one by one. The unit adds up everything it hears first, and squashes the sum."
rnn_step.mistakes_in("returns", [
    ("Your bias is missing: with no input and no old state the unit should still answer `tanh(b)`.", "np.tanh(x @ Wx + h @ Wh)"),
    ("The old state is missing: this unit answers to `x` alone and remembers nothing.", "np.tanh(x @ Wx + b)"),
    ("The input is missing: this unit listens to its own past alone.", "np.tanh(h @ Wh + b)"),
    ("You squash the input and the bias and add the old state outside of the tanh: all three terms belong inside, or nothing keeps the state from growing.", "np.tanh(x @ Wx + b) + h @ Wh"),
    ("You squash the state and the bias and add the input outside of the tanh: all three terms belong inside.", "x @ Wx + np.tanh(h @ Wh + b)"),
    ("You squash the input term alone; the old state and the bias are added outside of the tanh. All three belong inside.", "np.tanh(x @ Wx) + h @ Wh + b"),
    ("The bias is added after the tanh: it belongs inside, where it shifts the point at which the unit switches.", "np.tanh(x @ Wx + h @ Wh) + b"),
    (_one_by_one.format("the three terms"), "np.tanh(x @ Wx) + np.tanh(h @ Wh) + np.tanh(b)"),
    (_one_by_one.format("the input term and the state term"), "np.tanh(x @ Wx) + np.tanh(h @ Wh + b)", "np.tanh(x @ Wx + b) + np.tanh(h @ Wh)"),
    ("The tanh is missing: without it, all steps together are one linear map, and the state can grow for ever.", "x @ Wx + h @ Wh + b"),
    ("Your `Wh` is transposed: entry (i, j) leads from old unit i to new unit j, so it is `h @ Wh`, not `h @ Wh.T`.", "np.tanh(x @ Wx + h @ Wh.T + b)"),
    ("You write `Wh @ h`, as for column vectors. Here each row of `h` is one sequence of the batch, so the state stands on the left: `h @ Wh`.", "np.tanh(x @ Wx + Wh @ h + b)"),
    ("You write `Wx @ x` and `Wh @ h`, as for column vectors. Here each row is one sequence of the batch: data on the left, weights on the right.", "np.tanh(Wx @ x + Wh @ h + b)"),
    ("You multiply element by element with `*`. Each new unit listens to *all* inputs and units: that is the matrix product `@`.", "np.tanh(x * Wx + h * Wh + b)"),
    ("The bias is subtracted: it is added, like the two other terms.", "np.tanh(x @ Wx + h @ Wh - b)"),
    ("The old state goes in without its matrix: each new unit listens to all old ones through `Wh`.", "np.tanh(x @ Wx + h + b)"),
    ("The bias is added twice, once for each matrix: once is enough.", "np.tanh(x @ Wx + b + h @ Wh + b)"),
    ("The two matrices are swapped: `Wx` goes with the input, `Wh` with the old state.", "np.tanh(x @ Wh + h @ Wx + b)"),
    ("You add the old state on top of the new one. The new state replaces it; what should stay goes through `Wh`.", "h + np.tanh(x @ Wx + h @ Wh + b)"),
    ("This is the sigmoid, not tanh: its values lie in (0, 1), those of tanh in (-1, 1).", "1 / (1 + np.exp(-(x @ Wx + h @ Wh + b)))"),
    ("A tanh by hand overflows where its sum is large, and infinity divided by infinity is NaN: `np.tanh` does not.", "(np.exp(2 * (x @ Wx + h @ Wh + b)) - 1) / (np.exp(2 * (x @ Wx + h @ Wh + b)) + 1)"),
])
