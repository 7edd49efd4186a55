"""Parameters in one dict, saved and loaded."""

import numpy as np
import pytest

from helpers.layers import RNN, Linear
from helpers.training.parameters import (
    collect_grads,
    collect_params,
    count,
    in_one_vector,
    joined,
    load,
    load_into,
    save,
    take_over,
)


def test_saved_parameters_come_back(tmp_path):
    rng = np.random.default_rng(0)
    first = {"rnn": RNN(3, 4, rng=rng), "out": Linear(4, 2, rng=rng)}
    second = {"rnn": RNN(3, 4, rng=rng), "out": Linear(4, 2, rng=rng)}
    path = save(tmp_path / "model.npz", collect_params(**first))
    params = load_into(collect_params(**second), path)
    assert list(params) == ["rnn.Wx", "rnn.Wh", "rnn.b", "out.W", "out.b"] and count(params) == 3 * 4 + 16 + 4 + 8 + 2
    for name, p in collect_params(**first).items():
        np.testing.assert_array_equal(load(path)[name], p)
    np.testing.assert_array_equal(second["rnn"].params["Wh"], first["rnn"].params["Wh"])
    assert [p.name for p in tmp_path.iterdir()] == ["model.npz"]


def test_one_vector_moves_all_layers_and_its_gradient_has_the_same_order():
    rng = np.random.default_rng(0)
    layers = {"rnn": RNN(3, 4, rng=rng), "out": Linear(4, 2, rng=rng)}
    before = {name: p.copy() for name, p in collect_params(**layers).items()}
    vector, params = in_one_vector(collect_params(**layers))
    take_over(layers, params)
    vector += joined({name: np.full_like(before[name], k) for k, name in reversed([*enumerate(before)])}, params)
    for k, (name, p) in enumerate(collect_params(**layers).items()):
        np.testing.assert_array_equal(p, before[name] + np.float32(k))
    for wrong in ({}, {"a": np.zeros(2), "b": np.zeros(2, np.float32)}):
        with pytest.raises(ValueError, match="one dtype"):
            in_one_vector(wrong)


def test_a_file_that_does_not_fit_changes_nothing(tmp_path):
    params = {"a": np.zeros(2), "b": np.zeros(3)}
    for wrong, piece in [
        ({"a": np.ones(2)}, "lacks b"),
        ({"a": np.ones(2), "b": np.ones(3), "c": np.ones(1)}, "has no use for c"),
        ({"a": np.ones(2), "b": np.ones(4)}, "b has shape (4,), but the model expects (3,)"),
        ({"a": np.ones(2), "b": np.full(3, np.nan)}, "b holds nan"),
    ]:
        path = save(tmp_path / "wrong.npz", wrong)
        with pytest.raises(ValueError) as caught:
            load_into(params, path)
        assert piece in str(caught.value) and not params["a"].any()


def test_damaged_missing_and_pickled_files_are_refused_in_a_sentence(tmp_path):
    good = save(tmp_path / "good.npz", {"a": np.ones(500)}).read_bytes()
    np.savez(tmp_path / "pickle.npz", a=np.array([{"run": "me"}], dtype=object))
    np.save(tmp_path / "array.npy", np.ones(3))
    spoilt = good[:300] + b"X" * 40 + good[340:]
    files = {"empty": b"", "text": b"hello", "half": good[: len(good) // 2], "spoilt": spoilt}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for name in [*files, "pickle.npz", "array.npy", "missing.npz", "."]:
        with pytest.raises(ValueError) as caught:
            load(tmp_path / name)
        assert name in str(caught.value) or name == "."


def test_parameters_refuse_wrong_input(tmp_path):
    rng = np.random.default_rng(0)
    for call, piece in [
        (lambda: collect_params(), "layers by name"),
        (lambda: collect_params(x=3), "x is a int"),
        (lambda: collect_grads(rnn=RNN(2, 2, rng=rng)), "run its backward first"),
        (lambda: save(tmp_path / "x.npz", {}), "no params to save"),
        (lambda: save(tmp_path / "x.npz", {"a": np.array([None])}), "object"),
        (lambda: save(tmp_path / "x.npz", {"a": [1]}), "list"),
        (lambda: save(tmp_path / "x.npz", {1: np.ones(1)}), "params[1]"),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert piece in str(caught.value), str(caught.value)
    assert not list(tmp_path.iterdir())
