"""The recurrent layers beside PyTorch's with several threads: each alone in a process of its own, in turns.

Side by side in one process, as in the other tables, the numbers are of no use: both libraries let idle threads wait busily for
the next product, on the cores that the other one works on. A row of it moved by a factor of twenty from run to run; with
PyTorch's threads asleep instead, PyTorch alone took up to twenty times as long.
"""

import json
import pathlib
import statistics
import subprocess
import sys

import numpy as np

from tests.bench import THREADS, torch
from tests.bench.cells import CONFIGURATIONS, our_step, torch_step
from tests.bench.timing import medians, milliseconds, table

CELLS = ("RNN", "LSTM", "GRU")
STEPS = {"ours": our_step, "PyTorch": torch_step}


def bench_threads(threads, seconds, rounds=5, configurations=CONFIGURATIONS):
    """Print the medians of some rounds, in each of which every library is started anew."""
    sides = ["ours", *["PyTorch"] * bool(torch)]
    found = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            words = ["--threads", str(threads), side, str(seconds), json.dumps(configurations)]
            done = subprocess.run([sys.executable, "-m", "tests.bench.threads", *words], cwd=pathlib.Path(__file__).parents[2],
                                  check=True, stdout=subprocess.PIPE, text=True)  # fmt: skip
            found[side].append(json.loads(done.stdout))
    lines = []
    for row in found["ours"][0]:
        times = {side: statistics.median(one[row] for one in found[side]) for side in sides}
        ratios = [a[row] / b[row] for a, b in zip(found["PyTorch"], found["ours"], strict=True)] if torch else [np.nan]
        middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
        lines.append([row, *map(milliseconds, times.values()), f"{middle:.2f}" if torch else "–",
                      f"{low:.2f} to {high:.2f}" if torch else "–"])
    title = f"Forward + backward + update, float32, {threads} threads, wall clock, medians of {rounds} rounds: (T, N, D, H), cell"
    table(title, ["", *(f"{side}, ms" for side in sides), "PyTorch / ours", "in single rounds"], lines)


def one_side(side, seconds, configurations):
    """Return {row: seconds of a step} of one library."""
    if side == "PyTorch":
        torch.set_num_threads(int(THREADS))
    steps = {f"{tuple(size)} {cell}": STEPS[side](cell, *size, np.float32) for size in configurations for cell in CELLS}
    return {row: medians({row: step}, seconds)[row] for row, step in steps.items()}


if __name__ == "__main__":
    print(json.dumps(one_side(sys.argv[3], float(sys.argv[4]), json.loads(sys.argv[5]))))
