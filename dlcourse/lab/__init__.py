"""The laboratory: real data, the training loop, statistics over seeds, timers.

data.py loads, digits_1d.py draws, fit.py trains, evaluate.py measures a model,
diagnose.py finds where nan began, statistics.py says how sure a mean over seeds is,
timing.py times, flops.py counts, signals.py measures what passes through the layers,
autocorrelation.py how soon a gradient forgets itself, spectra.py what repeated products
with a matrix do. plain.py makes the deep networks that are measured, attempt.py trains
one that may diverge, paired.py compares two on the same seeds, torch_twin.py and
agreement.py hold the course's engine against PyTorch.
Models of dlcourse and of torch are treated alike.
"""

from dlcourse.lab.agreement import against_torch, relative_error
from dlcourse.lab.attempt import Attempt, attempt
from dlcourse.lab.augment import add_noise, affine, augment, mirror, mixup
from dlcourse.lab.autocorrelation import autocorrelation, input_gradients
from dlcourse.lab.data import (
    Dataset,
    Split,
    load_digits,
    load_mnist,
    load_photograph,
    load_text,
)
from dlcourse.lab.diagnose import first_nonfinite
from dlcourse.lab.digits_1d import digits_1d
from dlcourse.lab.evaluate import accuracy, evaluate, outputs, predict_classes
from dlcourse.lab.fit import History, Validation, batches, fit, train_step
from dlcourse.lab.flops import Flops, count_flops
from dlcourse.lab.paired import paired_difference
from dlcourse.lab.plain import plain
from dlcourse.lab.receptive_field import ReceptiveField, receptive_fields
from dlcourse.lab.setup import check_setup
from dlcourse.lab.signals import Signals, rms, signals
from dlcourse.lab.spectra import (
    jacobian_products,
    kreiss_constant,
    lyapunov_exponents,
    numerical_range,
    singular_values,
    spectral_radius,
    spectrum,
    state_jacobians,
    transient_growth,
)
from dlcourse.lab.statistics import (
    Sample,
    interval,
    measured,
    over_seeds,
    t_quantile,
)
from dlcourse.lab.stopping import EarlyStopping
from dlcourse.lab.timing import Stopwatch, median_time, stopwatch
from dlcourse.lab.torch_twin import torch_twin
from dlcourse.lab.tuning import Tuned, tune

__all__ = [
    "Attempt",
    "Dataset",
    "EarlyStopping",
    "Flops",
    "History",
    "ReceptiveField",
    "Sample",
    "Signals",
    "Split",
    "Stopwatch",
    "Tuned",
    "Validation",
    "accuracy",
    "add_noise",
    "affine",
    "against_torch",
    "attempt",
    "augment",
    "autocorrelation",
    "batches",
    "check_setup",
    "count_flops",
    "digits_1d",
    "evaluate",
    "first_nonfinite",
    "fit",
    "input_gradients",
    "interval",
    "jacobian_products",
    "kreiss_constant",
    "load_digits",
    "load_mnist",
    "load_photograph",
    "load_text",
    "lyapunov_exponents",
    "measured",
    "median_time",
    "mirror",
    "mixup",
    "numerical_range",
    "outputs",
    "over_seeds",
    "paired_difference",
    "plain",
    "predict_classes",
    "receptive_fields",
    "relative_error",
    "rms",
    "signals",
    "singular_values",
    "spectral_radius",
    "spectrum",
    "state_jacobians",
    "stopwatch",
    "t_quantile",
    "torch_twin",
    "train_step",
    "transient_growth",
    "tune",
]
