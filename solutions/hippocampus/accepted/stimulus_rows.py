# %% name="filled in column by column"
def stimulus_rows(s1, s2):
    rows = torch.zeros(4, 4)
    rows[:, 0] = s1
    rows[:, 1] = s2
    rows[2:, 2] = 1
    rows[1::2, 3] = 1
    return rows


# %% name="contexts in another order, loops"
def stimulus_rows(s1, s2):
    rows = []
    for c2 in [1.0, 0.0]:
        for c1 in [1.0, 0.0]:
            rows.append([float(s1), float(s2), c1, c2])
    return torch.tensor(rows)


# %% name="cartesian product, double precision"
def stimulus_rows(s1, s2):
    return torch.cartesian_prod(*[torch.tensor(v, dtype=torch.float64) for v in ([s1], [s2], [0, 1], [0, 1])])


# %% name="numpy"
def stimulus_rows(s1, s2):
    contexts = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=np.float32)
    return np.hstack([np.full((4, 1), s1, dtype=np.float32), np.full((4, 1), s2, dtype=np.float32), contexts])
