# %% name="change of base"
def network_capacity(num_units):
    import numpy as np
    return int(np.round(num_units * np.log(2) / (2 * np.log(num_units))))


# %% name="add a half and cut off"
def network_capacity(num_units):
    return int(num_units / 2 / math.log2(num_units) + 0.5)


# %% name="torch"
def network_capacity(num_units):
    d = torch.tensor(float(num_units), dtype=torch.float64)
    return torch.round(d / (2 * torch.log2(d))).int().item()


# %% name="a float that is whole"
def network_capacity(num_units):
    return np.round(num_units / (2 * np.log2(num_units)))
