# %% name="numpy permutation"
def draw_sets(images, num_train, num_test):
    order = np.random.permutation(len(images))
    return images[order[:num_train]], images[order[num_train:num_train + num_test]]


# %% name="random.sample of row numbers"
def draw_sets(images, num_train, num_test):
    import random

    chosen = random.sample(range(images.shape[0]), num_train + num_test)
    return images[chosen[:num_train]].clone(), images[chosen[num_train:]].clone()


# %% name="test set from what is left over"
def draw_sets(images, num_train, num_test):
    n = images.shape[0]
    train_rows = torch.multinomial(torch.ones(n), num_train)
    left = torch.ones(n)
    left[train_rows] = 0
    test_rows = torch.multinomial(left, num_test)
    return images[train_rows], images[test_rows]


# %% name="sorted random numbers, from the end"
def draw_sets(images, num_train, num_test):
    order = torch.argsort(torch.rand(images.size(0)), descending=True)
    both = torch.index_select(images, 0, order[: num_train + num_test])
    test, train = torch.split(both, [num_test, num_train])
    return train, test
