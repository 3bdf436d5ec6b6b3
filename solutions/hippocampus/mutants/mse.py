# %% name="sum instead of mean" dies="test_mse_of_two_small_pictures"
def mse(true_vals, pred_vals):
    return ((true_vals - pred_vals) ** 2).sum()


# %% name="root of the mean" dies="test_mse_of_two_small_pictures"
def mse(true_vals, pred_vals):
    return torch.sqrt(((true_vals - pred_vals) ** 2).mean())


# %% name="absolute differences" dies="test_mse_of_two_small_pictures"
def mse(true_vals, pred_vals):
    return (true_vals - pred_vals).abs().mean()


# %% name="sum over rows divided by rows only" dies="test_mse_of_two_small_pictures"
def mse(true_vals, pred_vals):
    return ((true_vals - pred_vals) ** 2).sum() / len(true_vals)


# %% name="one error per row" dies="test_mse_of_two_small_pictures"
def mse(true_vals, pred_vals):
    return ((true_vals - pred_vals) ** 2).mean(dim=-1)


# %% name="difference of squares" dies="test_mse_of_other_shapes"
def mse(true_vals, pred_vals):
    return (true_vals**2 - pred_vals**2).abs().mean()


# %% name="square of the mean difference" dies="test_mse_of_two_small_pictures"
def mse(true_vals, pred_vals):
    return (true_vals - pred_vals).mean() ** 2


# %% name="share of wrong pixels times four" dies="test_mse_of_other_shapes"
def mse(true_vals, pred_vals):
    return 4 * (true_vals != pred_vals).float().mean()
