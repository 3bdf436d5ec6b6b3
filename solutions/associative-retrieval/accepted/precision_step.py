# %% name="both scaled by the root of the precision"
def precision_step(patterns, states, log_precision):
    root = torch.exp(log_precision / 2)
    a, b = states * root, patterns * root
    return torch.softmax(a @ b.T - (b * b).sum(1) / 2, dim=1) @ patterns


# %% name="loops"
def precision_step(patterns, states, log_precision):
    out = []
    for z in states:
        e = torch.stack([-0.5 * (torch.exp(log_precision) * (z - m) ** 2).sum() for m in patterns])
        out.append(torch.softmax(e, 0) @ patterns)
    return torch.stack(out)


# %% name="a full matrix"
def precision_step(patterns, states, log_precision):
    p = torch.diag(torch.exp(log_precision))
    difference = states[:, None] - patterns
    return torch.softmax(-torch.einsum("bnd,de,bne->bn", difference, p, difference) / 2, -1) @ patterns
