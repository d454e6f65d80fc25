"""The graph of a computation, drawn with values, gradients and slopes.

Left to right as computed. A box is a Tensor: in grey the operation that made it, then
its name, its value, and its gradient. An edge carries the slope of the operation along
it; where a Tensor is used several times, also the gradient that comes back on each.
"""

import re
import textwrap
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

from dlcourse.autograd import Tensor
from dlcourse.autograd.tape import unbroadcast
from dlcourse.show import style
from dlcourse.show.boxes import Box, draw
from dlcourse.show.figure import drawing

__all__ = ["Edge", "Node", "graph", "trace"]

MOST = 40  # nodes; more cannot be read

SYMBOLS = {
    "add": "+",
    "amax": "max",
    "div": "÷",
    "matmul": "@",
    "mul": "×",
    "neg": "−",
    "sub": "−",
    "sum": "Σ",
    "transpose": "ᵀ",
}


@dataclass
class Node:
    """A Tensor of the graph and dL/d(Tensor), an array (None where none flows)."""

    tensor: Tensor
    gradient: np.ndarray | None = None
    arriving: list = field(default_factory=list)  # the gradients, one for each use


@dataclass
class Edge:
    """One use of a Tensor (nodes[start]) by an operation (nodes[end]).

    ``slope`` is d(end)/d(start) where both are single numbers, ``gradient`` what flows
    back along the edge; both None where no gradient flows.
    """

    start: int
    end: int
    slope: float | None = None
    gradient: np.ndarray | None = None


@drawing
def graph(result, *, title="", gradients=True, names=None):
    """Draw how ``result`` was computed.

    Numbers are shown with their value, arrays with their shape and the length
    (Euclidean norm) of their gradient. ``result`` and its graph stay as they are: no
    ``.grad`` changes.

    Args:
        result: a Tensor whose graph has not been freed by ``backward()``.
        alt: what there is to see, for who cannot see it.
        title: one line above.
        gradients: False draws values and shapes only; True needs a single number.
        names: label -> Tensor, beside each Tensor's own ``name``; for a model,
            ``dict(model.named_parameters())``.

    Raises TypeError where ``result`` is no Tensor of the course, ValueError where it
    has no graph, too large a graph, or no gradient.
    """
    nodes, edges = trace(result, gradients)
    labels = {id(tensor): label for label, tensor in (names or {}).items()}
    boxes = [
        Box(
            _symbol(node.tensor),
            _rows(node, labels, gradients),
            faint=not node.tensor.requires_grad,
        )
        for node in nodes
    ]
    said = [_said_on(edge, nodes, gradients) for edge in edges]
    ends = [(edge.start, edge.end) for edge in edges]
    return draw(boxes, ends, said, _key(boxes, said), title)


def trace(result, gradients=True):
    """The nodes, in the order of computing, and the edges of the graph of ``result``.

    The gradients come from a backward pass of its own over the tape.
    """
    if not isinstance(result, Tensor):
        got = type(result).__name__
        raise TypeError(f"graph expects a Tensor of dlcourse, got {got}")
    if result.op and not result.parents:
        raise ValueError(
            "this graph was freed by backward(): draw it before, or call "
            "backward(retain_graph=True)"
        )
    if not result.op:
        raise ValueError(
            "nothing to draw: this tensor wasn't computed from one with "
            "requires_grad=True (or it was inside no_grad())"
        )
    if gradients and result.data.size != 1:
        raise ValueError(
            f"gradients are of a single number, this result has shape {result.shape}: "
            "give gradients=False, or draw the graph of its sum"
        )
    found, stack = {result}, [result]
    while stack:
        for parent in stack.pop().parents:
            if parent not in found:
                found.add(parent)
                stack.append(parent)
    if len(found) > MOST:
        raise ValueError(
            f"this graph has {len(found)} nodes, at most {MOST} can be read: draw a "
            "smaller model, or a part"
        )
    tensors = sorted(found, key=attrgetter("_order"))
    at = {tensor: i for i, tensor in enumerate(tensors)}
    nodes = [Node(tensor) for tensor in tensors]
    edges = [Edge(at[p], at[t]) for t in tensors for p in t.parents]
    if gradients:
        _backward(nodes, edges)
    return nodes, edges


def _backward(nodes, edges):
    """The engine's sweep, keeping what arrives on every edge."""
    nodes[-1].gradient = np.ones_like(nodes[-1].tensor.data)
    for i in reversed(range(len(nodes))):
        node = nodes[i]
        if node.arriving:
            node.gradient = sum(node.arriving[1:], node.arriving[0])
            node.arriving.reverse()  # in the order in which the uses stand
        leading_in = [edge for edge in edges if edge.end == i]
        for edge, vjp in zip(leading_in, node.tensor.vjps, strict=True):
            parent = nodes[edge.start]
            if not parent.tensor.requires_grad:
                continue
            shape = parent.tensor.shape
            edge.gradient = unbroadcast(vjp(node.gradient), shape)
            parent.arriving.append(edge.gradient)
            if parent.tensor.data.size == node.tensor.data.size == 1:
                slope = unbroadcast(vjp(np.ones_like(node.tensor.data)), shape)
                edge.slope = float(slope.reshape(()))


# ------------------------------------------------------------------------- the words


def _text(value):
    """Three digits, and a minus sign as wide as the plus."""
    return f"{float(value):.3g}".replace("-", "−")


def _symbol(tensor):
    if tensor.op == "pow":
        # The tape doesn't name the exponent n. From y = a^n and slope s = n a^(n-1):
        # n = s a / y.
        a, y = tensor.parents[0].data, tensor.data
        with np.errstate(all="ignore"):
            n = tensor.vjps[0](np.ones_like(y)) * a / y
        n = n[np.isfinite(n)]
        return f"$x^{{{_text(n[0])}}}$" if n.size else "$x^n$"
    return SYMBOLS.get(tensor.op, tensor.op.replace("_", "\n"))


def _rows(node, labels, gradients):
    """The lines in a box: (text, colour, weight)."""
    tensor = node.tensor
    ink = style.INK if tensor.requires_grad else style.MUTED
    name = labels.get(id(tensor), tensor.name)
    rows = [(name, ink, "bold")] if name else []
    single = tensor.data.size == 1
    value = _text(tensor.data.item()) if single else str(tensor.shape)
    rows.append((value, ink, "normal"))
    if gradients and node.gradient is not None:
        grad = "grad" if single else "|grad|"
        said = [f"{grad} {_size(node.gradient)}"]
        if len(node.arriving) > 1:
            said += _sum(node.arriving) if single else [f"sum of {len(node.arriving)}"]
        rows += [(text, style.BACKWARD, "normal") for text in said]
    return rows


def _size(gradient):
    """A number itself, an array's length."""
    return _text(gradient.item() if gradient.size == 1 else np.linalg.norm(gradient))


def _sum(gradients):
    """The sum of numbers, in lines of at most 20 characters."""
    terms = " + ".join(_text(g.item()) for g in gradients).replace("+ −", "− ")
    glued = re.sub(r"([=+−]) ", "\\1\N{NO-BREAK SPACE}", f"= {terms}")
    lines = textwrap.wrap(glued, 20)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _said_on(edge, nodes, gradients):
    """The lines on an edge: (text, colour)."""
    if not gradients or edge.gradient is None:
        return []
    said = [] if edge.slope is None else [(f"× {_text(edge.slope)}", style.MUTED)]
    if len(nodes[edge.start].arriving) > 1:
        size = _size(edge.gradient)
        text = f"◂ {size}" if edge.gradient.size == 1 else f"◂ |{size}|"
        said.append((text, style.BACKWARD))
    return said


def _key(boxes, said):
    """What the signs mean: only those that are there."""
    texts = [row[0] for box in boxes for row in box.rows]
    texts += [text for lines in said for text, _ in lines]
    signs = " ".join(texts)
    meanings = {
        "× ": "× slope of the operation",
        "◂": "◂ gradient that comes back along this edge",
        "|": "|grad| length of the gradient",
    }
    return "      ".join(text for sign, text in meanings.items() if sign in signs)
