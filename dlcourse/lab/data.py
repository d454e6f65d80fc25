"""The data sets of the folder ``data``, as arrays with a fixed split.

Where they come from, their licences and how the split was fixed: ``data/README.md``.
"""

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dlcourse.shipped import shipped

SHA256 = {
    "mnist.npz": "1e2a54df6eda07f2c4f994d567f80c63df1e79b45b4dbaa6da70824fe886b7b1",
    "digits.npz": "99ff26e925d3f5e26f617109452bdf88102eca15fe42eb3d90252e57a4c74607",
    "photograph.npz": (
        "51b5a07a368f181f9c01fee4798d89a5fe6dba235949e692fbb46c904bb34b21"
    ),
    "alice.npz": "6511b5982c6eef800a0410d9a14dd53f9f3f766a07b7674277b808df28f4c11c",
}


class Split(NamedTuple):
    """Examples ``x``, float32 (N, pixels) in [0, 1], and labels ``y``, int64 (N,)."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True, repr=False)
class Dataset:
    """A data set in three parts that share no example.

    Attributes:
        train, validation, test: a :class:`Split` (x, y) each.
        image_shape: (height, width), so that ``x[0].reshape(image_shape)`` is an image.
        classes: how many classes there are; labels run from 0 to classes - 1.
    """

    train: Split
    validation: Split
    test: Split
    image_shape: tuple[int, int]
    classes: int

    @property
    def held_out(self):
        """Validation and test as one Split, for where nothing is chosen on either."""
        parts = self.validation, self.test
        return Split(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def standardised(self, per_pixel=False, eps=0.0):
        """The Dataset with x - centre over spread, those of the *training* images.

        Over all pixels, one centre and one spread: the training images then have mean 0
        and mean square 1, and stay images. ``per_pixel``: each pixel has its own; one
        that never changes becomes 0.

        Args:
            per_pixel: whether each pixel is standardised by itself.
            eps: added to the spread. With ``per_pixel`` and 0 a pixel that is seldom on
                becomes very large where it is.
        """
        axis = 0 if per_pixel else None
        centre, spread = self.train.x.mean(axis=axis), self.train.x.std(axis=axis) + eps
        spread = np.where(spread > 0, spread, 1).astype(np.float32)

        def scaled(part):
            return Split((part.x - centre) / spread, part.y)

        parts = map(scaled, (self.train, self.validation, self.test))
        return Dataset(*parts, self.image_shape, self.classes)

    def __repr__(self):
        height, width = self.image_shape
        sizes = (len(part.y) for part in (self.train, self.validation, self.test))
        return (
            f"Dataset: {height} x {width} pixels, {self.classes} classes; "
            "train {}, validation {}, test {} images".format(*sizes)
        )


def load_mnist():
    """10,000 of the MNIST digits, 28 x 28: train 8000, validation 1000, test 1000.

    Returns a :class:`Dataset`, x float32 (N, 784) in [0, 1], y int64 (N,): new arrays
    at each call. Source: LeCun, Cortes and Burges, *The MNIST database* (1998).

    Raises FileNotFoundError where the file is missing, ValueError where it is damaged.
    """
    return _load("mnist.npz", white=255)


def load_digits():
    """The 1797 digits of scikit-learn, 8 x 8: train 1397, validation 200, test 200.

    Returns a :class:`Dataset`, x float32 (N, 64) in [0, 1], y int64 (N,): new arrays at
    each call. Source: Alpaydin and Kaynak, *Optical recognition of handwritten digits*,
    UCI repository (1998), its test set.

    Raises FileNotFoundError where the file is missing, ValueError where it is damaged.
    """
    return _load("digits.npz", white=16)


def load_photograph():
    """A photograph, float32 (213, 320): 0 is black, 1 white. A new array at each call.

    A pagoda above a lake, trees and much sky: edges, texture and flat parts. Source:
    Daniel Buechele (CC BY 2.0), the photograph ``china.jpg`` of scikit-learn.

    Raises FileNotFoundError where the file is missing, ValueError where it is damaged.
    """
    with _arrays("photograph.npz") as arrays:
        return arrays["grey"].astype(np.float32) / np.float32(255)


def load_text():
    """A book, 148,460 ASCII characters: *Alice's Adventures in Wonderland*.

    Returns a str, its lines ended by line feeds. Source: Lewis Carroll (1865), public
    domain, the edition *Millennium Fulcrum 2.9*, as compressors are tested on it.

    Raises FileNotFoundError where the file is missing, ValueError where it is damaged.
    """
    with _arrays("alice.npz") as arrays:
        return arrays["text"].tobytes().decode("ascii")


def _arrays(file):
    return np.load(io.BytesIO(_read(file)), allow_pickle=False)


def _load(file, white):
    with _arrays(file) as arrays:

        def part(name):
            images, labels = arrays[f"x_{name}"], arrays[f"y_{name}"]
            x = images.reshape(len(images), -1).astype(np.float32) / np.float32(white)
            return Split(x, labels.astype(np.int64))

        train, validation, test = map(part, ("train", "validation", "test"))
        image_shape = arrays["x_train"].shape[1:]
    return Dataset(train, validation, test, image_shape, classes=10)


def _read(file):
    """The bytes of a file of the folder ``data``, if they are what they should be."""
    path = _folder() / file
    restore = (
        f"install dlcourse again (in a clone: git checkout -- data/{file}), or set "
        "DLCOURSE_DATA to a folder that holds it"
    )
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: {restore}")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[file]:
        raise ValueError(
            f"{path} is damaged: its SHA-256 begins {found[:12]}, expected "
            f"{SHA256[file][:12]}: {restore}"
        )
    return content


def _folder():
    chosen = os.environ.get("DLCOURSE_DATA")
    return Path(chosen) if chosen else shipped("data")
