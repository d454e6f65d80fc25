"""Right answers to the exercises of lesson 02, in the ways of many learners."""

import itertools
from copy import deepcopy

import numpy as np
import pytest
from learners import in_single_precision, passes

from dlcourse import nn, tensor
from dlcourse.teach.exercise import find, reference

F = nn.functional


def step_in_loops(w, X, t, lr):
    new = []
    for j in range(len(w)):
        slope = 0
        for x, target in zip(X, t, strict=True):
            slope += (sum(x[k] * w[k] for k in range(len(w))) - target) * x[j]
        new.append(w[j] - lr * slope / len(X))
    return np.array(new)


def step_by_the_engine(w, X, t, lr):
    p = tensor(np.array(w, float), requires_grad=True)
    residual = tensor(np.array(X, float)) @ p - tensor(np.array(t, float))
    ((residual**2).mean() / 2).backward()
    return w - lr * p.grad.numpy()


def by_power_iteration(X):
    A = X.T @ X / len(X)
    v = np.random.default_rng(0).normal(size=len(A))
    for _ in range(100):
        v = A @ v
        v /= np.linalg.norm(v)
    return 2 / (v @ A @ v)


def column_by_column(train, test):
    a, b = np.zeros(train.shape), np.zeros(test.shape)
    for j, column in enumerate(train.T):
        mean = sum(column) / len(column)
        std = (sum((column - mean) ** 2) / len(column)) ** 0.5 or 1
        a[:, j], b[:, j] = (column - mean) / std, (test[:, j] - mean) / std
    return a, b


def no_range_no_division(train, test):
    std = np.where(np.ptp(train, axis=0) == 0, 1, train.std(axis=0))
    return [(z - np.average(train, axis=0)) / std for z in (train, test)]


def tiny_is_none(train, test):
    std = np.std(train, 0)
    std[std < 1e-8] = 1.0
    return (train - train.mean(0)) / std, (test - train.mean(0)) / std


def shuffled_list(n, batch_size, rng):
    indices, batches = list(range(n)), []
    rng.shuffle(indices)
    while indices:
        batches.append(indices[:batch_size])
        indices = indices[batch_size:]
    return batches


def by_keys(n, batch_size, rng):
    order, batches = np.argsort(rng.random(n)), []
    for i in range(0, n, batch_size):
        batches.append(order[i : i + batch_size])
    return batches


def from_those_that_are_left(n, batch_size, rng):
    left, batches = set(range(n)), []
    while left:
        size = min(batch_size, len(left))
        batches.append(rng.choice(sorted(left), size, replace=False))
        left -= set(batches[-1].tolist())
    return batches


def drawn_until_all_are_seen(n, batch_size, rng):
    seen = []
    while len(seen) < n:
        if (i := int(rng.integers(n))) not in seen:
            seen.append(i)
    return [np.array(seen[i : i + batch_size]) for i in range(0, n, batch_size)]


def all_batches(G, s):
    def distance(rows):
        return np.sum((G[list(rows)].mean(axis=0) - G.mean(axis=0)) ** 2)

    N, v = len(G), np.trace(np.atleast_2d(np.cov(G.T, bias=True)))
    few = N**s < 3000
    drawn = itertools.product(range(N), repeat=s) if few else ()
    without = itertools.combinations(range(N), s)
    return np.mean([*map(distance, drawn)]) if few else v / s, np.mean(
        [*map(distance, without)]
    )


def by_the_unbiased_variance(G, s):
    v, N = G.var(axis=0, ddof=1).sum(), len(G)
    return [v * (N - 1) / N / s, v / s * (1 - s / N)]


def one_long_vector(model, loss_fn, x, y, sizes):
    lengths = []
    for s in sizes:
        model.zero_grad()
        loss_fn(model(x[:s]), y[:s]).backward()
        entries = [p.grad.numpy().ravel() for p in model.parameters()]
        lengths.append(np.linalg.norm(np.concatenate(entries)))
    return np.array(lengths)


def on_copies(model, loss_fn, x, y, sizes):
    def length(s):
        copy = deepcopy(model)
        copy.zero_grad()
        loss_fn(copy(x[:s]), y[:s]).backward()
        return nn.utils.clip_grad_norm_(copy.parameters(), 1e30).item()

    return tuple(map(length, sizes))


def change_by_change(G, A, lr):
    g, changes = G.mean(axis=0), []
    for g_i in G:
        e = -lr * g_i
        changes.append(g @ e + e @ A @ e / 2)
    return sum(changes) / len(changes)


def by_the_second_moments(G, A, lr):
    g = np.mean(G, axis=0)
    return -lr * g.dot(g) + lr * lr / 2 * np.trace(A @ G.T @ G) / len(G)


def divided_at_the_end(model, optimizer, loss_fn, parts):
    optimizer.zero_grad()
    total = n = 0
    for x, y in parts:
        loss = loss_fn(model(x), y) * len(y)
        loss.backward()
        total, n = total + loss.item(), n + len(y)
    for p in model.parameters():
        p.grad.data[...] /= n
    optimizer.step()
    return total / n


def a_pass_for_the_loss(model, optimizer, loss_fn, parts):
    n = sum(len(y) for _, y in parts)
    total = sum(loss_fn(model(x), y).item() * len(y) / n for x, y in parts)
    optimizer.zero_grad()
    for x, y in parts:
        (loss_fn(model(x), y) * (len(y) / n)).backward()
    optimizer.step()
    return total


def gradients_kept_aside(model, optimizer, loss_fn, parts):
    counts, losses, kept = [x.shape[0] for x, _ in parts], [], []
    for x, y in parts:
        model.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        losses.append(loss.item())
        kept.append([p.grad.numpy() for p in model.parameters()])
    for p, *gradients in zip(model.parameters(), *kept, strict=True):
        p.grad = tensor(np.average(gradients, axis=0, weights=counts))
    optimizer.step()
    return np.average(losses, weights=counts)


RIGHT = [
    ("descent_step", step_in_loops),
    ("descent_step", step_by_the_engine),
    ("descent_step", in_single_precision(reference("descent_step"))),
    ("descent_step", lambda w, X, t, lr: w - lr * np.mean((X @ w - t) * X.T, axis=1)),
    ("largest_step", lambda X: 2 * len(X) / np.linalg.svd(X, compute_uv=False)[0] ** 2),
    ("largest_step", lambda X: 2 / np.linalg.eigvals(X.T @ X / len(X)).real.max()),
    ("largest_step", lambda X: 2 / np.linalg.norm(X @ X.T / len(X), 2)),
    ("largest_step", in_single_precision(reference("largest_step"))),
    ("largest_step", by_power_iteration),
    ("standardised", column_by_column),
    ("standardised", no_range_no_division),
    ("standardised", tiny_is_none),
    ("standardised", in_single_precision(reference("standardised"))),
    ("epoch_batches", shuffled_list),
    ("epoch_batches", by_keys),
    ("epoch_batches", from_those_that_are_left),
    ("epoch_batches", drawn_until_all_are_seen),
    ("epoch_batches", lambda n, s, rng: np.split(rng.permutation(n), range(s, n, s))),
    ("batch_variance", all_batches),
    ("batch_variance", by_the_unbiased_variance),
    ("batch_variance", in_single_precision(reference("batch_variance"))),
    ("step_lengths", one_long_vector),
    ("step_lengths", on_copies),
    ("mean_change", change_by_change),
    ("mean_change", by_the_second_moments),
    ("mean_change", in_single_precision(reference("mean_change"))),
    ("accumulated_step", divided_at_the_end),
    ("accumulated_step", a_pass_for_the_loss),
    ("accumulated_step", gradients_kept_aside),
]


@pytest.mark.parametrize(("name", "f"), RIGHT)
def test_another_way_to_the_right_answer_passes(name, f):
    passes(name, f)


def test_no_epoch_is_refused_by_chance():
    for seed in range(30):
        for case in find("epoch_batches").cases(seed):
            find("epoch_batches").call(by_keys, case)
