"""Exercise 2.7: the bug hunt."""

from helpers.checking.authoring import exercise
from helpers.hunts import rnn as bughunt


@exercise("2.7", title="Bug hunt", returns={"the mended loop's": {"dX": "N T D", "dWx": "D H", "dWh": "H H", "db": "H"}}, hints=[
    "Read the report first. If dX is right at every t, which lines are healthy? If only the last step is right, what can be wrong?",
    "A and B have the same symptoms: something is wrong with what travels from step to step. Three lines deal with dh; compare them with the recursion. "
    "C: only dWh is ill. D: which `dh` does line 5 use? E: dX is right and every sum is wrong. (The healthy loop: `print(bughunt.listing(\"healthy\"))`.)",
    "A is line 3 (a term is missing), B line 6 (a `.T`), E the lines 7, 8 and 9 (a `+`). C takes the state after the step; line 2 has the one before it. "
    "In D, line 4 overwrites dh while line 5 still needs it: compute da first, and hand on `da @ Wh.T` last.",
])
def mend(patient):
    """Return the mended lines of a patient: a dict, line number -> text without indent.

    patient: "A", "B", "C", "D" or "E". Only the lines that you change need to be there.
    If line 1 of a patient should read `for t in range(3):`, the answer is
    {1: "for t in range(3):"}.
    """
    A = {3: "dh = dhs[:, t] + dh"}                      # TODO: patient A
    B = {6: "dh = da @ Wh.T"}                          # TODO: patient B
    C = {8: "dWh += h_prev.T @ da"}                    # TODO: patient C
    D = {4: "da = dh * (1 - hs[:, t] ** 2)", 5: "dh = da @ Wh.T"}    # TODO: patient D
    E = {7: "dWx += X[:, t].T @ da", 8: "dWh += h_prev.T @ da",
         9: "db += da.sum(0)"}                         # TODO: patient E
    return {"A": A, "B": B, "C": C, "D": D, "E": E}[patient]


bughunt.HUNT.ask(mend, bughunt.ILL, bughunt.report)

mend.same(lambda patient: {
    "A": {3: "dh = dh + dhs[:, t, :]"},
    "B": {6: "dh = (Wh @ da.T).T"},
    "C": {8: "dWh = dWh + np.einsum('ni,nj->ij', h_prev, da)"},
    "D": {4: "da = dh - dh * hs[:, t] ** 2", 5: "dX[:, t] = da @ Wx.T", 6: "dh = da @ Wh.T"},
    "E": dict(enumerate(bughunt.HEALTHY[1:], start=2)),
}[patient])

for sentence, who, lines in [
    ("Patient A is still as ill as before: at t = 7 nothing comes back yet, from t = 6 down something is missing. What does step t + 1 send?", "A", {3: "dh = dhs[:, t]"}),
    ("Patient A now takes what step t + 1 sends alone, and nothing from its own output: both arrive at h_t.", "A", {3: "dh = dh"}),
    ("Patient A's own output comes in twice now: once where the sum is made, and once in what is handed on.", "A", {3: "dh = dhs[:, t] + dh", 6: "dh = dhs[:, t] + da @ Wh.T"}),
    ("Patient A's own output comes in twice now: it arrives at h_t once.", "A", {3: "dh = dhs[:, t] + dhs[:, t] + dh"}),
    ("Patient A now subtracts what comes back. Gradients that arrive at one place are added.", "A", {3: "dh = dhs[:, t] - dh"}),
    ("Patient B is still as ill as before: its way back through Wh runs forwards.", "B", {6: "dh = da @ Wh"}),
    ("Patient B's way back now starts from dh, which has not passed the tanh of this step.", "B", {6: "dh = dh @ Wh.T"}),
    ("Patient B now hands back da without its matrix.", "B", {6: "dh = da"}),
    ("Patient C is still as ill as before: its dWh takes the state *after* the step.", "C", {8: "dWh += hs[:, t].T @ da"}),
    ("Patient C takes hs[:, t - 1], which at t = 0 is the *last* state: line 2 has what you need.", "C", {8: "dWh += hs[:, t - 1].T @ da"}),
    ("Patient C now takes h0 at every step: that is the state before the first one only.", "C", {8: "dWh += h0.T @ da"}),
    ("Patient C takes the right state now, but the `+=` was lost: dWh is that of a single step.", "C", {8: "dWh = h_prev.T @ da"}),
    ("Patient C's dWh is now transposed: rows are the old units, columns the new ones.", "C", {8: "dWh += da.T @ h_prev"}),
    ("Patient D is still as ill as before: dh is sent through Wh in line 4, and line 5 takes the result for what arrived at this step.", "D", bughunt.ILL["D"]),
    ("Patient D computes da first now, but nothing is handed on through Wh: dh must become da @ Wh.T before the next round.", "D", {4: "da = dh * (1 - hs[:, t] ** 2)", 5: "pass"}),
    ("Patient D has da right, but what is handed on skips this step's tanh: it is da @ Wh.T, not dh @ Wh.T.", "D", {4: "da = dh * (1 - hs[:, t] ** 2)", 5: "dh = dh @ Wh.T"}),
    ("Patient E is still as ill as before: `=` keeps the gradient of one step, the last one in the loop.", "E", bughunt.ILL["E"]),
    ("Patient E adds up one of the three sums only: Wx, Wh and b all worked at every step.", "E", {8: "dWh += h_prev.T @ da"}),
    ("Patient E's bias still keeps a single step: it was added at every step, as the matrices were used at every step.", "E", {7: "dWx += X[:, t].T @ da", 8: "dWh += h_prev.T @ da"}),
    ("Patient E's bias gets the mean over the batch now. It was added to every row, so it gets the sum.", "E", {**mend.reference("E"), 9: "db += da.mean(axis=0)"}),
    ("Patient E's dWx is still that of a single step.", "E", {8: "dWh += h_prev.T @ da", 9: "db += da.sum(axis=0)"}),
    ("Patient E's dWh is still that of a single step.", "E", {7: "dWx += X[:, t].T @ da", 9: "db += da.sum(axis=0)"}),
]:
    mend.mistake(sentence, **{who: repr(lines)})
