import numpy as np

from dlcourse.teach.exercise import exercise


def _polynomial(rng):
    a = rng.choice([-1, 1]) * 10 ** rng.uniform(-0.4, 0.4)
    return rng.normal(size=rng.integers(1, 8)) * 10 ** rng.uniform(-1, 1), float(a)


@exercise(
    section="Deeper: Whose powers?",
    inputs=_polynomial,
    edge_cases=(
        (np.array([1.0, 2, 3, 4]), 2.0),
        (np.array([5.0, -1, 2]), 0.5),
        (np.array([1.0, 2, 3, 4]), -1.0),
        (np.array([7.0]), 3.0),
        (np.array([0.0, 1]), 4.0),
        (np.array([1.0, 0, -2, 5]), 1.0),
    ),
    returns="the coefficients, an array (d + 1,)",
)
def rescaled(theta, a):
    """The coefficients (d + 1,) of the same polynomial, for inputs a x instead of x.

    theta (d + 1,): that of x^k at index k.   a: a number other than 0.
    """
    return _by()(theta, a)


def _by(factor=lambda a, k: a ** (-k)):
    return lambda theta, a: theta * factor(a, np.arange(len(theta), dtype=float))


rescaled.mistake(
    "Turned round: when the inputs grow, must coefficients grow or shrink, for the "
    "same curve?",
    times=_by(lambda a, k: a**k),
    times_once=_by(lambda a, k: a + 0 * k),
    times_once_but_first=_by(lambda a, k: np.where(k == 0, 1, a)),
)
rescaled.mistake(
    "theta_0 belongs to no x: it is the curve's height at 0, in whichever unit.",
    one_too_many=_by(lambda a, k: a ** (-k - 1)),
    once=_by(lambda a, k: 1 / a + 0 * k),
)
rescaled.mistake(
    "One factor for all powers: what does another unit do to x², what to x³?",
    once_but_first=_by(lambda a, k: np.where(k == 0, 1, 1 / a)),
)
rescaled.mistake(
    "Your factors are 1/(a k), or the like: x^k holds k factors of x, *multiplied*.",
    multiples=_by(lambda a, k: 1 / np.where(k == 0, 1, a * k)),
)
rescaled.mistake(
    "A negative a turns the curve's two sides round: the odd powers change sign.",
    unsigned=_by(lambda a, k: abs(a) ** (-k)),
)
rescaled.mistake(
    "You count the powers from the highest one. Here theta[k] belongs to x^k.",
    from_the_highest=_by(lambda a, k: a ** (k - len(k) + 1)),
    turned_from_the_highest=_by(lambda a, k: a ** (len(k) - 1 - k)),
    handed_back_turned=lambda theta, a: _by()(theta, a)[::-1],
)
