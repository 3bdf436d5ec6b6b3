# %% name="uphill" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - patterns).square().mean(), rho)
        rho = (rho + rate * gradient).detach().requires_grad_()
    return rho.detach()


# %% name="sum instead of mean" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - patterns).square().sum(), rho)
        rho = (rho - rate * gradient).detach().requires_grad_()
    return rho.detach()


# %% name="the gradient of the start at every step" dies="test_precisions_learnt_from_other_cues"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - patterns).square().mean(), rho)
    return (-n_steps * rate * gradient).detach()


# %% name="one step whatever was asked" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - patterns).square().mean(), rho)
    return (-rate * gradient).detach()


# %% name="starts at the precision of sigma 0.1" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.full((patterns.shape[1],), float(np.log(100)), requires_grad=True)
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - patterns).square().mean(), rho)
        rho = (rho - rate * gradient).detach().requires_grad_()
    return rho.detach()


# %% name="learns from clean patterns" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad((precision_step(patterns, patterns, rho) - patterns).square().mean(), rho)
        rho = (rho - rate * gradient).detach().requires_grad_()
    return rho.detach()


# %% name="tries to give back the cues" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - cues).square().mean(), rho)
        rho = (rho - rate * gradient).detach().requires_grad_()
    return rho.detach()


# %% name="gives the precision, not its logarithm" dies="test_the_number_that_is_always_wrong_loses"
def learn_precision(patterns, cues, n_steps, rate):
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad((precision_step(patterns, cues, rho) - patterns).square().mean(), rho)
        rho = (rho - rate * gradient).detach().requires_grad_()
    return rho.detach().exp()
