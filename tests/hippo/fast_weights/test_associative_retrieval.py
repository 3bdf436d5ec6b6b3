import pytest
import torch

from hippo.fast_weights import draw_examples, noisy_query, write_out
from hippo.fast_weights.associative_retrieval import DELIMITER, FIRST_DIGIT, N_TOKENS


@pytest.mark.parametrize("length", range(2, 21, 2))
def test_a_sequence_is_pairs_a_delimiter_and_a_query_whose_digit_is_the_answer(length, generator):
    examples = draw_examples(200, length, generator=generator)
    assert examples.tokens.shape == (200, length + 2)
    for row, target in zip(examples.tokens.tolist(), examples.targets.tolist(), strict=True):
        letters, digits = row[0:length:2], row[1:length:2]
        assert set(letters) <= set(range(26))
        assert set(digits) <= set(range(FIRST_DIGIT, N_TOKENS))
        assert len(set(letters)) == len(set(digits)) == length // 2
        assert row[-2] == DELIMITER
        assert dict(zip(letters, digits, strict=True))[row[-1]] == target


def test_letters_digits_and_queries_are_each_as_likely(generator):
    n, length = 20_000, 8
    examples = draw_examples(n, length, generator=generator)

    def chi_squared(counts):
        expected = counts.sum() / len(counts)
        return float(((counts - expected) ** 2 / expected).sum())

    # Draws without replacement scatter less than independent ones, so these bounds are safe: the
    # 99.99 % quantiles of χ² with 25, 9 and 3 degrees of freedom are 60.1, 33.7 and 21.1.
    assert chi_squared(examples.tokens[:, 0].bincount(minlength=26).double()) < 60.1
    assert chi_squared((examples.tokens[:, 7] - FIRST_DIGIT).bincount(minlength=10).double()) < 33.7
    asked = (examples.tokens[:, 0:8:2] == examples.tokens[:, -1:]).long().argmax(dim=1)
    assert chi_squared(asked.bincount(minlength=4).double()) < 21.1


def test_inputs_are_one_hot_rows_of_the_tokens(generator):
    examples = draw_examples(5, 4, generator=generator)
    inputs = examples.inputs()
    assert inputs.shape == (5, 6, 37)
    assert torch.equal(inputs.sum(-1), torch.ones(5, 6))
    assert torch.equal(inputs.argmax(-1), examples.tokens)


def test_noise_is_added_to_the_query_alone_and_has_its_spread(generator):
    inputs = draw_examples(2000, 4, generator=generator).inputs()
    before = inputs.clone()
    noisy = noisy_query(inputs, 0.3, generator)
    assert torch.equal(inputs, before)
    assert torch.equal(noisy[:, :-1], inputs[:, :-1])
    # 74,000 numbers: the standard error of their s.d. is 0.3/√148,000 = 0.0008; five of them.
    assert float((noisy - inputs)[:, -1].std()) == pytest.approx(0.3, abs=0.004)
    assert torch.equal(noisy_query(inputs, 0.0, generator), inputs)


def test_sequences_are_written_as_in_the_paper():
    assert write_out(torch.tensor([2, FIRST_DIGIT + 9, 10, FIRST_DIGIT + 8, DELIMITER, 2])) == "c9k8?c"


@pytest.mark.parametrize("length", [0, 3, 22, -2, 2.5])
def test_lengths_that_the_task_does_not_have_are_refused(length, generator):
    with pytest.raises(ValueError, match="length: expected an even number from 2 to 20"):
        draw_examples(1, length, generator=generator)


def test_negative_noise_is_refused(generator):
    with pytest.raises(ValueError, match="noise_std: expected a number of at least 0, got -1"):
        noisy_query(torch.zeros(1, 2, 37), -1, generator)
