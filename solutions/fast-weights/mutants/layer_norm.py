# %% name="std with 1/(H - 1)" dies="test_layer_norm_of_two_units"
def layer_norm(u, gain, bias):
    return gain * (u - u.mean(-1, keepdim=True)) / (u.std(-1, keepdim=True) + 1e-5) + bias


# %% name="over the batch" dies="test_layer_norm_of_two_units"
def layer_norm(u, gain, bias):
    return gain * (u - u.mean(0, keepdim=True)) / (u.std(0, correction=0, keepdim=True) + 1e-5) + bias


# %% name="over everything" dies="test_layer_norm_of_other_states"
def layer_norm(u, gain, bias):
    return gain * (u - u.mean()) / (u.std(correction=0) + 1e-5) + bias


# %% name="divides by the variance" dies="test_layer_norm_of_other_states"
def layer_norm(u, gain, bias):
    return gain * (u - u.mean(-1, keepdim=True)) / (u.var(-1, correction=0, keepdim=True) + 1e-5) + bias


# %% name="nothing added to the std" dies="test_units_that_are_all_alike_give_the_bias"
def layer_norm(u, gain, bias):
    return gain * (u - u.mean(-1, keepdim=True)) / u.std(-1, correction=0, keepdim=True) + bias


# %% name="no mean taken off" dies="test_layer_norm_of_two_units"
def layer_norm(u, gain, bias):
    return gain * u / (u.std(-1, correction=0, keepdim=True) + 1e-5) + bias


# %% name="the gain on the bias too" dies="test_layer_norm_of_other_states"
def layer_norm(u, gain, bias):
    return gain * ((u - u.mean(-1, keepdim=True)) / (u.std(-1, correction=0, keepdim=True) + 1e-5) + bias)
