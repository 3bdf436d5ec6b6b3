# %% name="outer products in two loops"
def sequence_weights(patterns, transitions, strength):
    p, n = patterns.shape
    total = torch.zeros(n, n)
    for mu in range(p):
        total += torch.outer(patterns[mu], patterns[mu])
        for nu in range(p):
            if mu != nu:
                total += strength * transitions[mu, nu] * torch.outer(patterns[nu], patterns[mu])
    return total.fill_diagonal_(0) / n


# %% name="one matrix of steps, the identity included"
def sequence_weights(patterns, transitions, strength):
    p, n = patterns.shape
    steps = strength * transitions.clone()
    steps.fill_diagonal_(1.0)
    return torch.einsum("mi,mn,nj->ji", patterns, steps, patterns) / n * (1 - torch.eye(n))


# %% name="numpy in double precision"
def sequence_weights(patterns, transitions, strength):
    x, t = np.asarray(patterns, dtype=float), np.array(transitions, dtype=float)
    np.fill_diagonal(t, 0)
    followers = t @ x
    j = (x.T @ x + strength * followers.T @ x) / x.shape[1]
    np.fill_diagonal(j, 0)
    return j
