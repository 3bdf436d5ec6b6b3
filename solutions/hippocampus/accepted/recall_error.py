# %% name="all cues as columns at once, without evaluate_hopfield_network"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    states = cues.T
    for _ in range(num_iters):
        states = torch.sign(W @ states - threshold)
    return torch.mean((states.T - targets) ** 2)


# %% name="running sum over rows, a float"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    total = 0.0
    for i in range(len(cues)):
        state, _ = evaluate_hopfield_network(W, cues[i].unsqueeze(1), None, num_iters, threshold)
        total += float(mse(targets[i].unsqueeze(1), state))
    return total / len(cues)


# %% name="numpy, from the share of wrong pixels"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    s, W = cues.numpy().T, W.numpy()
    for _ in range(num_iters):
        s = np.where(W @ s > threshold, 1.0, -1.0)
    return 4 * np.mean(s != targets.numpy().T)


# %% name="inner loop per row with lists"
def recall_error(W, cues, targets, num_iters=1, threshold=0):
    errors = []
    for cue, target in zip(cues, targets):
        s = cue
        for _ in range(num_iters):
            s = torch.sign(torch.mv(W, s) - threshold)
        errors.append(((s - target) ** 2).mean())
    return torch.stack(errors).mean()
