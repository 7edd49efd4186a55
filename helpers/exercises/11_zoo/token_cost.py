"""Exercise 11.14: what one more token costs."""

from helpers.checking.authoring import exercise


@exercise("11.14", title="The price of one more token", returns={"products": "", "kept": ""}, hints=[
    "A vector (H,) times a matrix (H, H): how many products of two numbers? How many of them grow with T?",
    "RNN: two matrices. LRU: one complex matrix on a real input, that is two real ones; λh has four real products a unit. Attention: three matrices for the new token, then one product of H numbers with each of the T keys, and as many again for the average of the values.",
    "`2 * H**2` and `H`; `2 * H**2 + 4 * H` and `2 * H`; `3 * H**2 + 2 * T * H` and `2 * T * H`.",
])
def token_cost(kind, T, H):
    """Return how many products one more token takes, and how many numbers are then kept.

    kind "RNN": h = tanh(x Wx + h Wh + b), x and h of H numbers. "LRU": h = λ h + x B,
    with H complex units, a real x of H numbers and a complex B (H, H). "attention": one
    head of width H; q, k and v of the new token come from one matrix (H, H) each, there is
    no output matrix, and the T - 1 earlier keys and values are kept. T counts the new
    token. Only products of two real numbers count (a complex number times a complex one:
    4); no sums, no exp, no scaling.
    -> two whole numbers. "RNN" with H = 2: 8 products, 2 numbers.
    """
    if kind == "RNN":
        products = 2 * H**2                  # TODO: for the RNN
        kept = H                             # TODO: for the RNN
    elif kind == "LRU":
        products = 2 * H**2 + 4 * H          # TODO: for the LRU
        kept = 2 * H                         # TODO: for the LRU
    else:
        products = 3 * H**2 + 2 * T * H      # TODO: for the attention
        kept = 2 * T * H                     # TODO: for the attention
    return products, kept


@token_cost.cases
def _(rng):
    for kind in ("RNN", "LRU", "attention"):
        for T, H in ((10, 2), (10, 1), (100, 3), (1000, 64)):
            yield f"{kind}, T = {T}, H = {H}", (kind, T, H)


@token_cost.same
def _(kind, T, H):
    if kind == "attention":
        return H * (3 * H + T + T), T * (H + H)
    matrices, a_unit, kept = (2, 0, 1) if kind == "RNN" else (2, 4, 2)
    return H * (matrices * H + a_unit), kept * H


token_cost.mistakes_in("products", [
    ("The RNN reads the new token through a matrix as well: two matrices, not one.", "H**2"),
    ("The RNN's price grows with T in your answer. It has forgotten the earlier tokens but for its state.", "2 * T * H**2", "2 * H**2 * T"),
    ("An RNN's matrices have H² numbers each, not H.", "2 * H"),
    ("H counts twice in the power: H² for each matrix, not H⁴ for both.", "H**4"),
])
token_cost.mistakes_in("kept", [
    ("The RNN keeps one state, not one for every token.", "T * H"),
    ("An RNN keeps its state of H real numbers. Its weights are not kept for one text: they are there before.", "2 * H**2", "H**2"),
    ("The RNN of this count has one state. The pair (h, c) is an LSTM's.", "2 * H"),
])
token_cost.mistakes_in("products__2", [
    ("B is complex: a real number times a complex one is two products.", "H**2 + 4 * H"),
    ("λ h is forgotten: a product of two complex numbers in each unit.", "2 * H**2"),
    ("You take complex numbers for real ones, everywhere.", "H**2 + H"),
    ("λ h counts once a unit in your answer. A complex product is four real ones.", "2 * H**2 + H"),
    ("λ h counts twice a unit in your answer. A complex product is four real ones.", "2 * H**2 + 2 * H"),
    ("The input is real: a real number times a complex one is two products, not four.", "4 * H**2 + 4 * H"),
    ("λ is one number for each unit, not a matrix.", "2 * H**2 + 4 * H**2", "6 * H**2"),
    ("The LRU's price grows with T in your answer. One more token is one more step.", "T * (2 * H**2 + 4 * H)"),
])
token_cost.mistakes_in("kept__2", [
    ("A complex number is two real ones: real part and imaginary part are both kept.", "H"),
    ("The LRU keeps one state, however many tokens it has heard.", "2 * T * H", "T * H"),
])
token_cost.mistakes_in("products__3", [
    ("You compute the whole table again, T². The earlier rows do not change: one more token is one more row.", "3 * H**2 + 2 * T**2 * H", "3 * T * H**2 + 2 * T**2 * H"),
    ("The scores alone are no answer: the values are averaged with the weights, T · H products once more.", "3 * H**2 + T * H"),
    ("Query, key and value of the new token are forgotten: three matrices.", "2 * T * H"),
    ("The new token needs a query, a key and a value: three matrices, not one.", "H**2 + 2 * T * H"),
    ("The earlier keys and values are kept, so they need not be made again.", "3 * T * H**2 + 2 * T * H"),
    ("A score is a product of H numbers, not of one.", "3 * H**2 + 2 * T"),
])
token_cost.mistakes_in("kept__3", [
    ("Only the keys are kept in your answer: without the values there is nothing to fetch.", "T * H"),
    ("You keep one key and one value. The next token asks all of them.", "2 * H"),
    ("The table of weights need not be kept: no later token looks at it.", "T**2", "2 * T * H + T**2"),
    ("Queries need not be kept: nobody asks an old question again.", "3 * T * H"),
])
token_cost.mistakes_in("products__2", [
    ("Each number of B counts four times in your answer, and λ is forgotten.", "4 * H**2"),
])
token_cost.mistakes_in("products__3", [
    ("Every kept token goes through a matrix in your answer. A score and its part of the average take H products each.", "T * H**2"),
    ("You count one product for each pair of tokens. Only the new token's row is made.", "T**2"),
    ("Scores of T by T, each counted once: there is one new row, of T scores with H products each.", "3 * H**2 + 2 * T**2"),
])
token_cost.mistakes_in("kept__3", [
    ("A vector for each pair of tokens is far too much: a key and a value for each token.", "T * T * H"),
])
token_cost.mistake("Products and kept numbers have changed places.")(token_cost.changed(("return products, kept", "return kept, products")))
token_cost.mistakes_in("products__3", [
    ("The new token is counted too: it looks at itself, so there are T keys and values, not T - 1.", "3 * H**2 + 2 * (T - 1) * H"),
    ("You count an output matrix as well. Here there is none: query, key and value are all.", "4 * H**2 + 2 * T * H"),
])
token_cost.mistakes_in("kept__3", [
    ("Afterwards the new token's key and value are kept too: T of each, not T - 1.", "2 * (T - 1) * H"),
])
