"""What a Translator is made of, one step at a time, for functions that take their steps themselves."""

import numpy as np


def gru_cell(net, name):
    """Return cell(x, state) with the weights of net.layers[name], "encoder" or "decoder"; a state is a tuple (h,).

    The gates are in the order z, r, n, as in notebook 05.
    Raises ValueError for a decoder that sees the encoder's last state at every step (peeky).
    """
    if name == "decoder" and net.peeky:
        raise ValueError("this decoder is peeky: its input is longer than the token's vector")
    Wx, Wh, b = (net.params[f"{name}.{which}"] for which in ("Wx", "Wh", "b"))
    H = len(Wh)

    def cell(x, state):
        a, u = x @ Wx + b, state[0] @ Wh
        z, r = np.split(0.5 + 0.5 * np.tanh((a[:, : 2 * H] + u[:, : 2 * H]) / 2), 2, axis=1)
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        return (z * state[0] + (1 - z) * n,)

    return cell


def blank_state(net, N):
    """Return the encoder's state before the first token, ((N, H) of zeros,)."""
    Wh = net.params["encoder.Wh"]
    return (np.zeros((N, len(Wh)), Wh.dtype),)


def encoder_parts(net, N):
    """Return what an encoder takes after its tokens and mask: the vectors E, the cell, and the blank state of N rows."""
    return net.params["embed_source.W"], gru_cell(net, "encoder"), blank_state(net, N)


def decoder_parts(net):
    """Return what a step of a decoder takes after its token and state: the vectors E, the cell, Wy and by."""
    p = net.params
    return p["embed_target.W"], gru_cell(net, "decoder"), p["out.W"], p["out.b"]


def step_by_step(step, state, so_far):
    """Return the scores (N, S, K) that step(token (N,), state) -> scores (N, K), next state gives to the tokens so_far (N, S)."""
    found = []
    for token in so_far.T:
        scores, state = step(token, state)
        found.append(scores)
    return np.stack(found, axis=1)


def peeky_states(v, heard, Wv, Wh):
    """Return (N, S + 1, H): the states of a tanh decoder that starts from the vector v (N, H) and sees it at every step.

    heard (N, S, H) : what each step gets besides the vector, the embedding and the bias already in it. Wv, Wh (H, H).

        s_0 = v        s_t+1 = tanh(heard_t + v Wv + s_t Wh)
    """
    s = [v]
    for t in range(heard.shape[1]):
        s.append(np.tanh(heard[:, t] + v @ Wv + s[-1] @ Wh))
    return np.stack(s, axis=1)
