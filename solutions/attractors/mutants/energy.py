# %% name="not halved" dies="test_energy_of_two_states"
def energy(weights, states):
    return -((states @ weights) * states).sum(dim=1)


# %% name="plus" dies="test_energy_of_two_states"
def energy(weights, states):
    return ((states @ weights) * states).sum(dim=1) / 2


# %% name="one number for all states" dies="test_energy_of_two_states"
def energy(weights, states):
    return -((states @ weights) * states).sum() / 2


# %% name="averaged over units" dies="test_energy_of_two_states"
def energy(weights, states):
    return -((states @ weights) * states).mean(dim=1) / 2


# %% name="summed over states" dies="test_energy_of_other_networks"
def energy(weights, states):
    return -((states @ weights) * states).sum(dim=0) / 2


# %% name="absolute fields" dies="test_energy_of_two_states"
def energy(weights, states):
    return -(states @ weights).abs().sum(dim=1) / 2
