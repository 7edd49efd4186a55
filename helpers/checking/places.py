"""Where two arrays differ, in words: at which places along which axis, and whether the shapes are one another's transposes."""

import itertools

import numpy as np

AXES = {"N": "batch", "T": "time", "D": "feature", "H": "hidden", "V": "vocabulary", "K": "class"}


def shape_words(want, got, letters):
    known = len(letters) == len(want)
    called = [letter.partition("/")[2] or _axis_name(letter) for letter in letters]
    letters = [letter.partition("/")[0] for letter in letters]
    wanted = f"({', '.join(_letter(x) for x in letters)}) = {want}" if known and want else f"{want}"
    words = f"expected {wanted}, got {got}."
    if known and len(got) == len(want) and sorted(got) == sorted(want) and len(set(want)) == len(want):
        moved = [
            f"the {called[i]} axis is {_place(got.index(n), len(got))}" for i, n in enumerate(want) if got.index(n) != i
        ]
        words += f" In words: {' and '.join(moved)}."
    elif known and len(got) < len(want) and (gone := _dropped(want, got)) is not None:
        words += " In words: " + " and ".join(f"the {called[i]} axis is missing" for i in gone) + "."
    elif len(got) > len(want) and np.prod(got) == np.prod(want):
        words += " In words: there is an extra axis of length 1."
    return words


def _dropped(want, got):
    """Return which axes of `want` were left out to give `got`, or None where there is no or more than one way to see it."""
    ways = [
        gone
        for gone in itertools.combinations(range(len(want)), len(want) - len(got))
        if tuple(n for i, n in enumerate(want) if i not in gone) == tuple(got)
    ]
    return ways[0] if len(ways) == 1 else None


def _place(i, n):
    return "first" if i == 0 else "last" if i == n - 1 else "second" if i == 1 else f"number {i + 1}"


def _letter(axis):
    blocks, _, size = axis.rpartition(":")
    return f"{len(blocks.split(','))}{size}" if blocks else size


def _axis_name(axis):
    """Return an axis in words: "batch", or "3H" where it is made of three blocks."""
    return AXES.get(axis) or _letter(axis)


def where_words(bad, letters):
    """Return ", at …" in words: the first wrong time step, the wrong rows of the batch, the wrong blocks."""
    if bad.ndim == 0 or bad.all() or len(letters) != bad.ndim:
        return "" if bad.ndim == 0 or bad.all() else f" at index {tuple(int(i) for i in np.argwhere(bad)[0])}"
    words = []
    for axis, letter in enumerate(letters):
        wrong = bad.any(axis=tuple(a for a in range(bad.ndim) if a != axis))
        if wrong.all():
            continue
        at, n = np.flatnonzero(wrong), len(wrong)
        blocks = letter.rpartition(":")[0].split(",") if ":" in letter else []
        place = letter.partition("/")[2]
        if blocks:
            by_block = wrong.reshape(len(blocks), -1).any(1)
            if not by_block.all():
                words.append(
                    "in block "
                    + ", ".join(b for b, w in zip(blocks, by_block, strict=True) if w)
                    + " (right in "
                    + ", ".join(b for b, w in zip(blocks, by_block, strict=True) if not w)
                    + ")"
                )
        elif place:
            words.append(f"at {_places(place, at)} (right at {_places(place, np.flatnonzero(~wrong))})")
        elif letter == "T" and at[0] > 0 and wrong[at[0] :].all():
            words.append(f"from time step t = {at[0]} on (right before)")
        elif letter == "T" and at[-1] < n - 1 and wrong[: at[-1] + 1].all():
            words.append(
                f"up to time step t = {at[-1]} (right at t = {at[-1] + 1}…{n - 1})"
                if at[-1] < n - 2
                else f"up to time step t = {at[-1]} (right at t = {n - 1})"
            )
        elif letter == "T":
            words.append(f"first at time step t = {at[0]}")
        elif letter == "N":
            words.append(f"for row {at[0]} of the batch" if len(at) == 1 else f"for {len(at)} of {n} rows")
    return " " + ", ".join(words) if words else ""


def _places(name, at):
    """Return the places in words: "key 2", "keys 0 and 1", or "7 keys" where they are many."""
    if len(at) > 4:
        return f"{len(at)} {name}s"
    return f"{name}{'s' * (len(at) > 1)} " + ", ".join(map(str, at[:-1])) + " and " * (len(at) > 1) + str(at[-1])


def pattern_words(want, got, bad, letters, inputs):
    """Return one more sentence where the wrong numbers have a shape that people recognise."""
    if want.size < 3 or want.dtype.kind == "b":
        return ""
    close = lambda a, b: a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-7)  # noqa: E731
    w, g = want.astype(float), got.astype(float)
    if not g.any() and w.any():
        return " Yours is zero everywhere."
    for name, value in inputs.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and close(value.astype(float), g):
            return f" What you return is {name}, unchanged."
    if close(g, -w):
        return " Every number has the wrong sign."
    big = np.abs(w) > 1e-3 * np.abs(w).max()
    ratio = g[big] / w[big]
    if (
        ratio.size > 1
        and abs(ratio[0] - 1) > 0.01
        and np.ptp(ratio) < 1e-4 * np.abs(ratio).max()
        and np.allclose(g[~big], 0, atol=1e-2 * np.abs(g).max())
    ):
        return f" Every number is {ratio[0]:.3g} times what it should be."
    if np.ptp(g - w) < 1e-6 * max(1e-9, np.abs(g - w).max()):
        return " Every number is off by the same amount."
    if w.ndim == 2 and w.shape[0] == w.shape[1] and close(g, w.T):
        return " It is the transpose of what it should be."
    axes = [letter.partition("/")[0] for letter in letters]
    if "T" in axes and len(axes) == w.ndim and w.shape[axes.index("T")] > 1:
        t = axes.index("T")
        step = letters[t].partition("/")[2] or "time step"
        if close(g, np.flip(w, t)):
            return f" The {step}s are in reverse order."
        a, b = np.moveaxis(g, t, 0), np.moveaxis(w, t, 0)
        if len(a) < 3:
            return ""
        if close(a[1:], b[:-1]) and not close(b[1:], b[:-1]):
            return f" Each {step} holds what belongs to the {step.removeprefix('time ')} before it."
        if close(a[:-1], b[1:]) and not close(b[1:], b[:-1]):
            return f" Each {step} holds what belongs to the {step.removeprefix('time ')} after it."
        if all(close(step, a[0]) for step in a):
            return f" All {step}s are the same."
    return ""
