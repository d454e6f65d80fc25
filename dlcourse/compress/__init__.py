"""Smaller models: quantisation, pruning, distillation, and what each of them saves.

quantization.py makes floats small integers, integer.py computes in them, aware.py
trains with the rounding in place, ranges.py rounds a model's weights and rewrites them
so that a grid fits, fold.py folds batch norms away, prune.py chooses what goes and
keeps it away, second_order.py says what the loss would lose by it, sparse.py makes it
pay, distill.py teaches a student, costs.py counts. changed.py is how a model with other
parts is made of one that stays.
"""

from dlcourse.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "dlcourse.compress.aware": ("QuantizationAware quantization_aware"),
        "dlcourse.compress.changed": "make_permanent",
        "dlcourse.compress.costs": "Cost LayerCost cost load save",
        "dlcourse.compress.distill": "distillation_loss",
        "dlcourse.compress.fold": "fold_batch_norm",
        "dlcourse.compress.integer": (
            "IntegerConv2d IntegerLinear Observer integer_matmul to_integers"
        ),
        "dlcourse.compress.prune": (
            "Pruned magnitude_masks masked n_of_m_mask random_masks score_masks "
            "structured_mask"
        ),
        "dlcourse.compress.quantization": (
            "Quantized fake_quantize quantize quantize_with"
        ),
        "dlcourse.compress.ranges": "equalize quantize_weights rescaled",
        "dlcourse.compress.second_order": "saliency",
        "dlcourse.compress.sparse": "SparseLinear remove_units",
    },
)
