# %% name="a fair coin for every drawn pixel, loop over rows"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for i in range(images.shape[0]):
        where = torch.randperm(d)[: int(d * p)]
        damaged[i, where] = torch.randint(0, 2, (len(where),)).to(images.dtype)
    return damaged


# %% name="first half of the drawn pixels 1, the others 0"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    k = int(images.shape[1] * p)
    for row in damaged:
        where = torch.randperm(len(row))[:k]
        row[where[: k // 2]] = 1.0
        row[where[k // 2:]] = 0.0
    return damaged


# %% name="numpy choice, all rows' values drawn at once"
def autoencoder_corrupt(images, p):
    out = np.array(images, copy=True)
    n, d = out.shape
    k = int(d * p)
    values = (np.random.rand(n, k) < 0.5).astype(out.dtype)
    for i in range(n):
        out[i, np.random.choice(d, k, replace=False)] = values[i]
    return torch.from_numpy(out)


# %% name="random mask and random binary image"
def autoencoder_corrupt(images, p):
    k = int(images.shape[1] * p)
    rank = torch.rand_like(images).argsort(dim=1).argsort(dim=1)
    return torch.where(rank < k, torch.bernoulli(torch.full_like(images, 0.5)), images)
