# %% name="products without the norm: the Hopfield rule" dies="test_a_narrow_mixture_gives_the_nearest_pattern"
def mixture_step(patterns, states, sigma):
    return torch.softmax(states @ patterns.T / sigma**2, dim=1) @ patterns


# %% name="2 sigma^2 without the 2" dies="test_a_step_between_two_patterns"
def mixture_step(patterns, states, sigma):
    squared = torch.cdist(states, patterns) ** 2
    return torch.softmax(-squared / sigma**2, dim=1) @ patterns


# %% name="sigma instead of its square" dies="test_steps_of_other_mixtures"
def mixture_step(patterns, states, sigma):
    squared = torch.cdist(states, patterns) ** 2
    return torch.softmax(-squared / (2 * sigma), dim=1) @ patterns


# %% name="distance instead of its square" dies="test_steps_of_other_mixtures"
def mixture_step(patterns, states, sigma):
    return torch.softmax(-torch.cdist(states, patterns) / (2 * sigma**2), dim=1) @ patterns


# %% name="softmax over states" dies="test_a_step_between_two_patterns"
def mixture_step(patterns, states, sigma):
    squared = torch.cdist(states, patterns) ** 2
    return torch.softmax(-squared / (2 * sigma**2), dim=0) @ patterns


# %% name="the nearest pattern whatever sigma" dies="test_a_step_between_two_patterns"
def mixture_step(patterns, states, sigma):
    return patterns[torch.cdist(states, patterns).argmin(1)]


# %% name="exponentials that are all 0" dies="test_a_state_far_from_all_patterns_still_finds_the_nearest"
def mixture_step(patterns, states, sigma):
    w = torch.exp(-torch.cdist(states, patterns) ** 2 / (2 * sigma**2))
    return (w / w.sum(1, keepdim=True)) @ patterns


# %% name="weights not normalised" dies="test_a_step_between_two_patterns"
def mixture_step(patterns, states, sigma):
    return torch.exp(-torch.cdist(states, patterns) ** 2 / (2 * sigma**2)) @ patterns


# %% name="half a step" dies="test_a_narrow_mixture_gives_the_nearest_pattern"
def mixture_step(patterns, states, sigma):
    squared = torch.cdist(states, patterns) ** 2
    return (states + torch.softmax(-squared / (2 * sigma**2), dim=1) @ patterns) / 2


# %% name="changes the states" dies="test_a_step_between_two_patterns"
def mixture_step(patterns, states, sigma):
    squared = torch.cdist(states, patterns) ** 2
    states.copy_(torch.softmax(-squared / (2 * sigma**2), dim=1) @ patterns)
    return states
