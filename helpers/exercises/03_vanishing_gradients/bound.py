"""Exercise 3.7: what can be promised about a gradient."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("3.7", title="What can be promised", returns={"factor": "", "verdict": ""}, hints=[
    "How steep can each of the four activations be at most? Write it as a dict, name: slope. Think of the sigmoid at 0, where σ (1 - σ) is largest.",
    "A step multiplies the gradient by the slopes and by the matrix: by at most largest slope · σ_max. Only a factor below 1 is a promise. "
    "For the linear net the slopes are all 1, so there rho decides.",
    '`{"linear": 1.0, "relu": 1.0, "tanh": 1.0, "sigmoid": 0.25}`; `slopes[act] * sigma_max`; then `factor < 1 or (act == "linear" and rho < 1)`, '
    'and `act == "linear" and rho > 1`.',
])
def bound(act, rho, sigma_max):
    """Say what rho and sigma_max of Wh promise about a gradient that goes back for ever.

    act: "linear", "relu", "tanh" or "sigmoid"; rho: the spectral radius;
    sigma_max: the largest singular value.
    -> factor, the most that one step back can multiply the gradient's length by, and a
    verdict: "vanishes" if that is certain, "explodes" if that is certain (for a gradient
    that does not happen to miss the growing direction), else "open".
    bound("sigmoid", 2.0, 3.0) is (0.75, "vanishes").
    """
    slopes = {"linear": 1.0, "relu": 1.0, "tanh": 1.0,
              "sigmoid": 0.25}              # TODO: the largest slopes
    factor = slopes[act] * sigma_max      # TODO: the most that one step can do
    shrinks = factor < 1 or (act == "linear" and rho < 1)      # TODO: is it certain to vanish?
    grows = act == "linear" and rho > 1      # TODO: is it certain to explode?
    return factor, "vanishes" if shrinks else "explodes" if grows else "open"


@bound.cases
def _(rng):
    for act, rho, sigma_max in [
        ("tanh", 0.5, 0.8), ("tanh", 0.9, 1.8), ("tanh", 1.5, 3.0), ("tanh", 1.0, 1.0),
        ("sigmoid", 2.0, 3.0), ("sigmoid", 3.0, 5.0), ("sigmoid", 5.0, 6.0), ("sigmoid", 0.5, 4.0),
        ("relu", 0.6, 0.9), ("relu", 0.9, 1.8), ("relu", 1.2, 1.8), ("relu", 1.0, 1.0),
        ("linear", 0.6, 0.8), ("linear", 0.9, 1.8), ("linear", 1.1, 2.0), ("linear", 1.0, 1.0), ("linear", 1.0, 3.2),
        ("linear", 0.0, 0.0), ("sigmoid", 0.0, 0.0), ("linear", 0.0, 1000.0), ("sigmoid", 999.0, 1000.0),
    ]:
        yield f"{act}, rho {rho:g}, sigma_max {sigma_max:g}", (act, np.float64(rho), np.float64(sigma_max))


@bound.observed_by
def _(answer, act, rho, sigma_max):
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], str):
        if answer[1] not in ("vanishes", "explodes", "open"):
            raise ValueError('Your verdict is another word: it is one of "vanishes", "explodes" and "open".')
    return answer


@bound.same
def _(act, rho, sigma_max):
    factor = sigma_max / 4 if act == "sigmoid" else sigma_max
    if act == "linear":
        return factor, "vanishes" if rho < 1 else "explodes" if rho > 1 else "open"
    return factor, "vanishes" if factor < 1 else "open"


RHO_PROMISES = "You let ρ alone promise vanishing. With slopes that change from step to step only a factor with σ_max in it is a proof; ρ decides in the linear net."
RHO_TOO = "You say that rho < 1 makes every gradient vanish. It does so in the linear net; with slopes that change from step to step it is no proof."
BOTH = "You ask for two things at once. A factor below 1 proves vanishing by itself, whatever ρ is."
RHO_ONE = "With ρ = 1 a gradient may stay (a turn), shrink once and then stay (W1), or grow slowly (a shear with ones on its diagonal): open."
W1 = "You let σ_max > 1 explode in the linear net. It speaks of one step: W1 has σ_max = 3.2 and ρ = 1, and its powers never grow after the first."

bound.mistakes_in("slopes", [
    ("The sigmoid's largest slope is missing: σ (1 - σ) is never above ¼, at no input.", '{"linear": 1.0, "relu": 1.0, "tanh": 1.0, "sigmoid": 1.0}'),
    ("You take ½ for the sigmoid's largest slope. ½ is its value at 0; its slope there is ½ · ½ = ¼.", '{"linear": 1.0, "relu": 1.0, "tanh": 1.0, "sigmoid": 0.5}'),
    ("You give tanh the sigmoid's ¼. tanh is steeper: at 0 its slope is 1 - 0² = 1.", '{"linear": 1.0, "relu": 1.0, "tanh": 0.25, "sigmoid": 0.25}'),
    ("You take ½ for relu, as if it were an average. The largest slope is asked for: 1, wherever the unit is on.", '{"linear": 1.0, "relu": 0.5, "tanh": 1.0, "sigmoid": 0.25}'),
])

bound.mistakes_in("factor", [
    ("You use rho where the worst case of one step is asked for. Each step has other slopes, so a product of many different matrices is bounded by sigma_max, not by rho.", "slopes[act] * rho"),
    ("You divide by the largest slope. A flat activation makes the gradient shorter: multiply.", "sigma_max / slopes[act]"),
    ("The matrix is not in your factor: one step multiplies by the slopes AND by the matrix.", "slopes[act]"),
    ("The activation's slope is not in your factor: one step multiplies by the matrix AND by the slopes.", "sigma_max"),
])

bound.mistakes_in("shrinks", [
    (RHO_TOO, "factor < 1 or rho < 1"),
    (RHO_PROMISES, "slopes[act] * rho < 1 or factor < 1", "rho < 1", "slopes[act] * rho < 1"),
    ("You count a factor of exactly 1 as vanishing. What is multiplied by at most 1 may also stay as it is: open.", 'factor <= 1 or (act == "linear" and rho < 1)'),
    ("Your comparison is the wrong way round: a factor below 1 makes things smaller.", 'factor > 1 or (act == "linear" and rho < 1)'),
    ("You let ρ promise vanishing for relu as for the linear net. Relus switch on and off, so the steps differ, and a product of different matrices is not bounded by ρ.", 'factor < 1 or (act in ("linear", "relu") and rho < 1)'),
    ("You say of nothing that it is certain to vanish. A factor below 1 is certain, and so is ρ < 1 in the linear net.", "False"),
    ("You ask the factor alone whether the gradient vanishes. In the linear net ρ decides: with ρ < 1 it vanishes in the end, even if σ_max is above 1.", "factor < 1"),
    ("Only your linear net can vanish. For the other activations a factor below 1 is a proof as well.", 'act == "linear" and rho < 1'),
    (f"You let the linear net vanish at ρ = 1. {RHO_ONE}", 'factor < 1 or (act == "linear" and rho <= 1)'),
    (BOTH, "factor < 1 and rho < 1", 'factor < 1 and rho < 1 or (act == "linear" and rho < 1)'),
    ("With `or` the linear net always vanishes, and so does each net with ρ < 1. Two things have to hold at once: it is the linear net, AND ρ < 1.", 'factor < 1 or act == "linear" or rho < 1'),
])

bound.mistakes_in("grows", [
    ("You say that a factor above 1 explodes. It only says that the gradient MAY grow: the slopes can take away more than the matrix gives.", "factor > 1"),
    ("You say that rho > 1 explodes with every activation. That is certain in the linear net only: tanh, sigmoid and dead relus hold it down.", "rho > 1"),
    ("You let relu explode like the linear net. Relus that are off have the slope 0, and they can take away more than the matrix gives.", 'act in ("linear", "relu") and rho > 1'),
    (f"You let ρ = 1 explode. {RHO_ONE}", 'act == "linear" and rho >= 1'),
    (W1, 'act == "linear" and factor > 1'),
    ("You let slope · ρ > 1 explode with every activation. The largest slope is not the slope at every step: only in the linear net is it certain.", "slopes[act] * rho > 1"),
    ("You say of nothing that it is certain to explode. In the linear net with ρ > 1 it is.", "False"),
    ("There are three verdicts: what is not certain to vanish need not explode, it may be open.", "not shrinks"),
])

for sentence, shrinks, grows in [
    ("The linear net is treated like the others. There every step is the same matrix, so rho alone decides in the end.", "factor < 1", "False"),
    ("You let sigma_max decide about the linear net. It speaks of one step; the fate of many equal steps is decided by rho.", "factor < 1", 'act == "linear" and factor > 1'),
    ("You let ρ decide for all four activations, on both sides. It does so in the linear net alone: the others have slopes that change from step to step.", "rho < 1", "rho > 1"),
    ("You read both verdicts off the factor. Below 1 it proves vanishing, above 1 it proves nothing; and in the linear net ρ decides.", "factor < 1", "factor > 1"),
    ("Two things: in the linear net ρ < 1 vanishes, whatever the factor is; and ρ > 1 is certain to explode in the linear net only.", "factor < 1", "rho > 1"),
]:
    bound.mistake(sentence, shrinks=shrinks, grows=grows)

bound.mistake("Your two results are swapped: the factor comes first, then the verdict.")(
    lambda act, rho, sigma_max: bound(act, rho, sigma_max)[::-1])
