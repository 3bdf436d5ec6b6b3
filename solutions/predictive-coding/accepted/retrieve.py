# %% name="everything kept, the best at the end"
def retrieve(trial, error, c, n_trials):
    causes, errors = [], []
    for k in range(n_trials):
        c = trial(c, k)
        causes.append(c)
        errors.append(error(c))
    least, when = torch.stack(errors).min(dim=0)
    return torch.stack(causes)[when, torch.arange(len(c))], least, c


# %% name="written into a copy"
def retrieve(trial, error, c, n_trials):
    c = trial(c, 0)
    best, best_error = c.clone(), error(c).clone()
    for k in range(1, n_trials):
        c = trial(c, k)
        errors = error(c)
        rows = errors < best_error
        best[rows] = c[rows]
        best_error[rows] = errors[rows]
    return best, best_error, c


# %% name="chain by chain in lists"
def retrieve(trial, error, c, n_trials):
    best = [None] * len(c)
    best_error = [float("inf")] * len(c)
    for k in range(n_trials):
        c = trial(c, k)
        for b, e in enumerate(error(c).tolist()):
            if e < best_error[b]:
                best[b], best_error[b] = c[b], e
    return torch.stack(best), torch.tensor(best_error), c
