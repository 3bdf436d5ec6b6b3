# %% name="written out"
def preconditioning_rows():
    return torch.tensor([
        [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0],
        [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0],
    ])


# %% name="from stimulus_rows"
def preconditioning_rows():
    without, both = stimulus_rows(0, 0), stimulus_rows(1, 1)
    empty = torch.tensor([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    return torch.cat([without, both, empty.to(both.dtype)]) if torch.is_tensor(both) else np.vstack([without, both, empty])


# %% name="digits of text, shuffled, double precision"
def preconditioning_rows():
    words = "0000 0000 0010 0001 0011 1100 1100 1110 1101 1111".split()
    rows = torch.tensor([[float(c) for c in word] for word in words], dtype=torch.float64)
    return rows[torch.randperm(10)]


# %% name="numpy"
def preconditioning_rows():
    rows = np.zeros((10, 4))
    rows[5:, :2] = 1
    rows[[2, 4, 7, 9], 2] = 1
    rows[[3, 4, 8, 9], 3] = 1
    return rows
