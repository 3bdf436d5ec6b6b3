# %% name="loop over samples"
def leave_one_out(log_w):
    columns = []
    for k in range(log_w.shape[1]):
        others = torch.cat([log_w[:, :k], log_w[:, k + 1 :]], dim=1)
        columns.append(torch.logsumexp(others, dim=1) - math.log(others.shape[1]))
    return torch.stack(columns, dim=1)


# %% name="what is before and what is after"
def leave_one_out(log_w):
    nothing = torch.full_like(log_w[:, :1], -math.inf)
    before = torch.cat([nothing, torch.logcumsumexp(log_w, 1)[:, :-1]], 1)
    after = torch.cat([torch.logcumsumexp(log_w.flip(1), 1).flip(1)[:, 1:], nothing], 1)
    return torch.logaddexp(before, after) - math.log(log_w.shape[1] - 1)


# %% name="an index of the others"
def leave_one_out(log_w):
    k = log_w.shape[1]
    others = torch.tensor([[j for j in range(k) if j != i] for i in range(k)])
    return bound(log_w[:, others].flatten(0, 1)).reshape(-1, k)
