# %% name="log K forgotten" dies="test_bound_of_two_small_rows"
def bound(log_w):
    return torch.logsumexp(log_w, dim=1)


# %% name="mean of the logarithms" dies="test_bound_of_two_small_rows"
def bound(log_w):
    return log_w.mean(dim=1)


# %% name="leaves the logarithm" dies="test_bound_of_very_small_weights"
def bound(log_w):
    return log_w.exp().mean(dim=1).log()


# %% name="K is the number of queries" dies="test_bound_of_two_small_rows"
def bound(log_w):
    return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[0])


# %% name="over queries instead of samples" dies="test_bound_of_two_small_rows"
def bound(log_w):
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


# %% name="the largest alone" dies="test_bound_of_two_small_rows"
def bound(log_w):
    return log_w.max(dim=1).values


# %% name="log K added" dies="test_bound_of_two_small_rows"
def bound(log_w):
    return torch.logsumexp(log_w, dim=1) + math.log(log_w.shape[1])
