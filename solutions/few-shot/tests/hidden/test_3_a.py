"""The memory on fresh embeddings."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("The order of the embeddings matters; d is the number of features, n the number of embeddings.")
def test_other_embeddings_are_written(student, generator, reference, same):
    """The matrix is right for other numbers of embeddings and features."""
    for n, d in ((1, 4), (3, 6), (8, 5), (5, 16)):
        embeddings = 2 * torch.rand(n, d, generator=generator)
        same(student.write(embeddings), reference.write(embeddings))


@pytest.mark.hint("M need not be symmetric: unit i receives row i of it.")
def test_other_rows_are_recalled(student, generator, reference, same):
    """Reading is right for other matrices and queries."""
    for m, d in ((1, 4), (6, 8), (10, 16)):
        memory = torch.rand(d, d, generator=generator) - 0.5
        rows = 2 * torch.rand(m, d, generator=generator)
        same(student.recall(memory, rows), reference.recall(memory, rows))
