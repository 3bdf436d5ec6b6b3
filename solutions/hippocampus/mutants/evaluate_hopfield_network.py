# %% name="num_iters ignored" dies="test_recall_in_random_networks"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(5):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="only one step" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    rows = []
    for _ in range(num_iters):
        state = torch.sign(W @ input_pattern - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="threshold ignored" dies="test_recall_compares_fields_with_the_threshold"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = torch.sign(W @ state)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="threshold added" dies="test_recall_compares_fields_with_the_threshold"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = torch.sign(W @ state + threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="state not thresholded" dies="test_recall_in_random_networks"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = W @ state - threshold
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="thresholded only at the end" dies="test_recall_in_random_networks"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = W @ state - threshold
        if training_patterns is not None:
            rows.append((training_patterns @ torch.sign(state))[:, 0])
    return torch.sign(state), torch.stack(rows) if rows else None


# %% name="similarities before the step" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
        state = torch.sign(W @ state - threshold)
    return state, torch.stack(rows) if rows else None


# %% name="similarities of the last state only" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state = input_pattern
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
    return state, (training_patterns @ state).T if training_patterns is not None else None


# %% name="similarities divided by d" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0] / len(state))
    return state, torch.stack(rows) if rows else None


# %% name="any shape of cue taken" dies="test_recall_refuses_a_cue_that_is_no_column"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    state = input_pattern.reshape(W.shape[0], -1) if input_pattern.numel() >= W.shape[0] else input_pattern
    rows = []
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="only the number of dimensions checked" dies="test_recall_refuses_a_cue_that_is_no_column"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="one unit after the other" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern.clone(), []
    for _ in range(num_iters):
        for i in range(len(state)):
            state[i] = torch.sign(W[i] @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state, torch.stack(rows) if rows else None


# %% name="cue overwritten" dies="test_recall_leaves_its_input_alone"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    rows = []
    for _ in range(num_iters):
        input_pattern[:] = torch.sign(W @ input_pattern - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ input_pattern)[:, 0])
    return input_pattern, torch.stack(rows) if rows else None


# %% name="stops when the state stands still" dies="test_recall_takes_five_steps_unless_told"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        new = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ new)[:, 0])
        if torch.equal(new, state):
            break
        state = new
    return state, torch.stack(rows) if rows else None


# %% name="state returned as a flat vector" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append((training_patterns @ state)[:, 0])
    return state[:, 0], torch.stack(rows) if rows else None


# %% name="similarities transposed" dies="test_recall_swaps_two_units"
def evaluate_hopfield_network(W, input_pattern, training_patterns=None, num_iters=5, threshold=0):
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError("not a column")
    state, rows = input_pattern, []
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            rows.append(training_patterns @ state)
    return state, torch.cat(rows, dim=1) if rows else None
