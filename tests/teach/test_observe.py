"""What is observed in a wrong answer that is no known mistake."""

import numpy as np
import pytest
from making import make, right, said

from dlcourse import tensor
from dlcourse.teach.checker import examine


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: "softplus", "The result is a string; expected: an array of shape"),
        (lambda x: {"y": right(x)}, "is a dict of 1; expected: an array"),
        (lambda x: (right(x), right(x[:1])), "is a list or tuple of 2; expected"),
        (lambda x: (row for row in x), "is a generator (`list(...)` makes"),
        (lambda x: tensor(right(x)), "a Tensor of shape"),
        (lambda x: right(x).astype(object), "array of object, not of numbers"),
        (lambda x: right(x).sum(), "Is a sum or a mean taken over all axes"),
        (lambda x: right(x).sum(axis=0), "expected: ("),
        (lambda x: right(x)[None], "axis of length 1 is missing or one too many"),
        (lambda x: right(x) * np.nan, "is NaN in every entry"),
        (lambda x: right(x) / 0, "is infinite in every entry: x/0"),
        (lambda x: np.where(x == x.max(), np.nan, right(x)), "is NaN in 1 of"),
        (lambda x: np.zeros_like(x), "is always 0, whatever the input"),
        (lambda x: np.ones_like(x), "is always 1, whatever the input"),
        (lambda x: right(x).astype(int), "dtype int64: fractions were cut off"),
        (lambda x: (x > 0) * 2, "dtype int64: that holds whole numbers only, and"),
        (
            lambda x: right(x).astype(np.float16),
            "float16, which rounds to three digits",
        ),
        (
            lambda x: [right(x)[0], *[None] * (len(x) - 1)],
            "Value 1 of the result is None",
        ),
        (lambda x: [*right(x)[:-1].tolist(), "x"], "is a string; expected: an array"),
        (lambda x: -right(x), "has the opposite sign"),
        (lambda x: right(x) ** 2, "is the square of what is expected"),
        (lambda x: np.exp(right(x)), "is a log missing?"),
        (lambda x: right(x)[::-1], "is in reversed order"),
        (lambda x: right(x)[:, ::-1], "columns in reversed order"),
        (lambda x: np.sort(right(x), axis=1), "the right numbers in another order"),
        (lambda x: 3 * right(x), "is 3 times too large"),
        (lambda x: 1e-17 * right(x), "is 0 for every input"),
        (lambda x: right(x) / -2, "2 times too small, and has the opposite sign"),
        (lambda x: 1.5 * right(x), "is 3/2 of what is expected"),
        (lambda x: 2.345 * right(x), "is off by a factor, the same for every input"),
        (lambda x: len(x) * right(x), "n times too large, where n is `x.shape[0]`"),
        (lambda x: right(x) / x.size, "n times too small, where n is `x.size`"),
        (lambda x: right(x) * x.shape[1] ** 0.5, "√n times too large"),
        (lambda x: right(x) / np.abs(x).max(), "right direction but not the right"),
        (lambda x: right(x) * len(x) / 200, "a factor that follows `x.shape[0]`"),
        (lambda x: right(x) * 7 / x.size, "off by a factor that follows `x.size`"),
        (lambda x: right(x) * np.sign(x[0, 0]), "the opposite sign for some inputs"),
        (lambda x: right(x) * (x[0, 0] > 0), "is 0 for some inputs, and right for"),
        (lambda x: right(x) + 1, "is 1 too large everywhere"),
        (lambda x: right(x) - 0.5, "is too small, by the same amount everywhere"),
        (lambda x: right(x) - x.mean(), "the same number was added to every entry"),
        (lambda x: right(x) * (1 + 1e-4 * np.sin(x)), "about 4 digits are right"),
    ],
)
def test_an_observation(f, message):
    assert message in said(f)


def spoilt(place):
    """A function that is right but in one ``place`` of the matrix."""

    def f(x):
        y = right(x)
        y[place] += np.linspace(1, 2, y[place].size).reshape(y[place].shape)
        return y

    return f


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (0, "in the first row only"),
        (-1, "in the last row only"),
        ((slice(None), 0), "in the first column only"),
        ((slice(None), -1), "in the last column only"),
        ((1, 1), "the first at [1, 1]"),
    ],
)
def test_where_it_is_wrong(place, message):
    assert message in said(spoilt(place))


def test_the_diagonal_is_named():
    square = make(inputs=lambda rng: (rng.normal(size=(3, 3)),))
    wrong = np.diag([1.0, 2.0, 3.0])
    assert "on the diagonal only" in said(lambda x: right(x) + wrong, square)
    others = np.arange(1, 10).reshape(3, 3) * (1 - np.eye(3))
    assert "everywhere but on the diagonal" in said(lambda x: right(x) + others, square)


def test_a_square_matrix_may_be_transposed():
    square = make(inputs=lambda rng: (rng.normal(size=(3, 3)),))
    assert "The result is transposed." in said(lambda x: right(x).T, square)
    assert "Is it transposed?" in said(lambda x: right(x).T)


def test_a_broadcast_by_accident_is_named():
    def difference(x, y):
        """x - y"""
        return x - y

    vectors = make(difference, lambda rng: (rng.normal(size=4), rng.normal(size=4)))
    text = said(lambda x, y: x - y[:, None], vectors)
    assert "Has an (n,) met an (n, 1)?" in text


def test_a_missing_sum_is_named():
    def total(x):
        """The sum of all entries."""
        return x.sum()

    each = make(total)
    assert "Is a sum or a mean missing?" in said(lambda x: x, each)


def test_brackets_round_a_number_are_named():
    def total(x):
        """The sum of all entries."""
        return x.sum()

    one_entry_first = make(total, vectors_of, edge_cases=((np.array([1.5]),),))
    text = said(lambda x: [x.sum()], one_entry_first)
    assert "has length 1; expected: a number. It is one number in brackets" in text
    assert "Is a sum or a mean missing?" in said(lambda x: x * 2, one_entry_first)


def test_a_pair_where_a_number_is_wanted_misses_no_sum():
    def bound(std):
        """The upper bound."""
        return 3 * std

    one = make(bound, lambda rng: (rng.uniform(1, 2),))
    for pair in (lambda s: (-3 * s, 3 * s), lambda s: [3 * s, 3 * s]):
        text = said(pair, one)
        assert "length 2; expected: a number. These are two values" in text
        assert "missing" not in text


def vectors_of(rng):
    return (rng.normal(size=int(rng.integers(2, 6))),)


def test_a_square_that_no_broadcast_made_is_not_called_one():
    """(n, n) in place of (n, m) is another product, not an (n,) that met an (n, 1)."""
    tall = make(inputs=lambda rng: (rng.normal(size=(3, 5)),))
    assert "Has an (n,) met" not in said(lambda x: x @ x.T, tall)


def test_none_asks_for_the_return():
    def silent(x):
        print()

    text = said(silent, make(returns="an array like x"))
    assert "returns None: is a `return` missing? Expected: an array like x." in text


def test_it_says_for_which_inputs():
    text = said(lambda x: right(x) + (len(x) > 3))
    assert "Right for " in text
    assert "first wrong for `x` of shape (" in text
    result = examine(make(), lambda x: right(x) + (len(x) > 3))
    assert len(result.inputs[0]) > 3
    assert "(kept in `check(" in result.text
    graded = examine(make(), lambda x: right(x) + (len(x) > 3), seed=7)
    assert "first wrong for `x` of shape (" in graded.text
    assert "kept in" not in graded.text  # check(f) keeps its own


def test_the_inputs_are_those_that_the_message_speaks_of():
    """The first wrong input has the right shape by chance: it would explain nothing."""

    def times(x):
        """x @ x^T."""
        return x @ x.T

    square_first = make(
        times,
        lambda rng: (rng.normal(size=(2, 3)),),
        edge_cases=((np.array([[1.0, 2.0], [3.0, 4.0]]),),),
    )
    result = examine(square_first, lambda x: x.T @ x)
    assert "has shape (3, 3); expected: (2, 2)" in result.text
    assert "this is seen for `x` of shape (2, 3)" in result.text
    assert result.inputs[0].shape == (2, 3)

    finite_first = make(edge_cases=((np.ones((2, 2)),),))
    result = examine(finite_first, lambda x: np.where(x < 0, np.nan, 3 * x))
    assert "is NaN" in result.text
    assert (result.inputs[0] < 0).any()


def test_a_cause_is_named_only_if_every_trial_has_it():
    """(n, n) where (n,) is wanted, but (2, 2) where n = 4: no broadcast does that."""

    def total(x):
        """The sum over the first axis."""
        return x.sum(axis=0)

    assert "Has an (n,) met" not in said(
        lambda x: np.zeros((4, 4)) + x[0, 0],
        make(inputs=lambda rng: (rng.normal(size=(2, 2)),)),
    )
    wide = make(total, lambda rng: (rng.normal(size=(3, int(rng.integers(3, 6)))),))
    assert "Has an (n,) met" in said(lambda x: x.T @ x, wide)
    assert "Has an (n,) met" not in said(
        lambda x: (x.T @ x)[:, : x.shape[1] - (x.shape[1] == 4)], wide
    )


def scalar(rng):
    return (rng.normal(size=4),)


def spread(x):
    """A number."""
    return float(np.exp(x).sum())


@pytest.mark.parametrize(
    ("f", "said_so", "secret"),
    [
        (lambda x: 57.74 * spread(x), "off by a factor, the same for every", "57.7"),
        (lambda x: 57 * spread(x), "off by a factor, the same for every", "57"),
        (lambda x: spread(x) + 0.57, "is too large, by the same amount", "0.57"),
        (lambda x: spread(x) * 7 / 11, "off by a factor, the same for every", "7/11"),
        (lambda x: spread(x) * -7.5, "and has the opposite sign", "7.5"),
        (lambda x: spread(x) * 3, "is 3 times too large", None),
        (lambda x: spread(x) / 12, "is 12 times too small", None),
        (lambda x: spread(x) - 2, "is 2 too small everywhere", None),
        (lambda x: -spread(x), "has the opposite sign", None),
    ],
)
def test_only_a_factor_with_a_name_is_told(f, said_so, secret):
    text = said(f, make(spread, scalar))
    assert said_so in text
    assert secret is None or secret not in text


def test_one_right_answer_for_all_inputs_is_not_called_a_multiple():
    """Three times too large: whoever divides has it."""
    each = make(lambda x: 610.0, scalar)
    assert "The result is always 1830, whatever the input." in said(
        lambda x: 1830.0, each
    )
    assert "The result is wrong" in said(lambda x: 1830.0 + (x[0] > 0), each)
    assert "times" not in said(lambda x: 1830.0 + 1e-8 * x[0], each)


def test_always_is_said_of_all_inputs():
    def sometimes(x):
        if x[0] > 0.5:
            raise ValueError
        return 0.0

    assert "always" in said(lambda x: 0.0, make(spread, scalar))
    assert "always" not in said(sometimes, make(spread, scalar, trials=30))
    once = make(lambda: np.arange(3.0), lambda rng: (), trials=1)
    assert "whatever" not in said(lambda: np.ones(3), once)
    truth = make(lambda x: x > 0, scalar)
    assert "is always True" in said(lambda x: np.ones(4, bool), truth)


def test_numbers_of_any_kind_and_size_are_spoken_of():
    for f in (
        lambda x: 1j * right(x),
        lambda x: 1e300 * right(x) * 1e300,
        lambda x: np.zeros_like(x) * len(x),
    ):
        assert "The result is " in said(f)


def test_by_little_means_on_every_input():
    """Off in the third digit on the first input, and by a factor on the others."""
    each = make(lambda x: x, vectors_of, edge_cases=((np.array([0.1, 0.1]),),))
    assert "by little" not in said(lambda x: np.tan(x), each)
    text = said(lambda x: x * (1 + 1e-4 * np.sin(x)), each)
    assert "about 4 digits are right" in text


def test_a_short_list_among_the_inputs_is_written_out():
    def last(tape, count):
        """The last node of the tape."""
        return tape[-1][0] + count

    each = make(last, lambda rng: ([(2, [(0, 0.5), (1, -1.25)]), (3, [(2, 2.0)])], 4))
    text = said(lambda tape, count: count, each)
    assert "`tape` = [(2, [(0, 0.5), (1, -1.25)]), (3, [(2, 2)])]" in text
    long = make(last, lambda rng: ([(i, []) for i in range(100)], 4))
    assert "`tape` (a list or tuple of 100)" in said(lambda tape, count: 0, long)


def test_an_observation_must_hold_for_every_input():
    """On the single number 1 the square agrees by chance; elsewhere it does not."""
    each = make(
        lambda x: x + 1.0, lambda rng: (rng.uniform(2, 3, 3),), edge_cases=((0.0,),)
    )
    assert "square" not in said(lambda x: (x + 1.0) * (x + 2), each)


def test_the_expected_values_are_never_told():
    each = make(inputs=lambda rng: (rng.normal(size=3),))
    for f in (lambda x: right(x) + 1, lambda x: x, lambda x: right(x)[0], np.isnan):
        text = said(f, each)
        for case in each.cases():
            assert not any(f"{number:.3g}" in text for number in right(case[0]))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: x[1:].tolist(), "has length 3; expected: 4."),
        (lambda x: (*x, 1.0), "has length 5; expected: 4."),
        (lambda x: x[1:], "has shape (3,); expected: a list of length 4."),
    ],
)
def test_a_list_has_a_length_and_no_shape(answer, message):
    def numbers(x):
        """The same, in a list."""
        return x.tolist()

    def vectors(rng):
        return (rng.normal(size=4),)

    assert message in said(answer, make(numbers, vectors))


def test_a_list_beside_an_array_has_a_length():
    def same(x):
        """The same."""
        return x * 1

    def vectors(rng):
        return (rng.normal(size=4),)

    text = said(lambda x: x[1:].tolist(), make(same, vectors))
    assert "has length 3; expected: an array of shape (4,)" in text


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x, on: x.sum() > 0 and on, "The result is wrong.\n  Right for"),
        (lambda x, on: False, "is always False"),
        (lambda x, on: "yes", "is a string; expected: True or False."),
        (lambda x, on: not on, "and `on` = False"),
    ],
)
def test_true_and_false_are_no_numbers(answer, message):
    def positive(x, on):
        """Whether the sum is above 0."""
        return bool(x.sum() > 0)

    def switched(rng):
        return rng.normal(size=2), bool(rng.integers(2))

    assert message in said(answer, make(positive, switched))
