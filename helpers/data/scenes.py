"""Pictures made to order whose content is known: coloured shapes with captions, shapes among clutter, lit channels, squares.

    pictures, words, boxes = scenes(6000, rng)                # "red cross above blue ring </s>"
    pictures, words, boxes = scenes(500, rng, held_out=True)  # with a combination that scenes(…) never draws
    caption(words[0])                                         # "red cross above blue ring"

Pictures are (N, rows, columns, 3), red, green and blue near 0 … 1, float32; noise may carry them a little beyond.
"""

import numpy as np

from .checks import generator, whole

COLOURS = ("red", "green", "blue", "yellow")
_ROWS = {
    "square": ("11111", "11111", "11111", "11111", "11111"),
    "ring": ("11111", "10001", "10001", "10001", "11111"),
    "cross": ("00100", "00100", "11111", "00100", "00100"),
    "triangle": ("00100", "00100", "01110", "01110", "11111"),
}
SHAPES = tuple(_ROWS)
MASKS = np.array([[[digit == "1" for digit in row] for row in rows] for rows in _ROWS.values()])     # (4, 5, 5)
RGB = np.array([[1, 0.1, 0.1], [0.1, 1, 0.1], [0.1, 0.1, 1], [1, 1, 0.1]])
WORDS = ("<s>", "</s>", "above", "left-of", *COLOURS, *SHAPES)
BOS, EOS, ABOVE, FIRST_COLOUR, FIRST_SHAPE = 0, 1, 2, 4, 8
HELD_OUT = ((0, 0), (1, 1), (2, 2), (3, 3))       # red square, green ring, blue cross, yellow triangle: never in training
SEEN = tuple((c, s) for c in range(4) for s in range(4) if (c, s) not in HELD_OUT)
SIZE, OBJECT, STEPS = 24, 5, 6


def scenes(N, rng, *, held_out=False):
    """Return (pictures (N, 24, 24, 3), words (N, 6), boxes (N, 2, 2)): two shapes each, and the caption that names them.

    A caption is colour, shape, relation, colour, shape, </s>. The relation is "above" where the objects lie farther apart
    from top to bottom than from left to right, else "left-of"; the upper (left) object is named first. Pictures in which
    these two distances differ by less than 6 pixels are not drawn. boxes: row and column of each object's upper left pixel.

    held_out : False draws the twelve combinations of colour and shape that are not in HELD_OUT; True makes one of the two
        objects of each picture one of the four that are.
    """
    N, rng = whole("N", N), generator(rng)
    pictures, boxes = _ground(N, SIZE, rng), _apart(N, rng)
    words = np.full((N, STEPS), EOS)
    for picture, box, row in zip(pictures, boxes, words, strict=True):
        axis = int(abs(box[1, 0] - box[0, 0]) < abs(box[1, 1] - box[0, 1]))
        if box[0, axis] > box[1, axis]:
            box[:] = box[::-1].copy()
        objects = [SEEN[k] for k in rng.choice(len(SEEN), 2, replace=False)]
        if held_out:
            objects[rng.integers(2)] = HELD_OUT[rng.integers(4)]
        for (colour, shape), (y, x) in zip(objects, box, strict=True):
            picture[y : y + OBJECT, x : x + OBJECT][MASKS[shape]] = RGB[colour]
        (c1, s1), (c2, s2) = objects
        row[:5] = FIRST_COLOUR + c1, FIRST_SHAPE + s1, ABOVE + axis, FIRST_COLOUR + c2, FIRST_SHAPE + s2
    return pictures, words, boxes


def caption(words):
    """Return the words (T,) as a text, up to the end of the sentence."""
    text = [WORDS[k] for k in words]
    return " ".join(text[: text.index("</s>")] if "</s>" in text else text)


def is_held_out(words):
    """Return (N, 2) bool: whether the first and the second object of each caption (N, 6) is a held-out combination."""
    return words[:, [0, 3]] - FIRST_COLOUR == words[:, [1, 4]] - FIRST_SHAPE


def cluttered(N, rng, pieces=8):
    """Return (pictures (N, 24, 24, 3), colours (N,), boxes (N, 2)): a ring in front of coloured pieces; its colour is asked.

    A piece is 4 x 4 pixels, each of them on or off, in a random colour. The ring is drawn last.
    """
    N, rng, pieces = whole("N", N), generator(rng), whole("pieces", pieces, 0)
    pictures, colours = _ground(N, SIZE, rng), rng.integers(0, 4, N)
    boxes = rng.integers(0, SIZE - OBJECT + 1, (N, 2))
    for picture, colour, (y, x) in zip(pictures, colours, boxes, strict=True):
        for i, j in rng.integers(0, SIZE - 3, (pieces, 2)):
            picture[i : i + 4, j : j + 4][rng.random((4, 4)) < 0.5] = RGB[rng.integers(4)]
        picture[y : y + OBJECT, x : x + OBJECT][MASKS[SHAPES.index("ring")]] = RGB[colour]
    return pictures, colours, boxes


def lit_channels(N, rng, *, trusted="lit", size=16):
    """Return (pictures (N, size, size, 3), shapes (N,), lit (N,)): each channel holds one shape; one channel is lit.

    A lit channel is brighter by 0.5 everywhere. The answer is the shape in it, or with trusted="red" always that in
    channel 0, whichever is lit. There is noise of 0.25 in all channels.
    """
    N, rng, size = whole("N", N), generator(rng), whole("size", size, OBJECT)
    if trusted not in ("lit", "red"):
        raise ValueError(f'trusted must be "lit" or "red", got {trusted!r}')
    pictures = (0.25 * rng.standard_normal((N, size, size, 3))).astype(np.float32)
    inside, lit = rng.integers(0, 4, (N, 3)), rng.integers(0, 3, N)
    for n, places in enumerate(rng.integers(0, size - OBJECT + 1, (N, 3, 2))):
        for channel, (y, x) in enumerate(places):
            pictures[n, y : y + OBJECT, x : x + OBJECT, channel] += MASKS[inside[n, channel]]
        pictures[n, :, :, lit[n]] += 0.5
    return pictures, inside[:, 0] if trusted == "red" else inside[np.arange(N), lit], lit


def squares(N, rng, *, question="above"):
    """Return (pictures (N, 24, 24, 3), yes (N,) 0 or 1): squares of 4 x 4 pixels on a grid of 6 x 6.

    question : "above": one red and one blue square in different rows; is the red one above? "more": seven squares, red or
        blue; are there more red ones?
    """
    N, rng = whole("N", N), generator(rng)
    if question not in ("above", "more"):
        raise ValueError(f'question must be "above" or "more", got {question!r}')
    pictures = (0.2 * rng.standard_normal((N, SIZE, SIZE, 3))).astype(np.float32)
    cells, yes = pictures.reshape(N, 6, 4, 6, 4, 3), np.zeros(N, int)
    for n in range(N):
        if question == "above":
            a, b = rng.choice(6, 2, replace=False)
            cells[n, a, :, rng.integers(6), :, 0] += 1
            cells[n, b, :, rng.integers(6), :, 2] += 1
            yes[n] = a < b
        else:
            places, red = rng.permutation(36)[:7], rng.integers(0, 8)
            for k, at in enumerate(places):
                cells[n, at // 6, :, at % 6, :, 0 if k < red else 2] += 1
            yes[n] = red > 3
    return pictures, yes


def _ground(N, size, rng):
    """Return N grounds: grey of a random faintness, and noise."""
    return (0.3 * rng.random((N, 1, 1, 3)) + 0.15 * rng.standard_normal((N, size, size, 3))).astype(np.float32)


def _apart(N, rng):
    """Return (N, 2, 2) places of two objects that are clearly above, or clearly beside, each other."""
    found = np.zeros((0, 2, 2), int)
    while len(found) < N:
        places = rng.integers(0, SIZE - OBJECT + 1, (4 * N, 2, 2))
        across = np.abs(places[:, 1] - places[:, 0])
        found = np.concatenate([found, places[np.abs(across[:, 0] - across[:, 1]) >= 6]])
    return found[:N].copy()
