"""Exercise 3.8: a matrix that dies in the end and grows first."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.8", title="Small in the end, large at first", returns={"radius": "", "stretch": ""}, hints=[
    "Take a triangular matrix, with zeros below its diagonal. Where does one read its eigenvalues?",
    "The eigenvalues of a triangular matrix are its diagonal. So what stands beside the diagonal does not change them at all; but it stretches.",
    "`[[rho, s], [0, rho]]` has the radius rho, whatever s is, and sends the vector (0, 1) to (s, rho), which is longer than s.",
])
def grows_first(rho, fold):
    """Design a matrix that dies in the end and grows first.

    rho: the spectral radius that it should have; fold: some vector should become at least
    `fold` times as long in ONE step (fold > rho).
    -> W, an array (2, 2). There are many right ones: the check looks at the radius of your
    W and at the most that one step stretches a vector. For rho = 0.5 and fold = 1 the
    matrix [[0., -2.], [0.125, 0.]] is right: its eigenvalues are ±0.5i, and it makes (0, 1)
    twice as long.
    """
    W = np.array([[rho, fold], [0.0, rho]])      # TODO: your matrix
    return W


@grows_first.cases
def _(rng):
    yield "rho = 0.5, fold = 2", (0.5, 2.0)
    yield "rho = 0.9, fold = 6", (0.9, 6.0)
    yield "rho = 0.2, fold = 50", (0.2, 50.0)
    yield "rho = 1.1, fold = 3", (1.1, 3.0)
    yield "rho = 0.9, fold = 1000", (0.9, 1000.0)
    yield "rho = 2, fold = 5, whole numbers", (2, 5)


@grows_first.observed_by
def _(answer, rho, fold):
    if np.iscomplexobj(answer):
        raise ValueError("Your W holds complex numbers: its entries should be real.")
    W = np.asarray(answer, dtype=float)
    if W.shape != (2, 2):
        raise ValueError(f"Your W should be an array of shape (2, 2); got shape {W.shape}.")
    radius = np.abs(np.linalg.eigvals(W)).max()
    stretch = np.linalg.norm(W, 2)
    near = abs(radius - rho) < 1e-5 * rho                    # a double eigenvalue is computed to half of the digits only
    return (rho if near else radius), (fold if stretch >= fold * (1 - 1e-9) else stretch)


@grows_first.explained_by
def _(answer, rho, fold):
    W = np.asarray(answer, dtype=float)
    radius, stretch = np.abs(np.linalg.eigvals(W)).max(), np.linalg.norm(W, 2)
    if abs(radius - rho) > 1e-5 * rho:
        return f"Your matrix has the spectral radius {radius:.3g}; asked for is {rho:g}. (It stretches up to {stretch:.3g}-fold.)"
    return f"The radius is right. But one step stretches no vector more than {stretch:.3g}-fold; asked for is {fold:g}-fold."


grows_first.same(lambda rho, fold: rho * np.array([[0.0, -2 * fold / rho], [rho / (2 * fold), 0.0]]))

grows_first.same(lambda rho, fold: [[rho, 0], [3 * fold, -rho]])

grows_first.mistakes_in("W", [
    ("`fold` is the size of an eigenvalue of your matrix, so it grows in the end as well. Beside the diagonal, with a 0 in the other corner, it would be no eigenvalue.", "np.diag([rho, fold])"),
    ("Your matrix is symmetric, so its eigenvectors are at right angles and σ_max = ρ: it cannot grow first and die later. Let one of the two corners be 0.", "np.array([[rho, fold], [fold, rho]])"),
    ("No step of yours stretches anything by more than ρ: the eigenvectors are at right angles, so σ_max = ρ. Put a large number into *one* of the corners: that leaves the eigenvalues and stretches.", "rho * np.eye(2)"),
    ("The eigenvalues of your matrix have the size 1 (on its diagonal, if one corner is 0), so its radius is 1, not rho.", "np.array([[1.0, fold], [0.0, 1.0]])"),
    ("Both eigenvalues of your matrix are 0: two steps make everything 0. The radius should be rho.", "np.array([[0.0, fold], [0.0, 0.0]])"),
    ("The shear is multiplied by rho as well, so it is too weak: the entry beside the diagonal has to be at least fold by itself.", "rho * np.array([[1.0, fold], [0.0, 1.0]])"),
    ("None of the four entries is 0, and then the eigenvalues are not on the diagonal. Leave one corner 0.", "np.array([[rho, fold], [rho, rho]])"),
    ("Nothing stands on the diagonal, so the eigenvalues come from the two corners: they have the size √(fold · rho). Put rho on the diagonal.", "np.array([[0.0, fold], [rho, 0.0]])"),
    ("`fold` and `-fold` in the corners make a turn: the eigenvalues are rho ± i fold, farther from 0 than rho. Leave one corner 0.", "np.array([[rho, -fold], [fold, rho]])"),
])
