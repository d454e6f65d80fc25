import numpy as np
from numpy.linalg import eig, eigh

from dlcourse.teach.exercise import exercise

from ..answers.matrices import POWERS, eigen, powers, stepped


@exercise(
    section="Powers of a matrix",
    inputs=powers,
    edge_cases=POWERS,
    returns="an array (n,)",
)
def closed_form(W, h0, t):
    """h(t) (n,), real, where h(t) = W.T @ h(t - 1), by the eigenvalues of a matrix.

    W (n, n): real, with n independent eigenvectors; some of them may be complex.
    h0 (n,): the state at 0.   t: the number of steps, 0 or more.
    """
    return eigen()(W, h0, t)


closed_form.mistake(
    "That is W^t h0. Which matrix does one step multiply by?",
    not_turned=eigen(of=lambda W: W),
    not_turned_by_steps=stepped(lambda W, h: W @ h),
)
closed_form.mistake(
    "The two factors beside the powers are in each other's place: what comes first, "
    "read from h0, is to give its coordinates.",
    exchanged=eigen(there=np.matmul, back=np.linalg.solve),
    exchanged_of_W=eigen(lambda W: W, there=np.matmul, back=np.linalg.solve),
    printed=eigen(there=np.matmul, back=lambda V, a: V.T @ a),
    printed_of_W=eigen(lambda W: W, there=np.matmul, back=lambda V, a: V.T @ a),
)
closed_form.mistake(
    "A transpose is no inverse here: eigenvectors are orthogonal if W is symmetric, or "
    "normal at least.",
    transposed=eigen(there=lambda V, h: V.T @ h),
    adjoint=eigen(there=lambda V, h: V.conj().T @ h),
    transposed_of_W=eigen(lambda W: W, there=lambda V, h: V.T @ h),
)
closed_form.mistake(
    "`eigh` believes that the matrix is symmetric, and reads one half of it.",
    symmetric=eigen(decompose=eigh),
    symmetric_of_W=eigen(lambda W: W, decompose=eigh),
)
closed_form.mistake(
    "Imaginary parts, or signs, are dropped before the end: in between they count.",
    real_values=eigen(values=np.real),
    real_vectors=eigen(vectors=np.real, there=lambda V, h: np.linalg.pinv(V) @ h),
    real_powers=eigen(power=lambda values, t: (values**t).real),
    real_coordinates=eigen(there=lambda V, h: np.linalg.solve(V, h).real),
    real_way_back=eigen(back=lambda V, a: V.real @ a.real),
    sizes=eigen(values=np.abs),
)
closed_form.mistake(
    "A size has no sign: in the end nothing but rounding is to be taken off.",
    size_in_the_end=lambda W, h0, t: np.abs(eigen()(W, h0, t)),
)
closed_form.mistake(
    "One of the two ways is missing: into the eigenvectors' coordinates, or back.",
    no_way_there=eigen(there=lambda V, h: h),
    no_way_back=eigen(back=lambda V, a: a),
    neither=eigen(there=lambda V, h: h, back=lambda V, a: a),
)
closed_form.mistake(
    "Not the t-th power of each eigenvalue: none, t times it, or all by the largest.",
    no_power=eigen(power=lambda values, t: values),
    times=eigen(power=lambda values, t: t * values),
    largest=eigen(power=lambda values, t: values[np.abs(values).argmax()] ** t),
)
closed_form.mistake(
    "`**` on a matrix takes the power of each entry, and 0 ** 0 is 1. Take powers of "
    "the eigenvalues, as a vector.",
    entries=lambda W, h0, t: (1.0 * W.T) ** t @ h0,
    diagonal=lambda W, h0, t: np.real(
        eig(W.T)[1] @ np.diag(eig(W.T)[0]) ** t @ np.linalg.solve(eig(W.T)[1], h0)
    ),
)
closed_form.mistake(
    "One step too many: after none it is h0.", one_more=stepped(lambda W, h: W.T @ h, 1)
)
