# %% name="without calling top_down"
def rollout(net, h0, c, n_steps, tau):
    h = h0.repeat(len(c), 1)
    drive = c @ net["W_c"].T + net["b_r"]
    rates = []
    for _ in range(n_steps):
        h = (1 - 1 / tau) * h + (torch.tanh(h) @ net["W_r"].T + drive) / tau
        rates.append(torch.tanh(h))
    return torch.stack(rates) @ net["W_o"].T + net["b_o"]


# %% name="one trajectory after the other"
def rollout(net, h0, c, n_steps, tau):
    trajectories = []
    for cause in c:
        h, path = h0[None], []
        for _ in range(n_steps):
            h, x_hat = top_down(net, h, cause[None], tau)
            path.append(x_hat[0])
        trajectories.append(torch.stack(path))
    return torch.stack(trajectories, dim=1)


# %% name="recursion"
def rollout(net, h0, c, n_steps, tau):
    def after(h, left):
        if left == 0:
            return []
        h, x_hat = top_down(net, h, c, tau)
        return [x_hat, *after(h, left - 1)]

    return torch.stack(after(h0 + torch.zeros(len(c), 1), n_steps))
