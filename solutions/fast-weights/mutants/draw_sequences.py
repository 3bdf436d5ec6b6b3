# %% name="letters with replacement" dies="test_a_sequence_is_pairs_then_a_question"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.randint(26, (n, half), generator=g)
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="digits with replacement" dies="test_a_sequence_is_pairs_then_a_question"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.randint(10, (n, half), generator=g) + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="always asks for the first pair" dies="test_every_choice_is_as_likely"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters[:, :1]], 1), digits[:, 0]


# %% name="never asks for the last pair" dies="test_every_choice_is_as_likely"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    k = torch.randint(max(half - 1, 1), (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="letters and digits in ascending order" dies="test_every_choice_is_as_likely"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half].sort(1).values
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half].sort(1).values + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="the same random numbers for letters and digits" dies="test_letters_and_digits_are_drawn_apart"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    shifted = letters % 26 * 10 // 26
    spare = torch.rand(n, 10, generator=g).argsort(1)
    digits = torch.empty(n, half, dtype=torch.long)
    for i in range(n):
        row = list(dict.fromkeys(shifted[i].tolist() + spare[i].tolist()))[:half]
        digits[i] = torch.tensor(row) + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="the target is the letter" dies="test_the_target_is_the_digit_of_the_letter_asked_for"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), letters.gather(1, k)[:, 0]


# %% name="the target is a digit from 0 to 9" dies="test_the_target_is_the_digit_of_the_letter_asked_for"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half]
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits + 27], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="letters first, then digits" dies="test_a_sequence_is_pairs_then_a_question"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    k = torch.randint(half, (n, 1), generator=g)
    return torch.cat([letters, digits, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="two question marks" dies="test_there_are_as_many_sequences_as_asked_for"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    half = length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 2), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="the seed is not used" dies="test_the_seed_decides"
def draw_sequences(n, length, seed):
    half = length // 2
    letters = torch.rand(n, 26).argsort(1)[:, :half]
    digits = torch.rand(n, 10).argsort(1)[:, :half] + 27
    k = torch.randint(half, (n, 1))
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="letters in the order of the alphabet" dies="test_any_two_letters_and_any_two_digits_meet"
def draw_sequences(n, length, seed):
    g, half = torch.Generator().manual_seed(seed), length // 2
    letters = (torch.randint(26, (n, 1), generator=g) + torch.arange(half)) % 26
    digits = torch.rand(n, 10, generator=g).argsort(1)[:, :half] + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]


# %% name="digits that count up" dies="test_any_two_letters_and_any_two_digits_meet"
def draw_sequences(n, length, seed):
    g, half = torch.Generator().manual_seed(seed), length // 2
    letters = torch.rand(n, 26, generator=g).argsort(1)[:, :half]
    digits = (torch.randint(10, (n, 1), generator=g) + torch.arange(half)) % 10 + 27
    k = torch.randint(half, (n, 1), generator=g)
    pairs = torch.stack([letters, digits], 2).reshape(n, length)
    return torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, k)], 1), digits.gather(1, k)[:, 0]
