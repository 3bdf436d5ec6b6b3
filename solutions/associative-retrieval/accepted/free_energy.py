# %% name="loops, largest exponent taken out"
def free_energy(patterns, codes, sigma, images, decoded):
    accuracy, complexity = [], []
    for z, x, y in zip(codes, images, decoded):
        accuracy.append(((x - y) ** 2).sum() / 2)
        e = torch.stack([-((z - m) ** 2).sum() / 2 / sigma**2 for m in patterns])
        complexity.append(-(e.max() + torch.log(torch.exp(e - e.max()).sum())))
    return torch.stack(accuracy), torch.stack(complexity)


# %% name="numpy in double precision"
def free_energy(patterns, codes, sigma, images, decoded):
    m, z = np.asarray(patterns, dtype=float), np.asarray(codes, dtype=float)
    e = -((z[:, None] - m) ** 2).sum(2) / (2 * sigma**2)
    complexity = -np.logaddexp.reduce(e, axis=1)
    return 0.5 * ((np.asarray(images, dtype=float) - np.asarray(decoded, dtype=float)) ** 2).sum(1), complexity


# %% name="cdist, norms"
def free_energy(patterns, codes, sigma, images, decoded):
    scaled = torch.cdist(codes.double() / sigma, patterns.double() / sigma)
    return (images - decoded).norm(dim=1) ** 2 / 2, -torch.logsumexp(-(scaled**2) / 2, dim=1)
