"""A small causal Transformer, which predicts the next letter at every place.

    net = Transformer(26, rng=rng)                                 # 2 blocks, attention only
    ids, known = induction(32, 33, rng)
    history = train_on(net, batches, steps=300, lr=0.01)           # batches of (ids, known)
    net.forward(ids), net.maps, net.accuracy(ids, known), net.generate(ids[:1, :5], 20)
"""

import numpy as np

from helpers.layers import (
    Embedding,
    FeedForward,
    LayerNorm,
    MultiHeadAttention,
    normal,
    sines,
    softmax_cross_entropy,
)
from helpers.layers.checks import check_array, check_choice, check_ids, check_mask, check_size, was_forward_run
from helpers.layers.positions import check_even
from helpers.models.own_parts import OwnLayerNorm, OwnMultiHead, check_parts
from helpers.training.parameters import collect_grads, collect_params

POSITIONS = ("rotary", "sines", "learnt")


class Transformer:
    """A net that returns the scores of the next token after each token:

        X = embed[ids] (+ positions)
        X = X + attention(norm(X)),  X = X + mlp(norm(X))          in each block
        logits = norm(X) @ W

    vocabulary V, width D, heads, blocks
    positions   "rotary" (in every attention), "sines" or "learnt" (added to X once), None
    mlp         how many times wider than D the hidden layer of the mlp is; 0 leaves the mlp out
    norm, shortcut, scaled   False leaves out every layer norm, every "X +", the 1/√d
    longest     the longest sequence that learnt positions know
    parts       your own functions instead of a layer's code, see helpers.models.own_parts

    params and grads: embed.W (V, D), positions.W (longest, D) if learnt, then for each block block1.norm.g, block1.norm.b,
    block1.attention.Wqkv, block1.attention.Wo, block1.mlp_norm.g, …, block1.mlp.W1, …; norm.g, norm.b; out.W (D, V).

    The first weights: matrices N(0, 1/fan_in) (before a ReLU 2/fan_in); those that write into X are divided by √(2·blocks),
    so that X does not grow with the depth; embeddings N(0, 0.5²); out.W N(0, 0.5²/D).

    Sources: Vaswani et al., Attention Is All You Need, 2017; the norm before each part, and not after it: Xiong et al., On
    Layer Normalization in the Transformer Architecture, 2020.
    """

    def __init__(
        self, vocabulary, width=32, heads=1, blocks=2, positions="rotary", *, rng,
        mlp=0, norm=True, shortcut=True, scaled=True, longest=64, dtype=np.float32, parts=None,
    ):
        V, D, count = check_size("vocabulary", vocabulary), check_size("width", width), check_size("blocks", blocks)
        if positions is not None:
            check_choice("positions", positions, POSITIONS)
        if positions == "sines":
            check_even("width", D)
        if mlp != 0:
            check_size("mlp", mlp)
        parts = check_parts(parts, scaled)
        self.positions, self.longest = positions, check_size("longest", longest)
        self.embed = Embedding(V, D, rng=rng, scale=0.5, dtype=dtype)
        self.places = Embedding(self.longest, D, rng=rng, scale=0.5, dtype=dtype) if positions == "learnt" else None
        self.layers, self.blocks = {"embed": self.embed}, []
        if self.places:
            self.layers["positions"] = self.places
        rotary = "rotary" if positions == "rotary" else None
        for k in range(1, count + 1):
            attention = MultiHeadAttention(D, heads, rng=rng, positions=rotary, scaled=scaled, dtype=dtype)
            sublayers = [("norm", "attention", attention, "Wo")]
            if mlp:
                sublayers.append(("mlp_norm", "mlp", FeedForward(D, mlp * D, rng=rng, dtype=dtype), "W2"))
            for norm_name, name, layer, last in sublayers:
                if shortcut:
                    layer.params[last] /= np.sqrt(2 * count, dtype=layer.params[last].dtype)
                before = _norm(D, dtype, parts) if norm else None
                if norm:
                    self.layers[f"block{k}.{norm_name}"] = before
                if name == "attention" and "multi_head" in parts:
                    layer = OwnMultiHead(layer, parts["multi_head"], parts.get("multi_head_backward"))
                self.layers[f"block{k}.{name}"] = layer
                self.blocks.append(Sublayer(layer, before, shortcut))
        self.norm = _norm(D, dtype, parts) if norm else None
        if norm:
            self.layers["norm"] = self.norm
        self.params = collect_params(**self.layers)
        self.params["out.W"] = normal((D, V), rng=rng, scale=0.5 / np.sqrt(D), dtype=dtype)
        self.grads, self.maps, self.cache, self.dlogits = {}, [], None, None

    def forward(self, ids):
        """Return the scores (N, T, V) of the next token after each of the tokens ids (N, T).

        maps then holds each block's weights (N, heads, T, T).
        Raises ValueError: ids are not whole numbers (N, T) in the vocabulary, more than `longest` of learnt positions.
        """
        check_ids("ids", ids, len(self.params["embed.W"]), ("N", "T"))
        X = self._enter(ids)
        self.maps = []
        for sublayer in self.blocks:
            X = sublayer.forward(X)
            if sublayer.weights is not None:
                self.maps.append(sublayer.weights)
        if self.norm:
            X = self.norm.forward(X)
        self.cache, self.dlogits = X, None
        return X @ self.params["out.W"]

    def loss(self, ids, counted=None):
        """Return the mean cross-entropy in nats of predicting each token of ids (N, T) from those before it.

        counted (N, T)   True where the token ids[n, t] counts; None counts all. The first one never does: nothing is
                         before it. The net reads ids[:, :-1]: T = 33 letters are 32 predictions.
        Raises ValueError: ids as in forward, T below 2, counted is not bool, of another shape, or counts no token.
        """
        check_ids("ids", ids, len(self.params["embed.W"]), ("N", "T"))
        if ids.shape[1] < 2:
            raise ValueError("ids has one token a row: there is no next one to predict")
        mask = None if counted is None else check_mask("counted", counted, ids.shape)[:, 1:]
        loss, self.dlogits = softmax_cross_entropy(self.forward(ids[:, :-1]), ids[:, 1:], mask)
        return loss

    def backward(self, dlogits=None):
        """Return dX (N, T, D), the gradient of what goes into the first block, and put those of all params into grads.

        dlogits (N, T, V) is the gradient of the last forward's scores; None is that of the last loss.
        Raises ValueError: neither forward nor loss has run, or dlogits does not have the scores' shape.
        """
        X, W = was_forward_run(self.cache), self.params["out.W"]
        dlogits = self.dlogits if dlogits is None else dlogits
        if dlogits is None:
            raise ValueError("there is no loss to go back from: run loss(ids, counted) first, or give dlogits")
        check_array("dlogits", dlogits, (*X.shape[:2], W.shape[1]), W.dtype)
        flat = dlogits.reshape(-1, W.shape[1])
        dW, dX = X.reshape(-1, len(W)).T @ flat, (flat @ W.T).reshape(X.shape)
        if self.norm:
            dX = self.norm.backward(dX)
        for sublayer in reversed(self.blocks):
            dX = sublayer.backward(dX)
        if self.places:
            self.places.backward(dX.sum(axis=0))
        self.embed.backward(dX)
        self.grads = collect_grads(**self.layers) | {"out.W": dW}
        return dX

    def loss_and_grads(self, ids, counted=None):
        """Return loss(ids, counted) and the gradients of all params."""
        loss = self.loss(ids, counted)
        self.backward()
        return loss, self.grads

    def accuracy(self, ids, counted=None):
        """Return the share of the tokens that count (see loss) to which the net gives the highest score."""
        mask = np.ones(ids.shape, bool) if counted is None else check_mask("counted", counted, ids.shape)
        if not mask[:, 1:].any():
            raise ValueError("counted is False everywhere after the first token: there is nothing to score")
        right = self.forward(ids[:, :-1]).argmax(axis=-1) == ids[:, 1:]
        return float(right[mask[:, 1:]].mean())

    def generate(self, ids, steps, *, cache=True):
        """Return ids (N, T + steps): the tokens ids (N, T), written on with the most likely next one, step by step.

        cache   True keeps the keys and values of what was read, and computes the new place alone; False reads everything
                again for each token.
        Raises ValueError: ids as in forward, steps below 1, more than `longest` tokens for learnt positions.
        """
        check_ids("ids", ids, len(self.params["embed.W"]), ("N", "T"))
        N, T = ids.shape
        end = T + check_size("steps", steps)
        self._check_length(end - 1)
        found = np.concatenate([ids, np.zeros((N, end - T), ids.dtype)], axis=1)
        past = self.room(N, end) if cache else None
        for t in range(0 if cache else T - 1, end - 1):
            logits = self.step(found[:, t], past, t) if cache else self.forward(found[:, : t + 1])[:, -1]
            if t + 1 >= T:
                found[:, t + 1] = logits.argmax(axis=-1)
        self.cache = None
        return found

    def room(self, N, longest):
        """Return room for the keys and values of `longest` places: for each block a pair K, V (N, heads, longest, d)."""
        return [s.layer.room(N, longest) for s in self.blocks if s.is_attention]

    def step(self, tokens, past, t):
        """Return the scores (N, V) after the tokens (N,) at place t; past = room(N, longest) holds the places before.

        Steps from t = 0 on give what forward gives. The course's own attention does them, also where parts has another.
        Raises ValueError: tokens are not (N,) of the vocabulary, t is not a place in past or of learnt positions.
        """
        check_ids("tokens", tokens, len(self.params["embed.W"]), ("N",))
        X, past = self._enter(tokens[:, None], first=t), iter(past)
        for sublayer in self.blocks:
            X = sublayer.step(X, *next(past), t) if sublayer.is_attention else sublayer.forward(X)
        self.cache = None                                      # what backward would need is gone
        return (self.norm.forward(X) if self.norm else X)[:, 0] @ self.params["out.W"]

    def _enter(self, ids, first=0):
        """Return what goes into the first block, (N, T, D), for ids (N, T) at the places from `first` on."""
        X, end = self.embed.forward(ids), first + ids.shape[1]
        self._check_length(end)
        if self.places:
            X += self.places.forward(np.arange(first, end))
        elif self.positions == "sines":
            X += sines(end, X.shape[2], dtype=X.dtype)[first:]
        return X

    def _check_length(self, T):
        if self.places and T > self.longest:
            raise ValueError(f"{T} tokens are to be read, but learnt positions end at longest = {self.longest}")


class Sublayer:
    """X + layer(norm(X)): a layer with the norm before it (or None) and the shortcut around both (or not)."""

    def __init__(self, layer, norm, shortcut):
        self.layer, self.norm, self.shortcut, self.weights = layer, norm, shortcut, None
        self.is_attention = hasattr(layer, "room")

    def forward(self, X):
        """Return X (N, T, D) after this sublayer; an attention's weights are then in `weights`."""
        Y = self.layer.forward(self.norm.forward(X) if self.norm else X)
        if self.is_attention:
            Y, self.weights = Y
        return X + Y if self.shortcut else Y

    def backward(self, dY):
        """Return dX for dY: what comes through layer and norm, and dY itself through the shortcut."""
        dX = self.layer.backward(dY)
        if self.norm:
            dX = self.norm.backward(dX)
        return dX + dY if self.shortcut else dX

    def step(self, X, K, V, t):
        """Return X (N, 1, D) after an attention at place t alone; K and V hold the places before."""
        Y = self.layer.step((self.norm.forward(X) if self.norm else X)[:, 0], K, V, t)[:, None]
        return X + Y if self.shortcut else Y


def _norm(D, dtype, parts):
    layer = LayerNorm(D, dtype=dtype)
    if "layer_norm" not in parts:
        return layer
    return OwnLayerNorm(layer, parts["layer_norm"], parts.get("layer_norm_backward"))
