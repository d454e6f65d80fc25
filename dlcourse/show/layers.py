"""Where to draw the nodes of a graph: in columns, with few crossings and short edges.

The method is Sugiyama, Tagawa and Toda's (1981), in four steps: a column for each node;
a place-holder wherever an edge passes through a column; an order within each column;
and positions that keep the order and pull neighbours level.
"""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from dlcourse.show.spacing import apart

__all__ = ["Layout", "arrange"]


class Layout:
    """Columns from left to right, each a list of items from top to bottom.

    An item is a node, or a tuple ``(edge, k)`` that keeps the edge's place in the k-th
    column on its way. ``route[edge]`` are the items along an edge, ends included.
    """

    def __init__(self, columns, route):
        self.columns, self.route = columns, route
        self.y = {}


def arrange(nodes, edges, height):
    """Lay out a directed acyclic graph.

    Args:
        nodes: in an order in which every edge leads forward; the last is the result.
        edges: list of (from, to), indices into ``nodes``; several may be equal.
        height: height(item) -> room that it needs in its column, space included.
    """
    column = dict.fromkeys(range(len(nodes)), 0)  # counted from the result, leftwards
    for start, end in sorted(edges, key=lambda edge: -edge[1]):
        column[start] = max(column[start], column[end] + 1)
    depth = max(column.values())

    route = {}
    for e, (start, end) in enumerate(edges):
        between = range(column[start] - 1, column[end], -1)
        route[e] = [start, *((e, k) for k in between), end]
    columns = [[] for _ in range(depth + 1)]
    _place(len(nodes) - 1, edges, route, columns, column, set())
    columns.reverse()

    layout = Layout(columns, route)
    links = [link for path in route.values() for link in pairwise(path)]
    _reduce_crossings(layout, links)
    _level(layout, links, height)
    return layout


def _place(root, edges, route, columns, column, done):
    """Fill the columns in the order of a walk from the result through the operands."""
    arriving = defaultdict(list)
    for e, (_, end) in enumerate(edges):
        arriving[end].append(e)
    stack = [(root, ())]
    while stack:
        node, passed = stack.pop()
        for item in passed:
            columns[item[1]].append(item)
        if node in done:
            continue
        done.add(node)
        columns[column[node]].append(node)
        stack += [
            (edges[e][0], tuple(route[e][-2:0:-1])) for e in reversed(arriving[node])
        ]


def _reduce_crossings(layout, links):
    """Sort each column by where its neighbours are; keep the best of a few sweeps."""
    left, right = defaultdict(list), defaultdict(list)
    for a, b in links:
        right[a].append(b)
        left[b].append(a)
    best, fewest = layout.columns, _crossings(layout.columns, links)
    columns = [list(items) for items in best]
    for sweep in range(8):
        neighbours = left if sweep % 2 else right
        for items in columns if sweep % 2 else reversed(columns):
            rank = {item: i for row in columns for i, item in enumerate(row)}

            def wanted(item, rank=rank, neighbours=neighbours):
                near = [rank[other] for other in neighbours[item]]
                return np.mean(near) if near else rank[item]

            items.sort(key=wanted)
        if (count := _crossings(columns, links)) < fewest:
            best, fewest = [list(items) for items in columns], count
    layout.columns = best


def _crossings(columns, links):
    rank = {item: (c, i) for c, row in enumerate(columns) for i, item in enumerate(row)}
    ends = [(*rank[a], rank[b][1]) for a, b in links]
    return sum(
        c == d and (i - k) * (j - m) < 0
        for n, (c, i, j) in enumerate(ends)
        for d, k, m in ends[:n]
    )


def _level(layout, links, height):
    """Move every item towards the mean height of its neighbours, keeping the order."""
    near = defaultdict(list)
    for a, b in links:
        near[a].append(b)
        near[b].append(a)
    y = layout.y
    for items in layout.columns:
        sizes = [height(item) for item in items]
        start = apart(np.zeros(len(items)), sizes)
        y.update(zip(items, start, strict=True))
    for sweep in range(24):
        for items in layout.columns if sweep % 2 else reversed(layout.columns):
            sizes = [height(item) for item in items]
            wanted = [
                np.mean([y[other] for other in near[item]]) if near[item] else y[item]
                for item in items
            ]
            y.update(zip(items, apart(wanted, sizes), strict=True))
