"""Exercise 1.8: fold a tree."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("1.8", title="Optional. Recursive, not recurrent: fold a tree", returns={"vector": "D"}, hints=[
    "What does a node need from its two children before it can say anything itself?",
    "The function calls itself on `left` and on `right`: the same W at every node, as the RNN has the same W at every step.",
    "Lay the two vectors end to end with `np.concatenate([left, right])`, (2 D,), then `@ W + b`, then tanh.",
])
def tree_fold(tree, W, b):
    """Fold a binary tree of vectors into one vector, with the same weights at every node.

    tree: a leaf is an array (D,), a node is a tuple (left, right).
    W (2 D, D), b (D,) -> (D,).
    A leaf is its own vector. A node lays its children's vectors end to end, left first,
    into one vector (2 D,), multiplies it with W, adds b and squashes the sum.
    """
    if not isinstance(tree, tuple):
        return tree
    left, right = tree
    left, right = (tree_fold(left, W, b),
                   tree_fold(right, W, b))                   # TODO: first the children's vectors
    return np.tanh(np.concatenate([left, right]) @ W + b)    # TODO: then this node's


@tree_fold.cases
def _(rng):
    def leaf(D):
        return rng.normal(size=D)

    def weights(D):
        return rng.normal(size=(2 * D, D)), rng.normal(size=D)

    yield "one node with two leaves, D = 1", ((np.array([0.5]), np.array([-1.0])), np.array([[1.0], [0.5]]), np.array([0.3]))
    yield "one node with two leaves, D = 3", ((leaf(3), leaf(3)), *weights(3))
    yield "((leaf, leaf), leaf), D = 2", (((leaf(2), leaf(2)), leaf(2)), *weights(2))
    yield "a chain to the right of four leaves, D = 2", ((leaf(2), (leaf(2), (leaf(2), leaf(2)))), *weights(2))
    yield "a full tree of four leaves, D = 4", (((leaf(4), leaf(4)), (leaf(4), leaf(4))), *weights(4))
    yield "a single leaf", (leaf(2), *weights(2))
    yield "leaves of whole numbers, b = 0", (((np.array([1, 0]), np.array([0, 2])), np.array([-1, 1])), weights(2)[0], np.zeros(2))


@tree_fold.same
def _(tree, W, b):
    def value(node):
        if not isinstance(node, tuple):
            return node
        D = len(b)
        return np.tanh(value(node[0]) @ W[:D] + value(node[1]) @ W[D:] + b)

    return value(tree)


for _sentence, *_edits in [
    ("The children are not folded before they are joined: a node's left and right may be trees themselves.", {"left_right": "left, right"}),
    ("Only the left child is folded: the right one may be a tree as well.", {"left_right": "tree_fold(left, W, b), right"}),
    ("Only the right child is folded: the left one may be a tree as well.", {"left_right": "left, tree_fold(right, W, b)"}),
    ("You fold the left child twice: the second half belongs to the right one.", {"left_right": "tree_fold(left, W, b), tree_fold(left, W, b)"}),
    ("You fold the right child twice: the first half belongs to the left one.", {"left_right": "tree_fold(right, W, b), tree_fold(right, W, b)"}),
    ("Left and right are swapped: the left child's vector comes first.", {"left_right": "tree_fold(right, W, b), tree_fold(left, W, b)"}, {"returns": "np.tanh(np.concatenate([right, left]) @ W + b)"}),
    ("You add the children's vectors. A sum cannot tell left from right; lay them end to end.", {"returns": "np.tanh((left + right) @ W[:len(b)] + b)"}),
    ("The bias is missing.", {"returns": "np.tanh(np.concatenate([left, right]) @ W)"}),
    ("The tanh is missing: without it the whole tree is one linear map of its leaves.", {"returns": "np.concatenate([left, right]) @ W + b"}),
    ("The bias is added after the tanh: it belongs inside.", {"returns": "np.tanh(np.concatenate([left, right]) @ W) + b"}),
    ("What stands left of `W` has to be one vector of 2 D numbers, the two children end to end: a list [left, right] has the shape (2, D), a sum the shape (D,).",
     {"returns": "np.tanh([left, right] @ W + b)"}, {"returns": "np.tanh((left + right) @ W + b)"}, {"returns": "np.tanh(W @ np.concatenate([left, right]) + b)"}),
    ("`np.concatenate` takes the arrays as one list: `[left, right]`, in square brackets.", {"returns": "np.tanh(np.concatenate(left, right) @ W + b)"}),
    ("You squash the two children one by one and add the results. Join them first, then squash once.", {"returns": "np.tanh(left @ W[:len(b)] + b) + np.tanh(right @ W[len(b):] + b)"}),
    ("You use one half of W for both children: then left and right cannot be told apart.", {"returns": "np.tanh(left @ W[len(b):] + right @ W[len(b):] + b)"}),
]:
    for _edit in _edits:
        tree_fold.mistake(_sentence, **_edit)

tree_fold.mistake("You squash the leaves as well. A leaf is its own vector, unchanged.")(
    tree_fold.changed(("        return tree", "        return np.tanh(tree)")))
