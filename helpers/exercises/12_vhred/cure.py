"""Exercise 12.8: five variational autoencoders that are ill."""

from helpers.checking.authoring import exercise
from helpers.hunts import vae as hunt


@exercise("12.8", title="Bug hunt", returns={"the mended net's": {"z": "N K", "kl": "N", "loss": "", "dWmu": "H K", "dWvar": "H K"}}, hints=[
    "Whose code spreads too far, or in all rows alike? Whose distance is too small? And whose gradient is not that of its loss: always in the same way, or in each run in another?",
    "A: log_var is the logarithm of the variance, and line 12 has to fit line 3. B: which draw made z? C: the code's numbers add up, and two gradients have to fit. D: each row has a draw of its own. E: a loss of two parts has a gradient of two parts. "
    "(A healthy one: `bughunt.show_lines(\"healthy\")`.)",
    "A: lines 3 and 12, `np.exp(log_var / 2)` and `dz * eps * sd / 2`. B: line 12, `eps`. C: line 7 `.sum(axis=1)`, lines 11 and 12 with `N` for `mu.size`. D: lines 4 and 12, `eps`. E: line 12, `+ (np.exp(log_var) - 1) / (2 * N)`.",
])
def cure(patient):
    """Return the mended lines of a patient: a dict, line number -> the line as text.

    patient: "A", "B", "C", "D" or "E". Only the lines that you change need to be there; A, C and D need
    more than one.
    If line 6 of a patient should read `y = g @ Wout`, the answer is {6: "y = g @ Wout"}.
    """
    full = "dlog_var = dz * eps * sd / 2 + (np.exp(log_var) - 1) / (2 * N)"      # line 12 of several
    A = {3: "sd = np.exp(log_var / 2)", 12: full}                                 # TODO: patient A
    B = {12: full}                                                                # TODO: patient B
    summed = "kl = 0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum(axis=1)"     # line 7 as it should be
    C = {7: summed, 11: "dmu = dz + mu / N", 12: full}                            # TODO: patient C
    D = {4: "z = mu + sd * eps", 12: full}                                        # TODO: patient D
    E = {12: full}                                                                # TODO: patient E
    return {"A": A, "B": B, "C": C, "D": D, "E": E}[patient]


@cure.cases
def _(rng):
    for patient in hunt.ILL:
        yield f"patient {patient}", (patient,)


@cure.observed_by
def _(answer, patient):
    return hunt.run(patient, *hunt.example(), mend=answer)


@cure.explained_by
def _(answer, patient):
    if sentence := hunt.blame(patient, answer):
        return f"Patient {patient}. {sentence}"
    return None


@cure.same
def _(patient):
    line_12 = "dlog_var = 0.5 * ((z - mu) * dz + np.expm1(log_var) / N)"
    return {
        "A": {3: "sd = np.exp(log_var) ** 0.5", 12: line_12},
        "B": {12: line_12},
        "C": {7: "kl = np.sum(np.expm1(log_var) + mu * mu - log_var, axis=-1) / 2", 11: "dmu = mu / len(x) + dz", 12: line_12},
        "D": {4: "z = eps * sd + mu", 12: line_12},
        "E": {12: line_12},
    }[patient]


def _cure_with(who, **lines):
    def function(patient):
        return {int(k[1:]): line for k, line in lines.items()} if patient == who else cure.reference(patient)

    return function


RIGHT = {number: line for number, line in enumerate(hunt.HEALTHY, 1)}
for _sentence, _wrong in [
    ("Patient A is unchanged: it spreads its codes by the variance instead of the standard deviation.", _cure_with("A")),
    ("Patient A's sd is right now; its gradient still is that of exp(log_var).", _cure_with("A", _3=RIGHT[3])),
    ("Patient A's gradient is halved now, but its sd still is the variance.", _cure_with("A", _12=RIGHT[12])),
    ("Patient A's sd is the variance, halved, now. The half belongs inside exp.", _cure_with("A", _3="sd = np.exp(log_var) / 2", _12=RIGHT[12])),
    ("Patient A's sd grows when log_var falls now.", _cure_with("A", _3="sd = np.exp(-log_var / 2)", _12=RIGHT[12])),
    ("Patient B is unchanged: on the way back it draws anew, so its gradient belongs to other codes.", _cure_with("B")),
    ("Patient B has no draw at all in its gradient now.", _cure_with("B", _12="dlog_var = dz * sd / 2 + (np.exp(log_var) - 1) / (2 * N)")),
    ("Patient B draws anew on the way THERE as well now: two draws that have nothing to do with each other.", _cure_with("B", _4="z = mu + sd * rng.normal(size=eps.shape)", _12=hunt.ILL["B"][12])),
    ("Patient B has the draw of its first row in every row's gradient now.", _cure_with("B", _12="dlog_var = dz * eps[0] * sd / 2 + (np.exp(log_var) - 1) / (2 * N)")),
    ("Patient C is unchanged: it averages over the code's numbers, and pulls K times too weakly.", _cure_with("C")),
    ("Patient C's distance is right now; both its gradients still are those of a mean.", _cure_with("C", _7=RIGHT[7])),
    ("Patient C's distance and the gradient of mu are right now; that of log_var still is that of a mean.", _cure_with("C", _7=RIGHT[7], _11=RIGHT[11])),
    ("Patient C's distance and the gradient of log_var are right now; that of mu still is that of a mean.", _cure_with("C", _7=RIGHT[7], _12=RIGHT[12])),
    ("Patient C's gradients are right now; its distance still is a mean.", _cure_with("C", _11=RIGHT[11], _12=RIGHT[12])),
    ("Patient C's distance is one number for all rows now. Each row has its own.", _cure_with("C", _7="kl = 0.5 * (np.exp(log_var) + mu**2 - 1 - log_var).sum()", _11=RIGHT[11], _12=RIGHT[12])),
    ("Patient D is unchanged: all rows share one draw.", _cure_with("D")),
    ("Patient D draws for each row now; its gradient still takes the first row's draw.", _cure_with("D", _4=RIGHT[4])),
    ("Patient D's gradient is right now; its codes still share one draw.", _cure_with("D", _12=RIGHT[12])),
    ("Patient D's rows have draws of their own now, but all numbers of a code share one.", _cure_with("D", _4="z = mu + sd * eps[:, :1]", _12="dlog_var = dz * eps[:, :1] * sd / 2 + (np.exp(log_var) - 1) / (2 * N)")),
    ("Patient D has no draw any more: z is the mean.", _cure_with("D", _4="z = mu", _12="dlog_var = (np.exp(log_var) - 1) / (2 * N)")),
    ("Patient E is unchanged: nothing in its gradient keeps the variance from going to 0.", _cure_with("E")),
    ("Patient E's pull on log_var is not averaged over the rows now.", _cure_with("E", _12="dlog_var = dz * eps * sd / 2 + (np.exp(log_var) - 1) / 2")),
    ("Patient E's pull on log_var lacks the half now.", _cure_with("E", _12="dlog_var = dz * eps * sd / 2 + (np.exp(log_var) - 1) / N")),
    ("Patient E is pushed away from a variance of 1 now: the sign of its pull is wrong.", _cure_with("E", _12="dlog_var = dz * eps * sd / 2 - (np.exp(log_var) - 1) / (2 * N)")),
    ("Patient E's pull lacks the - 1 now: its variance is pulled to 0 instead of 1.", _cure_with("E", _12="dlog_var = dz * eps * sd / 2 + np.exp(log_var) / (2 * N)")),
]:
    cure.mistake(_sentence)(_wrong)
