"""Exercise 4.7: dropout."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("4.7", title="Dropout", returns={"dropped": "N T H"}, hints=[
    "What should a unit's average be with dropout, compared with without? And how many of U's numbers lie below `rate`?",
    "A unit stays where its number is at least `rate`. What stays is made larger so that the average is as it was. For one mask a sequence, "
    "the numbers of the first step decide for all steps: broadcasting does the rest.",
    "`keep = U[:, :1] >= rate` for one mask a sequence, `U >= rate` else; then `H * keep / (1 - rate)`.",
])
def apply_dropout(H, rate, U, per_sequence, training):
    """Return the states H (N, T, H) with some units set to 0 in training, unchanged in use.

    rate: the share to drop, 0 <= rate < 1. U (N, T, H): random numbers between 0 and 1;
    a unit stays where its number is at least `rate`, and what stays is divided by 1 - rate.
    per_sequence: one mask for all steps of a sequence, decided by the numbers of its first
    step.
    training: False in use.
    With rate 0.5, H = [[[2., 2.]]] and U = [[[.1, .9]]] it is [[[0., 4.]]].
    """
    if not training:
        return H                        # TODO: what comes out in use
    numbers = U
    if per_sequence:
        numbers = U[:, :1]              # TODO: the numbers that decide for all steps
    keep = numbers >= rate              # TODO: which units stay
    return H * keep / (1 - rate)        # TODO: the states in training


@apply_dropout.cases
def _(rng):
    H, U = np.full((1, 1, 2), 2.0), np.array([[[0.1, 0.9]]])
    yield "the worked number", (H, 0.5, U, False, True)
    yield "the same numbers, not in training", (H, 0.5, U, False, False)
    yield "a number equal to the rate", (np.ones((1, 2, 1)), 0.25, np.array([[[0.25], [0.125]]]), False, True)
    yield "one unit, three steps, rate 0.25", (np.ones((1, 3, 1)), 0.25, np.array([[[0.3], [0.2], [0.7]]]), False, True)
    yield "one mask a sequence", (np.ones((1, 3, 2)), 0.25, np.array([[[0.3, 0.1], [0.2, 0.8], [0.1, 0.1]]]), True, True)
    for per_sequence in (False, True):
        how = "one mask a sequence" if per_sequence else "a mask a step"
        yield f"N = 3, T = 4, H = 5, rate 0.3, {how}", (rng.normal(size=(3, 4, 5)), 0.3, rng.random((3, 4, 5)), per_sequence, True)
    yield "N = 3, T = 4, H = 5, in use", (rng.normal(size=(3, 4, 5)), 0.3, rng.random((3, 4, 5)), True, False)
    U = rng.random((2, 3, 2))
    U[0, 1] = 0
    yield "rate 0 drops nothing", (rng.normal(size=(2, 3, 2)), 0.0, U, False, True)
    yield "nothing stays", (rng.normal(size=(2, 3, 2)), 0.9, 0.5 * rng.random((2, 3, 2)), False, True)
    yield "one step, one mask a sequence", (rng.normal(size=(2, 1, 3)), 0.5, rng.random((2, 1, 3)), True, True)
    yield "equal axes, N = T = H = 3, one mask a sequence", (rng.normal(size=(3, 3, 3)), 0.5, rng.random((3, 3, 3)), True, True)


apply_dropout.same(apply_dropout.changed(
    ("return H  ", "return 1.0 * H  "), ("H * keep / (1 - rate)", "np.where(keep, 1 / (1 - rate), 0.0) * H")))


@apply_dropout.same
def _(H, rate, U, per_sequence, training):
    out = H.copy()
    if training:
        for n, t, k in np.ndindex(H.shape):
            out[n, t, k] = H[n, t, k] / (1 - rate) if U[n, 0 if per_sequence else t, k] >= rate else 0.0
    return out


BOTH_WAYS = "You drop in use, too. There every unit is wanted, and the same answer each time."
for sentence, edits in [
    ("You scale in use as well, by 1 - rate. What stays was already enlarged in training: in use nothing is left to do.", dict(returns="H * (1 - rate)")),
    ("You scale in use instead of in training: an old habit that also works, if *both* ends follow it. Here training divides by 1 - rate.", dict(returns="H * (1 - rate)", returns__2="H * keep")),
    ("You divide in use as well: the layer above hears more than it ever did in training.", dict(returns="H / (1 - rate)")),
    (BOTH_WAYS, dict(returns="H * (U >= rate) / (1 - rate)")),
    (BOTH_WAYS, dict(returns="H * (U >= rate)")),
    ("In use nothing comes out at all. Dropping is for training: in use every unit is wanted.", dict(returns="np.zeros_like(H)")),
    ("With one mask a sequence, you still draw a new one at every step.", dict(numbers="U")),
    ("Your mask is shared by the whole batch: the first *sequence* decides for all. Each sequence has a mask of its own; its first *step* decides.", dict(numbers="U[:1]")),
    ("Your mask is shared by the units: whole steps are dropped. The first *step* of each sequence decides, unit by unit.", dict(numbers="U[:, :, :1]")),
    ("The *last* step's numbers decide in your version. The first step's should.", dict(numbers="U[:, -1:]")),
    ("You average the numbers over the steps before you compare: averages lie near one half, so a rate below it drops hardly anything, and one above it nearly everything. One step decides.", dict(numbers="U.mean(axis=1, keepdims=True)")),
    ("The axis of the steps is gone: the numbers of the first step are (N, H) now and no longer fit (N, T, H). Keep that axis, with length 1.", dict(numbers="U[:, 0]")),
    ("The first *number* alone decides, for all sequences and all units. In each sequence, each unit's number of the first step decides.", dict(numbers="U[:1, :1, :1]")),
    ("You keep the share `rate` and drop the rest: it should be the other way round.", dict(keep="numbers < rate")),
    ("You keep where the number exceeds 1 - rate: then the share `rate` stays, and the rest is dropped.", dict(keep="numbers > 1 - rate")),
    ("You keep where the number is *below* 1 - rate. That is the right share, but not the units that were asked for.", dict(keep="numbers < 1 - rate")),
    ("You keep a unit where its number is *greater* than the rate. \"At least\" lets an equal number stay, too: with rate 0, no unit is dropped.", dict(keep="numbers > rate")),
    ("What stays is not made larger: in training the layer above hears less on average than in use.", dict(returns__2="H * keep")),
    ("You divide by `rate`. The share that stays is 1 - rate.", dict(returns__2="H * keep / rate")),
    ("You multiply by 1 - rate in training. What stays has to become *larger*.", dict(returns__2="H * keep * (1 - rate)")),
    ("You subtract instead of setting to 0: a dropped unit says nothing at all.", dict(returns__2="(H - ~keep) / (1 - rate)")),
    ("You divide by the share that *happened* to stay. Divide by the chance to stay, 1 - rate: it is right on average, and it works even when nothing stays.", dict(returns__2="H * keep / keep.mean()")),
    ("The mask alone comes out: it has still to be multiplied with the states.", dict(returns__2="np.broadcast_to(keep / (1 - rate), H.shape)")),
    ("The mask alone comes out: it has still to be multiplied with the states.", dict(returns__2="keep / (1 - rate)")),
    ("`H[keep]` picks out the numbers that stay and loses their places. The shape stays (N, T, H): the others become 0.", dict(returns__2="H[keep] / (1 - rate)")),
    ("Brackets: you divide by 1 and subtract rate then. It is 1 - rate that is divided by.", dict(returns__2="H * keep / 1 - rate")),
]:
    apply_dropout.mistake(sentence, **edits)

for sentence, old, new in [
    ("The flag `training` is read the wrong way round: you drop in use, and nothing in training.", "if not training", "if training"),
    ("The flag `per_sequence` is read the wrong way round: one mask for all steps where each step should have its own, and a mask for each step where one should do for all.", "if per_sequence", "if not per_sequence"),
    ("The right numbers, but you changed `H` itself, and it belongs to the caller.", "return H * keep / (1 - rate)", "H[...] = H * keep / (1 - rate)\n    return H"),
]:
    apply_dropout.mistake(sentence)(apply_dropout.changed((old, new)))

apply_dropout.mistakes_in("keep", [
    ("`U` is not used. The random numbers are handed in, so that the same mask can be made again.", "np.random.rand(*H.shape) >= rate", "np.random.random(H.shape) >= rate"),
])
