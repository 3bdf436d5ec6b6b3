# %% [markdown]
# # Three small questions
#
# Every hostile submission attacks one of them and answers the other two honestly.

# %%
import numpy as np
import torch

from autograder import check


# %% id="overlap" role="answer" question="1"
def overlap(pattern: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
    """Overlap m = ξ·s / N of a pattern with a state, both of shape (N,)."""
    ### BEGIN SOLUTION
    return (pattern * state).mean()
    ### END SOLUTION


# %% id="check-1" role="check" question="1"
check("1")


# %% id="weights" role="answer" question="2"
def weights(patterns: torch.Tensor) -> torch.Tensor:
    """Hebbian weights W = Ξᵀ Ξ / N of patterns (P, N), with a zero diagonal."""
    ### BEGIN SOLUTION
    product = patterns.T @ patterns / patterns.shape[1]
    return product - torch.diag(torch.diag(product))
    ### END SOLUTION


# %% id="check-2" role="check" question="2"
check("2")


# %% id="flips" role="answer" question="3"
def flips(pattern: torch.Tensor, state: torch.Tensor) -> int:
    """Number of units in which two patterns differ."""
    ### BEGIN SOLUTION
    return int((np.asarray(pattern) != np.asarray(state)).sum())
    ### END SOLUTION


# %% id="check-3" role="check" question="3"
check("3")
