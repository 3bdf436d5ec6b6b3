# %% name="deviation with n" dies="test_summary_of_three_tasks"
def summary(right):
    accuracies = right.float().mean(dim=1)
    deviation = accuracies.std(correction=0)
    return float(accuracies.mean()), float(deviation), float(deviation / len(accuracies) ** 0.5)


# %% name="deviation of queries" dies="test_summary_of_three_tasks"
def summary(right):
    deviation = right.float().std(correction=1)
    return float(right.float().mean()), float(deviation), float(deviation / len(right) ** 0.5)


# %% name="error by the number of queries" dies="test_summary_of_three_tasks"
def summary(right):
    accuracies = right.float().mean(dim=1)
    deviation = accuracies.std(correction=1)
    return float(accuracies.mean()), float(deviation), float(deviation / right.numel() ** 0.5)


# %% name="divided by n" dies="test_summary_of_three_tasks"
def summary(right):
    accuracies = right.float().mean(dim=1)
    deviation = accuracies.std(correction=1)
    return float(accuracies.mean()), float(deviation), float(deviation / len(accuracies))


# %% name="the variance" dies="test_summary_of_three_tasks"
def summary(right):
    accuracies = right.float().mean(dim=1)
    variance = accuracies.var(correction=1)
    return float(accuracies.mean()), float(variance), float((variance / len(accuracies)) ** 0.5)


# %% name="tasks as columns" dies="test_summary_of_three_tasks"
def summary(right):
    accuracies = right.float().mean(dim=0)
    deviation = accuracies.std(correction=1)
    return float(accuracies.mean()), float(deviation), float(deviation / len(accuracies) ** 0.5)


# %% name="the spread that coins would have" dies="test_summary_of_three_tasks"
def summary(right):
    mean = right.float().mean()
    deviation = (mean * (1 - mean) / right.shape[1]) ** 0.5
    return float(mean), float(deviation), float(deviation / len(right) ** 0.5)
