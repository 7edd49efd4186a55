"""Exercise 11.9: five linear recurrent units that are ill."""

from helpers.checking.authoring import exercise
from helpers.hunts import lru as hunt


@exercise("11.9", title="Bug hunt", returns={"the mended unit's": {"radius": "H", "Y": "T N H", "dnu": "H", "dtheta": "H"}}, hints=[
    "Whose radius is above 1? Whose states are too large although the radius is right? Whose gradients are wrong, both or one of them?",
    "Patient A: what keeps |λ| below 1 whatever nu is? Patient B: what makes the states of slow units as large as the others'? Patient C: of which factor is the conjugate taken? Patient D: λ has multiplied the state BEFORE each step. Patient E: a complex factor goes back as its conjugate.",
    "Patient A, line 1: `-np.exp(nu)`. Patient B, line 2: `gamma * (X[t] @ B)`. Patient C, line 8: `np.conj(lam) * dlam`. Patient D, line 7: `H[:-1]`. Patient E, line 6: `np.conj(lam) * d[t + 1]`.",
])
def cure(patient):
    """Return the mended lines of a patient: a dict, line number -> the line as text.

    patient: "A", "B", "C", "D" or "E". Only the lines that you change need to be there.
    In the lines themselves, B is the matrix of the input, whoever the patient is.
    If line 5 of a patient should read `d[-1] = dH[-1]`, the answer is
    {5: "d[-1] = dH[-1]"}.
    """
    A = {1: "lam = np.exp(-np.exp(nu) + 1j * np.exp(theta))"}                  # TODO: patient A
    B = {2: "for t in range(T): H[t + 1] = lam * H[t] + gamma * (X[t] @ B)"}   # TODO: patient B
    C = {8: "dlog = np.conj(lam) * dlam"}                                      # TODO: patient C
    D = {7: "dlam = (d * np.conj(H[:-1])).sum(axis=(0, 1))"}                   # TODO: patient D
    E = {6: "for t in reversed(range(T - 1)): "
            "d[t] = dH[t] + np.conj(lam) * d[t + 1]"}                          # TODO: patient E
    return {"A": A, "B": B, "C": C, "D": D, "E": E}[patient]


hunt.HUNT.ask(cure, hunt.ILL, hunt.report)


@cure.same
def _(patient):
    return {
        "A": {1: "lam = np.exp(-np.exp(nu)) * (np.cos(np.exp(theta)) + 1j * np.sin(np.exp(theta)))"},
        "B": {2: "for t in range(T): H[t + 1] = X[t] @ (gamma * B) + H[t] * lam"},
        "C": {8: "dlog = dlam * lam.conj()"},
        "D": {7: "dlam = np.einsum('tnm,tnm->m', d, H[:-1].conj())"},
        "E": {6: "for t in range(T - 2, -1, -1): d[t] = lam.conj() * d[t + 1] + dH[t]"},
    }[patient]


def _cure_with(who, lines):
    def function(patient):
        return lines if patient == who else cure.reference(patient)

    return function


LOOP, BACK = "for t in range(T): H[t + 1] = ", "for t in reversed(range(T - 1)): d[t] = "
for _sentence, _wrong in [
    ("Patient A is unchanged: exp(-nu) is above 1 as soon as nu is negative.", _cure_with("A", hunt.ILL["A"])),
    ("Patient A's radius is exp(+exp(nu)) now: that is always above 1.", _cure_with("A", {1: "lam = np.exp(np.exp(nu) + 1j * np.exp(theta))"})),
    ("Patient A's radius is exp(nu) now: above 1 where nu is positive, and not what the gradient of line 9 belongs to.", _cure_with("A", {1: "lam = np.exp(nu + 1j * np.exp(theta))"})),
    ("Patient A's phase is theta itself now. Line 10 belongs to exp(theta).", _cure_with("A", {1: "lam = np.exp(-np.exp(nu) + 1j * theta)"})),
    ("Patient A does not turn any more: the phase is gone.", _cure_with("A", {1: "lam = np.exp(-np.exp(nu)) + 0j"})),
    ("Patient A's radius is cut off at 1 now: a cut has no gradient, and it is not the radius of nu.", _cure_with("A", {1: "lam = np.minimum(np.exp(-nu), 1) * np.exp(1j * np.exp(theta))"})),
    ("Patient B is unchanged: its slow unit adds up much more than the fast ones.", _cure_with("B", hunt.ILL["B"])),
    ("Patient B's gain stands at the old state now: then the radius is another one.", _cure_with("B", {2: LOOP + "gamma * lam * H[t] + X[t] @ B"})),
    ("Patient B's gain multiplies everything now, the old state as well.", _cure_with("B", {2: LOOP + "gamma * (lam * H[t] + X[t] @ B)"})),
    ("Patient B's gain is squared now.", _cure_with("B", {2: LOOP + "lam * H[t] + gamma**2 * (X[t] @ B)"})),
    ("Patient B divides by the gain now.", _cure_with("B", {2: LOOP + "lam * H[t] + (X[t] @ B) / gamma"})),
    ("Patient B's input gets the share 1 - λ now. This unit has a gain of its own.", _cure_with("B", {2: LOOP + "lam * H[t] + (1 - lam) * (X[t] @ B)"})),
    ("Patient C is unchanged: the conjugate is taken of the wrong factor, which turns the sign of the imaginary part.", _cure_with("C", hunt.ILL["C"])),
    ("Patient C has no conjugate at all now.", _cure_with("C", {8: "dlog = lam * dlam"})),
    ("Patient C has the conjugate of both now.", _cure_with("C", {8: "dlog = np.conj(lam * dlam)"})),
    ("Patient C divides by λ now. log λ = ℓ means dλ/dℓ = λ: a product.", _cure_with("C", {8: "dlog = dlam / lam"})),
    ("Patient C's factor is gone now: dlog is not dlam.", _cure_with("C", {8: "dlog = dlam"})),
    ("Patient D is unchanged: it takes the state after each step, which λ has not multiplied yet.", _cure_with("D", hunt.ILL["D"])),
    ("Patient D lost the conjugate of the state.", _cure_with("D", {7: "dlam = (d * H[:-1]).sum(axis=(0, 1))"})),
    ("Patient D takes only what comes from outside now, dH.", _cure_with("D", {7: "dlam = (dH * np.conj(H[:-1])).sum(axis=(0, 1))"})),
    ("Patient D averages now. λ was used at every step and in every sequence: its parts add up.", _cure_with("D", {7: "dlam = (d * np.conj(H[:-1])).mean(axis=(0, 1))"})),
    ("Patient D takes the conjugate of d now, and not of the state.", _cure_with("D", {7: "dlam = (np.conj(d) * H[:-1]).sum(axis=(0, 1))"})),
    ("Patient E is unchanged: its factor goes back without the conjugate, so that the gradient turns the wrong way.", _cure_with("E", hunt.ILL["E"])),
    ("Patient E goes back with the length of λ now: the turn is lost.", _cure_with("E", {6: BACK + "dH[t] + np.abs(lam) * d[t + 1]"})),
    ("Patient E forgets what comes from outside now.", _cure_with("E", {6: BACK + "np.conj(lam) * d[t + 1]"})),
    ("Patient E hands on only what came from outside at the next step.", _cure_with("E", {6: BACK + "dH[t] + np.conj(lam) * dH[t + 1]"})),
    ("Patient E multiplies everything by the factor now, what comes from outside as well.", _cure_with("E", {6: BACK + "np.conj(lam) * (dH[t] + d[t + 1])"})),
]:
    cure.mistake(_sentence)(_wrong)
