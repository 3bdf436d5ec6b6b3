# %% name="torch's own"
def mse(true_vals, pred_vals):
    return torch.nn.functional.mse_loss(pred_vals, true_vals)


# %% name="loop over elements, a float"
def mse(true_vals, pred_vals):
    total = 0.0
    count = 0
    for t, p in zip(true_vals.flatten().tolist(), pred_vals.flatten().tolist()):
        total += (t - p) ** 2
        count += 1
    return total / count


# %% name="numpy in double precision"
def mse(true_vals, pred_vals):
    difference = np.asarray(true_vals, dtype=np.float64) - np.asarray(pred_vals, dtype=np.float64)
    return np.square(difference).sum() / difference.size


# %% name="squared norm over the number of elements"
def mse(true_vals, pred_vals):
    return torch.linalg.norm((true_vals - pred_vals).flatten()) ** 2 / true_vals.numel()
