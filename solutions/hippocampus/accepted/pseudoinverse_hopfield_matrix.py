# %% name="n by n inverse in one line, without pseudo_inv"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    X = training_patterns
    n = len(X)
    return X.T @ torch.inverse(X @ X.T + lamb * torch.eye(n)) @ X / n


# %% name="sum of outer products of pseudo-inverse and pattern"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    n, d = training_patterns.shape
    plus = pseudo_inv(training_patterns, lamb)
    W = torch.zeros(d, d)
    for i in range(n):
        W += torch.outer(plus[:, i], training_patterns[i])
    return W / n


# %% name="eigenvectors in double precision, numpy"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    X = training_patterns.double().numpy()
    values, vectors = np.linalg.eigh(X.T @ X)
    return (vectors * (values / (values + lamb))) @ vectors.T / X.shape[0]


# %% name="solve, d by d"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    gram = training_patterns.T.mm(training_patterns)
    return torch.linalg.solve(gram + lamb * torch.eye(gram.size(0)), gram).div(training_patterns.size(0))
