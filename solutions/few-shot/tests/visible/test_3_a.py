"""The memory on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("q comes from B, which holds the new embedding already; every step is divided by n d.")
def test_one_embedding_is_written(student, same):
    """A long embedding is written with a minus, a short one with a plus."""
    same(student.write(torch.tensor([[1.0, 0.0]])), torch.tensor([[-0.25, 0.0], [0.0, 0.0]]))
    same(student.write(torch.tensor([[0.5, 0.0]])), torch.tensor([[0.03125, 0.0], [0.0, 0.0]]))


@pytest.mark.hint("Start from M = 0 and take the rows in their order; B of the second holds M of the first.")
def test_two_embeddings_are_written_one_after_the_other(student, same):
    """The second embedding meets what the first has left."""
    # First: B = diag(1/2, 0), q = (1/2, 0): M = diag(-1/2, 0)/4. Second: B = diag(-1/8, 1/2), q = (0, 1/2):
    # M = diag(-1/8, 0) + (diag(-1/8, 1/2) - diag(0, 1))/4.
    same(student.write(torch.eye(2)), torch.tensor([[-0.15625, 0.0], [0.0, -0.125]]))


@pytest.mark.hint("u = e + M e first; then mean and variance of each row, with 1/d; then what is below 0 becomes 0.")
def test_two_rows_are_recalled(student, same):
    """Rows are pulled, normalised each for itself and rectified; the queries are left alone."""
    rows = torch.tensor([[1.0, 0.0], [1.0, 4.0]])
    kept = student.keep(rows)
    same(student.recall(torch.tensor([[1.0, 0.0], [0.0, 0.0]]), kept), torch.eye(2), atol=1e-4)
    same(kept.value(), rows)
