# %% name="all of them black" dies="test_grey_corruption_is_fair"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        row[torch.randperm(d)[: int(d * p)]] = 0
    return damaged


# %% name="multinomial over pixel numbers as weights: never pixel 0" dies="test_grey_corruption_is_fair"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    k = int(d * p)
    for row in damaged:
        if k > 0:
            where = torch.multinomial(torch.tensor(range(d)).float(), k)
            row[where] = torch.randint(0, 2, (k,)).float()
    return damaged


# %% name="inverted instead of overwritten" dies="test_grey_corruption_overwrites_the_exact_number"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        where = torch.randperm(d)[: int(d * p)]
        row[where] = 1 - row[where]
    return damaged


# %% name="set to -1 and 1" dies="test_grey_corruption_overwrites_the_exact_number"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    k = int(d * p)
    for row in damaged:
        where = torch.randperm(d)[:k]
        row[where[: k // 2]] = -1
        row[where[k // 2:]] = 1
    return damaged


# %% name="input changed in place" dies="test_grey_corruption_leaves_its_input_alone"
def autoencoder_corrupt(images, p):
    d = images.shape[1]
    for row in images:
        where = torch.randperm(d)[: int(d * p)]
        row[where] = torch.randint(0, 2, (len(where),)).float()
    return images


# %% name="the same pixels in every picture" dies="test_grey_corruption_draws_anew_for_every_row_and_call"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    n, d = images.shape
    where = torch.randperm(d)[: int(d * p)]
    damaged[:, where] = torch.randint(0, 2, (n, len(where))).float()
    return damaged


# %% name="each pixel on its own with probability p" dies="test_grey_corruption_for_other_sizes"
def autoencoder_corrupt(images, p):
    return torch.where(torch.rand(images.shape) < p, torch.randint(0, 2, images.shape).float(), images)


# %% name="zeros and ones drawn apart and on top of each other" dies="test_grey_corruption_for_other_sizes"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    k = int(d * p)
    for row in damaged:
        row[torch.randperm(d)[: k // 2]] = 0
        row[torch.randperm(d)[: k - k // 2]] = 1
    return damaged


# %% name="half of the pixels too few" dies="test_grey_corruption_overwrites_the_exact_number"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        where = torch.randperm(d)[: int(d * p / 2)]
        row[where] = torch.randint(0, 2, (len(where),)).float()
    return damaged


# %% name="Gaussian noise" dies="test_grey_corruption_overwrites_the_exact_number"
def autoencoder_corrupt(images, p):
    return (images + p * torch.randn(images.shape)).clamp(0, 1)


# %% name="a fixed seed inside" dies="test_grey_corruption_draws_anew_for_every_row_and_call"
def autoencoder_corrupt(images, p):
    torch.manual_seed(1)
    order = torch.rand(images.shape).argsort(dim=1)
    values = torch.randint(0, 2, images.shape).float()
    return torch.where(order < int(images.shape[1] * p), values, images)


# %% name="784 hard-coded" dies="test_grey_corruption_overwrites_the_exact_number"
def autoencoder_corrupt(images, p):
    damaged = images.clone()
    for row in damaged:
        where = torch.randperm(784)[: int(784 * p)]
        row[where] = torch.randint(0, 2, (len(where),)).float()
    return damaged


# %% name="random grey values" dies="test_grey_corruption_overwrites_the_exact_number"
def autoencoder_corrupt(images, p):
    order = torch.rand(images.shape).argsort(dim=1)
    return torch.where(order < int(images.shape[1] * p), torch.rand(images.shape), images)
