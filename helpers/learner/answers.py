"""Keep every version of every answer, outside the notebooks, so that nothing a learner wrote is lost.

One file per exercise, `answers/1.1.jsonl`, one line per version, only ever appended to. A line that cannot be read (a crash
while it was written, an editor's accident) is passed over and left where it is. `COURSE_ANSWERS` names another folder; where the
course's own folder is somebody else's or read-only, the answers are in a folder of the person's home. In Colab, whose machine
forgets everything, they are in the person's Google Drive once it is mounted.
"""

import datetime
import functools
import json
import os
import pathlib
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVE = pathlib.Path("/content/drive/MyDrive")  # where Colab mounts a person's Drive
STATES = ("right", "wrong", "draft")
_settled = {"in": None}  # the folder that `settle` found last


def folder():
    """Return the folder that the answers are kept in."""
    if asked := os.environ.get("COURSE_ANSWERS"):
        return pathlib.Path(asked).expanduser()
    if os.path.isdir(DRIVE):
        return DRIVE / course_name() / "answers"
    return on_this_machine()


def settle():
    """Carry the answers of this session along where Colab's Drive was mounted in the meantime; return what was done, in words.

    None where there was nothing to do. What is carried is copied: the answers stay where they were, too.
    """
    here, before = folder(), _settled["in"]
    _settled["in"] = here
    if here == before or DRIVE not in here.parents:
        return None
    try:
        carried = add_folder(on_this_machine())
    except OSError as error:
        return f"The answers could not be carried to your Drive ({error.strerror or error}): download the notebook."
    return f"Your answers are kept in your Drive, in {here}." + (
        f" {carried} version{'s' * (carried > 1)} of this session went there." if carried else ""
    )


def on_this_machine():
    """Return the folder that the answers are kept in where no other one is named and no Drive is mounted."""
    return ROOT / "answers" if _is_mine(ROOT) else pathlib.Path.home() / f"answers-{course_name()}"


@functools.cache
def _is_mine(root):
    """Return whether the course's folder is this person's: on a class's machine it may be somebody else's, or read-only."""
    if not os.access(root, os.W_OK):
        return False
    folders = [root / "answers", root]
    return not hasattr(os, "getuid") or os.getuid() in (0, *(f.stat().st_uid for f in folders if f.exists()))


def course_name():
    """Return the course's name, as it stands in pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["course"]["name"]


def keep(exercise_id, source, state):
    """Append one version of an answer; return a sentence for the learner where there is something to say, else None.

    source : str, the cell as it was written. state : "right", "wrong", or "draft" where a TODO is left.
    """
    said = settle()
    kept = versions(exercise_id)
    if kept and (kept[-1]["source"], kept[-1]["state"]) == (source, state):
        return said
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    try:
        _append(exercise_id, [{"time": now, "state": state, "source": source}])
    except OSError as error:
        return (
            f"This answer could not be kept in {folder()} ({error.strerror or error}). "
            "It is safe in this notebook once you save it."
        )
    return said


def add(exercise_id, more):
    """Append those of these versions that are not kept yet; return how many. Raises OSError where that is not possible."""
    known = {_same(version) for version in versions(exercise_id)}
    new = list({_same(v): v for v in more if _same(v) not in known}.values())
    if new:
        _append(exercise_id, new)
    return len(new)


def add_folder(other):
    """Add all answers, and the guesses, of another folder to one's own; return how many versions were new. Raises OSError."""
    if pathlib.Path(other) == folder():
        return 0
    add_guesses(guesses(other))
    return sum(add(key, versions(key, other)) for key in exercises(other))


def exercises(where=None):
    """Return the numbers of the exercises that something is kept of, in this folder or in one's own."""
    return sorted(path.stem for path in (where or folder()).glob("*.jsonl"))


def guesses(where=None):
    """Return what the learner guessed, {"notebook:key": value}."""
    try:
        kept = json.loads(((where or folder()) / "guesses.json").read_text("utf-8"))
        return kept if isinstance(kept, dict) else {}
    except (OSError, ValueError):
        return {}


def keep_guesses(kept):
    """Write all guesses. Raises OSError."""
    path = folder() / "guesses.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(kept, ensure_ascii=False, indent=0), "utf-8")
    os.replace(part, path)


def add_guesses(more):
    """Add guesses to questions that have none yet. Raises OSError."""
    mine = guesses()
    if more.keys() - mine.keys():
        keep_guesses({**more, **mine})


def versions(exercise_id, where=None):
    """Return all kept versions of an answer, oldest first: dicts with time (UTC), state and source.

    where : another folder than one's own.
    """
    try:
        lines = _path(exercise_id, where).read_bytes().splitlines()
    except OSError:
        return []
    found = [version for line in lines if (version := as_version(line))]
    return sorted(found, key=lambda version: _when(version))  # versions that came from elsewhere stand behind newer ones


def as_version(line):
    """Return the version that a line holds, or None where it holds none."""
    try:
        version = json.loads(line)
        _when(version)
        return version if isinstance(version["source"], str) and version["state"] in STATES else None
    except (ValueError, TypeError, KeyError):
        return None


def last_right(exercise_id):
    """Return the newest right version of an answer, or None."""
    return next((v for v in reversed(versions(exercise_id)) if v["state"] == "right"), None)


def day(version):
    """Return the day of a version in words, as in "21 November 2026"."""
    when = _when(version).astimezone()
    return f"{when.day} {when:%B %Y}"


def _when(version):
    when = datetime.datetime.fromisoformat(version["time"])
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)


def _same(version):
    """Return what tells one version from another."""
    return version["time"], version["state"], version["source"]


def _path(exercise_id, where=None):
    return (where or folder()) / f"{exercise_id}.jsonl"


def _append(exercise_id, new):
    path = _path(exercise_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab+") as file:
        if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            file.write(b"\n")  # the last line was cut off: do not lengthen the damage
        for version in new:
            line = json.dumps({key: version[key] for key in ("time", "state", "source")}, ensure_ascii=False)
            file.write(line.encode("utf-8", "backslashreplace") + b"\n")
        file.flush()
        os.fsync(file.fileno())
