"""Episodes: what they are made of, and how they are built."""

import pytest
import torch

pytestmark = pytest.mark.question("1")


@pytest.mark.hint("torch.randperm(n)[:k] gives k different numbers below n; draw anew for every class.")
def test_draws_are_within_range_and_different(student, holds):
    """Classes differ, drawings of a class differ, everything is within range."""
    for _ in range(10):
        classes, which, turns = (torch.as_tensor(x) for x in student.draw(6, 4, 3, 2))
        shapes = [tuple(x.shape) for x in (classes, which, turns)]
        holds(shapes == [(3,), (3, 2), (3,)], "the shapes are (3,), (3, 2) and (3,)")
        holds(len(set(classes.tolist())) == 3, "the classes of an episode are different")
        holds(all(len(set(row)) == 2 for row in which.tolist()), "the drawings of a class are different")
        holds(set(classes.tolist()) <= set(range(6)), "classes are numbers from 0 to C - 1")
        holds(set(which.flatten().tolist()) <= set(range(4)), "drawings are numbers from 0 to D - 1")
        holds(set(turns.tolist()) <= set(range(4)), "turns are numbers from 0 to 3")


@pytest.mark.hint("The first K columns of `which` are shown, shot by shot; the others are asked for, class by class.")
def test_an_episode_of_two_small_classes(student, same):
    """Images and labels of an episode of two shots come in the order that is asked for; the drawings are left alone."""
    drawings = torch.arange(3 * 4 * 4).reshape(3, 4, 2, 2).float()
    kept = student.keep(drawings)
    classes, which, turns = torch.tensor([2, 0]), torch.tensor([[3, 0, 1], [1, 2, 3]]), torch.tensor([0, 0])
    support, support_labels, query, query_labels = student.episode(kept, classes, which, turns, 2)
    same(support, torch.stack([drawings[2, 3], drawings[0, 1], drawings[2, 0], drawings[0, 2]]))
    same(support_labels, torch.tensor([0, 1, 0, 1]))
    same(query, torch.stack([drawings[2, 1], drawings[0, 3]]))
    same(query_labels, torch.tensor([0, 1]))
    same(kept.value(), drawings)


@pytest.mark.hint("All drawings of class i are turned by turns[i] quarters, those that are asked for too.")
def test_a_class_is_turned_as_a_whole(student, same):
    """What is shown and what is asked for are turned alike, counter-clockwise."""
    drawings = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]])
    support, _, query, _ = student.episode(drawings, torch.tensor([0]), torch.tensor([[0, 1]]), torch.tensor([1]), 1)
    same(support, torch.tensor([[[2.0, 4.0], [1.0, 3.0]]]))
    same(query, torch.tensor([[[6.0, 8.0], [5.0, 7.0]]]))
