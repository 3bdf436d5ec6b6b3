# %% name="one sequence at a time, torch.randperm"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    rows, targets = [], []
    for _ in range(n):
        letters = torch.randperm(26, generator=g)[: length // 2].tolist()
        digits = torch.randperm(10, generator=g)[: length // 2].tolist()
        row = []
        for a, d in zip(letters, digits):
            row += [a, d + 27]
        k = int(torch.randint(length // 2, (1,), generator=g))
        rows.append(row + [26, letters[k]])
        targets.append(digits[k] + 27)
    return torch.tensor(rows), torch.tensor(targets)


# %% name="Python's random"
def draw_sequences(n, length, seed):
    import random

    source = random.Random(seed)
    tokens = torch.zeros(n, length + 2, dtype=torch.long)
    targets = torch.zeros(n, dtype=torch.long)
    for i in range(n):
        pairs = dict(zip(source.sample(range(26), length // 2), source.sample(range(27, 37), length // 2)))
        query = source.choice(list(pairs))
        flat = [token for pair in pairs.items() for token in pair]
        tokens[i] = torch.tensor(flat + [26, query])
        targets[i] = pairs[query]
    return tokens, targets


# %% name="numpy"
def draw_sequences(n, length, seed):
    import numpy as np

    rng = np.random.default_rng(seed)
    half = length // 2
    tokens = np.empty((n, length + 2), dtype=np.int64)
    for row in tokens:
        row[0:length:2] = rng.choice(26, half, replace=False)
        row[1:length:2] = 27 + rng.choice(10, half, replace=False)
    tokens[:, -2] = 26
    k = rng.integers(half, size=n)
    tokens[:, -1] = tokens[np.arange(n), 2 * k]
    return torch.from_numpy(tokens), torch.from_numpy(tokens[np.arange(n), 2 * k + 1])


# %% name="multinomial without replacement"
def draw_sequences(n, length, seed):
    g = torch.Generator().manual_seed(seed)
    letters = torch.multinomial(torch.ones(n, 26), length // 2, generator=g)
    digits = torch.multinomial(torch.ones(n, 10), length // 2, generator=g) + 27
    k = torch.randint(0, length // 2, (n,), generator=g)
    tokens = torch.full((n, length + 2), 26)
    tokens[:, 0:length:2], tokens[:, 1:length:2] = letters, digits
    tokens[:, -1] = letters[torch.arange(n), k]
    return tokens, digits[torch.arange(n), k]
