# %% name="minimum and maximum"
def noisy(images, std, draws):
    return torch.minimum(torch.maximum(images + draws * std, torch.tensor(0.0)), torch.tensor(1.0))


# %% name="numpy"
def noisy(images, std, draws):
    return np.clip(np.asarray(images, dtype=float) + std * np.asarray(draws, dtype=float), 0, 1)


# %% name="a copy, corrected afterwards"
def noisy(images, std, draws):
    out = images.clone()
    out += std * draws
    out[out < 0] = 0
    out[out > 1] = 1
    return out
