"""Free energy on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("Half the summed squares; minus the log of the sum of exponentials, with no 1/N.")
def test_both_terms_of_one_code(student, same):
    """The example of the docstring gives 1/2 and 1/2."""
    accuracy, complexity = student.free_energy(
        torch.zeros(1, 2), torch.tensor([[3.0, 4.0]]), 5.0, torch.ones(1, 2), torch.tensor([[1.0, 0.0]])
    )
    same(accuracy, torch.tensor([0.5]))
    same(complexity, torch.tensor([0.5]))


@pytest.mark.hint("torch.logsumexp keeps far codes finite.")
def test_a_code_far_from_all_patterns(student, same):
    """Two patterns at a distance of 200 widths give 20,000 minus log 2, not infinity."""
    accuracy, complexity = student.free_energy(
        torch.zeros(2, 1), torch.tensor([[100.0]]), 0.5, torch.zeros(1, 3), torch.full((1, 3), 2.0)
    )
    same(accuracy, torch.tensor([6.0]))
    same(complexity, torch.tensor([20000 - 0.6931472]), rtol=1e-5)
