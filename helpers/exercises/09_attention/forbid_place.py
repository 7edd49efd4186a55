"""Exercise 9.7: forbid one place."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("9.7", title="Forbid one place", returns={"left": "N T/key"}, hints=[
    "How does one find the place of the second largest number in a row? And how does one set ONE place in each row, another one in each?",
    "`np.argsort` gives places, smallest number first: sort the weights with a minus. Work on a copy of the mask. Two index arrays of length N, rows and places, name one place per row.",
    "`np.argsort(-A, axis=1)`; `left = allowed.copy()`; `left[np.arange(len(A)), order[:, rank]] = False`.",
])
def forbid_place(A, allowed, rank):
    """Return a mask that forbids one more place a row: the one whose weight has this rank.

    A (N, T) weights, allowed (N, T) True where a place may be looked at; rank 0 is the
    largest weight of a row, 1 the second largest, and so on.
    -> left (N, T), a new array; allowed stays as it was.
    A = [[.1, .6, .3]], all allowed: rank 0 gives [[True, False, True]], rank 1
    [[True, True, False]].
    """
    order = np.argsort(-A, axis=1)      # TODO: (N, T) each row's places, largest weight first
    # TODO: a new mask, without the place of this rank in each row
    left = allowed.copy()
    left[np.arange(len(A)), order[:, rank]] = False
    # END
    return left


@forbid_place.cases
def _(rng):
    def weights(N, T):
        powers = np.exp(rng.normal(size=(N, T)))
        return powers / powers.sum(axis=1, keepdims=True)

    three, padded = np.array([[0.1, 0.6, 0.3]]), np.array([[True, True, False], [True] * 3])
    yield "one row of three, rank 0", (three, np.ones((1, 3), bool), 0)
    yield "one row of three, rank 1", (three, np.ones((1, 3), bool), 1)
    yield "one row of four, rank 2", (np.array([[0.4, 0.1, 0.2, 0.3]]), np.ones((1, 4), bool), 2)
    yield "two rows, another place in each", (np.array([[0.2, 0.7, 0.1], [0.5, 0.1, 0.4]]), np.ones((2, 3), bool), 0)
    yield "padding at the end of the first row", (np.array([[0.3, 0.7, 0.0], [0.2, 0.3, 0.5]]), padded, 1)
    yield "the place of rank 2 is padding in the first row", (np.array([[0.3, 0.7, 0.0], [0.2, 0.3, 0.5]]), padded, 2)
    yield "four rows of five, rank 0", (weights(4, 5), np.ones((4, 5), bool), 0)
    yield "four rows of five, rank 2", (weights(4, 5), np.ones((4, 5), bool), 2)
    yield "five rows of four, rank 1", (weights(5, 4), np.ones((5, 4), bool), 1)
    yield "a single place", (np.ones((2, 1)), np.ones((2, 1), bool), 0)


forbid_place.same(lambda A, allowed, rank: allowed & (np.argsort(np.argsort(-A, axis=1), axis=1) != rank))


@forbid_place.same
def _(A, allowed, rank):
    left = [list(row) for row in allowed]
    for n, row in enumerate(A):
        left[n][sorted(range(len(row)), key=lambda t: -row[t])[rank]] = False
    return np.array(left)


# the order of the places
RANKS = "Places and ranks are mixed up. One `np.argsort` says which PLACE has rank 0, 1, 2 …; a second one over it says which RANK place 0, 1, 2 … has. `order` holds places, and column number `rank` has those to forbid."
forbid_place.mistakes_in("order", [
    ("You sort upwards: rank 0 is then the SMALLEST weight, a place that hardly anybody looks at.", "np.argsort(A, axis=1)"),
    ("You sort down the columns, across the rows of the batch. Each row is sorted by itself, along axis 1.", "np.argsort(-A, axis=0)"),
    (RANKS, "np.argsort(np.argsort(-A, axis=1), axis=1)"),
    ("The minus in front of `argsort` makes negative numbers of the places. It belongs in front of the weights: sort -A.", "-np.argsort(A, axis=1)"),
    ("You reverse the rows, where the places should be reversed: `[::-1]` works on axis 0.", "np.argsort(A, axis=1)[::-1]"),
    ("`np.sort` gives the sorted WEIGHTS. What is needed are their places: `np.argsort`.", "np.sort(-A, axis=1)"),
])

# the new mask
PICK = "left[np.arange(len(A)), order[:, rank]]"
forbid_place.mistakes_in("block", [
    ("You forbid these places in EVERY row. A pair of index arrays, the rows and the places, names one place per row.", "left = allowed.copy()\nleft[:, order[:, rank]] = False"),
    ("You count the ranks from 1: here the largest weight has rank 0.", "left = allowed.copy()\nleft[np.arange(len(A)), order[:, rank - 1]] = False"),
    ("You are one rank too far: rank 0 is the first column of `order`.", "left = allowed.copy()\nleft[np.arange(len(A)), order[:, (rank + 1) % A.shape[1]]] = False"),
    ("The first row's place is forbidden in all rows: each row has its own.", "left = allowed.copy()\nleft[:, order[0, rank]] = False"),
    ("You forbid all places up to this rank. Only the one of this rank is to go.", "left = allowed.copy()\nnp.put_along_axis(left, order[:, : rank + 1], False, axis=1)"),
    ("You forbid all places from this rank on. Only the one of this rank is to go.", "left = allowed.copy()\nnp.put_along_axis(left, order[:, rank:], False, axis=1)"),
    ("You write into `allowed` itself: a second name is no copy, so whoever called the function finds the mask changed. Start with `allowed.copy()`.", f"left = allowed\n{PICK} = False", f"{PICK.replace('left', 'allowed')} = False\nleft = allowed"),
    ("You forbid whole rows: one index array names rows. Two of them, the rows and the places, name one place per row.", "left = allowed.copy()\nleft[order[:, rank]] = False"),
    ("You forbid the places BEFORE this rank. Only the one of this rank is to go.", "left = allowed.copy()\nnp.put_along_axis(left, order[:, :rank], False, axis=1)"),
    ("`-rank` counts from the end, so you forbid a small weight: `order` begins with the largest.", "left = allowed.copy()\nleft[np.arange(len(A)), order[:, -rank]] = False"),
    ("You reverse the old mask: True means that a place may be looked at, before and after.", f"left = ~allowed\n{PICK} = False"),
    ("You always forbid the largest weight, whatever the rank is.", "left = allowed.copy()\nleft[np.arange(len(A)), order[:, 0]] = False"),
    ("The old mask is lost: what was forbidden before is allowed again.", f"left = np.ones_like(allowed)\n{PICK} = False"),
    ("Your mask is reversed: it allows the one place that should be forbidden, and nothing else.", f"left = np.zeros_like(allowed)\n{PICK} = True"),
    ("You set the place to True, or to a number that counts as True: that allows it. False forbids.", f"left = allowed.copy()\n{PICK} = True"),
    ("You make a mask of False everywhere and forbid one place more: nothing is left to look at.", f"left = np.zeros_like(allowed)\n{PICK} = False"),
    (RANKS, "left = allowed & (order != rank)"),
    ("You return the weights with a hole. The mask is what is asked for: with it the other places share out 1 anew.", f"left = A.copy()\n{PICK} = 0"),
    ("You return the mask as it was: no place is forbidden.", "left = allowed.copy()"),
    ("`order[rank]` is the row of sentence number `rank`. The rank is a COLUMN of order: `order[:, rank]`.", "left = allowed.copy()\nleft[np.arange(len(A)), order[rank]] = False"),
    ("The two index arrays are exchanged: the rows come first, then the places.", "left = allowed.copy()\nleft[order[:, rank], np.arange(len(A))] = False"),
    ("You forbid column number `rank`. It is `order` that says which place has this rank.", "left = allowed.copy()\nleft[:, rank] = False"),
])

forbid_place.mistake("You return the weights with a hole. The mask is what is asked for: with it the other places share out 1 anew.")(
    lambda A, allowed, rank: A * forbid_place.reference(A, allowed, rank))
