"""The layers for pictures: gradients against central differences, what they promise, bad input in words, parity with PyTorch."""

import numpy as np
import pytest

from helpers.layers import Conv, SqueezeExcitation, windows, windows_backward
from helpers.training.gradients import gradient_errors
from tests.small_transformers import says

CONVS = {"plain": (3, 1, 0), "padded": (3, 1, 1), "stride 2": (2, 2, 0), "wide strides": (2, 3, 1), "overlapping": (4, 2, 2)}
every_conv = pytest.mark.parametrize("kind", CONVS)


def make(kind, rng, dtype=np.float64):
    size, stride, pad = CONVS[kind]
    layer = Conv(2, 4, size, stride=stride, pad=pad, rng=rng, dtype=dtype)
    layer.params["b"] += rng.normal(size=4).astype(dtype)
    return layer


def gates(rng, dtype=np.float64):
    layer = SqueezeExcitation(5, 3, rng=rng, dtype=dtype)
    for p in layer.params.values():
        p += 0.3 * rng.standard_normal(p.shape).astype(dtype)
    return layer


@pytest.mark.parametrize("kind", [*CONVS, "gates"])
def test_gradients_are_right(kind):
    rng = np.random.default_rng(1)
    layer = gates(rng) if kind == "gates" else make(kind, rng)
    X = rng.normal(size=(2, 3, 4, 5) if kind == "gates" else (2, 5, 7, 2))
    dY = rng.normal(size=layer.forward(X).shape)
    dX = layer.backward(dY)
    errors = gradient_errors(lambda: float((layer.forward(X) * dY).sum()), {"X": X, **layer.params}, {"X": dX, **layer.grads})
    assert max(errors.values()) < 1e-7, errors


@every_conv
def test_a_convolution_is_a_loop_over_places(kind):
    rng = np.random.default_rng(2)
    layer, X = make(kind, rng), rng.normal(size=(2, 5, 7, 2))
    size, stride, pad = CONVS[kind]
    padded, Y = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0))), layer.forward(X)
    for i, j in np.ndindex(Y.shape[1:3]):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size].reshape(2, -1)
        np.testing.assert_allclose(Y[:, i, j], window @ layer.params["W"] + layer.params["b"], atol=1e-12)


def test_windows_backward_is_the_transposed_of_windows():
    rng = np.random.default_rng(3)
    for size, stride, pad in CONVS.values():
        X = rng.normal(size=(2, 6, 5, 3))
        found = windows(X, size, stride, pad)
        pull = rng.normal(size=found.shape)
        assert (pull * found).sum() == pytest.approx((windows_backward(pull, X.shape, size, stride, pad) * X).sum())


def test_windows_do_not_share_memory_with_the_picture():
    X = np.zeros((1, 3, 3, 1))
    windows(X, 1)[...] = 1
    assert not X.any()


def test_float32_stays_float32():
    rng = np.random.default_rng(4)
    for layer, shape in ((make("padded", rng, np.float32), (2, 4, 4, 2)), (gates(rng, np.float32), (2, 4, 4, 5))):
        Y = layer.forward(rng.normal(size=shape).astype(np.float32))
        dX = layer.backward(np.ones_like(Y))
        assert {Y.dtype, dX.dtype, *(g.dtype for g in layer.grads.values())} == {np.dtype(np.float32)}


def test_gates_are_between_0_and_1_and_each_picture_has_its_own():
    rng = np.random.default_rng(5)
    layer, U = gates(rng), 3 * rng.normal(size=(4, 3, 2, 5))
    V = layer.forward(U)
    assert layer.gates.shape == (4, 5) and 0 < layer.gates.min() and layer.gates.max() < 1
    np.testing.assert_allclose(V, U * layer.gates[:, None, None])
    np.testing.assert_allclose(layer.forward(U[2:3]), V[2:3])


def test_bad_input_is_told_in_words():
    rng = np.random.default_rng(6)
    conv, gate, X = make("plain", rng), gates(rng), rng.normal(size=(2, 5, 7, 2))
    for call, *pieces in (
        (lambda: conv.forward(X[0]), "X has shape (5, 7, 2)"),
        (lambda: conv.forward(X[..., :1]), "X has shape (2, 5, 7, 1)", "2)"),
        (lambda: conv.forward(X[:, :2]), "a window of 3 x 3 does not fit"),
        (lambda: conv.forward(X.astype(np.float32)), "float32", "float64"),
        (lambda: conv.forward(X * np.nan), "holds nan"),
        (lambda: make("plain", rng).backward(X), "backward was called before forward"),
        (lambda: (conv.forward(X), conv.backward(X)), "dY has shape (2, 5, 7, 2)"),
        (lambda: Conv(0, 3, 3, rng=rng), "channels is 0"),
        (lambda: Conv(1, 3, 3, rng=rng, pad=-1), "pad is -1"),
        (lambda: Conv(1, 3, 3, rng=rng, stride=0), "stride is 0"),
        (lambda: windows(X.tolist(), 2), "X is a list"),
        (lambda: gate.forward(X), "U has shape (2, 5, 7, 2)"),
        (lambda: gates(rng).backward(X), "backward was called before forward"),
        (lambda: (gate.forward(rng.normal(size=(1, 2, 2, 5))), gate.backward(X)), "dV has shape"),
        (lambda: SqueezeExcitation(3, 0, rng=rng), "hidden is 0"),
    ):
        says(call, *pieces)


@every_conv
def test_a_convolution_is_that_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    layer, X = make(kind, rng), rng.normal(size=(2, 8, 9, 2))
    size, stride, pad = CONVS[kind]
    Y = layer.forward(X)
    dY = rng.normal(size=Y.shape)
    dX = layer.backward(dY)
    x = torch.tensor(X.transpose(0, 3, 1, 2).copy(), requires_grad=True)
    w = torch.tensor(layer.params["W"].reshape(size, size, 2, 4).transpose(3, 2, 0, 1).copy(), requires_grad=True)
    b = torch.tensor(layer.params["b"].copy(), requires_grad=True)
    y = torch.nn.functional.conv2d(x, w, b, stride=stride, padding=pad)
    (y * torch.tensor(dY.transpose(0, 3, 1, 2).copy())).sum().backward()
    np.testing.assert_allclose(Y, y.detach().numpy().transpose(0, 2, 3, 1), atol=1e-11)
    np.testing.assert_allclose(dX, x.grad.numpy().transpose(0, 2, 3, 1), atol=1e-11)
    np.testing.assert_allclose(layer.grads["W"], w.grad.numpy().transpose(2, 3, 1, 0).reshape(-1, 4), atol=1e-10)
    np.testing.assert_allclose(layer.grads["b"], b.grad.numpy(), atol=1e-11)


def test_squeeze_and_excitation_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(8)
    layer, U = gates(rng), rng.normal(size=(3, 4, 2, 5))
    V = layer.forward(U)
    dV = rng.normal(size=V.shape)
    dU = layer.backward(dV)
    u = torch.tensor(U, requires_grad=True)
    p = {name: torch.tensor(x.copy(), requires_grad=True) for name, x in layer.params.items()}
    g = torch.sigmoid(torch.relu(u.mean(dim=(1, 2)) @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
    v = u * g[:, None, None]
    (v * torch.tensor(dV)).sum().backward()
    np.testing.assert_allclose(V, v.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(dU, u.grad.numpy(), atol=1e-12)
    for name, x in layer.grads.items():
        np.testing.assert_allclose(x, p[name].grad.numpy(), atol=1e-11)
