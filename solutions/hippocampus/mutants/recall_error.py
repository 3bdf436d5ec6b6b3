# %% name="nothing recalled" dies="test_recall_error_of_two_units_that_swap"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    return ((cues - targets) ** 2).mean()


# %% name="compared with the cues" dies="test_recall_error_of_random_networks"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues.T
    for _ in range(num_iters):
        s = torch.sign(W @ s - threshold)
    return ((s.T - cues) ** 2).mean()


# %% name="only the first cue" dies="test_recall_error_of_random_networks"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues[:1].T
    for _ in range(num_iters):
        s = torch.sign(W @ s - threshold)
    return ((s.T - targets[:1]) ** 2).mean()


# %% name="always one step" dies="test_recall_error_of_two_units_that_swap"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = torch.sign(W @ cues.T - threshold)
    return ((s.T - targets) ** 2).mean()


# %% name="always five steps" dies="test_recall_error_of_random_networks"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues.T
    for _ in range(5):
        s = torch.sign(W @ s - threshold)
    return ((s.T - targets) ** 2).mean()


# %% name="threshold not passed on" dies="test_recall_error_of_random_networks"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues.T
    for _ in range(num_iters):
        s = torch.sign(W @ s)
    return ((s.T - targets) ** 2).mean()


# %% name="errors of the rows summed" dies="test_recall_error_of_two_units_that_swap"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues.T
    for _ in range(num_iters):
        s = torch.sign(W @ s - threshold)
    return ((s.T - targets) ** 2).mean(dim=1).sum()


# %% name="share of wrong pixels" dies="test_recall_error_of_two_units_that_swap"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues.T
    for _ in range(num_iters):
        s = torch.sign(W @ s - threshold)
    return (s.T != targets).float().mean()


# %% name="every cue compared with every target" dies="test_recall_error_of_two_units_that_swap"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s = cues.T
    for _ in range(num_iters):
        s = torch.sign(W @ s - threshold)
    return ((s.T[:, None, :] - targets[None, :, :]) ** 2).mean()
