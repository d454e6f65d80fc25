import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.rows import NEIGHBOURS, STORED, by_row, stored


@exercise(
    section="Deeper: Sparse storage",
    inputs=stored,
    edge_cases=STORED,
    trials=20,
)
def csr_product(values, columns, starts, x, bias):
    """x @ W.T + bias (N, rows), of a W (rows, n) in compressed sparse rows.

    x (N, n), bias (rows,).   Row j of W holds the weights values[k] in the columns
    columns[k], for k from starts[j] up to, and without, starts[j + 1]; all its other
    weights are 0. starts has rows + 1 entries; a row may be empty.
    """
    return by_row()(values, columns, starts, x, bias)


csr_product.mistake(
    "The bias is missing, or its sign is turned.",
    no_bias=by_row(plus=lambda y, bias, filled: y),
    minus=by_row(plus=lambda y, bias, filled: y - bias),
)
csr_product.mistake(
    "An empty row of weights gives its bias, and nothing else: yours takes a "
    "neighbour's product. (`np.add.reduceat` does so, too.)",
    **NEIGHBOURS,
)
csr_product.mistake(
    "An empty row of weights still has its bias.",
    bias_of_filled=by_row(plus=lambda y, bias, filled: y + bias * filled),
)
csr_product.mistake(
    "A row lacks its last weight: `starts[j + 1]` is where the next row begins, and a "
    "slice ends before its end.",
    one_short=by_row(end=lambda starts, j: max(starts[j + 1] - 1, starts[j])),
)
csr_product.mistake(
    "A row takes the next row's first weight with it.",
    one_more=by_row(end=lambda starts, j: starts[j + 1] + 1),
)
csr_product.mistake(
    "A row lacks its first weight, or takes the last of the row before.",
    late=by_row(first=lambda starts, j: starts[j] + 1),
    early=by_row(first=lambda starts, j: max(starts[j] - 1, 0)),
)
csr_product.mistake(
    "Which input a weight meets is what `columns` says: yours take them in order.",
    in_order=by_row(column=lambda columns, x: np.arange(len(columns))),
    backwards=by_row(column=lambda columns, x: x.shape[1] - 1 - columns),
)
csr_product.mistake(
    "Each row's sum begins anew at 0: yours goes on from the rows before.",
    goes_on=by_row(whole=lambda y: np.cumsum(y, axis=1)),
)
csr_product.mistake(
    "A row's products are to be added up: yours keeps one of them.",
    last_alone=by_row(
        product=lambda x, values: x[:, -1] * values[-1] if len(values) else 0
    ),
)
csr_product.mistake(
    "The weights are not used: yours adds up the inputs that a row reads, or the other "
    "way round.",
    inputs_alone=by_row(product=lambda x, values: x.sum(axis=1)),
    weights_alone=by_row(product=lambda x, values: 0 * x.sum(axis=1) + values.sum()),
)
