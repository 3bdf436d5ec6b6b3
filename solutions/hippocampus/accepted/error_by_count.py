# %% name="lists of floats"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(train_patterns[0:n])
        a.append(recall_error(W, train_patterns[0:n], train_patterns[0:n], num_iters=num_iters).item())
        b.append(recall_error(W, test_patterns, test_patterns, num_iters=num_iters).item())
    return a, b


# %% name="numpy table, columns at once, without recall_error"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    table = np.zeros((2, len(counts)))
    for k, n in enumerate(counts):
        W = np.asarray(make_matrix(train_patterns[:n].clone()))
        for row, X in enumerate((train_patterns[:n].numpy(), test_patterns.numpy())):
            S = X.T
            for _ in range(num_iters):
                S = np.where(W @ S > 0, 1.0, -1.0)
            table[row, k] = ((S.T - X) ** 2).mean()
    return table[0], table[1]


# %% name="tensors filled in, one pattern at a time"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    def average(W, patterns):
        total = 0
        for x in patterns:
            s, _ = evaluate_hopfield_network(W, x[:, None], num_iters=num_iters)
            total = total + mse(x[:, None], s)
        return total / patterns.shape[0]

    train_errors, test_errors = torch.zeros(len(counts)), torch.zeros(len(counts))
    for k in range(len(counts)):
        W = make_matrix(train_patterns[: counts[k], :])
        train_errors[k] = average(W, train_patterns[: counts[k], :])
        test_errors[k] = average(W, test_patterns)
    return train_errors, test_errors
