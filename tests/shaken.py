"""Run the notebooks under changed arithmetic and tell by how much each of their claims holds.

    python start.py test shaken                     all notebooks, 20 runs each
    python start.py test shaken 03 04 --runs 5      some notebooks, 5 runs each
    python start.py test shaken 03 --no-kernels     only the jitter
    python start.py test shaken --runs 0            the table of the runs that are there, nothing more

Each run is kept in the folder `shaken` until the notebook's code changes, so that one can stop and go on later.

Training turns the last bit of a float into another run, and processors differ in that bit. Two kinds of shaking stand for
all of them, and each run has both: *jitter*, random floats that are changed in their tenth digit, by a seed of its own
(tests/jitter/sitecustomize.py); and *kernels*, one after the other of those sets of OpenBLAS and of NumPy that this processor
can run, with one thread and with two.

A claim's margin is the smallest distance to its bound over all runs, as a share of the distance between the two things that
it tells apart (see helpers/learner/claims.py); a count has to keep one run more than it claims. The table goes to shaken.md.
It ends with 1 if a claim is false in any run or has a margin below a fifth, if printed text changes, or a figure changes by more
than tests/pictures.py allows.
"""

import argparse
import base64
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import statistics
import sys
import tempfile

import nbformat

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from notebooks.source.build import deeds  # noqa: E402
from notebooks.source.kernel import execute  # noqa: E402
from tests.pictures import PNG, comparable, difference, limit_of  # noqa: E402

ENOUGH = 0.2
JITTER = str(ROOT / "tests" / "jitter")
TABLE = ROOT / "shaken.md"
KEPT = ROOT / "shaken"


def kernel_sets():
    """Return {name: environment} of the sets of kernels that this processor can run, the default and two threads among them."""
    from numpy._core._multiarray_umath import __cpu_dispatch__ as dispatch
    from numpy._core._multiarray_umath import __cpu_features__ as has

    sets = {"default": {}, "2 threads": {"OPENBLAS_NUM_THREADS": "2"}}
    for core, needs in {"Nehalem": "SSE42", "Haswell": "AVX2", "SkylakeX": "AVX512_SKX"}.items():
        if has.get(needs) or has.get({"AVX2": "X86_V3", "AVX512_SKX": "X86_V4"}.get(needs)):
            sets[core] = {"OPENBLAS_CORETYPE": core}
    found = [name for name in dispatch if has.get(name)]
    wide = [name for name in found if "512" in name or name == "X86_V4"]
    for words, names in (("no AVX-512", wide), ("no SIMD", found)):
        if names:
            sets["NumPy, " + words] = {"NPY_DISABLE_CPU_FEATURES": " ".join(names)}
    return sets


def run(path, name, environment):
    """Execute a solved notebook under an environment; return what differs from the committed one, and its claims.

    -> {"notebook", "setting", "claims": list of the rows of helpers.learner.claims, "errors": [(cell, text)], "texts": [(cell,
    now, committed)], "figures": {cell: share of blocks that differ}}
    """
    committed = nbformat.read(path, 4)
    notebook = nbformat.from_dict(json.loads(json.dumps(committed)))
    with tempfile.TemporaryDirectory() as folder:
        claims = pathlib.Path(folder, "claims")
        execute(notebook, path.parent, allow_errors=True, **environment, COURSE_CLAIMS=str(claims))
        rows = claims.read_text("utf-8").splitlines() if claims.exists() else []
    found = {"notebook": path.stem, "setting": name, "claims": [json.loads(row) for row in rows]}
    found |= {"errors": [], "texts": [], "figures": {}}
    for now, before in zip(notebook.cells, committed.cells, strict=True):
        if now.cell_type != "code":
            continue
        for output in now.outputs:
            if output.output_type == "error":
                found["errors"].append((now.id, f"{output.ename}: {output.evalue}"))
        if share := _moved(now.outputs, before.outputs):
            found["figures"][now.id] = share
        a, b = (
            [_text(o) for o in outputs]
            for outputs in comparable(_joined(now.outputs), _joined(before.outputs), limit_of(now.id))
        )
        if a != b and not any("Here it came out otherwise" in text for text in a):
            found["texts"].append((now.id, *_first_difference("\n".join(a), "\n".join(b))))
    return found


def kept_path(path, name):
    """Return where a run is kept: under what the notebook's cells do, so that a change of one of them is another run."""
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    code = "\0".join(map(deeds, cells))
    return KEPT / f"{path.stem[:2]} {name} {hashlib.sha256(code.encode()).hexdigest()[:12]}.json"


def run_and_keep(path, name, environment):
    """Return run(…), and keep what it found."""
    found = run(path, name, environment)
    KEPT.mkdir(exist_ok=True)
    part = kept_path(path, name).with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    part.replace(kept_path(path, name))
    return found


def table(runs):
    """Return (the table as Markdown, the list of what is wrong) of many runs."""
    trouble, rows, lines = [], collections.defaultdict(list), []
    for one in runs:
        where = f"{one['notebook'][:2]}, {one['setting']}"
        trouble += [f"{where}: cell {cell} raises {text}" for cell, text in one["errors"]]
        trouble += [f"{where}: cell {cell} prints {now!r}, not {before!r}" for cell, now, before in one["texts"]]
        trouble += [
            f"{where}: cell {cell}, {share:.1%} of the figure looks different"
            for cell, share in one["figures"].items()
            if share > limit_of(cell)
        ]
        seen = collections.Counter()
        for claim in one["claims"]:
            seen[claim["words"]] += 1
            rows[one["notebook"], claim["words"], seen[claim["words"]]].append((one["setting"], claim))
    lines.append(
        f"{len(runs)} runs: "
        + ", ".join(
            f"{book[:2]} ({n})" for book, n in sorted(collections.Counter(one["notebook"] for one in runs).items())
        )
    )
    lines += [
        "",
        "| notebook | claim | bound | measured, all runs | worst margin | in | false |",
        "|---|---|---|---|---|---|---|",
    ]
    summed = []
    for (book, words, _), found in rows.items():
        margin, setting = _margin(found)
        false = [name for name, claim in found if not claim["holds"]]
        summed.append((margin, book, words, found, setting, false))
        trouble += [f"{book[:2]}: false in {', '.join(false)}: {words}"] if false else []
        if not false and margin is not None and margin < _enough(found):
            trouble.append(f"{book[:2]}: margin {margin:.2f} in {setting}: {words} ({found[0][1]['bound']})")
    summed.sort(key=lambda row: (row[1], row[0] is None, row[0] if row[0] is not None else 0))
    for margin, book, words, found, setting, false in summed:
        texts = [claim["text"] for _, claim in found]
        middle = (
            texts[0] if len(set(texts)) == 1 else f"{texts[0]}; worst {dict((n, c['text']) for n, c in found)[setting]}"
        )
        shown = "" if margin is None else f"{margin:.2f}" if found[0][1]["scale"] is not None else f"+{margin:.0f}"
        lines.append(
            f"| {book[:2]} | {words.strip()} | {found[0][1]['bound']} | {middle} | {shown} | {setting} | {len(false) or ''} |"
        )
    moved = collections.defaultdict(float)
    for one in runs:
        for cell, share in one["figures"].items():
            moved[cell] = max(moved[cell], share)
    lines += ["", "| figure | largest share of blocks that changed |", "|---|---|"]
    lines += [f"| {cell} | {share:.2%} |" for cell, share in sorted(moved.items(), key=lambda item: -item[1]) if share]
    return "\n".join(lines) + "\n", trouble


def _margin(found):
    """Return (worst margin, its setting) of one claim over its runs: a share, or for counts a number; None without a bound."""
    gaps = [(claim["gap"], name) for name, claim in found if claim["gap"] is not None]
    if not gaps:
        return None, found[0][0]
    gap, name = min(gaps)
    scales = [claim["scale"] for _, claim in found if claim["scale"] is not None]
    if not scales:
        return gap, name
    return gap / max(statistics.median(scales), 1e-300), name


def _enough(found):
    return 1 if found[0][1]["scale"] is None else ENOUGH


def _moved(now, before):
    """Return the largest share by which a figure among the outputs differs from the committed one, 0 without figures."""
    pages = [
        [
            png
            for o in outputs
            if "text/html" in o.get("data", {})
            for png in PNG.findall("".join(o["data"]["text/html"]))
        ]
        for outputs in (now, before)
    ]
    if len(pages[0]) != len(pages[1]):
        return 1.0
    return max([difference(*map(base64.b64decode, both)) for both in zip(*pages, strict=True)], default=0.0)


def _joined(outputs):
    """Return the outputs with printed text in one piece and without what belongs to one run only."""
    kept = []
    for output in json.loads(json.dumps(outputs)):
        output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
        if kept and output["output_type"] == "stream" == kept[-1]["output_type"] and output["name"] == kept[-1]["name"]:
            kept[-1]["text"] += output["text"]
        else:
            kept.append(output)
    return kept


def _text(output):
    data = output.get("data", {})
    page = re.sub(r'src="data:image/png;base64,[^"]+"', "src=(another picture)", "".join(data.get("text/html", "")))
    return page + "".join(output.get("text", data.get("text/plain", output.get("evalue", ""))))


def _first_difference(now, before):
    rows = [text.splitlines() + [""] for text in (now, before)]
    pairs = [(a[-160:], b[-160:]) for a, b in zip(*rows, strict=False) if a != b and "(another picture)" not in a]
    return pairs[0] if pairs else ("a picture", "another")


def main(words=None):
    parser = argparse.ArgumentParser(prog="python start.py test shaken", description=__doc__.splitlines()[0])
    parser.add_argument(
        "notebooks", nargs="*", metavar="03", help="the notebooks whose names begin so; all without any"
    )
    parser.add_argument("--runs", type=int, default=20, help="runs of each notebook (20)")
    parser.add_argument("--first", type=int, default=1, help="the first jitter's seed (1)")
    parser.add_argument("--no-kernels", action="store_true", help="keep to the kernels that NumPy chooses")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="runs side by side (one a core)")
    asked = parser.parse_args(words)
    paths = [
        path
        for path in sorted((ROOT / "notebooks" / "solved").glob("*.ipynb"))
        if not asked.notebooks or path.stem.startswith(tuple(asked.notebooks))
    ]
    if not paths:
        parser.error(f"no notebook begins with {' or '.join(asked.notebooks)}")
    kernels, settings = list(kernel_sets().items())[: 1 if asked.no_kernels else None], {}
    for seed in range(asked.first, asked.first + asked.runs):
        name, environment = kernels[(seed - 1) % len(kernels)]
        settings[f"jitter {seed}, {name}"] = {**environment, "COURSE_JITTER": str(seed), "PYTHONPATH": JITTER}
    work = [(path, name, environment) for name, environment in settings.items() for path in paths]
    runs = [json.loads(kept_path(*item[:2]).read_text("utf-8")) for item in work if kept_path(*item[:2]).exists()]
    if not asked.runs:  # a table of all that is there
        runs = [
            json.loads(k.read_text("utf-8")) for path in paths for k in sorted(KEPT.glob(kept_path(path, "*").name))
        ]
        work = []
    work = [item for item in work if not kept_path(*item[:2]).exists()]
    with concurrent.futures.ProcessPoolExecutor(asked.workers) as pool:
        for number, done in enumerate(
            concurrent.futures.as_completed([pool.submit(run_and_keep, *item) for item in work]), 1
        ):
            runs.append(one := done.result())
            false = [claim["words"] for claim in one["claims"] if not claim["holds"]]
            said = f"{len(false)} false" if false else "all hold"
            print(
                f"{number}/{len(work)}  {one['notebook']}  {one['setting']}: {len(one['claims'])} claims, {said}",
                flush=True,
            )
    runs.sort(key=lambda one: (one["notebook"], one["setting"]))
    text, trouble = table(runs)
    TABLE.write_text(text, "utf-8")
    smallest = sorted(
        (float(row.split(" | ")[4]), row)
        for row in text.splitlines()
        if re.fullmatch(r"-?\d+\.\d+", (row.split(" | ") + [""] * 5)[4])
    )[:10]
    print("\nThe ten smallest margins:", *(row for _, row in smallest), sep="\n")
    print(f"\n{len(trouble)} things to mend:" if trouble else "\nEverything holds.", *trouble, sep="\n")
    print(f"\nThe whole table is in {TABLE.name}.")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
