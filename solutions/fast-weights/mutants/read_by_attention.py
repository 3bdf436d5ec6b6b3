# %% name="one decay too many" dies="test_two_states_are_read"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.tensor([rate * decay ** (t - k) for k in range(t)]) * (states * v[:, None]).sum(2)
    return (weights[:, :, None] * states).sum(1)


# %% name="the newest fades most" dies="test_two_states_are_read"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.tensor([rate * decay**k for k in range(t)]) * (states * v[:, None]).sum(2)
    return (weights[:, :, None] * states).sum(1)


# %% name="softmax" dies="test_two_states_are_read"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.tensor([rate * decay ** (t - 1 - k) for k in range(t)]) * (states * v[:, None]).sum(2).softmax(1)
    return (weights[:, :, None] * states).sum(1)


# %% name="divided by the root of H" dies="test_two_states_are_read"
def read_by_attention(states, v, decay, rate):
    t, n = states.shape[1:]
    weights = torch.tensor([rate * decay ** (t - 1 - k) for k in range(t)]) * (states * v[:, None]).sum(2) / n**0.5
    return (weights[:, :, None] * states).sum(1)


# %% name="negative likeness left out" dies="test_an_opposite_state_is_read_with_a_minus"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.tensor([rate * decay ** (t - 1 - k) for k in range(t)]) * (states * v[:, None]).sum(2).relu()
    return (weights[:, :, None] * states).sum(1)


# %% name="no rate" dies="test_an_opposite_state_is_read_with_a_minus"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.tensor([decay ** (t - 1 - k) for k in range(t)]) * (states * v[:, None]).sum(2)
    return (weights[:, :, None] * states).sum(1)


# %% name="fails without states" dies="test_nothing_written_reads_as_nothing"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    parts = [rate * decay ** (t - 1 - k) * states[:, k] * (states[:, k] * v).sum(1, keepdim=True) for k in range(t)]
    return torch.stack(parts).sum(0)


# %% name="sums up a matrix" dies="test_no_matrix_is_needed"
def read_by_attention(states, v, decay, rate):
    n, t, n_hidden = states.shape
    a = torch.zeros(n, n_hidden, n_hidden)
    for k in range(t):
        a = decay * a + rate * states[:, k, :, None] * states[:, k, None, :]
    return (a @ v[:, :, None])[:, :, 0]


# %% name="one batch for all" dies="test_other_states_are_read"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.tensor([rate * decay ** (t - 1 - k) for k in range(t)]) * (states * v[:1, None]).sum(2)
    return (weights[:, :, None] * states).sum(1)
