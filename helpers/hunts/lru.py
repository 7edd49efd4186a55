"""Five LRUs that are ill, what can be seen of each from outside, and a way to mend them line by line.

    print(symptoms("A"))                            # what can be seen of patient A
    show_lines("A")                                 # its lines; show_lines("healthy") are those of one that is well
    found = run("A", *example())                    # what patient A computes
"""

import numpy as np

from helpers.checking.hunt import AS_IT_IS, Hunt
from helpers.training.gradients import relative_error

HEALTHY = (
    "lam = np.exp(-np.exp(nu) + 1j * np.exp(theta))",
    "for t in range(T): H[t + 1] = lam * H[t] + gamma * (X[t] @ B)",
    "Y = np.concatenate([H[1:].real, H[1:].imag], axis=-1)",
    "dH = dY[..., :M] + 1j * dY[..., M:]",
    "d[-1] = dH[-1]",
    "for t in reversed(range(T - 1)): d[t] = dH[t] + np.conj(lam) * d[t + 1]",
    "dlam = (d * np.conj(H[:-1])).sum(axis=(0, 1))",
    "dlog = np.conj(lam) * dlam",
    "dnu = -np.exp(nu) * dlog.real",
    "dtheta = np.exp(theta) * dlog.imag",
)
ILL = {
    "A": {1: "lam = np.exp(-nu + 1j * np.exp(theta))"},
    "B": {2: "for t in range(T): H[t + 1] = lam * H[t] + X[t] @ B"},
    "C": {8: "dlog = lam * np.conj(dlam)"},
    "D": {7: "dlam = (d * np.conj(H[1:])).sum(axis=(0, 1))"},
    "E": {6: "for t in reversed(range(T - 1)): d[t] = dH[t] + lam * d[t + 1]"},
}
PARTS = ("radius", "Y", "dnu", "dtheta")
T, N, D, M = 12, 3, 2, 4

HUNT = Hunt(HEALTHY, ILL, compute=lambda patient, mend: run(patient, *example(), mend=mend))
show_lines = HUNT.show


def run(patient, X, dY, nu, theta, gamma, B, mend=AS_IT_IS):
    """Return what a patient computes from X (T, N, D) and dY (T, N, 2M): a dict with |λ|, Y, dnu and dtheta.

    Raises ValueError, in the learner's words, where the code cannot be run.
    """
    given = {"X": X, "dY": dY, "nu": nu, "theta": theta, "gamma": gamma, "B": B}
    M, blank = len(nu), np.zeros((len(X) + 1, X.shape[1], len(nu)), complex)
    names = {"np": np, "T": len(X), "M": M, "H": blank, "d": np.full_like(blank[1:], 0.5)}
    names |= {name: array.copy() for name, array in given.items()}
    HUNT.run(patient, names, mend)
    HUNT.demand(patient, names, ("lam", *PARTS[1:]))
    names["radius"] = np.abs(names["lam"])
    return HUNT.results(patient, names, PARTS)


def example(seed=0, steps=T):
    """Return (X, dY, nu, theta, gamma, B) of an LRU with four units of radius 0.8 to 0.99: three sequences, twelve steps."""
    rng = np.random.default_rng(seed)
    r = np.linspace(0.8, 0.99, M)
    X, dY = rng.normal(size=(steps, N, D)), rng.normal(size=(steps, N, 2 * M))
    B = (rng.normal(size=(D, M)) + 1j * rng.normal(size=(D, M))) / (2 * D) ** 0.5
    return X, dY, np.log(-np.log(r)), np.log(rng.uniform(0.2, 0.9, M)), np.sqrt(1 - r * r), B


def report(found, true, limit=1e-5):
    """Return for each of |λ|, Y, dnu and dtheta of a patient whether it is that of a healthy one."""
    words = {"radius": "|λ|"}
    return "\n".join(
        f"{words.get(name, name)} {'right' if relative_error(found[name], true[name]) <= limit else 'wrong'}" for name in true
    )


def symptoms(patient):
    """Return in four lines what can be seen of a patient from outside, or the sentence why it cannot be run."""
    inputs = example()
    try:
        found = run(patient, *inputs)
        long = run(patient, *example(steps=400))["Y"]
    except ValueError as complaint:
        return str(complaint)
    long = np.minimum(np.abs(long[200:, :, [M - 1, -1]]), 1e6)       # the unit of radius 0.99
    slow = np.sqrt((long**2).mean(axis=(0, 1)).sum())
    still = inputs[:3] + (np.full(M, -30.0),) + inputs[4:]          # the phase is 0
    size = f"{slow:.1f}" if slow < 1e3 else "more than a thousand"
    return "\n".join(
        (
            f"largest |λ|: {found['radius'].max():.2f};  size of the slowest state, fed with noise: {size}",
            f"dnu    {_against(patient, inputs, found, 'nu', 2)}",
            f"dtheta {_against(patient, inputs, found, 'theta', 3)}",
            f"dnu of units that do not turn {_against(patient, still, run(patient, *still), 'nu', 2)}",
        )
    )


def _against(patient, inputs, found, name, place, eps=1e-6):
    """Return in words how the gradient that a patient computes compares with nudging its own parameter."""
    true = np.empty(M)
    for k in range(M):
        sides = []
        for nudge in (eps, -eps):
            moved = [x.copy() for x in inputs]
            moved[place][k] += nudge
            sides.append((run(patient, *moved)["Y"] * inputs[1]).sum())
        true[k] = (sides[0] - sides[1]) / (2 * eps)
    said, size = found[f"d{name}"], np.abs(true).max()
    if np.abs(said - true).max() < 1e-4 * size:
        return "agrees with the nudged one"
    if np.abs(said + true).max() < 1e-4 * size:
        return "has the right size and the WRONG SIGN"
    return "is wrong"
