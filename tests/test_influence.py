"""The influence of one state on another, against steps that are known."""

import numpy as np

from helpers.experiments.influence import influence, spread_with_block_back, update_gates
from helpers.layers import GRU
from helpers.models.readers import Reader

rng = np.random.default_rng(0)


def test_influence_of_halving_steps_is_a_power_of_one_half():
    cache = tuple(np.zeros((1, 3)) for _ in range(5)) + (None, None)
    M = influence([cache] * 4, lambda dh, cache: (None, dh / 2, None))
    assert np.allclose(M[3], [1 / 16, 1 / 8, 1 / 4, 1 / 2]) and np.isnan(M[0, 1])


def test_influence_multiplies_the_steps_in_their_order():
    A = [rng.normal(size=(2, 2)) for _ in range(3)]
    caches = [(np.full((1, 1), k), np.zeros((1, 2)), *[np.zeros((1, 2))] * 3, None, None) for k in range(3)]
    M = influence(caches, lambda dh, cache: (None, dh @ A[int(cache[0][0, 0])], None))
    assert np.isclose(M[2, 0], np.linalg.norm(A[2] @ A[1] @ A[0], 2))


def test_update_gates_are_those_of_the_equations():
    layer, X = GRU(3, 4, rng=rng, dtype=np.float64), rng.normal(size=(2, 5, 3))
    z = update_gates(layer, X)
    first = 1 / (1 + np.exp(-(X[:, 0] @ layer.params["Wx"][:, :4])))
    assert z.shape == (2, 5, 4) and np.allclose(z[:, 0], first)


def test_spread_is_the_same_with_a_block_put_back_that_never_changed():
    net, fresh = (Reader(GRU(2, 3, rng=np.random.default_rng(1)), 1, rng=np.random.default_rng(2)) for _ in range(2))
    X = rng.normal(size=(4, 5, 2)).astype(np.float32)
    net.cell.params["Wx"][:, 3:6] += 1                                            # the block r
    assert spread_with_block_back(net, fresh, X, 0) == 1
    assert spread_with_block_back(net, fresh, X, 1) != 1
    assert np.allclose(net.cell.params["Wx"][:, 3:6], fresh.cell.params["Wx"][:, 3:6] + 1)
