# %% name="no_grad for the brackets"
def surrogate_loss(log_w, log_q, baselines):
    with torch.no_grad():
        brackets = bound(log_w).unsqueeze(1) - baselines - log_w.softmax(1)
    per_query = bound(log_w) + torch.sum(brackets * log_q, 1)
    return -torch.mean(per_query)


# %% name="query by query"
def surrogate_loss(log_w, log_q, baselines):
    total = 0.0
    for w, q, b in zip(log_w, log_q, baselines):
        value = bound(w[None])[0]
        bracket = (value - b - torch.softmax(w, 0)).detach()
        total = total + value + (bracket * q).sum()
    return -total / len(log_w)


# %% name="two terms"
def surrogate_loss(log_w, log_q, baselines):
    fixed = log_w.detach()
    share = torch.exp(fixed - torch.logsumexp(fixed, 1, keepdim=True))
    signal = bound(fixed)[:, None] - baselines
    return -bound(log_w).mean() - (signal * log_q).sum(1).mean() + (share * log_q).sum(1).mean()
