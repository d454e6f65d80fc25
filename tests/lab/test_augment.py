"""Augmentation: against SciPy, exact where nothing changes, its bounds, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from dlcourse import lab

SHAPE = (6, 2, 7, 9)


def images(*shape, seed=0, dtype=float):
    return np.random.default_rng(seed).random(shape or SHAPE).astype(dtype)


def parameters(n, seed=1):
    rng = np.random.default_rng(seed)
    return {
        "shift": rng.uniform(-3, 3, (n, 2)),
        "rotate": rng.uniform(-180, 180, n),
        "shear": rng.uniform(-0.5, 0.5, n),
        "scale": rng.uniform(0.5, 2, n),
    }


def by_scipy(image, shift, rotate, shear, scale, background):
    angle = np.deg2rad(rotate)
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    inverse = np.linalg.inv(np.array(turn) @ [[1, 0], [shear, 1]] * scale)
    centre = (np.array(image.shape) - 1) / 2
    return ndimage.affine_transform(
        image,
        inverse,
        centre - inverse @ (centre + shift),
        order=1,
        mode="grid-constant",
        cval=background,
    )


# ---------------------------------------------------------------------------- affine


@pytest.mark.parametrize("only", ["shift", "rotate", "shear", "scale", "all"])
def test_affine_is_scipys(only):
    x, given = images(), parameters(6)
    none = {"shift": np.zeros((6, 2)), "rotate": np.zeros(6)}
    none |= {"shear": np.zeros(6), "scale": np.ones(6)}
    given = given if only == "all" else none | {only: given[only]}
    y = lab.affine(x, **given, background=0.3)
    for i, channels in enumerate(x):
        one = {name: value[i] for name, value in given.items()}
        for channel, result in zip(channels, y[i], strict=True):
            expected = by_scipy(channel, **one, background=0.3)
            np.testing.assert_allclose(result, expected, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_change_gives_exactly_the_input(dtype):
    for shape in ((3, 1, 8, 8), (3, 5, 4), (3, 2, 1, 1)):
        x = images(*shape, dtype=dtype)
        y = lab.affine(x)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, x)
        np.testing.assert_array_equal(lab.augment(x, np.random.default_rng(0)), x)


def test_the_signs():
    """Down, right, counter-clockwise, and lower rows to the right."""
    x = np.zeros((1, 5, 5))
    x[0, 1, 3] = 1  # above the middle, and right of it

    def place(**change):
        (row, column), *more = np.argwhere(lab.affine(x, **change)[0] > 0.99)
        assert not more
        return int(row), int(column)

    assert place(shift=(1, 0)) == (2, 3)
    assert place(shift=(0, 1)) == (1, 4)
    assert place(rotate=90) == (1, 1)
    assert place(shear=1) == (1, 2)
    assert place(scale=2) == (0, 4)


def test_a_quarter_turn_and_whole_pixels_are_exact():
    x = images(4, 8, 8)
    np.testing.assert_allclose(
        lab.affine(x, rotate=90), np.rot90(x, axes=(1, 2)), atol=1e-14
    )
    moved = lab.affine(x, shift=(2, -1))
    np.testing.assert_array_equal(moved[:, 2:, :-1], x[:, :-2, 1:])
    assert not moved[:, :2].any() and not moved[:, :, -1].any()


@settings(max_examples=30, deadline=None)
@given(
    size=st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 6)),
    seed=st.integers(0, 1000),
    background=st.floats(-1, 2),
)
def test_results_lie_between_the_extremes(size, seed, background):
    """Interpolation makes no value beyond the image's and the background's."""
    x = images(*size, seed=seed)
    y = lab.affine(x, **parameters(size[0], seed), background=background)
    assert y.shape == x.shape
    low, high = min(x.min(), background), max(x.max(), background)
    assert (y >= low - 1e-12).all() and (y <= high + 1e-12).all()


def test_far_outside_is_background():
    y = lab.affine(images(2, 4, 4), shift=(1e9, 0), background=0.5)
    assert (y == 0.5).all()


def test_rows_with_an_image_shape_are_images():
    x, given = images(), parameters(6)
    y = lab.affine(x, **given)
    rows = lab.affine(x.reshape(6, -1), **given, image_shape=(2, 7, 9))
    np.testing.assert_array_equal(rows, y.reshape(6, -1))
    grey = lab.affine(x[:, 0].reshape(6, -1), **given, image_shape=(7, 9))
    np.testing.assert_array_equal(grey, y[:, 0].reshape(6, -1))
    np.testing.assert_array_equal(lab.affine(x[:, 0], **given), y[:, 0])


def test_one_parameter_serves_all_images():
    x = images()
    one = lab.affine(x, shift=(1, 2), rotate=30, shear=0.1, scale=1.2)
    for i in range(6):
        alone = lab.affine(x[i : i + 1], shift=(1, 2), rotate=30, shear=0.1, scale=1.2)
        np.testing.assert_array_equal(alone[0], one[i])


# ------------------------------------------------------- mirror, noise, all at random


def test_mirror():
    x = images()
    chosen = np.arange(6) % 2 == 0
    y = lab.mirror(x, chosen)
    for i in range(6):
        np.testing.assert_array_equal(y[i], x[i][..., ::-1] if chosen[i] else x[i])
    np.testing.assert_array_equal(lab.mirror(lab.mirror(x)), x)
    rows = lab.mirror(x.reshape(6, -1), chosen, image_shape=(2, 7, 9))
    np.testing.assert_array_equal(rows.reshape(x.shape), y)


def test_noise_has_its_standard_deviation():
    x = np.full((40, 50, 50), 0.5, np.float32)
    y = lab.add_noise(x, 0.1, np.random.default_rng(0))
    assert y.dtype == np.float32
    n = x.size
    assert abs((y - x).mean()) < 5 * 0.1 / np.sqrt(n)
    assert abs((y - x).std() / 0.1 - 1) < 5 / np.sqrt(2 * n)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_augment_draws_for_each_image_and_only_from_rng(dtype):
    x = np.tile(images(1, 1, 9, 9, dtype=dtype), (20, 1, 1, 1))
    state = np.random.get_state()[1].copy()
    every = {"shift": 2, "rotate": 20, "shear": 0.2, "scale": 0.2, "flip": 0.5}
    for change in [{k: v} for k, v in every.items()] + [{"noise": 0.1}, every]:
        y = lab.augment(x, np.random.default_rng(0), **change)
        assert (y.shape, y.dtype) == (x.shape, dtype)
        different = {image.tobytes() for image in y}
        assert len(different) == (2 if change == {"flip": 0.5} else 20)
        again = lab.augment(x, np.random.default_rng(0), **change)
        np.testing.assert_array_equal(y, again)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_augment_stays_within_its_bounds():
    """A single pixel in the middle moves by at most ``shift``, and by nearly that."""
    x = np.zeros((500, 15, 15))
    x[:, 7, 7] = 1
    y = lab.augment(x, np.random.default_rng(0), shift=3)
    place = np.arange(15) - 7
    down, right = (y.sum(2) @ place, y.sum(1) @ place)  # centres of mass
    for moved in (down, right):
        assert 2.9 < np.abs(moved).max() <= 3
        assert abs(moved.mean()) < 5 * np.sqrt(3 / 500)


def test_flip_is_a_probability():
    x = images(1000, 1, 2)
    y = lab.augment(x, np.random.default_rng(0), flip=0.3)
    share = (y != x).any((1, 2)).mean()
    assert abs(share - 0.3) < 5 * np.sqrt(0.21 / 1000)
    assert (lab.augment(x, np.random.default_rng(0), flip=1) == x[..., ::-1]).all()


# ----------------------------------------------------------------------------- mixup


def test_mixup_mixes_images_and_labels_alike():
    """With one-hot images the mixed image is its own soft label."""
    y = np.arange(50) % 5
    x = np.eye(5, dtype=np.float32)[y]
    mixed, soft = lab.mixup(x, y, 5, np.random.default_rng(0), alpha=1.0)
    assert (mixed.dtype, soft.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(mixed, soft, atol=1e-7)
    np.testing.assert_allclose(soft.sum(1), 1, rtol=1e-6)
    assert len(np.unique(soft.max(1))) > 25  # a share of its own for each


def test_mixup_keeps_the_mean_of_the_batch_roughly_and_its_shape():
    x, y = images(), np.arange(6)
    mixed, soft = lab.mixup(x, y, 6, np.random.default_rng(0))
    assert mixed.shape == x.shape and soft.shape == (6, 6)
    assert mixed.min() >= x.min() and mixed.max() <= x.max()
    again, _ = lab.mixup(x, y, 6, np.random.default_rng(0))
    np.testing.assert_array_equal(mixed, again)


# ------------------------------------------------------------------------- bad input

RNG = np.random.default_rng(0)
X = images()


@pytest.mark.parametrize(
    "bad, error, message",
    [
        (lambda: lab.affine(X, rotate=np.ones(3)), ValueError, "rotate.*got .3,."),
        (lambda: lab.affine(X, shift=1), ValueError, r"shift \(2,\) or \(6, 2\), got"),
        (lambda: lab.affine(X, shift=(1, 2, 3)), ValueError, "shift"),
        (lambda: lab.affine(X, scale=0), ValueError, "scale above 0, got 0"),
        (lambda: lab.affine(X, shear=np.nan), ValueError, "finite shear"),
        (lambda: lab.affine(images(6, 63)), ValueError, r"got \(6, 63\).*None"),
        (lambda: lab.affine(images(6, 63), image_shape=(8, 8)), ValueError, r"\(8, 8"),
        (lambda: lab.affine(X.astype(int)), TypeError, "floats, got int64"),
        (lambda: lab.affine(X.tolist()), TypeError, "floats, got list"),
        (lambda: lab.augment(X, RNG, shift=-1), ValueError, "shift from 0 to inf"),
        (lambda: lab.augment(X, RNG, scale=1), ValueError, "scale from 0 to 1"),
        (lambda: lab.augment(X, RNG, flip=1.5), ValueError, "flip from 0 to 1, got"),
        (lambda: lab.augment(X, RNG, noise=np.nan), ValueError, "noise"),
        (lambda: lab.augment(X, 0, shift=1), TypeError, "Generator.*got int"),
        (lambda: lab.mixup(X, np.arange(5), 6, RNG), ValueError, r"\(6,\) integer"),
        (lambda: lab.mixup(X, np.ones(6), 6, RNG), ValueError, "integer labels"),
        (lambda: lab.mixup(X, np.arange(6), 5, RNG), ValueError, "from 0 to 4, got"),
        (lambda: lab.mixup(X, np.arange(6), 6, RNG, alpha=0), ValueError, "alpha"),
        (lambda: lab.mixup(X, np.arange(6), 6, None), TypeError, "Generator"),
    ],
    ids=range(19),
)
def test_bad_input_is_named(bad, error, message):
    with pytest.raises(error, match=message):
        bad()
