from dlcourse.teach.exercise import exercise


def _setting(rng):
    """The kernel, spread out, fits into the padded input."""
    kernel, stride, dilation = (int(n) for n in rng.integers(1, 6, size=3))
    padding = int(rng.choice([0, 1, rng.integers(0, 8)]))
    least = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
    return int(rng.integers(least, least + 40)), kernel, stride, padding, dilation


@exercise(
    section="Deeper: How large is the output?",
    inputs=_setting,
    edge_cases=(
        *((5, 3, 1, 0, 1), (5, 3, 1, 1, 1), (28, 5, 1, 2, 1), (7, 2, 2, 0, 1)),
        *((32, 3, 1, 2, 2), (224, 7, 2, 3, 1), (1, 1, 3, 0, 4), (4, 4, 3, 0, 1)),
    ),
    trials=24,
    returns="an integer",
)
def output_size(size, kernel, stride, padding, dilation):
    """At how many places a kernel lies: the output's length along one axis, an integer.

    size: pixels of the input.   padding: zeros added at *each* end.
    kernel: entries of the kernel; neighbours cover pixels that are dilation apart.
    stride: pixels between a place and the next. The first is at the very beginning, and
    the kernel always lies wholly within the input and its padding.
    """
    return _by()(size, kernel, stride, padding, dilation)


def _by(
    span=lambda kernel, dilation: dilation * (kernel - 1) + 1,
    places=lambda room, stride: room // stride + 1,
    ends=2,
):
    """span: pixels under the kernel. room: pixels left over where it lies first."""

    def count(size, kernel, stride, padding, dilation):
        return places(size + ends * padding - span(kernel, dilation), stride)

    return count


output_size.mistake(
    "Where a last step would leave the input, there is no place: round down, not up.",
    ceil=_by(places=lambda room, stride: -(-room // stride) + 1),
    nearest=_by(places=lambda room, stride: int(room / stride + 0.5) + 1),
    rounded=_by(places=lambda room, stride: round(room / stride) + 1),
)
output_size.mistake(
    "Places are whole: a last step that does not fit is none. `/` keeps a part of it.",
    divided=_by(places=lambda room, stride: room / stride + 1),
)
output_size.mistake(
    "One place is missing: count the first one, too, before any step.",
    no_first=_by(places=lambda room, stride: room // stride),
)
output_size.mistake(
    "How many pixels does a kernel of 3 cover, first to last, with dilation 2? Five.",
    times=_by(lambda kernel, dilation: dilation * kernel),
    without_itself=_by(lambda kernel, dilation: dilation * (kernel - 1)),
    kernel_spread=_by(lambda kernel, dilation: kernel + dilation - 1),
    dilation_between=_by(lambda kernel, dilation: kernel + dilation * (kernel - 1)),
)
output_size.mistake("The padding is added at both ends.", one_end=_by(ends=1))
output_size.mistake("The padding has no effect with you.", no_padding=_by(ends=0))
output_size.mistake(
    "The dilation has no effect with you.", no_dilation=_by(lambda kernel, _: kernel)
)
output_size.mistake(
    "The stride has no effect with you.", no_stride=_by(places=lambda room, _: room + 1)
)
output_size.mistake(
    "The stride divides what is left when the kernel lies first; the 1 comes after.",
    divided_last=_by(places=lambda room, stride: (room + 1) // stride),
    size_divided=lambda size, kernel, stride, padding, dilation: (
        (size + 2 * padding) // stride - dilation * (kernel - 1)
    ),
)
