"""What shuffling a sequence does to the output of a function: nothing, the same shuffle, or more."""

import numpy as np


def symmetry(function, X, order):
    """Return two bools: is the output of X (N, T, D) only shuffled when X is (equivariant)? is it the same (invariant)?

    order (T,) : the shuffle. function(X) : (N, T, E).
    """
    shuffled, old = function(X[:, order]), function(X)
    return np.allclose(shuffled, old[:, order]), np.allclose(shuffled, old)


def print_symmetries(functions, X, order):
    """Print for each of the functions, dict name -> function, whether it is equivariant and invariant; return both, by name."""
    found = {name: symmetry(function, X, order) for name, function in functions.items()}
    print("                                  equivariant  invariant")
    for name, (equivariant, invariant) in found.items():
        print(f"{name:33} {equivariant!s:>12} {invariant!s:>10}")
    return found
