"""Energy and recall on fresh networks of whole-numbered weights, whose fields are exact."""

import pytest
import torch

pytestmark = [pytest.mark.question("1.b"), pytest.mark.category("fresh inputs")]


def network(generator, n_units):
    upper = torch.triu(torch.randint(-3, 4, (n_units, n_units), generator=generator).float(), 1)
    return upper + upper.T


def states(generator, n, n_units):
    return torch.where(torch.rand(n, n_units, generator=generator) < 0.5, 1.0, -1.0)


@pytest.mark.hint("The sum runs over all pairs, both ways, and is halved; there is one energy per row.")
def test_energy_of_other_networks(student, generator, reference, same):
    """The energies are right for other numbers of units and states."""
    for n_units, n in ((1, 3), (5, 1), (12, 7)):
        weights, s = network(generator, n_units), states(generator, n, n_units)
        same(student.energy(weights, s), reference.energy(weights, s))


@pytest.mark.hint("All units at once, exactly n_steps times, field 0 keeps the value.")
def test_recall_of_other_networks(student, generator, reference, same):
    """Recall is right for networks with and without symmetry, for any number of steps."""
    for n_units, n, n_steps in ((6, 5, 1), (9, 4, 2), (8, 6, 7), (7, 1, 5)):
        weights, s = network(generator, n_units), states(generator, n, n_units)
        same(student.recall(weights, s, n_steps), reference.recall(weights, s, n_steps), atol=0)
        lopsided = torch.randint(-2, 3, (n_units, n_units), generator=generator).float()
        same(student.recall(lopsided, s, n_steps), reference.recall(lopsided, s, n_steps), atol=0)
