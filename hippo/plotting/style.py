"""Colours, markers and lines that colour-blind readers can tell apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["COLOURS", "DIVERGING", "LINES", "MARKERS", "to_array"]

#: Okabe & Ito (2008), Color Universal Design; without black and yellow, which text and paper need.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
#: Second cues beside the colour.
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
#: Diverging map for values around 0; always drawn with symmetric limits.
DIVERGING = "PuOr"


def to_array(values: Tensor | NDArray[np.floating] | list[float]) -> NDArray[np.float64]:
    """Copy data of any device to where matplotlib can read it."""
    if isinstance(values, Tensor):
        values = values.detach().cpu().numpy()
    return np.array(values, dtype=np.float64)
