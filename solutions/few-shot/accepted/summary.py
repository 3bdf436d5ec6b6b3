# %% name="numpy, a list"
def summary(right):
    import numpy as np

    x = np.asarray(right).mean(axis=1)
    return [x.mean(), x.std(ddof=1), x.std(ddof=1) / np.sqrt(len(x))]


# %% name="statistics"
def summary(right):
    import statistics

    x = [sum(row) / len(row) for row in right.tolist()]
    s = statistics.stdev(x)
    return statistics.mean(x), s, s / len(x) ** 0.5


# %% name="sums, float64"
def summary(right):
    x = right.double().sum(1) / right.shape[1]
    n = len(x)
    mean = x.sum() / n
    variance = ((x - mean) ** 2).sum() / (n - 1)
    return mean, variance.sqrt(), (variance / n).sqrt()
