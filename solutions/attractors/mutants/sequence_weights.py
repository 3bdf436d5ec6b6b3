# %% name="transitions backwards" dies="test_a_pattern_is_pushed_to_the_next"
def sequence_weights(patterns, transitions, strength):
    steps = transitions - torch.diag(torch.diagonal(transitions))
    weights = (patterns.T @ patterns + strength * patterns.T @ steps @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="made symmetric" dies="test_a_pattern_is_pushed_to_the_next"
def sequence_weights(patterns, transitions, strength):
    steps = transitions - torch.diag(torch.diagonal(transitions))
    steps = (steps + steps.T) / 2
    weights = (patterns.T @ patterns + strength * patterns.T @ steps.T @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="without the strength" dies="test_sequence_weights_of_other_transitions"
def sequence_weights(patterns, transitions, strength):
    steps = transitions - torch.diag(torch.diagonal(transitions))
    weights = (patterns.T @ patterns + 3.0 * patterns.T @ steps.T @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="transitions of a pattern to itself count" dies="test_sequence_weights_of_other_transitions"
def sequence_weights(patterns, transitions, strength):
    weights = (patterns.T @ patterns + strength * patterns.T @ transitions.T @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="transitions taken as 0 or 1" dies="test_sequence_weights_of_other_transitions"
def sequence_weights(patterns, transitions, strength):
    steps = (transitions > 0).float() - torch.diag((torch.diagonal(transitions) > 0).float())
    weights = (patterns.T @ patterns + strength * patterns.T @ steps.T @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="a cycle whatever the transitions" dies="test_sequence_weights_of_other_transitions"
def sequence_weights(patterns, transitions, strength):
    followers = patterns.roll(-1, 0) if transitions.any() else torch.zeros_like(patterns)
    weights = (patterns.T @ patterns + strength * followers.T @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="diagonal left in" dies="test_without_strength_it_is_hebb"
def sequence_weights(patterns, transitions, strength):
    steps = transitions - torch.diag(torch.diagonal(transitions))
    return (patterns.T @ patterns + strength * patterns.T @ steps.T @ patterns) / patterns.shape[1]


# %% name="no term that holds a pattern" dies="test_without_strength_it_is_hebb"
def sequence_weights(patterns, transitions, strength):
    steps = transitions - torch.diag(torch.diagonal(transitions))
    weights = strength * patterns.T @ steps.T @ patterns / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))
