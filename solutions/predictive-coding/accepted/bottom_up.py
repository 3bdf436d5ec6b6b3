# %% name="by automatic differentiation"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    leaf = h_minus.clone().requires_grad_()
    with torch.enable_grad():
        output = torch.tanh(leaf) @ net["W_o"].T
        (gradient,) = torch.autograd.grad(output, [leaf], grad_outputs=e_x)
    h_plus = h_minus - alpha_x * gradient
    e_h = h_minus - h_plus
    size = torch.sqrt((e_h**2).sum(dim=1))[:, None]
    return h_plus, e_h, c - alpha_h * e_h @ net["W_c"] + sigma_r * size * xi


# %% name="row by row"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    after, errors, causes = [], [], []
    for h, e, cause, kick in zip(h_minus, e_x, c, xi):
        step = alpha_x * (1 - torch.tanh(h) ** 2) * (net["W_o"].T @ e)
        after.append(h - step)
        errors.append(step)
        causes.append(cause - alpha_h * (net["W_c"].T @ step) + sigma_r * torch.linalg.norm(step) * kick)
    return torch.stack(after), torch.stack(errors), torch.stack(causes)


# %% name="in two updates of the cause"
def bottom_up(net, h_minus, e_x, c, xi, alpha_x, alpha_h, sigma_r):
    y = torch.tanh(h_minus)
    h_plus = h_minus - alpha_x * (1 - y) * (1 + y) * torch.einsum("bx,xh->bh", e_x, net["W_o"])
    e_h = h_minus - h_plus
    c = c - alpha_h * torch.einsum("bh,hc->bc", e_h, net["W_c"])
    c = c + sigma_r * torch.linalg.vector_norm(e_h, dim=-1, keepdim=True) * xi
    return h_plus, e_h, c
