"""Embedding, losses, attention and optimisers, and a whole language model, beside PyTorch's."""

import numpy as np

from helpers.layers import AdditiveAttention, DotAttention, Embedding, Linear, softmax_cross_entropy
from helpers.training import Adam, clip_by_global_norm, collect_grads, collect_params
from tests.bench import torch
from tests.bench.cells import CELLS
from tests.bench.timing import medians, milliseconds, ratio, table


def bench_parts(seconds, quick):
    rng = np.random.default_rng(0)

    def f(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    def tensors(*arrays):
        return [torch.tensor(a, requires_grad=True) for a in arrays]

    lines = []

    def compare(name, ours, theirs):
        times = medians({"ours": ours} | ({"torch": theirs()} if torch else {}), seconds)
        lines.append([name, milliseconds(times["ours"]), ratio(times, "torch")])

    for N, S, T, H in [(64, 10, 20, 64), (32, 30, 40, 128)][: 1 if quick else None]:
        Q, K, dC = f(N, S, H), f(N, T, H), f(N, S, H)
        dot, additive = DotAttention(), AdditiveAttention(H, H, 32, rng=rng)

        def our_attention(layer, Q=Q, K=K, dC=dC):
            layer.forward(Q, K)
            layer.backward(dC)

        def their_attention(is_dot, Q=Q, K=K, dC=dC, additive=additive):
            q, k, Wq, Wk, v = tensors(Q, K, *additive.params.values())

            def run():
                for x in (q, k, Wq, Wk, v):
                    x.grad = None
                e = q @ k.transpose(1, 2) if is_dot else torch.tanh((q @ Wq)[:, :, None] + (k @ Wk)[:, None]) @ v
                (torch.softmax(e, 2) @ k).backward(torch.from_numpy(dC))

            return run

        compare(f"dot attention (N, S, T, H) = {(N, S, T, H)}", lambda d=dot: our_attention(d),
                lambda: their_attention(True))
        compare(f"additive attention, 32 units, {(N, S, T, H)}", lambda a=additive: our_attention(a),
                lambda: their_attention(False))

    for V, D, N, T in [(60, 32, 32, 50), (2000, 64, 32, 25), (10000, 100, 64, 50)][: 1 if quick else None]:
        layer, ids, dY = Embedding(V, D, rng=rng), rng.zipf(1.2, (N, T)) % V, f(N, T, D)

        def our_embedding(layer=layer, ids=ids, dY=dY):
            layer.forward(ids)
            layer.backward(dY)

        def their_embedding(layer=layer, ids=ids, dY=dY):
            (W,) = tensors(layer.params["W"])

            def run():
                W.grad = None
                torch.nn.functional.embedding(torch.from_numpy(ids), W).backward(torch.from_numpy(dY))

            return run

        compare(f"embedding (V, D, N, T) = {(V, D, N, T)}", our_embedding, their_embedding)

    for V, N, T in [(60, 32, 50), (2000, 32, 25)][: 1 if quick else None]:
        logits, ids = f(N, T, V), rng.integers(0, V, (N, T))

        def their_loss(logits=logits, ids=ids):
            (a,) = tensors(logits)

            def run():
                a.grad = None
                torch.nn.functional.cross_entropy(a.flatten(0, 1), torch.from_numpy(ids).flatten()).backward()

            return run

        compare(f"cross-entropy (V, N, T) = {(V, N, T)}", lambda x=logits, y=ids: softmax_cross_entropy(x, y),
                their_loss)
    table("The other parts, forward + backward, float32", ["", "ours, ms", "PyTorch / ours"], lines)


# --- a whole training step


def bench_model(seconds, quick):
    """Time a character model's whole step: embedding, cell, linear, cross-entropy, backward, clipping, Adam."""
    lines = []
    V, D, H, N, T = 60, 64, 128, 32, 50
    rng = np.random.default_rng(0)
    ids, targets = rng.integers(0, V, (N, T)), rng.integers(0, V, (N, T))
    for cell in ("RNN", "LSTM", "GRU"):
        layers = {
            "embed": Embedding(V, D, rng=rng),
            "cell": CELLS[cell][0](inputs=D, hidden=H, rng=rng),
            "out": Linear(H, V, rng=rng),
        }
        params, optimiser = collect_params(**layers), Adam(1e-3)

        def ours(layers=layers, params=params, optimiser=optimiser):
            states, _ = layers["cell"].forward(layers["embed"].forward(ids))
            _, dlogits = softmax_cross_entropy(layers["out"].forward(states), targets)
            dX, _ = layers["cell"].backward(layers["out"].backward(dlogits))
            layers["embed"].backward(dX)
            grads, _ = clip_by_global_norm(collect_grads(**layers), 5.0)
            optimiser.step(params, grads)

        candidates = {"ours": ours}
        if torch:
            parts = torch.nn.Embedding(V, D), getattr(torch.nn, cell)(D, H, batch_first=True), torch.nn.Linear(H, V)
            weights = [p for part in parts for p in part.parameters()]
            adam, x, y = torch.optim.Adam(weights, 1e-3), torch.from_numpy(ids), torch.from_numpy(targets)

            def theirs(parts=parts, weights=weights, adam=adam, x=x, y=y):
                adam.zero_grad()
                logits = parts[2](parts[1](parts[0](x))[0])
                torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten()).backward()
                torch.nn.utils.clip_grad_norm_(weights, 5.0)
                adam.step()

            candidates["torch"] = theirs
        times = medians(candidates, 2 * seconds)
        lines.append([cell, milliseconds(times["ours"]), ratio(times, "torch")])
    title = f"A character model's training step, (V, D, H, N, T) = {(V, D, H, N, T)}, float32"
    table(title, ["", "ours, ms", "PyTorch / ours"], lines)


# --- the Transformer
