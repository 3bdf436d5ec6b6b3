# %% name="theta left out" dies="test_outer_product_around_the_mean_of_all_elements"
def outer_product_hopfield_matrix(training_patterns):
    D = training_patterns.T @ training_patterns / training_patterns.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="theta per feature" dies="test_outer_product_around_the_mean_of_all_elements"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean(dim=0)
    D = X.T @ X / training_patterns.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="theta per pattern" dies="test_outer_product_of_random_patterns"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean(dim=1, keepdim=True)
    D = X.T @ X / training_patterns.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="diagonal kept" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    return X.T @ X / training_patterns.shape[0]


# %% name="diagonal removed with a single diag" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    D = X.T @ X / training_patterns.shape[0]
    return D - torch.diag(D)


# %% name="identity subtracted instead of the diagonal" dies="test_outer_product_around_the_mean_of_all_elements"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    D = X.T @ X / training_patterns.shape[0]
    return D - torch.eye(D.shape[0])


# %% name="divided by d" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    D = X.T @ X / training_patterns.shape[1]
    return D - torch.diag(torch.diag(D))


# %% name="not divided" dies="test_outer_product_around_the_mean_of_all_elements"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    D = X.T @ X
    return D - torch.diag(torch.diag(D))


# %% name="divided by 10" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    D = X.T @ X / 10
    return D - torch.diag(torch.diag(D))


# %% name="D of shape (N, N)" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    X = training_patterns - training_patterns.mean()
    D = X @ X.T / training_patterns.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="input changed in place" dies="test_outer_product_leaves_its_input_alone"
def outer_product_hopfield_matrix(training_patterns):
    training_patterns -= training_patterns.mean()
    D = training_patterns.T @ training_patterns / training_patterns.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="784 hard-coded" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    D = torch.zeros(784, 784)
    theta = training_patterns.mean()
    for x in training_patterns:
        D += torch.outer(x - theta, x - theta)
    D = D / training_patterns.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="loop over ten patterns" dies="test_outer_product_of_one_balanced_pattern"
def outer_product_hopfield_matrix(training_patterns):
    theta = training_patterns.mean()
    D = torch.zeros(training_patterns.shape[1], training_patterns.shape[1])
    for i in range(10):
        D += torch.outer(training_patterns[i] - theta, training_patterns[i] - theta)
    D = D / 10
    return D - torch.diag(torch.diag(D))


# %% name="theta taken off the matrix" dies="test_outer_product_around_the_mean_of_all_elements"
def outer_product_hopfield_matrix(training_patterns):
    theta = training_patterns.mean()
    D = training_patterns.T @ training_patterns / training_patterns.shape[0] - theta
    return D - torch.diag(torch.diag(D))
