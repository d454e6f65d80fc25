"""Spectra: what the repeated product with a matrix does, at first and in the end.

The gradient of a recurrent network over t steps is a product of t Jacobians. Of a
linear one it is W^t: the eigenvalues say how it ends, the singular values how it
begins, and the numerical range and the Kreiss constant what happens in between, where a
matrix that is not normal can grow before it decays (Trefethen and Embree, *Spectra and
Pseudospectra*, 2005). For trained networks: Jacobians along a trajectory, and Lyapunov
exponents.

A matrix is (n, n), an array or a Tensor of either engine; results are arrays of
float64 or complex128. All raise ValueError where it is not square, empty or not finite.
"""

import numpy as np

from dlcourse.lab.examples import array, engine_of
from dlcourse.nn.measuring import measuring

# ------------------------------------------------------------- in the end, at the start


def spectrum(matrix):
    """The eigenvalues (n,), complex, the largest in absolute value first."""
    values = np.linalg.eigvals(_matrix(matrix)).astype(complex)
    return values[np.argsort(-np.abs(values), kind="stable")]


def spectral_radius(matrix):
    """rho = max |eigenvalue|: ||W^t|| grows like rho^t in the end (Gelfand)."""
    return float(np.abs(spectrum(matrix)[0]))


def singular_values(matrix):
    """By how much W stretches, along its n directions: (n,), the largest first.

    Where the largest times the largest slope of the activation is below 1, gradients
    vanish; for them to explode it must be above 1 (Pascanu et al., 2013).
    """
    return np.linalg.svd(_matrix(matrix), compute_uv=False)


# ---------------------------------------------------------------------------- between


def numerical_range(matrix, points=360):
    """The boundary of {x* W x: ||x|| = 1}, a convex set: complex (points,).

    Its extreme point in the direction e^(-i theta) is x* W x for the leading
    eigenvector x of the Hermitian part of e^(i theta) W, theta going round once
    (Johnson, *SIAM J. Numer. Anal.* 15, 1978). The convex hull of the eigenvalues for a
    normal W; larger for others.
    """
    w = _matrix(matrix)
    if points < 3:
        raise ValueError(f"numerical_range expects points of at least 3, got {points}")
    turned = np.exp(2j * np.pi * np.arange(points) / points)[:, None, None] * w
    _, vectors = np.linalg.eigh((turned + turned.conj().swapaxes(1, 2)) / 2)
    x = vectors[:, :, -1]
    return np.einsum("ti,ij,tj->t", x.conj(), w, x)


def transient_growth(matrix, steps):
    """||W^t|| for t = 0, ..., steps: the largest growth of any start, (steps + 1,)."""
    w = _matrix(matrix)
    if steps < 0:
        raise ValueError(f"transient_growth expects steps of at least 0, got {steps}")
    power, norms = np.eye(len(w)), [1.0]
    for _ in range(steps):
        power = power @ w
        norms.append(np.linalg.norm(power, 2))
    return np.array(norms)


def kreiss_constant(matrix, angles=64, radii=32, refinements=6):
    """K = sup over |z| > 1 of (|z| - 1) ||(z - W)^-1||; inf where rho > 1.

    Kreiss matrix theorem: K <= max_t ||W^t|| <= e n K (Kreiss, 1962; Spijker, 1991;
    Trefethen and Embree, section 18). 1 for normal matrices with rho <= 1.

    The search runs over ``angles`` and ``radii`` of z, then ``refinements`` times
    round the best: what it finds is K or slightly less, so it bounds the growth from
    below in any case. The cost is that of about angles * radii singular value
    decompositions.
    """
    w = _matrix(matrix)
    for name, number in (("angles", angles), ("radii", radii)):
        if number < 2:
            raise ValueError(f"kreiss_constant expects 2 {name} or more, got {number}")
    if spectral_radius(w) > 1:
        return np.inf

    def at(log_distance, angle):
        """(|z| - 1) / (the smallest singular value of z - W) on a grid."""
        distance = np.exp(log_distance)[:, None]
        z = (1 + distance) * np.exp(1j * angle)
        shifted = z[..., None, None] * np.eye(len(w)) - w
        smallest = np.linalg.svd(shifted, compute_uv=False)[..., -1]
        with np.errstate(divide="ignore"):
            return distance / smallest

    low, high = np.log(1e-8), np.log(1e2 * (1 + np.linalg.norm(w, 2)))
    rows, step = np.linspace(low, high, radii, retstep=True)
    columns, turn = np.linspace(0, 2 * np.pi, angles, endpoint=False, retstep=True)
    best = 1.0  # the limit for z to infinity
    for _ in range(1 + refinements):
        values = at(rows, columns)
        i, j = np.unravel_index(np.nanargmax(values), values.shape)
        best = max(best, float(values[i, j]))
        rows = rows[i] + step * np.linspace(-1, 1, 9)
        columns = columns[j] + turn * np.linspace(-1, 1, 9)
        step, turn = step / 4, turn / 4
    return best


# ------------------------------------------------------- along a network's trajectory


def state_jacobians(network, input, state=None):
    """J_t = ds_t / ds_{t-1} along the trajectory that ``input`` drives: (T, n, n).

    Row i, column j: how entry i of the new state answers to entry j of the one before.
    The state s of n numbers is all that passes to the next step: h of each layer and,
    for an LSTM, then c of each layer. For h_t = tanh(W h_{t-1} + ...) it is
    diag(1 - h_t^2) W. The network runs in evaluation, without dropout: its copies in a
    batch, one for each row, would have masks of their own. It stays as it is.

    Args:
        network: an RNN, LSTM or GRU of either engine.
        input: one sequence (T, input_size), an array or a Tensor.
        state: the initial state as the network takes it, without batch; zeros if left
            out.

    Raises ValueError where ``input`` is no single sequence.
    """
    engine = engine_of(network)
    sequence = array(input).astype(array(next(network.parameters())).dtype)
    if sequence.ndim != 2 or not len(sequence):
        raise ValueError(f"input expects (T, input_size), got {sequence.shape}")
    with engine.no_grad():
        final = network(engine.tensor(sequence[:1]))[1]
    pair = isinstance(final, tuple)
    if state is None:
        state = [0 * array(s) for s in (final if pair else [final])]
    else:
        state = [array(s).astype(sequence.dtype) for s in (state if pair else [state])]
    n = sum(s.size for s in state)
    ones = np.eye(n, dtype=sequence.dtype).reshape(n, len(state), *state[0].shape)
    ones = ones.transpose(1, 2, 0, 3)  # in copy i of the network, entry i counts
    jacobians = np.empty((len(sequence), n, n))
    with measuring(network, training=False):
        for jacobian, x in zip(jacobians, sequence, strict=True):
            x = np.broadcast_to(x, (n, len(x)))[:, None]
            x = engine.tensor(x if network.batch_first else x.swapaxes(0, 1))
            old = [
                engine.tensor(s[:, None].repeat(n, axis=1), requires_grad=True)
                for s in state
            ]
            _, new = network(x, tuple(old) if pair else old[0])
            new = new if pair else [new]
            counted = zip(new, map(engine.tensor, ones), strict=True)
            sum((s * one).sum() for s, one in counted).backward()
            gradients = np.stack([array(s.grad) for s in old])
            jacobian[...] = gradients.transpose(2, 0, 1, 3).reshape(n, n)
            state = [array(s)[:, 0] for s in new]
    return jacobians


def jacobian_products(jacobians):
    """P_t = J_t ... J_1 = ds_t / ds_0: (T, n, n).

    Their norms are what is left of a gradient after t steps. If all ||J|| stay below a
    constant below 1 they vanish exponentially (Bengio et al., 1994).
    """
    jacobians = _jacobians(jacobians)
    products = np.empty_like(jacobians)
    product = np.eye(jacobians.shape[1])
    for t, jacobian in enumerate(jacobians):
        product = products[t] = jacobian @ product
    return products


def lyapunov_exponents(jacobians, discard=0):
    """The mean rates, per step, at which small differences grow: (n,), largest first.

    lim 1/T log of the singular values of J_T ... J_1, in nats. The product itself would
    overflow and lose all directions but one; so a basis is carried along and made
    orthogonal again at each step, J_t Q_{t-1} = Q_t R_t, and log |R_ii| averaged
    (Benettin et al., *Meccanica* 15, 1980). Above 0: chaos; -inf for a direction that
    is lost altogether.

    Args:
        jacobians: (T, n, n), along one trajectory.
        discard: steps at the beginning that turn the basis, but do not count.
    """
    jacobians = _jacobians(jacobians)
    if not 0 <= discard < len(jacobians):
        raise ValueError(
            f"discard expects 0 to {len(jacobians) - 1} steps, got {discard}"
        )
    q, logs = np.eye(jacobians.shape[1]), np.zeros(jacobians.shape[1])
    for t, jacobian in enumerate(jacobians):
        q, r = np.linalg.qr(jacobian @ q)
        if t >= discard:
            with np.errstate(divide="ignore"):
                logs += np.log(np.abs(np.diag(r)))
    return np.sort(logs / (len(jacobians) - discard))[::-1]


def _matrix(matrix):
    w = array(matrix)
    if w.ndim != 2 or w.shape[0] != w.shape[1] or not w.size:
        raise ValueError(f"expected a square matrix, got shape {w.shape}")
    return _finite(w)


def _jacobians(jacobians):
    j = array(jacobians)
    if j.ndim != 3 or j.shape[1] != j.shape[2] or not j.size:
        raise ValueError(f"jacobians expects (T, n, n), got shape {j.shape}")
    return _finite(j)


def _finite(values):
    values = values.astype(complex if np.iscomplexobj(values) else float)
    if not np.isfinite(values).all():
        raise ValueError("expected finite numbers, got nan or inf")
    return values
