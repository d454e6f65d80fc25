"""Augmentation: more images out of those there are, by changes that keep the label.

Whether they keep it is for the data to say: a 6 turned by 180 degrees is a 9, and a
mirrored digit is none. Everything works on a whole batch at once, with parameters of
its own for each image, and draws only from the ``rng`` that it is given.

Images are arrays (N, C, H, W) or (N, H, W), or rows (N, C*H*W) with an ``image_shape``
(H, W) or (C, H, W); what comes back has the shape and the dtype of what went in.
"""

import numpy as np


def augment(
    x,
    rng,
    *,
    shift=0.0,
    rotate=0.0,
    shear=0.0,
    scale=0.0,
    flip=0.0,
    noise=0.0,
    image_shape=None,
    background=0.0,
):
    """Each image changed at random, by its own drawn parameters.

    Args:
        x: the images.
        rng: a numpy.random.Generator.
        shift: at most so many pixels, up or down and left or right.
        rotate: at most so many degrees, either way.
        shear: at most so many pixels sideways per pixel of height, either way.
        scale: magnified by a factor between 1 - scale and 1 + scale.
        flip: probability of being mirrored, left to right.
        noise: standard deviation of the normal noise added to each pixel.
        image_shape, background: see :func:`affine`.

    All but ``flip`` and ``noise`` are drawn uniformly. Raises ValueError for a negative
    size, a ``scale`` not below 1, or a probability above 1.
    """
    _expect_generator(rng)
    sizes = {"shift": shift, "rotate": rotate, "shear": shear, "scale": scale}
    for name, size in {**sizes, "flip": flip, "noise": noise}.items():
        limit = {"scale": 1, "flip": 1}.get(name, np.inf)
        if not 0 <= size <= limit or (name == "scale" and size == 1):
            raise ValueError(f"augment expects {name} from 0 to {limit}, got {size!r}")
    n = len(x)
    if flip:
        x = mirror(x, rng.random(n) < flip, image_shape=image_shape)
    if any(sizes.values()):
        x = affine(
            x,
            shift=rng.uniform(-shift, shift, (n, 2)),
            rotate=rng.uniform(-rotate, rotate, n),
            shear=rng.uniform(-shear, shear, n),
            scale=rng.uniform(1 - scale, 1 + scale, n),
            image_shape=image_shape,
            background=background,
        )
    return add_noise(x, noise, rng) if noise else x


def affine(
    x,
    *,
    shift=(0.0, 0.0),
    rotate=0.0,
    shear=0.0,
    scale=1.0,
    image_shape=None,
    background=0.0,
):
    """Images scaled, sheared and rotated about their centre, then shifted.

    The point q (row, column, from the centre) goes to p = R S q * scale + shift, with

        S = [[1, 0], [shear, 1]]: columns move by shear * row,
        R = [[cos, -sin], [sin, cos]] of the angle: counter-clockwise, as one sees it.

    Each pixel p of the result is looked up at q = (R S)^-1 (p - shift) / scale, between
    four pixels by bilinear interpolation. Around the image lies ``background``.

    Args:
        shift: (rows down, columns right) in pixels: (2,) or (N, 2).
        rotate: degrees; shear: columns per row; scale: a factor above 0. Each a number
            or an array (N,).

    No change at all gives exactly the input back. Raises ValueError for a parameter
    that does not fit the batch.
    """
    images = _images(x, image_shape)
    n, _, height, width = images.shape
    angle = np.deg2rad(_each(rotate, "rotate", n))
    shear, scale = _each(shear, "shear", n), _each(scale, "scale", n)
    if not (scale > 0).all():
        raise ValueError(f"affine expects scale above 0, got {scale.min()}")
    shift = _each(shift, "shift", n, 2)

    cos, sin = np.cos(angle), np.sin(angle)
    centre = (height - 1) / 2, (width - 1) / 2
    down = np.arange(height)[:, None] - centre[0] - shift[:, 0, None, None]
    right = np.arange(width) - centre[1] - shift[:, 1, None, None]
    cos, sin, shear, scale = (v[:, None, None] for v in (cos, sin, shear, scale))
    row = (cos * down + sin * right) / scale  # R^-1, and then S^-1
    column = (cos * right - sin * down) / scale - shear * row
    y = _interpolated(images, row + centre[0], column + centre[1], background)
    return y.reshape(x.shape)


def mirror(x, chosen=True, *, image_shape=None):
    """The ``chosen`` images, a bool or an array of N, mirrored left to right."""
    images = _images(x, image_shape)
    chosen = np.broadcast_to(np.asarray(chosen, bool), len(images))
    y = np.where(chosen[:, None, None, None], images[..., ::-1], images)
    return y.reshape(x.shape)


def add_noise(x, std, rng):
    """Normal noise of standard deviation ``std`` on each entry."""
    _expect_generator(rng)
    return x + rng.standard_normal(x.shape, x.dtype) * x.dtype.type(std)


def mixup(x, y, num_classes, rng, *, alpha=0.2):
    """Each example mixed with another, and their labels too (Zhang et al., 2018).

    x_i <- l x_i + (1 - l) x_j, with one l ~ Beta(alpha, alpha) for each example i and a
    random permutation j; the labels become probabilities (N, num_classes), mixed alike,
    which ``CrossEntropyLoss`` takes.

    Returns (x, labels). Raises ValueError for a label out of range, alpha not above 0.
    """
    _expect_generator(rng)
    x, y = np.asarray(x), np.asarray(y)
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu":
        raise ValueError(
            f"mixup expects {x.shape[:1]} integer labels, got {y.dtype} {y.shape}"
        )
    if len(y) and not 0 <= y.min() <= y.max() < num_classes:
        raise ValueError(
            f"mixup expects labels from 0 to {num_classes - 1}, got {y.min()} to "
            f"{y.max()}"
        )
    if not alpha > 0:
        raise ValueError(f"mixup expects alpha above 0, got {alpha!r}")
    share = rng.beta(alpha, alpha, len(y)).astype(x.dtype)
    other = rng.permutation(len(y))

    def mixed(a):
        part = share.reshape(-1, *[1] * (a.ndim - 1))
        return part * a + (1 - part) * a[other]

    return mixed(x), mixed(np.eye(num_classes, dtype=x.dtype)[y])


# ---------------------------------------------------------------------------- inside


def _interpolated(images, row, column, background):
    """The values at (row, column), arrays (N, H, W), between the pixels of each image.

    A frame of background one pixel wide is enough: what lies further out is looked up
    on the frame.
    """
    n, channels, height, width = images.shape
    framed = np.full((n, channels, height + 2, width + 2), background, images.dtype)
    framed[:, :, 1:-1, 1:-1] = images
    framed = framed.reshape(n, channels, -1)

    def corner(position, size):
        """The pixel before each position, on the frame, and how far beyond it it is."""
        position = position.clip(-1, size)
        before = np.floor(position).clip(max=size - 1)
        beyond = (position - before).astype(images.dtype)
        return before.astype(np.intp) + 1, beyond.reshape(n, 1, -1)

    (top, down), (left, right) = corner(row, height), corner(column, width)
    first = (top * (width + 2) + left).reshape(n, 1, -1)

    def pixel(step):
        return np.take_along_axis(framed, first + step, axis=2)

    above = pixel(0) * (1 - right) + pixel(1) * right
    below = pixel(width + 2) * (1 - right) + pixel(width + 3) * right
    return above * (1 - down) + below * down


def _images(x, image_shape):
    """The batch as (N, C, H, W)."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        kind = getattr(x, "dtype", type(x).__name__)
        raise TypeError(f"augmentation expects an array of floats, got {kind}")
    shape = x.shape[1:] if image_shape is None else tuple(image_shape)
    if len(shape) not in (2, 3) or x.size != len(x) * np.prod(shape):
        raise ValueError(
            "augmentation expects images (N, C, H, W) or (N, H, W), or rows with "
            f"image_shape (H, W), got {x.shape} and image_shape {image_shape}"
        )
    return x.reshape(len(x), *(1, *shape)[-3:])


def _each(value, name, n, *shape):
    """``value`` for each of n images."""
    value = np.asarray(value, float)
    if value.shape not in ((), shape, (n, *shape)) or (shape and not value.shape):
        raise ValueError(
            f"affine expects {name} {shape or 'a number'} or {(n, *shape)}, got "
            f"{value.shape}"
        )
    if not np.isfinite(value).all():
        raise ValueError(f"affine expects finite {name}, got nan or inf")
    return np.broadcast_to(value, (n, *shape))


def _expect_generator(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "augmentation expects rng, a numpy.random.Generator (default_rng(seed)), "
            f"got {type(rng).__name__}"
        )
