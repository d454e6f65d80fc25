"""Second order: Newton's method, conjugate gradients, L-BFGS and line search.

Plain functions on vectors, for landscapes and small models: ``function(x)`` returns a
number, ``gradient(x)`` a vector, ``hessian(x)`` a matrix. Each method returns its path:
an array with one visited point per row, of which the last is the answer. It ends after
``steps`` steps, or where the gradient's norm is at most ``tolerance``. Source: J.
Nocedal and S. Wright, *Numerical Optimization*, 2nd ed. (2006).
"""

from collections import deque

import numpy as np

from dlcourse.checks import expect_in, expect_sizes


def newton(gradient, hessian, x, steps=20, tolerance=1e-10, damping=0.0):
    """x <- x - (H + damping I)^-1 g: one step to the bottom of a quadratic.

    Where H has a negative eigenvalue the step goes uphill along that axis: Newton's
    method is drawn to saddles and maxima as much as to minima. A ``damping`` above the
    size of the lowest eigenvalue turns it downhill again, towards a gradient step.

    Raises LinAlgError where the matrix has no inverse.
    """
    _expect_end("newton", steps, tolerance)
    path = [_point("x", x)]
    for _ in range(steps):
        g = _slope(gradient, path[-1])
        if np.linalg.norm(g) <= tolerance:
            break
        matrix = np.asarray(hessian(path[-1]), float)
        shape = (g.size, g.size)
        if matrix.shape != shape:
            raise ValueError(f"hessian must return {shape}, got {matrix.shape}")
        path.append(path[-1] - np.linalg.solve(matrix + damping * np.eye(g.size), g))
    return np.array(path)


def conjugate_gradient(product, b, x=None, steps=None, tolerance=1e-10):
    """Solve A x = b, where ``product(v)`` is A v and A is symmetric, positive definite.

    The minimum of x.A x / 2 - b.x, by steps that do not spoil one another: each
    direction p is conjugate to all before it, p.A q = 0. In exact arithmetic it ends
    in N steps, sooner where A has fewer different eigenvalues. Hestenes and Stiefel
    (1952). With :func:`hessian_product` it takes Newton steps without a Hessian.

    Raises ValueError where a direction has no positive curvature.
    """
    b = _point("b", b)
    _expect_end("conjugate_gradient", b.size if steps is None else steps, tolerance)
    path = [np.zeros_like(b) if x is None else _point("x", x)]
    if path[0].shape != b.shape:
        raise ValueError(f"x expects {b.shape}, as b, got {path[0].shape}")
    r = b - product(path[0])  # the residual: the gradient's opposite
    p = r
    for _ in range(b.size if steps is None else steps):
        if np.linalg.norm(r) <= tolerance:
            break
        a = product(p)
        curvature = p @ a
        if not curvature > 0:
            raise ValueError(
                f"conjugate_gradient expects a positive definite product, got "
                f"curvature {curvature / (p @ p):.3g} along a direction"
            )
        step = (r @ r) / curvature
        path.append(path[-1] + step * p)
        before, r = r, r - step * a
        p = r + (r @ r) / (before @ before) * p
    return np.array(path)


def nonlinear_conjugate_gradient(function, gradient, x, steps=100, tolerance=1e-8):
    """Conjugate gradients for any function: the line search finds each step's length.

    The share of the last direction is Polak and Ribiere's (1969), at least 0, and it
    starts anew with the gradient wherever the direction does not lead downhill.
    """
    _expect_end("nonlinear_conjugate_gradient", steps, tolerance)
    path, p, before = [_point("x", x)], None, None
    for _ in range(steps):
        g = _slope(gradient, path[-1])
        if np.linalg.norm(g) <= tolerance:
            break
        if p is not None:
            p = -g + max(g @ (g - before) / (before @ before), 0) * p
        if p is None or g @ p >= 0:
            p = -g
        path.append(path[-1] + wolfe(function, gradient, path[-1], p, c2=0.1) * p)
        before = g
    return np.array(path)


def lbfgs(function, gradient, x, steps=100, tolerance=1e-8, memory=10):
    """A Newton step without Hessian: its inverse from the last few steps' gradients.

    A step s that changed the gradient by y says H s = y. The two loops apply the
    inverse that agrees with the last ``memory`` of these pairs, at the cost of a few
    vectors. Nocedal (1980); Liu and Nocedal (1989).
    """
    _expect_end("lbfgs", steps, tolerance)
    expect_sizes("lbfgs", memory=memory)
    path, pairs = [_point("x", x)], deque(maxlen=memory)
    g = _slope(gradient, path[-1])
    for _ in range(steps):
        if np.linalg.norm(g) <= tolerance:
            break
        p, shares = -g, []
        for s, y in reversed(pairs):
            shares.append((s @ p) / (s @ y))
            p = p - shares[-1] * y
        if pairs:
            s, y = pairs[-1]
            p = p * (s @ y) / (y @ y)
        for (s, y), share in zip(pairs, reversed(shares), strict=True):
            p = p + (share - (y @ p) / (s @ y)) * s
        path.append(path[-1] + wolfe(function, gradient, path[-1], p) * p)
        before, g = g, _slope(gradient, path[-1])
        s, y = path[-1] - path[-2], g - before
        if s @ y > 0:  # not so where rounding hides the change
            pairs.append((s, y))
    return np.array(path)


def backtracking(function, x, direction, g, step=1.0, c1=1e-4, shrink=0.5):
    """The first of step, shrink step, shrink^2 step, ... that brings enough.

    Enough (Armijo, 1966): f(x + step p) <= f(x) + c1 step g.p, at least the share c1
    of what the slope at the start, g.p, promises.
    """
    expect_in("backtracking", "step", step, "(0, inf)")
    expect_in("backtracking", "c1", c1, "(0, 1)")
    expect_in("backtracking", "shrink", shrink, "(0, 1)")
    start, slope = function(x), g @ direction
    _expect_downhill(slope)
    while (x + step * direction != x).any():  # from there on, rounding decides
        if function(x + step * direction) <= start + c1 * step * slope:
            return step
        step *= shrink
    raise ValueError("no step along this direction lowers the function: is g right?")


def wolfe(function, gradient, x, direction, step=1.0, c1=1e-4, c2=0.9):
    """A step that brings enough (Armijo's c1) and after which the slope is nearly flat.

    Nearly flat (strong Wolfe): |slope there| <= c2 |slope at the start|. Between a step
    that is too short and one that is too long there is always a right one: halve the
    interval, or double the step while there is no end.
    """
    expect_in("wolfe", "step", step, "(0, inf)")
    expect_in("wolfe", "c1", c1, "(0, 1)")
    expect_in("wolfe", "c2", c2, "(0, 1)")
    start, slope = function(x), gradient(x) @ direction
    _expect_downhill(slope)
    short, long = 0.0, np.inf
    for _ in range(100):
        there = x + step * direction
        value, slope_there = function(there), gradient(there) @ direction
        enough = start + c1 * step * slope + 1e-15 * abs(start)  # and for rounding
        if not value <= enough or slope_there > -c2 * slope:
            long = step
        elif slope_there < c2 * slope:
            short = step
        else:
            return step
        step = 2 * step if long == np.inf else (short + long) / 2
        if long < np.inf and long - short <= 1e-15 * long:  # rounding hides the rest
            return step
    raise ValueError("no Wolfe step found: is the function unbounded below?")


def hessian_product(gradient, x, step=1e-5):
    """v -> H v, by centred differences of the gradient: two gradients for a product.

    H is never made: N numbers instead of N^2. Its error is about step^2, and rounding.
    ``step`` is relative to the size of x where v changes it; where the difference of
    the gradients is lost in rounding then, x being tiny by chance, it is absolute.
    """
    x = _point("x", x)
    expect_in("hessian_product", "step", step, "(0, inf)")

    def product(v):
        largest = np.abs(v).max(initial=0)
        if largest == 0:
            return np.zeros_like(x)
        direction = v / largest
        size = np.abs(x * direction).max()
        for e in step * size, step * max(size, 1.0):
            above, below = gradient(x + e * direction), gradient(x - e * direction)
            change = above - below
            if np.abs(change).max() > 1e-7 * np.abs(above).max():
                break
        return change / (2 * e) * largest

    return product


def _expect_end(who, steps, tolerance):
    expect_sizes(who, steps=steps)
    expect_in(who, "tolerance", tolerance, "[0, inf)")


def _point(name, x):
    x = np.array(x, float)
    if x.ndim != 1:
        raise ValueError(f"expected a vector as {name}, got shape {x.shape}")
    return x


def _slope(gradient, x):
    g = np.asarray(gradient(x), float)
    if g.shape != x.shape:
        raise ValueError(f"gradient must return shape {x.shape}, got {g.shape}")
    return g


def _expect_downhill(slope):
    if not slope < 0:
        raise ValueError(f"direction must lead downhill, but its slope is {slope:.3g}")
