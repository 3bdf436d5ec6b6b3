# %% name="rho instead of its exponential" dies="test_a_step_with_two_precisions"
def precision_step(patterns, states, log_precision):
    squared = ((states[:, None] - patterns).square() * log_precision).sum(2)
    return torch.softmax(-squared / 2, dim=1) @ patterns


# %% name="variance instead of precision" dies="test_a_step_with_two_precisions"
def precision_step(patterns, states, log_precision):
    squared = ((states[:, None] - patterns).square() / log_precision.exp()).sum(2)
    return torch.softmax(-squared / 2, dim=1) @ patterns


# %% name="no half" dies="test_a_step_with_two_precisions"
def precision_step(patterns, states, log_precision):
    squared = ((states[:, None] - patterns).square() * log_precision.exp()).sum(2)
    return torch.softmax(-squared, dim=1) @ patterns


# %% name="precision squared" dies="test_a_step_with_two_precisions"
def precision_step(patterns, states, log_precision):
    squared = ((states[:, None] - patterns) * log_precision.exp()).square().sum(2)
    return torch.softmax(-squared / 2, dim=1) @ patterns


# %% name="reads out scaled patterns" dies="test_a_step_with_two_precisions"
def precision_step(patterns, states, log_precision):
    scaled = patterns * (log_precision / 2).exp()
    squared = ((states * (log_precision / 2).exp())[:, None] - scaled).square().sum(2)
    return torch.softmax(-squared / 2, dim=1) @ scaled


# %% name="softmax over states" dies="test_a_step_with_two_precisions"
def precision_step(patterns, states, log_precision):
    squared = ((states[:, None] - patterns).square() * log_precision.exp()).sum(2)
    return torch.softmax(-squared / 2, dim=0) @ patterns
