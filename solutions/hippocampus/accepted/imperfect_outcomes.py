# %% name="loop, random.sample"
def imperfect_outcomes(stimulus, reliability):
    import random

    trials = [i for i, s in enumerate(stimulus.tolist()) if s == 1]
    lucky = random.sample(trials, int(round(reliability * len(trials))))
    return torch.tensor([[1.0 if i in lucky else 0.0] for i in range(len(stimulus))])


# %% name="shuffled list of outcomes written to the trials with the stimulus"
def imperfect_outcomes(stimulus, reliability):
    outcomes = stimulus.clone()
    present = stimulus > 0.5
    n1 = int(present.sum())
    values = torch.zeros(n1)
    values[: round(reliability * n1)] = 1
    outcomes[present] = values[torch.randperm(n1)]
    return outcomes.unsqueeze(1)


# %% name="random numbers ranked, numpy"
def imperfect_outcomes(stimulus, reliability):
    s = stimulus.numpy()
    n1 = int(s.sum())
    chance = np.where(s == 1, np.random.rand(len(s)), 2.0)
    outcomes = np.zeros((len(s), 1))
    outcomes[np.argsort(chance)[: int(reliability * n1 + 0.5)], 0] = 1
    return outcomes


# %% name="multinomial with the stimulus as weight"
def imperfect_outcomes(stimulus, reliability):
    outcomes = torch.zeros(stimulus.shape[0], 1)
    count = round(float(reliability * stimulus.sum()))
    if count:
        outcomes[torch.multinomial(stimulus.float(), count)] = 1.0
    return outcomes
