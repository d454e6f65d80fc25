"""Right and wrong answers to the exercises of lesson 12, and what is told."""

import math

import numpy as np
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import manual_seed, nn, tensor
from dlcourse.teach import fixture
from dlcourse.teach.exercise import find

# ------------------------------------------------------------------------- closed_form


def form_by_inverse(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ np.diag(values**t) @ np.linalg.inv(V) @ h0).real


def form_by_left_vectors(W, h0, t):
    """By the eigenvectors of W, which are rows then."""
    values, V = np.linalg.eig(W)
    return np.real(np.linalg.inv(V).T @ (values**t * (V.T @ h0)))


def form_by_modes(W, h0, t):
    values, V = np.linalg.eig(W.T)
    a = np.linalg.solve(V, h0)
    return sum(values[k] ** t * a[k] * V[:, k] for k in range(len(h0))).real


def form_by_steps(W, h0, t):
    h = h0
    for _ in range(t):
        h = W.T @ h
    return h


def form_by_rows(W, h0, t):
    return h0 @ np.linalg.matrix_power(W, t)


def form_where_symmetric(W, h0, t):
    if np.array_equal(W, W.T):
        values, Q = np.linalg.eigh(W)
        return Q @ (values**t * (Q.T @ h0))
    return form_by_inverse(W, h0, t)


def form_printed(W, h0, t):
    """As the slide has it."""
    values, Q = np.linalg.eig(W)
    return (Q.T @ np.diag(values**t) @ Q @ h0).real


def form_of_W(W, h0, t):
    values, V = np.linalg.eig(W)
    return (V @ np.diag(values**t) @ np.linalg.inv(V) @ h0).real


def form_orthogonal(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ np.diag(values**t) @ V.T @ h0).real


def form_symmetric(W, h0, t):
    values, V = np.linalg.eigh(W)
    return V @ (values**t * (V.T @ h0))


def form_of_real_values(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ (values.real**t * np.linalg.solve(V, h0))).real


def form_of_real_powers(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ (np.real(values**t) * np.linalg.solve(V, h0))).real


def form_by_power_of_diagonal(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ np.diag(values) ** t @ np.linalg.inv(V) @ h0).real


def form_left_complex(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return V @ (values**t * np.linalg.solve(V, h0))


def form_times(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ (values * t * np.linalg.solve(V, h0))).real


def form_without_coordinates(W, h0, t):
    values, V = np.linalg.eig(W.T)
    return (V @ (values**t * h0)).real


# ------------------------------------------------------------------------- growth_rate


def rate_by_differences(W, g, steps):
    """The logs kept in a list, g at its largest entry's scale."""
    g, logs = g * 1.0, [-np.log(np.linalg.norm(g))]
    for _ in range(steps):
        g = W @ g
        largest = np.abs(g).max()
        if largest == 0:
            return -np.inf
        logs.append(np.log(largest))
        g = g / largest
    return (sum(logs) + np.log(np.linalg.norm(g))) / steps


def rate_in_place(W, g, steps):
    v, total = g / np.sqrt(np.sum(g**2)), 0
    for _ in range(steps):
        v = np.dot(W, v)
        length = np.sqrt(v @ v)
        total += np.log(length)
        v /= length if length > 0 else 1
    return total / steps


def rate_by_qr(W, g, steps):
    q, logs = np.linalg.qr(1.0 * g[:, None])[0], 0.0
    for _ in range(steps):
        q, r = np.linalg.qr(W @ q)
        if r[0, 0] == 0:
            return float("-inf")
        logs += math.log(abs(r[0, 0]))
    return logs / steps


def rate_overflowing(W, g, steps):
    v = g
    for _ in range(steps):
        v = W @ v
    return (np.log(np.linalg.norm(v)) - np.log(np.linalg.norm(g))) / steps


def rate_with(each=lambda g, start: g, first=True, stop=True, log=np.log, W_of=None):
    def answer(W, g, steps):
        W = W_of(W) if W_of else W
        v, total = g / np.linalg.norm(g) if first else g, 0.0
        for _ in range(steps):
            v = W @ v
            size = np.linalg.norm(v)
            if stop and size == 0:
                return -np.inf
            total += log(size)
            v = v / size
        return total / steps

    return answer


def rate_ended(
    end=lambda total, steps, g: total / steps, smallest=0, fewer=0, small_again=True
):
    def answer(W, g, steps):
        v, total = g / np.linalg.norm(g), 0.0
        for _ in range(steps - fewer):
            v = W @ v
            size = np.linalg.norm(v)
            if size <= smallest:
                return -np.inf
            total += np.log(size)
            v = v / size if small_again else v
        return end(total, steps, g)

    return answer


def rate_by_matrix_power(W, g, steps):
    far = np.linalg.norm(np.linalg.matrix_power(W, steps) @ g)
    return np.log(far / np.linalg.norm(g)) / steps


def rate_that_gives_up(W, g, steps):
    v, total = g / np.linalg.norm(g), 0.0
    for _ in range(steps):
        v = W @ v
        size = np.linalg.norm(v)
        if size == 0:
            return 0
        total += np.log(size)
        v = v / size
    return total / steps


def rate_of_the_last(W, g, steps):
    for _ in range(steps):
        g = W @ (g / np.linalg.norm(g))
        if not g.any():
            return -np.inf
    return np.log(np.linalg.norm(g))


def rate_of_the_g_before(W, g, steps):
    """g is scaled where it came in: it is another array afterwards."""
    g /= np.linalg.norm(g)
    return rate_by_differences(W, g, steps)


# ---------------------------------------------------------------------- state_jacobian


def jacobian_by_diag(W, h):
    return np.diag(1 - h**2) @ W


def jacobian_by_entries(W, h):
    J = np.zeros(W.shape)
    for i in range(len(h)):
        for j in range(len(h)):
            J[i, j] = (1 - h[i]) * (1 + h[i]) * W[i, j]
    return J


def jacobian_by_rows(W, h):
    return np.array([row * (1 - s * s) for row, s in zip(W, h, strict=True)])


def jacobian_turned_twice(W, h):
    return (W.T * (1 - h**2)).T


def jacobian_in_place(W, h):
    W *= (1 - h**2)[:, None]
    return W


def jacobian_in_integers(W, h):
    J = np.zeros_like(W)
    J[:] = (1 - h**2)[:, None] * W
    return J


# -------------------------------------------------------------------------------- bptt


def time_by_the_engine(G, h, h0, W):
    """The inputs' part of each sum is what the states tell of it."""
    states = np.concatenate([h0[None], h[:-1]])
    drive = np.arctanh(h) - states @ W.T
    W, first = (tensor(a, requires_grad=True) for a in (W, h0))
    state, loss = first, 0
    for g, x in zip(G, drive, strict=True):
        state = (state @ W.transpose(0, 1) + tensor(x)).tanh()
        loss = loss + (state * tensor(g)).sum()
    loss.backward()
    return W.grad.numpy(), first.grad.numpy()


def time_by_examples(G, h, h0, W):
    dW, dh0 = np.zeros(W.shape), []
    for k in range(len(h0)):
        g = np.zeros(len(W))
        for t in range(len(h) - 1, -1, -1):
            z = (1 - h[t, k] ** 2) * (G[t, k] + g)
            dW += np.outer(z, h[t - 1, k] if t > 0 else h0[k])
            g = W.T @ z
        dh0.append(g)
    return dW, np.array(dh0)


def time_by_a_list(G, h, h0, W):
    states = [h0, *h]
    g, dW = np.zeros_like(h0), 0
    for t in range(len(h), 0, -1):
        g = (g + G[t - 1]) * (1 - states[t] ** 2)
        dW = dW + np.einsum("ki,kj->ij", g, states[t - 1])
        g = np.einsum("ki,ij->kj", g, W)
    return [dW, g]


def time_by_sums(G, h, h0, W):
    """What arrives at all states first, then all of dW at once."""
    arriving = G.copy()
    for t in range(len(h) - 1, 0, -1):
        arriving[t - 1] += (arriving[t] * (1 - h[t] ** 2)) @ W
    z = arriving * (1 - h**2)
    states = np.concatenate([h0[None], h[:-1]])
    return np.tensordot(z, states, axes=([0, 1], [0, 1])), z[0] @ W


def time_in_G(G, h, h0, W):
    for t in range(len(h) - 1, 0, -1):
        G[t - 1] += (G[t] * (1 - h[t] ** 2)) @ W
    return time_by_sums(G, h, h0, W)


def time_with(
    arrives=lambda G, g: G + g,
    slope=lambda h, t: 1 - h[t] ** 2,
    before=lambda h, h0, t: h[t - 1] if t else h0,
    add=lambda dW, part: dW + part,
    back=lambda z, W: z @ W,
    last=lambda g, z: g,
):
    def answer(G, h, h0, W):
        dW, g = np.zeros_like(W), np.zeros_like(h0)
        for t in reversed(range(len(h))):
            z = arrives(G[t], g) * slope(h, t)
            dW = add(dW, z.T @ before(h, h0, t))
            g = back(z, W)
        return dW, last(g, z)

    return answer


def time_from_the_last(G, h, h0, W):
    """G of the last step alone."""
    dW, g = np.zeros_like(W), G[-1]
    for t in reversed(range(len(h))):
        z = g * (1 - h[t] ** 2)
        dW += z.T @ (h[t - 1] if t else h0)
        g = z @ W
    return dW, g


def is_last(G):
    return (np.arange(len(G)) == len(G) - 1)[:, None, None]


def time_forwards(G, h, h0, W):
    dW, g = np.zeros_like(W), np.zeros_like(h0)
    for t in range(len(h)):
        z = (G[t] + g) * (1 - h[t] ** 2)
        dW += z.T @ (h[t - 1] if t else h0)
        g = z @ W
    return dW, g


def time_wrapped(G, h, h0, W):
    """In the first step, G[t - 1] is the last one's."""
    dW, g = np.zeros_like(W), G[-1]
    for t in reversed(range(len(h))):
        z = g * (1 - h[t] ** 2)
        dW += z.T @ (h[t - 1] if t else h0)
        g = z @ W + G[t - 1]
    return dW, g


def time_past_the_slope(G, h, h0, W):
    dW, g = np.zeros_like(W), np.zeros_like(h0)
    for t in reversed(range(len(h))):
        z = g * (1 - h[t] ** 2) + G[t]
        dW += z.T @ (h[t - 1] if t else h0)
        g = z @ W
    return dW, g


def time_without_h0(G, h, h0, W):
    """The loop ends at the second step."""
    dW, g = np.zeros_like(W), np.zeros_like(h0)
    for t in range(len(h) - 1, 0, -1):
        z = (G[t] + g) * (1 - h[t] ** 2)
        dW += z.T @ h[t - 1]
        g = z @ W
    return dW, g


# ---------------------------------------------------------------------------- bias_for


def bias_by_logit(T):
    f = math.exp(-1 / T)
    return math.log(f / (1 - f))


def bias_by_root(T):
    f = (1 / math.e) ** (1 / T)
    return -math.log(1 / f - 1)


def bias_by_halving(T):
    low, high = -10.0, 30.0
    for _ in range(200):
        b = (low + high) / 2
        low, high = (b, high) if T * np.log1p(np.exp(-b)) > 1 else (low, b)
    return b


def bias_from_exp(T):
    return -np.log(np.exp(1 / T) - 1)


# ------------------------------------------------------------------------- gate_biases


def biases_by_slices(lstm):
    b, h = lstm.bias_ih_l0.data + lstm.bias_hh_l0.data, lstm.hidden_size
    return np.array([float(b[k * h : (k + 1) * h].mean()) for k in range(4)])


def biases_by_split(lstm):
    blocks = zip(
        np.split(lstm.bias_ih_l0.data, 4),
        np.split(lstm.bias_hh_l0.data, 4),
        strict=True,
    )
    return np.array([np.mean(a) + np.mean(b) for a, b in blocks])


def biases_by_tensors(lstm):
    total = (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach().numpy()
    return total.reshape(4, lstm.hidden_size).mean(1)


def biases_joined(lstm):
    both = np.concatenate([lstm.bias_ih_l0.data, lstm.bias_hh_l0.data])
    return both.reshape(4, -1).mean(axis=1)


def biases_in_place(lstm):
    total = lstm.bias_ih_l0.data
    total += lstm.bias_hh_l0.data
    return total.reshape(4, -1).mean(axis=1)


# -------------------------------------------------------------------------------- peak


def peak_by_list(W, steps):
    sizes = [np.linalg.norm(np.linalg.matrix_power(W, t), 2) for t in range(steps + 1)]
    t = int(np.argmax(sizes))
    return t, sizes[t]


def peak_by_svd(W, steps):
    P, sizes = np.eye(len(W)), []
    for _ in range(steps + 1):
        sizes.append(np.linalg.svd(P, compute_uv=False)[0])
        P = W @ P
    return sizes.index(max(sizes)), max(sizes)


def peak_by_gram(W, steps):
    P, best = np.eye(len(W)), [0, 1.0]
    for t in range(1, steps + 1):
        P = P @ W
        size = math.sqrt(np.linalg.eigvalsh(P @ P.T)[-1])
        if size > best[1]:
            best = [t, size]
    return best


def peak_of_products(first):
    """W, W @ W, ..., the first of them counted as ``first``."""

    def answer(W, steps):
        powers = [np.linalg.matrix_power(W, t + 1) for t in range(steps)]
        sizes = [np.linalg.norm(power, 2) for power in powers]
        t = int(np.argmax(sizes))
        return t + first, sizes[t]

    return answer


def peak_a_step_early(W, steps):
    P, best = np.eye(len(W)), (0, 1.0)
    for t in range(steps):
        P = P @ W
        if np.linalg.norm(P, 2) > best[1]:
            best = t, np.linalg.norm(P, 2)
    return best


def peak_with(power=np.linalg.matrix_power, size=None, first=0, last=1, later=False):
    def answer(W, steps):
        best = (first, -1.0)
        for t in range(first, steps + last):
            P = power(1.0 * W, t)
            found = np.linalg.norm(P, 2) if size is None else size(P)
            if found > best[1] or (later and found == best[1]):
                best = t, found
        return best

    return answer


# -------------------------------------------------------------------------- lag_shares


def shares_by_pairs(G, h, h0, W):
    """Each pair of a loss and a use, by its own way back."""
    states = [h0, *h]
    parts = np.zeros((len(h), *W.shape))
    for s in range(len(h)):
        g = G[s]
        for t in range(s, -1, -1):
            z = g * (1 - h[t] ** 2)
            parts[s - t] += z.T @ states[t]
            g = z @ W
    total = np.sqrt((parts.sum(axis=0) ** 2).sum())
    return np.array(
        [np.sqrt((parts[k:].sum(axis=0) ** 2).sum()) / total for k in range(len(h))]
    )


def shares_by_cutting(G, h, h0, W):
    """dL/dW without what is cut off after k steps, by windows."""
    bptt, T = find("bptt").reference, len(h)
    states = np.concatenate([h0[None], h])
    total = bptt(G, h, h0, W)[0]
    far = []
    for k in range(T):
        near = np.zeros_like(W)
        for s in range(T):
            begin = max(0, s - k + 1)
            if k:
                window = np.zeros_like(G[begin : s + 1])
                window[-1] = G[s]
                near += bptt(window, h[begin : s + 1], states[begin], W)[0]
        far.append(total - near)
    return np.linalg.norm(far, axis=(1, 2)) / np.linalg.norm(total)


def shares_moved(
    move=lambda back: np.concatenate([back[1:], 0 * back[:1]]), size=np.linalg.norm
):
    def answer(G, h, h0, W):
        parts, states = [], np.concatenate([h0[None], h[:-1]])
        for _ in h:
            z = G * (1 - h**2)
            parts.append(np.einsum("tni,tnj->ij", z, states))
            G = move(z @ W)
        far = [size(sum(parts[k:])) for k in range(len(h))]
        return np.array(far) / far[0]

    return answer


def shares_as_a_list(G, h, h0, W):
    return shares_by_pairs(G, h, h0, W).tolist()


def shares_of_sizes(G, h, h0, W):
    states, T = [h0, *h], len(h)
    sizes = np.zeros(T)
    parts = np.zeros((T, *W.shape))
    for s in range(T):
        g = G[s]
        for t in range(s, -1, -1):
            z = g * (1 - h[t] ** 2)
            parts[s - t] += z.T @ states[t]
            g = z @ W
    sizes = np.linalg.norm(parts, axis=(1, 2))
    return sizes[::-1].cumsum()[::-1] / sizes.sum()


def shares_by_step(G, h, h0, W):
    states, parts, g = [h0, *h], [], np.zeros_like(h0)
    for t in range(len(h) - 1, -1, -1):
        z = (G[t] + g) * (1 - h[t] ** 2)
        parts.append(z.T @ states[t])
        g = z @ W
    far = [np.linalg.norm(sum(parts[k:])) for k in range(len(parts))]
    return np.array(far) / far[0]


# ------------------------------------------------------------------------ the variants


def relu_by_where(W, h):
    return np.where((h > 0)[:, None], W, 0)


def kept_by_log1p(b):
    return 1 / np.log1p(np.exp(-b))


def opened(ih, hh):
    """The forget rows of the two vectors, of b."""

    def answer(lstm, b):
        h = lstm.hidden_size
        lstm.bias_ih_l0.data[h : 2 * h] = ih * b
        lstm.bias_hh_l0.data[h : 2 * h] = hh * b

    return answer


def opened_by_halves(lstm, b):
    """One is set, to the other it is added."""
    h = lstm.hidden_size
    lstm.bias_ih_l0.data[h : 2 * h] = b / 2
    lstm.bias_hh_l0.data[h : 2 * h] += b / 2


def opened_at(first, last, hh=0):
    def answer(lstm, b):
        h = lstm.hidden_size
        lstm.bias_ih_l0.data[first * h : last * h] = b
        lstm.bias_hh_l0.data[first * h : last * h] = hh * b

    return answer


def opened_in_a_copy(lstm, b):
    h = lstm.hidden_size
    total = lstm.bias_ih_l0.data + lstm.bias_hh_l0.data
    total[h : 2 * h] = b


def opened_anew(lstm, b):
    """New arrays, in the place of the old ones."""
    h = lstm.hidden_size
    forget = np.arange(4 * h) // h == 1
    lstm.bias_hh_l0.data = np.where(forget, 0, lstm.bias_hh_l0.data)
    lstm.bias_ih_l0.data = np.where(forget, b, lstm.bias_ih_l0.data)


def stays_from_the_end(W, steps):
    t, P = steps, np.linalg.matrix_power(1.0 * W, steps)
    while t > 0 and np.linalg.norm(P, 2) < 1:
        t -= 1
        P = np.linalg.matrix_power(1.0 * W, t)
    return t + 1


def stays_not_above(W, steps):
    sizes = [np.linalg.norm(np.linalg.matrix_power(W, t), 2) for t in range(steps + 1)]
    return max((t + 1 for t, size in enumerate(sizes) if size > 1), default=0)


def stays_not_above_from_1(W, steps):
    """As the one above, with W^0 set right."""
    return max(stays_not_above(W, steps), 1)


# ------------------------------------------------------------------ what they are told

RIGHT = {
    "closed_form": [
        form_by_inverse,
        form_by_left_vectors,
        form_by_modes,
        form_by_steps,
        form_by_rows,
        form_where_symmetric,
        in_single_precision(form_by_inverse),
        in_single_precision(form_by_steps),
    ],
    "growth_rate": [
        rate_by_differences,
        rate_by_qr,
        rate_with(),
        in_single_precision(rate_with()),
    ],
    "state_jacobian": [
        jacobian_by_diag,
        jacobian_by_entries,
        jacobian_by_rows,
        jacobian_turned_twice,
        in_single_precision(jacobian_by_diag),
    ],
    "bptt": [
        time_by_the_engine,
        time_by_examples,
        time_by_a_list,
        time_by_sums,
        time_with(),
        in_single_precision(time_by_sums),
    ],
    "bias_for": [bias_by_logit, bias_by_root, bias_by_halving, bias_from_exp],
    "gate_biases": [biases_by_slices, biases_by_split, biases_by_tensors],
    "peak": [
        peak_by_list,
        peak_by_svd,
        peak_by_gram,
        peak_with(),
        in_single_precision(peak_by_svd),
    ],
    "lag_shares": [
        shares_by_pairs,
        shares_by_cutting,
        in_single_precision(shares_by_pairs),
    ],
    "relu_jacobian": [relu_by_where],
    "steps_kept": [kept_by_log1p],
    "open_forget": [opened(1, 0), opened(0, 1), opened(0.5, 0.5), opened_anew],
    "stays_below": [stays_from_the_end],
}

TOLD = {
    "closed_form": [
        (form_printed, "in each other's place"),
        (form_of_W, "That is W^t h0"),
        (lambda W, h0, t: np.linalg.matrix_power(W, t) @ h0, "That is W^t h0"),
        (form_orthogonal, "A transpose is no inverse here"),
        (form_symmetric, "`eigh` believes"),
        (form_of_real_values, "are dropped before the end"),
        (form_by_power_of_diagonal, "of each entry"),
        (form_times, "Not the t-th power"),
        (lambda W, h0, t: W.T**t @ h0, "of each entry"),
        (form_without_coordinates, "One of the two ways is missing"),
        (form_left_complex, "is complex"),
        (lambda *a: np.abs(form_by_inverse(*a)), "A size has no sign"),
        (form_of_real_powers, "are dropped before the end"),
        (lambda W, h0, t: form_by_steps(W, h0, 1), "Not the t-th power"),
        (lambda W, h0, t: form_by_steps(W, h0, t + 1), "One step too many"),
        (lambda W, h0, t: form_by_steps(W, h0, t)[:, None], "shape"),
        (lambda W, h0, t: form_by_steps(W, h0, t).tolist(), "list"),
    ],
    "growth_rate": [
        (rate_overflowing, "Right as long as a float holds it"),
        (
            lambda W, g, steps: (
                (
                    np.log(np.linalg.norm(np.linalg.matrix_power(1.0 * W, steps) @ g))
                    - np.log(np.linalg.norm(g))
                )
                / steps
            ),
            "Right as long as a float holds it",
        ),
        (lambda W, g, steps: np.log(np.linalg.norm(W, 2)), "No g is in it"),
        (
            lambda W, g, steps: np.log(max(abs(np.linalg.eigvals(W)))),
            "No g is in it",
        ),
        (rate_of_the_last, "That is one step's growth"),
        (lambda W, g, steps: steps * rate_with()(W, g, steps), "A rate is per step"),
        (rate_with(first=False), "counts as growth"),
        (rate_with(log=np.log10), "another logarithm"),
        (rate_with(W_of=np.transpose), "the rate of the transpose"),
        (rate_with(stop=False), "something else than -inf"),
        (rate_that_gives_up, "something else than -inf"),
        (rate_by_matrix_power, "Right as long as a float holds it"),
        (rate_ended(smallest=1e-12), "Small is not 0"),
        (rate_ended(smallest=1e-8), "Small is not 0"),
        (rate_ended(lambda total, steps, g: np.exp(total / steps)), "none, or that"),
        (
            rate_ended(lambda total, steps, g: (total - np.log(g @ g) / 2) / steps),
            "is taken off twice",
        ),
        (rate_ended(fewer=1), "A rate is per step"),
        (rate_ended(small_again=False), "yours goes on growing"),
        (rate_of_the_g_before, "`g`"),
    ],
    "state_jacobian": [
        (lambda W, h: (1 - h**2) * W, "The slopes meet the columns"),
        (lambda W, h: W @ np.diag(1 - h**2), "The slopes meet the columns"),
        (lambda W, h: jacobian_by_diag(W, h).T, "It is the transpose"),
        (lambda W, h: (1 - h)[:, None] * W, "by its output h"),
        (lambda W, h: (h * (1 - h))[:, None] * W, "by its output h"),
        (lambda W, h: (1 - np.tanh(h) ** 2)[:, None] * W, "through the tanh already"),
        (lambda W, h: (1 - np.tanh(W @ h) ** 2)[:, None] * W, "a further step"),
        (lambda W, h: 1.0 * W, "The tanh is left out"),
        (lambda W, h: np.diag(1 - h**2), "W is left out"),
        (lambda W, h: np.diag(1 - h**2) * W, "a matrix product is `@`"),
        (
            lambda W, h: np.outer(1 - h**2, 1 - h**2) * W,
            "The slopes meet the columns",
        ),
        (lambda W, h: (h**2)[:, None] * W, "by its output h"),
        (lambda W, h: (1 - h**2) @ W, "shape"),
        (jacobian_in_place, "Changes its input `W` in place"),
        (jacobian_in_integers, "int"),
    ],
    "bptt": [
        (time_with(lambda G, g: G), "What comes back from later steps is lost"),
        (time_from_the_last, "Each step gets from the loss its own G"),
        (time_with(before=lambda h, h0, t: h[t]), "In step t, W met the state"),
        (
            time_with(before=lambda h, h0, t: h[t - 1] if t else 0 * h0),
            "In step t, W met the state",
        ),
        (time_with(before=lambda h, h0, t: h[t - 1]), "In step t, W met the state"),
        (time_with(back=lambda z, W: z @ W.T), "the wrong way round"),
        (time_with(add=lambda dW, part: dW + part.T), "the wrong way round"),
        (time_with(add=lambda dW, part: part), "W is the same one at all steps"),
        (
            lambda G, h, h0, W: (
                time_by_sums(G, h, h0, W)[0] / len(h),
                time_by_sums(G, h, h0, W)[1],
            ),
            "W is the same one at all steps",
        ),
        (
            lambda G, h, h0, W: (
                time_by_sums(G, h, h0, W)[0] / len(h0),
                time_by_sums(G, h, h0, W)[1],
            ),
            "or a mean",
        ),
        (time_with(slope=lambda h, t: 1), "The tanh's slope is missing"),
        (time_past_the_slope, "The tanh's slope is missing"),
        (time_with(slope=lambda h, t: 1 - h[t]), "is another number"),
        (
            time_with(slope=lambda h, t: 1 - np.tanh(h[t]) ** 2),
            "is another number",
        ),
        (time_with(last=lambda g, z: z), "The way back ends before W"),
        (time_without_h0, "a step too early"),
        (time_forwards, "the way back begins at the last one"),
        (time_wrapped, "no G is added to it"),
        (
            lambda G, h, h0, W: time_by_sums(G + G * is_last(G), h, h0, W),
            "or get it twice",
        ),
        (time_with(slope=lambda h, t: h[t] * (1 - h[t])), "is another number"),
        (time_in_G, "Changes its input `G` in place"),
        (lambda *a: time_by_sums(*a)[0], "One value is returned where 2"),
        (lambda *a: time_by_sums(*a)[::-1], "`dW`"),
    ],
    "bias_for": [
        (lambda T: math.log(T), "Near it for a long T"),
        (lambda T: np.log(np.float64(T - 1)), "Near it for a long T"),
        (lambda T: math.exp(-1 / T), "what the gate is to let through"),
        (lambda T: -1 / T, "what the gate is to let through"),
        (lambda T: -bias_by_logit(T), "The sign is turned"),
        (lambda T: -math.log(math.e - 1), "has been multiplied T times"),
        (lambda T: -math.log(2 ** (1 / T) - 1), "another part than 1/e"),
        (lambda T: T, "A bias is no number of steps"),
        (lambda T: -np.log(np.exp(1 / T) + 1), "A sign slips"),
        (lambda T: -np.log(np.expm1(np.float64(T))), "raise to a power"),
        (lambda T: bias_by_logit(T) / 2, "the two together"),
        (lambda T: np.arctanh(np.exp(-1 / T)), "The squashing function"),
        (lambda T: [bias_by_logit(T)], "in brackets"),
    ],
    "gate_biases": [
        (
            lambda lstm: lstm.bias_ih_l0.data.reshape(4, -1).mean(axis=1),
            "Only one of the two vectors",
        ),
        (
            lambda lstm: (
                (lstm.bias_ih_l0.data + lstm.bias_hh_l0.data)
                .reshape(-1, 4)
                .mean(axis=0)
            ),
            "Numbers of different gates are mixed",
        ),
        (lambda lstm: biases_by_split(lstm) / 2, "added, not averaged"),
        (lambda lstm: biases_by_split(lstm)[[1, 0, 2, 3]], "in another order"),
        (lambda lstm: biases_by_split(lstm)[[0, 1, 3, 2]], "in another order"),
        (lambda lstm: biases_by_split(lstm) * lstm.hidden_size, "A mean is asked"),
        (lambda lstm: np.abs(biases_by_split(lstm)), "A mean is asked"),
        (biases_in_place, "Changes its input `lstm` in place"),
        (lambda lstm: biases_by_slices(lstm).tolist(), "is a list"),
        (biases_joined, "multiplied or joined"),
        (lambda lstm: lstm.bias_ih_l0.data + lstm.bias_hh_l0.data, "shape"),
        (lambda lstm: biases_by_split(lstm)[1], "expected: (4,)"),
    ],
    "peak": [
        (peak_with(power=lambda W, t: W**t), "raises each entry"),
        (peak_with(size=np.linalg.norm), "Another norm"),
        (peak_with(size=lambda P: np.abs(P).max()), "Another norm"),
        (peak_with(size=lambda P: np.linalg.norm(P, 1)), "Another norm"),
        (peak_with(size=lambda P: np.linalg.eigvalsh(P.T @ P)[-1]), "or its square"),
        (peak_with(size=lambda P: max(abs(np.linalg.eigvals(P)))), "That is a bound"),
        (
            lambda W, steps: (
                int(np.argmax(np.linalg.norm(W, 2) ** np.arange(steps + 1))),
                max(np.linalg.norm(W, 2) ** np.arange(steps + 1)),
            ),
            "That is a bound",
        ),
        (peak_with(later=True), "the first is asked for"),
        (peak_of_products(1), "t = 0 counts, too"),
        (peak_of_products(0), "t = 0 counts, too"),
        (peak_a_step_early, "belongs to another t"),
        (lambda W, steps: peak_by_svd(W, steps)[::-1], "in the other order"),
        (lambda W, steps: peak_by_svd(W, steps)[1], "One value is returned where 2"),
        (
            lambda W, steps: (peak_by_svd(W, steps)[0] + 1, peak_by_svd(W, steps)[1]),
            "belongs to another t",
        ),
    ],
    "lag_shares": [
        (shares_of_sizes, "Sizes are added up"),
        (shares_by_step, "You count from an end"),
        (
            lambda *a: np.append(shares_by_pairs(*a)[1:], 0),
            "Off by one",
        ),
        (lambda *a: shares_by_pairs(*a) ** 2, "Squares of sizes"),
        (
            lambda G, h, h0, W: shares_by_pairs(G, h, 0 * h0, W),
            "A part is not what",
        ),
        (shares_as_a_list, "list"),
        (lambda *a: np.minimum(shares_by_pairs(*a), 1), "is wrong"),
        (shares_moved(lambda back: np.roll(back, -1, axis=0)), "arrives at t - 1"),
        (shares_moved(lambda back: back), "arrives at t - 1"),
        (shares_moved(size=lambda A: np.linalg.norm(A, 2)), "another norm"),
        (lambda G, *a: shares_by_pairs(G * is_last(G), *a), "the last step has not"),
    ],
    "relu_jacobian": [
        (jacobian_by_diag, "That is the lesson's answer"),
        (lambda W, h: (h >= 0)[:, None] * W, "What comes out at 0"),
        (lambda W, h: (h > 0) * W, "The slopes meet the columns"),
    ],
    "steps_kept": [
        (lambda b: bias_from_exp(np.float64(b)), "That is the lesson's answer"),
        (lambda b: np.exp(b), "Near it where the gate is nearly open"),
        (lambda b: math.ceil(kept_by_log1p(b)), "nothing is rounded"),
        (lambda b: math.log(2) * kept_by_log1p(b), "another part than 1/e"),
    ],
    "open_forget": [
        (lambda lstm, b: biases_by_split(lstm), "The lesson's answer only reads"),
        (opened_in_a_copy, "perhaps a copy is"),
        (opened_at(0, 1), "Another gate's bias is b"),
        (opened_at(1, 4), "More than the forget gate's block"),
        (opened(1, 1), "b counts twice"),
        (opened_by_halves, "still has its own there"),
    ],
    "stays_below": [
        (lambda W, steps: stays_from_the_end(W, steps) - 1, "One too few"),
        (lambda W, steps: peak_by_svd(W, steps), "That is the lesson's answer"),
        (lambda W, steps: peak_by_svd(W, steps)[0], "From the peak on it falls"),
        (stays_not_above, "A norm of 1 is not below 1"),
        (stays_not_above_from_1, "is wrong"),
    ],
}


test_a_right_answer_of_another_form_passes = right_pass(RIGHT)


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def test_what_a_statement_leaves_open_is_varied():
    matrices = inputs("closed_form")
    assert {1, 2, 3, 5, 8} <= {len(W) for W, *_ in matrices}
    assert {0, 1, 2, 30} <= {t for *_, t in matrices}
    assert {"i", "f"} == {a.dtype.kind for W, h0, _ in matrices for a in (W, h0)}
    values = [np.linalg.eigvals(W) for W, *_ in matrices]
    assert {True, False} == {bool(np.isreal(v).all()) for v in values}
    assert any(np.abs(v).min() < 1e-12 for v in values)
    assert any(not W.any() for W, *_ in matrices)

    rates = [find("growth_rate").reference(*case) for case in inputs("growth_rate")]
    finite = [rate for rate in rates if np.isfinite(rate)]
    assert min(finite) < -5 and max(finite) > 5 and -np.inf in rates
    assert {1, 2, 2000} <= {steps for *_, steps in inputs("growth_rate")}
    assert {1, 2, 3} <= {len(g) for _, g, _ in inputs("growth_rate")}

    states = np.concatenate([h for _, h in inputs("state_jacobian")])
    assert {-1, 0, 1} <= set(states)
    assert {1, 2, 3} <= {len(h) for _, h in inputs("state_jacobian")}

    for name in ("bptt", "lag_shares"):
        for axis in range(3):
            assert {1, 2, 3} <= {G.shape[axis] for G, *_ in inputs(name)}
        assert {True, False} == {bool(h0.any()) for _, _, h0, _ in inputs(name)}
        assert {True, False} == {bool(G[:-1].any()) for G, *_ in inputs(name)}
        assert any(not W.any() for *_, W in inputs(name))
    shares = [find("lag_shares").reference(*a) for a in inputs("lag_shares", [None])]
    assert max(share.max() for share in shares) > 1.1

    assert {1, 2, 40, 1000} <= {T for (T,) in inputs("bias_for")}
    assert {-1, 0, 1} == {np.sign(b) for (b,) in inputs("steps_kept")}

    lstms = [lstm for (lstm,) in inputs("gate_biases")]
    assert {1, 2, 3} <= {lstm.hidden_size for lstm in lstms}
    assert {"float32", "float64"} == {str(lstm.bias_ih_l0.dtype) for lstm in lstms}

    peaks = [(find("peak").reference(*case), *case) for case in inputs("peak")]
    assert {0, 1} <= {t for (t, _), *_ in peaks}
    assert any(t == steps > 0 for (t, _), _, steps in peaks)
    assert any(0 < t < steps for (t, _), _, steps in peaks)
    assert {0, 1} <= {steps for *_, steps in peaks}
    assert {1, 2, 3} <= {len(W) for _, W, _ in peaks}


def test_no_inputs_power_is_nearly_of_the_norm_of_another():
    """But for those that are one matrix, whose norm is the same to the bit."""
    for W, steps in inputs("peak"):
        powers = [np.linalg.matrix_power(1.0 * W, t) for t in range(steps + 1)]
        sizes = np.array([np.linalg.norm(power, 2) for power in powers])
        near = np.flatnonzero(sizes > sizes.max() * 0.9999)
        first = powers[near[0]]
        assert all((np.abs(powers[t]) == np.abs(first)).all() for t in near)


def test_the_exercises_are_as_the_course_and_pytorch_have_them():
    manual_seed(0)
    core = nn.RNN(2, 4).double()
    rng = np.random.default_rng(0)
    x, h0, G = (rng.normal(size=s) for s in ((6, 3, 2), (1, 3, 4), (6, 3, 4)))
    first = tensor(h0, requires_grad=True)
    y, _ = core(tensor(x), first)
    (y * tensor(G)).sum().backward()
    W = core.weight_hh_l0
    dW, dh0 = find("bptt").reference(G, y.detach().numpy(), h0[0], W.data)
    np.testing.assert_allclose(dW, W.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(dh0, first.grad.numpy()[0], atol=1e-12)


def test_their_lstm_has_its_bias_on_one_gate_and_says_nothing_of_it():
    manual_seed(0)
    core = nn.LSTM(5, 16)
    for each in (core.bias_ih_l0, core.bias_hh_l0):
        each.data[:] = 0
    theirs = fixture("12_rnn_gradients", "their_lstm")
    assert theirs(core) is core
    np.testing.assert_allclose(find("gate_biases").reference(core), [3, 0, 0, 0])
    assert "gate" not in theirs.__doc__ and "rows" not in theirs.__doc__
