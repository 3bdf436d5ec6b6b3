# %% name="rank-2 product"
def storkey_weights(patterns):
    n = patterns.shape[1]
    k = torch.zeros(n, n)
    for x in patterns:
        g = k @ x
        k = k + torch.stack([x, -g], 1) @ torch.stack([x - g, x]) / n
    return k * (1 - torch.eye(n))


# %% name="projections"
def storkey_weights(patterns):
    n = patterns.shape[1]
    identity, k = torch.eye(n), torch.zeros(n, n)
    for x in patterns:
        pi = torch.outer(x, x) / n
        k = (identity - pi) @ k @ (identity - pi) + pi - pi @ k @ pi
    return k - torch.diag(k.diagonal())


# %% name="numpy, element by element"
def storkey_weights(patterns):
    x = np.asarray(patterns, dtype=np.float64)
    n = x.shape[1]
    k = np.zeros((n, n))
    for row in x:
        g = k.dot(row)
        step = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                step[i, j] = row[i] * row[j] - row[i] * g[j] - g[i] * row[j]
        k += step / n
    np.fill_diagonal(k, 0)
    return k
