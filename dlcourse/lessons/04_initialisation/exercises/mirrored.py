import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import relu


def _matrices(rng):
    widths = [int(n) for n in rng.integers(2, 5, size=rng.choice([3, 4, 4, 5, 6]))]
    pairs = zip(widths[1:], widths, strict=False)
    return ([rng.integers(-8, 9, size=pair) / 4 for pair in pairs],)  # all exact


def _network(f, weights):
    """The shapes of the new weights, as arrays of zeros, and the network's output."""
    answer = f(weights)
    if answer is None:
        return None
    answer = answer if isinstance(answer, list | tuple) else [answer]
    layers = [np.asarray(V) for V in answer]
    H = np.random.default_rng(0).integers(-8, 9, size=(6, weights[0].shape[1])) / 4
    for k, V in enumerate(layers, start=1):
        if V.ndim != 2 or V.shape[1] != H.shape[1]:
            H = np.zeros(0)  # they do not fit, and that is what is told
            break
        H = H @ V.T if k == len(layers) else relu(H @ V.T)
    return [np.zeros(V.shape) for V in layers], H


@exercise(
    section="Deeper: Looks linear",
    inputs=_matrices,
    edge_cases=(([np.eye(2) - 1.5, np.eye(2), np.array([[1.0, 2], [-1, 1]])],),),
    run=_network,
    returns=("the list of weights", "the network's output"),
)
def mirrored(weights):
    """Weights of a ReLU network, hidden layers doubled, that gives X W1^T ... Wk^T."""
    return _with()(weights)


def _with(
    first=lambda W: np.vstack([W, -W]),
    middle=lambda W: np.block([[W, -W], [-W, W]]),
    last=lambda W: np.hstack([W, -W]),
):
    """The new weights, from one function each for first, middle and last layers."""
    return lambda w: [first(w[0]), *map(middle, w[1:-1]), last(w[-1])]


mirrored.mistake(
    "These are the weights as they came, and the first ReLU drops every negative "
    "number. Keep what is below 0 as well, in units of its own.",
    as_they_came=lambda weights: list(weights),
)
mirrored.mistake(
    "A layer *adds* what the two halves below it give: relu(z) + relu(-z) = |z|. It "
    "must form W z: with which signs do you get z out of relu(z) and relu(-z)?",
    last_adds=_with(last=lambda W: np.hstack([W, W])),
    middle_adds=_with(middle=lambda W: np.block([[W, W], [-W, -W]])),
)
mirrored.mistake(
    "A hidden layer's upper half must compute z, its lower -z. Yours computes the same "
    "in both halves, or in the middle the two rows of blocks are exchanged.",
    first_twice=_with(first=lambda W: np.vstack([W, W])),
    lower_half_forgotten=_with(middle=lambda W: np.block([[W, -W], [W, -W]])),
    all_blocks_alike=_with(middle=lambda W: np.block([[W, W], [W, W]])),
    middle_turned=_with(middle=lambda W: np.block([[-W, W], [W, -W]])),
)
mirrored.mistake(
    "In the middle, each half sees only relu(z) or relu(-z). Each unit needs *both*, "
    "to put z together again first: no block may be 0.",
    middle_block_diagonal=_with(middle=lambda W: np.kron(np.diag([1, 1]), W)),
    middle_diagonal_with_a_sign=_with(middle=lambda W: np.kron(np.diag([1, -1]), W)),
)
mirrored.mistake(
    "These are weights for CReLU, which doubles its outputs. A plain ReLU does not: "
    "each hidden layer must compute z *and* -z, in twice as many units.",
    all_as_for_crelu=_with(first=lambda W: W, middle=lambda W: np.hstack([W, -W])),
    middle_as_for_crelu=_with(middle=lambda W: np.hstack([W, -W])),
)
