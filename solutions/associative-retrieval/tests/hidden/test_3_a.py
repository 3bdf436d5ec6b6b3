"""Free energy of fresh codes."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("One pair of numbers per code; sums over pixels, a log of a sum over patterns.")
def test_free_energies_of_other_codes(student, generator, reference, same):
    """Both terms are right for other sizes and widths."""
    for n, b, d, p, sigma in ((1, 2, 3, 5, 0.5), (6, 4, 2, 64, 1.5), (5, 1, 8, 9, 2.0), (4, 4, 4, 4, 0.75)):
        patterns = torch.randint(-8, 9, (n, d), generator=generator) / 4
        codes = torch.randint(-8, 9, (b, d), generator=generator) / 4
        images, decoded = torch.rand(2, b, p, generator=generator)
        found = student.free_energy(patterns, codes, sigma, images, decoded)
        for got, right in zip(found, reference.free_energy(patterns, codes, sigma, images, decoded), strict=True):
            same(got, right)
