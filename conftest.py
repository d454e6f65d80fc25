"""Settings that must be there before NumPy and PyTorch are imported."""

import os
from pathlib import Path

# Two test workers, one BLAS thread each. `make test-matrix` asks for other numbers.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# No progress is read or kept, no bar is drawn: the same words on every run.
os.environ["DLCOURSE_BUILD"] = "1"
os.environ.pop("DLCOURSE_PROGRESS", None)

# After the threads: it brings NumPy.
from dlcourse.start.server import homes  # noqa: E402

os.environ.update(homes(Path(__file__).parent / ".venv" / "home"))

pytest_plugins = ["dlcourse.authoring.guard"]
