"""Exercise 1.2: T steps."""

import numpy as np

from helpers.checking.authoring import exercise

from .rnn_step import rnn_step


@exercise("1.2", title="T steps: unroll it", returns={"H": "N T H"}, hints=[
    "At step t, which state does the unit start from? And at step t + 1?",
    "`X[:, t]` is what all N sequences show at time t. The name `h` must change in each round of the loop.",
    "`h = rnn_step(X[:, t], h, Wx, Wh, b)`, and then that new `h` is what belongs at time t of `H`.",
])
def rnn_forward(X, h0, Wx, Wh, b):
    """Run the RNN over whole sequences and return all its states.

    X (N, T, D) the inputs, h0 (N, H) the state before the first step,
    Wx (D, H), Wh (H, H), b (H,) -> H (N, T, H).
    H[:, 0] is the state *after* the first input, H[:, -1] the one after the last.
    """
    N, T, D = X.shape
    H = np.zeros((N, T, len(b)))
    h = h0
    for t in range(T):
        h = rnn_step(X[:, t], h, Wx, Wh, b)      # TODO: one step, with what the batch shows at t
        H[:, t] = h                              # TODO: keep the state that came out
    return H


@rnn_forward.cases
def _(rng):
    def draw(N, T, D, H):
        return [rng.normal(size=shape) for shape in [(N, T, D), (N, H), (D, H), (H, H), (H,)]]

    yield "one unit, one step", draw(1, 1, 1, 1)
    yield "one unit, two steps", draw(1, 2, 1, 1)
    yield "a batch of 2, three steps, D = 3, H = 4", draw(2, 3, 3, 4)
    yield "as many sequences as steps, N = T = 4, D = H = 2", draw(4, 4, 2, 2)
    yield "one sequence of 20 steps, whole numbers in X and h0", [
        rng.integers(0, 2, (1, 20, 3)), np.array([[1, -1]]), *draw(1, 1, 3, 2)[2:]]


@rnn_forward.same
def _(X, h0, Wx, Wh, b):
    H = [rnn_step(X[:, 0], h0, Wx, Wh, b)]
    for t in range(1, X.shape[1]):
        H.append(rnn_step(X[:, t], H[-1], Wx, Wh, b))
    return np.stack(H, axis=1)


@rnn_forward.same
def _(X, h0, Wx, Wh, b):
    A = np.einsum("ntd,dh->nth", X, Wx) + b
    h, H = h0, np.zeros_like(A)
    for t in range(A.shape[1]):
        H[:, t] = h = np.tanh(A[:, t] + h @ Wh)
    return H


_from_zeros = "The first step starts from zeros instead of `h0`: what the net knew before these steps is lost."
for _sentence, _edits in [
    ("Every step starts from `h0` again: the state never moves on, so step t knows only its own input.", {"h": "rnn_step(X[:, t], h0, Wx, Wh, b)"}),
    ("You take `X[t]`, which is sequence number t with all of its steps. The time axis is the second.", {"h": "rnn_step(X[t], h, Wx, Wh, b)"}),
    ("Every step reads the first input, `X[:, 0]`: the time index is missing.", {"h": "rnn_step(X[:, 0], h, Wx, Wh, b)"}),
    ("Each step reads the input of the step before it, `X[:, t - 1]`. H[:, t] is the state after input number t.", {"h": "rnn_step(X[:, t - 1], h, Wx, Wh, b)"}),
    ("The input and the state are swapped in the call. It is `rnn_step(x, h, Wx, Wh, b)`.", {"h": "rnn_step(h, X[:, t], Wx, Wh, b)"}),
    ("The two matrices are swapped in the call. It is `rnn_step(x, h, Wx, Wh, b)`.", {"h": "rnn_step(X[:, t], h, Wh, Wx, b)"}),
    ("You hand the whole of `X` to one step. A step takes what all sequences show at one time: an array (N, D).", {"h": "rnn_step(X, h, Wx, Wh, b)"}),
    (_from_zeros, {"h": "rnn_step(X[:, t], H[:, t - 1], Wx, Wh, b)"}),
    ("The state does not go into the step: it hears the input alone.", {"h": "np.tanh(X[:, t] @ Wx + b)"}),
    ("You keep `h0` at every step instead of the state that came out.", {"H_t": "h0"}),
    ("Each input is used for two steps: you call `rnn_step` again when you keep the state. Keep the `h` that you have.", {"H_t": "rnn_step(X[:, t], h, Wx, Wh, b)"}),
]:
    rnn_forward.mistake(_sentence, **_edits)

for sentence, *changes in [
    ("`np.zeros_like(X)` has the shape of `X`, (N, T, D), and its type. The states have the shape (N, T, H), and they are floats even where X holds whole numbers.",
     ("np.zeros((N, T, len(b)))", "np.zeros_like(X)")),
    ("`for x in X` runs over the sequences, X's first axis. What all sequences show at time t is `X[:, t]`.",
     ("H = np.zeros((N, T, len(b)))", "H = []"), ("for t in range(T)", "for x in X"),
     ("X[:, t], h", "x, h"), ("H[:, t] = h", "H.append(h)"), ("return H", "return np.array(H)")),
    ("The right states, but you write them over `h0` (`h[:] = …`): the caller's starting state is gone. Let the name `h` point to the new array instead: `h = …`.",
     ("        h = rnn_step", "        h[:] = rnn_step")),
    ("Off by one: you keep the state from *before* each step. H[:, 0] should already have seen the first input.",
    ("        h = rnn_step",
     "        H[:, t] = h\n        h = rnn_step"), ("        H[:, t] = h  ", "        pass  ")),
    ("You return the last state alone. The steps before it are needed too: keep all of them, as H (N, T, H).",
     ("return H", "return h")),
    ("The `return` stands inside the loop, so it ends after the first step. Move it to the left.",
     ("    return H", "        return H")),
    ("The steps run from the last input to the first: this net reads backwards in time.",
     ("in range(T)", "in reversed(range(T))")),
    ("You fill all of `H` in every step (`H[:] = h`), so each time step ends up with the last state: write to one time step alone.",
     ("H[:, t] = h", "H[:] = h[:, None]")),
    ("The states are stacked with time first, (T, N, H). In this course the batch is first: (N, T, H).",
     ("return H", "return np.swapaxes(H, 0, 1)")),
    ("You return a list of states. Put them into one array (N, T, H): one number can then be found by sequence, step and unit.",
     ("return H", "return list(np.swapaxes(H, 0, 1))")),
    ("The loop ends one step too early: the last input is never read.", ("in range(T)", "in range(T - 1)")),
    (_from_zeros, ("h = h0", "h = 0 * h0")),
]:
    rnn_forward.mistake(sentence)(rnn_forward.changed(*changes))
