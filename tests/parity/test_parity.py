"""PyTorch's own samples, run on dlcourse: values, gradients, and error inputs."""

import parity_report
import pytest
import torch

# The names come from the report, so that collecting needs no import of 5 seconds.
NAMES = [(h, name) for h in parity_report.KINDS for name in parity_report.listed(h)]
AGAIN = "run `python tests/parity/parity_report.py` and look at what changed"
SAME_TORCH = torch.__version__.partition("+")[0] == parity_report.version()


@pytest.mark.filterwarnings("ignore")  # PyTorch's about its own samples, NumPy's of inf
@pytest.mark.parametrize(("heading", "name"), NAMES)
def test_samples(heading, name):
    kind = parity_report.runner(heading)
    if name not in kind.everything() and not SAME_TORCH:
        return  # an older PyTorch lacks it
    row = kind.run(name)
    if row.failures:
        pytest.fail("\n".join(row.failures), pytrace=False)
    if SAME_TORCH:
        assert parity_report.line(row) == parity_report.listed(heading)[name], AGAIN
    else:
        assert row.equal


@pytest.mark.parametrize("heading", parity_report.KINDS)
def test_the_report_lists_what_both_offer(heading):
    offered = set(parity_report.offered(parity_report.runner(heading)))
    listed = set(parity_report.listed(heading))
    assert offered == listed if SAME_TORCH else offered & listed, AGAIN
