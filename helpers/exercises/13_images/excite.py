"""Exercise 13.8: squeeze and excitation."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("13.8", title="Squeeze and excite", returns={"V": "N rows columns C", "cache": ""}, hints=[
    "Which axes of (N, rows, columns, C) does one number for each picture and channel no longer have?",
    "Squeeze: a mean over rows and columns. Excite: a hidden layer with ReLU, then a gate between 0 and 1 for each channel, each for itself. A gate (N, C) has to stand beside (N, rows, columns, C).",
    "`U.mean(axis=(1, 2))`; `np.maximum(z @ W1 + b1, 0)`; `1 / (1 + np.exp(-(hidden @ W2 + b2)))`; `U * g[:, None, None]`.",
])
def excite(U, W1, b1, W2, b2):
    """Give each channel of the maps U (N, rows, columns, C) a gate, by what they all show.

    W1 (C, R), b1 (R,), W2 (R, C), b2 (C,); R is smaller than C.
    -> V, of U's shape: each channel times its gate; and a cache for the way back.
    U = [[[[2.]], [[4.]]]] (2 rows, 1 column, C = 1) with W1 = [[1.]], b1 = [0.],
    W2 = [[0.]] and b2 = [log 3] has the mean 3 and the gate .75: V = [[[[1.5]], [[3.]]]].
    """
    z = U.mean(axis=(1, 2))                        # TODO: (N, C) squeeze: what each channel shows
    hidden = np.maximum(z @ W1 + b1, 0)            # TODO: (N, R) ReLU
    g = 1 / (1 + np.exp(-(hidden @ W2 + b2)))      # TODO: (N, C) gates between 0 and 1
    V = U * g[:, None, None]                       # TODO: (N, rows, columns, C)
    return V, (U, z, hidden, g, W1, W2)


@excite.cases
def _(rng):
    def draw(N, rows, columns, C, R, size=1.0):
        return size * rng.normal(size=(N, rows, columns, C)), rng.normal(size=(C, R)), rng.normal(size=R), rng.normal(size=(R, C)), rng.normal(size=C)

    one = (np.array([[[[2.0]], [[4.0]]]]), np.ones((1, 1)), np.zeros(1), np.zeros((1, 1)), np.array([np.log(3.0)]))
    yield "one channel, two places", one
    yield "one place, two channels", draw(1, 1, 1, 2, 1)
    yield "one picture, 2 x 3 places, 2 channels", draw(1, 2, 3, 2, 2)
    yield "as many channels as rows and columns", draw(2, 4, 4, 4, 3)
    yield "three pictures, 2 x 5 places, 4 channels", draw(3, 2, 5, 4, 3)
    yield "as many pictures as channels", draw(4, 3, 2, 4, 2)
    yield "strong maps", draw(2, 3, 3, 5, 2, 8.0)


@excite.same
def _(U, W1, b1, W2, b2):
    N, rows, columns, C = U.shape
    z = U.reshape(N, rows * columns, C).sum(axis=1) / (rows * columns)
    a = z @ W1 + b1
    hidden = a * (a > 0)
    g = 0.5 * (1 + np.tanh((hidden @ W2 + b2) / 2))
    return np.einsum("nyxc,nc->nyxc", U, g), (U, z, hidden, g, W1, W2)


excite.mistakes_in("z", [
    ("You average over the channels. It is the places that are squeezed: each channel keeps a number of its own.", "U.mean(axis=3)", "U.mean(axis=-1)"),
    ("You average over the batch as well, so all pictures get the same gates: they could be constants.", "U.mean(axis=(0, 1, 2))", "np.broadcast_to(U.mean(axis=(0, 1, 2)), (len(U), U.shape[3]))"),
    ("You add up the places. With a larger picture the gates would be others: take their mean.", "U.sum(axis=(1, 2))"),
    ("You take the largest of each channel. Squeezing takes the mean.", "U.max(axis=(1, 2))"),
    ("You average over the rows only. Rows and columns are both places.", "U.mean(axis=1)"),
    ("You average over the columns only. Rows and columns are both places.", "U.mean(axis=2)"),
    ("You average over the channels and one axis of places. Axes 1 and 2 are rows and columns; 3 is the channels.", "U.mean(axis=(2, 3))", "U.mean(axis=(1, 3))"),
    ("You squeeze everything into one number.", "U.mean()"),
    ("Your squeezed maps keep axes of length 1: (N, C) is wanted here.", "U.mean(axis=(1, 2), keepdims=True)"),
])

excite.mistakes_in("hidden", [
    ("The ReLU of the hidden layer is missing.", "z @ W1 + b1"),
    ("The bias of the hidden layer is missing.", "np.maximum(z @ W1, 0)"),
    ("Your hidden layer has a tanh. Here it is a ReLU.", "np.tanh(z @ W1 + b1)"),
    ("Your hidden layer has a sigmoid. Here it is a ReLU; the sigmoid comes behind it.", "1 / (1 + np.exp(-(z @ W1 + b1)))"),
    ("Your ReLU keeps the negative side.", "np.minimum(z @ W1 + b1, 0)"),
    ("The bias comes after your ReLU. It belongs inside.", "np.maximum(z @ W1, 0) + b1"),
    ("Your W1 is transposed.", "np.maximum(z @ W1.T + b1, 0)"),
])

excite.mistakes_in("g", [
    ("Your gates come from a softmax: they sum to 1, so a channel can gain only where another one loses.", "np.exp(hidden @ W2 + b2) / np.exp(hidden @ W2 + b2).sum(axis=1, keepdims=True)"),
    ("Your gates are not squashed: a gate lies between 0 and 1.", "hidden @ W2 + b2"),
    ("Your gates come from a tanh: a gate below 0 would turn a channel round.", "np.tanh(hidden @ W2 + b2)"),
    ("The minus in your sigmoid is missing: the gates close where they should open.", "1 / (1 + np.exp(hidden @ W2 + b2))"),
    ("The second bias is missing.", "1 / (1 + np.exp(-(hidden @ W2)))", "1 / (1 + np.exp(-hidden @ W2))"),
    ("Brackets are missing in your sigmoid: the minus is for the sum, bias included.", "1 / (1 + np.exp(-hidden @ W2 + b2))"),
    ("Your gates are made of the squeezed maps: the hidden layer is left out.", "1 / (1 + np.exp(-(z + b2)))"),
    ("Your gates have a ReLU and can be as large as they like.", "np.maximum(hidden @ W2 + b2, 0)"),
])

excite.mistakes_in("V", [
    ("You return the maps without their gates.", "U"),
    ("Your gates are added. A gate multiplies.", "U + g[:, None, None]"),
    ("You give back the gates themselves, spread over the places.", "0 * U + g[:, None, None]"),
    ("The gates (N, C) need two new axes in the middle, for rows and columns. As they are, NumPy lays N along the columns.", "U * g"),
    ("Your new axes stand behind the channels: the gates are laid along rows or columns.", "U * g[:, :, None, None]", "U * g[:, :, None]"),
    ("One new axis is not enough: NumPy lays N along the rows, so that each row gets the gates of another picture.", "U * g[:, None]"),
    ("Every picture gets the gates of the first.", "U * g[0]"),
    ("The gated maps are added to the maps, as by a shortcut.", "U + U * g[:, None, None]"),
    ("You multiply the gates with the squeezed maps. It is the maps themselves that are scaled.", "0 * U + (z * g)[:, None, None]", "z * g", "(z * g)[:, None, None]"),
    ("You scale by 1 - g: what should be open is closed.", "U * (1 - g)[:, None, None]", "U * (1 - g[:, None, None])"),
])


@excite.mistake("The cache is missing in what you return.")
def _(U, W1, b1, W2, b2):
    return excite(U, W1, b1, W2, b2)[0]
