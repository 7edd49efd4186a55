"""A reader's own functions in a Transformer: they give the layers' numbers, they are what trains, and slips are named."""

import numpy as np
import pytest

from tests.small_transformers import (
    OWN,
    T,
    layer_norm,
    letters,
    make,
    merge,
    multi_head,
    says,
)


@pytest.mark.parametrize("kind", ["rotary", "no positions", "three heads", "all at once", "no shortcut"])
@pytest.mark.parametrize("which", ["layer_norm", "multi_head", "both"])
def test_your_own_functions_give_the_numbers_of_the_layers(kind, which):
    own = {name: f for name, f in OWN.items() if which == "both" or name.startswith(which)}
    theirs, mine, (ids, counted) = make(kind), make(kind, parts=own), letters()
    loss, grads = theirs.loss_and_grads(ids, counted)
    own_loss, own_grads = mine.loss_and_grads(ids, counted)
    assert own_loss == pytest.approx(loss, abs=1e-13) and list(own_grads) == list(grads)
    for name, g in grads.items():
        np.testing.assert_allclose(own_grads[name], g, atol=1e-12)
    for A, B in zip(theirs.maps, mine.maps, strict=True):
        np.testing.assert_allclose(A, B, atol=1e-13)
    np.testing.assert_array_equal(theirs.generate(ids, 2), mine.generate(ids, 2))


def test_your_own_functions_are_what_trains():
    """A function that is wrong on purpose changes what the net computes, its map, and what it learns."""
    def sees_all(X, Wqkv, Wo, heads):
        Y, cache = multi_head(X, Wqkv, Wo, heads)
        A = np.full_like(cache[4], 1 / X.shape[1])
        C = merge(A @ cache[3])
        return C @ Wo, (*cache[:4], A, C, *cache[6:])

    net = make("no positions", parts=OWN | {"multi_head": sees_all})
    ids, _ = letters()
    net.forward(ids)
    assert all(np.allclose(A, 1 / T) for A in net.maps)
    calls = []
    counted = {name: lambda *a, f=f, name=name: (calls.append(name), f(*a))[1] for name, f in OWN.items()}
    make("no positions", parts=counted).loss_and_grads(ids)
    assert {name: calls.count(name) for name in OWN} == dict(zip(OWN, (3, 3, 2, 2), strict=True))


def test_own_functions_that_compute_in_float64_train_a_float32_net():
    net = make(parts=OWN, dtype=np.float32)
    ids, _ = letters()
    assert (np.ones(1, np.float32) / np.sqrt(3)).dtype == np.float64
    _, grads = net.loss_and_grads(ids)
    assert net.forward(ids).dtype == np.float32 and {g.dtype for g in grads.values()} == {np.dtype(np.float32)}


def test_a_map_without_weights_in_the_cache_is_the_layers():
    def keeps_none(X, Wqkv, Wo, heads, rotate):
        return multi_head(X, Wqkv, Wo, heads, rotate)[0], None

    theirs, mine, (ids, _) = make(), make(parts={"multi_head": keeps_none}), letters()
    np.testing.assert_allclose(theirs.forward(ids), mine.forward(ids), atol=1e-13)
    for A, B in zip(theirs.maps, mine.maps, strict=True):
        np.testing.assert_allclose(A, B, atol=1e-13)


def test_own_functions_that_return_other_things_are_named():
    def back(dY, cache):
        return dY

    ids, _ = letters()
    for parts, piece in [
        ({"layer_norm": lambda *a: None}, "layer_norm returned a NoneType, expected Y, cache"),
        ({"layer_norm": lambda X, *a: (X[..., :2], 0)}, "Y of layer_norm has shape"),
        ({"layer_norm": layer_norm}, "no layer_norm_backward"),
        ({"layer_norm": layer_norm, "layer_norm_backward": back}, "layer_norm_backward returned a ndarray"),
        ({"multi_head": lambda *a, rotate: 1}, "multi_head returned a int"),
        ({"multi_head": lambda X, *a, rotate: (X * np.nan, 0)}, "Y of multi_head holds nan"),
        ({"multi_head": multi_head}, "no multi_head_backward"),
        ({"multi_head": multi_head, "multi_head_backward": lambda d, c: (d, d, d)}, "dWqkv of multi_head_backward has"),
    ]:
        says(lambda parts=parts: make(parts=parts).loss_and_grads(ids), piece)
