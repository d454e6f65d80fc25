"""The training loop, on both engines: same batches, same losses, same messages."""

import inspect
import itertools
import math
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import lab
from dlcourse.autograd import is_grad_enabled
from dlcourse.lab.examples import engine_of

torch = pytest.importorskip("torch")

ENGINES = {
    "dlcourse": SimpleNamespace(
        nn=dlcourse.nn, optim=dlcourse.optim, tensor=dlcourse.tensor
    ),
    "torch": SimpleNamespace(nn=torch.nn, optim=torch.optim, tensor=torch.tensor),
}
FEATURES, CLASSES = 4, 3
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=ENGINES)
def engine(request):
    return ENGINES[request.param]


def weights(rng, *sizes):
    """A state_dict of arrays for linear layers 0, 2, 4, ... with these sizes."""
    state = {}
    for i, (n, m) in enumerate(itertools.pairwise(sizes)):
        state[f"{2 * i}.weight"] = rng.normal(size=(m, n)).astype(np.float32)
        state[f"{2 * i}.bias"] = rng.normal(size=m).astype(np.float32)
    return state


def network(engine, outputs=CLASSES):
    """Linear, Tanh, Linear with the same parameters on both engines."""
    nn = engine.nn
    model = nn.Sequential(nn.Linear(FEATURES, 5), nn.Tanh(), nn.Linear(5, outputs))
    state = weights(np.random.default_rng(1), FEATURES, 5, outputs)
    model.load_state_dict({k: engine.tensor(v) for k, v in state.items()})
    return model


def examples(n=40, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, FEATURES)).astype(np.float32)
    return lab.Split(x, (x @ rng.normal(size=(FEATURES, CLASSES))).argmax(axis=1))


def run(engine, *, train=None, model=None, lr=0.2, loss_fn=None, **options):
    """fit() on a small classification problem; (model, history)."""
    model = model or network(engine)
    options = {"steps": 5, "batch_size": 16, "progress": False} | options
    history = lab.fit(
        model,
        examples() if train is None else train,
        loss_fn or engine.nn.CrossEntropyLoss(),
        engine.optim.SGD(model.parameters(), lr=lr),
        **options,
    )
    return model, history


def parameters(model):
    return {k: v.detach().numpy().copy() for k, v in model.named_parameters()}


def python(code):
    """Run ``code`` in a Python of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def assert_same(a, b, **tolerance):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], err_msg=name, **tolerance)


# -------------------------------------------------------------------------- batches


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 2**32), st.integers(1, 3))
@settings(deadline=None)
def test_batches_of_an_epoch_are_a_permutation(n, batch_size, seed, epochs):
    per_epoch = math.ceil(n / batch_size)
    stream = lab.batches(n, batch_size, seed)
    for _ in range(epochs):
        epoch = list(itertools.islice(stream, per_epoch))
        assert sorted(np.concatenate(epoch)) == list(range(n))
        assert all(len(batch) == batch_size for batch in epoch[:-1])
        assert 1 <= len(epoch[-1]) <= batch_size


def first_epoch(seed):
    return np.concatenate(list(itertools.islice(lab.batches(100, 10, seed), 10)))


def test_batches_depend_on_the_seed_and_differ_between_epochs():
    assert first_epoch(3).tolist() == first_epoch(3).tolist()
    assert first_epoch(3).tolist() != first_epoch(4).tolist()
    two = list(itertools.islice(lab.batches(100, 100, 3), 2))
    assert two[0].tolist() != two[1].tolist()


def test_the_model_is_given_the_examples_of_the_batches_with_their_labels(engine):
    x = np.arange(40, dtype=np.float32).reshape(10, FEATURES)
    y = np.arange(10) % CLASSES
    seen = []

    def loss_fn(output, target):
        seen.append(target.numpy().copy())
        return engine.nn.CrossEntropyLoss()(output, target)

    inputs = []
    model = network(engine)
    model.register_forward_hook(lambda m, args, out: inputs.append(args[0].numpy()))
    run(engine, model=model, train=(x, y), loss_fn=loss_fn, batch_size=4, steps=4)
    expected = list(itertools.islice(lab.batches(10, 4, 0), 4))
    assert [len(batch) for batch in expected] == [4, 4, 2, 4]
    for batch, given_x, given_y in zip(expected, inputs, seen, strict=True):
        np.testing.assert_array_equal(given_x, x[batch])
        np.testing.assert_array_equal(given_y, y[batch])


# ----------------------------------------------------------------------------- loop


def test_fit_is_the_loop_that_everyone_writes(engine):
    data = examples()
    by_hand = network(engine)
    optimizer = engine.optim.SGD(by_hand.parameters(), lr=0.2, momentum=0.9)
    losses = []
    for batch in itertools.islice(lab.batches(len(data.x), 16, 7), 9):
        optimizer.zero_grad()
        output = by_hand(engine.tensor(data.x[batch]))
        loss = engine.nn.CrossEntropyLoss()(output, engine.tensor(data.y[batch]))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    model = network(engine)
    history = lab.fit(
        model,
        data,
        engine.nn.CrossEntropyLoss(),
        engine.optim.SGD(model.parameters(), lr=0.2, momentum=0.9),
        steps=9,
        batch_size=16,
        seed=7,
        progress=False,
    )
    assert history.loss == losses
    assert_same(parameters(model), parameters(by_hand), rtol=0)


def test_both_engines_see_the_same_losses_and_learn_the_same():
    runs = {
        name: run(engine, epochs=6, steps=None, validation=examples(20, seed=1))
        for name, engine in ENGINES.items()
    }
    (ours, h), (theirs, g) = runs["dlcourse"], runs["torch"]
    assert h.loss[0] > 1.5 * h.loss[-1]
    np.testing.assert_allclose(h.loss, g.loss, rtol=1e-5)
    np.testing.assert_allclose(h.validation, g.validation, rtol=1e-5)
    assert_same(parameters(ours), parameters(theirs), rtol=1e-4, atol=1e-6)


def test_the_seed_alone_decides_the_order(engine):
    assert run(engine, seed=1)[1].loss == run(engine, seed=1)[1].loss
    assert run(engine, seed=1)[1].loss != run(engine, seed=2)[1].loss


def test_real_digits_are_learned():
    data = lab.load_digits()
    nn = dlcourse.nn
    dlcourse.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = dlcourse.optim.SGD(model.parameters(), lr=0.5)
    lab.fit(
        model, data.train, nn.CrossEntropyLoss(), optimizer, epochs=10, progress=False
    )
    assert lab.accuracy(model, *data.test) > 0.9


def test_the_core_of_the_loop_can_be_shown_in_a_lesson():
    lines = inspect.getsource(lab.train_step).splitlines()
    assert len(lines) <= 8
    order = ["zero_grad()", "model(x)", "loss_fn(", "backward()", "step()"]
    found = [next(i for i, line in enumerate(lines) if o in line) for o in order]
    assert found == sorted(found)


def test_regression_with_float_targets(engine):
    x, _ = examples()
    train = (x, x[:, :1] * 2)
    model = network(engine, outputs=1)
    _, history = run(
        engine,
        model=model,
        train=train,
        validation=train,
        loss_fn=engine.nn.MSELoss(),
        lr=0.05,
        steps=60,
    )
    assert history.loss[-1] < history.loss[0] / 2
    assert history.validation[-1].accuracy is None
    assert "validation loss ≈" in repr(history)


def test_tensors_and_lists_are_examples_too(engine):
    x, y = examples()
    expected = run(engine)[1].loss
    assert run(engine, train=(engine.tensor(x), engine.tensor(y)))[1].loss == expected
    assert run(engine, train=(x, y.tolist()))[1].loss == expected
    assert run(engine, train=(x, y.astype(np.uint8)))[1].loss == expected


def test_double_precision(engine):
    x, y = examples()
    model = network(engine).double()
    _, history = run(engine, model=model, train=(x.astype(np.float64), y))
    assert history.loss != run(engine)[1].loss
    np.testing.assert_allclose(history.loss, run(engine)[1].loss, rtol=1e-4)


# -------------------------------------------------------------------------- history


@pytest.mark.parametrize(
    ("n", "batch_size", "epochs", "steps"),
    [(40, 16, 2, 6), (40, 40, 3, 3), (40, 100, 3, 3), (41, 40, 1, 2), (1, 1, 2, 2)],
)
def test_an_epoch_is_a_pass_over_all_examples(n, batch_size, epochs, steps):
    train = examples(n)
    _, history = run(
        ENGINES["dlcourse"],
        train=train,
        validation=train,
        epochs=epochs,
        steps=None,
        batch_size=batch_size,
    )
    assert history.steps == len(history.loss) == steps
    expected = [steps // epochs * (i + 1) for i in range(epochs)]
    assert [v.step for v in history.validation] == expected
    assert not history.interrupted


def test_validation_comes_after_each_epoch_and_after_the_last_step(engine):
    data = examples(20, seed=5)
    model, history = run(engine, steps=8, validation=data)  # 3 steps an epoch
    assert [v.step for v in history.validation] == [3, 6, 8]
    last = history.validation[-1]
    loss, accuracy = lab.evaluate(model, *data, engine.nn.CrossEntropyLoss())
    assert (last.loss, last.accuracy) == (loss, accuracy)
    assert accuracy == lab.accuracy(model, *data)


def test_validation_changes_nothing_about_the_training(engine):
    with_it, a = run(engine, steps=8, validation=examples(20, seed=5))
    without, b = run(engine, steps=8)
    assert a.loss == b.loss
    assert_same(parameters(with_it), parameters(without), rtol=0)


def test_metrics_see_the_model_after_each_step_with_its_gradients(engine):
    def gradient(model):
        return float(np.abs(next(iter(model.parameters())).grad.numpy()).max())

    def weight(model):
        return next(iter(model.parameters())).detach().numpy()[0, 0].item()

    metrics = {"gradient": gradient, "weight": weight}
    model, history = run(engine, steps=4, metrics=metrics)
    assert history.metrics.keys() == metrics.keys()
    assert len(history.metrics["gradient"]) == 4
    assert min(history.metrics["gradient"]) > 0
    assert len(set(history.metrics["weight"])) == 4
    assert history.metrics["weight"][-1] == weight(model)


def test_history_s_repr():
    history = lab.History(
        loss=[2.303, 0.5, 0.1234],
        validation=[lab.Validation(3, 0.2, 0.95)],
        seconds=1.5,
    )
    assert repr(history) == (
        "History: 3 steps, loss ≈ 2.30 to ≈ 0.123, validation accuracy ≈ 95.0 %, "
        "≈ 1.50 s"
    )
    assert repr(lab.History(interrupted=True)).endswith("s, interrupted")


# ------------------------------------------------------------------------------ bar


def test_bar_shows_the_loss(engine, capsys, monkeypatch):
    monkeypatch.delenv("DLCOURSE_BUILD", raising=False)
    _, history = run(engine, steps=5, progress=True)
    shown = capsys.readouterr().err
    assert "5/5" in shown
    assert f"loss={history.loss[-1]:.3g}" in shown


@pytest.mark.parametrize(("build", "progress"), [("", False), ("1", True)])
def test_no_bar(build, progress, capsys, monkeypatch):
    monkeypatch.setenv("DLCOURSE_BUILD", build)
    run(ENGINES["dlcourse"], progress=progress)
    out, err = capsys.readouterr()
    assert out + err == ""


# ------------------------------------------------------------------------- interrupt


def interrupt_at(step, engine):
    """A loss that Ctrl-C interrupts in the given step."""
    calls = itertools.count(1)

    def loss_fn(output, target):
        if next(calls) == step:
            raise KeyboardInterrupt
        return engine.nn.CrossEntropyLoss()(output, target)

    return loss_fn


def test_interrupt_keeps_what_was_learned_and_says_so(engine, capsys):
    model, history = run(engine, steps=9, loss_fn=interrupt_at(6, engine))
    assert history.interrupted
    assert history.steps == 5
    assert "interrupted" in repr(history)
    said = capsys.readouterr().out
    assert said == (
        "Interrupted after step 5 of 9: the model keeps what it has learned.\n"
    )
    unhindered, expected = run(engine, steps=5)
    assert history.loss == expected.loss
    assert_same(parameters(model), parameters(unhindered), rtol=0)


def test_interrupt_during_validation_leaves_the_model_ready_to_train(engine):
    # Step 3 ends the first epoch; the fourth call of the loss is the validation's.
    model, history = run(
        engine, steps=9, loss_fn=interrupt_at(4, engine), validation=examples(5)
    )
    assert (history.steps, history.interrupted) == (3, True)
    assert history.validation == []
    assert model.training
    _, again = run(engine, model=model, steps=2)
    assert again.steps == 2


def test_interrupt_inside_over_seeds_ends_the_whole_sample(engine, capsys):
    def f(seed):
        loss_fn = interrupt_at(3, engine) if seed == 2 else None
        return run(engine, seed=seed, loss_fn=loss_fn)[1].loss[-1]

    sample = lab.over_seeds(f, range(5), progress=False)
    assert sample.n == 2
    assert capsys.readouterr().out == "Interrupted: the sample holds 2 of 5 seeds.\n"
    assert run(engine, loss_fn=interrupt_at(2, engine))[1].interrupted  # as before


def test_a_real_interrupt_signal():
    script = """
import signal, numpy as np
from dlcourse import lab, nn, optim
model = nn.Linear(2, 2)
def press_ctrl_c(model, calls=[]):
    calls.append(0)
    if len(calls) == 3:
        signal.raise_signal(signal.SIGINT)
history = lab.fit(
    model, (np.ones((8, 2), np.float32), np.zeros(8, int)), nn.CrossEntropyLoss(),
    optim.SGD(model.parameters(), lr=0.1), epochs=10**6,
    metrics={"press": press_ctrl_c}, progress=False)
print("went on", history.steps)
"""
    run = python(script)
    assert run.returncode == 0, run.stderr
    assert "Interrupted after step 3 of 1000000" in run.stdout
    assert run.stdout.endswith("went on 3\n")


# ----------------------------------------------------------------------- nan and inf


def diverge(engine, **options):
    """The FloatingPointError of a run, and the model as it was left."""
    model = options.pop("model", None) or network(engine)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no NumPy warning beside the error
        with pytest.raises(FloatingPointError) as error:
            run(engine, model=model, **options)
    return error.value, model


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize(("layer", "bad_step"), [("0", 1), ("2", 4)])
def test_nan_in_a_parameter_names_step_layer_and_parameter(
    engine, layer, bad_step, value
):
    model = network(engine)

    def plant(model):
        plant.calls += 1
        if plant.calls == bad_step - 1:
            spoil(model)

    def spoil(model):
        weight = dict(model.named_parameters())[f"{layer}.weight"]
        (weight.data if engine is ENGINES["dlcourse"] else weight.detach())[1, :2] = (
            value
        )

    plant.calls = 0
    if bad_step == 1:
        spoil(model)
    error, _ = diverge(engine, model=model, metrics={"plant": plant}, steps=9)
    message = str(error)
    entries = {"0": 20, "2": 15}[layer]
    assert message.startswith(f"step {bad_step}: the loss is ")
    assert f"began in layer '{layer}' (Linear)" in message
    assert f"2 of {entries} entries of its parameter 'weight' are nan or inf" in message
    assert "is the learning rate too large?" in message
    assert error.history.steps == bad_step - 1


def test_nan_in_the_data_is_the_first_layer_s_input(engine):
    x, y = examples(16)
    x[3, 2] = math.nan
    error, _ = diverge(engine, train=(x, y))
    assert str(error) == (
        "step 1: the loss is nan. It began in layer '0' (Linear): 1 of 64 entries of "
        "its input are nan or inf: they are in the examples. Not finite are 1 of 16 "
        "examples: x[3]"
    )


def test_inf_in_the_data_is_told_though_only_the_parameters_show_it(engine):
    # tanh(inf) = 1: the first loss is finite, only its gradient is not.
    x, y = examples(16)
    x[3, 2] = x[5, 1] = math.inf
    error, _ = diverge(engine, train=(x, y), batch_size=16)
    message = str(error)
    assert message.startswith("step 2: the loss is nan. It began in layer '0' (Linear)")
    assert "of its parameter 'weight'" in message
    assert message.endswith("Not finite are 2 of 16 examples: x[3], ...")


def test_overflow_is_the_layer_s_own_output(engine):
    nn = engine.nn
    model = nn.Sequential(nn.Linear(FEATURES, 2), nn.Linear(2, CLASSES))
    shapes = {k: tuple(v.shape) for k, v in model.state_dict().items()}
    huge = {k: np.full(shape, 1e30, np.float32) for k, shape in shapes.items()}
    model.load_state_dict({k: engine.tensor(v) for k, v in huge.items()})
    x = np.ones((16, FEATURES), np.float32)
    error, _ = diverge(engine, model=model, train=(x, np.zeros(16, int)))
    message = str(error)
    assert "began in layer '1' (Linear): 48 of 48 entries of its output" in message
    assert "though its input and its parameters are finite" in message


def test_nan_between_layers_is_the_next_one_s_input(engine):
    class Net(engine.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = engine.nn.Linear(FEATURES, 4)
            self.second = engine.nn.Linear(4, CLASSES)

        def forward(self, x):
            h = self.first(x)
            return self.second(h / (h - h))

    error, _ = diverge(engine, model=Net())
    message = str(error)
    assert "began in layer 'second' (Linear)" in message
    assert "a forward() made them on the way to this layer" in message


def test_a_model_without_parts_is_named_by_its_class(engine):
    class Net(engine.nn.Module):
        def __init__(self):
            super().__init__()
            start = engine.tensor(np.zeros((FEATURES, CLASSES), np.float32))
            self.scale = engine.nn.Parameter(start)

        def forward(self, x):
            return (x @ self.scale) / 0.0

    error, _ = diverge(engine, model=Net())
    assert "began in the Net: 48 of 48 entries of its output" in str(error)


def test_nan_in_the_targets_or_the_loss(engine):
    x, _ = examples(16)
    y = x[:, :1].copy()
    y[5] = math.nan
    model = network(engine, outputs=1)
    error, _ = diverge(engine, model=model, train=(x, y), loss_fn=engine.nn.MSELoss())
    assert str(error) == (
        "step 1: the loss is nan. Every layer's output is finite, but 1 of 16 targets "
        "are not"
    )

    def broken(output, target):
        return engine.nn.CrossEntropyLoss()(output, target) * math.inf

    error, _ = diverge(engine, loss_fn=broken)
    assert "is finite: it began in the loss function" in str(error)


def test_too_large_a_learning_rate_is_found_out_with_its_history(engine):
    x, _ = examples(16)
    model = network(engine, outputs=1)
    error, model = diverge(
        engine,
        model=model,
        train=(x, x[:, :1]),
        loss_fn=engine.nn.MSELoss(),
        lr=1e6,
        steps=200,
        batch_size=16,
    )
    assert 1 <= error.history.steps < 200
    assert np.isfinite(error.history.loss).all()
    assert error.history.seconds > 0
    assert f"step {error.history.steps + 1}: the loss is" in str(error)
    assert all(np.isfinite(values).all() for values in parameters(model).values())


def test_the_parameters_are_left_as_they_were_before_the_bad_step(engine):
    x, y = examples(16)
    x[0, 0] = math.nan
    before = parameters(network(engine))
    _, model = diverge(engine, train=(x, y))
    assert_same(parameters(model), before, rtol=0)


def test_first_nonfinite_of_a_sound_model_is_none_and_leaves_no_hook(engine):
    model = network(engine)
    assert lab.first_nonfinite(model, engine.tensor(examples().x)) is None
    for module in model.modules():
        assert not module._forward_hooks


# ------------------------------------------------------------------------- bad input


X, Y = examples()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"train": (X[:0], Y[:0])}, ValueError, r"train holds no .* shape \(0, 4\)"),
        ({"train": (X, Y[:-1])}, ValueError, "40 examples and 39 labels"),
        ({"train": (X, 3)}, ValueError, "40 examples and a single number labels"),
        ({"train": X}, TypeError, r"train expects a pair \(x, y\), got ndarray"),
        ({"train": 5}, TypeError, r"train expects a pair \(x, y\), got int"),
        (
            {"train": (X.astype(int), Y)},
            TypeError,
            r"train: x is int64, .* float32: use \.astype\(np\.float32\)$",
        ),
        (
            {"train": (X.astype(np.uint8), Y)},
            TypeError,
            r"x is uint8, .* use \.astype\(np\.float32\) / 255$",
        ),
        ({"train": (X.astype(float), Y)}, TypeError, "x is float64"),
        ({"train": (X, Y.astype(float))}, TypeError, "train: y is float64"),
        ({"train": (X, Y.astype(str))}, TypeError, "train: y is <U"),
        ({"train": (X, Y + 1)}, ValueError, "go up to 3, .* 3 outputs.* from 0 to 2"),
        ({"train": (X, Y - 1)}, ValueError, "train: labels start at 0, got -1"),
        ({"train": (X, np.eye(3, dtype=int)[Y])}, TypeError, "targets of a regression"),
        ({"validation": (X[:0], Y[:0])}, ValueError, "validation holds no examples"),
        ({"validation": (X, Y + 1)}, ValueError, "validation: labels go up to 3"),
        ({"steps": None}, ValueError, "epochs or steps, .*epochs=None, steps=None"),
        ({"epochs": 1}, ValueError, "one of them: got epochs=1, steps=5"),
        ({"steps": 0}, ValueError, "steps of at least 1, got 0"),
        ({"steps": None, "epochs": -1}, ValueError, "epochs of at least 1, got -1"),
        ({"steps": 2.5}, TypeError, r"steps to be an integer, got 2\.5"),
        ({"batch_size": 0}, ValueError, "batch_size of at least 1, got 0"),
        ({"batch_size": None}, TypeError, "batch_size to be an integer, got None"),
        ({"batch_size": True}, TypeError, "batch_size to be an integer, got True"),
    ],
)
def test_bad_input_is_refused_with_a_reason(engine, options, error, message):
    model = network(engine)
    before = parameters(model)
    with pytest.raises(error, match=message):
        run(engine, model=model, **options)
    if "validation" not in options:  # its labels are compared after an epoch
        assert_same(parameters(model), before, rtol=0)


def test_a_model_that_is_none_is_refused(engine):
    loss_fn = engine.nn.CrossEntropyLoss()
    for model, message in [
        (lambda x: x, "a Module of dlcourse or torch, got function"),
        (engine.nn.Linear, r"got the class: Linear\(\.\.\.\)"),
    ]:
        with pytest.raises(TypeError, match=message):
            lab.fit(model, (X, Y), loss_fn, None, steps=1, progress=False)


def test_an_optimizer_of_another_model_is_refused(engine):
    model, other = network(engine), network(engine)
    optimizer = engine.optim.SGD(other.parameters(), lr=0.1)
    loss_fn = engine.nn.CrossEntropyLoss()
    with pytest.raises(ValueError, match="updates none of the model's parameters"):
        lab.fit(model, (X, Y), loss_fn, optimizer, steps=1, progress=False)


def test_an_optimizer_of_one_s_own_needs_two_methods():
    engine = ENGINES["dlcourse"]
    model = network(engine)

    class Mine:
        def zero_grad(self):
            model.zero_grad()

        def step(self):
            for p in model.parameters():
                p.data -= 0.2 * p.grad.data

    loss_fn = engine.nn.CrossEntropyLoss()
    history = lab.fit(
        model, (X, Y), loss_fn, Mine(), steps=5, batch_size=16, progress=False
    )
    assert history.loss == run(engine)[1].loss


# ------------------------------------------------------------------------ evaluation


def test_accuracy_and_classes_are_those_of_the_outputs(engine):
    model = network(engine)
    outputs = lab.outputs(model, X)
    by_hand = model(engine.tensor(X)).detach().numpy()
    np.testing.assert_allclose(outputs, by_hand, rtol=1e-6)
    classes = lab.predict_classes(model, X)
    assert classes.dtype == np.int64
    np.testing.assert_array_equal(classes, by_hand.argmax(axis=1))
    assert lab.accuracy(model, X, classes) == 1
    wrong = classes.copy()
    wrong[:10] = (wrong[:10] + 1) % CLASSES
    assert lab.accuracy(model, X, wrong) == 0.75


def test_evaluation_in_batches_is_evaluation_at_once(engine, monkeypatch):
    model = network(engine)
    loss_fn = engine.nn.CrossEntropyLoss()
    whole = lab.evaluate(model, X, Y, loss_fn)
    output = model(engine.tensor(X))
    assert whole[0] == pytest.approx(loss_fn(output, engine.tensor(Y)).item())
    monkeypatch.setattr(sys.modules["dlcourse.lab.evaluate"], "BATCH", 7)
    assert lab.evaluate(model, X, Y, loss_fn) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_restores_mode_and_tape_even_after_an_error(engine, training):
    modes = []
    model = network(engine).train(training)
    model.register_forward_hook(lambda m, args, out: modes.append(m.training))
    for labels in (Y, Y + 1):
        try:
            lab.accuracy(model, X, labels)
        except ValueError as error:
            assert "accuracy: labels go up to 3" in str(error)
        assert modes.pop() is False
        assert model.training is training
        assert is_grad_enabled()
        assert torch.is_grad_enabled()
    with pytest.raises(ValueError, match="outputs holds no examples"):
        lab.outputs(model, X[:0])
    with pytest.raises(TypeError, match="accuracy expects integer labels"):
        lab.accuracy(model, X, X[:, 0])


def test_fit_trains_in_training_mode(engine):
    modes = []
    model = network(engine).eval()
    model.register_forward_hook(lambda m, args, out: modes.append(m.training))
    run(engine, model=model, steps=2)
    assert modes == [True, True]
    assert model.training


def test_the_engine_is_the_model_s_own():
    assert engine_of(network(ENGINES["dlcourse"])) is dlcourse.autograd
    assert engine_of(network(ENGINES["torch"])) is torch


def test_lab_does_not_load_torch():
    run = python("import sys; from dlcourse import lab; print('torch' in sys.modules)")
    assert run.stdout == "False\n", run.stderr
