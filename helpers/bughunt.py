"""Five backward passes that are ill, what a gradient checker says of each, and a way to mend them line by line.

    found = run("A", *example())                    # what patient A computes
    print(report(found, run("healthy", *example())))
"""

import numpy as np

from helpers.gradients import relative_error
from helpers.checking.timelimit import limited

HEALTHY = (
    "for t in reversed(range(T)):",
    "    h_prev = H[:, t - 1] if t > 0 else h0",
    "    dh = dH[:, t] + dh",
    "    da = dh * (1 - H[:, t] ** 2)",
    "    dX[:, t] = da @ Wx.T",
    "    dh = da @ Wh.T",
    "    dWx += X[:, t].T @ da",
    "    dWh += h_prev.T @ da",
    "    db += da.sum(axis=0)",
)
ILL = {
    "A": {3: "dh = dH[:, t]"},
    "B": {6: "dh = da @ Wh"},
    "C": {8: "dWh += H[:, t].T @ da"},
    "D": {4: "dh = dh * (1 - H[:, t] ** 2) @ Wh.T", 5: "da = dh * (1 - H[:, t] ** 2)", 6: "dX[:, t] = da @ Wx.T"},
    "E": {7: "dWx = X[:, t].T @ da", 8: "dWh = h_prev.T @ da", 9: "db = da.sum(axis=0)"},
}
START = "N, T, D = X.shape\ndX, dh = np.zeros_like(X), np.zeros_like(h0)\n"
START += "dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))\n"
PARTS = ("dX", "dWx", "dWh", "db")


def lines(patient, mend=None):
    """Return the loop of a patient ("A" … "E" or "healthy") as a list of lines, numbered from 1, with `mend` put in.

    mend : dict, line number -> that line anew, without its indent.
    Raises ValueError, in the learner's words, where it is something else.
    """
    found = list(HEALTHY)
    for number, line in ILL.get(patient, {}).items():
        found[number - 1] = "    " + line
    if mend is None:
        return found
    if not isinstance(mend, dict) or not mend:
        raise ValueError(f'Patient {patient}: write a dict, line number -> the line mended, as {{1: "…"}}; got {mend!r:.60}.')
    for number, line in mend.items():
        if isinstance(number, bool) or number not in range(1, len(found) + 1):
            raise ValueError(f"Patient {patient} has the lines 1 to {len(found)}; got {number!r:.40}.")
        if not isinstance(line, str) or "\n" in line.strip():
            raise ValueError(f"Patient {patient}, line {number}: write the line as one text in quotes; got {line!r:.40}.")
        found[int(number) - 1] = ("    " if number > 1 else "") + line.strip()
    return found


def run(patient, dH, cache, mend=None):
    """Return what a patient computes from dH (N, T, H) and cache (X, h0, H, Wx, Wh): a dict with dX, dWx, dWh and db.

    Raises ValueError, in the learner's words, where the mended code cannot be run or changes what it was given.
    """
    before = dict(zip(("X", "h0", "H", "Wx", "Wh", "dH"), (*cache, dH), strict=True))
    given = {name: array.copy() for name, array in before.items()}
    names = {"np": np, **given}
    try:
        with np.errstate(all="ignore"):
            limited(1.0, exec, compile(START + "\n".join(lines(patient, mend)), f"<patient {patient}>", "exec"), names)
    except ValueError as problem:
        if str(problem).startswith("Patient"):
            raise
        raise ValueError(f"Patient {patient} cannot be run: ValueError: {problem}.") from None
    except SyntaxError as problem:
        line = (problem.lineno or 0) - START.count("\n")
        raise ValueError(f"Patient {patient} cannot be run: {type(problem).__name__} in line {line}: {problem.msg}.") from None
    except Exception as problem:
        raise ValueError(f"Patient {patient} cannot be run: {type(problem).__name__}: {problem}.") from None
    for name, array in given.items():
        if not np.array_equal(array, before[name], equal_nan=True):
            raise ValueError(f"Patient {patient} writes into `{name}`, which belongs to whoever called: make a new array.")
    return {name: names[name] for name in PARTS}


def example(T=8, seed=0):
    """Return (dH, cache) of a small net: N = 2, D = 3, H = 4."""
    rng = np.random.default_rng(seed)
    X, h0 = rng.normal(size=(2, T, 3)), rng.normal(size=(2, 4))
    Wx, Wh, b = rng.normal(size=(3, 4)) / 2, rng.normal(size=(4, 4)) / 2, rng.normal(size=4)
    H, h = np.empty((2, T, 4)), h0
    for t in range(T):
        H[:, t] = h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    return rng.normal(size=H.shape), (X, h0, H, Wx, Wh)


def step_errors(found, true):
    """Return the relative error of each time step of two arrays (N, T, …), as an array (T,)."""
    return np.array([relative_error(found[:, t], true[:, t]) for t in range(true.shape[1])])


def report(found, true, limit=1e-5):
    """Return what a gradient checker says: dX by time step, and each other gradient, right or wrong by how much.

    found, true : dicts with "dX" (N, T, D) and other arrays. An error above `limit` is called wrong.
    """
    wrong = step_errors(found["dX"], true["dX"]) > limit
    rows = [f"dX   {by_step(wrong)}"]
    for name in found:
        if name != "dX":
            error = relative_error(found[name], true[name])
            rows.append(f"{name:4} " + ("right" if error <= limit else f"wrong by {error:.0%}"))
    return "\n".join(rows)


def by_step(wrong):
    """Return in words at which time steps something is wrong; wrong (T,) bool."""
    T = len(wrong)
    if not wrong.any():
        return "right at every t"
    if wrong.all():
        return "wrong at every t"
    last = int(np.flatnonzero(wrong)[-1])
    if wrong[: last + 1].all():
        right = f"t = {T - 1}" if last == T - 2 else f"t = {last + 1} … {T - 1}"
        return f"right at {right}, wrong from t = {last} down"
    return "wrong at t = " + ", ".join(map(str, np.flatnonzero(wrong)))
