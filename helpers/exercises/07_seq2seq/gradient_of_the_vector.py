"""Exercise 7.8: what arrives at the vector."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("7.8", title="What arrives at the vector", returns={"dv": "N H"}, hints=[
    "The vector v is used at several places. What is the gradient of something that is used at several places? And which of these places do you reach at each step?",
    "Going back through a step: what arrives at s_{t+1} is its own ds plus what comes from the step after it; times the slope of tanh that is da. "
    "From da one part goes to v (through Wv) and one to the state before (through Wh). The loop ends at s_0, and s_0 is v itself.",
    "`da = (ds[:, t] + dnext) * (1 - s[:, t + 1] ** 2)`, `dv = dv + da @ Wv.T`, `dnext = da @ Wh.T`, and in the end `dv + dnext`.",
])
def gradient_of_the_vector(ds, s, Wv, Wh):
    """Return the loss's gradient for the vector v, in a decoder that sees v at every step.

    The decoder: s_0 = v, s_{t+1} = tanh(what it hears + v Wv + s_t Wh + b), t = 0 … S-1.
    ds (N, S, H) what the scores send back to s_1 … s_S, s (N, S+1, H) the states s_0 … s_S,
    Wv (H, H), Wh (H, H)  ->  dv (N, H).
    With H = 1, one step, s_1 = 0, ds = 1, Wv = 2 and Wh = 3: da = 1, so dv = 2 + 3 = 5.
    """
    dv, dnext = np.zeros_like(s[:, 0]), np.zeros_like(s[:, 0])
    for t in reversed(range(ds.shape[1])):
        da = (ds[:, t] + dnext) * (1 - s[:, t + 1] ** 2)  # TODO: for the sum inside tanh, step t
        dv = dv + da @ Wv.T                               # TODO: dv, plus what step t sends to v
        dnext = da @ Wh.T                                 # TODO: what the state before gets
    return dv + dnext                                     # TODO: all that arrives at v


def _vector_case(rng, N, S, H):
    Wv, Wh, v = rng.normal(size=(H, H)), rng.normal(size=(H, H)), rng.normal(size=(N, H))
    s = [v]
    for _ in range(S):
        s.append(np.tanh(rng.normal(size=(N, H)) + v @ Wv + s[-1] @ Wh))
    return rng.normal(size=(N, S, H)), np.stack(s, axis=1), Wv, Wh


@gradient_of_the_vector.cases
def _(rng):
    yield "one step, H = 1", _vector_case(rng, 1, 1, 1)
    yield "one step, H = 2", _vector_case(rng, 1, 1, 2)
    yield "two steps, H = 1", _vector_case(rng, 1, 2, 1)
    yield "a batch of 3, five steps, H = 4", _vector_case(rng, 3, 5, 4)
    yield "the worked number", (np.ones((1, 1, 1)), np.zeros((1, 2, 1)), np.array([[2.0]]), np.array([[3.0]]))
    yield "all states at 1 or -1, where tanh is flat", (rng.normal(size=(2, 3, 2)), np.sign(rng.normal(size=(2, 4, 2))), rng.normal(size=(2, 2)), rng.normal(size=(2, 2)))
    ds, s, Wv, Wh = _vector_case(rng, 2, 3, 3)
    yield "the vector is seen at the start alone, Wv = 0", (ds, s, 0 * Wv, Wh)
    yield "gradients near 1000", (1000 * ds, s, Wv, Wh)


gradient_of_the_vector.same(gradient_of_the_vector.changed(
    ("(ds[:, t] + dnext) * (1 - s[:, t + 1] ** 2)", "(1 - s[:, t + 1]) * (1 + s[:, t + 1]) * (dnext + ds[:, t])"),
    ("da @ Wh.T", 'np.einsum("nk,hk->nh", da, Wh)')))


@gradient_of_the_vector.same
def _(ds, s, Wv, Wh):
    both = np.concatenate([Wv, Wh])                           # (2H, H): one product for both ways
    H = len(Wh)
    dv, dnext = 0.0, 0.0
    for t in range(ds.shape[1])[::-1]:
        da = (ds[:, t] + dnext) * (1 - s[:, t + 1] * s[:, t + 1])
        back = da @ both.T
        dv, dnext = dv + back[:, :H], back[:, H:]
    return dv + dnext


SLOPE = "(1 - s[:, t + 1] ** 2)"
NOT_AT_EACH_STEP = "Only what arrives at s_0 is counted. The vector is also seen at every step, and each of them sends a part back through Wv."

for sentence, edits in [
    ("What arrives at s_0 is missing: s_0 is v as well, so its gradient belongs to dv.", {"returns": "dv"}),
    (NOT_AT_EACH_STEP, {"dv": "dv"}),
    (NOT_AT_EACH_STEP, {"returns": "dnext"}),
    ("Each step overwrites what the others have sent to v. Gradients of something that is used several times add up.", {"dv": "da @ Wv.T"}),
    ("What comes from the later steps is missing: each state is used by its scores AND by the next step.", {"da": f"ds[:, t] * {SLOPE}"}),
    ("What the scores send back is missing: each state is used by its scores AND by the next step.", {"da": f"dnext * {SLOPE}"}),
    ("The slope of tanh is missing: from the state to the sum inside it is a factor 1 - s².", {"da": "ds[:, t] + dnext"}),
    ("The slope stands at one of the two alone: brackets are missing around the sum of what arrives.", {"da": f"ds[:, t] + dnext * {SLOPE}"}),
    ("The slope stands at one of the two alone: all that arrives at the state goes through tanh.", {"da": f"ds[:, t] * {SLOPE} + dnext"}),
    ("The slope is taken at the state before the step, s_t. The step makes s_{t+1}.", {"da": "(ds[:, t] + dnext) * (1 - s[:, t] ** 2)"}),
    ("The slope of tanh is 1 - s², with the square.", {"da": "(ds[:, t] + dnext) * (1 - s[:, t + 1])"}),
    ("The square belongs to s alone: the slope of tanh is 1 - s², not (1 - s)².", {"da": "(ds[:, t] + dnext) * (1 - s[:, t + 1]) ** 2"}),
    ("s (1 - s) is the slope of a sigmoid. These states are tanh of the sum: 1 - s².", {"da": "(ds[:, t] + dnext) * s[:, t + 1] * (1 - s[:, t + 1])"}),
    ("The states in s are tanh of the sum already: the slope is 1 - s², without another tanh.", {"da": "(ds[:, t] + dnext) * (1 - np.tanh(s[:, t + 1]) ** 2)"}),
    ("What v gets comes through `da`, the sum inside tanh, not straight from ds.", {"dv": "dv + ds[:, t] @ Wv.T"}),
    ("You go through Wv as in the forward pass. On the way back it is transposed: Wv.T.", {"dv": "dv + da @ Wv"}),
    ("You go through Wh as in the forward pass. On the way back it is transposed: Wh.T.", {"dnext": "da @ Wh"}),
    ("You go through both matrices as in the forward pass. On the way back they are transposed.", {"dv": "dv + da @ Wv", "dnext": "da @ Wh"}),
    ("The two matrices are exchanged: Wv leads to the vector, Wh to the state before.", {"dv": "dv + da @ Wh.T", "dnext": "da @ Wv.T"}),
    ("What goes to the state before is added up over the steps. Each state is used by the next step once: only this step's part goes on.", {"dnext": "dnext + da @ Wh.T"}),
    ("What the state before gets comes through `da`, the sum inside tanh, not straight from ds.", {"dnext": "ds[:, t] @ Wh.T"}),
    ("You multiply by s_t: that makes a gradient of a weight. The vector gets da, sent back through Wv.", {"dv": "dv + da * s[:, t]"}),
]:
    gradient_of_the_vector.mistake(sentence, **edits)

gradient_of_the_vector.mistake("You go forward in time. The gradient comes from the last step: begin there.")(
    gradient_of_the_vector.changed(("reversed(range(ds.shape[1]))", "range(ds.shape[1])")))
