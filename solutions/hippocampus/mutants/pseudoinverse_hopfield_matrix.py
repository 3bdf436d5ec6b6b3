# %% name="1/n left out" dies="test_pseudoinverse_weights_of_two_orthogonal_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return pseudo_inv(training_patterns, lamb) @ training_patterns


# %% name="divided by d" dies="test_pseudoinverse_weights_of_two_orthogonal_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return pseudo_inv(training_patterns, lamb) @ training_patterns / training_patterns.shape[1]


# %% name="lambda not passed on" dies="test_pseudoinverse_weights_of_two_orthogonal_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return pseudo_inv(training_patterns) @ training_patterns / training_patterns.shape[0]


# %% name="no lambda" dies="test_pseudoinverse_weights_of_two_orthogonal_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return torch.linalg.pinv(training_patterns) @ training_patterns / training_patterns.shape[0]


# %% name="minus lambda" dies="test_pseudoinverse_weights_of_two_orthogonal_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return pseudo_inv(training_patterns, -lamb) @ training_patterns / training_patterns.shape[0]


# %% name="diagonal removed" dies="test_pseudoinverse_weights_of_random_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    W = pseudo_inv(training_patterns, lamb) @ training_patterns / training_patterns.shape[0]
    return W - torch.diag(torch.diag(W))


# %% name="mean taken off" dies="test_pseudoinverse_weights_of_random_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    X = training_patterns - training_patterns.mean()
    return pseudo_inv(X, lamb) @ X / X.shape[0]


# %% name="factors exchanged: (n, n)" dies="test_pseudoinverse_weights_keep_stored_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return training_patterns @ pseudo_inv(training_patterns, lamb) / training_patterns.shape[0]


# %% name="divided by 10" dies="test_pseudoinverse_weights_of_two_orthogonal_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    return pseudo_inv(training_patterns, lamb) @ training_patterns / 10


# %% name="the outer product once more" dies="test_pseudoinverse_weights_keep_stored_patterns"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    X = training_patterns - training_patterns.mean()
    D = X.T @ X / X.shape[0]
    return D - torch.diag(torch.diag(D))


# %% name="input changed in place" dies="test_pseudoinverse_leaves_its_input_alone"
def pseudoinverse_hopfield_matrix(training_patterns, lamb=0.01):
    W = pseudo_inv(training_patterns, lamb) @ training_patterns / training_patterns.shape[0]
    training_patterns /= training_patterns.shape[0]
    return W
