# %% name="a field of 0 gives 0" dies="test_a_unit_without_a_field_keeps_its_value"
def recall(weights, cues, n_steps):
    states = cues
    for _ in range(n_steps):
        states = torch.sign(states @ weights.T)
    return states


# %% name="a field of 0 goes up" dies="test_a_unit_without_a_field_keeps_its_value"
def recall(weights, cues, n_steps):
    states = cues
    for _ in range(n_steps):
        states = torch.where(states @ weights.T >= 0, 1.0, -1.0)
    return states


# %% name="one unit after the other" dies="test_two_units_swap"
def recall(weights, cues, n_steps):
    states = cues.clone()
    for _ in range(n_steps):
        for i in range(states.shape[1]):
            field = states @ weights[i]
            states[:, i] = torch.where(field == 0, states[:, i], torch.sign(field))
    return states


# %% name="weights the wrong way round" dies="test_the_second_unit_copies_the_first"
def recall(weights, cues, n_steps):
    states = cues
    for _ in range(n_steps):
        fields = states @ weights
        states = torch.where(fields == 0, states, torch.sign(fields))
    return states


# %% name="one step only" dies="test_two_units_swap"
def recall(weights, cues, n_steps):
    fields = cues @ weights.T
    return torch.where(fields == 0, cues, torch.sign(fields))


# %% name="one step too many" dies="test_two_units_swap"
def recall(weights, cues, n_steps):
    states = cues
    for _ in range(n_steps + 1):
        fields = states @ weights.T
        states = torch.where(fields == 0, states, torch.sign(fields))
    return states


# %% name="changes the cues" dies="test_two_units_swap"
def recall(weights, cues, n_steps):
    for _ in range(n_steps):
        fields = cues @ weights.T
        cues.copy_(torch.where(fields == 0, cues, torch.sign(fields)))
    return cues


# %% name="every step from the cue" dies="test_two_units_swap"
def recall(weights, cues, n_steps):
    states = cues
    for _ in range(n_steps):
        fields = cues @ weights.T
        states = torch.where(fields == 0, cues, torch.sign(fields))
    return states


# %% name="stops as soon as the state comes back, whatever the number of steps" dies="test_two_units_swap"
def recall(weights, cues, n_steps):
    states = cues
    for _ in range(n_steps):
        fields = states @ weights.T
        new = torch.where(fields == 0, states, torch.sign(fields))
        if torch.equal(new, cues):
            break
        states = new
    return states
