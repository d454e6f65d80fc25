"""Signal and gradient by layer: the measurement behind every *does it vanish?*"""

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from dlcourse.lab.examples import array, check_labels, checked_inputs, engine_of
from dlcourse.lab.statistics import scaled
from dlcourse.nn.measuring import measuring


@dataclass(frozen=True, repr=False)
class Signals:
    """What one forward and one backward pass send through the layers of a model.

    Every array has one entry for each watched layer, from input to output.

    Attributes:
        layers: the layers' paths in the model.
        signal: root mean square of what comes out of the layer.
        mean: its mean.
        gradient: root mean square of dL/d(what comes out).
        zeros: share of the outputs that are exactly 0.
        dead: share of the units that are 0 for every example.
        outputs, gradients: the arrays themselves, (N, ...), for histograms.
        weights: path -> (root mean square of a weight matrix, and of its gradient).
    """

    layers: tuple
    outputs: tuple
    gradients: tuple
    weights: dict

    def _each(self, f, arrays):
        return np.array([f(a.astype(float)) for a in arrays])

    signal = property(lambda self: self._each(rms, self.outputs))
    mean = property(lambda self: self._each(np.mean, self.outputs))
    gradient = property(lambda self: self._each(rms, self.gradients))
    zeros = property(lambda self: self._each(lambda a: (a == 0).mean(), self.outputs))
    dead = property(lambda self: self._each(_dead, self.outputs))

    @property
    def update(self):
        """Root mean square of each weight's gradient over that of the weight.

        Times the step size it is how far plain descent moves the layer, in parts of it.
        """
        return np.array([g / w if w else np.nan for w, g in self.weights.values()])

    def factor(self, quantity):
        """By how much a layer multiplies the size, the geometric mean over the layers.

        Of the "signal" on its way up, from the first watched layer to the last; or of
        the "gradient" on its way down, from the last to the first. Sizes are root mean
        squares: the second moment's factor is the square.

        Raises ValueError for another quantity, for a single layer, and where nothing
        was there to multiply: a size of 0 or inf to begin with.
        """
        if quantity not in ("signal", "gradient"):
            raise ValueError(
                f"factor is of the 'signal' or of the 'gradient', got {quantity!r}"
            )
        if len(self) < 2:
            raise ValueError("factor needs two watched layers, to go from one to one")
        sizes = self.signal if quantity == "signal" else self.gradient[::-1]
        if not 0 < sizes[0] < np.inf:
            raise ValueError(f"the {quantity} begins with size {sizes[0]}: no factor")
        return float((sizes[-1] / sizes[0]) ** (1 / (len(self) - 1)))

    def __len__(self):
        return len(self.layers)

    def __repr__(self):
        first, last = self.layers[0], self.layers[-1]
        return f"Signals of {len(self)} layers, {first!r} to {last!r}"


def rms(values):
    """Root mean square: the size of a typical entry, whatever its sign."""
    values, exponent = scaled(np.asarray(values, float))
    return float(np.ldexp(np.sqrt(np.mean(np.square(values))), exponent))


def signals(model, x, y, loss_fn, *, watch=None):
    """Run ``model`` forward on x and backward from its loss; what passed each layer?

    Args:
        model: a Module of dlcourse or torch; it stays as it is, and so does its mode:
            in training a batch norm uses this batch's moments, a dropout a new mask.
        x, y: examples (N, ...) and their labels or targets, arrays.
        loss_fn: loss_fn(output, target) -> a scalar.
        watch: a Module class, or a tuple of them: the layers to watch. By default all
            that have no parts and no parameters, such as activations; where there are
            none, all that have no parts.

    Returns the :class:`Signals`. Raises ValueError where no layer is watched or called,
    TypeError where one returns more than a Tensor.
    """
    engine, x, y = engine_of(model), checked_inputs(x, model, "signals"), array(y)
    leaves = {n: m for n, m in model.named_modules() if not list(m.children())}
    if watch is None:
        plain = {n: m for n, m in leaves.items() if not list(m.parameters())}
        watched = plain or leaves
    else:
        watched = {n: m for n, m in model.named_modules() if isinstance(m, watch)}
    if not watched:
        raise ValueError(f"this model has no layer of the kind watched: {watch}")

    seen = []  # a layer that is used twice is seen twice

    def hook(name):
        def keep(module, args, output):
            if isinstance(output, tuple):
                raise TypeError(
                    "signals watches layers that return one Tensor, "
                    f"{type(module).__name__} at {name!r} returns {len(output)} values"
                )
            if output.requires_grad:  # not so of integers, before an embedding
                output.retain_grad()
            seen.append((name, output))

        return keep

    with ExitStack() as afterwards:
        for name, module in watched.items():
            handle = module.register_forward_hook(hook(name))
            afterwards.callback(handle.remove)
        afterwards.enter_context(measuring(model))
        output = model(engine.tensor(x, requires_grad=x.dtype.kind == "f"))
        if not seen:
            raise ValueError(
                f"signals: none of the layers {list(watched)} was called; say which to "
                "watch"
            )
        check_labels(y, output, "signals")
        loss_fn(output, engine.tensor(y)).backward()
        weights = {
            name: (rms(array(p)), rms(array(p.grad)))
            for name, p in model.named_parameters()
            if p.ndim > 1 and p.grad is not None
        }
    return Signals(
        layers=tuple(name for name, _ in seen),
        outputs=tuple(array(t).copy() for _, t in seen),
        gradients=tuple(
            np.zeros(t.shape) if t.grad is None else array(t.grad).copy()
            for _, t in seen
        ),
        weights=weights,
    )


def _dead(outputs):
    """Units are the second axis: columns of (N, units), channels of (N, C, H, W)."""
    units = np.moveaxis(outputs, 1, 0).reshape(outputs.shape[1], -1)
    return (units == 0).all(axis=1).mean()
