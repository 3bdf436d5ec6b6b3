"""Pictures of weight matrices."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import DIVERGING, to_array

__all__ = ["weight_matrix"]


def weight_matrix(weights: Tensor, ax: Axes | None = None, *, title: str = "") -> Axes:
    """Draw a weight matrix in diverging colours with symmetric limits, so that 0 is white.

    Parameters
    ----------
    weights
        (N, N); row i holds what unit i receives.
    ax
        Where to draw; a new figure if none is given.
    title
        Above the matrix.
    """
    values = to_array(weights)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.size == 0:
        raise ValueError(f"weights: expected shape (N, N), got {values.shape}")
    if ax is None:
        ax = plt.subplots(figsize=(5, 4), layout="constrained")[1]
    limit = float(np.abs(values).max()) or 1.0
    image = ax.imshow(values, cmap=DIVERGING, vmin=-limit, vmax=limit, interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label="weight")
    ax.set(xlabel="from unit", ylabel="to unit", title=title)
    symmetric = "symmetric" if np.allclose(values, values.T, atol=1e-6 * limit) else "not symmetric"
    diagonal = "zero" if not np.diag(values).any() else "not zero"
    describe(
        ax,
        f"{title + ': ' if title else ''}Weights between {len(values)} units from {values.min():.3g} to "
        f"{values.max():.3g}, {symmetric}, diagonal {diagonal}.",
    )
    return ax
