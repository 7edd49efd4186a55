"""Make data/kjv.txt.xz, the King James Bible with one verse a line, from two Debian packages.

    apt-get download bible-kjv=4.38 bible-kjv-text=4.38
    python data/make/bible.py bible-kjv_4.38_amd64.deb bible-kjv-text_4.38_all.deb

Needs Linux on amd64 with dpkg: the text sits in the package in a format of its own, and the package's program `bible`
prints it. Only the text, which is out of copyright, goes into data/; the program does not.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from common import check_input, write_xz

INPUT = "d61b6aad4c51ba9e2800b825325fa6a09e99a0d02a9bb6dc4724fcc4995a1b7a"  # bible-kjv-text_4.38_all.deb

# The program's abbreviations, in its order, with the names that people know.
BOOKS = {
    "Ge": "Genesis", "Exo": "Exodus", "Lev": "Leviticus", "Num": "Numbers", "Deu": "Deuteronomy",
    "Josh": "Joshua", "Jdgs": "Judges", "Ruth": "Ruth", "1Sm": "1 Samuel", "2Sm": "2 Samuel",
    "1Ki": "1 Kings", "2Ki": "2 Kings", "1Chr": "1 Chronicles", "2Chr": "2 Chronicles", "Ezra": "Ezra",
    "Neh": "Nehemiah", "Est": "Esther", "Job": "Job", "Psa": "Psalms", "Prv": "Proverbs", "Eccl": "Ecclesiastes",
    "SSol": "Song of Solomon", "Isa": "Isaiah", "Jer": "Jeremiah", "Lam": "Lamentations", "Eze": "Ezekiel",
    "Dan": "Daniel", "Hos": "Hosea", "Joel": "Joel", "Amos": "Amos", "Obad": "Obadiah", "Jonah": "Jonah",
    "Mic": "Micah", "Nahum": "Nahum", "Hab": "Habakkuk", "Zep": "Zephaniah", "Hag": "Haggai", "Zec": "Zechariah",
    "Mal": "Malachi", "Mat": "Matthew", "Mark": "Mark", "Luke": "Luke", "John": "John", "Acts": "Acts",
    "Rom": "Romans", "1Cor": "1 Corinthians", "2Cor": "2 Corinthians", "Gal": "Galatians", "Eph": "Ephesians",
    "Phi": "Philippians", "Col": "Colossians", "1Th": "1 Thessalonians", "2Th": "2 Thessalonians",
    "1Tim": "1 Timothy", "2Tim": "2 Timothy", "Titus": "Titus", "Phmn": "Philemon", "Heb": "Hebrews", "Jas": "James",
    "1Pet": "1 Peter", "2Pet": "2 Peter", "1Jn": "1 John", "2Jn": "2 John", "3Jn": "3 John", "Jude": "Jude",
    "Rev": "Revelation",
}  # fmt: skip


def print_bible(program_deb, text_deb):
    """Return what the package's program prints for the whole book."""
    with tempfile.TemporaryDirectory() as folder:
        for deb in (program_deb, text_deb):
            subprocess.run(["dpkg", "-x", deb, folder], check=True)
        return subprocess.run(
            [f"{folder}/usr/bin/bible", "-f", "-p", f"{folder}/usr/lib"],
            input="gen1:1-rev22:21\n", capture_output=True, check=True, encoding="ascii",
        ).stdout  # fmt: skip


def read_verses(printed):
    """Return the lines "Genesis 1:1<tab>text" found in what the program printed."""
    lines = []
    for line in printed.splitlines():
        line = re.sub(r"^bible\(KJV\) \[.*?\]> ", "", line)
        found = re.match(r"^(\S+?)(\d+):(\d+) (.*)$", line)
        if found:
            book, chapter, verse, text = found.groups()
            lines.append(f"{BOOKS[book]} {chapter}:{verse}\t{' '.join(text.split())}")
    # The program greets with its first verse, so Genesis 1:1 comes twice.
    return lines[1:] if lines[0] == lines[1] else lines


if __name__ == "__main__":
    program, text = sys.argv[1:]
    check_input(Path(text), INPUT)
    verses = read_verses(print_bible(program, text))
    assert len(verses) == 31102, f"expected 31102 verses, found {len(verses)}"
    write_xz("kjv.txt.xz", "\n".join(verses) + "\n")
