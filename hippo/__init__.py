"""Models of the hippocampus and of associative memory, read equations first.

Modules load when they are first used, so that `import hippo` costs nothing and works where an
assignment withholds some of them:

>>> import hippo
>>> hippo.patterns.sign.__name__
'sign'
"""

from __future__ import annotations

import importlib
from types import ModuleType

__version__ = "0.1.0"

__all__ = [
    "attractors",
    "autoencoder",
    "checkpoints",
    "cifar",
    "clevr",
    "conditioning",
    "corruption",
    "datafiles",
    "datasets",
    "dense",
    "dynamics",
    "experiments",
    "fast_weights",
    "few_shot",
    "glauber",
    "glyphs",
    "hopfield",
    "learning_rules",
    "memory",
    "memory_addressing",
    "metrics",
    "modern",
    "omniglot",
    "pattern_memory",
    "patterns",
    "plotting",
    "predictive_coding",
    "retrieval",
    "scenes",
    "sequences",
    "storkey",
    "strokes",
    "training",
    "trajectories",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"hippo.{name}")
    raise AttributeError(f"module 'hippo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
