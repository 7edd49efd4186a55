"""Nets that answer at every step, made of one or more recurrent layers: what notebook 06 trains.

    net = Tagger([BothWays(bi_forward, bi_backward, 23, 64, rng=rng)], 5, rng=rng)     # the learner's functions, as a layer
    history = train(net, batches, steps=400, lr=0.01)                                  # batches of (X, y, mask)
    right = net.right(X, y, mask)                                                      # the share of right answers
"""

import numpy as np

from helpers.layers import Linear, softmax, softmax_cross_entropy
from helpers.training import fit, linear_decay
from helpers.training.gradients import numerical_gradient, relative_error
from helpers.training.optimisers import Adam
from helpers.training.parameters import collect_grads, collect_params


class OneWay:
    """A layer around the functions rnn_forward and bptt: forward(X) -> (states, None), backward(dH) -> (dX, None).

    OneWay(rnn_forward, bptt, D, H, rng=rng). params: Wx (D, H), Wh (H, H), b (H,), float64; width: H.
    """

    def __init__(self, rnn_forward, bptt, D, H, *, rng):
        self.functions, self.width = (rnn_forward, bptt), H
        self.params, self.grads = _weights(D, H, rng), {}

    def forward(self, X):
        h0, p = np.zeros((len(X), self.width)), self.params
        S = self.functions[0](X, h0, p["Wx"], p["Wh"], p["b"])
        self.cache = X, h0, S, p["Wx"], p["Wh"]
        return S, None

    def backward(self, dH):
        dX, _, self.grads = self.functions[1](dH, self.cache)
        return dX, None


class BothWays:
    """A layer around the functions bi_forward and bi_backward, as OneWay is; its states are (N, T, 2H).

    BothWays(bi_forward, bi_backward, D, H, rng=rng). params: "f.Wx" … and "b.Wx" …, float64; width: 2H.
    turn : function of the states that undoes itself, put behind them: an experiment with what is reversed.
    """

    def __init__(self, bi_forward, bi_backward, D, H, *, rng, turn=lambda S: S):
        self.functions, self.width, self.turn = (bi_forward, bi_backward), 2 * H, turn
        self.params = {f"{way}.{name}": p for way in "fb" for name, p in _weights(D, H, rng).items()}
        self.grads = {}

    def forward(self, X):
        pf, pb = ({name[2:]: p for name, p in self.params.items() if name[0] == way} for way in "fb")
        Y = self.functions[0](X, pf, pb)
        self.cache = X, Y, pf, pb
        return self.turn(Y), None

    def backward(self, dH):
        dX, *both = self.functions[1](self.turn(dH), self.cache)
        self.grads = {f"{way}.{name}": g for way, net in zip("fb", both, strict=True) for name, g in net.items()}
        return dX, None


class Tagger:
    """Recurrent layers, each reading the states of the one below, and a linear read-out at every step: scores (N, T, K).

    layers  a list of layers with forward(X) -> (states, …), backward(dH) -> (dX, …), params and grads
    """

    def __init__(self, layers, outputs, *, rng):
        self.layers = layers
        width, dtype = _width(layers[-1])
        self.out = Linear(width, outputs, rng=rng, dtype=dtype)
        self.parts = {f"layer {k}": layer for k, layer in enumerate(layers, start=1)} | {"out": self.out}
        self.params = collect_params(**self.parts)

    def states(self, X):
        """Return the states of the topmost layer (N, T, width)."""
        for layer in self.layers:
            X = layer.forward(X)[0]
        return X

    def forward(self, X):
        """Return the scores (N, T, K) of all answers at each step."""
        return self.out.forward(np.ascontiguousarray(self.states(X)))

    def loss_and_grads(self, X, y, mask):
        """Return the mean cross-entropy in nats where the mask is True, and the gradients of all params."""
        loss, d = softmax_cross_entropy(self.forward(X), y, mask)
        d = self.out.backward(d)
        for layer in reversed(self.layers):
            d = layer.backward(d)[0]
        return loss, collect_grads(**self.parts)

    def right(self, X, y, mask):
        """Return the share of right answers where the mask is True."""
        return np.mean((self.forward(X).argmax(axis=2) == y)[mask])

    def credit(self, X, y, asked):
        """Return (T, T): how long the gradient of the right answer's score at step t is for the input at step s, on average.

        asked (N, T): only the steps where it is True count.
        """
        N, T = X.shape[:2]
        S, found = self.states(X), np.zeros((T, T))
        for t in range(T):
            d = np.zeros_like(S)
            d[:, t] = self.out.params["W"].T[y[:, t]] * asked[:, t, None]
            for layer in reversed(self.layers):
                d = layer.backward(d)[0]
            found[t] = np.linalg.norm(d, axis=2).sum(axis=0) / max(asked[:, t].sum(), 1)
        return found


def tagger(kind, functions, D, H, K, seed, *, layers=1, **settings):
    """Return a Tagger of `layers` layers of a kind, OneWay or BothWays, around two functions; its weights follow from the seed.

    D inputs, H units (each way), K answers. settings : of the layers.
    """
    rng, widths, made = np.random.default_rng(seed), [D], []
    for _ in range(layers):
        made.append(kind(*functions, widths[-1], H, rng=rng, **settings))
        widths.append(made[-1].width)
    return Tagger(made, K, rng=rng)


def reverse_again(S):
    """Return the states S (N, T, 2H) with the second net's half in the order in which it reads: the forgotten reversal."""
    H = S.shape[2] // 2
    return np.concatenate([S[:, :, :H], S[:, ::-1, H:]], axis=2)


def random_net(rng, D, H):
    """Return the weights of a small net of D inputs and H units, and none of them 0: Wx (D, H), Wh (H, H), b (H,)."""
    sizes = {"Wx": (D, H), "Wh": (H, H), "b": H}
    return {name: 0.6 * rng.normal(size=size) for name, size in sizes.items()}


def one_answer_everywhere(net, pick, length):
    """Return the net of X (N, T, D) whose answer at each step is the one, pick(net(X), lengths), for rows of this length."""
    def f(X):
        answer = pick(net(X), np.full(len(X), length))
        return np.repeat(answer[:, None], X.shape[1], axis=1)
    return f


def train(net, batches, *, steps, lr, clip=5.0):
    """Train a net in place with Adam, its rate falling evenly to 0, and return it.

    Raises KeyboardInterrupt where it is stopped, so that a loop over several nets stops as well.
    """
    history = fit(net.loss_and_grads, net.params, batches, steps=steps, optimiser=Adam(lr), clip=clip, schedule=linear_decay,
                  progress=False)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt(history.reason)
    return net


def random_bits(rule, seed, N=32, T=12):
    """Yield batches of random bits X (N, T, 1) with the answers and the mask that rule(X) gives, without end."""
    rng = np.random.default_rng(100 + seed)
    while True:
        X = rng.integers(0, 2, (N, T, 1)).astype(float)
        yield X, *rule(X)


def every_sequence(T=12):
    """Return all 2**T sequences of T bits, (2**T, T, 1)."""
    return ((np.arange(2**T)[:, None] >> np.arange(T)) & 1)[..., None].astype(float)


def right_by_step(net, X, y, mask):
    """Return the share of right answers at each of the steps that count for all sequences."""
    return (net.forward(X).argmax(axis=2) == y).mean(axis=0)[mask.all(axis=0)]


def next_letter(ids, starts, T=30):
    """Return windows of text X (N, T, 27) one-hot, the next letters (N, T), and a mask that counts all."""
    w = ids[np.asarray(starts)[:, None] + np.arange(T + 1)]
    return np.eye(27)[w[:, :-1]], w[:, 1:], np.ones((len(w), T), bool)


def letter_batches(ids, seed, N=32, T=30):
    """Yield N windows of text at a time, at random places, without end, as next_letter returns them."""
    rng = np.random.default_rng(seed)
    while True:
        yield next_letter(ids, rng.integers(0, len(ids) - T - 1, N), T)


def bits_by_place(net, ids, T=30):
    """Return how many bits the right next letter costs at each place of the windows of T letters, (T,), on average."""
    X, y, _ = next_letter(ids, np.arange(0, len(ids) - T - 1, T), T)
    P = softmax(net.forward(X))
    return -np.log2(np.take_along_axis(P, y[..., None], axis=2))[..., 0].mean(axis=0)


def slope_errors(bi_forward, bi_backward, T=5, seed=1):
    """Return, for X and each parameter of both nets, how far bi_backward's gradient is from the slope, relative to it.

    A dict name -> number, for a random net with D = 3, H = 4, and the loss sum(G * Y) with random G.
    """
    rng = np.random.default_rng(seed)
    X, G = rng.normal(size=(2, T, 3)), rng.normal(size=(2, T, 8))
    pf, pb = ({name: 0.6 * rng.normal(size=p.shape) for name, p in _weights(3, 4, rng).items()} for _ in "fb")
    dX, grads_f, grads_b = bi_backward(G, (X, bi_forward(X, pf, pb), pf, pb))
    pairs = {"X": (X, dX)} | {f"{way}.{name}": (net[name], grads[name]) for way, net, grads in
                              (("f", pf, grads_f), ("b", pb, grads_b)) for name in net}
    return {name: relative_error(mine, numerical_gradient(lambda: np.sum(G * bi_forward(X, pf, pb)), p))
            for name, (p, mine) in pairs.items()}


def _weights(D, H, rng):
    Wx, Wh = rng.normal(size=(D, H)) * np.sqrt(2 / (D + H)), rng.normal(size=(H, H)) * np.sqrt(1 / H)
    return {"Wx": Wx, "Wh": Wh, "b": np.zeros(H)}


def _width(layer):
    found = [p for name, p in layer.params.items() if name.endswith("Wh")]
    return sum(map(len, found)), found[0].dtype
