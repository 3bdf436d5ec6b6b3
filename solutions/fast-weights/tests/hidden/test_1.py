"""Other lengths, and whether every choice is as likely as every other."""

import pytest
import torch

pytestmark = pytest.mark.question("1")


@pytest.mark.hint("K/2 pairs for any even K from 2 to 20; with K = 20 all ten digits come.")
def test_sequences_of_every_length(student, generator, holds):
    """Sequences of all lengths from 2 to 20 are right."""
    for length in range(2, 21, 2):
        seed = int(torch.randint(1, 10_000, (1,), generator=generator))
        tokens, targets = student.draw_sequences(10, length, seed)
        holds(tuple(tokens.shape) == (10, length + 2), f"length {length}: the shape is {tuple(tokens.shape)}")
        for row, target in zip(tokens.tolist(), targets.tolist(), strict=True):
            pairs = dict(zip(row[0:length:2], row[1:length:2], strict=True))
            sound = len(pairs) == len(set(pairs.values())) == length // 2 and row[-2] == 26
            holds(sound and set(pairs) <= set(range(26)) and set(pairs.values()) <= set(range(27, 37)), f"{row}")
            holds(pairs.get(row[-1]) == target, f"{row}: the target is {target} instead of {pairs.get(row[-1])}")


@pytest.mark.hint("All 26 letters, all ten digits at every place, and every pair asked for as often.")
def test_every_choice_is_as_likely(student, generator, holds):
    """Letters, digits, and which pair is asked for are each drawn evenly."""
    n = 4000
    tokens, _ = student.draw_sequences(n, 8, int(torch.randint(1, 10_000, (1,), generator=generator)))
    asked = (tokens[:, 0:8:2] == tokens[:, -1:]).long().argmax(dim=1)
    draws = {
        # quantiles of chi-squared with 25, 9 and 3 degrees of freedom that a right answer passes in all but 1e-9
        "first letter": (tokens[:, 0], 26, 96.0),
        "last letter": (tokens[:, 6], 26, 96.0),
        "first digit": (tokens[:, 1] - 27, 10, 61.0),
        "last digit": (tokens[:, 7] - 27, 10, 61.0),
        "pair asked for": (asked, 4, 45.0),
    }
    for name, (drawn, n_values, bound) in draws.items():
        inside = drawn.clamp(0, n_values - 1).long()
        counts = torch.bincount(inside, minlength=n_values).double()
        statistic = float(((counts - n / n_values) ** 2).sum() / (n / n_values))
        holds(statistic < bound, f"{name}: some of the {n_values} values come too often, others too seldom")


@pytest.mark.hint("Draw letters and digits apart from each other.")
def test_letters_and_digits_are_drawn_apart(student, generator, holds):
    """Which letter comes first says nothing of which digit comes first."""
    n = 4000
    tokens, _ = student.draw_sequences(n, 4, int(torch.randint(1, 10_000, (1,), generator=generator)))
    low_letter, low_digit = (tokens[:, 0] < 13).double(), (tokens[:, 1] < 32).double()
    correlation = float(((low_letter - low_letter.mean()) * (low_digit - low_digit.mean())).mean()) * 4
    # its s.d. is 1/sqrt(n) = 0.016; six of them
    holds(abs(correlation) < 0.1, f"their correlation is {correlation:.2f} instead of about 0")


@pytest.mark.hint("What is drawn next does not follow from what was drawn before.")
def test_any_two_letters_and_any_two_digits_meet(student, generator, holds):
    """Which letter or digit comes first says nothing of which other one comes next."""
    tokens, _ = student.draw_sequences(4000, 8, int(torch.randint(1, 10_000, (1,), generator=generator)))
    for place in (2, 6):
        # 650 ordered pairs of letters, of which 650 e^-6.15 = 1.4 are missing, and 90 of digits, 90 e^-44.
        letters = {tuple(pair) for pair in tokens[:, [0, place]].tolist()}
        digits = {tuple(pair) for pair in tokens[:, [1, place + 1]].tolist()}
        holds(len(letters) > 630, f"{len(letters)} of 650 pairs of letters come together in one sequence")
        holds(len(digits) == 90, f"{len(digits)} of 90 pairs of digits come together in one sequence")
