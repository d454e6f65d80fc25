import numpy as np

from dlcourse.teach.exercise import exercise


def _moments(rng, m=None, n=None, c=None):
    """(logits, y): a run that grows ever surer, and labels of which some are wrong."""
    m, n, c = m or rng.integers(2, 9), n or rng.integers(1, 40), c or rng.integers(2, 9)
    true, size = rng.integers(c, size=n), np.sort(10 ** rng.uniform(-1, 1.5, m))
    signal = rng.uniform(0, 3, (m, 1, 1)) * np.eye(c)[true]
    y = (true + rng.integers(1, c, size=n) * (rng.random(n) < rng.uniform(0, 0.5))) % c
    return size[:, None, None] * (signal + rng.normal(size=(m, n, c))), y


RNG = np.random.default_rng(83)
SURER = np.array([[[0.0, 1], [1, 0], [3, 2]], [[0, 9], [0, 9], [0, 9]]])


@exercise(
    section="Debug this: cleaner labels, more errors",
    inputs=_moments,
    edge_cases=(
        (SURER, np.array([1, 1, 0])),
        (SURER[::-1], np.array([1, 0, 0])),
        (SURER[:1], np.array([0, 0, 0])),
        _moments(RNG, 8, 4, 3),  # several with equally few
        _moments(RNG, 6, 1, 5),
        _moments(RNG, 3, 3, 3),
    ),
    returns="the index of a moment, an integer",
)
def stop_by(logits, y):
    """The index of the first of the moments with the fewest errors.

    logits (m, n, c): m moments, n images, c classes.   y (n,): labels.
    """
    return int(_errors(logits, y).argmin())


def _errors(logits, y):
    return np.mean(logits.argmax(axis=2) != y, axis=1)


def _chances(logits, y):
    """The log-probability of each label: (m, n)."""
    z = logits - logits.max(axis=2, keepdims=True)
    return z[:, np.arange(len(y)), y] - np.log(np.exp(z).sum(axis=2))


stop_by.mistake(
    "You watch the loss, as the colleague does. It asks how *sure* the network is, of "
    "wrong labels, too. Which moment has the fewest errors?",
    loss=lambda logits, y: int((-_chances(logits, y).mean(axis=1)).argmin()),
    probability=lambda logits, y: int(np.exp(_chances(logits, y)).mean(1).argmax()),
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
    "That is the share of errors: asked is *which* moment has it.",
    share=lambda logits, y: _errors(logits, y).min(),
)
stop_by.mistake(
    "You stop where the errors first rise. They may fall again, and lower.",
    first_dip=lambda logits, y: int(
        np.append(np.diff(_errors(logits, y)) > 0, True).argmax()
    ),
)
stop_by.mistake(
    "Moments are counted from 0.",
    from_one=lambda logits, y: int(_errors(logits, y).argmin()) + 1,
)
stop_by.mistake(
    "The surest, or the last: neither says how many labels the network gets right.",
    surest=lambda logits, y: int(logits.max(axis=2).mean(axis=1).argmax()),
    end=lambda logits, y: len(logits) - 1,
)
