"""Find what was handed in, and whose it is: notebooks, folders of them, ZIPs, kept answers, as they come out of Canvas or Moodle.

The student is known, in this order,

    from Moodle's names   "Ann Lee_4711_assignsubmission_file_/01_rnn_concept.ipynb", also without the folder
    from Canvas's names   "leeann_4711_99120_01_rnn_concept-1.ipynb", "leeann_LATE_4711_99120_mine.ipynb"
    from the folder       "handed in/Ann Lee/week 3/01_rnn_concept.ipynb": the first folder that is not everybody's
    from the file         "01_rnn_concept_ann.ipynb", "ann.ipynb"
"""

import contextlib
import io
import pathlib
import re
import zipfile
from dataclasses import dataclass

from helpers.learner.answers import ROOT, course_name

MOST_BYTES = 100 * 2**20  # of one file: a larger one is named and not read
MOST_FILES = 100_000
KINDS = (".ipynb", ".jsonl", ".txt", ".json")
OTHER_KINDS = (".py", ".pdf", ".html", ".htm", ".docx", ".md", ".rar", ".7z", ".gz")  # named where there is nothing else
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<rest>.+)")


@dataclass(frozen=True)
class HandIn:
    """One file: whose it is, what it is called, what is in it, or why that could not be read."""

    student: str
    id: str  # Moodle's or Canvas's number of the student; "" where there is none
    name: str
    data: bytes = b""
    trouble: str = ""


def find_handins(paths):
    """Yield a HandIn for each file at these paths: files, folders, ZIPs, and ZIPs inside of folders.

    Hidden files, copies that Jupyter keeps, and the course's own solved notebooks are left out.
    Raises FileNotFoundError, with the path, where there is nothing at one of them.
    """
    for path in map(pathlib.Path, paths):
        if not path.exists():
            raise FileNotFoundError(str(path))
        start = path.resolve()
        found = [f for f in _files(start) if _counts(f[0])]
        folders = {parts[:-1] for parts, _ in found}
        shared = _shared(folders) if start.is_dir() or start.suffix.lower() == ".zip" else ()
        before = (start.parent.name,) if start.is_file() and start.suffix.lower() != ".zip" else (start.stem,)
        for parts, read in found:
            student, number = _whose(before + shared, parts[len(shared) :])
            data, trouble = (b"", "") if parts[-1].lower().endswith(OTHER_KINDS) else read()
            yield HandIn(student, number, "/".join(parts), data, trouble)


def _files(path):
    """Yield (parts of the name, how to read it) for each file at a path or below it."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file())[:MOST_FILES]
    else:
        files = [path]
    for file in files:
        parts = file.relative_to(path).parts if path.is_dir() else ((file.name,) if file.suffix.lower() != ".zip" else ())
        if file.suffix.lower() == ".zip":
            yield from _zipped(parts, file)
        else:
            yield parts, lambda file=file: _read(file)


def _read(file):
    try:
        if file.stat().st_size > MOST_BYTES:
            return b"", _too_large(file.stat().st_size)
        return file.read_bytes(), ""
    except OSError as error:
        return b"", f"cannot be read ({error.strerror or error})"


def _zipped(parts, file, deep=0):
    """Yield what _files yields for the members of a ZIP: a path or an open file. ZIPs inside of it are opened too, once."""
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()[:MOST_FILES]
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        yield parts or (pathlib.Path(file).name,), lambda: (b"", "is a damaged ZIP")
        return
    for member in members:
        if member.is_dir():
            continue
        name = member.filename
        if not member.flag_bits & 0x800:
            with contextlib.suppress(UnicodeError):
                name = name.encode("cp437").decode("utf-8")  # a Mac's ZIP writes UTF-8 and does not say so
        inner = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        if name.lower().endswith(".zip") and deep == 0 and member.file_size <= MOST_BYTES:
            data, trouble = _unzip(archive, member)
            inside = (*parts, *inner)
            if trouble:
                yield inside, lambda trouble=trouble: (b"", trouble)
            else:
                yield from _zipped(inside, io.BytesIO(data), deep=1)
        else:
            yield (*parts, *inner), lambda member=member: _unzip(archive, member)


def _unzip(archive, member):
    try:
        with archive.open(member) as file:
            data = file.read(MOST_BYTES + 1)  # what the ZIP says of its size need not be so
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        return b"", f"cannot be unpacked ({error})"
    return (b"", _too_large(member.file_size)) if len(data) > MOST_BYTES else (data, "")


def _too_large(size):
    return f"is too large to be read ({size / 2**20:,.0f} MB): outputs cleared, it is a few hundred kB"


def _counts(parts):
    """Return whether a file can be a hand-in."""
    if any(part.startswith((".", "__MACOSX", "__pycache__")) for part in parts):
        return False
    if "solved" in parts[:-1] and _is_lesson(parts[-1]):
        return False
    name = parts[-1].lower()
    return name.endswith((*KINDS, *OTHER_KINDS, ".zip")) and name != "guesses.json"


def _shared(folders):
    """Return the folders that all files are in together."""
    first = min(folders, default=())
    for k, part in enumerate(first):
        if not all(len(other) > k and other[k] == part for other in folders):
            return first[:k]
    return first


def _whose(before, parts):
    """Return (student, number): whose file this is. before : the folders that all files share."""
    for part in (*before, *parts):
        for pattern in (MOODLE, CANVAS):
            if found := pattern.fullmatch(part):
                return found["name"].strip(), found["id"]
    if len(parts) > 1 and not _is_course_folder(parts[0]):
        return parts[0].removesuffix(".zip"), ""
    rest = _without_lesson(pathlib.Path(parts[-1]).stem)
    if rest:
        return rest, ""
    own = [part for part in (*before, *parts[:-1]) if not _is_course_folder(part)]
    return (own[-1] if own else pathlib.Path(parts[-1]).stem), ""


def _is_course_folder(name):
    return name in ("notebooks", "answers", "solved") or re.fullmatch(rf"{re.escape(course_name())}(-\w+)?", name) is not None


def _lessons():
    return sorted((p.stem for p in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")), key=len, reverse=True)


def _is_lesson(name):
    return pathlib.Path(name).stem in _lessons()


def _without_lesson(stem):
    """Return a file's name without the lesson's, and without what browsers and Canvas add to a second copy."""
    stem = re.sub(r"( ?\(\d+\)|-\d{1,2}|[- ]?[Cc]opy\d*)+$", "", stem)
    for lesson in _lessons():
        stem = stem.replace(lesson, "")
    return "" if re.fullmatch(r"\d+\.\d+|answers", stem) else stem.strip(" _-.")
