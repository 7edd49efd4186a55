"""Exercise 12.6: back through a draw."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.6", title="Back through the draw", returns={"dmu": "N K/number", "dlog_var": "N K/number"}, hints=[
    "z = mu + exp(log_var / 2) · eps. If mu grows by a little, how much does z grow? And if log_var does?",
    "The derivative of exp(a / 2) is exp(a / 2) / 2, and eps is a number like any other: the one that was drawn on the way there.",
    "`dz`; `dz * eps * sd / 2`.",
])
def draw_code_backward(dz, log_var, eps):
    """Return the gradients of mu and log_var, given that of z = mu + exp(log_var/2) · eps.

    All arrays are (N, K); eps is the draw of the way there.
    dz = [[3.]], log_var = [[1.386]] (a variance of 4) and eps = [[.5]] give
    dmu = [[3.]] and dlog_var = [[1.5]].
    """
    sd = np.exp(log_var / 2)
    dmu = dz                          # TODO: (N, K)
    dlog_var = dz * eps * sd / 2      # TODO: (N, K)
    return dmu, dlog_var


@draw_code_backward.cases
def _(rng):
    yield "one number, variance 4", (np.array([[3.0]]), np.log([[4.0]]), np.array([[0.5]]))
    yield "the draw was 0", (np.array([[3.0, -1.0]]), np.array([[1.0, 2.0]]), np.zeros((1, 2)))
    yield "variance 1", (rng.normal(size=(2, 3)), np.zeros((2, 3)), rng.normal(size=(2, 3)))
    yield "4 rows, K = 3", (rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    yield "nearly no variance, and very much", (rng.normal(size=(2, 2)), np.array([[-40.0, 12.0], [9.0, -30.0]]), rng.normal(size=(2, 2)))


@draw_code_backward.same
def _(dz, log_var, eps):
    return dz.copy(), 0.5 * dz * (eps * np.sqrt(np.exp(log_var)))


@draw_code_backward.same
def _(dz, log_var, eps):
    moved = np.exp(log_var / 2) * eps           # z - mu
    return 1.0 * dz, dz * moved / 2


draw_code_backward.mistakes_in("dmu", [
    ("dmu has a factor too many: z grows exactly as mu does.", "dz * sd", "dz * eps", "dz * sd * eps"),
    ("dmu is divided by the number of rows. Whatever was averaged is in dz already.", "dz / len(dz)"),
    ("dmu is summed over the rows: each row has a mean of its own.", "dz.sum(axis=0)"),
    ("The mean gets no gradient in your answer.", "0 * dz", "np.zeros_like(dz)"),
    ("dmu has the wrong sign.", "-dz"),
    ("dmu is the slope of z alone: what comes from above is missing.", "np.ones_like(dz)"),
])
draw_code_backward.mistakes_in("dlog_var", [
    ("The exponential before eps is forgotten: what is its slope along log_var?", "dz * eps"),
    ("The half is missing: log_var is halved before exp, so its slope is too.", "dz * eps * sd"),
    ("You multiply by the variance. It is sd that stood before eps.", "dz * eps * sd**2 / 2", "dz * eps * np.exp(log_var) / 2", "dz * eps * np.exp(log_var)"),
    ("The draw is missing: log_var changes how far the draw moves z.", "dz * sd / 2", "dz * sd"),
    ("You draw eps again on the way back: this is the gradient of another draw, and no difference quotient will agree.", "dz * np.random.normal(size=dz.shape) * sd / 2", "dz * np.random.default_rng().normal(size=dz.shape) * sd / 2"),
    ("You divide by sd on the way back. A factor is the same in both directions.", "dz * eps / sd / 2", "dz * eps / (2 * sd)"),
    ("log_var gets no gradient: nobody would tell the net how much to spread.", "0 * dz", "np.zeros_like(dz)"),
    ("You take eps without its sign. A draw below the mean moves down when sd grows.", "dz * np.abs(eps) * sd / 2"),
    ("dlog_var is the slope of z alone: what comes from above is missing.", "eps * sd / 2"),
    ("dlog_var is doubled instead of halved.", "2 * dz * eps * sd"),
])
draw_code_backward.mistake("Both gradients of the draw are dz: log_var moves z by another factor.", dlog_var="dz")


@draw_code_backward.mistake("The two gradients have changed places: dmu comes first.")
def _(dz, log_var, eps):
    return draw_code_backward(dz, log_var, eps)[::-1]
