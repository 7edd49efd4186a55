"""Variational autoencoders on pictures of hands: how many of their draws are hands, and what the weight of the KL does.

    net = train_vae(X, seed, weight=0.1, parts=parts)
    share_of_hands(net.decode(z))                       # how many of the pictures are (nearly) a hand
    shares(net, X, Y, rng)                              # the same for draws of three kinds, and what is left of Y
"""

import functools

import numpy as np

from helpers.experiments.codes import error, to_nearest, true_hands
from helpers.layers import gaussian_kl
from helpers.models import VAE
from helpers.training import fit, linear_decay
from helpers.training.batches import shuffled_batches
from helpers.training.optimisers import Adam
from helpers.training.parameters import in_one_vector, joined, take_over

NEAR = 0.5  # squared distance to a true hand; the pictures' own variance is 1.14


def train_vae(X, seed, *, weight=0.1, code=4, steps=1500, lr=0.005, rising=0.0, start=None, **settings):
    """Return a VAE (144-64-code-64-144) trained on pictures X (N, 144).

    rising : the share of the steps over which the weight rises from 0.  start : another such net to begin from.
    settings : those of VAE (noise, pull, parts).
    """
    rng = np.random.default_rng(seed)
    mean = X.mean(axis=0)
    net = VAE(X.shape[1], 64, code, rng=rng, weight=weight, centre=mean, spread=float((X - mean).std()), **settings)
    done = iter(range(steps))
    vector, net.params = in_one_vector(start.params if start else net.params)
    take_over(net.layers, net.params)

    def loss_and_grads(rows):
        net.weight = weight * min(1.0, next(done) / (rising * steps)) if rising else weight
        loss, grads = net.loss_and_grads(rows)
        return loss, {"all": joined(grads, net.params)}

    batches = shuffled_batches(X.astype(np.float32), size=min(64, len(X)), rng=rng)
    fit(loss_and_grads, {"all": vector}, batches, optimiser=Adam(lr), steps=steps, schedule=linear_decay, progress=False)
    return net


@functools.cache
def _all_hands():
    return true_hands()


def share_of_hands(pictures, near=NEAR):
    """Return how many of the pictures (N, 144) lie within `near`, a squared distance, of some true hand."""
    return float((distance_to_hands(pictures) < near).mean())


def distance_to_hands(pictures):
    """Return the squared distance (N,) of each picture to the nearest true hand."""
    return to_nearest(np.asarray(pictures, float), _all_hands())[0]


def shares(net, X, Y, rng, count=1000):
    """Return four numbers on a net that was trained on X, with Y held out.

    What is left of Y's variance; and how many pictures are hands when the codes are drawn from N(0, 1), drawn from a
    Gaussian fitted to the codes of X, and half-way between the codes of two pictures of Y.
    """
    mean, codes = net.encode(Y)[0], net.encode(X)[0].astype(float)
    eps = rng.normal(size=(count, codes.shape[1]))
    spread = np.linalg.cholesky(np.cov(codes.T) + 1e-9 * np.eye(codes.shape[1]))
    one, two = rng.integers(0, len(Y), (2, count))
    drawn = [share_of_hands(net.decode(z)) for z in (eps, eps @ spread.T + codes.mean(axis=0), (mean[one] + mean[two]) / 2)]
    return np.array([error(net.decode(mean), Y) / error(X.mean(axis=0), Y), *drawn])


def left_and_kl(net, X, Y):
    """Return what is left of the variance of Y when the code is the mean, and the KL in nats."""
    mu, log_var = net.encode(Y)
    return error(net.decode(mu), Y) / error(X.mean(axis=0), Y), gaussian_kl(mu, log_var)[0]


def plane(net, reach=2.5, points=25):
    """Return the axis (points,), and how far what a code of two numbers gives is from the nearest hand (points, points).

    The distances are squared. Row i has the second number axis[i], column j the first axis[j].
    """
    axis = np.linspace(-reach, reach, points)
    first, second = np.meshgrid(axis, axis)
    z = np.stack([first.ravel(), second.ravel()], axis=1)
    return axis, distance_to_hands(net.decode(z)).reshape(points, points)
