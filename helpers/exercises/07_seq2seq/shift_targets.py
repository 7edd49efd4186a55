"""Exercise 7.1: what the decoder hears, and what it should say."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("7.1", title="What the decoder hears, and what it should say", returns={"so_far": "N S", "wanted": "N S", "mask": "N S"}, hints=[
    "The decoder should say the first token of the target. What has it heard by then? And what should it say when the target is over?",
    "`so_far` is BOS and then the target, `wanted` is the target and then EOS: both one column longer than y. EOS stands right after each row's own last token, "
    "so its column is `lengths`.",
    "`np.column_stack([np.full(N, bos), y])`, `np.column_stack([y, np.full(N, pad)])`, `wanted[np.arange(N), lengths] = eos`, and `np.arange(L + 1) <= lengths[:, None]`.",
])
def shift_targets(y, lengths, bos, eos, pad):
    """Return what the decoder is told, what it should say, and which places count.

    y (N, L) target ids, padded at the end with pad; lengths (N,) how many tokens each has
    -> with S = L + 1 places: so_far (N, S): BOS, then the target; wanted (N, S): the
       target, then EOS; both padded; mask (N, S): True on the target and on its EOS.
    y = [[7, 8, 0]], lengths = [2], bos = 1, eos = 2, pad = 0 gives
    so_far [[1, 7, 8, 0]], wanted [[7, 8, 2, 0]], mask [[True, True, True, False]].
    """
    N, L = y.shape
    so_far = np.column_stack([np.full(N, bos), y])      # TODO: BOS, then the target
    wanted = np.column_stack([y, np.full(N, pad)])      # TODO: the target and a column of padding
    # TODO: write the line: EOS into `wanted`, after each row's last token
    wanted[np.arange(N), lengths] = eos
    # END
    mask = np.arange(L + 1) <= lengths[:, None]         # TODO: True where token or EOS is wanted
    return so_far, wanted, mask


@shift_targets.cases
def _(rng):
    yield "one target of one token", (np.array([[5]]), np.array([1]), 1, 2, 0)
    yield "one target of two tokens, one place of padding", (np.array([[7, 8, 0]]), np.array([2]), 1, 2, 0)
    yield "a batch of 3, lengths 4, 1 and 3", (np.array([[3, 4, 5, 6], [7, 0, 0, 0], [5, 3, 4, 0]]), np.array([4, 1, 3]), 1, 2, 0)
    y, lengths = rng.integers(0, 6, (4, 5)), np.array([2, 5, 4, 1])
    yield "a batch of 4, pad = 9, bos = 7, eos = 8", (np.where(np.arange(5) < lengths[:, None], y, 9), lengths, 7, 8, 9)
    yield "one of two targets is empty", (np.array([[0, 0], [4, 3]]), np.array([0, 2]), 1, 2, 0)
    yield "a batch of 3, every target fills its row, pad = 5", (np.array([[1, 2], [3, 4], [0, 2]]), np.array([2, 2, 2]), 6, 7, 5)


@shift_targets.same
def _(y, lengths, bos, eos, pad):
    so_far, wanted = [], []
    width = y.shape[1] + 1
    for row, size in zip(y.tolist(), lengths.tolist(), strict=True):
        target = row[:size]
        so_far.append(([bos] + target + [pad] * width)[:width])
        wanted.append((target + [eos] + [pad] * width)[:width])
    return np.array(so_far), np.array(wanted), np.array(wanted) != pad


shift_targets.same(shift_targets.changed(
    ("np.column_stack([np.full(N, bos), y])", "np.pad(y, ((0, 0), (1, 0)), constant_values=bos)"),
    ("np.column_stack([y, np.full(N, pad)])", "np.pad(y, ((0, 0), (0, 1)), constant_values=pad)"),
    ("np.arange(L + 1) <= lengths[:, None]", "so_far != pad")))

EOS_AT = "wanted[np.arange(N), lengths] = eos"
NEVER_HEARS_EOS = "The decoder never hears EOS: it says it, and then it is over."
EVERYWHERE = "You write EOS into all of the padding. One EOS is wanted in each row, right after its last token; the rest stays PAD."
BEGINS_WITH_BOS = "`wanted` begins with BOS: the two are not shifted against each other, and the decoder would learn to say what it has just heard."
ONE_FOR_BOS = "You write the number 1 for BOS. The ids are arguments, and another vocabulary has others."

for sentence, edits in [
    ("BOS is missing: `so_far` starts with the target's first token, which the decoder has not said yet.", {"so_far": "np.column_stack([y, np.full(N, pad)])"}),
    ("BOS overwrites the target's first token, so the decoder never hears that one. BOS comes before it.", {"so_far": "np.column_stack([np.full(N, bos), y[:, 1:], np.full(N, pad)])"}),
    ("The last token of the target is missing in `so_far`: the decoder hears it as well, and then says EOS. Nothing is cut off, BOS is added.", {"so_far": "np.column_stack([np.full(N, bos), y[:, :-1]])"}),
    ("`np.concatenate` without an axis puts rows below rows. BOS is a column before the others: axis 1, or `np.column_stack`.", {"so_far": "np.concatenate([np.full((N, 1), bos), y])"}),
    ("BOS stands at the end of `so_far`: it is what the decoder hears *before* the first token.", {"so_far": "np.column_stack([y, np.full(N, bos)])"}),
    ("`np.roll` moves the last column to the front: the first thing that the decoder hears has to be BOS.", {"so_far": "np.roll(np.column_stack([y, np.full(N, pad)]), 1, axis=1)"}),
    ("`np.roll` moves the last column to the front: the first thing that the decoder hears has to be BOS.", {"block": f"{EOS_AT}\nso_far = np.roll(wanted, 1, axis=1)"}),
    (ONE_FOR_BOS, {"so_far": "np.column_stack([np.ones(N, int), y])"}),
    ("`np.ones` and `np.zeros` make floating-point numbers, and then all ids are such. Ids are whole: `np.full(N, …)` keeps the type.", {"so_far": "np.column_stack([np.full(N, float(bos)), y])"}),
    ("`so_far` ends with EOS, written over the last token: the decoder must hear all its tokens, and EOS is for it to say.", {"block": f"{EOS_AT}\nso_far[np.arange(N), lengths] = eos"}),
    (f"`so_far` holds EOS where there is room for it. {NEVER_HEARS_EOS}", {"block": f"{EOS_AT}\nso_far = np.column_stack([np.full(N, bos), wanted[:, :-1]])"}),
    (f"`so_far` holds EOS, in short rows after the target, in full ones over the last token. {NEVER_HEARS_EOS}", {"block": f"{EOS_AT}\nso_far[np.arange(N), np.minimum(lengths + 1, L)] = eos"}),
    ("The first token of the target is not wanted in yours: `wanted` is the whole target and EOS. It is `so_far` that is one step late.", {"wanted": "np.column_stack([y[:, 1:], np.full((N, 2), pad)])"}),
    ("`wanted` has no column for EOS: it has to be one column longer than y.", {"wanted": "y.copy()"}),
    ("The additional column of `wanted` is EOS in every row: short rows end twice. It is padding, and each EOS comes right after the row's own last token.", {"wanted": "np.column_stack([y, np.full(N, eos)])"}),
    (BEGINS_WITH_BOS, {"wanted": "so_far.copy()"}),
    (BEGINS_WITH_BOS, {"wanted": "so_far.copy()", "block": "pass"}),
    ("`wanted` starts with padding: the additional column belongs after the target.", {"wanted": "np.column_stack([np.full(N, pad), y])"}),
    ("The column that you add after the target is always 0. PAD is an argument, and another vocabulary has another id for it.", {"wanted": "np.column_stack([y, np.zeros(N, int)])"}),
    ("Your EOS stands in the last column, after the padding. It belongs right after each row's own last token.", {"block": "wanted[:, -1] = eos"}),
    ("EOS overwrites the last token of the target: it comes one place later.", {"block": "wanted[np.arange(N), lengths - 1] = eos"}),
    ("EOS stands one place too late: the places are counted from 0, so the number of the place right after a row's last token is the row's length.", {"block": "wanted[np.arange(N), lengths + 1] = eos"}),
    ("EOS stands one place too late: the places are counted from 0, so the number of the place right after a row's last token is the row's length.", {"block": "wanted[np.arange(N), np.minimum(lengths + 1, L)] = eos"}),
    ("You write EOS into these columns of EVERY row. Each row has its own place: rows and columns have to be paired.", {"block": "wanted[:, lengths] = eos"}),
    (EVERYWHERE, {"block": "wanted[wanted == pad] = eos"}),
    ("You write the number 2 for EOS. The ids are arguments, and another vocabulary has others.", {"block": "wanted[np.arange(N), lengths] = 2"}),
    ("You write the numbers 1, 2 and 0 for BOS, EOS and PAD. The ids are arguments, and another vocabulary has others.",
     {"so_far": "np.column_stack([np.full(N, 1), y])", "wanted": "np.column_stack([y, np.full(N, 0)])", "block": "wanted[np.arange(N), lengths] = 2"}),
]:
    shift_targets.mistake(sentence, **edits)
    if {"wanted", "block"} & set(edits):  # and by those who find the mask in what they have made
        shift_targets.mistake(sentence, **edits, mask="wanted != pad")

shift_targets.mistake("`wanted` has no EOS: nobody teaches the net when to stop.", block="pass")
for mask in ("np.arange(L + 1) < lengths[:, None]", "wanted != pad"):
    shift_targets.mistake("`wanted` has no EOS and the mask ends with the last token: nobody teaches the net when to stop.", block="pass", mask=mask)

shift_targets.mistakes_in("mask", [
    ("Your mask leaves EOS out: then the loss never asks the net to stop.", "np.arange(L + 1) < lengths[:, None]"),
    ("Your mask is True on the padding too: the net would be taught to say PAD.", "np.ones((N, L + 1), bool)"),
    ("Your mask is inverted: it should be True where a token is wanted, False on padding.", "np.arange(L + 1) > lengths[:, None]"),
    ("Your mask starts one place late: the first token is wanted as well.", "(np.arange(L + 1) <= lengths[:, None]) & (np.arange(L + 1) > 0)"),
    ("Your mask has a place for each column of y: `wanted` is one column longer, for EOS.", "y != pad",
     "np.arange(L) < lengths[:, None]", "np.arange(L) <= lengths[:, None]"),
    ("The mask of a batch is (N, S): `lengths` (N,) needs another axis to stand against the places, `lengths[:, None]`.", "np.arange(L + 1) <= lengths"),
    ("Your mask is one row for the whole batch. Each row has its own length: compare with `lengths[:, None]`, (N, 1).", "np.arange(L + 1) <= lengths.max()"),
    ("You find the mask by comparing ids with 0. The lengths tell where a row ends; the id of PAD may be another.", "wanted != 0"),
])

RETURN = "return so_far, wanted, mask"
for sentence, *changes in [
    ("You feed the answer: `so_far` holds at each place the very token that is wanted there. The net learns to copy it, and knows nothing when it is alone.", (RETURN, "return wanted, wanted, mask")),
    ("The two are swapped: `so_far` begins with BOS, `wanted` ends with EOS.", (RETURN, "return wanted, so_far, mask")),
    ("The two are swapped: `so_far` begins with BOS, `wanted` ends with EOS.", (RETURN, "return wanted, so_far, so_far != pad")),
    ("You write EOS into whole rows, those with these numbers. The lengths are columns: rows and columns have to be paired.", (EOS_AT, "wanted[lengths] = eos")),
]:
    shift_targets.mistake(sentence)(shift_targets.changed(*changes))

shift_targets.mistake("Your arrays are as wide as y. BOS and EOS need places of their own, S = L + 1: `so_far` loses a token otherwise, and EOS overwrites one.",
                      so_far="np.column_stack([np.full(N, bos), y[:, :-1]])", wanted="y.copy()",
                      block="wanted[np.arange(N), lengths - 1] = eos", mask="wanted != pad")
