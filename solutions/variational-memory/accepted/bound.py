# %% name="the largest first"
def bound(log_w):
    top = log_w.max(dim=1, keepdim=True).values
    return (top + torch.log(torch.exp(log_w - top).mean(dim=1, keepdim=True)))[:, 0]


# %% name="row by row, plain Python"
def bound(log_w):
    out = []
    for row in log_w.tolist():
        top = max(row)
        out.append(top + math.log(sum(math.exp(v - top) for v in row) / len(row)))
    return torch.tensor(out)


# %% name="log of the mean inside, double precision"
def bound(log_w):
    return torch.logsumexp(log_w.double() - math.log(log_w.shape[1]), dim=-1)
