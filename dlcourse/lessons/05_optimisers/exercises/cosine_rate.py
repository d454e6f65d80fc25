import numpy as np

from dlcourse.teach.exercise import exercise


def _time(rng):
    total = int(rng.integers(3, 200))
    warmup = int(rng.choice([0, 1, total // 10, rng.integers(total - 1), total - 2]))
    t = int(rng.choice([0, warmup, total, rng.integers(total), rng.integers(total)]))
    return t, total, warmup, float(10 ** rng.uniform(-4, 1))


@exercise(
    section="Deeper: Cosine with warm-up",
    inputs=_time,
    edge_cases=(
        (4, 10, 2, 0.8),
        (1, 10, 4, 2),  # on the way up
        (5, 10, 8, 1.0),  # higher than a cosine over all the time would be
        (4, 10, 4, 1.0),
        (10, 10, 4, 1.0),
        (0, 10, 0, 0.5),  # no warm-up
        (5, 10, 0, 1.0),  # no warm-up, half way down
    ),
    trials=20,
    returns="the rate, a number",
)
def cosine_rate(t, total, warmup, highest):
    """highest t/warmup up to t = warmup; then half a cosine, to 0 at t = total."""
    return _by()(t, total, warmup, highest)


def _half(s):
    return (1 + np.cos(np.pi * s)) / 2


def _share(t, total, warmup):
    return (t - warmup) / (total - warmup)


def _by(fall=_half, share=_share, rise=lambda t, warmup: t / warmup):
    """highest times rise, then times fall(the share of the way down)."""

    def rate(t, total, warmup, highest):
        if t < warmup:
            return highest * rise(t, warmup)
        return highest * fall(share(t, total, warmup))

    return rate


cosine_rate.mistake(
    "The way down has its own clock: it begins at t = warmup and lasts total - warmup. "
    "With yours the rate jumps where the two pieces meet, or does not end at 0.",
    from_zero=_by(share=lambda t, total, warmup: t / total),
    too_long=_by(share=lambda t, total, warmup: (t - warmup) / total),
)
cosine_rate.mistake(
    "Off by one: 0 is reached at t = total, and highest at t = warmup.",
    one_early=_by(share=lambda t, total, warmup: _share(t, total - 1, warmup)),
    one_ahead=_by(share=lambda t, total, warmup: _share(t + 1, total, warmup)),
    up_one_ahead=_by(rise=lambda t, warmup: (t + 1) / warmup),
)
cosine_rate.mistake(
    "NumPy's cosine takes radians: half a turn is pi, not 180, and not 1.",
    degrees=_by(lambda s: (1 + np.cos(180 * s)) / 2),
    without_pi=_by(lambda s: (1 + np.cos(s)) / 2),
)
cosine_rate.mistake(
    "Another way down: asked is the cosine from its top to its bottom, from 0 to pi, "
    "lifted by 1 so that it ends at 0, and halved so that it begins at highest.",
    without_half=_by(lambda s: 1 + np.cos(np.pi * s)),
    quarter=_by(lambda s: np.cos(np.pi * s / 2)),
    below_zero=_by(lambda s: np.cos(np.pi * s)),
    upwards=_by(lambda s: 1 - _half(s)),
)
cosine_rate.mistake(
    "The warm-up is missing, or no line: from 0 at t = 0 to highest at t = warmup.",
    highest_at_once=_by(rise=lambda t, warmup: 1),
    no_warmup=lambda t, total, warmup, highest: _by()(t, total, 0, highest),
    cosine_up=_by(rise=lambda t, warmup: _half(1 - t / warmup)),
)
