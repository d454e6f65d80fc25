"""The training loop, on both engines: same batches, same losses."""

import inspect
import itertools
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engines import (
    CLASSES,
    ENGINES,
    FEATURES,
    assert_same,
    examples,
    network,
    parameters,
    run,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import lab
from dlcourse.lab import examples as examples_of

ROOT = Path(__file__).resolve().parents[2]


def python(code):
    """Run ``code`` in a Python of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120
    )


# ------------------------------------------------------------------------------ batches


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


# --------------------------------------------------------------------------------- loop


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


# -------------------------------------------------------------------------------- hooks


def test_hooks_come_between_the_gradients_and_the_update_and_after_it(engine):
    """Clipping and a schedule by hooks are those of the loop written out."""
    data, model, by_hand = examples(), network(engine), network(engine)
    made = {}
    for m in (model, by_hand):
        optimizer = engine.optim.SGD(m.parameters(), lr=0.5)
        made[m] = optimizer, engine.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)

    def clip(m):
        engine.nn.utils.clip_grad_norm_(m.parameters(), 0.1)

    optimizer, scheduler = made[by_hand]
    norms = []
    for batch in itertools.islice(lab.batches(len(data.x), 16, 0), 7):
        optimizer.zero_grad()
        output = by_hand(engine.tensor(data.x[batch]))
        engine.nn.CrossEntropyLoss()(output, engine.tensor(data.y[batch])).backward()
        clip(by_hand)
        optimizer.step()
        scheduler.step()
        norms.append(sum(np.abs(p).sum() for p in parameters(by_hand).values()))

    optimizer, scheduler = made[model]
    order = []

    def before(m):
        order.append(("before", parameters(m)))
        clip(m)

    def after(m):
        order.append(("after", parameters(m)))
        scheduler.step()

    def metric(m):
        return sum(np.abs(p).sum() for p in parameters(m).values())

    history = lab.fit(
        model,
        data,
        engine.nn.CrossEntropyLoss(),
        optimizer,
        steps=7,
        batch_size=16,
        before_step=before,
        after_step=after,
        metrics={"size": metric},
        progress=False,
    )
    assert_same(parameters(model), parameters(by_hand), rtol=0)
    assert history.metrics["size"] == norms
    assert scheduler.get_last_lr() == [0.5 / 8]
    assert [name for name, _ in order] == ["before", "after"] * 7
    first, second = order[0][1], order[1][1]
    assert any((first[k] != second[k]).any() for k in first)


def test_metrics_see_what_after_step_did(engine):
    def forget(model):
        for p in model.parameters():
            p.data[...] = 0

    metrics = {"size": lambda m: max(abs(p).max() for p in parameters(m).values())}
    _, history = run(engine, steps=3, after_step=forget, metrics=metrics)
    assert history.metrics["size"] == [0, 0, 0]


@pytest.mark.parametrize("name", ["before_step", "after_step"])
def test_a_hook_is_a_function(engine, name):
    with pytest.raises(TypeError, match=rf"{name} to be f\(model\), got 3"):
        run(engine, **{name: 3})


# ----------------------------------------------------------------------------- integers


def embedding(engine):
    nn = engine.nn
    table = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float32)
    model = nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(8, 3))
    state = {"0.weight": table, "2.weight": np.ones((3, 8), np.float32)}
    state["2.bias"] = np.zeros(3, np.float32)
    model.load_state_dict({k: engine.tensor(v) for k, v in state.items()})
    return model


@pytest.mark.parametrize("dtype", [np.int64, np.int32])
def test_integers_are_examples_for_an_embedding(dtype):
    x = np.random.default_rng(0).integers(0, 10, (40, 2)).astype(dtype)
    y = x.sum(axis=1) % 3
    losses, seen = [], []
    for engine in ENGINES.values():
        model = embedding(engine)
        model.register_forward_hook(lambda m, args, out: seen.append(args[0].dtype))
        history = run(engine, model=model, train=(x, y), validation=(x, y), steps=30)[1]
        losses.append(history.loss)
        assert history.loss[-1] < history.loss[0]
        assert lab.accuracy(model, x, y) == history.validation[-1].accuracy
        assert lab.outputs(model, x).shape == (40, 3)
        assert len(lab.predict_classes(model, x.tolist())) == 40
        assert len(lab.signals(model, x, y, engine.nn.CrossEntropyLoss())) == 1
    np.testing.assert_allclose(*losses, rtol=1e-4)
    assert {str(d).removeprefix("torch.") for d in seen} <= {"int64", dtype.__name__}


# ------------------------------------------------------------------- a last batch of 1


def normed(engine):
    nn = engine.nn
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Linear(5, 3))


@pytest.mark.parametrize("n, batch_size", [(33, 16), (33, 1), (17, 16)])
def test_a_last_batch_that_can_t_be_trained_on_is_said_at_the_start(
    engine, n, batch_size
):
    model = normed(engine)
    before = {
        k: v.clone() if hasattr(v, "clone") else v.data.copy()
        for k, v in model.state_dict().items()
    }
    options = {"model": model, "train": examples(n), "batch_size": batch_size}
    with pytest.raises(ValueError, match=rf"{n} examples in batches of {batch_size} "):
        run(engine, epochs=1, steps=None, **options)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(np.asarray(value), np.asarray(before[name]))
    if batch_size > 1:
        assert run(engine, steps=n // batch_size, **options)[1].steps == n // batch_size


def test_a_last_batch_of_one_image_is_enough_for_its_channels(engine):
    nn = engine.nn
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten())
    x = np.random.default_rng(0).normal(size=(5, 1, 4, 4)).astype(np.float32)
    history = run(
        engine, model=model, train=(x, np.arange(5)), batch_size=4, epochs=1, steps=None
    )[1]
    assert history.steps == 2


def test_every_error_has_the_history_so_far(engine):
    calls = itertools.count(1)

    def fail(model):
        if next(calls) == 3:
            raise RuntimeError("mine")

    metrics = {"zero": lambda model: 0.0, "mine": fail}
    with pytest.raises(RuntimeError, match="mine") as error:
        run(engine, steps=9, metrics=metrics)
    history = error.value.history
    assert history.steps == 2 and history.metrics["zero"] == [0, 0]


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


# ------------------------------------------------------------------------------ history


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


# ---------------------------------------------------------------------------------- bar


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


# ---------------------------------------------------------------------------- interrupt


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


def test_interrupt_in_a_metric_leaves_lists_of_one_length(engine):
    calls = itertools.count(1)

    def interrupted(model):
        if next(calls) == 3:
            raise KeyboardInterrupt

    metrics = {"a": lambda model: 0.0, "b": interrupted, "c": lambda model: 1.0}
    _, history = run(engine, steps=9, metrics=metrics)
    assert history.interrupted and history.steps == len(history.loss) == 2
    assert {len(values) for values in history.metrics.values()} == {2}


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
signal.signal(signal.SIGINT, signal.default_int_handler)  # `make test &` ignores it
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
    assert "Interrupted after step 2 of 1000000" in run.stdout
    assert run.stdout.endswith("went on 2\n")


def test_lab_does_not_load_torch():
    run = python("import sys; from dlcourse import lab; print('torch' in sys.modules)")
    assert run.stdout == "False\n", run.stderr


# ----------------------------------------------------------------------- the examples


def looks(monkeypatch, steps):
    """How often fit() makes arrays of what it is given, and looks whether they fit."""
    counted = []

    def array(values, convert=examples_of.array):
        counted.append(1)
        return convert(values)

    with monkeypatch.context() as patch:
        patch.setattr(examples_of, "array", array)
        run(ENGINES["dlcourse"], validation=examples(), steps=steps)
    return len(counted)


def test_examples_are_looked_at_once_however_long_it_takes(monkeypatch):
    assert looks(monkeypatch, steps=40) == looks(monkeypatch, steps=1) > 0
