"""The functions of the layers under PyTorch's names: ``nn.functional``, often ``F``."""

from dlcourse.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "dlcourse.autograd": "relu sigmoid tanh",
        "dlcourse.nn.activation": (
            "crelu elu gelu glu leaky_relu logsigmoid maxout prelu selu silu softplus"
        ),
        "dlcourse.nn.attention": "scaled_dot_product_attention",
        "dlcourse.nn.conv": "conv1d conv2d",
        "dlcourse.nn.dropout": "drop_connect dropout dropout2d",
        "dlcourse.nn.embedding": "embedding",
        "dlcourse.nn.linear": "linear",
        "dlcourse.nn.loss": (
            "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy "
            "kl_div l1_loss mse_loss nll_loss"
        ),
        "dlcourse.nn.normalization": "batch_norm group_norm layer_norm",
        "dlcourse.nn.pooling": (
            "adaptive_avg_pool2d avg_pool1d avg_pool2d max_pool1d max_pool2d"
        ),
        "dlcourse.nn.softmax": "log_softmax softmax",
        "dlcourse.nn.upsampling": "interpolate",
    },
)
