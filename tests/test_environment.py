"""The ways to set the course up agree: pip, constraints, conda, Binder."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONDA_FILES = ["environment.yml", "binder/environment.yml"]
CONDA_NAMES = {"pytorch-cpu": "torch", "matplotlib-base": "matplotlib"}
PYTHONS = ["3.11", "3.12", "3.13"]

# What conda says in prose about the file, as far as the course uses it.
CONDA_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "channels", "dependencies"],
    "properties": {
        "name": {"const": "dlcourse"},
        "variables": {"const": {"OMP_NUM_THREADS": "1"}},
        "channels": {"const": ["conda-forge", "nodefaults"]},
        "dependencies": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "string",
                # name, then either nothing, '=3.12', or '>=1,<2': no build strings
                "pattern": r"^[a-z0-9][a-z0-9._-]*"
                r"(=\d+(\.\d+)*|[<>]=?\d+(\.\d+)*(,[<>]=?\d+(\.\d+)*)*)?$",
            },
        },
    },
}


def constraints():
    """The lines of constraints.txt as requirements."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def requirements(*extras):
    """The requirements of the project itself and of these extras."""
    optional = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(r for e in extras for r in optional[e])]
    return [Requirement(line) for line in lines]


def conda_dependencies(file):
    """{name on conda: the range, as written} of an environment.yml."""
    lines = yaml.safe_load((ROOT / file).read_text("utf-8"))["dependencies"]
    split = (re.fullmatch(r"([\w.-]+)(.*)", line).groups() for line in lines)
    return dict(split)


def is_cuda(name):
    """Whether PyTorch brings this package to a plain Linux, at a version of its own."""
    return name.startswith(("cuda-", "nvidia-")) or name == "triton"


def test_a_constraint_is_one_public_version():
    for constraint in constraints():
        (specifier,) = constraint.specifier
        assert specifier.operator == "==", constraint
        assert Version(specifier.version).local is None, "'+cpu' is in one index only"
        assert constraint.url is None
        assert not is_cuda(canonicalize_name(constraint.name))


def test_no_package_is_constrained_twice():
    names = [canonicalize_name(c.name) for c in constraints()]
    assert sorted(names) == sorted(set(names))


def test_the_tested_versions_are_in_the_ranges():
    exact = {c.name: next(iter(c.specifier)).version for c in constraints()}
    for requirement in requirements("test", "site", "data", "cluster"):
        assert requirement.specifier.contains(exact[requirement.name]), requirement


def test_the_outputs_were_made_with_these():
    exact = {c.name: str(c.specifier) for c in constraints()}
    assert exact["torch"] == "==2.13.0"
    assert exact["numpy"] == "==2.4.6"


def test_everything_that_is_installed_is_constrained():
    exact = {canonicalize_name(c.name): c for c in constraints()}
    if metadata.version("jupyterlab") not in exact["jupyterlab"].specifier:
        pytest.skip("installed without constraints.txt")
    seen, waiting = set(), requirements("test", "site", "cluster")
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        needed = not requirement.marker or requirement.marker.evaluate({"extra": ""})
        if not needed or is_cuda(name) or seen >= {(name, e) for e in extras}:
            continue
        seen |= {(name, e) for e in extras}
        assert name in exact, f"{name} has no constraint: make constraints"
        for line in metadata.requires(name) or []:
            child = Requirement(line)
            if not child.marker or any(
                child.marker.evaluate({"extra": extra}) for extra in extras
            ):
                child.marker = None
                waiting.append(child)
    assert len(seen) > 100


@pytest.mark.parametrize("file", CONDA_FILES)
def test_conda_file_has_the_right_shape(file):
    jsonschema.validate(yaml.safe_load((ROOT / file).read_text("utf-8")), CONDA_SCHEMA)


def test_binder_installs_what_conda_installs():
    first, second = ((ROOT / file).read_text("utf-8") for file in CONDA_FILES)
    assert first == second


def test_conda_has_the_ranges_of_pyproject():
    conda = conda_dependencies("environment.yml")
    del conda["python"], conda["pip"]
    conda = {CONDA_NAMES.get(n, n): SpecifierSet(v) for n, v in conda.items()}
    assert conda == {r.name: r.specifier for r in requirements()}


def test_conda_pins_a_python_that_is_tested():
    python = conda_dependencies("environment.yml")["python"].removeprefix("=")
    assert python in PYTHONS
    assert Version(python) in SpecifierSet(PROJECT["requires-python"])
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]


@pytest.mark.skipif(sys.platform == "win32", reason="repo2docker needs a Unix")
def test_binder_would_build_this_image():
    command = ["-m", "repo2docker", "--no-build", "--debug", "."]
    # Rendering only: no docker, nothing fetched.
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    dockerfile = done.stdout + done.stderr
    python = conda_dependencies("binder/environment.yml")["python"].removeprefix("=")
    lock = f"environment.py-{python}-linux"  # in the name of a copied file, escaped
    assert lock in dockerfile.replace("-2e", ".").replace("-2d", "-")
    assert '--file "binder/environment.yml"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in dockerfile


@pytest.mark.parametrize("script", ["binder/postBuild", "binder/start"])
def test_binder_scripts_are_scripts(script):
    text = (ROOT / script).read_bytes()
    assert text.startswith(b"#!/bin/bash\n")
    assert b"\r" not in text


def test_binder_start_runs_what_it_is_given():
    if sys.platform == "win32":
        pytest.skip("needs bash")
    command = ["bash", "binder/start", "sh", "-c", "echo $OMP_NUM_THREADS: $0", "it"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1: it\n"


def committed_texts():
    """(path, text) of every committed file that is text."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listing.stdout.decode().split("\0")):
        try:
            yield name, (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # binary, or removed and not yet committed


def test_no_file_names_a_registry_or_somebodys_folder():
    hosts = [
        *("pypi org", "pythonhosted org", "download pytorch org", "npmjs org"),
        *("npmjs com", "anaconda org", "anaconda com", "deb debian org"),
    ]
    anywhere = "|".join(re.escape(host.replace(" ", ".")) for host in hosts)
    home = r"(?<![\w$}])/(?:root|home|Users)/\w|[A-Z]:\\Users\\"
    here = re.escape(str(ROOT)) if len(ROOT.parts) > 2 else "(?!)"
    forbidden = re.compile(f"{anywhere}|{home}|{here}")
    found = [
        f"{name}: {match[0]}"
        for name, text in committed_texts()
        for match in forbidden.finditer(text)
    ]
    assert not found
