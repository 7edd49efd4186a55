"""How fast are the layers? Everything is measured in one run, side by side.

    python -m tests.bench                   all tables, about 5 minutes
    python -m tests.bench --quick           the same in short, about 1 minute
    python -m tests.bench --only cells ablation length parts zoo model loop transformer words
    python -m tests.bench --threads 2       the recurrent layers with several threads, about 3 minutes

The candidates of one line take turns, and the median of each is taken: on a machine that does other things too, the
ratios are worth more than the milliseconds. These are of processor time, with several threads of the clock on the wall:
then the machine has to be idle, and the first lines say so if it is not (see threads.py).
A ratio is the other one's time divided by ours: above 1, we are faster.
"loop" also counts the memory that a step of the training loop asks for, and "words" compares with gensim on one worker.
PyTorch is optional: without it, its columns are empty. So is gensim, for the word vectors.
"""

import argparse

import numpy as np

from tests.bench import gensim, torch
from tests.bench.cells import bench_cells
from tests.bench.loop import bench_loop
from tests.bench.lstm import bench_ablation, bench_length
from tests.bench.parts import bench_model, bench_parts
from tests.bench.threads import bench_threads
from tests.bench.timing import busy
from tests.bench.transformer import bench_transformer
from tests.bench.words import bench_words
from tests.bench.zoo import bench_zoo

SECTIONS = {
    "cells": bench_cells,
    "ablation": bench_ablation,
    "length": bench_length,
    "parts": bench_parts,
    "zoo": bench_zoo,
    "model": bench_model,
    "loop": bench_loop,
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
    parser.add_argument("--threads", type=int, default=1, help="the recurrent layers with so many threads, and no other table")
    options = parser.parse_args(arguments)
    seconds = 0.3 if options.quick else 2.0
    print(f"NumPy {np.__version__}, {blas()}; {options.threads} thread{'s' * (options.threads > 1)}")
    if torch:
        torch.set_num_threads(1)
        print(f"PyTorch {torch.__version__}")
    else:
        print("PyTorch is not installed, so its columns are empty: pip install torch==2.13.0")
    if gensim:
        print(f"gensim {gensim.__version__}")
    if warning := busy(options.threads):
        print(f"\n{warning}", flush=True)
    if options.threads > 1:
        return bench_threads(options.threads, seconds / 2)
    for name in options.only:
        SECTIONS[name](seconds, options.quick)


if __name__ == "__main__":
    main()
