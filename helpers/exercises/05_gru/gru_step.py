"""Exercise 5.1: one GRU step."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import gru_inputs


@exercise("5.1", title="One GRU step", returns={"h_next": "N H", "z": "N H", "r": "N H", "n": "N H"}, hints=[
    "Which of the four lines of the equations does each TODO belong to? Which of z and r decides about the old state as a whole, "
    "which only about what the candidate hears of it?",
    "A gate is a sigmoid of `what the input says + what the old state says`. For the candidate ask: does r meet h before it is "
    "multiplied with Wn, or what comes out of the product?",
    "`(r * h) @ Wn` is before, `r * (h @ Wn)` is after; the new state is a mixture whose two shares, z and 1 - z, add up to one.",
])
def gru_step(x, h, Wx, Wh, b, reset):
    """One step of a GRU, with the reset gate "before" or "after" the matrix product.

    x (N, D), h (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,), blocks in the order z, r, n;
    reset is "before" or "after"
    -> h_next, z, r, n, all (N, H): the new state, the two gates and the candidate.
    All weights and biases zero, h = 0.8: both gates are 0.5, n = 0 and h_next = 0.4.
    """
    xz, xr, xn = np.split(x @ Wx + b, 3, axis=1)      # (N, H) each: what the input says
    Wz, Wr, Wn = np.split(Wh, 3, axis=1)              # (H, H) each
    r = 1 / (1 + np.exp(-(xr + h @ Wr)))              # the reset gate
    z = 1 / (1 + np.exp(-(xz + h @ Wz)))              # TODO: the update gate
    if reset == "before":
        n = np.tanh(xn + (r * h) @ Wn)                # TODO: the candidate, r before the product
    else:
        n = np.tanh(xn + r * (h @ Wn))                # TODO: the candidate, r after the product
    h_next = z * h + (1 - z) * n                      # TODO: keep a share z, write the rest
    return h_next, z, r, n


@gru_step.cases
def _(rng):
    one, none = np.ones((1, 1)), np.zeros((1, 3))
    yield "the worked number: one unit, all weights and biases zero", (one, 0.8 * one, none, none, np.zeros(3), "after")
    yield "one unit, only the biases are not zero", (one, 0.8 * one, none, none, np.array([0.7, -1.4, 0.3]), "after")
    for reset in ("after", "before"):
        yield f'one unit, only the old state\'s weights are not zero, reset="{reset}"', (
            one, 0.8 * one, none, np.array([[2.0, -1, 3]]), np.zeros(3), reset)
    yield 'one unit, one sequence, reset="after"', gru_inputs(rng, 1, 1, 1, "after")
    yield 'N = 2, D = 3, H = 4, reset="after"', gru_inputs(rng, 2, 3, 4, "after")
    yield 'N = 2, D = 3, H = 4, reset="before"', gru_inputs(rng, 2, 3, 4, "before")
    yield 'square arrays, N = D = H = 3, reset="before"', gru_inputs(rng, 3, 3, 3, "before")
    yield 'square arrays, N = D = H = 3, reset="after"', gru_inputs(rng, 3, 3, 3, "after")
    x, h, *weights = gru_inputs(rng, 2, 3, 2, "after")
    yield "input and state in whole numbers", (np.sign(x).astype(int), np.zeros((2, 2), int), *weights)
    for reset in ("after", "before"):
        x, h, Wx, Wh, b, _ = gru_inputs(rng, 2, 3, 4, reset)
        yield f'weights of about 1000, reset="{reset}"', (x, h, 1000 * Wx, 1000 * Wh, b, reset)


@gru_step.same
def _(x, h, Wx, Wh, b, reset):
    H = h.shape[1]
    a = x @ Wx[:, : 2 * H] + h @ Wh[:, : 2 * H] + b[: 2 * H]
    gates = 0.5 + 0.5 * np.tanh(a / 2)
    z, r = gates[:, :H], gates[:, H:]
    heard = np.einsum("nh,hk->nk", r * h, Wh[:, 2 * H :]) if reset == "before" else r * np.einsum("nh,hk->nk", h, Wh[:, 2 * H :])
    n = np.tanh(x @ Wx[:, 2 * H :] + b[2 * H :] + heard)
    return n + z * (h - n), z, r, n


@gru_step.same
def _(x, h, Wx, Wh, b, reset):
    x, h, Wx, Wh, b = (a.astype(np.float32) for a in (x, h, Wx, Wh, b))
    new = []
    for row, old in zip(x, h, strict=True):
        bz, br, bn = np.split(row @ Wx + b, 3)
        uz, ur, un = np.split(old @ Wh, 3)
        z, r = 1 / (1 + np.exp(-bz - uz)), 1 / (1 + np.exp(-br - ur))
        if reset == "before":
            un = (r * old) @ Wh[:, 2 * len(old) :]
            n = np.tanh(bn + un)
        else:
            n = np.tanh(bn + r * un)
        new.append((z * old + (1 - z) * n, z, r, n))
    return tuple(np.array(part) for part in zip(*new, strict=True))


gru_step.mistakes_in("z", [
    ("z goes through a tanh: it can become negative and change the old state's sign. A share lies between 0 and 1.", "np.tanh(xz + h @ Wz)"),
    ("z goes through a tanh and then through the sigmoid, so it stays between 0.27 and 0.73: this unit can neither keep nor overwrite.", "1 / (1 + np.exp(-np.tanh(xz + h @ Wz)))"),
    ("z hears the input alone. Whether to keep the old state depends on the old state as well.", "1 / (1 + np.exp(-xz))"),
    ("z hears the old state alone: the input's part of its sum is missing.", "1 / (1 + np.exp(-h @ Wz))"),
    ("Your update gate is the reset gate once more: it takes the second block of the weights, and z is the first.", "1 / (1 + np.exp(-(xr + h @ Wr)))", "r"),
    ("Your update gate takes its input's part from its own block and the old state's part from the reset gate's.", "1 / (1 + np.exp(-(xz + h @ Wr)))"),
    ("Your update gate takes its old state's part from its own block and the input's part from the reset gate's.", "1 / (1 + np.exp(-(xr + h @ Wz)))"),
    ("Your sigmoid has the wrong sign in the exponent: it falls where it should rise, so your z is 1 - z.", "1 / (1 + np.exp(xz + h @ Wz))"),
    ("Only part of z's sum has the minus sign: in `np.exp(-a + b)` it belongs to a alone. Put the whole sum into brackets.", "1 / (1 + np.exp(-xz + h @ Wz))"),
    ("The old state meets Wz transposed in your z: rows are where a weight comes from, columns where it goes to.", "1 / (1 + np.exp(-(xz + h @ Wz.T)))"),
    ("Your z is the bare sum. Without the sigmoid it is no share between 0 and 1.", "xz + h @ Wz"),
    ("Your z is 1 - r. The two gates decide different things, and each has a block of weights of its own.", "1 - r"),
    ("`1 / 1 + np.exp(-a)` divides first and adds then: your z is above 1. The sum below the line needs brackets.", "1 / 1 + np.exp(-(xz + h @ Wz))"),
    ("Your sigmoid has a minus where a plus belongs: 1 - e to the power of -a is zero at a = 0, and one divides by it.", "1 / (1 - np.exp(-(xz + h @ Wz)))"),
    ("Your update gate hears the old state through the reset gate. r stands in the candidate only: z hears all of h.", "1 / (1 + np.exp(-(xz + (r * h) @ Wz)))"),
])

gru_step.mistakes_in("h_next", [
    ("Your z and 1 - z are swapped: some papers have it so, but in this course z is the share of the *old* state that is kept.", "(1 - z) * h + z * n"),
    ("Old state and candidate have the shares z and 1: together they are more than a whole, and the state can grow without end.", "z * h + n"),
    ("You keep all of the old state and add to it: without the factor z nothing is ever forgotten.", "h + (1 - z) * n"),
    ("Both get the share z. What is not kept is what is written: the candidate gets the other share, 1 - z.", "z * h + z * n"),
    ("You mix with the reset gate. r speaks inside the candidate only; how much of the old state stays is the update gate's business.", "r * h + (1 - r) * n"),
    ("The new state is the candidate alone: then z decides nothing, and the old state has no direct way through.", "n"),
    ("The candidate gets the share 1 - r. Both shares are the update gate's: z and what z leaves.", "z * h + (1 - r) * n"),
    ("You put r into the mixture. It has had its say inside the candidate; here only z decides.", "z * h + (1 - z) * r * n"),
    ("You put r into the mixture. It has had its say inside the candidate; here only z decides.", "z * r * h + (1 - z) * n"),
    ("You squash the mixture once more. Old state and candidate lie within -1 and 1 already, and with a tanh around it z = 1 would not keep h.", "np.tanh(z * h + (1 - z) * n)"),
    ("The candidate goes through a second tanh in your mixture: n has been through it.", "z * h + (1 - z) * np.tanh(n)"),
    ("Both shares go to the old state: z h + (1 - z) h is h again. The second one is the candidate's.", "z * h + (1 - z) * h"),
])

BEFORE, AFTER = "n", "n__2"
for sentence, edits in [
    ('You always apply r after the product. With reset="before" it meets the old state itself.', {BEFORE: "np.tanh(xn + r * (h @ Wn))"}),
    ('You apply r before the product also where reset="after": there it meets what comes out of the product. Note that `r * h @ Wn` is worked out from the left.',
     {AFTER: "np.tanh(xn + (r * h) @ Wn)"}),
    ('The two placements are swapped: "before" means that r meets h before it is multiplied with Wn.', {BEFORE: "np.tanh(xn + r * (h @ Wn))", AFTER: "np.tanh(xn + (r * h) @ Wn)"}),
]:
    gru_step.mistake(sentence, **edits)

# In the candidate, with both placements or with one of them only; HEARD is what it hears of the old state through r.
for sentence, *lines in [
    ("The reset gate acts on the input in your candidate. It is the *old state* that it hides.", "np.tanh(r * xn + h @ Wn)"),
    ("The reset gate acts on the whole sum of the candidate. It hides the old state only: the input's part stays.", "np.tanh(r * (xn + h @ Wn))"),
    ("The reset gate does nothing: your candidate hears all of the old state, as in a plain RNN.", "np.tanh(xn + h @ Wn)"),
    ("You multiply the candidate by r outside of the tanh: there it hides the input as well.", "r * np.tanh(xn + h @ Wn)"),
    ("Your candidate does not hear the old state at all: with r = 1 it should be that of a plain RNN.", "np.tanh(xn)"),
    ("Your candidate does not hear the input: its part, xn, is missing in the sum.", "np.tanh(HEARD)"),
    ("You use 1 - r: it opens where the reset gate wants to close.", "np.tanh(xn + HEARD)", "1 - r"),
    ("Your candidate takes the update gate for its reset gate. r decides what it hears of the old state.", "np.tanh(xn + HEARD)", "z"),
    ("The tanh around the candidate is missing: the state can leave the range from -1 to 1.", "xn + HEARD"),
    ("Your candidate goes through the sigmoid. It is a state, not a share: it has to be able to be negative.", "1 / (1 + np.exp(-(xn + HEARD)))"),
    ("In your candidate the tanh is around the old state's part alone: the input belongs inside as well.", "xn + np.tanh(HEARD)"),
]:
    before, after = (lines[0].replace("HEARD", heard.replace("r", lines[-1]) if lines[1:] else heard) for heard in ("((r) * h) @ Wn", "(r) * (h @ Wn)"))
    for edits in ({BEFORE: before, AFTER: after}, {BEFORE: before}, {AFTER: after}):
        gru_step.mistake(sentence, **edits)

for order in ("h_next, r, z, n", "z, r, n, h_next", "h_next, n, z, r"):
    gru_step.mistake("These are the right four in another order: it is h_next, z, r, n.")(gru_step.changed(("return h_next, z, r, n", f"return {order}")))

gru_step.mistake("You take the blocks in the order r, z, n, which is PyTorch's. In this course the update gate comes first.")(
    gru_step.changed(("xz, xr, xn =", "xr, xz, xn ="), ("Wz, Wr, Wn =", "Wr, Wz, Wn =")))
