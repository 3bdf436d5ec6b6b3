# %% name="contexts first" dies="test_trials_with_one_stimulus"
def stimulus_rows(s1, s2):
    return torch.tensor([[c1, c2, s1, s2] for c1 in (0, 1) for c2 in (0, 1)]).float()


# %% name="stimuli exchanged" dies="test_trials_with_one_stimulus"
def stimulus_rows(s1, s2):
    return torch.tensor([[s2, s1, c1, c2] for c1 in (0, 1) for c2 in (0, 1)]).float()


# %% name="empty context left out" dies="test_trials_with_one_stimulus"
def stimulus_rows(s1, s2):
    return torch.tensor([[s1, s2, c1, c2] for c1, c2 in ((0, 1), (1, 0), (1, 1))]).float()


# %% name="s2 forgotten" dies="test_trials_for_all_combinations_of_stimuli"
def stimulus_rows(s1, s2):
    return torch.tensor([[s1, 0, c1, c2] for c1 in (0, 1) for c2 in (0, 1)]).float()


# %% name="whole numbers" dies="test_trials_are_floating_point"
def stimulus_rows(s1, s2):
    return torch.tensor([[int(s1), int(s2), c1, c2] for c1 in (0, 1) for c2 in (0, 1)])


# %% name="a context twice, another never" dies="test_trials_with_one_stimulus"
def stimulus_rows(s1, s2):
    return torch.tensor([[s1, s2, c1, c2] for c1, c2 in ((0, 0), (0, 1), (0, 1), (1, 1))]).float()


# %% name="trials as columns" dies="test_trials_with_one_stimulus"
def stimulus_rows(s1, s2):
    return torch.tensor([[s1, s2, c1, c2] for c1 in (0, 1) for c2 in (0, 1)]).float().T


# %% name="plus and minus one" dies="test_trials_with_one_stimulus"
def stimulus_rows(s1, s2):
    return 2 * torch.tensor([[s1, s2, c1, c2] for c1 in (0, 1) for c2 in (0, 1)]).float() - 1
