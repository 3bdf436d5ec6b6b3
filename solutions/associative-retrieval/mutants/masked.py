# %% name="one row and column too many" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = images.clone()
    for image, r, c in zip(out, rows.tolist(), columns.tolist()):
        image[r - half : r + half + 1, c - half : c + half + 1] = 0.5
    return out


# %% name="black" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = images.clone()
    for image, r, c in zip(out, rows.tolist(), columns.tolist()):
        image[r - half : r + half, c - half : c + half] = 0.0
    return out


# %% name="the first centre for all" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = images.clone()
    r, c = int(rows[0]), int(columns[0])
    out[:, r - half : r + half, c - half : c + half] = 0.5
    return out


# %% name="corner instead of centre" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = images.clone()
    for image, r, c in zip(out, rows.tolist(), columns.tolist()):
        image[r : r + 2 * half, c : c + 2 * half] = 0.5
    return out


# %% name="rows and columns swapped" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = images.clone()
    for image, r, c in zip(out, rows.tolist(), columns.tolist()):
        image[c - half : c + half, r - half : r + half] = 0.5
    return out


# %% name="odd sides as they are" dies="test_masks_on_other_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = images.clone()
    for image, r, c in zip(out, rows.tolist(), columns.tolist()):
        image[r - half : r - half + side, c - half : c - half + side] = 0.5
    return out


# %% name="everything but the square" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    out = torch.full_like(images, 0.5)
    for image, old, r, c in zip(out, images, rows.tolist(), columns.tolist()):
        image[r - half : r + half, c - half : c + half] = old[r - half : r + half, c - half : c + half]
    return out


# %% name="changes the pictures" dies="test_masks_of_two_pictures"
def masked(images, side, rows, columns):
    half = side // 2
    for image, r, c in zip(images, rows.tolist(), columns.tolist()):
        image[r - half : r + half, c - half : c + half] = 0.5
    return images
