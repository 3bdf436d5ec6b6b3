# %% name="upper half" dies="test_mask_of_two_small_pictures"
def mask_half(images):
    masked = images.clone()
    masked[:, : images.shape[1] // 2] = 0
    return masked


# %% name="input changed in place" dies="test_mask_leaves_its_input_alone"
def mask_half(images):
    images[:, images.shape[1] // 2 :] = 0
    return images


# %% name="set to paper, not to 0" dies="test_mask_of_two_small_pictures"
def mask_half(images):
    masked = images.clone()
    masked[:, images.shape[1] // 2 :] = -1
    return masked


# %% name="half of the pictures instead of half of each" dies="test_mask_of_two_small_pictures"
def mask_half(images):
    masked = images.clone()
    masked[images.shape[0] // 2 :] = 0
    return masked


# %% name="392 hard-coded" dies="test_mask_of_two_small_pictures"
def mask_half(images):
    masked = images.clone()
    masked[:, 392:] = 0
    return masked


# %% name="every second pixel" dies="test_mask_of_two_small_pictures"
def mask_half(images):
    masked = images.clone()
    masked[:, 1::2] = 0
    return masked


# %% name="a random half" dies="test_mask_of_other_sizes"
def mask_half(images):
    masked = images.clone()
    d = images.shape[1]
    masked[:, torch.randperm(d)[: d // 2]] = 0
    return masked


# %% name="cut off instead of 0" dies="test_mask_of_two_small_pictures"
def mask_half(images):
    return images[:, : images.shape[1] // 2]
