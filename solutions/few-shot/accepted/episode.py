# %% name="loops and lists"
def episode(drawings, classes, which, turns, n_shots):
    n_ways, n_images = which.shape
    support, support_labels, query, query_labels = [], [], [], []
    for j in range(n_shots):
        for i in range(n_ways):
            support.append(torch.rot90(drawings[classes[i], which[i, j]], int(turns[i])))
            support_labels.append(i)
    for i in range(n_ways):
        for j in range(n_shots, n_images):
            query.append(torch.rot90(drawings[classes[i], which[i, j]], int(turns[i])))
            query_labels.append(i)
    return torch.stack(support), torch.tensor(support_labels), torch.stack(query), torch.tensor(query_labels)


# %% name="numpy"
def episode(drawings, classes, which, turns, n_shots):
    import numpy as np

    images = np.asarray(drawings)[np.asarray(classes)[:, None], np.asarray(which)]
    images = np.stack([np.rot90(row, int(turn), (1, 2)) for row, turn in zip(images, turns)])
    n_ways, n_images = which.shape
    side = images.shape[-1]
    support = images[:, :n_shots].swapaxes(0, 1).reshape(-1, side, side)
    query = images[:, n_shots:].reshape(-1, side, side)
    return support, np.tile(np.arange(n_ways), n_shots), query, np.repeat(np.arange(n_ways), n_images - n_shots)


# %% name="transposes and flips, float64"
def episode(drawings, classes, which, turns, n_shots):
    def turned(image, turn):
        for _ in range(int(turn)):
            image = image.T.flip(0)
        return image.double()

    rows = [[turned(drawings[c, w], t) for w in row] for c, row, t in zip(classes, which, turns)]
    n = len(rows)
    support = [rows[i][j] for j in range(n_shots) for i in range(n)]
    query = [image for row in rows for image in row[n_shots:]]
    q = len(rows[0]) - n_shots
    return (
        torch.stack(support),
        torch.tensor([i for _ in range(n_shots) for i in range(n)]),
        torch.stack(query),
        torch.tensor([i for i in range(n) for _ in range(q)]),
    )
