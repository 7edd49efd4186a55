"""The linear recurrence h_t = a_t · h_{t-1} + u_t, forwards and backwards: what minGRU and LRU are made of.

Time is the first axis; whatever comes behind it goes along. a may be the same at all steps (one step long, or broadcast).
"""

import numpy as np


def linear_recurrence(a, u, h0):
    """Return all states h (T, …) of h_t = a_t · h_{t-1} + u_t, from h0 (…).  a (T, …) and u (T, …), real or complex."""
    h = np.empty(u.shape, np.result_type(a, u, h0))
    for t in range(len(u)):
        np.multiply(a[t], h0, out=h[t])
        h[t] += u[t]
        h0 = h[t]
    return h


def linear_recurrence_backward(dh, a, h, h0):
    """Return da, du (T, …) and dh0 (…), given the gradient dh (T, …) that comes into each state from outside.

        d_t = dh_t + conj(a_{t+1}) · d_{t+1}        du = d        da_t = d_t · conj(h_{t-1})        dh0 = conj(a_0) · d_0

    The gradient of a complex z = x + iy is dL/dx + i dL/dy; for real numbers conj does nothing.
    """
    back = np.conj(a) if np.iscomplexobj(a) else a
    d = np.empty_like(dh)
    d[-1] = dh[-1]
    for t in reversed(range(len(dh) - 1)):
        np.multiply(back[t + 1], d[t + 1], out=d[t])
        d[t] += dh[t]
    da = np.empty_like(d)
    np.multiply(d[0], np.conj(h0), out=da[0])
    np.multiply(d[1:], np.conj(h[:-1]) if np.iscomplexobj(h) else h[:-1], out=da[1:])
    return da, d, back[0] * d[0]
