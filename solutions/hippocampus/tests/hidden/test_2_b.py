"""The pseudo-inverse rule on fresh inputs."""

import pytest
import torch

pytestmark = [pytest.mark.question("2.b"), pytest.mark.category("fresh inputs")]


def bipolar(generator, rows, columns, p_up=0.5):
    return torch.where(torch.rand(rows, columns, generator=generator) < p_up, 1.0, -1.0)


@pytest.mark.weight(2)
@pytest.mark.hint("Use lamb as it is handed in, on the diagonal of the matrix that is inverted.")
def test_pseudo_inverse_of_random_matrices(student, generator, reference, same):
    """The regularised pseudo-inverse is right for fewer and for more rows than columns, and for any lambda."""
    for rows, columns, lamb in ((3, 8, 1.0), (7, 4, 0.3), (1, 5, 2.5), (4, 4, 5.0), (2, 12, 0.1)):
        X = torch.randn(rows, columns, generator=generator)
        same(student.pseudo_inv(X, lamb), reference.pseudo_inv(X.double(), lamb))


@pytest.mark.hint("Without a value, lamb is 0.01; it makes the matrix invertible even if a pattern occurs twice.")
def test_pseudo_inverse_with_equal_rows(student, generator, reference, same):
    """Rows that occur twice do no harm, and lambda is 0.01 unless told."""
    # small, so that lambda matters: X X^T has the eigenvalues 0.12 and 0
    X = 0.1 * bipolar(generator, 1, 6).repeat(2, 1)
    same(student.pseudo_inv(X), reference.pseudo_inv(X.double(), 0.01))


@pytest.mark.weight(2)
@pytest.mark.hint("W = X+ X / n with n the number of patterns; no mean taken off, diagonal kept.")
def test_pseudoinverse_weights_of_random_patterns(student, generator, reference, same):
    """The weights are right for random patterns and any lambda."""
    for rows, columns, lamb in ((4, 9, 1.0), (9, 5, 0.5), (1, 7, 3.0), (3, 16, 0.01)):
        patterns = bipolar(generator, rows, columns, 0.3)
        same(
            student.pseudoinverse_hopfield_matrix(patterns, lamb),
            reference.pseudoinverse_hopfield_matrix(patterns.double(), lamb),
        )


@pytest.mark.hint("X+ X is close to a projection onto the patterns: n W x = x, up to lambda.")
def test_pseudoinverse_weights_project_onto_the_patterns(student, generator, same):
    """n W leaves every stored pattern as it is, up to lambda, and W is symmetric."""
    patterns = bipolar(generator, 4, 24, 0.25)
    patterns[:, :4] = 2 * torch.eye(4) - 1  # four patterns that are surely independent
    W = torch.as_tensor(student.pseudoinverse_hopfield_matrix(patterns)).double()
    same(W, W.T)
    # X X^T >= 4 I by the first four columns, so lambda / (eigenvalue + lambda) < 0.0025: at most 0.0025 |x| = 0.013
    same(4 * W @ patterns.T.double(), patterns.T.double(), atol=0.015)


@pytest.mark.hint("Work on a copy of what you are handed.")
@pytest.mark.category("arguments left as they are")
def test_pseudoinverse_leaves_its_input_alone(student, generator, same):
    """The patterns handed in are the same afterwards."""
    patterns = bipolar(generator, 3, 6)
    kept = student.keep(patterns)
    student.pseudo_inv(kept)
    student.pseudoinverse_hopfield_matrix(kept)
    same(kept.value(), patterns, atol=0)
