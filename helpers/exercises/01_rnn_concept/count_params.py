"""Exercise 1.3: count the weights."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("1.3", title="Count the weights", returns={"window": "", "rnn": ""}, hints=[
    "How many numbers stand in the input vector of the window model, when `context` inputs of D numbers are laid side by side?",
    "A layer from A to H numbers has a weight for each pair, A · H, and one bias for each of its H units.",
    "The RNN has Wx (D, H), Wh (H, H) and b (H,). The length of the sequence is in none of these shapes.",
])
def count_params(context, D, H):
    """Count weights and biases of a layer of H units that hears the last `context` inputs.

    Each input has D numbers.
    window: all `context` inputs laid side by side.
    rnn: one input a step, and the old state.
    Returns two whole numbers (window, rnn). With context = 2, D = 3, H = 4: 28 and 32.
    """
    window = context * D * H + H      # TODO: one matrix and one bias
    rnn = D * H + H * H + H           # TODO: two matrices and one bias
    return window, rnn


@count_params.cases
def _(rng):
    yield "context 2, D = 3, H = 4", (2, 3, 4)
    yield "context 1, D = 1, H = 1", (1, 1, 1)
    yield "context 1, D = 5, H = 2", (1, 5, 2)
    yield "context 8, D = 2, H = 16", (8, 2, 16)
    yield "context 1000, D = 27, H = 128", (1000, 27, 128)


count_params.same(lambda context, D, H: (
    int(np.zeros((context * D, H)).size + np.zeros(H).size), int(sum(np.prod(s) for s in [(D, H), (H, H), (H,)]))))

_grows = "Your RNN grows with the context. It does not: one step has one Wx, one Wh and one b, and every step uses them again."
_one_bias = "You add one bias for the whole layer. Each of the H units has its own."
_of_inputs = "The bias belongs to the H units of the layer, not to the D inputs."
for _sentence, *_edits in [
    ("You count the RNN's weights once for every step. They are shared over time: the same matrices work at each step.", {"rnn": "context * (D * H + H * H + H)"}),
    ("You count the RNN's input matrix once for every step. It is shared over time, like all its weights.", {"rnn": "context * D * H + H * H + H"}),
    *((_grows, {"rnn": count}) for count in (
        "context * (D * H + H * H) + H", "D * H + context * H * H + H", "D * H + H * H + context * H", "D * H + context * (H * H + H)",
        "context * (D * H + H) + H * H", "context * (D * H + H * H)", "context * D * H + H * H", "D * H + context * H * H",
        "context * D * H + H", "context * H * H + H", "context * H * H", "(context * D + H) * (H + 1)")),
    ("`Wh` leads from H old units to H new ones, so it has H · H entries, not D · D.", {"rnn": "D * H + D * D + H"}),
    ("The RNN's way back is missing: `Wh` leads from each of the H old units to each of the H new ones.", {"rnn": "D * H + H"}),
    ("The RNN's `Wx` is missing: it leads from the D numbers of an input to the H units.", {"rnn": "H * H + H"}),
    ("The RNN's biases are missing: one for each of the H units.", {"rnn": "D * H + H * H"}),
    ("You give the RNN two biases, one for each matrix (PyTorch does that). Their sum does the work of one, and ours has one.", {"rnn": "D * H + H * H + 2 * H"}),
    ("The RNN's two matrices are added up, not multiplied: each has its own weights.", {"rnn": "D * H * H * H + H"}),
    ("You give the window model a `Wh`. It has no way back: its one matrix leads from context · D numbers to H units.", {"window": "context * D * H + H * H + H"}),
    ("The window model's biases are missing: one for each of its H units.", {"window": "context * D * H"}),
    ("The biases are missing in both: one for each of the H units.", {"window": "context * D * H", "rnn": "D * H + H * H"}),
    ("The window model sees one input only in your count. It has all `context` of them side by side: context · D numbers.", {"window": "D * H + H"}),
    ("You count a bias for every place in the window. A unit has one bias, however many inputs it hears.", {"window": "context * (D * H + H)"}),
    ("`context` inputs of D numbers are context · D numbers, not context + D.", {"window": "(context + D) * H + H"}),
    *((sentence, edits) for sentence, bias in ((_one_bias, "1"), (_of_inputs, "D")) for edits in (
        {"window": f"context * D * H + {bias}"}, {"rnn": f"D * H + H * H + {bias}"},
        {"window": f"context * D * H + {bias}", "rnn": f"D * H + H * H + {bias}"})),
    ("The two are swapped: return the window model's number first.", {"window": "D * H + H * H + H", "rnn": "context * D * H + H"}),
]:
    for _edit in _edits:
        count_params.mistake(_sentence, **_edit)
