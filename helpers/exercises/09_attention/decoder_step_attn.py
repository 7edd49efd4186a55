"""Exercise 9.5: a decoder's step with attention."""

import numpy as np

from helpers.checking.authoring import exercise

from .attend import attend


@exercise("9.5", title="A decoder's step with attention", returns={"y": "N H", "s": "N H", "A": "N T/key"}, hints=[
    "What does the decoder know before it looks at the source: the old state, or the new one?",
    "Three lines, in this order: the cell moves the state on; the NEW state asks the encoder's states, which are keys and values at once; context and new state, side by side in this order, pass through W, b and tanh.",
    "`cell(x, s)`; `attend(s, K, K, mask, False)`; `np.tanh(np.concatenate([context, s], axis=1) @ W + b)`.",
])
def decoder_step_attn(x, s, K, mask, cell, W, b):
    """Take a step of a decoder that looks at the source (Luong: first move on, then look).

    x (N, D) the last token's vector, s (N, H) the decoder's state, K (N, T, H) the
    encoder's states, keys and values at once, mask (N, T); cell(x, s) returns the next
    state (N, H); W (2H, H), b (H,).
    -> y (N, H) what the next token is read from, the new state s (N, H), weights A (N, T).
    The scores are not scaled. With a single key A is 1 and y = tanh([K[:, 0] | s] @ W + b).
    """
    s = cell(x, s)                                             # TODO: the state moves on
    context, A = attend(s, K, K, mask, False)                  # TODO: what it finds in the source
    y = np.tanh(np.concatenate([context, s], axis=1) @ W + b)  # TODO: [context | state], mixed
    return y, s, A


def _cell(x, s):
    """A cell for the cases: each unit hears the token, less and less of it, its neighbour and itself."""
    heard = x.sum(axis=1, keepdims=True) / np.arange(1, s.shape[1] + 1)
    return np.tanh(heard + 0.7 * np.roll(s, 1, axis=1) - 0.4 * s)


@decoder_step_attn.cases
def _(rng):
    def draw(N, T, D, H, p=1.0, size=1.0):
        mask = rng.random((N, T)) < p
        mask[:, 0] = True
        return (rng.normal(size=(N, D)), rng.normal(size=(N, H)), size * rng.normal(size=(N, T, H)), mask, _cell,
                rng.normal(size=(2 * H, H)), rng.normal(size=H))

    yield "one unit, a single key", draw(1, 1, 1, 1)
    yield "two units, three keys", draw(1, 3, 2, 2)
    yield "padding in the source", draw(3, 4, 2, 2, 0.6)
    yield "all sizes different", draw(2, 5, 4, 3, 0.8)
    yield "two sentences, D = H = 3", draw(2, 4, 3, 3, 0.8)
    yield "scores in the thousands", draw(2, 4, 3, 2, 0.8, 2000.0)


@decoder_step_attn.same
def _(x, s, K, mask, cell, W, b):
    new = cell(x, s)
    H = new.shape[1]
    scores = np.where(mask, np.einsum("nth,nh->nt", K, new), -np.inf)
    A = np.exp(scores - scores.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    return np.tanh((A[:, :, None] * K).sum(axis=1) @ W[:H] + new @ W[H:] + b), new, A


# the state
decoder_step_attn.mistakes_in("s", [
    ("You use the old state throughout: the cell is never called.", "s"),
    ("The cell is called twice in one step: call it once and use its result three times.", "cell(x, cell(x, s))"),
    ("The cell's arguments are exchanged: the token's vector comes first, then the state.", "cell(s, x)"),
    ("The cell gets zeros for its state, so all that was written so far is forgotten: it moves on from s.", "cell(x, np.zeros_like(s))"),
])

# what it looks for
decoder_step_attn.mistakes_in("context_A", [
    ("The mask is not handed on: the decoder looks at padding.", "attend(s, K, K, np.ones_like(mask), False)"),
    ("Your scores are divided by √H. This decoder's are not scaled.", "attend(s, K, K, mask, True)"),
    ("You ask with the encoder's last state. The query has to be the decoder's state, which changes from step to step.", "attend(K[:, -1], K, K, mask, False)"),
    ("You take `attend`'s results in the wrong order: it returns the context first, then the weights.", "attend(s, K, K, mask, False)[::-1]"),
    ("Your mask is reversed: True means that a place may be looked at, and you look only at padding.", "attend(s, K, K, ~mask, False)"),
    ("You ask with the last token's vector. The query is the decoder's state, which knows all tokens so far.", "attend(x, K, K, mask, False)"),
    ("The state moves twice before it asks: it had moved on in the line above.", "attend(cell(x, s), K, K, mask, False)"),
    ("You set the padding's states to 0 and look everywhere. A zero has the score 0, and e⁰ = 1 is a weight: the mask has to reach the softmax.", "attend(s, K * mask[:, :, None], K * mask[:, :, None], np.ones_like(mask), False)"),
])

# the mix
MIX = "np.concatenate([context, s], axis=1) @ W"
decoder_step_attn.mistakes_in("y", [
    ("Context and state are joined in the wrong order: the first H rows of W belong to the context.", "np.tanh(np.concatenate([s, context], axis=1) @ W + b)"),
    ("The tanh over the mix is missing.", f"{MIX} + b"),
    ("The bias b is missing in the mix.", f"np.tanh({MIX})"),
    ("The tanh and the bias b are missing in the mix.", MIX),
    ("The context is joined with itself: the decoder's own state belongs beside it.", "np.tanh(np.concatenate([context, context], axis=1) @ W + b)"),
    ("The state is joined with itself: what was looked up, the context, is not used.", "np.tanh(np.concatenate([s, s], axis=1) @ W + b)"),
    ("You return the context where y is asked for: y also knows the decoder's state.", "context"),
    ("You join the token's vector to the context. The decoder's new state belongs beside it.", "np.tanh(np.concatenate([context, x], axis=1) @ W + b)"),
    ("The bias is added after the tanh. It belongs inside, so that y stays between -1 and 1.", f"np.tanh({MIX}) + b"),
    ("You squash with a sigmoid: y could not be negative. The equation has tanh.", f"1 / (1 + np.exp(-({MIX} + b)))"),
    ("Only the context goes into y: the decoder's state, the second half of the mix, is missing.", "np.tanh(context @ W[: s.shape[1]] + b)"),
    ("Only the state goes into y: what was looked up, the first half of the mix, is missing.", "np.tanh(s @ W[s.shape[1] :] + b)"),
    ("Both use the first H rows of W. Those belong to the context; the state has the other H rows, `W[H:]`.", "np.tanh(context @ W[: s.shape[1]] + s @ W[: s.shape[1]] + b)"),
    ("Both use the last H rows of W. Those belong to the state; the context has the first H rows, `W[:H]`.", "np.tanh(context @ W[s.shape[1] :] + s @ W[s.shape[1] :] + b)"),
    ("You squash context and state before they are mixed. One tanh, over the whole mix, is enough.", "np.tanh(np.tanh(np.concatenate([context, s], axis=1)) @ W + b)"),
    ("Your context is the plain mean of the encoder's states, whatever was asked. The weights decide how much each counts.", "np.tanh(np.concatenate([K.mean(axis=1), s], axis=1) @ W + b)"),
    ("Your context is the encoder's last state: that is the bottleneck again. It is the average that `attend` returns.", "np.tanh(np.concatenate([K[:, -1], s], axis=1) @ W + b)"),
    ("You join context and state one below the other, (2N, H), which does not fit the 2H rows of W. They belong side by side, (N, 2H): join them along axis 1.", "np.tanh(np.concatenate([context, s]) @ W + b)", "np.tanh(np.concatenate([context, s], axis=0) @ W + b)", "np.tanh(np.concatenate((context, s)) @ W + b)", "np.tanh(np.vstack([context, s]) @ W + b)", "np.tanh(np.concatenate([s, context]) @ W + b)"),
    ("W has 2H rows, and neither context nor state fits it alone. Join both side by side, (N, 2H), or give each its own half of W: the context the first H rows.", "np.tanh(context @ W + s @ W + b)", "np.tanh((context + s) @ W + b)", "np.tanh(context @ W + b)", "np.tanh(s @ W + b)"),
])

# the lines in another order, or another return

for sentence, *changes in [
    ("You look with the old state. It does not know the last token yet; here the state moves on first, and the new one asks. Bahdanau's decoder asks with the old one, but then feeds the context to the cell.",
     ("s = cell(x, s)", "old, s = s, cell(x, s)"), ("attend(s,", "attend(old,")),
    ("The old state asks and is joined to the context, and the new one is only returned: here the state moves on first.",
     ("s = cell(x, s)", "new = cell(x, s)"), ("return y, s", "return y, new")),
    ("You ask with the new state and then join the OLD one to the context: one step uses one state.",
     ("s = cell(x, s)", "new = cell(x, s)"), ("attend(s,", "attend(new,"), ("return y, s", "return y, new")),
    ("You hand back the old state: the decoder would stand still.",
     ("s = cell(x, s)", "old, s = s, cell(x, s)"), ("return y, s", "return y, old")),
    ("You hand y on as the state. y is what the token is read from; the cell goes on with its own state.",
     ("return y, s", "return y, y")),
    ("Right numbers in the wrong order: y, then the new state, then the weights.",
     ("return y, s, A", "return s, y, A")),
    ("Right numbers in the wrong order: y, then the new state, then the weights.",
     ("return y, s, A", "return y, A, s")),
]:
    decoder_step_attn.mistake(sentence)(decoder_step_attn.changed(*changes))
