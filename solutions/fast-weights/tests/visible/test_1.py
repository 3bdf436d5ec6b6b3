"""Sequences of the task, looked at one by one."""

import pytest

pytestmark = pytest.mark.question("1")


@pytest.mark.hint("tokens: (n, K + 2), targets: (n,); both int64.")
def test_there_are_as_many_sequences_as_asked_for(student, holds):
    """Five sequences of length 6 have the shapes (5, 8) and (5,)."""
    tokens, targets = student.draw_sequences(5, 6, 0)
    holds(tuple(tokens.shape) == (5, 8), f"tokens have the shape {tuple(tokens.shape)} instead of (5, 8)")
    holds(tuple(targets.shape) == (5,), f"targets have the shape {tuple(targets.shape)} instead of (5,)")


@pytest.mark.hint("Letters are 0 to 25, '?' is 26, digits are 27 to 36; nothing occurs twice among the pairs.")
def test_a_sequence_is_pairs_then_a_question(student, holds):
    """Every sequence is letter, digit, ..., 26 and one of its letters; letters and digits do not repeat."""
    for row in student.draw_sequences(200, 8, 1)[0].tolist():
        letters, digits = row[0:8:2], row[1:8:2]
        holds(all(0 <= a <= 25 for a in letters), f"{row}: letters are 0 to 25, at the places 0, 2, 4, 6")
        holds(all(27 <= d <= 36 for d in digits), f"{row}: digits are 27 to 36, at the places 1, 3, 5, 7")
        holds(len(set(letters)) == 4, f"{row}: a letter occurs twice")
        holds(len(set(digits)) == 4, f"{row}: a digit occurs twice")
        holds(row[8] == 26, f"{row}: the last but one is 26")
        holds(row[9] in letters, f"{row}: the last is one of the letters that came")


@pytest.mark.hint("The target is the token after the letter that is asked for.")
def test_the_target_is_the_digit_of_the_letter_asked_for(student, holds):
    """The target is the token that comes after the letter asked for."""
    tokens, targets = student.draw_sequences(200, 6, 2)
    for row, target in zip(tokens.tolist(), targets.tolist(), strict=True):
        expected = dict(zip(row[0:6:2], row[1:6:2], strict=True)).get(row[-1])
        holds(target == expected, f"{row}: the target is {target} instead of {expected}")


@pytest.mark.hint("torch.Generator().manual_seed(seed), given to every draw.")
def test_the_seed_decides(student, holds):
    """The same seed gives the same sequences, another seed gives others."""
    first, again, other = (student.draw_sequences(20, 4, seed)[0].tolist() for seed in (3, 3, 4))
    holds(first == again, "the seed 3 gave other sequences the second time")
    holds(first != other, "the seeds 3 and 4 gave the same sequences")
