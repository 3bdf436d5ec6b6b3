# %% name="columns, in float64"
def write(embeddings):
    n, d = embeddings.shape
    m = torch.zeros(d, d, dtype=torch.float64)
    for s in embeddings.double():
        s = s[:, None]
        b = m + s @ s.T / d
        q = b @ s
        m = m + (b - q @ s.T - s @ q.T) / n / d
    return m


# %% name="without B"
def write(embeddings):
    n, d = embeddings.shape
    m = torch.zeros(d, d)
    for s in embeddings:
        q = m @ s + s * (s @ s) / d
        cross = torch.outer(q, s)
        m = m * (1 + 1 / (n * d)) + (torch.outer(s, s) / d - cross - cross.T) / (n * d)
    return m


# %% name="numpy"
def write(embeddings):
    import numpy as np

    x = np.asarray(embeddings)
    n, d = x.shape
    m = np.zeros((d, d))
    for s in x:
        b = m + np.outer(s, s) / d
        q = b @ s
        m = m + (b - np.outer(q, s) - np.outer(s, q)) / (n * d)
    return m
