"""Exercise 8.2: positive pointwise mutual information."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.2", title="Positive pointwise mutual information", returns={"M": "V J"}, hints=[
    "How often would word and context meet if they knew nothing of each other? What is the ratio of the true count to that?",
    "p(w, c) is C / total, p(w) is a row's sum / total, p(c) a column's sum / total. Two of the three totals cancel. Where C is 0, the logarithm is -inf.",
    "`np.log(C * total / (rows * columns))`, and of that `np.where(C > 0, np.maximum(pmi, 0), 0.0)`.",
])
def ppmi(C):
    """Return the positive pointwise mutual information of counts C (V, J), an array (V, J).

    C[w, c] is how often word w met context c. max(0, log p(w, c) / (p(w) p(c))), with the
    natural logarithm, and 0 where the count is 0.
    C = [[3., 0.], [0., 1.]] gives [[log 4/3, 0], [0, log 4]].
    """
    total = C.sum()
    rows = C.sum(axis=1, keepdims=True)                   # (V, 1): how often the word comes
    columns = C.sum(axis=0, keepdims=True)                # (1, J): the same for the context
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0 is -inf here, no warning
        pmi = np.log(C * total / (rows * columns))        # TODO: log of p(w, c) / (p(w) p(c))
    M = np.where(C > 0, np.maximum(pmi, 0), 0.0)          # TODO: 0 where negative, or never met
    return M


@ppmi.cases
def _(rng):
    yield "two words, each with a context of its own", (np.array([[3.0, 0.0], [0.0, 1.0]]),)
    yield "all pairs seen, one too seldom", (np.array([[4.0, 1.0], [1.0, 4.0]]),)
    yield "2 words, 3 contexts", (np.array([[6.0, 0.0, 2.0], [1.0, 5.0, 1.0]]),)
    yield "a word that never comes", (np.array([[0.0, 0.0, 0.0], [2.0, 1.0, 4.0], [3.0, 0.0, 1.0]]),)
    yield "a context that never comes", (np.array([[5.0, 0.0, 1.0], [1.0, 0.0, 9.0]]),)
    yield "counts as whole numbers", (np.array([[9, 0, 1], [1, 7, 0], [0, 2, 30]]),)
    yield "random counts, 6 words, 4 contexts", (rng.poisson(1.5, size=(6, 4)).astype(float),)
    yield "random counts, 5 words, 5 contexts", (rng.poisson(2.0, size=(5, 5)).astype(float),)
    yield "counts from one to millions", (np.array([[1.0, 2e6, 0.0], [3e6, 1.0, 4.0], [0.0, 5.0, 1e6]]),)
    yield "one word, one context", (np.array([[7.0]]),)
    yield "no pair at all", (np.zeros((2, 3)),)


@ppmi.same
def _(C):
    P = C / C.sum()
    independent = np.outer(P.sum(1), P.sum(0))
    ratio = np.divide(P, independent, out=np.ones_like(P), where=independent > 0)
    return np.log(np.maximum(ratio, 1.0))


@ppmi.same
def _(C):
    M, total = np.zeros(C.shape), C.sum()
    for w in range(C.shape[0]):
        for c in range(C.shape[1]):
            if C[w, c] > 0:
                M[w, c] = max(0.0, np.log(C[w, c]) + np.log(total) - np.log(C[w].sum()) - np.log(C[:, c].sum()))
    return M


ppmi.mistakes_in("pmi", [
    ("The logarithm is missing: this is the ratio itself.", "C * total / (rows * columns)"),
    ("You take the logarithm to the base 2. Here it is the natural one.", "np.log2(C * total / (rows * columns))"),
    ("You take the logarithm to the base 10. Here it is the natural one.", "np.log10(C * total / (rows * columns))"),
    ("Your fraction is upside down: the true count belongs above, what chance would give below.", "np.log(rows * columns / (C * total))"),
    ("Everything comes out as 0, for your logarithm is never above 0. It is that of the whole ratio p(w, c) / (p(w) p(c)), all of p(w) p(c) below the line, with p(w, c) = C / total, p(w) = row / total and p(c) = column / total.",
     "np.log(C / (rows * columns))", "np.log(C / total)", "np.log(C / total / rows / total * columns / total)", "np.log(C / total) - np.log(rows / total) + np.log(columns / total)"),
    ("In effect the total is there twice, above: of the three totals in the ratio one is left. p(w, c), too, is a count divided by the total.",
     "np.log(C / (rows / total * columns / total))"),
    ("You divide one logarithm by another. The logarithm of a ratio is log a - log b.",
     "np.log(C / total) / (np.log(rows / total) * np.log(columns / total))", "np.log(C / total) / np.log(rows / total * columns / total)",
     "np.log(C * total) / np.log(rows * columns)", "np.log(C) / np.log(rows * columns / total)", "np.log(C / total) / (np.log(rows / total) + np.log(columns / total))"),
    ("You divide by the rows' sums only: a frequent context is then high with every word. Divide by the columns' sums as well.", "np.log(C * total / rows)"),
    ("You divide by the columns' sums only: the rows' sums, how often the word comes, are missing.", "np.log(C * total / columns)"),
    ("You divide by the rows' sums and multiply by the columns': in `x / a * b` only a is below the line. It takes brackets.", "np.log(C * total / rows * columns)"),
    ("You divide by the columns' sums and multiply by the rows': in `x / a * b` only a is below the line. It takes brackets.", "np.log(C * total / columns * rows)"),
    ("You divide by the rows' sums twice. Each count is divided by its row's sum and by its column's.", "np.log(C * total / (rows * rows))"),
    ("You add the sums of row and column where they should be multiplied.", "np.log(C * total / (rows + columns))"),
    ("You add 1 to the ratio inside the logarithm. That keeps log 0 away and changes all other numbers as well: cut off at 0 instead.",
     "np.log(C * total / (rows * columns) + 1)"),
    ("You add 1 to the counts inside the logarithm: every pair looks more frequent than it was, rare ones most of all.", "np.log((C + 1) * total / (rows * columns))"),
    ("You multiply the logarithm by the count. PMI compares with chance; how often a pair came is no factor in it.", "C * np.log(C * total / (rows * columns))"),
    ("You multiply the logarithm by p(w, c). PMI compares one pair with chance; how often the pair came is no factor in it.", "C / total * np.log(C * total / (rows * columns))"),
    ("These are logarithms of counts. A pair of frequent words meets often by chance alone: divide each count by what chance would give.", "np.log(C)"),
])

ppmi.mistakes_in("M", [
    ("Pairs that never met are -inf in your result, the logarithm of 0. They belong at 0.", "pmi"),
    ("Negative values are left: \"positive\" PMI cuts them off at 0. To know that two words avoid each other takes far more text than we have.", "np.where(C > 0, pmi, 0.0)"),
    ("Words that never come give NaN, 0 / 0: where the count is 0, the result is 0.", "np.maximum(pmi, 0)"),
    ("You cut off at 1 as well. Only what is negative becomes 0; upwards there is no bound.", "np.where(C > 0, np.clip(pmi, 0, 1), 0.0)"),
    ("You take absolute values: a pair that meets too seldom would look like one that meets often. Cut negative ones off at 0.", "np.where(C > 0, np.abs(pmi), 0.0)"),
    ("`np.max(pmi, 0)` takes the largest number of each column. `np.maximum(pmi, 0)` compares number by number.", "np.max(pmi, 0)", "np.where(C > 0, np.max(pmi, 0), 0.0)"),
    ("You multiply by 0 where the number should go: -inf times 0 is NaN. Choose with `np.where` instead.", "pmi * (C > 0) * (pmi > 0)", "np.maximum(pmi * (C > 0), 0)"),
])

ppmi.mistake("You add 1 to every count first: that is smoothing, another measure, and it makes pairs that never met look like ones that did.")(
    lambda C: ppmi(C + 1))
