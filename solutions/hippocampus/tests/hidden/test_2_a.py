"""Hopfield network by the outer-product rule, on fresh inputs.

Networks with odd integer weights and an odd number of units never meet sign(0): every field is odd, exactly. Where
weights come from the learning rule, patterns are drawn again until no field comes near the threshold.
"""

import math

import pytest
import torch

pytestmark = [pytest.mark.question("2.a"), pytest.mark.category("fresh inputs")]


def bipolar(generator, rows, columns, p_up=0.5):
    return torch.where(torch.rand(rows, columns, generator=generator) < p_up, 1.0, -1.0)


def odd_weights(generator, num_units):
    """Symmetric, odd integers from -5 to 5."""
    upper = torch.triu(2.0 * torch.randint(-3, 3, (num_units, num_units), generator=generator) + 1)
    return upper + torch.triu(upper, 1).T


def smallest_field(W, states, num_iters):
    """The smallest |W s| that recall meets in any unit, step or row."""
    smallest = math.inf
    for _ in range(num_iters):
        fields = states @ W
        smallest = min(smallest, float(fields.abs().min()))
        states = torch.sign(fields)
    return smallest


@pytest.mark.hint("Follow the formula with the argument: log to base 2, times 2, rounded to the nearest whole number.")
def test_capacity_of_other_sizes(student, generator, same):
    """The capacity follows the formula for any number of units."""
    checked = 0
    while checked < 8:
        num_units = int(torch.randint(20, 3000, (1,), generator=generator))
        exact = num_units / (2 * math.log2(num_units))
        if abs(exact % 1 - 0.5) > 0.01:  # away from the tie of the rounding
            same(student.network_capacity(num_units), math.floor(exact + 0.5), atol=0)
            checked += 1
    same(student.network_capacity(100), 8, atol=0)  # 7.53: cutting off would give 7
    same(student.network_capacity(130), 9, atol=0)  # 9.26: rounding up would give 10


@pytest.mark.hint("One number: the mean over every element, for any shape.")
def test_mse_of_other_shapes(student, generator, reference, same):
    """The mean squared error is right for vectors, columns and matrices of any numbers."""
    for shape in ((7,), (5, 1), (4, 9), (1, 6)):
        a = torch.randn(shape, generator=generator)
        b = torch.randn(shape, generator=generator)
        same(student.mse(a, b), reference.mse(a.double(), b.double()))


@pytest.mark.hint("int(d * p) cuts off, in every row, whatever d is; p = 0 flips nothing and p = 1 everything.")
def test_corrupt_flips_the_exact_number_for_other_sizes(student, generator, same, holds):
    """The number of flipped pixels is exact for other sizes and shares, 0 and 1 included."""
    for rows, columns, p in ((5, 20, 0.33), (3, 31, 0.29), (4, 9, 0.0), (4, 9, 1.0), (1, 50, 0.1)):
        images = bipolar(generator, rows, columns)
        damaged = student.corrupt(images, p)
        holds(tuple(damaged.shape) == (rows, columns), "the shape must stay as it is")
        holds(bool((damaged.abs() == 1).all()), "every pixel must stay +1 or -1")
        same((damaged * images < 0).sum(dim=1), torch.full((rows,), int(columns * p)), atol=0)


@pytest.mark.hint("Every pixel needs the same chance, the first one included: torch.randperm gives that.")
@pytest.mark.category("randomness")
def test_corrupt_chooses_every_pixel_equally_often(student, holds):
    """Every pixel has the same chance to be flipped."""
    # 5 of 11 pixels in 400 rows: a pixel's count is binomial (400, 5/11), s.d. 9.96; 7 s.d. = 69.7.
    # Two-sided tail 2.6e-12, over 11 pixels less than 3e-11.
    images = torch.ones(400, 11)
    counts = (student.corrupt(images, 0.5) < 0).sum(dim=0)
    holds(bool((counts - 400 * 5 / 11).abs().max() < 70), "some pixels are flipped far more often than others")


@pytest.mark.hint("Draw for every row separately, and set no seed inside of the function.")
@pytest.mark.category("randomness")
def test_corrupt_draws_anew_for_every_row_and_call(student, holds):
    """Every picture has its own noise, and the next call brings other noise."""
    # 12870 ways to flip 8 of 16 pixels. 40 rows with fewer than 30 different ones, or two equal calls: below 1e-20.
    images = torch.ones(40, 16)
    first = student.corrupt(images, 0.5)
    second = student.corrupt(images, 0.5)
    holds(len({tuple(row.tolist()) for row in first}) >= 30, "different pictures must have different pixels flipped")
    holds(not torch.equal(first, second), "two calls must not flip the same pixels")


@pytest.mark.weight(2)
@pytest.mark.hint("theta is one mean over all elements; divide by N, the number of rows; take out the whole diagonal.")
def test_outer_product_of_random_patterns(student, generator, reference, same):
    """The matrix of the outer-product rule is right for random patterns, more or fewer than units."""
    for rows, columns, p_up in ((7, 12, 0.2), (13, 6, 0.7), (1, 9, 0.3), (2, 5, 0.4)):
        patterns = bipolar(generator, rows, columns, p_up)
        patterns[0, :3] = torch.tensor([1.0, -1.0, -1.0])
        wanted = reference.outer_product_hopfield_matrix(patterns.double())
        same(student.outer_product_hopfield_matrix(patterns), wanted)


@pytest.mark.hint("D is a mean over patterns: to see every pattern twice changes nothing.")
def test_outer_product_is_a_mean_over_patterns(student, generator, same):
    """Storing every pattern twice gives the same matrix, which is symmetric and has no diagonal."""
    patterns = bipolar(generator, 5, 8, 0.3)
    once = student.outer_product_hopfield_matrix(patterns)
    twice = student.outer_product_hopfield_matrix(torch.cat([patterns, patterns]))
    same(twice, once)
    same(once, once.T)
    same(torch.diag(once), torch.zeros(8))


@pytest.mark.hint("patterns -= theta changes the caller's tensor; patterns - theta makes a new one.")
@pytest.mark.category("arguments left as they are")
def test_outer_product_leaves_its_input_alone(student, generator, same):
    """The training patterns handed in are the same afterwards."""
    patterns = bipolar(generator, 4, 7, 0.25)
    kept = student.keep(patterns)
    student.outer_product_hopfield_matrix(kept)
    same(kept.value(), patterns, atol=0)


@pytest.mark.weight(2)
@pytest.mark.hint("Exactly num_iters steps, each s <- sign(W s - threshold) for all units at once.")
def test_recall_in_random_networks(student, generator, reference, same):
    """State and similarities are right after other numbers of steps and with other thresholds."""
    for num_units, num_patterns, num_iters, threshold in ((9, 3, 1, 0), (11, 4, 2, 4), (7, 2, 3, -6), (13, 1, 4, 2)):
        while True:  # until the threshold, its sign and the steps after the first matter
            W = odd_weights(generator, num_units)
            cue = bipolar(generator, num_units, 1)
            others = {(1, threshold), (num_iters, 0), (num_iters, -threshold)} - {(num_iters, threshold)}
            state = reference.evaluate_hopfield_network(W, cue, None, num_iters, threshold)[0]
            if not any(torch.equal(state, reference.evaluate_hopfield_network(W, cue, None, *o)[0]) for o in others):
                break
        patterns = bipolar(generator, num_patterns, num_units)
        got, similarities = student.evaluate_hopfield_network(W, cue, patterns, num_iters, threshold)
        wanted, wanted_similarities = reference.evaluate_hopfield_network(
            W.double(), cue.double(), patterns.double(), num_iters, threshold
        )
        same(got, wanted, atol=0)
        same(similarities, wanted_similarities, atol=0)


@pytest.mark.hint("The defaults are num_iters=5 and threshold=0; take all steps even if the state repeats itself.")
def test_recall_takes_five_steps_unless_told(student, generator, same):
    """Without further arguments, five steps are taken against a threshold of 0."""
    pattern = bipolar(generator, 1, 9)
    flipping = -(pattern.T @ pattern)  # every step turns the pattern into its negative
    state, similarities = student.evaluate_hopfield_network(flipping, pattern.T, pattern)
    same(state, -pattern.T, atol=0)
    same(similarities, torch.tensor([[-9.0], [9.0], [-9.0], [9.0], [-9.0]]), atol=0)
    state, similarities = student.evaluate_hopfield_network(-flipping, pattern.T, pattern)
    same(similarities, torch.full((5, 1), 9.0), atol=0)


@pytest.mark.hint("Build a new state instead of writing into the cue.")
@pytest.mark.category("arguments left as they are")
def test_recall_leaves_its_input_alone(student, generator, same):
    """The cue handed in is the same afterwards."""
    cue = bipolar(generator, 9, 1)
    kept = student.keep(cue)
    student.evaluate_hopfield_network(-torch.eye(9), kept, None, 3)
    same(kept.value(), cue, atol=0)


@pytest.mark.hint("Rows of the images, each drawn at most once, in the sizes asked for.")
def test_draws_are_rows_of_the_images(student, generator, same, holds):
    """Both sets consist of whole pictures, none of which is drawn twice."""
    images = torch.randn(40, 3, generator=generator)
    train, test = student.draw_sets(images, 17, 9)
    same(torch.tensor([*train.shape, *test.shape]), torch.tensor([17, 3, 9, 3]), atol=0)
    row_of = {tuple(row.tolist()): i for i, row in enumerate(images)}
    drawn = [row_of.get(tuple(row.tolist()), -1) for row in torch.cat([train, test])]
    holds(-1 not in drawn, "a drawn picture is not a row of the images")
    holds(len(set(drawn)) == 26, "a picture was drawn twice")
    # two sets that know nothing of each other share no picture with probability 1 / (40 choose 20) = 7e-12
    drawn = torch.cat(student.draw_sets(images, 20, 20))
    holds(len({tuple(row.tolist()) for row in drawn}) == 40, "20 + 20 of 40 pictures must be all of them")


@pytest.mark.hint("torch.randperm over all rows, anew in every call and without a fixed seed.")
@pytest.mark.category("randomness")
def test_draws_are_random(student, holds):
    """Every call draws other pictures, from anywhere in the set."""
    # 100 of 300 rows: the number from the first (or last) 100 is hypergeometric, mean 33.3, s.d. 3.86;
    # 7 s.d. = 27. Tail below 1e-10 for each of the four counts.
    images = torch.arange(300.0).reshape(300, 1)
    train, test = student.draw_sets(images, 100, 100)
    for drawn in (train, test):
        for inside in (drawn < 100, drawn >= 200):
            holds(abs(int(inside.sum()) - 100 / 3) < 27, "the pictures come from one part of the set")
    holds(not torch.equal(train, student.draw_sets(images, 100, 100)[0]), "two calls must not draw the same pictures")


@pytest.mark.weight(2)
@pytest.mark.hint("Recall every cue with the threshold and number of steps given, and compare with its target.")
def test_recall_error_of_random_networks(student, generator, reference, same):
    """The recall error is right for other networks, targets, numbers of steps and thresholds."""
    for rows, num_units, num_iters, threshold in ((4, 9, 1, 0), (3, 11, 2, 4), (1, 7, 3, -2), (5, 5, 1, 2)):
        while True:  # until the threshold, its sign and the number of steps matter
            W = odd_weights(generator, num_units)
            cues = bipolar(generator, rows, num_units)
            targets = bipolar(generator, rows, num_units)
            others = {(1, threshold), (5 if num_iters == 1 else 1, threshold), (num_iters, 0), (num_iters, -threshold)}
            wanted = reference.recall_error(W, cues, targets, num_iters, threshold)
            if all(wanted != reference.recall_error(W, cues, targets, *o) for o in others - {(num_iters, threshold)}):
                break
        same(student.recall_error(W, cues, targets, num_iters, threshold), wanted)
    same(student.recall_error(W, cues, targets, threshold=2), wanted)


@pytest.mark.weight(2)
@pytest.mark.hint("Only the first n training patterns are stored; the test patterns never are.")
def test_errors_by_count_of_random_patterns(student, generator, reference, same):
    """Train and test errors are right for several numbers of stored patterns and of steps."""
    rule = student.ref("outer_product_hopfield_matrix")
    for counts, num_iters in (([5, 1, 3], 1), ([2, 4], 3)):
        while True:  # until no field is near 0 and the errors tell the counts apart
            stored = bipolar(generator, 6, 15, 0.35)
            unseen = bipolar(generator, 4, 15, 0.35)
            matrices = [reference.outer_product_hopfield_matrix(stored[:n].double()) for n in counts]
            margins = [smallest_field(W, torch.cat([stored, unseen]).double(), num_iters) for W in matrices]
            wanted = reference.error_by_count(
                reference.outer_product_hopfield_matrix, stored.double(), unseen.double(), counts, num_iters
            )
            if min(margins) > 1e-3 and min(len(set(errors.tolist())) for errors in wanted) > 1:
                break
        train_errors, test_errors = student.error_by_count(rule, stored, unseen, counts, num_iters)
        same(train_errors, wanted[0])
        same(test_errors, wanted[1])


@pytest.mark.hint("Use the learning rule that is handed in, make_matrix, not a particular one.")
def test_errors_by_count_use_the_rule_given(student, generator, same):
    """With a rule that keeps every cue, all errors are 0."""
    name = "no_memory_matrix" if student.defines("no_memory_matrix") else "outer_product_hopfield_matrix"
    stored = torch.tensor([[1.0, 1.0, -1.0, -1.0, -1.0, 1.0], [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]])
    unseen = bipolar(generator, 3, 6) if name == "no_memory_matrix" else stored[:1]
    train_errors, test_errors = student.error_by_count(student.ref(name), stored, unseen, [1, 2, 1])
    if name == "no_memory_matrix":
        same(train_errors, torch.zeros(3))
        same(test_errors, torch.zeros(3))


@pytest.mark.hint("Start every level from the clean pictures; flip int(d * p) pixels; compare with the clean pictures.")
def test_errors_by_noise_of_other_levels(student, generator, same):
    """With the identity matrix, every level gives 4 times its exact share of flipped pixels."""
    levels = [0.4, 0.1, 0.0, 0.9, 0.25]
    images = bipolar(generator, 5, 13)
    expected = torch.tensor([4 * int(13 * p) / 13 for p in levels])
    same(student.error_by_noise(torch.eye(13), images, levels, 2), expected)


@pytest.mark.hint("Recall from the damaged pictures, num_iters steps (5 unless told), then compare.")
def test_errors_by_noise_after_recall(student, generator, same):
    """A network with one stored pattern repairs it; a network that swaps units shows how many steps were taken."""
    pattern = bipolar(generator, 1, 15)
    images = torch.cat([pattern, -pattern, pattern])
    got = student.error_by_noise(pattern.T @ pattern, images, [0.4, 1.0, 0.2], 3)
    same(got, torch.tensor([0.0, 4.0, 0.0]))
    swapping = torch.eye(6)[[1, 0, 3, 2, 5, 4]]
    images = torch.tensor([[1.0, -1.0, 1.0, 1.0, 1.0, 1.0], [1.0, -1.0, -1.0, 1.0, -1.0, -1.0]])
    same(student.error_by_noise(swapping, images, [0.0]), torch.tensor([2.0]))  # five steps: 2 + 4 of 12 are wrong
    same(student.error_by_noise(swapping, images, [0.0], 2), torch.tensor([0.0]))
