"""A class in parts: which students belong to a part of an array job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.errors import UserError


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count`, counted from 1."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """A part as it is written, such as 2/10."""
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise UserError(f"--shard {text!r} is no part of a class: expected i/n with 1 ≤ i ≤ n, such as 2/10.")
        return cls(int(found[1]), int(found[2]))

    def of(self, students: Sequence[str]) -> list[str]:
        """Every `count`-th student from the `index`-th on: parts differ by one at most and share nobody.

        Example
        -------
        >>> Shard(2, 3).of(["ann", "ben", "cem", "dia", "eva"])
        ['ben', 'eva']
        """
        return list(students[self.index - 1 :: self.count])

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
