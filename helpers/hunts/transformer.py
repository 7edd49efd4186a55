"""Five Transformers that are ill, what can be seen of each from outside, and a way to mend them line by line.

    print(symptoms("A"))                            # what can be seen of patient A
    show_lines("A")                                 # its lines; show_lines("healthy") are those of one that is well
    found = run("A", *example())                    # the weights, scores and loss that patient A computes
"""

import numpy as np

from helpers.checking.hunt import AS_IT_IS, Hunt

HEALTHY = (
    "x = tok[ids]",
    "n = (x - x.mean(2, keepdims=True)) / np.sqrt(x.var(2, keepdims=True) + eps)",
    "Q, K, V = np.split(n @ Wqkv, 3, axis=-1)",
    "Q, K, V = (Z.reshape(N, T, h, d).transpose(0, 2, 1, 3) for Z in (Q, K, V))",
    "e = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(d)",
    "A = softmax(np.where(np.tril(np.ones((T, T))) == 1, e, -np.inf))",
    "y = (A @ V).transpose(0, 2, 1, 3).reshape(N, T, h * d)",
    "x = x + y @ Wo",
    "P = softmax(x @ head)",
    "right = np.take_along_axis(P[:, :-1], ids[:, 1:, None], axis=2)",
    "loss = -np.log(right).mean()",
)
ILL = {
    "A": {5: "e = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(h * d)"},
    "B": {10: "right = np.take_along_axis(P, ids[:, :, None], axis=2)"},
    "C": {6: "A = softmax(np.where(np.tril(np.ones((T, T))).T == 1, e, -np.inf))"},
    "D": {2: "n = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps)"},
    "E": {4: "Q, K, V = (Z.reshape(N, h, T, d) for Z in (Q, K, V))"},
}
PARTS = ("e", "A", "P", "loss")
T, HEADS, D, VOCABULARY = 8, 4, 12, 10

HUNT = Hunt(HEALTHY, ILL, compute=lambda patient, mend: run(patient, *example(), mend=mend))
show_lines = HUNT.show


def run(patient, ids, tok, Wqkv, Wo, head, mend=AS_IT_IS):
    """Return what a patient computes from ids (N, T): a dict with the scores e, weights A, probabilities P and the loss.

    Raises ValueError, in the learner's words, where the code cannot be run.
    """
    given = {"ids": ids, "tok": tok, "Wqkv": Wqkv, "Wo": Wo, "head": head}
    names = {"np": np, "softmax": _softmax, "N": len(ids), "T": ids.shape[1], "h": HEADS, "d": tok.shape[1] // HEADS, "eps": 1e-5}
    names |= {name: array.copy() for name, array in given.items()}
    HUNT.run(patient, names, mend)
    return HUNT.results(patient, names, PARTS)


def example(seed=0):
    """Return (ids, tok, Wqkv, Wo, head) of one block with four heads of 3 numbers: N = 3, T = 8, ten letters."""
    rng = np.random.default_rng(seed)
    ids, tok = rng.integers(0, VOCABULARY, (3, T)), rng.normal(size=(VOCABULARY, D))
    Wqkv, Wo = rng.normal(size=(D, 3 * D)) / D**0.5, rng.normal(size=(D, D)) / D**0.5
    return ids, tok, Wqkv, Wo, rng.normal(size=(D, VOCABULARY)) / D**0.5


def symptoms(patient):
    """Return in three lines what can be seen of a patient from outside, or the sentence why it cannot be run."""
    ids, *weights = example()
    try:
        found = run(patient, ids, *weights)
        moved = []
        for t in (0, 4):
            changed = ids.copy()
            changed[:, t] = (changed[:, t] + 1) % VOCABULARY
            apart = np.abs(run(patient, changed, *weights)["P"] - found["P"]).max(axis=(0, 2)) > 1e-12
            moved.append(_places(np.flatnonzero(apart)))
        alone = run(patient, np.zeros_like(ids), *weights)["e"]
        mute = [weights[1], 0 * weights[2]]
        copier = run(patient, ids, 20 * np.eye(VOCABULARY, D), *mute, np.eye(D, VOCABULARY))["loss"]
    except ValueError as complaint:
        return str(complaint)
    return "\n".join(
        (
            f"letter 0 is changed: another answer at {moved[0]}; letter 4 is changed: at {moved[1]}",
            f"typical size of a score: {_size(found['e'])}; in a text like aaaaaaaa: {_size(alone)}",
            f"the loss of a net that always says the letter that it has just read: {copier:.1f}",
        )
    )


def _places(found):
    """Return the numbers of neighbouring places in words."""
    return f"place {found[0]}" if len(found) == 1 else f"the places {found[0]} to {found[-1]}"


def _size(e):
    return f"{np.sqrt((e**2).mean()):.2f}"


def _softmax(e):
    e = np.exp(e - e.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
