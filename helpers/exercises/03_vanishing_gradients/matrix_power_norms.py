"""Exercise 3.2: how much k steps with a matrix stretch a vector."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.2", title="What k steps do", returns={"norms": ""}, hints=[
    "What is the matrix of three steps, if W is the matrix of one?",
    "W³ is `W @ W @ W`, not the cubes of the entries. NumPy has it as `np.linalg.matrix_power`.",
    "`np.linalg.matrix_power(W, k)`, and of that `np.linalg.norm(power, 2)`: the 2 asks for the most that a vector is stretched, the largest singular value.",
])
def matrix_power_norms(W, ks):
    """Return how much k steps with W can stretch a vector at most, for each k in ks.

    W (n, n), ks a list or an array of whole numbers -> an array (len(ks),), the norms
    ‖W^k‖: of all vectors of length 1, how long does the k-th power of W make the one that
    it stretches most?
    W = [[2., 0.], [0., .5]], ks = [1, 3] gives [2., 8.].
    """
    norms = np.zeros(len(ks))
    for i, k in enumerate(ks):
        power = np.linalg.matrix_power(W, k)      # TODO: W @ W @ … @ W, k times
        norms[i] = np.linalg.norm(power, 2)       # TODO: the most that it stretches a vector
    return norms


@matrix_power_norms.cases
def _(rng):
    yield "one unit, w = 0.5, k = 3", (np.array([[0.5]]), [3])
    yield "a diagonal matrix, k = 1", (np.diag([2.0, -0.5]), [1])
    yield "a diagonal matrix, k = 2 and 4", (np.diag([2.0, -0.5]), [2, 4])
    yield "a matrix that shears, k = 1, 2, 5", (np.array([[0.9, 2.0], [0.0, 0.8]]), [1, 2, 5])
    yield "a matrix that is zero after two steps", (np.array([[0.0, 3.0], [0.0, 0.0]]), [1, 2])
    yield "no weights at all", (np.zeros((2, 2)), [1, 3])
    yield "the lesson's W1 in whole numbers, k = 1 and 10", (np.array([[1, -1], [2, -2]]), [1, 10])
    yield "the lesson's shear, k = 1 … 20", (np.array([[0.9, 2.0], [0.0, 0.9]]), np.arange(1, 21))
    yield "a random matrix, H = 4, k = 3, 1, 6", (rng.normal(size=(4, 4)), np.array([3, 1, 6]))


@matrix_power_norms.same
def _(W, ks):
    def power(k):
        return np.eye(len(W)) if k == 0 else W @ power(k - 1)

    return np.array([np.linalg.svd(power(k))[1][0] for k in ks])


matrix_power_norms.same(lambda W, ks: np.array(
    [np.sqrt(np.linalg.eigvalsh(P.T @ P).max()) for P in (np.linalg.matrix_power(W, k) for k in ks)]))

ALWAYS_W = "You always measure W itself: the k is missing."
TRANSPOSED = "You take the powers of W times its transpose. That undoes all turning between two steps: k steps are W times W times W, and so on."
PLACE = "You use the place in the list, i, where the number of steps belongs: that is k."
SVD = "`svd` returns three things: two turns, and between them the singular values, largest first. You want the first of those."

matrix_power_norms.mistakes_in("power", [
    ("`W**k` raises every entry to the power k. A second step multiplies by the matrix: `W @ W`.", "W**k"),
    ("One factor too many: start from W and multiply k - 1 times, or start from the identity and multiply k times.", "np.linalg.matrix_power(W, k + 1)"),
    ("One factor too few: W to the power 1 is W itself.", "np.linalg.matrix_power(W, k - 1)"),
    ("You multiply W by the number k. k steps are k matrix products.", "W * k"),
    (ALWAYS_W, "W"),
    ("You square again and again: for k = 3 that makes W⁴, for k = 4 W⁸. Each step multiplies by W once more, not by the power so far.", "np.linalg.matrix_power(W, 2 ** (int(k) - 1))"),
    (TRANSPOSED, "np.linalg.matrix_power(W @ W.T, k)", "np.linalg.matrix_power(W.T @ W, k)"),
    (PLACE, "np.linalg.matrix_power(W, i)", "np.linalg.matrix_power(W, i + 1)"),
])

matrix_power_norms.mistakes_in("norms_i", [
    ("This is the Frobenius norm, the root of all squared entries. It is at least as large as the most that a vector can be stretched, and nearly always larger. Ask for norm 2.", "np.linalg.norm(power)"),
    ("You take the power of the norm instead of the norm of the power: that is the worst case, as if every step found the direction that the first one stretched most.", "np.linalg.norm(W, 2) ** k"),
    ("You take the spectral radius, which for the k-th power is ρ to the power k. That is what happens in the long run; the first steps can do something else.", "np.abs(np.linalg.eigvals(power)).max()"),
    (ALWAYS_W, "np.linalg.norm(W, 2)"),
    ("This is the largest entry of the power. A vector can often be stretched by more than that.", "np.abs(power).max()"),
    ("This is norm 1, the largest sum of a column. Ask for norm 2.", "np.linalg.norm(power, 1)"),
    ("This is the norm inf, the largest sum of a row. The largest singular value is norm 2.", "np.linalg.norm(power, np.inf)"),
    ("This is the smallest singular value of the power: the least, not the most, that a vector is stretched.", "np.linalg.norm(power, -2)"),
    ("You add up all singular values of the power. One vector can be stretched by the largest of them, not by their sum.", "np.linalg.norm(power, 'nuc')"),
    ("This is the length of the power's longest column. A vector between the axes can be stretched by more than that.", "np.linalg.norm(power, axis=0).max()"),
    ("You follow one vector, and it need not be the one that is stretched most: ask for norm 2.", "np.linalg.norm(power @ np.ones(len(W)))"),
    ("You square the singular values: `P.T @ P` has their squares, and the root is missing.", "np.linalg.eigvalsh(power.T @ power).max()"),
    ("You divide by what the first step does. Then ten steps are compared with one, not with none: what k = 1 does is lost.", "np.linalg.norm(power, 2) / np.linalg.norm(W, 2)"),
    (SVD, "np.linalg.svd(power)", "np.linalg.svd(power).max()"),
    ("These are all singular values of the power, largest first. One number is asked for, the largest.",
     "np.linalg.svd(power)[1]"),
    ("`eig` returns two things, eigenvalues and eigenvectors. Neither says how much ONE vector is stretched at most: ask for norm 2.",
     "np.linalg.eig(power)"),
    ("`qr` returns two matrices, whose product is the power. One number is asked for: norm 2.", "np.linalg.qr(power)"),
])

for sentence, *changes in [
    ("You carry the power on from one k to the next. Each k starts anew: k = 6 after k = 3 is six steps, not nine.",
     ("norms = np.zeros(len(ks))", "power, norms = np.eye(len(W)), np.zeros(len(ks))"),
     ("power = np.linalg.matrix_power(W, k)", "for _ in range(k):\n            power = power @ W")),
    ("You write into W itself: `power = W` copies nothing, so `power[:] = …` changes the matrix that you go on multiplying with.",
    ("power = np.linalg.matrix_power(W, k)",
     "power = W\n        for _ in range(k - 1):\n            power[:] = power @ W")),
]:
    matrix_power_norms.mistake(sentence)(matrix_power_norms.changed(*changes))
