"""Exercise 11.6: first values on a ring."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.6", title="Numbers on a ring", returns={"lam": "H", "gamma": "H"}, hints=[
    "A ring has more room outside than inside. If points are spread evenly over its AREA, what is spread evenly: r or r²?",
    "Draw r² evenly between r_min² and r_max² and take the root. A complex number of length r and angle φ is r · exp(i φ); `1j` is i.",
    "`np.sqrt(r_min**2 + u * (r_max**2 - r_min**2))`; `r * np.exp(1j * v * max_phase)`; `np.sqrt(1 - r**2)`.",
])
def ring(u, v, r_min, r_max, max_phase):
    """Return complex factors on a ring, spread evenly over its area, and their gains.

    u, v (H,) random numbers between 0 and 1: u chooses the radius (0: r_min, 1: r_max),
    v the phase (0: 0, 1: max_phase, in radians).
    -> lam (H,) complex, gamma (H,) = √(1 - |lam|²). u = [.5], v = [1.], radii from 0 to 1,
    max_phase = π/2: lam = [.707i], gamma = [.707].
    """
    r = np.sqrt(r_min**2 + u * (r_max**2 - r_min**2))      # TODO: (H,) the radii
    lam = r * np.exp(1j * v * max_phase)                   # TODO: (H,) complex
    gamma = np.sqrt(1 - r**2)                              # TODO: (H,)
    return lam, gamma


@ring.cases
def _(rng):
    yield "the whole disc, in the middle", (np.array([0.5]), np.array([1.0]), 0.0, 1.0, np.pi / 2)
    yield "the ring's two edges", (np.array([0.0, 1.0]), np.zeros(2), 0.5, 0.9, 1.0)
    yield "one radius, three phases", (rng.random(3), np.array([0.0, 0.5, 1.0]), 0.8, 0.8, np.pi)
    yield "a wide ring, 6 units", (rng.random(6), rng.random(6), 0.2, 0.9, 0.3)
    yield "a ring near 1, 6 units", (rng.random(6), rng.random(6), 0.99, 0.9999, 0.01)
    yield "phases up to 2 pi", (rng.random(5), rng.random(5), 0.5, 0.7, 2 * np.pi)


@ring.same
def _(u, v, r_min, r_max, max_phase):
    square = (1 - u) * r_min**2 + u * r_max**2
    phase = max_phase * v
    return square**0.5 * (np.cos(phase) + 1j * np.sin(phase)), (1 - square) ** 0.5


ring.mistakes_in("r", [
    ("Your radii are spread evenly between the two edges. Then the inner part of the ring is too crowded: it is r² that is spread evenly.", "r_min + u * (r_max - r_min)"),
    ("You return r² as the radius: take the root.", "r_min**2 + u * (r_max**2 - r_min**2)"),
    ("Between the edges you go too far: u times the difference of the squares is added to r_min².", "np.sqrt(r_min**2 + u * r_max**2)"),
    ("u = 0 gives the outer edge here: it should give r_min.", "np.sqrt(r_max**2 - u * (r_max**2 - r_min**2))"),
    ("You spread the root of r evenly. It is r² that grows with the area.", "(r_min**0.5 + u * (r_max**0.5 - r_min**0.5)) ** 2"),
    ("All your radii are the outer one.", "r_max + 0 * u"),
])
ring.mistakes_in("lam", [
    ("The phase is missing: your factors are real.", "r + 0j"),
    ("The i is missing in the exponent: without it exp makes the number longer and does not turn it.", "r * np.exp(v * max_phase) + 0j"),
    ("You turn the other way: the phases are positive.", "r * np.exp(-1j * v * max_phase)"),
    ("Your phases go to both sides of 0.", "r * np.exp(1j * (2 * v - 1) * max_phase)"),
    ("You take max_phase for degrees. It is in radians.", "r * np.exp(1j * np.radians(v * max_phase))"),
    ("You keep only the real part of the turned number.", "r * np.cos(v * max_phase) + 0j"),
    ("All units turn at max_phase: v is not used.", "r * np.exp(1j * max_phase) + 0 * v"),
    ("Your factors lie on the unit circle: the radius is missing.", "np.exp(1j * v * max_phase)"),
    ("Radius and turn are added. A complex number is their product.", "r + np.exp(1j * v * max_phase)"),
])
ring.mistakes_in("gamma", [
    ("Your gain has no root.", "1 - r**2"),
    ("Your gain takes the radius, not its square.", "np.sqrt(1 - r)"),
    ("1 - r is not the gain: it is the squares of what comes in that add up, so √(1 - r²).", "1 - r"),
    ("You divide by the root. Slow units add up more, so they need a SMALLER gain.", "1 / np.sqrt(1 - r**2)"),
    ("Your gain comes from the complex number's square, which is complex itself: its length is wanted, |λ|².", "np.sqrt(1 - lam**2)"),
    ("The gain is 1 for all units here.", "np.ones_like(r)"),
])
ring.mistake("You return the gains first: lam, then gamma.")(ring.changed(("return lam, gamma", "return gamma, lam")))
ring.mistakes_in("r", [
    ("The root of u alone spreads a whole disc evenly, from 0. This is a ring: spread r² between its two edges.", "r_min + np.sqrt(u) * (r_max - r_min)"),
])
ring.mistakes_in("lam", [
    ("Only the real part has the radius: r belongs to cosine and sine.", "r * np.cos(v * max_phase) + 1j * np.sin(v * max_phase)"),
    ("Your phases go all the way round: v = 1 should give max_phase.", "r * np.exp(2j * np.pi * v)"),
    ("The radius stands in the exponent: there it changes the phase, not the length.", "np.exp(1j * r * v * max_phase)"),
])
ring.mistakes_in("gamma", [
    ("The square of the right gain would be 1 - |λ|²; yours is one over that.", "1 / (1 - r**2)"),
])
ring.mistakes_in("r", [
    ("The root of u times the outer edge spreads the whole disc evenly: your ring has lost its inner edge.", "np.sqrt(u) * r_max"),
])
ring.mistakes_in("lam", [
    ("There is a 2π too many: max_phase is already an angle in radians, so v times it is all.", "r * np.exp(2j * np.pi * v * max_phase)"),
    ("Cosine and sine are added as real numbers: the sine is the imaginary part, so it needs the factor `1j`.", "r * (np.cos(v * max_phase) + np.sin(v * max_phase)) + 0j"),
    ("You write the angle itself as imaginary part. A number of length r at this angle is r times exp of it.", "r + 1j * v * max_phase"),
])
