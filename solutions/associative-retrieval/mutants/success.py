# %% name="nearest pattern's distance for the rate" dies="test_three_patterns_on_a_line"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1)
    right = d.argmin(1) == torch.arange(len(patterns))
    return float((d.amin(1) < threshold).float().mean()), float(right.float().mean()), float((d.diagonal() < between / 2).float().mean())


# %% name="squared distance against the threshold" dies="test_three_patterns_on_a_line"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1)
    own = d.diagonal()
    right = d.argmin(1) == torch.arange(len(patterns))
    return float((own**2 < threshold).float().mean()), float(right.float().mean()), float((own < between / 2).float().mean())


# %% name="a pattern is its own neighbour" dies="test_three_patterns_on_a_line"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).amin(1)
    own = d.diagonal()
    right = d.argmin(1) == torch.arange(len(patterns))
    return float((own < threshold).float().mean()), float(right.float().mean()), float((own < between / 2).float().mean())


# %% name="the whole neighbour's distance" dies="test_three_patterns_on_a_line"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1)
    own = d.diagonal()
    right = d.argmin(1) == torch.arange(len(patterns))
    return float((own < threshold).float().mean()), float(right.float().mean()), float((own < between).float().mean())


# %% name="a tie counts as right" dies="test_a_duplicate_pattern"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1)
    own = d.diagonal()
    return float((own < threshold).float().mean()), float((own <= d.amin(1)).float().mean()), float((own < between / 2).float().mean())


# %% name="largest product instead of nearest" dies="test_success_of_other_readouts"
def success(patterns, readouts, threshold):
    own = (readouts - patterns).norm(dim=1)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1)
    right = (readouts @ patterns.T).argmax(1) == torch.arange(len(patterns))
    return float((own < threshold).float().mean()), float(right.float().mean()), float((own < between / 2).float().mean())


# %% name="per cent" dies="test_three_patterns_on_a_line"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1)
    own = d.diagonal()
    right = d.argmin(1) == torch.arange(len(patterns))
    return float(100 * (own < threshold).float().mean()), float(100 * right.float().mean()), float(100 * (own < between / 2).float().mean())


# %% name="one neighbour's distance for all" dies="test_success_of_other_readouts"
def success(patterns, readouts, threshold):
    d = (readouts[:, None] - patterns).norm(dim=2)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin()
    own = d.diagonal()
    right = d.argmin(1) == torch.arange(len(patterns))
    return float((own < threshold).float().mean()), float(right.float().mean()), float((own < between / 2).float().mean())
