"""The LSTM: what each technique brings, and how its time grows with the length."""

import tracemalloc

import numpy as np

from helpers.layers import LSTM
from tests.ablation import NAMES, Techniques, lstm
from tests.bench.cells import CELLS, CONFIGURATIONS
from tests.bench.timing import medians, milliseconds, table


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
