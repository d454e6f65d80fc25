from dlcourse.teach.exercise import exercise

from ..answers.rounds import (
    EQUALS,
    GONE_TOO,
    MISCOUNTED,
    OTHERS_CHOSEN,
    ROUNDS,
    every,
    in_each,
    one_round,
    round_of,
)


@exercise(
    section="Deeper: Iterative against one-shot",
    inputs=round_of,
    edge_cases=ROUNDS,
    trials=20,
    returns=("masks", "weights"),
)
def rewound(start, trained, masks, share):
    """(masks, weights): what a lottery ticket's next round begins with.

    start, trained: lists of arrays, a net's weights before and after training.
    masks: a list of boolean arrays, True where a weight is left; elsewhere trained is
    0.   share: of all that are left, in all layers together, so many go: exactly
    round(share * left). Those go that are smallest in size in ``trained``; of equal
    ones the earlier, array by array, in the order of ravel().
    Returns the new masks, boolean, and the weights, as at the start; 0 where gone.
    """
    return one_round()(start, trained, masks, share)


rewound.mistake(
    "Rewound is what the training changed: the weights that are left have their values "
    "from the start again.",
    trained_kept=one_round(values=lambda start, trained: trained),
)
rewound.mistake(
    "Which go is said by the trained sizes: yours are chosen by another number.",
    **OTHERS_CHOSEN,
)
rewound.mistake(
    "Small is small in size: -5 is large.",
    signed=one_round(size=lambda start, trained: trained),
)
rewound.mistake(
    "Not so many go: round(share * left), where `left` counts what the masks had left, "
    "in all layers.",
    **MISCOUNTED,
)
rewound.mistake(
    "In each layer the share goes with you. All layers are one heap, of which the "
    "smallest go.",
    layer_by_layer=in_each(one_round()),
)
rewound.mistake(
    "What went in an earlier round has come back.",
    come_back=one_round(also=lambda new, old: new | ~old),
)
rewound.mistake(
    "The smallest weights of all are those that are gone already, being 0: yours are "
    "chosen among them, too, and too few go that are left.",
    gone_counted=one_round(among=every),
    gone_counted_and_forgotten=one_round(among=every, also=lambda new, old: new),
    **GONE_TOO,
)
rewound.mistake(
    "The masks say what stays: yours are turned.",
    turned=one_round(end=lambda masks, weights: ([~m for m in masks], weights)),
    turned_everywhere=one_round(also=lambda new, old: old & ~new),
)
rewound.mistake(
    "The masks are right, and the weights are not under them: what is gone is 0.",
    not_masked=one_round(under=lambda weights, mask: weights),
    under_the_old=one_round(under=lambda weights, mask: weights, before=True),
)
rewound.mistake(
    "Right but for equal sizes: of those exactly as many go as are still needed, the "
    "earlier ones first.",
    **EQUALS,
)
