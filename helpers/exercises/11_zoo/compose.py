"""Exercise 11.10: two steps in one."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.10", title="Two steps in one", returns={"a": "N H", "u": "N H"}, hints=[
    "Put the first step into the second: a2 (a1 h + u1) + u2. What stands before h, and what without it?",
    "Multiply it out. The second factor meets both things that the first step made.",
    "`a2 * a1`; `a2 * u1 + u2`.",
])
def compose(first, second):
    """Return the one step h -> a · h + u that does what two steps do, one after the other.

    first = (a1, u1) is done first, then second = (a2, u2); all of one shape, here (N, H).
    -> a, u. First h -> 2h + 1, then h -> 3h + 5: together h -> 6h + 8.
    """
    (a1, u1), (a2, u2) = first, second
    a = a2 * a1           # TODO: what multiplies h
    u = a2 * u1 + u2      # TODO: what is added
    return a, u


@compose.cases
def _(rng):
    def one(*numbers):
        a1, u1, a2, u2 = (np.full((1, 1), float(n)) for n in numbers)
        return (a1, u1), (a2, u2)

    yield "2h + 1, then 3h + 5", one(2, 1, 3, 5)
    yield "nothing is added", one(2, 0, 3, 0)
    yield "only the first step adds", one(2, 10, 3, 0)
    yield "only the second step adds", one(2, 0, 3, 10)
    yield "the second step forgets everything", one(2, 7, 0, 5)

    def draw(N, H, kind=float):
        parts = [rng.normal(size=(N, H)) for _ in range(4)]
        if kind is complex:
            parts = [p + 1j * rng.normal(size=p.shape) for p in parts]
        return (parts[0], parts[1]), (parts[2], parts[3])

    yield "N = 2, H = 3", draw(2, 3)
    yield "complex numbers", draw(2, 3, complex)


@compose.same
def _(first, second):
    def both(h):
        for a, u in (first, second):
            h = a * h + u
        return h

    u = both(np.zeros_like(first[0]))
    return both(np.ones_like(first[0])) - u, u


compose.mistakes_in("a", [
    ("The factors multiply: 3 times 2 times h. You add them.", "a1 + a2"),
    ("The factor of the first step is lost.", "a2"),
    ("The factor of the second step is lost.", "a1"),
    ("What the first step adds is no factor of h.", "a2 * u1"),
    ("You use the second step's factor twice, and the first step's not at all.", "a2 * a2"),
])
compose.mistakes_in("u", [
    ("You compose in the other order: here the second step would be done first.", "a1 * u2 + u1"),
    ("What the first step has added goes through the second step as well: times a2.", "u1 + u2"),
    ("What the second step adds is lost.", "a2 * u1"),
    ("What the first step added is lost.", "u2"),
    ("The second step's factor meets only what was there before it; what it adds itself comes in as it is.", "a2 * (u1 + u2)"),
    ("The first factor has nothing to do with what was added after it.", "a1 * u1 + u2"),
    ("The first factor stands in what is added: u1 came in after that factor.", "a2 * a1 * u1 + u2"),
])
compose.mistake("You return what is added first; the factor comes first.")(compose.changed(("return a, u", "return u, a")))
compose.mistakes_in("u", [
    ("Each added part meets its own step's factor in your sum. u1 comes in after a1, and then goes through a2; u2 goes through nothing.", "a1 * u1 + a2 * u2"),
    ("The two added parts are multiplied with each other. They are added, the first one times a2.", "u1 * u2"),
])
