# %% name="loop over rows with randperm"
def corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        chosen = torch.randperm(d)[: int(d * p)]
        row[chosen] = -row[chosen]
    return damaged


# %% name="numpy choice without replacement"
def corrupt(images, p):
    damaged = images.numpy().copy()
    for i in range(damaged.shape[0]):
        where = np.random.choice(damaged.shape[1], size=int(damaged.shape[1] * p), replace=False)
        damaged[i, where] *= -1
    return torch.from_numpy(damaged)


# %% name="a mask of -1 shuffled per row"
def corrupt(images, p):
    n, d = images.shape
    k = int(d * p)
    factors = [torch.cat([-torch.ones(k), torch.ones(d - k)])[torch.randperm(d)] for _ in range(n)]
    return images * torch.stack(factors)


# %% name="multinomial with equal weights"
def corrupt(images, p):
    n, d = images.shape
    damaged = images.clone()
    if int(d * p) > 0:
        chosen = torch.multinomial(torch.ones(n, d), int(d * p), replacement=False)
        damaged.scatter_(1, chosen, -damaged.gather(1, chosen))
    return damaged


# %% name="python's random.sample"
def corrupt(images, p):
    import random

    rows = [row[:] for row in images.tolist()]
    for row in rows:
        for j in random.sample(range(len(row)), int(len(row) * p)):
            row[j] = -row[j]
    return torch.tensor(rows)
