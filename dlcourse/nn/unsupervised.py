"""Learning without labels: the auto-encoder and the restricted Boltzmann machine."""

import itertools

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, no_grad
from dlcourse.checks import expect_kind, expect_sizes
from dlcourse.nn.activation import softplus
from dlcourse.nn.container import Sequential
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module, Parameter
from dlcourse.random import default_generator


class AutoEncoder(Module):
    """Linear layers down to a code and up again: x -> encoder -> code -> decoder -> x.

    Without activations, where the squared error is least its code spans the principal
    components (Bourlard and Kamp, 1988), and training only comes near; with them it is
    the non-linear PCA of Hinton and Salakhutdinov (2006).

    Args:
        sizes: widths from input to code, such as (784, 128, 16); the decoder mirrors
            them.
        activation: a Module class between the layers, or None. The code and the
            reconstruction are linear.
    """

    def __init__(self, sizes, activation=None):
        super().__init__()
        expect_kind("AutoEncoder", "sizes", sizes, list, tuple)
        sizes = tuple(sizes)
        if len(sizes) < 2:
            raise ValueError(f"AutoEncoder expects sizes (in, ..., code), got {sizes}")
        self.encoder = _mlp(sizes, activation)
        self.decoder = _mlp(sizes[::-1], activation)

    def forward(self, input):
        return self.decoder(self.encoder(input))


def _mlp(sizes, activation):
    layers = []
    for n, m in itertools.pairwise(sizes):
        layers += [Linear(n, m)] + ([activation()] if activation else [])
    return Sequential(*(layers[:-1] if activation else layers))


class RBM(Module):
    """Restricted Boltzmann machine over binary v (visible) and h (hidden).

        p(v, h) = e^(v.b + h.c + h W v) / Z

    The units of one side are independent given the other: p(h_j = 1 | v) =
    sigmoid(c_j + W_j v). Summing h out leaves the *free energy*
    F(v) = -v.b - sum_j softplus(c_j + W_j v), with p(v) = e^-F(v) / Z
    (Smolensky, 1986; Hinton, *Training products of experts*, 2002).

    Attributes: weight W (hidden, visible), visible_bias b, hidden_bias c. W starts
    normal with standard deviation 0.01, the biases at 0 (Hinton, 2012).
    """

    def __init__(self, visible, hidden):
        super().__init__()
        expect_sizes("RBM", visible=visible, hidden=hidden)
        draws = default_generator().normal(0, 0.01, (hidden, visible))
        self.weight = Parameter(draws.astype(np.float32))
        self.visible_bias = Parameter(np.zeros(visible, np.float32))
        self.hidden_bias = Parameter(np.zeros(hidden, np.float32))

    def hidden_given(self, v):
        """p(h_j = 1 | v) for each row: (N, visible) -> (N, hidden)."""
        return (v @ self.weight.T + self.hidden_bias).sigmoid()

    def visible_given(self, h):
        """p(v_i = 1 | h) for each row: (N, hidden) -> (N, visible)."""
        return (h @ self.weight + self.visible_bias).sigmoid()

    def forward(self, v):
        """What one layer hands to the next in a stack: p(h = 1 | v)."""
        return self.hidden_given(v)

    def free_energy(self, v):
        """F(v) = -log of the sum over h of e^(v.b + h.c + h W v), by row: (N,)."""
        self._expect_rows(v)
        inputs = v @ self.weight.T + self.hidden_bias
        return -(v @ self.visible_bias) - softplus(inputs).sum(1)

    @no_grad()
    def sample(self, v, steps=1):
        """``steps`` of Gibbs sampling from the rows v: v -> h -> v -> ...; a Tensor."""
        self._expect_rows(v)
        expect_sizes("RBM", steps=steps)
        for _ in range(steps):
            v = _draw(self.visible_given(_draw(self.hidden_given(v))))
        return v

    def contrastive_divergence(self, v, steps=1):
        """CD-k: mean F(v) - F(v'), v' sampled from v in k ``steps`` and held fixed.

        Not a likelihood: its *gradient* stands for that of -log p(v), with v' in the
        place of a sample from the model (Hinton, 2002).
        """
        return (
            self.free_energy(v).mean() - self.free_energy(self.sample(v, steps)).mean()
        )

    def log_partition(self):
        """log Z, exactly, over all states of the smaller side: at most 20 units."""
        hidden, visible = self.weight.shape
        units = min(hidden, visible)
        if units > 20:
            raise ValueError(
                f"log_partition enumerates 2^{units} states: at most 2^20, 20 units on "
                "one side"
            )
        states = np.array(list(itertools.product((0, 1), repeat=units)))
        states = Tensor(states.astype(self.weight.dtype))
        if visible <= hidden:
            return _logsumexp(-self.free_energy(states))
        inputs = states @ self.weight + self.visible_bias
        return _logsumexp(states @ self.hidden_bias + softplus(inputs).sum(1))

    def log_likelihood(self, v):
        """log p(v) for each row, in nats, exactly: -F(v) - log Z. (N,)"""
        return -self.free_energy(v) - self.log_partition()

    def _expect_rows(self, v):
        expect_tensors("RBM", v)
        n = self.weight.shape[1]
        if v.ndim != 2 or v.shape[1] != n:
            raise ValueError(f"RBM expects v (N, {n}), got {v.shape}")


def _draw(p):
    """1 with probability p, else 0."""
    uniform = default_generator().random(p.shape)
    return Tensor((uniform < p.data).astype(p.dtype))


def _logsumexp(x):
    largest = float(x.data.max())  # taken off and added again: nothing overflows
    return (x - largest).exp().sum().log() + largest
