# %% name="each trial on its own with probability r" dies="test_outcomes_are_exact_in_number"
def imperfect_outcomes(stimulus, reliability):
    return ((torch.rand(len(stimulus)) < reliability) * stimulus).reshape(-1, 1)


# %% name="the expected outcome instead of 0 or 1" dies="test_outcomes_follow_the_stimulus_only"
def imperfect_outcomes(stimulus, reliability):
    return (reliability * stimulus).reshape(-1, 1)


# %% name="share of all trials" dies="test_outcomes_follow_the_stimulus_only"
def imperfect_outcomes(stimulus, reliability):
    outcomes = torch.zeros(len(stimulus), 1)
    outcomes[torch.randperm(len(stimulus))[: round(reliability * len(stimulus))]] = 1
    return outcomes


# %% name="always the first trials" dies="test_outcomes_are_random"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    outcomes = torch.zeros(len(stimulus), 1)
    outcomes[trials[: round(reliability * len(trials))]] = 1
    return outcomes


# %% name="regular pattern" dies="test_outcomes_are_random"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    count = round(reliability * len(trials))
    outcomes = torch.zeros(len(stimulus), 1)
    if count:
        outcomes[trials[torch.arange(count) * len(trials) // count]] = 1
    return outcomes


# %% name="a fixed seed inside" dies="test_outcomes_are_random"
def imperfect_outcomes(stimulus, reliability):
    torch.manual_seed(0)
    trials = torch.nonzero(stimulus)[:, 0]
    outcomes = torch.zeros(len(stimulus), 1)
    outcomes[trials[torch.randperm(len(trials))[: round(reliability * len(trials))]]] = 1
    return outcomes


# %% name="outcome where it should be missing" dies="test_outcomes_are_a_column"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    outcomes = torch.zeros(len(stimulus), 1)
    outcomes[trials[torch.randperm(len(trials))[round(reliability * len(trials)):]]] = 1
    return outcomes


# %% name="outcomes also without the stimulus" dies="test_outcomes_follow_the_stimulus_only"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    outcomes = 1 - stimulus.reshape(-1, 1)
    outcomes[trials[torch.randperm(len(trials))[: round(reliability * len(trials))]]] = 1
    return outcomes


# %% name="drawn with replacement" dies="test_outcomes_are_exact_in_number"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    outcomes = torch.zeros(len(stimulus), 1)
    outcomes[trials[torch.randint(0, len(trials), (round(reliability * len(trials)),))]] = 1
    return outcomes


# %% name="stimulus overwritten" dies="test_outcomes_leave_the_stimulus_alone"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    stimulus[trials[torch.randperm(len(trials))[round(reliability * len(trials)):]]] = 0
    return stimulus.clone().reshape(-1, 1)


# %% name="flat instead of a column" dies="test_outcomes_are_a_column"
def imperfect_outcomes(stimulus, reliability):
    trials = torch.nonzero(stimulus)[:, 0]
    outcomes = torch.zeros(len(stimulus))
    outcomes[trials[torch.randperm(len(trials))[: round(reliability * len(trials))]]] = 1
    return outcomes
