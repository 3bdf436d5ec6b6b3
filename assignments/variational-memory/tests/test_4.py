"""Memories on a small example."""

import pytest
import torch

pytestmark = pytest.mark.question("4")


@pytest.mark.hint("The own class gives its other drawings; the query itself is never among them.")
def test_memory_of_the_example(student, holds):
    """The example of the docstring: both others of the own class, two of the other class."""
    members = torch.tensor([[10, 11, 12], [20, 21, 22]])
    for _ in range(10):
        memory = torch.as_tensor(student.draw_memory(members, 11, 2, 2)).reshape(-1).tolist()
        holds(len(memory) == 4 and len(set(memory)) == 4, f"Expected four different images, got {memory}.")
        holds({10, 12} <= set(memory), f"Expected 10 and 12 of the query's own class, got {memory}.")
        holds(len(set(memory) & {20, 21, 22}) == 2, f"Expected two of 20, 21, 22, got {memory}.")
