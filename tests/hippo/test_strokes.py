from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn.functional import max_pool2d

from hippo.glyphs import generate
from hippo.strokes import redraw, thin


def zhang_suen(image):
    """The algorithm as it was printed, a pixel at a time."""
    ink = np.pad(np.asarray(image, bool), 1)
    while True:
        taken = 0
        for first in (True, False):
            gone = []
            for y, x in zip(*np.nonzero(ink), strict=True):
                p2, p3, p4, p5, p6, p7, p8, p9 = (
                    ink[y + dy, x + dx]
                    for dy, dx in [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
                )
                order = [p2, p3, p4, p5, p6, p7, p8, p9, p2]
                starts = sum(not a and b for a, b in pairwise(order))
                if not 2 <= sum(order[:8]) <= 6 or starts != 1:
                    continue
                if first and not (p2 and p4 and p6) and not (p4 and p6 and p8):
                    gone.append((y, x))
                if not first and not (p2 and p4 and p8) and not (p2 and p6 and p8):
                    gone.append((y, x))
            for place in gone:
                ink[place] = False
            taken += len(gone)
        if not taken:
            return ink[1:-1, 1:-1]


def n_parts(image):
    """Count what hangs together, corners included: the highest number of each part spreads over all of it."""
    ink = image[None, None].float()
    number = torch.arange(1.0, ink.numel() + 1).reshape(ink.shape) * ink
    for _ in range(ink.numel()):
        number = max_pool2d(number, 3, 1, 1) * ink
    return len(number.unique()) - 1


@pytest.fixture(scope="module")
def drawings():
    """Generated characters with thick strokes, and blots."""
    glyphs = redraw(generate(1, 6, generator=torch.Generator().manual_seed(0)).images[::20].float(), width=4)
    blots = torch.rand(6, 1, 7, 7, generator=torch.Generator().manual_seed(0)).repeat_interleave(4, 2).repeat_interleave(4, 3)
    return torch.cat([glyphs.reshape(-1, 28, 28), (blots[:, 0] > 0.5).float()])


def test_thinning_is_that_of_zhang_and_suen(drawings):
    for image, line in zip(drawings, thin(drawings > 0.5), strict=True):
        np.testing.assert_array_equal(line.numpy(), zhang_suen(image.numpy() > 0.5))


def test_lines_lie_in_the_strokes_hang_together_as_they_did_and_stay_when_thinned_again(drawings):
    lines = thin(drawings > 0.5)
    assert not (lines & ~(drawings > 0.5)).any()
    assert lines.sum() < drawings.sum() / 2
    for image, line in zip(drawings, lines, strict=True):
        assert n_parts(line) == n_parts(image)
    assert torch.equal(thin(lines), lines)


def test_a_stroke_is_as_wide_as_the_pen_wherever_it_was_pressed_on():
    stroke = torch.zeros(28, 28)
    stroke[3:25, 10:13] = 0.6
    stroke[10:18, 8:15] = 1.0
    for width in (1, 2, 3):
        across = redraw(stroke, width)[13]
        assert across.sum() == width
        assert set(redraw(stroke, width).unique().tolist()) == {0.0, 1.0}
    assert redraw(torch.zeros(2, 3, 28, 28)).sum() == 0
