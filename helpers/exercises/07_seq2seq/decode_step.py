"""Exercise 7.3: one step of the decoder."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import draw_cell, draw_state


@exercise("7.3", title="One step of the decoder", returns={"logits": "N K", "state": "N H"}, hints=[
    "Which comes first: hearing the last token, or saying the next one?",
    "The cell makes the new state from the token's vector and the old state. The scores are read from the *new* h, the first part of the state.",
    "`state = cell(E[token], state)`, then `state[0] @ Wy + by`.",
])
def decode_step(token, state, E, cell, Wy, by):
    """Hear one token, move on, and score the next one.

    token (N,) the last ids of the target so far (BOS at first), state a tuple of arrays
    (N, H) whose first part is h, E (K, D) one vector for each token of the target,
    cell(x, state) -> state, Wy (H, K), by (K,)
    -> logits (N, K) scores of the next token, and the new state, a tuple.
    With h = [[1., 2.]] after the step, Wy = [[1., 0.], [0., 1.]] and by = [0., 1.]:
    logits = [[1., 3.]].
    """
    state = cell(E[token], state)   # TODO: the new state, from the token's vector and the old one
    logits = state[0] @ Wy + by     # TODO: the scores, from the new h
    return logits, state


@decode_step.cases
def _(rng):
    E = rng.normal(size=(5, 3))

    def net(kind, N, H):
        return draw_state(rng, kind, N, H), E, draw_cell(rng, kind, 3, H), rng.normal(size=(H, 5))

    yield "one row, an RNN, H = 1", (np.array([2]), *net("rnn", 1, 1), np.zeros(5))
    yield "one row, an RNN, with a bias", (np.array([4]), *net("rnn", 1, 2), rng.normal(size=5))
    yield "one row, an LSTM", (np.array([1]), *net("lstm", 1, 2), rng.normal(size=5))
    yield "a batch of 4, an LSTM, H = 6", (np.array([0, 3, 1, 3]), *net("lstm", 4, 6), rng.normal(size=5))
    yield "three rows, an RNN, D = H = 3", (np.array([2, 0, 4]), *net("rnn", 3, 3), rng.normal(size=5))
    *others, Wy = net("lstm", 2, 3)
    yield "scores near 1000 and -1000", (np.array([3, 1]), *others, 2000 * Wy, np.zeros(5))


decode_step.same(decode_step.changed(
    ("E[token]", "np.eye(len(E))[token] @ E"), ("state[0] @ Wy", 'np.einsum("nh,hk->nk", state[0], Wy)')))


@decode_step.same
def _(token, state, E, cell, Wy, by):
    rows = [cell(E[t][None], tuple(part[n:n + 1] for part in state)) for n, t in enumerate(token)]
    state = tuple(np.vstack(parts) for parts in zip(*rows, strict=True))
    return np.stack([h @ Wy + by for h in state[0]]), state


SCORES = "state[0] @ Wy + by"

for sentence, edits in [
    ("You read the scores from c, the LSTM's memory. Shown to the outside is h, the first part of the state.", {"logits": "state[-1] @ Wy + by"}),
    ("You ignore the state that came in and start from zeros: this decoder has never seen the source.", {"state": "cell(E[token], tuple(np.zeros_like(s) for s in state))"}),
    ("Only h is handed on and c starts from zero: the LSTM's memory is lost at this step.", {"state": "cell(E[token], (state[0], *(np.zeros_like(s) for s in state[1:])))"}),
    ("You return probabilities. The scores are wanted as they are: loss and search make of them what they need.", {"logits": f"np.exp({SCORES}) / np.exp({SCORES}).sum(axis=1, keepdims=True)"}),
    ("You return log-probabilities. The scores are wanted as they are: loss and search make of them what they need.", {"logits": f"{SCORES} - np.log(np.exp({SCORES}).sum(axis=1, keepdims=True))"}),
    ("The bias `by` is missing.", {"logits": "state[0] @ Wy"}),
    ("Every row hears the first row's token: `token` has one id for each row.", {"state": "cell(E[token[:1]], state)"}),
    ("The token is not heard at all: the cell gets zeros instead of its vector.", {"state": "cell(np.zeros_like(E[token]), state)"}),
    ("You squash the scores with tanh: a score must be free to be large.", {"logits": f"np.tanh({SCORES})"}),
    ("You multiply the whole state with Wy. It is a tuple: the scores come from h, its first part.", {"logits": "state @ Wy + by"}),
    ("You take the state of the first ROW: `state[0]` is h of the whole batch, and one more index picks a row of it.", {"logits": "state[0][0] @ Wy + by"}),
    ("You choose the likeliest token here. All scores are wanted: whoever decodes will choose.", {"logits": f"({SCORES}).argmax(axis=1)"}),
    ("You give the cell h alone. It takes the whole state, a tuple: an LSTM needs its c as well.", {"state": "cell(E[token], state[0])"}),
    ("The state that you return holds h alone: an LSTM's c is lost on the way to the next step.", {"state": "cell(E[token], state)[:1]"}),
    ("The cell gets the state first. It takes the vector of the token first, then the state.", {"state": "cell(state, E[token])"}),
    ("The cell gets the id itself: it wants the token's vector, which E holds.", {"state": "cell(token, state)"}),
]:
    decode_step.mistake(sentence, **edits)

for sentence, *changes in [
    ("The scores come from the old state: the decoder speaks before it has heard the token.", ("    state = cell(E[token], state)", "    old, state = state, cell(E[token], state)"), ("state[0] @", "old[0] @")),
    ("You return the old state: the next step would start where this one did.", ("    state = cell", "    new = cell"), ("state[0] @", "new[0] @")),
    ("You return h alone as the new state; it is a tuple, and an LSTM's next step needs its c.", ("return logits, state", "return logits, state[0]")),
    ("You step twice: once for the scores and once more for the state that you return.", ("return logits, state", "return logits, cell(E[token], state)")),
    ("`E[:, token]` picks columns. The vector of a token is a row of E: `E[token]`.", ("E[token]", "E[:, token]")),
    ("The two results are swapped: first the scores, then the state.", ("return logits, state", "return state, logits")),
]:
    decode_step.mistake(sentence)(decode_step.changed(*changes))
