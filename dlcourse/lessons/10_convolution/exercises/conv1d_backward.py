import numpy as np

from dlcourse.teach.exercise import exercise


def _layer(rng, N=None, n=None, k=None):
    N, n = N or rng.integers(1, 5), n or rng.integers(1, 9)
    k = k or rng.choice([1, n, rng.integers(1, n + 1)])  # at most n
    g, x = rng.normal(size=(N, n - k + 1)), rng.normal(size=(N, n))
    return g, x, rng.normal(size=k)


MEAN_W, MEAN_B = lambda g, x, w: _dw(g, x, w) / len(x), lambda g, x, w: g.sum() / len(x)


@exercise(
    section="Convolution as a product",
    inputs=_layer,
    edge_cases=(
        (np.array([[1.0, 0, 2]]), np.array([[1.0, 2, 3, 4]]), np.array([5.0, -1])),
        _layer(np.random.default_rng(10), 3, 6, 3),
    ),
    trials=16,
    atol=1e-5,
    returns=("dx", "dw", "db"),
)
def conv1d_backward(g, x, w):
    """(dx, dw, db): dL/dx (N, n), dL/dw (k,), dL/db, a number.

    g (N, n - k + 1): dL/dy, of y[:, i] = w[0] x[:, i] + ... + w[k-1] x[:, i+k-1] + b.
    x (N, n): N examples, which w (k,) and the number b serve alike.
    """
    return _by()(g, x, w)


def _dx(g, x, w, keep=1):
    dx = np.zeros(x.shape)
    for a in reversed(range(len(w))):
        part = dx[:, a : a + g.shape[1]]
        part[...] = keep * part + g * w[a]
    return dx


def _dw(g, x, w):
    return np.array([np.sum(g * x[:, a : a + g.shape[1]]) for a in range(len(w))])


def _by(dx=_dx, dw=_dw, db=lambda g, x, w: g.sum()):
    return lambda g, x, w: (dx(g, x, w), dw(g, x, w), db(g, x, w))


conv1d_backward.mistake(
    "dx: the kernel lies the wrong way. g[i] reached x[i + a] through which weight?",
    dx_turned=_by(lambda g, x, w: _dx(g, x, w[::-1])),
)
conv1d_backward.mistake(
    "A pixel lies in several windows, and each sends it a share: add them, +=.",
    overwritten=_by(lambda g, x, w: _dx(g, x, w, keep=0)),
)
conv1d_backward.mistake(
    "dw: only one place counts. w serves at all of them: add what they send, +=.",
    last_place=_by(dw=lambda g, x, w: g[:, -1] @ x[:, -len(w) :]),
    first_place=_by(dw=lambda g, x, w: g[:, 0] @ x[:, : len(w)]),
)
conv1d_backward.mistake(
    "No mean is taken over the examples: g is dL/dy already. Their shares are added.",
    mean_of_both=_by(dw=MEAN_W, db=MEAN_B),
    mean_of_w=_by(dw=MEAN_W),
    mean_of_b=_by(db=MEAN_B),
    mean_over_all=_by(db=lambda g, x, w: g.mean()),
)
conv1d_backward.mistake(
    "b is one number, used at every place of every example: so is db, a sum of all.",
    by_place=_by(db=lambda g, x, w: g.sum(axis=0)),
    by_example=_by(db=lambda g, x, w: g.sum(axis=1)),
    db_of_all=_by(db=lambda g, x, w: g),
)
conv1d_backward.mistake(
    "dw is turned: dw[0] goes with the pixel on which w[0] lay.",
    dw_turned=_by(dw=lambda g, x, w: _dw(g, x, w)[::-1]),
)
