"""Write the course's public address into everything that names it, without executing anything: `build.py --repo OWNER/NAME`.

The address stands in pyproject.toml. From there it comes into the set-up cells and the badges of the notebooks and README.md.
.github/workflows/address.yml does this where the course is pushed for the first time, and on every fork.
"""

import re

import nbformat


def stamp(address, root, paths, build, trees):
    """Write the address into pyproject.toml, README.md and all notebooks, whose outputs stay; return the files that changed.

    address : "OWNER/NAME". paths : the sources. build : (path, filled) -> the notebook of a source. trees : {"blank": folder,
    "solved": folder}. Raises ValueError for an address that is none, and where a notebook is not what its source gives: then
    there are outputs that no longer belong to the code.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", address):
        raise ValueError(f"--repo expects OWNER/NAME, got {address!r}")
    changed = []
    badge = r"(colab\.research\.google\.com/github/)[\w.-]+/[\w.-]+(?=/blob/)"
    _change(root / "pyproject.toml", r'(?m)^repository = "[^"]*"', f'repository = "{address}"', changed)
    _change(root / "README.md", badge, rf"\g<1>{address}", changed)
    # the line follows the licences, or replaces the one that is there
    line = f'repository-code: "https://github.com/{address}"'
    _change(root / "CITATION.cff", r"(?m)^(?:repository-code: .*\n)?keywords:", f"{line}\nkeywords:", changed)
    for path in paths:
        for tree, folder in trees.items():
            target = folder / f"{path.stem}.ipynb"
            before = nbformat.read(target, 4)
            notebook = build(path, tree == "solved")
            if [c.id for c in before.cells] != [c.id for c in notebook.cells]:
                raise ValueError(f"{target.relative_to(root)} is not what its source gives: build it first")
            for number, (cell, old) in enumerate(zip(notebook.cells, before.cells, strict=True)):
                is_setup = cell.metadata.get("cellView") == "form"
                if number and not is_setup and cell.source != old.source:
                    raise ValueError(f"{target.relative_to(root)}, cell {cell.id}, is not what its source gives: build it first")
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = old.outputs, old.execution_count
            _write(target, nbformat.writes(notebook) + "\n", changed)
    return changed


def _change(path, pattern, words, changed):
    if path.exists():
        _write(path, re.sub(pattern, words, path.read_text("utf-8")), changed)


def _write(path, text, changed):
    if path.read_text("utf-8") != text:
        path.write_text(text, "utf-8", newline="\n")
        changed.append(path)
