"""What is drawn is what backward() computes, and nothing is drawn over another."""

from importlib import import_module
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from dlcourse import nn, no_grad, show, tensor
from dlcourse.show.layers import arrange

trace = import_module("dlcourse.show.graph").trace  # show.graph is the function


def leaf(value, name=""):
    t = tensor(np.asarray(value, float), requires_grad=True)
    t.name = name
    return t


def shared():
    """L = h h + h with h = tanh(w u): h is used three times."""
    w, u = leaf(0.5, "w"), leaf(2.0, "u")
    h = (w * u).tanh()
    h.name = "h"
    return h * h + h, h, (w, u)


def draw(result, **options):
    fig = show.graph(result, return_figure=True, **options)
    fig.canvas.draw()
    return fig


def texts(fig):
    return [t for t in fig.findobj(Text) if t.get_text() and t.get_visible()]


def words(fig):
    return [t.get_text() for t in texts(fig)]


def assert_tidy(fig):
    boxes = {t: t.get_window_extent() for t in texts(fig)}
    for (a, one), (b, other) in combinations(boxes.items(), 2):
        assert not one.padded(-2).overlaps(other.padded(-2)), (a, b)
    for text, box in boxes.items():
        assert fig.bbox.contains(*box.p0) and fig.bbox.contains(*box.p1), text


# ----------------------------------------------------------------------- the numbers


def mlp():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x = tensor(np.ones((5, 3), np.float32))
    loss = nn.functional.cross_entropy(model(x), tensor([0, 1, 0, 1, 1]))
    return loss, model


def broadcast():
    a, b = leaf(np.ones((3, 1)), "a"), leaf([1.0, 2.0], "b")
    return ((a * b + b).exp().sum() / 7.0), (a, b)


@pytest.mark.parametrize(
    "make",
    [
        lambda: shared()[0],
        lambda: mlp()[0],
        lambda: broadcast()[0],
        lambda: (leaf(2.0) * 3.0 - 1.0) ** 2,
    ],
)
def test_the_gradients_are_those_of_backward(make):
    result = make()
    nodes, edges = trace(result)
    for node in nodes:
        if node.tensor.requires_grad:
            node.tensor.retain_grad()
    result.backward()
    for node in nodes:
        if node.tensor.requires_grad:
            assert np.allclose(node.gradient, node.tensor.grad.data, rtol=1e-6)
        else:
            assert node.gradient is None
    for i, node in enumerate(nodes[:-1]):
        arriving = [e.gradient for e in edges if e.start == i]
        arriving = [gradient for gradient in arriving if gradient is not None]
        if arriving:
            assert np.allclose(sum(arriving), node.gradient, rtol=1e-6)


def test_slope_times_gradient_is_what_arrives():
    nodes, edges = trace(shared()[0])
    for edge in edges:
        expected = edge.slope * nodes[edge.end].gradient
        assert edge.gradient == pytest.approx(expected.item())


def test_the_shared_node_shows_each_gradient_and_the_sum():
    said = words(draw(shared()[0]))
    assert said.count("◂ 0.762") == 2 and said.count("◂ 1") == 1
    assert "grad 2.52" in said
    assert "= 0.762 + 0.762 + 1" in said
    assert "◂ gradient that comes back along this edge" in " ".join(said)
    assert not any("◂" in word for word in words(draw((leaf(1.0) * 2.0).exp())))


def test_negative_terms_read_as_a_sum():
    a = leaf(3.0)
    assert "= −1 + 2" in words(draw(2.0 * a - a)) + words(draw(-a + 2.0 * a))


def test_arrays_show_shapes_and_lengths():
    loss, model = mlp()
    names = dict(model.named_parameters())
    fig = draw(loss, names=names)
    loss.backward()
    said = words(fig)
    for name, parameter in names.items():
        assert name in said and str(parameter.shape) in said
        length = np.linalg.norm(parameter.grad.data)
        assert f"|grad| {length:.3g}" in said
    assert not any("grad" in word for word in words(draw(mlp()[0], gradients=False)))


def test_nothing_of_the_graph_is_touched():
    result, h, (w, _) = shared()
    draw(result)
    assert w.grad is None and h.grad is None
    result.backward()
    first = w.grad.data.copy()
    result, _, (w, _) = shared()
    result.backward(retain_graph=True)
    draw(result)
    assert np.array_equal(w.grad.data, first)


def test_powers_have_their_exponent():
    a = leaf(3.0)
    assert "$x^{2}$" in words(draw(a**2))
    assert "$x^{−0.5}$" in words(draw(a**-0.5))
    assert "$x^{3}$" in words(draw((leaf([0.0, 2.0]) ** 3).sum()))


# ----------------------------------------------------------------------- the drawing


@pytest.mark.parametrize("make", [lambda: shared()[0], lambda: mlp()[0]])
@pytest.mark.parametrize("gradients", [True, False])
def test_labels_do_not_overlap(make, gradients):
    assert_tidy(draw(make(), gradients=gradients))


def test_a_tangle_is_still_tidy():
    a, b = leaf(1.5, "a"), leaf(-2.0, "b")
    c = a * b + a
    d = c.exp() / (b * b + 1.0)
    assert_tidy(draw((d - a).sigmoid() * c))


def test_an_arrow_for_every_use():
    result, *_ = shared()
    arrows = [p for p in draw(result).axes[0].patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == len(trace(result)[1]) == 7


dags = st.integers(2, 9).flatmap(
    lambda n: st.lists(
        st.tuples(st.integers(0, n - 2), st.integers(1, n - 1)).filter(
            lambda edge: edge[0] < edge[1]
        ),
        max_size=14,
    ).map(lambda extra: (n, [*((i, i + 1) for i in range(n - 1)), *extra]))
)


@settings(max_examples=60, deadline=None)
@given(dags)
def test_every_layout_is_complete_and_leads_right(dag):
    n, edges = dag
    layout = arrange(range(n), edges, lambda item: 1.0)
    column = {item: c for c, items in enumerate(layout.columns) for item in items}
    assert set(range(n)) <= column.keys()
    for e, (start, end) in enumerate(edges):
        path = layout.route[e]
        assert (path[0], path[-1]) == (start, end)
        assert np.all(np.diff([column[item] for item in path]) == 1)
    for items in layout.columns:
        assert np.all(np.diff([layout.y[item] for item in items]) >= 1 - 1e-9)


def test_no_crossing_where_none_is_needed():
    # 0 and 1 feed 3; 2 and 1 feed 4; 3 and 4 feed 5
    layout = arrange(range(6), [(0, 3), (2, 4), (1, 3), (1, 4), (3, 5), (4, 5)], len_1)
    rank = {item: i for items in layout.columns for i, item in enumerate(items)}
    assert (rank[0] < rank[1] < rank[2]) == (rank[3] < rank[4])


def len_1(item):
    return 1.0


# -------------------------------------------------------------------------- bad input


def freed():
    result = shared()[0]
    result.backward()
    return result


def unrecorded():
    with no_grad():
        return leaf(1.0) * 2.0


def long():
    t = leaf(1.0)
    for _ in range(50):
        t = t.tanh()
    return t


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: 3.0, TypeError, "graph expects a Tensor of dlcourse, got float"),
        (freed, ValueError, "freed by backward"),
        (unrecorded, ValueError, "nothing to draw"),
        (lambda: leaf(1.0), ValueError, "nothing to draw"),
        (lambda: leaf([1.0, 2.0]) * 2.0, ValueError, r"result has shape \(2,\)"),
        (long, ValueError, "51 nodes, at most 40"),
    ],
)
def test_bad_graphs(make, error, message):
    with pytest.raises(error, match=message):
        show.graph(make(), alt="Nothing.")
