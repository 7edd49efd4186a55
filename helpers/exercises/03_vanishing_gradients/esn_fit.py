"""Exercise 3.6: an echo state network."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.6", title="An echo state network", returns={"Wh": "H H", "Wout": "H+1"}, hints=[
    "Which of the weights are trained here, and by what: by a gradient, or by solving equations once?",
    "Divided by its own spectral radius a matrix has the radius 1. The step is that of exercise 1.1, with one number u[t] as its input. `np.linalg.solve(M, v)` finds w with M w = v.",
    "`Wh * (rho / np.abs(np.linalg.eigvals(Wh)).max())`; `np.tanh(u[t] * Wx + h @ Wh + b)`; `A[washout:], y[washout:]`; `np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y)`.",
])
def esn_fit(u, y, Wx, Wh, b, rho, washout, ridge):
    """Scale a random net to the radius rho, drive it with u, and fit its read-out to y.

    u (T,) the input, y (T,) what should be read out at each step;
    Wx (H,), Wh (H, H), b (H,): random, and they stay so; the radius of Wh is not 0.
    -> the scaled Wh (H, H), and Wout (H + 1,), the weights of the states and, last, of a
    column of ones.
    The first `washout` steps still show the blank start: they are left out of the fit.
    Wout solves (AᵀA + ridge · I) Wout = Aᵀy, with I the unit matrix.
    With H = 1, Wh = [[-2.]] and rho = 0.5 the scaled Wh is [[-0.5]].
    """
    Wh = Wh * (rho / np.abs(np.linalg.eigvals(Wh)).max())      # TODO: the same, with radius rho
    H, h = np.zeros((len(u), len(b))), np.zeros(len(b))
    for t in range(len(u)):
        h = np.tanh(u[t] * Wx + h @ Wh + b)                    # TODO: one step of the net
        H[t] = h
    A = np.column_stack([H, np.ones(len(u))])
    A, y = A[washout:], y[washout:]                            # TODO: without the start, in both
    Wout = np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y)   # TODO: least squares
    return Wh, Wout


@esn_fit.cases
def _(rng):
    def draw(T, H):
        return rng.uniform(-1, 1, T), rng.normal(size=T), rng.normal(size=H), rng.normal(size=(H, H)), rng.normal(size=H)

    turn = np.array([[0.3, -1.0], [1.0, 0.3]])
    yield "one unit, no washout", (*draw(12, 1), 0.5, 0, 0.1)
    yield "two units that turn, no washout", (
        rng.uniform(-1, 1, 15), rng.normal(size=15), rng.normal(size=2), turn, rng.normal(size=2), 0.9, 0, 0.1)
    yield "a single step", (np.array([0.5]), np.array([2.0]), np.array([1.0, -1.0]), turn, np.array([0.3, 0.2]), 0.9, 0, 0.5)
    yield "all in whole numbers, as many steps to fit as weights", (
        np.array([1, 0, 2, 1]), np.array([0, 1, 2, 0]), np.array([1, 2]), np.array([[0, -2], [1, -3]]), np.array([0, 1]), 0.8, 1, 0.1)
    yield "all steps left out: nothing to fit", (*draw(4, 2), 0.9, 4, 0.1)
    yield "rho = 0: no echo", (*draw(12, 2), 0.0, 2, 0.1)
    yield "inputs near ±1000: saturated units", (1000 * rng.normal(size=20), *draw(20, 3)[1:], 0.9, 4, 0.1)
    yield "three units, the first 5 steps left out", (*draw(25, 3), 0.8, 5, 0.5)
    yield "six units, rho = 1.2", (*draw(40, 6), 1.2, 8, 0.01)
    yield "twenty units, half of the steps left out", (*draw(120, 20), 0.95, 60, 0.1)


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


esn_fit.same(esn_fit.changed(      # a matrix of zeros as well
    ("rho / np.abs(np.linalg.eigvals(Wh)).max()", "rho / max(np.abs(np.linalg.eigvals(Wh)).max(), 1e-12)")))

REAL = "You scale by the largest real part of an eigenvalue. The radius is the largest distance from 0, `np.abs`."
ONE_EIGENVALUE = "You scale by the size of one eigenvalue, but it need not be the farthest from 0: measure all of them, then choose."
NOT_AS_MANY = "After your cut there are not as many states as targets. Each state belongs to the target of its own step, so both lose their first `washout` rows (`A[:, …]` would take units away, not steps)."
TWO_CUTS = "You cut states and targets in two different ways. Each state belongs to the target of its own step: both lose their first `washout` rows."
NO_RIDGE = "The ridge is missing: without it a state of many units fits the noise, with weights that can grow very large."

esn_fit.mistakes_in("Wh", [
    ("You divide by the largest singular value. Your matrix then has a radius below rho: rho is about the eigenvalues, and σ_max is above their largest size for nearly every random matrix.", "Wh * rho / np.linalg.norm(Wh, 2)"),
    ("You multiply by rho without dividing by the radius that the matrix has: it ends with rho times its old one.", "Wh * rho"),
    ("You divide by the radius and leave it at 1: rho is missing.", "Wh / np.abs(np.linalg.eigvals(Wh)).max()"),
    ("Your factor is upside down: it is rho / radius, not radius / rho.", "Wh * np.abs(np.linalg.eigvals(Wh)).max() / rho"),
    ("The matrix is not scaled at all: how long its echo lasts is left to chance.", "Wh"),
    (REAL, "Wh * rho / np.abs(np.linalg.eigvals(Wh).real.max())", "Wh * rho / np.linalg.eigvals(Wh).real.max()",
     "Wh * rho / np.abs(np.linalg.eigvals(Wh).real).max()"),
    ("You scale by the Frobenius norm, the root of all squared entries. The radius is the size of the farthest eigenvalue.", "Wh * rho / np.linalg.norm(Wh)"),
    (ONE_EIGENVALUE, "Wh * rho / np.abs(np.linalg.eigvals(Wh).max())", "Wh * rho / np.abs(np.linalg.eigvals(Wh)[0])",
     "Wh * rho / np.abs(np.linalg.eigvals(Wh)[-1])"),
    ("You divide by W's largest entry. Entries say little: the radius is the size of the farthest eigenvalue.", "Wh * rho / np.abs(Wh).max()"),
])

esn_fit.mistakes_in("h", [
    ("The step lacks its tanh: this is a linear net.", "u[t] * Wx + h @ Wh + b"),
    ("The step lacks its bias b.", "np.tanh(u[t] * Wx + h @ Wh)"),
    ("The step does not hear the input: `u[t] * Wx` is missing in it.", "np.tanh(h @ Wh + b)"),
    ("The step does not hear the state before: `h @ Wh` is missing in it, so there is no echo.", "np.tanh(u[t] * Wx + b)"),
    ("`Wh @ h` uses the matrix transposed: here the state is a row, and a step is `h @ Wh`.", "np.tanh(u[t] * Wx + Wh @ h + b)"),
])

esn_fit.mistakes_in("A_y", [
    ("The washout is skipped: the first steps, which still show the blank start, are part of your fit.", "A, y"),
    ("You keep the first steps and throw away the rest: it is `[washout:]`, from there on.", "A[:washout], y[:washout]"),
    ("States and targets are cut at different ends, so each state is fitted to the target of another time.", "A[washout:], y[:len(u) - washout]"),
    ("One step too many is cut off: rows 0 to washout - 1 are the first `washout` of them.", "A[washout + 1:], y[washout + 1:]"),
    ("One step too few is cut off (and with a washout of 0 nearly all): row number `washout` is the first one to keep.", "A[washout - 1:], y[washout - 1:]"),
    ("You cut off the end, `[:-washout]`. It is the beginning that still shows the blank start.", "A[:-washout], y[:-washout]"),
    (NOT_AS_MANY, "A[washout:], y", "A, y[washout:]"),
    (TWO_CUTS, "A[:washout], y[washout:]", "A[washout:], y[:washout]", "A[:-washout], y[washout:]",
     "A[washout:], y[:-washout]", "A[washout + 1:], y[washout:]", "A[washout:], y[washout + 1:]"),
    ("You cut units, not steps: the washout is about the rows of A, and `A[:, …]` takes columns.", "A[:, washout:], y"),
    ("The column of ones is missing: the read-out gets the states alone and cannot add a constant.", "A[washout:, :-1], y[washout:]"),
    ("The column of ones is the last, not the first: the weights of the states come before that of the ones.", "np.roll(A, 1, axis=1)[washout:], y[washout:]"),
])

esn_fit.mistakes_in("Wout", [
    (NO_RIDGE, "np.linalg.solve(A.T @ A, A.T @ y)", "np.linalg.lstsq(A, y, rcond=None)[0]"),
    ("You add the ridge to every entry of AᵀA. It belongs on the diagonal: `ridge * np.eye(…)`.", "np.linalg.solve(A.T @ A + ridge, A.T @ y)"),
    ("The ridge stands on the right side, with Aᵀy. It belongs to AᵀA, on the left.", "np.linalg.lstsq(A.T @ A, A.T @ y + ridge, rcond=None)[0]"),
    ("The ridge is subtracted: it should hold the weights down, not blow them up.", "np.linalg.solve(A.T @ A - ridge * np.eye(A.shape[1]), A.T @ y)"),
    ("You do not solve anything: `A.T @ y` is only the right side of the equations.", "A.T @ y"),
    ("You leave the last weight, that of the ones, out of the ridge. That is often done; here the ridge is added to the whole diagonal.", "np.linalg.solve(A.T @ A + ridge * np.diag([*np.ones(len(b)), 0]), A.T @ y)"),
    ("You average AᵀA and Aᵀy over the steps, and add the ridge to the mean: there it weighs as much as `ridge` times the number of steps would in the sum.", "np.linalg.solve(A.T @ A / len(A) + ridge * np.eye(A.shape[1]), A.T @ y / len(A))"),
    ("Your unit matrix has as many rows as there are units. A has one column more, the ones: it is `np.eye(A.shape[1])`.", "np.linalg.solve(A.T @ A + ridge * np.eye(len(b)), A.T @ y)"),
    ("`lstsq` returns four things: the solution is the first of them.", "np.linalg.lstsq(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ y, rcond=None)"),
    ("You solve A w = y in the place of AᵀA w = Aᵀy: `solve` wants a square matrix, and A has a row for each step.", "np.linalg.solve(A, y)"),
    ("`solve` takes the matrix first and the right side second: yours are swapped.",
     "np.linalg.solve(A.T @ y, A.T @ A + ridge * np.eye(A.shape[1]))"),
])

esn_fit.mistake("The matrix that you return is scaled, but the net was run with the one before scaling.")(
    lambda u, y, Wx, Wh, b, rho, washout, ridge: (
        esn_fit(u, y, Wx, Wh, b, rho, washout, ridge)[0],
        esn_fit(u, y, Wx, Wh, b, np.abs(np.linalg.eigvals(Wh)).max(), washout, ridge)[1]))

esn_fit.mistake("The net starts again, blank, after the washout. It has to hear the first steps too: only the fit leaves them out.")(
    lambda u, y, Wx, Wh, b, rho, washout, ridge: esn_fit(u[washout:], y[washout:], Wx, Wh, b, rho, 0, ridge))
