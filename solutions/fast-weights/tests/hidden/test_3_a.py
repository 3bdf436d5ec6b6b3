"""Reading from fresh states, and from states whose matrix fits nowhere."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("A_t v = rate sum_tau decay^(t-1-tau) h_tau (h_tau . v), for each sequence of the batch.")
def test_other_states_are_read(student, generator, reference, same):
    """What is read is right for other sizes, decays and rates."""
    for n, n_states, n_hidden, decay, rate in ((3, 4, 6, 0.9, 0.5), (1, 1, 5, 0.5, 1.0), (2, 12, 40, 0.8, 0.2)):
        states = torch.randn(n, n_states, n_hidden, generator=generator)
        v = torch.randn(n, n_hidden, generator=generator) / n_hidden**0.5
        same(student.read_by_attention(states, v, decay, rate), reference.read_by_attention(states, v, decay, rate))


@pytest.mark.hint("A = sum decay^(t-1-tau) rate h h^T, written state by state, gives the same A v.")
def test_it_is_what_the_matrix_gives(student, generator, same):
    """What is read is what the matrix of question 2 gives."""
    states, v = torch.randn(2, 5, 6, generator=generator), torch.randn(2, 6, generator=generator)
    memory = torch.zeros(2, 6, 6)
    for h in states.unbind(1):
        memory = 0.7 * memory + 0.4 * h[:, :, None] * h[:, None, :]
    same(student.read_by_attention(states, v, 0.7, 0.4), (memory @ v[:, :, None])[:, :, 0])


@pytest.mark.hint("(h h^T) v = h (h . v): the right-hand side needs no matrix.")
def test_no_matrix_is_needed(student, generator, reference, same):
    """States of 30,000 units are read; their matrix would need 3.6 GB."""
    states = torch.randn(1, 2, 30_000, generator=generator)
    v = torch.randn(1, 30_000, generator=generator) / 300
    same(student.read_by_attention(states, v, 0.9, 0.5), reference.read_by_attention(states, v, 0.9, 0.5))
