"""What lesson 07 is given to debug, and what its exercises are tried on."""


def columns(rng, fewest=2, most=40):
    """Examples in rows, (N, C): each column of a size and a mean of its own."""
    n, c = int(rng.integers(fewest, most + 1)), int(rng.integers(1, 10))
    size, mean = 10 ** rng.uniform(-1, 1, c), rng.normal(size=c) * 5
    return rng.normal(size=(n, c)) * size + mean


def scales(rng, c):
    """gamma and beta, (c,): of both signs, and now and then 0."""
    gamma = rng.normal(size=c) * rng.uniform(0.3, 3)
    if rng.integers(3) == 0:
        gamma[rng.integers(c)] = 0
    return gamma, rng.normal(size=c) * 2
