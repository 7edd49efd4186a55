"""Draws from a Gaussian and the distance of two equal PyTorch's. PyTorch is optional."""

import numpy as np
import pytest

from helpers.layers import GaussianDraw, gaussian_kl

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed, so nothing was compared with it: pip install torch==2.13.0"
)

both_dtypes = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)], ids=["float64", "float32"]
)


def arrays(count, dtype):
    return [x.astype(dtype) for x in np.random.default_rng(3).normal(size=(count, 5, 4))]


def assert_same(ours, theirs, tolerance):
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype and np.abs(ours - theirs).max() <= tolerance * max(1, np.abs(theirs).max())


@both_dtypes
def test_a_draw_equals_pytorch(dtype, tolerance):
    mu, log_var, eps, pull = arrays(4, dtype)
    m, v = (torch.tensor(x, requires_grad=True) for x in (mu, log_var))
    z = m + torch.exp(v / 2) * torch.tensor(eps)
    (z * torch.tensor(pull)).sum().backward()
    layer = GaussianDraw()
    assert_same(layer.forward(mu, log_var, eps), z, tolerance)
    for ours, theirs in zip(layer.backward(pull), (m.grad, v.grad), strict=True):
        assert_same(ours, theirs, tolerance)


@both_dtypes
@pytest.mark.parametrize("prior", [False, True], ids=["N(0, 1)", "a prior"])
def test_the_distance_equals_that_of_torch_distributions(prior, dtype, tolerance):
    given = arrays(4 if prior else 2, dtype)
    theirs = [torch.tensor(x, requires_grad=True) for x in given]
    normal = torch.distributions.Normal
    q = normal(theirs[0], torch.exp(theirs[1] / 2))
    p = normal(theirs[2], torch.exp(theirs[3] / 2)) if prior else normal(torch.zeros_like(theirs[0]), torch.ones_like(theirs[0]))
    kl = torch.distributions.kl_divergence(q, p).sum(dim=1).mean()
    kl.backward()
    ours, grads = gaussian_kl(*given)
    assert ours == pytest.approx(kl.item(), rel=1e-5)
    for mine, x in zip(grads, theirs, strict=True):
        assert_same(mine, x.grad, tolerance)
