# %% name="loop over units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if len(input_pattern.shape) != 2 or input_pattern.shape[1] != 1:
        raise ValueError("the cue must be a column")
    d = W.shape[0]
    state = input_pattern.clone()
    rows = []
    for _ in range(num_iters):
        new = torch.zeros(d, 1)
        for i in range(d):
            h = float((W[i] * state[:, 0]).sum()) - threshold
            new[i, 0] = 1.0 if h > 0 else -1.0
        state = new
        if training_patterns is not None:
            rows.append([float((x * state[:, 0]).sum()) for x in training_patterns])
    return state, (torch.tensor(rows) if training_patterns is not None else None)


# %% name="numpy, where, table filled in; refuses by assert"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    W, s = np.array(W), np.array(input_pattern)
    assert s.shape == (W.shape[0], 1), f"expected a column of {W.shape[0]}, got {s.shape}"
    similarities = None
    if training_patterns is not None:
        X = np.array(training_patterns)
        similarities = np.zeros((num_iters, X.shape[0]))
    for t in range(num_iters):
        s = np.where(W.dot(s) >= threshold, 1.0, -1.0).astype(np.float32)
        if training_patterns is not None:
            similarities[t] = (X @ s)[:, 0]
    return torch.from_numpy(s), None if similarities is None else torch.from_numpy(similarities)


# %% name="row vectors inside, double precision"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.dim() != 2 or input_pattern.size(1) != 1:
        raise TypeError("expected a column vector")
    s = input_pattern.T.double()
    states = []
    for _ in range(num_iters):
        s = torch.sign(s @ W.double() - threshold)
        states.append(s)
    if training_patterns is None:
        return s.T.float(), None
    return s.T.float(), torch.cat(states) @ training_patterns.double().T


# %% name="comparison turned into plus and minus one, list of rows"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    d, k = input_pattern.shape
    if k != 1:
        raise ValueError(f"got {k} columns")
    similarities = []
    for _ in range(num_iters):
        input_pattern = 2 * (torch.mm(W, input_pattern) > threshold).float() - 1
        if training_patterns is not None:
            similarities += [torch.mv(training_patterns, input_pattern.squeeze(1))]
    return input_pattern, torch.stack(similarities) if similarities else None
