import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.images import images, pooled, shortcut, zeros

X = np.arange(1.0, 41).reshape(1, 2, 5, 4)


@exercise(
    section="Deeper: Where the shape changes",
    inputs=images,
    edge_cases=((X, 4, 2), (X, 5, 2), (X, 6, 1), (X, 2, 3), (X[:, :, :, :1], 3, 4)),
    trials=16,
    returns="an array (N, channels, H', W')",
)
def padded_shortcut(x, channels, stride):
    """x (N, C, H, W), made to fit (N, channels, H', W'), without any weight.

    Every stride-th row and column is kept, the first one, too, as a 1 x 1 convolution
    with this stride does. channels is at least C: those that x lacks are 0, and come
    behind its own.
    """
    return shortcut()(x, channels, stride)


padded_shortcut.mistake(
    "That is a corner of the image. Kept are pixels from all over it, stride apart.",
    crop=shortcut(lambda x, s: x[:, :, : -(-x.shape[2] // s), : -(-x.shape[3] // s)]),
    crop_down=shortcut(lambda x, s: x[:, :, : x.shape[2] // s, : x.shape[3] // s]),
)
padded_shortcut.mistake(
    "A pixel is kept or not: nothing is averaged, nor the largest taken.",
    mean=shortcut(pooled(np.mean)),
    largest=shortcut(pooled(np.max)),
)
padded_shortcut.mistake(
    "The first row and the first column are kept, then every stride-th, to the end.",
    from_the_last=shortcut(lambda x, s: x[:, :, s - 1 :: s, s - 1 :: s]),
    whole_steps=shortcut(
        lambda x, s: x[:, :, : x.shape[2] // s * s : s, : x.shape[3] // s * s : s]
    ),
)
padded_shortcut.mistake(
    "Rows *and* columns are to be skipped, and they alone: axes 2 and 3.",
    rows_alone=shortcut(lambda x, s: x[:, :, ::s]),
    columns_alone=shortcut(lambda x, s: x[:, :, :, ::s]),
    channels_too=shortcut(lambda x, s: x[:, ::s, ::s, ::s]),
    first_axes=shortcut(lambda x, s: x[::s, ::s]),
)
padded_shortcut.mistake(
    "Channels that x lacks are 0. Yours repeat those that it has.",
    in_turn=shortcut(fill=lambda x, n: x[:, np.arange(x.shape[1] + n) % x.shape[1]]),
    each_again=shortcut(
        fill=lambda x, n: x[
            :, np.arange(x.shape[1] + n) * x.shape[1] // (x.shape[1] + n)
        ]
    ),
    last_again=shortcut(
        fill=lambda x, n: np.pad(x, ((0, 0), (0, n), (0, 0), (0, 0)), "edge")
    ),
)
padded_shortcut.mistake(
    "The zeros come behind the channels of x, neither before them nor on both sides.",
    in_front=shortcut(fill=zeros(lambda n: n)),
    both_sides=shortcut(fill=zeros(lambda n: n // 2)),
)
padded_shortcut.mistake(
    "The zeros lie along another axis: channels are axis 1.",
    more_examples=shortcut(fill=zeros(lambda n: 0, 0)),
    more_rows=shortcut(fill=zeros(lambda n: 0, 2)),
    more_columns=shortcut(fill=zeros(lambda n: 0, 3)),
)
padded_shortcut.mistake(
    "Only one of the two is done: pixels left out, channels added.",
    no_stride=shortcut(lambda x, s: x),
    no_channels=shortcut(fill=lambda x, n: x),
)
