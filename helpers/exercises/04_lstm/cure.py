"""Exercise 4.8: a bug hunt."""

from helpers.checking.authoring import exercise
from helpers.hunts import lstm as lstm_bughunt


@exercise("4.8", title="Bug hunt", returns={"the mended loop's": {"H": "N T H", "C": "N T H", "gates": "N T H"}}, hints=[
    "Look at how far each patient's gates reach. Which gates cannot close? Whose states leave -1 … 1, which a state that is squashed cannot? Which one does Python itself complain about? And of the one that is left: its gates and cells look sane, so what else has to agree with the weights?",
    "A: how many squashing functions does a gate pass? B: under which name does this loop know the old cell? C: in which order do the blocks lie in the weights? "
    "D: which of the two, h or c, is the one that is squashed?",
    "A is line 2 without its tanh. B is line 5 with `c` for the old cell. C is line 3, the order i, f, o, g. D is lines 5 and 6: c is the sum, h is what is shown of it.",
])
def cure(patient):
    """Return the mended lines of a patient: a dict, line number -> the line without indent.

    patient: "A", "B", "C" or "D". Only the lines that you change need to be there.
    If line 1 of a patient should read `for t in range(3):`, the answer is
    {1: "for t in range(3):"}.
    """
    A = {2: "a = X[:, t] @ Wx + h @ Wh + b"}                           # TODO: patient A
    B = {5: "c = f * c + i * g"}                                       # TODO: patient B
    C = {3: "a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)"}             # TODO: patient C
    D = {5: "c = f * c + i * g", 6: "h = o * np.tanh(c)"}              # TODO: patient D, 2 lines
    return {"A": A, "B": B, "C": C, "D": D}[patient]


lstm_bughunt.HUNT.ask(cure, lstm_bughunt.ILL, lstm_bughunt.report)

cure.same(lambda patient: {
    "A": {2: "a = b + h @ Wh + X[:, t] @ Wx"},
    "B": {5: "c = i * g + f * c"},
    "C": {4: "i, f, o, g = sigmoid(a[:, :4]), sigmoid(a[:, 4:8]), sigmoid(a[:, 8:12]), np.tanh(a[:, 12:])"},
    "D": dict(enumerate(lstm_bughunt.HEALTHY[1:], start=2)),
}[patient])

for sentence, who, lines in [
    ("Patient A is unchanged: every gate passes two squashing functions, and stays between .27 and .73.", "A", lstm_bughunt.ILL["A"]),
    ("Patient A now has a sigmoid for its tanh before the split: two squashing functions are still one too many, and no gate closes below one half.", "A", {2: "a = sigmoid(X[:, t] @ Wx + h @ Wh + b)"}),
    ("Patient A has lost its gates' own sigmoids as well: the tanh *before* the split is the one too many.", "A", {4: "i, f, o, g = a_i, a_f, a_o, a_g"}),
    ("Patient A has lost its recurrence: the old state belongs in the sum.", "A", {2: "a = X[:, t] @ Wx + b"}),
    ("Patient A has lost its bias.", "A", {2: "a = X[:, t] @ Wx + h @ Wh"}),
    ("Patient A has a candidate without its tanh now, and the tanh before the split is still there: it is the gates that pass two squashing functions.", "A", {4: "i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), a_g"}),
    ("Patient A has lost both of its tanhs: the one before the split was too many, the candidate's own was right.", "A", {2: "a = X[:, t] @ Wx + h @ Wh + b", 4: "i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), a_g"}),
    ("Patient B now keeps the candidate: the forget gate belongs to the old cell.", "B", {5: "c = f * g + i * g"}),
    ("Patient B now keeps the old *state*. What is kept from step to step is the cell.", "B", {5: "c = f * h + i * g"}),
    ("Patient B runs now, but it has lost its memory: the old cell is no longer in the sum.", "B", {5: "c = i * g"}),
    ("Patient B now adds the forget gate itself: it has to multiply the old cell.", "B", {5: "c = f + i * g"}),
    ("Patient B takes the old cell out of C, and at t = 0 it finds the last column there, which nobody has written yet. The loop has the old cell under a name of its own.", "B", {5: "c = f * C[:, t - 1] + i * g"}),
    ("Patient B takes the old *state*, and out of H, where the last column stands at t = 0. What is kept is the cell, and the loop has it under a name of its own.", "B", {5: "c = f * H[:, t - 1] + i * g"}),
    ("Patient B has lost its forget gate: all of the old cell is kept, at every step.", "B", {5: "c += i * g"}),
    ("Patient C is unchanged: its weights lie in the order i, f, o, g, and it reads them with the candidate first.", "C", lstm_bughunt.ILL["C"]),
    ("Patient C now reads the blocks in PyTorch's order, i, f, g, o.", "C", {3: "a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)"}),
    ("Patient C has its input and its forget gate swapped now.", "C", {3: "a_f, a_i, a_o, a_g = np.split(a, 4, axis=1)"}),
    ("Patient D is unchanged: what it calls h is the cell, and what it calls c is the state.", "D", lstm_bughunt.ILL["D"]),
    *[("Patient D is half mended: h and c have changed places in two lines, and with one of them alone the cell is 0 after every step.", "D", lines)
      for lines in ({5: "c = f * c + i * g"}, {6: "h = o * np.tanh(c)"})],
    ("Patient D has other labels only: what goes into H and C is exchanged, but from step to step h and c still carry the wrong one.", "D", {7: "H[:, t], C[:, t], gates[:, t] = c, h, np.hstack([i, f, o])"}),
    ("Patient D's line 5 is right now, but its state is not squashed; and as the state goes into the next sums, its cells become wrong, too.", "D", {5: "c = f * c + i * g", 6: "h = o * c"}),
    ("Patient D's state now shows the cell without the output gate.", "D", {5: "c = f * c + i * g", 6: "h = np.tanh(c)"}),
]:
    cure.mistake(sentence, **{who: repr(lines)})
