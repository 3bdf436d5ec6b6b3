# %% name="eight trials" dies="test_preconditioning_has_ten_trials"
def preconditioning_rows():
    return torch.tensor([[s, s, c1, c2] for s in (0.0, 1.0) for c1 in (0.0, 1.0) for c2 in (0.0, 1.0)])


# %% name="full context twice instead of the empty one" dies="test_preconditioning_trials"
def preconditioning_rows():
    contexts = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 1)]
    return torch.tensor([[s, s, c1, c2] for s in (0.0, 1.0) for c1, c2 in contexts])


# %% name="s1 without s2" dies="test_preconditioning_has_ten_trials"
def preconditioning_rows():
    contexts = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    return torch.tensor([[s, 0.0, c1, c2] for s in (0.0, 1.0) for c1, c2 in contexts])


# %% name="contexts first" dies="test_preconditioning_trials"
def preconditioning_rows():
    contexts = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    return torch.tensor([[c1, c2, s, s] for s in (0.0, 1.0) for c1, c2 in contexts])


# %% name="all sixteen combinations" dies="test_preconditioning_has_ten_trials"
def preconditioning_rows():
    return torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4)


# %% name="stimuli on top of the empty trials only" dies="test_preconditioning_has_ten_trials"
def preconditioning_rows():
    contexts = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    rows = [[0.0, 0.0, c1, c2] for c1, c2 in contexts] + [[0.0, 0.0, c1, c2] for c1, c2 in contexts[:3]]
    return torch.tensor(rows + [[1.0, 1.0, 0.0, 0.0]] * 2)


# %% name="both stimuli in the empty context only, ten trials" dies="test_preconditioning_trials"
def preconditioning_rows():
    contexts = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    return torch.tensor([[0.0, 0.0, c1, c2] for c1, c2 in contexts] + [[1.0, 1.0, 0.0, 0.0]] * 5)


# %% name="whole numbers" dies="test_trials_are_floating_point"
def preconditioning_rows():
    contexts = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    return torch.tensor([[s, s, c1, c2] for s in (0, 1) for c1, c2 in contexts])
