"""Exercise 2.9: a hard question or a worse net?"""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("2.9", title="The question or the net?", returns={"hard": "steps", "setback": "steps"}, hints=[
    "Two comparisons are all you need: is the pair's loss far above the usual? Has the fixed set's loss risen?",
    "Both are compared with `usual`. A spike is one of the two kinds: `&` is *and*, `~` is *not*, element by element.",
    "`spike = pair > 2.5 * usual`, `risen = fixed > 1.5 * usual`; a setback is `spike & risen`.",
])
def sort_spikes(pair, fixed, usual):
    """Say of each training step whether its pair's loss is a spike, and of which kind.

    pair, fixed, usual (steps,) or (steps, runs): the loss of the pair just seen, that of
    the fixed set at the same step, and what is usual for the fixed set.
    -> hard, setback (steps,) of True and False: never both, and both False where there is
    no spike.
    With pair = [0.3, 0.9, 0.9], fixed = [0.1, 0.1, 0.4], usual = [0.1, 0.1, 0.1]: three
    spikes, of which the third alone is a setback.
    """
    spike = pair > 2.5 * usual         # TODO: the pair costs more than 2.5 times the usual
    setback = spike & (fixed > 1.5 * usual)      # TODO: … and the fixed set more than 1.5 times
    hard = spike & ~setback            # TODO: what is left
    return hard, setback


@sort_spikes.cases
def _(rng):
    def draw(*shape):
        usual = np.linspace(0.7, 0.1, shape[0]).reshape(-1, *[1] * (len(shape) - 1)) + np.zeros(shape)
        return usual * rng.lognormal(0.3, 0.9, shape), usual * rng.lognormal(0.2, 0.4, shape), usual

    yield "the worked example", (np.array([0.3, 0.9, 0.9]), np.array([0.1, 0.1, 0.4]), np.full(3, 0.1))
    yield "no spike", (np.array([0.2, 0.1, 0.2]), np.array([0.1, 0.1, 0.3]), np.full(3, 0.1))
    yield "exactly 2.5 and 1.5 times the usual are not *more*", (np.array([1.25, 2.0, 2.0]), np.array([1.0, 0.75, 1.0]), np.full(3, 0.5))
    yield "40 steps", draw(40)
    yield "200 steps", draw(200)
    yield "100 steps of 3 runs side by side, as in the lesson", draw(100, 3)


@sort_spikes.same
def _(pair, fixed, usual):
    ratio, risen = pair / usual, np.where(fixed / usual > 1.5, True, False)
    return np.logical_and(ratio > 2.5, np.logical_not(risen)), np.logical_and(ratio > 2.5, risen)


for _sentence, *_edits in [
    ("You look for spikes in the fixed set. A spike is a step whose *pair* costs much.", {"spike": "fixed > 2.5 * usual"}),
    ("You compare the pair with the mean of all pairs. The loss falls during the training, so an early calm step would be a spike: compare with `usual`.", {"spike": "pair > 2.5 * pair.mean()"}),
    ("You compare the pair with the fixed set at the same step. In a setback both have risen, so the spike is overlooked: compare with `usual`.", {"spike": "pair > 2.5 * fixed"}),
    ("Your comparisons point the wrong way: a spike is *above* 2.5 times the usual.", {"spike": "pair < 2.5 * usual"}),
    ("Exactly 2.5 times the usual is no spike yet: *more* than that is.", {"spike": "pair >= 2.5 * usual"}),
    ("You call a pair a spike above 1.5 times the usual. A spike costs more than 2.5 times the usual.", {"spike": "pair > 1.5 * usual"}),
    ("You compare with 2.5 and 1.5 themselves. They are factors: 2.5 times `usual`, 1.5 times `usual`.",
     {"spike": "pair > 2.5", "setback": "spike & (fixed > 1.5)"}, {"spike": "pair > 2.5"}, {"setback": "spike & (fixed > 1.5)"}),
    ("The two factors are swapped: 2.5 for the pair, 1.5 for the fixed set.", {"spike": "pair > 1.5 * usual", "setback": "spike & (fixed > 2.5 * usual)"}),
    ("Hard pairs and setbacks are exchanged: where the fixed set has risen too, it is a setback; and the hard pairs are returned first.",
     {"setback": "spike & ~(fixed > 1.5 * usual)"}),
    ("Your setbacks hold every step at which the fixed set has risen. Only spikes are sorted: the pair must cost over 2.5 times the usual as well.", {"setback": "fixed > 1.5 * usual"}),
    ("You want the fixed set above 2.5 times the usual. Above 1.5 times is enough.", {"setback": "spike & (fixed > 2.5 * usual)"}),
    ("You ask whether the *pair* has risen by half, which every spike has. Ask the fixed set.", {"setback": "spike & (pair > 1.5 * usual)"}),
    ("Exactly 1.5 times the usual is no setback yet: *more* than that is.", {"setback": "spike & (fixed >= 1.5 * usual)"}),
    ("`|` is *or*. A setback is both: a spike of the pair *and* a rise of the fixed set.", {"setback": "spike | (fixed > 1.5 * usual)"}),
    ("`&` binds more tightly than `>`: `spike & fixed > …` is read as `(spike & fixed) > …`. Put brackets around each comparison.", {"setback": "spike & fixed > 1.5 * usual"}),
    ("`and` wants one True or False on each side. For whole arrays it is `&`, and `~` in place of `not`.", {"setback": "spike and (fixed > 1.5 * usual)"}, {"hard": "spike and not setback"}),
    ("True and False cannot be subtracted. Spikes that are no setbacks: `&` and `~`.", {"hard": "spike - setback"}),
    ("Your hard pairs hold all the spikes, the setbacks among them. Where the fixed set has risen, the net is to blame and not the pair.", {"hard": "spike"}),
    ("Your hard pairs hold every step at which the fixed set has *not* risen. Only spikes are sorted.", {"hard": "~(fixed > 1.5 * usual)"}),
    ("Your hard pairs hold every step that is no setback, calm ones too. Only spikes are sorted.", {"hard": "~setback"}),
]:
    for _edit in _edits:
        sort_spikes.mistake(_sentence, **_edit)
