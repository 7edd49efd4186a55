"""Exercise 4.3: one step of an LSTM, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .lstm_step import lstm_step
from .shared import BLOCKS, weights


@exercise("4.3", title="One step, backwards", returns={"dx": "N D", "dh_prev": "N H", "dc_prev": "N H", "grads": BLOCKS}, hints=[
    "By which two ways does the loss hear of the new cell? One is already in your hands, as dc; the other goes through h.",
    "Each of i, f and g meets something in c = f * c_prev + i * g: that partner is what dc is multiplied with. Then comes the slope: σ' = σ(1 - σ), tanh' = 1 - tanh². "
    "o is not in that equation at all.",
    "`dc = dc + dh * o * (1 - np.tanh(c)**2)`; `da_i = dc * g * i * (1 - i)`, `da_f = dc * c_prev * f * (1 - f)`, `da_o = dh * np.tanh(c) * o * (1 - o)`, "
    "`da_g = dc * i * (1 - g**2)`; and the old cell gets `dc * f`.",
])
def lstm_step_backward(dh, dc, cache):
    """Take dh and dc (N, H), the gradients of state and cell after a step, back through it.

    cache = (x, h_prev, c_prev, i, f, o, g, c, Wx, Wh); c is the new cell
    -> dx (N, D), dh_prev (N, H), dc_prev (N, H), and grads: a dict with Wx (D, 4H),
    Wh (H, 4H) and b (4H,).
    One unit with all gates 0.5, g = 0, c_prev = 0, c = 0, dh = 0 and dc = 1: dc_prev = 0.5,
    and of the four sums only the candidate's gets anything: 0.5.
    """
    x, h_prev, c_prev, i, f, o, g, c, Wx, Wh = cache
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)     # TODO: all that arrives at the new cell, (N, H)
    da_i = dc * g * i * (1 - i)                  # TODO: to the input gate's sum (its sigmoid)
    da_f = dc * c_prev * f * (1 - f)             # TODO: to the forget gate's sum
    da_o = dh * np.tanh(c) * o * (1 - o)         # TODO: to the output gate's sum
    da_g = dc * i * (1 - g**2)                   # TODO: to the candidate's sum (its tanh)
    dc_prev = dc * f                             # TODO: to the old cell
    da = np.hstack([da_i, da_f, da_o, da_g])     # (N, 4H): from here on as in exercise 2.2
    grads = {"Wx": x.T @ da, "Wh": h_prev.T @ da, "b": da.sum(axis=0)}
    return da @ Wx.T, da @ Wh.T, dc_prev, grads


def _cache(rng, N, D, H, gates=None):
    """Return the cache of a step; `gates`: other numbers for i, f, o."""
    x, h, c = rng.normal(size=(N, D)), rng.uniform(-0.9, 0.9, size=(N, H)), rng.normal(size=(N, H))
    Wx, Wh, b = weights(rng, D, H)
    _, c_next, (i, f, o, g) = lstm_step(x, h, c, Wx, Wh, b)
    if gates:
        i, f, o = (np.full((N, H), gate) for gate in gates)
        c_next = f * c + i * g
    return x, h, c, i, f, o, g, c_next, Wx, Wh


@lstm_step_backward.cases
def _(rng):
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    flat = (one, zero, zero, one / 2, one / 2, one / 2, zero, zero, np.ones((1, 4)), np.ones((1, 4)))
    yield "the worked number: only dc comes in", (zero, one, flat)
    x, h, c_prev, i, f, o, g = (np.array([[number]]) for number in (1.5, 0.6, 1.2, 0.7, 0.8, 0.4, -0.9))
    unit = (x, h, c_prev, i, f, o, g, f * c_prev + i * g, np.array([[1.0, -2, 3, -4]]), np.array([[2.0, 1, -1, 3]]))
    yield "one unit, only dc comes in", (zero, 2 * one, unit)
    yield "one unit, only dh comes in", (3 * one, zero, unit)
    yield "one unit, both come in", (3 * one, -2 * one, unit)
    yield "a batch of 3, D = 2, H = 4", (rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), _cache(rng, 3, 2, 4))
    yield "one sequence, D = 3, H = 4", (rng.normal(size=(1, 4)), rng.normal(size=(1, 4)), _cache(rng, 1, 3, 4))
    yield "square arrays, N = D = H = 3", (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), _cache(rng, 3, 3, 3))
    yield "one unit after the other, dh = 0", (np.zeros((3, 3)), np.eye(3), _cache(rng, 3, 2, 3))
    yield "gates all open or all shut, H = 3", (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), _cache(rng, 2, 4, 3, (0, 1, 1)))
    big = _cache(rng, 2, 2, 2)
    yield "a cell of about 1000", (rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), (*big[:2], 1000 * big[2], *big[3:7], 1000 * big[7], *big[8:]))


@lstm_step_backward.same
def _(dh, dc, cache):
    x, h, c_prev, i, f, o, g, c, Wx, Wh = cache
    m = np.tanh(c)
    to_cell = o * dh * (1 + m) * (1 - m) + dc
    da = np.concatenate([to_cell * (i - i * i) * g, to_cell * (f - f * f) * c_prev, dh * m * (o - o**2), to_cell * (i - i * g * g)], 1)
    return (np.einsum("na,da->nd", da, Wx), (Wh @ da.T).T, f * to_cell,
            {"b": np.ones(len(x)) @ da, "Wh": np.einsum("ni,na->ia", h, da), "Wx": np.einsum("ni,na->ia", x, da)})


lstm_step_backward.same(lambda dh, dc, cache: lstm_step_backward.reference(
    dh.astype(np.float32), dc.astype(np.float32), tuple(a.astype(np.float32) for a in cache)))

CAME = "(dc - dh * o * (1 - np.tanh(c) ** 2))"  # the dc that was handed in: in these blanks, dc is the finished sum
SIGMOID = "The {} gate's slope is missing: what you have is the gradient for {}, and it still has to go through the sigmoid to reach its sum."
HALF = "The {} gate has half of its slope only: σ' is the product σ · (1 - σ)."
AGAIN = "You put {} through the sigmoid once more for its slope. It is the sigmoid's output already: σ' = σ(1 - σ), with σ the gate itself."
TANH = "The {} gate has the slope of a tanh, 1 - σ². It is a sigmoid: σ(1 - σ)."


def _sigmoid(gate):
    return f"(1 / (1 + np.exp(-{gate})))"


for name, gate, before in (("input", "i", "dc * g"), ("forget", "f", "dc * c_prev"), ("output", "o", "dh * np.tanh(c)")):
    again = _sigmoid(gate)
    for sentence, end in (
        (SIGMOID.format(name, gate), ""), (HALF.format(name), f" * {gate}"), (HALF.format(name), f" * (1 - {gate})"),
        (AGAIN.format(gate), f" * {again} * (1 - {again})"), (TANH.format(name), f" * (1 - {gate}**2)"),
    ):
        lstm_step_backward.mistake(sentence, **{f"da_{gate}": before + end})

for sentence, edits in [
    ("What comes back along the cell is lost: the new cell hears `dc` from the next step as well as `dh` from its own state. Without it an LSTM forgets like any RNN.", dict(dc="dh * o * (1 - np.tanh(c) ** 2)")),
    ("What comes from the state is lost: h = o * tanh(c), so dh reaches the cell too.", dict(dc="dc")),
    ("The slope of the tanh is missing on the way from h to the cell.", dict(dc="dc + dh * o")),
    ("The output gate is missing on the way from h to the cell: where it is closed, the loss cannot see the cell.", dict(dc="dc + dh * (1 - np.tanh(c) ** 2)")),
    ("dh reaches the cell without passing the output gate and the tanh: h = o * tanh(c).", dict(dc="dc + dh")),
    ("You take the tanh's slope at the *old* cell. It was the new cell that was squashed.", dict(dc="dc + dh * o * (1 - np.tanh(c_prev) ** 2)")),
    ("You write the slope with c itself, 1 - c². The tanh's slope is written with its *output*, tanh(c), and c is not squashed.", dict(dc="dc + dh * o * (1 - c**2)")),
    ("The slope of tanh is 1 - tanh², not 1 - tanh.", dict(dc="dc + dh * o * (1 - np.tanh(c))")),
    ("The slope of tanh is 1 - tanh², not tanh itself.", dict(dc="dc + dh * o * np.tanh(c)")),
    ("Both ways are closed by the output gate in your version: `dc` comes along the cell itself and does not pass o.", dict(dc="(dc + dh) * o * (1 - np.tanh(c) ** 2)")),
    ("The new cell gets two gradients, and what arrives along two ways is added. You multiply them.", dict(dc="dc * dh * o * (1 - np.tanh(c) ** 2)")),
    ("What you add to dc is the gradient for the output gate. The way from h to the cell passes the other partner, o, and the tanh's slope.", dict(dc="dc + dh * np.tanh(c)")),
    ("The forget gate belongs to the step from cell to cell, into dc_prev. What arrives at the *new* cell does not pass it.", dict(dc="dc * f + dh * o * (1 - np.tanh(c) ** 2)")),
    ("Your input gate's gradient lacks its partner, the candidate.", dict(da_i="dc * i * (1 - i)")),
    ("Your input gate meets the old cell. What it multiplied was the candidate.", dict(da_i="dc * c_prev * i * (1 - i)")),
    ("Your input gate starts from dh. It made the cell: it starts from what arrives at the *cell*.", dict(da_i="dh * g * i * (1 - i)")),
    ("Your forget gate's gradient lacks its partner, the old cell.", dict(da_f="dc * f * (1 - f)")),
    ("Your forget gate meets the *new* cell. What it multiplied was the old one.", dict(da_f="dc * c * f * (1 - f)")),
    ("Your forget gate meets the candidate. What it multiplied was the old cell.", dict(da_f="dc * g * f * (1 - f)")),
    ("Your forget gate meets the old *state*. What it multiplied was the old cell.", dict(da_f="dc * h_prev * f * (1 - f)")),
    ("Your forget gate starts from dh. It made the cell: it starts from what arrives at the *cell*.", dict(da_f="dh * c_prev * f * (1 - f)")),
    ("Your forget gate has the input gate's slope. Each gate goes back through its own sigmoid.", dict(da_f="dc * c_prev * i * (1 - i)")),
    ("Your output gate starts from dc. It does not touch the cell: it stands in h = o * tanh(c) alone, so it starts from dh.", dict(da_o="dc * np.tanh(c) * o * (1 - o)")),
    ("Your output gate meets the raw cell. It multiplied the squashed one.", dict(da_o="dh * c * o * (1 - o)")),
    ("Your output gate meets the *old* cell. What it shows is the new one.", dict(da_o="dh * np.tanh(c_prev) * o * (1 - o)")),
    ("Your output gate lacks its partner: it multiplied the squashed cell.", dict(da_o="dh * o * (1 - o)")),
    ("Your output gate has the tanh's slope. It multiplies tanh(c) from outside: nothing goes through the tanh on this way.", dict(da_o="dh * (1 - np.tanh(c) ** 2) * o * (1 - o)")),
    ("The candidate's slope is missing: g is the output of a tanh.", dict(da_g="dc * i")),
    ("Your candidate has the slope of a sigmoid, g(1 - g). It is a tanh: 1 - g².", dict(da_g="dc * i * g * (1 - g)")),
    ("Your candidate's gradient lacks its partner, the input gate.", dict(da_g="dc * (1 - g**2)")),
    ("Your candidate starts from dh. It made the cell: it starts from what arrives at the *cell*.", dict(da_g="dh * i * (1 - g**2)")),
    ("The slope of tanh is 1 minus the square of its output, not 1 minus the output.", dict(da_g="dc * i * (1 - g)")),
    ("You take the tanh of g once more for the candidate's slope. g is the output of the tanh already, and the slope is written with the output.", dict(da_g="dc * i * (1 - np.tanh(g) ** 2)")),
    ("The old cell gets all of dc: in c = f * c_prev + … it stands behind the forget gate.", dict(dc_prev="dc")),
    ("The old cell hears only of what came along the cell, not of what came through h: use the sum of both.", dict(dc_prev=f"{CAME} * f")),
    ("The old cell gets dc times the *input* gate. It stands behind the forget gate.", dict(dc_prev="dc * i")),
    ("dc takes the *new* dh, the one that belongs to the step before. First finish the cell, then overwrite dh: with a single step the weights' gradients are still right, with two they are not.", dict(dc_prev=f"({CAME} + np.hstack([da_i, da_f, da_o, da_g]) @ Wh.T * o * (1 - np.tanh(c) ** 2)) * f")),
    ("dc is handed on twice: once through f, and once past it.", dict(dc_prev="dc * f + dc")),
    ("dc is handed on twice: once through f, and once past it.", dict(dc_prev=f"dc * f + {CAME}")),
    ("The old cell gets dh. It stands in the equation of the *cell*, so what reaches it comes from dc.", dict(dc_prev="dh * f")),
    ("The old cell gets the share 1 - f. Forwards the share f of it was kept, and backwards the same share comes back.", dict(dc_prev="dc * (1 - f)")),
    ("The old cell is multiplied by itself on its way back. In f * c_prev the partner of c_prev is f alone; c_prev is the partner of f.", dict(dc_prev="dc * f * c_prev")),
    ("The slope of f's sigmoid stands on the old cell's way back. Forwards this cell was multiplied by f itself, and so is its gradient.", dict(dc_prev="dc * f * (1 - f)")),
    # several lines at once
    ("The slopes of the three sigmoids are missing: a gate's gradient still has to go through σ' = σ(1 - σ) to reach its sum.", dict(da_i="dc * g", da_f="dc * c_prev", da_o="dh * np.tanh(c)")),
    ("All four slopes are missing: what you have are the gradients for i, f, o and g. Each still has to go through its own sigmoid or tanh to reach its sum.", dict(da_i="dc * g", da_f="dc * c_prev", da_o="dh * np.tanh(c)", da_g="dc * i")),
    ("You put the gates through the sigmoid once more for their slopes. i, f and o are its output already: σ' = i(1 - i), and so on.", dict(da_i=f"dc * g * {_sigmoid('i')} * (1 - {_sigmoid('i')})", da_f=f"dc * c_prev * {_sigmoid('f')} * (1 - {_sigmoid('f')})",
          da_o=f"dh * np.tanh(c) * {_sigmoid('o')} * (1 - {_sigmoid('o')})")),
    ("Your gates have the slope of a tanh, 1 - σ². They are sigmoids: σ(1 - σ).", dict(da_i="dc * g * (1 - i**2)", da_f="dc * c_prev * (1 - f**2)", da_o="dh * np.tanh(c) * (1 - o**2)")),
    ("The three gates have half of their slopes only: σ' is the product σ · (1 - σ).", dict(da_i="dc * g * i", da_f="dc * c_prev * f", da_o="dh * np.tanh(c) * o")),
    ("The partners are swapped: the input gate met the candidate, the forget gate met the old cell.", dict(da_i="dc * c_prev * i * (1 - i)", da_f="dc * g * f * (1 - f)")),
    ("The input gate, the forget gate and the candidate start from dh. They made the cell: they start from what arrives at the *cell*.", dict(da_i="dh * g * i * (1 - i)", da_f="dh * c_prev * f * (1 - f)", da_g="dh * i * (1 - g**2)")),
    ("Your gates hear only of what came along the cell, by the dc from outside. They made the new cell, so they hear of all that arrives there: the finished sum.", dict(da_i=f"{CAME} * g * i * (1 - i)", da_f=f"{CAME} * c_prev * f * (1 - f)", da_g=f"{CAME} * i * (1 - g**2)")),
    ("The blocks of the output gate and of the candidate have changed places. In this course the candidate comes last.", dict(da_o="dc * i * (1 - g**2)", da_g="dh * np.tanh(c) * o * (1 - o)")),
]:
    lstm_step_backward.mistake(sentence, **edits)

lstm_step_backward.mistake("dh_prev and dc_prev come back in the wrong order: first the state's gradient, then the cell's.")(
    lstm_step_backward.changed(("da @ Wh.T, dc_prev", "dc_prev, da @ Wh.T")))

lstm_step_backward.mistakes_in("da_i", [
    ("The slope is that of the input gate, i (1 - i). g is the candidate, which the gate multiplies.", "dc * i * g * (1 - g)"),
])
