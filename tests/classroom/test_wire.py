"""What crosses comes back as it was, and what is malformed is refused."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
from far import line_to

from dlcourse import nn, optim, tensor
from dlcourse.classroom import wire
from dlcourse.classroom.line import Ended, Line
from dlcourse.classroom.reader import Reader
from dlcourse.classroom.remote import Remote
from dlcourse.classroom.writer import Writer
from dlcourse.teach.answers import freeze

NUMBERS = np.arange(6.0).reshape(2, 3)
VALUES = {
    "plain": [None, True, 3, -(2**70), 0.1, float("inf"), "é\ud800", (1, (2,))],
    "arrays": [NUMBERS, NUMBERS.T, np.float32(2), np.int8([1]), np.array(True)],
    "complex": [1j, np.array([1j])],
    "nested": {"a": [1.5, {"b": (NUMBERS,)}], "c": {1, 2}},
    "tensors": [tensor(NUMBERS), tensor([1.0])],
}


def crossed(value):
    writer = Writer()
    text = wire.frame({"is": writer.value(value)}, writer.blobs)
    _, length, _ = wire.HEAD.unpack(text[: wire.HEAD.size])
    cut = wire.HEAD.size + length
    message, blobs = wire.unframe(text[wire.HEAD.size : cut], text[cut:])
    return Reader(blobs).value(message["is"])


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_comes_back_as_it_was(value):
    assert repr(freeze(crossed(value))) == repr(freeze(value))


@pytest.mark.parametrize(
    "value",
    [
        object(),
        len,
        nn.Linear(2, 2),
        (x for x in ()),
        np.array([None]),
        np.array(["a"]),
    ],
)
def test_of_other_values_only_the_kind_is_told(value):
    assert freeze(crossed(value)) == freeze(value)


def test_two_names_of_one_list_are_one_list_there():
    one = [1]
    first, second = crossed([one, one])
    assert first is second


def test_a_model_and_its_optimizer_share_their_parameters_there():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
    writer = Writer(functions=[])
    tree = writer.value((model, optim.SGD(model.parameters(), lr=0.1)))

    def find(name):
        return {"Linear": nn.Linear, "Tanh": nn.Tanh, "SGD": optim.SGD}.get(
            name.rpartition(":")[2], nn.Sequential
        )

    there, optimizer = Reader(writer.blobs, find=find).value(tree)
    assert optimizer.param_groups[0]["params"] == list(there.parameters())
    assert there(tensor(NUMBERS[:, :2]).float()).shape == (2, 3)


def array(**changes):
    return {"array": 0, "dtype": "<f8", "shape": [2], "#": 9, **changes}


MALFORMED = {
    "no tag": {},
    "an unknown tag": {"pickle": "..."},
    "an attribute of the reader": {"keep": 0},
    "a list": [1],
    "a name": {"named": "os:system"},
    "a call": {"call": 0},
    "an object": {"object": "os:x", "holds": [], "#": 9},
    "a dtype of objects": array(dtype="|O"),
    "a structured dtype": array(dtype="<f8,<f8"),
    "too few bytes": array(shape=[3]),
    "too many bytes": array(shape=[1]),
    "a negative shape": array(shape=[-1]),
    "a shape that wraps": array(shape=[2**39, 2**39]),
    "a blob that is not there": array(array=3),
    "a blob from the end": array(array=-1),
    "no number": {"list": []},
    "a number of another kind": {"list": [], "#": 0},
    "a number that is no number": {"list": [], "#": "x"},
    "an unknown number": {"same": 77},
    "a float of anything": {"float": "os"},
    "a key that cannot be one": {"map": [[{"list": [], "#": 5}, 1]], "#": 6},
    "an odd tensor": {"tensor": ["x", None, 0], "kind": "Tensor", "#": 5},
    "a grown input": array(**{"#": 0}),
}


@pytest.mark.parametrize("tree", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_tree_is_refused(tree):
    known = {0: np.zeros(3)}
    with pytest.raises(wire.Malformed):
        Reader([bytes(16)], known).value(tree)
    assert not known[0].any()


def test_only_an_objects_own_fields_can_be_changed():
    there = SimpleNamespace(data=1, _plans=2)
    tree = {"object": "", "holds": [["data", 5], ["_plans", 5], ["new", 5]], "#": 0}
    Reader([], {0: there}).value(tree)
    assert vars(there) == {"data": 5, "_plans": 2}


def reply(message, blobs=()):
    return wire.frame({"echo": 1, "after": [], "printed": "", **message}, blobs)


ANSWERS = {
    "nonsense": b"x" * 99,
    "no JSON": wire.HEAD.pack(wire.MAGIC, 4, 0) + b"{{{{",
    "deep JSON": wire.HEAD.pack(wire.MAGIC, 10**5, 0) + b"[" * 10**5,
    "a list": wire.HEAD.pack(wire.MAGIC, 2, 0) + b"[]",
    "lying sizes": wire.HEAD.pack(wire.MAGIC, 14, 2) + b'{"blobs": [9]}' + b"xx",
    "too many bytes": wire.HEAD.pack(wire.MAGIC, 10, 2**31),
    "another echo": reply({"values": [1], "echo": 2}),
    "no value": reply({}),
    "more values than were asked": reply({"values": [1, 2]}),
    "fewer values than were asked": reply({"values": []}),
    "an error without words": reply({"error": []}),
    "an error of no kind": reply({"error": ["os:system", "int", "x", None]}),
    "an error that is a module's": reply({"error": ["numpy:ndarray", "x", "x", None]}),
    "changed what was not given": reply(
        {"values": [1], "after": [{"list": [], "#": 7}]}
    ),
    "a print-out of numbers": reply({"values": [1], "printed": 5}),
    "a call of what is not there": reply({"callback": 3, "args": []}),
    "a call of the list itself": reply({"callback": "append", "args": []}),
    "silence": b"",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_forged_answer_ends_the_line(answer):
    (there, sink), (source, back) = os.pipe(), os.pipe()
    os.write(back, answer[:60_000])
    os.close(back)
    line = Line(source, sink)
    about = {"signature": None, "written": [False, None, None, []]}
    try:
        with pytest.raises(Ended):
            Remote("he_std", line, about)(NUMBERS)
        with pytest.raises(Ended):  # for good
            line.ask({"do": "call"}, None)
    finally:
        for fd in (there, sink, source):
            os.close(fd)


def test_many_calls_at_one_request_give_what_each_gave_then():
    shared = []

    def growing(rng):
        shared.append(int(rng.integers(100)))
        return shared

    with line_to([growing]) as line:
        request = {"do": "load", "name": "growing", "driver": None, "seconds": 9}
        remote = Remote("growing", line, line.ask(request, None)[0])
        rng, twin = np.random.default_rng(3), np.random.default_rng(3)
        drawn = [int(twin.integers(100)) for _ in range(3)]
        assert remote.many(3, rng) == [drawn[:1], drawn[:2], drawn]
        assert rng.integers(10**9) == twin.integers(10**9)
