"""Wrong answers to the exercises of lesson 02, and what is told."""

import numpy as np
from learners import wrong_are_told

from dlcourse import tensor
from dlcourse.teach.exercise import reference


def moved_in_place(w, X, t, lr):
    w -= lr * X.T @ (X @ w - t) / len(X)
    return w


def second_name(w, X, t, lr):
    new = w
    for j in range(len(w)):
        new[j] -= lr * np.mean((X @ w - t) * X[:, j])
    return new


def entry_after_entry(w, X, t, lr):
    new = w.copy()
    for j in range(len(new)):
        new[j] -= lr * np.mean((X @ new - t) * X[:, j])
    return new


def overwritten(w, X, t, lr):
    for x, target in zip(X, t, strict=True):
        gradient = (x @ w - target) * x
    return w - lr * gradient / len(X)


def normalised(w, X, t, lr):
    gradient = X.T @ (X @ w - t) / len(X)
    return w - lr * gradient / np.linalg.norm(gradient)


def each_by_itself(train, test):
    return tuple((z - z.mean(axis=0)) / z.std(axis=0) for z in (train, test))


def over_train(std, mean=lambda train: train.mean(axis=0)):
    return lambda train, test: tuple(
        (z - mean(train)) / std(train) for z in (train, test)
    )


def overwritten_first(train, test):
    std = train.std(axis=0)
    train = (train - train.mean(axis=0)) / np.where(std == 0, 1, std)
    std = train.std(axis=0)
    return train, (test - train.mean(axis=0)) / np.where(std == 0, 1, std)


def above(least, std):
    return np.where(std < least, 1, std)


def wide_columns_only(train):
    return np.where(train.std(axis=0) < 1, 1, train.std(axis=0))


def in_the_callers_arrays(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[std == 0] = 1
    train -= mean
    test -= mean
    return train / std, test / std


def into_whole_numbers(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[std == 0] = 1
    train, test = train.copy(), test.copy()
    train -= mean
    test -= mean
    return train / std, test / std


def without_constant_columns(train, test):
    kept = train.std(axis=0) > 0
    return tuple(z[:, kept] for z in reference("standardised")(train, test))


def cut(order):
    def f(n, batch_size, rng):
        indices = order(n, rng)
        return [indices[i : i + batch_size] for i in range(0, n, batch_size)]

    return f


def one_batch_more(n, batch_size, rng):
    order = rng.permutation(n)
    count = n // batch_size + 1
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(count)]


def shuffled_once_more(n, batch_size, rng):
    batches = reference("epoch_batches")(n, batch_size, rng)
    rng.shuffle(batches)
    return batches


def finished_batches_shuffled(n, batch_size, rng):
    batches = [np.arange(n)[i : i + batch_size] for i in range(0, n, batch_size)]
    rng.shuffle(batches)
    return batches


def shuffled_within(n, batch_size, rng):
    starts = range(0, n, batch_size)
    return [rng.permutation(np.arange(n)[i : i + batch_size]) for i in starts]


def the_rest_as_it_was(n, rng, s=3):
    whole = n // s * s
    return np.concatenate([rng.permutation(whole), np.arange(whole, n)])


def variance(v, over=lambda s: s, factor=lambda N, s: (N - s) / (N - 1)):
    return lambda G, s: (v(G) / over(s), v(G) / over(s) * factor(len(G), s))


def total(G):
    return G.var(axis=0).sum()


def probed(length, forget="before", batch=lambda z, s: z[:s]):
    def f(model, loss_fn, x, y, sizes):
        lengths = []
        for s in sizes:
            if forget == "before":
                model.zero_grad()
            loss_fn(model(batch(x, s)), batch(y, s)).backward()
            lengths.append(length([p.grad.data for p in model.parameters()]))
            if forget == "behind":
                model.zero_grad()
        return lengths

    return f


def whole(gradients):
    return np.sqrt(sum((g**2).sum() for g in gradients))


def moves_the_model(model, loss_fn, x, y, sizes):
    for p in model.parameters():
        p.data[...] *= 0.9
    return reference("step_lengths")(model, loss_fn, x, y, sizes)


def change(up, down=lambda G: np.sum(G.mean(axis=0) ** 2)):
    return lambda G, A, lr: -lr * down(G) + lr**2 / 2 * up(G, A)


def bent(G, A):
    return np.mean(np.sum(G @ A * G, axis=1))


def accumulated(weight, told=None):
    def f(model, optimizer, loss_fn, parts):
        optimizer.zero_grad()
        losses = []
        for x, y in parts:
            loss = loss_fn(model(x), y) * weight(len(y), parts)
            loss.backward()
            losses.append(loss.item())
        optimizer.step()
        return told(losses) if told else sum(losses)

    return f


def share(n, parts):
    return n / sum(len(y) for _, y in parts)


def one_backward(model, optimizer, loss_fn, parts):
    optimizer.zero_grad()
    loss = sum(loss_fn(model(x), y) * share(len(y), parts) for x, y in parts)
    loss.backward()
    optimizer.step()
    return loss.item()


def all_forward_first(model, optimizer, loss_fn, parts):
    optimizer.zero_grad()
    outputs, whole = [model(x) for x, _ in parts], 0
    for output, (_, y) in zip(outputs, parts, strict=True):
        loss = loss_fn(output, y) * share(len(y), parts)
        loss.backward()
        whole += loss.item()
    optimizer.step()
    return whole


def joined(model, optimizer, loss_fn, parts):
    arrays = zip(*[(x.numpy(), y.numpy()) for x, y in parts], strict=True)
    x, y = (tensor(np.concatenate(array)) for array in arrays)
    return reference("accumulated_step")(model, optimizer, loss_fn, [(x, y)])


def behind_the_watch(model, *others):
    """All parts at once, after the forward that looks was taken away."""
    vars(model).pop("forward", None)
    return joined(model, *others)


def forgotten_in_between(model, optimizer, loss_fn, parts):
    losses = []
    for x, y in parts:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y) * share(len(y), parts)
        loss.backward()
        losses.append(loss.item())
    optimizer.step()
    return sum(losses)


def step_by_step(model, optimizer, loss_fn, parts):
    losses = []
    for x, y in parts:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item() * share(len(y), parts))
    return sum(losses)


def eigenvalues(X):
    return np.linalg.eigvalsh(X.T @ X / len(X))


TOLD = {
    "descent_step": [
        (moved_in_place, "Changes its input `w` in place"),
        (second_name, "`new = old` is none, only a second name for it"),
        (entry_after_entry, "while the gradient is still being worked out"),
        (overwritten, "Only the last example counts"),
        (normalised, "wrong in every entry"),
        (lambda w, X, t, lr: w - lr * X.T @ (X @ w - t), "the sum over the examples"),
        (lambda w, X, t, lr: w - 2 * lr / len(t) * X.T @ (X @ w - t), "a factor of 2"),
        (lambda w, X, t, lr: w - lr / len(t) * X.T @ (t - X @ w), "goes uphill"),
        (lambda w, X, t, lr: w - lr / len(w) * X.T @ (X @ w - t), "number of columns"),
        (lambda w, X, t, lr: w - lr * np.mean(X.T * (X @ w - t)), "the same amount"),
        (lambda w, X, t, lr: X.T @ (X @ w - t) / len(X), "begin at w"),
        (lambda w, X, t, lr: w - lr * X @ (X @ w - t) / len(X), "write the shapes"),
        (lambda w, X, t, lr: [*reference("descent_step")(w, X, t, lr)], "is a list"),
        (lambda w, X, t, lr: np.linalg.pinv(X) @ t, "wrong in every entry"),
    ],
    "largest_step": [
        (lambda X: 2 / np.linalg.svd(X, compute_uv=False)[0], "singular value as it"),
        (lambda X: 2 / np.linalg.eigvalsh(X.T @ X)[-1], "limit for the sum"),
        (lambda X: 1 / eigenvalues(X)[-1], "a factor of 2"),
        (lambda X: 2 / eigenvalues(X)[0], "flattest direction"),
        (lambda X: 2 / np.trace(X.T @ X / len(X)), "of all directions together"),
        (lambda X: 2 / np.linalg.norm(X.T @ X / len(X)), "of all directions together"),
        (lambda X: 2 / eigenvalues(X), "has shape (3,)"),
        (lambda X: 2 / (eigenvalues(X)[-1] + 0j), "is complex; expected: real"),
        (lambda X: 2 / np.linalg.eigvals(X.T @ X / len(X))[0], "come in no order"),
        (lambda X: 2 / eigenvalues(X - X.mean(axis=0))[-1], "means of the columns off"),
        (lambda X: 2 / (eigenvalues(X)[-1] + 1), "The result is wrong"),
        (lambda X: 2 * len(X) / np.linalg.norm(X, 2), "The result is"),
        (lambda X: 2 / np.linalg.norm(np.cov(X.T), 2), "The result is wrong"),
        (lambda X: eigenvalues(X)[-1], "That is L"),
        (lambda X: 2 / np.linalg.eigvalsh(X.T @ X / X.shape[1])[-1], "of columns"),
        (lambda X: 2 / np.linalg.eigh(X.T @ X / len(X))[-1], "returns two things"),
        (lambda X: 2 / np.linalg.eigh(X.T @ X / len(X))[1].max(), "returns two things"),
    ],
    "standardised": [
        (each_by_itself, "The test set is measured by itself"),
        (overwritten_first, "did you overwrite `train`"),
        (over_train(lambda train: above(0.05, train.std(axis=0))), "varies little"),
        (over_train(lambda train: train.std(axis=0)), "you divide by it (0/0"),
        (over_train(lambda train: train.std(axis=0) + 1e-8), "A tiny number"),
        (over_train(lambda train: np.sqrt(train.var(axis=0) + 1e-5)), "is wrong in"),
        (over_train(np.std, np.mean), "One mean and one deviation for all"),
        (over_train(lambda train: train.std(axis=0, ddof=1)), "guesses the deviation"),
        (over_train(lambda train: train.var(axis=0)), "divide by the variance"),
        (over_train(wide_columns_only), "wrong in 2 of 6 entries"),
        (in_the_callers_arrays, "Changes its input `train` in place"),
        (into_whole_numbers, "holds no fractions"),
        (without_constant_columns, "has shape (4, 2); expected: (4, 3)"),
        (lambda *both: reference("standardised")(*both)[0], "where 2 are asked for"),
    ],
    "epoch_batches": [
        (one_batch_more, "a batch comes out that is empty"),
        (cut(lambda n, rng: np.arange(n)), "Every call gives the same batches"),
        (cut(lambda n, rng: np.random.default_rng(3).permutation(n)), "made inside"),
        (cut(lambda n, rng: np.random.permutation(n)), "chance comes from elsewhere"),
        (cut(lambda n, rng: np.random.default_rng().permutation(n)), "from elsewhere"),
        (cut(lambda n, rng: rng.choice(n, n)), "drawn with replacement"),
        (
            cut(lambda n, rng: np.roll(np.arange(n), rng.integers(n))),
            "the same indices stay",
        ),
        (cut(lambda n, rng: rng.permutation(n) + 1), "none of 0, 1, ..., n - 1"),
        (cut(lambda n, rng: rng.permutation(n) * 1.0), "whole numbers"),
        (cut(the_rest_as_it_was), "too often the same"),
        (finished_batches_shuffled, "Shuffle the indices"),
        (shuffled_once_more, "a batch before the last is shorter"),
        (shuffled_within, "only within each batch"),
        (lambda n, s, rng: rng.permutation(n), "come in a list, not a ndarray"),
        (lambda n, s, rng: (b for b in [rng.permutation(n)]), "in a list, not a gen"),
        (lambda n, s, rng: [tensor(rng.permutation(n))], "each batch is an array"),
        (lambda n, s, rng: [[i] for i in rng.permutation(n)[:, None]], "with one axis"),
        (cut(lambda n, rng: rng.permutation(n).astype(np.uint8)), "comes twice"),
        (lambda n, s, rng: np.array_split(rng.permutation(n), -(-n // s)), "as equal"),
        (lambda n, s, rng: rng.permutation(n).reshape(-1, s), "cannot reshape"),
        (
            lambda n, s, rng: [rng.choice(n, s) for _ in range(0, n, s)],
            "the batches' sizes is wrong in the last entry",
        ),
        (
            lambda n, s, rng: [rng.permutation(n)[i : i + s] for i in range(0, n, s)],
            "whatever the batches before it have taken",
        ),
    ],
    "batch_variance": [
        (variance(total, factor=lambda N, s: (N - s) / N), "has N - 1 below"),
        (variance(total, factor=lambda N, s: 1), "Both ways of drawing got the same"),
        (variance(total, over=lambda s: s**2), "divide by the square of s"),
        (variance(total, over=lambda s: 1 / s), "of the batch's sum"),
        (variance(lambda G: G.var(axis=0, ddof=1).sum()), "`ddof=1`, or N - 1 below"),
        (variance(lambda G: G.var(axis=0).mean()), "averaged over the d entries"),
        (variance(lambda G: (G**2).sum() / len(G)), "measured from 0"),
        (variance(np.var), "from one number for all entries"),
        (variance(lambda G: G.var(axis=0)), "Is a sum or a mean missing?"),
        (variance(lambda G: G.std(axis=0).sum()), "is wrong"),
        (variance(total, over=np.sqrt), "divide by the root of s"),
        (lambda G, s: reference("batch_variance")(G, s)[::-1], "in the other order"),
        (lambda G, s: total(G) / s, "One value is returned where 2 are asked for"),
        (
            lambda G, s: np.sqrt(reference("batch_variance")(G, s)),
            "is the root of what is expected",
        ),
    ],
    "step_lengths": [
        (probed(whole, forget="never"), "The gradients pile up"),
        (probed(whole, forget="behind"), "The gradients pile up"),
        (probed(whole, batch=lambda z, s: z), "Every size got the same batch"),
        (probed(whole, batch=lambda z, s: z[-s:]), "is wrong"),
        (probed(lambda gs: sum(map(np.linalg.norm, gs))), "one long vector"),
        (probed(lambda gs: np.linalg.norm(gs[-1])), "Not all parameters count"),
        (probed(lambda gs: whole([g for g in gs if g.ndim > 1])), "but the biases"),
        (probed(lambda gs: whole(gs) ** 2), "is a root missing?"),
        (probed(lambda gs: sum(np.abs(g).sum() for g in gs)), "is wrong"),
        (probed(lambda gs: tensor(whole(gs))), "`.item()` give one"),
        (moves_the_model, "moves the model's parameters"),
        (lambda *given: reference("step_lengths")(*given)[0], "is a number; expected"),
        (lambda m, loss, x, y, sizes: [whole([p.data for p in m.parameters()])], "val"),
    ],
    "mean_change": [
        (change(lambda G, A: 2 * bent(G, A)), "The second-order term has a half"),
        (change(lambda G, A: G.mean(0) @ A @ G.mean(0)), "You average first"),
        (change(lambda G, A: np.mean(G @ A @ G.T)), "has all pairs"),
        (change(lambda G, A: np.sum(G @ A * G)), "yours has two sums"),
        (change(lambda G, A: np.mean(G @ A * G)), "or two means"),
        (change(lambda G, A: np.sum(G * G) / len(G)), "The curvature is missing"),
        (change(lambda G, A: bent(G - G.mean(0), A)), "the spread of the g_i"),
        (change(lambda G, A: -bent(G, A)), "A sign is turned"),
        (lambda *given: -reference("mean_change")(*given), "opposite sign"),
        (change(bent, lambda G: np.sum(G**2) / len(G)), "the mean of |g_i|^2"),
        (change(bent, lambda G: np.linalg.norm(G.mean(0))), "is wrong"),
        (change(bent, lambda G: G.mean() ** 2), "is wrong"),
        (change(lambda G, A: np.sum(G @ A * G, axis=1)), "Is a sum or a mean missing?"),
        (
            lambda G, A, lr: -lr * np.sum(G.mean(axis=0) ** 2) + lr / 2 * bent(G, A),
            "so does lr",
        ),
    ],
    "accumulated_step": [
        (accumulated(lambda n, parts: 1 / len(parts)), "All parts count alike"),
        (accumulated(lambda n, parts: 1), "The parts' gradients are added up"),
        (accumulated(lambda n, parts: 1, np.mean), "The parts' gradients are added up"),
        (accumulated(share, lambda losses: losses[-1]), "The step is right"),
        (accumulated(lambda n, parts: n), "is a sum over its examples now"),
        (accumulated(lambda n, parts: n, np.mean), "step 1 is"),
        (forgotten_in_between, "only the last part's are left"),
        (step_by_step, "Every part makes a step of its own"),
        (all_forward_first, "the part before has not gone backward yet"),
        (one_backward, "the part before has not gone backward yet"),
        (joined, "more than one part goes through the model at once"),
        (behind_the_watch, "How many examples went through the model is always 0"),
        (lambda *given: tensor(reference("accumulated_step")(*given)), "as a float"),
        (lambda *given: [*map(reference("accumulated_step"), [given])], "raises"),
    ],
}


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)
