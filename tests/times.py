"""Say what each notebook costs: seconds of process time on one core, top to bottom, and its ten dearest cells.

    python start.py test time               all notebooks, one line each
    python start.py test time 05            the notebooks that begin so, with their dearest cells
"""

import json
import pathlib
import sys

import nbformat

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from notebooks.source.kernel import execute  # noqa: E402

SOLVED = ROOT / "notebooks" / "solved"
BEFORE = """
import json, time
_spent = []
get_ipython().events.register("pre_run_cell", lambda info: _spent.append(time.process_time()))
"""
AFTER = "print(json.dumps(_spent + [time.process_time()]))"


def times(path):
    """Return [(seconds of process time, cell id, first line)] of a notebook's code cells, in order."""
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = [nbformat.v4.new_code_cell(BEFORE), *code, nbformat.v4.new_code_cell(AFTER)]
    execute(notebook, path.parent)
    clock = json.loads(notebook.cells[-1].outputs[0].text)[-len(code) - 2 :]
    spent = [after - before for before, after in zip(clock, clock[1:], strict=False)]
    return [(s, cell.id, cell.source.splitlines()[0]) for s, cell in zip(spent, code, strict=False)]


def main(words):
    chosen = [path for path in sorted(SOLVED.glob("*.ipynb")) if not words or path.stem.startswith(tuple(words))]
    if not chosen:
        print(f"no notebook begins with {' or '.join(words)}")
        return 2
    total = 0
    for path in chosen:
        found = times(path)
        total += (here := sum(spent for spent, _, _ in found))
        print(f"{path.stem:24} {here:6.1f} s of one core, {len(found)} code cells", flush=True)
        for spent, cell, line in sorted(found, reverse=True)[: 10 if words else 0]:
            print(f"    {spent:6.1f} s  {cell}  {line[:80]}")
    print(f"{'all':24} {total:6.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
