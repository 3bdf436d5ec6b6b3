# %% name="turned clockwise" dies="test_a_class_is_turned_as_a_whole"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, -int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)


# %% name="only what is shown is turned" dies="test_a_class_is_turned_as_a_whole"
def episode(drawings, classes, which, turns, n_shots):
    plain = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(plain, turns)])
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), plain[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)


# %% name="not turned" dies="test_a_class_is_turned_as_a_whole"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)


# %% name="support class by class, labels shot by shot" dies="test_an_episode_of_two_small_classes"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, :n_shots].flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)


# %% name="the last ones are shown" dies="test_an_episode_of_two_small_classes"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, -n_shots:].transpose(0, 1).flatten(0, 1), images[:, :-n_shots].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)


# %% name="labels are the numbers of the classes" dies="test_an_episode_of_two_small_classes"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    n_images = which.shape[1]
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, classes.repeat(n_shots), query, classes.repeat_interleave(n_images - n_shots)


# %% name="queries labelled in turn" dies="test_episodes_of_other_sizes"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat(n_images - n_shots)


# %% name="the first classes, whichever were drawn" dies="test_an_episode_of_two_small_classes"
def episode(drawings, classes, which, turns, n_shots):
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    images = drawings[labels[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)


# %% name="changes the drawings" dies="test_an_episode_of_two_small_classes"
def episode(drawings, classes, which, turns, n_shots):
    images = drawings[classes[:, None], which]
    images = torch.stack([torch.rot90(row, int(turn), (-2, -1)) for row, turn in zip(images, turns)])
    drawings[classes] = 0
    n_ways, n_images = which.shape
    labels = torch.arange(n_ways)
    support, query = images[:, :n_shots].transpose(0, 1).flatten(0, 1), images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)
