# %% name="outer products added up"
def hebb_weights(patterns):
    n = patterns.shape[1]
    total = torch.zeros(n, n)
    for x in patterns:
        total += torch.outer(x, x)
    return total.fill_diagonal_(0) / n


# %% name="loops over units"
def hebb_weights(patterns):
    p, n = patterns.shape
    weights = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            if i != j:
                weights[i][j] = sum(float(patterns[m, i] * patterns[m, j]) for m in range(p)) / n
    return torch.tensor(weights)


# %% name="numpy in double precision, masked"
def hebb_weights(patterns):
    x = np.asarray(patterns, dtype=np.float64)
    n = x.shape[1]
    return np.einsum("mi,mj->ij", x, x) / n * (1 - np.eye(n))
