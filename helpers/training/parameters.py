"""Parameters of several layers in one dict, and on disk.

    params = collect_params(embed=embed, rnn=rnn, out=out)         # {"embed.W": …, "rnn.Wx": …}: the layers' own arrays
    grads = collect_grads(embed=embed, rnn=rnn, out=out)           # after backward
    vector, params = in_one_vector(params)                         # the same numbers, as parts of one long array
    save("model.npz", params)
    load_into(params, "model.npz")
"""

import zipfile
from pathlib import Path

import numpy as np

from helpers.layers.checks import check_finite, check_keys


def collect_params(**layers):
    """Return one dict with every layer's parameters, named "layer.parameter": the layers' own arrays, not copies.

    Raises ValueError: no layer, or one without a dict `params`.
    """
    return _collect(layers, "params")


def collect_grads(**layers):
    """Return one dict with every layer's gradients, named as by collect_params.

    Raises ValueError: no layer, one without a dict `grads`, or one whose backward has not run.
    """
    grads = _collect(layers, "grads")
    for name, layer in layers.items():
        if not layer.grads:
            raise ValueError(f"{name} has no gradients yet: run its backward first")
    return grads


def in_one_vector(params):
    """Return one vector with all numbers of the dict params, and a dict like params whose arrays are parts of it.

    Who steps the vector moves all of them, and an optimiser is faster with one long array than with many short ones. The
    arrays of params themselves are not parts of the vector: the net has to take over the new dict.
    Raises ValueError: params is empty, or its arrays differ in dtype.
    """
    if len({p.dtype for p in params.values()}) != 1:
        raise ValueError("params should be arrays of one dtype, and at least one of them")
    vector = np.concatenate([p.ravel() for p in params.values()])
    parts = np.split(vector, np.cumsum([p.size for p in params.values()])[:-1])
    return vector, {name: part.reshape(p.shape) for (name, p), part in zip(params.items(), parts, strict=True)}


def take_over(layers, params):
    """Let layers (a dict) use the arrays of params, named as by collect_params, in the place of their own."""
    for name, p in params.items():
        layer, key = name.split(".")
        layers[layer].params[key] = p


def joined(grads, params):
    """Return the gradients as the vector that belongs to in_one_vector(params)."""
    return np.concatenate([grads[name].ravel() for name in params])


def count(params):
    """Return how many numbers the dict params holds."""
    return sum(int(np.size(p)) for p in params.values())


def save(path, params):
    """Write the dict params to an .npz file, and return its path. The file is complete or not there at all.

    Raises ValueError: params is no dict of numeric arrays, or is empty.
    """
    if not isinstance(params, dict) or not params:
        raise ValueError("there are no params to save: expected a dict of arrays")
    for name, p in params.items():
        if not isinstance(name, str) or not isinstance(p, np.ndarray) or p.dtype.kind not in "fiub":
            kind = getattr(p, "dtype", type(p).__name__)
            raise ValueError(f"params[{name!r}] is {kind}, expected an array of numbers")
    path = Path(path)
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        np.savez(file, **params)
    part.replace(path)
    return path


def load(path):
    """Return the dict of arrays that save wrote.

    Raises ValueError: the file is not there, is damaged, is no .npz, or holds Python objects (these are not unpickled).
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise ValueError(f"there is no file {path}") from None
    except (OSError, ValueError, EOFError, AttributeError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} cannot be read as saved parameters (.npz): {error}") from None


def load_into(params, path):
    """Return params with the saved values copied into its arrays, in place; when one does not fit, none is changed.

    Raises ValueError: the file cannot be read, its names or shapes differ from those of params, or it holds NaN.
    """
    found = load(path)
    check_keys(f"{path}", found, params)
    for name, p in params.items():
        if found[name].shape != p.shape:
            raise ValueError(f"{path}: {name} has shape {found[name].shape}, but the model expects {p.shape}: "
                             "was the model made with other sizes?")
        check_finite(f"{path}: {name}", found[name])
    for name, p in params.items():
        p[...] = found[name]
    return params


def _collect(layers, kind):
    if not layers:
        raise ValueError("expected layers by name, for example rnn=rnn, out=out")
    for name, layer in layers.items():
        if not isinstance(getattr(layer, kind, None), dict):
            raise ValueError(f"{name} is a {type(layer).__name__}, expected a layer with a dict `{kind}`")
    return {f"{name}.{key}": array for name, layer in layers.items() for key, array in getattr(layer, kind).items()}
