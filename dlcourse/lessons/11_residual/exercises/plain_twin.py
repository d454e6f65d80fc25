import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.nets import skipping, twin
from ..fixtures import plain_output


@exercise(
    section="Deeper: The same without skips",
    inputs=skipping,
    edge_cases=(
        skipping(np.random.default_rng(11), 2),
        skipping(np.random.default_rng(12), 1),
        skipping(np.random.default_rng(13), 0),
    ),
    trials=14,
    run=plain_output,
    atol=1e-5,
    returns=("the number of weight matrices", "the plain net's output"),
)
def plain_twin(stem, blocks, head, scale):
    """Weights [W0', W1', ..., V'] of a plain ReLU net, equal to one with skips.

    With skips: h = stem x, h <- h + scale W relu(h) for each W in blocks, head relu(h).
    Plain: h = W0' x, h <- W' relu(h) for each in between, V' relu(h).
    stem (n, inputs).   blocks: a list of (n, n), or empty.   head (outputs, n).
    """
    return twin()(stem, blocks, head, scale)


def _lower(up, one):
    return np.block([[up, -one], [up, -one]])


plain_twin.mistake(
    "What is below 0 never comes back into h: a ReLU forgets it, and a skip would have "
    "brought all of h.",
    as_wide=twin(lambda V: V, lambda up, one: up, lambda V: V),
    m_left=twin(middle=lambda up, one: np.block([[up, 0 * one], [-up, 0 * one]])),
    m_kept_apart=twin(middle=lambda up, one: np.block([[up, 0 * one], [0 * one, one]])),
)
plain_twin.mistake(
    "The skip is missing: each layer gives only what the branch does.",
    branches=twin(lambda V: V, lambda up, one: up - one, lambda V: V),
    as_they_came=lambda stem, blocks, head, scale: [stem, *blocks, head],
    branches_doubled=twin(
        middle=lambda up, one: np.block([[up - one, 0 * one], [one - up, 0 * one]])
    ),
)
plain_twin.mistake(
    "`scale` has no effect with you.",
    unscaled=lambda stem, blocks, head, _: twin()(stem, blocks, head, 1),
)
plain_twin.mistake(
    "The lower half is to give the negative of the upper one. Yours gives the same, or "
    "0, or changes signs in one place only.",
    same_halves=twin(middle=_lower),
    stem_twice=twin(lambda V: np.vstack([V, V])),
    stem_alone=twin(lambda V: np.vstack([V, 0 * V])),
    half_turned=twin(middle=lambda up, one: np.block([[up, -one], [-up, -one]])),
    other_half_turned=twin(middle=lambda up, one: np.block([[up, -one], [up, one]])),
)
plain_twin.mistake(
    "h = p - m, and the branch sees relu(h), which is p alone. What does m meet?",
    branch_of_h=twin(middle=lambda up, one: np.block([[up, -up], [-up, up]])),
    m_added=twin(middle=lambda up, one: np.block([[up, one], [-up, -one]])),
    m_added_above=twin(middle=lambda up, one: np.block([[up, one], [-up, one]])),
)
plain_twin.mistake(
    "h = p - m passes by, and only m does with you: where does p go on?",
    p_lost=twin(middle=lambda up, one: np.block([[up - one, -one], [one - up, one]])),
)
plain_twin.mistake(
    "The head sees relu(h), p alone. Yours reads m as well.",
    head_of_h=twin(last=lambda V: np.hstack([V, -V])),
    head_of_both=twin(last=lambda V: np.hstack([V, V])),
    head_of_m=twin(last=lambda V: np.hstack([0 * V, V])),
)
plain_twin.mistake(
    "All layers are wanted, the first and the last, too.",
    blocks_alone=lambda stem, blocks, head, s: twin()(stem, blocks, head, s)[1:-1],
    no_head=lambda stem, blocks, head, s: twin()(stem, blocks, head, s)[:-1],
)
