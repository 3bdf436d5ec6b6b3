# %% name="by hand: one-hot minus q"
def address_gradient(logits, log_joint, addresses, baselines):
    log_q = torch.log_softmax(logits, 0)
    log_w = (log_joint - log_q)[addresses]
    signals = bound(log_w)[:, None] - baselines - torch.softmax(log_w, 1)
    scores = torch.nn.functional.one_hot(addresses, len(logits)) - log_q.exp()
    return (signals[:, :, None] * scores).sum(1)


# %% name="tuple by tuple"
def address_gradient(logits, log_joint, addresses, baselines):
    out = []
    for row, b in zip(addresses, baselines):
        leaf = logits.clone().detach().requires_grad_()
        log_q = leaf.log_softmax(0)[row][None]
        loss = surrogate_loss(log_joint[row][None] - log_q.detach(), log_q, b[None])
        loss.backward()
        out.append(-leaf.grad)
    return torch.stack(out)


# %% name="the score kept inside and taken out of the bracket"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().clone().expand(len(addresses), -1).clone().requires_grad_()
    log_q = rows.log_softmax(1).gather(1, addresses)
    log_w = log_joint[addresses] - log_q
    signals = (bound(log_w)[:, None] - baselines).detach()
    value = (bound(log_w) + (signals * log_q).sum(1)).sum()
    return torch.autograd.grad(value, rows)[0].detach()
