# %% name="differences of all pairs"
def mixture_step(patterns, states, sigma):
    squared = (states[:, None, :] - patterns[None]).pow(2).sum(-1)
    return torch.softmax(-squared / (2 * sigma**2), dim=-1) @ patterns


# %% name="loops, largest exponent subtracted"
def mixture_step(patterns, states, sigma):
    out = []
    for z in states:
        exponents = torch.stack([-((z - m) ** 2).sum() / (2 * sigma * sigma) for m in patterns])
        w = torch.exp(exponents - exponents.max())
        out.append((w[:, None] * patterns).sum(0) / w.sum())
    return torch.stack(out)


# %% name="numpy in double precision"
def mixture_step(patterns, states, sigma):
    m, z = np.asarray(patterns, dtype=float), np.asarray(states, dtype=float)
    e = -((z[:, None] - m) ** 2).sum(2) / 2 / sigma**2
    w = np.exp(e - e.max(1, keepdims=True))
    return (w / w.sum(1, keepdims=True)) @ m


# %% name="cdist"
def mixture_step(patterns, states, sigma):
    squared = torch.cdist(states.double(), patterns.double()) ** 2
    return (torch.softmax(-squared / 2 / sigma**2, 1) @ patterns.double()).float()
