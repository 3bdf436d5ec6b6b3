# %% name="test set drawn independently: overlaps" dies="test_draws_are_rows_of_the_images"
def draw_sets(images, num_train, num_test):
    train = images[torch.randperm(len(images))[:num_train]]
    test = images[torch.randperm(len(images))[:num_test]]
    return train, test


# %% name="with replacement" dies="test_draws_are_rows_of_the_images"
def draw_sets(images, num_train, num_test):
    order = torch.randint(0, len(images), (num_train + num_test,))
    return images[order[:num_train]], images[order[num_train:]]


# %% name="test set inside the training set" dies="test_draws_are_rows_of_the_images"
def draw_sets(images, num_train, num_test):
    order = torch.randperm(len(images))
    return images[order[:num_train]], images[order[:num_test]]


# %% name="not shuffled" dies="test_draws_are_random"
def draw_sets(images, num_train, num_test):
    return images[:num_train], images[num_train:num_train + num_test]


# %% name="a fixed seed inside" dies="test_draws_are_random"
def draw_sets(images, num_train, num_test):
    torch.manual_seed(42)
    order = torch.randperm(len(images))
    return images[order[:num_train]], images[order[num_train:num_train + num_test]]


# %% name="all the rest as test set" dies="test_draws_are_rows_of_the_images"
def draw_sets(images, num_train, num_test):
    order = torch.randperm(len(images))
    return images[order[:num_train]], images[order[num_train:]]


# %% name="test set and training set exchanged" dies="test_draws_have_the_right_sizes_and_do_not_overlap"
def draw_sets(images, num_train, num_test):
    order = torch.randperm(len(images))
    return images[order[num_train:num_train + num_test]], images[order[:num_train]]


# %% name="drawn from the first images only" dies="test_draws_are_random"
def draw_sets(images, num_train, num_test):
    order = torch.randperm(num_train + num_test)
    return images[order[:num_train]], images[order[num_train:]]


# %% name="row numbers instead of rows" dies="test_draws_have_the_right_sizes_and_do_not_overlap"
def draw_sets(images, num_train, num_test):
    order = torch.randperm(len(images))
    return order[:num_train], order[num_train:num_train + num_test]


# %% name="training set shuffled, test set always the last images" dies="test_draws_are_random"
def draw_sets(images, num_train, num_test):
    order = torch.randperm(len(images) - num_test)
    return images[order[:num_train]], images[len(images) - num_test:]
