# %% name="log q inside the weights not detached" dies="test_gradient_is_unbiased"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)
    log_q = torch.log_softmax(rows, dim=1).gather(1, addresses)
    loss = surrogate_loss(log_joint[addresses] - log_q, log_q, baselines) * len(addresses)
    (gradient,) = torch.autograd.grad(loss, rows)
    return -gradient


# %% name="the gradient of the loss" dies="test_gradient_of_two_equal_addresses"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)
    log_q = torch.log_softmax(rows, dim=1).gather(1, addresses)
    loss = surrogate_loss(log_joint[addresses] - log_q.detach(), log_q, baselines) * len(addresses)
    (gradient,) = torch.autograd.grad(loss, rows)
    return gradient


# %% name="the mean's share of each tuple" dies="test_gradient_of_two_equal_addresses"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)
    log_q = torch.log_softmax(rows, dim=1).gather(1, addresses)
    loss = surrogate_loss(log_joint[addresses] - log_q.detach(), log_q, baselines)
    (gradient,) = torch.autograd.grad(loss, rows)
    return -gradient


# %% name="one gradient for all tuples" dies="test_gradient_of_two_equal_addresses"
def address_gradient(logits, log_joint, addresses, baselines):
    leaf = logits.detach().clone().requires_grad_(True)
    log_q = torch.log_softmax(leaf, dim=0)[addresses]
    loss = surrogate_loss(log_joint[addresses] - log_q.detach(), log_q, baselines) * len(addresses)
    (gradient,) = torch.autograd.grad(loss, leaf)
    return -gradient.expand(len(addresses), -1)


# %% name="weights without q" dies="test_gradient_is_unbiased"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)
    log_q = torch.log_softmax(rows, dim=1).gather(1, addresses)
    loss = surrogate_loss(log_joint[addresses], log_q, baselines) * len(addresses)
    (gradient,) = torch.autograd.grad(loss, rows)
    return -gradient


# %% name="logits instead of log-probabilities" dies="test_gradient_of_two_equal_addresses"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)
    log_q = rows.gather(1, addresses)
    loss = surrogate_loss(log_joint[addresses] - log_q.detach(), log_q, baselines) * len(addresses)
    (gradient,) = torch.autograd.grad(loss, rows)
    return -gradient


# %% name="no baseline: right on average, noisy" dies="test_gradient_of_each_tuple"
def address_gradient(logits, log_joint, addresses, baselines):
    log_q = torch.log_softmax(logits, 0)
    log_w = (log_joint - log_q)[addresses]
    signals = bound(log_w)[:, None] - torch.softmax(log_w, 1)
    scores = torch.nn.functional.one_hot(addresses, len(logits)) - log_q.exp()
    return (signals[:, :, None] * scores).sum(1)


# %% name="brackets not detached" dies="test_gradient_is_unbiased"
def address_gradient(logits, log_joint, addresses, baselines):
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)
    log_q = torch.log_softmax(rows, dim=1).gather(1, addresses)
    log_w = log_joint[addresses] - log_q
    value = bound(log_w)
    signals = value[:, None] - baselines - torch.softmax(log_w, dim=1)
    (gradient,) = torch.autograd.grad((value + (signals * log_q).sum(1)).sum(), rows)
    return gradient
