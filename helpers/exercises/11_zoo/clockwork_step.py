"""Exercise 11.3: one step of a clockwork."""

import numpy as np

from helpers.checking.authoring import exercise

from .clock_mask import clock_mask


@exercise("11.3", title="Some units rest", returns={"h_next": "N H"}, hints=[
    "What does a unit do whose clock does not tick? And which state do the others hear, the old one or the one that is just being made?",
    "`t % periods == 0` is True where a clock ticks. Compute the new value of every unit from the OLD states, then choose.",
    "`t % periods == 0`; `np.tanh(x @ Wx + h @ (Wh * clock_mask(periods)) + b)`; `np.where(moves, new, h)`.",
])
def clockwork_step(t, x, h, Wx, Wh, b, periods):
    """Return the state of a clockwork after step t.

    t a whole number from 0 on, x (N, D), h (N, H), Wx (D, H), Wh (H, H) not masked yet,
    b (H,), periods (H,). Unit k moves if t is a multiple of periods[k]; else its number
    stays as it is.
    -> (N, H). At t = 0 every unit moves. With all weights 0, b = [1., 1.], h = [[5., 5.]]
    and periods = [1, 2], step t = 3 gives [[tanh 1, 5.]].
    """
    moves = t % periods == 0                                    # TODO: (H,) whose clock ticks?
    new = np.tanh(x @ Wx + h @ (Wh * clock_mask(periods)) + b)  # TODO: (N, H) for those that move
    h_next = np.where(moves, new, h)                            # TODO: (N, H)
    return h_next


@clockwork_step.cases
def _(rng):
    zero, two = np.zeros((1, 1)), np.zeros((1, 2))
    yield "one of two units rests", (3, zero, np.full((1, 2), 5.0), two, np.zeros((2, 2)), np.ones(2), np.array([1, 2]))
    yield "step 0", (0, zero, np.full((1, 2), 5.0), two, np.zeros((2, 2)), np.ones(2), np.array([1, 4]))
    yield "the slow one could hear the fast one", (4, zero, np.array([[0.5, -0.5]]), two, np.array([[0.0, 2.0], [3.0, 0.0]]), np.zeros(2), np.array([1, 4]))

    def draw(t, N, D, periods):
        H = len(periods)
        shapes = (N, D), (N, H), (D, H), (H, H), (H,)
        return (t, *(rng.normal(size=shape) for shape in shapes), np.array(periods))

    yield "step 6 of the periods 1, 2, 4", draw(6, 3, 2, [1, 1, 2, 2, 4, 4])
    yield "step 7: only the fastest", draw(7, 2, 3, [1, 2, 4, 8])
    yield "step 8: all", draw(8, 2, 3, [1, 2, 4, 8])
    yield "periods in any order, step 9", draw(9, 2, 2, [3, 1, 9, 2, 6])
    yield "states far from 0", (5, zero, np.array([[30.0, -40.0, 7.0]]), np.zeros((1, 3)), rng.normal(size=(3, 3)), np.zeros(3), np.array([1, 2, 5]))


@clockwork_step.same
def _(t, x, h, Wx, Wh, b, periods):
    h_next = h.copy()
    for k in range(len(periods)):
        if t % periods[k] == 0:
            heard = [i for i in range(len(periods)) if periods[i] >= periods[k]]
            h_next[..., k] = np.tanh(x @ Wx[..., k] + h[..., heard] @ Wh[..., heard, k] + b[..., k])
    return h_next


clockwork_step.mistakes_in("moves", [
    ("Your clocks start at 1, so that at step 0 hardly anybody moves. Steps are counted from 0, and at 0 all clocks tick.", "(t + 1) % periods == 0"),
    ("Your clocks tick the wrong way round: a unit moves when t is a multiple of its period.", "t % periods != 0"),
    ("Period and step are exchanged in the remainder: ask what is left of t.", "periods % (t + 1) == 0", "periods % t == 0", "periods % max(t, 1) == 0"),
    ("A unit starts to move for good when t reaches its period. It should move once in each period.", "t >= periods"),
    ("Everybody moves at every step: that is a plain RNN with some weights missing.", "np.ones(len(periods), bool)"),
])
clockwork_step.mistakes_in("new", [
    ("The mask is missing: your slow units hear the fast ones.", "np.tanh(x @ Wx + h @ Wh + b)"),
    ("Your mask stands on its side: the slow units hear the fast ones, and not the other way round.", "np.tanh(x @ Wx + h @ (Wh * clock_mask(periods).T) + b)"),
    ("The tanh is missing in the new values.", "x @ Wx + h @ (Wh * clock_mask(periods)) + b"),
    ("The bias is missing in the new values.", "np.tanh(x @ Wx + h @ (Wh * clock_mask(periods)))"),
    ("The input is missing: no unit hears x.", "np.tanh(h @ (Wh * clock_mask(periods)) + b)"),
    ("No unit hears another one: the recurrent part is missing.", "np.tanh(x @ Wx + b)"),
    ("A unit that rests is not heard in your step. It does not move, but what it holds is there to be heard: that is what it is for.", "np.tanh(x @ Wx + (h * moves) @ (Wh * clock_mask(periods)) + b)"),
    ("`@` is the matrix product. The mask is applied to the weights element by element, with `*`.", "np.tanh(x @ Wx + h @ Wh @ clock_mask(periods) + b)", "np.tanh(x @ Wx + h @ (Wh @ clock_mask(periods)) + b)"),
])
clockwork_step.mistakes_in("h_next", [
    ("Units that rest are set to 0 in your step: what they held is lost.", "np.where(moves, new, 0 * h)", "moves * new"),
    ("New and old are exchanged: those that should rest move.", "np.where(moves, h, new)"),
    ("Units that rest go through a tanh in your step. They should stay exactly as they are.", "np.where(moves, new, np.tanh(h))"),
    ("All units get the new value, whether their clock ticks or not.", "new"),
    ("You add the new value to what a unit held. It takes its place.", "h + moves * new"),
    ("You mix half of each. A clock is no gate: it is on or off.", "np.where(moves, (new + h) / 2, h)"),
])
clockwork_step.mistakes_in("new", [
    ("`h @ Wh * mask` is worked out from the left: the mask meets the result, not the weights. It needs brackets.", "np.tanh(x @ Wx + h @ Wh * clock_mask(periods) + b)"),
])
