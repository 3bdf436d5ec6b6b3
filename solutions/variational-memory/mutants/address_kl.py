# %% name="nan at probability 0" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    return (log_q.exp() * (log_q + math.log(log_q.shape[1]))).sum(dim=1)


# %% name="the entropy" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    return torch.special.entr(log_q.exp()).sum(dim=1)


# %% name="log N forgotten" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    return -torch.special.entr(log_q.exp()).sum(dim=1)


# %% name="in bits" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    return (math.log(log_q.shape[1]) - torch.special.entr(log_q.exp()).sum(dim=1)) / math.log(2)


# %% name="the other way round" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    n = log_q.shape[1]
    return (-math.log(n) - log_q.clamp(min=-100)).mean(dim=1)


# %% name="mean over queries" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    return (math.log(log_q.shape[1]) - torch.special.entr(log_q.exp()).sum(dim=1)).mean()


# %% name="mean over addresses" dies="test_divergence_of_small_examples"
def address_kl(log_q):
    return math.log(log_q.shape[1]) - torch.special.entr(log_q.exp()).mean(dim=1)


# %% name="N counts queries" dies="test_divergence_of_other_distributions"
def address_kl(log_q):
    return math.log(log_q.shape[0]) - torch.special.entr(log_q.exp()).sum(dim=1)
