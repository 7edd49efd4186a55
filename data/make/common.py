"""What all the scripts in this folder share: check the input, write the output with its checksum."""

import hashlib
import lzma
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent


def sha256(path):
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def check_input(path, expected):
    """Stop unless the file is byte for byte the one that the data in this repository was made from."""
    found = sha256(path)
    if found != expected:
        raise SystemExit(f"{path} has SHA-256 {found}, but data/ was made from {expected}: another version?")


def write_xz(name, text):
    """Write data/NAME, compressed with xz (no time stamp in it), and note its checksum in data/SHA256SUMS."""
    path = DATA / name
    path.write_bytes(lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    note_checksum(name)
    print(f"{path}: {path.stat().st_size} bytes, {len(text)} characters before compression")


def note_checksum(name):
    """Put the checksum of data/NAME into data/SHA256SUMS (the format of `sha256sum -c`), sorted by name."""
    sums = DATA / "SHA256SUMS"
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
    known = {line.split()[1]: line.split()[0] for line in lines}
    known[name] = sha256(DATA / name)
    sums.write_bytes("".join(f"{known[key]}  {key}\n" for key in sorted(known)).encode())
