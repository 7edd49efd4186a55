"""Exercise 3.1: the spectral radius."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.1", title="The spectral radius", returns={"radius": ""}, hints=[
    "How long is a complex number, and how far from 0 is the number -2?",
    "`np.linalg.eigvals(W)` returns all eigenvalues, complex ones where the matrix turns. `np.abs` measures each of them.",
    "`np.abs(eigenvalues).max()`: first the absolute values, and only then the largest of them.",
])
def spectral_radius(W):
    """Return the spectral radius of W (H, H): how far its farthest eigenvalue is from 0.

    Eigenvalues may be negative or complex: what counts is their absolute value.
    W = [[0., 1.], [-1., 0.]], a quarter turn, has the eigenvalues i and -i and the
    radius 1.
    """
    eigenvalues = np.linalg.eigvals(W)        # TODO: all eigenvalues of W
    radius = np.abs(eigenvalues).max()        # TODO: the largest distance from 0
    return radius


@spectral_radius.cases
def _(rng):
    yield "one unit with a negative weight", (np.array([[-0.5]]),)
    yield "two units, one eigenvalue is -2", (np.diag([-2.0, 1.0]),)
    yield "three units, eigenvalues 0.5, -2 and 1", (np.array([[0.5, 1.0, 0.3], [0.0, -2.0, 0.7], [0.0, 0.0, 1.0]]),)
    yield "a matrix that shears", (np.array([[0.5, 3.0], [0.0, 0.4]]),)
    yield "the lesson's W1, eigenvalues 0 and -1", (np.array([[1.0, -1.0], [2.0, -2.0]]),)
    yield "no weights at all", (np.zeros((3, 3)),)
    yield "a quarter turn, times 3, in whole numbers", (np.array([[0, 3], [-3, 0]]),)
    yield "a turn by 60 degrees, times 0.9", (0.9 * np.array([[0.5, -0.75**0.5], [0.75**0.5, 0.5]]),)
    yield "a random matrix, H = 6, float32", (rng.normal(size=(6, 6)).astype(np.float32),)
    yield "a random matrix, H = 5", (rng.normal(size=(5, 5)),)
    yield "a random matrix, H = 8", (rng.normal(size=(8, 8)),)


@spectral_radius.observed_by
def _(answer, W):
    if np.iscomplexobj(answer):
        return "a complex number" if np.any(np.imag(answer)) else np.real(answer)
    return answer


spectral_radius.explained_by(lambda answer, W: (
    "You return a complex number. Its size, its distance from 0, is `np.abs`." if np.iscomplexobj(answer) else None))

spectral_radius.same(lambda W: float(max(np.sqrt(v.real**2 + v.imag**2) for v in np.linalg.eig(W)[0])))

SINGULAR = "This is the largest singular value, the most that ONE step can stretch a vector. The spectral radius says what happens in the long run."
IMAGINARY = "You drop the imaginary parts before measuring: a turn by 90° has eigenvalues ±i, which would count as 0."
BY_PLACE = "You take one eigenvalue by its place, the first or the last that NumPy returns. They come in no order: it may be any of them that is farthest from 0."
TOO_LATE = "You choose first and take the absolute value afterwards: between -2 and 1 that chooses 1, and -2 is farther from 0. Measure all of them, then choose."

spectral_radius.mistakes_in("radius", [
    ("You take the largest real part. An eigenvalue of -2, or one that only turns, counts as well: its distance from 0 is asked for.", "eigenvalues.real.max()"),
    (IMAGINARY, "np.abs(eigenvalues.real).max()"),
    (SINGULAR, "np.linalg.norm(W, 2)"),
    ("This is the Frobenius norm, the root of all squared entries. The spectral radius comes from the eigenvalues.", "np.linalg.norm(W)"),
    ("You look for the largest eigenvalue without taking absolute values first: complex numbers have no order, and -2 is farther from 0 than 1.", "eigenvalues.max()"),
    ("You take the eigenvalue nearest to 0. In the long run the farthest one wins.", "np.abs(eigenvalues).min()"),
    ("You average over the eigenvalues. Only the farthest from 0 counts: after many steps it outgrows all others.", "np.abs(eigenvalues).mean()"),
    ("You take the median of the eigenvalues' sizes. Only the farthest from 0 counts: after many steps it outgrows all others.", "np.median(np.abs(eigenvalues))"),
    ("Your result counts a real eigenvalue as 0, as if only imaginary parts had a size: -2 is 2 away from 0.", "np.abs(eigenvalues.imag).max()"),
    ("You add up the eigenvalues' sizes. Only the farthest one counts.", "np.abs(eigenvalues).sum()"),
    ("This is W's largest entry. Entries say little: what W does to a vector is in its eigenvalues.", "np.abs(W).max()"),
    ("This is the determinant, the product of all eigenvalues: it says how volumes change, not how the longest vector does.", "np.abs(np.linalg.det(W))"),
    ("You return the sizes of all eigenvalues: the largest of them is asked for.", "np.abs(eigenvalues)"),
    ("You square the distance: the radius is |λ| itself.", "(np.abs(eigenvalues) ** 2).max()"),
    (BY_PLACE, "np.abs(eigenvalues[0])", "np.abs(eigenvalues[-1])", "eigenvalues[0]", "eigenvalues[-1]"),
    ("You take the length of the whole list of eigenvalues, as if it were a vector. Only the one that is farthest from 0 counts.", "np.linalg.norm(eigenvalues)"),
    ("You found the right eigenvalue, and return it instead of its size, its distance from 0.", "eigenvalues[np.abs(eigenvalues).argmax()]"),
    ("The root of the square is the size of a real number only. A complex λ has a complex square, and that has a complex root: its distance from 0 has to be measured in another way.", "np.sqrt(eigenvalues**2).max()"),
    ("`argmax` is the place where the largest is found, not how large it is.", "np.abs(eigenvalues).argmax()"),
    (TOO_LATE, "np.abs(eigenvalues.max())", "np.abs(eigenvalues[eigenvalues.real.argmax()])"),
])

spectral_radius.mistakes_in("eigenvalues", [
    ("`qr` returns two matrices, whose product is W. Neither of them holds the eigenvalues: `eigvals` returns those.", "np.linalg.qr(W)"),
    ("These are eigenvectors, the directions. How much W stretches along them is in the eigenvalues.", "np.linalg.eig(W)[1]"),
    (SINGULAR, "np.linalg.svd(W)[1]"),
    (IMAGINARY, "np.linalg.eigvals(W).real"),
    ("`eigvalsh` is for symmetric matrices: it looks at one half of W only, and never finds a complex eigenvalue.", "np.linalg.eigvalsh(W)"),
    ("The eigenvalues stand on the diagonal of a triangular matrix only.", "np.diag(W)"),
    ("These are the eigenvalues of `W.T @ W`: the squares of the singular values, not the eigenvalues of W.", "np.linalg.eigvals(W.T @ W)"),
    ("`eig` returns two things at once, eigenvalues and eigenvectors, and they cannot be measured together. `eigvals` returns the eigenvalues alone.",
     "np.linalg.eig(W)"),
    ("`svd` returns three things, two turns and the singular values between them. None of them holds the eigenvalues: `eigvals` returns those.",
     "np.linalg.svd(W)"),
])
