# %% name="reads before it writes" dies="test_the_memory_changes_the_second_state"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z, old = h @ w + x[:, t] @ c, h
        h = torch.relu(z)
        for _ in range(n_inner):
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        a = write(a, old, decay, rate)
        states.append(h)
    return torch.stack(states, 1)


# %% name="reads with the state before" dies="test_states_of_other_networks"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        for _ in range(n_inner):
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="no ReLU before the inner loop" dies="test_states_of_other_networks"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = z
        for _ in range(n_inner):
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="one inner step, however many are asked for" dies="test_states_with_several_inner_steps"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = torch.relu(z)
        u = z + (a @ h[:, :, None])[:, :, 0]
        h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="z builds up in the inner loop" dies="test_states_with_several_inner_steps"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = torch.relu(z)
        for _ in range(n_inner):
            z = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(z if gain is None else layer_norm(z, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="writes in the inner loop" dies="test_states_with_several_inner_steps"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = torch.relu(z)
        for s in range(n_inner):
            if s > 0:
                a = write(a, h, decay, rate)
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="layer norm of what is read alone" dies="test_states_of_other_networks"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = torch.relu(z)
        for _ in range(n_inner):
            u = (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(z + (u if gain is None else layer_norm(u, gain, bias)))
        states.append(h)
    return torch.stack(states, 1)


# %% name="W the wrong way round" dies="test_the_slow_weights_carry_the_state"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w.T + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = torch.relu(z)
        for _ in range(n_inner):
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="the memory starts anew at every step" dies="test_states_of_other_networks"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, states = x.new_zeros(len(x), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(x.new_zeros(len(x), len(w), len(w)), h, decay, rate)
        h = torch.relu(z)
        for _ in range(n_inner):
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)


# %% name="tanh" dies="test_states_of_other_networks"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    h, a, states = x.new_zeros(len(x), len(w)), x.new_zeros(len(x), len(w), len(w)), []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        a = write(a, h, decay, rate)
        h = torch.tanh(z)
        for _ in range(n_inner):
            u = z + (a @ h[:, :, None])[:, :, 0]
            h = torch.tanh(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, 1)
