# %% name="where there is something"
def address_kl(log_q):
    q = log_q.exp()
    terms = torch.where(q > 0, q * (log_q + math.log(log_q.shape[1])), torch.zeros_like(q))
    return terms.sum(1)


# %% name="log N minus the entropy"
def address_kl(log_q):
    return math.log(log_q.shape[1]) - torch.special.entr(log_q.exp()).sum(dim=1)


# %% name="plain Python"
def address_kl(log_q):
    n = log_q.shape[1]
    return [sum(math.exp(v) * (v + math.log(n)) for v in row if v > -700) for row in log_q.double().tolist()]
