"""Exercise 3.9: the mean stretch of one step back."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.9", title="The mean stretch", returns={"factor": ""}, hints=[
    "A gradient of length 1 in a random direction has n entries, and their squares add up to 1. How large is one of them, squared, on average?",
    "1/n. Entry i of `da @ Wh.T` is the sum of da[j] · Wh[i, j] over j. For entries with random signs the mean square of a sum is the sum of the mean squares: (Wh[i, j]² added over j) / n. Then add over i.",
    "`g = np.sqrt(np.sum(Wh**2) / len(Wh))` and `gamma = np.sqrt(np.mean(slopes**2))`.",
])
def mean_stretch(Wh, slopes):
    """Return by which factor one step back changes a gradient's length on average: g · γ.

    Wh (n, n); slopes, (T, n) or any other shape: the activation's slopes of all units at
    all steps.
    g: the root of the mean of ‖v Whᵀ‖² over all vectors v of length 1, in all directions
    alike.
    γ: the root of the mean squared slope.
    With Wh = [[3., 0.], [0., 4.]] and all slopes 1, the result is the root of 25/2, 3.54.
    """
    g = np.sqrt(np.sum(Wh**2) / len(Wh))        # TODO: the mean stretch of the matrix
    gamma = np.sqrt(np.mean(slopes**2))         # TODO: the mean stretch of the slopes
    return g * gamma


@mean_stretch.cases
def _(rng):
    yield "one linear unit", (np.array([[-0.5]]), np.ones((3, 1)))
    yield "one unit, different slopes", (np.array([[2.0]]), np.array([[0.2], [0.9], [0.4]]))
    yield "a diagonal matrix, all slopes 1", (np.diag([3.0, 4.0]), np.ones((2, 2)))
    yield "a shear, all slopes ½", (np.array([[0.9, 2.0], [0.0, 0.9]]), np.full((4, 2), 0.5))
    yield "whole numbers", (np.array([[3, 0], [-1, 4]]), np.array([[1, 0], [1, 1], [0, 0]]))
    yield "no weights at all", (np.zeros((2, 2)), rng.uniform(0, 1, (3, 2)))
    yield "saturated units: all slopes 0", (rng.normal(size=(3, 3)), np.zeros((4, 3)))
    yield "weights near ±1000", (1000 * rng.normal(size=(4, 4)), rng.uniform(0, 1, (3, 4)))
    yield "a single slope for all, as the lesson's np.ones(1)", (rng.normal(size=(3, 3)), np.ones(1))
    yield "slopes of two nets and 3 sequences, 4 axes", (np.eye(3), rng.uniform(0, 1, (5, 2, 3, 3)))
    yield "a random matrix, n = 5, 7 steps", (rng.normal(size=(5, 5)), rng.uniform(0, 1, (7, 5)))


mean_stretch.same(lambda Wh, slopes: (
    np.sqrt(np.mean(np.linalg.svd(Wh)[1] ** 2)) * np.linalg.norm(slopes) / np.sqrt(slopes.size)))

DIVIDED_TWICE = "You take the root mean square of the entries, as if the sum of squares were divided by n². Each of the n rows has a mean square of its own, its sum divided by n, and the n rows are added: divide by n once, under the root."

mean_stretch.mistakes_in("g", [
    (DIVIDED_TWICE, "np.sqrt(np.mean(Wh**2))"),
    ("This is the Frobenius norm itself. A direction of length 1 has only the share 1/n of its squared length in each unit: divide by n before the root.", "np.linalg.norm(Wh)"),
    ("This is σ_max, the worst direction. The mean over all directions is asked for.", "np.linalg.norm(Wh, 2)"),
    ("This is ρ, the direction that wins when all steps are equal. The mean over all directions is asked for.", "np.abs(np.linalg.eigvals(Wh)).max()"),
    ("The root of the matrix's part is missing: you return a mean squared stretch.", "np.sum(Wh**2) / len(Wh)"),
    ("You average the singular values themselves. Lengths add up by their squares: the mean of the squares, then the root.", "np.mean(np.linalg.svd(Wh)[1])"),
    (DIVIDED_TWICE, "np.linalg.norm(Wh) / len(Wh)"),
])

mean_stretch.mistakes_in("gamma", [
    ("You average the slopes themselves. Lengths add up by their squares: the mean of the squares, then the root.", "np.mean(slopes)"),
    ("The root of the slopes' part is missing.", "np.mean(slopes**2)"),
    ("The slopes are missing: this is the mean stretch of the matrix alone.", "1.0"),
    ("You take the largest slope. The mean over all units and steps is asked for.", "np.max(slopes)"),
    ("You add up the squared slopes: divide by how many there are, under the root.", "np.linalg.norm(slopes)"),
    ("You divide the sum of the squared slopes by the number of steps alone: there are T times n of them.", "np.sqrt(np.sum(slopes**2) / len(slopes))"),
    ("You count the slopes by two of their axes. The lesson also hands in slopes with one axis, and with four: `slopes.size` counts them all.", "np.sqrt(np.sum(slopes**2) / (slopes.shape[0] * slopes.shape[1]))"),
])

mean_stretch.mistake("The two factors are added: a step passes the slopes AND the matrix, so they are multiplied.")(
    lambda Wh, slopes: mean_stretch(Wh, np.ones(1)) + np.sqrt(np.mean(slopes**2)))
