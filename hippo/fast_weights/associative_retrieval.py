"""The associative retrieval task: pairs of a letter and a digit, then a letter, whose digit is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from hippo.arguments import check_count
from hippo.draws import normal, uniform

__all__ = ["DELIMITER", "FIRST_DIGIT", "N_TOKENS", "Examples", "draw_examples", "noisy_query", "write_out"]

N_LETTERS, N_DIGITS = 26, 10
#: Token of '?'; letters come before it, digits after.
DELIMITER = N_LETTERS
FIRST_DIGIT = N_LETTERS + 1
N_TOKENS = N_LETTERS + 1 + N_DIGITS


@dataclass(frozen=True)
class Examples:
    """Sequences and what is asked of each."""

    #: (n, K + 2) int64: K/2 pairs letter, digit; '?'; the letter that is asked for.
    tokens: Tensor
    #: (n,) int64, token of the digit that came after that letter.
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def inputs(self) -> Tensor:
        """Return the sequences as rows of 0 and one 1, (n, K + 2, 37) float32."""
        return one_hot(self.tokens, N_TOKENS).float()


def draw_examples(n: int, length: int, *, generator: torch.Generator, device: torch.device | str = "cpu") -> Examples:
    """Draw sequences of the task (Ba et al. 2016, sec. 4.1, with one '?' as in the public reference).

    "a3f7?f" → "7": K = 4. Letters are different from each other, digits too; the query is any of the
    K/2 letters, each as likely.

    Parameters
    ----------
    n
        How many, at least 1.
    length
        K, even, 2 to 20: there are ten digits.
    generator
        Draws letters, digits and queries.
    device
        Where the examples go.

    Notes
    -----
    Chance is 0.1 for who has read nothing, and 1/(K/2) for who knows which digits came but not
    where: the plateau of networks that have not found the pairing.

    Example
    -------
    >>> examples = draw_examples(2, 4, generator=torch.Generator().manual_seed(0))
    >>> [write_out(tokens) for tokens in examples.tokens], write_out(examples.targets)
    (['m5c6?m', 'j8r0?j'], '58')
    """
    check_count("n", n)
    if length not in range(2, 2 * N_DIGITS + 1, 2):
        raise ValueError(f"length: expected an even number from 2 to {2 * N_DIGITS}, got {length!r}")
    place, n_pairs = torch.device(device), length // 2
    # The order of random numbers is a random order: its start is a draw without replacement.
    letters = uniform((n, N_LETTERS), generator, place).argsort(dim=1)[:, :n_pairs]
    digits = uniform((n, N_DIGITS), generator, place).argsort(dim=1)[:, :n_pairs] + FIRST_DIGIT
    asked = torch.randint(n_pairs, (n, 1), generator=generator, device=generator.device).to(place)
    pairs = torch.stack([letters, digits], dim=2).flatten(1)  # (n, K): letter, digit, letter, …
    tokens = torch.cat([pairs, torch.full_like(asked, DELIMITER), letters.gather(1, asked)], dim=1)
    return Examples(tokens, digits.gather(1, asked)[:, 0])


def noisy_query(inputs: Tensor, noise_std: float, generator: torch.Generator) -> Tensor:
    """Add noise to all 37 entries of the last token, the query.

    x_T ← x_T + ε, ε ~ N(0, σ²).

    Parameters
    ----------
    inputs
        (n, T, 37), as `Examples.inputs` gives them; left as they are.
    noise_std
        σ, at least 0.
    generator
        Draws ε.
    """
    if not noise_std >= 0:
        raise ValueError(f"noise_std: expected a number of at least 0, got {noise_std!r}")
    noisy = inputs.clone()
    noisy[:, -1] += noise_std * normal(inputs[:, -1].shape, generator, inputs.device).to(inputs)
    return noisy


def write_out(tokens: Tensor) -> str:
    """Write tokens as the letters, digits and '?' that they stand for.

    >>> write_out(torch.tensor([0, 30, 26, 0]))
    'a3?a'
    """
    alphabet = "abcdefghijklmnopqrstuvwxyz?0123456789"
    return "".join(alphabet[token] for token in tokens.flatten().tolist())
