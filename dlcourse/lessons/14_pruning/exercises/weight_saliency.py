from dlcourse.teach.exercise import exercise

from ..answers.saliencies import FACED, NOT_SQUARED, OTHER_SPREADS, faced, scored


@exercise(
    section="Deeper: Saliency derived",
    inputs=faced,
    edge_cases=FACED,
    trials=16,
    atol=0.0,
)
def weight_saliency(w, gradients):
    """The saliency of each weight: w^2 times the mean of its squared gradient.

    w: an array of any shape.   gradients (batches, *w.shape): the gradient of the loss
    of each of several batches, one or more. The mean is over the batches. Returns an
    array of w's shape.
    """
    return scored()(w, gradients)


weight_saliency.mistake(
    "Gradients of opposite signs cancel if you average them before you square: that "
    "is the square of the mean. Asked is the mean of the squares.",
    mean_first=scored(of=lambda g: g.mean(axis=0) ** 2),
    size_of_the_mean=scored(of=lambda g: abs(g.mean(axis=0))),
    first_order=scored(lambda w: abs(w), lambda g: abs(g.mean(axis=0))),
    first_order_signed=scored(lambda w: w, lambda g: g.mean(axis=0)),
)
weight_saliency.mistake(
    "A squared gradient is asked for: yours counts by its size, or by its sign too.",
    **NOT_SQUARED,
)
weight_saliency.mistake(
    "The weight is to be squared: with you it counts once.",
    once=scored(lambda w: w),
    by_size=scored(lambda w: abs(w)),
)
weight_saliency.mistake(
    "The weights are missing: how much changes if w goes depends on w, too.",
    gradients_alone=scored(lambda w: 0 * w + 1),
)
weight_saliency.mistake(
    "That is magnitude, squared: the gradients are missing.",
    weights_alone=scored(of=lambda g: 0 * g[0] + 1),
)
weight_saliency.mistake(
    "A root is too much: the mean square itself.",
    root=scored(of=lambda g: (g**2).mean(axis=0) ** 0.5),
    length=scored(of=lambda g: (g**2).sum(axis=0) ** 0.5),
    root_of_all=lambda w, gradients: scored()(w, gradients) ** 0.5,
)
weight_saliency.mistake(
    "A mean over the batches is asked for. Your number grows with how many there are, "
    "or is too large or too small by their number.",
    added=scored(of=lambda g: (g**2).sum(axis=0)),
    divided_again=scored(of=lambda g: (g**2).mean(axis=0) / len(g)),
    one_less=scored(of=lambda g: (g**2).sum(axis=0) / max(len(g) - 1, 1)),
)
weight_saliency.mistake(
    "One mean for all weights: it runs over the batches alone, and each weight "
    "has its own.",
    over_all=scored(of=lambda g: (g**2).mean()),
)
weight_saliency.mistake(
    "That is how far the gradients scatter about their mean. Asked is how far from 0.",
    **OTHER_SPREADS,
)
weight_saliency.mistake(
    "Half of it is what the loss changes by, to second order. Asked is the whole.",
    half=lambda w, gradients: 0.5 * scored()(w, gradients),
)
