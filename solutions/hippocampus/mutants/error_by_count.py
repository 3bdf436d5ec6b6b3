# %% name="all training patterns stored every time" dies="test_errors_by_count_of_random_patterns"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(train_patterns)
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
        b.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(a), torch.tensor(b)


# %% name="train error over patterns not stored as well" dies="test_errors_by_count_of_random_patterns"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(train_patterns[:n])
        a.append(float(recall_error(W, train_patterns, train_patterns, num_iters)))
        b.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(a), torch.tensor(b)


# %% name="test error on the stored patterns" dies="test_errors_by_count_of_a_single_pattern"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(train_patterns[:n])
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
        b.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
    return torch.tensor(a), torch.tensor(b)


# %% name="test patterns stored, too" dies="test_errors_by_count_of_random_patterns"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(torch.cat([train_patterns[:n], test_patterns]))
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
        b.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(a), torch.tensor(b)


# %% name="counts from 1 up instead of the ones given" dies="test_errors_by_count_of_random_patterns"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in range(1, len(counts) + 1):
        W = make_matrix(train_patterns[:n])
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
        b.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(a), torch.tensor(b)


# %% name="one learning rule built in" dies="test_errors_by_count_use_the_rule_given"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = outer_product_hopfield_matrix(train_patterns[:n])
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
        b.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(a), torch.tensor(b)


# %% name="number of steps not passed on" dies="test_errors_by_count_of_random_patterns"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(train_patterns[:n])
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], 5)))
        b.append(float(recall_error(W, test_patterns, test_patterns, 5)))
    return torch.tensor(a), torch.tensor(b)


# %% name="errors exchanged" dies="test_errors_by_count_of_a_single_pattern"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = [], []
    for n in counts:
        W = make_matrix(train_patterns[:n])
        a.append(float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)))
        b.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(b), torch.tensor(a)


# %% name="one average over all counts" dies="test_errors_by_count_of_random_patterns"
def error_by_count(make_matrix, train_patterns, test_patterns, counts, num_iters=1):
    a, b = 0.0, 0.0
    for n in counts:
        W = make_matrix(train_patterns[:n])
        a += float(recall_error(W, train_patterns[:n], train_patterns[:n], num_iters)) / len(counts)
        b += float(recall_error(W, test_patterns, test_patterns, num_iters)) / len(counts)
    return torch.tensor([a]), torch.tensor([b])
