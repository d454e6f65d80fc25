import numpy as np

from dlcourse.teach.exercise import exercise


def _images(rng):
    n, h, w = rng.integers(1, 5), rng.integers(1, 8), rng.integers(1, 8)
    most = rng.choice([2, 9])  # at 9 some leave the image
    return rng.uniform(0.1, 1, (n, h, w)), rng.integers(-most, most + 1, size=(n, 2))


ONE, SQUARE = 1 + np.arange(12.0).reshape(1, 3, 4), np.arange(1.0, 19).reshape(2, 3, 3)


@exercise(
    section="Deeper: Shift by hand",
    inputs=_images,
    edge_cases=(
        *((ONE, np.array([by])) for by in ((1, 0), (0, -2), (-1, 1), (0, 0), (0, 9))),
        (SQUARE, np.array([[1, -2], [-4, 4]])),
    ),
    returns="an array like images",
)
def shift(images, by):
    """Each image moved by its own number of pixels; what comes in is 0. A new array.

    images (n, h, w).   by (n, 2), integers: rows down and columns to the right; below
    0: up and to the left. What leaves the image is lost; by may be more than h or w.
    """
    return _by()(images, by)


def _from(size, by):
    """The source of each row (or column), and which of these are in the image."""
    source = np.arange(size) - by
    return source, (source >= 0) & (source < size)


def _by(
    moves=lambda by, i: by[i],
    source=lambda places, size: np.clip(places, 0, size - 1),
    inside=lambda rows, columns: rows[:, None] & columns,
):
    def run(images, by):
        moved, (_, h, w) = np.zeros(images.shape), images.shape
        for i, image in enumerate(images):
            down, right = moves(by, i)
            (rows, a), (columns, b) = _from(h, down), _from(w, right)
            found = image[source(rows, h)][:, source(columns, w)]
            moved[i] = found * inside(a, b)
        return moved

    return run


shift.mistake(
    "What leaves on one side comes in on the other. It is lost, and 0 comes in.",
    rolled=_by(
        source=lambda places, size: places % size, inside=lambda rows, columns: 1
    ),
)
shift.mistake(
    "The edge is repeated: what comes in is 0.",
    repeated=_by(inside=lambda rows, columns: 1),
)
shift.mistake(
    "Rows and columns are exchanged: by[i, 0] is down, by[i, 1] is to the right.",
    exchanged=_by(lambda by, i: by[i, ::-1]),
)
shift.mistake(
    "The wrong way: up for down, or left for right. Row r comes from row r - down.",
    both_turned=_by(lambda by, i: -by[i]),
    down_turned=_by(lambda by, i: by[i] * [-1, 1]),
    right_turned=_by(lambda by, i: by[i] * [1, -1]),
)
shift.mistake(
    "All images move as the first does. Each has its own row of `by`.",
    one_for_all=_by(lambda by, i: by[0]),
)
shift.mistake(
    "Only one of the two moves is made: down, or to the right.",
    down_only=_by(lambda by, i: by[i] * [1, 0]),
    right_only=_by(lambda by, i: by[i] * [0, 1]),
)
