"""What `python start.py grade`, `… pack` and `… answers` run."""

import importlib
import sys

MODULES = {"grade": "helpers.teaching.grade", "pack": "helpers.teaching.pack", "answers": "helpers.learner.carrying"}

if __name__ == "__main__":
    try:
        sys.exit(importlib.import_module(MODULES[sys.argv[1]]).main(sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
