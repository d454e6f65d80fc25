"""Where the texts of a figure are, and whether they keep out of each other's way."""

from itertools import combinations

from matplotlib.text import Text


def texts(fig):
    """Every text of the figure that can be seen."""
    unseen = set()  # matplotlib keeps ticks beyond the ends of an axis
    for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low <= tick.get_loc() <= high:
                unseen |= {tick.label1, tick.label2}
    found = fig.findobj(Text)
    return [t for t in found if t.get_text() and t.get_visible() and t not in unseen]


def boxes(fig):
    return {t: Text.get_window_extent(t) for t in texts(fig)}  # without its arrow


def assert_tidy(fig):
    """No two texts overlap, and none leaves the figure."""
    extents = boxes(fig)
    for (a, one), (b, other) in combinations(extents.items(), 2):
        assert not one.padded(-1).overlaps(other.padded(-1)), (a, b)
    for text, box in extents.items():
        inside = fig.bbox.padded(2)
        assert box.x0 >= inside.x0 and box.x1 <= inside.x1, text
        assert box.y0 >= inside.y0 and box.y1 <= inside.y1, text


def labels(fig):
    return {t.get_text().replace("\n", " ") for t in texts(fig)}
