"""Other engines on the same workloads, for who wants to compare: all optional.

Each is imported when it is asked for. The models are written out as functions of their
parameters (PyTorch's names), for whatever speaks NumPy's language: HIPS autograd and
MyGrad run them eagerly, JAX compiles the whole step. tinygrad has a language of its own
and compiles too. A workload that a peer can't do naturally raises NotImplementedError.
"""

import functools

import numpy as np

from training.workloads import WORKLOADS

# ------------------------------------------------------- the models in NumPy's language


def mlp(xp, p, x, activation):
    layers = sorted({int(name.split(".")[0]) for name in p})
    for i in layers:
        x = xp.matmul(x, p[f"{i}.weight"].T) + p[f"{i}.bias"]
        if i != layers[-1]:
            x = activation(xp, x)
    return x


def relu(xp, x):
    return xp.maximum(x, 0)


def tanh(xp, x):
    return xp.tanh(x)


def _recurrent(p):
    w, u, b, c = (
        p[f"rnn.{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    return w.T, u.T, b + c


def rnn(xp, p, x):
    w, u, b = _recurrent(p)
    h = np.zeros((x.shape[1], u.shape[0]), np.float32)
    for t in range(x.shape[0]):
        h = xp.tanh(xp.matmul(x[t], w) + xp.matmul(h, u) + b)
    return _head(xp, p, h)


def lstm(xp, p, x):
    w, u, b = _recurrent(p)
    n = u.shape[0]
    h = c = np.zeros((x.shape[1], n), np.float32)
    for t in range(x.shape[0]):
        z = xp.matmul(x[t], w) + xp.matmul(h, u) + b
        i, f, g, o = (z[:, k * n : (k + 1) * n] for k in range(4))
        c = _sigmoid(xp, f) * c + _sigmoid(xp, i) * xp.tanh(g)
        h = _sigmoid(xp, o) * xp.tanh(c)
    return _head(xp, p, h)


def _sigmoid(xp, x):
    return 0.5 + 0.5 * xp.tanh(0.5 * x)


def _head(xp, p, h):
    return xp.matmul(h, p["head.weight"].T) + p["head.bias"]


MODELS = {
    "W1": functools.partial(mlp, activation=relu),
    "W2": functools.partial(mlp, activation=tanh),
    "W3": functools.partial(mlp, activation=relu),
    "W6": rnn,
    "W7": lstm,
}


def loss_of(workload, xp, logits, y):
    if workload.loss == "MSELoss":
        return xp.mean((logits - y) ** 2)
    shifted = logits - _constant(logits).max(axis=1, keepdims=True)
    log_z = xp.log(xp.sum(xp.exp(shifted), axis=1))
    picked = shifted[np.arange(len(y)), y]
    return xp.mean(log_z - picked)


def _constant(x):
    """The values, of a tensor that is differentiated, as far as they can be seen."""
    return getattr(x, "data", x) if type(x).__module__.startswith("mygrad") else x


def name_of(workload):
    return next(name for name, known in WORKLOADS.items() if known is workload)


def model_of(workload, models=MODELS):
    name = name_of(workload)
    if name not in models:
        raise NotImplementedError(f"{name} is not written for this peer")
    return models[name]


# ------------------------------------------------------------------------- the updates


def update(workload, p, gradient, state, xp=np):
    """One parameter's new value and state, without changing either."""
    name, settings = workload.optimizer
    lr, momentum = settings["lr"], settings.get("momentum", 0)
    if name == "SGD":
        if not momentum:
            return p - lr * gradient, state
        velocity = momentum * state[0] + gradient
        return p - lr * velocity, (velocity,)
    m, v, t = state[0], state[1], state[2] + 1
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient * gradient
    root = xp.sqrt(v / (1 - 0.999**t)) + 1e-8
    return p - lr * (m / (1 - 0.9**t)) / root, (m, v, t)


def start(workload, p):
    name, settings = workload.optimizer
    if name == "Adam":
        return np.zeros_like(p), np.zeros_like(p), 0
    return (np.zeros_like(p),) if settings.get("momentum") else ()


def updated(workload, parameters, gradients, states, xp=np):
    """All parameters and states after a step."""
    new = {
        name: update(workload, p, gradients[name], states[name], xp)
        for name, p in parameters.items()
    }
    return {k: p for k, (p, _) in new.items()}, {k: s for k, (_, s) in new.items()}


# --------------------------------------------------------------------------- the peers


def hips_autograd():
    import autograd
    import autograd.numpy as xp

    def engine(workload, parameters):
        model = model_of(workload)
        x, y = workload.batch(np.random.default_rng(0))

        def loss(parameters):
            return loss_of(workload, xp, model(xp, parameters, x), y)

        gradient = autograd.value_and_grad(loss)
        states = {name: start(workload, p) for name, p in parameters.items()}

        def step():
            nonlocal parameters, states
            value, gradients = gradient(parameters)
            parameters, states = updated(workload, parameters, gradients, states)
            return value

        return step

    return engine


def mygrad():
    import mygrad as xp

    def engine(workload, parameters):
        model = model_of(workload)
        x, y = workload.batch(np.random.default_rng(0))
        states = {name: start(workload, p) for name, p in parameters.items()}

        def step():
            nonlocal parameters, states
            tensors = {name: xp.tensor(p) for name, p in parameters.items()}
            loss = loss_of(workload, xp, model(xp, tensors, x), y)
            loss.backward()
            gradients = {name: p.grad for name, p in tensors.items()}
            parameters, states = updated(workload, parameters, gradients, states)
            return loss.item()

        return step

    return engine


def jax():
    import jax
    import jax.numpy as xp
    from jax import lax

    def conv(x, w, bias=None):
        y = lax.conv_general_dilated(x, w, (1, 1), "SAME")
        return y if bias is None else y + bias[:, None, None]

    def pool(x):
        size = (1, 1, 2, 2)
        return lax.reduce_window(x, -xp.inf, lax.max, size, size, "VALID")

    def cnn(xp, p, x):
        for i in (0, 3):
            x = pool(relu(xp, conv(x, p[f"{i}.weight"], p[f"{i}.bias"])))
        return x.reshape(len(x), -1) @ p["7.weight"].T + p["7.bias"]

    def batch_norm(x, weight, bias):
        mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        scale = (weight / xp.sqrt(var + 1e-5))[:, None, None]
        return (x - mean[:, None, None]) * scale + bias[:, None, None]

    def residual(xp, p, x):
        for i in range(3):
            h = x
            for k in (0, 3):
                h = conv(h, p[f"{i}.branch.{k}.weight"])
                norm = f"{i}.branch.{k + 1}"
                h = batch_norm(h, p[f"{norm}.weight"], p[f"{norm}.bias"])
                h = relu(xp, h) if k == 0 else h
            x = x + h
        return x.mean((2, 3)) @ p["5.weight"].T + p["5.bias"]

    def scanned(cell):
        """JAX compiles one step of time, not a hundred."""

        def model(xp, p, x):
            w, u, b = _recurrent(p)
            zero = xp.zeros((x.shape[1], u.shape[0]))

            def one(state, x_t):
                return cell(xp.matmul(x_t, w) + xp.matmul(state[0], u) + b, *state), 0

            return _head(xp, p, lax.scan(one, (zero, zero), x)[0][0])

        return model

    def lstm_cell(z, h, c):
        i, f, g, o = xp.split(z, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * xp.tanh(g)
        return jax.nn.sigmoid(o) * xp.tanh(c), c

    models = {
        **MODELS,
        "W4": cnn,
        "W5": residual,
        "W6": scanned(lambda z, h, c: (xp.tanh(z), c)),
        "W7": scanned(lstm_cell),
    }

    def engine(workload, parameters):
        x, y = workload.batch(np.random.default_rng(0))
        parameters = {k: v for k, v in parameters.items() if "running" not in k}
        parameters = {k: v for k, v in parameters.items() if "num_batches" not in k}
        states = {name: start(workload, p) for name, p in parameters.items()}
        if workload.update_only:

            @functools.partial(jax.jit, donate_argnums=(0, 1))
            def train(p, s, x, y):
                new = updated(workload, p, {"weight": x}, s, xp)
                return (*new, new[0]["weight"][0, 0])

        else:
            model = model_of(workload, models)

            @functools.partial(jax.jit, donate_argnums=(0, 1))
            def train(p, s, x, y):
                def loss(p):
                    return loss_of(workload, xp, model(xp, p, x), y)

                value, gradients = jax.value_and_grad(loss)(p)
                return (*updated(workload, p, gradients, s, xp), value)

        held = jax.device_put((parameters, states))
        batch = jax.device_put((x, None if y is None else y))

        def step():
            nonlocal held
            *held, value = train(*held, *batch)
            return value

        return step

    return engine


def tinygrad():
    from tinygrad import Context, Tensor, TinyJit, nn

    def layer(x, p, name):
        return x.linear(p[f"{name}.weight"].T, p[f"{name}.bias"])

    def mlp(p, x, activation):
        layers = sorted({int(name.split(".")[0]) for name in p})
        for i in layers[:-1]:
            x = getattr(layer(x, p, str(i)), activation)()
        return layer(x, p, str(layers[-1]))

    def cnn(p, x):
        for i in (0, 3):
            x = x.conv2d(p[f"{i}.weight"], p[f"{i}.bias"], padding=1).relu()
            x = x.max_pool2d(2)
        return layer(x.flatten(1), p, "7")

    models = {
        "W1": functools.partial(mlp, activation="relu"),
        "W2": functools.partial(mlp, activation="tanh"),
        "W3": functools.partial(mlp, activation="relu"),
        "W4": cnn,
    }

    def engine(workload, parameters):
        model = model_of(workload, models)
        x, y = (Tensor(a) for a in workload.batch(np.random.default_rng(0)))
        p = {k: Tensor(v) for k, v in parameters.items()}
        name, settings = workload.optimizer
        optimizer = getattr(nn.optim, name)(list(p.values()), **settings)

        @TinyJit
        def train(x, y):
            logits = model(p, x)
            if workload.loss == "MSELoss":
                loss = ((logits - y) ** 2).mean()
            else:
                loss = logits.sparse_categorical_crossentropy(y)
            optimizer.zero_grad()
            loss.backward()
            return loss.realize(*optimizer.schedule_step())

        def step():
            with Context(TRAINING=1):
                return train(x, y).item()

        return step

    return engine


PEERS = {
    "autograd": hips_autograd,
    "jax": jax,
    "mygrad": mygrad,
    "tinygrad": tinygrad,
}
