# %% name="uphill" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = -alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="no slope of tanh" dies="test_a_saturated_unit_hardly_moves"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="slope without the square" dies="test_a_saturated_unit_hardly_moves"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus)) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="slope at h, not tanh(h)" dies="test_a_saturated_unit_hardly_moves"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - h_minus**2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="error with the other sign" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    step = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    e_h = -step
    return h_minus - step, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="the cause goes the wrong way" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c + alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="noise of constant size" dies="test_without_an_error_nothing_moves"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * xi


# %% name="noise of the size of the output error" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_x.norm(dim=1, keepdim=True) * xi


# %% name="noise by the squared norm" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * (e_h**2).sum(dim=1, keepdim=True) * xi


# %% name="one norm for all chains" dies="test_chains_do_not_mix"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm() * xi


# %% name="no noise" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"])


# %% name="draws its own noise" dies="test_the_same_noise_gives_the_same_result"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    noise = torch.randn_like(c)
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * noise


# %% name="changes the hidden state" dies="test_the_same_noise_gives_the_same_result"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    h_minus -= e_h
    return h_minus, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * e_h.norm(dim=1, keepdim=True) * xi


# %% name="the gradient of the cause without its rate" dies="test_one_unit_by_hand"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    e_h = alpha_x * (1 - torch.tanh(h_minus) ** 2) * (e_x @ net["W_o"])
    return h_minus - e_h, e_h, c - e_h @ net["W_c"] + sigma_r * e_h.norm(dim=1, keepdim=True) * xi
