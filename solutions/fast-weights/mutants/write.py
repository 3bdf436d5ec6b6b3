# %% name="the new state fades too" dies="test_a_state_is_written"
def write(memory, h, decay, rate):
    return decay * (memory + rate * h[:, :, None] * h[:, None, :])


# %% name="nothing fades" dies="test_a_state_is_written"
def write(memory, h, decay, rate):
    return memory + rate * h[:, :, None] * h[:, None, :]


# %% name="decay and rate exchanged" dies="test_a_state_is_written"
def write(memory, h, decay, rate):
    return rate * memory + decay * h[:, :, None] * h[:, None, :]


# %% name="one memory for the batch" dies="test_sequences_do_not_share_a_memory"
def write(memory, h, decay, rate):
    return decay * memory + rate * (h.T @ h)


# %% name="the diagonal set to 0" dies="test_a_state_is_written"
def write(memory, h, decay, rate):
    new = decay * memory + rate * h[:, :, None] * h[:, None, :]
    return new * (1 - torch.eye(h.shape[1]))


# %% name="divided by the number of units" dies="test_a_state_is_written"
def write(memory, h, decay, rate):
    return decay * memory + rate * h[:, :, None] * h[:, None, :] / h.shape[1]


# %% name="changes the memory that it was given" dies="test_other_states_are_written"
def write(memory, h, decay, rate):
    memory.mul_(decay).add_(rate * h[:, :, None] * h[:, None, :])
    return memory


# %% name="1 - decay in place of rate" dies="test_a_state_is_written"
def write(memory, h, decay, rate):
    return decay * memory + (1 - decay) * h[:, :, None] * h[:, None, :]
