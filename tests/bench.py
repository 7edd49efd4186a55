"""How fast are the layers? Everything is measured in one run, side by side.

    python -m tests.bench                   all tables, about 5 minutes
    python -m tests.bench --quick           the same in short, about 1 minute
    python -m tests.bench --only cells ablation length parts model transformer words
    python -m tests.bench --threads 2       threads for NumPy and PyTorch, 1 unless told

The candidates of one line take turns, and the median of each is taken: on a machine that does other things too, the
ratios are worth more than the milliseconds. A ratio is the other one's time divided by ours: above 1, we are faster.
PyTorch is optional: without it, its columns are empty. So is gensim, for the word vectors.
"""

import argparse
import os
import statistics
import sys
import time
import tracemalloc

THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv[:-1] else "1"
if "numpy" not in sys.modules:                 # the libraries read these once, when they are loaded
    for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_NUM_THREADS"] = THREADS

import numpy as np  # noqa: E402

from helpers.data import load_bible, planted_corpus  # noqa: E402
from helpers.data import words as split_words  # noqa: E402
from helpers.layers import (  # noqa: E402
    GRU,
    LSTM,
    RNN,
    AdditiveAttention,
    DotAttention,
    Embedding,
    Linear,
    softmax_cross_entropy,
)
from helpers.models import Transformer  # noqa: E402
from helpers.models.skipgram import keep_probability, train_skipgram  # noqa: E402
from helpers.training.optimisers import SGD, Adam, clip_by_global_norm  # noqa: E402
from helpers.training.parameters import collect_grads, collect_params  # noqa: E402
from tests.ablation import NAMES, Techniques, lstm  # noqa: E402

try:
    import torch
except ImportError:
    torch = None
try:
    import gensim.models
except ImportError:
    gensim = None

CONFIGURATIONS = [(20, 32, 16, 32), (35, 20, 100, 100), (50, 64, 64, 128), (100, 32, 128, 256), (400, 1, 32, 64)]
CELLS = {
    "RNN": (lambda **k: RNN(**k), 1),
    "LSTM": (lambda **k: LSTM(**k), 4),
    "GRU": (lambda **k: GRU(**k), 3),
    "GRU before": (lambda **k: GRU(reset="before", **k), 3),
}


# --- measuring


def medians(candidates, seconds):
    """Return the median time of each function in the dict, in seconds; they take turns for about `seconds`."""
    for run in candidates.values():
        run()
        run()
    times = {name: [] for name in candidates}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(next(iter(times.values()), [0] * 3)) < 3:
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def table(title, head, lines):
    """Print a table, with columns as wide as they need to be."""
    lines = [[str(x) for x in line] for line in lines]
    widths = [max(len(x) for x in column) for column in zip(head, *lines, strict=True)]
    print(f"\n{title}\n")
    for line in [head, ["-" * w for w in widths], *lines]:
        cells = [x.ljust(w) if k == 0 else x.rjust(w) for k, (x, w) in enumerate(zip(line, widths, strict=True))]
        print("| " + " | ".join(cells) + " |")
    sys.stdout.flush()


def ratio(times, other, ours="ours"):
    return f"{times[other] / times[ours]:.2f}" if other in times else "–"


def milliseconds(seconds):
    return f"{1e3 * seconds:.2f}"


# --- one recurrent layer: forward, backward, update


def our_step(cell, T, N, D, H, dtype):
    rng = np.random.default_rng(0)
    layer = CELLS[cell][0](inputs=D, hidden=H, rng=rng, dtype=dtype)
    X, dH = (rng.standard_normal(s).astype(dtype) for s in ((N, T, D), (N, T, H)))
    optimiser = SGD(1e-6)

    def step():
        layer.forward(X)
        layer.backward(dH)
        optimiser.step(layer.params, layer.grads)

    return step


def torch_step(cell, T, N, D, H, dtype):
    """Return PyTorch's own layer."""
    dtype = torch.float32 if dtype == np.float32 else torch.float64
    net = getattr(torch.nn, cell)(D, H, batch_first=True).to(dtype)
    X, dH = torch.randn(N, T, D, dtype=dtype, requires_grad=True), torch.randn(N, T, H, dtype=dtype)
    optimiser = torch.optim.SGD(net.parameters(), lr=1e-6)

    def step():
        X.grad = None
        optimiser.zero_grad()
        net(X)[0].backward(dH)
        optimiser.step()

    return step


def torch_loop(cell, T, N, D, H, dtype):
    """Return the same equations as a loop in PyTorch, with autograd: one fused matrix, all inputs projected first."""
    dtype, k = (torch.float32 if dtype == np.float32 else torch.float64), CELLS[cell][1]
    weights = [torch.nn.Parameter(torch.randn(s, dtype=dtype) / H**0.5) for s in ((D, k * H), (H, k * H), (k * H,))]
    Wx, Wh, b = weights
    X, dH = torch.randn(N, T, D, dtype=dtype, requires_grad=True), torch.randn(N, T, H, dtype=dtype)
    optimiser = torch.optim.SGD(weights, lr=1e-6)

    def forward():
        A, h, c = X @ Wx + b, torch.zeros(N, H, dtype=dtype), torch.zeros(N, H, dtype=dtype)
        states = []
        for a in A.unbind(1):
            if cell == "RNN":
                h = torch.tanh(a + h @ Wh)
            elif cell == "LSTM":
                i, f, o, g = (a + h @ Wh).chunk(4, dim=1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
            else:
                (xz, xr, xn), (hz, hr, hn) = a.chunk(3, dim=1), (h @ Wh).chunk(3, dim=1)
                z, n = torch.sigmoid(xz + hz), torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
                h = n + z * (h - n)
            states.append(h)
        return torch.stack(states, dim=1)

    def step():
        X.grad = None
        optimiser.zero_grad()
        forward().backward(dH)
        optimiser.step()

    return step


def limit(cell, T, N, D, H, dtype):
    """Return the bare matrix products and tanh calls of a step, into arrays that are there: no layer can be faster."""
    rng, k = np.random.default_rng(0), CELLS[cell][1]
    X, S, dA, Wx, Wh, WhT, WxT = (
        rng.standard_normal(s).astype(dtype)
        for s in ((T * N, D), (T * N, H), (T * N, k * H), (D, k * H), (H, k * H), (k * H, H), (k * H, D))
    )
    A, dWx, dWh, dX = np.empty_like(dA), np.empty_like(Wx), np.empty_like(Wh), np.empty_like(X)
    h, da, cell_state = S[:N].copy(), dA[:N].copy(), S[:N].copy()
    a, dh, m = np.empty_like(da), np.empty_like(h), np.empty_like(h)

    def step():
        np.matmul(X, Wx, out=A)
        for _ in range(T):
            np.matmul(h, Wh, out=a)
            np.tanh(da, out=a)
            if cell == "LSTM":
                np.tanh(cell_state, out=m)
        for _ in range(T):
            np.matmul(da, WhT, out=dh)
        np.matmul(X.T, dA, out=dWx)
        np.matmul(S.T, dA, out=dWh)
        np.matmul(dA, WxT, out=dX)

    return step


def bench_cells(seconds, quick, configurations=CONFIGURATIONS):
    for dtype in (np.float32,) if quick else (np.float32, np.float64):
        lines = []
        for size in configurations:
            for cell in ("RNN", "LSTM", "GRU"):
                candidates = {"ours": our_step(cell, *size, dtype), "limit": limit(cell, *size, dtype)}
                if torch:
                    candidates |= {"nn": torch_step(cell, *size, dtype), "loop": torch_loop(cell, *size, dtype)}
                if cell == "GRU":
                    candidates["before"] = our_step("GRU before", *size, dtype)
                times = medians(candidates, seconds)
                lines.append([
                    f"{size} {cell}", milliseconds(times["ours"]), ratio(times, "nn"), ratio(times, "loop"),
                    f"{times['ours'] / times['limit']:.2f}",
                    ratio(times, "nn", "limit"), ratio(times, "before"),
                ])
        table(
            f"Forward + backward + update, {np.dtype(dtype)}: (T, N, D, H) and cell",
            ["", "ours, ms", "PyTorch nn / ours", "PyTorch loop / ours", "ours / limit", "PyTorch nn / limit",
             'reset="before" / ours'],
            lines,
        )
    print("\nlimit: the bare matrix products and tanh calls, by the same NumPy. Where PyTorch nn / limit is below 1,")
    print("PyTorch's matrix products are faster than those of NumPy's BLAS, and no NumPy code can catch up.")


# --- the techniques


def bench_ablation(seconds, quick, configurations=CONFIGURATIONS):
    found = {}
    settings = {"all on": Techniques()}
    settings |= {f"without {name}": Techniques(**{name: False}) for name in NAMES}
    settings["all off"] = Techniques(**dict.fromkeys(NAMES, False))
    for T, N, D, H in configurations:
        rng = np.random.default_rng(0)
        layer = LSTM(D, H, rng=rng)
        X, dH = (rng.standard_normal(s).astype(np.float32) for s in ((N, T, D), (N, T, H)))
        candidates = {
            name: lambda on=on, layer=layer, X=X, dH=dH: lstm(layer.params, X, dH, on) for name, on in settings.items()
        }
        candidates["helpers' LSTM"] = lambda layer=layer, X=X, dH=dH: (layer.forward(X), layer.backward(dH))
        found[T, N, D, H] = medians(candidates, 2 * seconds)
    names = [*settings, "helpers' LSTM"]
    table(
        "What each technique brings to the LSTM, float32: time without it / time with all",
        ["", *(str(size) for size in found)],
        [[name, *(f"{times[name] / times['all on']:.2f}" for times in found.values())] for name in names],
    )


# --- memory and time against the length


def bench_length(seconds, quick, lengths=(50, 100, 200, 400, 800, 1600)):
    N, D, H = 32, 64, 128
    unit = N * H * 4                                        # one array (N, H) in float32
    # what backward cannot do without: x, h, and the gates (GRU: also u = h @ Wh[n]) and the cell
    least = {"RNN": D / H + 1, "LSTM": D / H + 1 + 4 + 1, "GRU": D / H + 1 + 4, "GRU before": D / H + 1 + 3}
    lines = []
    for cell in CELLS:
        for T in lengths:
            rng = np.random.default_rng(0)
            layer = CELLS[cell][0](inputs=D, hidden=H, rng=rng)
            X, dH = (rng.standard_normal(s).astype(np.float32) for s in ((N, T, D), (N, T, H)))
            tracemalloc.start()
            out = layer.forward(X)
            kept = tracemalloc.get_traced_memory()[0] - out[0].nbytes
            layer.backward(dH)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            del out
            took = medians({"ours": lambda layer=layer, X=X, dH=dH: (layer.forward(X), layer.backward(dH))}, seconds)
            if T == lengths[0]:
                first = took["ours"] / T
            lines.append([
                f"{cell}, T = {T}", milliseconds(took["ours"]), f"{1e6 * took['ours'] / T:.1f}",
                f"{took['ours'] / T / first:.2f}", f"{kept / T:,.0f}", f"{least[cell] * unit:,.0f}",
                f"{kept / T / unit:.1f}", f"{least[cell]:.1f}", f"{peak / T / unit:.1f}",
            ])
    table(
        f"Time and memory of forward + backward against T, (N, D, H) = {(N, D, H)}, float32",
        ["", "ms", "µs a step", f"/ T = {lengths[0]}", "bytes kept a step", "least", "(N, H) arrays kept", "least",
         "at the peak"],
        lines,
    )
    print("\nkept: from forward to backward. least: x, h, the gates and the cell, without which backward cannot do.")
    print("at the peak: all that forward + backward have at one time, outputs and gradients included.")


# --- the other parts


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


def our_vectors(text, words, settings, seed):
    """Return (running words a processor second, vectors (V, D)) of helpers.models.skipgram, from the words on."""
    start = time.process_time()
    number = {word: i for i, word in enumerate(words)}
    ids = [[number[word] for word in sentence] for sentence in text]
    counts = np.bincount(np.concatenate(ids))
    settings = settings | {"subsample": as_gensim_keeps(counts, settings["subsample"]), "block": 256}
    model = train_skipgram(ids, len(words), rng=np.random.default_rng(seed), progress=False, **settings)
    return model.words / (time.process_time() - start), model.W


def as_gensim_keeps(counts, t):
    """Return the threshold with which √(threshold / f) keeps as many running words as gensim's √(t / f) + t / f does."""
    f = counts / counts.sum()
    wanted = np.sum(counts * np.minimum(1, np.sqrt(t / f) + t / f))
    low, high = t, 1.0
    for _ in range(50):
        middle = (low * high) ** 0.5
        few = np.sum(counts * keep_probability(counts, middle)) < wanted
        low, high = (middle, high) if few else (low, middle)
    return high


def gensim_vectors(text, words, settings, seed):
    """Return the same of gensim with one worker, without the time in which it builds its vocabulary."""
    model = gensim.models.Word2Vec(
        sg=1, vector_size=settings["size"], window=settings["window"], negative=settings["negatives"],
        sample=settings["subsample"], alpha=settings["lr"], min_alpha=settings["lr"] / 1000, min_count=1, workers=1,
        seed=seed + 1, epochs=settings["epochs"],
    )  # fmt: skip
    model.build_vocab(text)
    start = time.process_time()
    model.train(text, total_examples=model.corpus_count, epochs=model.epochs)
    seconds = time.process_time() - start
    return settings["epochs"] * sum(map(len, text)) / seconds, model.wv[words]


def right_analogies(E, words, questions):
    """Return the share of the analogies (a, b, c, d) that are answered with d, the inputs excluded."""
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    number = {word: i for i, word in enumerate(words)}
    a, b, c, d = np.array([[number[word] for word in question] for question in questions]).T
    scores = (E[b] - E[a] + E[c]) @ E.T
    for given in (a, b, c):
        scores[np.arange(len(d)), given] = -np.inf
    return float(np.mean(scores.argmax(axis=1) == d))


def bench_words(seconds, quick, sentences=20_000, verses=None, seeds=5):
    """Compare the fast skip-gram with gensim's: same text, size, window, negatives, subsampling and learning rate."""
    planted, analogies = planted_corpus(sentences, np.random.default_rng(0))
    bible = [split_words(verse.text, punctuation=False) for verse in load_bible()[:verses]]
    bible = [sentence for sentence in bible if sentence]
    settings = {"window": 5, "negatives": 5, "subsample": 1e-3, "lr": 0.025}
    runs = [(f"planted, D = 32, {e} epochs", planted, analogies, {"size": 32, "epochs": e}) for e in ((5,) if quick else (2, 5))]
    runs += [(f"Bible, D = {D}, 1 epoch", bible, None, {"size": D, "epochs": 1}) for D in ((64,) if quick else (64, 100))]
    methods = {"ours": our_vectors} | ({"gensim": gensim_vectors} if gensim else {})
    lines = []
    for name, text, asked, more in runs:
        words = sorted({word for sentence in text for word in sentence})
        speed, right = {m: [] for m in methods}, {m: [] for m in methods}
        for seed in range(1 if quick else seeds):
            for m, train in methods.items():
                found, E = train(text, words, settings | more, seed)
                speed[m].append(found)
                if asked:
                    right[m].append([right_analogies(E, words, asked[kind]) for kind in ("gender", "capital")])
        middle = {m: statistics.median(found) for m, found in speed.items()}
        shares = {m: " / ".join(f"{x:.0%}" for x in np.median(r, axis=0)) if r else "–" for m, r in right.items()}
        lines.append([
            name, f"{middle['ours']:,.0f}", f"{middle['gensim']:,.0f}" if gensim else "–",
            f"{middle['ours'] / middle['gensim']:.2f}" if gensim else "–", shares["ours"], shares.get("gensim", "–"),
        ])
    table(
        "Skip-gram, words a second of processor time, medians; right analogies (gender / capital)",
        ["", "ours", "gensim", "ours / gensim", "right, ours", "right, gensim"],
        lines,
    )
    print("\nsame text, size, window, negatives, learning rate and share of words that subsampling keeps; gensim with one worker."
          + ("" if gensim else " It is not installed: pip install gensim"))


SECTIONS = {
    "cells": bench_cells,
    "ablation": bench_ablation,
    "length": bench_length,
    "parts": bench_parts,
    "model": bench_model,
    "transformer": bench_transformer,
    "words": bench_words,
}


def blas():
    """Return the name of the BLAS that NumPy uses, and which processor its kernels are for, where that is known."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{found['name']} {found.get('version', '')} (pip install threadpoolctl shows which kernels it uses)"
    return ", ".join(
        f"{i['internal_api']} {i['version']} with kernels for {i.get('architecture')}"
        for i in threadpool_info()
        if i["user_api"] == "blas"
    )


def main(arguments=None):
    """Run the sections that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short measurements, float32 only")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="some of the tables")
    parser.add_argument("--threads", type=int, default=1, help="threads for NumPy and PyTorch")
    options = parser.parse_args(arguments)
    print(f"NumPy {np.__version__}, {blas()}; {options.threads} thread{'s' * (options.threads > 1)}")
    if torch:
        torch.set_num_threads(options.threads)
        print(f"PyTorch {torch.__version__}")
    else:
        print("PyTorch is not installed, so its columns are empty: pip install torch==2.13.0")
    if gensim:
        print(f"gensim {gensim.__version__}")
    for name in options.only:
        SECTIONS[name](0.3 if options.quick else 2.0, options.quick)


if __name__ == "__main__":
    main()
