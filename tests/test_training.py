"""The training loop."""

import numpy as np
import pytest

from helpers.layers import LSTM, RNN, Embedding, Linear, softmax_cross_entropy
from helpers.training import History, TrainingStopped, fit, linear_decay, tqdm, train_on, warm_up
from helpers.training.batches import text_batches
from helpers.training.optimisers import SGD, Adam
from helpers.training.parameters import collect_grads, collect_params


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


def test_the_gradients_that_the_loop_is_given_are_not_changed_by_clipping():
    g = np.full(3, 9.0)
    params, told = {"w": np.zeros(3)}, []
    run(params, lambda scale: (0.0, {"w": g}), optimiser=SGD(1), steps=2, clip=1.0, every=1,
        on_step=lambda k, history: told.append(g.tolist()))
    np.testing.assert_allclose(params["w"], -2 / np.sqrt(3))
    assert told == [[9.0] * 3] * 2 and g.tolist() == [9.0] * 3


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
