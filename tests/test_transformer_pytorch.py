"""Layer norm, attention with heads and the whole Transformer equal PyTorch's. PyTorch is optional."""

import numpy as np
import pytest

from helpers.layers import FeedForward, LayerNorm, MultiHeadAttention, rotary_angles, rotate
from helpers.models import Transformer

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed, so nothing was compared with it: pip install torch==2.13.0"
)

N, T, D = 3, 7, 12
both_dtypes = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-4)], ids=["float64", "float32"]
)


def assert_same(ours, theirs, tolerance):
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    assert np.abs(ours - theirs).max() <= tolerance * max(1, np.abs(theirs).max())


def tensor(x):
    return torch.tensor(x, requires_grad=np.issubdtype(x.dtype, np.floating))


def randomise(params, rng):
    for p in params.values():
        p += 0.3 * rng.standard_normal(p.shape).astype(p.dtype)


def put(theirs, ours):
    with torch.no_grad():
        theirs[...] = torch.tensor(ours)


@both_dtypes
@pytest.mark.parametrize("shape", [(5, D), (N, T, D)])
def test_layer_norm_equals_pytorch(shape, dtype, tolerance):
    rng = np.random.default_rng(1)
    layer = LayerNorm(D, dtype=dtype)
    randomise(layer.params, rng)
    X, dY = (3 * rng.standard_normal(shape).astype(dtype) + 1 for _ in range(2))
    x, g, b = tensor(X), tensor(layer.params["g"]), tensor(layer.params["b"])
    out = torch.nn.functional.layer_norm(x, (D,), g, b, eps=1e-5)
    (out * tensor(dY)).sum().backward()
    assert_same(layer.forward(X), out, tolerance)
    assert_same(layer.backward(dY), x.grad, tolerance)
    assert_same(layer.grads["g"], g.grad, tolerance)
    assert_same(layer.grads["b"], b.grad, tolerance)


@both_dtypes
@pytest.mark.parametrize("heads", [1, 2, 3, 12])
def test_multi_head_attention_equals_pytorch(heads, dtype, tolerance):
    rng = np.random.default_rng(2)
    layer = MultiHeadAttention(D, heads, rng=rng, dtype=dtype)
    X, dY = (rng.standard_normal((N, T, D)).astype(dtype) for _ in range(2))
    net = torch.nn.MultiheadAttention(D, heads, bias=False, batch_first=True, dtype=tensor(X).dtype)
    put(net.in_proj_weight, layer.params["Wqkv"].T)
    put(net.out_proj.weight, layer.params["Wo"].T)
    x, later = tensor(X), torch.ones(T, T, dtype=torch.bool).triu(1)
    out, weights = net(x, x, x, attn_mask=later, average_attn_weights=False)
    (out * tensor(dY)).sum().backward()
    Y, A = layer.forward(X)
    assert_same(Y, out, tolerance)
    assert_same(A, weights, tolerance)
    assert_same(layer.backward(dY), x.grad, tolerance)
    assert_same(layer.grads["Wqkv"].T, net.in_proj_weight.grad, tolerance)
    assert_same(layer.grads["Wo"].T, net.out_proj.weight.grad, tolerance)


@both_dtypes
@pytest.mark.parametrize("scaled", [True, False], ids=["scaled", "not scaled"])
@pytest.mark.parametrize("heads", [1, 3])
def test_rotary_attention_equals_autograd_with_complex_numbers(heads, scaled, dtype, tolerance):
    """A pair (x_i, x_{i + d/2}) is one complex number there, and turning it is one multiplication by exp(i · angle)."""
    rng = np.random.default_rng(3)
    layer = MultiHeadAttention(D, heads, rng=rng, positions="rotary", scaled=scaled, dtype=dtype)
    X, dY = (rng.standard_normal((N, T, D)).astype(dtype) for _ in range(2))
    x, Wqkv, Wo = tensor(X), tensor(layer.params["Wqkv"]), tensor(layer.params["Wo"])
    d = D // heads
    angles = torch.tensor(rotary_angles(np.arange(T), d))
    hands = torch.polar(torch.ones_like(angles), angles)

    def turned(z):
        z = torch.complex(z[..., : d // 2].double(), z[..., d // 2 :].double()) * hands
        return torch.cat([z.real, z.imag], dim=-1).to(x.dtype)

    q, k, v = (p.view(N, T, heads, d).transpose(1, 2) for p in (x @ Wqkv).split(D, dim=2))
    assert_same(rotate(q.detach().numpy(), np.arange(T)), turned(q), tolerance)
    e = turned(q) @ turned(k).transpose(2, 3) / (d**0.5 if scaled else 1)
    A = torch.softmax(e.masked_fill(torch.ones(T, T, dtype=torch.bool).triu(1), -torch.inf), dim=3)
    out = (A @ v).transpose(1, 2).reshape(N, T, D) @ Wo
    (out * tensor(dY)).sum().backward()
    Y, weights = layer.forward(X)
    assert_same(Y, out, tolerance)
    assert_same(weights, A, tolerance)
    assert_same(layer.backward(dY), x.grad, tolerance)
    assert_same(layer.grads["Wqkv"], Wqkv.grad, tolerance)
    assert_same(layer.grads["Wo"], Wo.grad, tolerance)


@both_dtypes
def test_feed_forward_equals_autograd(dtype, tolerance):
    rng = np.random.default_rng(4)
    layer = FeedForward(D, 20, rng=rng, dtype=dtype)
    randomise(layer.params, rng)
    X, dY = (rng.standard_normal((N, T, D)).astype(dtype) for _ in range(2))
    x, p = tensor(X), {name: tensor(a) for name, a in layer.params.items()}
    out = torch.relu(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
    (out * tensor(dY)).sum().backward()
    assert_same(layer.forward(X), out, tolerance)
    assert_same(layer.backward(dY), x.grad, tolerance)
    for name, gradient in layer.grads.items():
        assert_same(gradient, p[name].grad, tolerance)


@both_dtypes
def test_the_whole_net_equals_pytorchs_own_encoder_layers(dtype, tolerance):
    """… with the norm first, a causal mask and no dropout; its attention's biases, which we do not have, are 0."""
    rng = np.random.default_rng(5)
    V, blocks, heads = 9, 2, 3
    ours = Transformer(V, D, heads, blocks, "learnt", mlp=2, longest=T, rng=rng, dtype=dtype)
    randomise(ours.params, rng)
    ids, counted = rng.integers(0, V, (N, T)), rng.random((N, T)) < 0.6
    kind = torch.float64 if dtype == np.float64 else torch.float32
    nn, theirs, pairs = torch.nn, [], []
    for k in range(1, blocks + 1):
        layer = nn.TransformerEncoderLayer(D, heads, 2 * D, dropout=0, norm_first=True, batch_first=True, dtype=kind)
        put(layer.self_attn.in_proj_bias, np.zeros(3 * D))
        put(layer.self_attn.out_proj.bias, np.zeros(D))
        pairs += [
            (f"block{k}.attention.Wqkv", layer.self_attn.in_proj_weight),
            (f"block{k}.attention.Wo", layer.self_attn.out_proj.weight),
            (f"block{k}.norm.g", layer.norm1.weight), (f"block{k}.norm.b", layer.norm1.bias),
            (f"block{k}.mlp_norm.g", layer.norm2.weight), (f"block{k}.mlp_norm.b", layer.norm2.bias),
            (f"block{k}.mlp.W1", layer.linear1.weight), (f"block{k}.mlp.b1", layer.linear1.bias),
            (f"block{k}.mlp.W2", layer.linear2.weight), (f"block{k}.mlp.b2", layer.linear2.bias),
        ]  # fmt: skip
        theirs.append(layer)
    embed, places = nn.Embedding(V, D, dtype=kind), nn.Embedding(T, D, dtype=kind)
    norm, out = nn.LayerNorm(D, dtype=kind), nn.Linear(D, V, bias=False, dtype=kind)
    pairs += [("embed.W", embed.weight), ("positions.W", places.weight), ("out.W", out.weight),
              ("norm.g", norm.weight), ("norm.b", norm.bias)]
    assert {name for name, _ in pairs} == set(ours.params)

    def turned(name, p):
        return p.T if name.endswith(("W1", "W2", "Wqkv", "Wo", "out.W")) else p

    for name, p in pairs:
        put(p, turned(name, ours.params[name]))
    read = torch.tensor(ids[:, :-1])
    x, later = embed(read) + places.weight[: T - 1], torch.ones(T - 1, T - 1, dtype=torch.bool).triu(1)
    for layer in theirs:
        x = layer(x, src_mask=later)
    logits = out(norm(x))
    where = torch.tensor(counted[:, 1:])
    loss = nn.functional.cross_entropy(logits[where], torch.tensor(ids[:, 1:])[where])
    loss.backward()

    mine, grads = ours.loss_and_grads(ids, counted)
    assert abs(mine - loss.item()) < tolerance
    assert_same(ours.forward(ids[:, :-1]), logits, tolerance)
    for name, p in pairs:
        assert_same(np.ascontiguousarray(turned(name, grads[name])), p.grad, tolerance)
