"""Arrays that exercises are tried on, and what is asked of a result in integers."""

import numpy as np


def shaped(rng, axes=None):
    """A shape of 1 to 4 axes: lengths from 1 on, seldom alike."""
    axes = int(rng.integers(1, 5)) if axes is None else axes
    return tuple(int(n) for n in rng.choice([1, 2, 3, 4, 5], size=axes))


def signed(rng, shape):
    """Of both signs or of one, of any size; a few are 0, and some far out."""
    w = rng.normal(size=shape) * 10.0 ** rng.uniform(-3, 3)
    kind = rng.integers(6)
    if kind == 0:
        return np.abs(w)
    if kind == 1:
        return -np.abs(w)
    if kind == 2:
        return np.where(rng.integers(4, size=shape), w, 0.0)
    return w * np.where(rng.integers(8, size=shape), 1, 10) if kind == 3 else w


def undecided(t):
    """Whether some t is so near to a half that rounding may go either way."""
    return bool((np.abs(t - np.floor(t) - 0.5) < 1e-3).any())


def others(w, axis):
    return tuple(i for i in range(w.ndim) if i != axis % w.ndim)


def largest(w, axis):
    """The largest |w| for each index of axis."""
    return np.abs(w).max(axis=others(w, axis), keepdims=True)


def typed(answer, *names, digits=False):
    """What ``run`` gives of an answer whose first part is an array of integers.

    digits: also their last three, for where no relative error is allowed.
    """
    if not isinstance(answer, tuple | list) or len(answer) != len(names):
        raise TypeError(f"{' and '.join(names)} are asked for, {len(names)} values")
    first = np.asarray(answer[0])
    return {
        **dict(zip(names, answer, strict=True)),
        f"the number of bytes of an entry of `{names[0]}`": first.dtype.itemsize,
        f"whether `{names[0]}` holds integers": first.dtype.kind in "iu",
        **({f"`{names[0]} % 1000`": first % 1000} if digits else {}),
    }
