# %% name="lambda left out" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.pinv(X)


# %% name="minus lambda" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.inv(X.T @ X - lamb * torch.eye(X.shape[1])) @ X.T


# %% name="lambda always 0.01" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.inv(X.T @ X + 0.01 * torch.eye(X.shape[1])) @ X.T


# %% name="lambda squared" dies="test_pseudo_inverse_of_random_matrices"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.inv(X.T @ X + lamb**2 * torch.eye(X.shape[1])) @ X.T


# %% name="lambda added to every element" dies="test_pseudo_inverse_of_random_matrices"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.pinv(X.T @ X + lamb) @ X.T


# %% name="transposed result" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return (torch.linalg.inv(X.T @ X + lamb * torch.eye(X.shape[1])) @ X.T).T


# %% name="not inverted" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return (X.T @ X + lamb * torch.eye(X.shape[1])) @ X.T


# %% name="reciprocals of the elements" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return 1 / (X.T @ X + lamb * torch.eye(X.shape[1])) @ X.T


# %% name="identity of 784" dies="test_pseudo_inverse_of_one_row"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.inv(X.T @ X + lamb * torch.eye(784)) @ X.T


# %% name="lambda times the number of patterns" dies="test_pseudo_inverse_of_random_matrices"
def pseudo_inv(X, lamb=0.01):
    n, d = X.shape
    return torch.linalg.inv(X.T @ X + n * lamb * torch.eye(d)) @ X.T


# %% name="last transpose forgotten" dies="test_pseudo_inverse_of_random_matrices"
def pseudo_inv(X, lamb=0.01):
    return torch.linalg.inv(X.T @ X + lamb * torch.eye(X.shape[1])) @ X


# %% name="another default for lambda" dies="test_pseudo_inverse_with_equal_rows"
def pseudo_inv(X, lamb=0.1):
    return torch.linalg.inv(X.T @ X + lamb * torch.eye(X.shape[1])) @ X.T
