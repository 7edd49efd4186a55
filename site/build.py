"""Build the pages to read: the solved lessons, a page of notation and a glossary, to be searched without a network.

    python start.py site             build them, look for broken links, and say where they are

They lie in site/html. Everything that they need lies there too: open index.html, or put the folder on any web server.
Sphinx with MyST-NB and the Sphinx Book Theme builds them. The next tool of that family, Jupyter Book 2, fetches its theme
from the network while it builds, and its search does not work in pages that are opened from a folder.
"""

import os
import pathlib
import shutil
import sys
import tempfile
import time
import tomllib

import check
import stage
from sphinx.cmd.build import build_main

ROOT = stage.ROOT
PAGES = stage.HERE / "html"


def main():
    """Build all pages and check them; return the exit code."""
    began = time.monotonic()
    course = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["course"]
    os.environ.update(COURSE_REPOSITORY=course["repository"], COURSE_BRANCH=course["branch"])
    with tempfile.TemporaryDirectory() as folder:  # what Sphinx leaves beside the pages goes with it
        sources, built = pathlib.Path(folder, "sources"), pathlib.Path(folder, "built")
        lessons = stage.stage(sources)
        stage.stage_mathjax(sources)
        strict = ["-q", "-W", "--keep-going", "-n"]  # a warning is an error, and so is a reference to nowhere
        failed = build_main([*strict, "-b", "html", "-d", str(built / "trees"), str(sources), str(built / "html")])
        shutil.rmtree(PAGES, ignore_errors=True)  # a page of a lesson that is gone must not stay
        shutil.move(built / "html", PAGES)
    found = list(check.faults(PAGES))
    print("\n".join(found) or f"{len(lessons)} lessons, no broken link, in {time.monotonic() - began:.0f} s:\n"
          f"    {PAGES / 'index.html'}")
    return 1 if failed or found else 0


if __name__ == "__main__":
    sys.exit(main())
