"""Exercise 6.7: five lines, five defects."""

from helpers.checking.authoring import exercise
from helpers.hunts import bidirectional_rnn as hunt


@exercise("6.7", title="Five lines, five defects", returns={"what the mended lines give": "output"}, hints=[
    "Begin with the defect that stops the lines, as the report names its line. Then read the report again: what the outputs see tells which of the silent ones is next.",
    "Line 5: does a list have a `dot`? Line 4: in which order are the states of the second net, and which axis is the last one both of (T, H) and of (H,)? "
    "Line 2: over which axis does the loop run when xs is one sequence (T, D)? Line 1: if `xs` holds whole numbers, which type does `np.zeros_like(xs)` have?",
    "No loop is needed. `xs_f = np.array(xs) / 2` is never of whole numbers. In (N, T, D) and in (T, D), time is the last axis but one: `[..., ::-1, :]` reverses it, on the way in and on the way out.",
])
def mend_lines(kind):
    """Return the lines that you mend: a dict, number of the line -> the new line, as text.

    kind: what the lines will get: "batch" (N, T, D), "one sequence" (T, D), "whole numbers"
    (a batch of them). The same answer can be right for all three, and should be.
    Lines that you leave out stay as they are. A line may be empty: "".
    If line 3 should read `hs_f = hs_b = xs`, the answer is {3: "hs_f = hs_b = xs"}.
    """
    mended = {}
    # TODO: your lines, each as mended[5] = "…"
    mended[1] = "xs_f = np.array(xs) / 2"
    mended[2] = "xs_b = xs_f[..., ::-1, :]"
    mended[4] = "hs = np.concatenate([hs_f, hs_b[..., ::-1, :]], axis=-1)"
    mended[5] = "ys = hs @ V.T"
    # END
    return mended


mend_lines.cases(lambda rng: [
    (f"the five lines and {'a ' * (kind == 'batch')}{kind}", (kind,)) for kind in hunt.examples()])

mend_lines.observed_by(lambda answer, kind: hunt.output(answer, kind))


@mend_lines.explained_by
def _(answer, kind):
    seen = "What they see now: " + "; ".join(" ".join(row.split()) for row in hunt.diagnose(answer).split("\n")) + "."
    return f"{hunt.blame(answer)} {seen}".strip()


mend_lines.same(lambda kind: {
    1: "xs_f, xs_b = np.zeros(np.shape(xs)), np.zeros(np.shape(xs))", 2: "xs_f[:], xs_b[:] = xs / 2, np.flip(xs, -2) / 2",
    4: "hs = np.concatenate([hs_f, np.flip(hs_b, -2)], axis=-1)", 5: "ys = hs.dot(V.T)"})

mend_lines.same(lambda kind: hunt.HEALTHY)


def _mend_with(**lines):
    """Return the answer that has these lines instead, line_4="…"."""
    return lambda kind: hunt.HEALTHY | {int(name[-1]): line for name, line in lines.items()}


_NOT_BACK = "The second net's states are still in the order in which it read: reverse them along time before you join."

for _sentence, _wrong in [
    (_NOT_BACK, _mend_with(line_4="hs = np.concatenate([hs_f, hs_b], axis=-1)")),
    ("Nothing is reversed on the way in: the second net reads from the left, and only its states are reversed.", _mend_with(line_2="xs_b = xs_f")),
    ("Nothing is reversed at all: both nets read from the left.", _mend_with(line_2="xs_b = xs_f", line_4="hs = np.concatenate([hs_f, hs_b], axis=-1)")),
    ("The batch is right. But with one sequence (T, D), line 2 reverses the *features* of each step: there, time is the first axis. `[..., ::-1, :]` reverses the last axis but one.",
     lambda kind: {1: "xs_f, xs_b = np.zeros(xs.shape), np.zeros(xs.shape)", 4: "hs = np.concatenate([hs_f, hs_b[..., ::-1, :]], axis=-1)", 5: "ys = hs @ V.T"}),
    ("The batch is right. But with one sequence (T, D), `[:, ::-1]` reverses the features of each step: there, time is the first axis.",
     _mend_with(line_2="xs_b = xs_f[:, ::-1]", line_4="hs = np.concatenate([hs_f, hs_b[:, ::-1]], axis=-1)")),
    ("You reverse the features of each step (`[..., ::-1]`). Time is the last axis but one.",
     _mend_with(line_2="xs_b = xs_f[..., ::-1]", line_4="hs = np.concatenate([hs_f, hs_b[..., ::-1]], axis=-1)")),
    ("`[::-1]` reverses the first axis: in a batch that is the order of the sequences. It is right for one sequence alone.",
     _mend_with(line_2="xs_b = xs_f[::-1]", line_4="hs = np.concatenate([hs_f, hs_b[::-1]], axis=-1)")),
    ("Whole numbers are still cut: an array like xs has the type of xs, and each ½ that is written into it becomes 0.",
     _mend_with(line_1="xs_f, xs_b = np.zeros_like(xs), np.zeros_like(xs)", line_2="xs_f[:], xs_b[:] = xs / 2, xs[..., ::-1, :] / 2")),
    ("The input is no longer halved. The lines should do what they were meant to do, and no more.", _mend_with(line_1="xs_f = np.array(xs, float)")),
    ("The two halves have changed places: first the states of the net that reads from the left.",
     _mend_with(line_4="hs = np.concatenate([hs_b[..., ::-1, :], hs_f], axis=-1)")),
    ("Both nets run with `pf`: line 3 was right.", _mend_with(line_3="hs_f, hs_b = rnn(xs_f, pf), rnn(xs_b, pf)")),
]:
    mend_lines.mistake(_sentence)(_wrong)
