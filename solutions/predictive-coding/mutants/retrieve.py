# %% name="the last, not the best" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    for k in range(n_trials):
        c = trial(c, k)
    return c, error(c), c


# %% name="the best chain for all" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        c = trial(c, k)
        errors = error(c)
        if errors.mean() < best_error.mean():
            best, best_error = c, errors
    return best, best_error, c


# %% name="the start competes" dies="test_the_start_does_not_compete"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, error(c)
    for k in range(n_trials):
        c = trial(c, k)
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c


# %% name="every trial from the best" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        c = trial(best, k)
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c


# %% name="every trial from the start" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        last = trial(c, k)
        errors = error(last)
        better = errors < best_error
        best = torch.where(better[:, None], last, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, last


# %% name="the highest error" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), -torch.inf)
    for k in range(n_trials):
        c = trial(c, k)
        errors = error(c)
        better = errors > best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c


# %% name="trials numbered from 1" dies="test_two_trials_by_hand"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(1, n_trials + 1):
        c = trial(c, k)
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c


# %% name="one trial too few" dies="test_two_trials_by_hand"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials - 1):
        c = trial(c, k)
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c


# %% name="errors of the causes before the trial" dies="test_the_error_is_that_of_the_cause"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        errors = error(c)
        c = trial(c, k)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c


# %% name="the best error is not remembered" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    best, before = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        c = trial(c, k)
        errors = error(c)
        best = torch.where((errors < before)[:, None], c, best)
        before = errors
    return best, before, c


# %% name="the last is the best" dies="test_the_best_of_each_chain"
def retrieve(trial, error, c, n_trials):
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        c = trial(c, k)
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, best


# %% name="changes the start" dies="test_the_start_is_left_alone"
def retrieve(trial, error, c, n_trials):
    best, best_error = c.clone(), torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        c.copy_(trial(c, k))
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c
