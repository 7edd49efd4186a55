"""Compare printed text where it holds measured numbers: another processor's last bits train another net.

In the line of a claim, "✓ words: 0.041 (below 0.06)", the measured number is not compared, for the bound beside it is checked
when the cell runs. Elsewhere a number behind ≈, or one that answers a guess ("→ right: 95 % (you guessed 40 %)"), may differ by a
fifth, or by one in its last digit. All else is compared as it is.
"""

import re

CLAIM = re.compile(r"^(✓ .*: )([^()]*)( \([^()]*\))$", re.M)
REVEAL = re.compile(r"^(→ .*: )(?=[-+]?\d)(.* \(you .*\))$", re.M)
NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
ABOUT = re.compile(rf"≈ ?({NUMBER})(?: %)?(?: … ({NUMBER})(?: %)?)?")
FAR = 0.2


def without_measured_numbers(now, committed):
    """Return both texts with the numbers out that may differ, and do not differ by more than they may."""
    now, committed = (REVEAL.sub(r"\1≈\2", CLAIM.sub(_claim, text)) for text in (now, committed))
    found = [list(ABOUT.finditer(text)) for text in (now, committed)]
    if len(found[0]) != len(found[1]) or any(not _near(a, b) for a, b in zip(*found, strict=True)):
        return now, committed
    return ABOUT.sub("≈", now), ABOUT.sub("≈", committed)


def masked_outputs(test, ref):
    """Do that for two lists of a cell's outputs, output by output; the lists are changed in place."""
    for mine, theirs in zip(test, ref, strict=False):
        if mine.get("output_type") == "stream" == theirs.get("output_type"):
            mine["text"], theirs["text"] = without_measured_numbers("".join(mine["text"]), "".join(theirs["text"]))
        both = [o.get("data", {}) for o in (mine, theirs)]
        for kind in ("text/plain", "text/html"):
            if all(kind in data for data in both):
                texts = without_measured_numbers(*("".join(data[kind]) for data in both))
                for data, text in zip(both, texts, strict=True):
                    data[kind] = text


def _claim(match):
    return match[1] + "…" + ABOUT.sub("≈", match[3])


def _near(a, b):
    for x, y in zip(a.groups(), b.groups(), strict=True):
        if (x is None) != (y is None):
            return False
        if x is None:
            continue
        digit = 10.0 ** -max(len(n.partition(".")[2].partition("e")[0]) for n in (x, y)) if "e" not in x + y else 0
        x, y = float(x.replace(",", "")), float(y.replace(",", ""))
        if abs(x - y) > max(FAR * max(abs(x), abs(y)), 1.001 * digit):
            return False
    return True
