"""Exercise 6.3: who depends on whom."""

import numpy as np

from helpers.checking.authoring import exercise, find

from .reverse_time import reverse_time
from .shared import params

rnn_forward = find("1.2").reference


@exercise("6.3", title="Who depends on whom?", returns={"depends": "T input"}, hints=[
    "If you change one input and an output stays exactly as it was, what do you know about the two?",
    "Take a copy of X, put new random numbers at step s and nowhere else, and run f again on all of it. Compare with Y, not with X. A step t moved if *any* of its numbers moved, in any sequence.",
    "`changed[:, s] = rng.normal(size=(N, D))`, and then `(np.abs(f(changed) - Y) > 1e-9).any(axis=(0, 2))`, which has the shape (T,).",
])
def dependency_matrix(f, T, D):
    """Find out by experiment which outputs of f depend on which inputs.

    f takes X (N, T, D) and returns Y (N, T, K), for any N
    -> depends (T, T), bool: depends[t, s] is True where the output at step t changes when
    only the input at step s is changed. Row = output, column = input.
    For a running sum over two steps: [[True, False], [True, True]].
    """
    # 64 sequences: where one is blind, another is not
    rng, N = np.random.default_rng(0), 64
    X = rng.normal(size=(N, T, D))
    Y = f(X)
    depends = np.zeros((T, T), bool)
    for s in range(T):
        changed = X.copy()
        changed[:, s] = rng.normal(size=(N, D))                   # TODO: other numbers, at s only
        moved = (np.abs(f(changed) - Y) > 1e-9).any(axis=(0, 2))  # TODO: (T,) which steps moved?
        depends[:, s] = moved
    return depends


NETS = [
    ("each step depends on itself alone, T = 3", lambda X: -2 * X, 3, 1),
    ("a running sum, T = 3", lambda X: X.cumsum(axis=1), 3, 1),
    ("the sum from a step to the end, T = 4", lambda X: X[:, ::-1].cumsum(axis=1)[:, ::-1], 4, 1),
    ("each step shows the one before it, T = 4", lambda X: np.concatenate([0 * X[:, :1], X[:, :-1]], axis=1), 4, 1),
    ("each step times the next one, T = 4", lambda X: np.concatenate([X[:, :-1] * X[:, 1:], 1 + 0 * X[:, :1]], axis=1), 4, 1),
    ("a running sum that is squashed hard, T = 4", lambda X: np.tanh(5 * X.cumsum(axis=1)), 4, 1),
    ("is the running sum above 0? T = 4", lambda X: (X.cumsum(axis=1) > 0) * 1.0, 4, 1),
    ("only the second of two features counts, T = 4", lambda X: X[:, :, 1:].cumsum(axis=1), 4, 2),
    ("only the first of two features counts, T = 4", lambda X: X[:, :, :1].cumsum(axis=1), 4, 2),
    ("it looks at nothing, T = 3", lambda X: np.full((*X.shape[:2], 1), float(X.shape[1])), 3, 1),
    ("the square of each step, T = 3", lambda X: X**2, 3, 1),
    ("what stands behind the first decimal, T = 3", lambda X: 10 * X % 1, 3, 1),
    ("a running sum and minus the same, T = 3, K = 2", lambda X: np.concatenate([X.cumsum(axis=1), -X.cumsum(axis=1)], axis=2), 3, 1),
    ("a millionth of the running sum, T = 3", lambda X: 1 + 1e-6 * X.cumsum(axis=1), 3, 1),
    ("each step, computed with rounding, T = 4", lambda X: np.diff(X.cumsum(axis=1), axis=1, prepend=0), 4, 1),
    ("only some sequences count, T = 4", lambda X: np.where(X[:, :1] > 1, X.cumsum(axis=1), 0.0), 4, 1),
    ("only one sequence counts, T = 9", lambda X: np.concatenate([X[:1].cumsum(axis=1), 0 * X[1:]]), 9, 1),
    ("one step, T = 1", lambda X: X[:, :, :1], 1, 2),
]


def half_reversed_net(X):
    rng, h0 = np.random.default_rng(5), np.zeros((len(X), 4))
    pf, pb = params(rng, X.shape[2], 4, 0.5), params(rng, X.shape[2], 4, 0.5)
    return np.concatenate([rnn_forward(X, h0, **pf), rnn_forward(reverse_time(X), h0, **pb)], axis=2)


@dependency_matrix.cases
def _(rng):
    for label, *inputs in NETS:
        yield label, tuple(inputs)
    yield "a net in two directions, one of them not reversed back, T = 6, D = 3", (half_reversed_net, 6, 3)


@dependency_matrix.same
def _(f, T, D):
    rng = np.random.default_rng(7)
    X = rng.normal(size=(99, T, D))
    columns = []
    for s in range(T):
        other = np.where(np.arange(T)[:, None] == s, X + 1 + rng.random(), X)
        columns.append(np.max(np.abs(f(other) - f(X)), axis=(0, 2)) > 1e-9)
    return np.stack(columns, axis=1)


dependency_matrix.same(dependency_matrix.changed(
    ("changed[:, s] = rng.normal(size=(N, D))", "changed[:, s, :] = rng.uniform(-2, 2, size=(N, D))"),
    ("(np.abs(f(changed) - Y) > 1e-9).any(axis=(0, 2))", "~np.isclose(f(changed), Y, rtol=0, atol=1e-9).all(axis=(0, 2))")))

DIFFERENCE = "np.abs(f(changed) - Y)"
CANCEL = "You add up (or average) the changes before you compare, and changes that cancel are lost. Each number is compared for itself; then `any`."
COARSE = "Your threshold is too large, or relative to the size of the output: a small change is a change too. 1e-9 is asked for."
ONE_SEQUENCE = "You look at one sequence of the 64, or change only one: where that one is blind, another is not."
ALL_OF_A_STEP = "An output counts as moved only if *all* numbers of its step moved. One that moves is proof enough: `any`, over the last axis as well."
ONE_NUMBER = "You look at one number of each step only. Which of the K numbers notices is not known: look at all."
ONE_ANSWER = "One answer for each of the T steps is asked for, (T,): take `any` (or the largest) over the batch and over the numbers of a step, and keep the time axis."
TIMID = "The change is not free enough: a multiple of the old numbers, or the old ones shaken a little, stays on the same side of 0. Put in other random numbers."
NOTHING = "Yours finds that nothing ever moves: either f gets the unchanged X the second time, or your threshold is larger than what a change does."

dependency_matrix.mistakes_in("moved", [
    ("An output counts as moved only if *all* its numbers moved, in all sequences. One that moves is proof enough: `any`.", f"({DIFFERENCE} > 1e-9).all(axis=(0, 2))"),
    ("Yours is True where nothing moved: it is the other way round.", f"({DIFFERENCE} <= 1e-9).all(axis=(0, 2))"),
    ("You look at the size of the output, not at whether it moved: subtract Y, what f said before the change.", "(np.abs(f(changed)) > 1e-9).any(axis=(0, 2))"),
    ("The sign is lost: an output that falls has moved as well. Take the absolute value before you compare.", "(f(changed) - Y > 1e-9).any(axis=(0, 2))"),
    ("The sign is lost: an output that rises has moved as well. Take the absolute value before you compare.", "(Y - f(changed) > 1e-9).any(axis=(0, 2))"),
    (NOTHING, "(np.abs(f(X) - Y) > 1e-9).any(axis=(0, 2))"),
    (CANCEL, "np.abs((f(changed) - Y).sum(axis=2)).max(axis=0) > 1e-9",
     "np.abs((f(changed) - Y).sum(axis=(0, 2))) > 1e-9", "np.abs((f(changed) - Y).sum(axis=0)).max(axis=1) > 1e-9",
     "(f(changed) - Y).mean(axis=(0, 2)) > 1e-9", "(f(changed) - Y).mean(axis=(0, 2)) != 0"),
    (COARSE, f"({DIFFERENCE} > 0.5).any(axis=(0, 2))", f"({DIFFERENCE} > 1e-3).any(axis=(0, 2))",
     "(~np.isclose(f(changed), Y, atol=0.01)).any(axis=(0, 2))", "(~np.isclose(f(changed), Y)).any(axis=(0, 2))"),
    ("You take rounding for a dependence: a sum may come out differently in its last digit. Only what differs by more than 1e-9 has moved.", "(f(changed) != Y).any(axis=(0, 2))"),
    ("You hand f the changed step alone. It gets the whole sequence, in which only that step is changed.", "(np.abs(f(changed[:, s : s + 1]) - Y) > 1e-9).any(axis=(0, 2))"),
    ("You compare the inputs. It is the outputs that are to be compared, f(changed) and Y.", "(np.abs(changed - X) > 1e-9).any(axis=(0, 2))"),
    ("You compare the new input with the old output. It moved if f(changed) differs from Y.", "(np.abs(changed - Y) > 1e-9).any(axis=(0, 2))"),
    ("You compare the new output with X. It moved if it differs from Y, the output before the change.", "(np.abs(f(changed) - X) > 1e-9).any(axis=(0, 2))"),
    ("You look at the output of step s alone and write its one answer down for all steps.", f"({DIFFERENCE}[:, s] > 1e-9).any()"),
    ("An output counts as moved only if it moved in most sequences. One in which it moves is proof enough.", f"np.median({DIFFERENCE}, axis=(0, 2)) > 1e-9"),
    (ONE_SEQUENCE, f"({DIFFERENCE}[0] > 1e-9).any(axis=1)"),
    (ALL_OF_A_STEP, f"({DIFFERENCE} > 1e-9).any(axis=0).all(axis=1)", f"({DIFFERENCE} > 1e-9).all(axis=2).any(axis=0)"),
    ("An output counts as moved only if it moved in *all* sequences. One in which it moves is proof enough: `any`, over the batch as well.", f"({DIFFERENCE} > 1e-9).any(axis=2).all(axis=0)"),
    (ONE_NUMBER, f"({DIFFERENCE}[..., 0] > 1e-9).any(axis=0)", f"({DIFFERENCE}[..., -1] > 1e-9).any(axis=0)"),
    (ONE_ANSWER, f"{DIFFERENCE}.max() > 1e-9", "not np.array_equal(f(changed), Y)",
     f"{DIFFERENCE}.max(axis=(0, 1)) > 1e-9", f"{DIFFERENCE}.max(axis=0) > 1e-9"),
    ("You keep only what comes at s or later, as if only the past could count. That is to be found out.", f"({DIFFERENCE} > 1e-9).any(axis=(0, 2)) & (np.arange(T) >= s)"),
])

dependency_matrix.mistakes_in("changed_s", [
    (NOTHING, "X[:, s]"),
    ("You only flip the sign: an f that looks at the size alone does not notice. Put in other random numbers.", "-X[:, s]"),
    ("You add a constant to the old numbers: an f that repeats itself does not notice. Put in other random numbers.", "X[:, s] + 1"),
    (TIMID, "2 * X[:, s]", "X[:, s] + 0.001 * rng.normal(size=(N, D))", "X[:, s] + 0.01 * rng.normal(size=(N, D))",
     "X[:, s] + 0.1 * rng.normal(size=(N, D))"),
    ("Your change is tiny, as for a slope. Where f answers only yes or no, the slope is 0 everywhere, and yet f depends on its input. Put in other random numbers.", "X[:, s] + 1e-5"),
])

dependency_matrix.mistake("You put NaN in and look where it comes out. A comparison swallows it: NaN > 0 is False, just as for any number below 0. Put in other random numbers.",
                          changed_s="np.nan", moved="np.isnan(f(changed)).any(axis=(0, 2))")

PUT = "changed[:, s] = rng.normal(size=(N, D))"
for sentence, *changes in [
    ("Rows and columns are swapped: depends[t, s] asks about the *output* at t and the *input* at s, so what the change at s moved is column s.", ("depends[:, s] = moved", "depends[s] = moved")),
    ("You look at the output of the changed step alone, so only the diagonal can be True. The question is which *other* outputs notice.", ("depends[:, s] = moved", "depends[s, s] = moved[s]")),
    ("You change every step at once. Then any output may move, and you do not know which step it was: change step s alone.", (PUT, "changed = rng.normal(size=X.shape)")),
    ("You change all steps from s on. Then a later output moves by its own input, not by step s: change step s alone.", (PUT, "changed[:, s:] = rng.normal(size=(N, T - s, D))")),
    ("You change all steps up to s, or your changes pile up because not every s starts from a fresh copy of X. Change step s alone, or you cannot tell which step it was.", ("changed = X.copy()", "changed = X")),
    ("You change the step before, s - 1, and write down for s what it moved.", (PUT, "changed[:, s - 1] = rng.normal(size=(N, D))")),
    ("You change sequence number s of the batch, with all its steps. The time axis is the second: `changed[:, s]`.", (PUT, "changed[s] = rng.normal(size=(T, D))")),
    ("You change the first feature only. Which of the D numbers of a step counts is not known: change all of them.", (PUT, "changed[:, s, 0] = rng.normal(size=N)")),
    ("You change the last feature only. Which of the D numbers of a step counts is not known: change all of them.", (PUT, "changed[:, s, -1] = rng.normal(size=N)")),
    ("You start from zeros. There, a product of two steps stays 0 whatever one of them does: start from random numbers.", ("X = rng.normal(size=(N, T, D))", "X = np.zeros((N, T, D))")),
    ("You measure a slope at a point where f is flat (all inputs large): there the slope is 0, and yet f depends on them. Put in different random numbers instead of a tiny step.",
     ("X = rng.normal(size=(N, T, D))", "X = np.full((N, T, D), 5.0)"), (PUT, "changed[:, s] += 1e-5")),
    (ONE_ANSWER, (".any(axis=(0, 2))", ".any(axis=2)")),
    (ONE_SEQUENCE, ("default_rng(0), 64", "default_rng(0), 1")),
    (ONE_SEQUENCE, (PUT, "changed[0, s] = rng.normal(size=D)")),
]:
    dependency_matrix.mistake(sentence)(dependency_matrix.changed(*changes))
