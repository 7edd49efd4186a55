"""How fast are the layers? `python -m tests.bench`: see __main__.py."""

import importlib
import importlib.util
import os
import sys

THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv[:-1] else "1"
if "numpy" not in sys.modules:  # the libraries read these once, when they are loaded
    for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_NUM_THREADS"] = THREADS


def _library(name):
    return importlib.import_module(name) if importlib.util.find_spec(name.partition(".")[0]) else None


torch = _library("torch")  # None where it is not installed: its columns are empty then
gensim = _library("gensim")
