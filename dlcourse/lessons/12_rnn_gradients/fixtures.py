"""What lesson 12 gives to debug."""


def their_lstm(core, bias=3.0):
    """An nn.LSTM for long sequences, as a colleague sets it up; it is changed."""
    core.bias_ih_l0.data[: core.hidden_size] = bias
    return core
