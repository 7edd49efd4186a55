"""Exercise 13.9: squeeze and excitation, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .excite import excite


@exercise("13.9", title="Squeeze and excite, backwards", returns={"dU": "N rows columns C", "dW1": "C R", "db1": "R", "dW2": "R C", "db2": "C"}, hints=[
    "A gate has scaled its channel at every place: where does its gradient come from? And by how many ways has U reached V?",
    "The gate's gradient is a sum over the places. Through the sigmoid it is multiplied by g (1 - g). U was scaled, and it was averaged: its gradient has two parts, and in the second each place gets its share of the mean.",
    "`(dV * U).sum(axis=(1, 2))`; `dg * g * (1 - g)`; `(de @ W2.T) * (hidden > 0)`; `dV * g[:, None, None] + dz[:, None, None] / (U.shape[1] * U.shape[2])`.",
])
def excite_backward(dV, cache):
    """Return the gradients of U, W1, b1, W2 and b2, given that of V (N, rows, columns, C).

    cache is (U, z, hidden, g, W1, W2), as `excite` returned it.
    With one place and one channel, U = 4, g = .5, hidden = 2, z = 4, W1 = .5, W2 = .3 and
    dV = 1, the gradients are dU = .65, dW1 = 1.2, db1 = .3, dW2 = 2, db2 = 1.
    """
    U, z, hidden, g, W1, W2 = cache
    dg = (dV * U).sum(axis=(1, 2))              # TODO: (N, C)
    de = dg * g * (1 - g)                       # TODO: (N, C) before the sigmoid
    dW2, db2 = hidden.T @ de, de.sum(axis=0)
    dh = (de @ W2.T) * (hidden > 0)             # TODO: (N, R) before the ReLU
    dW1, db1 = z.T @ dh, dh.sum(axis=0)
    dz = dh @ W1.T                              # (N, C)
    scaled = dV * g[:, None, None]              # TODO: (N, rows, columns, C) through the product
    squeezed = (dz[:, None, None]
                / (U.shape[1] * U.shape[2]))    # TODO: (N, 1, 1, C) through the mean
    return scaled + squeezed, dW1, db1, dW2, db2


@excite_backward.cases
def _(rng):
    def draw(N, rows, columns, C, R):
        U, W1, b1 = rng.normal(size=(N, rows, columns, C)), rng.normal(size=(C, R)), rng.normal(size=R)
        cache = excite.reference(U, W1, b1, rng.normal(size=(R, C)), rng.normal(size=C))[1]
        return rng.normal(size=U.shape), cache

    one = [np.array(x) for x in ([[[[4.0]]]], [[4.0]], [[2.0]], [[0.5]], [[0.5]], [[0.3]])]
    yield "one place, one channel", (np.array([[[[1.0]]]]), tuple(one))
    yield "two places, one channel", draw(1, 1, 2, 1, 2)
    yield "one picture, 2 x 3 places, 4 channels", draw(1, 2, 3, 4, 5)
    yield "a hidden unit is off", (np.array([[[[1.0, 2.0]]]]), tuple(np.array(x) for x in ([[[[1.0, 3.0]]]], [[1.0, 3.0]], [[0.0, 2.0]], [[0.4, 0.6]], [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]])))
    yield "three pictures, 3 x 4 places, 5 channels", draw(3, 3, 4, 5, 4)
    yield "as many pictures, rows, columns and channels", draw(3, 3, 3, 3, 3)
    yield "4 pictures, 6 x 2 places, 3 channels", draw(4, 6, 2, 3, 5)


@excite_backward.same
def _(dV, cache):
    U, z, hidden, g, W1, W2 = cache
    N, rows, columns, C = U.shape
    de = np.einsum("nyxc,nyxc->nc", dV, U) * (g - g**2)
    dh = np.where(hidden > 0, np.einsum("nc,rc->nr", de, W2), 0)
    dU = np.einsum("nyxc,nc->nyxc", dV, g)
    dU += (np.einsum("nr,cr->nc", dh, W1) / (rows * columns)).reshape(N, 1, 1, C)
    return dU, np.einsum("nc,nr->cr", z, dh), dh.sum(0), np.einsum("nr,nc->rc", hidden, de), de.sum(0)


excite_backward.mistakes_in("dg", [
    ("A gate's gradient is an average over the places. The gate was used at all of them, so their parts add up.", "(dV * U).mean(axis=(1, 2))"),
    ("A gate's gradient lacks what the gate was multiplied by: U.", "dV.sum(axis=(1, 2))"),
    ("You add up before you multiply. Multiply dV and U place by place, then sum.", "dV.sum(axis=(1, 2)) * U.sum(axis=(1, 2))", "dV.sum(axis=(1, 2)) * z"),
    ("Your gate gradient keeps the places. One gate has scaled all of them: sum over rows and columns.", "dV * U"),
    ("You sum over the rows only. The gate has scaled the columns too.", "(dV * U).sum(axis=1)"),
    ("You sum over the columns only. The gate has scaled the rows too.", "(dV * U).sum(axis=2)"),
    ("You sum over the batch as well. Each picture has gates of its own.", "(dV * U).sum(axis=(0, 1, 2))"),
    ("A gate's gradient is made with V, the gated maps. In U · g the slope for g is U.", "(dV * U * g[:, None, None]).sum(axis=(1, 2))"),
])

excite_backward.mistakes_in("de", [
    ("The slope of the sigmoid is missing: g (1 - g).", "dg"),
    ("You multiply by g alone: the sigmoid's slope is g (1 - g).", "dg * g"),
    ("You multiply by 1 - g alone: the sigmoid's slope is g (1 - g).", "dg * (1 - g)"),
    ("That is the slope of the tanh. For the sigmoid it is g (1 - g).", "dg * (1 - g**2)", "dg * (1 - g * g)"),
    ("You use the sigmoid's slope twice.", "dg * (g * (1 - g)) ** 2", "dg * g * (1 - g) * g * (1 - g)"),
    ("You divide by the slope of the sigmoid. A slope multiplies.", "dg / (g * (1 - g))"),
    ("The sign of the slope is wrong: g (1 - g) is positive.", "dg * g * (g - 1)"),
])

excite_backward.mistakes_in("dh", [
    ("Your hidden units at 0 let the gradient through. There the ReLU stops it.", "de @ W2.T", "(de @ W2.T) * (hidden >= 0)"),
    ("Your W2 is not transposed on the way back.", "(de @ W2) * (hidden > 0)"),
    ("You multiply by what the hidden units were. The slope of the ReLU is 0 or 1.", "(de @ W2.T) * hidden"),
    ("Your ReLU lets through what it should stop.", "(de @ W2.T) * (hidden <= 0)", "(de @ W2.T) * (hidden == 0)"),
    ("You look at the sign of the gradient. It is the unit's own value that says whether the ReLU was open.", "np.maximum(de @ W2.T, 0)"),
    ("The gate's gradient goes past the sigmoid: take `de`, not `dg`.", "(dg @ W2.T) * (hidden > 0)"),
    ("You look at the squeezed maps z. The ReLU was on `hidden`.", "(de @ W2.T) * (z > 0)"),
    ("The hidden layer has no tanh here: its slope is 0 or 1.", "(de @ W2.T) * (1 - hidden**2)"),
])

excite_backward.mistakes_in("scaled", [
    ("The gate is forgotten on the direct way to U.", "dV"),
    ("The direct way is closed: U was scaled as well as squeezed, so part of its gradient is dV · g.", "0 * dV"),
    ("On the direct way you multiply by U. In U · g the slope for U is g.", "dV * U"),
    ("You give the gated maps themselves. What comes back on the direct way is made of dV.", "U * g[:, None, None]"),
    ("You divide by the gate on the way back. A factor is the same in both directions.", "dV / g[:, None, None]"),
    ("The gates (N, C) need two new axes in the middle here as well.", "dV * g", "dV * g[:, None]", "dV * g[:, :, None]", "dV * g[:, :, None, None]"),
    ("The slope of the sigmoid is in the direct way. There the gate is a plain factor.", "dV * (g * (1 - g))[:, None, None]"),
])

excite_backward.mistakes_in("squeezed", [
    ("You forget the way through the squeeze: every place has a say in the mean, and the mean sets the gates.", "0 * dz[:, None, None]", "0"),
    ("Every place gets all of the mean's gradient. It has only its share in the mean: divide by the number of places.", "dz[:, None, None]"),
    ("You divide by the rows only. The mean is over rows and columns.", "dz[:, None, None] / U.shape[1]"),
    ("You divide by the columns only. The mean is over rows and columns.", "dz[:, None, None] / U.shape[2]"),
    ("You divide by the number of channels. The mean is over rows and columns.", "dz[:, None, None] / U.shape[3]"),
    ("You count more than the places: pictures or channels are in your divisor too. The mean is over the places.", "dz[:, None, None] / U.size", "dz[:, None, None] / (U.shape[0] * U.shape[1] * U.shape[2])", "dz[:, None, None] / U[0].size"),
    ("The part of the squeeze is multiplied by U. A mean has the slope 1 by the number of places.", "dz[:, None, None] * U / (U.shape[1] * U.shape[2])"),
    ("The gradient of the mean needs two new axes in the middle, (N, 1, 1, C).", "dz / (U.shape[1] * U.shape[2])", "dz[:, None] / (U.shape[1] * U.shape[2])"),
    ("You multiply by the number of places instead of dividing.", "dz[:, None, None] * (U.shape[1] * U.shape[2])"),
    ("The way through the squeeze has the wrong sign.", "-dz[:, None, None] / (U.shape[1] * U.shape[2])"),
])


@excite_backward.mistake("Right gradients, wrong order: dU, dW1, db1, dW2, db2.")
def _(dV, cache):
    dU, dW1, db1, dW2, db2 = excite_backward(dV, cache)
    return dU, dW2, db2, dW1, db1
