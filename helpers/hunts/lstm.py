"""Four LSTM loops that are ill in ways seen in published notes, what can be seen of each, and a way to mend them line by line.

    print(symptoms("A"))                            # what can be seen of patient A from outside
    show_lines("A")                                 # its loop; show_lines("healthy") is the one that is well
    found = run("A", *example())                    # the states, cells and gates that patient A computes
"""

import numpy as np

from helpers.checking.hunt import AS_IT_IS, Hunt
from helpers.training.gradients import relative_error

HEALTHY = (
    "for t in range(T):",
    "a = X[:, t] @ Wx + h @ Wh + b",
    "a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)",
    "i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)",
    "c = f * c + i * g",
    "h = o * np.tanh(c)",
    "H[:, t], C[:, t], gates[:, t] = h, c, np.hstack([i, f, o])",
)
ILL = {
    "A": {2: "a = np.tanh(X[:, t] @ Wx + h @ Wh + b)"},
    "B": {5: "c = f * prev_c + i * g"},
    "C": {3: "a_g, a_i, a_f, a_o = np.split(a, 4, axis=1)"},
    "D": {5: "h = f * c + i * g", 6: "c = o * np.tanh(h)"},
}
PARTS = ("H", "C", "gates")


HUNT = Hunt(HEALTHY, ILL, loop=True, compute=lambda patient, mend: run(patient, *example(), mend=mend))
show_lines = HUNT.show


def run(patient, X, Wx, Wh, b, mend=AS_IT_IS):
    """Return what a patient computes from X (N, T, D): a dict with H and C (N, T, H) and the gates i, f, o (N, T, 3H).

    Raises ValueError, in the learner's words, where the code cannot be run.
    """
    (N, T, _), H = X.shape, len(Wh)
    names = {"np": np, "X": X.copy(), "Wx": Wx.copy(), "Wh": Wh.copy(), "b": b.copy(), "T": T}
    names |= {"sigmoid": lambda a: 1 / (1 + np.exp(-a)), "h": np.zeros((N, H)), "c": np.zeros((N, H))}
    # not zeros: code that reads what has not been written yet must not be right by luck
    names |= {"H": np.full((N, T, H), 0.5), "C": np.full((N, T, H), 2.0), "gates": np.full((N, T, 3 * H), 0.5)}
    HUNT.run(patient, names, mend)
    return {name: names[name] for name in PARTS}


def example(T=8, seed=0):
    """Return (X, Wx, Wh, b) of an LSTM with large weights, so that its gates open and close: N = 2, D = 3, H = 4."""
    rng = np.random.default_rng(seed)
    return 2 * rng.normal(size=(2, T, 3)), rng.normal(size=(3, 16)), rng.normal(size=(4, 16)), rng.normal(size=16)


def report(found, true, limit=1e-5):
    """Return what can be seen of a patient: by how much its states and cells are off, and how far its gates reach."""
    rows = []
    for name, words in (("C", "cells "), ("H", "states")):
        error = relative_error(found[name], true[name])
        rows.append(f"{words} {'right' if error <= limit else 'wrong'}, between {_span(found[name])}")
    return "\n".join([*rows, f"gates  between {_span(found['gates'])}"])


def symptoms(patient):
    """Return what can be seen of a patient on the example: its report, or the sentence why it cannot be run."""
    try:
        return report(run(patient, *example()), run("healthy", *example()))
    except ValueError as complaint:
        return str(complaint)


def _span(x):
    return f"{x.min():.2f} and {x.max():.2f}"
