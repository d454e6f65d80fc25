"""The auto-encoder, and the RBM against sums over all of its states."""

import itertools

import numpy as np
import pytest

import dlcourse
from dlcourse import nn, optim, tensor
from dlcourse.autograd import gradcheck


def machine(visible, hidden, scale=1.0):
    dlcourse.manual_seed(0)
    rbm = nn.RBM(visible, hidden).double()
    rng = np.random.default_rng(1)
    for p in rbm.parameters():
        p.data[...] = rng.normal(scale=scale, size=p.shape)
    return rbm


def states(n):
    return np.array(list(itertools.product((0.0, 1.0), repeat=n)))


def joint(rbm):
    """p(v, h), a table (2^visible, 2^hidden), by its definition."""
    W, b, c = (p.data for p in rbm.parameters())
    v, h = states(W.shape[1]), states(W.shape[0])
    table = np.exp((v @ b)[:, None] + h @ c + v @ W.T @ h.T)
    return table / table.sum(), np.log(table.sum())


@pytest.mark.parametrize("visible, hidden", [(4, 3), (3, 4), (3, 3)])
def test_the_likelihood_is_the_sum_over_all_states(visible, hidden):
    rbm = machine(visible, hidden)
    table, log_z = joint(rbm)
    assert rbm.log_partition().item() == pytest.approx(log_z, rel=1e-12)
    p = rbm.log_likelihood(tensor(states(visible))).exp().data
    np.testing.assert_allclose(p, table.sum(axis=1), rtol=1e-12)


def test_the_conditionals_are_those_of_the_joint_table():
    rbm = machine(4, 3)
    table, _ = joint(rbm)
    given_v = table @ states(3) / table.sum(axis=1, keepdims=True)
    given_h = table.T @ states(4) / table.sum(axis=0)[:, None]
    np.testing.assert_allclose(rbm(tensor(states(4))).data, given_v, rtol=1e-12)
    np.testing.assert_allclose(
        rbm.visible_given(tensor(states(3))).data, given_h, rtol=1e-12
    )


def test_gradients():
    rbm = machine(4, 3)
    v = tensor(states(4)[[1, 6, 11]])
    assert gradcheck(lambda *_: rbm.log_likelihood(v), list(rbm.parameters()))
    assert gradcheck(lambda *_: rbm.free_energy(v), list(rbm.parameters()))


def test_gibbs_sampling_ends_in_the_model_s_distribution():
    rbm = machine(3, 2)
    dlcourse.manual_seed(2)
    v = rbm.sample(tensor(np.zeros((20_000, 3))), steps=50).data
    counts = np.bincount((v @ [4, 2, 1]).astype(int), minlength=8) / len(v)
    p = rbm.log_likelihood(tensor(states(3))).exp().data
    # five standard deviations of a share over 20,000 rows
    assert (np.abs(counts - p) < 5 * np.sqrt(p * (1 - p) / len(v))).all()


def test_long_chains_make_contrastive_divergence_the_gradient_of_the_likelihood():
    rbm = machine(3, 2)
    data = np.repeat(states(3)[[1, 6]], 20_000, axis=0)
    (-rbm.log_likelihood(tensor(data)).mean()).backward()
    exact = [p.grad.data.copy() for p in rbm.parameters()]
    rbm.zero_grad()
    dlcourse.manual_seed(3)
    rbm.contrastive_divergence(tensor(data), steps=50).backward()
    for p, g in zip(rbm.parameters(), exact, strict=True):
        np.testing.assert_allclose(p.grad.data, g, atol=0.02)


def test_contrastive_divergence_raises_the_likelihood():
    rbm = machine(6, 4, scale=0.1)
    v = tensor(np.repeat(states(6)[[0, 63]], 20, axis=0))
    before = rbm.log_likelihood(v).mean().item()
    optimizer = optim.SGD(rbm.parameters(), lr=0.2)
    dlcourse.manual_seed(4)
    for _ in range(200):
        optimizer.zero_grad()
        rbm.contrastive_divergence(v).backward()
        optimizer.step()
    assert rbm.log_likelihood(v).mean().item() > before + 1  # nats


def test_large_weights_do_not_overflow():
    rbm = machine(4, 3, scale=300).float()
    assert np.isfinite(rbm.log_likelihood(tensor(states(4).astype("f"))).data).all()


def test_bad_input():
    rbm = nn.RBM(30, 25)
    with pytest.raises(ValueError, match=r"v \(N, 30\), got \(2, 25\)"):
        rbm.free_energy(tensor(np.zeros((2, 25), np.float32)))
    with pytest.raises(ValueError, match=r"2\^25 states: at most"):
        rbm.log_partition()
    with pytest.raises(ValueError, match=r"sizes \(in, ..., code\), got \(3,\)"):
        nn.AutoEncoder([3])


def test_the_auto_encoder_is_mirrored():
    model = nn.AutoEncoder((6, 4, 2), nn.Tanh)
    shapes = [p.shape for name, p in model.named_parameters() if "weight" in name]
    assert shapes == [(4, 6), (2, 4), (4, 2), (6, 4)]
    x = tensor(np.ones((3, 6), np.float32))
    assert model(x).shape == (3, 6) and model.encoder(x).shape == (3, 2)
    assert [type(m).__name__ for m in model.encoder] == ["Linear", "Tanh", "Linear"]
    assert len(nn.AutoEncoder((6, 4, 2)).encoder) == 2
