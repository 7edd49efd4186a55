"""The nets of notebook 11 side by side, what is measured of them, and the five LRUs that are ill."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.experiments import lru_far, zoo, zoo_reach
from helpers.experiments.zoo_cells import CELLS
from helpers.experiments.zoo_nets import Nets, solved_at
from helpers.hunts import lru as bughunt
from helpers.layers import GRU, LRU, LSTM, MGU, RNN, Clockwork, LSTMVariant, MinGRU
from helpers.training.gradients import gradient_errors

START = {"clockwork": {"periods": (1, 2, 4)}, "LRU": {"radii": (0.5, 0.9), "phase": 1.0}}
RUN = {"clockwork": {"periods": (1, 2, 4)}, "minGRU": {"low": -0.5}}
OWN = {
    "MGU": {"step": find("11.1").reference},
    "clockwork": {"step": find("11.3").reference},
    "minGRU": {"recurrence": find("11.7").reference, "backward": find("11.8").reference},
    "LRU": {"recurrence": find("11.7").reference, "backward": find("11.8").reference},
}


def nets(kind, rng, own=None, **settings):
    run = RUN.get(kind, {}) | (own or {})
    made = Nets(kind, 3, 4, 6, seeds=[0, 1], start=START.get(kind), run=run, dtype=np.float64, **settings)
    for name, p in made.params.items():
        if name != "nu":
            p += 0.2 * rng.normal(size=p.shape)
    if kind == "clockwork":
        made.params["Wh"] *= find("11.2").reference(np.repeat((1, 2, 4), 2))
    return made


@pytest.mark.parametrize("every", [True, False], ids=["every step", "last step"])
@pytest.mark.parametrize("kind", CELLS)
def test_gradients_of_nets_side_by_side_are_right(kind, every):
    rng = np.random.default_rng(1)
    made = nets(kind, rng, encoder=5, readout=3, every=every)
    X = rng.normal(size=(2, 7, 3))
    y = rng.integers(0, 4, (2, 7)) if every else rng.normal(size=(2, 4))
    grads = made.backward(made.loss(X, y)[2])
    values, found = dict(made.params), dict(grads)
    if kind == "clockwork":                                       # what the mask hides is not masked again here
        seen = np.broadcast_to(find("11.2").reference(np.repeat((1, 2, 4), 2)), values["Wh"].shape)
        assert not found["Wh"][seen == 0].any()
        del values["Wh"], found["Wh"]
    errors = gradient_errors(lambda: float(made.loss(X, y)[0].sum()), values, found)
    assert max(errors.values()) < 1e-6, errors


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_side_by_side_is_the_layer(kind):
    rng = np.random.default_rng(2)
    make = {
        "RNN": RNN, "LSTM": LSTM, "GRU": GRU, "MGU": MGU, "LRU": LRU,
        "coupled LSTM": lambda *s, **k: LSTMVariant(*s, coupled=True, **k),
        "clockwork": lambda *s, **k: Clockwork(*s, periods=(1, 2, 4), **k),
        "minGRU": lambda *s, **k: MinGRU(*s, low=-0.5, **k),
    }[kind]  # fmt: skip
    made, X = nets(kind, rng, every=True), rng.normal(size=(2, 7, 3))
    made.forward(X)
    dS = rng.normal(size=made.states.shape)
    P = {k: made.params[k] for k in made.own}
    grads, dX = made.cell.backward(P, dS, made.cache[1], made.cache[-1])
    for s in range(2):
        layer = make(3, 6, rng=rng, dtype=np.float64)
        for name, p in layer.params.items():
            p[...] = P[name][s].reshape(p.shape)
        H = layer.forward(X)[0]
        np.testing.assert_allclose(made.states[:, s].swapaxes(0, 1), H, atol=1e-12)
        np.testing.assert_allclose(dX[:, s].swapaxes(0, 1), layer.backward(dS[:, s].swapaxes(0, 1).copy())[0], atol=1e-11)
        for name, d in layer.grads.items():
            np.testing.assert_allclose(grads[name][s].reshape(d.shape), d, atol=1e-11)


@pytest.mark.parametrize("kind", OWN)
def test_the_readers_own_functions_do_the_same(kind):
    rng = np.random.default_rng(3)
    course, own = nets(kind, np.random.default_rng(4)), nets(kind, np.random.default_rng(4), OWN[kind])
    X, y = rng.normal(size=(2, 7, 3)), rng.integers(0, 4, 2)
    one, two = course.loss(X, y), own.loss(X, y)
    np.testing.assert_allclose(one[0], two[0], atol=1e-12)
    for (name, a), b in zip(course.backward(one[2]).items(), own.backward(two[2]).values(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12, err_msg=name)


def test_nets_train_and_stop_when_they_are_told():
    made = Nets("GRU", 16, 8, 8, seeds=range(2), start={"keep": 1.0})
    seen = made.train(zoo.recalls(16, 3, 0), steps=150, lr=0.03, until=lambda seen: seen[-1].min() > 0.9)
    assert len(seen) < 150 and seen[-1].min() > 0.9 and seen[0].max() < 0.6
    assert made.params["Wx"].dtype == np.float32 and made.size == 16 * 24 + 8 * 24 + 24 + 8 * 8 + 8


def test_the_step_of_the_solution_is_found():
    seen = np.zeros((50, 2))
    seen[10:, 0] = 1
    assert solved_at(seen, 0.95).tolist() == [30, np.inf]         # the mean of 20 batches
    assert solved_at(seen[:5], 0.95).tolist() == [np.inf, np.inf]
    assert solved_at(1 - seen, 0.05, above=False).tolist() == [30, np.inf]


def test_the_tasks_are_what_they_say():
    X, y = next(zoo.recalls(8, 5, 0, at=2))
    assert (X[:, 2].argmax(axis=1) == y).all() and (y < 8).all() and (np.delete(X, 2, 1).argmax(axis=2) >= 8).all()
    X, y = next(zoo.parities(4, 9, 0))
    assert (y == X[..., 1].cumsum(axis=1) % 2).all()
    X, y = next(zoo.bits(5, 0))
    assert ((X[:, 0] > 0).sum(axis=1) % 2 == y).all() and not X[:, 1:].any()
    assert abs(zoo.wave(0)).max() == 1


def test_the_kernel_of_the_far_lru_is_the_loop():
    far = lru_far.FarLRU(12, (0.9, 0.99), 1.0, H=3, seeds=[0, 1], dtype=np.float64)
    X, y = next(zoo.recalls(4, 12, 1))
    loop = Nets("LRU", 16, 8, 3, seeds=[0, 1], start={"radii": (0.9, 0.99), "phase": 1.0}, dtype=np.float64)
    losses, right, grads = far.loss_and_grads(X.astype(float), y)
    same_losses, same_right, dout = loop.loss(X.astype(float), y)
    np.testing.assert_allclose(losses, same_losses, atol=1e-12)
    assert (right == same_right).all()
    for name, d in loop.backward(dout).items():
        np.testing.assert_allclose(grads[name], d, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("T", [2, 4, 64])
def test_blellochs_scan_is_the_loop_in_its_passes(T):
    rng = np.random.default_rng(5)
    a, u = rng.uniform(0.5, 1, (T, 2)), rng.normal(size=(T, 2))
    h, passes = zoo_reach.blelloch(a, u)
    np.testing.assert_allclose(h, find("11.7").reference(a, u, np.zeros(2)), atol=1e-12)
    assert passes == 2 * np.log2(T) - 1 and zoo_reach.compositions(T)["Blelloch"] <= 2 * T


def test_a_gradient_reaches_back_by_the_radius():
    back = zoo_reach.reach("LRU, radius 0.9", 0)
    assert 0.5 < back[-1] / 0.9**100 < 1.5
    M = zoo_reach.credit("clockwork", 0)
    assert M.max() == 1 and not np.triu(M, 1).any()


def test_the_healthy_lru_is_the_layer_and_each_patient_is_not():
    X, dY, nu, theta, gamma, B = bughunt.example()
    layer = LRU(bughunt.D, bughunt.M, rng=np.random.default_rng(0), dtype=np.float64)
    layer.params.update({"nu": nu, "theta": theta, "gamma": np.log(gamma), "Br": B.real.copy(), "Bi": B.imag.copy()})
    found = bughunt.run("healthy", X, dY, nu, theta, gamma, B)
    np.testing.assert_allclose(layer.forward(X.swapaxes(0, 1))[0], found["Y"].swapaxes(0, 1), atol=1e-12)
    layer.backward(dY.swapaxes(0, 1))
    np.testing.assert_allclose(layer.grads["nu"], found["dnu"], atol=1e-11)
    np.testing.assert_allclose(layer.grads["theta"], found["dtheta"], atol=1e-11)
    said = {patient: bughunt.symptoms(patient) for patient in ("healthy", *bughunt.ILL)}
    assert len(set(said.values())) == len(said)
    assert said["healthy"].count("agrees") == 3 and "dnu    agrees" in said["C"] and "WRONG SIGN" in said["C"]
    assert "more than a thousand" in said["A"]


def test_a_line_that_is_still_wrong_is_told_and_unknown_patients_too(capsys):
    assert "Line 8 is still wrong" in bughunt.HUNT.blame("C", {8: "dlog = lam * dlam"})
    loop = bughunt.HUNT.blame("B", {2: bughunt.HEALTHY[1].replace("gamma", "np.sqrt(gamma)")})
    assert loop.endswith("`sqrt` does not belong there.")  # what is wrong, and not the whole loop
    conjugates = bughunt.HUNT.compute("E", {7: "dlam = (np.conj(d) * np.conj(H[:-1])).sum(axis=(0, 1))"})
    said = bughunt.report(conjugates, bughunt.HUNT.true).splitlines()
    assert said == ["|λ| right", "Y right", "dnu wrong", "dtheta wrong"]
    bughunt.show_lines("Z")
    bughunt.show_lines("A")
    assert "There is no patient 'Z'" in (said := capsys.readouterr().out) and "np.exp(-nu" in said
    assert "cannot be run" in str(pytest.raises(ValueError, bughunt.run, "A", *bughunt.example(), {1: "lam = nobody"}).value)
