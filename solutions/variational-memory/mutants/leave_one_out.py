# %% name="the clamped subtraction of a published program" dies="test_leave_one_out_of_a_leading_sample"
def leave_one_out(log_w):
    total = torch.logsumexp(log_w, dim=1, keepdim=True)
    ratio = torch.exp(log_w - total).clamp(1e-10, 1 - 1e-5)
    return total + torch.log1p(-ratio) - math.log(log_w.shape[1] - 1)


# %% name="subtraction without a clamp" dies="test_leave_one_out_of_a_leading_sample"
def leave_one_out(log_w):
    total = torch.logsumexp(log_w, dim=1, keepdim=True)
    return total + torch.log1p(-torch.exp(log_w - total)) - math.log(log_w.shape[1] - 1)


# %% name="divided by K" dies="test_leave_one_out_of_small_rows"
def leave_one_out(log_w):
    k = log_w.shape[1]
    table = log_w[:, None, :].repeat(1, k, 1).masked_fill(torch.eye(k, dtype=torch.bool), -math.inf)
    return torch.logsumexp(table, dim=2) - math.log(k)


# %% name="the own sample stays in" dies="test_leave_one_out_of_small_rows"
def leave_one_out(log_w):
    return (torch.logsumexp(log_w, dim=1, keepdim=True) - math.log(log_w.shape[1])).expand_as(log_w)


# %% name="weight 1 instead of 0 in its place" dies="test_leave_one_out_of_small_rows"
def leave_one_out(log_w):
    k = log_w.shape[1]
    table = log_w[:, None, :].repeat(1, k, 1).masked_fill(torch.eye(k, dtype=torch.bool), 0.0)
    return torch.logsumexp(table, dim=2) - math.log(k - 1)


# %% name="mean of the others' logarithms" dies="test_leave_one_out_of_small_rows"
def leave_one_out(log_w):
    return (log_w.sum(dim=1, keepdim=True) - log_w) / (log_w.shape[1] - 1)


# %% name="geometric mean in its place" dies="test_leave_one_out_of_small_rows"
def leave_one_out(log_w):
    k = log_w.shape[1]
    mean = (log_w.sum(dim=1, keepdim=True) - log_w) / (k - 1)
    table = log_w[:, None, :].repeat(1, k, 1)
    table = torch.where(torch.eye(k, dtype=torch.bool), mean[:, :, None], table)
    return torch.logsumexp(table, dim=2) - math.log(k)


# %% name="the neighbour left out" dies="test_leave_one_out_of_small_rows"
def leave_one_out(log_w):
    k = log_w.shape[1]
    table = log_w[:, None, :].repeat(1, k, 1).masked_fill(torch.eye(k, dtype=torch.bool).roll(1, 1), -math.inf)
    return torch.logsumexp(table, dim=2) - math.log(k - 1)
