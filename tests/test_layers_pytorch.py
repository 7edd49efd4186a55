"""The same weights and input in PyTorch give the same outputs and gradients. PyTorch is optional."""

import numpy as np
import pytest

from helpers.layers import (
    GRU,
    LSTM,
    RNN,
    AdditiveAttention,
    Bidirectional,
    DotAttention,
    Embedding,
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from helpers.training.optimisers import SGD, Adam, clip_by_global_norm

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed, so nothing was compared with it: pip install torch==2.13.0"
)

N, T, D, H = 4, 7, 5, 6
LENGTHS = np.array([7, 3, 1, 5])
DTYPES = [(np.float64, 1e-10), (np.float32, 1e-4)]
both_dtypes = pytest.mark.parametrize(("dtype", "tolerance"), DTYPES, ids=["float64", "float32"])


def assert_same(ours, theirs, tolerance):
    """The largest difference is below tolerance, on the scale of the largest number (of 1, where all are small)."""
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    assert np.abs(ours - theirs).max() <= tolerance * max(1, np.abs(theirs).max())


def tensor(x):
    return torch.tensor(x, requires_grad=np.issubdtype(x.dtype, np.floating))


def theirs_of(W, blocks, order):
    """Return our weights (D, k·H) as PyTorch has them, (k·H, D), with the blocks in PyTorch's order."""
    return np.concatenate([np.split(W, blocks, axis=-1)[k] for k in order], axis=-1).T.copy()


def ours_of(W, blocks, order):
    """Return PyTorch's gradient (k·H, D) in our layout."""
    back = np.argsort(order)
    return np.concatenate([np.split(W.numpy(), blocks, axis=0)[k] for k in back], axis=0).T


# our blocks, in the order in which PyTorch has them: LSTM i, f, g, o; GRU r, z, n
CELLS = {
    "RNN": (RNN, "RNN", 1, [0], {}),
    "RNN relu": (RNN, "RNN", 1, [0], {"activation": "relu"}),
    "LSTM": (LSTM, "LSTM", 4, [0, 1, 3, 2], {}),
    "GRU": (GRU, "GRU", 3, [1, 0, 2], {}),
}


def set_theirs(net, params, blocks, order, suffix=""):
    with torch.no_grad():
        getattr(net, f"weight_ih_l0{suffix}")[...] = torch.tensor(theirs_of(params["Wx"], blocks, order))
        getattr(net, f"weight_hh_l0{suffix}")[...] = torch.tensor(theirs_of(params["Wh"], blocks, order))
        getattr(net, f"bias_ih_l0{suffix}")[...] = torch.tensor(theirs_of(params["b"], blocks, order))
        getattr(net, f"bias_hh_l0{suffix}")[...] = 0


def assert_same_grads(grads, net, blocks, order, tolerance, suffix="", prefix=""):
    for ours, theirs in (("Wx", "weight_ih_l0"), ("Wh", "weight_hh_l0"), ("b", "bias_ih_l0")):
        gradient = getattr(net, theirs + suffix).grad
        assert_same(grads[prefix + ours], torch.tensor(ours_of(gradient, blocks, order).copy()), tolerance)


def random_params(layer, rng):
    for p in layer.params.values():
        p[...] = 0.4 * rng.standard_normal(p.shape)


def make_pair(name, rng, dtype, **options):
    Ours, theirs, blocks, order, ours_only = CELLS[name]
    if ours_only:
        options = {**options, "nonlinearity": ours_only["activation"]}
    net = getattr(torch.nn, theirs)(D, H, batch_first=True, dtype=torch.float64, **options)
    net = net.to(torch.float64 if dtype == np.float64 else torch.float32)
    layers = [Ours(D, H, rng=rng, dtype=dtype, **ours_only) for _ in range(net.bidirectional + 1)]
    for layer, suffix in zip(layers, ("", "_reverse"), strict=False):
        random_params(layer, rng)
        set_theirs(net, layer.params, blocks, order, suffix)
    return layers, net, blocks, order


@both_dtypes
@pytest.mark.parametrize("name", CELLS)
def test_recurrent_layer_equals_pytorch(name, dtype, tolerance):
    rng = np.random.default_rng(1)
    (layer,), net, blocks, order = make_pair(name, rng, dtype)
    X, h, c, dH, dh, dc = (
        rng.standard_normal(s).astype(dtype) for s in ((N, T, D), (N, H), (N, H), (N, T, H), (N, H), (N, H))
    )
    pair = name == "LSTM"
    ours, last = layer.forward(X, (h, c) if pair else h)
    dX, dfirst = layer.backward(dH, (dh, dc) if pair else dh)

    Xt, ht, ct = tensor(X), tensor(h), tensor(c)
    out, end = net(Xt, (ht[None], ct[None]) if pair else ht[None])
    into_last = (end[0][0] * tensor(dh) + end[1][0] * tensor(dc)).sum() if pair else (end[0] * tensor(dh)).sum()
    ((out * tensor(dH)).sum() + into_last).backward()

    assert_same(ours, out, tolerance)
    assert_same(dX, Xt.grad, tolerance)
    assert_same_grads(layer.grads, net, blocks, order, tolerance)
    for a, b in zip(last, (end[0][0], end[1][0]), strict=True) if pair else [(last, end[0])]:
        assert_same(a, b, tolerance)
    for a, b in zip(dfirst, (ht, ct), strict=True) if pair else [(dfirst, ht)]:
        assert_same(a, b.grad, tolerance)


@both_dtypes
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one way", "both ways"])
@pytest.mark.parametrize("name", CELLS)
def test_lengths_equal_pytorchs_packed_sequences(name, bidirectional, dtype, tolerance):
    rng = np.random.default_rng(2)
    layers, net, blocks, order = make_pair(name, rng, dtype, bidirectional=bidirectional)
    layer = Bidirectional(*layers) if bidirectional else layers[0]
    ways = 1 + bidirectional
    X, dH, dh = (rng.standard_normal(s).astype(dtype) for s in ((N, T, D), (N, T, ways * H), (ways, N, H)))

    ours, last = layer.forward(X, lengths=LENGTHS)
    dlast = [(d, None) if name == "LSTM" else d for d in dh]
    dX, _ = layer.backward(dH, dlast if bidirectional else dlast[0])

    Xt = tensor(X)
    pack, unpack = torch.nn.utils.rnn.pack_padded_sequence, torch.nn.utils.rnn.pad_packed_sequence
    packed, end = net(pack(Xt, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False))
    out, _ = unpack(packed, batch_first=True)
    end = end[0] if name == "LSTM" else end
    ((out * tensor(dH)).sum() + (end * tensor(dh)).sum()).backward()

    assert_same(ours, out, tolerance)
    assert_same(dX, Xt.grad, tolerance)
    for way in range(ways):
        state = last[way] if bidirectional else last
        assert_same(state[0] if name == "LSTM" else state, end[way], tolerance)
        prefix, suffix = (("forward.", ""), ("backward.", "_reverse"))[way] if bidirectional else ("", "")
        assert_same_grads(layer.grads, net, blocks, order, tolerance, suffix, prefix)


def gru_by_autograd(X, Wx, Wh, b, reset, keeps):
    """Return the states of a GRU in PyTorch's autograd; keeps: z is the share that is kept, else the one written."""
    h, states = torch.zeros(len(X), H, dtype=X.dtype), []
    for t in range(X.shape[1]):
        xz, xr, xn = (X[:, t] @ Wx + b).split(H, dim=1)
        Uz, Ur, Un = Wh.split(H, dim=1)
        z, r = torch.sigmoid(xz + h @ Uz), torch.sigmoid(xr + h @ Ur)
        n = torch.tanh(xn + r * (h @ Un)) if reset == "after" else torch.tanh(xn + (r * h) @ Un)
        h = z * h + (1 - z) * n if keeps else (1 - z) * h + z * n
        states.append(h)
    return torch.stack(states, dim=1)


@both_dtypes
@pytest.mark.parametrize("keeps", [True, False], ids=["z keeps", "z writes"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_gru_equals_autograd_in_both_conventions_and_both_reset_placements(reset, keeps, dtype, tolerance):
    rng = np.random.default_rng(3)
    layer = GRU(D, H, rng=rng, reset=reset, dtype=dtype)
    random_params(layer, rng)
    X, dH = (rng.standard_normal(s).astype(dtype) for s in ((N, T, D), (N, T, H)))
    theirs = {name: p.copy() for name, p in layer.params.items()}
    if not keeps:
        for p in theirs.values():
            p[..., :H] *= -1                                # z -> 1 - z
    theirs = {name: tensor(p) for name, p in theirs.items()}
    Xt = tensor(X)
    out = gru_by_autograd(Xt, **theirs, reset=reset, keeps=keeps)
    (out * tensor(dH)).sum().backward()

    ours, _ = layer.forward(X)
    dX, _ = layer.backward(dH)
    assert_same(ours, out, tolerance)
    assert_same(dX, Xt.grad, tolerance)
    for name, gradient in layer.grads.items():
        wanted = theirs[name].grad.clone()
        if not keeps:
            wanted[..., :H] *= -1
        assert_same(gradient, wanted, tolerance)


@both_dtypes
@pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])
@pytest.mark.parametrize("kind", ["dot", "scaled", "additive"])
def test_attention_equals_autograd(kind, masked, dtype, tolerance):
    rng = np.random.default_rng(4)
    Q, K, V, dC = (rng.standard_normal(s).astype(dtype) for s in ((3, 5, 6), (3, 4, 6), (3, 4, 2), (3, 5, 2)))
    mask = np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 1, 0]], bool) if masked else None
    if kind == "additive":
        layer = AdditiveAttention(6, 6, 3, rng=rng, dtype=dtype)
        Wq, Wk, v = (tensor(layer.params[k]) for k in ("Wq", "Wk", "v"))
    else:
        layer, (Wq, Wk, v) = DotAttention(scaled=kind == "scaled"), (None, None, None)
    context, weights = layer.forward(Q, K, V, mask=mask)
    ours = layer.backward(dC)

    q, k, w = tensor(Q), tensor(K), tensor(V)
    if kind == "additive":
        scores = torch.tanh((q @ Wq)[:, :, None] + (k @ Wk)[:, None]) @ v
    else:
        scores = q @ k.transpose(1, 2) / (np.sqrt(6) if kind == "scaled" else 1)
    if masked:
        scores = scores.masked_fill(~torch.tensor(mask)[:, None], -torch.inf)
    A = torch.softmax(scores, dim=2)
    out = A @ w
    (out * tensor(dC)).sum().backward()
    assert_same(context, out, tolerance)
    assert_same(weights, A, tolerance)
    for a, b in zip(ours, (q, k, w), strict=True):
        assert_same(a, b.grad, tolerance)
    if kind == "additive":
        for name, p in (("Wq", Wq), ("Wk", Wk), ("v", v)):
            assert_same(layer.grads[name], p.grad, tolerance)


@both_dtypes
def test_embedding_equals_pytorch(dtype, tolerance):
    rng = np.random.default_rng(5)
    layer, ids = Embedding(9, D, rng=rng, dtype=dtype), rng.integers(0, 9, (4, 6))
    dY, W = rng.standard_normal((4, 6, D)).astype(dtype), tensor(layer.params["W"])
    out = torch.nn.functional.embedding(torch.tensor(ids), W)
    (out * tensor(dY)).sum().backward()
    assert_same(layer.forward(ids), out, tolerance)
    layer.backward(dY)
    assert_same(layer.grads["W"], W.grad, tolerance)


@both_dtypes
def test_losses_equal_pytorch(dtype, tolerance):
    rng = np.random.default_rng(6)
    logits = (10 * rng.standard_normal((3, 4, 5))).astype(dtype)
    ids, mask = rng.integers(0, 5, (3, 4)), rng.random((3, 4)) < 0.6
    share, numbers = rng.random((3, 4, 5)).astype(dtype), rng.standard_normal((3, 4, 5)).astype(dtype)
    where, f = torch.tensor(mask), torch.nn.functional
    for (loss, gradient), theirs in [
        (softmax_cross_entropy(logits, ids, mask), lambda a: f.cross_entropy(a[where], torch.tensor(ids)[where])),
        (sigmoid_cross_entropy(logits, share, mask),
         lambda a: f.binary_cross_entropy_with_logits(a[where], torch.tensor(share)[where])),
        (mean_squared_error(logits, numbers, mask), lambda a: f.mse_loss(a[where], torch.tensor(numbers)[where])),
    ]:
        a = tensor(logits)
        value = theirs(a)
        value.backward()
        assert abs(loss - value.item()) <= tolerance * max(1, abs(value.item()))
        assert_same(gradient, a.grad, tolerance)


@both_dtypes
@pytest.mark.parametrize("kind", ["adam", "sgd", "momentum"])
def test_optimisers_and_clipping_equal_pytorch(kind, dtype, tolerance):
    rng = np.random.default_rng(7)
    params = {"W": rng.standard_normal((3, 4)).astype(dtype), "b": rng.standard_normal(4).astype(dtype)}
    theirs = {name: tensor(p.copy()) for name, p in params.items()}
    ours, other = {
        "adam": (Adam(0.01), torch.optim.Adam(theirs.values(), lr=0.01)),
        "sgd": (SGD(0.1), torch.optim.SGD(theirs.values(), lr=0.1)),
        "momentum": (SGD(0.1, momentum=0.9), torch.optim.SGD(theirs.values(), lr=0.1, momentum=0.9)),
    }[kind]
    for _ in range(20):
        grads = {name: rng.standard_normal(p.shape).astype(dtype) for name, p in params.items()}
        for name, p in theirs.items():
            p.grad = torch.tensor(grads[name])
        clipped, norm = clip_by_global_norm(grads, 2.0)
        assert abs(norm - torch.nn.utils.clip_grad_norm_(theirs.values(), 2.0).item()) < 1e-5 * norm
        if dtype == np.float64:                             # PyTorch adds 1e-6 to the norm before it divides
            for name, p in theirs.items():
                p.grad = torch.tensor(clipped[name])
        ours.step(params, clipped)
        other.step()
        for name, p in params.items():
            assert_same(p, theirs[name], tolerance)
