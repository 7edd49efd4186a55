"""The net that writes captions: its gradients, masks, a reader's own functions, and what is measured around it."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.experiments import captions, suspects
from helpers.models.captioner import CONTEXTS, Captioner, look
from helpers.training.gradients import gradient_errors
from tests.small_transformers import says

every_context = pytest.mark.parametrize("context", CONTEXTS)
SMALL = {"side": 3, "inputs": 7, "width": 5, "hidden": 6, "embedding": 4, "flat": 2, "dtype": np.float64}


def penalty(A, strength=0.3):
    over = 1 - A.sum(axis=1)
    return strength * (over**2).sum() / len(A), np.repeat((-2 * strength * over / len(A))[:, None], A.shape[1], axis=1)


def make(context="look", seed=1, **more):
    rng = np.random.default_rng(seed)
    net = Captioner(context, rng=rng, **(SMALL | more))
    for p in net.params.values():
        p += 0.2 * rng.standard_normal(p.shape)
    return net


def batch(seed=2, N=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, 9, 7)), rng.integers(1, 12, (N, 6))


@every_context
@pytest.mark.parametrize("extra", [None, penalty], ids=["plain", "with a penalty"])
def test_gradients_are_right(context, extra):
    net, (columns, words) = make(context, penalty=extra), batch()
    grads = dict(net.loss_and_grads(columns, words)[1])
    assert grads.keys() == net.params.keys()
    errors = gradient_errors(lambda: net.loss_and_grads(columns, words)[0], net.params, grads)
    assert max(errors.values()) < 1e-6, errors


@every_context
def test_words_that_are_given_are_followed_and_its_own_otherwise(context):
    net, (columns, words) = make(context), batch()
    said, maps, sure = net.describe(columns)
    again, _, same = net.describe(columns, said)
    assert np.array_equal(said, again) and np.allclose(sure, same) and ((0 < sure) & (sure <= 1)).all()
    assert (maps is None) == (context != "look")
    changed = words.copy()
    changed[:, 2] = (words[:, 2] + 1) % 12
    assert np.array_equal(net.describe(columns, words)[2][:, :3], net.describe(columns, changed)[2][:, :3])


def test_hidden_places_get_no_weight_and_only_at_their_word():
    net, (columns, words) = make(), batch()
    allowed = np.ones((3, 6, 9), bool)
    allowed[:, 4, :3] = False
    before, after = (net.describe(columns, words, allowed=mask)[1] for mask in (None, allowed))
    assert not after[:, 4, :3].any() and np.allclose(after.sum(axis=2), 1)
    assert np.allclose(before[:, :4], after[:, :4])
    assert set(np.unique(net.describe(columns, words, hard=True)[1])) == {0, 1}


def test_your_own_look_is_what_trains():
    calls = []
    own = find("13.4").reference

    def counted(h, F, Wq, allowed=None):
        calls.append(allowed)
        return own(h, F, Wq, allowed)

    columns, words = batch()
    mine, theirs = make(look=counted), make()
    loss, grads = theirs.loss_and_grads(columns, words)
    own_loss, own_grads = mine.loss_and_grads(columns, words)
    assert own_loss == pytest.approx(loss, abs=1e-13) and len(calls) == 6
    for name, g in grads.items():
        np.testing.assert_allclose(own_grads[name], g, atol=1e-12)
    h, F, Wq = np.ones((2, 3)), np.random.default_rng(0).normal(size=(2, 4, 5)), np.ones((3, 5))
    allowed = np.array([[True, True, False, False]] * 2)
    for a, b in zip(look(h, F, Wq, allowed), own(h, F, Wq, allowed), strict=True):
        np.testing.assert_allclose(a, b)


def test_the_mean_context_is_the_mean_of_the_places():
    net, (columns, words) = make("mean"), batch()
    F, h = net.see(columns)
    _, o, A, _ = net.step(F, h, words[:, 0])
    assert A is None and np.allclose(o[:, 6:], F.mean(axis=1))


def test_training_in_float32_learns_the_first_words():
    data = captions.scene_columns(400, np.random.default_rng(0))
    net = captions.learn("look", 0, data, steps=150)
    assert {p.dtype for p in net.params.values()} == {np.dtype(np.float32)}
    by_word = captions.right_by_word(net, data)
    assert by_word[5] == 1 and by_word[0] > 0.3
    assert captions.exact(net, data) <= by_word.min() + 1e-9


def test_bad_input_is_told_in_words():
    net, (columns, words) = make(), batch()
    says(lambda: net.see(columns[:, :4]), "columns has shape (3, 4, 7)", "9")
    says(lambda: net.loss_and_grads(columns, words[:2]), "words has shape (2, 6)")
    says(lambda: net.loss_and_grads(columns, words + 90), "the vocabulary has the ids 0 to 11")
    says(lambda: Captioner("hard", rng=np.random.default_rng(0)), "context is 'hard'")
    says(lambda: captions.shapes_right(net, None, held_out=True, told="lies"), "told is 'lies'")


def test_the_cells_of_an_object_are_those_of_the_exercise():
    _, _, boxes, _ = captions.scene_columns(40, np.random.default_rng(5))
    share = find("13.5").reference
    cells = captions.cells_of(boxes)
    A = np.random.default_rng(6).random((40, 36))
    for j in (0, 1):
        np.testing.assert_allclose(share(A, boxes[:, j], 4, 5)[0], (A * cells[:, j]).sum(axis=1))
        assert (cells[:, j].sum(axis=1) == 4).all()
    assert not (captions.ground(boxes, np.random.default_rng(7))[:, None] & cells).any()


def test_hiding_nothing_changes_nothing():
    data = captions.scene_columns(60, np.random.default_rng(8))
    net = captions.learn("look", 0, data, steps=30)
    assert not captions.changed(net, data, np.zeros((60, 36), bool)).any()
    assert not captions.changed(net, data, np.zeros((60, 36), bool), word=3).any()
    assert captions.right_by_pair([net], data).shape == (4, 4)


def test_places_that_count():
    even, one = np.full((1, 36), 1 / 36), np.eye(36)[:1]
    assert captions.places_that_count(even) == pytest.approx(36) and captions.places_that_count(one) == pytest.approx(1)


def test_only_the_designed_control_is_right_about_every_suspect():
    own, other = suspects.examples(np.random.default_rng(0))
    assert all(suspects.found(("every word", own & ~other, other & ~own), own, other).values())
    blind = suspects.found(("every word", own, np.zeros_like(own)), own, other)
    assert not blind["stumbles over any three places that are hidden"] and blind["reads its object"]
    now = suspects.found(("this word", own, other), own, other)
    assert [net for net, good in now.items() if not good] == ["has read its object at an earlier word"]
    says(lambda: suspects.found(own, own, other), "three things")
    says(lambda: suspects.found(("now", own, other), own, other), "when is 'now'")
    says(lambda: suspects.found(("this word", own[:2], other), own, other), "hidden is bool (2, 36)")
