"""Exercise 7.5: left alone, greedy decoding."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import Model


@exercise("7.5", title="Left alone: greedy decoding", returns={"tokens": "N S"}, hints=[
    "Nobody tells the decoder the right token any more. What does it hear instead? And what of a row that has said EOS while others have not?",
    "`logits.argmax(axis=1)` is each row's likeliest token; it is also what the next step hears. Where `ended` is True the row goes on saying EOS.",
    "`token = logits.argmax(axis=1)`, `token = np.where(ended, eos, token)`, `ended = ended | (token == eos)`.",
])
def greedy(step, state, bos, eos, max_len):
    """Let the decoder speak on its own, and take the likeliest token each time.

    step(token (N,), state) -> logits (N, K), state
    state: the encoder's, a tuple of arrays (N, H)
    -> tokens (N, max_len), whole numbers, without BOS; after a row's first EOS all is EOS.
    If the likeliest are 5, then 7, then eos = 2, then 6, and max_len = 4:
    tokens = [[5, 7, 2, 2]].
    """
    N = len(state[0])
    token, ended, tokens = np.full(N, bos), np.zeros(N, bool), []
    for _ in range(max_len):
        logits, state = step(token, state)       # TODO: hear the last token, score the next
        token = logits.argmax(axis=1)            # TODO: the likeliest token of each row
        token = np.where(ended, eos, token)      # TODO: a row that has ended only says EOS
        ended = ended | (token == eos)
        tokens.append(token)
    return np.stack(tokens, axis=1)


def _by_token_and_time(table, time, token, state):
    """One step of a model whose scores depend on the token and on how far the row is, which the state counts."""
    at = np.minimum(state[0][:, 0].round().astype(int), len(time) - 1)
    return table[token] + time[at], (state[0] + 1,)


def _by_script(rows, token, state, K=8):
    """One step of rows that say their tokens one after the other, as long as they hear their own words; else one that depends on what they hear."""
    at, row = state[0][:, 0].round().astype(int), state[0][:, 1].round().astype(int)
    said = np.where(at > 0, rows[row, np.maximum(np.minimum(at, rows.shape[1]) - 1, 0)], 1)
    logits = np.zeros((len(token), K))
    following = rows[row, np.minimum(at, rows.shape[1] - 1)]
    logits[np.arange(len(token)), np.where(token == said, following, (token + 2) % K)] = 2.0
    logits[np.arange(len(token)), 4] += 1.0
    return logits, (state[0] + [1, 0],)


def _script(*rows):
    state = np.stack([np.zeros(len(rows)), np.arange(len(rows))], axis=1)
    return Model(_by_script, np.array(rows)), (state,)


@greedy.cases
def _(rng):
    yield "one row that says 5 7 6, not yet EOS", (*_script([5, 7, 6]), 1, 2, 3)
    yield "one row that says 5 7 EOS, and would go on", (*_script([5, 7, 2, 6, 5]), 1, 2, 5)
    yield "two rows, one ends after 1 token", (*_script([6, 2, 7, 7, 5], [5, 5, 7, 2, 6]), 1, 2, 5)
    table, time = 2 * rng.normal(size=(7, 7)), rng.normal(size=(9, 7))
    time[:, 2] += 0.7
    yield "three rows of a random model", (Model(_by_token_and_time, table, time), (np.array([[0.0], [2.0], [5.0]]),), 1, 2, 6)
    rng = np.random.default_rng(0)
    table, time = 2 * rng.normal(size=(9, 9)), rng.normal(size=(12, 9))
    time[:, 0] += 2.5      # so that the rows end after 3, 5, 7 and 8 tokens, and one does not
    yield "five rows of another, bos = 7, eos = 0", (Model(_by_token_and_time, table, time), (np.arange(5.0)[:, None],), 7, 0, 8)
    yield "two rows, one says EOS at once", (*_script([2, 5, 6, 7], [7, 6, 5, 5]), 1, 2, 4)
    yield "a single token, three rows", (*_script([6, 7], [2, 5], [5, 2]), 1, 2, 1)
    table, time = 3 * rng.normal(size=(6, 6)), np.array([[1000.0], [-1000.0]] * 3)
    yield "scores near 1000, then near -1000", (Model(_by_token_and_time, table, time), (np.zeros((3, 1)) + [[0], [1], [2]],), 1, 2, 5)


@greedy.same
def _(step, state, bos, eos, max_len):
    N = len(state[0])
    tokens = np.full((N, max_len), eos)
    token, alive = np.full(N, bos), np.ones(N, bool)
    for t in range(max_len):
        logits, state = step(token, state)
        best = np.argmax(logits - np.logaddexp.reduce(logits, axis=1)[:, None], axis=1)
        tokens[alive, t] = best[alive]
        alive &= best != eos
        token = best
        if not alive.any():
            break
    return tokens


@greedy.same
def _(step, state, bos, eos, max_len):
    token = np.full(len(state[0]), bos)
    said = [token]
    for t in range(max_len):
        logits, state = step(said[-1], state)
        best = np.array([int(np.argmax(row)) for row in logits])
        said.append(np.where((said[-1] == eos) & (t > 0), eos, best))
    return np.array(said[1:]).T


LARGEST_SCORE = "You take the largest score itself, not the token that has it."
ONE_FOR_ALL = "You put one number, eos, in the place of all rows. Some rows have ended and others have not: choose row by row, `np.where` does that."
OVER = "After EOS you write {}. The rest of the row should be EOS{}."

greedy.mistakes_in("token", [
    ("You take the least likely token: `argmin` instead of `argmax`.", "logits.argmin(axis=1)"),
    ("Your argmax runs over the batch (axis 0): each row chooses among its own K tokens.", "logits.argmax(axis=0)"),
    (LARGEST_SCORE, "logits.max(axis=1)", "np.exp(logits).max(axis=1)"),
    ("Every row takes the first row's likeliest token: each has its own scores.", "np.full(N, logits[0].argmax())"),
    ("You take the second likeliest token: `argsort` is in rising order, so the likeliest stands last.", "logits.argsort(axis=1)[:, -2]"),
    ("Your result is one token for the whole batch: `logits.argmax()` without an axis looks for the largest number of the whole array. "
     "Each row has its own likeliest token: say along which axis.", "logits.argmax()"),
    ("The token that was heard is said again: the new one is the likeliest by the scores.", "token"),
    ("exp of a score of 1000 is infinite, and no number is left to choose by. No softmax is needed: the largest score has the largest probability.", "(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).argmax(axis=1)"),
])

greedy.mistakes_in("token__2", [
    ("You do not stop at EOS: a row that has said it goes on talking.", "token"),
    ("All rows stop as soon as one has said EOS: the others have not finished.", "np.where(ended.any(), eos, token)"),
    ("EOS is written only when ALL rows have ended: until then a row that is over goes on talking. Each row ends for itself.", "np.where(ended.all(), eos, token)"),
    ("The two branches are swapped: the rows that have NOT ended say EOS, and those that have go on.", "np.where(ended, token, eos)"),
    (OVER.format("0", " as well"), "np.where(ended, 0, token)"),
    (OVER.format("BOS", ""), "np.where(ended, bos, token)"),
    ("After EOS you write the number 2. The id of EOS is an argument, and another vocabulary has another.", "np.where(ended, 2, token)"),
    (ONE_FOR_ALL, "eos if ended.any() else token", "eos if ended else token"),
    ("Only the rows that go on are left in yours. All N rows stay: those that have ended say EOS.", "token[~ended]"),
])

greedy.mistake("The decoder hears BOS at every step: it has to hear the token that it has just said.", logits_state="step(np.full(N, bos), state)")

for sentence, *changes in [
    ("Every step starts from the encoder's state: the new state has to be carried on.", ("logits, state = ", "logits, _ = ")),
    ("The two results of `step` are swapped: it returns the scores first, then the state.", ("logits, state = ", "state, logits = ")),
    ("These are the scores of all K tokens. One token for each row is wanted, the number of the largest score: `argmax`.", ("logits.argmax(axis=1)", "logits")),
    ("You leave the loop when all rows have ended, and the result gets too narrow: it has max_len columns, filled up with EOS.", ("tokens.append(token)", "tokens.append(token)\n        if ended.all():\n            break")),
    ("Your result begins with BOS: that is what the decoder hears first, not what it says.", ("np.stack(tokens, axis=1)", "np.stack([np.full(N, bos), *tokens[:-1]], axis=1)")),
    ("The result is (S, N), time first: stack the tokens along axis 1.", ("np.stack(tokens, axis=1)", "np.stack(tokens)")),
    ("You return only the last token of each row. All of them are wanted.", ("np.stack(tokens, axis=1)", "token")),
    ("A row stops one step too late: after its EOS there is one more token.", ("    token, ended, tokens =", "    before = np.zeros(N, bool)\n    token, ended, tokens ="),
     ("np.where(ended, eos, token)", "np.where(before, eos, token)"), ("ended = ended | (token == eos)", "before = ended\n        ended = ended | (token == eos)")),
    ("The decoder hears each token one step late: BOS twice, and then what it said two steps ago. It has to hear what it has just said.",
     ("    token, ended, tokens = np.full(N, bos), ", "    heard = token = np.full(N, bos)\n    ended, tokens = "),
    ("step(token, state)",
     "step(heard, state)"), ("token = logits.argmax(axis=1)", "heard, token = token, logits.argmax(axis=1)")),
    ("EOS is taken out of your rows: it belongs to what the decoder says, it is how one knows that it has finished.",
     ("return np.stack(tokens, axis=1)",
      "tokens = np.stack(tokens, axis=1)\n    last = (tokens != eos).cumsum(axis=1).argmax(axis=1)\n"
      "    return np.where(tokens == eos, tokens[np.arange(N), last][:, None], tokens)")),
]:
    greedy.mistake(sentence)(greedy.changed(*changes))
