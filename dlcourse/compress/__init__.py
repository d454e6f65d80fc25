"""Smaller models: quantisation, pruning, distillation, and what each of them saves.

quantize.py makes floats small integers, integer.py computes in them, aware.py trains
with the rounding in place and folds batch norms, prune.py chooses what goes and keeps
it away, sparse.py makes that pay, distill.py teaches a student, cost.py counts.
"""

from dlcourse.compress.aware import (
    QuantizationAware,
    fold_batch_norm,
    quantization_aware,
)
from dlcourse.compress.cost import Cost, LayerCost, cost, load, save
from dlcourse.compress.distill import distillation_loss
from dlcourse.compress.integer import (
    IntegerConv2d,
    IntegerLinear,
    Observer,
    integer_matmul,
    to_integers,
)
from dlcourse.compress.prune import (
    Pruned,
    magnitude_masks,
    random_masks,
    structured_mask,
)
from dlcourse.compress.quantize import (
    Quantized,
    fake_quantize,
    quantize,
    quantize_with,
)
from dlcourse.compress.sparse import SparseLinear, remove_units

__all__ = [
    "Cost",
    "IntegerConv2d",
    "IntegerLinear",
    "LayerCost",
    "Observer",
    "Pruned",
    "QuantizationAware",
    "Quantized",
    "SparseLinear",
    "cost",
    "distillation_loss",
    "fake_quantize",
    "fold_batch_norm",
    "integer_matmul",
    "load",
    "magnitude_masks",
    "quantization_aware",
    "quantize",
    "quantize_with",
    "random_masks",
    "remove_units",
    "save",
    "structured_mask",
    "to_integers",
]
