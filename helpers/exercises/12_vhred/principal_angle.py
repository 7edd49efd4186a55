"""Exercise 12.2: the angle between two planes."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.2", title="The angle between two planes", returns={"angle": ""}, hints=[
    "The rows of A span a plane, and so do other rows. Which rows of a plane should be compared, if any may be chosen? First of all they have to have length 1 and stand at right angles.",
    "`np.linalg.qr(A.T)[0]` (D, k) has such directions as its columns. The singular values of their dot products are the cosines of the angles: the planes are as far apart as the LARGEST angle says, so take the smallest cosine.",
    "`np.linalg.qr(A.T)[0]`, the same for B; `np.linalg.svd(Qa.T @ Qb, compute_uv=False)`; `np.degrees(np.arccos(np.clip(cosines.min(), -1, 1)))`.",
])
def principal_angle(A, B):
    """Return the largest angle, in degrees, between the planes of the rows of A and of B.

    A and B (k, D). 0 says that they are the same plane, whatever rows span it;
    90 that some direction of one is at right angles to all of the other.
    A = [[1., 0., 0.]] and B = [[1., 1., 0.]] give 45. A = [[1., 0., 0.], [0., 1., 0.]] and
    B = [[3., 1., 0.], [1., 0., 0.]] give 0.
    """
    Qa = np.linalg.qr(A.T)[0]                              # TODO: (D, k) the plane, in good axes
    Qb = np.linalg.qr(B.T)[0]                              # TODO: the same for B
    cosines = np.linalg.svd(Qa.T @ Qb, compute_uv=False)   # TODO: (k,) of the planes' angles
    cosine = np.clip(cosines.min(), -1, 1)                 # TODO: one; 1 + 1e-16 is no cosine
    return np.degrees(np.arccos(cosine))                   # TODO: in degrees


@principal_angle.cases
def _(rng):
    yield "two lines, 45 degrees", (np.array([[1.0, 0.0, 0.0]]), np.array([[1.0, 1.0, 0.0]]))
    yield "two lines of other lengths, 60 degrees", (np.array([[3.0, 0.0]]), np.array([[1.0, 3.0**0.5]]))
    yield "the same plane, other rows", (np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), np.array([[3.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    yield "planes that share a line, 30 degrees", (
        np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 0.0], [1.0, 3.0**0.5, 1.0]]))
    yield "two planes in 5 dimensions", (rng.normal(size=(2, 5)), rng.normal(size=(2, 5)))
    yield "k = 3, D = 8", (rng.normal(size=(3, 8)), rng.normal(size=(3, 8)))
    A = rng.normal(size=(3, 10))
    yield "k = 3, D = 10, nearly the same plane", (A, rng.normal(size=(3, 3)) @ A + 0.05 * rng.normal(size=(3, 10)))
    yield "the opposite direction", (np.array([[2.0, 1.0, 0.0]]), np.array([[-4.0, -2.0, 0.0]]))
    for place, seed in (("first", 62), ("second", 75), ("third", 94)):     # their cosines come out above 1
        M = np.random.default_rng(seed).normal(size=(2, 4))
        yield f"the same plane, rows three times as long, {place} pair", (M, 3 * M)
    yield "at right angles", (np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]), np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]))
    yield "rows of very different lengths", (np.array([[1e6, 0.0, 0.0], [0.0, 1e-3, 0.0]]), np.array([[2.0, 5.0, 1.0], [1.0, 1.0, 3.0]]))


@principal_angle.observed_by
def _(answer, A, B):
    """The arc cosine near 1 knows no more than six digits: 1e-6 degrees are 0."""
    if isinstance(answer, (float, np.floating)):
        return round(float(answer), 4) + 0.0
    return answer


@principal_angle.same
def _(A, B):
    bases = [np.linalg.svd(rows, full_matrices=False)[2] for rows in (A, B)]
    outside = bases[1] - bases[1] @ bases[0].T @ bases[0]
    return np.degrees(np.arcsin(min(1.0, np.linalg.norm(outside, 2))))


@principal_angle.same
def _(A, B):
    Qa, Qb = (np.linalg.qr(rows.T)[0] for rows in (A, B))
    smallest = np.linalg.svd(Qa.T @ Qb)[1][-1]
    return np.arccos(min(smallest, 1.0)) * 180 / np.pi


UNIT = "{0}.T / np.linalg.norm({0}, axis=1)"
for _key, _rows in (("Qa", "A"), ("Qb", "B")):
    principal_angle.mistakes_in(_key, [
        (f"The rows of {_rows} are used as they are: they have to get length 1 and right angles first.", f"{_rows}.T"),
        (f"The rows of {_rows} have length 1 now, but they do not stand at right angles to each other.", UNIT.format(_rows)),
        (f"You hand {_rows} itself to qr, with its directions in rows: it makes the COLUMNS stand at right angles, so `{_rows}.T`.", f"np.linalg.qr({_rows})[0]"),
        (f"qr returns a pair, Q and R: the directions of {_rows} are its first part.", f"np.linalg.qr({_rows}.T)"),
        (f"You take the R of {_rows}: the directions are in Q, the first part.", f"np.linalg.qr({_rows}.T)[1]"),
    ])
for _key, _rows, _other in (("Qa", "A", "B"), ("Qb", "B", "A")):
    principal_angle.mistakes_in(_key, [
        (f"With this {_key} every angle is 0: it should hold k directions of the plane of {_rows}, and of no other.", f"np.linalg.qr({_other}.T)[0]", f"np.linalg.svd({_rows}.T)[0]"),
    ])
for _sentence, _scale in [("Both sets of rows are used as they are: they have to get length 1 and right angles first.", "{0}.T"),
                          ("The rows have length 1 now, but within a plane they do not stand at right angles to each other.", UNIT)]:
    principal_angle.mistake(_sentence, Qa=_scale.format("A"), Qb=_scale.format("B"))

principal_angle.mistakes_in("cosines", [
    ("You compare the directions pair by pair, first with first: the same plane with other rows is then called different.", "np.abs(np.diag(Qa.T @ Qb))", "np.diag(Qa.T @ Qb)", "(Qa * Qb).sum(axis=0)"),
    ("These are the dot products of all pairs of directions. The angles of the planes are in their singular values.", "Qa.T @ Qb", "np.abs(Qa.T @ Qb)"),
    ("`Qa @ Qb.T` is (D, D), a product of pixels. Each direction of one plane should meet each of the other.", "np.linalg.svd(Qa @ Qb.T, compute_uv=False)"),
    ("You take eigenvalues: a matrix of dot products is not symmetric, and its singular values are the cosines.", "np.abs(np.linalg.eigvals(Qa.T @ Qb))", "np.linalg.eigvals(Qa.T @ Qb).real"),
    ("svd returns three things here; only the singular values were wanted: compute_uv=False.", "np.linalg.svd(Qa.T @ Qb)"),
])
principal_angle.mistakes_in("cosine", [
    ("You take the largest cosine, so the SMALLEST angle: two planes that share a line would be called the same.", "np.clip(cosines.max(), -1, 1)", "np.clip(cosines[0], -1, 1)", "cosines.max()", "cosines[0]"),
    ("A cosine of two equal planes may come out as 1 + 1e-16, and that has no arc cosine: the answer is nan.", "cosines.min()", "cosines[-1]", "min(cosines)"),
    ("You take the mean of the cosines. One direction that is off is enough: the smallest cosine.", "np.clip(cosines.mean(), -1, 1)"),
    ("All cosines are still there: one number was asked for, the largest angle.", "np.clip(cosines, -1, 1)"),
    ("You clip to 0 at the top: every cosine above it is lost.", "np.clip(cosines.min(), -1, 0)"),
    ("You multiply the cosines. That is another measure of how far planes are apart, not an angle between directions.", "np.clip(cosines.prod(), -1, 1)"),
])
principal_angle.mistakes_in("returns", [
    ("Your angle is in radians: 180 degrees are π.", "np.arccos(cosine)"),
    ("You return the cosine. The angle is its arc cosine.", "cosine"),
    ("You convert the wrong way, from degrees to radians.", "np.radians(np.arccos(cosine))"),
    ("You take the cosine of a cosine: the angle is the ARC cosine.", "np.degrees(np.cos(cosine))"),
    ("You take the arc sine: that is the angle to what stands at right angles to the plane.", "np.degrees(np.arcsin(cosine))"),
])
