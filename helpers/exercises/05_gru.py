"""Notebook 05: the gated recurrent unit, its conventions, its cost, and the next word."""

import numpy as np

from helpers.checking.authoring import exercise

WEIGHTS = {"Wx": "D z,r,n:H", "Wh": "H z,r,n:H", "b": "z,r,n:H"}


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


# -------------------------------------------------------------------------------------------------- 5.1 gru_step


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


def _gru_inputs(rng, N, D, H, reset, scale=1.0):
    return (rng.normal(size=(N, D)), rng.uniform(-0.9, 0.9, size=(N, H)), scale * rng.normal(size=(D, 3 * H)),
            scale * rng.normal(size=(H, 3 * H)), rng.normal(size=3 * H) / 2, reset)


@gru_step.cases
def _(rng):
    one = np.ones((1, 1))
    yield "the worked number: one unit, all weights and biases zero", (one, 0.8 * one, np.zeros((1, 3)), np.zeros((1, 3)), np.zeros(3), "after")
    b = np.array([0.7, -0.4, 0.3])
    yield "one unit, only the biases are not zero", (one, 0.8 * one, np.zeros((1, 3)), np.zeros((1, 3)), b, "after")
    yield 'one unit, one sequence, reset="after"', _gru_inputs(rng, 1, 1, 1, "after")
    yield 'N = 2, D = 3, H = 4, reset="after"', _gru_inputs(rng, 2, 3, 4, "after")
    yield 'N = 2, D = 3, H = 4, reset="before"', _gru_inputs(rng, 2, 3, 4, "before")
    yield 'square arrays, N = D = H = 3, reset="before"', _gru_inputs(rng, 3, 3, 3, "before")


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


def _gru(gate=None, before=None, after=None, mix=None, z_resets=()):
    """Return a gru_step with some of its lines replaced; z takes r's place in the candidate for the placements in `z_resets`."""

    def function(x, h, Wx, Wh, b, reset):
        xz, xr, xn = np.split(x @ Wx + b, 3, axis=1)
        Wz, Wr, Wn = np.split(Wh, 3, axis=1)
        r = _sigmoid(xr + h @ Wr)
        z = gate(xz, xr, h, Wz, Wr) if gate else _sigmoid(xz + h @ Wz)
        s = z if reset in z_resets else r
        if reset == "before":
            n = before(xn, s, h, Wn) if before else np.tanh(xn + (s * h) @ Wn)
        else:
            n = after(xn, s, h, Wn) if after else np.tanh(xn + s * (h @ Wn))
        return mix(z, h, n, r) if mix else z * h + (1 - z) * n, z, r, n

    return lambda x, h, Wx, Wh, b, reset: function(x, h, Wx, Wh, b, reset)


def _ordered(*places):
    """Return a gru_step whose four results stand in another order."""

    def function(x, h, Wx, Wh, b, reset):
        results = gru_step.reference(x, h, Wx, Wh, b, reset)
        return tuple(results[i] for i in places)

    return lambda x, h, Wx, Wh, b, reset: function(x, h, Wx, Wh, b, reset)


for _sentence, _wrong in [
    ("Your z and 1 - z are swapped: some papers have it so, but in this course z is the share of the *old* state that is kept.",
     _gru(mix=lambda z, h, n, r: (1 - z) * h + z * n)),
    ("Old state and candidate have the shares z and 1: together they are more than a whole, and the state can grow without end.",
     _gru(mix=lambda z, h, n, r: z * h + n)),
    ("You keep all of the old state and add to it: without the factor z nothing is ever forgotten.",
     _gru(mix=lambda z, h, n, r: h + (1 - z) * n)),
    ("Both get the share z. What is not kept is what is written: the candidate gets the other share, 1 - z.",
     _gru(mix=lambda z, h, n, r: z * h + z * n)),
    ("You mix with the reset gate. r speaks inside the candidate only; how much of the old state stays is the update gate's business.",
     _gru(mix=lambda z, h, n, r: r * h + (1 - r) * n)),
    ("The new state is the candidate alone: then z decides nothing, and the old state has no direct way through.",
     _gru(mix=lambda z, h, n, r: n)),
    ("z goes through a tanh: it can become negative and change the old state's sign. A share lies between 0 and 1.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: np.tanh(xz + h @ Wz))),
    ("z goes through a tanh and then through the sigmoid, so it stays between 0.27 and 0.73: this unit can neither keep nor overwrite.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(np.tanh(xz + h @ Wz)))),
    ("z hears the input alone. Whether to keep the old state depends on the old state as well.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(xz))),
    ("z hears the old state alone: the input's part of its sum is missing.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(h @ Wz))),
    ("Your update gate is the reset gate once more: it takes the second block of the weights, and z is the first.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(xr + h @ Wr))),
    ("Your update gate takes its input's part from its own block and the old state's part from the reset gate's.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(xz + h @ Wr))),
    ("Your sigmoid has the wrong sign in the exponent: it falls where it should rise, so your z is 1 - z.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: 1 / (1 + np.exp(xz + h @ Wz)))),
    ("Only part of z's sum has the minus sign: in `np.exp(-a + b)` it belongs to a alone. Put the whole sum into brackets.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: 1 / (1 + np.exp(-xz + h @ Wz)))),
    ("The old state meets Wz transposed in your z: rows are where a weight comes from, columns where it goes to.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(xz + h @ Wz.T))),
    ('You always apply r after the product. With reset="before" it meets the old state itself.',
     _gru(before=lambda xn, r, h, Wn: np.tanh(xn + r * (h @ Wn)))),
    ('You apply r before the product also where reset="after": there it meets what comes out of the product. '
     "Note that `r * h @ Wn` is worked out from the left.",
     _gru(after=lambda xn, r, h, Wn: np.tanh(xn + (r * h) @ Wn))),
    ('The two placements are swapped: "before" means that r meets h before it is multiplied with Wn.',
     _gru(before=lambda xn, r, h, Wn: np.tanh(xn + r * (h @ Wn)), after=lambda xn, r, h, Wn: np.tanh(xn + (r * h) @ Wn))),
    ("Your z is the bare sum. Without the sigmoid it is no share between 0 and 1.", _gru(gate=lambda xz, xr, h, Wz, Wr: xz + h @ Wz)),
    ("Your update gate takes its old state's part from its own block and the input's part from the reset gate's.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(xr + h @ Wz))),
    ("Your z is 1 - r. The two gates decide different things, and each has a block of weights of its own.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: 1 - _sigmoid(xr + h @ Wr))),
    ("`1 / 1 + np.exp(-a)` divides first and adds then: your z is above 1. The sum below the line needs brackets.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: 1 / 1 + np.exp(-(xz + h @ Wz)))),
    ("Your sigmoid has a minus where a plus belongs: 1 - e to the power of -a is zero at a = 0, and one divides by it.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: 1 / (1 - np.exp(-(xz + h @ Wz))))),
    ("Your update gate hears the old state through the reset gate. r stands in the candidate only: z hears all of h.",
     _gru(gate=lambda xz, xr, h, Wz, Wr: _sigmoid(xz + (_sigmoid(xr + h @ Wr) * h) @ Wz))),
    ("The candidate gets the share 1 - r. Both shares are the update gate's: z and what z leaves.",
     _gru(mix=lambda z, h, n, r: z * h + (1 - r) * n)),
    ("You put r into the mixture. It has had its say inside the candidate; here only z decides.",
     _gru(mix=lambda z, h, n, r: z * h + (1 - z) * r * n)),
    ("You squash the mixture once more. Old state and candidate lie within -1 and 1 already, and with a tanh around it z = 1 would not keep h.",
     _gru(mix=lambda z, h, n, r: np.tanh(z * h + (1 - z) * n))),
    ("The candidate goes through a second tanh in your mixture: n has been through it.",
     _gru(mix=lambda z, h, n, r: z * h + (1 - z) * np.tanh(n))),
    ("Both shares go to the old state: z h + (1 - z) h is h again. The second one is the candidate's.",
     _gru(mix=lambda z, h, n, r: z * h + (1 - z) * h)),
    ("Your candidate takes the update gate for its reset gate. r decides what it hears of the old state.",
     _gru(z_resets=("before", "after"))),
    ("Your candidate takes the update gate for its reset gate. r decides what it hears of the old state.", _gru(z_resets=("before",))),
    ("Your candidate takes the update gate for its reset gate. r decides what it hears of the old state.", _gru(z_resets=("after",))),
    ("These are the right four in another order: it is h_next, z, r, n.", _ordered(0, 2, 1, 3)),
    ("These are the right four in another order: it is h_next, z, r, n.", _ordered(1, 2, 3, 0)),
    ("These are the right four in another order: it is h_next, z, r, n.", _ordered(0, 3, 1, 2)),
]:
    gru_step.mistake(_sentence)(_wrong)

# Mistakes in the candidate: made with both placements, or with one of them only.
for _sentence, _before, _after in [
    ("The reset gate acts on the input in your candidate. It is the *old state* that it hides.",
     lambda xn, r, h, Wn: np.tanh(r * xn + h @ Wn), None),
    ("The reset gate acts on the whole sum of the candidate. It hides the old state only: the input's part stays.",
     lambda xn, r, h, Wn: np.tanh(r * (xn + h @ Wn)), None),
    ("The reset gate does nothing: your candidate hears all of the old state, as in a plain RNN.",
     lambda xn, r, h, Wn: np.tanh(xn + h @ Wn), None),
    ("You multiply the candidate by r outside of the tanh: there it hides the input as well.",
     lambda xn, r, h, Wn: r * np.tanh(xn + h @ Wn), None),
    ("Your candidate does not hear the old state at all: with r = 1 it should be that of a plain RNN.",
     lambda xn, r, h, Wn: np.tanh(xn), None),
    ("Your candidate does not hear the input: its part, xn, is missing in the sum.",
     lambda xn, r, h, Wn: np.tanh((r * h) @ Wn), lambda xn, r, h, Wn: np.tanh(r * (h @ Wn))),
    ("You use 1 - r: it opens where the reset gate wants to close.",
     lambda xn, r, h, Wn: np.tanh(xn + ((1 - r) * h) @ Wn), lambda xn, r, h, Wn: np.tanh(xn + (1 - r) * (h @ Wn))),
    ("The tanh around the candidate is missing: the state can leave the range from -1 to 1.",
     lambda xn, r, h, Wn: xn + (r * h) @ Wn, lambda xn, r, h, Wn: xn + r * (h @ Wn)),
    ("Your candidate goes through the sigmoid. It is a state, not a share: it has to be able to be negative.",
     lambda xn, r, h, Wn: _sigmoid(xn + (r * h) @ Wn), lambda xn, r, h, Wn: _sigmoid(xn + r * (h @ Wn))),
    ("In your candidate the tanh is around the old state's part alone: the input belongs inside as well.",
     lambda xn, r, h, Wn: xn + np.tanh((r * h) @ Wn), lambda xn, r, h, Wn: xn + np.tanh(r * (h @ Wn))),
]:
    _after = _after or _before
    for _wrong in (_gru(before=_before, after=_after), _gru(before=_before), _gru(after=_after)):
        gru_step.mistake(_sentence)(_wrong)

# ----------------------------------------------------------------------------------------- 5.2 gru_step_backward


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
    da_z, da_r, da_n are the gradients at the sums inside the two sigmoids and the tanh (notebook 04).
    One unit, dh = 1, h = 1, z = 0.75, r = 0.5, n = -0.5, the block n of Wh 2, all other weights 0:
    da_z = 0.28125, da_n = 0.1875, da_r = 0.09375, dh_prev = 0.9375.
    """
    x, h, z, r, n, Wx, Wh = cache
    u = h @ Wh[:, 2 * h.shape[1]:]                # (N, H): what r is multiplied with
    da_n = dh * (1 - z) * (1 - n**2)              # TODO: the gradient at the sum inside the tanh
    da_z = dh * (h - n) * z * (1 - z)             # TODO: the gradient at the sum inside z's sigmoid
    da_r = da_n * u * r * (1 - r)                 # TODO: the gradient at the sum inside r's sigmoid
    from_x = np.hstack([da_z, da_r, da_n])        # (N, 3H): the gradient of x @ Wx + b
    from_h = np.hstack([da_z, da_r, da_n * r])    # (N, 3H): the gradient of h @ Wh, with r in block n
    dh_prev = dh * z + from_h @ Wh.T              # TODO: the old state, along all its ways
    grads = {"Wx": x.T @ from_x, "Wh": h.T @ from_h, "b": from_x.sum(axis=0)}
    return from_x @ Wx.T, dh_prev, grads


def _gru_cache(rng, N, D, H):
    x, h, Wx, Wh, b, _ = _gru_inputs(rng, N, D, H, "after")
    _, z, r, n = gru_step.reference(x, h, Wx, Wh, b, "after")
    return x, h, z, r, n, Wx, Wh


@gru_step_backward.cases
def _(rng):
    one = np.ones((1, 1))
    yield "the worked number: one unit, one weight", (
        one, (one, one, 0.75 * one, one / 2, -one / 2, np.zeros((1, 3)), np.array([[0.0, 0.0, 2.0]])))
    unit = [np.array([[number]]) for number in (0.9, 0.5, 0.8, 0.3, 0.6, -0.6)]      # dh, x, h, z, r, n
    yield "one unit, one sequence", (unit[0], (*unit[1:], np.array([[0.4, -0.7, 1.1]]), np.array([[0.7, -0.4, 1.2]])))
    yield "one unit, a batch of 3", (rng.normal(size=(3, 1)), _gru_cache(rng, 3, 1, 1))
    yield "N = 2, D = 3, H = 4", (rng.normal(size=(2, 4)), _gru_cache(rng, 2, 3, 4))
    yield "square arrays, N = D = H = 3", (rng.normal(size=(3, 3)), _gru_cache(rng, 3, 3, 3))


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


def _back(dn=None, dz=None, dr=None, old=None):
    """Return a gru_step_backward with some of its lines replaced."""

    def function(dh, cache):
        x, h, z, r, n, Wx, Wh = cache
        u = h @ Wh[:, 2 * h.shape[1]:]
        at_n = dn(dh, h, z, r, n) if dn else dh * (1 - z) * (1 - n**2)
        at_z = dz(dh, h, z, r, n) if dz else dh * (h - n) * z * (1 - z)
        at_r = dr(dh, at_n, u, r, h, Wh, z, n) if dr else at_n * u * r * (1 - r)
        from_x, from_h = np.hstack([at_z, at_r, at_n]), np.hstack([at_z, at_r, at_n * r])
        dh_prev = old(dh, z, r, from_x, from_h, Wh, h) if old else dh * z + from_h @ Wh.T
        return from_x @ Wx.T, dh_prev, {"Wx": x.T @ from_x, "Wh": h.T @ from_h, "b": from_x.sum(axis=0)}

    return lambda dh, cache: function(dh, cache)


for _sentence, _wrong in [
    ("The direct way is missing: the old state enters the new one as z · h, without passing through any matrix, so dh · z comes straight back.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: fh @ Wh.T)),
    ("On the direct way all of dh comes back. Only the share z of the old state went into the new one.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh + fh @ Wh.T)),
    ("On the direct way you let 1 - z through. That is the candidate's share; the old state's is z.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * (1 - z) + fh @ Wh.T)),
    ("Only the direct way comes back. The gates and the candidate heard the old state as well, through Wh.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z)),
    ("What comes back through the gates is missing: z and r heard the old state too, so all three blocks of Wh lead back to it.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z + fh[:, 2 * z.shape[1]:] @ Wh[:, 2 * z.shape[1]:].T)),
    ("What comes back through the reset gate is missing: r heard the old state through its own block of Wh.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z + np.delete(fh, np.s_[z.shape[1]:2 * z.shape[1]], 1)
           @ np.delete(Wh, np.s_[z.shape[1]:2 * z.shape[1]], 1).T)),
    ("What comes back through the update gate is missing: z heard the old state through its own block of Wh.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z + fh[:, z.shape[1]:] @ Wh[:, z.shape[1]:].T)),
    ("You send `from_x` back to the old state. Between Wh and the candidate stands r, so it is `from_h` that comes this way.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z + fx @ Wh.T)),
    ("You multiply the direct way with the other ways. What comes along two ways is added.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z * (fh @ Wh.T))),
    ("da_n has no slope of the tanh: the factor 1 - n² is missing.", _back(dn=lambda dh, h, z, r, n: dh * (1 - z))),
    ("da_n has no share: the candidate went into the new state as (1 - z) · n, so 1 - z of dh arrives at it.",
     _back(dn=lambda dh, h, z, r, n: dh * (1 - n**2))),
    ("da_n gets the share z. That is the old state's; the candidate's is 1 - z.", _back(dn=lambda dh, h, z, r, n: dh * z * (1 - n**2))),
    ("The slope of tanh is 1 - n², not 1 - n.", _back(dn=lambda dh, h, z, r, n: dh * (1 - z) * (1 - n))),
    ("n is the *output* of the tanh. You put it through the tanh a second time: the slope is 1 - n².",
     _back(dn=lambda dh, h, z, r, n: dh * (1 - z) * (1 - np.tanh(n) ** 2))),
    ("n (1 - n) is the slope of a sigmoid. The candidate is a tanh: 1 - n².", _back(dn=lambda dh, h, z, r, n: dh * (1 - z) * n * (1 - n))),
    ("The sign of da_z is wrong: a larger z means more of the *old* state and less of the candidate, h - n.",
     _back(dz=lambda dh, h, z, r, n: dh * (n - h) * z * (1 - z))),
    ("da_z looks at the old state alone. A larger z also takes something away from the candidate: h - n.",
     _back(dz=lambda dh, h, z, r, n: dh * h * z * (1 - z))),
    ("da_z looks at the candidate alone. z decides between two: what it gives to h it takes from n.",
     _back(dz=lambda dh, h, z, r, n: -dh * n * z * (1 - z))),
    ("da_z has no slope of the sigmoid: the factor z (1 - z) is missing.", _back(dz=lambda dh, h, z, r, n: dh * (h - n))),
    ("1 - z² is the slope of a tanh. z is a sigmoid: z (1 - z).", _back(dz=lambda dh, h, z, r, n: dh * (h - n) * (1 - z**2))),
    ("The slope of the sigmoid is z (1 - z): one of its two factors is missing in your da_z.",
     _back(dz=lambda dh, h, z, r, n: dh * (h - n) * (1 - z))),
    ("da_r begins at dh in yours. r sits inside the candidate, so what reaches it has passed through the tanh: begin with da_n.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dh * u * r * (1 - r))),
    ("da_r lacks the factor u: r was multiplied with u = h @ Wn, and u is how much a change of r matters.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * r * (1 - r))),
    ("da_r is multiplied with the old state. That is so for reset=\"before\", once da_n has gone back through Wn; here r meets u = h @ Wn.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * h * r * (1 - r))),
    ('This is the da_r of reset="before": there r meets h before the product. Here it meets what comes out of it.',
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: (dn @ Wh[:, 2 * h.shape[1]:].T) * h * r * (1 - r))),
    ("da_r has no slope of the sigmoid: the factor r (1 - r) is missing.", _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u)),
    ("1 - r² is the slope of a tanh. r is a sigmoid: r (1 - r).", _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u * (1 - r**2))),
    ("In your da_n the square takes in too much: the slope of tanh is 1 minus the square of n, not the square of 1 - n.",
     _back(dn=lambda dh, h, z, r, n: dh * (1 - z) * (1 - n) ** 2)),
    ("Your da_n has the factor r. r stands between u and the sum: it concerns u, and is in `from_h` already.",
     _back(dn=lambda dh, h, z, r, n: dh * (1 - z) * (1 - n**2) * r)),
    ("dh is missing in your da_n: it holds how much the sum matters to h_next, and not yet h_next to the loss.",
     _back(dn=lambda dh, h, z, r, n: (1 - z) * (1 - n**2))),
    ("Your da_r goes through the slope of the tanh twice: da_n has it already.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * (1 - n**2) * u * r * (1 - r))),
    ("Your da_r begins at dh and forgets the tanh on the way: the slope 1 - n² lies between. da_n has both.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dh * (1 - z) * u * r * (1 - r))),
    ("Your da_r has the slope of z's sigmoid. It is r that stands here: r (1 - r).",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u * z * (1 - z))),
    ("Your da_r has the factor r once too often: r (1 - r) is its sigmoid's slope, and nothing else of r belongs here.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u * r * (1 - r) * r)),
    ("The slope of the sigmoid is r (1 - r): one of its two factors is missing in your da_r.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u * r)),
    ("The slope of the sigmoid is r (1 - r): one of its two factors is missing in your da_r.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u * (1 - r))),
    ("`da_n * h @ Wn` is worked out from the left, (da_n · h) @ Wn. r met the finished product h @ Wn, which is u.",
     _back(dr=lambda dh, dn, u, r, h, Wh, z, n: (dn * h) @ Wh[:, 2 * h.shape[1]:] * r * (1 - r))),
    ("Your da_z begins at da_n. z stands outside the tanh, in the mixture: what reaches it is dh itself.",
     _back(dz=lambda dh, h, z, r, n: dh * (1 - z) * (1 - n**2) * (h - n) * z * (1 - z))),
    ("Your da_z adds h and n. What z gives to the one it takes from the other: a difference.",
     _back(dz=lambda dh, h, z, r, n: dh * (h + n) * z * (1 - z))),
    ("dh is missing in your da_z: it holds how much the sum matters to h_next, and not yet h_next to the loss.",
     _back(dz=lambda dh, h, z, r, n: (h - n) * z * (1 - z))),
    ("The slope of the sigmoid is z (1 - z): one of its two factors is missing in your da_z.", _back(dz=lambda dh, h, z, r, n: dh * (h - n) * z)),
    ("On the direct way all of dh comes back, and nothing comes back through Wh. Only the share z went straight into the new state.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh)),
    ("The slopes are missing in all three. A gradient at z, r or n still has to pass the sigmoid or the tanh to reach the sum inside.",
     _back(dn=lambda dh, h, z, r, n: dh * (1 - z), dz=lambda dh, h, z, r, n: dh * (h - n), dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u)),
    ("The slopes are missing in all three, and da_r begins at dh. A gradient at z, r or n still has to pass the sigmoid or the tanh.",
     _back(dn=lambda dh, h, z, r, n: dh * (1 - z), dz=lambda dh, h, z, r, n: dh * (h - n), dr=lambda dh, dn, u, r, h, Wh, z, n: dh * u)),
    ("The slopes of both sigmoids are missing: z (1 - z) in da_z and r (1 - r) in da_r.",
     _back(dz=lambda dh, h, z, r, n: dh * (h - n), dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u)),
    ("Both gates have the slope of a tanh, 1 - σ². They are sigmoids: σ (1 - σ).",
     _back(dz=lambda dh, h, z, r, n: dh * (h - n) * (1 - z**2), dr=lambda dh, dn, u, r, h, Wh, z, n: dn * u * (1 - r**2))),
    ("All of yours is the convention in which z lets the *new* in: candidate and old state have exchanged their shares. Here z keeps.",
     _back(dn=lambda dh, h, z, r, n: dh * z * (1 - n**2), dz=lambda dh, h, z, r, n: dh * (n - h) * z * (1 - z),
           old=lambda dh, z, r, fx, fh, Wh, h: dh * (1 - z) + fh @ Wh.T)),
    ("dh is missing on the direct way: z says how much of h came through, dh how much that matters.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: z + fh @ Wh.T)),
    ("On the direct way stands the slope of a sigmoid. The old state is multiplied with z itself: the factor is z.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z * (1 - z) + fh @ Wh.T)),
    ("On the direct way stands the slope of a sigmoid. The old state is multiplied with z itself: the factor is z.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z * z * (1 - z) + fh @ Wh.T)),
    ("On the direct way you multiply by h. In z · h the factor of h is z; h is the factor of z.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * h + fh @ Wh.T)),
    ("z multiplies all of the ways in yours. It is the share on the direct one; the others come through Wh.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: (dh + fh @ Wh.T) * z)),
    ("What comes back through the candidate is missing: it heard the old state too, so all three blocks of Wh lead back to it.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z + fh[:, :2 * h.shape[1]] @ Wh[:, :2 * h.shape[1]].T)),
    ("You go back through the blocks of Wh as they are. Forwards the old state met them from the left; the way back is the transposed one.",
     _back(old=lambda dh, z, r, fx, fh, Wh, h: dh * z + sum(f @ w for f, w in zip(np.split(fh, 3, 1), np.split(Wh, 3, 1), strict=True)))),
]:
    gru_step_backward.mistake(_sentence)(_wrong)


@gru_step_backward.mistake("dx and dh_prev are swapped: it is dx first.")
def _(dh, cache):
    dx, dh_prev, grads = gru_step_backward.reference(dh, cache)
    return dh_prev, dx, grads


@gru_step_backward.observed_by
def _(answer, dh, cache):
    return answer


@gru_step_backward.explained_by
def _(answer, dh, cache):
    """Say which of da_z, da_r and da_n is wrong: they are what the learner writes, and Wx's gradient has a block of each."""
    if not (isinstance(answer, (tuple, list)) and len(answer) == 3 and isinstance(answer[2], dict)):
        return None
    got, want = answer[2].get("Wx"), gru_step_backward.reference(dh, cache)[2]["Wx"]
    if not isinstance(got, np.ndarray) or got.dtype.kind != "f" or got.shape != want.shape:
        return None
    tolerance = {"rtol": 1e-3, "atol": 1e-4} if got.dtype == np.float32 else {"rtol": 1e-6, "atol": 1e-8}
    right = {f"da_{name}": np.allclose(g, w, **tolerance)
             for name, g, w in zip("zrn", np.split(got, 3, axis=1), np.split(want, 3, axis=1), strict=True)}
    wrong, fine = ([name for name, ok in right.items() if ok == good] for good in (False, True))
    if not wrong:
        return None
    words = f"{' and '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong"
    words += f" ({' and '.join(fine)} {'is' if len(fine) == 1 else 'are'} right in this case)" if fine else ""
    return words + (", and da_r begins with da_n: look at da_n first." if {"da_r", "da_n"} <= set(wrong) else ".")

# ---------------------------------------------------------------------------------------- 5.3 convert_convention


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
    z_keeps: True if its z keeps the old state, as ours; False if h_next = (1 - z) * h + z * n
    -> Wx, Wh, b of the same shapes, with which the other one computes the same states.
    With H = 1 and b = [1., 2., 3.], order "rzn" and z_keeps=False, b becomes [2., -1., 3.].
    """
    D, stacked = len(Wx), np.vstack([Wx, Wh, b])                    # (D + H + 1, 3H)
    z, r, n = np.split(stacked, 3, axis=1)                          # (D + H + 1, H) each
    blocks = {"z": z, "r": r, "n": n}
    if not z_keeps:
        blocks["z"] = -blocks["z"]                                  # TODO: the gate that says 1 - z
    W = np.hstack([blocks[name] for name in order])                 # TODO: the blocks in their order
    return W[:D], W[D:-1], W[-1]


def _weights(rng, D, H):
    return rng.normal(size=(D, 3 * H)), rng.normal(size=(H, 3 * H)), rng.normal(size=3 * H)


@convert_convention.cases
def _(rng):
    b = np.array([1.0, 2.0, 3.0])
    yield "the worked number: H = 1, only the bias is not zero", (np.zeros((1, 3)), np.zeros((1, 3)), b, "rzn", False)
    yield "nothing to do: the order is zrn and z keeps", (*_weights(rng, 1, 1), "zrn", True)
    yield "only z means the opposite, D = 2, H = 1", (*_weights(rng, 2, 1), "zrn", False)
    yield "only the order is another, rzn, D = 2, H = 3", (*_weights(rng, 2, 3), "rzn", True)
    yield "the order nzr, D = 2, H = 3", (*_weights(rng, 2, 3), "nzr", True)
    yield "the order rnz and the opposite z, D = 2, H = 3", (*_weights(rng, 2, 3), "rnz", False)


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


def _converted(negate=lambda blocks, D: {**blocks, "z": -blocks["z"]}, when=lambda z_keeps: not z_keeps,
               arrange=lambda blocks, order: np.hstack([blocks[name] for name in order]), after=lambda W, z_keeps: W):
    """Return a convert_convention with some of its lines replaced."""

    def function(Wx, Wh, b, order, z_keeps):
        D = len(Wx)
        blocks = dict(zip("zrn", np.split(np.vstack([Wx, Wh, b]), 3, axis=1), strict=True))
        if when(z_keeps):
            blocks = negate(blocks, D)
        W = after(arrange(blocks, order), z_keeps)
        return W[:D], W[D:-1], W[-1]

    return lambda Wx, Wh, b, order, z_keeps: function(Wx, Wh, b, order, z_keeps)


def _rows(block, chosen):
    return np.where(chosen(np.arange(len(block)), len(block))[:, None], -block, block)


def _first_block(W, z_keeps):
    return W if z_keeps else np.hstack([-W[:, : W.shape[1] // 3], W[:, W.shape[1] // 3 :]])


def _only(part):
    """Return a convert_convention that converts some of the three arrays and hands the others back."""

    def function(Wx, Wh, b, order, z_keeps):
        new = convert_convention.reference(Wx, Wh, b, order, z_keeps)
        return tuple(n if i in part else o for i, (n, o) in enumerate(zip(new, (Wx, Wh, b), strict=True)))

    return lambda Wx, Wh, b, order, z_keeps: function(Wx, Wh, b, order, z_keeps)


for _sentence, _wrong in [
    ("You negate z's bias alone. 1 - σ(a) = σ(-a) needs the minus sign before the *whole* sum a: weights and bias.",
     _converted(lambda blocks, D: {**blocks, "z": _rows(blocks["z"], lambda i, n: i == n - 1)})),
    ("You negate z's weights and leave its bias as it is. The bias is part of the sum in the sigmoid too.",
     _converted(lambda blocks, D: {**blocks, "z": _rows(blocks["z"], lambda i, n: i < n - 1)})),
    ("You negate what z hears of the input only. What it hears of the old state, Wh, is part of the same sum.",
     _converted(lambda blocks, D: {**blocks, "z": _rows(blocks["z"], lambda i, n: (i < D) | (i == n - 1))})),
    ("You negate what z hears of the old state only. What it hears of the input, Wx, is part of the same sum.",
     _converted(lambda blocks, D: {**blocks, "z": _rows(blocks["z"], lambda i, n: i >= D)})),
    ("You take 1 minus the weights. It is the gate that becomes 1 minus itself, and the gate is a sigmoid of them.",
     _converted(lambda blocks, D: {**blocks, "z": 1 - blocks["z"]})),
    ("You take one over the weights. It is the sign that turns σ into 1 - σ.",
     _converted(lambda blocks, D: {**blocks, "z": 1 / np.where(blocks["z"] == 0, 1, blocks["z"])})),
    ("You negate the candidate. It is the same in both conventions; only the gate means the opposite.",
     _converted(lambda blocks, D: {**blocks, "n": -blocks["n"]})),
    ("You negate the candidate as well as the gate: then something else is written, and the states are no longer the same.",
     _converted(lambda blocks, D: {**blocks, "z": -blocks["z"], "n": -blocks["n"]})),
    ("You negate the reset gate. The two conventions differ in the *update* gate, z.",
     _converted(lambda blocks, D: {**blocks, "r": -blocks["r"]})),
    ("You negate both gates. The reset gate means the same in both conventions.",
     _converted(lambda blocks, D: {**blocks, "z": -blocks["z"], "r": -blocks["r"]})),
    ("You negate everything, so the candidate gets the opposite sign, and the reset gate opens where it should close.",
     _converted(lambda blocks, D: {name: -block for name, block in blocks.items()})),
    ("You swap the weights of z and of the candidate. Only the shares change places, not what gate and candidate are made of.",
     _converted(lambda blocks, D: {**blocks, "z": blocks["n"], "n": blocks["z"]})),
    ("You never negate z: where their z writes instead of keeping, your z still keeps.", _converted(when=lambda z_keeps: False)),
    ("You negate z where it keeps and leave it where it does not: `z_keeps` is True when nothing has to change.",
     _converted(when=lambda z_keeps: z_keeps)),
    ("You negate z in every case. Where `z_keeps` is True, theirs means what ours means.", _converted(when=lambda z_keeps: True)),
    ("You negate whichever block comes first in the new order. z is the first in ours; in theirs it may stand elsewhere.",
     _converted(when=lambda z_keeps: False, after=_first_block)),
    ("Your blocks keep the order z, r, n. The other one reads them in its own order, and would take z for something else.",
     _converted(arrange=lambda blocks, order: np.hstack([blocks[name] for name in "zrn"]))),
    ("You apply the order backwards: `order` says which block comes first in *theirs*, not where ours would go. "
     "For a swap of two it makes no difference; for nzr and rnz it does.",
     _converted(arrange=lambda blocks, order: np.hstack([blocks["zrn"[order.index(name)]] for name in "zrn"]))),
    ("Your blocks come in the reverse of their order.",
     _converted(arrange=lambda blocks, order: np.hstack([blocks[name] for name in order[::-1]]))),
    ("You convert Wx and Wh, and hand the bias back as it was: it has the same three blocks.", _only((0, 1))),
    ("You convert Wx alone. Wh and b have the same three blocks.", _only((0,))),
    ("You negate z's part of Wx alone. What z hears of the old state, and its bias, are in the same sum.",
     _converted(lambda blocks, D: {**blocks, "z": _rows(blocks["z"], lambda i, n: i < D)})),
    ("You negate z's part of Wh alone. What z hears of the input, and its bias, are in the same sum.",
     _converted(lambda blocks, D: {**blocks, "z": _rows(blocks["z"], lambda i, n: (i >= D) & (i < n - 1))})),
    ("You negate z's weights and take 1 minus its bias. The sum in the sigmoid changes its sign, all of it and nothing else.",
     _converted(lambda blocks, D: {**blocks, "z": np.vstack([-blocks["z"][:-1], 1 - blocks["z"][-1:]])})),
    ("You leave z's weights and take 1 minus its bias. It is the gate that becomes 1 minus itself, not what goes into it.",
     _converted(lambda blocks, D: {**blocks, "z": np.vstack([blocks["z"][:-1], 1 - blocks["z"][-1:]])})),
    ("You take one over the weights. It is the sign that turns σ into 1 - σ.", _converted(lambda blocks, D: {**blocks, "z": 1 / blocks["z"]})),
    ("You put the weights through the sigmoid. They are what goes *into* it: the other net takes the sigmoid itself, later.",
     _converted(lambda blocks, D: {**blocks, "z": 1 - _sigmoid(blocks["z"])})),
    ("You put the weights through the sigmoid. They are what goes *into* it: the other net takes the sigmoid itself, later.",
     _converted(lambda blocks, D: {**blocks, "z": _sigmoid(blocks["z"])})),
    ("You put the candidate's weights in z's place: their update gate would hear what the candidate hears.",
     _converted(lambda blocks, D: {**blocks, "z": -blocks["n"]})),
    ("You put the reset gate's weights in z's place: their update gate would be a second reset gate.",
     _converted(lambda blocks, D: {**blocks, "z": -blocks["r"]})),
    ("You stack z, r, n as they were cut: neither the negated z nor the order is in them. Use `blocks` and `order`.",
     _converted(when=lambda z_keeps: False, arrange=lambda blocks, order: np.hstack([blocks[name] for name in "zrn"]))),
    ("Your blocks stand as r, z, n whatever `order` says: that is one library's order, and others have theirs.",
     _converted(arrange=lambda blocks, order: np.hstack([blocks[name] for name in "rzn"]))),
    ("You sort the blocks by the alphabet. `order` has them as the other one wants them.",
     _converted(arrange=lambda blocks, order: np.hstack([blocks[name] for name in sorted(order)]))),
]:
    convert_convention.mistake(_sentence)(_wrong)

# -------------------------------------------------------------------------------------------------- 5.5 time_cell


class _World:
    """The time in which the check's stand-ins live: nothing is really waited for."""

    now = 0.0


class _Clock:
    """A look at the world's time. A new copy, which each call of an answer gets, sets it back: then an answer repeats itself."""

    def __call__(self):
        return _World.now

    def __deepcopy__(self, memo):
        _World.now = 1000.0
        return _Clock()

    def __eq__(self, other):
        return isinstance(other, _Clock)

    __hash__ = None


class _Drawn:
    """What the stand-in of make_input draws, and the only thing that the stand-in of run takes."""


class _StandIn:
    """A function that takes a planned number of seconds at each call: first the warm-up, then the others."""

    def __init__(self, *seconds):
        self.seconds, self.calls = seconds, 0

    def _pass_the_time(self):
        _World.now += self.seconds[min(self.calls, len(self.seconds) - 1)]
        self.calls += 1

    def __eq__(self, other):  # having been called is no change
        return type(self) is type(other) and self.seconds == other.seconds

    __hash__ = None


class _MakeInput(_StandIn):
    def __call__(self):
        self._pass_the_time()
        return _Drawn()


class _Run(_StandIn):
    def __call__(self, *inputs):
        if len(inputs) != 1:
            raise TypeError(f"run takes one input; it was called with {len(inputs)}.")
        if not isinstance(inputs[0], _Drawn):
            raise TypeError("run was called with something that make_input() did not draw.")
        self._pass_the_time()
        return 0.25                                                                # no time, and no number of a right answer


for _stand_in in (_Clock, _MakeInput, _Run):
    _stand_in.__name__ = "function"                                                # the verdict calls it so


@exercise("5.5", title="Timing, fairly", returns={"seconds": ""}, hints=[
    "What would the time of the very first call tell you? And of what should nothing be between the two looks at the clock?",
    "Make the input once. Call `run(X)` once for nothing. Then, `repeats` times: look at the clock, run, look again, and note the "
    "difference. What is done with the list so that one hiccup of the machine does not count?",
    "`run(X)` for the warm-up; in the loop `start = clock()`, `run(X)`, `seconds.append(clock() - start)`; at the end `np.median(seconds)`.",
])
def time_cell(run, make_input, clock, repeats):
    """Return the median of the seconds that run(X) takes, in `repeats` runs after a warm-up.

    run: the function to be timed, called as run(X); make_input: a function that draws X, called as
    make_input(), which takes time as well; clock: a function that returns the time in seconds,
    called as clock().
    If the calls of run take 9, 1, 30, 2 seconds, one after the other, then with repeats = 3 it is 2.0.
    """
    X = make_input()
    # TODO: warm up: one run that does not count
    run(X)
    # END
    seconds = []
    for _ in range(repeats):
        # TODO: note the seconds of one run, and of nothing else
        start = clock()
        run(X)
        seconds.append(clock() - start)
        # END
    return float(np.median(seconds))          # TODO: the number that one hiccup does not change


@time_cell.cases
def _(rng):
    make, clock = _MakeInput(5.0), _Clock()
    yield "the worked number: 9, 1, 30, 2 seconds, repeats = 3", (_Run(9, 1, 30, 2, 7), make, clock, 3)
    yield "a slow first call, repeats = 1", (_Run(8, 2, 3), make, clock, 1)
    yield "one hiccup, repeats = 5", (_Run(9, 1.0, 1.2, 1.1, 30, 1.3, 6), make, clock, 5)
    yield "repeats = 4", (_Run(7, 2.0, 2.5, 1.0, 4.0, 8), make, clock, 4)


@time_cell.observed_by
def _(answer, run, make_input, clock, repeats):
    if isinstance(answer, float) and 0 < answer < 5e-4:  # the stand-ins wait for nobody: these are true microseconds
        raise ValueError("You look at a clock of your own. The one to be used was handed to you: call clock().")
    return answer


@time_cell.same
def _(run, make_input, clock, repeats):
    X, taken = make_input(), []
    run(X)
    while len(taken) < repeats:
        before = clock()
        run(X)
        after = clock()
        taken.append(after - before)
    taken.sort()
    return (taken[(repeats - 1) // 2] + taken[repeats // 2]) / 2


@time_cell.same
def _(run, make_input, clock, repeats):
    X = make_input()
    run(X)
    marks = [clock()]
    for _ in range(repeats):
        run(X)
        marks.append(clock())
    return np.median(np.diff(marks))


def _timing(warm=1, fold=np.median, inside=lambda run, X, make: run(X), extra=0):
    """Return a time_cell with some of its lines replaced."""

    def function(run, make_input, clock, repeats):
        X, seconds = make_input(), []
        for _ in range(warm):
            run(X)
        for _ in range(repeats + extra):
            start = clock()
            inside(run, X, make_input)
            seconds.append(clock() - start)
        return fold(seconds)

    return lambda run, make_input, clock, repeats: function(run, make_input, clock, repeats)


for _sentence, _wrong in [
    ("The first run counts in yours. It also pays for what is done only once (loading, memory, empty caches): run it once before.",
     _timing(warm=0)),
    ("You take the mean. One hiccup of the machine, thirty times as long as a run, spoils it; the median does not notice.",
     _timing(fold=lambda s: float(np.mean(s)))),
    ("You take the mean, and the slow first run is in it as well.", _timing(warm=0, fold=lambda s: float(np.mean(s)))),
    ("You take the fastest run. Many do, as timeit's documentation advises; here the median is asked, the run in the middle.", _timing(fold=min)),
    ("You take the slowest run: that is the hiccup.", _timing(fold=max)),
    ("You add up all runs. What one run takes is asked.", _timing(fold=lambda s: float(np.sum(s)))),
    ("Between your two looks at the clock a new input is drawn: you time the random numbers as well.",
     _timing(inside=lambda run, X, make: run(make()))),
    ("Between your two looks at the clock a new input is drawn, and the slow first run counts as well.",
     _timing(warm=0, inside=lambda run, X, make: run(make()))),
    ("You time the making of the input and not the run.", _timing(inside=lambda run, X, make: make())),
    ("Nothing runs between your two looks at the clock.", _timing(inside=lambda run, X, make: None)),
    ("You run it twice between two looks at the clock.", _timing(inside=lambda run, X, make: (run(X), run(X)))),
    ("You count one run too many: the loop runs `repeats` times.", _timing(extra=1)),
    ("You warm up twice. One run is enough, and the check's clock counts the runs.", _timing(warm=2)),
    ("You return what each run took. One number is asked, the middle one.", _timing(fold=lambda s: np.array(s))),
    ("You take the run in the middle of the *list*, whatever it took. The median is the middle of the sorted list.",
     _timing(fold=lambda s: float(s[len(s) // 2]))),
    ("You return the time of the last run alone.", _timing(fold=lambda s: float(s[-1]))),
    ("With an even number of runs two are in the middle: the median is their mean; you take the larger one.",
     _timing(fold=lambda s: float(sorted(s)[len(s) // 2]))),
    ("With an even number of runs two are in the middle: the median is their mean; you take the smaller one.",
     _timing(fold=lambda s: float(sorted(s)[(len(s) - 1) // 2]))),
    ("You return the time of the first run alone.", _timing(fold=lambda s: float(s[0]))),
    ("You count one run too few: the warm-up is no part of the `repeats`.", _timing(extra=-1)),
    ("You count one run too few: the warm-up is no part of the `repeats`.", _timing(fold=lambda s: float(np.median(s[1:])))),
    ("You divide the median by the number of runs. It is the time of *one* run already.", _timing(fold=lambda s, n=None: float(np.median(s)) / len(s))),
    ("Your times are negative: later minus earlier.", _timing(fold=lambda s: -float(np.median(s)))),
    ("You return milliseconds. Seconds are asked.", _timing(fold=lambda s: 1000 * float(np.median(s)))),
]:
    time_cell.mistake(_sentence)(_wrong)


@time_cell.mistake("Your clock starts once, before the loop, and is never started again: each entry holds all the runs before it as well.")
def _(run, make_input, clock, repeats):
    X, seconds = make_input(), []
    run(X)
    start = clock()
    for _ in range(repeats):
        run(X)
        seconds.append(clock() - start)
    return float(np.median(seconds))


@time_cell.mistake("You warm up again before each run. Once, before the loop, is enough.")
def _(run, make_input, clock, repeats):
    X, seconds = make_input(), []
    for _ in range(repeats):
        run(X)
        start = clock()
        run(X)
        seconds.append(clock() - start)
    return float(np.median(seconds))


@time_cell.mistake("You note what run returns, not how long it took: the clock knows that.")
def _(run, make_input, clock, repeats):
    X = make_input()
    run(X)
    return float(np.median([run(X) for _ in range(repeats)]))


@time_cell.mistake("You note what the clock shows. How long a run took is the difference of two looks.")
def _(run, make_input, clock, repeats):
    X, seconds = make_input(), []
    run(X)
    for _ in range(repeats):
        run(X)
        seconds.append(clock())
    return float(np.median(seconds))


@time_cell.mistake("You warm up as often as you measure. Once is enough, and the check's clock counts the runs.")
def _(run, make_input, clock, repeats):
    X, seconds = make_input(), []
    for _ in range(repeats):
        run(X)
    for _ in range(repeats):
        start = clock()
        run(X)
        seconds.append(clock() - start)
    return float(np.median(seconds))


@time_cell.mistake("`clock` is the function, and you subtract functions. The time is what it returns when it is called.")
def _(run, make_input, clock, repeats):
    return clock - clock


@time_cell.mistake("You call run without its input. It has something to run on: the X that was drawn.")
def _(run, make_input, clock, repeats):
    return run()


@time_cell.mistake("What you hand to run was not drawn by make_input(): it wants X, not the function that draws it, nor nothing.")
def _(run, make_input, clock, repeats):
    return run(make_input)


@time_cell.mistake("Your warm-up run is one of the times in the list: it should not count.")
def _(run, make_input, clock, repeats):
    X, seconds = make_input(), []
    for _ in range(repeats + 1):
        start = clock()
        run(X)
        seconds.append(clock() - start)
    return float(np.median(seconds))


# ------------------------------------------------------------------------------------------------- 5.6 perplexity


@exercise("5.6", title="Perplexity", returns={"perplexity": ""}, hints=[
    "The cross-entropy is a mean of -log p over the words that count. Which function undoes a natural logarithm?",
    "Pick the log-probability of the word that came, leave out what the mask leaves out, take the mean, and only then exponentiate.",
    "`np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]` picks; `-picked[mask].mean()` averages; `np.exp` of that.",
])
def perplexity(logits, y, mask):
    """Return the perplexity: e to the mean of -log p of the words that came.

    logits (N, T, V) scores, y (N, T) the word that came, 0 … V-1, mask (N, T) True where a step counts
    (False, for example, where a short text was filled up to the length of the others).
    To pick along an axis, np.take_along_axis(a, i, axis) needs an i with as many axes as a.
    Equal scores for V = 8 words: every word has p = 1/8, and the perplexity is 8.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))   # (N, T, V)
    picked = np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]       # TODO: (N, T), log p of what came
    loss = -picked[mask].mean()                                             # TODO: the mean over what counts
    return np.exp(loss)                                                     # TODO: as a number of words


def _draw_scores(rng, N, T, V, scale=2.0):
    return scale * rng.normal(size=(N, T, V)), rng.integers(0, V, (N, T))


@perplexity.cases
def _(rng):
    yield "the worked number: one step, 8 equal scores", (np.zeros((1, 1, 8)), np.array([[3]]), np.ones((1, 1), bool))
    yield "one step, V = 3", (*_draw_scores(rng, 1, 1, 3), np.ones((1, 1), bool))
    yield "one sequence, T = 4, V = 3", (*_draw_scores(rng, 1, 4, 3), np.ones((1, 4), bool))
    yield "N = 2, T = 3, V = 5, all steps count", (*_draw_scores(rng, 2, 3, 5), np.ones((2, 3), bool))
    yield "N = 2, T = 4, V = 5, three steps do not count", (
        *_draw_scores(rng, 2, 4, 5), np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool))
    yield "scores in the hundreds, V = 4", (
        np.array([[[900.0, 899.0, 0.0, -900.0], [1.0, 0.0, 2.0, 1.0]]]), np.array([[1, 2]]), np.ones((1, 2), bool))


@perplexity.same
def _(logits, y, mask):
    total = 0.0
    for n, t in zip(*np.nonzero(mask), strict=True):
        s = logits[n, t] - logits[n, t].max()
        total += np.log2(np.exp(s).sum()) - s[y[n, t]] / np.log(2)
    return 2 ** (total / mask.sum())


@perplexity.same
def _(logits, y, mask):
    P = np.exp(logits - logits.max(axis=-1, keepdims=True))
    P /= P.sum(axis=-1, keepdims=True)
    p = (P * np.eye(logits.shape[-1])[y]).sum(axis=-1)
    return float(np.exp(-np.sum(np.log(p) * mask) / mask.sum()))


def _perplexed(fold):
    def function(logits, y, mask):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return fold(np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0], mask, log_p)

    return lambda logits, y, mask: function(logits, y, mask)


def _by_sequence(picked, mask):
    return np.array([-row[m].mean() for row, m in zip(picked, mask, strict=True)])


for _sentence, _wrong in [
    ("You return the cross-entropy itself, in nats. The perplexity is e to that power.", _perplexed(lambda p, m, lp: -p[m].mean())),
    ("You return bits. The perplexity is 2 to that power.", _perplexed(lambda p, m, lp: -p[m].mean() / np.log(2))),
    ("You raise e to the *sum* of the losses: that is one over the probability of the whole text. Take the mean first.",
     _perplexed(lambda p, m, lp: np.exp(-p[m].sum()))),
    ("You raise 2 to a loss in nats. Logarithm and power must have the same base: np.log goes with np.exp.",
     _perplexed(lambda p, m, lp: 2 ** -p[m].mean())),
    ("You raise e to a loss in bits. Logarithm and power must have the same base: np.log2 goes with 2 to the power.",
     _perplexed(lambda p, m, lp: np.exp(-p[m].mean() / np.log(2)))),
    ("The minus sign is missing: you get one over the perplexity, which is below 1.", _perplexed(lambda p, m, lp: np.exp(p[m].mean()))),
    ("You average 1/p. One word that the model thought impossible then decides alone: average the logarithms, and exponentiate at the end.",
     _perplexed(lambda p, m, lp: np.exp(-p[m]).mean())),
    ("You take one over the mean probability. Average the *logarithms* of the probabilities.",
     _perplexed(lambda p, m, lp: 1 / np.exp(p[m]).mean())),
    ("The steps that the mask leaves out count in yours.", _perplexed(lambda p, m, lp: np.exp(-p.mean()))),
    ("You leave the masked steps out of the sum, and still divide by all N · T steps: divide by how many count.",
     _perplexed(lambda p, m, lp: np.exp(-(p * m).sum() / m.size))),
    ("You divide by the number of sequences. The mean is over the words that count.",
     _perplexed(lambda p, m, lp: np.exp(-(p * m).sum() / len(m)))),
    ("You average each sequence first, so that a word of a short one weighs more. The mean is over all words that count.",
     _perplexed(lambda p, m, lp: np.exp(_by_sequence(p, m).mean()))),
    ("You take a perplexity for each sequence and average these. The mean comes before the exponential, and over all words.",
     _perplexed(lambda p, m, lp: np.exp(_by_sequence(p, m)).mean())),
    ("You average over the whole vocabulary: only the word that came counts, so pick it first.",
     _perplexed(lambda p, m, lp: np.exp(-lp[m].mean()))),
    ("This is the perplexity of what the model believes (from its entropy), whatever came. It is the word that came whose p counts.",
     _perplexed(lambda p, m, lp: np.exp(-(np.exp(lp) * lp).sum(axis=-1)[m].mean()))),
    ("You pick the word that the model likes best. The one that *came* counts, y.",
     _perplexed(lambda p, m, lp: np.exp(-lp.max(axis=-1)[m].mean()))),
    ("You take a number for each step. One number is asked: the mean over the steps comes first.", _perplexed(lambda p, m, lp: np.exp(-p[m]))),
]:
    perplexity.mistake(_sentence)(_wrong)


def _picking(pick, fold=lambda picked, mask: np.exp(-picked[mask].mean())):
    """Return a perplexity that picks otherwise: pick(log_p, y, shifted) -> what the mean is taken of."""

    def function(logits, y, mask):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return fold(pick(log_p, y, shifted), mask)

    return lambda logits, y, mask: function(logits, y, mask)


def _take(a, y):
    return np.take_along_axis(a, y[..., None], axis=-1)[..., 0]


for _sentence, _wrong in [
    ("Your index pairs each place with *all* the words of y, not with its own: an (N, T, N, T) array of picks. One for each place is wanted.",
     _picking(lambda lp, y, s: lp[..., y])),
    ("You take y for the number of a sequence: a single index goes to the first axis. Which axis is the vocabulary?",
     _picking(lambda lp, y, s: lp[y])),
    ("You pick along the time axis. It is the vocabulary's axis, the last one, along which y says where to look.",
     _picking(lambda lp, y, s: np.take_along_axis(lp, y[..., None], axis=1)[..., 0])),
    ("`np.take` without an axis counts through the flattened array: it picks from the first place's words only.",
     _picking(lambda lp, y, s: np.take(lp, y))),
    ("You pick from `shifted`, which are still raw scores: it is `log_p` that is normalised.", _picking(lambda lp, y, s: _take(s, y))),
    ("You pick the probability and treat it as its logarithm: `log_p` is what the mean is taken of.",
     _picking(lambda lp, y, s: _take(np.exp(lp), y))),
    ("You pick the neighbour in the vocabulary, y - 1. The words are numbered from 0, as NumPy counts.", _picking(lambda lp, y, s: _take(lp, y - 1))),
    ("You move y by a place. y already is the word that came after each step.", _picking(lambda lp, y, s: _take(lp, np.roll(y, -1, axis=1)))),
    ("You move y by a place. y already is the word that came after each step.", _picking(lambda lp, y, s: _take(lp, np.roll(y, -1)))),
    ("What you picked has kept an axis: (N, T, 1) times (N, T) lays the mask along the wrong axes.",
     _picking(lambda lp, y, s: np.take_along_axis(lp, y[..., None], axis=-1), lambda p, m: np.exp(-(p * m).sum() / m.sum()))),
    ("You use the mask the wrong way: it is True where a step counts.", _perplexed(lambda p, m, lp: np.exp(-p[~m].mean()))),
    ("You take the median of the losses. A perplexity has the mean: rare, great surprises count in full.",
     _perplexed(lambda p, m, lp: np.exp(-np.median(p[m])))),
    ("You divide by the size of the vocabulary: an array's last axis once more. One number was picked for each step.",
     _perplexed(lambda p, m, lp: np.exp(-p[m].sum() / (m.sum() * lp.shape[-1])))),
    ("You divide e to the mean by the size of the vocabulary. Without that it is the number of words: V at most, if the model has learnt something.",
     _perplexed(lambda p, m, lp: np.exp(-p[m].mean()) / lp.shape[-1])),
    ("You take the logarithm of the loss once more. A logarithm is undone by the exponential.", _perplexed(lambda p, m, lp: np.log(-p[m].mean()))),
]:
    perplexity.mistake(_sentence)(_wrong)


@perplexity.mistake("You put the raw score of the word that came in the place of its log-probability: scores are not normalised, `log_p` is.")
def _(logits, y, mask):
    return np.exp(-np.take_along_axis(logits, y[..., None], axis=-1)[..., 0][mask].mean())


# -------------------------------------------------------------------------------------------------- 5.7 bigram_lm


@exercise("5.7", title="The bigram baseline", returns={"P": "V V"}, hints=[
    "Which pairs of neighbours are there in `ids`? And what happens with `C[a, b] += 1` for whole arrays when a pair comes twice?",
    "`ids[:-1]` are the words, `ids[1:]` those that follow; `np.add.at(C, (rows, columns), 1)` counts each pair as often as it comes. "
    "Then mix: the counts of a row, and k more counts that are spread as `p` says.",
    "`total = C.sum(axis=1, keepdims=True)`, and `(C + k * p) / (total + k)`: each row then adds up to 1.",
])
def bigram_lm(ids, V, k):
    """Return the array P (V, V): P[a, b] is the probability that word b follows word a.

    ids (T,) the words of a text, 0 … V-1; k > 0: how many counts the frequency of b alone is worth:
    P[a, b] = (how often b follows a + k · p[b]) / (how often anything follows a + k).
    ids = [0, 1, 0], V = 2, k = 1: p = [0.6, 0.4], and P = [[0.3, 0.7], [0.8, 0.2]].
    """
    p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)      # (V,), each word alone
    C = np.zeros((V, V))
    # TODO: count in C[a, b] how often b follows a
    np.add.at(C, (ids[:-1], ids[1:]), 1)
    # END
    total = C.sum(axis=1, keepdims=True)                          # TODO: (V, 1), how often anything follows a
    return (C + k * p) / (total + k)                              # TODO: mix the counts with p


@bigram_lm.cases
def _(rng):
    yield "the worked number: ids = [0, 1, 0], k = 1", (np.array([0, 1, 0]), 2, 1.0)
    yield "a pair that comes three times, V = 3, k = 2", (np.array([0, 1, 0, 1, 0, 1]), 3, 2.0)
    yield "40 words, V = 5, k = 0.5", (rng.integers(0, 5, 40), 5, 0.5)
    yield "30 words, V = 9, some never come, k = 3", (rng.integers(0, 6, 30) + np.arange(30) % 2, 9, 3.0)


@bigram_lm.same
def _(ids, V, k):
    p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)
    C = np.bincount(V * ids[:-1] + ids[1:], minlength=V * V).reshape(V, V)
    n = np.bincount(ids[:-1], minlength=V)
    share = (n / (n + k))[:, None]
    return share * (C / np.maximum(n, 1)[:, None]) + (1 - share) * p


@bigram_lm.same
def _(ids, V, k):
    p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)
    P = np.tile(k * p, (V, 1))
    for a, b in zip(ids, ids[1:], strict=False):
        P[a, b] += 1
    return P / P.sum(axis=1, keepdims=True)


def _pairs(ids, V, first=slice(None, -1), second=slice(1, None)):
    C = np.zeros((V, V))
    np.add.at(C, (ids[first], ids[second]), 1)
    return C


def _bigram(count=_pairs, mix=None):
    def function(ids, V, k):
        p = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)
        C = count(ids, V)
        total = C.sum(axis=1, keepdims=True)
        return mix(C, total, k, p, ids) if mix else (C + k * p) / (total + k)

    return lambda ids, V, k: function(ids, V, k)


def _once(ids, V):
    C = np.zeros((V, V))
    C[ids[:-1], ids[1:]] += 1
    return C


def _rows_grow(ids, V):
    C = np.zeros((V, V))
    np.add.at(C, [ids[:-1], ids[1:]], 1)
    return C


for _sentence, _wrong in [
    ("A pair counts once in your C, however often it comes. Even `C[a, b] += 1` with whole arrays adds a single time.", _bigram(_once)),
    ("Your table is transposed: it says which word comes *before*. Row a is the word that is there, column b the one that follows.",
     _bigram(lambda ids, V: _pairs(ids, V).T)),
    ("Your pairs are two words apart: `ids[2:]` skips the neighbour.", _bigram(lambda ids, V: _pairs(ids, V, slice(None, -2), slice(2, None)))),
    ("Your pairs are each word with itself: the second one has to be a place further on.",
     _bigram(lambda ids, V: _pairs(ids, V, slice(None), slice(None)))),
    ("You count a pair more than there is: the text's last word is not followed by its first.",
     _bigram(lambda ids, V: _pairs(np.append(ids, ids[0]), V))),
    ("You leave out the last pair of the text.", _bigram(lambda ids, V: _pairs(ids[:-1], V))),
    ("You leave out the first pair of the text.", _bigram(lambda ids, V: _pairs(ids[1:], V))),
    ("You count each pair in both directions. What follows and what comes before are two different tables.",
     _bigram(lambda ids, V: _pairs(ids, V) + _pairs(ids, V).T)),
    ("No smoothing: a pair that never came gets the probability 0, a perplexity of infinity, and a word without a successor gives NaN.",
     _bigram(mix=lambda C, total, k, p, ids: C / total)),
    ("You add the same k to every pair (add-k). The k counts are spread over the words as p says, so that frequent words get more.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k) / (total + k * len(p)))),
    ("You spread the k counts evenly over the V words. They are spread as p says: frequent words get more.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k / len(p)) / (total + k))),
    ("You divide by the count of the row alone: k more counts were put in, so your rows add up to more than 1.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / np.maximum(total, 1e-12))),
    ("You divide by the count of the row alone: k more counts were put in, so your rows add up to more than 1.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / total)),
    ("You give the places as a *list*, which NumPy takes for rows: each named row grows as a whole. A pair of row and column is a tuple.",
     _bigram(_rows_grow)),
    ("You put p in without its weight: k times p.", _bigram(mix=lambda C, total, k, p, ids: (C + p) / (total + k))),
    ("You put p in with the weight 1 whatever k is.", _bigram(mix=lambda C, total, k, p, ids: (C + p) / (total + 1))),
    ("You divide by the sums of the columns: each *row* has to add up to 1, since something follows each word.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (C.sum(axis=0, keepdims=True) + k))),
    ("Your sums of the rows have lost their axis: (V,) is laid along the *columns*, so each row is divided by other rows' sums.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (C.sum(axis=1) + k))),
    ("You divide by the number of all pairs. Asked is what follows *given* the word: each row adds up to 1 by itself.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (C.sum() + k))),
    ("You mix in the frequency of the word that is there, p[a]. It is the word that follows, b, whose frequency helps.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p[:, None]) / (total + k))),
    ("Your k counts have the same weight in each row: you add k·p to the row's *shares*. With many counts p should fade away.",
     _bigram(mix=lambda C, total, k, p, ids: (C / np.maximum(total, 1) + k * p) / (1 + k))),
    ("You return the counts, mixed but not divided: a probability has to add up to 1 along each row.",
     _bigram(mix=lambda C, total, k, p, ids: C + k * p)),
    ("You divide by how often the word itself comes. At the end of the text it comes once without being followed by anything.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (np.bincount(ids, minlength=len(p))[:, None] + k))),
    ("Brackets: you divide k · p alone. The counts and the k more counts are divided together.",
     _bigram(mix=lambda C, total, k, p, ids: C + k * p / (total + k))),
    ("Brackets: you divide the counts alone. The counts and the k more counts are divided together.",
     _bigram(mix=lambda C, total, k, p, ids: C / (total + k) + k * p)),
    ("Brackets: you add k after the division. It belongs to what you divide by.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / total + k)),
    ("You divide by k · V more. k more counts were put in for the whole row, as p adds up to 1.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (total + k * len(p)))),
    ("You mix with the shares k and 1 - k. k is a number of counts, not a share, and may well be above 1.",
     _bigram(mix=lambda C, total, k, p, ids: k * C / total + (1 - k) * p)),
    ("You mix with the shares k and 1 - k. k is a number of counts, not a share, and may well be above 1.",
     _bigram(mix=lambda C, total, k, p, ids: (1 - k) * C / total + k * p)),
    ("You mix with the shares k and 1 - k. k is a number of counts, not a share, and may well be above 1.",
     _bigram(mix=lambda C, total, k, p, ids: k * C / np.maximum(total, 1) + (1 - k) * p)),
    ("You mix with the shares k and 1 - k. k is a number of counts, not a share, and may well be above 1.",
     _bigram(mix=lambda C, total, k, p, ids: (1 - k) * C / np.maximum(total, 1) + k * p)),
    ("You return the logarithms. Asked are the probabilities.", _bigram(mix=lambda C, total, k, p, ids: np.log((C + k * p) / (total + k)))),
    ("You divide row a by how often a *follows* something. What follows a is counted along the row.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (C.sum(axis=0)[:, None] + k))),
    ("You raise the empty rows' total to 1. A row without counts has none, and thanks to k nothing is divided by zero.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p) / (np.maximum(total, 1) + k))),
    ("You transpose before you divide: then a row and its total no longer belong together.",
     _bigram(mix=lambda C, total, k, p, ids: (C + k * p).T / (total + k))),
    ("You pair every word with every other one of the text. Only neighbours are pairs.",
     _bigram(lambda ids, V: np.outer(np.bincount(ids, minlength=V), np.bincount(ids, minlength=V)).astype(float))),
    ("You take every second pair. The second word of a pair is the first of the next.",
     _bigram(lambda ids, V: _pairs(ids, V, slice(None, -1, 2), slice(1, None, 2)))),
]:
    bigram_lm.mistake(_sentence)(_wrong)

# ----------------------------------------------------------------------------------------------- 5.8 from_pytorch


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
    weight_ih meets the input, weight_hh the old state. Their z keeps the old state, as ours.
    -> Wx (D, 3H), Wh (H, 3H), b (3H,): blocks z, r, n, side by side; and b_hn (H,),
    the bias that stays inside r · (h @ Wn + b_hn).
    H = 1, weight_ih = [[1.], [2.], [3.]], bias_ih = [1., 2., 3.], bias_hh = [10., 20., 30.]:
    Wx = [[2., 1., 3.]], b = [22., 11., 3.], b_hn = [30.].
    """
    H = weight_hh.shape[1]
    order = np.r_[H:2 * H, 0:H, 2 * H:3 * H]      # TODO: (3H,), which of their rows our z, r and n are
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


def _home(order=None, wx=None, wh=None, bias=None, inner=None, results=lambda *four: four):
    """Return a from_pytorch with some of its lines replaced."""

    def function(weight_ih, weight_hh, bias_ih, bias_hh):
        H = weight_hh.shape[1]
        rows = order(H) if order else np.r_[H:2 * H, 0:H, 2 * H:3 * H]
        outside = np.append(bias_hh[:2 * H], np.zeros(H))
        Wx = wx(weight_ih, rows, weight_hh) if wx else weight_ih[rows].T
        Wh = wh(weight_hh, rows, weight_ih) if wh else weight_hh[rows].T
        b = bias(bias_ih, bias_hh, outside, rows) if bias else (bias_ih + outside)[rows]
        return results(Wx, Wh, b, inner(bias_hh, bias_ih, H) if inner else bias_hh[2 * H:])

    return lambda weight_ih, weight_hh, bias_ih, bias_hh: function(weight_ih, weight_hh, bias_ih, bias_hh)


for _sentence, _wrong in [
    ("Your blocks still stand as r, z, n: this course's cell would take their reset gate for z.", _home(lambda H: np.arange(3 * H))),
    ("Your blocks come as n, z, r. In theirs r and z have to change places, and n stays the last.",
     _home(lambda H: np.r_[2 * H:3 * H, H:2 * H, 0:H])),
    ("Your weights are in our order, and your bias still stands as r, z, n: it has the same three blocks.",
     _home(bias=lambda ih, hh, outside, rows: ih + outside)),
    ("You add b_hn to n's bias. There it counts in full; in theirs the reset gate multiplies it. It stays apart.",
     _home(bias=lambda ih, hh, outside, rows: (ih + hh)[rows])),
    ("You leave out bias_hh. For z and r it is added to the same sum as bias_ih.", _home(bias=lambda ih, hh, outside, rows: ih[rows])),
    ("You leave out bias_ih. Both biases are in the sums of z and r, and n has bias_ih outside of r.",
     _home(bias=lambda ih, hh, outside, rows: outside[rows])),
    ("You take the mean of the two biases. They are added.", _home(bias=lambda ih, hh, outside, rows: ((ih + outside) / 2)[rows])),
    ("You negate z's bias. Their z keeps the old state, as ours does: no sign changes.",
     _home(bias=lambda ih, hh, outside, rows: (ih + outside)[rows] * np.repeat([-1, 1, 1], len(ih) // 3))),
    ("Your b_hn is the first block of bias_hh, which is r's. The block n is the last one.", _home(inner=lambda hh, ih, H: hh[:H])),
    ("Your b_hn is the middle block of bias_hh, which is z's. The block n is the last one.", _home(inner=lambda hh, ih, H: hh[H:2 * H])),
    ("Your b_hn comes from bias_ih. The one inside r · ( … ) stands beside weight_hh: it is part of bias_hh.",
     _home(inner=lambda hh, ih, H: ih[2 * H:])),
    ("Your b_hn is zero. Training has set it to something, and the candidate needs it.", _home(inner=lambda hh, ih, H: np.zeros(H))),
    ("Wx is not transposed: in theirs a block has a row for each unit, in ours a column for each unit.", _home(wx=lambda W, rows, other: W[rows])),
    ("Wh is not transposed: row j of theirs says what unit j hears, in ours column j does.", _home(wh=lambda W, rows, other: W[rows])),
    ("Wx and Wh are swapped: weight_ih (from input to hidden) is Wx.", _home(results=lambda Wx, Wh, b, b_hn: (Wh, Wx, b, b_hn))),
]:
    from_pytorch.mistake(_sentence)(_wrong)


# -------------------------------------------------------------------------------------------- 5.9 with_temperature


@exercise("5.9", title="Warmer and colder", returns={"hot": "V"}, hints=[
    "At τ = 1 nothing changes. What should 1/τ do to a small probability when τ gets small, and what when it gets large?",
    "Raise to the power 1/τ, then divide by the sum. And with τ = 0.005 all powers may be too small for the computer: what could you "
    "divide by before, which the division by the sum takes out again?",
    "`hot = (p / p.max()) ** (1 / temperature)`, then `hot / hot.sum()`. At 0: a 1 at `p.argmax()` and 0 elsewhere.",
])
def with_temperature(p, temperature):
    """Return the probabilities p (V,) at a temperature τ: p ** (1/τ), divided by their sum.

    τ = 0 is what comes out for smaller and smaller τ: 1 for the best word, 0 for all others.
    A τ as small as 0.005 has to work as well: 0.001 ** 200 is 0 for the computer.
    p = [0.5, 0.25, 0.25] and τ = 0.5: [0.25, 0.0625, 0.0625] / 0.375 = [2/3, 1/6, 1/6].
    """
    if temperature == 0:
        return np.eye(len(p))[p.argmax()]               # TODO: what is left in the limit
    hot = (p / p.max()) ** (1 / temperature)            # TODO: the power, so that not all of them become 0
    return hot / hot.sum()                              # TODO: probabilities again


def _draw_words(rng, V):
    p = rng.random(V) ** 2
    return p / p.sum()


@with_temperature.cases
def _(rng):
    yield "the worked number: τ = 0.5", (np.array([0.5, 0.25, 0.25]), 0.5)
    yield "τ = 1 changes nothing", (_draw_words(rng, 5), 1.0)
    yield "τ = 2, V = 5", (_draw_words(rng, 5), 2.0)
    yield "τ = 0.3, one word is impossible", (np.array([0.1, 0.0, 0.6, 0.3]), 0.3)
    yield "τ = 0, V = 5", (_draw_words(rng, 5), 0)
    yield "τ = 0.005, 1000 words, none above 0.002", (np.linspace(0.0005, 0.0015, 1000), 0.005)


@with_temperature.same
def _(p, temperature):
    with np.errstate(divide="ignore"):
        scores = np.log(p)
    if temperature == 0:
        return (np.arange(len(p)) == np.argmax(p)).astype(float)
    scores = (scores - scores.max()) / temperature
    return np.exp(scores) / np.exp(scores).sum()


@with_temperature.same
def _(p, temperature):
    best = p.max()
    hot = np.array([(q / best) ** (1 / max(temperature, 1e-9)) for q in p])
    return hot / sum(hot)


def _warm(power=lambda p, t: (p / p.max()) ** (1 / t), norm=lambda hot: hot / hot.sum(), zero=lambda p: np.eye(len(p))[p.argmax()]):
    return lambda p, temperature: zero(p) if temperature == 0 else norm(power(p, temperature))


for _sentence, _wrong in [
    ("You raise p to the power τ. It is 1/τ: at a low temperature the large ones get larger.", _warm(lambda p, t: (p / p.max()) ** t)),
    ("You multiply or divide p by a number. The division by the sum takes that out again: nothing is changed.", _warm(lambda p, t: p / t)),
    ("You take e to the power p/τ: that is for scores, before the softmax. The probabilities themselves are raised to a power.",
     _warm(lambda p, t: np.exp((p - p.max()) / t))),
    ("Your numbers do not add up to 1: divide by their sum after the power.", _warm(lambda p, t: p ** (1 / t), norm=lambda hot: hot)),
    ("You divide by the largest. Then the best word has the probability 1, and all together more: divide by the sum.",
     _warm(norm=lambda hot: hot / hot.max())),
    ("At τ = 0.005 all of your powers are 0, and 0/0 is no number. Divide p by its largest before the power.",
     lambda p, temperature: np.eye(len(p))[p.argmax()] if temperature == 0 else _quiet(p, temperature)),
    ("At τ = 0 you give all words the same. The smaller τ gets, the more the best word takes.", _warm(zero=lambda p: np.full(len(p), 1 / len(p)))),
    ("At τ = 0 you change nothing. That is τ = 1.", _warm(zero=lambda p: p.copy())),
    ("At τ = 0 you return the number of the best word. An array of probabilities is asked: 1 at this place and 0 elsewhere.",
     _warm(zero=lambda p: p.argmax())),
    ("At τ = 0 you give 1 to the worst word. The best one takes all.", _warm(zero=lambda p: np.eye(len(p))[p.argmin()])),
    ("At τ = 0 the best word keeps its own probability. It gets 1: together they have to be 1.", _warm(zero=lambda p: p * (p == p.max()))),
    ("You return logarithms, divided by τ. Take e to that power before you divide by the sum.",
     _warm(lambda p, t: np.log(np.maximum(p, 1e-9)) / t)),
]:
    with_temperature.mistake(_sentence)(_wrong)


def _quiet(p, temperature):
    with np.errstate(invalid="ignore", under="ignore"):
        hot = p ** (1 / temperature)
        return hot / hot.sum()
