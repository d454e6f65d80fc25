"""What an update works on: long runs of numbers that stay in the processor's cache.

A call of NumPy costs about half a microsecond however little it does, and a pass over
an array that the cache has lost costs more than one over an array that it still holds.
So small parameters are copied side by side into one run, and large ones are cut into
pieces; all of a method's passes over one are done before the next is touched. The
parameters stay where they are: whoever holds their arrays sees the change.
"""

from itertools import groupby, pairwise
from operator import is_

import numpy as np

SMALL = 2**13  # numbers; below this, being copied costs less than calls of one's own
RUN = 2**15  # of small parameters side by side; of Adam's five arrays, 0.6 MB
PIECE = 2**15  # of a large one


class Plan:
    """The parameters of one group that have a gradient, sorted into packs.

    The arrays called ``names`` in each parameter's ``state`` become views of the runs
    in which the packs keep them.
    """

    def __init__(self, parameters, names, state):
        def kind(p):
            return p.dtype.char, state[p]["step"]

        for p in parameters:
            p.data = np.asarray(p.data)  # 0-d arrays turn into scalars too easily
            expect_shape("its gradient", p.grad, p)
            for name in names:
                expect_shape(f"its state {name!r}", state[p][name], p)
        self.parameters, self.names = parameters, names
        self.packs = [
            Pack(list(alike), names, state)
            for _, alike in groupby(sorted(parameters, key=kind), kind)
        ]
        self._arrays = self._arrays_now(state)

    def fits(self, parameters, names, state):
        """Whether nothing was added, taken away or replaced since this was made."""
        return (
            names == self.names
            and len(parameters) == len(self.parameters)
            and all(map(is_, parameters, self.parameters))
            and all(map(is_, self._arrays_now(state), self._arrays))
        )

    def _arrays_now(self, state):
        arrays = [p.data for p in self.parameters]
        for name in self.names:
            arrays += [state[p].get(name) for p in self.parameters]
        return arrays


class Pack:
    """Parameters of one dtype that took equally many steps, to be updated together."""

    def __init__(self, parameters, names, state):
        self.states = [state[p] for p in parameters]
        runs = list(_runs(filter(_is_small, parameters)))
        longest = max((sum(p.data.size for p in run) for run in runs), default=0)
        copies = np.empty((2, longest), parameters[0].dtype)  # of w and g, for each run
        self._small = [_side_by_side(run, copies, names, state) for run in runs]
        self._large = [
            (p, _pieces(p, names, state[p])) for p in parameters if not _is_small(p)
        ]

    def runs(self):
        """Yield (w, g, *remembered), flat arrays of one length, for each run.

        ``w`` and the remembered are to be changed in place; ``g`` may be the gradient's
        own memory, so it is only read.
        """
        for run, members in self._small:
            for p, w, g in members:
                w[...] = p.data
                g[...] = p.grad.data
            yield run
            for p, w, _ in members:
                p.data[...] = w
        for p, pieces in self._large:
            w, g = p.data.reshape(-1), p.grad.data.reshape(-1)
            for piece, remembered in pieces:
                yield w[piece], g[piece], *remembered


def _is_small(p):
    """Small, or not row by row in memory: then it can't be cut without copying."""
    return p.data.size < SMALL or not p.data.flags.c_contiguous


def _runs(parameters):
    """The parameters, in order, in lists of at most RUN numbers (or one alone)."""
    run, length = [], 0
    for p in parameters:
        if run and length + p.data.size > RUN:
            yield run
            run, length = [], 0
        run.append(p)
        length += p.data.size
    if run:
        yield run


def _side_by_side(run, copies, names, state):
    """The arrays of a run, and for each parameter its part of w and of g."""
    ends = np.cumsum([p.data.size for p in run]).tolist()
    remembered = [np.empty(ends[-1], copies.dtype) for _ in names]
    arrays = *copies[:, : ends[-1]], *remembered
    members = []
    for p, end in zip(run, ends, strict=True):
        w, g, *parts = (a[end - p.data.size : end].reshape(p.shape) for a in arrays)
        members.append((p, w, g))
        for name, part in zip(names, parts, strict=True):
            part[...] = state[p][name]
            state[p][name] = part
    return arrays, members


def _pieces(p, names, state):
    """(slice, the remembered arrays there) for each piece of a large parameter."""
    for name in names:
        state[name] = np.ascontiguousarray(state[name], p.dtype)
    flat = [state[name].reshape(-1) for name in names]
    count = -(-p.data.size // PIECE)
    ends = [p.data.size * i // count for i in range(count + 1)]
    pieces = [slice(a, b) for a, b in pairwise(ends)]
    return [(piece, [array[piece] for array in flat]) for piece in pieces]


def expect_shape(what, array, p):
    if np.shape(array) != p.shape:
        raise ValueError(
            f"a parameter of shape {p.shape}: {what} has shape {np.shape(array)}"
        )
