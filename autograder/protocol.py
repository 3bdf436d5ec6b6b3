"""Frames of plain data between the grader and a worker; nothing that arrives is ever executed.

    frame = u32 length (little-endian) · JSON header · raw buffers

The header is `{"m": tree, "b": [[dtype, shape, nbytes], ...]}`. Where it would be longer than
`MAX_HEADER` it is `{"j": nbytes}`, and the first buffer holds it. In the tree, `null`, booleans,
integers, finite floats and strings stand for themselves; everything else is `{tag: content}`.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from json import dumps, loads
from typing import Any

MAX_HEADER = 16_384
MAX_JSON = 4 << 20
MAX_BYTES = 256 << 20
MAX_TEXT = 1 << 20
MAX_ITEMS = 200_000
MAX_DEPTH = 16
MAX_NDIM = 16
#: Bytes per element of the only element types that cross.
ITEMSIZE = {"bool": 1, "uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8,
            "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}  # fmt: skip
KINDS = ("torch", "numpy")

#: Returns exactly so many bytes, or raises.
Read = Callable[[int], bytearray]
Descriptor = tuple[str, tuple[int, ...], int]


class ProtocolError(Exception):
    """What arrived is not a frame of this protocol."""


class Unsupported(Exception):
    """A value that cannot cross: why, in one sentence."""


@dataclass(frozen=True)
class Name:
    """The student's own object of this name, as an argument."""

    name: str


@dataclass(frozen=True)
class Kept:
    """A value that stays in the worker, under a number that the grader chose."""

    number: int


@dataclass
class _Packing:
    """Buffers collected, and elements counted, while one message is packed."""

    cap: int
    descriptors: list[Descriptor] = field(default_factory=list)
    buffers: list[bytes] = field(default_factory=list)
    total: int = 0
    items: int = 0


def encode(message: dict[str, Any], cap: int = MAX_BYTES) -> bytes:
    """One frame that holds `message`; `Unsupported` where a value cannot cross."""
    packing = _Packing(cap)
    body = dumps({"m": _pack(message, packing, 0), "b": packing.descriptors}, allow_nan=False).encode("ascii")
    if len(body) > MAX_JSON:
        raise Unsupported("the value has too many parts: return a tensor instead")
    header, first = (body, b"") if len(body) <= MAX_HEADER else (b'{"j": %d}' % len(body), body)
    return b"".join([struct.pack("<I", len(header)), header, first, *packing.buffers])


def decode(read: Read, cap: int = MAX_BYTES, with_numpy: bool = False) -> dict[str, Any]:
    """The message of the next frame, every claim checked before memory is set aside for it.

    Arrays come as fresh torch tensors; what was sent as numpy stays so if `with_numpy`.
    """
    (length,) = struct.unpack("<I", read(4))
    if not 2 <= length <= MAX_HEADER:
        raise ProtocolError("header length out of range")
    header = _parse(read(length))
    if type(header) is dict and set(header) == {"j"}:
        if not _is_count(header["j"], MAX_JSON):
            raise ProtocolError("header size out of range")
        header = _parse(read(header["j"]))
    if type(header) is not dict or set(header) != {"m", "b"} or type(header["b"]) is not list:
        raise ProtocolError("malformed header")
    descriptors = [_descriptor(entry) for entry in header["b"]]
    if sum(nbytes for _, _, nbytes in descriptors) > cap:
        raise ProtocolError("buffers larger than allowed")
    unpacking = _Unpacking([(dtype, shape, read(nbytes)) for dtype, shape, nbytes in descriptors], with_numpy)
    message = unpacking.value(header["m"])
    if type(message) is not dict or any(type(key) is not str for key in message):
        raise ProtocolError("a message is a dict")
    return message


def _parse(raw: bytearray) -> Any:
    try:
        return loads(raw.decode("ascii"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ProtocolError("header is not JSON of this protocol") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_count(value: object, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _plain(tree: Any) -> Any:
    """The value of a tree without parts."""
    kind = type(tree)
    if tree is None or kind is bool or (abs(tree) < 1 << 63 if kind is int else kind is float and math.isfinite(tree)):
        return tree
    if kind is str and len(tree) <= MAX_TEXT:
        return tree.encode("utf-8", "replace").decode()
    if kind is dict and len(tree) == 1 and tree.get("f") in ("nan", "inf", "-inf"):
        return float(tree["f"])
    raise ProtocolError("malformed value")


def _descriptor(entry: object) -> Descriptor:
    if type(entry) is not list or len(entry) != 3:
        raise ProtocolError("malformed buffer description")
    dtype, shape, nbytes = entry
    if type(dtype) is not str or dtype not in ITEMSIZE or type(shape) is not list or len(shape) > MAX_NDIM:
        raise ProtocolError("unknown element type or shape")
    if not all(_is_count(n, MAX_BYTES) for n in shape) or not _is_count(nbytes, MAX_BYTES):
        raise ProtocolError("size out of range")
    # zero-sized dimensions must not hide absurd ones
    if math.prod(max(n, 1) for n in shape) > MAX_BYTES or math.prod(shape) * ITEMSIZE[dtype] != nbytes:
        raise ProtocolError("shape and size disagree")
    return dtype, tuple(shape), nbytes


def _pack(value: Any, packing: _Packing, depth: int) -> Any:
    """Tree of `value`; only base-class methods, so that overridden ones do not run."""
    packing.items += 1
    if depth > MAX_DEPTH or packing.items > MAX_ITEMS:
        raise Unsupported("the value is nested too deeply, contains itself or has too many parts")
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is Name or kind is Kept:
        return {"n": value.name} if kind is Name else {"h": value.number}
    if issubclass(kind, int | float):
        return _whole(value) if issubclass(kind, int) else _number(float.__float__(value))
    if issubclass(kind, str):
        if str.__len__(value) > MAX_TEXT:
            raise Unsupported("a text is too long to cross")
        return str.__str__(value)
    if issubclass(kind, list | tuple):
        base = list if issubclass(kind, list) else tuple
        return {base.__name__[0]: [_pack(item, packing, depth + 1) for item in base.__iter__(value)]}
    if issubclass(kind, dict):
        return {"d": [[_key(key), _pack(item, packing, depth + 1)] for key, item in dict.items(value)]}
    if kind is range:
        return _pack(list(value[: MAX_ITEMS + 1]), packing, depth)
    tree = _pack_tensor(value, packing) or _pack_numpy(value, packing)
    if tree is None:
        name = str(type.__dict__["__name__"].__get__(kind))[:80]
        raise Unsupported(f"a value of type {name} cannot be graded: return tensors, numbers, text, lists or dicts")
    return tree[0]


def _number(number: Any) -> Any:
    return {"f": repr(number)} if type(number) is float and not math.isfinite(number) else number


def _whole(value: int) -> int:
    if abs(int.__int__(value)) >= 1 << 63:
        raise Unsupported("an integer is too large to cross")
    return int.__int__(value)


def _key(key: Any) -> str | int:
    if not issubclass(type(key), str | int):
        raise Unsupported("the keys of a dict must be text or whole numbers")
    return str.__str__(key) if issubclass(type(key), str) else _whole(key)


def _claim(packing: _Packing, dtype: str, shape: tuple[int, ...]) -> None:
    """Refuse what is too large before anything is copied: an expanded tensor claims any size."""
    nbytes = math.prod(shape) * ITEMSIZE[dtype]
    packing.total += nbytes
    if packing.total > packing.cap or math.prod(max(n, 1) for n in shape) > MAX_BYTES:
        raise Unsupported(f"the result claims {packing.total / 2**20:,.0f} MiB, more than the "
                          f"{packing.cap / 2**20:,.0f} MiB that may cross")
    if len(shape) > MAX_NDIM:
        raise Unsupported(f"an array of {len(shape)} dimensions cannot cross")
    packing.descriptors.append((dtype, shape, nbytes))


def _pack_tensor(value: Any, packing: _Packing) -> tuple[Any] | None:
    torch = sys.modules.get("torch")  # before anybody has imported it, nothing can be a tensor
    if torch is None or not issubclass(type(value), torch.Tensor):
        return None
    base = torch.Tensor
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        dtype = str(base.dtype.__get__(value)).removeprefix("torch.")
        shape = tuple(int(n) for n in base.size(value))
        layout, device = base.layout.__get__(value), base.device.__get__(value)
        if dtype not in ITEMSIZE or layout is not torch.strided or device.type == "meta":
            raise Unsupported(f"a {layout} tensor of {dtype} on {device} cannot be graded")
        if not shape:
            return ({"s": [dtype, _number(base.item(value)), "torch"]},)
        _claim(packing, dtype, shape)
        flat = base.reshape(base.cpu(base.resolve_neg(base.resolve_conj(base.detach(value)))), (-1,))
        # `contiguous` would not do: a single element counts as contiguous whatever its stride
        flat = flat if base.stride(flat) == (1,) else base.clone(flat, memory_format=torch.contiguous_format)
        raw = base.view(flat, torch.uint8) if flat.numel() else torch.empty(0, dtype=torch.uint8)
        packing.buffers.append(base.numpy(raw).tobytes())
    return ({"a": [len(packing.buffers) - 1, "torch"]},)


def _pack_numpy(value: Any, packing: _Packing) -> tuple[Any] | None:
    import numpy as np

    kind = type(value)
    if not issubclass(kind, np.generic | np.ndarray):
        return None
    array = np.asarray(value) if issubclass(kind, np.generic) else np.ndarray.view(value, np.ndarray)
    dtype = array.dtype.name
    if dtype not in ITEMSIZE:
        raise Unsupported(f"an array of {dtype} cannot be graded")
    if issubclass(kind, np.generic) or not array.ndim:
        number = _number(array.item())
        return (number if issubclass(kind, np.generic) else {"s": [dtype, number, "numpy"]},)
    _claim(packing, dtype, array.shape)
    packing.buffers.append(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return ({"a": [len(packing.buffers) - 1, "numpy"]},)


@dataclass
class _Unpacking:
    """Buffers of a frame; each is used once, so that a few bytes cannot claim much memory."""

    buffers: list[tuple[str, tuple[int, ...], bytearray] | None]
    with_numpy: bool
    items: int = 0

    def value(self, tree: Any, depth: int = 0) -> Any:
        self.items += 1  # no more than `encode` lets in
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise ProtocolError("nested too deeply or too many parts")
        if type(tree) is not dict or len(tree) != 1 or "f" in tree:
            return _plain(tree)
        ((tag, content),) = tree.items()
        if tag in ("l", "t") and type(content) is list:
            values = [self.value(item, depth + 1) for item in content]
            return values if tag == "l" else tuple(values)
        if tag == "d" and type(content) is list and all(
                type(pair) is list and len(pair) == 2 and type(pair[0]) in (str, int) for pair in content):
            return {_plain(key): self.value(item, depth + 1) for key, item in content}
        if tag == "a" and type(content) is list and len(content) == 2:
            return self._array(content[0], content[1])
        if tag == "s" and type(content) is list and len(content) == 3:
            return self._zero_dim(content[0], _plain(content[1]), content[2])
        if tag == "n" and type(content) is str:
            return Name(content)
        if tag == "h" and _is_count(content, 1 << 31):
            return Kept(content)
        raise ProtocolError("malformed value")

    def _array(self, index: object, kind: object) -> Any:
        """A boolean is what is not zero, whatever byte came."""
        import torch

        if type(index) is not int or not 0 <= index < len(self.buffers) or kind not in KINDS:
            raise ProtocolError("no such buffer")
        entry, self.buffers[index] = self.buffers[index], None
        if entry is None:
            raise ProtocolError("buffer used twice")
        dtype, shape, raw = entry
        element = torch.uint8 if dtype == "bool" else getattr(torch, dtype)
        tensor = (torch.frombuffer(raw, dtype=element) if raw else torch.empty(0, dtype=element)).reshape(shape)
        tensor = tensor != 0 if dtype == "bool" else tensor
        return tensor.numpy() if kind == "numpy" and self.with_numpy and dtype != "bfloat16" else tensor

    def _zero_dim(self, dtype: object, number: object, kind: object) -> Any:
        import torch

        if type(dtype) is not str or dtype not in ITEMSIZE or kind not in KINDS or type(number) is not (
                bool if dtype == "bool" else float if "float" in dtype else int):
            raise ProtocolError("number of another type")
        try:
            tensor = torch.tensor(number, dtype=getattr(torch, dtype))
        except (RuntimeError, OverflowError):
            raise ProtocolError("number out of range") from None
        return tensor.numpy() if kind == "numpy" and self.with_numpy and dtype != "bfloat16" else tensor
