"""Exercise 8.8: the score at which a pair's loss is smallest."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.8", title="The score that every pair would like", returns={"s": "P"}, hints=[
    "The loss is n times -log σ(s) plus m times -log σ(-s), with n = met and m = K · row · q. What is its slope in s? Use your slopes of 8.6.",
    "n (σ(s) - 1) + m σ(s) = 0 gives σ(s) = n / (n + m). Now solve σ(s) = 1 / (1 + e^-s) for s: what is e^-s?",
    "1 + e^-s = (n + m) / n, so e^-s = m / n, and s = log(n / m).",
])
def best_score(met, row, q, K):
    """Return the score s (P,) that makes the loss of each of P pairs as small as it can be.

    met (P,): how often the pair came as a real one; row (P,): how many real pairs its
    middle word has; q (P,): how likely it is that a negative is this context; K negatives
    are drawn for each real pair.

        loss(s) = -met log σ(s) - K row q log σ(-s)

    met = [2.], row = [10.], q = [0.1] and K = 2 give [0.]: as often real as made up.
    """
    s = np.log(met / (K * row * q))      # TODO: where the slope of the loss is 0
    return s


@best_score.cases
def _(rng):
    yield "one pair, as often real as made up", (np.array([2.0]), np.array([10.0]), np.array([0.1]), 2)
    yield "one pair, K = 1", (np.array([6.0]), np.array([10.0]), np.array([0.2]), 1)
    yield "one pair, K = 5", (np.array([3.0]), np.array([20.0]), np.array([0.5]), 5)
    yield "counts as whole numbers", (np.array([3, 1, 8]), np.array([20, 4, 30]), np.array([0.5, 0.25, 0.1]), 3)
    yield "all pairs alike", (np.full(3, 4.0), np.full(3, 50.0), np.full(3, 0.02), 5)
    yield "7 pairs, K = 4", (rng.integers(1, 50, 7).astype(float), rng.integers(60, 400, 7).astype(float), rng.uniform(0.01, 0.3, 7), 4)
    yield "a pair that is nearly always real, one that nearly never is", (np.array([90000.0, 1.0]), np.array([100000.0, 2e6]), np.array([1e-6, 0.2]), 5)
    yield "no pairs", (np.zeros(0), np.zeros(0), np.zeros(0), 5)


best_score.same(lambda met, row, q, K: np.log(met / (met + K * row * q)) - np.log(1 - met / (met + K * row * q)))

best_score.same(lambda met, row, q, K: np.log(met / row) - np.log(q) - np.log(K))

best_score.mistakes_in("s", [
    ("This is σ(s), the share of real ones. Asked for is the score s itself: solve σ(s) = 1 / (1 + e^-s) for s.", "met / (met + K * row * q)"),
    ("This is the share of made-up ones, σ(-s). Asked for is the score s itself: solve σ(s) = 1 / (1 + e^-s) for s.", "K * row * q / (met + K * row * q)"),
    ("This is the logarithm of the share of real ones. The score is another number: σ(s) is that share, so e^-s is one share divided by the other.", "np.log(met / (met + K * row * q))"),
    ("The sign is reversed: a pair that is real more often than made up has a score above 0.", "np.log(K * row * q / met)"),
    ("The logarithm is missing: this is the ratio of real to made up, which is e^s.", "met / (K * row * q)"),
    ("You take e to the power. From e^s = … one comes to s by the logarithm.", "np.exp(met / (K * row * q))"),
    ("K is missing: for each real pair K negatives are drawn.", "np.log(met / (row * q))"),
    ("K is on the wrong side: more negatives make a pair more often made up, so its score falls.", "np.log(K * met / (row * q))", "np.log(met / (row * q)) + np.log(K)"),
    ("You subtract K. The negatives stand inside of the logarithm.", "np.log(met / (row * q)) - K"),
    ("`row` is missing: negatives are drawn for ALL real pairs of the middle word, so there are K · row of them.", "np.log(met / (K * q))"),
    ("q is missing: only a share q of the negatives is this context.", "np.log(met / (K * row))"),
    ("How often the pair is made up depends on K, on `row` and on q: all three are factors below the line.", "np.log(met)", "np.log(met / K)", "np.log(met / row)", "np.log(met / q)"),
    ("You multiply by the number of made-up ones. It belongs below the line: σ(s) = met / (met + K · row · q).", "np.log(met * K * row * q)"),
    ("You add where it should be multiplied: K negatives for each of `row` pairs, and a share q of them.",
     "np.log(met / (K * row + q))", "np.log(met / ((K + row) * q))", "np.log(met / (K + row * q))", "np.log(met / (K + row + q))"),
    ("In `met / K * row * q` only K is below the line. It takes brackets.", "np.log(met / K * row * q)"),
    ("In `met / (K * row) * q` the q stands above the line. It takes brackets.", "np.log(met / (K * row) * q)"),
    ("You divide the logarithm of one count by that of another: the logarithm of a ratio is log a - log b.", "np.log(met) / np.log(K * row * q)"),
    ("You take the logarithm to the base 2. σ is made with e, so it is the natural one.", "np.log2(met / (K * row * q))"),
    ("You take the logarithm to the base 10. σ is made with e, so it is the natural one.", "np.log10(met / (K * row * q))"),
    ("You add 1 inside of the logarithm. That changes every score, and none could be below 0.", "np.log(1 + met / (K * row * q))"),
    ("You return the smallest loss. Asked for is the score at which it is reached.", "-met * np.log(met / (met + K * row * q)) - K * row * q * np.log(K * row * q / (met + K * row * q))"),
    ("This is the difference of the two numbers, real minus made up. Set the slope of the loss to 0 and solve for s. Set the slope of the loss to 0 and solve for s.", "met - K * row * q"),
    ("You cut the scores off at 0. A pair that is more often made up than real has one below 0.", "np.maximum(np.log(met / (K * row * q)), 0)"),
    ("Of the `row` pairs you take away those that met: negatives are drawn for ALL real pairs of the middle word.", "np.log(met / (K * (row - met) * q))"),
])
