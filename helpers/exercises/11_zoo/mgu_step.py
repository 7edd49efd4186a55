"""Exercise 11.1: one step of a minimal gated unit."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.1", title="One gate for everything", returns={"h_next": "N H", "f": "N H", "n": "N H"}, hints=[
    "Which number says how much is written, and what share of the old state is then left? And which state does the candidate hear?",
    "The gate is a sigmoid of a sum, as in the GRU. The candidate hears f · h, the product of single numbers, and only then comes the matrix. Mind the brackets.",
    "`1 / (1 + np.exp(-(xf + h @ Wf)))`; `np.tanh(xn + (f * h) @ Wn)`; `(1 - f) * h + f * n`.",
])
def mgu_step(x, h, Wx, Wh, b):
    """Return the state after one step of an MGU, its gate and its candidate.

    x (N, D), h (N, H), Wx (D, 2H), Wh (H, 2H), b (2H,), blocks in the order f, n. f is the
    share that is *written*; what is not overwritten is kept.
    -> h_next, f and n, each (N, H). One unit, all weights 0 and h = 1: f = 0.5, n = 0,
    h_next = 0.5.
    """
    xf, xn = np.split(x @ Wx + b, 2, axis=-1)      # (N, H) each
    Wf, Wn = np.split(Wh, 2, axis=-1)              # (H, H) each
    f = 1 / (1 + np.exp(-(xf + h @ Wf)))           # TODO: the gate
    n = np.tanh(xn + (f * h) @ Wn)                 # TODO: the candidate, which hears f · h
    h_next = (1 - f) * h + f * n                   # TODO: keep and write
    return h_next, f, n


@mgu_step.cases
def _(rng):
    one, zero = np.ones((1, 1)), np.zeros((1, 1))
    yield "all weights 0, an old state of 1", (zero, one, np.zeros((1, 2)), np.zeros((1, 2)), np.zeros(2))
    yield "only the gate's bias is not 0", (zero, one, np.zeros((1, 2)), np.zeros((1, 2)), np.array([3.0, 0.0]))
    yield "only the candidate's bias is not 0", (zero, one, np.zeros((1, 2)), np.zeros((1, 2)), np.array([0.0, 1.0]))
    yield "only the candidate hears the old state", (zero, one, np.zeros((1, 2)), np.array([[0.0, 2.0]]), np.array([-1.0, 0.5]))

    def draw(N, D, H, size=1.0):
        shapes = (N, D), (N, H), (D, 2 * H), (H, 2 * H), (2 * H,)
        return tuple(size * rng.normal(size=shape) for shape in shapes)

    yield "two units", draw(1, 1, 2)
    yield "a batch of 3, D = 2, H = 4", draw(3, 2, 4)
    yield "large weights", draw(2, 3, 3, 5.0)


@mgu_step.same
def _(x, h, Wx, Wh, b):
    H = h.shape[-1]
    a, f, n = x @ Wx + b, np.empty_like(h), np.empty_like(h)
    for k in range(H):
        f[..., k] = 0.5 + 0.5 * np.tanh((a[..., k] + h @ Wh[..., k]) / 2)
    for k in range(H):
        n[..., k] = np.tanh(a[..., H + k] + (h * f) @ Wh[..., H + k])
    return h + f * (n - h), f, n


mgu_step.mistakes_in("f", [
    ("The gate goes through a tanh: a share lies between 0 and 1, and yours can be negative.", "np.tanh(xf + h @ Wf)"),
    ("The gate has no sigmoid: a bare sum is no share.", "xf + h @ Wf"),
    ("The exponent has lost its minus, so your gate is open where it should be closed.", "1 / (1 + np.exp(xf + h @ Wf))"),
    ("The gate of the MGU hears the old state too; yours hears the input alone.", "1 / (1 + np.exp(-xf))"),
    ("The gate of the MGU hears the input too; yours hears the old state alone.", "1 / (1 + np.exp(-h @ Wf))"),
    ("Only the input's part of the gate's sum got the minus: the whole sum belongs in brackets.", "1 / (1 + np.exp(-xf + h @ Wf))"),
    ("Your gate takes the candidate's block of the weights: the first block is f, the second n.", "1 / (1 + np.exp(-(xn + h @ Wn)))"),
    ("Your gate meets its recurrent weights transposed.", "1 / (1 + np.exp(-(xf + h @ Wf.T)))"),
])
mgu_step.mistakes_in("n", [
    ("f is multiplied with h Wn, behind the matrix. In the MGU it meets the state itself: (f · h) Wn. Written as `f * h @ Wn`, which is worked out from the left, it is right.", "np.tanh(xn + f * (h @ Wn))"),
    ("Your candidate hears all of the old state: the one gate hides the state from it as well.", "np.tanh(xn + h @ Wn)"),
    ("Your candidate hears (1 - f) · h. Where much is written, f is large, and there it hears the old state: f · h.", "np.tanh(xn + ((1 - f) * h) @ Wn)"),
    ("Your candidate does not hear the old state at all.", "np.tanh(xn)"),
    ("Your candidate hears the old state alone: the input's part is missing.", "np.tanh((f * h) @ Wn)"),
    ("Your candidate has no tanh. MinGRU gives that up, in section 7; the MGU does not.", "xn + (f * h) @ Wn"),
    ("Your candidate goes through a sigmoid. It is a state, and must be able to be negative.", "1 / (1 + np.exp(-(xn + (f * h) @ Wn)))"),
    ("The gate hides the input from your candidate as well: it should meet the old state only.", "np.tanh(f * (xn + h @ Wn))"),
    ("Your candidate takes the gate's block of the weights.", "np.tanh(xf + (f * h) @ Wf)"),
])
mgu_step.mistakes_in("h_next", [
    ("f and 1 - f are exchanged, the GRU's habit. In an MGU f is the share that is written.", "f * h + (1 - f) * n"),
    ("You keep all of the old state and write on top of it: what is written takes the place of what was there.", "h + f * n"),
    ("Both get the share f: what is not written is kept, 1 - f.", "f * h + f * n"),
    ("The candidate is written whole, whatever the gate says.", "(1 - f) * h + n"),
    ("You return the candidate alone: then nothing is kept.", "n"),
    ("The mixture goes through a second tanh: a state that is kept would shrink at each step.", "np.tanh((1 - f) * h + f * n)"),
])
mgu_step.mistake("The right three in another order: h_next comes first, then the gate, then the candidate.")(
    mgu_step.changed(("return h_next, f, n", "return h_next, n, f")))
