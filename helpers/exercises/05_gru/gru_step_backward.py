"""Exercise 5.2: one GRU step, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .gru_step import gru_step
from .shared import WEIGHTS, gru_inputs


@exercise("5.2", title="One GRU step, backwards", returns={"dx": "N D", "dh_prev": "N H", "grads": WEIGHTS}, hints=[
    "h_next = z h + (1 - z) n. If z grows a little, what happens to h_next? And if n grows? Then go on through the sigmoid and the tanh.",
    "Slopes: σ' = z (1 - z) and tanh' = 1 - n². r is multiplied with u, so da_r begins with da_n, times u. "
    "And the old state is heard in four places.",
    "da_z = dh · (h - n) · z (1 - z);  da_n = dh · (1 - z) · (1 - n²);  da_r = da_n · u · r (1 - r);  the old state gets dh · z and what "
    "comes back through Wh transposed.",
])
def gru_step_backward(dh, cache):
    """Take dh (N, H) back through one GRU step with reset="after".

    cache = (x, h, z, r, n, Wx, Wh): x (N, D), the OLD state h (N, H), z, r, n (N, H),
    Wx (D, 3H), Wh (H, 3H), blocks z, r, n
    -> dx (N, D), dh_prev (N, H), grads: a dict with Wx, Wh and b (3H,).
    da_z, da_r, da_n are the gradients at the sums inside the two sigmoids and the tanh.
    One unit, dh = 1, h = 1, z = 0.75, r = 0.5, n = -0.5, the block n of Wh 2, all other
    weights 0: da_z = 0.28125, da_n = 0.1875, da_r = 0.09375, dh_prev = 0.9375.
    """
    x, h, z, r, n, Wx, Wh = cache
    u = h @ Wh[:, 2 * h.shape[1]:]                # (N, H): what r is multiplied with
    da_n = dh * (1 - z) * (1 - n**2)              # TODO: at the sum inside the tanh
    da_z = dh * (h - n) * z * (1 - z)             # TODO: at the sum inside z's sigmoid
    da_r = da_n * u * r * (1 - r)                 # TODO: at the sum inside r's sigmoid
    from_x = np.hstack([da_z, da_r, da_n])        # (N, 3H): the gradient of x @ Wx + b
    from_h = np.hstack([da_z, da_r, da_n * r])    # (N, 3H): that of h @ Wh, r in block n
    dh_prev = dh * z + from_h @ Wh.T              # TODO: the old state, along all its ways
    grads = {"Wx": x.T @ from_x, "Wh": h.T @ from_h, "b": from_x.sum(axis=0)}
    return from_x @ Wx.T, dh_prev, grads


def _cache(rng, N, D, H):
    x, h, Wx, Wh, b, _ = gru_inputs(rng, N, D, H, "after")
    return x, h, *gru_step(x, h, Wx, Wh, b, "after")[1:], Wx, Wh


@gru_step_backward.cases
def _(rng):
    one = np.ones((1, 1))
    yield "the worked number: one unit, one weight", (
        one, (one, one, 0.75 * one, one / 2, -one / 2, np.zeros((1, 3)), np.array([[0.0, 0.0, 2.0]])))
    dh, *unit = [np.array([[number]]) for number in (2.0, 0.5, 1.6, 0.3, 0.6, -0.7)]      # x, h, z, r, n
    yield "one unit, weights of x alone", (dh, (*unit, np.array([[2.0, -3, 4]]), np.array([[0.0, 0, 5]])))
    yield "one unit, one sequence", (dh, (*unit, np.array([[1.0, -2, 3]]), np.array([[3.0, -2, 4]])))
    yield "one unit, a batch of 3", (rng.normal(size=(3, 1)), _cache(rng, 3, 1, 1))
    yield "N = 2, D = 3, H = 4", (rng.normal(size=(2, 4)), _cache(rng, 2, 3, 4))
    yield "N = 1, D = 3, H = 2", (rng.normal(size=(1, 2)), _cache(rng, 1, 3, 2))
    yield "square arrays, N = D = H = 3", (rng.normal(size=(3, 3)), _cache(rng, 3, 3, 3))
    x, h, z, r, n, *weights = _cache(rng, 3, 2, 3)
    yield "one unit after the other", (np.eye(3), (x, h, z, r, n, *weights))
    yield "z is 1: all of the old state is kept", (rng.normal(size=(3, 3)), (x, h, 0 * z + 1, r, n, *weights))
    yield "r is 0, no old state", (rng.normal(size=(3, 3)), (x, 0 * h, z, 0 * r, n, *weights))


@gru_step_backward.same
def _(dh, cache):
    x, h, z, r, n, Wx, Wh = cache
    Wz, Wr, Wn = np.split(Wh, 3, axis=1)
    an = (dh - dh * z) * (1 + n) * (1 - n)
    du = an * r
    ar = an * (h @ Wn) * (r - r**2)
    az = dh * (z - z**2) * (h - n)
    A = np.concatenate([az, ar, an], axis=1)
    return (np.einsum("nk,dk->nd", A, Wx), z * dh + az @ Wz.T + ar @ Wr.T + du @ Wn.T,
            {"b": A.sum(0), "Wh": np.hstack([h.T @ az, h.T @ ar, h.T @ du]), "Wx": np.einsum("nd,nk->dk", x, A)})


@gru_step_backward.same
def _(dh, cache):
    x, h, z, r, n, Wx, Wh = (a.astype(np.float32) for a in cache)
    dh, H = dh.astype(np.float32), h.shape[1]
    dn = dh * (1 - z) * (1 - n * n)
    A = np.hstack([dh * (h - n) * z * (1 - z), dn * (h @ Wh[:, -H:]) * r * (1 - r), dn])
    B = A.copy()
    B[:, -H:] *= r
    return A @ Wx.T, z * dh + (Wh @ B.T).T, {"Wx": x.T @ A, "Wh": h.T @ B, "b": A.sum(axis=0)}


SIGMOID_Z, SIGMOID_R = "The slope of the sigmoid is z (1 - z): one of its two factors is missing in your da_z.", "The slope of the sigmoid is r (1 - r): one of its two factors is missing in your da_r."
DIRECT = "On the direct way stands the slope of a sigmoid. The old state is multiplied with z itself: the factor is z."
H, BACK = "z.shape[1]", "from_h @ Wh.T"
for sentence, *edits in [
    ("da_n has no slope of the tanh: the factor 1 - n² is missing.", dict(da_n="dh * (1 - z)")),
    ("da_n has no share: the candidate went into the new state as (1 - z) · n, so 1 - z of dh arrives at it.", dict(da_n="dh * (1 - n**2)")),
    ("da_n gets the share z. That is the old state's; the candidate's is 1 - z.", dict(da_n="dh * z * (1 - n**2)")),
    ("The slope of tanh is 1 - n², not 1 - n.", dict(da_n="dh * (1 - z) * (1 - n)")),
    ("In your da_n the square takes in too much: the slope of tanh is 1 minus the square of n, not the square of 1 - n.", dict(da_n="dh * (1 - z) * (1 - n) ** 2")),
    ("n is the *output* of the tanh. You put it through the tanh a second time: the slope is 1 - n².", dict(da_n="dh * (1 - z) * (1 - np.tanh(n) ** 2)")),
    ("n (1 - n) is the slope of a sigmoid. The candidate is a tanh: 1 - n².", dict(da_n="dh * (1 - z) * n * (1 - n)")),
    ("Your da_n has the factor r. r stands between u and the sum: it concerns u, and is in `from_h` already.", dict(da_n="dh * (1 - z) * (1 - n**2) * r")),
    ("dh is missing in your da_n: it holds how much the sum matters to h_next, and not yet h_next to the loss.", dict(da_n="(1 - z) * (1 - n**2)")),
    ("The sign of da_z is wrong: a larger z means more of the *old* state and less of the candidate, h - n.", dict(da_z="dh * (n - h) * z * (1 - z)")),
    ("da_z looks at the old state alone. A larger z also takes something away from the candidate: h - n.", dict(da_z="dh * h * z * (1 - z)")),
    ("da_z looks at the candidate alone. z decides between two: what it gives to h it takes from n.", dict(da_z="-dh * n * z * (1 - z)")),
    ("da_z looks at the candidate alone. z decides between two: what it gives to h it takes from n.", dict(da_z="dh * n * z * (1 - z)")),
    ("da_z has no slope of the sigmoid: the factor z (1 - z) is missing.", dict(da_z="dh * (h - n)")),
    ("1 - z² is the slope of a tanh. z is a sigmoid: z (1 - z).", dict(da_z="dh * (h - n) * (1 - z**2)")),
    (SIGMOID_Z, dict(da_z="dh * (h - n) * (1 - z)"), dict(da_z="dh * (h - n) * z")),
    ("Your da_z begins at da_n. z stands outside the tanh, in the mixture: what reaches it is dh itself.", dict(da_z="da_n * (h - n) * z * (1 - z)")),
    ("Your da_z adds h and n. What z gives to the one it takes from the other: a difference.", dict(da_z="dh * (h + n) * z * (1 - z)")),
    ("dh is missing in your da_z: it holds how much the sum matters to h_next, and not yet h_next to the loss.", dict(da_z="(h - n) * z * (1 - z)")),
    ("da_r begins at dh in yours. r sits inside the candidate, so what reaches it has passed through the tanh: begin with da_n.", dict(da_r="dh * u * r * (1 - r)")),
    ("da_r lacks the factor u: r was multiplied with u = h @ Wn, and u is how much a change of r matters.", dict(da_r="da_n * r * (1 - r)")),
    ("da_r is multiplied with the old state. That is so for reset=\"before\", once da_n has gone back through Wn; here r meets u = h @ Wn.", dict(da_r="da_n * h * r * (1 - r)")),
    ('This is the da_r of reset="before": there r meets h before the product. Here it meets what comes out of it.', dict(da_r="(da_n @ Wh[:, 2 * h.shape[1]:].T) * h * r * (1 - r)")),
    ("da_r has no slope of the sigmoid: the factor r (1 - r) is missing.", dict(da_r="da_n * u")),
    ("1 - r² is the slope of a tanh. r is a sigmoid: r (1 - r).", dict(da_r="da_n * u * (1 - r**2)")),
    ("Your da_r goes through the slope of the tanh twice: da_n has it already.", dict(da_r="da_n * (1 - n**2) * u * r * (1 - r)")),
    ("Your da_r begins at dh and forgets the tanh on the way: the slope 1 - n² lies between. da_n has both.", dict(da_r="dh * (1 - z) * u * r * (1 - r)")),
    ("Your da_r has the slope of z's sigmoid. It is r that stands here: r (1 - r).", dict(da_r="da_n * u * z * (1 - z)")),
    ("Your da_r has the factor r once too often: r (1 - r) is its sigmoid's slope, and nothing else of r belongs here.", dict(da_r="da_n * u * r * (1 - r) * r")),
    (SIGMOID_R, dict(da_r="da_n * u * r"), dict(da_r="da_n * u * (1 - r)")),
    ("`da_n * h @ Wn` is worked out from the left, (da_n · h) @ Wn. r met the finished product h @ Wn, which is u.", dict(da_r="(da_n * h) @ Wh[:, 2 * h.shape[1]:] * r * (1 - r)")),
    ("The direct way is missing: the old state enters the new one as z · h, without passing through any matrix, so dh · z comes straight back.", dict(dh_prev=BACK)),
    ("On the direct way all of dh comes back. Only the share z of the old state went into the new one.", dict(dh_prev=f"dh + {BACK}")),
    ("On the direct way you let 1 - z through. That is the candidate's share; the old state's is z.", dict(dh_prev=f"dh * (1 - z) + {BACK}")),
    ("Only the direct way comes back. The gates and the candidate heard the old state as well, through Wh.", dict(dh_prev="dh * z")),
    ("What comes back through the gates is missing: z and r heard the old state too, so all three blocks of Wh lead back to it.", dict(dh_prev=f"dh * z + from_h[:, 2 * {H}:] @ Wh[:, 2 * {H}:].T")),
    ("What comes back through the reset gate is missing: r heard the old state through its own block of Wh.", dict(dh_prev=f"dh * z + {BACK} - da_r @ Wh[:, {H}:2 * {H}].T")),
    ("What comes back through the update gate is missing: z heard the old state through its own block of Wh.", dict(dh_prev=f"dh * z + from_h[:, {H}:] @ Wh[:, {H}:].T")),
    ("What comes back through the candidate is missing: it heard the old state too, so all three blocks of Wh lead back to it.", dict(dh_prev=f"dh * z + from_h[:, :2 * {H}] @ Wh[:, :2 * {H}].T")),
    ("You send `from_x` back to the old state. Between Wh and the candidate stands r, so it is `from_h` that comes this way.", dict(dh_prev="dh * z + from_x @ Wh.T")),
    ("You multiply the direct way with the other ways. What comes along two ways is added.", dict(dh_prev=f"dh * z * ({BACK})")),
    ("On the direct way all of dh comes back, and nothing comes back through Wh. Only the share z went straight into the new state.", dict(dh_prev="dh")),
    ("dh is missing on the direct way: z says how much of h came through, dh how much that matters.", dict(dh_prev=f"z + {BACK}")),
    (DIRECT, dict(dh_prev=f"dh * z * (1 - z) + {BACK}"), dict(dh_prev=f"dh * z * z * (1 - z) + {BACK}")),
    ("On the direct way you multiply by h. In z · h the factor of h is z; h is the factor of z.", dict(dh_prev=f"dh * h + {BACK}")),
    ("z multiplies all of the ways in yours. It is the share on the direct one; the others come through Wh.", dict(dh_prev=f"(dh + {BACK}) * z")),
    ("You go back through the blocks of Wh as they are. Forwards the old state met them from the left; the way back is the transposed one.", dict(dh_prev="dh * z + sum(f @ w for f, w in zip(np.split(from_h, 3, 1), np.split(Wh, 3, 1), strict=True))")),
    # several lines at once
    ("The slopes are missing in all three. A gradient at z, r or n still has to pass the sigmoid or the tanh to reach the sum inside.", dict(da_n="dh * (1 - z)", da_z="dh * (h - n)", da_r="da_n * u")),
    ("The slopes are missing in all three, and da_r begins at dh. A gradient at z, r or n still has to pass the sigmoid or the tanh.",
     dict(da_n="dh * (1 - z)", da_z="dh * (h - n)", da_r="dh * u")),
    ("The slopes of both sigmoids are missing: z (1 - z) in da_z and r (1 - r) in da_r.", dict(da_z="dh * (h - n)", da_r="da_n * u")),
    ("Both gates have the slope of a tanh, 1 - σ². They are sigmoids: σ (1 - σ).", dict(da_z="dh * (h - n) * (1 - z**2)", da_r="da_n * u * (1 - r**2)")),
    ("All of yours is the convention in which z lets the *new* in: candidate and old state have exchanged their shares. Here z keeps.", dict(da_n="dh * z * (1 - n**2)", da_z="dh * (n - h) * z * (1 - z)", dh_prev=f"dh * (1 - z) + {BACK}")),
]:
    for edit in edits:
        gru_step_backward.mistake(sentence, **edit)

gru_step_backward.mistake("dx and dh_prev are swapped: it is dx first.")(gru_step_backward.changed(("return from_x @ Wx.T, dh_prev", "return dh_prev, from_x @ Wx.T")))
