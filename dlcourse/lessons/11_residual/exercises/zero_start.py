import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.nets import layers, same

RNG = np.random.default_rng(11)


@exercise(
    section="Deeper: Start as the identity",
    inputs=lambda rng: (layers(rng),),
    edge_cases=tuple((layers(RNG, depth),) for depth in (2, 1, 3)),
    atol=0.0,
)
def zero_start(layers):
    """New weights for a branch, so that the block x + branch(x) gives x, for every x.

    layers: a list of (W, b), the linear layers of the branch in their order: W (out,
    in), b (out,); a ReLU stands between each and the next, none at the end.
    Returns a new list of (W, b). All hidden units give what they gave before.
    """
    return _by(last=lambda *layer: [0 * each for each in layer])(layers)


def _by(hidden=same, last=same):
    """What becomes of each layer but the last, and of the last."""
    return lambda layers: [*(hidden(*one) for one in layers[:-1]), last(*layers[-1])]


def _zero(W, b):
    return 0 * W, 0 * b


zero_start.mistake(
    "Hidden layers are changed, too: their units are to give what they gave, for the "
    "last weights are to learn from them.",
    all_zero=_by(_zero, _zero),
    all_weights=_by(lambda W, b: (0 * W, b), _zero),
    all_biases=_by(lambda W, b: (W, 0 * b), _zero),
)
zero_start.mistake(
    "You set an earlier layer to 0: its units are to give what they gave. And a bias "
    "behind it would still make something.",
    first=lambda layers: [_zero(*layers[0]), *layers[1:]],
    first_weights=lambda layers: [(0 * layers[0][0], layers[0][1]), *layers[1:]],
    last_hidden=lambda layers: (
        [*layers[:-2], *(_zero(*w) for w in layers[-2:-1]), *layers[-1:]]
    ),
    first_and_last_bias=lambda layers: _by(last=lambda W, b: (W, 0 * b))(
        [_zero(*layers[0]), *layers[1:]]
    ),
)
zero_start.mistake(
    "The last bias is left: the branch gives b, for every x.",
    bias_left=_by(last=lambda W, b: (0 * W, b)),
    all_biases_left=_by(*2 * [lambda W, b: (0 * W, b)]),
)
zero_start.mistake(
    "Something still comes through the last W.",
    all_left=_by(),
    weights_left=_by(last=lambda W, b: (W, 0 * b)),
    biases_alone=_by(*2 * [lambda W, b: (W, 0 * b)]),
)
zero_start.mistake(
    "Small is not 0: the block is to give x exactly.",
    small=_by(last=lambda W, b: (0.01 * W, 0.01 * b)),
    tenth=_by(last=lambda W, b: (0.1 * W, 0.1 * b)),
    smaller=_by(last=lambda W, b: (0.001 * W, 0.001 * b)),
    tiny=_by(last=lambda W, b: (1e-10 * W, 1e-10 * b)),
    tenth_of_weights=_by(last=lambda W, b: (0.1 * W, 0 * b)),
)
zero_start.mistake(
    "No identity is wanted *in* the branch: what it gives is added to x.",
    identity=_by(last=lambda W, b: (np.eye(*W.shape), 0 * b)),
    identities=_by(*2 * [lambda W, b: (np.eye(*W.shape), 0 * b)]),
)
zero_start.mistake(
    "All layers are wanted, in a list, with those that stay as they are.",
    last_alone=lambda layers: _zero(*layers[-1]),
    last_in_a_list=lambda layers: [_zero(*layers[-1])],
    in_place_of_the_last=lambda layers: _by(last=_zero)(layers)[:-1],
)
