"""Notebook 01: sequences and the recurrent idea."""

import numpy as np

from helpers.checking.authoring import exercise

# ------------------------------------------------------------------------------------------------- 1.1 rnn_step


@exercise("1.1", title="One recurrent step", returns={"h_next": "N H"}, hints=[
    "Which two things does the unit know before this step, and through which matrix does each of them come in?",
    "Three terms are added up, and only then squashed: look at the equation above the cell, from left to right.",
    "With row vectors the data stands left of its matrix: `x @ Wx`. Write the term of the old state in the same way, add `b`, "
    "and put `np.tanh( )` around all of it.",
])
def rnn_step(x, h, Wx, Wh, b):
    """One step of a tanh RNN.

    x (N, D) the input now, h (N, H) the state before, Wx (D, H), Wh (H, H), b (H,)
    -> the new state (N, H).
    One unit with Wx = [[1.]], Wh = [[0.]], b = [0.] turns x = [[0.5]] into [[0.462]].
    """
    return np.tanh(x @ Wx + h @ Wh + b)      # TODO: mix the input, the old state and the bias, then squash


@rnn_step.cases
def _(rng):
    def draw(*shape):
        return rng.normal(size=shape)

    zero = np.zeros((1, 1))
    yield "one unit, only the bias is not zero", (zero, zero, zero, zero, np.array([0.7]))
    yield "one unit, only the input counts", (draw(1, 1), zero, draw(1, 1), zero, np.zeros(1))
    yield "one unit, only the old state counts", (zero, draw(1, 1), zero, draw(1, 1), np.zeros(1))
    yield "a batch of 3 with D = 2 and H = 4", (draw(3, 2), draw(3, 4), draw(2, 4), draw(4, 4), draw(4))
    yield "square arrays, N = D = H = 3", (draw(3, 3), draw(3, 3), draw(3, 3), draw(3, 3), draw(3))


@rnn_step.same
def _(x, h, Wx, Wh, b):
    return np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh]) + b)


@rnn_step.same
def _(x, h, Wx, Wh, b):
    new = np.zeros(h.shape)
    for n in range(len(x)):
        for j in range(len(b)):
            new[n, j] = np.tanh(sum(x[n] * Wx[:, j]) + sum(h[n] * Wh[:, j]) + b[j])
    return new


@rnn_step.mistake("Your bias is missing: with no input and no old state the unit should still answer `tanh(b)`.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh)


@rnn_step.mistake("The old state is missing: this unit answers to `x` alone and remembers nothing.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + b)


@rnn_step.mistake("The input is missing: this unit listens to its own past alone.")
def _(x, h, Wx, Wh, b):
    return np.tanh(h @ Wh + b)


@rnn_step.mistake("You squash the input term alone and add the old state outside of the tanh: all three terms belong inside, "
                  "or nothing keeps the state from growing.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + b) + h @ Wh


@rnn_step.mistake("You squash the input term alone; the old state and the bias are added outside of the tanh. All three belong inside.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx) + h @ Wh + b


@rnn_step.mistake("The bias is added after the tanh: it belongs inside, where it shifts the point at which the unit switches.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh) + b


@rnn_step.mistake("You squash the two terms one by one. The unit adds up everything it hears first, and squashes the sum.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx) + np.tanh(h @ Wh) + np.tanh(b)


@rnn_step.mistake("The tanh is missing: without it, all steps together are one linear map, and the state can grow for ever.")
def _(x, h, Wx, Wh, b):
    return x @ Wx + h @ Wh + b


@rnn_step.mistake("Your `Wh` is transposed: entry (i, j) leads from old unit i to new unit j, so it is `h @ Wh`, not `h @ Wh.T`.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh.T + b)


@rnn_step.mistake("You write `Wh @ h`, as for column vectors. Here each row of `h` is one sequence of the batch, so the state stands "
                  "on the left: `h @ Wh`.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + Wh @ h + b)


@rnn_step.mistake("You write `Wx @ x` and `Wh @ h`, as for column vectors. Here each row is one sequence of the batch: "
                  "data on the left, weights on the right.")
def _(x, h, Wx, Wh, b):
    return np.tanh(Wx @ x + Wh @ h + b)


@rnn_step.mistake("You multiply element by element with `*`. Each new unit listens to *all* inputs and units: that is the matrix product `@`.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x * Wx + h * Wh + b)


@rnn_step.mistake("The bias is subtracted: it is added, like the two other terms.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh - b)


@rnn_step.mistake("The old state goes in without its matrix: each new unit listens to all old ones through `Wh`.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h + b)


@rnn_step.mistake("You squash the input term and the state term one by one. The unit adds up everything it hears first, and squashes the sum.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx) + np.tanh(h @ Wh + b)


@rnn_step.mistake("You squash the input term and the state term one by one. The unit adds up everything it hears first, and squashes the sum.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + b) + np.tanh(h @ Wh)


@rnn_step.mistake("The bias is added twice, once for each matrix: once is enough.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + b + h @ Wh + b)


@rnn_step.mistake("The two matrices are swapped: `Wx` goes with the input, `Wh` with the old state.")
def _(x, h, Wx, Wh, b):
    return np.tanh(x @ Wh + h @ Wx + b)


@rnn_step.mistake("You add the old state on top of the new one. The new state replaces it; what should stay goes through `Wh`.")
def _(x, h, Wx, Wh, b):
    return h + np.tanh(x @ Wx + h @ Wh + b)


@rnn_step.mistake("This is the sigmoid, not tanh: its values lie in (0, 1), those of tanh in (-1, 1).")
def _(x, h, Wx, Wh, b):
    return 1 / (1 + np.exp(-(x @ Wx + h @ Wh + b)))


# ---------------------------------------------------------------------------------------------- 1.2 rnn_forward


@exercise("1.2", title="T steps: unroll it", returns={"H": "N T H"}, hints=[
    "At step t, which state does the unit start from? And at step t + 1?",
    "`X[:, t]` is what all N sequences show at time t. The name `h` must change in each round of the loop.",
    "`h = rnn_step(X[:, t], h, Wx, Wh, b)`, and then that new `h` is what belongs at time t of `H`.",
])
def rnn_forward(X, h0, Wx, Wh, b):
    """Run the RNN over whole sequences and return all its states.

    X (N, T, D) the inputs, h0 (N, H) the state before the first step, Wx (D, H), Wh (H, H), b (H,)
    -> H (N, T, H).
    H[:, 0] is the state *after* the first input, H[:, -1] the one after the last.
    """
    N, T, D = X.shape
    H = np.zeros((N, T, len(b)))
    h = h0
    for t in range(T):
        h = rnn_step(X[:, t], h, Wx, Wh, b)      # TODO: one step, with what the batch shows at time t
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


@rnn_forward.mistake("Every step starts from `h0` again: the state never moves on, so step t knows only its own input.")
def _(X, h0, Wx, Wh, b):
    return np.stack([rnn_step(X[:, t], h0, Wx, Wh, b) for t in range(X.shape[1])], axis=1)


@rnn_forward.mistake("You return the last state alone. The steps before it are needed too: keep all of them, as H (N, T, H).")
def _(X, h0, Wx, Wh, b):
    h = h0
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
    return h


@rnn_forward.mistake("You take `X[t]`, which is sequence number t with all of its steps. The time axis is the second.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(X[t], h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("Off by one: you keep the state from *before* each step. H[:, 0] should already have seen the first input.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        H[:, t] = h
        h = rnn_step(X[:, t], h, Wx, Wh, b)
    return H


@rnn_forward.mistake("Every step reads the first input, `X[:, 0]`: the time index is missing.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(X[:, 0], h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("The `return` stands inside the loop, so it ends after the first step. Move it to the left.")
def _(X, h0, Wx, Wh, b):
    H = np.zeros((*X.shape[:2], len(b)))
    H[:, 0] = rnn_step(X[:, 0], h0, Wx, Wh, b)
    return H


@rnn_forward.mistake("Each step reads the input of the step before it, `X[:, t - 1]`. H[:, t] is the state after input number t.")
def _(X, h0, Wx, Wh, b):
    H, h = np.zeros((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t - 1], h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("Two arguments are swapped in the call: the input and the state, or the two matrices. It is `rnn_step(x, h, Wx, Wh, b)`.")
def _(X, h0, Wx, Wh, b):
    H, h = np.zeros((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(h, X[:, t], Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("You hand the whole of `X` to one step. A step takes what all sequences show at one time: an array (N, D).")
def _(X, h0, Wx, Wh, b):
    H, h = np.zeros((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(X, h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("The steps run from the last input to the first: this net reads backwards in time.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), h0
    for t in reversed(range(X.shape[1])):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("You fill all of `H` in every step (`H[:] = h`), so each time step ends up with the last state: write to one time step alone.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H[:] = h[:, None]
    return H


@rnn_forward.mistake("The states are stacked with time first, (T, N, H). In this course the batch is first: (N, T, H).")
def _(X, h0, Wx, Wh, b):
    h, H = h0, []
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H.append(h)
    return np.stack(H)


@rnn_forward.mistake("You return a list of states. Put them into one array (N, T, H): one number can then be found by sequence, step and unit.")
def _(X, h0, Wx, Wh, b):
    h, H = h0, []
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H.append(h)
    return H


@rnn_forward.mistake("The loop ends one step too early: the last input is never read.")
def _(X, h0, Wx, Wh, b):
    H, h = np.zeros((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1] - 1):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("You keep `h0` at every step instead of the state that came out.")
def _(X, h0, Wx, Wh, b):
    return np.repeat(h0[:, None], X.shape[1], axis=1)


@rnn_forward.mistake("Each input is used for two steps: you call `rnn_step` again when you keep the state. Keep the `h` that you have.")
def _(X, h0, Wx, Wh, b):
    H, h = np.zeros((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H[:, t] = rnn_step(X[:, t], h, Wx, Wh, b)
    return H


@rnn_forward.mistake("You start from zeros instead of `h0`: what the net knew before these steps is lost.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), np.zeros_like(h0)
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        H[:, t] = h
    return H


@rnn_forward.mistake("The right states, but you write them over `h0` (`h[:] = …`): the caller's starting state is gone. Let the name `h` "
                     "point to the new array instead: `h = …`.")
def _(X, h0, Wx, Wh, b):
    H, h = np.empty((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        h[:] = rnn_step(X[:, t], h, Wx, Wh, b)
        H[:, t] = h
    return H


# --------------------------------------------------------------------------------------------- 1.3 count_params


@exercise("1.3", title="Count the weights", returns={"window": "", "rnn": ""}, hints=[
    "How many numbers stand in the input vector of the window model, when `context` inputs of D numbers are laid side by side?",
    "A layer from A to H numbers has a weight for each pair, A · H, and one bias for each of its H units.",
    "The RNN has Wx (D, H), Wh (H, H) and b (H,). The length of the sequence is in none of these shapes.",
])
def count_params(context, D, H):
    """Count weights and biases of a layer of H units that hears the last `context` inputs.

    Each input has D numbers.
    window: all `context` inputs laid side by side. rnn: one input a step, and the old state.
    Returns two whole numbers (window, rnn). With context = 2, D = 3, H = 4: 28 and 32.
    """
    window = context * D * H + H      # TODO: one matrix and one bias
    rnn = D * H + H * H + H           # TODO: two matrices and one bias
    return window, rnn


@count_params.cases
def _(rng):
    yield "context 1, D = 1, H = 1", (1, 1, 1)
    yield "context 2, D = 3, H = 4", (2, 3, 4)
    yield "context 100, D = 27, H = 128", (100, 27, 128)
    yield "context 8, D = 2, H = 16", (8, 2, 16)


@count_params.same
def _(context, D, H):
    return int(np.zeros((context * D, H)).size + np.zeros(H).size), int(sum(np.prod(s) for s in [(D, H), (H, H), (H,)]))


@count_params.mistake("You count the RNN's weights once for every step. They are shared over time: the same matrices work at each step.")
def _(context, D, H):
    return context * D * H + H, context * (D * H + H * H + H)


@count_params.mistake("You count the RNN's input matrix once for every step. It is shared over time, like all its weights.")
def _(context, D, H):
    return context * D * H + H, context * D * H + H * H + H


count_params.mistake("Your RNN grows with the context. It does not: one step has one Wx and one Wh, and every step uses them again.",
                     rnn="context * (D * H + H * H) + H")
count_params.mistake("Your RNN grows with the context. It does not: one step has one Wx and one Wh, and every step uses them again.",
                     rnn="D * H + context * H * H + H")
count_params.mistake("`Wh` leads from H old units to H new ones, so it has H · H entries, not D · D.", rnn="D * H + D * D + H")
count_params.mistake("You give the window model a `Wh`. It has no way back: its one matrix leads from context · D numbers to H units.",
                     window="context * D * H + H * H + H")


@count_params.mistake("The biases are missing in both: one for each of the H units.")
def _(context, D, H):
    return context * D * H, D * H + H * H


@count_params.mistake("The window model's biases are missing: one for each of its H units.")
def _(context, D, H):
    return context * D * H, D * H + H * H + H


@count_params.mistake("The RNN's biases are missing: one for each of its H units.")
def _(context, D, H):
    return context * D * H + H, D * H + H * H


@count_params.mistake("The window model sees one input only in your count. It has all `context` of them side by side: context · D numbers.")
def _(context, D, H):
    return D * H + H, D * H + H * H + H


@count_params.mistake("The RNN's way back is missing: `Wh` leads from each of the H old units to each of the H new ones.")
def _(context, D, H):
    return context * D * H + H, D * H + H


@count_params.mistake("You give the RNN two biases, one for each matrix (PyTorch does that). Their sum does the work of one, and ours has one.")
def _(context, D, H):
    return context * D * H + H, D * H + H * H + 2 * H


@count_params.mistake("You count a bias for every place in the window. A unit has one bias, however many inputs it hears.")
def _(context, D, H):
    return context * (D * H + H), D * H + H * H + H


@count_params.mistake("You add one bias for the whole layer. Each of the H units has its own.")
def _(context, D, H):
    return context * D * H + 1, D * H + H * H + 1


@count_params.mistake("The bias belongs to the H units of the layer, not to the D inputs.")
def _(context, D, H):
    return context * D * H + D, D * H + H * H + D


@count_params.mistake("`context` inputs of D numbers are context · D numbers, not context + D.")
def _(context, D, H):
    return (context + D) * H + H, D * H + H * H + H


@count_params.mistake("The two are swapped: return the window model's number first.")
def _(context, D, H):
    return D * H + H * H + H, context * D * H + H


# -------------------------------------------------------------------------------------------------- 1.4 one_hot


@exercise("1.4", title="One-hot vectors", returns={"X": "N T V"}, hints=[
    "What do you get when you compare one id with all the numbers 0 … V - 1?",
    "`np.eye(V)` has the one-hot vector of id i in its row i. Or compare `ids[..., None]` with `np.arange(V)`.",
    "An array of ids as index takes one row for each id: `np.eye(V)[ids]` has the shape of `ids` and one axis more.",
])
def one_hot(ids, V):
    """Turn token ids (N, T) into one-hot vectors (N, T, V): floats, 1 at the id's place, else 0.

    Ids run from 0 to V - 1. With V = 3 the id 1 becomes [0., 1., 0.].
    """
    return np.eye(V)[ids]      # TODO: a 1.0 at each id's place, in a new last axis of length V


@one_hot.cases
def _(rng):
    yield "one token, the first of 3", (np.array([[0]]), 3)
    yield "one token, the last of 3", (np.array([[2]]), 3)
    yield "a batch of 2, three tokens each, V = 5", (rng.integers(0, 5, (2, 3)), 5)
    yield "N = T = V = 4", (rng.integers(0, 4, (4, 4)), 4)


@one_hot.same
def _(ids, V):
    return (ids[..., None] == np.arange(V)).astype(float)


@one_hot.same
def _(ids, V):
    X = np.zeros((*ids.shape, V), np.float32)
    for n, row in enumerate(ids):
        for t, i in enumerate(row):
            X[n, t, i] = 1
    return X


@one_hot.mistake("The 1 sits one place too far left: ids count from 0, so id 0 has its 1 at place 0.")
def _(ids, V):
    return np.eye(V)[ids - 1]


@one_hot.mistake("Your vectors are one too long: V tokens have the ids 0 … V - 1, so V places are enough.")
def _(ids, V):
    return np.eye(V + 1)[ids]


@one_hot.mistake("The vectors hold whole numbers. Arrays that are made like them would be whole numbers too, and cut off what a net writes into them: make them floats.")
def _(ids, V):
    return (ids[..., None] == np.arange(V)).astype(int)


@one_hot.mistake("You write the id itself into its place. It is a name, not a size: the place says which token it is, the number there is 1.")
def _(ids, V):
    return np.eye(V)[ids] * ids[..., None]


@one_hot.mistake("The sequences are glued together into one long list (N · T, V). Keep the batch and time axes: (N, T, V).")
def _(ids, V):
    return np.eye(V)[ids.ravel()]


@one_hot.mistake("All tokens of a sequence are added into one vector: it says which tokens occur, not when. Keep the time axis.")
def _(ids, V):
    return np.eye(V)[ids].sum(axis=1)


@one_hot.mistake("The new axis of length V stands in the middle. The features of a token come last: (N, T, V).")
def _(ids, V):
    return np.swapaxes(np.eye(V)[ids], 1, 2)


@one_hot.mistake("The vectors are as long as the largest id that happens to occur. Their length is V, whatever occurs.")
def _(ids, V):
    return np.eye(ids.max() + 1)[ids]


@one_hot.mistake("All zeros: the 1 at the place of the id is missing.")
def _(ids, V):
    return np.zeros((*ids.shape, V))


@one_hot.mistake("Every place *up to* the id is filled. Only the place of the id itself is 1.")
def _(ids, V):
    return (np.arange(V) <= ids[..., None]).astype(float)


@one_hot.mistake("These are True and False. A net computes with numbers: make them floats.")
def _(ids, V):
    return ids[..., None] == np.arange(V)


# ---------------------------------------------------------------------------------------------------- 1.5 embed


@exercise("1.5", title="The shortcut: look up a row", returns={"X": "N T H"}, hints=[
    "A row vector with a single 1 at place i, times a matrix: which of its numbers survive?",
    "Nothing has to be multiplied. An array of ids can be an index.",
    "`W[ids]` takes the row `W[i]` for each id i.",
])
def embed(ids, W):
    """Return what `one_hot(ids, V) @ W` returns. Nothing has to be multiplied for that.

    ids (N, T), W (V, H) -> (N, T, H). With W = [[1., 2.], [3., 4.]] the id 1 becomes [3., 4.].
    """
    return W[ids]      # TODO: one row of W for each id


@embed.cases
def _(rng):
    yield "one token, V = 2, H = 3", (np.array([[1]]), rng.normal(size=(2, 3)))
    yield "a batch of 2, three tokens each, V = 5, H = 4", (rng.integers(0, 5, (2, 3)), rng.normal(size=(5, 4)))
    yield "a square W, V = H = 3", (np.array([[0, 1, 2], [2, 0, 0]]), rng.normal(size=(3, 3)))


@embed.same
def _(ids, W):
    return one_hot(ids, len(W)) @ W


@embed.same
def _(ids, W):
    return np.take(W, ids, axis=0)


@embed.mistake("You take columns. A one-hot row vector stands left of W, so it picks a *row*.")
def _(ids, W):
    return W[:, ids]


@embed.mistake("You take the rows of `W.T`, which are the columns of W. A one-hot row vector stands left of W, so it picks a row of W itself.")
def _(ids, W):
    return W.T[ids]


@embed.mistake("You take the row before the right one: ids count from 0, as rows do.")
def _(ids, W):
    return W[ids - 1]


@embed.mistake("The rows of a sequence are added up: that forgets the order of the tokens. Keep the time axis.")
def _(ids, W):
    return W[ids].sum(axis=1)


@embed.mistake("The rows of a sequence are averaged: that forgets the order of the tokens. Keep the time axis.")
def _(ids, W):
    return W[ids].mean(axis=1)


@embed.mistake("The sequences are glued together into one long list (N · T, H). Keep the batch and time axes.")
def _(ids, W):
    return W[ids.ravel()]


@embed.mistake("The row is multiplied by its id. The id says which row, and is not a size.")
def _(ids, W):
    return W[ids] * ids[..., None]


@embed.mistake("You multiply the ids themselves with W. An id is a name; its one-hot vector is what stands left of W.")
def _(ids, W):
    return ids @ W


@embed.mistake("This is the one-hot vector itself. It still has to pick its row of W.")
def _(ids, W):
    return one_hot(ids, len(W))


@embed.mistake("You look up the first sequence of the batch only. An index may have any shape: use all of `ids`.")
def _(ids, W):
    return W[ids[0]]


# ---------------------------------------------------------------------------------------------------- 1.6 latch


@exercise("1.6", title="When does one unit remember?", returns={"the resting points": ""}, hints=[
    "Start at h = 1 and let the unit run with no input, for w = 0.5 and for w = 2, on paper or in a cell. Where does it come to rest?",
    "At a resting point tanh(w h) = h. Near 0 the curve tanh(w h) has the slope w: below 1, the state shrinks in every step.",
    "For w at most 1, return `np.array([0.0])`. Above 1, the state left to itself ends at the h of the loop or, from below, at -h.",
])
def latch(w):
    """Return the stable resting points of h <- tanh(w h), w >= 0, as an array, smallest first.

    Stable: pushed away a little, the state comes back. latch(1.5) is [-0.859, 0.859].
    Two such points can hold one bit.
    """
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)             # TODO: let the unit run, without input
    forgets = w <= 1                   # TODO: for which w does it forget every start?
    if forgets:
        return np.array([0.0])
    return np.array([-h, h])           # TODO: where it can come to rest otherwise


@latch.cases
def _(rng):
    yield "w = 0.5", (0.5,)
    yield "w = 2", (2.0,)
    yield "w = 1.2", (1.2,)
    yield "w = 0.9", (0.9,)
    yield "w = 0.3", (0.3,)
    yield "w = 1.8", (1.8,)
    yield "w = 0, no way back at all", (0.0,)
    yield "w = 1, on the border", (1.0,)
    yield "w = 1.01, just above it", (1.01,)


@latch.same
def _(w):
    low, high = 1e-9, 1.0      # bisection on tanh(w h) - h
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.tanh(w * middle) > middle else (low, middle)
    return np.array([-low, low]) if w > 1 else np.zeros(1)


@latch.mistake("You see two resting points for every w. For w up to 1 both are the same point, 0: there the unit forgets.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([-h, h])


@latch.mistake("You return 0 for every w. It is always a resting point, but above w = 1 it is not a stable one: the smallest push moves the "
               "state away, for good.")
def _(w):
    return np.array([0.0])


@latch.mistake("For w above 1 you list 0 as well. The state rests there only as long as nobody touches it: it is not stable.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w <= 1 else np.array([-h, 0.0, h])


@latch.mistake("You list the positive point only. tanh is odd: where h is a resting point, so is -h, and it takes two to store a bit.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w <= 1 else np.array([h])


@latch.mistake("You start again from tanh(w) in each round (or run one step only): the state has to go on from where it is.")
def _(w):
    h = np.tanh(w)
    return np.array([0.0]) if w <= 1 else np.array([-h, h])


@latch.mistake("The right points in the wrong order: smallest first.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w <= 1 else np.array([h, -h])


@latch.mistake("The border w = 1 counts as remembering in your function. There the state still creeps towards 0, only ever more slowly.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w < 1 else np.array([-h, h])


@latch.mistake("In your function the unit forgets only at w = 0. It does so for every w up to 1: each step makes the state smaller.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w <= 0 else np.array([-h, h])


latch.mistake("Your border is too high: just above w = 1 the unit already holds its state, at a small h.", forgets="w < 2")
latch.mistake("Your border is too low: up to w = 1 each step makes the state smaller, and it fades.", forgets="w <= 0.5")


@latch.mistake("The condition is the wrong way round: a *large* w holds the state, a small one lets it fade.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w >= 1 else np.array([-h, h])


@latch.mistake("The condition is the wrong way round: a *large* w holds the state, a small one lets it fade.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w > 1 else np.array([-h, h])


@latch.mistake("The weight stands outside of the tanh, or is missing: it multiplies the old state inside, tanh(w h).")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(h)
    return np.array([0.0]) if w <= 1 else np.array([-h, h])


@latch.mistake("The weight stands outside of the tanh, or is missing: it multiplies the old state inside, tanh(w h).")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = w * np.tanh(h)
    return np.array([0.0]) if w <= 1 else np.array([-h, h])


@latch.mistake("You return ±w. The weight is how strongly the unit hears itself; where it rests, the loop finds out.")
def _(w):
    return np.array([0.0]) if w <= 1 else np.array([-w, w])


@latch.mistake("You return 0 and the positive point. 0 is not stable for w above 1; the mirror image of the positive point is: tanh is odd.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w * h)
    return np.array([0.0]) if w <= 1 else np.array([0.0, h])


@latch.mistake("The weight is added to the state. It multiplies it: tanh(w h).")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = np.tanh(w + h)
    return np.array([0.0]) if w <= 1 else np.array([-h, h])


@latch.mistake("You return ±1. That is where tanh would end, but tanh(w) is below 1: run the unit and see where it stays.")
def _(w):
    return np.array([0.0]) if w <= 1 else np.array([-1.0, 1.0])


@latch.mistake("Without the tanh, w h grows or shrinks for ever and comes to rest nowhere but at 0: squash in every round.")
def _(w):
    h = 1.0
    for _ in range(1000):
        h = w * h
    return np.array([0.0]) if w <= 1 else np.array([-h, h])


# ---------------------------------------------------------------------------------------------------- 1.7 adder

BITS = 7
PAIRS = np.stack(np.meshgrid(np.arange(2**BITS), np.arange(2**BITS)), -1).reshape(-1, 2)      # all 16384 of them
SHAPES = {"Wx": (2, 3), "Wh": (3, 3), "b": (3,), "Wy": (3, 1), "by": (1,)}


def run_adder(params, pairs=PAIRS, bits=BITS):
    """Run hand-made weights over pairs of numbers; return the outputs (N, T), T = bits + 1, near 0 or 1, lowest bit first."""
    digits = np.arange(bits + 1)
    X = (np.asarray(pairs)[:, None, :] >> digits[None, :, None]) & 1          # (N, T, 2)
    h = -np.ones((len(X), 3))                                                  # all units off
    Y = np.empty(X.shape[:2])
    for t in digits:
        h = rnn_step(X[:, t].astype(float), h, params["Wx"], params["Wh"], params["b"])
        Y[:, t] = (h @ params["Wy"] + params["by"])[:, 0]
    return Y


def to_numbers(Y):
    """Return the numbers that outputs (N, T) stand for, lowest bit first."""
    return (Y > 0.5).astype(int) @ 2 ** np.arange(Y.shape[1])


@exercise("1.7", title="Build an adder by hand", returns={"your net": ""}, hints=[
    "Unit k should be on when at least k of the three things (bit, bit, carry) are 1. Which unit alone tells you that there is a carry?",
    "Count first: each bit adds `gain` to every unit, by `Wx`. An old unit is -1 or +1, so `gain / 2` times it, plus `gain / 2` in the bias, "
    "adds 0 or `gain`. Only the row of `Wh` that belongs to the carry's unit is not zero.",
    "The threshold of unit k lies at k - ½. Together with the carry's `gain / 2` the bias is `gain * (1/2 - (k - 1/2))` for k = 1, 2, 3. "
    "The sum's digit is 1 for a count of 1 or 3, but not of 2: weights +½, -½, +½ on the three units, and ½ on top.",
])
def adder_params(gain=10.0):
    """Choose the weights of a 3-unit RNN that adds two binary numbers, lowest bit first.

    Input (2,): one bit of each number. State (3,): unit k = 1, 2, 3 is near +1 if at least k of
    the three (bit, bit, carry) are 1, else near -1; all are -1 at the start.
    Output: `h @ Wy + by` is near 1 or 0, the digit of the sum.
    Returns a dict with Wx (2, 3), Wh (3, 3), b (3,), Wy (3, 1), by (1,).
    """
    Wx = gain * np.ones((2, 3))                                    # every unit counts both bits
    Wh = gain / 2 * np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])    # TODO: (3, 3), who is the carry?
    b = gain * np.array([0.0, -1.0, -2.0])                         # TODO: (3,), the thresholds
    Wy = np.array([[0.5], [-0.5], [0.5]])                          # TODO: (3, 1), when is the digit 1?
    by = np.array([0.5])                                           # TODO: (1,)
    return {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": by}


@adder_params.cases
def _(rng):
    yield "all 16384 pairs of numbers below 128", (10.0,)
    yield "the same with a gain of 20", (20.0,)


@adder_params.observed_by
def _(params, gain):
    if not isinstance(params, dict) or set(params) != set(SHAPES):
        raise ValueError(f"Return a dict with the keys {', '.join(SHAPES)}.")
    for name, shape in SHAPES.items():
        if not isinstance(params[name], np.ndarray) or params[name].shape != shape or params[name].dtype.kind not in "fiu":
            got = getattr(params[name], "shape", type(params[name]).__name__)
            raise ValueError(f"{name} should be an array of numbers of shape {shape}; got {got}.")
        if not np.isfinite(params[name]).all():
            raise ValueError(f"{name} holds NaN or infinite values.")
    Y = run_adder(params)
    counts = [np.sign(_units(params, *bits)) for bits in COUNTS]
    return {"sums": to_numbers(Y), "units": np.stack(counts), "outputs": np.round(Y, 1) + 0.0}


COUNTS = [(0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 1)]      # bit, bit, carry: the counts 0, 1, 2, 3


def _units(params, first, second, carry):
    """Return the state (3,) of the units after one step from a state with or without a carry."""
    before = np.array([[1.0, 1.0, -1.0] if carry else [-1.0, -1.0, -1.0]])
    return rnn_step(np.array([[first, second]], float), before, params["Wx"], params["Wh"], params["b"])[0]


@adder_params.explained_by
def _(params, gain):
    Y = run_adder(params)
    sums = to_numbers(Y)
    right = f"{np.sum(sums == PAIRS.sum(axis=1))} of {len(sums)} sums are right."
    for a, b in [(0, 0), (1, 0), (0, 1), (1, 1), (3, 1), (1, 3), (3, 3), (127, 127)]:
        if (answer := sums[a + 2**BITS * b]) != a + b:
            return f"Your net says {a} + {b} = {answer}. {right}"
    for (first, second, carry), count in zip(COUNTS, range(4), strict=True):
        on = _units(params, first, second, carry) > 0
        for k in (1, 2, 3):
            if on[k - 1] != (count >= k):
                return (f"With bits {first}, {second} and {'a' if carry else 'no'} carry (a count of {count}) your unit {k} is "
                        f"{'on' if on[k - 1] else 'off'}: unit k should be on if at least k of the three are 1. {right}")
    worst = Y.flat[np.argmax(np.abs(Y - (Y > 0.5)))]
    why = "The output needs no `gain`: its units are -1 and +1." if abs(worst) > 1.5 else "Is `gain` missing somewhere?"
    return f"{right} But not all outputs are near 0 or 1: the worst is {worst:.2f}. {why}"


@adder_params.same
def _(gain=10.0):      # a steeper one, with the digit's weights and thresholds moved into each other
    return {"Wx": 3 * gain * np.ones((2, 3)), "Wh": 1.5 * gain * np.outer([0, 1, 0], np.ones(3)),
            "b": 3 * gain * (0.5 - (np.arange(3) + 0.5)), "Wy": np.array([0.5, -0.5, 0.5])[:, None], "by": np.full(1, 0.5)}


def _adder(gain, **changed):
    return {**adder_params.reference(gain), **changed}


@adder_params.mistake("Your carry comes from unit 1, which is on for *at least one* 1. A carry needs at least two: unit 2.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.array([[1.0, 1, 1], [0, 0, 0], [0, 0, 0]]))


@adder_params.mistake("Your carry comes from unit 3, which is on only when all three are 1. Two are enough: unit 2.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.array([[0.0, 0, 0], [0, 0, 0], [1, 1, 1]]))


@adder_params.mistake("Your `Wh` is transposed: row i says where old unit i *sends* its state. The carry's unit sends to all three, so it is a row "
                      "that is filled, not a column.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.array([[0.0, 1, 0], [0, 1, 0], [0, 1, 0]]))


@adder_params.mistake("There is no carry: with `Wh` all zero the net forgets each column before it comes to the next.")
def _(gain=10.0):
    return _adder(gain, Wh=np.zeros((3, 3)))


@adder_params.mistake("All old units are counted as carries. Only one of the three says that there is a carry.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.ones((3, 3)))


@adder_params.mistake("All three units have nearly the same threshold, so they always agree. Unit k should need a count of k, and one count is worth `gain`.")
def _(gain=10.0):
    return _adder(gain, b=np.zeros(3))


@adder_params.mistake("Your thresholds are ½ too high: an absent carry is -1, not 0, so it takes `gain / 2` away from every unit. The bias has to give that back.")
def _(gain=10.0):
    return _adder(gain, b=-gain * (np.arange(3) + 0.5))


@adder_params.mistake("Your thresholds stand in reverse order: unit 1 needs one 1 to be on, unit 3 needs three.")
def _(gain=10.0):
    return _adder(gain, b=-gain * np.array([2.0, 1.0, 0.0]))


@adder_params.mistake("The sign of your bias is wrong: a unit that needs more has to be held *down*, by a negative bias.")
def _(gain=10.0):
    return _adder(gain, b=gain * np.array([0.0, 1.0, 2.0]))


@adder_params.mistake("Each unit hears its own old state in your `Wh` (the identity). It is the carry, and only the carry, that all three need.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.eye(3))


@adder_params.mistake("The output leaves unit 3 out: a count of three, 1 + 1 and a carry, leaves the digit 1.")
def _(gain=10.0):
    return _adder(gain, Wy=np.array([[0.5], [-0.5], [0.0]]))


@adder_params.mistake("Your output's weights are ±1 without a bias: the units are -1 and +1, so half as much and a bias of ½ gives 0 or 1.")
def _(gain=10.0):
    return _adder(gain, Wy=np.array([[1.0], [-1.0], [1.0]]), by=np.zeros(1))


@adder_params.mistake("You take the carry for 0 or 1, with the weight `gain`. It is an old unit, -1 or +1: half the weight, and the other half into the bias.")
def _(gain=10.0):
    return _adder(gain, Wh=gain * np.array([[0.0, 0, 0], [1, 1, 1], [0, 0, 0]]), b=-gain * (np.arange(3) + 0.5))


@adder_params.mistake("Your thresholds are a whole count too high: unit 1 should be on for a count of 1. Count k from 1, and let the ½ move the threshold down.")
def _(gain=10.0):
    return _adder(gain, b=-gain * np.array([1.0, 2.0, 3.0]))


@adder_params.mistake("Your thresholds are a whole count too low: unit 1 is on for a count of 0. k counts from 1.")
def _(gain=10.0):
    return _adder(gain, b=gain * np.array([1.0, 0.0, -1.0]))


@adder_params.mistake("The sign of your bias is wrong: a unit that needs more has to be held *down*, by a negative bias.")
def _(gain=10.0):
    return _adder(gain, b=gain * (np.arange(3) + 0.5))


@adder_params.mistake("The output's bias has the wrong sign: with -½ the output is -1 or 0.")
def _(gain=10.0):
    return _adder(gain, by=np.array([-0.5]))


@adder_params.mistake("The output's weights have the wrong signs: unit 1 alone means the digit 1, so its weight is positive.")
def _(gain=10.0):
    return _adder(gain, Wy=np.array([[-0.5], [0.5], [-0.5]]))


@adder_params.mistake("The carry reaches one unit only. It counts like a bit, so all three units have to hear it: the whole row.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]))


@adder_params.mistake("The carry reaches one unit only. It counts like a bit, so all three units have to hear it: the whole row.")
def _(gain=10.0):
    return _adder(gain, Wh=gain / 2 * np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 0]]))


@adder_params.mistake("`gain` is missing in `Wh`: the carry is next to nothing beside the bits.")
def _(gain=10.0):
    return _adder(gain, Wh=0.5 * np.array([[0.0, 0, 0], [1, 1, 1], [0, 0, 0]]))


@adder_params.mistake("Your output adds up all three units (the count). The digit of the sum is 1 for a count of 1 or 3, and 0 for 2: "
                      "unit 2 has to pull it down.")
def _(gain=10.0):
    return _adder(gain, Wy=np.array([[0.5], [0.5], [0.5]]))


@adder_params.mistake("The bias of the output is missing: the units are -1 and +1, so without it the output is -½ or ½, not 0 or 1.")
def _(gain=10.0):
    return _adder(gain, by=np.zeros(1))


@adder_params.mistake("Your output shows the carry (at least two) instead of the digit that stays.")
def _(gain=10.0):
    return _adder(gain, Wy=np.array([[0.0], [0.5], [0.0]]))


@adder_params.mistake("`Wh` is twice too strong: the carry's unit goes from -1 to +1, a way of 2, so `gain / 2` makes it count as one.")
def _(gain=10.0):
    return _adder(gain, Wh=gain * np.array([[0.0, 0, 0], [1, 1, 1], [0, 0, 0]]))


# ------------------------------------------------------------------------------------------------ 1.8 tree_fold


@exercise("1.8", title="Optional. Recursive, not recurrent: fold a tree", returns={"vector": "D"}, hints=[
    "What does a node need from its two children before it can say anything itself?",
    "The function calls itself on `left` and on `right`: the same W at every node, as the RNN has the same W at every step.",
    "Lay the two vectors end to end with `np.concatenate([left, right])`, (2 D,), then `@ W + b`, then tanh.",
])
def tree_fold(tree, W, b):
    """Fold a binary tree of vectors into one vector, with the same weights at every node.

    tree: a leaf is an array (D,), a node is a tuple (left, right). W (2 D, D), b (D,) -> (D,).
    A leaf is its own vector. A node lays its children's vectors end to end, left first, into one
    vector (2 D,), multiplies it with W, adds b and squashes the sum.
    """
    if not isinstance(tree, tuple):
        return tree
    left, right = tree
    left, right = tree_fold(left, W, b), tree_fold(right, W, b)      # TODO: first the children's own vectors
    return np.tanh(np.concatenate([left, right]) @ W + b)            # TODO: then this node's


@tree_fold.cases
def _(rng):
    def leaf(D):
        return rng.normal(size=D)

    def weights(D):
        return rng.normal(size=(2 * D, D)), rng.normal(size=D)

    yield "one node with two leaves, D = 1", ((leaf(1), leaf(1)), *weights(1))
    yield "one node with two leaves, D = 3", ((leaf(3), leaf(3)), *weights(3))
    yield "((leaf, leaf), leaf), D = 2", (((leaf(2), leaf(2)), leaf(2)), *weights(2))
    yield "a chain to the right of four leaves, D = 2", ((leaf(2), (leaf(2), (leaf(2), leaf(2)))), *weights(2))
    yield "a full tree of four leaves, D = 4", (((leaf(4), leaf(4)), (leaf(4), leaf(4))), *weights(4))
    yield "a single leaf", (leaf(2), *weights(2))


@tree_fold.same
def _(tree, W, b):
    def value(node):
        if not isinstance(node, tuple):
            return node
        D = len(b)
        return np.tanh(value(node[0]) @ W[:D] + value(node[1]) @ W[D:] + b)

    return value(tree)


def _folded(tree, join, leaf=lambda v: v):
    if not isinstance(tree, tuple):
        return leaf(tree)
    return join(_folded(tree[0], join, leaf), _folded(tree[1], join, leaf))


@tree_fold.mistake("Left and right are swapped: the left child's vector comes first.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh(np.concatenate([right, left]) @ W + b))


@tree_fold.mistake("You add the children's vectors. A sum cannot tell left from right; lay them end to end.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh((left + right) @ W[:len(b)] + b))


@tree_fold.mistake("The bias is missing.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh(np.concatenate([left, right]) @ W))


@tree_fold.mistake("The tanh is missing: without it the whole tree is one linear map of its leaves.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.concatenate([left, right]) @ W + b)


@tree_fold.mistake("The bias is added after the tanh: it belongs inside.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh(np.concatenate([left, right]) @ W) + b)


@tree_fold.mistake("What meets `W` is not one vector of 2 D numbers. A list [left, right] has the shape (2, D), a sum (D,): lay the two end to end, and keep them left of W.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh([left, right] @ W + b))


@tree_fold.mistake("You squash the leaves as well. A leaf is its own vector, unchanged.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh(np.concatenate([left, right]) @ W + b), np.tanh)


@tree_fold.mistake("The children are not folded before they are joined: a node's left and right may be trees themselves.")
def _(tree, W, b):
    return tree if not isinstance(tree, tuple) else np.tanh(np.concatenate(tree) @ W + b)


@tree_fold.mistake("Only the left child is folded: the right one may be a tree as well.")
def _(tree, W, b):
    def fold(node):
        return node if not isinstance(node, tuple) else np.tanh(np.concatenate([fold(node[0]), node[1]]) @ W + b)

    return fold(tree)


@tree_fold.mistake("Only the right child is folded: the left one may be a tree as well.")
def _(tree, W, b):
    def fold(node):
        return node if not isinstance(node, tuple) else np.tanh(np.concatenate([node[0], fold(node[1])]) @ W + b)

    return fold(tree)


@tree_fold.mistake("You squash the two children one by one and add the results. Join them first, then squash once.")
def _(tree, W, b):
    D = len(b)
    return _folded(tree, lambda left, right: np.tanh(left @ W[:D] + b) + np.tanh(right @ W[D:] + b))


@tree_fold.mistake("You fold the left child twice: the second half belongs to the right one.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh(np.concatenate([left, left]) @ W + b))


@tree_fold.mistake("You fold the right child twice: the first half belongs to the left one.")
def _(tree, W, b):
    return _folded(tree, lambda left, right: np.tanh(np.concatenate([right, right]) @ W + b))


@tree_fold.mistake("You use one half of W for both children: then left and right cannot be told apart.")
def _(tree, W, b):
    D = len(b)
    return _folded(tree, lambda left, right: np.tanh(left @ W[D:] + right @ W[D:] + b))


# ------------------------------------------------------------------------------------- 1.9 letter_probabilities


@exercise("1.9", title="How daring should it write?", returns={"p": "V"}, hints=[
    "The softmax is e to the power y, divided by the sum. When τ is small, should the differences between the scores become larger or smaller?",
    "Divide the scores by τ first. With τ = 0.001 they are in the thousands, and e to that power is infinite: take the largest score off before.",
    "`e = np.exp((y - y.max()) / temperature)`, then `e / e.sum()`.",
])
def letter_probabilities(y, temperature):
    """Return the probabilities (V,) of the next letter: exp(y_i / τ), divided by their sum.

    y (V,) the scores, temperature τ > 0. At τ = 1 it is the softmax. τ = 0.001 has to work too.
    With y = [0., 1.] and τ = 0.5: [0.119, 0.881].
    """
    e = np.exp((y - y.max()) / temperature)      # TODO: a number above 0 for each letter, never infinite
    return e / e.sum()                           # TODO: probabilities


@letter_probabilities.cases
def _(rng):
    yield "two letters, τ = 0.5", (np.array([0.0, 1.0]), 0.5)
    yield "two letters, τ = 3", (np.array([0.0, 2.0]), 3.0)
    yield "τ = 1, the softmax, V = 4", (rng.normal(size=4), 1.0)
    yield "all scores below 0, τ = 0.7, V = 27", (2 * rng.normal(size=27) - 9, 0.7)
    yield "τ = 0.001, V = 5", (5 * rng.normal(size=5) + 4, 0.001)
    yield "τ = 0.001, all scores far below 0, V = 5", (5 * rng.normal(size=5) - 40, 0.001)


@letter_probabilities.same
def _(y, temperature):
    p = [1 / np.exp(np.clip((y - one) / temperature, None, 700)).sum() for one in y]
    return np.array(p)


for _sentence, _edits in [
    ("You multiply by τ. Divide by it: at a low temperature the best letter has to win more clearly.", {"e": "np.exp((y - y.max()) * temperature)"}),
    ("τ is missing, or the division by the sum takes it out again: it belongs in the exponent, under y.", {"e": "np.exp(y - y.max())"}),
    ("With τ = 0.001 your exp is infinite (or all zeros), and its share no number. Take the largest score off first: the shares stay the same.",
     {"e": "np.exp(y / temperature)"}),
    ("The letters that the net likes least get the most: the sign of the exponent is wrong.", {"e": "np.exp(-(y - y.min()) / temperature)"}),
    ("Your numbers do not add up to 1: divide by their sum.", {"returns": "e"}),
    ("You divide by the number of letters. Together they have to be 1: divide by their sum.", {"returns": "e / len(e)"}),
    ("You return the best letter alone. It is to be drawn: return the probabilities of all letters.", {"returns": "np.argmax(e)"}),
]:
    letter_probabilities.mistake(_sentence, **_edits)
