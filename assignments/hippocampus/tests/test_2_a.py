"""Hopfield network by the outer-product rule, on examples that can be worked out by hand."""

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


@pytest.mark.hint("log2 is the logarithm to base 2; round() goes to the nearest whole number, int() cuts off.")
def test_capacity_of_256_and_784_units(student, same):
    """The capacity of 256 units is 16, that of 784 units 41."""
    same(student.network_capacity(256), 16, atol=0)
    same(student.network_capacity(784), 41, atol=0)


@pytest.mark.hint("A mean, not a sum, of squares, not of absolute values, over all elements at once.")
def test_mse_of_two_small_pictures(student, same):
    """The mean squared error of a small example is right, and is one number."""
    same(student.mse(torch.tensor([[1.0, -1.0], [1.0, 1.0]]), torch.tensor([[1.0, 1.0], [1.0, -1.0]])), 2.0)
    same(student.mse(torch.tensor([[0.0, 0.0, 3.0]]), torch.tensor([[1.0, 0.0, 0.0]])), 10 / 3)


@pytest.mark.hint("int(d * p) pixels in every row: 4 of 10 here. Choose them one row at a time, without replacement.")
def test_corrupt_flips_the_exact_number(student, same, holds):
    """Every picture loses exactly int(d * p) pixels to the noise."""
    images = torch.ones(6, 10)
    images[:, ::3] = -1
    damaged = student.corrupt(images, 0.48)
    holds(tuple(damaged.shape) == (6, 10), f"the result must keep the shape (6, 10), got {tuple(damaged.shape)}")
    holds(bool((damaged.abs() == 1).all()), "every pixel must stay +1 or -1")
    same((damaged * images < 0).sum(dim=1), torch.full((6,), 4), atol=0)


@pytest.mark.hint("Work on a copy: images.clone(), or build a new tensor with torch.where.")
def test_corrupt_leaves_its_input_alone(student, same):
    """The pictures handed in are the same afterwards."""
    images = torch.ones(3, 8)
    kept = student.keep(images)
    student.corrupt(kept, 0.5)
    same(kept.value(), images, atol=0)


@pytest.mark.hint("theta = 0 here, so D is the outer product of the pattern with itself; then its diagonal goes.")
def test_outer_product_of_one_balanced_pattern(student, same):
    """One pattern with as many +1 as -1: the outer product without its diagonal."""
    x = torch.tensor([[1.0, 1.0, -1.0, -1.0]])
    same(student.outer_product_hopfield_matrix(x), x.T @ x - torch.eye(4))


@pytest.mark.hint("theta is one number, the mean of all six elements: 1/3. D is divided by the number of patterns, 2.")
def test_outer_product_around_the_mean_of_all_elements(student, same):
    """Two patterns with more +1 than -1: theta is their common mean."""
    patterns = torch.tensor([[1.0, 1.0, -1.0], [1.0, -1.0, 1.0]])
    # deviations from 1/3: (2/3, 2/3, -4/3) and (2/3, -4/3, 2/3); half the sums of their products
    expected = torch.tensor([[0, -2 / 9, -2 / 9], [-2 / 9, 0, -8 / 9], [-2 / 9, -8 / 9, 0]])
    same(student.outer_product_hopfield_matrix(patterns), expected)


@pytest.mark.hint("All units change at once: compute W @ s first, then take the sign of all of it.")
def test_recall_swaps_two_units(student, same, holds):
    """Two units that drive each other swap their states in every step; similarities are noted after each step."""
    W = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    cue = torch.tensor([[1.0], [-1.0]])
    state, similarities = student.evaluate_hopfield_network(W, cue, torch.tensor([[1.0, -1.0]]), 3)
    same(state, torch.tensor([[-1.0], [1.0]]), atol=0)
    same(similarities, torch.tensor([[-2.0], [2.0], [-2.0]]), atol=0)
    _, similarities = student.evaluate_hopfield_network(W, cue, None, 3)
    holds(similarities is None, "without training patterns, the similarities must be None")


@pytest.mark.hint("s <- sign(W s - threshold): the threshold is subtracted from the field before the sign is taken.")
def test_recall_compares_fields_with_the_threshold(student, same):
    """A unit is up when its field exceeds the threshold."""
    W = torch.tensor([[0.0, 2.0, 1.0], [2.0, 0.0, -1.0], [1.0, -1.0, 0.0]])
    cue = torch.ones(3, 1)  # fields 3, 1 and 0
    state, _ = student.evaluate_hopfield_network(W, cue, num_iters=1, threshold=2)
    same(state, torch.tensor([[1.0], [-1.0], [-1.0]]), atol=0)


@pytest.mark.hint("Look at the cue's shape first and raise ValueError unless it is (d, 1).")
def test_recall_refuses_a_cue_that_is_no_column(student):
    """A cue that is not a single column is refused with an error."""
    W = torch.tensor([[0.0, 2.0, 1.0], [2.0, 0.0, -1.0], [1.0, -1.0, 0.0]])
    student.evaluate_hopfield_network(W, torch.ones(3, 1), None, 1)  # a column is not refused
    for shape in ((3,), (1, 3), (3, 2)):
        student.refuses("evaluate_hopfield_network", W, torch.ones(shape), None, 1)


@pytest.mark.hint("Shuffle the row numbers once, and cut the list into two pieces that do not touch.")
def test_draws_have_the_right_sizes_and_do_not_overlap(student, same, holds):
    """Training and test set have the sizes asked for and share no picture."""
    images = torch.arange(12.0).reshape(6, 2)
    train, test = student.draw_sets(images, 4, 2)
    same(torch.tensor([*train.shape, *test.shape]), torch.tensor([4, 2, 2, 2]), atol=0)
    drawn = torch.cat([train, test])
    holds(len({float(v) for v in drawn[:, 0]}) == 6, "a picture was drawn twice: 4 + 2 out of 6 must be all of them")
    same(drawn[drawn[:, 0].argsort()], images, atol=0)


@pytest.mark.hint("Turn each row of the cues into a column, recall it, and compare what came out with the target.")
def test_recall_error_of_two_units_that_swap(student, same):
    """The recall error compares what was recalled with the targets."""
    W = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    cues = torch.tensor([[1.0, -1.0], [1.0, 1.0]])
    same(student.recall_error(W, cues, cues), 2.0)
    same(student.recall_error(W, cues, cues, num_iters=2), 0.0)


@pytest.mark.hint("For every n: make the matrix from the first n training patterns only, then measure twice.")
def test_errors_by_count_of_a_single_pattern(student, same):
    """A balanced pattern stored alone and its negative are recalled without error; what is half like it is not."""
    pattern = torch.tensor([[1.0, 1.0, 1.0, -1.0, -1.0, -1.0]])
    unseen = torch.tensor([[-1.0, -1.0, -1.0, 1.0, 1.0, 1.0], [1.0, 1.0, -1.0, -1.0, -1.0, 1.0]])
    rule = student.ref("outer_product_hopfield_matrix")
    train_errors, test_errors = student.error_by_count(rule, pattern, unseen, [1])
    same(train_errors, torch.tensor([0.0]))
    # the negative is a fixed point, too; the other picture runs to the pattern: 2 of 12 pixels are wrong
    same(test_errors, torch.tensor([4 * 2 / 12]))


@pytest.mark.hint("Damage the clean pictures anew for every level, recall, and compare with the clean pictures.")
def test_errors_by_noise_of_a_network_that_keeps_its_cue(student, same):
    """The identity matrix leaves the damage as it is: the error is 4 times the share of flipped pixels."""
    same(student.error_by_noise(torch.eye(4), torch.ones(3, 4), [0, 0.5, 1], 2), torch.tensor([0.0, 2.0, 4.0]))
