"""Results of a benchmark cell by cell, kept on disk so that a stopped run goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hippo.retrieval.corruptions import Corruption

__all__ = ["Cell", "Store", "default_folder"]


@dataclass(frozen=True)
class Cell:
    """One model on one kind of cue; all that its result depends on beside the code."""

    #: "MNIST", "CIFAR-10", "scenes".
    data: str
    #: What is stored: "pixels", "oracle slots" or a VAE.
    space: str
    model: str
    corruption: Corruption
    n_stored: int
    n_blocks: int
    #: Cues per block, the first of them; None: one for every pattern.
    n_cues: int | None = None
    seed: int = 0
    #: Largest distance of a success.
    threshold: float = 2.0
    #: What else the result depends on: a fingerprint of the data, and how what was trained was trained.
    made: str = ""

    @property
    def key(self) -> str:
        """A name for the result that changes with the cell and with the code that computes it."""
        content = json.dumps(asdict(self), sort_keys=True) + _code()
        return hashlib.sha256(content.encode()).hexdigest()[:24]


class Store:
    """Blocks of results by cell; without a folder nothing outlives the store."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._kept: dict[str, list[dict[str, Any]]] = {}

    def get(self, cell: Cell) -> list[dict[str, Any]] | None:
        """Return the blocks of a cell, or None if it has to be computed; a broken file counts as none."""
        if cell.key not in self._kept and self.folder is not None:
            try:
                self._kept[cell.key] = json.loads((self.folder / f"{cell.key}.json").read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return None
        return self._kept.get(cell.key)

    def put(self, cell: Cell, blocks: list[dict[str, Any]]) -> None:
        """Keep the blocks of a cell, on disk whole or not at all."""
        self._kept[cell.key] = blocks
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(blocks, file)
        Path(name).replace(self.folder / f"{cell.key}.json")


def default_folder() -> Path:
    """Return where results are kept between runs: `$HIPPO_CACHE`, else the user's cache."""
    return Path(os.environ.get("HIPPO_CACHE") or Path.home() / ".cache" / "hippo") / "retrieval"


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
