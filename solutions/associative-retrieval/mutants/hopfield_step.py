# %% name="corrected for the norm: the mixture" dies="test_the_largest_product_wins"
def hopfield_step(patterns, states, beta):
    scores = states @ patterns.T - patterns.square().sum(1) / 2
    return torch.softmax(beta * scores, dim=1) @ patterns


# %% name="divided by beta" dies="test_an_update_between_two_patterns"
def hopfield_step(patterns, states, beta):
    return torch.softmax(states @ patterns.T / beta, dim=1) @ patterns


# %% name="softmax over states" dies="test_an_update_between_two_patterns"
def hopfield_step(patterns, states, beta):
    return torch.softmax(beta * states @ patterns.T, dim=0) @ patterns


# %% name="cosines" dies="test_the_largest_product_wins"
def hopfield_step(patterns, states, beta):
    unit = torch.nn.functional.normalize
    return torch.softmax(beta * unit(states) @ unit(patterns).T, dim=1) @ patterns


# %% name="attention's root of D" dies="test_an_update_between_two_patterns"
def hopfield_step(patterns, states, beta):
    return torch.softmax(beta * states @ patterns.T / patterns.shape[1] ** 0.5, dim=1) @ patterns


# %% name="exponentials too large for the computer" dies="test_steps_of_other_networks"
def hopfield_step(patterns, states, beta):
    w = torch.exp(beta * states @ patterns.T)
    return (w / w.sum(1, keepdim=True)) @ patterns


# %% name="products without a softmax" dies="test_an_update_between_two_patterns"
def hopfield_step(patterns, states, beta):
    return beta * states @ patterns.T @ patterns


# %% name="changes the states" dies="test_an_update_between_two_patterns"
def hopfield_step(patterns, states, beta):
    states.copy_(torch.softmax(beta * states @ patterns.T, dim=1) @ patterns)
    return states
