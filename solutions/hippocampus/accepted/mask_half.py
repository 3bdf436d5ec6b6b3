# %% name="multiplied by a mask"
def mask_half(images):
    d = images.shape[1]
    return images * (torch.arange(d) < d // 2)


# %% name="upper half and zeros glued together"
def mask_half(images):
    half = images.shape[1] // 2
    return torch.cat([images[:, :half], torch.zeros(images.shape[0], half)], dim=1)


# %% name="loops, numpy"
def mask_half(images):
    out = np.array(images)
    for i in range(len(out)):
        for j in range(int(out.shape[1] / 2), out.shape[1]):
            out[i][j] = 0
    return out
