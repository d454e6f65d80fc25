import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.steps import ERRORS, UNITS, errors_by, somebodys


@exercise(
    section="Debug this: perfect at 8 bits",
    inputs=somebodys,
    edge_cases=ERRORS,
    trials=16,
    atol=3e-5,
    returns=("mean", "rms"),
)
def step_errors(w, q, scales):
    """(mean, rms): of the errors q * scales - w over all entries, in steps.

    w: floats.   q: integers like w (int8).   scales: a number, or an array that
    broadcasts against w: an entry's step is its own scale. mean: with its sign.
    rms: the root of the mean square. Two numbers.
    """
    return errors_by()(w, q, scales)


step_errors.mistake(
    "An error is what came out less what went in: the sign is turned.",
    sign=errors_by(lambda w, q, s: (w - q * s) / s),
)
step_errors.mistake(
    "How many *steps* is it off? Yours, one or both, are in the units of w.",
    **UNITS,
)
step_errors.mistake(
    "Integers less floats: which w does an integer stand for?",
    integers=errors_by(lambda w, q, s: q - w),
    integers_in_steps=errors_by(lambda w, q, s: (q - w) / s),
)
step_errors.mistake(
    "Each entry's step is its *own* scale: yours divides all by one, or multiplies.",
    mean_scale=errors_by(lambda w, q, s: (q * s - w) / s.mean()),
    largest_scale=errors_by(lambda w, q, s: (q * s - w) / s.max()),
    first_scale=errors_by(lambda w, q, s: (q * s - w) / s.flat[0]),
    times=errors_by(lambda w, q, s: (q * s - w) * s),
)
step_errors.mistake(
    "The mean has lost its sign: where errors cancel it is 0, and that is what tells.",
    of_sizes=errors_by(mean=lambda e: np.abs(e).mean()),
    size=errors_by(mean=lambda e: np.abs(e.mean())),
    all_sizes=errors_by(lambda w, q, s: np.abs(q * s - w) / s),
)
step_errors.mistake(
    "rms: square, take the mean, then the root. Something of it is missing.",
    squares=errors_by(rms=lambda e: (e**2).mean()),
    root_of_sum=errors_by(rms=lambda e: np.sqrt((e**2).sum())),
    mean_of_sizes=errors_by(rms=lambda e: np.abs(e).mean()),
    of_the_mean=errors_by(rms=lambda e: np.abs(e.mean())),
    root_over_n=errors_by(rms=lambda e: np.sqrt((e**2).sum()) / e.size),
)
step_errors.mistake(
    "That is the standard deviation, which takes the mean off: the rms has it in.",
    deviation=errors_by(rms=np.std),
    deviation_of_a_sample=errors_by(
        rms=lambda e: e.std(ddof=1) if e.size > 1 else np.nan
    ),
)
step_errors.mistake(
    "A mean is over *all* entries: yours is a sum, or divides by the rows.",
    sums=errors_by(mean=np.sum),
    both_sums=errors_by(mean=np.sum, rms=lambda e: np.sqrt((e**2).sum())),
    rows=errors_by(
        mean=lambda e: e.sum() / len(e), rms=lambda e: np.sqrt((e**2).sum() / len(e))
    ),
)
step_errors.mistake(
    "The largest error, or the middle one, is no mean.",
    largest=errors_by(rms=lambda e: np.abs(e).max()),
    median=errors_by(mean=np.median),
)
step_errors.mistake(
    "The two are in the other order.",
    swapped=errors_by(end=lambda mean, rms: (rms, mean)),
)
