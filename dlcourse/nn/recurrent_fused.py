"""Recurrent networks fused over time: the cells' equations, a sequence in one node.

Over T steps of small Tensors the bookkeeping costs more than the arithmetic. The
numbers here are the cells' (recurrent_cells.py); what differs is the order of the work:

- The weights' gradients, sums over all steps, are products of many steps' arrays.
- LSTM and GRU keep examples in columns, [h; x_t; 1] of shape (K, N): one product with
  [W_hh, W_ih, b] gives all gates of a step, each a contiguous block of rows.
- sigmoid(x) = (1 + tanh(x/2)) / 2, so one tanh serves all gates.
- The local slopes are computed for many steps at once, a chunk that fits the cache; the
  loop back through time only multiplies by them.

x is (T, N, features), the initial states (N, H), ``weights`` W_ih, W_hh and,
if there are biases, b_ih, b_hh. Backpropagation through time: Werbos, *Proc. IEEE* 78
(1990).
"""

from itertools import pairwise

import numpy as np

from dlcourse.autograd import record, shared


def rnn(x, h, weights, nonlinearity):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh) for all t: (T, N, H).

    With a_t the argument of tanh and G_t the gradient that reaches h_t from outside:

        dL/da_t = (1 - h_t^2) * (G_t + dL/da_{t+1} W_hh)
        dL/dW_hh = sum_t (dL/da_t)^T h_{t-1}    dL/dW_ih = sum_t (dL/da_t)^T x_t
    """
    w_ih, w_hh, *biases = (w.data for w in weights)
    (time, batch, _), size = x.shape, len(w_hh)
    states = np.empty((time + 1, batch, size), w_hh.dtype)
    states[0] = h.data
    rows = x.data.reshape(time * batch, -1), states[1:].reshape(time * batch, size)
    np.dot(rows[0], w_ih.T, out=rows[1])  # until h_t is computed, in its place
    if biases:
        states[1:] += sum(biases)
    w, a = w_hh.T.copy(), np.empty((batch, size), w_hh.dtype)
    for before, after in pairwise(states):
        np.dot(before, w, out=a)
        a += after
        if nonlinearity == "tanh":
            np.tanh(a, out=after)
        else:
            np.maximum(a, 0, out=after)

    def gradients(g):
        after = states[1:]
        if nonlinearity == "tanh":
            da = after * after
            np.subtract(1, da, out=da)
        else:
            da = (after > 0).astype(after.dtype)
        reached = g.any(axis=(1, 2))  # often the last step only
        dh = np.zeros((batch, size), g.dtype)
        for t, da_t in _backwards(slice(0, time), da):
            if reached[t]:
                dh += g[t]
            da_t *= dh
            np.dot(da_t, w_hh, out=dh)
        da = da.reshape(time * batch, size)
        db = np.ones(len(da), da.dtype) @ da  # faster than da.sum(axis=0)
        return (
            (da @ w_ih).reshape(x.shape) if x.requires_grad else None,
            dh,
            da.T @ x.data.reshape(time * batch, -1),
            da.T @ states[:-1].reshape(time * batch, size),
            *[db.copy() for _ in biases],
        )

    return record("rnn", states[1:], *shared(gradients, x, h, *weights))


def lstm(x, h, c, weights):
    """h_1 ... h_T and, after them, c_T: (T + 1, N, H).

    The gates of a step and c_{t-1} lie in the order o i f g c, so that i * g and
    f * c_{t-1} are one product of neighbours, and so is what dL/dc_t leads to:

        dL/dc_t = dL/dc_{t+1} f_{t+1} + dL/dh_t * o (1 - tanh(c_t)^2)
        dL/do = dL/dh_t * tanh(c_t)     dL/d(i, f, g, c_{t-1}) = dL/dc_t * (g, c, i, f)
    """
    order = [1, 2, 3, 0]  # where the blocks i f g o of the weights go
    w, columns = _joined(weights, order, order), _columns(x, h, extra=1)
    (time, batch, _), size = x.shape, w.shape[1]
    slots = np.empty((time + 1, 5, size, batch), w.dtype)
    slots[0, 4] = c.data.T
    tanh_c = np.empty((time, size, batch), w.dtype)
    w_half, half, pair = _halved(w, 3), np.array(0.5, w.dtype), slots[0, :2].copy()
    for t, slot in enumerate(slots[:-1]):
        gates, sigmoids, c_t = slot[:4], slot[:3], slots[t + 1, 4]
        np.dot(w_half, columns[t], out=gates.reshape(-1, batch))
        np.tanh(gates, out=gates)
        sigmoids *= half
        sigmoids += half
        np.multiply(slot[1:3], slot[3:], out=pair)
        np.add(pair[0], pair[1], out=c_t)
        np.tanh(c_t, out=tanh_c[t])
        np.multiply(slot[0], tanh_c[t], out=columns[t + 1, :size])
    columns[-1, :size] = slots[-1, 4]

    def gradients(g):
        g = g.swapaxes(1, 2)
        reached = g[:-1].any(axis=(1, 2))
        dh, dc = np.zeros((size, batch), w.dtype), g[-1]
        dx = np.empty(x.shape, x.dtype) if x.requires_grad else None
        dw, back = np.zeros_like(w), w[:, :, :size].reshape(-1, size).T.copy()
        for steps in _chunks(time, 5 * size * batch):
            o, i, f, u, _ = slots[steps].swapaxes(0, 1)  # u: the g above
            d = np.empty(slots[steps].shape, w.dtype)  # do di df dg dc_{t-1}
            np.multiply(slots[steps, :3], 1 - slots[steps, :3], out=d[:, :3])
            d[:, 0] *= tanh_c[steps]
            d[:, 1:3] *= slots[steps, 3:]
            np.multiply(i, 1 - u * u, out=d[:, 3])
            d[:, 4] = f
            dc_dh = o * (1 - tanh_c[steps] ** 2)
            gates = d[:, :4].reshape(len(d), -1, batch)
            parts = dc_dh, d[:, 0], d[:, 1:], d[:, 4], gates
            for t, d_c, d_o, others, dc_before, da in _backwards(steps, *parts):
                if reached[t]:
                    dh += g[t]
                d_c *= dh
                d_c += dc
                d_o *= dh
                others *= d_c
                np.dot(back, da, out=dh)
                dc = dc_before
            _add_products(d[:, :4], columns, steps, w, dw, dx)
        return dx, dh.T, dc.T, *_parted(dw, order, order)

    states = columns[1:, :size].swapaxes(1, 2)
    return record("lstm", states, *shared(gradients, x, h, c, *weights))


def gru(x, h, weights):
    """h_t = (1 - z) * n + z * h_{t-1} for all t: (T, N, H).

    One product gives the blocks r, z, h_n and x_n of a step. With G = dL/dh_t:

        dL/dx_n = G * (1 - z) (1 - n^2)     dL/dh_n = dL/dx_n * r
        dL/dr = dL/dx_n * h_n               dL/dz = G * (h_{t-1} - n)
    """
    of_h, of_x = [0, 1, 2], [0, 1, 3]  # where the blocks r z n of the weights go
    w, columns = _joined(weights, of_x, of_h), _columns(x, h)
    (time, batch, _), size = x.shape, w.shape[1]
    slots = np.empty((time, 4, size, batch), w.dtype)
    w_half, half, a = _halved(w, 2), np.array(0.5, w.dtype), slots[0, 0].copy()
    for t, slot in enumerate(slots):
        sigmoids, (r, z, h_n, n) = slot[:2], slot
        np.dot(w_half, columns[t], out=slot.reshape(-1, batch))
        np.tanh(sigmoids, out=sigmoids)
        sigmoids *= half
        sigmoids += half
        np.multiply(r, h_n, out=a)
        np.add(a, n, out=n)
        np.tanh(n, out=n)
        np.subtract(columns[t, :size], n, out=a)
        a *= z
        np.add(a, n, out=columns[t + 1, :size])

    def gradients(g):
        g = g.swapaxes(1, 2)
        reached = g.any(axis=(1, 2))
        dh = np.zeros((size, batch), w.dtype)
        dx = np.empty(x.shape, x.dtype) if x.requires_grad else None
        dw, back = np.zeros_like(w), w[:, :, :size].reshape(-1, size).T.copy()
        for steps in _chunks(time, 5 * size * batch):
            r, z, h_n, n = slots[steps].swapaxes(0, 1)
            d = np.empty((len(r), 5, size, batch), w.dtype)  # dr dz dh_n dx_n dh_{t-1}
            np.multiply(slots[steps, :2], 1 - slots[steps, :2], out=d[:, :2])
            np.multiply(1 - z, 1 - n * n, out=d[:, 3])
            np.multiply(d[:, 3], r, out=d[:, 2])
            d[:, 0] *= d[:, 3] * h_n
            d[:, 1] *= columns[steps, :size] - n
            d[:, 4] = z
            for t, slot in _backwards(steps, d):
                if reached[t]:
                    dh += g[t]
                slot *= dh
                np.dot(back, slot[:4].reshape(-1, batch), out=dh)
                dh += slot[4]
            _add_products(d[:, :4], columns, steps, w, dw, dx)
        return dx, dh.T, *_parted(dw, of_x, of_h)

    states = columns[1:, :size].swapaxes(1, 2)
    return record("gru", states, *shared(gradients, x, h, *weights))


# ------------------------------------------------------- examples in columns, [h; x; 1]


def _columns(x, h, extra=0):
    """(T + 1 + extra, K, N): x_t and 1 for each step, h for the first."""
    (time, batch, features), size = x.shape, h.shape[1]
    columns = np.empty((time + 1 + extra, size + features + 1, batch), x.dtype)
    columns[0, :size] = h.data.T
    columns[:time, size:-1] = x.data.swapaxes(1, 2)
    columns[:, -1] = 1
    return columns


def _joined(weights, of_x, of_h):
    """[W_hh, W_ih, b] in four blocks of rows (4, H, K), each weight's in its places."""
    w_ih, w_hh, *biases = (w.data for w in weights)
    size = w_hh.shape[1]
    w = np.zeros((4, size, size + w_ih.shape[1] + 1), w_hh.dtype)
    w[of_h, :, :size] = w_hh.reshape(-1, size, size)
    w[of_x, :, size:-1] = w_ih.reshape(-1, size, w_ih.shape[1])
    for places, b in zip((of_x, of_h), biases, strict=False):
        w[places, :, -1] += b.reshape(-1, size)
    return w


def _parted(dw, of_x, of_h):
    """The gradients of W_ih, W_hh, b_ih and b_hh from that of what joins them."""
    size = dw.shape[1]
    parts = dw[of_x, :, size:-1], dw[of_h, :, :size], dw[of_x, :, -1], dw[of_h, :, -1]
    return [part.reshape(len(of_x) * size, *part.shape[2:]) for part in parts]


def _halved(w, blocks):
    """The rows of w as a matrix; those of the first blocks, sigmoids, for tanh(x/2)."""
    half = w.copy()
    half[:blocks] *= 0.5
    return half.reshape(-1, w.shape[2])


def _chunks(time, entries):
    """Slices of the steps, last first, each of about 2^18 entries (a megabyte)."""
    n = max(1, 2**18 // max(1, entries))
    return [slice(max(0, end - n), end) for end in range(time, 0, -n)]


def _backwards(steps, *arrays):
    """(t, the entries of arrays for t) for the steps of a slice, the last one first."""
    times = range(steps.stop - 1, steps.start - 1, -1)
    return zip(times, *(a[::-1] for a in arrays), strict=True)


def _add_products(da, columns, steps, w, dw, dx):
    """Add sum_t da_t [h; x_t; 1]^T to dw; put W_ih^T da_t into dx, if there is one."""
    _, size, k = w.shape
    rows = da.transpose(1, 2, 0, 3).reshape(4 * size, -1)
    dw += (rows @ columns[steps].swapaxes(0, 1).reshape(k, -1).T).reshape(dw.shape)
    if dx is not None:
        w_ih = w[:, :, size:-1].reshape(4 * size, -1)
        dx[steps] = (w_ih.T @ rows).reshape(-1, len(da), dx.shape[1]).transpose(1, 2, 0)
