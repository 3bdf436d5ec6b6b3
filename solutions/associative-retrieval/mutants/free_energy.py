# %% name="mean of the pixels" dies="test_a_code_far_from_all_patterns"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().mean(1), -torch.logsumexp(e, 1)


# %% name="no half" dies="test_both_terms_of_one_code"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().sum(1), -torch.logsumexp(e, 1)


# %% name="log of the likelihood, not its negative" dies="test_both_terms_of_one_code"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().sum(1) / 2, torch.logsumexp(e, 1)


# %% name="1/N kept" dies="test_free_energies_of_other_codes"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().sum(1) / 2, -torch.logsumexp(e, 1) + np.log(len(patterns))


# %% name="exponentials that are all 0" dies="test_a_code_far_from_all_patterns"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().sum(1) / 2, -torch.log(torch.exp(e).sum(1))


# %% name="nearest pattern only" dies="test_free_energies_of_other_codes"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().sum(1) / 2, -e.amax(1)


# %% name="sigma instead of its square" dies="test_both_terms_of_one_code"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma)
    return (images - decoded).square().sum(1) / 2, -torch.logsumexp(e, 1)


# %% name="summed over all codes" dies="test_free_energies_of_other_codes"
def free_energy(patterns, codes, sigma, images, decoded):
    e = -torch.cdist(codes, patterns) ** 2 / (2 * sigma**2)
    return (images - decoded).square().sum()[None] / 2, -torch.logsumexp(e, 1)
