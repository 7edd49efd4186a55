"""Five lines that were meant to be a bidirectional net, with five defects, what they do, and a way to mend them line by line.

print(diagnose())                                        # what they do, unchanged
print(diagnose({5: "ys = np.array(hs) @ V.T"}))          # and with line 5 written anew
"""

import numpy as np

from helpers.checking.hunt import AS_IT_IS, CannotRun, Hunt

LINES = (
    "xs_f, xs_b = np.zeros_like(xs), np.zeros_like(xs)",
    "for i, x in enumerate(xs): xs_f[i], xs_b[i] = x / 2, x[::-1] / 2",
    "hs_f, hs_b = rnn(xs_f, pf), rnn(xs_b, pb)",
    "hs = [np.concatenate([h_f, h_b], axis=1) for h_f, h_b in zip(hs_f, hs_b)]",
    "ys = hs.dot(V.T)",
)
HEALTHY = {
    1: "xs_f = np.array(xs) / 2",
    2: "xs_b = xs_f[..., ::-1, :]",
    4: "hs = np.concatenate([hs_f, hs_b[..., ::-1, :]], axis=-1)",
    5: "ys = hs @ V.T",
}
WHO = "the net"
JOIN = "hs = [np.concatenate([h_f, h_b%s], axis=-1) for h_f, h_b in zip(hs_f, hs_b)]"
T, D, H, K = 6, 3, 4, 2


HUNT = Hunt([HEALTHY.get(number, line) for number, line in enumerate(LINES, 1)], {WHO: dict(enumerate(LINES, 1))})


def run(xs, mend=AS_IT_IS):
    """Return what the lines make of xs: a batch (N, T, D), or one sequence (T, D), whatever they return.

    Raises RuntimeError with the line's number where a line fails.
    """
    names = {"np": np, "rnn": _rnn, "xs": np.array(xs), **_weights()}
    try:
        HUNT.run(WHO, names, mend)
    except CannotRun as problem:
        raise RuntimeError(problem.reason) from None
    if "ys" not in names:
        raise RuntimeError("the five lines leave no `ys`")
    return names["ys"]


def blame(mend):
    """Return a sentence on the line that is still wrong with the learner's mend, or "" where that cannot be told."""
    true = {kind: output(HEALTHY, kind) for kind in examples()}

    def is_right(lines):
        try:
            return all(np.allclose(output(lines, kind), true[kind], rtol=1e-9) for kind in true)
        except ValueError:
            return False

    return HUNT.blame(WHO, mend, is_right)


def as_batch(mend=AS_IT_IS):
    """Return the function X (N, T, D) -> Y that hands the lines the whole batch."""
    return lambda X: _floats(run(X, mend), X)


def one_by_one(mend=AS_IT_IS):
    """Return the function X (N, T, D) -> Y that hands the lines one sequence (T, D) after the other."""
    return lambda X: np.stack([_floats(run(x, mend), x) for x in X])


def whole_numbers(mend=AS_IT_IS):
    """Return the function X (N, T, D) -> Y that hands the lines a batch of whole numbers, 1 where X > 0, else 0."""
    return lambda X: _floats(run((X > 0).astype(int), mend), X)


WAYS = {"a batch (N, T, D)": as_batch, "one sequence (T, D)": one_by_one, "a batch of whole numbers": whole_numbers}


def show_lines():
    """Print the five lines with their numbers."""
    print(*(f"{number}   {line}" for number, line in enumerate(LINES, start=1)), sep="\n")
    print()


def diagnose(mend=AS_IT_IS, matrix=None):
    """Return in words what the lines do with a batch, with one sequence, and with whole numbers.

    matrix : function (f, T, D) -> bool (T, T), such as the learner's dependency_matrix.
    """
    rows = []
    for name, way in WAYS.items():
        try:
            found = (matrix or _matrix)(way(mend), T, D)
            rows.append(f"{name + ':':26}{in_words(found)}")
        except RuntimeError as problem:
            rows.append(f"{name + ':':26}{problem}")
    return "\n".join(rows)


def silent():
    """Return the three nets that run and are wrong, each with one defect left, and the mended one: name -> function X -> Y."""
    runs = {4: JOIN % "[::-1]", 5: "ys = np.array(hs) @ V.T"}
    return {
        "not reversed back": as_batch(runs | {4: JOIN % ""}),
        "one sequence": one_by_one(runs),
        "whole numbers": whole_numbers(runs),
        "mended": as_batch(HEALTHY),
    }


def examples():
    """Return inputs of the three kinds: a batch (2, T, D), one sequence (T, D), and a batch of whole numbers."""
    X = np.random.default_rng(1).normal(size=(2, T, D))
    return {"batch": X, "one sequence": X[0], "whole numbers": (X > 0).astype(int)}


def output(mend, kind):
    """Return what the lines give for one of the examples.

    Raises ValueError, in the learner's words, where a line fails or gives no row of numbers for each step.
    """
    xs = examples()[kind]
    try:
        return _floats(run(xs, mend), xs)
    except RuntimeError as problem:
        raise ValueError(f"With {'a ' * (kind == 'batch')}{kind}: {problem}.") from None


def in_words(matrix):
    """Return in words what a dependency matrix (T, T) shows."""
    steps = len(matrix)
    if matrix.all():
        return "every output sees every input"
    if not matrix.any():
        return "no output sees anything"
    if np.array_equal(matrix, np.tri(steps, dtype=bool)):
        return "every output sees the past alone"
    seen = [f"{t} sees {' '.join(map(str, np.flatnonzero(row)))}" for t, row in enumerate(matrix) if not row.all()]
    return "output " + ", ".join(seen)


def _matrix(f, T, D):
    from helpers.checking.authoring import find

    return find("6.3").reference(f, T, D)


def _floats(ys, xs):
    if not isinstance(ys, np.ndarray) or ys.ndim < 2 or ys.dtype.kind != "f":
        found = f"an array of {ys.dtype} with the shape {ys.shape}" if isinstance(ys, np.ndarray) else f"a {type(ys).__name__}"
        raise RuntimeError(f"ys should be an array of floats, (T, K) or (N, T, K); it is {found}")
    if ys.ndim != xs.ndim or ys.shape[:-1] != xs.shape[:-1]:
        raise RuntimeError(f"ys has the shape {ys.shape}: that is not one row of numbers for each step of {xs.shape}")
    return ys


def _rnn(X, p):
    """Return all states of a tanh RNN: (T, D) -> (T, H), (N, T, D) -> (N, T, H)."""
    Wx, Wh, b = p
    out = np.empty((*X.shape[:-1], len(b)))
    h = np.zeros((*X.shape[:-2], len(b)))
    for t in range(X.shape[-2]):
        h = np.tanh(X[..., t, :] @ Wx + h @ Wh + b)
        out[..., t, :] = h
    return out


def _weights():
    rng = np.random.default_rng(0)
    pf, pb = ([0.6 * rng.normal(size=s) for s in ((D, H), (H, H), (H,))] for _ in range(2))
    return {"pf": pf, "pb": pb, "V": rng.normal(size=(K, 2 * H))}
