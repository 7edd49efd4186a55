"""Keep every version of every answer, outside the notebooks, so that nothing a learner wrote is lost.

One file per exercise, `answers/1.1.jsonl`, one line per version, only ever appended to. A line that cannot be read (a crash
while it was written, an editor's accident) is passed over and left where it is. `COURSE_ANSWERS` names another folder; where the
course's own folder is somebody else's or read-only, the answers are in a folder of the person's home.
"""

import datetime
import functools
import json
import os
import pathlib
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def folder():
    """Return the folder that the answers are kept in."""
    if asked := os.environ.get("COURSE_ANSWERS"):
        return pathlib.Path(asked).expanduser()
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
    """Append one version of an answer; return a sentence for the learner where that was not possible, else None.

    source : str, the cell as it was written. state : "right", "wrong", or "draft" where a TODO is left.
    """
    versions = _read(exercise_id)
    if versions and (versions[-1]["source"], versions[-1]["state"]) == (source, state):
        return None
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    line = json.dumps({"time": now, "state": state, "source": source}, ensure_ascii=False)
    path = _path(exercise_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab+") as file:
            if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                file.write(b"\n")  # the last line was cut off: do not lengthen the damage
            file.write(line.encode("utf-8", "backslashreplace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return (
            f"This answer could not be kept in {path.parent} ({error.strerror or error}). "
            "It is safe in this notebook once you save it."
        )
    return None


def versions(exercise_id):
    """Return all kept versions of an answer, oldest first: dicts with time (UTC), state and source."""
    return _read(exercise_id)


def last_right(exercise_id):
    """Return the newest right version of an answer, or None."""
    return next((v for v in reversed(_read(exercise_id)) if v["state"] == "right"), None)


def day(version):
    """Return the day of a version in words, as in "21 November 2026"."""
    when = datetime.datetime.fromisoformat(version["time"]).astimezone()
    return f"{when.day} {when:%B %Y}"


def _path(exercise_id):
    return folder() / f"{exercise_id}.jsonl"


def _read(exercise_id):
    try:
        lines = _path(exercise_id).read_bytes().splitlines()
    except OSError:
        return []
    kept = []
    for line in lines:
        try:
            version = json.loads(line)
            datetime.datetime.fromisoformat(version["time"])
            if isinstance(version["source"], str) and version["state"] in ("right", "wrong", "draft"):
                kept.append(version)
        except (ValueError, TypeError, KeyError):
            continue
    return kept
