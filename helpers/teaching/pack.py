"""Pack the course into one ZIP: `python start.py pack [FILE]`. Beside a notebook in Colab it is all that the notebook needs."""

import argparse
import pathlib
import zipfile

from helpers.learner.answers import ROOT, course_name

# what a course is made of; answers, environments, built pages and what else lies in the folder stay behind
PARTS = ("start.py", "requirements.txt", "pyproject.toml", "README.md", "CONTRIBUTING.md", "LICENSE", "CITATION.cff",
         "conftest.py", "helpers", "notebooks", "data", "settings", "site", "tests")  # fmt: skip
DAY = (1980, 1, 1, 0, 0, 0)  # so that the same course gives the same ZIP


def pack(target, root=ROOT):
    """Write the course at `root` into a ZIP at `target`, all of it in one folder with the course's name; return the bytes it has.

    Raises OSError where it cannot be written.
    """
    part = target.with_name(target.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files(root):
            entry = zipfile.ZipInfo(f"{course_name()}/{path.relative_to(root).as_posix()}", DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    part.replace(target)
    return target.stat().st_size


def files(root=ROOT):
    """Return the paths of the files that make up the course, in order."""
    found = []
    for name in PARTS:
        top = root / name
        found += [top] if top.is_file() else sorted(top.rglob("*"))
    return [path for path in found if path.is_file() and not _is_left_behind(path.relative_to(root))]


def _is_left_behind(path):
    return (
        any(part.startswith(".") or part in ("__pycache__", "pictures", "answers") for part in path.parts)
        or path.suffix in (".pyc", ".zip", ".part")
        or path.parts[:2] == ("site", "html")
    )


def main(words):
    """Do what the words after `python start.py pack` ask for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python start.py pack", description="Pack the course into one ZIP.")
    parser.add_argument("file", nargs="?", type=pathlib.Path, default=pathlib.Path(f"{course_name()}.zip"))
    target = parser.parse_args(words).file
    size = pack(target)
    print(f"{target.resolve()}, {size / 1e6:.1f} MB. In Colab: upload it beside the notebook, and run the notebook's first cell.")
    return 0
