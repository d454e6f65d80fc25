"""Wrong arguments: each error names the parameter and says what came.

Settings are listed by callable and parameter, with values that must not pass. Operands
of wrong shapes are tested beside what they are operands of.
"""

import numpy as np
import pytest

from dlcourse import nn, optim, tensor
from dlcourse.nn import functional, init, utils
from dlcourse.optim import lr_scheduler, second_order

NAN, INF = float("nan"), float("inf")
NO_NUMBER = (NAN, "0.5", None)
NO_SIZE = (0, -1, 1.5, "3", None, NAN)
NO_FLAG = ("no", 1, None)
NO_AXIS = (2, -3, "1", 1.5)
NO_SHARE = (-0.1, 1.1, *NO_NUMBER)
NEGATIVE = (-1, *NO_NUMBER)

ROWS = tensor(np.full((2, 4), 0.5, np.float32))
IMAGES = tensor(np.full((2, 4, 6, 6), 0.5, np.float32))


def weight(*shape):
    return tensor(np.full(shape, 0.5, np.float32))


def parameter():
    p = nn.Parameter(np.ones(3, np.float32))
    p.grad = tensor(np.ones(3, np.float32))
    return p


def scheduled(name, *args):
    def make(**settings):
        optimizer = optim.SGD([parameter()], lr=0.1, momentum=0.9)
        return getattr(lr_scheduler, name)(optimizer, *args, **settings)

    return make


def sequence(milestones):
    optimizer = optim.SGD([parameter()], lr=0.1)
    parts = [lr_scheduler.StepLR(optimizer, 2) for _ in range(2)]
    return lr_scheduler.SequentialLR(optimizer, parts, milestones)


def of(f, *operands, **given):
    """f(*operands, **given), with one setting more or another."""
    return lambda **settings: f(*operands, **given | settings)


def optimiser(name):
    return of(getattr(optim, name), [parameter()], lr=0.1)


def sized(cls, **settings):
    """A module, and the sizes that it asks for."""
    return of(cls, **settings), dict.fromkeys(settings, NO_SIZE)


def square(x):
    return float(x @ x)


def twice(x):
    return 2 * x


CELL = {"input_size": 2, "hidden_size": 3}
X = np.ones(3)
SETTINGS = {
    "leaky_relu": (of(functional.leaky_relu, ROWS), {"negative_slope": NO_NUMBER}),
    "elu": (of(functional.elu, ROWS), {"alpha": NO_NUMBER}),
    "softplus": (
        of(functional.softplus, ROWS),
        {"beta": NO_NUMBER, "threshold": NO_NUMBER},
    ),
    "gelu": (of(functional.gelu, ROWS), {"approximate": ("x", None, 1)}),
    "glu": (of(functional.glu, ROWS), {"dim": NO_AXIS}),
    "maxout": (
        of(functional.maxout, ROWS, pieces=2),
        {"dim": NO_AXIS, "pieces": (*NO_SIZE, 3)},
    ),
    "softmax": (of(functional.softmax, ROWS), {"dim": (*NO_AXIS, None)}),
    "log_softmax": (of(functional.log_softmax, ROWS), {"dim": (*NO_AXIS, None)}),
    "dropout": (of(functional.dropout, ROWS), {"p": NO_SHARE, "training": NO_FLAG}),
    "dropout2d": (of(functional.dropout2d, IMAGES), {"p": NO_SHARE}),
    "drop_connect": (of(functional.drop_connect, ROWS, weight(3, 4)), {"p": NO_SHARE}),
    "attention": (
        of(functional.scaled_dot_product_attention, ROWS, ROWS, ROWS),
        {"scale": (NAN, "1"), "is_causal": NO_FLAG},
    ),
    "embedding": (
        of(functional.embedding, tensor([0, 1]), weight(4, 2)),
        {"padding_idx": (4, -5, 1.5, "1")},
    ),
    "mse_loss": (of(functional.mse_loss, ROWS, ROWS), {"reduction": ("x", None, 1)}),
    "kl_div": (of(functional.kl_div, ROWS, ROWS), {"log_target": NO_FLAG}),
    "cross_entropy": (
        of(functional.cross_entropy, ROWS, tensor([0, 3])),
        {"label_smoothing": NO_SHARE[:-1], "reduction": ("batchmean", None)},
    ),
    "max_pool2d": (
        of(functional.max_pool2d, IMAGES, kernel_size=2),
        {"kernel_size": NO_SIZE, "stride": NO_SIZE[:-2], "padding": (2, *NEGATIVE)},
    ),
    "avg_pool2d": (
        of(functional.avg_pool2d, IMAGES, kernel_size=2),
        {"kernel_size": NO_SIZE, "count_include_pad": NO_FLAG},
    ),
    "adaptive_avg_pool2d": (
        of(functional.adaptive_avg_pool2d, IMAGES),
        {"output_size": (0, -1, 1.5, "2", NAN, (1, 2, 3))},
    ),
    "interpolate": (
        of(functional.interpolate, IMAGES),
        {"size": (0, 1.5, "2", (1,)), "scale_factor": (0, -1, NAN, "2", INF)},
    ),
    "Linear": sized(nn.Linear, in_features=2, out_features=3),
    "Linear, bias": (of(nn.Linear, 2, 3), {"bias": NO_FLAG}),
    "Conv2d": sized(nn.Conv2d, in_channels=2, out_channels=4, groups=2, kernel_size=3),
    "Conv2d, bias": (of(nn.Conv2d, 2, 4, 3), {"bias": NO_FLAG}),
    "LocallyConnected2d": sized(
        nn.LocallyConnected2d,
        in_channels=2,
        out_channels=4,
        kernel_size=3,
        input_size=5,
    ),
    "LocallyConnected2d, bias": (
        of(nn.LocallyConnected2d, 2, 4, 3, 5),
        {"bias": NO_FLAG},
    ),
    "BatchNorm2d": (
        of(nn.BatchNorm2d, num_features=4),
        {
            "num_features": NO_SIZE,
            "eps": NEGATIVE,
            "momentum": (-0.1, 1.1, NAN, "1"),
            "affine": NO_FLAG,
            "track_running_stats": NO_FLAG,
        },
    ),
    "LayerNorm": (
        of(nn.LayerNorm, normalized_shape=4),
        {"normalized_shape": NO_SIZE, "eps": NEGATIVE, "bias": NO_FLAG},
    ),
    "GroupNorm": (
        of(nn.GroupNorm, num_groups=2, num_channels=4),
        {"num_groups": NO_SIZE, "num_channels": NO_SIZE, "affine": NO_FLAG},
    ),
    "DropConnect": (of(nn.DropConnect, 2, 3), {"p": NO_SHARE}),
    "Dropout": (nn.Dropout, {"p": NO_SHARE}),
    "PReLU": (nn.PReLU, {"num_parameters": NO_SIZE, "init": NO_NUMBER}),
    "Embedding": sized(nn.Embedding, num_embeddings=4, embedding_dim=3),
    "RNN": sized(nn.RNN, **CELL, num_layers=1),
    "LSTM": (of(nn.LSTM, 2, 3), {"bias": NO_FLAG, "batch_first": NO_FLAG}),
    "GRUCell": sized(nn.GRUCell, **CELL),
    "MultiheadAttention": sized(nn.MultiheadAttention, embed_dim=4, num_heads=2),
    "ResNet": (
        of(nn.ResNet, depth=8),
        {"depth": (7, *NO_SIZE), "widths": ((), 2), "residual": NO_FLAG},
    ),
    "Residual": (
        of(nn.Residual, nn.Sequential(nn.Linear(2, 2))),
        {"scale": NO_NUMBER, "residual": NO_FLAG, "zero_init": NO_FLAG},
    ),
    "BasicBlock": (of(nn.BasicBlock, 2, 4), {"shortcut": ("x", None)}),
    "DenseNet": sized(nn.DenseNet, growth_rate=2, num_init_features=4),
    "DenseNet, shape": (
        nn.DenseNet,
        {"compression": (0, *NO_SHARE), "block_config": (2, (0,), (-1,), (1.5,))},
    ),
    "AutoEncoder": (nn.AutoEncoder, {"sizes": (4, (4,), "ab")}),
    "RBM": sized(nn.RBM, visible=2, hidden=3),
    "RBM.sample": (of(nn.RBM(4, 3).sample, ROWS), {"steps": NO_SIZE}),
    "constant_": (of(init.constant_, weight(2, 3)), {"val": (*NO_NUMBER, [1, 2])}),
    "xavier_uniform_": (of(init.xavier_uniform_, weight(2, 3)), {"gain": NEGATIVE}),
    "xavier_normal_": (of(init.xavier_normal_, weight(2, 3)), {"gain": NEGATIVE}),
    "orthogonal_": (of(init.orthogonal_, weight(2, 3)), {"gain": NO_NUMBER}),
    "lsuv_": (
        of(init.lsuv_, nn.Sequential(nn.Linear(4, 3)), ROWS),
        {"tol": (0, *NEGATIVE), "max_trials": NO_SIZE},
    ),
    "clip_grad_norm_": (
        of(utils.clip_grad_norm_, [parameter()], max_norm=1),
        {"max_norm": NEGATIVE, "norm_type": NO_NUMBER},
    ),
    "clip_grad_value_": (
        of(utils.clip_grad_value_, [parameter()]),
        {"clip_value": NEGATIVE},
    ),
    "SGD": (
        optimiser("SGD"),
        {
            **dict.fromkeys(("lr", "momentum", "weight_decay"), (*NEGATIVE, INF)),
            **{"dampening": NO_NUMBER, "nesterov": NO_FLAG},
        },
    ),
    "Adam": (
        optimiser("Adam"),
        {
            **dict.fromkeys(("lr", "eps", "weight_decay"), (*NEGATIVE, INF)),
            "betas": (0.9, (0.9,), (1, 0.9), (0.9, -1), ("a", 0.9), (NAN, 0.9), None),
        },
    ),
    "Adagrad": (
        optimiser("Adagrad"),
        dict.fromkeys(("lr_decay", "initial_accumulator_value"), NEGATIVE),
    ),
    "RMSprop": (
        optimiser("RMSprop"),
        {"alpha": NEGATIVE, "momentum": NEGATIVE, "centered": NO_FLAG},
    ),
    "Adadelta": (optimiser("Adadelta"), {"rho": NO_SHARE}),
    "PrintedAdam": (optimiser("PrintedAdam"), {"misprints": ("factor", ["x"])}),
    "penalty": (of(optim.penalty, [parameter()]), {"p": (0, *NEGATIVE)}),
    "soft_threshold_": (
        of(optim.soft_threshold_, [parameter()]),
        {"threshold": NEGATIVE},
    ),
    "StepLR": (
        scheduled("StepLR"),
        {"step_size": NO_SIZE},
    ),
    "StepLR, gamma": (scheduled("StepLR", 2), {"gamma": NEGATIVE}),
    "MultiStepLR": (scheduled("MultiStepLR", [2]), {"gamma": NEGATIVE}),
    "MultiStepLR, steps": (
        scheduled("MultiStepLR"),
        {"milestones": ([-1], ["a"], [1.5])},
    ),
    "ExponentialLR": (scheduled("ExponentialLR"), {"gamma": NEGATIVE}),
    "LinearLR": (
        scheduled("LinearLR"),
        {
            "start_factor": (0, *NO_SHARE),
            "end_factor": NO_SHARE,
            "total_iters": NO_SIZE,
        },
    ),
    "CosineAnnealingLR": (scheduled("CosineAnnealingLR", 4), {"eta_min": NEGATIVE}),
    "OneCycleLR": (
        scheduled("OneCycleLR", 1.0, 9),
        {
            **dict.fromkeys(("pct_start", "base_momentum", "max_momentum"), NO_SHARE),
            **dict.fromkeys(("div_factor", "final_div_factor"), (0, *NEGATIVE)),
        },
    ),
    "OneCycleLR, rates": (
        lambda max_lr: scheduled("OneCycleLR", max_lr, 9)(),
        {"max_lr": (*NEGATIVE, [0.1, 0.2])},
    ),
    "SequentialLR": (sequence, {"milestones": ([0], ["a"], [1.5])}),
    "ReduceLROnPlateau": (
        scheduled("ReduceLROnPlateau"),
        {
            **dict.fromkeys(("patience", "threshold", "cooldown", "eps"), NEGATIVE),
            **{"factor": (1, *NEGATIVE), "min_lr": NEGATIVE, "mode": ("x", None)},
        },
    ),
    "newton": (
        of(second_order.newton, twice, np.diag, X),
        {"steps": NO_SIZE, "tolerance": NEGATIVE},
    ),
    "conjugate_gradient": (
        of(second_order.conjugate_gradient, twice, X),
        {"x": (np.ones(2), 1.0), "steps": NO_SIZE[:-2], "tolerance": NEGATIVE},
    ),
    "lbfgs": (
        of(second_order.lbfgs, square, twice, X),
        {"memory": NO_SIZE, "steps": NO_SIZE, "tolerance": NEGATIVE},
    ),
    "wolfe": (
        of(second_order.wolfe, square, twice, X, -X),
        {name: (0, *NEGATIVE) for name in ("step", "c1", "c2")},
    ),
    "backtracking": (
        of(second_order.backtracking, square, X, -X, 2 * X),
        {name: (0, *NEGATIVE) for name in ("step", "c1", "shrink")},
    ),
    "hessian_product": (
        of(second_order.hessian_product, twice, X),
        {"step": (0, *NEGATIVE)},
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_error_names_the_parameter(name):
    call, settings = SETTINGS[name]
    for parameter, values in settings.items():
        for value in values:
            with pytest.raises((ValueError, TypeError, IndexError)) as error:
                call(**{parameter: value})
            assert parameter in str(error.value), (parameter, value)
