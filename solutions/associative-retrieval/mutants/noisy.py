# %% name="std as a variance" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return (images + std**0.5 * draws).clamp(0, 1)


# %% name="squared" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return (images + std**2 * draws).clamp(0, 1)


# %% name="not clamped" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return images + std * draws


# %% name="clamped above only" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return (images + std * draws).clamp(max=1)


# %% name="clamped to [-1, 1]" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return (images + std * draws).clamp(-1, 1)


# %% name="noise of its own" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return (images + std * torch.randn_like(images)).clamp(0, 1)


# %% name="noise times the picture" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return (images * (1 + std * draws)).clamp(0, 1)


# %% name="changes the pictures" dies="test_noise_on_three_pixels"
def noisy(images, std, draws):
    return images.add_(std * draws).clamp_(0, 1)
