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
    """rho = max |eigenvalue|: ||W^t||^(1/t) tends to it (Gelfand).

    So ||W^t|| grows like rho^t in the end, up to a power of t below n, which comes with
    a defective eigenvalue: of [[1, 1], [0, 1]] rho is 1 and ||W^t|| about t.
    """
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


def kreiss_constant(matrix):
    """K = sup over |z| > 1 of (|z| - 1) ||(z - W)^-1||, to 1 %; inf where rho > 1.

    Kreiss matrix theorem: K <= max_t ||W^t|| <= e n K (Kreiss, 1962; Spijker, 1991;
    Trefethen and Embree, section 18). 1 for normal matrices with rho <= 1; inf also
    where an eigenvalue on the unit circle is defective, as of [[1, 1], [0, 1]].

    What is found is attained, so it bounds the growth from below in any case. On each
    of about a hundred circles all angles are searched; from one to the next
    log ||(z - W)^-1|| is at most linear in log |z| (Hadamard), so that K is less than
    1 % more, and next to the best they come closer. Nearer to the unit circle than 1e-7
    nothing is searched, for rounding hides what W is: where the quotient still grows
    there as it does at a defective eigenvalue, K is taken to be inf.
    """
    w = _matrix(matrix)
    values, vectors = np.linalg.eig(w)
    norm = np.linalg.norm(w, 2)
    # by how much rounding may move an eigenvalue (Bauer and Fike, 1960)
    blur = len(w) * np.finfo(float).eps * norm * np.linalg.cond(vectors)
    if np.abs(values).max() > 1 + min(blur, 1e-6):
        return np.inf

    low, high, step = 1e-7, 100 * (1 + norm), 0.28
    nearest, next_one = (_highest(w, d, 0) for d in (low, low * np.exp(step)))
    if nearest > 1.1 * next_one:
        return np.inf
    best, where = 1.0, high  # the limit for z to infinity
    for _ in range(3):
        for distance in np.exp(np.arange(np.log(low), np.log(high) + step, step)):
            found = _highest(w, distance, best)
            if found > best:
                best, where = found, distance
        low, high, step = where * np.exp(-step), where * np.exp(step), step / 8
    return float(best)


def _highest(w, distance, best):
    """The larger of ``best`` and max (|z| - 1) ||(z - W)^-1|| over |z| = 1 + distance.

    Where it is above ``best``, it is so between two of the angles at which a singular
    value of z - W is distance / best, and those are found as eigenvalues (Byers, 1988;
    Boyd and Balakrishnan, 1990); the middle of them raises ``best``, until there are
    none.
    """
    eye = np.eye(len(w))

    def at(angles):
        z = (1 + distance) * np.exp(1j * angles)
        shifted = z[:, None, None] * eye - w
        with np.errstate(divide="ignore"):
            return distance / np.linalg.svd(shifted, compute_uv=False)[:, -1]

    angles = np.append(np.angle(np.linalg.eigvals(w)), np.arange(8) * np.pi / 4 + 0.1)
    quotients = at(angles)
    quiet = angles[quotients.argmin()]  # a good place to shift the eigenproblem to
    while (found := quotients.max(initial=0)) > best * (1 + 1e-7):
        best = found
        angles = _angles_of(w, 1 + distance, distance / (best * (1 + 1e-7)), quiet)
        middles = (angles + np.roll(angles, -1)) / 2
        middles[-1:] += np.pi  # between the last one and the first
        quotients = at(np.append(angles, middles))
    return best


def _angles_of(w, radius, size, shift):
    """The angles at which z - W, |z| = radius, has a singular value ``size``.

    (z - W) v = size u and (z - W)* u = size v, with z = radius l and 1/l for the
    conjugate of l, are one eigenproblem in l; it is solved for 1 / (l - e^(i shift)).
    """
    eye, zero = np.eye(len(w)), np.zeros_like(w)
    left = np.block([[w, size * eye], [zero, radius * eye]])
    right = np.block([[radius * eye, zero], [size * eye, w.conj().T]])
    shift = np.exp(1j * shift)
    inverse = np.linalg.eigvals(np.linalg.solve(left - shift * right, right))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = shift + 1 / inverse
    return np.sort(np.angle(values[np.abs(np.abs(values) - 1) < 1e-5]))


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
