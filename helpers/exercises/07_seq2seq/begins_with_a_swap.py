"""Exercise 7.9: is it a swap."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("7.9", title="Is it a swap?", returns={"swap": "N"}, hints=[
    "Wanted is a b c d, said is a c b d. At the first wrong place, which token was said? And at the place after it?",
    "With t the first wrong place: `said` at t is `wanted` at t + 1, and `said` at t + 1 is `wanted` at t. Pick one number of each row with `said[rows, t]`.",
    "`(said[rows, t] == wanted[rows, after]) & (said[rows, after] == wanted[rows, t])`.",
])
def begins_with_a_swap(said, wanted):
    """Return for each row whether its first mistake is a swap of two neighbours.

    said, wanted (N, S) ids, the same number of places -> (N,) bool: True where, at the
    row's first wrong place, the NEXT wanted token was said, and after it the one that had
    been left out.
    wanted [3, 4, 5, 6]: said [3, 5, 4, 6] begins with a swap, [3, 5, 5, 6] and
    [3, 4, 5, 6] do not.
    """
    wrong, rows = said != wanted, np.arange(len(said))
    first = wrong.argmax(axis=1)                        # (N,) the first wrong place, else 0
    after = np.minimum(first + 1, said.shape[1] - 1)    # the place after it
    # TODO: write the line: `swap` (N,), True where the two are exchanged
    swap = ((said[rows, first] == wanted[rows, after])
            & (said[rows, after] == wanted[rows, first]))
    # END
    return swap & wrong.any(axis=1)


@begins_with_a_swap.cases
def _(rng):
    yield "b before a", (np.array([[4, 3, 5]]), np.array([[3, 4, 5]]))
    yield "one letter said twice", (np.array([[4, 4, 5]]), np.array([[3, 4, 5]]))
    yield "the right letter too late", (np.array([[5, 3, 6]]), np.array([[3, 4, 6]]))
    yield "no mistake", (np.array([[3, 3, 5]]), np.array([[3, 3, 5]]))
    yield "a swap in the middle, then another mistake", (np.array([[3, 5, 4, 7]]), np.array([[3, 4, 5, 6]]))
    yield "the first mistake is none, the second is", (np.array([[7, 5, 4, 6]]), np.array([[3, 4, 5, 6]]))
    yield "two other tokens", (np.array([[4, 5, 7]]), np.array([[3, 6, 7]]))
    yield "only the last place is wrong", (np.array([[3, 4, 6]]), np.array([[3, 4, 5]]))
    yield "a batch of 5", (
        np.array([[3, 4, 5, 6], [4, 3, 5, 6], [3, 5, 4, 6], [3, 4, 6, 5], [5, 4, 3, 6]]), np.tile([3, 4, 5, 6], (5, 1)))
    yield "eight random rows", (rng.integers(3, 6, (8, 4)), rng.integers(3, 6, (8, 4)))
    yield "one place, one row right and one wrong", (np.array([[3], [4]]), np.array([[3], [3]]))


@begins_with_a_swap.same
def _(said, wanted):
    found = []
    for a, b in zip(said.tolist(), wanted.tolist(), strict=True):
        t = next((i for i in range(len(a)) if a[i] != b[i]), None)
        found.append(t is not None and t + 1 < len(a) and a[t : t + 2] == b[t : t + 2][::-1])
    return np.array(found)


begins_with_a_swap.same(begins_with_a_swap.changed((
    "((said[rows, first] == wanted[rows, after])\n            & (said[rows, after] == wanted[rows, first]))",
    "np.all([said[rows, a] == wanted[rows, b] for a, b in ((first, after), (after, first))], axis=0)")))

EARLY, LATE = "said[rows, first] == wanted[rows, after]", "said[rows, after] == wanted[rows, first]"

for sentence, swap in [
    ("You ask only whether the next token was said too early. It is a swap if the one that was left out comes right after it.", EARLY),
    ("You ask only whether the token that was left out comes one place later. It is a swap if the next token was said in its place.", LATE),
    ("One of the two is enough in yours. Both have to hold: the next token too early, and the left out one after it.", f"({EARLY}) | ({LATE})"),
    ("You compare `said` with `said` and `wanted` with `wanted`. A swap is a comparison of the two, crosswise.", "(said[rows, first] == said[rows, after]) & (wanted[rows, first] == wanted[rows, after])"),
    ("You compare place with the same place: at the first wrong place these two are never equal. Compare crosswise.", "(said[rows, first] == wanted[rows, first]) & (said[rows, after] == wanted[rows, after])"),
    ("You look at the place *before* the first wrong one, where all is right. The other token of a swap stands in the place after it.", "(said[rows, first] == wanted[rows, first - 1]) & (said[rows, first - 1] == wanted[rows, first])"),
    ("You look for a swap anywhere in the row. Only its first mistake counts: the place `first` and the one after it.", "((said[:, :-1] == wanted[:, 1:]) & (said[:, 1:] == wanted[:, :-1])).any(axis=1)"),
    ("You only ask whether the two places hold the same two tokens in sum: 3 + 6 is 4 + 5 as well. Compare the tokens, crosswise.", "said[rows, first] + said[rows, after] == wanted[rows, first] + wanted[rows, after]"),
    ("You ask whether both places are wrong. That is true of a swap, but of other mistakes as well.", "wrong[rows, first] & wrong[rows, after]"),
    ("You leave out the rows: `said[:, t]` takes these columns of EVERY row. Each row has its own first mistake.", "(said[:, first] == wanted[:, after]) & (said[:, after] == wanted[:, first])"),
    ("`said[first]` picks whole rows, those with these numbers. A row and a place are wanted: `said[rows, first]`.", "(said[first] == wanted[after]) & (said[after] == wanted[first])"),
    ("You ask where the two differ crosswise. In a swap each place holds the token of the other: both pairs are equal.", f"({EARLY}) & ({LATE})".replace("==", "!=")),
    ("This is True where it is NOT a swap.", f"~(({EARLY}) & ({LATE}))"),
    ("`and` asks whether a whole array is true. Row by row it is `&`, with each comparison in brackets.", f"({EARLY}) and ({LATE})"),
    ("You ask for one wrong place alone. In a swap two places are wrong, each with the token of the other.", "wrong.sum(axis=1) == 1"),
    ("You ask for two wrong places in the whole row. They need not hold each other's tokens, and after a swap there may be more.", "wrong.sum(axis=1) == 2"),
]:
    begins_with_a_swap.mistake(sentence, block=f"swap = {swap}")

begins_with_a_swap.mistake("Rows and places are exchanged in the square brackets: first the row, then the place, `said[rows, first]`.")(
    begins_with_a_swap.changed(("rows, first]", "first, rows]"), ("rows, after]", "after, rows]")))
