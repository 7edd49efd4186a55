"""Exercise 3.4: clip gradients by their global norm."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.4", title="Clip by the global norm",
          returns={"clipped": {"Wx": "D H", "Wh": "H H", "b": "H"}, "norm": ""}, hints=[
    "All gradients together are one long vector. How long is it, and by what must it be multiplied to have the length `max_norm`?",
    "Add the squares of all entries of all arrays, take the root once. Only a vector that is too long is touched, and all arrays get the same factor.",
    '`norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))` and `rate = max_norm / norm if norm > max_norm else 1.0`. '
    "NaN equals nothing, not even itself, so `norm == np.nan` is never True. `np.isfinite(norm)` is False for NaN and for infinity: `broken` is the opposite.",
])
def clip_by_global_norm(grads, max_norm):
    """Shorten a gradient that is too long, without turning it.

    grads: a dict of arrays; max_norm: the greatest length allowed for all of them together.
    -> a new dict with the same keys, and the length that the gradient had before.
    grads = {"b": np.array([3., 4.])} and max_norm = 1 gives {"b": array([0.6, 0.8])} and 5.
    A gradient that is short enough stays as it is. If its length is NaN or infinite, no
    factor can mend it: then all arrays come back as zeros, so that the step is left out.
    """
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))   # TODO: the length of all together
    broken = not np.isfinite(norm)                              # TODO: is it NaN or infinite?
    if broken:
        return {name: np.zeros_like(g) for name, g in grads.items()}, norm
    rate = max_norm / norm if norm > max_norm else 1.0          # TODO: one factor for all arrays
    return {name: g * rate for name, g in grads.items()}, norm


@clip_by_global_norm.cases
def _(rng):
    def three():
        return {"Wx": rng.normal(size=(3, 4)), "Wh": rng.normal(size=(4, 4)), "b": rng.normal(size=4)}

    yield "one array, too long", ({"b": np.array([3.0, 4.0])}, 1.0)
    yield "one array, short enough", ({"b": np.array([0.3, 0.4])}, 1.0)
    yield "a long and a short array", ({"Wh": np.array([[30.0, 40.0]]), "b": np.array([0.3, 0.4])}, 1.0)
    yield "each short enough, together too long", ({"Wh": np.array([[0.8, 0.0]]), "b": np.array([0.0, 0.9])}, 1.0)
    yield "all zero", ({"Wh": np.zeros((2, 2)), "b": np.zeros(2)}, 5.0)
    yield "one entry is NaN", ({"Wh": np.array([[np.nan, 1.0]]), "b": np.array([1.0, 2.0])}, 1.0)
    yield "one entry is infinite", ({"Wh": np.array([[0.5, 1.0]]), "b": np.array([np.inf, 1.0])}, 1.0)
    yield "one entry is minus infinity, one is NaN", ({"Wh": np.array([[-np.inf, 1.0]]), "b": np.array([np.nan, 2.0])}, 1.0)
    yield "arrays of one number and no axis, as the lesson's w and b", ({"w": np.array(-3.0), "b": np.array(4.0)}, 0.5)
    yield "numbers near 1e15", ({"Wh": 1e15 * rng.normal(size=(3, 3)), "b": rng.normal(size=3)}, 5.0)
    yield "three arrays, float32", ({name: g.astype(np.float32) for name, g in three().items()}, 2.0)
    yield "three arrays, max_norm = 2", (three(), 2.0)
    yield "three arrays, short enough", (three(), 50.0)


@clip_by_global_norm.same
def _(grads, max_norm):
    norm = float(np.linalg.norm(np.concatenate([np.ravel(g) for g in grads.values()])))
    if np.isnan(norm) or np.isinf(norm):
        return {k: 0 * np.ones(g.shape) for k, g in grads.items()}, norm
    return {k: g / max(1.0, norm / max_norm) for k, g in grads.items()}, norm


ONE_ARRAY = "`np.linalg.norm` measures one array, and `grads` is a dict of several, with different shapes: add the squares of all entries of all arrays, and take the root once."
NAN = "A NaN gets through: it compares as False with everything, `nan > max_norm` and even `nan == nan`, and no factor takes it away. Ask `np.isfinite(norm)` first."
NAN_ALONE = "A NaN gets through: infinity is not the only length that no factor can mend."
INFINITE = "An infinite length gets through: `max_norm / inf` is 0, and 0 · inf is NaN. Ask whether the length is finite, not only whether it is NaN."

clip_by_global_norm.mistakes_in("norm", [
    ("Your length is the sum of the squares: the root is missing.", "sum(np.sum(g**2) for g in grads.values())"),
    ("You add up the lengths of the arrays. For one long vector, add the squares of all entries and take the root once.", "sum(np.linalg.norm(g) for g in grads.values())"),
    ("You take the largest entry for the length. Many small entries make a long gradient as well.", "max(np.abs(g).max() for g in grads.values())"),
    ("You average the squares over the entries. The length of a vector is the root of their sum.", "np.sqrt(sum(np.sum(g**2) for g in grads.values()) / sum(g.size for g in grads.values()))"),
    ("You take the longest array for the whole. Together they are longer than any one of them.", "np.max([np.linalg.norm(g) for g in grads.values()])"),
    ("You add up absolute values. The length of a vector is the root of its summed squares.", "sum(np.abs(g).sum() for g in grads.values())"),
    ("You measure the last array only: in a loop, each array's length replaces that of the one before.", "np.linalg.norm(list(grads.values())[-1])"),
    ("The norm 2 of a matrix is its largest singular value, not its length (and with a NaN in it, it cannot be computed). The length takes all entries as one vector.", "np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in grads.values()))"),
    (ONE_ARRAY, "np.linalg.norm(list(grads.values()))", "np.linalg.norm(grads)"),
])

clip_by_global_norm.mistakes_in("broken", [
    (NAN, "False", "norm == np.nan"),
    (INFINITE, "np.isnan(norm)"),
    (NAN_ALONE, "np.isinf(norm)", "norm == np.nan or norm == np.inf"),
    ("`isfinite` is True for a healthy gradient: those are the ones you throw away, and the broken ones go through. A `not` is missing.", "np.isfinite(norm)"),
    ("You call a gradient broken because it is too long, and throw it away; and a NaN, for which `>` is always False, goes through.", "norm > max_norm"),
])

clip_by_global_norm.mistakes_in("rate", [
    ("Your factor is upside down: `norm / max_norm` is above 1, so a gradient that is too long gets longer still. With max_norm = 1 a length of 5 becomes 25.", "norm / max_norm if norm > max_norm else 1.0"),
    ("You scale every gradient, also the short ones: those are made longer, and a gradient of zero becomes 0/0. Only what is longer than `max_norm` is touched.", "max_norm / norm"),
    ("You divide by the norm and forget `max_norm`: a gradient that is too long comes out with the length 1, whatever `max_norm` is.", "1 / norm if norm > max_norm else 1.0"),
    ("Your comparison is the wrong way round (or `max` stands for `min`): gradients that are short enough are stretched, and the long ones pass.", "1.0 if norm > max_norm else max_norm / norm"),
    ("A gradient that is too long is thrown away. Its direction is worth keeping: make it shorter.", "0.0 if norm > max_norm else 1.0"),
    ("You compare with `max_norm` but multiply by `max_norm` alone: the factor is `max_norm / norm`.", "max_norm if norm > max_norm else 1.0"),
    ("A gradient that is short enough becomes zero. It should stay as it is, and the factor that changes nothing is 1.", "max_norm / norm if norm > max_norm else 0.0"),
    ("Two things: the factor is upside down, so long gradients get longer; and short ones are scaled as well, which should stay as they are.", "norm / max_norm"),
    ("You divide by the length twice: what comes out has the length `max_norm / norm`, not `max_norm`.", "max_norm / norm**2 if norm > max_norm else 1.0"),
    ("You take the root of the factor. `norm` is a length already, so the factor is the plain quotient, and what comes out has the length `max_norm`.", "np.sqrt(max_norm / norm) if norm > max_norm else 1.0"),
    ("The two lengths are subtracted. A vector gets another length by a factor: `max_norm / norm`.", "norm - max_norm if norm > max_norm else 1.0"),
])

for sentence, *changes in [
    ("You clip every array by its own norm: that shortens some and not others, so the step points elsewhere. One factor for all keeps its direction.",
     ("g * rate", "g * min(1.0, max_norm / np.linalg.norm(g))")),
    ("You cut every entry off at ±max_norm. That turns the gradient: its large entries shrink, its small ones stay.",
     ("g * rate", "np.clip(g, -max_norm, max_norm)")),
    ("The right numbers, but you write them over the caller's gradients (`g *= rate`). Make new arrays: `g * rate`.",
     ("return {name: g * rate for name, g in grads.items()}, norm",
      "for g in grads.values():\n        g *= rate\n    return grads, norm")),
    ("You return the length AFTER clipping. The one before is worth watching: it shows when a cliff was hit.",
     ("g * rate for name, g in grads.items()}, norm", "g * rate for name, g in grads.items()}, norm * rate")),
    ("Where the step is left out you return another length. It comes back as it was measured, NaN or infinite, so that one sees what happened.",
     ("zeros_like(g) for name, g in grads.items()}, norm", "zeros_like(g) for name, g in grads.items()}, 0.0")),
    ("Where the length is NaN or infinite you multiply by 0, and 0 · NaN is NaN. Only new zeros are free of it.",
     ("np.zeros_like(g)", "g * 0.0")),
]:
    clip_by_global_norm.mistake(sentence)(clip_by_global_norm.changed(*changes))

clip_by_global_norm.mistake("You return the dict alone. The length before clipping is asked for as well.")(
    lambda grads, max_norm: clip_by_global_norm(grads, max_norm)[0])

clip_by_global_norm.mistake("Your two results are swapped: the dict comes first, then the length.")(
    lambda grads, max_norm: clip_by_global_norm(grads, max_norm)[::-1])
