import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.show.spacing import apart

things = st.lists(
    st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=1, max_size=12
)


@given(things)
def test_nothing_overlaps_and_the_order_stays(things):
    wanted, sizes = zip(*things, strict=True)
    y = apart(wanted, sizes)
    room = (np.array(sizes[1:]) + sizes[:-1]) / 2
    assert (np.diff(y) >= room - 1e-9).all()


@given(things, st.integers(0, 11), st.floats(-1, 1))
def test_no_other_positions_are_nearer(things, which, shift):
    wanted, sizes = zip(*things, strict=True)
    y = apart(wanted, sizes)
    other = y.copy()
    other[which % len(y)] += shift
    room = (np.array(sizes[1:]) + sizes[:-1]) / 2
    if (np.diff(other) >= room).all():
        assert ((y - wanted) ** 2).sum() <= ((other - wanted) ** 2).sum() + 1e-9


def test_by_hand():
    assert apart([0, 10], [1, 1]) == pytest.approx([0, 10])  # room enough: unmoved
    assert apart([0, 0], [2, 2]) == pytest.approx([-1, 1])  # shared evenly
    assert apart([5, 1], [2, 2]) == pytest.approx([2, 4])  # the order is the caller's
    assert apart([9, 9], [2, 2], 0, 10) == pytest.approx([7, 9])  # kept inside
