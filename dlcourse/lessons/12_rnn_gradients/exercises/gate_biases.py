import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.gates import biased, biases

RNG = np.random.default_rng(12)


@exercise(
    section="Debug this: it has its bias, and does not learn",
    inputs=biased,
    edge_cases=(biased(RNG, 3, True), biased(RNG, 4), biased(RNG, 1, False)),
    atol=1e-6,
    returns="an array (4,)",
)
def gate_biases(lstm):
    """The mean bias of each gate, an array (4,), in the order i, f, g, o.

    lstm: an nn.LSTM with one layer; it stays as it is. lstm.bias_ih_l0.data and
    lstm.bias_hh_l0.data are arrays (4 * hidden_size,), the blocks one after the other.
    What a gate gets is the sum of the two.
    """
    return _by()(lstm)


def _by(
    of=biases,
    blocks=lambda b: b.reshape(4, -1),
    mean=lambda blocks: blocks.mean(axis=1),
    order=slice(None),
):
    return lambda lstm: mean(blocks(of(lstm)))[order]


gate_biases.mistake(
    "Only one of the two vectors is read: a gate gets both.",
    ih_alone=_by(lambda lstm: lstm.bias_ih_l0.data),
    hh_alone=_by(lambda lstm: lstm.bias_hh_l0.data),
)
gate_biases.mistake(
    "The two vectors are added, not averaged, subtracted, multiplied or joined.",
    averaged=_by(lambda lstm: biases(lstm) / 2),
    subtracted=_by(lambda lstm: biases(lstm, np.subtract)),
    multiplied=_by(lambda lstm: biases(lstm, np.multiply)),
    joined=_by(lambda lstm: biases(lstm, lambda *both: np.concatenate(both))),
)
gate_biases.mistake(
    "Numbers of different gates are mixed: each gate's are side by side.",
    every_fourth=_by(blocks=lambda b: b.reshape(-1, 4).T),
)
gate_biases.mistake(
    "The gates are in another order: i, f, g, o.",
    forget_first=_by(order=[1, 0, 2, 3]),
    output_third=_by(order=[0, 1, 3, 2]),
    candidate_second=_by(order=[0, 2, 1, 3]),
    ifog_to_fiog=_by(order=[1, 0, 3, 2]),
    backwards=_by(order=slice(None, None, -1)),
)
gate_biases.mistake(
    "A mean is asked for, with its sign.",
    summed=_by(mean=lambda blocks: blocks.sum(axis=1)),
    first=_by(mean=lambda blocks: blocks[:, 0]),
    largest=_by(mean=lambda blocks: blocks.max(axis=1)),
    median=_by(mean=lambda blocks: np.median(blocks, axis=1)),
    of_sizes=_by(lambda lstm: np.abs(biases(lstm))),
    size=_by(mean=lambda blocks: np.abs(blocks.mean(axis=1))),
    all_by_hidden=_by(mean=lambda blocks: blocks.sum(axis=1) / blocks.size),
)
gate_biases.mistake(
    "Those are weights. The biases have vectors of their own.",
    input_weights=_by(lambda lstm: lstm.weight_ih_l0.data),
    hidden_weights=_by(lambda lstm: lstm.weight_hh_l0.data),
)
gate_biases.mistake(
    "That is what the gate lets through at this bias: its sigmoid, or tanh.",
    sigmoid=_by(mean=lambda blocks: 1 / (1 + np.exp(-blocks.mean(axis=1)))),
    mean_of_sigmoid=_by(mean=lambda blocks: (1 / (1 + np.exp(-blocks))).mean(axis=1)),
)
