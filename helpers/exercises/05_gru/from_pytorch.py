"""Exercise 5.8: bring PyTorch's weights home."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import WEIGHTS


@exercise("5.8", title="Bring PyTorch's weights home", returns={"Wx": WEIGHTS["Wx"], "Wh": WEIGHTS["Wh"], "b": WEIGHTS["b"], "b_hn": "H"}, hints=[
    "Theirs are r, z, n, one below the other. Which of their rows make our first block, z? And what has to happen to rows that should "
    "become columns?",
    "Two biases that are added can be written as one, their sum. That is so for z and r. In n the second one is inside r · ( … ): "
    "it cannot join the first.",
    "`order = np.r_[H:2 * H, 0:H, 2 * H:3 * H]` picks the rows z, r, n; `weight_ih[order].T`; `(bias_ih + outside)[order]`.",
])
def from_pytorch(weight_ih, weight_hh, bias_ih, bias_hh):
    """Return the weights of a torch.nn.GRU as this course's GRU (reset="after") wants them.

    weight_ih (3H, D), weight_hh (3H, H), biases (3H,): blocks r, z, n, one below the other;
    weight_ih meets the input, weight_hh the old state. Their z keeps the old one, as ours.
    -> Wx (D, 3H), Wh (H, 3H), b (3H,): blocks z, r, n, side by side; and b_hn (H,),
    the bias that stays inside r · (h @ Wn + b_hn).
    H = 1, weight_ih = [[1.], [2.], [3.]], bias_ih = [1., 2., 3.], bias_hh = [10., 20., 30.]
    become Wx = [[2., 1., 3.]], b = [22., 11., 3.], b_hn = [30.].
    """
    H = weight_hh.shape[1]
    order = np.r_[H:2 * H, 0:H, 2 * H:3 * H]      # TODO: (3H,), their rows in our order
    Wx = weight_ih[order].T                       # TODO: (D, 3H)
    Wh = weight_hh[order].T                       # TODO: (H, 3H)
    b_hn = bias_hh[2 * H:]                        # TODO: (H,), the bias that r multiplies
    outside = np.append(bias_hh[:2 * H], np.zeros(H))   # (3H,): the rest of bias_hh
    b = (bias_ih + outside)[order]                # TODO: (3H,), all biases outside of r · ( … )
    return Wx, Wh, b, b_hn


def _torch_weights(rng, D, H):
    return rng.normal(size=(3 * H, D)), rng.normal(size=(3 * H, H)), rng.normal(size=3 * H), rng.normal(size=3 * H)


@from_pytorch.cases
def _(rng):
    yield "the worked number: H = 1", (
        np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [0.7], [0.9]]), np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0]))
    yield "D = 2, H = 1", _torch_weights(rng, 2, 1)
    yield "D = 2, H = 3", _torch_weights(rng, 2, 3)
    yield "square blocks, D = H = 3", _torch_weights(rng, 3, 3)
    yield "D = 9, H = 3: as many inputs as rows", _torch_weights(rng, 9, 3)
    ih, hh, _, _ = _torch_weights(rng, 4, 2)
    yield "no biases, D = 4, H = 2", (ih, hh, np.zeros(6), np.zeros(6))


@from_pytorch.same
def _(weight_ih, weight_hh, bias_ih, bias_hh):
    Wx, Wh = (np.hstack([part.T for part in (z, r, n)]) for r, z, n in (np.split(weight_ih, 3), np.split(weight_hh, 3)))
    (br, bz, bn), (cr, cz, cn) = np.split(bias_ih, 3), np.split(bias_hh, 3)
    return Wx, Wh, np.concatenate([bz + cz, br + cr, bn]), cn


@from_pytorch.same
def _(weight_ih, weight_hh, bias_ih, bias_hh):
    H = len(bias_ih) // 3
    back = [weight_ih.T.copy(), weight_hh.T.copy(), bias_ih + bias_hh]
    back[2][-H:] = bias_ih[-H:]
    for a in back:
        a[..., : 2 * H] = np.concatenate([a[..., H : 2 * H], a[..., :H]], axis=-1)
    return *back, bias_hh[-H:]


for sentence, edits in [
    ("Your blocks still stand as r, z, n: this course's cell would take their reset gate for z.", dict(order="np.arange(3 * H)")),
    ("Your blocks come as n, z, r. In theirs r and z have to change places, and n stays the last.", dict(order="np.r_[2 * H:3 * H, H:2 * H, 0:H]")),
    ("Wx is not transposed: in theirs a block has a row for each unit, in ours a column for each unit.", dict(Wx="weight_ih[order]")),
    ("Wh is not transposed: row j of theirs says what unit j hears, in ours column j does.", dict(Wh="weight_hh[order]")),
    ("Wx keeps the order r, z, n: it has the same three blocks as the others.", dict(Wx="weight_ih.T")),
    ("Wh keeps the order r, z, n: it has the same three blocks as the others.", dict(Wh="weight_hh.T")),
    ("Wx and Wh are swapped: weight_ih (from input to hidden) is Wx.", dict(Wx="weight_hh[order].T", Wh="weight_ih[order].T")),
    ("Your b_hn is the first block of bias_hh, which is r's. The block n is the last one.", dict(b_hn="bias_hh[:H]")),
    ("Your b_hn is the middle block of bias_hh, which is z's. The block n is the last one.", dict(b_hn="bias_hh[H:2 * H]")),
    ("Your b_hn comes from bias_ih. The one inside r · ( … ) stands beside weight_hh: it is part of bias_hh.", dict(b_hn="bias_ih[2 * H:]")),
    ("Your b_hn is zero. Training has set it to something, and the candidate needs it.", dict(b_hn="np.zeros(H)")),
    ("Your b_hn is all of bias_hh. Only the block n stays inside r · ( … ), H numbers.", dict(b_hn="bias_hh[order]")),
    ("Your weights are in our order, and your bias still stands as r, z, n: it has the same three blocks.", dict(b="bias_ih + outside")),
    ("You add b_hn to n's bias. There it counts in full; in theirs the reset gate multiplies it. It stays apart.", dict(b="(bias_ih + bias_hh)[order]")),
    ("You leave out bias_hh. For z and r it is added to the same sum as bias_ih.", dict(b="bias_ih[order]")),
    ("You leave out bias_ih. Both biases are in the sums of z and r, and n has bias_ih outside of r.", dict(b="outside[order]")),
    ("You take the mean of the two biases. They are added.", dict(b="((bias_ih + outside) / 2)[order]")),
    ("You negate z's bias. Their z keeps the old state, as ours does: no sign changes.", dict(b="(bias_ih + outside)[order] * np.repeat([-1, 1, 1], H)")),
    ("Brackets: in `bias_ih + outside[order]` one bias is in our order and the other in theirs.", dict(b="bias_ih + outside[order]")),
]:
    from_pytorch.mistake(sentence, **edits)

for W in ("weight_ih", "weight_hh"):
    from_pytorch.mistake("You transpose first, and `order` then picks among the inputs. It picks rows of theirs: order first, or pick columns.")(
        from_pytorch.changed((f"{W}[order].T", f"{W}.T[order]")))
