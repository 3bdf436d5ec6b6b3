"""Memories of fresh tables."""

import pytest
import torch

pytestmark = pytest.mark.question("4")


@pytest.mark.hint("Look the query up in the table; draw classes without replacement, then images without replacement.")
def test_memory_of_other_tables(student, generator, holds):
    """Classes and images are as many as stated, all different, and the query is not among them."""
    for n_classes, per_class, rows, columns in ((1, 3, 4, 5), (4, 2, 4, 6), (3, 4, 7, 5), (2, 1, 3, 2), (5, 3, 9, 4)):
        members = torch.randperm(1000, generator=generator)[: rows * columns].reshape(rows, columns)
        place = {int(number): c for c, row in enumerate(members) for number in row}
        kept = student.keep(members)
        for _ in range(6):
            query = int(members.flatten()[torch.randint(members.numel(), (), generator=generator)])
            memory = torch.as_tensor(student.draw_memory(kept, query, n_classes, per_class)).reshape(-1).long().tolist()
            holds(len(memory) == n_classes * per_class, f"Expected {n_classes * per_class} images, got {len(memory)}.")
            holds(len(set(memory)) == len(memory), "An image comes twice.")
            holds(query not in memory, "The query is in its own memory.")
            holds(all(number in place for number in memory), "A number is not in the table.")
            classes = [place[number] for number in memory]
            holds(len(set(classes)) == n_classes, f"Expected {n_classes} classes, got {len(set(classes))}.")
            holds(all(classes.count(c) == per_class for c in classes), f"Expected {per_class} images of each class.")
            holds(place[query] in classes, "The query's own class is missing.")
        holds(torch.equal(torch.as_tensor(kept.value()), members), "The table was changed.")


@pytest.mark.hint("Every other class and every image must have the same chance.")
def test_memories_are_drawn_evenly(student, holds):
    """All other classes come equally often, and so do all their images and all other images of the own class."""
    members = torch.arange(20).reshape(4, 5)
    counts = torch.zeros(20)
    n = 240
    for _ in range(n):
        counts[torch.as_tensor(student.draw_memory(members, 7, 2, 2)).reshape(-1).long()] += 1
    own, others = counts[[5, 6, 8, 9]], counts[[*range(5), *range(10, 20)]]
    # Two of four: 120 +- 7.7 each. Class of three: 80 +- 7.3, then two of five: 32 +- 5.3. Six standard errors.
    holds(bool(((own - n / 2).abs() < 47).all()), "Images of the own class do not come equally often.")
    classes = others.reshape(3, 5).sum(1) / 2
    holds(bool(((classes - n / 3).abs() < 44).all()), "Other classes do not come equally often.")
    holds(bool(((others - n * 2 / 15).abs() < 32).all()), "Images of other classes do not come equally often.")


@pytest.mark.hint("Which classes and images come next does not follow from those that came before.")
def test_any_two_classes_and_any_two_images_meet(student, holds):
    """Any two other classes share a memory sometimes, and so do any two images of the own class."""
    members = torch.arange(25).reshape(5, 5)
    classes, images = set(), set()
    # Two of four, 6 pairs each: one is missing in 200 draws with 6 · (5/6)^200 < 1e-15.
    for _ in range(200):
        memory = torch.as_tensor(student.draw_memory(members, 7, 3, 2)).reshape(-1).long()
        classes.add(frozenset((memory // 5).tolist()))
        images.add(frozenset(memory[memory // 5 == 1].tolist()))
    holds(len(classes) == 6, "Some other classes never share a memory.")
    holds(len(images) == 6, "Some images of the own class never share a memory.")
