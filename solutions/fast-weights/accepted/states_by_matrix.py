# %% name="inputs for all steps at once, baddbmm"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    driven = x @ c
    h = torch.zeros(x.shape[0], w.shape[0])
    a = torch.zeros(x.shape[0], w.shape[0], w.shape[0])
    states = []
    for t in range(x.shape[1]):
        z = driven[:, t] + h @ w
        a = torch.baddbmm(a, h[:, :, None], h[:, None, :], beta=decay, alpha=rate)
        h = z.clamp(min=0)
        for _ in range(n_inner):
            u = z + torch.bmm(a, h[:, :, None]).squeeze(-1)
            if gain is not None:
                u = layer_norm(u, gain, bias)
            h = u.clamp(min=0)
        states.append(h)
    return torch.stack(states, 1)


# %% name="the memory as a list of states"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    past = [torch.zeros(len(x), len(w))]
    for t in range(x.shape[1]):
        z = past[-1] @ w + x[:, t] @ c
        h = torch.relu(z)
        for _ in range(n_inner):
            read = sum(
                rate * decay ** (len(past) - 1 - k) * p * (p * h).sum(1, keepdim=True) for k, p in enumerate(past)
            )
            h = torch.relu(z + read if gain is None else layer_norm(z + read, gain, bias))
        past.append(h)
    return torch.stack(past[1:], dim=1)


# %% name="float64, one sequence at a time, columns"
def states_by_matrix(x, w, c, gain, bias, decay, rate, n_inner):
    out = []
    for sequence in x.double():
        h, a, rows = torch.zeros(len(w)).double(), torch.zeros(len(w), len(w)).double(), []
        for token in sequence:
            z = w.double().T @ h + c.double().T @ token
            a = decay * a + rate * torch.outer(h, h)
            h = torch.relu(z)
            for _ in range(n_inner):
                u = z + a @ h
                if gain is not None:
                    u = gain * (u - u.mean()) / (u.std(unbiased=False) + 1e-5) + bias
                h = torch.relu(u)
            rows.append(h)
        out.append(torch.stack(rows))
    return torch.stack(out).float()
