"""Time candidates side by side, and print a table of it."""

import os
import statistics
import sys
import time

from tests.bench import THREADS

# processor time, so that what else the machine does counts less; that of several threads would be added up
now = time.process_time if THREADS == "1" else time.perf_counter


def medians(candidates, seconds):
    """Return the median time of each function in the dict, in seconds; they take turns for about `seconds`."""
    for run in candidates.values():
        run()
        run()
    times = {name: [] for name in candidates}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(next(iter(times.values()), [0] * 3)) < 3:
        for name, run in candidates.items():
            start = now()
            run()
            times[name].append(now() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def busy(threads):
    """Return a sentence if others use the cores that several threads need, else "": the clock on the wall counts them too."""
    if threads == 1 or not hasattr(os, "getloadavg"):                     # Windows does not tell its load
        return ""
    load, cores = os.getloadavg()[0], os.cpu_count()
    if load + threads <= cores + 0.5:
        return ""
    return (f"The load is {load:.1f} on {cores} cores: {threads} threads have to wait for others, and the waiting is measured "
            "with the rest. These tables cannot be used; try again when the machine is idle.")


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
