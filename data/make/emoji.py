"""Make data/emoji.txt.xz, emoji with English names and keywords, and data/LICENSE-cldr.txt.

    npm pack cldr-annotations-full@48.2.0
    python data/make/emoji.py cldr-annotations-full-48.2.0.tgz

A line of the output is "😠<tab>angry face<tab>anger|angry|blame|…".
"""

import json
import sys
import tarfile
from pathlib import Path

from common import DATA, check_input, note_checksum, write_xz

INPUT = "28576e51225deb51e3ddd734b0f824a0079682cb5d8c27faa9f68149317a14d1"


def is_emoji(symbol):
    """True for a picture: the emoji planes, the older pictures of U+2600-27BF, and a few of their kind."""
    return any(ord(c) >= 0x1F000 or 0x2600 <= ord(c) <= 0x27BF or ord(c) in (0x231A, 0x231B, 0x2B50) for c in symbol)


if __name__ == "__main__":
    archive = Path(sys.argv[1])
    check_input(archive, INPUT)
    with tarfile.open(archive) as package:
        table = json.load(package.extractfile("package/annotations/en/annotations.json"))["annotations"]["annotations"]
        (DATA / "LICENSE-cldr.txt").write_bytes(package.extractfile("package/LICENSE").read())
    lines = [
        f"{symbol}\t{entry['tts'][0]}\t{'|'.join(entry.get('default', []))}\n"
        for symbol, entry in sorted(table.items())
        if is_emoji(symbol) and entry.get("tts")
    ]
    print(f"{len(lines)} of {len(table)} annotated characters")
    write_xz("emoji.txt.xz", "".join(lines))
    note_checksum("LICENSE-cldr.txt")
