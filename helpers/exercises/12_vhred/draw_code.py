"""Exercise 12.5: a code that is a draw."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.5", title="Draw a code", returns={"z": "N K/number"}, hints=[
    "log_var is the logarithm of the VARIANCE. Which power of e gives the standard deviation? And how does one turn a draw from N(0, 1) into one from N(mu, sd²)?",
    "The standard deviation is the root of the variance, and the root of exp(a) is exp(a / 2). A draw from N(0, 1) is stretched by sd, then moved by mu.",
    "`np.exp(log_var / 2)`; `mu + sd * eps`.",
])
def draw_code(mu, log_var, eps):
    """Return draws z (N, K) from N(mu, variance); log_var is the logarithm of the variance.

    mu, log_var, eps (N, K); eps are draws from N(0, 1), made outside.
    mu = [[1., 1.]], log_var = [[0., 1.386]] (variances 1 and 4) and
    eps = [[.5, .5]] give [[1.5, 2.]].
    """
    sd = np.exp(log_var / 2)      # TODO: (N, K) the standard deviations
    z = mu + sd * eps             # TODO: (N, K)
    return z


@draw_code.cases
def _(rng):
    yield "variance 1", (np.array([[1.0, -2.0]]), np.zeros((1, 2)), np.array([[0.5, 3.0]]))
    yield "variances 4 and 1/4", (np.ones((1, 2)), np.log([[4.0, 0.25]]), np.array([[0.5, 0.5]]))
    yield "mean 0", (np.zeros((3, 2)), rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))
    yield "two rows alike, two draws", (np.ones((2, 3)), np.full((2, 3), 1.2), rng.normal(size=(2, 3)))
    yield "4 rows, K = 3", (rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    yield "nearly no variance, and very much", (rng.normal(size=(2, 2)), np.array([[-40.0, 12.0], [9.0, -30.0]]), rng.normal(size=(2, 2)))


@draw_code.same
def _(mu, log_var, eps):
    return mu + eps * np.exp(log_var) ** 0.5


@draw_code.same
def _(mu, log_var, eps):
    return np.exp(0.5 * log_var) * eps + mu


draw_code.mistakes_in("sd", [
    ("You take the variance for the standard deviation: log_var is the logarithm of the variance, and half of it that of its root.", "np.exp(log_var)", "np.exp(log_var / 2) ** 2"),
    ("You take the exponential of twice the logarithm. A root halves it.", "np.exp(2 * log_var)"),
    ("You take half of the variance. The standard deviation is its root.", "np.exp(log_var) / 2"),
    ("The exponential is missing: log_var is a logarithm, and may be negative.", "log_var", "log_var / 2"),
    ("The logarithm of a variance is often negative, and then has no root: first exp, then the root.", "np.sqrt(log_var)", "np.sqrt(np.abs(log_var))"),
    ("The sign is wrong: a large log_var has to give a large spread.", "np.exp(-log_var / 2)", "np.exp(-log_var)"),
    ("You take the logarithm again. Its opposite, exp, is what gives the number back.", "np.log(np.abs(log_var))"),
])
draw_code.mistakes_in("z", [
    ("You multiply mu by the draw. It is sd that stretches, mu only moves.", "mu * sd * eps", "(mu + sd) * eps", "mu * eps + sd"),
    ("You add sd to the draw. It should stretch it.", "mu + sd + eps"),
    ("You stretch the mean together with the draw. The mean only moves the draw.", "sd * (mu + eps)", "(mu + eps) * sd"),
    ("You go the other way: this makes draws from N(mu, sd²) into draws from N(0, 1).", "(eps - mu) / sd"),
    ("The draw is not used: z is the same at every call.", "mu + sd"),
    ("The mean is missing: z lies around 0.", "sd * eps"),
    ("The draw is not stretched by sd.", "mu + eps"),
    ("You draw eps again inside. It is an input, so that the function's slope can be checked.", "mu + sd * np.random.normal(size=mu.shape)", "mu + sd * np.random.default_rng().normal(size=mu.shape)", "mu + sd * np.random.randn(*mu.shape)", "np.random.normal(mu, sd)"),
    ("All rows share the first row's draw.", "mu + sd * eps[0]", "mu + sd * eps[:1]"),
    ("You divide by sd. To draw one multiplies; to standardise one divides.", "mu + eps / sd"),
    ("You return the mean: there is no chance left in the code.", "mu"),
    ("You subtract the draw. It would be as good a draw, but mu + sd · eps was asked for.", "mu - sd * eps"),
])

draw_code.mistakes_in("z", [
    ("mu and eps are exchanged: the noise is what the standard deviation stretches.", "eps + sd * mu"),
])
