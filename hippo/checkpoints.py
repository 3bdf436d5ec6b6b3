"""Checkpoints of trained models: safetensors with a JSON note, whole or not at all, never a pickle.

A checkpoint holds the parameters and buffers of a module and what its maker notes about it. One
that is written on the way of a training run also holds the state of the optimizer and of the random
numbers, so that the run goes on as if it had never stopped.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from hippo.datafiles import DataError, bundled

__all__ = ["load", "note", "save", "shipped"]


def save(
    path: Path,
    module: nn.Module,
    meta: Mapping[str, Any],
    *,
    optimizer: torch.optim.Optimizer | None = None,
    generator: torch.Generator | None = None,
    eight_bits: bool = False,
) -> Path:
    """Write a checkpoint; until it is whole, the file that was there before stays.

    Parameters
    ----------
    path
        Its folder is made if it is not there.
    module
        On any device; tensors are written as they are, in their dtype.
    meta
        What JSON can hold: settings, iteration, figures.
    optimizer, generator
        For a run that is to go on later.
    eight_bits
        Round every matrix and kernel to 8 bits, with a scale for each of its rows: a quarter of float32's size,
        to ship. A value is off by at most 1/254 of the largest in its row.

    Raises
    ------
    OSError
        If the file cannot be written.

    Example
    -------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(Path(folder, "net.safetensors"), nn.Linear(2, 1), {"iteration": 3})
    ...     load(path, nn.Linear(2, 1))
    {'iteration': 3}
    """
    tensors = {f"model.{name}": tensor for name, tensor in module.state_dict().items()}
    if eight_bits:
        tensors = _rounded(tensors)
    notes = {"meta": json.dumps(dict(meta), ensure_ascii=False)}
    if optimizer is not None:
        state, notes["optimizer"] = _flatten(optimizer)
        tensors |= state
    if generator is not None:
        tensors["generator"] = generator.get_state()
    # Clones: safetensors refuses tensors that share memory, as tied weights do.
    content = to_bytes({name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}, notes)
    _write_whole(path, content)
    return path


def load(
    path: Path,
    module: nn.Module,
    *,
    optimizer: torch.optim.Optimizer | None = None,
    generator: torch.Generator | None = None,
) -> dict[str, Any]:
    """Read a checkpoint into a module, and into the optimizer and the generator of a run that goes on.

    Parameters
    ----------
    path
        As `save` wrote it.
    module
        Changed in place; keeps its device and dtype.
    optimizer, generator
        Changed in place; of the same kind as those that were saved.

    Returns
    -------
    dict
        The note.

    Raises
    ------
    DataError
        If the file is missing or broken, or of another model. Nothing is changed then.
    """
    tensors, notes = _read(path)
    state = {
        name.removeprefix("model."): t * tensors[f"scale.{name}"] if f"scale.{name}" in tensors else t
        for name, t in tensors.items()
        if name.startswith("model.")
    }
    _check_same(path, state, module)
    for name, wanted, found in (
        ("optimizer", optimizer, "optimizer" in notes),
        ("generator", generator, "generator" in tensors),
    ):
        if wanted is not None and not found:
            raise DataError(f"{path} holds no state of the {name}, so no run can go on from it: start it anew.")
    module.load_state_dict(state)
    if optimizer is not None:
        optimizer.load_state_dict(_unflatten(tensors, notes["optimizer"]))
    if generator is not None:
        generator.set_state(tensors["generator"])
    return _meta(notes)


def note(path: Path) -> dict[str, Any]:
    """Read the note of a checkpoint alone, to learn which model it is of; errors as in `load`."""
    return _meta(_read(path)[1])


def shipped(name: str) -> Path:
    """Return a checkpoint that comes with the package; `data/checkpoints/<name>.md` says who made it how."""
    return bundled(f"checkpoints/{name}.safetensors")


def _rounded(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Replace floating tensors of two or more axes by whole numbers from -127 to 127 and the scales of their rows."""
    rounded = {}
    for name, tensor in tensors.items():
        if tensor.ndim < 2 or not tensor.is_floating_point() or tensor.numel() == 0:
            rounded[name] = tensor
            continue
        largest = tensor.float().flatten(1).abs().amax(1).reshape(-1, *[1] * (tensor.ndim - 1))
        # A row of zeros stays one, whatever its scale.
        scale = torch.where(largest > 0, largest / 127, 1.0)
        rounded[name], rounded[f"scale.{name}"] = (tensor.float() / scale).round().to(torch.int8), scale
    return rounded


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(path, framework="pt") as file:
            notes = file.metadata() or {}
            # Clones: what was opened is a view of the file, which another run may replace.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise DataError(f"{path} is not there: train the model, or install the package again.") from error
    except (OSError, SafetensorError, ValueError) as error:
        raise DataError(f"{path} is not a sound safetensors file: delete it, and make it anew.") from error
    if "meta" not in notes:
        raise DataError(f"{path} is a safetensors file without a note of its maker: give one that hippo wrote.")
    return tensors, notes


def _meta(notes: Mapping[str, str]) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(notes["meta"])
    return meta


def _check_same(path: Path, found: Mapping[str, Tensor], module: nn.Module) -> None:
    """Refuse the parameters of another model, in one sentence."""
    expected = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    came = {name: tuple(tensor.shape) for name, tensor in found.items()}
    if came != expected:
        differ = sorted(name for name in expected.keys() | came.keys() if expected.get(name) != came.get(name))
        first = differ[0]
        raise DataError(
            f"{path} is the checkpoint of another model, with {first} as {came.get(first, 'nothing')} instead of "
            f"{expected.get(first, 'nothing')} ({len(differ)} of {len(expected)} differ): give the settings it was "
            "made with."
        )


def _flatten(optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], str]:
    """Split the state of an optimizer into tensors and what JSON holds."""
    state = optimizer.state_dict()
    tensors: dict[str, Tensor] = {}
    numbers: list[tuple[int, str, Any]] = []
    for index, entries in state["state"].items():
        for key, value in entries.items():
            if isinstance(value, Tensor):
                tensors[f"optimizer.{index}.{key}"] = value
            else:
                numbers.append((index, key, value))
    return tensors, json.dumps({"groups": state["param_groups"], "numbers": numbers})


def _unflatten(tensors: Mapping[str, Tensor], note: str) -> dict[str, Any]:
    content = json.loads(note)
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, index, key = name.split(".", 2)
            state.setdefault(int(index), {})[key] = tensor
    for index, key, value in content["numbers"]:
        state.setdefault(index, {})[key] = value
    return {"state": state, "param_groups": content["groups"]}


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", suffix=".unfinished", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o644)  # mkstemp makes files that only their owner may read
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
