"""Exercise 5.3: between two conventions."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import weights


@exercise("5.3", title="Between two conventions", returns={"Wx": "D 3H", "Wh": "H 3H", "b": "3H"}, hints=[
    "Their z is 1 - z of ours. Which number must go into a sigmoid so that 1 - σ(a) comes out?",
    "σ(-a) = 1 - σ(a), and a is x @ Wx + h @ Wh + b: the minus sign goes into all three. In `blocks` they lie on top of each other. "
    "For the order: `order` names the blocks from left to right.",
    '`-blocks["z"]`, and `np.hstack([blocks[name] for name in order])`.',
])
def convert_convention(Wx, Wh, b, order, z_keeps):
    """Return the weights of this course's GRU as a GRU of another convention wants them.

    Wx (D, 3H), Wh (H, 3H), b (3H,): blocks z, r, n, h_next = z * h + (1 - z) * n
    order: how the other one orders its blocks, from left to right, such as "rzn"
    z_keeps: True if its z keeps the old state, as ours; False: h_next = (1 - z) * h + z * n
    -> Wx, Wh, b of the same shapes, with which the other one computes the same states.
    With H = 1 and b = [1., 2., 3.], order "rzn" and z_keeps=False, b becomes [2., -1., 3.].
    """
    D, stacked = len(Wx), np.vstack([Wx, Wh, b])                # (D + H + 1, 3H)
    z, r, n = np.split(stacked, 3, axis=1)                      # (D + H + 1, H) each
    blocks = {"z": z, "r": r, "n": n}
    if not z_keeps:
        blocks["z"] = -blocks["z"]                              # TODO: the gate that says 1 - z
    W = np.hstack([blocks[name] for name in order])             # TODO: the blocks in their order
    return W[:D], W[D:-1], W[-1]


@convert_convention.cases
def _(rng):
    b = np.array([1.0, 2.0, 3.0])
    yield "the worked number: H = 1, only the bias is not zero", (np.zeros((1, 3)), np.zeros((1, 3)), b, "rzn", False)
    yield "nothing to do: the order is zrn and z keeps", (*weights(rng, 1, 1), "zrn", True)
    yield "only z means the opposite, D = 2, H = 1", (*weights(rng, 2, 1), "zrn", False)
    yield "only the order is another, rzn, D = 2, H = 3", (*weights(rng, 2, 3), "rzn", True)
    yield "the order nzr, D = 2, H = 3", (*weights(rng, 2, 3), "nzr", True)
    yield "the order rnz and the opposite z, D = 2, H = 3", (*weights(rng, 2, 3), "rnz", False)
    yield "the order znr and the opposite z, D = H = 3", (*weights(rng, 3, 3), "znr", False)


@convert_convention.same
def _(Wx, Wh, b, order, z_keeps):
    H = len(Wh)
    sign = np.ones(3 * H)
    if not z_keeps:
        sign[:H] = -1
    columns = np.concatenate([np.arange(H) + H * "zrn".index(name) for name in order])
    return (Wx * sign)[:, columns], (Wh * sign)[:, columns], (b * sign)[columns]


@convert_convention.same
def _(Wx, Wh, b, order, z_keeps):
    H, out = len(Wh), []
    for W in (Wx, Wh, b[None]):
        new = np.empty_like(W)
        for place, name in enumerate(order):
            old = "zrn".index(name)
            block = W[:, old * H : (old + 1) * H]
            new[:, place * H : (place + 1) * H] = -block if name == "z" and not z_keeps else block
        out.append(new)
    return out[0], out[1], out[2][0]


ONE_OVER = "You take one over the weights. It is the sign that turns σ into 1 - σ."
INTO = "You put the weights through the sigmoid. They are what goes *into* it: the other net takes the sigmoid itself, later."
convert_convention.mistakes_in("blocks_z", [
    ("You negate z's bias alone. 1 - σ(a) = σ(-a) needs the minus sign before the *whole* sum a: weights and bias.", "np.vstack([z[:-1], -z[-1:]])"),
    ("You negate z's weights and leave its bias as it is. The bias is part of the sum in the sigmoid too.", "np.vstack([-z[:-1], z[-1:]])"),
    ("You negate what z hears of the input only. What it hears of the old state, Wh, is part of the same sum.", "np.vstack([-z[:D], z[D:-1], -z[-1:]])"),
    ("You negate what z hears of the old state only. What it hears of the input, Wx, is part of the same sum.", "np.vstack([z[:D], -z[D:]])"),
    ("You negate z's part of Wx alone. What z hears of the old state, and its bias, are in the same sum.", "np.vstack([-z[:D], z[D:]])"),
    ("You negate z's part of Wh alone. What z hears of the input, and its bias, are in the same sum.", "np.vstack([z[:D], -z[D:-1], z[-1:]])"),
    ("You negate z's weights and take 1 minus its bias. The sum in the sigmoid changes its sign, all of it and nothing else.", "np.vstack([-z[:-1], 1 - z[-1:]])"),
    ("You leave z's weights and take 1 minus its bias. It is the gate that becomes 1 minus itself, not what goes into it.", "np.vstack([z[:-1], 1 - z[-1:]])"),
    ("You take 1 minus the weights. It is the gate that becomes 1 minus itself, and the gate is a sigmoid of them.", "1 - z"),
    (ONE_OVER, "1 / z", "1 / np.where(z == 0, 1, z)"),
    (INTO, "1 / (1 + np.exp(-z))", "1 - 1 / (1 + np.exp(-z))"),
    ("You put the candidate's weights in z's place: their update gate would hear what the candidate hears.", "-n"),
    ("You put the reset gate's weights in z's place: their update gate would be a second reset gate.", "-r"),
    ("You never negate z: where their z writes instead of keeping, your z still keeps.", "z"),
])

convert_convention.mistakes_in("W", [
    ("Your blocks keep the order z, r, n. The other one reads them in its own order, and would take z for something else.", 'np.hstack([blocks[name] for name in "zrn"])'),
    ("Your blocks stand as r, z, n whatever `order` says: that is one library's order, and others have theirs.", 'np.hstack([blocks[name] for name in "rzn"])'),
    ("You sort the blocks by the alphabet. `order` has them as the other one wants them.", "np.hstack([blocks[name] for name in sorted(order)])"),
    ("Your blocks come in the reverse of their order.", "np.hstack([blocks[name] for name in order[::-1]])"),
    ("You apply the order backwards: `order` says which block comes first in *theirs*, not where ours would go. For a swap of two it makes no difference; for nzr and rnz it does.",
     'np.hstack([blocks["zrn"[order.index(name)]] for name in "zrn"])'),
    ("You stack z, r, n as they were cut: neither the negated z nor the order is in them. Use `blocks` and `order`.", "np.hstack([z, r, n])"),
    ("The blocks are put under one another. They lie side by side, along the last axis.", "np.concatenate([blocks[name] for name in order])"),
])

convert_convention.mistake("You negate whichever block comes first in the new order. z is the first in ours; in theirs it may stand elsewhere.", blocks_z="z",
                           W="np.hstack([-blocks[name] if name == order[0] and not z_keeps else blocks[name] for name in order])")

Z, N, R = (f'blocks["{name}"] = -blocks["{name}"]' for name in "znr")
for sentence, *pair in [
    ("You negate the candidate. It is the same in both conventions; only the gate means the opposite.", Z, N),
    ("You negate the candidate as well as the gate: then something else is written, and the states are no longer the same.", Z, f"{Z}; {N}"),
    ("You negate the reset gate. The two conventions differ in the *update* gate, z.", Z, R),
    ("You negate both gates. The reset gate means the same in both conventions.", Z, f"{Z}; {R}"),
    ("You negate everything, so the candidate gets the opposite sign, and the reset gate opens where it should close.", Z, f"{Z}; {N}; {R}"),
    ("You swap the weights of z and of the candidate. Only the shares change places, not what gate and candidate are made of.", Z, 'blocks["z"], blocks["n"] = n, z'),
    ("You negate z where it keeps and leave it where it does not: `z_keeps` is True when nothing has to change.", "not z_keeps", "z_keeps"),
    ("You negate z in every case. Where `z_keeps` is True, theirs means what ours means.", "not z_keeps", "True"),
    ("You convert Wx and Wh, and hand the bias back as it was: it has the same three blocks.", "W[-1]", "b"),
    ("You convert Wx alone. Wh and b have the same three blocks.", "W[D:-1], W[-1]", "Wh, b"),
]:
    convert_convention.mistake(sentence)(convert_convention.changed(pair))
