"""The optimisers, and the clipping of gradients."""

import numpy as np
import pytest

from helpers.training.optimisers import SGD, Adam, clip_by_global_norm, global_norm


def test_clipping_keeps_the_direction_and_never_enlarges():
    grads = {"a": np.array([3.0, 0]), "b": np.array([[4.0]])}
    clipped, norm = clip_by_global_norm(grads, 1)
    assert norm == 5 and global_norm(clipped) == pytest.approx(1)
    np.testing.assert_allclose(clipped["a"], [0.6, 0])
    assert grads["a"][0] == 3
    same, norm = clip_by_global_norm(grads, 5)
    assert norm == 5 and same["a"] is grads["a"]
    assert clip_by_global_norm({"a": np.zeros(3)}, 1)[1] == 0
    assert clip_by_global_norm({"a": np.ones(3, np.float32) * 9}, 1)[0]["a"].dtype == np.float32
    assert global_norm({"a": np.full(4, 1e30, np.float32)}) == pytest.approx(2e30)      # squares overflow in float32


def test_clipped_gradients_go_into_the_room_that_is_given_and_a_new_shape_or_dtype_gets_a_new_one():
    room, grads = {}, {"a": np.full(4, 3.0)}
    first, _ = clip_by_global_norm(grads, 1, room=room)
    second, norm = clip_by_global_norm({"a": np.full(4, 4.0)}, 1, room=room)
    assert second["a"] is first["a"] is room["a"] and norm == 8 and second["a"].tolist() == [0.5] * 4
    assert grads["a"].tolist() == [3] * 4
    for other in (np.full(3, 9.0), np.full(3, 9.0, np.float32)):
        found = clip_by_global_norm({"a": other}, 1, room=room)[0]["a"]
        assert found.shape == (3,) and found.dtype == other.dtype


@pytest.mark.parametrize("optimiser", [SGD(0.1), SGD(0.1, momentum=0.9), Adam()], ids=["sgd", "momentum", "adam"])
def test_optimisers_change_parameters_in_place_and_gradients_never(optimiser):
    p, g = np.ones(3, np.float32), np.array([1, -1, 0], np.float32)
    params = {"p": p}
    for _ in range(3):
        optimiser.step(params, {"p": g})
    assert params["p"] is p and p.dtype == np.float32 and g.tolist() == [1, -1, 0]
    assert p[0] < 1 < p[1] and p[2] == 1


def test_optimisers_and_clipping_refuse_wrong_input():
    p, g = {"w": np.ones(2)}, {"w": np.ones(2)}
    for call, piece in [
        (lambda: SGD(-1), "lr is -1"),
        (lambda: SGD("0.1"), "lr is '0.1'"),
        (lambda: SGD(np.nan), "lr is nan"),
        (lambda: SGD(0.1, momentum=2), "momentum is 2"),
        (lambda: Adam(0.1, beta1=1), "beta1 is 1"),
        (lambda: Adam(0.1, eps=0), "eps is 0"),
        (lambda: SGD(1).step(p, {}), "lacks w"),
        (lambda: SGD(1).step({}, {}), "empty dict"),
        (lambda: SGD(1).step([1], g), "params is a list"),
        (lambda: SGD(1).step(p, [1]), "grads is a list"),
        (lambda: SGD(1).step({"w": np.ones(2, int)}, g), "whole numbers"),
        (lambda: SGD(1).step(p, {"w": np.ones(3)}), "shape (3,)"),
        (lambda: SGD(1).step(p, {"w": np.ones(2, np.float32)}), "float32"),
        (lambda: SGD(1).step(p, {"w": [1.0, 1.0]}), "type list"),
        (lambda: clip_by_global_norm(g, 0), "max_norm is 0"),
        (lambda: clip_by_global_norm(g, np.nan), "max_norm is nan"),
        (lambda: clip_by_global_norm({}, 1), "empty dict"),
        (lambda: clip_by_global_norm({"w": np.array([np.nan])}, 1), "look at w"),
        (lambda: clip_by_global_norm({"w": np.ones(2, int)}, 1), "int64"),
        (lambda: global_norm(3), "grads is a int"),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert piece in str(caught.value), str(caught.value)
