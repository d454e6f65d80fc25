import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import image, sizes, windows


def _pair(rng):
    H, W, kh, kw = sizes(rng)
    return image(rng, (H, W)), rng.choice([-1.5, -1, -0.5, 0.25, 1, 2], size=(kh, kw))


X = np.arange(20).reshape(4, 5) ** 2


@exercise(
    section="A kernel on a photograph",
    inputs=_pair,
    edge_cases=(
        (X, np.array([[0.5, 0.25, -1], [2, -0.5, 1]])),
        (X[:2, :3], np.array([[0.5, -1, 1], [3, 2, 0.25]])),
    ),
    trials=20,
    atol=1e-5,
    returns="an array (H - kh + 1, W - kw + 1)",
)
def correlate2d(x, k):
    """At each place where k fits into x: the products of k and what it covers, added.

    x (H, W): an image, floats or integers.   k (kh, kw): at most as large as x.
    Returns a new array of floats, (H - kh + 1, W - kw + 1). Nothing is turned or added
    round the edge: in its corner [0, 0], k[0, 0] lies on x[0, 0].
    """
    return _by()(x, k)


def _by(join=lambda products: products.sum(axis=(2, 3)), kernel=lambda k: k):
    def correlate(x, k):
        return join(windows(x, *k.shape) * kernel(k))

    return correlate


def _first_columns(k):
    return np.where(np.arange(k.shape[1]) < len(k), k, 0 * k[:, range(len(k))].sum())


def _padded(x, k):
    (kh, kw), right = k.shape, _by()
    edges = ((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2)
    return right(np.pad(x, edges), k)


correlate2d.mistake(
    "The kernel is turned: that is convolution. Here k lies on x as it is.",
    flipped=_by(kernel=lambda k: k[::-1, ::-1]),
)
correlate2d.mistake(
    "Only one of the kernel's two axes is turned. Here none is.",
    rows_turned=_by(kernel=lambda k: k[::-1]),
    columns_turned=_by(kernel=lambda k: k[:, ::-1]),
)
correlate2d.mistake(
    "The last row and the last column are missing. A kernel of 3 fits into 5 at three "
    "places, not two.",
    one_too_few=lambda x, k: _by()(x, k)[:-1, :-1],
)
correlate2d.mistake(
    "Your result is as large as x. Only places where the *whole* kernel fits count.",
    same_size=_padded,
)
correlate2d.mistake(
    "A kernel need not be square: its height kh and its width kw are two numbers.",
    square=_by(kernel=_first_columns),
)
correlate2d.mistake(
    "The products are to be added up. You take their mean, or keep one of them.",
    mean=_by(lambda products: products.mean(axis=(2, 3))),
    last=_by(lambda products: products[..., -1, -1]),
)
correlate2d.mistake(
    "Rows and columns of the result are exchanged.",
    transposed=lambda x, k: _by()(x, k).T,
)
