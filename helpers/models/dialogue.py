"""Nets that reply in a dialogue: from the last utterance, from the whole history in one string, or utterance by utterance.

    net = DialogueNet("hred", rng=rng)                        # HRED; latent=4 makes VHRED of it
    loss, grads = net.loss_and_grads(utterances, replies)     # a list of lists of texts, a list of texts
    net.reply(utterances)                                     # the likeliest words, one after the other
    net.reply(utterances, words="drawn", rng=rng)
"""

import numpy as np

from helpers.data.dialogues import END_OF_TURN, UNKNOWN, WORDS, in_words, padded
from helpers.data.vocabulary import BOS, EOS
from helpers.layers import GRU, Embedding, GaussianDraw, Linear, gaussian_kl, softmax_cross_entropy
from helpers.layers.checks import check_array, check_choice, check_number, check_rng, check_size
from helpers.layers.embedding import sum_rows
from helpers.training.parameters import collect_grads, collect_params

KINDS = ("last", "history", "hred")
BEGIN, END = WORDS.id(BOS), WORDS.id(EOS)


class DialogueNet:
    """A net that predicts the words of a reply, each from the context and the words before it:

        context  c = last state of the encoder over the last utterance ("last") or all of them in one string ("history");
                 "hred": an encoder for each utterance, and a second GRU over their last states
        latent   z = mu + sd · eps: while it trains from the posterior of (c, reply), in use from the prior of c
        decoder  a GRU that starts from tanh([c, z] @ W + b) and reads [word before, c, z] at each step

    The loss is the cross-entropy of a whole reply in nats, averaged over replies, plus weight · KL(posterior ‖ prior).

    embed, hidden   numbers of a word and of each state;  latent   numbers of z, 0 for none
    deaf            the decoder does not hear its own words: it reads <unk> in their place
    weight          of the KL, set by whoever trains (annealing)
    kl              your own function in the place of gaussian_kl: kl(mu, log_var, prior_mu, prior_log_var) -> the distances
                    (N,) and the gradients of all four (N, K), not averaged

    Sources: Sordoni et al. 2015 (HRED); Serban et al. 2017 (VHRED); Bowman et al. 2016 (the weight that rises).
    """

    def __init__(self, kind, *, rng, embed=12, hidden=32, latent=0, deaf=False, kl=None, dtype=np.float32):
        self.kind, self.deaf = check_choice("kind", kind, KINDS), bool(deaf)
        E, H, V = check_size("embed", embed), check_size("hidden", hidden), len(WORDS)
        self.latent = 0 if latent == 0 else check_size("latent", latent)
        self.dtype, self.hidden, self.weight, self.eps = np.dtype(dtype), H, 1.0, check_rng(rng)
        made = {"rng": rng, "dtype": dtype}
        D = H + self.latent
        self.layers = {"embed": Embedding(V, E, scale=1.0, **made), "encoder": GRU(E, H, **made)}
        if kind == "hred":
            self.layers["context"] = GRU(H, H, **made)
        if self.latent:
            self.layers["prior"] = Linear(H, 2 * self.latent, **made)
            self.layers["heard"] = Embedding(V, E, scale=1.0, **made)
            self.layers["listener"] = GRU(E, H, **made)
            self.layers["posterior"] = Linear(2 * H, 2 * self.latent, **made)
            self.draw = GaussianDraw()
        self.layers["start"] = Linear(D, H, **made)
        self.layers["words"] = Embedding(V, E, scale=1.0, **made)
        self.layers["decoder"] = GRU(E + D, H, **made)
        self.layers["out"] = Linear(H, V, **made)
        self.params = collect_params(**self.layers)
        self.ce = self.kl = 0.0
        self.own_kl, self.texts = kl, {}

    # ------------------------------------------------------------------------------------------------------- context

    def context(self, utterances):
        """Return the context (N, H) of N dialogues, each a list of texts.  Raises ValueError: there is no dialogue."""
        if not utterances or not all(utterances):
            raise ValueError("utterances should hold at least one dialogue, and each at least one text")
        if self.kind == "hred":
            most = max(map(len, utterances))
            h = self._read("embed", "encoder", [text for row in utterances for text in [*row, *[""] * (most - len(row))]])
            turns = np.array([len(row) for row in utterances])
            return self.layers["context"].forward(h.reshape(len(utterances), most, -1), lengths=turns)[1]
        texts = [row[-1] if self.kind == "last" else "".join(f"{u} {END_OF_TURN} " for u in row) for row in utterances]
        return self._read("embed", "encoder", texts)

    def _read(self, words, reader, texts):
        """Return the reader's last state (N, H) of each text. A text that comes several times is read once."""
        number = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        self.texts[reader] = which = np.array([number[text] for text in texts])
        ids, lengths = padded(list(number))
        return self.layers[reader].forward(self.layers[words].forward(ids), lengths=lengths)[1][which]

    def _read_backward(self, words, reader, dh):
        which = self.texts[reader]
        dstate = sum_rows(dh, which, which.max() + 1)
        self.layers[words].backward(self.layers[reader].backward(dstate=dstate)[0])

    def _context_backward(self, dc):
        if self.kind == "hred":
            dc = self.layers["context"].backward(dstate=dc)[0].reshape(-1, self.hidden)
        self._read_backward("embed", "encoder", dc)

    # -------------------------------------------------------------------------------------------------------- latent

    def prior(self, c):
        """Return mean and log variance (N, K) of z as the context alone expects it."""
        return np.split(self.layers["prior"].forward(c), 2, axis=1)

    def posterior(self, c, replies):
        """Return mean and log variance (N, K) of z for those who know the reply."""
        heard = self._read("heard", "listener", replies)
        return np.split(self.layers["posterior"].forward(np.concatenate([c, heard], axis=1)), 2, axis=1)

    def _kl(self, *given):
        """Return the KL and its gradients, averaged over the batch: from the layer, or from your own function."""
        if self.own_kl is None:
            return gaussian_kl(*given)
        found = self.own_kl(*given)
        if not isinstance(found, tuple) or len(found) != 5:
            raise ValueError("kl should return five things: the distances (N,) and the gradients of all four (N, K)")
        N, shape = given[0].shape[0], given[0].shape
        grads = [check_array("a gradient of your kl", d, shape).astype(self.dtype, copy=False) for d in found[1:]]
        return float(np.mean(found[0])), tuple(d / self.dtype.type(N) for d in grads)

    def _latent_backward(self, dz, kl_grads):
        """Return the context's gradient from z and from the KL."""
        weight = self.dtype.type(self.weight)
        dmu, dlog_var, dprior_mu, dprior_log_var = (weight * d for d in kl_grads)
        from_z = self.draw.backward(np.ascontiguousarray(dz))
        both = self.layers["posterior"].backward(np.concatenate([dmu + from_z[0], dlog_var + from_z[1]], axis=1))
        self._read_backward("heard", "listener", both[:, self.hidden :])
        return both[:, : self.hidden] + self.layers["prior"].backward(np.concatenate([dprior_mu, dprior_log_var], axis=1))

    # ------------------------------------------------------------------------------------------------------- decoder

    def _decode(self, heard, D, state=None):
        """Return scores (N, T, V), and the decoder's last state, for words heard (N, T) and [c, z] = D (N, …)."""
        if state is None:
            state = self.begun = np.tanh(self.layers["start"].forward(D))
        words = self.layers["words"].forward(heard)
        X = np.concatenate([words, np.repeat(D[:, None], heard.shape[1], axis=1)], axis=2)
        Y, state = self.layers["decoder"].forward(X, state)
        return self.layers["out"].forward(Y), state

    def _decode_backward(self, dscores):
        """Return the gradient of D (N, …)."""
        dX, dstate = self.layers["decoder"].backward(self.layers["out"].backward(dscores))
        E = self.layers["words"].params["W"].shape[1]
        self.layers["words"].backward(np.ascontiguousarray(dX[:, :, :E]))
        return dX[:, :, E:].sum(axis=1) + self.layers["start"].backward(dstate * (1 - self.begun**2))

    def _heard(self, words, first=False):
        """Return what the decoder hears of words (N, T): a deaf one only that the reply begins."""
        if not self.deaf:
            return words
        heard = np.full_like(words, WORDS.id(UNKNOWN))
        if first:
            heard[:, 0] = words[:, 0]
        return heard

    def loss(self, utterances, replies, eps=None):
        """Return the loss of replies (a list of texts); eps (N, K) are the draws of z, None draws them."""
        ids, lengths = padded(replies)
        N, T = ids.shape
        wanted = np.concatenate([ids, np.zeros((N, 1), ids.dtype)], axis=1)
        wanted[np.arange(N), lengths] = END
        heard = self._heard(np.concatenate([np.full((N, 1), BEGIN), ids], axis=1), first=True)
        c = D = self.context(utterances)
        self.kl, self.kl_grads = 0.0, None
        if self.latent:
            (mu, log_var), prior = self.posterior(c, replies), self.prior(c)
            if eps is None:
                eps = self.eps.normal(size=mu.shape).astype(self.dtype)
            D = np.concatenate([c, self.draw.forward(mu, log_var, eps)], axis=1)
            self.kl, self.kl_grads = self._kl(mu, log_var, *prior)
        counted = np.arange(T + 1) <= lengths[:, None]
        mean, dscores = softmax_cross_entropy(self._decode(heard, D)[0], wanted, counted)
        words = counted.sum() / N
        self.ce, self.dscores = mean * words, dscores * self.dtype.type(words)
        return float(self.ce + self.weight * self.kl)

    def loss_and_grads(self, utterances, replies, eps=None):
        """Return the loss and all gradients, a dict with the keys of params. ce and kl then hold the loss's two parts."""
        loss = self.loss(utterances, replies, eps)
        dD = self._decode_backward(self.dscores)
        dc = dD[:, : self.hidden]
        if self.latent:
            dc = dc + self._latent_backward(dD[:, self.hidden :], self.kl_grads)
        self._context_backward(np.ascontiguousarray(dc))
        return loss, collect_grads(**self.layers)

    # --------------------------------------------------------------------------------------------------------- reply

    def reply(self, utterances, *, words="likeliest", rng=None, z="drawn", longest=9):
        """Return a list of replies, as texts.

        words   "likeliest": at each step the word with the highest score; "drawn": a draw from their probabilities
        z       "drawn" from the prior, "mean" of the prior, or an array (N, K)
        rng     is needed wherever something is drawn

        Raises ValueError: another `words`, a draw without rng.
        """
        check_choice("words", words, ("likeliest", "drawn"))
        if words == "drawn" or (self.latent and isinstance(z, str) and z == "drawn"):
            check_rng(rng)
        D = self.context(utterances)
        if self.latent:
            D = np.concatenate([D, self._choose_z(D, z, rng)], axis=1)
        word, state, said = np.full(len(D), BEGIN), None, []
        check_number("longest", longest, low=1)
        for t in range(longest):
            scores, state = self._decode(self._heard(word[:, None], first=t == 0), D, state)
            scores = scores[:, 0]
            if words == "drawn":                                # the largest of scores + Gumbel noise is a fair draw
                scores = scores - np.log(-np.log(rng.random(scores.shape)))
            word = scores.argmax(axis=1)
            said.append(word)
        return in_words(np.stack(said, axis=1))

    def _choose_z(self, c, z, rng):
        if not isinstance(z, str):
            return np.asarray(z, self.dtype)
        check_choice("z", z, ("drawn", "mean"))
        mu, log_var = self.prior(c)
        eps = rng.normal(size=mu.shape) if z == "drawn" else 0 * mu
        return mu + np.exp(log_var / 2) * eps.astype(self.dtype)
