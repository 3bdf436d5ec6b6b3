# %% name="torch's own, whose epsilon stands inside the root"
def layer_norm(u, gain, bias):
    return nn.functional.layer_norm(u, (u.shape[-1],), gain, bias)


# %% name="variance by hand"
def layer_norm(u, gain, bias):
    n = u.shape[-1]
    mean = u.sum(-1, keepdim=True) / n
    variance = ((u - mean) ** 2).sum(-1, keepdim=True) / n
    return (u - mean) / (variance.sqrt() + 1e-5) * gain + bias


# %% name="float64"
def layer_norm(u, gain, bias):
    v = u.double()
    return (gain * (v - v.mean(-1, keepdim=True)) / (v.std(-1, unbiased=False, keepdim=True) + 1e-5) + bias).to(u.dtype)
