"""The training loop: what it takes beside the net that it trains, and how much memory a step asks for."""

import tracemalloc

import numpy as np

from helpers.layers import LSTM, RNN, Embedding
from helpers.models.readers import LanguageModel
from helpers.training import Adam, fit
from tests.bench.timing import medians, table

STEPS = 10  # in each call of fit that is timed


def memory_a_step(loss_and_grads, params, batch, optimiser, *, steps=20, clip=None):
    """Return (peak, blocks) of the steps of fit after the first, as tracemalloc counts them.

    peak     the most bytes that one of them held at once, above what was held when it began
    blocks   pieces of memory that each leaves behind, on average: the history's numbers
    """
    peaks, held = np.zeros(steps, int), []

    def batches():
        for k in range(steps):
            if k in (1, steps - 1):
                held.append(len(tracemalloc.take_snapshot().traces))
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            yield batch
            peaks[k] = tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        fit(loss_and_grads, params, batches(), optimiser=optimiser, steps=steps + 1, clip=clip, progress=False)
    finally:
        tracemalloc.stop()
    return int(peaks[1:].max()), (held[1] - held[0]) / (steps - 2)


def same_each_time(params):
    """Return a loss_and_grads that allocates nothing: each time the same loss and the same gradients, too long for clip=1."""
    found = 1.0, {name: np.ones_like(p) for name, p in params.items()}
    return lambda *batch: found


def bench_loop(seconds, quick, sizes=(32, 128), V=30, D=16, N=16, T=20):
    """Time fit with a whole net, and with a loss that costs nothing; beside it, the memory that a step of each asks for."""
    lines = []
    for H in sizes[: 1 if quick else None]:
        for cell in (RNN, LSTM):
            rng = np.random.default_rng(0)
            net, ids = LanguageModel(cell(D, H, rng=rng), Embedding(V, D, rng=rng), rng=rng), rng.integers(0, V, (N, T + 1))
            params, batch = net.params, (ids[:, :-1], ids[:, 1:], True)
            losses = {"net": net.loss_and_grads, "alone": same_each_time(params)}

            def training(loss, params=params, batch=batch):
                optimiser = Adam(1e-6)
                return lambda: fit(loss, params, [batch] * STEPS, optimiser=optimiser, steps=STEPS, clip=1.0, progress=False)

            times = medians({kind: training(loss) for kind, loss in losses.items()}, seconds)
            memory = {kind: memory_a_step(loss, params, batch, Adam(1e-6), clip=1.0) for kind, loss in losses.items()}
            lines.append([
                f"{cell.__name__}, H = {H}", f"{STEPS / times['net']:,.0f}",
                *(f"{1e6 * times[kind] / STEPS:,.0f}" for kind in losses), f"{sum(p.nbytes for p in params.values()):,}",
                *(f"{peak:,} / {blocks:.1f}" for peak, blocks in (memory[kind] for kind in losses)),
            ])
    table(
        f"fit with Adam, clipped, (V, D, N, T) = {V, D, N, T}, float32: a step of a whole net, and of the loop alone",
        ["", "steps a second", "net, µs", "alone, µs", "parameters, bytes", "net: peak / blocks", "alone: peak / blocks"],
        lines,
    )
    print("\nalone: loop, clipping and Adam, with gradients that are there. peak: how many bytes more than at its beginning a")
    print("step after the first holds at once; blocks: how many pieces of memory it leaves behind (both from tracemalloc).")
