"""And now set it: the LSTM is to have a forget bias of b, for each unit, whatever it
had before. There are two vectors of biases. (How often would b count if both had it?)
"""

from copy import deepcopy

import numpy as np

from ...answers.gates import biased, biases, emptied, setting
from ..gate_biases import gate_biases

RNG = np.random.default_rng(12)


def _inputs(rng):
    return *biased(rng), float(rng.choice([1, 3, 0, -1, rng.normal()]))


def set_up(f, lstm, b):
    """What f made of a copy: how the sum is shared out is not compared."""
    changed = deepcopy(lstm)
    f(changed, b)
    return {
        "the sum of the biases, by gate": biases(changed).reshape(4, -1),
        "the weight of the input": changed.weight_ih_l0.data,
        "the weight of the state": changed.weight_hh_l0.data,
    }


@gate_biases.variant(
    "Nothing in the LSTM is set: perhaps a copy is. (The lesson's answer only reads.)",
    public=lambda lstm, b: gate_biases.reference(lstm),
    inputs=_inputs,
    edge_cases=[
        (*biased(RNG, hidden, True), b) for hidden, b in ((3, 3.0), (4, 1), (1, -0.5))
    ],
    run=set_up,
    returns="nothing",
)
def open_forget(lstm, b):
    """Give the forget gate of each unit the bias b, in place; returns nothing.

    lstm: an nn.LSTM with one layer. lstm.bias_ih_l0.data and lstm.bias_hh_l0.data are
    arrays (4 * hidden_size,), in the order i, f, g, o, and their sum is what counts: it
    is to be b. How you share it out is up to you. All else stays.   b: any number.
    """
    h = lstm.hidden_size
    lstm.bias_ih_l0.data[h : 2 * h] = b
    lstm.bias_hh_l0.data[h : 2 * h] = 0


open_forget.mistake(
    "Another gate's bias is b: which is the forget gate's block?",
    input_gate=setting(lambda h: slice(0, h)),
    candidate=setting(lambda h: slice(2 * h, 3 * h)),
    output_gate=setting(lambda h: slice(3 * h, 4 * h)),
    input_gate_of_one=setting(lambda h: slice(0, h), lambda b, ih, hh: b),
    every_fourth=setting(lambda h: slice(1, None, 4)),
)
open_forget.mistake(
    "More than the forget gate's block is set, or less.",
    all_gates=setting(lambda h: slice(None)),
    to_the_end=setting(lambda h: slice(h, None)),
    from_the_start=setting(lambda h: slice(0, 2 * h)),
)
open_forget.mistake(
    "b counts twice: both vectors have it.",
    both=setting(ih=lambda b, ih, hh: b, hh=lambda b, hh: b),
)
open_forget.mistake(
    "One of the two vectors still has its own there, and that is added to b.",
    ih_alone=setting(ih=lambda b, ih, hh: b),
    hh_alone=setting(ih=lambda b, ih, hh: ih, hh=lambda b, hh: b),
)
open_forget.mistake(
    "The bias is to *be* b, whatever it was. Yours is moved by b.",
    moved=setting(ih=lambda b, ih, hh: ih + b),
    both_moved=setting(ih=lambda b, ih, hh: ih + b, hh=lambda b, hh: hh + b),
)
open_forget.mistake(
    "The other gates' biases are gone: all but the forget gate's stays as it is.",
    emptied=setting(ih=lambda b, ih, hh: b, first=emptied),
    hh_emptied=setting(ih=lambda b, ih, hh: b, first=lambda ih, hh: emptied(hh)),
)
