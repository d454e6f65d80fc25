"""Saliency: against PyTorch's gradients, the true loss, and other ranges."""

import numpy as np
import pytest
import torch

import dlcourse
from dlcourse import compress, nn, tensor
from dlcourse.lab import torch_twin

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 12)
BATCHES = [(X[:4], Y[:4]), (X[4:8], Y[4:8]), (X[8:], Y[8:])]


def small():
    dlcourse.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 3))


def test_it_is_the_square_of_the_weight_times_the_mean_square_of_batches_gradients():
    model = small()
    twin = torch_twin(model).eval()
    expected = {"0.weight": 0, "3.weight": 0}
    for x, y in BATCHES:
        twin.zero_grad()
        outputs = twin(torch.tensor(x))
        torch.nn.functional.cross_entropy(outputs, torch.tensor(y)).backward()
        for path, weight in twin.named_parameters():
            if path in expected:
                expected[path] += (weight.detach() * weight.grad).numpy() ** 2 / 3
    found = compress.saliency(model, BATCHES)
    assert list(found) == list(expected)
    for path in expected:
        np.testing.assert_allclose(found[path], expected[path], rtol=1e-4, atol=1e-12)


def test_it_does_not_see_in_which_ranges_a_function_is_written():
    dlcourse.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    other = compress.rescaled(model, [[0.01, 0.1, 1, 10, 100]])
    found, again = (compress.saliency(m, BATCHES) for m in (model, other))
    for path in found:
        np.testing.assert_allclose(found[path], again[path], rtol=1e-3, atol=1e-12)
    assert not np.allclose(model[0].weight.data, other[0].weight.data)


def test_its_half_is_what_a_weights_absence_adds_to_a_quadratic_loss():
    model = nn.Sequential(nn.Linear(1, 3, bias=False))
    model[0].weight.data[:] = [[0.5], [-1.0], [2.0]]
    # each batch moves one weight's target by 1 and back: g is +-1, and so h is 1
    targets = [model[0].weight.data[:, 0] + s * np.eye(3) for s in (1, -1)]
    batches = [
        (np.ones((1, 1), "f4"), t) for pair in targets for t in pair.astype("f4")
    ]
    found = compress.saliency(model, batches, lambda y, t: 0.5 * ((y - t) ** 2).sum())
    np.testing.assert_allclose(found["0.weight"], [[0.25 / 3], [1 / 3], [4 / 3]])


def test_the_lowest_scores_go_whatever_their_sign():
    scores = [np.array([[3.0, -5.0], [0.0, 2.0]]), np.array([1, -1])]
    each = compress.score_masks(scores, 0.5)
    assert [m.tolist() for m in each] == [[[True, False], [False, True]], [True, False]]
    both = compress.score_masks(scores, 0.5, over_all=True)
    assert [m.tolist() for m in both] == [[[True, False], [False, True]], [True, False]]
    (one,) = compress.score_masks(tensor([2.0, 1.0, 3.0]), 1 / 3)
    assert one.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("scores", "error"),
    [
        ([], "score_masks expects arrays of numbers, got"),
        (["ab"], "score_masks expects arrays of numbers, got"),
    ],
)
def test_what_is_no_score_is_refused(scores, error):
    with pytest.raises(TypeError, match=error):
        compress.score_masks(scores, 0.5)


def test_no_batch_and_no_weights_are_refused():
    with pytest.raises(ValueError, match=r"expects batches of .x, y., got none"):
        compress.saliency(small(), [])
    with pytest.raises(TypeError, match=r"expects batches of pairs .x, y., got"):
        compress.saliency(small(), (X, Y))
    with pytest.raises(ValueError, match="a model with weights to train, got none"):
        compress.saliency(nn.Sequential(nn.ReLU()), BATCHES)
    frozen = small()
    for parameter in frozen.parameters():
        parameter.requires_grad = False
    with pytest.raises(ValueError, match="a model with weights to train, got none"):
        compress.saliency(frozen, BATCHES)
