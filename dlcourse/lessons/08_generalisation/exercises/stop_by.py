import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import chance, cross_entropy, moments

RNG, FAR = np.random.default_rng(83), np.eye(6)[[[1, 1, 0], [5, 0, 0]]]
SURER = np.array([[[0.0, 1], [1, 0], [3, 2]], [[0, 9], [0, 9], [0, 9]]])


@exercise(
    section="Debug this: cleaner labels, more errors",
    inputs=moments,
    edge_cases=(
        (SURER, np.array([1, 1, 0])),
        (SURER[::-1], np.array([1, 0, 0])),
        (SURER[:1], np.array([0, 0, 0])),
        (SURER[:, :1], np.array([0])),  # wrong at all moments
        (FAR * [[[1]], [[9]]], np.array([0, 0, 0])),
        moments(RNG, 8, 4, 3),  # several with equally few
        moments(RNG, 6, 1, 5),
        moments(RNG, 3, 3, 3),
    ),
    returns="the index of a moment, an integer",
)
def stop_by(logits, y):
    """The first moment with the fewest errors.   logits (m, n, c).   y (n,): labels."""
    return int(_errors(logits, y).argmin())


def _errors(logits, y):
    return np.mean(logits.argmax(axis=2) != y, axis=1)


stop_by.mistake(
    "You watch the loss, as the colleague does. It asks how *sure* the network is, of "
    "wrong labels, too. Which moment has the fewest errors?",
    loss=lambda logits, y: int(np.argmin([cross_entropy(z, y) for z in logits])),
    probability=lambda logits, y: int(np.argmax([chance(z, y) for z in logits])),
)
stop_by.mistake(
    "Of several moments with equally few errors, the first is asked for.",
    last=lambda logits, y: len(logits) - 1 - int(_errors(logits, y)[::-1].argmin()),
)
stop_by.mistake(
    "That is the moment with the *most* errors.",
    most=lambda logits, y: int(_errors(logits, y).argmax()),
)
stop_by.mistake(
    "That is a share, or several: asked is *which* moment has the fewest errors.",
    share=lambda logits, y: _errors(logits, y).min(),
    share_right=lambda logits, y: 1 - _errors(logits, y).min(),
    shares=_errors,
)
stop_by.mistake(
    "You stop where the errors first rise. They may fall again, and lower.",
    first_dip=lambda logits, y: int(
        np.append(np.diff(_errors(logits, y)) > 0, True).argmax()
    ),
)
stop_by.mistake(
    "Moments are counted from 0.",
    from_one=lambda logits, y: stop_by.reference(logits, y) + 1,
)
stop_by.mistake(
    "Yours is the index of an image: whose errors are to be counted?",
    image=lambda logits, y: int((logits.argmax(2) != y).mean(0).argmin()),
)
stop_by.mistake(
    "A wrong class is one error, however far its number is from the label's.",
    distance=lambda logits, y: int(np.abs(logits.argmax(2) - y).mean(1).argmin()),
    squares=lambda logits, y: int(((logits.argmax(2) - y) ** 2).mean(1).argmin()),
)
stop_by.mistake(
    "The surest, or the last: neither says how many labels the network gets right.",
    surest=lambda logits, y: int(logits.max(axis=2).mean(axis=1).argmax()),
    end=lambda logits, y: len(logits) - 1,
)
