"""Smaller models: quantisation, pruning, distillation, and what each of them saves.

quantization.py makes floats small integers, integer.py computes in them, aware.py
trains with the rounding in place and folds batch norms, prune.py chooses what goes and
keeps it away, sparse.py makes that pay, distill.py teaches a student, costs.py counts.
"""

from dlcourse.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "dlcourse.compress.aware": (
            "QuantizationAware fold_batch_norm quantization_aware"
        ),
        "dlcourse.compress.costs": "Cost LayerCost cost load save",
        "dlcourse.compress.distill": "distillation_loss",
        "dlcourse.compress.integer": (
            "IntegerConv2d IntegerLinear Observer integer_matmul to_integers"
        ),
        "dlcourse.compress.prune": (
            "Pruned magnitude_masks random_masks structured_mask"
        ),
        "dlcourse.compress.quantization": (
            "Quantized fake_quantize quantize quantize_with"
        ),
        "dlcourse.compress.sparse": "SparseLinear remove_units",
    },
)
