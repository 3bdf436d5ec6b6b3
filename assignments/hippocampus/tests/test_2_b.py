"""The pseudo-inverse rule on examples that can be worked out by hand."""

import pytest
import torch

pytestmark = pytest.mark.question("2.b")


@pytest.mark.hint("(X^T X + lamb I)^-1 X^T has shape (d, n); lamb is added on the diagonal, before inverting.")
def test_pseudo_inverse_of_one_row(student, same):
    """The regularised pseudo-inverse of a single row is right, for two values of lambda."""
    X = torch.tensor([[1.0, 1.0]])
    same(student.pseudo_inv(X, 2.0), torch.tensor([[0.25], [0.25]]))
    same(student.pseudo_inv(X, 0.5), torch.tensor([[0.4], [0.4]]))


@pytest.mark.hint("The product of the pseudo-inverse with X, divided by the number of patterns n; nothing else.")
def test_pseudoinverse_weights_of_two_orthogonal_patterns(student, same):
    """The weights of two patterns without overlap are right."""
    X = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]])
    # X X^T = 4 I, so X+ = X^T / (4 + lambda), and half of X+ X is X^T X / (2 (4 + lambda))
    same(student.pseudoinverse_hopfield_matrix(X), X.T @ X / (2 * 4.01))
    same(student.pseudoinverse_hopfield_matrix(X, 1.0), X.T @ X / 10)


@pytest.mark.hint("Patterns as rows: W has as many rows and columns as a pattern has units.")
def test_pseudoinverse_weights_keep_stored_patterns(student, holds):
    """Patterns that overlap a lot are fixed points once they are stored."""
    X = torch.tensor([[1.0, 1, 1, 1, 1, 1, 1, -1], [1.0, 1, 1, 1, 1, 1, -1, -1], [1.0, 1, 1, 1, 1, -1, 1, -1]])
    W = torch.as_tensor(student.pseudoinverse_hopfield_matrix(X)).double()
    holds(tuple(W.shape) == (8, 8), f"the weights must have shape (8, 8), got {tuple(W.shape)}")
    holds(torch.equal(torch.sign(W @ X.T.double()), X.T.double()), "sign(W x) must be x for every stored pattern x")
