"""The optimisers, the training loop, batches, saved parameters and the gradient checker."""

import numpy as np
import pytest

from helpers.layers import LSTM, RNN, Embedding, Linear, softmax_cross_entropy
from helpers.training import History, TrainingStopped, fit, linear_decay, tqdm, train_on, warm_up
from helpers.training.batches import shuffled_batches, text_batches
from helpers.training.gradients import gradient_errors, numerical_gradient, relative_error
from helpers.training.optimisers import SGD, Adam, clip_by_global_norm, global_norm
from helpers.training.parameters import collect_grads, collect_params, count, load, load_into, save


def bowl(params):
    """Return a loss_and_grads with its smallest loss at w = 3, for batches of one number that scales it."""
    def loss_and_grads(scale):
        return float(scale * ((params["w"] - 3) ** 2).sum()), {"w": 2 * scale * (params["w"] - 3)}

    return loss_and_grads


def ones():
    while True:
        yield (1.0,)


def run(params, loss_and_grads=None, batches=None, **options):
    options = {"optimiser": SGD(0.1), "steps": 50, "progress": False} | options
    return fit(loss_and_grads or bowl(params), params, batches or ones(), **options)


# --- fit


@pytest.mark.parametrize("optimiser", [SGD(0.1), SGD(0.05, momentum=0.5), Adam(0.3)], ids=["sgd", "momentum", "adam"])
def test_fit_reaches_the_bottom_of_a_bowl(optimiser):
    params = {"w": np.array([0.0, 9.0])}
    history = run(params, optimiser=optimiser, steps=300)
    np.testing.assert_allclose(params["w"], 3, atol=1e-2)
    assert history.stopped == "finished" and history.steps == len(history.norms) == 300 and history.reason == ""
    assert history.losses[0] == 45 and history.losses[-1] < 1e-3 and history.seconds > 0


@pytest.mark.parametrize("cell", [RNN, LSTM])
def test_a_character_model_learns_a_text(cell):
    text = "the cat sat on the mat and the rat sat on the cat. " * 20
    ids = np.array([ord(c) % 32 for c in text])
    rng = np.random.default_rng(0)
    layers = {"embed": Embedding(32, 8, rng=rng), "cell": cell(8, 32, rng=rng), "out": Linear(32, 32, rng=rng)}
    state = None

    def loss_and_grads(inputs, targets, is_first):
        nonlocal state
        states, state = layers["cell"].forward(layers["embed"].forward(inputs), None if is_first else state)
        loss, dlogits = softmax_cross_entropy(layers["out"].forward(states), targets)
        dX, _ = layers["cell"].backward(layers["out"].backward(dlogits))
        layers["embed"].backward(dX)
        return loss, collect_grads(**layers)

    params = collect_params(**layers)
    history = run(params, loss_and_grads, text_batches(ids, size=8, steps=20), optimiser=Adam(0.01), steps=200, clip=5)
    assert history.losses[0] == pytest.approx(np.log(32), rel=0.15) and history.smooth(10)[-1] < 0.5
    assert all(p is layers[name.split(".")[0]].params[name.split(".")[1]] for name, p in params.items())


def test_an_interruption_ends_the_cell_and_keeps_what_was_learned():
    params, inner = {"w": np.array([9.0])}, None

    def loss_and_grads(scale):
        if len(seen) == 7:
            raise KeyboardInterrupt
        seen.append(scale)
        return inner(scale)

    seen, inner = [], bowl(params)
    optimiser = SGD(0.1)
    with pytest.raises(TrainingStopped, match="after 7 of") as stop:
        run(params, loss_and_grads, optimiser=optimiser, schedule=linear_decay)
    assert stop.value.history.stopped == "interrupted" and stop.value.history.steps == 7
    assert stop.value._render_traceback_() == [f"■ {stop.value}"]
    assert 3 < params["w"][0] < 9 and optimiser.lr == 0.1


@pytest.mark.parametrize("clip", [None, 1.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_or_gradient_that_is_no_number_ends_the_training_before_it_spoils_the_parameters(bad, clip):
    for where in ("loss", "gradient"):
        params = {"w": np.array([9.0])}

        def loss_and_grads(scale, params=params, where=where):
            loss, grads = bowl(params)(1.0)
            if scale == 0:
                loss, grads = (bad, grads) if where == "loss" else (loss, {"w": np.array([bad])})
            return loss, grads

        history = run(params, loss_and_grads, iter([(1,), (1,), (0,), (1,)]), clip=clip)
        assert history.stopped == "diverged" and history.steps == 2 and "step 3" in history.reason
        assert np.isfinite(params["w"]).all()


def test_a_layer_that_overflows_counts_as_diverged():
    rng = np.random.default_rng(0)
    layer = RNN(2, 2, rng=rng, activation="relu")
    layer.params["Wx"][...], layer.params["Wh"][...] = 1, 1e20
    X = np.ones((1, 9, 2), np.float32)

    def loss_and_grads():
        out, _ = layer.forward(X)
        loss, d = softmax_cross_entropy(out, np.zeros((1, 9), int))
        layer.backward(d)
        return loss, layer.grads

    history = fit(loss_and_grads, layer.params, iter([()] * 3), optimiser=SGD(0.1), steps=3, progress=False)
    assert history.stopped == "diverged" and history.steps == 0


def test_another_error_is_not_swallowed_and_the_learning_rate_is_put_back():
    optimiser = SGD(0.1)
    with pytest.raises(ZeroDivisionError):
        run({"w": np.ones(1)}, lambda scale: 1 / 0, optimiser=optimiser, schedule=lambda done: 0.5)
    assert optimiser.lr == 0.1


def test_callback_comes_every_so_often_and_at_the_end():
    steps = []
    run({"w": np.ones(1)}, steps=25, every=10, on_step=lambda k, history: steps.append((k, history.steps)))
    assert steps == [(10, 10), (20, 20), (25, 25)]
    steps.clear()
    run({"w": np.ones(1)}, steps=20, every=10, on_step=lambda k, history: steps.append(k))
    assert steps == [10, 20]


def test_training_ends_with_its_batches_and_takes_none_too_many():
    taken = iter([(1.0,)] * 5)
    assert run({"w": np.ones(1)}, batches=taken, steps=3).steps == 3 and len(list(taken)) == 2
    assert run({"w": np.ones(1)}, batches=[(1.0,)] * 5, steps=30).steps == 5


def test_schedule_scales_the_learning_rate():
    params = {"w": np.zeros(1)}
    run(params, lambda scale: (0.0, {"w": np.ones(1)}), optimiser=SGD(1), steps=4, schedule=linear_decay)
    assert params["w"].item() == -(1 + 0.75 + 0.5 + 0.25)


def test_a_warm_up_rises_to_the_full_rate_and_falls_to_0():
    factor = warm_up(100, share=0.1)
    found = [factor(k / 100) for k in range(101)]
    np.testing.assert_allclose(found[:10], [(k + 1) / 10 * (1 - k / 100) for k in range(10)])
    np.testing.assert_allclose(found[10:], 1 - np.arange(10, 101) / 100, atol=1e-12)
    assert warm_up(3)(0) == 1 and warm_up(50, share=0)(0) == 1
    for call, sentence in [(lambda: warm_up(0), "steps is 0"), (lambda: warm_up(9, share=2), "share is 2")]:
        with pytest.raises(ValueError, match=sentence):
            call()


def test_train_on_steps_with_adam_and_a_warm_up():
    class Net:
        params = {"w": np.zeros(1)}

        def loss_and_grads(self, scale):
            seen.append(self.params["w"].item())
            return 0.0, {"w": np.full(1, 0.5)}

    seen, told = [], []
    history = train_on(Net(), ones(), 40, 0.1, every=20, on_step=lambda k, history: told.append(k))
    steps = -np.diff([*seen, Net.params["w"].item()])                    # under an even gradient, Adam moves by its rate
    np.testing.assert_allclose(steps, [0.1 * min(1, (k + 1) / 2) * (1 - k / 40) for k in range(40)], rtol=1e-6)
    assert history.steps == 40 and told == [20, 40]


def test_progress_shows_the_loss_and_says_why_it_stopped(capsys, monkeypatch):
    shown = []

    class Bar:
        def __init__(self, iterable, total, **options):
            shown.append(total)

        def update(self):
            shown.append("step")

        def set_postfix_str(self, text, refresh):
            shown.append(text)

        def close(self):
            shown.append("closed")

    monkeypatch.setattr("tqdm.tqdm", Bar)
    run({"w": np.full(1, 3.0)}, steps=4, every=2, progress=True)
    assert shown == [4, "step", "step", "loss 0", "step", "step", "loss 0", "closed"]
    run({"w": np.ones(1)}, lambda scale: (np.nan, {"w": np.ones(1)}), progress=True)
    assert "diverged in step 1" in capsys.readouterr().out


def test_a_bar_is_text_that_leaves_nothing(capsys):
    assert list(tqdm(range(3), mininterval=0, disable=False)) == [0, 1, 2]
    out, errors = capsys.readouterr()
    assert "3/3" in out and not errors
    assert not out.rpartition("\r")[2] and not out.rsplit("\r", 2)[-2].strip() and "\n" not in out  # blanks over it, then back


def test_smooth_averages_over_the_last_steps():
    assert History(losses=[4, 2, 0, 6]).smooth(2).tolist() == [4, 3, 1, 3]
    assert History().smooth().tolist() == []


@pytest.mark.parametrize(
    ("options", "piece"),
    [
        ({"steps": 0}, "steps is 0"),
        ({"steps": 2.5}, "steps is 2.5"),
        ({"every": 0}, "every is 0"),
        ({"clip": 0}, "clip is 0"),
        ({"clip": -1}, "clip is -1"),
        ({"batches": [1.0]}, "a batch is a float"),
        ({"loss_and_grads": lambda s: (np.ones(2), {"w": np.ones(1)})}, "loss has shape (2,)"),
        ({"loss_and_grads": lambda s: (1.0, {"v": np.ones(1)})}, "lacks w and has no use for v"),
        ({"loss_and_grads": lambda s: (1.0, {"w": np.ones(2)})}, "shape (2,), but params['w'] has shape (1,)"),
        ({"loss_and_grads": lambda s: (1.0, None)}, "grads is a NoneType"),
        ({"loss_and_grads": lambda s: 1.0}, "loss_and_grads returned a float"),
    ],
)
def test_fit_refuses_wrong_input(options, piece):
    with pytest.raises(ValueError) as caught:
        run({"w": np.ones(1)}, **options)
    assert piece in str(caught.value), str(caught.value)


# --- optimisers


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


# --- batches


def test_shuffled_batches_show_every_row_once_a_round_and_keep_rows_together():
    stream = shuffled_batches(np.arange(10), np.arange(10) * 2, size=5, rng=np.random.default_rng(0))
    for _ in range(3):
        (a, b), (c, d) = next(stream), next(stream)
        assert sorted([*a, *c]) == list(range(10)) and (b == 2 * a).all() and (d == 2 * c).all()
    assert len(next(shuffled_batches(np.arange(7), size=7, rng=np.random.default_rng(0)))[0]) == 7


def test_text_batches_follow_each_other_and_targets_are_one_token_ahead():
    ids = np.arange(100)
    stream = text_batches(ids, size=3, steps=10)
    first, second, third, fourth = (next(stream) for _ in range(4))
    assert [b[2] for b in (first, second, third, fourth)] == [True, False, False, True]
    assert (first[1] == first[0] + 1).all() and (second[0][:, 0] == first[0][:, -1] + 1).all()
    assert first[0].shape == (3, 10) and (fourth[0] == first[0]).all()


def test_batches_refuse_wrong_input():
    rng = np.random.default_rng(0)
    for call, piece in [
        (lambda: shuffled_batches(np.ones(3), np.ones(4), size=2, rng=rng), "3, 4"),
        (lambda: shuffled_batches(np.ones(3), size=4, rng=rng), "only 3"),
        (lambda: shuffled_batches(np.ones(3), size=0, rng=rng), "size is 0"),
        (lambda: shuffled_batches(size=1, rng=rng), "none"),
        (lambda: shuffled_batches([1, 2], size=1, rng=rng), "list"),
        (lambda: shuffled_batches(np.ones(3), size=1, rng=3), "rng is a int"),
        (lambda: text_batches(np.arange(10), size=2, steps=6), "13 tokens, but the text has 10"),
        (lambda: text_batches(np.ones(10), size=2, steps=2), "whole numbers"),
        (lambda: text_batches("text", size=2, steps=2), "token ids"),
        (lambda: text_batches(np.arange(10), size=2, steps=0), "steps is 0"),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert piece in str(caught.value), str(caught.value)


# --- parameters


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


# --- the gradient checker


def test_numerical_gradient_of_a_square_is_twice_the_number_and_x_is_put_back():
    x = np.array([[1.0, -2.0], [0.0, 3.0]])
    before = x.copy()
    np.testing.assert_allclose(numerical_gradient(lambda: float((x**2).sum()), x), 2 * x, atol=1e-9)
    np.testing.assert_array_equal(x, before)

    def fails():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        numerical_gradient(fails, x)
    np.testing.assert_array_equal(x, before)
    assert numerical_gradient(lambda: float(y**2), y := np.array(3.0)) == pytest.approx(6)


def test_relative_error_is_0_for_equal_and_near_1_for_wrong():
    a = np.array([1.0, 1e-14])
    assert relative_error(a, np.array([1.0, 0.0])) < 1e-12
    assert relative_error(a, -a) == 2 and relative_error(a, 0 * a) == 1 and relative_error(0 * a, 0 * a) == 0


def test_gradient_checker_refuses_wrong_input():
    x = np.ones(2)
    read_only = np.ones(2)
    read_only.flags.writeable = False
    for call, piece in [
        (lambda: numerical_gradient(lambda: 0.0, x.astype(np.float32)), "float32"),
        (lambda: numerical_gradient(lambda: 0.0, [1.0]), "list"),
        (lambda: numerical_gradient(lambda: 0.0, read_only), "read-only"),
        (lambda: numerical_gradient(lambda: x, x), "expected one number"),
        (lambda: numerical_gradient(lambda: None, x), "NoneType"),
        (lambda: numerical_gradient(lambda: 0.0, x, eps=0), "eps is 0"),
        (lambda: relative_error(x, np.ones(3)), "(2,)"),
        (lambda: relative_error(x, [1, 1]), "b is list"),
        (lambda: gradient_errors(lambda: 0.0, {"x": x}, {}), "lacks x"),
        (lambda: gradient_errors(lambda: 0.0, {"x": x}, {"x": np.ones(3)}), "shape"),
        (lambda: gradient_errors(lambda: 0.0, x, x), "params is a ndarray"),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert piece in str(caught.value), str(caught.value)
