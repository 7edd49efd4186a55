"""Reading the files in data/: found relative to this file, checked against data/SHA256SUMS, unpacked."""

import hashlib
import lzma
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data"


class DataFileError(RuntimeError):
    """A file in data/ is missing or damaged; the message says what to do."""


def read_text(name, folder=None):
    """Return the text of the xz-compressed file data/NAME; see read_checked."""
    return lzma.decompress(read_checked(name, folder)).decode("utf-8")


def read_checked(name, folder=None):
    """Return the bytes of the file data/NAME, after its checksum was found right.

    Raises DataFileError if the file or its checksum is missing, or if they do not agree.
    """
    folder = Path(folder or FOLDER)
    mend = f"bring it back with `git checkout -- data/{name} data/SHA256SUMS`, or clone the course again."
    try:
        packed = (folder / name).read_bytes()
    except OSError:
        raise DataFileError(f"The file data/{name} is missing from {folder.parent}: {mend}") from None
    expected = checksums(folder).get(name)
    if hashlib.sha256(packed).hexdigest() != expected:
        raise DataFileError(f"The file data/{name} is damaged (its checksum is not in data/SHA256SUMS): {mend}")
    return packed


def checksums(folder=None):
    """Return {file name: SHA-256} as data/SHA256SUMS has it, or {} if that list is missing."""
    try:
        lines = (Path(folder or FOLDER) / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: digest for digest, name in (line.split() for line in lines if len(line.split()) == 2)}
