"""Weights of MONet from the two published files: told by their hash, then read as tensors and nothing else."""

from __future__ import annotations

import hashlib
import io
import pickle
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from hippo.arguments import shape_text
from hippo.datafiles import DataError
from hippo.retrieval.monet import MONet

__all__ = ["PUBLISHED_SHA1", "load_weights"]

#: SHA-1 of the published weight files: attention, component autoencoder.
PUBLISHED_SHA1 = ("0d2aeaac7dcc19181aeb84555b26ce51fe8aac2d", "3a4f2cc31147f4a12b7b52623574e9a1ac8ed056")
#: Published name → name here. The published blocks up begin at 2; the parts of the autoencoder are named as here.
RENAMED: tuple[tuple[str, Callable[[int], str]], ...] = (
    (r"downblock([1-5])\.conv\.", lambda i: f"down.{i - 1}.0."),
    (r"downblock([1-5])\.norm\.", lambda i: f"down.{i - 1}.1."),
    (r"upblock([2-6])\.conv\.", lambda i: f"up.{i - 2}.0."),
    (r"upblock([2-6])\.norm\.", lambda i: f"up.{i - 2}.1."),
    (r"mlp\.()", lambda _: "across."),
    (r"output\.()", lambda _: "logit."),
)


def load_weights(
    net: MONet, attention: Path, component: Path, *, sha1: tuple[str, str] | None = PUBLISHED_SHA1
) -> None:
    """Read the weights of both parts into a network and put it into evaluation mode.

    Parameters
    ----------
    net
        Changed in place, both parts or none; keeps its device.
    attention, component
        Files as `torch.save(part.state_dict(), path)` writes them, with the published names or those here.
    sha1
        What the files must hash to, so that a wrong or a broken download is noticed; None takes files of
        one's own training.

    Raises
    ------
    DataError
        In one sentence: missing, other bytes, no weights, or those of another network.

    Notes
    -----
    The files are pickles. Only tensors are unpickled (`weights_only`), from the bytes that were hashed;
    a file that names anything else is refused before it can run.
    """
    states = []
    for part, path, expected in zip(
        (net.attention, net.component), (attention, component), sha1 or ("", ""), strict=True
    ):
        states.append(_fitting(path, part, _tensors(path, _content(path, expected))))
    for part, state in zip((net.attention, net.component), states, strict=True):
        part.load_state_dict(state)
    net.eval()


def _content(path: Path, sha1: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): give the published weight file.") from error
    found = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if sha1 and found != sha1:
        raise DataError(
            f"{path} is not the published weight file (SHA-1 {found[:8]}… instead of {sha1[:8]}…): download it again."
        )
    return content


def _tensors(path: Path, content: bytes) -> dict[str, Tensor]:
    cure = "give a file that torch.save wrote of a state_dict"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other protocols of pickle: they are read or refused
            state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, ValueError, EOFError, KeyError, AttributeError) as error:
        raise DataError(f"{path} holds no weights that can be read safely: {cure}.") from error
    if not isinstance(state, dict) or not all(isinstance(t, Tensor) for t in state.values()):
        raise DataError(f"{path} holds something else than named tensors: {cure}.")
    return {_name(str(name)): tensor for name, tensor in state.items()}


def _name(published: str) -> str:
    """Turn a published name into that here; others stay."""
    for pattern, rename in RENAMED:
        found = re.match(pattern, published)
        if found:
            return rename(int(found[1] or 0)) + published[found.end() :]
    return published


def _fitting(path: Path, part: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Refuse the weights of another network, in one sentence."""
    expected = {name: shape_text(tensor) for name, tensor in part.state_dict().items()}
    came = {name: shape_text(tensor) for name, tensor in state.items()}
    differ = sorted(name for name in expected.keys() | came.keys() if expected.get(name) != came.get(name))
    if differ:
        raise DataError(
            f"{path} holds the weights of another network, with {differ[0]} as {came.get(differ[0], 'nothing')} "
            f"instead of {expected.get(differ[0], 'nothing')} ({len(differ)} differ): give the one of "
            f"{type(part).__name__}."
        )
    return state
