"""Does every lesson run in Colab, that is with an older Jupyter, NumPy and PyTorch?

    make test-colab [EXTRA_INDEX=...] [ARGS="notebooks/01_backprop.ipynb"]

Makes an environment of its own from ``colab.txt``, installs the course as a lesson's
first cell does, sees that no other package has changed, and for each NumPy runs the
tests of the package and every notebook: no cell may fail, and each must print what is
committed. Pictures are not compared: another Matplotlib draws them a little otherwise.
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "colab"
NUMPYS = ("2.1.3", "2.0.2")  # Colab's, and that of its pinned runtime
ROOMS = ("autograd", "nn", "optim", "compress", "lab", "show", "teach")
WHAT = [*(f"tests/{room}" for room in ROOMS), "notebooks"]
# The guard compares pictures. And what others deprecate is no error here.
PYTEST = ["-m", "pytest", "-q", "-p", "no:dlcourse.authoring.guard"]
PYTEST += ["--disable-warnings", "-o", "filterwarnings=default"]
PYTEST += ["-n", "2", "--dist", "loadfile"]


def main(arguments=None):
    """Run all; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--extra-index", default="", metavar="ADDRESS")
    parser.add_argument("what", nargs="*", help="tests and notebooks [all]")
    options = parser.parse_args(arguments)
    venv.create(PLACE, with_pip=True, symlinks=os.name != "nt")
    python = next(PLACE.glob("Scripts/python.exe" if os.name == "nt" else "bin/python"))

    def pip(*words):
        command = [python, "-m", "pip", "--disable-pip-version-check", *words]
        return subprocess.run(
            command, check=True, stdout=subprocess.PIPE, cwd=ROOT, text=True
        ).stdout

    index = ["--extra-index-url", options.extra_index] if options.extra_index else []
    codes = []
    for numpy in NUMPYS:
        print(f"\n== NumPy {numpy}", flush=True)
        pip("install", "-r", "tools/colab.txt", f"numpy=={numpy}", *index)
        before = pip("freeze", "--exclude", "dlcourse")
        pip("install", "--no-deps", "--editable", ".")
        if pip("freeze", "--exclude", "dlcourse") != before:
            print("Installing the course has changed other packages.")
            return 1
        command = [python, *PYTEST, *(options.what or WHAT)]
        codes.append(subprocess.call(command, cwd=ROOT))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
