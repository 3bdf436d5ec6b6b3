"""Episodes by chance and from fresh drawings."""

import pytest
import torch

pytestmark = pytest.mark.question("1")


def counted(student, n_calls, *sizes):
    """Draw episodes, (n_calls, N), (n_calls, N, K + Q), (n_calls, N)."""
    draws = [student.draw(*sizes) for _ in range(n_calls)]
    return [torch.stack([torch.as_tensor(draw[i]) for draw in draws]) for i in range(3)]


@pytest.mark.hint("Every class and every drawing can be part of an episode, at any place.")
def test_everything_is_drawn_sometimes(student, holds):
    """Each class and each drawing turns up at each place, sooner or later."""
    # 80 draws of 3 places of 4 values: one value is missing at one place with 12 · 0.75^80 < 2e-9.
    classes, which, _ = counted(student, 80, 4, 4, 3, 2)
    for place in range(3):
        holds(set(classes[:, place].tolist()) == set(range(4)), "every class turns up at every place")
        holds(set(which[:, place, 0].tolist()) == set(range(4)), "every drawing turns up at every place")
        holds(set(which[:, place, 1].tolist()) == set(range(4)), "every drawing turns up at every place")


@pytest.mark.hint("Turns are drawn for every class and every episode, evenly from 0, 1, 2 and 3.")
def test_turns_are_drawn_per_class_and_episode(student, holds):
    """Each class is turned for itself, all four ways."""
    # 3 · 4 · 0.75^80 < 2e-9 for a missing turn; all alike in 80 draws of 3 classes: 16^-80.
    _, _, turns = counted(student, 80, 4, 4, 3, 2)
    for place in range(3):
        holds(set(turns[:, place].tolist()) == set(range(4)), "every class is turned by 0, 1, 2 and 3 quarters")
    holds(bool((turns != turns[:, :1]).any()), "the classes of an episode are turned differently")


@pytest.mark.hint("Draw the drawings of each class for itself.")
def test_drawings_are_drawn_per_class(student, holds):
    """The classes of an episode do not share their choice of drawings."""
    # Two classes with the same 1 of 4 drawings in all of 80 draws: 4^-80.
    _, which, _ = counted(student, 80, 4, 4, 3, 2)
    holds(bool((which != which[:, :1]).any()), "each class has drawings of its own")


@pytest.mark.hint("What is drawn next does not follow from what was drawn before.")
def test_every_pair_is_drawn_sometimes(student, holds):
    """Any two classes meet in an episode, and so do any two drawings and any two turns."""
    # 300 draws of 2 of 4 in order, 12 pairs, and of 16 pairs of turns: one is missing with 12 · (11/12)^300 < 6e-11
    # and 16 · (15/16)^300 < 7e-8.
    classes, which, turns = counted(student, 300, 4, 4, 2, 2)
    for what, pairs, many in (("classes", classes, 12), ("drawings", which[:, 0], 12), ("turns", turns, 16)):
        holds(len({tuple(pair) for pair in pairs.tolist()}) == many, f"any two {what} are drawn together sometimes")


@pytest.mark.hint("N, K and Q vary; every class has its own number of quarters.")
def test_episodes_of_other_sizes(student, generator, reference, same):
    """Images and labels are right for other numbers of classes, shots and queries."""
    sizes = ((3, 4, 2, 1, 2), (7, 6, 5, 2, 3), (4, 5, 4, 4, 1), (5, 5, 3, 1, 1))
    for n_classes, n_drawings, n_ways, n_shots, n_queries in sizes:
        drawings = torch.rand(n_classes, n_drawings, 4, 4, generator=generator)
        classes = torch.randperm(n_classes, generator=generator)[:n_ways]
        each = n_shots + n_queries
        which = torch.stack([torch.randperm(n_drawings, generator=generator)[:each] for _ in range(n_ways)])
        turns = torch.randint(0, 4, (n_ways,), generator=generator)
        arguments = (drawings, classes, which, turns, n_shots)
        for got, expected in zip(student.episode(*arguments), reference.episode(*arguments), strict=True):
            same(got, expected)
