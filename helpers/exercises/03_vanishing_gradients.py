"""Notebook 03: vanishing and exploding gradients, and the spectral radius."""

import numpy as np

from helpers.checking.authoring import exercise

# ------------------------------------------------------------------------------------------ 3.1 spectral_radius


@exercise("3.1", title="The spectral radius", returns={"radius": ""}, hints=[
    "How long is a complex number, and how far from 0 is the number -2?",
    "`np.linalg.eigvals(W)` returns all eigenvalues, complex ones where the matrix turns. `np.abs` measures each of them.",
    "`np.abs(eigenvalues).max()`: first the absolute values, and only then the largest of them.",
])
def spectral_radius(W):
    """Return the spectral radius of W (H, H): how far its farthest eigenvalue is from 0.

    Eigenvalues may be negative or complex: what counts is their absolute value.
    W = [[0., 1.], [-1., 0.]], a quarter turn, has the eigenvalues i and -i and the radius 1.
    """
    eigenvalues = np.linalg.eigvals(W)        # TODO: all eigenvalues of W
    radius = np.abs(eigenvalues).max()        # TODO: the largest distance from 0
    return radius


@spectral_radius.cases
def _(rng):
    yield "one unit with a negative weight", (np.array([[-0.5]]),)
    yield "two units, one eigenvalue is -2", (np.diag([-2.0, 1.0]),)
    yield "a turn by 60 degrees, times 0.9", (0.9 * np.array([[0.5, -0.75**0.5], [0.75**0.5, 0.5]]),)
    yield "a matrix that shears", (np.array([[0.5, 3.0], [0.0, 0.4]]),)
    yield "a random matrix, H = 5", (rng.normal(size=(5, 5)),)
    yield "a random matrix, H = 8", (rng.normal(size=(8, 8)),)
    yield "three units, eigenvalues 0.5, -2 and 1", (np.array([[0.5, 1.0, 0.3], [0.0, -2.0, 0.7], [0.0, 0.0, 1.0]]),)


@spectral_radius.observed_by
def _(answer, W):
    if np.iscomplexobj(answer):
        return "a complex number" if np.any(np.imag(answer)) else np.real(answer)
    return answer


@spectral_radius.explained_by
def _(answer, W):
    return "You return a complex number. Its size, its distance from 0, is `np.abs`." if np.iscomplexobj(answer) else None


@spectral_radius.same
def _(W):
    values, _ = np.linalg.eig(W)
    return float(max(np.sqrt(v.real**2 + v.imag**2) for v in values))


@spectral_radius.mistake("You take the largest real part. An eigenvalue of -2, or one that only turns, counts as well: its distance from 0 is asked for.")
def _(W):
    return np.linalg.eigvals(W).real.max()


@spectral_radius.mistake("You drop the imaginary parts before measuring: a turn by 90° has eigenvalues ±i, which would count as 0.")
def _(W):
    return np.abs(np.linalg.eigvals(W).real).max()


@spectral_radius.mistake("This is the largest singular value, the most that ONE step can stretch a vector. The spectral radius says what happens in the long run.")
def _(W):
    return np.linalg.norm(W, 2)


@spectral_radius.mistake("This is the Frobenius norm, the root of all squared entries. The spectral radius comes from the eigenvalues.")
def _(W):
    return np.linalg.norm(W)


@spectral_radius.mistake("You look for the largest eigenvalue without taking absolute values first: complex numbers have no order, and -2 is farther from 0 than 1.")
def _(W):
    return np.linalg.eigvals(W).max()


@spectral_radius.mistake("You take the eigenvalue nearest to 0. In the long run the farthest one wins.")
def _(W):
    return np.abs(np.linalg.eigvals(W)).min()


@spectral_radius.mistake("You average over the eigenvalues. Only the farthest from 0 counts: after many steps it outgrows all others.")
def _(W):
    return np.abs(np.linalg.eigvals(W)).mean()


@spectral_radius.mistake("You take the median of the eigenvalues' sizes. Only the farthest from 0 counts: after many steps it outgrows all others.")
def _(W):
    return np.median(np.abs(np.linalg.eigvals(W)))


@spectral_radius.mistake("Your result counts a real eigenvalue as 0, as if only imaginary parts had a size: -2 is 2 away from 0.")
def _(W):
    return np.abs(np.linalg.eigvals(W).imag).max()


@spectral_radius.mistake("You add up the eigenvalues' sizes. Only the farthest one counts.")
def _(W):
    return np.abs(np.linalg.eigvals(W)).sum()


@spectral_radius.mistake("`eigvalsh` is for symmetric matrices: it looks at one half of W only, and never finds a complex eigenvalue.")
def _(W):
    return np.abs(np.linalg.eigvalsh(W)).max()


@spectral_radius.mistake("This is W's largest entry. Entries say little: what W does to a vector is in its eigenvalues.")
def _(W):
    return np.abs(W).max()


@spectral_radius.mistake("These are the eigenvalues of `W.T @ W`: the squares of the singular values, not the eigenvalues of W.")
def _(W):
    return np.abs(np.linalg.eigvals(W.T @ W)).max()


@spectral_radius.mistake("This is the determinant, the product of all eigenvalues: it says how volumes change, not how the longest vector does.")
def _(W):
    return np.abs(np.linalg.det(W))


@spectral_radius.mistake("You return the sizes of all eigenvalues: the largest of them is asked for.")
def _(W):
    return np.abs(np.linalg.eigvals(W))


@spectral_radius.mistake("You square the distance: the radius is |λ| itself.")
def _(W):
    return (np.abs(np.linalg.eigvals(W)) ** 2).max()


_BY_PLACE = (
    "You take one eigenvalue by its place, the first or the last that NumPy returns. They come in no order: "
    "it may be any of them that is farthest from 0."
)


@spectral_radius.mistake(_BY_PLACE)
def _(W):
    return np.abs(np.linalg.eigvals(W)[0])


@spectral_radius.mistake(_BY_PLACE)
def _(W):
    return np.abs(np.linalg.eigvals(W)[-1])


@spectral_radius.mistake("You take the length of the whole list of eigenvalues, as if it were a vector. Only the one that is farthest from 0 counts.")
def _(W):
    return np.linalg.norm(np.linalg.eigvals(W))


@spectral_radius.mistake("You found the right eigenvalue, and return it instead of its size, its distance from 0.")
def _(W):
    eigenvalues = np.linalg.eigvals(W)
    return eigenvalues[np.abs(eigenvalues).argmax()]


@spectral_radius.mistake("The root of the square is the size of a real number only. A complex λ has a complex square, and that has a complex root: its distance from 0 has to be measured in another way.")
def _(W):
    return np.sqrt(np.linalg.eigvals(W) ** 2).max()


@spectral_radius.mistake("`argmax` is the place where the largest is found, not how large it is.")
def _(W):
    return np.abs(np.linalg.eigvals(W)).argmax()


_TOO_LATE = (
    "You choose first and take the absolute value afterwards: between -2 and 1 that chooses 1, and -2 is farther from 0. "
    "Measure all of them, then choose."
)


@spectral_radius.mistake(_TOO_LATE)
def _(W):
    return np.abs(np.linalg.eigvals(W).max())


@spectral_radius.mistake(_TOO_LATE)
def _(W):
    eigenvalues = np.linalg.eigvals(W)
    return np.abs(eigenvalues[eigenvalues.real.argmax()])


@spectral_radius.mistake("These are eigenvectors, the directions. How much W stretches along them is in the eigenvalues.")
def _(W):
    return np.abs(np.linalg.eig(W)[1]).max()


_EIG = "`eig` returns two things at once, eigenvalues and eigenvectors, and they cannot be measured together. `eigvals` returns the eigenvalues alone."


@spectral_radius.mistake(_EIG)
def _(W):
    return np.abs(np.linalg.eig(W)).max()


@spectral_radius.mistake(_EIG)
def _(W):
    return abs(np.linalg.eig(W)).max()


@spectral_radius.mistake(_EIG)
def _(W):
    return np.linalg.eig(W).max()


# --------------------------------------------------------------------------------------- 3.2 matrix_power_norms


@exercise("3.2", title="What k steps do", returns={"norms": ""}, hints=[
    "What is the matrix of three steps, if W is the matrix of one?",
    "W³ is `W @ W @ W`, not the cubes of the entries. NumPy has it as `np.linalg.matrix_power`.",
    "`np.linalg.matrix_power(W, k)`, and of that `np.linalg.norm(power, 2)`: the 2 asks for the most that a vector is stretched, the largest singular value.",
])
def matrix_power_norms(W, ks):
    """Return how much k steps with W can stretch a vector at most, for each k in ks.

    W (n, n), ks a list or an array of whole numbers -> an array (len(ks),), the norms ‖W^k‖: of all
    vectors of length 1, how long does the k-th power of W make the one that it stretches most?
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
    yield "a random matrix, H = 4, k = 3, 1, 6", (rng.normal(size=(4, 4)), np.array([3, 1, 6]))


@matrix_power_norms.same
def _(W, ks):
    def power(k):
        return np.eye(len(W)) if k == 0 else W @ power(k - 1)

    return np.array([np.linalg.svd(power(k))[1][0] for k in ks])


@matrix_power_norms.same
def _(W, ks):
    return np.array([np.sqrt(np.linalg.eigvalsh(P.T @ P).max()) for P in (np.linalg.matrix_power(W, k) for k in ks)])


@matrix_power_norms.mistake("`W**k` raises every entry to the power k. A second step multiplies by the matrix: `W @ W`.")
def _(W, ks):
    return np.array([np.linalg.norm(W**k, 2) for k in ks])


@matrix_power_norms.mistake("This is the Frobenius norm, the root of all squared entries. It is at least as large as the most that a vector can be stretched, and nearly always larger. Ask for norm 2.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k)) for k in ks])


@matrix_power_norms.mistake("You take the power of the norm instead of the norm of the power: that is the worst case, as if every step found the direction that the first one stretched most.")
def _(W, ks):
    return np.array([np.linalg.norm(W, 2) ** k for k in ks])


@matrix_power_norms.mistake("You take the spectral radius, which for the k-th power is ρ to the power k. That is what happens in the long run; the first steps can do something else.")
def _(W, ks):
    return np.array([np.abs(np.linalg.eigvals(W)).max() ** k for k in ks])


@matrix_power_norms.mistake("One factor too many: start from W and multiply k - 1 times, or start from the identity and multiply k times.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k + 1), 2) for k in ks])


@matrix_power_norms.mistake("One factor too few: W to the power 1 is W itself.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k - 1), 2) for k in ks])


@matrix_power_norms.mistake("You multiply W by the number k. k steps are k matrix products.")
def _(W, ks):
    return np.array([np.linalg.norm(W * k, 2) for k in ks])


@matrix_power_norms.mistake("You always measure W itself: the k is missing.")
def _(W, ks):
    return np.array([np.linalg.norm(W, 2) for k in ks])


@matrix_power_norms.mistake("This is the largest entry of the power. A vector can often be stretched by more than that.")
def _(W, ks):
    return np.array([np.abs(np.linalg.matrix_power(W, k)).max() for k in ks])


@matrix_power_norms.mistake("This is norm 1, the largest sum of a column. Ask for norm 2.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 1) for k in ks])


@matrix_power_norms.mistake("This is the smallest singular value of the power: the least, not the most, that a vector is stretched.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), -2) for k in ks])


@matrix_power_norms.mistake("You square again and again, which makes the power 2 to the k. Each step multiplies by W once more, not by the power so far.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, 2 ** (int(k) - 1)), 2) for k in ks])


@matrix_power_norms.mistake("You square the singular values: `P.T @ P` has their squares, and the root is missing.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) ** 2 for k in ks])


@matrix_power_norms.mistake("You divide by what the first step does. Then ten steps are compared with one, not with none: what k = 1 does is lost.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) / np.linalg.norm(W, 2) for k in ks])


@matrix_power_norms.mistake("You take the powers of W times its transpose. That undoes all turning between two steps: k steps are W times W times W, and so on.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W @ W.T, k), 2) for k in ks])


@matrix_power_norms.mistake("You take the powers of W times its transpose. That undoes all turning between two steps: k steps are W times W times W, and so on.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W.T @ W, k), 2) for k in ks])


_SVD = "`svd` returns three things: two turns, and between them the singular values, largest first. You want the first of those."


@matrix_power_norms.mistake(_SVD)
def _(W, ks):
    norms = np.zeros(len(ks))
    for i, k in enumerate(ks):
        norms[i] = np.linalg.svd(np.linalg.matrix_power(W, k))
    return norms


@matrix_power_norms.mistake(_SVD)
def _(W, ks):
    norms = np.zeros(len(ks))
    for i, k in enumerate(ks):
        norms[i] = np.linalg.svd(np.linalg.matrix_power(W, k)).max()
    return norms


_PLACE = "You use the place in the list, i, where the number of steps belongs: that is k."


@matrix_power_norms.mistake(_PLACE)
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, i), 2) for i, _ in enumerate(ks)])


@matrix_power_norms.mistake(_PLACE)
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, i + 1), 2) for i, _ in enumerate(ks)])


@matrix_power_norms.mistake("You add up all singular values of the power. One vector can be stretched by the largest of them, not by their sum.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), "nuc") for k in ks])


@matrix_power_norms.mistake("This is the norm inf, the largest sum of a row. The largest singular value is norm 2.")
def _(W, ks):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), np.inf) for k in ks])


@matrix_power_norms.mistake("You carry the power on from one k to the next. Each k starts anew: k = 6 after k = 3 is six steps, not nine.")
def _(W, ks):
    power, norms = np.eye(len(W)), []
    for k in ks:
        for _ in range(k):
            power = power @ W
        norms.append(np.linalg.norm(power, 2))
    return np.array(norms)


@matrix_power_norms.mistake("You write into W itself: `power = W` copies nothing, so `power[:] = …` changes the matrix that you go on multiplying with.")
def _(W, ks):
    norms = []
    for k in ks:
        power = W
        for _ in range(k - 1):
            power[:] = power @ W
        norms.append(np.linalg.norm(power, 2))
    return np.array(norms)


# ------------------------------------------------------------------------------------------ 3.3 grad_norm_by_lag


def tanh_slope(h):
    """Return the slope of tanh where its output is h."""
    return 1 - h**2


def relu_slope(h):
    """Return the slope of relu where its output is h."""
    return (h > 0) * 1.0


def linear_slope(h):
    """Return the slope of the line: 1 everywhere."""
    return np.ones_like(h)


@exercise("3.3", title="How far the gradient reaches", returns={"norms": "lag"}, hints=[
    "What stands between h at time t and h at time t - 1: in which order does the forward step pass the matrix and the activation?",
    "Backwards, the activation comes first: multiply by its slope at the state of THIS step. Then the matrix, transposed.",
    "`da = dh * slope(H[t])`, and then `dh = da @ Wh.T` is the gradient one step further back.",
])
def grad_norm_by_lag(Wh, H, dh, slope):
    """Return how long the gradient is after going back 0, 1, 2, … steps.

    For n units: Wh (n, n); H (T, n) the states of one sequence; dh (n,) the gradient at the last of
    them; slope(h) the activation's slope, written with its output h, such as 1 - h**2 for tanh.
    -> norms, an array (T,): norms[0] is ‖dh‖ itself, norms[k] is the length of the gradient at the
    state H[T-1-k]. One linear unit with Wh = [[0.5]], dh = [1.], T = 3 gives [1., 0.5, 0.25].
    """
    T = len(H)
    norms = np.zeros(T)
    for lag in range(T):
        norms[lag] = np.linalg.norm(dh)
        t = T - 1 - lag
        da = dh * slope(H[t])      # TODO: back through the activation of step t
        dh = da @ Wh.T             # TODO: back through the matrix, to the state before
    return norms


@grad_norm_by_lag.cases
def _(rng):
    one = np.array([[0.5]])
    yield "one linear unit, 3 steps", (one, rng.normal(size=(3, 1)), np.ones(1), linear_slope)
    yield "one tanh unit, 3 steps", (one, np.tanh(rng.normal(size=(3, 1))), np.ones(1), tanh_slope)
    yield "three linear units, 4 steps", (rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.normal(size=3), linear_slope)
    yield "four tanh units, 6 steps", (rng.normal(size=(4, 4)), np.tanh(rng.normal(size=(6, 4))), rng.normal(size=4), tanh_slope)
    yield "five relu units, 5 steps", (rng.normal(size=(5, 5)), np.maximum(rng.normal(size=(5, 5)), 0), rng.normal(size=5), relu_slope)


@grad_norm_by_lag.same
def _(Wh, H, dh, slope):
    norms = [np.sqrt(np.sum(dh**2))]
    for h in H[:0:-1]:
        dh = Wh @ (slope(h) * dh)
        norms.append(np.sqrt(np.sum(dh**2)))
    return np.array(norms)


@grad_norm_by_lag.same
def _(Wh, H, dh, slope):
    def gradient(lag):      # from the start for every lag: slow, and right
        g = dh
        for t in range(len(H) - 1, len(H) - 1 - lag, -1):
            g = np.einsum("j,ij->i", g * slope(H[t]), Wh)
        return g

    return np.array([np.linalg.norm(gradient(lag)) for lag in range(len(H))])


def _backward(Wh, H, dh, back, norm=np.linalg.norm):
    norms = []
    for t in reversed(range(len(H))):
        norms.append(norm(dh))
        dh = back(dh, t)
    return np.array(norms)


@grad_norm_by_lag.mistake("Your gradient goes through the matrix in the forward direction. `da @ Wh` (for a vector the same as `Wh.T @ da`) leads from old units to new ones; on the way back entry (i, j) leads from new unit j to old unit i: `da @ Wh.T`.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) @ Wh)


@grad_norm_by_lag.mistake("The activation's slope is missing: this is the gradient of a linear net, whatever the activation is.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: g @ Wh.T)


@grad_norm_by_lag.mistake("You take the slope at the state BEFORE the step, `H[t - 1]`. The activation that made H[t] is the one the gradient goes back through.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t - 1])) @ Wh.T)


@grad_norm_by_lag.mistake("Matrix and slope are in the wrong order: forwards the activation comes last, so backwards it comes first.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g @ Wh.T) * slope(H[t]))


@grad_norm_by_lag.mistake("You take the slopes in the order of time, `H[lag]`. The way back starts at the last state.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[len(H) - 1 - t])) @ Wh.T)


@grad_norm_by_lag.mistake("You never move on: every lag starts from the first `dh` again. The gradient of one step is where the next begins.")
def _(Wh, H, dh, slope):
    return np.array([np.linalg.norm(dh if lag == 0 else (dh * slope(H[len(H) - 1 - lag])) @ Wh.T) for lag in range(len(H))])


@grad_norm_by_lag.mistake("The matrix is missing: the gradient passes the activation, and then `Wh.T`, at every step.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: g * slope(H[t]))


@grad_norm_by_lag.mistake("You measure after each step instead of before: norms[0] should be the length of the `dh` that came in.")
def _(Wh, H, dh, slope):
    return _backward(Wh, np.concatenate([H, H[:1]]), dh, lambda g, t: (g * slope(H[t - 1])) @ Wh.T)[1:]


@grad_norm_by_lag.mistake("You return squared lengths: the root is missing.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) @ Wh.T, lambda g: np.sum(g**2))


@grad_norm_by_lag.mistake("You add up absolute values. The norm of a gradient is the root of its summed squares.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) @ Wh.T, lambda g: np.abs(g).sum())


@grad_norm_by_lag.mistake("Your norms are in the order of time. The order here is the lag: norms[0] belongs to the last state.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) @ Wh.T)[::-1]


@grad_norm_by_lag.mistake("You take the slope of the gradient, `slope(dh)`: the slope belongs to the state that the activation put out.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(g)) @ Wh.T)


@grad_norm_by_lag.mistake("You multiply by the state instead of by the activation's slope there.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * H[t]) @ Wh.T)


@grad_norm_by_lag.mistake("You keep the old gradient and add the new one to it. These states have no loss of their own: what goes back replaces what was there.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: g + (g * slope(H[t])) @ Wh.T)


@grad_norm_by_lag.mistake("You return the gradients themselves; asked for are their lengths.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) @ Wh.T, lambda g: g)


@grad_norm_by_lag.mistake("You write tanh's slope in. The net may have another activation: its slope is what is passed as `slope`.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * (1 - H[t] ** 2)) @ Wh.T)


@grad_norm_by_lag.mistake("The gradient that came in is missing: `da` is made of the slope alone, so every step starts afresh.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: slope(H[t]) @ Wh.T)


@grad_norm_by_lag.mistake("You squash the states once more before you take the slope: H holds outputs of the activation already, and `slope` is written for outputs.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(np.tanh(H[t]))) @ Wh.T)


@grad_norm_by_lag.mistake("You measure halfway, between the slope and the matrix: the lengths asked for are those of `dh`, at the states.")
def _(Wh, H, dh, slope):
    norms = []
    for t in reversed(range(len(H))):
        norms.append(np.linalg.norm(dh * slope(H[t])))
        dh = (dh * slope(H[t])) @ Wh.T
    return np.array(norms)


@grad_norm_by_lag.mistake("You take the slope of the last state at every step. Each step back passes the activation of its own state.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[-1])) @ Wh.T)


@grad_norm_by_lag.mistake("You average the slopes over the units. Each unit's gradient passes its own activation, with its own slope.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t]).mean()) @ Wh.T)


@grad_norm_by_lag.mistake("You multiply by the slopes of all steps at once. Each step back passes the activation of its own state alone.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H)) @ Wh.T)


@grad_norm_by_lag.mistake("`*` multiplies entry by entry and adds nothing up. Through the matrix the gradient goes by a matrix product: each old unit collects from all new ones.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) * Wh)


@grad_norm_by_lag.mistake("`*` multiplies entry by entry and adds nothing up. Through the matrix the gradient goes by a matrix product: each old unit collects from all new ones.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t])) * Wh.T)


@grad_norm_by_lag.mistake("The slope comes in twice: one step passes the activation once.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g * slope(H[t]) ** 2) @ Wh.T)


@grad_norm_by_lag.mistake("You divide by the slope. A flat activation makes the gradient shorter, not longer: back through it one multiplies.")
def _(Wh, H, dh, slope):
    return _backward(Wh, H, dh, lambda g, t: (g / slope(H[t])) @ Wh.T)


# --------------------------------------------------------------------------------------- 3.4 clip_by_global_norm


@exercise("3.4", title="Clip by the global norm",
          returns={"clipped": {"Wx": "D H", "Wh": "H H", "b": "H"}, "norm": ""}, hints=[
    "All gradients together are one long vector. How long is it, and by what must it be multiplied to have the length `max_norm`?",
    "Add the squares of all entries of all arrays, take the root once. Only a vector that is too long is touched, and all arrays get the same factor.",
    '`norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))` and `rate = max_norm / norm if norm > max_norm else 1.0`. '
    "NaN equals nothing, not even itself, so `norm == np.nan` is never True. `np.isfinite(norm)` is False for NaN and for infinity: `broken` is the contrary.",
])
def clip_by_global_norm(grads, max_norm):
    """Shorten a gradient that is too long, without turning it.

    grads: a dict of arrays; max_norm: the greatest length allowed for all of them together.
    -> a new dict with the same keys, and the length that the gradient had before.
    grads = {"b": np.array([3., 4.])} and max_norm = 1 gives {"b": array([0.6, 0.8])} and 5.
    A gradient that is short enough stays as it is. If its length is NaN or infinite, no factor can
    mend it: then all arrays come back as zeros, so that the step is left out.
    """
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))      # TODO: the length of all arrays together
    broken = not np.isfinite(norm)                                 # TODO: True if it is NaN or infinite
    if broken:
        return {name: np.zeros_like(g) for name, g in grads.items()}, norm
    rate = max_norm / norm if norm > max_norm else 1.0             # TODO: one factor for all arrays
    return {name: g * rate for name, g in grads.items()}, norm


@clip_by_global_norm.cases
def _(rng):
    yield "one array, too long", ({"b": np.array([3.0, 4.0])}, 1.0)
    yield "one array, short enough", ({"b": np.array([0.3, 0.4])}, 1.0)
    yield "a long and a short array", ({"Wh": np.array([[30.0, 40.0]]), "b": np.array([0.3, 0.4])}, 1.0)
    yield "each short enough, together too long", ({"Wh": np.array([[0.8, 0.0]]), "b": np.array([0.0, 0.9])}, 1.0)
    yield "all zero", ({"Wh": np.zeros((2, 2)), "b": np.zeros(2)}, 5.0)
    yield "one entry is NaN", ({"Wh": np.array([[np.nan, 1.0]]), "b": np.array([1.0, 2.0])}, 1.0)
    yield "one entry is infinite", ({"Wh": np.array([[0.5, 1.0]]), "b": np.array([np.inf, 1.0])}, 1.0)
    yield "three arrays, max_norm = 2", ({"Wx": rng.normal(size=(3, 4)), "Wh": rng.normal(size=(4, 4)), "b": rng.normal(size=4)}, 2.0)
    yield "three arrays, short enough", ({"Wx": rng.normal(size=(3, 4)), "Wh": rng.normal(size=(4, 4)), "b": rng.normal(size=4)}, 50.0)


@clip_by_global_norm.same
def _(grads, max_norm):
    norm = float(np.linalg.norm(np.concatenate([np.ravel(g) for g in grads.values()])))
    if np.isnan(norm) or np.isinf(norm):
        return {k: 0 * np.ones(g.shape) for k, g in grads.items()}, norm
    return {k: g / max(1.0, norm / max_norm) for k, g in grads.items()}, norm


def _length(grads):
    return np.sqrt(sum(np.sum(g**2) for g in grads.values()))


def _shorter(norm, max_norm):
    """The right factor."""
    return max_norm / norm if norm > max_norm else 1.0


def _scaled(grads, rate_of_norm, norm=None, broken=lambda norm: not np.isfinite(norm)):
    """The finished function with another rate, another norm, or another question for what is broken."""
    norm = _length(grads) if norm is None else norm
    if broken(norm):
        return {name: np.zeros_like(g) for name, g in grads.items()}, norm
    return {name: g * rate_of_norm(norm) for name, g in grads.items()}, norm


@clip_by_global_norm.mistake("Your factor is upside down: `norm / max_norm` is above 1, so a gradient that is too long gets longer still. With max_norm = 1 a length of 5 becomes 25.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: norm / max_norm if norm > max_norm else 1.0)


@clip_by_global_norm.mistake("You clip every array by its own norm: that shortens some and not others, so the step points elsewhere. One factor for all keeps its direction.")
def _(grads, max_norm):
    parts = {name: _scaled({name: g}, lambda norm: max_norm / norm if norm > max_norm else 1.0)[0][name] for name, g in grads.items()}
    return _scaled(grads, lambda norm: 1.0)[0] if not np.isfinite(_length(grads)) else parts, _length(grads)


@clip_by_global_norm.mistake("You cut every entry off at ±max_norm. That turns the gradient: its large entries shrink, its small ones stay.")
def _(grads, max_norm):
    if not np.isfinite(_length(grads)):
        return {name: np.zeros_like(g) for name, g in grads.items()}, _length(grads)
    return {name: np.clip(g, -max_norm, max_norm) for name, g in grads.items()}, _length(grads)


@clip_by_global_norm.mistake("You scale every gradient, also the short ones: those are made longer, and a gradient of zero becomes 0/0. Only what is longer than `max_norm` is touched.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm)


@clip_by_global_norm.mistake("The right numbers, but you write them over the caller's gradients (`g *= rate`). Make new arrays: `g * rate`.")
def _(grads, max_norm):
    clipped, norm = _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0)
    for name, g in grads.items():
        g[...] = clipped[name]
    return grads, norm


@clip_by_global_norm.mistake("A NaN gets through: it compares as False with everything, `nan > max_norm` and even `nan == nan`. A gradient that is no number is then returned as if it were short. Ask `np.isfinite(norm)` first.")
def _(grads, max_norm):
    norm = _length(grads)
    rate = max_norm / norm if norm > max_norm else 1.0
    return {name: g * rate for name, g in grads.items()}, norm


@clip_by_global_norm.mistake("Your length is the sum of the squares: the root is missing.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0, _length(grads) ** 2)


@clip_by_global_norm.mistake("You add up the lengths of the arrays. For one long vector, add the squares of all entries and take the root once.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0, sum(np.linalg.norm(g) for g in grads.values()))


@clip_by_global_norm.mistake("You return the length AFTER clipping. The one before is worth watching: it shows when a cliff was hit.")
def _(grads, max_norm):
    clipped, norm = _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0)
    return clipped, norm if not np.isfinite(norm) else _length(clipped)


@clip_by_global_norm.mistake("You take the largest entry for the length. Many small entries make a long gradient as well.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0, max(np.abs(g).max() for g in grads.values()))


@clip_by_global_norm.mistake("You average the squares over the entries. The length of a vector is the root of their sum.")
def _(grads, max_norm):
    size = sum(g.size for g in grads.values())
    return _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0, _length(grads) / np.sqrt(size))


@clip_by_global_norm.mistake("You divide by the norm and forget `max_norm`: what comes out always has the length 1.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: 1 / norm if norm > max_norm else 1.0)


@clip_by_global_norm.mistake("Your comparison is the wrong way round: gradients that are short enough are stretched, and the long ones pass.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: 1.0 if norm > max_norm else max_norm / norm)


@clip_by_global_norm.mistake("A gradient that is too long is thrown away. Its direction is worth keeping: make it shorter.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: 0.0 if norm > max_norm else 1.0)


@clip_by_global_norm.mistake("You return the dict alone. The length before clipping is asked for as well.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 1.0)[0]


@clip_by_global_norm.mistake("You compare with `max_norm` but multiply by `max_norm` alone: the factor is `max_norm / norm`.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm if norm > max_norm else 1.0)


@clip_by_global_norm.mistake("An infinite length gets through: `max_norm / inf` is 0, and 0 · inf is NaN. Ask whether the length is finite, not only whether it is NaN.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), broken=np.isnan)


@clip_by_global_norm.mistake("A NaN gets through: infinity is not the only length that no factor can mend.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), broken=np.isinf)


@clip_by_global_norm.mistake("`isfinite` is True for a healthy gradient: those are the ones you throw away, and the broken ones go through. A `not` is missing.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), broken=np.isfinite)


@clip_by_global_norm.mistake("You call a gradient broken because it is too long, and throw it away; and a NaN, which is no longer than anything, goes through.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), broken=lambda norm: norm > max_norm)


@clip_by_global_norm.mistake("Where the step is left out you return another length. It comes back as it was measured, NaN or infinite, so that one sees what happened.")
def _(grads, max_norm):
    clipped, norm = _scaled(grads, lambda norm: _shorter(norm, max_norm))
    return clipped, norm if np.isfinite(norm) else 0.0


@clip_by_global_norm.mistake("You take the longest array for the whole. Together they are longer than any one of them.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), np.max([np.linalg.norm(g) for g in grads.values()]))


@clip_by_global_norm.mistake("You add up absolute values. The length of a vector is the root of its summed squares.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), sum(np.abs(g).sum() for g in grads.values()))


@clip_by_global_norm.mistake("You measure the last array only: in a loop, each array's length replaces that of the one before.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), np.linalg.norm(list(grads.values())[-1]))


@clip_by_global_norm.mistake("A gradient that is short enough becomes zero. It should stay as it is, and the factor that changes nothing is 1.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm if norm > max_norm else 0.0)


@clip_by_global_norm.mistake("Where the length is NaN or infinite you multiply by 0, and 0 · NaN is NaN. Only new zeros are free of it.")
def _(grads, max_norm):
    norm = _length(grads)
    return {name: g * (_shorter(norm, max_norm) if np.isfinite(norm) else 0.0) for name, g in grads.items()}, norm


@clip_by_global_norm.mistake("Two things: the factor is upside down, so long gradients get longer; and short ones are scaled as well, which should stay as they are.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: norm / max_norm)


@clip_by_global_norm.mistake("You divide by the length twice, as if `norm` were not yet a root: what comes out is shorter than `max_norm`.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: max_norm / norm**2 if norm > max_norm else 1.0)


@clip_by_global_norm.mistake("You take the root of the factor. `norm` is a length already, so the factor is the plain quotient, and what comes out has the length `max_norm`.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: np.sqrt(max_norm / norm) if norm > max_norm else 1.0)


@clip_by_global_norm.mistake("Your two results are swapped: the dict comes first, then the length.")
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm))[::-1]


@clip_by_global_norm.mistake("The norm 2 of a matrix is its largest singular value, not its length (and with a NaN in it, it cannot be computed). The length takes all entries as one vector.")
def _(grads, max_norm):
    norm = np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in grads.values()))
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), norm)


_ONE_ARRAY = (
    "`np.linalg.norm` measures one array, and `grads` is a dict of several, with different shapes: "
    "add the squares of all entries of all arrays, and take the root once."
)


@clip_by_global_norm.mistake(_ONE_ARRAY)
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), np.linalg.norm(grads))


@clip_by_global_norm.mistake(_ONE_ARRAY)
def _(grads, max_norm):
    return _scaled(grads, lambda norm: _shorter(norm, max_norm), np.linalg.norm(list(grads.values())))


# ----------------------------------------------------------------------------------------------- 3.5 cliff_loss


@exercise("3.5", title="A loss with a cliff", returns={"loss": "", "dw": "", "db": ""}, hints=[
    "At how many of the T steps is the weight w used, and what has to happen with the gradients of all these uses?",
    "The slope of the sigmoid, written with its output, is h (1 - h), with the h that came OUT of this step: h[t + 1].",
    "`da = dh * h[t + 1] * (1 - h[t + 1])`; w met the state h[t], so `dw += da * h[t]`; b met a 1, so `db += da`; and `dh = da * w` goes one step back.",
])
def cliff_loss(w, b, T):
    """One sigmoid unit without input runs T steps from 0.5; how far from 0.7 does it end?

    h[0] = 0.5 and h[t+1] = sigmoid(w h[t] + b) -> the loss (h[T] - 0.7)² and its gradients dw, db.
    w and b are plain numbers. With w = 0, b = 0, T = 1 the unit ends at 0.5: the loss is 0.04,
    dw -0.05, db -0.1.
    """
    h = np.zeros(T + 1)
    h[0] = 0.5
    for t in range(T):
        h[t + 1] = 1 / (1 + np.exp(-(w * h[t] + b)))
    loss = (h[T] - 0.7) ** 2
    dh, dw, db = 2 * (h[T] - 0.7), 0.0, 0.0
    for t in reversed(range(T)):
        da = dh * h[t + 1] * (1 - h[t + 1])      # TODO: back through the sigmoid that made h[t + 1]
        dw += da * h[t]                          # TODO: the share of this step's w
        db += da                                 # TODO: the share of this step's b
        dh = da * w                              # TODO: what arrives at h[t]
    return loss, dw, db


@cliff_loss.cases
def _(rng):
    yield "one step, w = 0, b = 0", (0.0, 0.0, 1)
    yield "one step, w = 2, b = -0.5", (2.0, -0.5, 1)
    yield "two steps", (2.0, -0.5, 2)
    yield "five steps, w = -3, b = 1", (-3.0, 1.0, 5)
    yield "twenty steps, near the cliff", (4.5, -2.2, 20)


@cliff_loss.same
def _(w, b, T):
    def sigmoid(a):
        return 0.5 + 0.5 * np.tanh(a / 2)

    h, hw, hb = 0.5, 0.0, 0.0      # forwards: how h moves with w and with b
    for _ in range(T):
        new = sigmoid(w * h + b)
        slope = new * (1 - new)
        h, hw, hb = new, slope * (h + w * hw), slope * (1 + w * hb)
    return (h - 0.7) ** 2, 2 * (h - 0.7) * hw, 2 * (h - 0.7) * hb


def _cliff(w, b, T, slope=lambda h, t: h[t + 1] * (1 - h[t + 1]), for_w=lambda da, dh, h, t: da * h[t],
           for_b=lambda da, dh: da, back=lambda da, dh, w: da * w, steps=None, order=reversed, first=()):
    """The finished function with one part replaced.

    steps: how many of the last steps give a share; first: which of "w" and "b" keep the share of the first step alone.
    """
    h = [0.5]
    for _ in range(T):
        h.append(1 / (1 + np.exp(-(w * h[-1] + b))))
    dh, dw, db = 2 * (h[T] - 0.7), 0.0, 0.0
    for k, t in enumerate(order(range(T))):
        da = dh * slope(h, t)
        if steps is None or k < steps:
            dw = ("w" not in first) * dw + for_w(da, dh, h, t)
            db = ("b" not in first) * db + for_b(da, dh)
        dh = back(da, dh, w)
    return (h[T] - 0.7) ** 2, dw, db


@cliff_loss.mistake("You keep the last step's share alone. The same w and b are used at every step: add up all their shares.")
def _(w, b, T):
    return _cliff(w, b, T, steps=1)


@cliff_loss.mistake("You multiply by the state that came OUT of the step. w was multiplied with the state that went in, h[t].")
def _(w, b, T):
    return _cliff(w, b, T, for_w=lambda da, dh, h, t: da * h[t + 1])


@cliff_loss.mistake("This is the slope of tanh, 1 - h². The sigmoid's is h (1 - h).")
def _(w, b, T):
    return _cliff(w, b, T, slope=lambda h, t: 1 - h[t + 1] ** 2)


@cliff_loss.mistake("You take the sigmoid's slope at the state that went in. It belongs to the one that came out of this step, h[t + 1].")
def _(w, b, T):
    return _cliff(w, b, T, slope=lambda h, t: h[t] * (1 - h[t]))


@cliff_loss.mistake("The gradient goes back without its w: on its way to h[t] it passes the weight.")
def _(w, b, T):
    return _cliff(w, b, T, back=lambda da, dh, w: da)


@cliff_loss.mistake("The gradient goes back past the weight, but not through the sigmoid: `dh = da * w`, with the slope in it.")
def _(w, b, T):
    return _cliff(w, b, T, back=lambda da, dh, w: dh * w)


@cliff_loss.mistake("The sigmoid's slope is missing everywhere: this is the gradient of a linear unit.")
def _(w, b, T):
    return _cliff(w, b, T, slope=lambda h, t: 1.0)


@cliff_loss.mistake("The share of w lacks the sigmoid's slope: it is `da * h[t]`, not `dh * h[t]`.")
def _(w, b, T):
    return _cliff(w, b, T, for_w=lambda da, dh, h, t: dh * h[t])


@cliff_loss.mistake("The share of b lacks the sigmoid's slope: b sits inside the sigmoid, so it gets `da`.")
def _(w, b, T):
    return _cliff(w, b, T, for_b=lambda da, dh: dh)


@cliff_loss.mistake("You multiply w's share by w instead of by the state that it was multiplied with.")
def _(w, b, T):
    return _cliff(w, b, T, for_w=lambda da, dh, h, t: da * w)


@cliff_loss.mistake("w's share lacks the state: this is b's share a second time.")
def _(w, b, T):
    return _cliff(w, b, T, for_w=lambda da, dh, h, t: da)


@cliff_loss.mistake("The signs of both gradients are reversed: a gradient points uphill, and it is the optimiser that subtracts it.")
def _(w, b, T):
    loss, dw, db = _cliff(w, b, T)
    return loss, -dw, -db


@cliff_loss.mistake("Nothing goes further back: your `dh` stays what it was at the end, so every step but the last gets a wrong share.")
def _(w, b, T):
    return _cliff(w, b, T, back=lambda da, dh, w: dh)


_REPLACED = "You keep only the share of the first step: each step's share replaces the one before (`=` instead of `+=`). All steps use the same w and b, so all shares are added up."


@cliff_loss.mistake(_REPLACED)
def _(w, b, T):
    return _cliff(w, b, T, first=("w", "b"))


@cliff_loss.mistake(_REPLACED)
def _(w, b, T):
    return _cliff(w, b, T, first=("w",))


@cliff_loss.mistake(_REPLACED)
def _(w, b, T):
    return _cliff(w, b, T, first=("b",))


@cliff_loss.mistake("The two gradients are swapped: what belongs to w stands where db is returned, and what belongs to b where dw is.")
def _(w, b, T):
    return tuple(_cliff(w, b, T)[i] for i in (0, 2, 1))


@cliff_loss.mistake("You keep the old gradient and add the new one to it. The loss sees the last state only, so what goes back replaces what was there.")
def _(w, b, T):
    return _cliff(w, b, T, back=lambda da, dh, w: dh + da * w)


@cliff_loss.mistake("You go through time forwards. The gradient is known at the end only: the way back starts at the last step.")
def _(w, b, T):
    return _cliff(w, b, T, order=lambda steps: steps)


@cliff_loss.mistake("The weight comes before the sigmoid on your way back. Forwards the sigmoid is last, so backwards it is first.")
def _(w, b, T):
    return _cliff(w, b, T, slope=lambda h, t: w * h[t + 1] * (1 - h[t + 1]), back=lambda da, dh, w: da)


@cliff_loss.mistake("Half of the slope is missing: the sigmoid's is h (1 - h), and yours is 1 - h alone.")
def _(w, b, T):
    return _cliff(w, b, T, slope=lambda h, t: 1 - h[t + 1])


@cliff_loss.mistake("Half of the slope is missing: the sigmoid's is h (1 - h), and yours is h alone.")
def _(w, b, T):
    return _cliff(w, b, T, slope=lambda h, t: h[t + 1])


@cliff_loss.mistake("You put the state through the sigmoid once more to find the slope. h[t + 1] came out of the sigmoid already.")
def _(w, b, T):
    def slope(h, t):
        again = 1 / (1 + np.exp(-h[t + 1]))
        return again * (1 - again)

    return _cliff(w, b, T, slope=slope)


@cliff_loss.mistake("You average the shares over the steps. The loss changes by all of them together: add up, do not divide by T.")
def _(w, b, T):
    loss, dw, db = _cliff(w, b, T)
    return loss, dw / T, db / T


@cliff_loss.mistake("There is a w too many in w's share: da · w is what goes back to the state, da · h is the share of the weight.")
def _(w, b, T):
    return _cliff(w, b, T, for_w=lambda da, dh, h, t: da * w * h[t])


@cliff_loss.mistake("Both gradients are half as large as they should be: the derivative of a square brings a factor of 2.")
def _(w, b, T):
    loss, dw, db = _cliff(w, b, T)
    return loss, dw / 2, db / 2


@cliff_loss.mistake("`da` is the slope alone: what arrives from the step after, `dh`, is missing in it.")
def _(w, b, T):
    h = [0.5]
    for _ in range(T):
        h.append(1 / (1 + np.exp(-(w * h[-1] + b))))
    slopes = [h[t + 1] * (1 - h[t + 1]) for t in range(T)]
    return (h[T] - 0.7) ** 2, sum(slope * h[t] for t, slope in enumerate(slopes)), sum(slopes)


@cliff_loss.mistake("On its way to h[t] your gradient is multiplied by b. b is added, w is multiplied: back through the sum goes `da * w`.")
def _(w, b, T):
    return _cliff(w, b, T, back=lambda da, dh, w: da * b)


@cliff_loss.mistake("On its way to h[t] your gradient is multiplied by the state. `da * h[t]` is the share of w; what arrives at h[t] is `da * w`.")
def _(w, b, T):
    h = [0.5]
    for _ in range(T):
        h.append(1 / (1 + np.exp(-(w * h[-1] + b))))
    dh, dw, db = 2 * (h[T] - 0.7), 0.0, 0.0
    for t in reversed(range(T)):
        da = dh * h[t + 1] * (1 - h[t + 1])
        dw, db, dh = dw + da * h[t], db + da, da * h[t]
    return (h[T] - 0.7) ** 2, dw, db


# --------------------------------------------------------------------------------------------------- 3.6 esn_fit


@exercise("3.6", title="An echo state network", returns={"Wh": "H H", "Wout": "H+1"}, hints=[
    "Which of the weights are trained here, and by what: by a gradient, or by solving equations once?",
    "Divided by its own spectral radius a matrix has the radius 1. The step is that of exercise 1.1, with one number u[t] as its input. `np.linalg.solve(M, v)` finds w with M w = v.",
    "`Wh * (rho / np.abs(np.linalg.eigvals(Wh)).max())`; `np.tanh(u[t] * Wx + h @ Wh + b)`; `A[washout:], y[washout:]`; `np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y)`.",
])
def esn_fit(u, y, Wx, Wh, b, rho, washout, ridge):
    """Scale a random net to the spectral radius rho, drive it with u, and fit its read-out to y.

    u (T,) the input, y (T,) what should be read out at each step;
    Wx (H,), Wh (H, H), b (H,): random, and they stay so.
    -> the scaled Wh (H, H), and Wout (H + 1,), the weights of the states and, last, of a column of ones.
    The first `washout` steps still show the blank start: they are left out of the fit.
    Wout solves (AᵀA + ridge · I) Wout = Aᵀy, with I the unit matrix.
    With H = 1, Wh = [[-2.]] and rho = 0.5 the scaled Wh is [[-0.5]].
    """
    Wh = Wh * (rho / np.abs(np.linalg.eigvals(Wh)).max())      # TODO: the same matrix with radius rho
    H, h = np.zeros((len(u), len(b))), np.zeros(len(b))
    for t in range(len(u)):
        h = np.tanh(u[t] * Wx + h @ Wh + b)                    # TODO: one step of the net
        H[t] = h
    A = np.column_stack([H, np.ones(len(u))])
    A, y = A[washout:], y[washout:]                            # TODO: without the start, in both
    Wout = np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y)      # TODO: least squares
    return Wh, Wout


@esn_fit.cases
def _(rng):
    def draw(T, H):
        return rng.uniform(-1, 1, T), rng.normal(size=T), rng.normal(size=H), rng.normal(size=(H, H)), rng.normal(size=H)

    yield "one unit, no washout", (*draw(12, 1), 0.5, 0, 0.1)
    yield "two units that turn, no washout", (rng.uniform(-1, 1, 15), rng.normal(size=15), rng.normal(size=2),
                                              np.array([[0.3, -1.0], [1.0, 0.3]]), rng.normal(size=2), 0.9, 0, 0.1)
    yield "three units, the first 5 steps left out", (*draw(25, 3), 0.8, 5, 0.5)
    yield "six units, rho = 1.2", (*draw(40, 6), 1.2, 8, 0.01)


@esn_fit.same
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    Wh = rho * Wh / max(abs(np.linalg.eigvals(Wh)))
    h, rows = np.zeros(len(b)), []
    for value in u:
        h = np.tanh(value * Wx + Wh.T @ h + b)
        rows.append([*h, 1.0])
    A = np.array(rows)[washout:]
    stacked = np.vstack([A, np.sqrt(ridge) * np.eye(A.shape[1])])      # ridge as more rows of data
    return Wh, np.linalg.lstsq(stacked, np.concatenate([y[washout:], np.zeros(A.shape[1])]), rcond=None)[0]


def _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=None, rows=None, solve=None, step=None):
    """The finished function with one part replaced."""
    unscaled = Wh
    Wh = Wh * (rho / np.abs(np.linalg.eigvals(Wh)).max()) if scale is None else scale(Wh)
    H, h = np.zeros((len(u), len(b))), np.zeros(len(b))
    for t in range(len(u)):
        h = np.tanh(u[t] * Wx + (step(h, Wh, unscaled, t) if step else h @ Wh) + b)
        H[t] = h
    A, y = (rows or (lambda A, y: (A[washout:], y[washout:])))(np.column_stack([H, np.ones(len(u))]), y)
    if solve:
        return Wh, solve(A, y)
    return Wh, np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y)


@esn_fit.mistake("You scale by the largest singular value. That is smaller than it need be: rho is about the eigenvalues, and σ_max is above them for nearly every random matrix.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * rho / np.linalg.norm(W, 2))


@esn_fit.mistake("You multiply by rho without dividing by the radius that the matrix has: it ends with rho times its old one.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * rho)


@esn_fit.mistake("You divide by the radius and leave it at 1: rho is missing.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W / np.abs(np.linalg.eigvals(W)).max())


@esn_fit.mistake("Your factor is upside down: it is rho / radius, not radius / rho.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * np.abs(np.linalg.eigvals(W)).max() / rho)


@esn_fit.mistake("The matrix is not scaled at all: how long its echo lasts is left to chance.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * 1.0)


@esn_fit.mistake("You scale by the largest real part of an eigenvalue. The radius is the largest distance from 0, `np.abs`.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * rho / np.abs(np.linalg.eigvals(W).real.max()))


@esn_fit.mistake("The washout is skipped: the first steps, which still show the blank start, are part of your fit.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, rows=lambda A, y: (A, y))


@esn_fit.mistake("You keep the first steps and throw away the rest: it is `[washout:]`, from there on.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, rows=lambda A, y: (A[:washout], y[:washout]))


@esn_fit.mistake("States and targets are cut at different ends, so each state is fitted to the target of another time.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, rows=lambda A, y: (A[washout:], y[:len(u) - washout]))


@esn_fit.mistake("The ridge is missing: without it a state of many units fits the noise, with weights that can grow very large.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, solve=lambda A, y: np.linalg.lstsq(A, y, rcond=None)[0])


@esn_fit.mistake("You add the ridge to every entry of AᵀA. It belongs on the diagonal: `ridge * np.eye(…)`.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, solve=lambda A, y: np.linalg.solve(A.T @ A + ridge, A.T @ y))


@esn_fit.mistake("The ridge stands on the right side, with Aᵀy. It belongs to AᵀA, on the left.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, solve=lambda A, y: np.linalg.lstsq(A.T @ A, A.T @ y + ridge, rcond=None)[0])


@esn_fit.mistake("The ridge is subtracted: it should hold the weights down, not blow them up.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, solve=lambda A, y: np.linalg.solve(A.T @ A - ridge * np.eye(A.shape[1]), A.T @ y))


@esn_fit.mistake("You do not solve anything: `A.T @ y` is only the right side of the equations.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, solve=lambda A, y: A.T @ y)


def _washed(change, solve=None):
    """Return a wrong answer that cuts states and targets in its own way: change(A, y, washout) -> A, y."""

    def answer(u, y, Wx, Wh, b, rho, washout, ridge):
        return _esn(u, y, Wx, Wh, b, rho, washout, ridge, rows=lambda A, y: change(A, y, washout),
                    solve=solve and (lambda A, y: solve(A, y, ridge)))

    return answer


def _stepped(step):
    """Return a wrong answer with another step: step(h, scaled Wh, unscaled Wh, t, washout) in place of h @ Wh."""

    def answer(u, y, Wx, Wh, b, rho, washout, ridge):
        return _esn(u, y, Wx, Wh, b, rho, washout, ridge, step=lambda h, Wh, raw, t: step(h, Wh, raw, t, washout))

    return answer


def _right_cut(A, y, washout):
    return A[washout:], y[washout:]


esn_fit.mistake("One step too many is cut off: rows 0 to washout - 1 are the first `washout` of them.")(
    _washed(lambda A, y, washout: (A[washout + 1:], y[washout + 1:])))

esn_fit.mistake("One step too few is cut off (and with a washout of 0 nearly all): row number `washout` is the first one to keep.")(
    _washed(lambda A, y, washout: (A[washout - 1:], y[washout - 1:])))

esn_fit.mistake("You cut off the end, `[:-washout]`. It is the beginning that still shows the blank start.")(
    _washed(lambda A, y, washout: (A[:-washout], y[:-washout])))

for _change in (lambda A, y, washout: (A[washout:], y), lambda A, y, washout: (A, y[washout:])):
    esn_fit.mistake("After your cut there are not as many states as targets. Each state belongs to the target of its own step, so both lose their first `washout` rows (`A[:, …]` would take units away, not steps).")(
        _washed(_change))

for _change in (
    lambda A, y, washout: (A[:washout], y[washout:]), lambda A, y, washout: (A[washout:], y[:washout]),
    lambda A, y, washout: (A[:-washout], y[washout:]), lambda A, y, washout: (A[washout:], y[:-washout]),
    lambda A, y, washout: (A[washout + 1:], y[washout:]), lambda A, y, washout: (A[washout:], y[washout + 1:]),
):
    esn_fit.mistake("You cut states and targets in two different ways. Each state belongs to the target of its own step: both lose their first `washout` rows.")(
        _washed(_change))

esn_fit.mistake("You cut units, not steps: the washout is about the rows of A, and `A[:, …]` takes columns.")(
    _washed(lambda A, y, washout: (A[:, washout:], y)))

esn_fit.mistake("The column of ones is the last, not the first: the weights of the states come before that of the ones.")(
    _washed(lambda A, y, washout: (np.roll(A, 1, axis=1)[washout:], y[washout:])))

esn_fit.mistake("The column of ones is missing: the read-out gets the states alone and cannot add a constant.")(
    _washed(lambda A, y, washout: (A[washout:, :-1], y[washout:])))

esn_fit.mistake("You leave the last weight, that of the ones, out of the ridge. That is often done; here the ridge is added to the whole diagonal.")(
    _washed(_right_cut, lambda A, y, ridge: np.linalg.solve(
        A.T @ A + ridge * np.diag([*np.ones(A.shape[1] - 1), 0.0]), A.T @ y)))

esn_fit.mistake("You average AᵀA and Aᵀy over the steps, and add the ridge to the mean: there it weighs as many times more as there are steps.")(
    _washed(_right_cut, lambda A, y, ridge: np.linalg.solve(
        A.T @ A / len(A) + ridge * np.eye(A.shape[1]), A.T @ y / len(A))))

esn_fit.mistake("`solve` takes the matrix first and the right side second: yours are swapped.")(
    _washed(_right_cut, lambda A, y, ridge: np.linalg.solve(A.T @ y, A.T @ A + ridge * np.eye(A.shape[1]))))

esn_fit.mistake("The matrix that you return is scaled, but the net was run with the one before scaling.")(
    _stepped(lambda h, Wh, raw, t, washout: h @ raw))

esn_fit.mistake("The net starts again, blank, after the washout. It has to hear the first steps too: only the fit leaves them out.")(
    _stepped(lambda h, Wh, raw, t, washout: h @ Wh * (t != washout)))

esn_fit.mistake("`Wh @ h` uses the matrix transposed: here the state is a row, and a step is `h @ Wh`.")(
    _stepped(lambda h, Wh, raw, t, washout: Wh @ h))


@esn_fit.mistake("You scale by the Frobenius norm, the root of all squared entries. The radius is the size of the farthest eigenvalue.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * rho / np.linalg.norm(W))


for _scale in (
    lambda W: np.abs(np.linalg.eigvals(W).max()), lambda W: np.abs(np.linalg.eigvals(W)[0]), lambda W: np.abs(np.linalg.eigvals(W)[-1]),
):
    esn_fit.mistake("You scale by the size of one eigenvalue, but it need not be the farthest from 0: measure all of them, then choose.")(
        lambda u, y, Wx, Wh, b, rho, washout, ridge, scale=_scale: _esn(
            u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * rho / scale(W)))


@esn_fit.mistake("You divide by W's largest entry. Entries say little: the radius is the size of the farthest eigenvalue.")
def _(u, y, Wx, Wh, b, rho, washout, ridge):
    return _esn(u, y, Wx, Wh, b, rho, washout, ridge, scale=lambda W: W * rho / np.abs(W).max())


esn_fit.mistake("Your unit matrix has as many rows as there are units. A has one column more, the ones: it is `np.eye(A.shape[1])`.")(
    _washed(_right_cut, lambda A, y, ridge: np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1] - 1), A.T @ y)))


def _another_step(step):
    """Return a wrong answer whose net makes another step: step(u[t], h, Wx, Wh, b)."""

    def answer(u, y, Wx, Wh, b, rho, washout, ridge):
        Wh = Wh * (rho / np.abs(np.linalg.eigvals(Wh)).max())
        H, h = np.zeros((len(u), len(b))), np.zeros(len(b))
        for t in range(len(u)):
            h = H[t] = step(u[t], h, Wx, Wh, b)
        A = np.column_stack([H, np.ones(len(u))])[washout:]
        return Wh, np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y[washout:])

    return answer


esn_fit.mistake("The step lacks its tanh: this is a linear net.")(_another_step(lambda x, h, Wx, Wh, b: x * Wx + h @ Wh + b))
esn_fit.mistake("The step lacks its bias b.")(_another_step(lambda x, h, Wx, Wh, b: np.tanh(x * Wx + h @ Wh)))
esn_fit.mistake("The step does not hear the input: `u[t] * Wx` is missing in it.")(_another_step(lambda x, h, Wx, Wh, b: np.tanh(h @ Wh + b)))
esn_fit.mistake("The step does not hear the state before: `h @ Wh` is missing in it, so there is no echo.")(
    _another_step(lambda x, h, Wx, Wh, b: np.tanh(x * Wx + b)))


# ----------------------------------------------------------------------------------------------------- 3.7 bound


@exercise("3.7", title="What can be promised", returns={"factor": "", "verdict": ""}, hints=[
    "How steep can each of the four activations be at most? Write it as a dict, name: slope. Think of the sigmoid at 0, where σ (1 - σ) is largest.",
    "A step multiplies the gradient by the slopes and by the matrix: by at most largest slope · σ_max. Only a factor below 1 is a promise. "
    "For the linear net the slopes are all 1, so there rho decides.",
    '`{"linear": 1.0, "relu": 1.0, "tanh": 1.0, "sigmoid": 0.25}`; `slopes[act] * sigma_max`; then `factor < 1 or (act == "linear" and rho < 1)`, '
    'and `act == "linear" and rho > 1`.',
])
def bound(act, rho, sigma_max):
    """Say what rho and sigma_max of Wh promise about a gradient that goes back for ever.

    act: "linear", "relu", "tanh" or "sigmoid"; rho: the spectral radius; sigma_max: the largest
    singular value.
    -> factor, the most that one step back can multiply the gradient's length by, and a verdict:
    "vanishes" if that is certain, "explodes" if that is certain (for a gradient that does not happen to
    miss the growing direction), else "open". bound("sigmoid", 2.0, 3.0) is (0.75, "vanishes").
    """
    slopes = {"linear": 1.0, "relu": 1.0, "tanh": 1.0, "sigmoid": 0.25}      # TODO: the largest slopes
    factor = slopes[act] * sigma_max      # TODO: the most that one step can do
    shrinks = factor < 1 or (act == "linear" and rho < 1)      # TODO: is it certain to vanish?
    grows = act == "linear" and rho > 1      # TODO: is it certain to explode?
    return factor, "vanishes" if shrinks else "explodes" if grows else "open"


@bound.cases
def _(rng):
    yield "tanh, rho 0.5, sigma_max 0.8", ("tanh", 0.5, 0.8)
    yield "tanh, rho 0.9, sigma_max 1.8", ("tanh", 0.9, 1.8)
    yield "tanh, rho 1.5, sigma_max 3", ("tanh", 1.5, 3.0)
    yield "tanh, rho 1, sigma_max 1", ("tanh", 1.0, 1.0)
    yield "sigmoid, rho 2, sigma_max 3", ("sigmoid", 2.0, 3.0)
    yield "sigmoid, rho 3, sigma_max 5", ("sigmoid", 3.0, 5.0)
    yield "sigmoid, rho 5, sigma_max 6", ("sigmoid", 5.0, 6.0)
    yield "relu, rho 0.6, sigma_max 0.9", ("relu", 0.6, 0.9)
    yield "relu, rho 0.9, sigma_max 1.8", ("relu", 0.9, 1.8)
    yield "relu, rho 1.2, sigma_max 1.8", ("relu", 1.2, 1.8)
    yield "linear, rho 0.9, sigma_max 1.8", ("linear", 0.9, 1.8)
    yield "linear, rho 1.1, sigma_max 2", ("linear", 1.1, 2.0)
    yield "linear, rho 1, sigma_max 1", ("linear", 1.0, 1.0)
    yield "linear, rho 1, sigma_max 3.2", ("linear", 1.0, 3.2)


@bound.observed_by
def _(answer, act, rho, sigma_max):
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], str):
        if answer[1] not in ("vanishes", "explodes", "open"):
            raise ValueError('Your verdict is another word: it is one of "vanishes", "explodes" and "open".')
    return answer


@bound.same
def _(act, rho, sigma_max):
    factor = sigma_max / 4 if act == "sigmoid" else sigma_max
    if act == "linear":
        return factor, "vanishes" if rho < 1 else "explodes" if rho > 1 else "open"
    return factor, "vanishes" if factor < 1 else "open"


def _bound(act, rho, sigma_max, factor=None, vanish=lambda f: f < 1, linear=True, slopes=None):
    factor = {"sigmoid": 0.25, **(slopes or {})}.get(act, 1.0) * sigma_max if factor is None else factor
    verdict = "vanishes" if vanish(factor) else "open"
    if linear and act == "linear" and rho != 1:
        verdict = "vanishes" if rho < 1 else "explodes"
    return factor, verdict


@bound.mistake("You use rho where the worst case of one step is asked for. Each step has other slopes, so a product of many different matrices is bounded by sigma_max, not by rho.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, factor=rho * (0.25 if act == "sigmoid" else 1.0))


@bound.mistake("You say that rho < 1 makes every gradient vanish. It does so in the linear net; with slopes that change from step to step it is no proof.")
def _(act, rho, sigma_max):
    factor, verdict = _bound(act, rho, sigma_max)
    return factor, "vanishes" if rho < 1 else verdict


@bound.mistake("The sigmoid's largest slope is missing: σ (1 - σ) is never above ¼, at no input.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, slopes={"sigmoid": 1.0})


@bound.mistake("You take ½ for the sigmoid's largest slope. ½ is its value at 0; its slope there is ½ · ½ = ¼.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, slopes={"sigmoid": 0.5})


@bound.mistake("You give tanh the sigmoid's ¼. tanh is steeper: at 0 its slope is 1 - 0² = 1.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, slopes={"tanh": 0.25})


@bound.mistake("You take ½ for relu, as if it were an average. The largest slope is asked for: 1, wherever the unit is on.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, slopes={"relu": 0.5})


@bound.mistake("You say that a factor above 1 explodes. It only says that the gradient MAY grow: the slopes can take away more than the matrix gives.")
def _(act, rho, sigma_max):
    factor, verdict = _bound(act, rho, sigma_max)
    return factor, "explodes" if verdict == "open" and factor > 1 else verdict


@bound.mistake("You count a factor of exactly 1 as vanishing. What is multiplied by at most 1 may also stay as it is: open.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, vanish=lambda factor: factor <= 1)


@bound.mistake("The linear net is treated like the others. There every step is the same matrix, so rho alone decides in the end.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, linear=False)


@bound.mistake("You say that rho > 1 explodes with every activation. That is certain in the linear net only: tanh, sigmoid and dead relus hold it down.")
def _(act, rho, sigma_max):
    factor, verdict = _bound(act, rho, sigma_max)
    return factor, "explodes" if rho > 1 and verdict == "open" else verdict


@bound.mistake("You divide by the largest slope. A flat activation makes the gradient shorter: multiply.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, factor=sigma_max / (0.25 if act == "sigmoid" else 1.0))


@bound.mistake("Your comparison is the wrong way round: a factor below 1 makes things smaller.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max, vanish=lambda factor: factor > 1)


@bound.mistake("You let sigma_max decide about the linear net. It speaks of one step; the fate of many equal steps is decided by rho.")
def _(act, rho, sigma_max):
    factor, verdict = _bound(act, rho, sigma_max, linear=False)
    return factor, "explodes" if act == "linear" and factor > 1 else verdict


@bound.mistake("The activation's slope is not in your factor: one step multiplies by the matrix AND by the slopes.")
def _(act, rho, sigma_max):
    return sigma_max, _bound(act, rho, sigma_max)[1]


def _verdict(shrinks, grows=lambda act, rho, factor: act == "linear" and rho > 1):
    """Return a wrong answer with other conditions: shrinks, grows (act, rho, factor) -> bool."""

    def answer(act, rho, sigma_max):
        factor = {"sigmoid": 0.25}.get(act, 1.0) * sigma_max
        return factor, "vanishes" if shrinks(act, rho, factor) else "explodes" if grows(act, rho, factor) else "open"

    return answer


def _certain(act, rho, factor):
    return factor < 1 or (act == "linear" and rho < 1)


bound.mistake("You let ρ promise vanishing for relu as for the linear net. Relus switch on and off, so the steps differ, and a product of different matrices is not bounded by ρ.")(
    _verdict(lambda act, rho, factor: factor < 1 or (act in ("linear", "relu") and rho < 1)))

_RHO_PROMISES = "You let ρ alone promise vanishing. With slopes that change from step to step only a factor with σ_max in it is a proof; ρ decides in the linear net."
bound.mistake(_RHO_PROMISES)(_verdict(lambda act, rho, factor: rho < 1))
bound.mistake(_RHO_PROMISES)(_verdict(lambda act, rho, factor: (0.25 if act == "sigmoid" else 1.0) * rho < 1))
bound.mistake(_RHO_PROMISES)(_verdict(lambda act, rho, factor: (0.25 if act == "sigmoid" else 1.0) * rho < 1 or factor < 1))

bound.mistake("You let ρ decide for all four activations, on both sides. It does so in the linear net alone: the others have slopes that change from step to step.")(
    _verdict(lambda act, rho, factor: rho < 1, lambda act, rho, factor: rho > 1))

bound.mistake("You say of nothing that it is certain to vanish. A factor below 1 is certain, and so is ρ < 1 in the linear net.")(
    _verdict(lambda act, rho, factor: False))

bound.mistake("You ask the factor alone whether the gradient vanishes. In the linear net ρ decides: with ρ < 1 it vanishes in the end, even if σ_max is above 1.")(
    _verdict(lambda act, rho, factor: factor < 1))

bound.mistake("Only your linear net can vanish. For the other activations a factor below 1 is a proof as well.")(
    _verdict(lambda act, rho, factor: act == "linear" and rho < 1))

bound.mistake("You let relu explode like the linear net. Relus that are off have the slope 0, and they can take away more than the matrix gives.")(
    _verdict(_certain, lambda act, rho, factor: act in ("linear", "relu") and rho > 1))

bound.mistake("You let ρ = 1 explode. With ρ = 1 a gradient may stay (a turn), shrink once and then stay (W1), or grow slowly (a shear with ones on its diagonal): open.")(
    _verdict(_certain, lambda act, rho, factor: act == "linear" and rho >= 1))

bound.mistake("You let the linear net vanish at ρ = 1. With ρ = 1 a gradient may stay (a turn), shrink once and then stay (W1), or grow slowly (a shear with ones on its diagonal): open.")(
    _verdict(lambda act, rho, factor: factor < 1 or (act == "linear" and rho <= 1)))

bound.mistake("You let σ_max > 1 explode in the linear net. It speaks of one step: W1 has σ_max = 3.2 and ρ = 1, and its powers never grow after the first.")(
    _verdict(_certain, lambda act, rho, factor: act == "linear" and factor > 1))

bound.mistake("You let slope · ρ > 1 explode with every activation. The largest slope is not the slope at every step: only in the linear net is it certain.")(
    _verdict(_certain, lambda act, rho, factor: (0.25 if act == "sigmoid" else 1.0) * rho > 1))

bound.mistake("You say of nothing that it is certain to explode. In the linear net with ρ > 1 it is.")(
    _verdict(_certain, lambda act, rho, factor: False))

bound.mistake("You read both verdicts off the factor. Below 1 it proves vanishing, above 1 it proves nothing; and in the linear net ρ decides.")(
    _verdict(lambda act, rho, factor: factor < 1, lambda act, rho, factor: factor > 1))


@bound.mistake("Your two results are swapped: the factor comes first, then the verdict.")
def _(act, rho, sigma_max):
    return _bound(act, rho, sigma_max)[::-1]


_BOTH = "You ask for two things at once. A factor below 1 proves vanishing by itself, whatever ρ is."
bound.mistake(_BOTH)(_verdict(lambda act, rho, factor: factor < 1 and rho < 1))
bound.mistake(_BOTH)(_verdict(lambda act, rho, factor: factor < 1 and rho < 1 or (act == "linear" and rho < 1)))

bound.mistake("Two things: in the linear net ρ < 1 vanishes, whatever the factor is; and ρ > 1 is certain to explode in the linear net only.")(
    _verdict(lambda act, rho, factor: factor < 1, lambda act, rho, factor: rho > 1))


# ----------------------------------------------------------------------------------------------- 3.8 grows_first


@exercise("3.8", title="Small in the end, large at first", returns={"radius": "", "stretch": ""}, hints=[
    "Take a triangular matrix, with zeros below its diagonal. Where does one read its eigenvalues?",
    "The eigenvalues of a triangular matrix are its diagonal. So what stands beside the diagonal does not change them at all; but it stretches.",
    "`[[rho, s], [0, rho]]` has the radius rho, whatever s is, and sends the vector (0, 1) to (s, rho), which is longer than s.",
])
def grows_first(rho, fold):
    """Design a matrix that dies in the end and grows first.

    rho: the spectral radius that it should have; fold: some vector should become at least `fold` times
    as long in ONE step (fold > rho).
    -> W, an array (2, 2). There are many right ones: the check looks at the radius of your W and at the
    most that one step stretches a vector. For rho = 0.5 and fold = 1 the matrix [[0., -2.], [0.125, 0.]]
    is right: its eigenvalues are ±0.5i, and it makes (0, 1) twice as long.
    """
    W = np.array([[rho, fold], [0.0, rho]])      # TODO: your matrix
    return W


@grows_first.cases
def _(rng):
    yield "rho = 0.5, fold = 2", (0.5, 2.0)
    yield "rho = 0.9, fold = 6", (0.9, 6.0)
    yield "rho = 0.2, fold = 50", (0.2, 50.0)
    yield "rho = 1.1, fold = 3", (1.1, 3.0)


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


@grows_first.same
def _(rho, fold):
    skew = 2 * fold / rho
    return rho * np.array([[0.0, -skew], [1 / skew, 0.0]])


@grows_first.same
def _(rho, fold):
    return [[rho, 0], [3 * fold, -rho]]


@grows_first.mistake("`fold` is an eigenvalue of your matrix, so it grows in the end as well. Beside the diagonal it would be no eigenvalue.")
def _(rho, fold):
    return np.diag([rho, fold])


@grows_first.mistake("Your matrix is symmetric, so its eigenvectors are at right angles and σ_max = ρ: it cannot grow first and die later. Let one of the two corners be 0.")
def _(rho, fold):
    return np.array([[rho, fold], [fold, rho]])


@grows_first.mistake("Each of your steps shrinks or stretches everything by ρ alone: the eigenvectors are at right angles, so σ_max = ρ. A shear has them at a small angle.")
def _(rho, fold):
    return rho * np.eye(2)


@grows_first.mistake("The diagonal of your matrix holds ones, so its radius is 1, not rho.")
def _(rho, fold):
    return np.array([[1.0, fold], [0.0, 1.0]])


@grows_first.mistake("Your diagonal is 0, and so are both eigenvalues: two steps make everything 0. The radius should be rho.")
def _(rho, fold):
    return np.array([[0.0, fold], [0.0, 0.0]])


@grows_first.mistake("The shear is multiplied by rho as well, so it is too weak: the entry beside the diagonal has to be at least fold by itself.")
def _(rho, fold):
    return rho * np.array([[1.0, fold / 2], [0.0, 1.0]])


@grows_first.mistake("All four entries are not 0, and then the eigenvalues are not on the diagonal. Leave one corner 0.")
def _(rho, fold):
    return np.array([[rho, fold], [rho, rho]])


# ---------------------------------------------------------------------------------------------- 3.9 mean_stretch


@exercise("3.9", title="The mean stretch", returns={"factor": ""}, hints=[
    "A gradient of length 1 in a random direction has n entries, and their squares add up to 1. How large is one of them, squared, on average?",
    "1/n. Entry i of `da @ Wh.T` is the sum of da[j] · Wh[i, j] over j. For entries with random signs the mean square of a sum is the sum of the mean squares: (Wh[i, j]² added over j) / n. Then add over i.",
    "`g = np.sqrt(np.sum(Wh**2) / len(Wh))` and `gamma = np.sqrt(np.mean(slopes**2))`.",
])
def mean_stretch(Wh, slopes):
    """Return by which factor one step back changes a gradient's length on average: g · γ.

    Wh (n, n); slopes (T, n), the activation's slopes of all units at all steps.
    g: the root of the mean of ‖v Whᵀ‖² over all vectors v of length 1, in all directions alike.
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
    yield "a random matrix, n = 5, 7 steps", (rng.normal(size=(5, 5)), rng.uniform(0, 1, (7, 5)))


@mean_stretch.same
def _(Wh, slopes):
    singular = np.linalg.svd(Wh)[1]
    return np.sqrt(np.mean(singular**2)) * np.linalg.norm(slopes) / np.sqrt(slopes.size)


def _mean(g, gamma=lambda slopes: np.sqrt(np.mean(slopes**2))):
    return lambda Wh, slopes: g(Wh) * gamma(slopes)


def _g(Wh):
    return np.sqrt(np.sum(Wh**2) / len(Wh))


mean_stretch.mistake("You take the root mean square of the entries, as if the sum of squares were divided by n². Each of the n rows has a mean square of its own, its sum divided by n, and the n rows are added: divide by n once, under the root.")(
    _mean(lambda Wh: np.sqrt(np.mean(Wh**2))))
mean_stretch.mistake("This is the Frobenius norm itself. A direction of length 1 has only the share 1/n of its squared length in each unit: divide by n before the root.")(
    _mean(np.linalg.norm))
mean_stretch.mistake("This is σ_max, the worst direction. The mean over all directions is asked for.")(
    _mean(lambda Wh: np.linalg.norm(Wh, 2)))
mean_stretch.mistake("This is ρ, the direction that wins when all steps are equal. The mean over all directions is asked for.")(
    _mean(lambda Wh: np.abs(np.linalg.eigvals(Wh)).max()))
mean_stretch.mistake("The root of the matrix's part is missing: you return a mean squared stretch.")(
    _mean(lambda Wh: np.sum(Wh**2) / len(Wh)))
mean_stretch.mistake("You average the singular values themselves. Lengths add up by their squares: the mean of the squares, then the root.")(
    _mean(lambda Wh: np.mean(np.linalg.svd(Wh)[1])))
mean_stretch.mistake("You average the slopes themselves. Lengths add up by their squares: the mean of the squares, then the root.")(
    _mean(_g, np.mean))
mean_stretch.mistake("The root of the slopes' part is missing.")(_mean(_g, lambda slopes: np.mean(slopes**2)))
mean_stretch.mistake("The slopes are missing: this is the mean stretch of the matrix alone.")(_mean(_g, lambda slopes: 1.0))
mean_stretch.mistake("You take the largest slope. The mean over all units and steps is asked for.")(_mean(_g, np.max))


@mean_stretch.mistake("The two factors are added: a step passes the slopes AND the matrix, so they are multiplied.")
def _(Wh, slopes):
    return _g(Wh) + np.sqrt(np.mean(slopes**2))
