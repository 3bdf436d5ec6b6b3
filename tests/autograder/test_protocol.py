"""Frames: what goes in comes out, and nothing that is not a frame gets through."""

from __future__ import annotations

import contextlib
import io
import json
import math
import struct

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import protocol
from autograder.protocol import Kept, Name, ProtocolError, Unsupported, decode, encode


def reader(data: bytes):
    position = 0

    def read(count):
        nonlocal position
        if position + count > len(data):
            raise ProtocolError("short")
        position += count
        return bytearray(data[position - count:position])

    return read


def there_and_back(value, **options):
    return decode(reader(encode({"v": value})), **options)["v"]


def frame(header: object, body: bytes = b"") -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<I", len(raw)) + raw + body


@pytest.mark.parametrize("value", [
    None, True, 0, -(2**63) + 1, 1.5, math.inf, "", "né\n\0", [], [1, [2, (3,)]], (), {"a": {"b": []}, 3: None},
    Name("f"), Kept(7), ["x" * 30_000, list(range(5000))],
])
def test_plain_values_come_back_as_they_were(value):
    assert there_and_back(value) == value
    assert type(there_and_back(value)) is type(value)


@pytest.mark.parametrize("dtype", protocol.ITEMSIZE)
@pytest.mark.parametrize("shape", [(), (3,), (2, 0, 3), (2, 3, 4)])
def test_tensors_keep_type_shape_and_elements(dtype, shape):
    tensor = (torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 5).abs().to(getattr(torch, dtype))
    back = there_and_back(tensor)
    assert back.dtype == tensor.dtype
    assert back.shape == tensor.shape
    assert torch.equal(back, tensor)


def test_numpy_arrays_cross_as_tensors_unless_asked_for():
    array = np.arange(6, dtype=">i4").reshape(2, 3)[:, ::2]
    assert torch.equal(there_and_back(array), torch.tensor([[0, 2], [3, 5]], dtype=torch.int32))
    assert there_and_back(array, with_numpy=True).tolist() == [[0, 2], [3, 5]]
    assert isinstance(there_and_back(array, with_numpy=True), np.ndarray)
    assert there_and_back(np.float32(1.5)) == 1.5


def test_nan_survives():
    assert math.isnan(there_and_back(math.nan))
    assert torch.isnan(there_and_back(torch.tensor(math.nan)))


def test_views_gradients_and_subclasses_cross_as_plain_tensors():
    class Sly(torch.Tensor):
        @classmethod
        def __torch_function__(cls, *args, **kwargs):
            raise RuntimeError("overridden")

    grad = torch.ones(2, 3, requires_grad=True)
    assert torch.equal(there_and_back(grad.T[1:]), torch.ones(2, 2))
    back = there_and_back(torch.ones(3).as_subclass(Sly))
    assert type(back) is torch.Tensor


def test_subclasses_of_plain_types_cannot_act_through_their_methods():
    class Text(str):
        def __str__(self):
            raise RuntimeError("overridden")

    class Numbers(list):
        def __iter__(self):
            raise RuntimeError("overridden")

    class Pickled:
        def __reduce__(self):
            return (print, ("executed",))

    assert there_and_back([Text("a"), Numbers([1, 2])]) == ["a", [1, 2]]
    with pytest.raises(Unsupported, match="Pickled"):
        encode({"v": Pickled()})


def cyclic():
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize("value", [
    1 << 63, {1.5: 0}, {("a",): 0}, object(), {1, 2}, cyclic(), "x" * (protocol.MAX_TEXT + 1),
    torch.zeros(1).expand(10**6, 10**4), torch.ones(2, dtype=torch.complex64), torch.ones(2, device="meta"),
    torch.eye(2).to_sparse(), np.array([object()]), np.array(["a"]), np.ones(1, dtype=np.complex128), [0] * 300_000,
    np.broadcast_to(np.zeros(1), (10**6, 10**4)),
], ids=lambda v: type(v).__name__)
def test_what_cannot_cross_is_refused_before_it_is_copied(value):
    with pytest.raises(Unsupported):
        encode({"v": value})


GOOD = {"m": {"d": [["v", {"a": [0, "torch"]}]]}, "b": [["float32", [2], 8]]}


def test_the_hand_written_frame_is_a_good_one():
    assert decode(reader(frame(GOOD, bytes(8))))["v"].tolist() == [0.0, 0.0]


NO_FRAMES = [
    struct.pack("<I", 0), struct.pack("<I", 1) + b"{", struct.pack("<I", 2**32 - 1), struct.pack("<I", 16_385) + b" " * 16_385,
    frame(b"\xff\xfe"), frame(b"nonsense"), frame([]), frame({}), frame({"m": None}), frame({"m": None, "b": []}),
    frame({"m": {"d": [[1, 2]]}, "b": []}), frame({"m": {"d": []}, "b": {}}), frame({"m": {"d": []}, "b": [], "x": 1}),
    frame(b'{"m":{"d":[["v",NaN]]},"b":[]}'), frame(b'{"m":{"d":[["v",Infinity]]},"b":[]}'),
    frame(b'{"m":{"d":[["v",1e999]]},"b":[]}'), frame(b'{"m":{"d":[["v",9223372036854775808]]},"b":[]}'),
    frame(b'{"m":' + b"[" * 8000 + b"]" * 8000 + b',"b":[]}'), frame(b'{"m":{"d":[["v",' + b'{"l":[' * 1500 + b"]}" * 1500
                                                                  + b']]},"b":[]}'),
    frame({"j": 2**40}), frame({"j": -1}), frame({"j": True}), frame({"j": 2}, b"[]"),
    frame(GOOD | {"b": [["float32", [2], 9]]}, bytes(9)), frame(GOOD | {"b": [["float32", [2], True]]}, bytes(8)),
    frame(GOOD | {"b": [["float32", [2.0], 8]]}, bytes(8)), frame(GOOD | {"b": [["float32", [-2], -8]]}, bytes(8)),
    frame(GOOD | {"b": [["float32", [True, 2], 8]]}, bytes(8)), frame(GOOD | {"b": [["object", [1], 8]]}, bytes(8)),
    frame(GOOD | {"b": [[["float32"], [2], 8]]}, bytes(8)), frame(GOOD | {"b": [["float32", [1] * 40, 4]]}, bytes(4)),
    frame(GOOD | {"b": [["float32", [0, 2**29], 0]]}), frame(GOOD | {"b": [["float32", [0, 2**27, 2**27], 0]]}),
    frame(GOOD | {"b": [["float32", [2**26], 2**28], ["float32", [2**26], 2**28]]}),
    frame(GOOD | {"b": []}), frame(GOOD, bytes(7)),
    frame(GOOD | {"m": {"d": [["v", {"l": [{"a": [0, "torch"]}, {"a": [0, "torch"]}]}]]}}, bytes(8)),
    frame(GOOD | {"m": {"d": [["v", {"a": [True, "torch"]}]]}}, bytes(8)),
    frame(GOOD | {"m": {"d": [["v", {"a": [0, "pickle"]}]]}}, bytes(8)),
    *(frame({"m": {"d": [["v", tree]]}, "b": []}) for tree in (
        {}, {"l": 1}, {"l": [], "t": []}, {"z": 0}, {"f": "1"}, {"f": []}, {"h": -1}, {"h": True}, {"n": 1}, {"d": [["a"]]},
        {"d": [[None, 1]]}, [1], {"s": ["int8", 300, "torch"]}, {"s": ["int8", 1.5, "torch"]}, {"s": ["float32", 1, "torch"]},
        {"s": ["bool", 1, "torch"]}, {"s": ["object", 1, "torch"]}, {"s": [[], 1, "torch"]})),
]


@pytest.mark.parametrize("data", NO_FRAMES, ids=range(len(NO_FRAMES)))
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(ProtocolError):
        decode(reader(data))


def test_no_memory_is_set_aside_for_a_claim():
    asked = []

    def read(count):
        asked.append(count)
        return reader(data)(count) if len(asked) == 1 else bytearray(data[4:4 + count])

    data = frame(GOOD | {"b": [["uint8", [2**28], 2**28], ["uint8", [1], 1]]})
    with pytest.raises(ProtocolError, match="larger than allowed"):
        decode(read)
    assert max(asked) < protocol.MAX_HEADER


def test_a_boolean_is_what_is_not_zero():
    data = frame(GOOD | {"b": [["bool", [3], 3]]}, b"\x00\x01\xff")
    assert decode(reader(data))["v"].to(torch.int64).tolist() == [0, 1, 1]


def test_lone_surrogates_are_replaced():
    back = decode(reader(frame(b'{"m":{"d":[["v","a\\ud800b"]]},"b":[]}')))["v"]
    assert back.encode() == b"a?b"


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.binary(max_size=200), st.integers(0, 60))
def test_random_bytes_in_place_of_a_part_never_do_more_than_be_refused(noise, start):
    good = encode({"v": [1, "x", torch.ones(2)]})
    data = good[:start] + noise + good[start + len(noise):]
    with contextlib.suppress(ProtocolError):
        decode(reader(data + bytes(64)))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    | st.tuples(inner, inner), max_leaves=20)


@settings(deadline=None, derandomize=True)
@given(values)
def test_any_plain_value_comes_back(value):
    assert there_and_back(value) == value or "\\ud" in repr(value)


def test_a_single_element_with_an_odd_stride_crosses():
    solution = torch.linalg.lstsq(torch.rand(4, 1), torch.rand(4, 1)).solution
    strided = torch.arange(6.0).as_strided((1, 1), (1, 4))
    for value in (solution, strided, torch.arange(9.0)[::4], torch.arange(6.0).reshape(2, 3).T):
        stream = io.BytesIO(protocol.encode({"v": value}))
        assert torch.equal(protocol.decode(lambda count, stream=stream: bytearray(stream.read(count)))["v"], value)
