"""Five variational autoencoders that are ill, what can be seen of each from outside, and a way to mend them line by line.

    print(symptoms("A"))                            # what can be seen of patient A
    show_lines("A")                                 # its lines; show_lines("healthy") are those of one that is well
    found = run("A", *example())                    # the codes, loss and gradients that patient A computes
"""

import numpy as np

from helpers.checking.hunt import AS_IT_IS, Hunt
from helpers.training.gradients import numerical_gradient, relative_error

HEALTHY = (
    "h = np.tanh(x @ We)",
    "mu, log_var = h @ Wmu, h @ Wvar",
    "v = np.exp(log_var)",
    "sd = np.sqrt(v)",
    "z = mu + sd * eps",
    "g = np.tanh(z @ Wd)",
    "y = g @ Wout",
    "kl = (v + mu**2 - 1 - log_var).sum(1) / 2",
    "loss = (((y - x)**2).sum(1) + kl).mean()",
    "dz = (2 / N * (y - x) @ Wout.T * (1 - g**2)) @ Wd.T",
    "p = 1 / N",
    "dmu = dz + p * mu",
    "dlog_var = dz * eps * sd / 2 + p * (v - 1) / 2",
    "dWmu, dWvar = h.T @ dmu, h.T @ dlog_var",
)
ILL = {
    "A": {4: "sd = v", 13: "dlog_var = dz * eps * sd + p * (v - 1) / 2"},
    "B": {13: "dlog_var = dz * rng.normal(size=eps.shape) * sd / 2 + p * (v - 1) / 2"},
    "C": {8: "kl = (v + mu**2 - 1 - log_var).mean(1) / 2", 11: "p = 1 / mu.size"},
    "D": {5: "z = mu + sd * eps[0]", 13: "dlog_var = dz * eps[0] * sd / 2 + p * (v - 1) / 2"},
    "E": {13: "dlog_var = dz * eps * sd / 2"},
}
PARTS = ("z", "kl", "loss", "dWmu", "dWvar")
GIVEN = ("x", "eps", "We", "Wmu", "Wvar", "Wd", "Wout")
N, D, H, K = 3, 5, 4, 3

HUNT = Hunt(HEALTHY, ILL, compute=lambda patient, mend: run(patient, *example(), mend=mend))
show_lines = HUNT.show


def run(patient, *given, mend=AS_IT_IS, draw=0):
    """Return what a patient computes: a dict with codes z, distances kl, the loss and the gradients dWmu and dWvar.

    given : x (N, D), eps (N, K), We (D, H), Wmu and Wvar (H, K), Wd (K, H), Wout (H, D).
    draw : the seed of the generator `rng` that stands ready for lines that draw.
    Raises ValueError, in the learner's words, where the code cannot be run.
    """
    names = {"np": np, "N": len(given[0]), "K": given[1].shape[1], "rng": np.random.default_rng(draw)}
    names |= {name: array.copy() for name, array in zip(GIVEN, given, strict=True)}
    HUNT.run(patient, names, mend)
    return HUNT.results(patient, names, PARTS)


def example(seed=0):
    """Return (x, eps, We, Wmu, Wvar, Wd, Wout): three rows of five numbers, four hidden units, a code of three numbers."""
    rng = np.random.default_rng(seed)
    shapes = ((N, D), (N, K), (D, H), (H, K), (H, K), (K, H), (H, D))
    return tuple(rng.normal(size=shape) / (shape[0] ** 0.5 if i > 1 else 1) for i, shape in enumerate(shapes))


def symptoms(patient):
    """Return in three lines what can be seen of a patient from outside, or the sentence why it cannot be run."""
    given = list(example())
    try:
        at = _with_codes(0.0, 2.0, eps=np.repeat([[1.0], [2.0], [3.0]], K, axis=1))
        moved = run(patient, *at)["z"][:, 0]
        far = run(patient, *_with_codes(1.0, 0.0))["kl"]
        lines = [f"log_var = 2, eps = 1, 2 and 3 in three rows: z - mu is {', '.join(f'{x:.2f}' for x in moved)}",
                 f"three numbers, each with mu = 1 and a variance of 1: kl is {far.flat[0]:.2f}"]  # fmt: skip
        found = [run(patient, *given, draw=draw) for draw in (0, 1)]
        words = []
        for place, name in ((3, "Wmu"), (4, "Wvar")):
            slope = numerical_gradient(lambda: float(run(patient, *given)["loss"]), given[place])
            off = [relative_error(one[f"d{name}"], slope) for one in found]
            again = "" if off[0] == off[1] else f", in another run by {off[1]:.0%}"
            words.append(f"d{name} " + ("agrees with the slope" if off[0] < 1e-6 else f"is off by {off[0]:.0%}{again}"))
    except ValueError as complaint:
        return str(complaint)
    return "\n".join([*lines, "; ".join(words)])


def _with_codes(mu, log_var, eps=None):
    """Return inputs for which every number of the code has this mean and this log variance."""
    given = list(example())
    given[0], given[2] = np.full((N, D), 50.0), np.ones((D, H))         # every hidden unit is 1
    given[3], given[4] = np.full((H, K), mu / H), np.full((H, K), log_var / H)
    given[1] = np.zeros((N, K)) if eps is None else eps
    return given
