"""Pictures made to order: what is drawn is what is said, what is held out never comes, bad input is told in words."""

import numpy as np
import pytest

from helpers.data import scenes as world

rng = np.random.default_rng(0)
pictures, words, boxes = world.scenes(300, rng)


def colour_of(picture, box, shape):
    """Return the number of the colour whose RGB is nearest to the mean of an object's pixels."""
    y, x = box
    mean = picture[y : y + 5, x : x + 5][world.MASKS[shape]].mean(axis=0)
    return int(np.abs(world.RGB - mean).sum(axis=1).argmin())


def test_the_caption_says_what_is_drawn_and_where():
    for picture, row, (first, second) in zip(pictures, words, boxes, strict=True):
        for (c, s), box in (((row[0], row[1]), first), ((row[3], row[4]), second)):
            assert colour_of(picture, box, s - world.FIRST_SHAPE) == c - world.FIRST_COLOUR
        down, across = second - first
        if world.WORDS[row[2]] == "above":
            assert down > 0 and down >= abs(across) + 6
        else:
            assert world.WORDS[row[2]] == "left-of" and across > 0 and across >= abs(down) + 6
        assert row[5] == world.EOS


def test_held_out_pairs_never_come_in_training_and_always_when_asked_for():
    assert not world.is_held_out(words).any()
    _, held, _ = world.scenes(200, rng, held_out=True)
    assert (world.is_held_out(held).sum(axis=1) == 1).all()


def test_a_caption_reads_like_a_sentence():
    assert world.caption(np.array([4, 8, 2, 6, 9, 1])) == "red square above blue ring"
    assert world.caption(np.array([4, 1, 2])) == "red"


def test_the_same_seed_draws_the_same():
    for make in (world.scenes, world.cluttered, world.lit_channels, world.squares):
        one, two = make(5, np.random.default_rng(1)), make(5, np.random.default_rng(1))
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True)) and one[0].dtype == np.float32


def test_the_ring_lies_whole_in_front_of_the_clutter():
    pictures, colours, boxes = world.cluttered(50, rng)
    for picture, colour, box in zip(pictures, colours, boxes, strict=True):
        assert colour_of(picture, box, 1) == colour
    assert np.ptp(world.cluttered(5, rng, pieces=0)[0][:, 0, 0]) < 3


def test_the_lit_channel_is_the_brightest_and_holds_the_answer():
    pictures, shapes, lit = world.lit_channels(100, rng)
    assert (pictures.mean(axis=(1, 2)).argmax(axis=1) == lit).all()
    seen = []
    for picture, channel in zip(pictures, lit, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(picture[:, :, channel] - 0.5, (5, 5))
        seen.append(int(np.argmin([((windows - mask) ** 2).sum(axis=(2, 3)).min() for mask in world.MASKS])))
    assert (np.array(seen) == shapes).mean() > 0.95
    _, shapes, lit = world.lit_channels(100, rng, trusted="red")
    assert len(set(lit)) == 3 and len(set(shapes)) == 4


def test_squares_answer_their_question():
    for question in ("above", "more"):
        pictures, yes = world.squares(200, rng, question=question)
        cells = pictures.reshape(200, 6, 4, 6, 4, 3).mean(axis=(2, 4))
        red, blue = (cells[..., c] > 0.5 for c in (0, 2))
        if question == "more":
            assert np.array_equal(yes, red.sum(axis=(1, 2)) > blue.sum(axis=(1, 2)))
        else:
            assert np.array_equal(yes, red.any(axis=2).argmax(axis=1) < blue.any(axis=2).argmax(axis=1))
        assert 0.3 < yes.mean() < 0.7


@pytest.mark.parametrize(
    ("call", "piece"),
    [
        (lambda: world.scenes(0, rng), "N must be"),
        (lambda: world.scenes(3, 1), "rng must come from"),
        (lambda: world.cluttered(3, rng, pieces=-1), "pieces must be"),
        (lambda: world.lit_channels(3, rng, trusted="blue"), "trusted must be"),
        (lambda: world.squares(3, rng, question="left"), "question must be"),
    ],
)
def test_bad_input_is_told_in_words(call, piece):
    with pytest.raises(ValueError, match=piece):
        call()
