"""Exercise 4.2: another order of the gates."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import ANY_ORDER


@exercise("4.2", title="Another order of the gates", returns={"permuted": f"D {ANY_ORDER}"}, hints=[
    "At which place of `src` does the block stand that `dst` wants first?",
    "Cut the last axis into four blocks. For each letter of `dst`, find its place in `src`, and take that block.",
    "`blocks = np.split(W, 4, axis=-1)`, then `np.concatenate([blocks[src.index(gate)] for gate in dst], axis=-1)`.",
])
def permute_gates(W, src, dst):
    """Return W (…, 4H), its four blocks of H columns put from the order `src` into `dst`.

    W: Wx (D, 4H), Wh (H, 4H) or b (4H,). src, dst: the letters i, f, o, g, as "ifog".
    With H = 1, W = [1, 2, 3, 4] in the order "ifgo" becomes [1, 2, 4, 3] in the order
    "ifog".
    """
    blocks = np.split(W, 4, axis=-1)                       # TODO: the four blocks
    chosen = [blocks[src.index(gate)] for gate in dst]     # TODO: the blocks in the order of dst
    return np.concatenate(chosen, axis=-1)


@permute_gates.cases
def _(rng):
    one = np.array([1.0, 2.0, 3.0, 4.0])
    yield "H = 1, a bias, from ifgo to ifog", (one, "ifgo", "ifog")
    yield "H = 1, a bias, from gifo to ifog", (one, "gifo", "ifog")
    yield "H = 2, a bias, from figo to ifog", (np.repeat(one, 2) + [0, 0.5] * 4, "figo", "ifog")
    yield "a matrix, D = 3, H = 2, from ifog to gifo", (rng.normal(size=(3, 8)), "ifog", "gifo")
    yield "a square matrix, H = 4 rows, from ofig to ifog", (rng.normal(size=(4, 16)), "ofig", "ifog")
    yield "a matrix, neither order ifog", (rng.normal(size=(3, 8)), "gofi", "figo")
    yield "the order stays", (rng.normal(size=(8, 8)), "ifog", "ifog")
    yield "D = 3, H = 4, from ifog to ifgo", (rng.normal(size=(3, 16)), "ifog", "ifgo")
    yield "one row, D = 1, H = 2", (rng.normal(size=(1, 8)), "oigf", "ifog")
    yield "three axes, (2, 3, 4H)", (rng.normal(size=(2, 3, 8)), "figo", "ogif")


@permute_gates.same
def _(W, src, dst):
    H = W.shape[-1] // 4
    columns = np.concatenate([np.arange(src.find(gate) * H, (src.find(gate) + 1) * H) for gate in dst])
    return W[..., columns]


@permute_gates.same
def _(W, src, dst):
    new, H = np.empty_like(W), W.shape[-1] // 4
    for old_place, gate in enumerate(src):
        to = dst.index(gate)
        new[..., to * H : (to + 1) * H] = W[..., old_place * H : (old_place + 1) * H]
    return new


for sentence, edits in [
    ("You cut the rows. The blocks lie side by side in the columns: they are cut along the last axis.", dict(blocks="np.split(W, 4)")),
    ("You cut along axis 1, which a bias does not have. The blocks lie along the *last* axis, of a matrix and of a vector.", dict(blocks="np.split(W, 4, axis=1)")),
    ("You cut after one, two and three columns: that makes four blocks of equal width for H = 1 only.", dict(blocks="np.split(W, [1, 2, 3], axis=-1)")),
    ("You take every fourth column, as if the four gates of one unit stood side by side. A block is H columns in a row.", dict(blocks="[W[..., k::4] for k in range(4)]")),
    ("You go the wrong way: from `dst` to `src`. For each letter of dst, ask where it stands in src.", dict(chosen="[blocks[dst.index(gate)] for gate in src]")),
    ("Your blocks come out in the order in which they came: W comes back as it was.", dict(chosen="blocks")),
    ("You swap the last two blocks, whatever the orders are: that is right from PyTorch's order only.", dict(chosen="[blocks[k] for k in (0, 1, 3, 2)]")),
    ("The blocks come in the reverse order.", dict(chosen="[blocks[src.index(gate)] for gate in dst[::-1]]")),
    ("You never look at `src`: you take the blocks as if W always came in the order i, f, o, g.", dict(chosen="[blocks['ifog'.index(gate)] for gate in dst]")),
    ("You never look at `dst`: whatever is asked for, your blocks come out in the order i, f, o, g.", dict(chosen="[blocks[src.index(gate)] for gate in 'ifog']")),
]:
    permute_gates.mistake(sentence, **edits)

CHOSEN, JOINED = "chosen = [blocks[src.index(gate)] for gate in dst]", "np.concatenate(chosen, axis=-1)"
IN_PLACE = (CHOSEN, "for k, gate in enumerate(dst):\n        blocks[k][:] = blocks[src.index(gate)]"), (JOINED, "W")
for sentence, *changes in [
    ("The blocks are stacked along a new axis. Put them side by side again, along the last one.",
     (JOINED, "np.stack(chosen)")),
    ("The blocks are put under one another. They belong side by side, along the last axis.",
     (JOINED, "np.concatenate(chosen, axis=0)")),
    ("You cut the rows and put them under one another again. The blocks lie side by side in the columns, the last axis.",
     ("axis=-1", "axis=0")),
    ("You write into W itself, from which you still read: a block is overwritten before it has been moved, and W belongs to the caller.",
     *IN_PLACE),
    ("You write into the array that you still read from: a block is overwritten before it has been moved.",
     ("    blocks", "    W = W.copy()\n    blocks"), *IN_PLACE),
]:
    permute_gates.mistake(sentence)(permute_gates.changed(*changes))
