"""A Transformer's block and its training step beside PyTorch's, eager and fused."""

import numpy as np

from helpers.models import Transformer
from helpers.training import Adam, clip_by_global_norm
from tests.bench import torch
from tests.bench.timing import medians, milliseconds, ratio, table


def their_blocks(net, x, weights, fused):
    """Return x (N, T, D) after net's blocks (learnt positions, with mlp) in PyTorch; weights are those of net.params."""
    f, (N, T, D) = torch.nn.functional, x.shape
    h = net.blocks[0].layer.heads
    later = torch.full((T, T), -torch.inf, dtype=x.dtype).triu(1)
    for k in range(1, len(net.blocks) // 2 + 1):
        p = {name.removeprefix(f"block{k}."): w for name, w in weights.items() if name.startswith(f"block{k}.")}
        y = f.layer_norm(x, (D,), p["norm.g"], p["norm.b"]) @ p["attention.Wqkv"]
        q, key, v = y.view(N, T, 3, h, D // h).permute(2, 0, 3, 1, 4)
        if fused:
            c = f.scaled_dot_product_attention(q, key, v, is_causal=True)
        else:
            c = torch.softmax(q @ key.transpose(2, 3) / (D // h) ** 0.5 + later, dim=3) @ v
        x = x + c.transpose(1, 2).reshape(N, T, D) @ p["attention.Wo"]
        y = f.layer_norm(x, (D,), p["mlp_norm.g"], p["mlp_norm.b"])
        x = x + torch.relu(y @ p["mlp.W1"] + p["mlp.b1"]) @ p["mlp.W2"] + p["mlp.b2"]
    return x


def block_steps(N, T, D, heads, blocks):
    """Return candidates that run `blocks` blocks alone, forward and backward: ours, and PyTorch's, eager and fused."""
    rng = np.random.default_rng(0)
    net = Transformer(2, D, heads, blocks, "learnt", mlp=4, longest=T, rng=rng)
    X, dX = (rng.standard_normal((N, T, D)).astype(np.float32) for _ in range(2))

    def ours():
        x, d = X, dX
        for sublayer in net.blocks:
            x = sublayer.forward(x)
        for sublayer in reversed(net.blocks):
            d = sublayer.backward(d)

    def theirs(fused):
        x = torch.tensor(X, requires_grad=True)
        weights = {name: torch.tensor(p, requires_grad=True) for name, p in net.params.items() if name.startswith("block")}

        def run():
            for w in (x, *weights.values()):
                w.grad = None
            their_blocks(net, x, weights, fused).backward(torch.from_numpy(dX))

        return run

    return {"ours": ours} | ({"eager": theirs(False), "fused": theirs(True)} if torch else {})


def transformer_steps(N, T, D, heads, blocks, V=27):
    """Return candidates for a whole training step: forward, loss, backward, clipping, Adam."""
    rng = np.random.default_rng(0)
    net, ids = Transformer(V, D, heads, blocks, "learnt", mlp=4, longest=T, rng=rng), rng.integers(0, V, (N, T + 1))
    adam = Adam(1e-3)
    start = {name: p.copy() for name, p in net.params.items()}

    def ours():
        grads, _ = clip_by_global_norm(net.loss_and_grads(ids)[1], 1.0)
        adam.step(net.params, grads)

    def theirs(fused):
        f, w = torch.nn.functional, {name: torch.tensor(p, requires_grad=True) for name, p in start.items()}
        adam, read, wanted = torch.optim.Adam(w.values(), 1e-3), torch.tensor(ids[:, :-1]), torch.tensor(ids[:, 1:])

        def run():
            adam.zero_grad()
            x = their_blocks(net, f.embedding(read, w["embed.W"]) + w["positions.W"], w, fused)
            logits = f.layer_norm(x, (D,), w["norm.g"], w["norm.b"]) @ w["out.W"]
            f.cross_entropy(logits.flatten(0, 1), wanted.flatten()).backward()
            torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
            adam.step()

        return run

    return {"ours": ours} | ({"eager": theirs(False), "fused": theirs(True)} if torch else {})


def bench_transformer(seconds, quick, sizes=((32, 32, 32, 1), (32, 64, 64, 4), (8, 256, 64, 4), (32, 64, 128, 4))):
    """Time a block on its own and a training step of two blocks, beside PyTorch eager and with its fused attention."""
    lines = []
    for size in sizes[: 1 if quick else None]:
        for name, candidates in (("one block", block_steps(*size, 1)), ("a training step", transformer_steps(*size, 2))):
            times = medians(candidates, 2 * seconds)
            lines.append([f"{size} {name}", milliseconds(times["ours"]), ratio(times, "eager"), ratio(times, "fused")])
    table(
        "The Transformer with an mlp of 4D, float32: (N, T, D, heads)",
        ["", "ours, ms", "PyTorch eager / ours", "PyTorch fused attention / ours"],
        lines,
    )
    print("\none block: forward + backward. a training step: two blocks, embedding, loss, clipping, Adam.")


# --- word vectors
