"""Exercise 4.1: one step of an LSTM."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import weights


@exercise("4.1", title="One step of an LSTM", returns={"h_next": "N H", "c_next": "N H", "gates": "N H"}, hints=[
    "Which three of the four blocks say *how much*, and so must lie between 0 and 1? Which one says *what*, and may be negative?",
    "The cell: keep the share f of the old one, add the share i of the candidate. The state is what the output gate shows of the squashed *new* cell.",
    "`i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)`, `g = np.tanh(a_g)`, `c_next = f * c + i * g`, `h_next = o * np.tanh(c_next)`.",
])
def lstm_step(x, h, c, Wx, Wh, b):
    """Return the state and the cell after one step of an LSTM, and its gates.

    x (N, D), h and c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,), blocks in order i, f, o, g
    -> h_next, c_next (N, H), and the tuple (i, f, o, g): the three gates and the candidate.
    One unit, all weights 0 and c = 1: the gates are 0.5 each and g = 0, so c_next = 0.5
    and h_next = 0.5 tanh(0.5) = 0.231.
    """
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    a_i, a_f, a_o, a_g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)      # (N, H) each
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)      # TODO: the three gates
    g = np.tanh(a_g)                                        # TODO: the candidate
    c_next = f * c + i * g                                  # TODO: the new cell, (N, H)
    h_next = o * np.tanh(c_next)                            # TODO: what of it is shown
    return h_next, c_next, (i, f, o, g)


def _sums(i=0.0, f=0.0, o=0.0, g=0.0, c=1.0):
    """One unit whose sums are given by the bias alone."""
    zero = np.zeros((1, 1))
    return zero, zero, np.full((1, 1), c), np.zeros((1, 4)), np.zeros((1, 4)), np.array([i, f, o, g], float)


@lstm_step.cases
def _(rng):
    yield "all weights 0, an old cell of 1", _sums()
    yield "only the forget gate's bias is not 0", _sums(f=3.0)
    yield "only the candidate's bias is not 0, no old cell", _sums(g=1.0, c=0.0)
    yield "only the output gate's bias is not 0", _sums(o=-2.0, c=2.0)
    yield "only the biases of input gate and candidate are not 0", _sums(i=3.0, g=-2.0)
    yield "one unit, all weights", (*(rng.normal(size=(1, 1)) for _ in range(3)), *weights(rng, 1, 1))
    for N, D, H in ((1, 3, 4), (3, 2, 4), (4, 4, 4)):
        yield f"a batch of {N}, D = {D}, H = {H}", (
            rng.normal(size=(N, D)), rng.normal(size=(N, H)), 2 * rng.normal(size=(N, H)), *weights(rng, D, H))
    whole = rng.integers(-1, 2, (2, 3)), np.zeros((2, 2), int), np.ones((2, 2), int)
    yield "input, state and cell in whole numbers", (*whole, *weights(rng, 3, 2))
    yield "sums of 1000 and -1000", _sums(1000, -1000, 1000, -1000)


@lstm_step.same
def _(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    A = np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh]) + b
    s = 0.5 + 0.5 * np.tanh(A[:, : 3 * H] / 2)
    i, f, o, g = s[:, :H], s[:, H : 2 * H], s[:, 2 * H :], np.tanh(A[:, 3 * H :])
    new = i * g + c * f
    return np.tanh(new) * o, new, (i, f, o, g)


@lstm_step.same
def _(x, h, c, Wx, Wh, b):
    N, H = h.shape
    i, f, o, g, new, out = (np.zeros((N, H)) for _ in range(6))
    for n in range(N):
        for k in range(H):
            a = [x[n] @ Wx[:, j * H + k] + h[n] @ Wh[:, j * H + k] + b[j * H + k] for j in range(4)]
            i[n, k], f[n, k], o[n, k] = (1 / (1 + np.exp(-v)) for v in a[:3])
            g[n, k] = np.tanh(a[3])
            new[n, k] = f[n, k] * c[n, k] + i[n, k] * g[n, k]
            out[n, k] = o[n, k] * np.tanh(new[n, k])
    return out, new, (i, f, o, g)


def _gates(each):
    """Return `each` for the three gates, with k for i, f and o."""
    return ", ".join(each.replace("k", gate) for gate in "ifo")


SATURATED = "Your sums pass through a tanh before the gates' sigmoid, so no gate can leave (.27, .73): this cell can neither keep nor forget."

for sentence, edits in [
    (SATURATED, dict(i_f_o=_gates("sigmoid(np.tanh(a_k))"))),
    (SATURATED, dict(i_f_o=_gates("sigmoid(np.tanh(a_k))"), g="np.tanh(np.tanh(a_g))")),
    ("Your gates pass through the sigmoid twice: the second one gets numbers between 0 and 1, so no gate can close below one half.", dict(i_f_o=_gates("sigmoid(sigmoid(a_k))"))),
    ("You take the blocks in the order i, f, g, o, which is PyTorch's. In this course the candidate comes last.", dict(i_f_o="sigmoid(a_i), sigmoid(a_f), sigmoid(a_g)", g="np.tanh(a_o)")),
    ("You take the blocks in the order f, i, o, g: your input gate forgets, and your forget gate writes.", dict(i_f_o="sigmoid(a_f), sigmoid(a_i), sigmoid(a_o)")),
    ("You take the candidate's block first and the gates after it. Here the order is i, f, o, g.", dict(i_f_o="sigmoid(a_f), sigmoid(a_o), sigmoid(a_g)", g="np.tanh(a_i)")),
    ("You take the blocks in the order i, o, f, g, which is ONNX's. In this course the forget gate comes second and the output gate third.", dict(i_f_o="sigmoid(a_i), sigmoid(a_o), sigmoid(a_f)")),
    ("All three of your gates are made of the first block, and so they are always equal. Each has a block of its own.", dict(i_f_o="sigmoid(a_i), sigmoid(a_i), sigmoid(a_i)")),
    ("Your gates go through tanh and can be negative. A gate is a share: between 0, closed, and 1, open.", dict(i_f_o=_gates("np.tanh(a_k)"))),
    ("Your gates are not squashed at all: a share lies between 0 and 1, a sum can be anything.", dict(i_f_o="a_i, a_f, a_o")),
    ("Your gates are upside down, 1 - σ: a large positive sum should *open* a gate.", dict(i_f_o=_gates("1 - sigmoid(a_k)"))),
    ("Your candidate goes through the sigmoid: it could only ever add to the cell, never take away. A candidate may be negative.", dict(g="sigmoid(a_g)")),
    ("Your candidate is not squashed: with large sums, a single step can write anything into the cell.", dict(g="a_g")),
    ("Your candidate is made of the output gate's block. The candidate's own block is the fourth.", dict(g="np.tanh(a_o)")),
    ("The input gate meets the candidate twice: once when the candidate is made, and once when it is written. The candidate alone knows of no gate.", dict(g="i * np.tanh(a_g)")),
    ("Your input gate multiplies the old cell and your forget gate the candidate. f says what is kept of the *old*.", dict(c_next="i * c + f * g")),
    ("The input gate is missing: every candidate is written in full, at every step.", dict(c_next="f * c + g")),
    ("The forget gate is missing: this is the LSTM of 1997, whose cell can only be added to.", dict(c_next="c + i * g")),
    ("Your forget gate multiplies the whole sum. It should multiply the old cell alone. What is written in this step must not be forgotten in this step.", dict(c_next="f * (c + i * g)")),
    ("Your forget gate multiplies the *candidate*. It must multiply the old cell. This cell knows nothing of the past.", dict(c_next="f * g + i * g")),
    ("You squash the cell that is carried on. The tanh belongs to what is shown; squashed at every step, the cell would shrink, and its gradient with it.", dict(c_next="np.tanh(f * c + i * g)", h_next="o * c_next")),
    ("You squash the cell twice: once before it is carried on and once for what is shown. Only what is shown is squashed.", dict(c_next="np.tanh(f * c + i * g)")),
    ("You keep the share 1 - f. In this course f is the share that is *kept*: f = 1 forgets nothing.", dict(c_next="(1 - f) * c + i * g")),
    ("Your input gate is 1 - f: that is a variant (section 10). Here i is a gate of its own.", dict(c_next="f * c + (1 - f) * g")),
    ("You keep the old *state*. What is kept from step to step, at the share f, is the cell; the state is only what was shown of it.", dict(c_next="f * h + i * g")),
    ("The old cell is lost: your new cell holds what is written in this step and nothing else.", dict(c_next="i * g")),
    ("The forget gate is added to the cell. A gate is a share: it multiplies what it guards.", dict(c_next="f + c + i * g")),
    ("You show the raw cell. It can be of any size; what is shown is the *squashed* cell, so that |h| stays below 1.", dict(h_next="o * c_next")),
    ("You squash after the output gate. The gate takes a share of the squashed cell, it does not choose how hard to squash.", dict(h_next="np.tanh(o * c_next)")),
    ("You show the *old* cell: whatever this step writes is seen one step late.", dict(h_next="o * np.tanh(c)")),
    ("The output gate is missing: everything the cell holds is shown at every step.", dict(h_next="np.tanh(c_next)")),
    ("You show the candidate, not the cell: then nothing that was kept is ever seen.", dict(h_next="o * np.tanh(g)")),
    ("You show the candidate, not the cell: then nothing that was kept is ever seen.", dict(h_next="o * g")),
    ("You squash the cell with the sigmoid before it is shown: then nothing negative could ever be shown. It is the tanh that keeps the sign.", dict(h_next="o * sigmoid(c_next)")),
    ("The forget gate decides what you show. It has done its work when the cell is made; what is shown has a gate of its own.", dict(h_next="f * np.tanh(c_next)")),
    ("The input gate decides what you show. It has done its work when the cell is made; what is shown has a gate of its own.", dict(h_next="i * np.tanh(c_next)")),
]:
    lstm_step.mistake(sentence, **edits)

ORDER = "State and cell are right, but the gates come back in another order: wanted is i, f, o, g."
SUMS = "x @ Wx + h @ Wh + b"

for sentence, old, new in [
    ("The bias is left out of the sums.", SUMS, "x @ Wx + h @ Wh"),
    ("The gates get each other's biases: yours are in another order than the weights. Wx, Wh and b all have their blocks in the order i, f, o, g.", SUMS, "x @ Wx + h @ Wh + np.hstack([np.split(b, 4)[k] for k in (1, 0, 2, 3)])"),
    ("The two come back in the wrong order: first the state h, then the cell c.", "h_next, c_next, (", "c_next, h_next, ("),
    (ORDER, "(i, f, o, g)", "(i, f, g, o)"),
    (ORDER, "(i, f, o, g)", "(f, i, o, g)"),
    ("State and cell are right, but you hand back the four sums. Wanted are the gates and the candidate themselves, after the sigmoid and the tanh.", "(i, f, o, g)", "(a_i, a_f, a_o, a_g)"),
]:
    lstm_step.mistake(sentence)(lstm_step.changed((old, new)))

lstm_step.mistakes_in("c_next", [
    ("The candidate goes in without its tanh: `g` is asked for, not its sum `a_g`.", "f * c + i * a_g"),
])
