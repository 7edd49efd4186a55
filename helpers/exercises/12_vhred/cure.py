"""Exercise 12.8: five variational autoencoders that are ill."""

from helpers.checking.authoring import exercise
from helpers.hunts import vae as hunt


@exercise("12.8", title="Bug hunt", returns={"the mended net's": {"z": "N K/number", "kl": "N", "loss": "", "dWmu": "H K/number", "dWvar": "H K/number"}}, hints=[
    "Whose code spreads too far, or in all rows alike? Whose distance is too small? And whose gradient is not that of its loss: always in the same way, or in each run in another?",
    "A: sd is the root of the variance v, and line 13 has to fit line 4. B: which draw made z? C: the code's numbers add up, and p has to fit. D: each row has a draw of its own. E: a loss of two parts has a gradient of two parts. "
    "(A healthy one: `bughunt.show_lines(\"healthy\")`.)",
    "A: lines 4 and 13, `np.sqrt(v)` and `dz * eps * sd / 2`. B: line 13, `eps`. C: line 8 `.sum(1)` and line 11 `1 / N`. D: lines 5 and 13, `eps`. E: line 13, `+ p * (v - 1) / 2`.",
])
def cure(patient):
    """Return the mended lines of a patient: a dict, line number -> the line as text.

    patient: "A", "B", "C", "D" or "E". Only the lines that you change need to be there;
    A, C and D need more than one.
    If line 7 of a patient should read `y = g @ Wout`, the answer is {7: "y = g @ Wout"}.
    """
    A = {4: "sd = np.sqrt(v)",
         13: "dlog_var = dz * eps * sd / 2 + p * (v - 1) / 2"}       # TODO: patient A
    B = {13: "dlog_var = dz * eps * sd / 2 + p * (v - 1) / 2"}       # TODO: patient B
    C = {8: "kl = (v + mu**2 - 1 - log_var).sum(1) / 2",
         11: "p = 1 / N"}                                            # TODO: patient C
    D = {5: "z = mu + sd * eps",
         13: "dlog_var = dz * eps * sd / 2 + p * (v - 1) / 2"}       # TODO: patient D
    E = {13: "dlog_var = dz * eps * sd / 2 + p * (v - 1) / 2"}       # TODO: patient E
    return {"A": A, "B": B, "C": C, "D": D, "E": E}[patient]


hunt.HUNT.ask(cure, hunt.ILL)


@cure.same
def _(patient):
    line_13 = "dlog_var = 0.5 * ((z - mu) * dz + p * np.expm1(log_var))"
    return {
        "A": {4: "sd = np.exp(log_var / 2)", 13: line_13},
        "B": {13: line_13},
        "C": {8: "kl = np.sum(v + mu * mu - log_var - 1, axis=-1) / 2", 11: "p = 1 / len(x)"},
        "D": {5: "z = eps * sd + mu", 13: line_13},
        "E": {13: line_13},
    }[patient]


def _cure_with(who, **lines):
    def function(patient):
        return {int(k[1:]): line for k, line in lines.items()} if patient == who else cure.reference(patient)

    return function


RIGHT = {number: line for number, line in enumerate(hunt.HEALTHY, 1)}
for _sentence, _wrong in [
    ("Patient A is unchanged: it spreads its codes by the variance instead of the standard deviation.", _cure_with("A")),
    ("Patient A's sd is right now; its gradient still is that of a spread of v.", _cure_with("A", _4=RIGHT[4])),
    ("Patient A's gradient is halved now, but its sd still is the variance.", _cure_with("A", _13=RIGHT[13])),
    ("Patient A's sd is the variance, halved, now. It is its root.", _cure_with("A", _4="sd = v / 2", _13=RIGHT[13])),
    ("Patient A's sd is the logarithm of the variance now.", _cure_with("A", _4="sd = log_var", _13=RIGHT[13])),
    ("Patient A's sd grows when log_var falls now.", _cure_with("A", _4="sd = 1 / np.sqrt(v)", _13=RIGHT[13])),
    ("Patient B is unchanged: on the way back it draws anew, so its gradient belongs to other codes.", _cure_with("B")),
    ("Patient B has no draw at all in its gradient now.", _cure_with("B", _13="dlog_var = dz * sd / 2 + p * (v - 1) / 2")),
    ("Patient B draws anew on the way THERE as well now: two draws that have nothing to do with each other.", _cure_with("B", _5="z = mu + sd * rng.normal(size=eps.shape)", _13=hunt.ILL["B"][13])),
    ("Patient B has the draw of its first row in every row's gradient now.", _cure_with("B", _13="dlog_var = dz * eps[0] * sd / 2 + p * (v - 1) / 2")),
    ("Patient C is unchanged: it averages over the code's numbers, and pulls K times too weakly.", _cure_with("C")),
    ("Patient C's distance is right now; its p, and so both gradients, still are those of a mean.", _cure_with("C", _8=RIGHT[8])),
    ("Patient C's p is right now; its distance still is a mean.", _cure_with("C", _11=RIGHT[11])),
    ("Patient C's distance is one number for all rows now. Each row has its own.", _cure_with("C", _8="kl = (v + mu**2 - 1 - log_var).sum() / 2", _11=RIGHT[11])),
    ("Patient C sums over the rows now. It is the numbers of a code that add up.", _cure_with("C", _8="kl = (v + mu**2 - 1 - log_var).sum(0) / 2", _11=RIGHT[11])),
    ("Patient C's p is 1 now: the pull is not averaged over the rows.", _cure_with("C", _8=RIGHT[8], _11="p = 1")),
    ("Patient D is unchanged: all rows share one draw.", _cure_with("D")),
    ("Patient D draws for each row now; its gradient still takes the first row's draw.", _cure_with("D", _5=RIGHT[5])),
    ("Patient D's gradient is right now; its codes still share one draw.", _cure_with("D", _13=RIGHT[13])),
    ("Patient D's rows have draws of their own now, but all numbers of a code share one.", _cure_with("D", _5="z = mu + sd * eps[:, :1]", _13="dlog_var = dz * eps[:, :1] * sd / 2 + p * (v - 1) / 2")),
    ("Patient D has no draw any more: z is the mean.", _cure_with("D", _5="z = mu", _13="dlog_var = p * (v - 1) / 2")),
    ("Patient E is unchanged: nothing in its gradient keeps the variance from going to 0.", _cure_with("E")),
    ("Patient E's pull on log_var is not averaged over the rows now.", _cure_with("E", _13="dlog_var = dz * eps * sd / 2 + (v - 1) / 2")),
    ("Patient E's pull on log_var lacks the half now.", _cure_with("E", _13="dlog_var = dz * eps * sd / 2 + p * (v - 1)")),
    ("Patient E is pushed away from a variance of 1 now: the sign of its pull is wrong.", _cure_with("E", _13="dlog_var = dz * eps * sd / 2 - p * (v - 1) / 2")),
    ("Patient E's pull lacks the - 1 now: its variance is pulled to 0 instead of 1.", _cure_with("E", _13="dlog_var = dz * eps * sd / 2 + p * v / 2")),
]:
    cure.mistake(_sentence)(_wrong)
