"""What is asked of nets that write captions: how many are right, where they look, what changes when places are hidden.

    data = scene_columns(6000, rng)                                # Scenes: columns, words, boxes, pictures
    net = learn("look", 0, data)
    exact(net, test), changed(net, test, hidden), shapes_right(net, data, held_out=True)
"""

from typing import NamedTuple

import numpy as np

from helpers.data.scenes import FIRST_COLOUR, FIRST_SHAPE, OBJECT, is_held_out, scenes
from helpers.layers import windows
from helpers.models.captioner import Captioner
from helpers.training import train_on

SIZE, STRIDE, PAD, SIDE = 8, 4, 2, 6  # the eyes: windows of 8 x 8 pixels, one every 4 pixels, 6 x 6 of them
COLOUR_WORDS, SHAPE_WORDS = (0, 3), (1, 4)
TOLD = ("the truth", "seen", "never seen")


class Scenes(NamedTuple):
    """Pictures with captions: columns (N, 36, 192), words (N, 6), boxes (N, 2, 2), pictures (N, 24, 24, 3)."""

    columns: np.ndarray
    words: np.ndarray
    boxes: np.ndarray
    pictures: np.ndarray


def scene_columns(N, rng, *, held_out=False, windows=windows):
    """Return Scenes; windows(X, size, stride, pad) may be your own function."""
    pictures, words, boxes = scenes(N, rng, held_out=held_out)
    return Scenes(cut(pictures, windows), words, boxes, pictures)


def cut(pictures, windows=windows):
    """Return the windows (N, 36, 192) of pictures (N, 24, 24, 3), in float32."""
    parts = [windows(pictures[at : at + 500], SIZE, STRIDE, PAD) for at in range(0, len(pictures), 500)]
    return np.concatenate([part.astype(np.float32, copy=False) for part in parts])


def learn(context, seed, data, *, steps=1400, lr=0.012, **kind):
    """Return a Captioner, trained on batches of 32 of data; kind goes to Captioner."""
    rng = np.random.default_rng(seed)
    net = Captioner(context, rng=rng, **kind)
    chosen = (rng.integers(0, len(data.words), 32) for _ in range(steps))
    train_on(net, ((data.columns[k], data.words[k]) for k in chosen), steps, lr)
    return net


def exact(net, data, **how):
    """Return the share of the pictures whose whole caption is right."""
    return float((net.describe(data.columns, **how)[0] == data.words).all(axis=1).mean())


def right_by_word(net, data):
    """Return (6,): the share right of each word, each after the right words before it."""
    return (net.describe(data.columns, data.words)[0] == data.words).mean(axis=0)


def cells_of(boxes):
    """Return (N, 2, 36) bool: the places whose cell of 4 x 4 pixels has a pixel of the first, and of the second object."""
    edge = np.arange(SIDE) * STRIDE
    rows, columns = ((edge < at + OBJECT) & (edge + STRIDE > at) for at in (boxes[:, :, :1], boxes[:, :, 1:]))
    return (rows[:, :, :, None] & columns[:, :, None]).reshape(*boxes.shape[:2], -1)


def changed(net, data, hidden, word=None):
    """Return (6,): the share of the right words that change when the net must not look at `hidden` (N, 36).

    word : the number of the one word at which the places are hidden; None hides them at every word. The words before are
        given, so that one changed word does not change the next.
    """
    allowed = np.ones((len(hidden), data.words.shape[1], hidden.shape[1]), bool)
    allowed[:, slice(None) if word is None else word] &= ~(hidden[:, None] if word is None else hidden)
    before, after = (net.describe(data.columns, data.words, allowed=mask)[0] for mask in (None, allowed))
    right = before == data.words
    return ((after != before) & right).sum(axis=0) / right.sum(axis=0)


def ground(boxes, rng, cells=4):
    """Return (N, 36) bool: a few places at random on which neither object lies."""
    free = ~cells_of(boxes).any(axis=1)
    order = np.argsort(np.where(free, rng.random(free.shape), 2), axis=1)[:, :cells]
    hidden = np.zeros_like(free)
    np.put_along_axis(hidden, order, True, axis=1)
    return hidden


def shapes_right(net, data, *, held_out, told="the truth"):
    """Return the share of the shape words that are right, after the words before them; objects that are (not) held out.

    told : "the truth"; "seen": another colour for each of these objects, one that comes with this shape in training;
        "never seen": the one colour that never does.
    """
    if told not in TOLD:
        raise ValueError(f"told is {told!r}, expected one of {', '.join(map(repr, TOLD))}")
    chosen, words = is_held_out(data.words) == held_out, data.words.copy()
    for j, (c, s) in enumerate(zip(COLOUR_WORDS, SHAPE_WORDS, strict=True)):
        colour, shape = words[:, c] - FIRST_COLOUR, words[:, s] - FIRST_SHAPE
        other = (colour + 1 + np.arange(len(words)) % 3) % 4
        for _ in range(2):                                       # neither its own colour nor the one never seen
            other = np.where((other == shape) | (other == colour), (other + 1) % 4, other)
        said = {"the truth": colour, "seen": other, "never seen": shape}[told]
        words[:, c] = np.where(chosen[:, j], FIRST_COLOUR + said, words[:, c])
    said, shapes = net.describe(data.columns, words)[0], list(SHAPE_WORDS)
    return float((said[:, shapes] == data.words[:, shapes])[chosen].mean())


def right_by_pair(nets, data):
    """Return (4, 4): for each colour and shape the share of its shape words that are right, over the nets."""
    right, count = np.zeros((4, 4)), np.zeros((4, 4))
    for net in nets:
        said = net.describe(data.columns, data.words)[0]
        for c, s in zip(COLOUR_WORDS, SHAPE_WORDS, strict=True):
            at = data.words[:, c] - FIRST_COLOUR, data.words[:, s] - FIRST_SHAPE
            np.add.at(right, at, said[:, s] == data.words[:, s])
            np.add.at(count, at, 1)
    return right / np.maximum(count, 1)


def places_that_count(A):
    """Return how many places share the weight, e to the entropy of the map: 1 for a single one, 36 for an even map."""
    return np.exp(-(A * np.log(A + 1e-12)).sum(axis=-1))
