# %% name="the field of the new weights: minus Storkey" dies="test_storkey_of_one_pattern_has_the_sign_of_hebb"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns:
        h = (k + torch.outer(x, x) / n) @ x
        k = k + (torch.outer(x, x) - torch.outer(x, h) - torch.outer(h, x)) / n
    return k - torch.diag(k.diagonal())


# %% name="only one of the two cross-terms" dies="test_storkey_of_two_small_patterns"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns:
        g = k @ x
        k = k + (torch.outer(x, x) - torch.outer(x, g)) / n
    return k - torch.diag(k.diagonal())


# %% name="cross-terms added" dies="test_storkey_of_two_small_patterns"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns:
        g = k @ x
        k = k + (torch.outer(x, x) + torch.outer(x, g) + torch.outer(g, x)) / n
    return k - torch.diag(k.diagonal())


# %% name="Hebb" dies="test_storkey_of_two_small_patterns"
def storkey_weights(patterns):
    k = patterns.T @ patterns / patterns.shape[1]
    return k - torch.diag(k.diagonal())


# %% name="diagonal left in" dies="test_storkey_of_one_pattern_has_the_sign_of_hebb"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns:
        g = k @ x
        k = k + (torch.outer(x, x) - torch.outer(x, g) - torch.outer(g, x)) / n
    return k


# %% name="diagonal cleared after every pattern" dies="test_storkey_of_two_small_patterns"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns:
        g = k @ x
        k = k + (torch.outer(x, x) - torch.outer(x, g) - torch.outer(g, x)) / n
        k = k - torch.diag(k.diagonal())
    return k


# %% name="all fields from Hebb's matrix" dies="test_storkey_of_two_small_patterns"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k, hebb = torch.zeros(n, n), patterns.T @ patterns / n
    for x in patterns:
        g = hebb @ x
        k = k + (torch.outer(x, x) - torch.outer(x, g) - torch.outer(g, x)) / n
    return -(k - torch.diag(k.diagonal()))


# %% name="in the opposite order" dies="test_storkey_of_other_sizes"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns.flip(0):
        g = k @ x
        k = k + (torch.outer(x, x) - torch.outer(x, g) - torch.outer(g, x)) / n
    return k - torch.diag(k.diagonal())


# %% name="divided by the number of patterns" dies="test_storkey_of_one_pattern_has_the_sign_of_hebb"
def storkey_weights(patterns):
    p, n = patterns.shape
    k = torch.zeros(n, n)
    for x in patterns:
        g = k @ x
        k = k + (torch.outer(x, x) - torch.outer(x, g) - torch.outer(g, x)) / p
    return k - torch.diag(k.diagonal())
