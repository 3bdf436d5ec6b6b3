# %% name="begins with the output of h0" dies="test_rollout_of_one_unit"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    outputs = []
    for _ in range(n_steps):
        outputs.append(torch.tanh(h) @ net["W_o"].T + net["b_o"])
        h, _ = top_down(net, h, c, tau)
    return torch.stack(outputs)


# %% name="every step from h0" dies="test_rollout_of_one_unit"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    return torch.stack([top_down(net, h, c, tau)[1] for _ in range(n_steps)])


# %% name="batch first" dies="test_rollout_of_other_networks"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    outputs = []
    for _ in range(n_steps):
        h, x_hat = top_down(net, h, c, tau)
        outputs.append(x_hat)
    return torch.stack(outputs, dim=1)


# %% name="one step too many" dies="test_rollout_of_one_unit"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    outputs = []
    for _ in range(n_steps + 1):
        h, x_hat = top_down(net, h, c, tau)
        outputs.append(x_hat)
    return torch.stack(outputs)


# %% name="only the last output" dies="test_rollout_of_one_unit"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    for _ in range(n_steps):
        h, x_hat = top_down(net, h, c, tau)
    return x_hat


# %% name="the output is fed back as the cause" dies="test_rollout_of_other_networks"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    outputs = []
    cause = c
    for _ in range(n_steps):
        h, x_hat = top_down(net, h, cause, tau)
        outputs.append(x_hat)
        cause = x_hat if x_hat.shape == c.shape else c
    return torch.stack(outputs)


# %% name="the cause drives the first step only" dies="test_rollout_of_one_unit"
def rollout(net, h0, c, n_steps, tau):
    h = h0.expand(len(c), -1)
    outputs = []
    for k in range(n_steps):
        h, x_hat = top_down(net, h, c if k == 0 else torch.zeros_like(c), tau)
        outputs.append(x_hat)
    return torch.stack(outputs)


# %% name="starts from zero" dies="test_rollout_of_one_unit"
def rollout(net, h0, c, n_steps, tau):
    h = torch.zeros(len(c), len(h0))
    outputs = []
    for _ in range(n_steps):
        h, x_hat = top_down(net, h, c, tau)
        outputs.append(x_hat)
    return torch.stack(outputs)
