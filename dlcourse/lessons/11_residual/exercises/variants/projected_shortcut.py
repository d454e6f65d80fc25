"""He's option B: where the shape changes, the shortcut is a convolution of 1 x 1, which
has weights: each pixel that is kept gives its C numbers to a matrix. Write it, without
a loop over pixels. (Which axes go into the matrix, and which stay?)
"""

import numpy as np

from ...answers.images import every, projected
from ...fixtures import relu
from ..padded_shortcut import padded_shortcut

X = np.arange(1.0, 31).reshape(1, 2, 5, 3)


@padded_shortcut.variant(
    "That is the lesson's answer: it has no weights, and leaves W alone.",
    public=lambda x, channels, stride, W: padded_shortcut.reference(
        x, channels, stride
    ),
    inputs=projected,
    edge_cases=(
        (X, 3, 2, np.array([[1.0, -1], [2, 0.5], [0, 3]])),
        (X, 2, 1, np.array([[0.0, 2], [-1, 1]])),
        (X[:, :1], 2, 3, np.array([[2.0], [-1]])),
    ),
)
def projected_shortcut(x, channels, stride, W):
    """x (N, C, H, W), made to fit (N, channels, H', W'), by a matrix W (channels, C).

    Every stride-th row and column is kept, the first one, too. Of each pixel that is
    kept, output channel d is the sum of W[d, c] times its channel c.
    """
    return np.einsum("dc,nchw->ndhw", W, x[:, :, ::stride, ::stride])


def _by(keep=every, weigh=lambda W: W, sums="dc,nchw->ndhw"):
    return lambda x, channels, stride, W: np.einsum(sums, weigh(W), keep(x, stride))


def _in_rows(x, W, turn=lambda x: x):
    rows = turn(x).reshape(-1, x.shape[1]) @ W.T
    return rows.reshape(len(x), len(W), *x.shape[2:])


def _added(x, channels, stride, W):
    padded = padded_shortcut.reference(x, channels, stride)
    return padded + _by()(x, channels, stride, W)


projected_shortcut.mistake(
    "That is a corner of the image. Kept are pixels from all over it, stride apart.",
    crop=_by(lambda x, s: x[:, :, : -(-x.shape[2] // s), : -(-x.shape[3] // s)]),
)
projected_shortcut.mistake(
    "The first row and the first column are kept, then every stride-th, to the end.",
    from_the_last=_by(lambda x, s: x[:, :, s - 1 :: s, s - 1 :: s]),
)
projected_shortcut.mistake(
    "The stride has no effect with you, or on one axis alone.",
    no_stride=_by(lambda x, s: x),
    rows_alone=_by(lambda x, s: x[:, :, ::s]),
    columns_alone=_by(lambda x, s: x[:, :, :, ::s]),
)
projected_shortcut.mistake(
    "The products are to be added up over the input's channels: neither their mean, "
    "nor W's sums alone.",
    mean=_by(weigh=lambda W: W / W.shape[1]),
    sums_apart=lambda x, channels, stride, W: (
        W.sum(axis=1)[:, None, None] * every(x, stride).sum(axis=1, keepdims=True)
    ),
)
projected_shortcut.mistake(
    "Numbers of different pixels are mixed, or end at other places: `reshape` moves no "
    "axis.",
    mixed=lambda x, channels, stride, W: _in_rows(every(x, stride), W),
    put_back=lambda x, channels, stride, W: _in_rows(
        every(x, stride), W, lambda k: k.transpose(0, 2, 3, 1)
    ),
)
projected_shortcut.mistake(
    "What W gives is the whole shortcut: the padded x is not added to it, and no ReLU "
    "comes after it.",
    added=_added,
    relu_after=lambda x, channels, stride, W: relu(_by()(x, channels, stride, W)),
)
