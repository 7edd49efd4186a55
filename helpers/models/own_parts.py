"""A reader's own functions in the place of a layer's code: the layer keeps the weights, the functions do the work.

    parts = {"layer_norm": layer_norm, "layer_norm_backward": layer_norm_backward,
             "multi_head": multi_head, "multi_head_backward": multi_head_backward}
    net = Transformer(26, parts=parts, rng=rng)                    # trains with these functions

What they return is brought back to the net's dtype. In a float32 net, dividing by np.sqrt(d) goes on in float64, which is
right but takes twice as long; d ** 0.5, a Python number, stays in float32.
"""

import inspect

import numpy as np

from helpers.layers.checks import check_array, was_forward_run
from helpers.layers.positions import rotate

PARTS = ("layer_norm", "layer_norm_backward", "multi_head", "multi_head_backward")


class OwnLayerNorm:
    """A LayerNorm whose numbers come from two functions.

        layer_norm(X, g, b, eps) -> Y, cache            layer_norm_backward(dY, cache) -> dX, dg, db
    """

    def __init__(self, layer, forward, backward):
        self.layer, self.own, self.own_backward = layer, forward, backward
        self.params, self.grads, self.cache = layer.params, {}, None

    def forward(self, X):
        """Return Y, of X's shape.  Raises ValueError: the function does not return Y and a cache."""
        g, b = self.params["g"], self.params["b"]
        Y, cache = _results("layer_norm", self.own(X, g, b, self.layer.eps), ("Y", "cache"))
        self.cache = (cache, X.shape)
        return _fits("Y of layer_norm", Y, X.shape, g.dtype)

    def backward(self, dY):
        """Return dX, and put dg and db into grads.  Raises ValueError: there is no function, or it returns other things."""
        cache, shape = was_forward_run(self.cache)
        found = _results("layer_norm_backward", _needed(self.own_backward, "layer_norm")(dY, cache), ("dX", "dg", "db"))
        self.grads = {
            name: _fits(f"d{name} of layer_norm_backward", d, self.params[name].shape, dY.dtype)
            for name, d in zip("gb", found[1:], strict=True)
        }
        return _fits("dX of layer_norm_backward", found[0], shape, dY.dtype)


class OwnMultiHead:
    """A MultiHeadAttention whose numbers come from two functions.

        multi_head(X, Wqkv, Wo, heads) -> Y, cache      multi_head_backward(dY, cache) -> dX, dWqkv, dWo

    A multi_head with a keyword `rotate` gets the function rotate(Q or K (…, T, d), positions (T,)) when positions are
    rotary, else None; the gradients go back through rotate(dQ, -positions). The layer itself takes single steps.
    """

    def __init__(self, layer, forward, backward):
        self.layer, self.own, self.own_backward = layer, forward, backward
        self.params, self.grads, self.cache = layer.params, {}, None
        self.room, self.step = layer.room, layer.step
        self.options = {}
        if "rotate" in inspect.signature(forward).parameters:
            self.options["rotate"] = rotate if layer.positions == "rotary" else None
        elif layer.positions == "rotary":
            raise ValueError("positions are rotary, but multi_head has no keyword rotate: write "
                             "multi_head(X, Wqkv, Wo, heads, rotate=None), or take other positions")

    def forward(self, X):
        """Return Y, of X's shape, and the weights (N, h, T, T) that lie in the function's cache, else the layer's own."""
        Wqkv, Wo = self.params["Wqkv"], self.params["Wo"]
        found = self.own(X, Wqkv, Wo, self.layer.heads, **self.options)
        Y, cache = _results("multi_head", found, ("Y", "cache"))
        self.cache = (cache, X.shape)
        weights = _weights_in(cache, (len(X), self.layer.heads, X.shape[1], X.shape[1]))
        if weights is None:
            weights = self.layer.forward(X)[1]
        return _fits("Y of multi_head", Y, X.shape, Wo.dtype), weights

    def backward(self, dY):
        """Return dX, and put dWqkv and dWo into grads.  Raises ValueError: no function, or it returns other things."""
        cache, shape = was_forward_run(self.cache)
        back = _needed(self.own_backward, "multi_head")
        found = _results("multi_head_backward", back(dY, cache), ("dX", "dWqkv", "dWo"))
        self.grads = {
            name: _fits(f"d{name} of multi_head_backward", d, self.params[name].shape, dY.dtype)
            for name, d in zip(("Wqkv", "Wo"), found[1:], strict=True)
        }
        return _fits("dX of multi_head_backward", found[0], shape, dY.dtype)


def check_parts(parts, scaled):
    """Return parts as a dict, once its keys are known and each has a function.  Raises ValueError: otherwise."""
    parts = {} if parts is None else parts
    if not isinstance(parts, dict) or not set(parts) <= set(PARTS):
        found = f"has {', '.join(map(str, parts))}" if isinstance(parts, dict) else f"is a {type(parts).__name__}"
        raise ValueError(f"parts {found}: expected a dict with some of the keys {', '.join(PARTS)}")
    for name, function in parts.items():
        if not callable(function):
            raise ValueError(f"parts[{name!r}] is a {type(function).__name__}, expected a function")
        if name.endswith("_backward") and name.removesuffix("_backward") not in parts:
            raise ValueError(f"parts has {name} without {name.removesuffix('_backward')}, whose cache it needs")
    if "multi_head" in parts and not scaled:
        raise ValueError("scaled=False is for the course's own layer: your multi_head decides itself how it scales")
    return parts


def _needed(function, name):
    if function is None:
        raise ValueError(f"parts has {name} but no {name}_backward: add it to train with your own code")
    return function


def _results(name, found, wanted):
    """Return what a function gave back, once it is known to be a tuple of the wanted length."""
    if not isinstance(found, tuple) or len(found) != len(wanted):
        kind = f"{len(found)} things" if isinstance(found, tuple) else f"a {type(found).__name__}"
        raise ValueError(f"{name} returned {kind}, expected {', '.join(wanted)}")
    return found


def _fits(name, x, shape, dtype):
    """Return x in the net's dtype: dividing by np.sqrt(d) alone makes float64 of float32."""
    check_array(name, x, shape)
    return x.astype(dtype, copy=False)


def _weights_in(cache, shape):
    """Return the array of a cache (tuple, list or dict) that has the shape, and rows that sum to 1; None without one."""
    values = cache.values() if isinstance(cache, dict) else cache if isinstance(cache, (tuple, list)) else ()
    for x in values:
        if isinstance(x, np.ndarray) and x.shape == shape and x.dtype.kind == "f":
            if x.min() >= 0 and np.abs(x.sum(axis=-1) - 1).max() < 1e-3:
                return x
    return None
