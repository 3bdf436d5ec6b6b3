# %% name="without the own share" dies="test_loss_of_two_equal_samples"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - baselines
    return -(value + (signals.detach() * log_q).sum(dim=1)).mean()


# %% name="mean of all log-weights as baseline" dies="test_loss_of_other_samples"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - log_w.mean(dim=1, keepdim=True) - torch.softmax(log_w, dim=1)
    return -(value + (signals.detach() * log_q).sum(dim=1)).mean()


# %% name="no baseline" dies="test_loss_of_other_samples"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - torch.softmax(log_w, dim=1)
    return -(value + (signals.detach() * log_q).sum(dim=1)).mean()


# %% name="sum over queries" dies="test_loss_is_a_mean_over_queries"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - baselines - torch.softmax(log_w, dim=1)
    return -(value + (signals.detach() * log_q).sum(dim=1)).sum()


# %% name="mean over samples" dies="test_loss_of_two_equal_samples"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - baselines - torch.softmax(log_w, dim=1)
    return -(value + (signals.detach() * log_q).mean(dim=1)).mean()


# %% name="the wrong sign" dies="test_loss_of_two_equal_samples"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - baselines - torch.softmax(log_w, dim=1)
    return (value + (signals.detach() * log_q).sum(dim=1)).mean()


# %% name="the bound forgotten" dies="test_loss_of_other_samples"
def surrogate_loss(log_w, log_q, baselines):
    signals = bound(log_w)[:, None] - baselines - torch.softmax(log_w, dim=1)
    return -(signals.detach() * log_q).sum(dim=1).mean()


# %% name="share added" dies="test_loss_of_two_equal_samples"
def surrogate_loss(log_w, log_q, baselines):
    value = bound(log_w)
    signals = value[:, None] - baselines + torch.softmax(log_w, dim=1)
    return -(value + (signals.detach() * log_q).sum(dim=1)).mean()
