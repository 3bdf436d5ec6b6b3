# %% name="backward"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        ((precision_step(patterns, cues, rho) - patterns) ** 2).mean().backward()
        with torch.no_grad():
            rho -= rate * rho.grad
        rho.grad = None
    return rho.detach()


# %% name="an optimiser"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.nn.Parameter(torch.zeros(patterns.shape[1]))
    optimizer = torch.optim.SGD([rho], lr=rate)
    for _ in range(n_steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(precision_step(patterns, cues, rho), patterns).backward()
        optimizer.step()
    return rho.detach()


# %% name="gradient by hand, in double precision"
def learn_precision(patterns, cues, n_steps, rate):
    m, z = patterns.double(), cues.double()
    squared = (z[:, None] - m) ** 2
    rho = torch.zeros(m.shape[1], dtype=torch.float64)
    for _ in range(n_steps):
        w = torch.softmax(-(squared * rho.exp()).sum(2) / 2, 1)
        read = w @ m
        force = 2 * (read - m) @ m.T / m.numel()  # derivative by w
        scores = w * (force - (w * force).sum(1, keepdim=True))
        rho = rho + rate * torch.einsum("bn,bnd->d", scores, squared) * rho.exp() / 2
    return rho.float()
