"""Variational memory addressing: a model that looks an item up in the memory that comes with each query.

Read `estimators` first (the bound with its gradient), then `model`, then `objective`, which joins them.
"""

from __future__ import annotations

from hippo.memory_addressing.estimators import (
    ESTIMATORS,
    Estimator,
    bound,
    clamped_leave_one_out,
    exact_bound,
    learning_signals,
    leave_one_out,
    surrogate_loss,
)
from hippo.memory_addressing.evaluation import Estimate, Evaluation, estimate, evaluate
from hippo.memory_addressing.memories import (
    Batch,
    Layout,
    draw_memories,
    draw_shared_memories,
    queries_at,
    step_generator,
)
from hippo.memory_addressing.model import MemoryVAE, Sizes
from hippo.memory_addressing.objective import (
    Draws,
    Evidence,
    address,
    draw,
    enumerated_elbo,
    evidence,
    kl_address,
    loss,
)
from hippo.memory_addressing.training import TrainingConfig, new_model, next_batch, train

__all__ = [
    "ESTIMATORS",
    "Batch",
    "Draws",
    "Estimate",
    "Estimator",
    "Evaluation",
    "Evidence",
    "Layout",
    "MemoryVAE",
    "Sizes",
    "TrainingConfig",
    "address",
    "bound",
    "clamped_leave_one_out",
    "draw",
    "draw_memories",
    "draw_shared_memories",
    "enumerated_elbo",
    "estimate",
    "evaluate",
    "evidence",
    "exact_bound",
    "kl_address",
    "learning_signals",
    "leave_one_out",
    "loss",
    "new_model",
    "next_batch",
    "queries_at",
    "step_generator",
    "surrogate_loss",
    "train",
]
