# %% name="no leak" dies="test_one_step_of_one_unit"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]


# %% name="the drive is not divided by tau" dies="test_one_step_of_one_unit"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]


# %% name="leak and drive exchanged" dies="test_top_down_of_other_networks"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = h / tau + (1 - 1 / tau) * driven
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]


# %% name="recurrent weights see h, not tanh(h)" dies="test_the_second_unit_hears_the_first"
def top_down(net, h, c, tau):
    driven = h @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]


# %% name="recurrent weights the wrong way round" dies="test_the_second_unit_hears_the_first"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"] + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]


# %% name="the output is read from the old state" dies="test_one_step_of_one_unit"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h) @ net["W_o"].T + net["b_o"]


# %% name="the output is read without tanh" dies="test_one_step_of_one_unit"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, h_minus @ net["W_o"].T + net["b_o"]


# %% name="no recurrent bias" dies="test_the_second_unit_hears_the_first"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]


# %% name="no output bias" dies="test_one_step_of_one_unit"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T


# %% name="changes the hidden state" dies="test_arguments_are_left_alone"
def top_down(net, h, c, tau):
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h = h.clone() if h.is_leaf and h.requires_grad else h
    try:
        h.mul_(1 - 1 / tau).add_(driven / tau)
    except RuntimeError:
        h = (1 - 1 / tau) * h + driven / tau
    return h, torch.tanh(h) @ net["W_o"].T + net["b_o"]


# %% name="tanh of the sum" dies="test_top_down_of_other_networks"
def top_down(net, h, c, tau):
    driven = torch.tanh(h @ net["W_r"].T + c @ net["W_c"].T + net["b_r"])
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]
