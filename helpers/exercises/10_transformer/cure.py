"""Exercise 10.11: five Transformers that are ill."""

from helpers.checking.authoring import exercise
from helpers.hunts import transformer as hunt

NORM = hunt.HEALTHY[1]


@exercise("10.11", title="Bug hunt", returns={"the mended net's": {"e": "N heads T T", "A": "N heads T T", "P": "N T V", "loss": ""}}, hints=[
    "Who sees the future? Whose scores have the wrong size? Who would be content with a net that copies?",
    "A: a head compares d numbers, not h · d. B: place t predicts letter t + 1. C: row t may look at the columns up to t. D: which numbers share a mean? E: a reshape alone never brings the pieces of one head together. "
    "(A healthy one: `bughunt.show_lines(\"healthy\")`.)",
    "A is line 5: `np.sqrt(d)`. B is line 10: `P[:, :-1]` and `ids[:, 1:, None]`. C is line 6: no `.T`. D is line 2: axis 2 for both. E is line 4: `Z.reshape(N, T, h, d).transpose(0, 2, 1, 3)`.",
])
def cure(patient):
    """Return the mended lines of a patient: a dict, line number -> the line as text.

    patient: "A", "B", "C", "D" or "E". Only the lines that you change need to be there.
    If line 1 of a patient should read `x = tok[ids]`, the answer is {1: "x = tok[ids]"}.
    """
    A = {5: "e = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(d)"}                      # TODO: patient A
    B = {10: "right = np.take_along_axis(P[:, :-1], ids[:, 1:, None], axis=2)"}  # TODO: patient B
    C = {6: "A = softmax(np.where(np.tril(np.ones((T, T))) == 1, e, -np.inf))"}  # TODO: patient C
    D = {2: "n = (x - x.mean(2, keepdims=True)) "
            "/ np.sqrt(x.var(2, keepdims=True) + eps)"}                          # TODO: patient D
    E = {4: "Q, K, V = (Z.reshape(N, T, h, d).transpose(0, 2, 1, 3) "
            "for Z in (Q, K, V))"}                                               # TODO: patient E
    return {"A": A, "B": B, "C": C, "D": D, "E": E}[patient]


hunt.HUNT.ask(cure, hunt.ILL)

cure.same(lambda patient: {
    "A": {5: "e = np.einsum('nhtd,nhud->nhtu', Q, K) * d**-0.5"},
    "B": {10: "right = P[np.arange(N)[:, None], np.arange(T - 1), ids[:, 1:]]"},
    "C": {6: "A = softmax(np.where(np.arange(T)[:, None] >= np.arange(T), e, -np.inf))"},
    "D": {2: NORM.replace("(2,", "(-1,")},
    "E": {4: "Q, K, V = (np.swapaxes(Z.reshape(N, T, h, d), 1, 2) for Z in (Q, K, V))"},
}[patient])

for sentence, who, lines in [
    ("Patient A is unchanged: its scores are divided by the root of the whole width, so they are smaller than they should be.", "A", hunt.ILL["A"]),
    ("Patient A's scores are not divided at all now.", "A", {5: "e = Q @ K.transpose(0, 1, 3, 2)"}),
    ("Patient A's scores are divided by d now. It is the root of d.", "A", {5: "e = Q @ K.transpose(0, 1, 3, 2) / d"}),
    ("Patient A's scores are multiplied by √d now.", "A", {5: "e = Q @ K.transpose(0, 1, 3, 2) * np.sqrt(d)"}),
    ("Patient A's scores are divided by the root of the number of heads now. What counts is how many numbers one head compares, d.", "A", {5: "e = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(h)"}),
    ("Patient A's scores are divided by √T now, the length of the text.", "A", {5: "e = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(T)"}),
    ("Patient B is unchanged: place t is asked for letter t, which it has just read.", "B", hunt.ILL["B"]),
    ("Patient B is shifted the other way now: place t is asked for letter t - 1.", "B", {10: "right = np.take_along_axis(P[:, 1:], ids[:, :-1, None], axis=2)"}),
    ("Patient B leaves out the last place now, and is still not shifted: place t has to predict letter t + 1.", "B", {10: "right = np.take_along_axis(P[:, :-1], ids[:, :-1, None], axis=2)"}),
    ("Patient B's letters are rolled now: the last place is asked for the first letter, which nobody should predict.", "B", {10: "right = np.take_along_axis(P, np.roll(ids, -1, axis=1)[:, :, None], axis=2)"}),
    ("Patient B takes the places behind the first, with the letters behind the first: that is still not shifted.", "B", {10: "right = np.take_along_axis(P[:, 1:], ids[:, 1:, None], axis=2)"}),
    ("Patient C is unchanged: its triangle is the upper one, so each place sees the future and not the past.", "C", hunt.ILL["C"]),
    ("Patient C sees everything now: the mask is gone.", "C", {6: "A = softmax(e)"}),
    ("Patient C sees one letter of the future now: the triangle reaches one diagonal too far.", "C", {6: "A = softmax(np.where(np.tril(np.ones((T, T)), 1) == 1, e, -np.inf))"}),
    ("Patient C puts 0 in the place of future scores now, and exp(0) = 1 is a weight.", "C", {6: "A = softmax(np.where(np.tril(np.ones((T, T))) == 1, e, 0))"}),
    ("Patient C is masked after the softmax now: the rows sum to less than 1.", "C", {6: "A = softmax(e) * np.tril(np.ones((T, T)))"}),
    ("Patient C hides each place's own letter as well now: the first place has nothing left to look at.", "C", {6: "A = softmax(np.where(np.tril(np.ones((T, T)), -1) == 0, -np.inf, e) + np.where(np.eye(T) == 1, e, 0))"}),
    ("Patient D is unchanged: its mean runs over the places, and mixes past and future.", "D", hunt.ILL["D"]),
    ("Patient D's mean is right now; its spread still runs over the places.", "D", {2: "n = (x - x.mean(2, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps)"}),
    ("Patient D's spread is right now; its mean still runs over the places.", "D", {2: "n = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(2, keepdims=True) + eps)"}),
    ("Patient D's norm runs over the batch now. The numbers of one place share a mean: the last axis.", "D", {2: NORM.replace("(2,", "(0,")}),
    ("Patient D's norm is one for everything now. Each place has its own.", "D", {2: "n = (x - x.mean()) / np.sqrt(x.var() + eps)"}),
    ("Patient D has no norm any more.", "D", {2: "n = x"}),
    ("Patient E is unchanged: it cuts the text into stretches, so a head gets whole vectors of a few places.", "E", hunt.ILL["E"]),
    ("Patient E's heads are interleaved now: head 0 gets every fourth number. Its numbers lie together.", "E", {4: "Q, K, V = (Z.reshape(N, T, d, h).transpose(0, 3, 1, 2) for Z in (Q, K, V))"}),
    ("Patient E's stretches are exchanged now, not its heads: the reshape itself has to be (N, T, h, d).", "E", {4: "Q, K, V = (Z.reshape(N, h, T, d)[:, ::-1] for Z in (Q, K, V))"}),
]:
    cure.mistake(sentence, **{who: repr(lines)})
