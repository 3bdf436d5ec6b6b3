# %% name="all in one matrix, flat responses"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    n = hidden_s1.shape[0]
    outcomes = torch.zeros(2 * n, 1)
    outcomes[:n] = 1
    weights = get_weights(torch.vstack([hidden_s1, hidden_neither]), outcomes, lamb=lamb)
    everything = evaluate(weights, torch.vstack([hidden_s1, hidden_s2, hidden_neither]))[:, 0]
    return everything[:n], everything[n:2 * n], everything[2 * n:]


# %% name="without the two functions, neither first, double precision"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    a, b, c = hidden_s1.double(), hidden_s2.double(), hidden_neither.double()
    F = torch.cat([c, a])
    v = torch.tensor([[0.0]] * len(c) + [[1.0]] * len(a), dtype=torch.float64)
    w = torch.linalg.inv(F.T @ F + lamb * torch.eye(F.shape[1], dtype=torch.float64)) @ F.T @ v
    return a @ w, b @ w, c @ w


# %% name="numpy, list of three"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    a, b, c = (np.asarray(h, dtype=np.float64) for h in (hidden_s1, hidden_s2, hidden_neither))
    # F^T v: only the rows of s1 have the outcome 1
    w = np.linalg.solve(a.T @ a + c.T @ c + lamb * np.eye(a.shape[1]), a.sum(axis=0))
    return [h @ w for h in (a, b, c)]
