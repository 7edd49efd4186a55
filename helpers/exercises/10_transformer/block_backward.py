"""Exercise 10.9: back through a block and its shortcut."""

from helpers.checking.authoring import exercise

from .layer_norm import layer_norm
from .layer_norm_backward import layer_norm_backward
from .multi_head import multi_head
from .multi_head_backward import multi_head_backward


@exercise("10.9", title="A block, backwards", returns={"dX": "N T D", "grads": {"g": "D", "b": "D", "Wqkv": "D q,k,v:D", "Wo": "D D"}}, hints=[
    "The forward pass is X + multi_head(layer_norm(X)). In how many ways does X reach the result, and what does a sum do with a gradient on the way back?",
    "Through the branch the order is reversed: first back through `multi_head`, then through `layer_norm`. The shortcut hands its gradient on as it is.",
    "`multi_head_backward(dY, heads_cache)`; `layer_norm_backward(dnormed, norm_cache)`; `dY + dbranch`.",
])
def block_backward(dY, cache):
    """Return the gradients of a block's X (N, T, D) and of its weights, given that of Y.

    The block is Y = X + multi_head(layer_norm(X)). dY (N, T, D);
    cache: that of `layer_norm` and that of `multi_head`.
    -> dX, and a dict with the keys "g", "b", "Wqkv" and "Wo".
    With Wo = 0 the branch gives nothing and hands nothing back, so dX is dY:
    dY = [[[1., 2.]]] gives dX = [[[1., 2.]]].
    """
    norm_cache, heads_cache = cache
    dnormed, dWqkv, dWo = multi_head_backward(dY, heads_cache)    # TODO: back through the heads
    dbranch, dg, db = layer_norm_backward(dnormed, norm_cache)    # TODO: and through the norm
    dX = dY + dbranch                                             # TODO: (N, T, D) both ways
    return dX, {"g": dg, "b": db, "Wqkv": dWqkv, "Wo": dWo}


def _forward(X, g, b, Wqkv, Wo, heads):
    normed, norm_cache = layer_norm.reference(X, g, b)
    return norm_cache, multi_head.reference(normed, Wqkv, Wo, heads)[1]


@block_backward.cases
def _(rng):
    def draw(N, T, heads, d, mix=1.0):
        D = heads * d
        cache = _forward(rng.normal(size=(N, T, D)), rng.uniform(0.5, 2.0, D), rng.normal(size=D),
                         rng.normal(size=(D, 3 * D)) / D**0.5, mix * rng.normal(size=(D, D)) / D**0.5, heads)
        return rng.normal(size=(N, T, D)), cache

    yield "one place, Wo = 0: only the shortcut is left", draw(1, 1, 1, 2, mix=0.0)
    yield "one head of 3, two places", draw(1, 2, 1, 3)
    yield "two heads of 2, three places", draw(1, 3, 2, 2)
    yield "2 sequences, T = 5, 3 heads of 4", draw(2, 5, 3, 4)
    yield "a strong branch", draw(2, 4, 2, 3, mix=3.0)


@block_backward.same
def _(dY, cache):
    found = multi_head_backward(dY, cache[1])
    dX, dg, db = layer_norm_backward(found[0], cache[0])
    dX = dX + dY
    return dX, dict(zip(("g", "b", "Wqkv", "Wo"), (dg, db, *found[1:]), strict=True))


for sentence, dX in [
    ("Only the branch is left in dX: the shortcut's gradient, dY as it came in, is missing.", "dbranch"),
    ("Only the shortcut is left in dX: the branch was made of X as well.", "dY"),
    ("The branch's gradient goes into dX before it has passed the norm.", "dY + dnormed"),
    ("The branch's gradient is in dX twice.", "dY + 2 * dbranch"),
    ("You add dnormed as well, as if there were a way around the norm: X reaches Y in two ways, not in three.", "dY + dnormed + dbranch"),
    ("The two gradients are averaged. Where a number is used twice, they add up.", "(dY + dbranch) / 2"),
    ("The two ways are multiplied. Where a number is used twice, its gradients add up.", "dY * dbranch"),
    ("The branch's gradient is subtracted: it was added on the way there.", "dY - dbranch"),
    ("dY is in dX twice.", "2 * dY + dbranch"),
]:
    block_backward.mistake(sentence, dX=dX)

for sentence, dnormed in [
    ("The branch gets twice the gradient. The sum hands dY as it is to both ways.", "multi_head_backward(2 * dY, heads_cache)"),
    ("You halve the gradient for the branch, as if the two ways shared it. The sum hands dY as it is to both.", "multi_head_backward(dY / 2, heads_cache)"),
    ("The cache of the norm goes into the heads: each way back needs what its own way there has kept.", "multi_head_backward(dY, norm_cache)"),
]:
    block_backward.mistake(sentence, dnormed_dWqkv_dWo=dnormed)

for sentence, dbranch in [
    ("The norm gets dY instead of what comes back out of the heads: the gradient goes round them.", "layer_norm_backward(dY, norm_cache)"),
    ("The shortcut is taken into the norm: dY goes around it, and is added after.", "layer_norm_backward(dY + dnormed, norm_cache)"),
]:
    block_backward.mistake(sentence, dbranch_dg_db=dbranch)


@block_backward.mistake("You go through the norm first. On the way back the last step comes first: the heads, then the norm.")
def _(dY, cache):
    norm_cache, heads_cache = cache
    dnormed, dg, db = layer_norm_backward(dY, norm_cache)
    dbranch, dWqkv, dWo = multi_head_backward(dnormed, heads_cache)
    return dY + dbranch, {"g": dg, "b": db, "Wqkv": dWqkv, "Wo": dWo}


@block_backward.mistake("dg and db are exchanged: `layer_norm_backward` returns the gradient of the gain g first, then that of the shift b.")
def _(dY, cache):
    dX, grads = block_backward(dY, cache)
    return dX, {**grads, "g": grads["b"], "b": grads["g"]}


@block_backward.mistake("`dY += …` writes into the caller's gradient. Make a new array: dY + dbranch.")
def _(dY, cache):
    found = multi_head_backward(dY, cache[1])
    dbranch, dg, db = layer_norm_backward(found[0], cache[0])
    dY += dbranch
    return dY, {"g": dg, "b": db, "Wqkv": found[1], "Wo": found[2]}
