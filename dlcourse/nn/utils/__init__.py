"""What PyTorch keeps in ``nn.utils``, under the same names: clipping of gradients."""

from dlcourse.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_

__all__ = ["clip_grad_norm_", "clip_grad_value_"]
