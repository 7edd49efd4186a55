"""Compare figures by what one sees: other versions of matplotlib move letters by a pixel, a lost curve is something else."""

import base64
import copy
import io
import re
from importlib.metadata import version

import numpy as np
from PIL import Image

from tests.measured import masked_outputs

PNG = re.compile(r'src="data:image/png;base64,([^"]+)"')
BLOCK = 12  # pixels of the picture, 8 on the page
STRONG = 0.12  # a difference of a block's mean grey, black to white being 1
FEW = 0.02  # the share of blocks that may differ strongly
DRAWN_BY = "3.11."  # the matplotlib of the committed figures
OTHERWISE = 0.12  # the share more with another one: 3.10 moves axes with powers of ten by some pixels, up to 10.3 % of the blocks


MOVING = {
    # "cell id": (the share that may differ, why the figure moves more than others under another processor's last bits)
    "02-034": (0.06, "a learning rate that is too high: the band of its five runs is chaos"),
    "03-083": (0.05, "a gradient that dips and comes back: at which step is each net's own"),
    "04-083": (0.06, "nets run on for twenty times the length they were trained on: how fast a cell then grows is its own"),
    "07-108": (0.05, "nets at the edge of what they can carry: how much of their longest strings they get right is their own"),
    "09-045": (0.06, "the bars count at which step strings break, a few per cent at each"),
    "13-033": (0.06, "shares of single nets as bars, two nets each"),
    "13-068": (0.12, "each bar is the gate of one filter of one net"),
    "09-054": (0.08, "bands of three nets on long strings, where one net makes the difference"),
}


def limit_of(cell_id):
    """Return the share of a cell's figure that may differ."""
    return MOVING.get(cell_id, (FEW, ""))[0] + (0 if version("matplotlib").startswith(DRAWN_BY) else OTHERWISE)


def difference(a, b):
    """Return the share of blocks of two PNGs (bytes) that differ strongly, 1.0 where their sizes differ by over 2 pixels."""
    a, b = (Image.open(io.BytesIO(png)).convert("RGB") for png in (a, b))
    if max(abs(x - y) for x, y in zip(a.size, b.size, strict=True)) > 2:  # versions round a size differently
        return 1.0
    small = (max(1, a.width // BLOCK), max(1, a.height // BLOCK))
    a, b = (np.asarray(picture.resize(small, Image.Resampling.BOX), float) / 255 for picture in (a, b))
    return float((np.abs(a - b).max(axis=-1) > STRONG).mean())


def comparable(test, ref, few=FEW):
    """Return copies of two lists of outputs that are equal where a reader sees the same.

    Pictures that look the same, but for the share `few` of their blocks, are replaced by the word for it, measured numbers by
    a sign (see measured.py).
    """
    test, ref = copy.deepcopy(test), copy.deepcopy(ref)
    for output in test + ref:
        if "text/html" in output.get("data", {}):
            output["data"].pop("image/png", None)  # the figure again, for exports: not committed
    masked_outputs(test, ref)
    pages = [[o["data"] for o in outputs if "text/html" in o.get("data", {})] for outputs in (test, ref)]
    for mine, theirs in zip(*pages, strict=False):
        found = [PNG.findall("".join(page["text/html"])) for page in (mine, theirs)]
        if not found[0] or len(found[0]) != len(found[1]):
            continue
        for k, (a, b) in enumerate(zip(*found, strict=True)):
            share = difference(base64.b64decode(a), base64.b64decode(b))
            same = share <= few
            for page, png, whose in ((mine, a, "now"), (theirs, b, "committed")):
                word = f"picture {k}" if same else f"picture {k} {whose}: {share:.1%} of it looks different"
                page["text/html"] = "".join(page["text/html"]).replace(f"data:image/png;base64,{png}", word)
    return test, ref
