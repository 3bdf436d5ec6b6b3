# %% name="loop over patterns"
def outer_product_hopfield_matrix(training_patterns):
    n, d = training_patterns.shape
    theta = torch.mean(training_patterns)
    D = torch.zeros(d, d)
    for x in training_patterns:
        D += torch.outer(x - theta, x - theta)
    D /= n
    D.fill_diagonal_(0)
    return D


# %% name="loops over units, double precision"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns.double()
    theta = X.sum() / X.numel()
    d = X.shape[1]
    W = torch.zeros(d, d, dtype=torch.float64)
    for i in range(d):
        for j in range(d):
            if i != j:
                W[i, j] = ((X[:, i] - theta) * (X[:, j] - theta)).mean()
    return W.float()


# %% name="expanded product: second moments and means"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns.double()
    theta = X.mean()
    m = X.mean(dim=0)
    D = X.T @ X / len(X) - theta * (m[:, None] + m[None, :]) + theta**2
    return (D * (1 - torch.eye(X.shape[1], dtype=torch.float64))).float()


# %% name="numpy einsum, diagonal subtracted"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns.numpy()
    C = X - X.mean()
    D = np.einsum("ni,nj->ij", C, C) / X.shape[0]
    return torch.from_numpy(D - np.diag(np.diag(D)))
