# %% name="a class twice" dies="test_draws_are_within_range_and_different"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    return torch.randint(0, n_classes, (n_ways,)), which, torch.randint(0, 4, (n_ways,))


# %% name="what is shown is asked for again" dies="test_draws_are_within_range_and_different"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.randint(0, n_drawings, (n_ways, n_images))
    return torch.randperm(n_classes)[:n_ways], which, torch.randint(0, 4, (n_ways,))


# %% name="always the first classes" dies="test_everything_is_drawn_sometimes"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    return torch.randperm(n_ways), which, torch.randint(0, 4, (n_ways,))


# %% name="always the first drawings" dies="test_everything_is_drawn_sometimes"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_images) for _ in range(n_ways)])
    return torch.randperm(n_classes)[:n_ways], which, torch.randint(0, 4, (n_ways,))


# %% name="the last class is never drawn" dies="test_everything_is_drawn_sometimes"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    return torch.randperm(max(n_classes - 1, n_ways))[:n_ways], which, torch.randint(0, 4, (n_ways,))


# %% name="one turn for all" dies="test_turns_are_drawn_per_class_and_episode"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    return torch.randperm(n_classes)[:n_ways], which, torch.randint(0, 4, (1,)).repeat(n_ways)


# %% name="never turned" dies="test_turns_are_drawn_per_class_and_episode"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    return torch.randperm(n_classes)[:n_ways], which, torch.zeros(n_ways, dtype=torch.long)


# %% name="only three turns" dies="test_turns_are_drawn_per_class_and_episode"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    return torch.randperm(n_classes)[:n_ways], which, torch.randint(0, 3, (n_ways,))


# %% name="the same drawers for all classes" dies="test_drawings_are_drawn_per_class"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.randperm(n_drawings)[:n_images].repeat(n_ways, 1)
    return torch.randperm(n_classes)[:n_ways], which, torch.randint(0, 4, (n_ways,))


# %% name="neighbours in the list of classes" dies="test_every_pair_is_drawn_sometimes"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    classes = (torch.randint(0, n_classes, (1,)) + torch.arange(n_ways)) % n_classes
    return classes, which, torch.randint(0, 4, (n_ways,))


# %% name="drawings in a row" dies="test_every_pair_is_drawn_sometimes"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = (torch.randint(0, n_drawings, (n_ways, 1)) + torch.arange(n_images)) % n_drawings
    return torch.randperm(n_classes)[:n_ways], which, torch.randint(0, 4, (n_ways,))


# %% name="turns one after the other" dies="test_every_pair_is_drawn_sometimes"
def draw(n_classes, n_drawings, n_ways, n_images):
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    turns = (torch.randint(0, 4, (1,)) + torch.arange(n_ways)) % 4
    return torch.randperm(n_classes)[:n_ways], which, turns
