from dlcourse.teach.exercise import exercise

from ..fixtures import AT_ONCE, EQUAL, FALLS, NO_RISE, RUNS, index, losses, stopping


@exercise(
    section="When to stop",
    inputs=losses,
    edge_cases=tuple((1e9 ** (k == 4) * x, k) for x in RUNS for k in (1, 2, 3, 4)),
    run=lambda f, losses, patience: index(f(losses, patience)),
    returns="the index of the network to keep, an integer",
)
def stop_at(losses, patience):
    """The index of the network to keep: an integer, from 0.

    losses: (n,), validation losses, n >= 1, one after another.
    patience: at least 1. Training ends when so many losses in a row have not been lower
    than the best so far, or when there are no more. The best by then is kept, of equal
    ones the first.
    """
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best == patience:
            break
    return best


stop_at.mistake(
    "You look at all losses. What comes after the stop was never measured.",
    all_of_them=lambda losses, patience: int(losses.argmin()),
)
stop_at.mistake(
    "That is where training ends. Which network was the best until then?",
    end=lambda x, p: min(stop_at.reference(x, p) + p, len(x) - 1),
    end_or_best=lambda x, p: (k := stop_at.reference(x, p)) + p * (k + p < len(x)),
)
stop_at.mistake(
    "You count in total. It is in a row: a better loss sets the count back to 0.",
    in_total=stopping(again=1),
    rises_in_total=stopping(reset=NO_RISE, again=1),
)
stop_at.mistake(
    "You stop as soon as a loss is higher, or not lower: that is patience 1.",
    at_once=stopping(enough=AT_ONCE),
    by_the_last=stopping(reset=NO_RISE, enough=AT_ONCE),
    at_the_end=stopping(lambda *_: True, NO_RISE, AT_ONCE),
    one_before=stopping(NO_RISE, NO_RISE, AT_ONCE),
)
stop_at.mistake(
    "Yours compares with the last loss. One may be lower than that, not than the best.",
    rises=stopping(reset=FALLS),
    rises_or_equal=stopping(reset=NO_RISE),
    last_fall=stopping(FALLS, FALLS),
    before_the_rises=stopping(NO_RISE, NO_RISE),
)
stop_at.mistake(
    "A loss *equal* to the best is not lower: it counts, and the first is kept.",
    equal=stopping(EQUAL, EQUAL),
    equal_kept=stopping(EQUAL),
    equal_resets=stopping(reset=EQUAL),
)
stop_at.mistake(
    "One too many or one too few: patience 1 ends at the first that is not lower.",
    late=stopping(enough=lambda count, patience: count > patience),
    early=stopping(enough=lambda count, patience: count >= patience - 1),
)
stop_at.mistake(
    "Where the losses end before the patience does, you keep the last, not the best.",
    last=lambda x, p: k if (k := stop_at.reference(x, p)) + p < len(x) else len(x) - 1,
)
stop_at.mistake(
    "The first loss counts with you as one that is not lower: than itself.",
    first_counts=stopping(begin=1),
)
stop_at.mistake(
    "Your best starts with a number. Losses can be above it: start with the first.",
    begun_at_100=lambda x, p: max(stop_at.reference([100, *x], p) - 1, 0),
)
