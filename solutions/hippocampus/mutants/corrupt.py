# %% name="multinomial over pixel numbers as weights: never pixel 0" dies="test_corrupt_chooses_every_pixel_equally_often"
def corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    k = int(d * p)
    for row in damaged:
        if k > 0:
            chosen = torch.multinomial(torch.tensor(range(d)).float(), k)
            row[chosen] = -row[chosen]
    return damaged


# %% name="input changed in place" dies="test_corrupt_leaves_its_input_alone"
def corrupt(images, p):
    d = images.shape[1]
    for row in images:
        chosen = torch.randperm(d)[: int(d * p)]
        row[chosen] = -row[chosen]
    return images


# %% name="the same pixels in every picture" dies="test_corrupt_draws_anew_for_every_row_and_call"
def corrupt(images, p):
    damaged = images.clone()
    chosen = torch.randperm(images.shape[1])[: int(images.shape[1] * p)]
    damaged[:, chosen] = -damaged[:, chosen]
    return damaged


# %% name="each pixel on its own with probability p" dies="test_corrupt_flips_the_exact_number_for_other_sizes"
def corrupt(images, p):
    return torch.where(torch.rand(images.shape) < p, -images, images)


# %% name="drawn with replacement" dies="test_corrupt_flips_the_exact_number_for_other_sizes"
def corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        chosen = torch.randint(0, d, (int(d * p),))
        row[chosen] = -row[chosen]
    return damaged


# %% name="always the first pixels" dies="test_corrupt_chooses_every_pixel_equally_often"
def corrupt(images, p):
    damaged = images.clone()
    k = int(images.shape[1] * p)
    damaged[:, :k] = -damaged[:, :k]
    return damaged


# %% name="pixels set to -1 instead of flipped" dies="test_corrupt_flips_the_exact_number"
def corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        row[torch.randperm(d)[: int(d * p)]] = -1
    return damaged


# %% name="rounded instead of cut off" dies="test_corrupt_flips_the_exact_number_for_other_sizes"
def corrupt(images, p):
    damaged = images.clone()
    d = images.shape[1]
    for row in damaged:
        chosen = torch.randperm(d)[: round(d * p)]
        row[chosen] = -row[chosen]
    return damaged


# %% name="784 hard-coded" dies="test_corrupt_flips_the_exact_number"
def corrupt(images, p):
    damaged = images.clone()
    for row in damaged:
        chosen = torch.randperm(784)[: int(784 * p)]
        row[chosen] = -row[chosen]
    return damaged


# %% name="a fixed seed inside" dies="test_corrupt_draws_anew_for_every_row_and_call"
def corrupt(images, p):
    torch.manual_seed(0)
    order = torch.rand(images.shape).argsort(dim=1)
    return torch.where(order < int(images.shape[1] * p), -images, images)


# %% name="pixels set to 0" dies="test_corrupt_flips_the_exact_number"
def corrupt(images, p):
    order = torch.rand(images.shape).argsort(dim=1)
    return torch.where(order < int(images.shape[1] * p), torch.zeros_like(images), images)


# %% name="share of all pixels of the set, not of each row" dies="test_corrupt_flips_the_exact_number_for_other_sizes"
def corrupt(images, p):
    flat = images.clone().flatten()
    chosen = torch.randperm(flat.numel())[: int(flat.numel() * p)]
    flat[chosen] = -flat[chosen]
    return flat.reshape(images.shape)
