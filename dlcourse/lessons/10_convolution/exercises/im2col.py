import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import image, sizes, windows


def _image(rng):
    H, W, kh, kw = sizes(rng)
    return image(rng, (H, W)), kh, kw


X = np.arange(20.0).reshape(4, 5)


@exercise(
    section="Convolution as a product",
    inputs=_image,
    edge_cases=((X, 2, 3), (X, 1, 1), (X, 4, 5), (X, 1, 2), (X[:, :1], 3, 1)),
    trials=16,
    returns="an array, one row for each place",
)
def im2col(x, kh, kw):
    """All windows of kh x kw pixels of x, each as one row, in a new array.

    x (H, W).   Returns ((H - kh + 1) * (W - kw + 1), kh * kw). Windows come as one
    reads: along the top from left to right first. So do the pixels within a window.
    """
    return _by()(x, kh, kw)


def _by(order=(0, 1, 2, 3), change=lambda found: found):
    """order: of the axes place down, place across, row and column in the window."""

    def rows(x, kh, kw):
        found = change(windows(x, kh, kw))
        return found.transpose(order).reshape(-1, kh * kw).copy()

    return rows


def _tiles(x, kh, kw):
    return _by(change=lambda found: found[::kh, ::kw])(x, kh, kw)


def _shorter(found):
    return found[: max(len(found) - 1, 0), : max(found.shape[1] - 1, 0)]


im2col.mistake(
    "Each window is a *row* here. Yours are columns.",
    columns=lambda x, kh, kw: _by()(x, kh, kw).T,
)
im2col.mistake(
    "The rows are in another order: the next window lies one pixel to the *right*.",
    down_first=_by((1, 0, 2, 3)),
)
im2col.mistake(
    "Within a window you read down its columns. Read along its rows.",
    columns_read=_by((0, 1, 3, 2)),
    both_down=_by((1, 0, 3, 2)),
)
im2col.mistake(
    "Your windows do not overlap. The next one begins one pixel further, not behind.",
    tiles=_tiles,
)
im2col.mistake(
    "The last window of each row or column is missing: of 3 in 5 pixels there are 3.",
    one_too_few=_by(change=_shorter),
    last_row=_by(change=lambda found: found[:-1]),
    last_column=_by(change=lambda found: found[:, :-1]),
)
im2col.mistake(
    "The windows are turned: here nothing is, the kernel's first entry is first.",
    turned=_by(change=lambda found: found[:, :, ::-1, ::-1]),
)
