"""Answers as learners write them to the exercises of lesson 04."""

import numpy as np
import pytest
from learners import is_told, passes

from dlcourse.teach.exercise import find, reference

# ------------------------------------------------------------------- right, another way


def weights_in_single_precision(weights):
    return reference("mirrored")([np.float32(W) for W in weights])


def minus_above(weights):
    first, *middle, last = weights
    middle = [np.block([[W, -W], [-W, W]]) for W in middle]
    return [np.vstack([-first, first]), *middle, np.hstack([-last, last])]


def into_an_array(f, gain, q, depth, z):
    q = np.full(depth + 1, q, np.float32)
    for layer in range(depth):
        q[layer + 1] = gain**2 * np.mean(f(np.sqrt(q[layer]) * z) ** 2)
    return q


def relu_passes_the_factor_on(weights, X):
    scaled, H = [], X
    for W in weights:
        Z = H @ W.T
        scaled.append(W / Z.std())
        H = np.maximum(Z, 0) / Z.std()
    return scaled


RIGHT = [
    ("uniform_bound", lambda std: np.sqrt(12) * std / 2),
    ("gain_from", lambda h: np.float32(np.mean(h**2)) ** -0.5),
    ("recursion", into_an_array),
    ("he_std", lambda shape: (2 / shape[-1]) ** 0.5),
    ("unit_variance", relu_passes_the_factor_on),
    ("mirrored", minus_above),
    ("mirrored", weights_in_single_precision),
]


@pytest.mark.parametrize(("name", "f"), RIGHT)
def test_another_way_to_the_right_answer_passes(name, f):
    passes(name, f)


# -------------------------------------------------------------- wrong, and what is told


def printed_above_the_stub(std):
    print(3**0.5 * std)
    raise NotImplementedError


def one_sample(f, gain, q, depth, z):
    x, qs = z * q**0.5, [q]
    while len(qs) <= depth:
        x = f(x) * gain
        qs.append((x**2).mean())
    return qs


def always_from_the_first_q(f, gain, q, depth, z):
    return [q] + [gain**2 * np.mean(f(np.sqrt(q) * z) ** 2)] * depth


def wrong_way_round(weights, X):
    scaled = []
    for W in weights:
        scaled.append(W * (X @ W.T).std())
        X = np.maximum(X @ scaled[-1].T, 0)
    return scaled


def by_the_scale(s, n, m, v, g):
    return np.sqrt(n) * s * v, np.sqrt(m) * s * g


def first_not_set(f, gain, q, depth, z):
    qs = np.zeros(depth + 1)
    qs[1:] = reference("recursion")(f, gain, q, depth, z)[1:]
    return qs


def gain_once_at_the_end(f, gain, q, depth, z):
    return [q, *(gain**2 * np.array(reference("recursion")(f, 1, q, depth, z)[1:]))]


def last_left_as_it_was(weights, X):
    return [*reference("unit_variance")(weights, X)[:-1], weights[-1]]


def appended_to_nothing(f, gain, q, depth, z):
    qs = [q]
    for _ in range(depth):
        q = gain**2 * np.mean(f(np.sqrt(q) * z) ** 2)
        qs = qs.append(q)
    return qs


def in_the_callers_list(weights, X):
    H = X
    for i in range(len(weights)):
        weights[i] = weights[i] / np.std(H @ weights[i].T)
        H = np.maximum(0, H @ weights[i].T)
    return weights


def always_by_x(weights, X):
    rescaled = []
    for W in weights:
        Z = X @ W.T
        rescaled.append(W / Z.std())
        H = np.maximum(Z, 0)  # noqa: F841
    return rescaled


def measured_on_x_where_it_fits(weights, X):
    scaled, H = [], X
    for W in weights:
        Z = (X if X.shape[1] == W.shape[1] else H) @ W.T
        scaled.append(W / Z.std())
        H = np.maximum(H @ scaled[-1].T, 0)
    return scaled


def given_another_name(weights, X):
    for W in weights:
        Z = X @ W.T
        W = W / Z.std()
        X = np.maximum(X @ W.T, 0)
    return weights


def halves_alike(weights):
    first, *middle, last = weights
    middle = [np.block([[W, W], [W, W]]) for W in middle]
    return [np.vstack([first, -first]), *middle, np.hstack([last, -last])]


def turned_in_place(weights):
    for W in weights:
        W *= -1
    return reference("mirrored")(weights)


def middle_turned(weights):
    first, *middle, last = weights
    middle = [np.block([[-W, W], [W, -W]]) for W in middle]
    return [np.vstack([first, -first]), *middle, np.hstack([last, -last])]


def by_the_inputs(weights, X):
    scaled = []
    for W in weights:
        scaled.append(W / X.std())
        X = np.maximum(X @ scaled[-1].T, 0)
    return scaled


def always_tanh(f, gain, q, depth, z):
    return reference("recursion")(np.tanh, gain, q, depth, z)


def divided_in_place(weights, X):
    for W in weights:
        W /= (X @ W.T).std()
        X = np.maximum(X @ W.T, 0)
    return weights


def relu_of_the_inputs_too(weights, X):
    return reference("unit_variance")(weights, np.maximum(X, 0))


TOLD = [
    ("recursion", always_tanh, "Right for"),
    ("unit_variance", divided_in_place, "by `W /= s`"),
    ("unit_variance", relu_of_the_inputs_too, "The first layer sees X"),
    ("mirrored", middle_turned, "rows of blocks are exchanged"),
    ("unit_variance", by_the_inputs, "what comes in"),
    ("uniform_bound", lambda std: std * 3**1 / 2, "write `np.sqrt(3)`"),
    ("recursion", lambda *given: reference("recursion")(*given)[1:], "depth + 1"),
    ("recursion", lambda *given: reference("recursion")(*given)[:-1], "depth + 1"),
    (
        "through_a_layer",
        lambda s, n, m, v, g: (s * (n * v) ** 0.5, s * (m * g) ** 0.5),
        "You took the root",
    ),
    ("through_a_layer", lambda s, n, m, q, g: (n * s**2 * q, n * s**2 * g), "How many"),
    ("through_a_layer", lambda s, n, m, q, g: (n * s**2 * q, m * s**2 * q), "place"),
    ("uniform_bound", printed_above_the_stub, "stops at `raise NotImplementedError`"),
    ("uniform_bound", lambda std: print(3**0.5 * std), "as with `print(...)`"),
    ("uniform_bound", lambda std: 3 * std, "The root is of the whole"),
    ("gain_from", lambda h: (len(h) / (h**2).sum()) ** 0.5, "`h.size` all"),
    ("gain_from", lambda h: np.mean(h**2, axis=0) ** -0.5, "along one axis only"),
    ("recursion", always_from_the_first_q, "starts from the first q again"),
    ("he_std", lambda shape: (1 / shape[0]) ** 0.5, "level, by accident"),
    ("unit_variance", wrong_way_round, "It is upside down"),
    ("through_a_layer", by_the_scale, "the factor of the rms"),
    ("recursion", gain_once_at_the_end, "Right for"),
    ("unit_variance", last_left_as_it_was, "off by a factor"),
    ("unit_variance", measured_on_x_where_it_fits, "off by a factor"),
    ("recursion", first_not_set, "Value 0 of the result is 0 for every input"),
    ("uniform_bound", lambda std: (-(3**0.5) * std, 3**0.5 * std), "two values"),
    ("recursion", one_sample, "you send the same sample on"),
    ("recursion", appended_to_nothing, "`append` changes the list and returns None"),
    ("he_std", lambda s: (2 / max(s)) ** 0.5, "You take the larger of the two"),
    ("he_std", lambda s: (4 / s[1]) ** 0.5, "or there twice"),
    ("unit_variance", in_the_callers_list, "or by `weights[i] = ...`"),
    ("unit_variance", always_by_x, "Every layer is measured on X"),
    ("unit_variance", given_another_name, "The weights came back as they were"),
    ("mirrored", halves_alike, "the same in both halves"),
    ("mirrored", turned_in_place, "Changes its input `weights` in place"),
    ("mirrored", lambda weights: weights[0], "has 1 value; expected: 3"),
    (
        "mirrored",
        lambda weights: [np.vstack([W, -W]) for W in weights],
        "Value 1 of `the list of weights` has shape (4, 2); expected: (4, 4)",
    ),
]


@pytest.mark.parametrize(("name", "f", "message"), TOLD)
def test_a_wrong_answer_is_told_what_it_needs(name, f, message):
    is_told(name, f, message)


def test_draws_have_the_second_moment_that_the_statement_promises():
    for *_, z in find("recursion").cases():
        np.testing.assert_allclose(np.mean(z**2), 1)


def test_a_wrong_answer_is_shown_the_inputs_that_its_function_was_given():
    assert find("mirrored").given == ("weights",)
