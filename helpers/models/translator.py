"""An encoder and a decoder, with or without attention between them: the net of the notebooks 07 and 09."""

import numpy as np

from helpers.layers import GRU, AdditiveAttention, Bidirectional, DotAttention, Embedding, Linear
from helpers.layers.checks import check_choice, check_ids, check_mask, check_size
from helpers.layers.losses import softmax_cross_entropy
from helpers.layers.sequences import lengths_from_mask
from helpers.training.parameters import collect_grads, collect_params

ATTENTION = ("none", "dot", "scaled", "additive")


class Translator:
    """A net that returns scores (N, S, K) of the next target token, from a source (N, T) and the target so far (N, S).

        K, s_0 = encoder(source)               all states (N, T, H), and the last one
        s_t    = GRU(target so far, s_0)       [token | s_0] at each step, where peeky
        c      = attention(s, K)               (N, S, H)
        y      = tanh([c | s] @ W + b)         with attention; y = s without
        scores = y @ W + b

    Translator(V, K, embedding=16, hidden=64, rng=rng, attention="dot", bidirectional=True)

    V, K           sizes of the two vocabularies
    attention      "none": all that the decoder gets is s_0; or "dot", "scaled", "additive"
    bidirectional  the encoder reads both ways, with half of the hidden units each
    peeky          the decoder sees s_0 at each step, not only before the first one

    params and grads: those of the layers, named "encoder.Wx", "decoder.Wh", … All sequences are padded at their end, with
    a mask (N, T) that is True where a token is.

    Sources: Cho et al., Learning Phrase Representations using RNN Encoder–Decoder, 2014 (peeky); Sutskever, Vinyals & Le,
    Sequence to Sequence Learning with Neural Networks, 2014; Luong, Pham & Manning, Effective Approaches to
    Attention-based Neural Machine Translation, 2015 (attention after the decoder's step); Bahdanau, Cho & Bengio, 2015
    (additive scores, bidirectional encoder).
    """

    def __init__(
        self, source_vocabulary, target_vocabulary, *, embedding, hidden, rng,
        attention="none", bidirectional=False, peeky=False, dtype=np.float32,
    ):
        E, H = check_size("embedding", embedding), check_size("hidden", hidden)
        check_choice("attention", attention, ATTENTION)
        if bidirectional and H % 2:
            raise ValueError(f"hidden is {H}: both directions get half of it, so it must be even")
        made = {"rng": rng, "dtype": dtype}
        encoder = Bidirectional(GRU(E, H // 2, **made), GRU(E, H // 2, **made)) if bidirectional else GRU(E, H, **made)
        self.bidirectional, self.peeky = bidirectional, peeky
        self.layers = {
            "embed_source": Embedding(source_vocabulary, E, **made),
            "encoder": encoder,
            "embed_target": Embedding(target_vocabulary, E, **made),
            "decoder": GRU(E + H * peeky, H, **made),
        }
        if attention != "none":
            dot = attention != "additive"
            self.layers["attention"] = (
                DotAttention(scaled=attention == "scaled") if dot else AdditiveAttention(H, H, H // 2, **made)
            )
            self.layers["combine"] = Linear(2 * H, H, **made)
        self.layers["out"] = Linear(H, target_vocabulary, **made)
        self.params = collect_params(**self.layers)
        self.cache = None

    def forward(self, source, source_mask, so_far):
        """Return the scores (N, S, K) of the token after each of `so_far` (N, S), and the weights A (N, S, T) or None.

        Raises ValueError: ids outside the vocabularies, a mask that does not fit or has padding before a token.
        """
        state, memory = self.encode(source, source_mask)
        first = state
        scores, _, A, y = self._decode(so_far, state, memory)
        self.cache = y, first, so_far.shape[1]
        return scores, A

    def loss_and_grads(self, source, source_mask, so_far, wanted, mask):
        """Return the mean cross-entropy in nats of the tokens `wanted` (N, S) where mask (N, S) is True, and all gradients.

        The decoder is told the right tokens so far (teacher forcing).
        """
        scores, _ = self.forward(source, source_mask, so_far)
        loss, dscores = softmax_cross_entropy(scores, wanted, mask)
        return loss, self.backward(dscores)

    def backward(self, dscores):
        """Return the gradients of all params, for dscores (N, S, K)."""
        y, first, S = self.cache
        layers, H = self.layers, first.shape[1]
        ds = layers["out"].backward(dscores)                            # (N, S, H)
        dK = None
        if "attention" in layers:
            dcs = layers["combine"].backward(ds * (1 - y * y))          # (N, S, 2H): contexts, states
            ds, keys, values = layers["attention"].backward(np.ascontiguousarray(dcs[..., :H]))
            ds += dcs[..., H:]
            dK = keys + values                                          # the encoder's states are both
        dx, dstate = layers["decoder"].backward(ds)
        if self.peeky:
            dx, dpeek = dx[..., :-H], dx[..., -H:]
            dstate = dstate + dpeek.sum(axis=1)
        layers["embed_target"].backward(np.ascontiguousarray(dx))
        pair = (dstate[:, : H // 2], dstate[:, H // 2 :]) if self.bidirectional else dstate
        dx, _ = layers["encoder"].backward(dK, pair)
        layers["embed_source"].backward(dx)
        return collect_grads(**{name: layer for name, layer in layers.items() if layer.params})

    def encode(self, source, source_mask):
        """Return what the decoder starts from (N, H), and what its steps may look at: (states (N, T, H), mask, s_0)."""
        check_ids("source", source, self._size("embed_source"))
        check_mask("source_mask", source_mask, source.shape)
        K, last = self.layers["encoder"].forward(
            self.layers["embed_source"].forward(source), lengths=lengths_from_mask(source_mask)
        )
        state = np.concatenate(last, axis=1) if self.bidirectional else last
        return state, (K, source_mask, state)

    def step(self, tokens, state, memory):
        """Return log p (N, K) of the next token, the new state (N, H) and the weights A (N, T) or None.

        tokens (N,) are the last ones of the target so far; state and memory come from `encode`, then state from here.
        """
        scores, state, A, _ = self._decode(np.asarray(tokens)[:, None], state, memory)
        scores = scores[:, 0] - scores[:, 0].max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), state, None if A is None else A[:, 0]

    def greedy(self, source, source_mask, *, bos, eos, max_len):
        """Return the tokens (N, S) that follow when the likeliest is taken at each step, and the weights (N, S, T) or None.

        Everything behind a row's first eos is eos as well; S is max_len, or less where all rows have ended.
        """
        state, memory = self.encode(source, source_mask)
        token, ended = np.full(len(source), bos), np.zeros(len(source), bool)
        tokens, weights = [], []
        for _ in range(check_size("max_len", max_len)):
            log_p, state, A = self.step(token, state, memory)
            token = np.where(ended, eos, log_p.argmax(axis=1))
            ended |= token == eos
            tokens.append(token)
            weights.append(A)
            if ended.all():
                break
        return np.stack(tokens, axis=1), None if weights[0] is None else np.stack(weights, axis=1)

    def _decode(self, so_far, state, memory):
        """Return scores (N, S, K), the last state (N, H), the weights (N, S, T) or None, and y (N, S, H)."""
        layers, (K, source_mask, first) = self.layers, memory
        x = layers["embed_target"].forward(so_far)
        if self.peeky:
            x = np.concatenate([x, np.repeat(first[:, None], so_far.shape[1], axis=1)], axis=2)
        y, state = layers["decoder"].forward(x, state)
        A = None
        if "attention" in layers:
            C, A = layers["attention"].forward(y, K, mask=source_mask)
            y = np.tanh(layers["combine"].forward(np.concatenate([C, y], axis=2)))
        return layers["out"].forward(y), state, A, y

    def _size(self, name):
        return len(self.layers[name].params["W"])


def pair_arrays(pairs, source_vocabulary, target_vocabulary):
    """Return source, source_mask, so_far, wanted, mask for pairs of sequences: what `loss_and_grads` takes.

    so_far is BOS and the target, wanted is the target and EOS, both (N, S). The target vocabulary needs PAD, BOS and EOS,
    the source vocabulary PAD.
    """
    source, source_mask = source_vocabulary.batch([source for source, _ in pairs])
    so_far, _ = target_vocabulary.batch([target for _, target in pairs], bos=True)
    wanted, mask = target_vocabulary.batch([target for _, target in pairs], eos=True)
    return source, source_mask, so_far, wanted, mask


def trimmed(batches):
    """Yield each batch of `pair_arrays` without the columns that are padding in all of its rows."""
    for source, source_mask, so_far, wanted, mask in batches:
        T, S = source_mask.sum(axis=1).max(), mask.sum(axis=1).max()
        yield source[:, :T], source_mask[:, :T], so_far[:, :S], wanted[:, :S], mask[:, :S]
