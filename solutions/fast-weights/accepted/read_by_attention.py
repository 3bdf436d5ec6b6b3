# %% name="einsum"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    weights = torch.einsum("bth,bh->bt", states, v) * torch.tensor([rate * decay ** (t - 1 - k) for k in range(t)])
    return torch.einsum("bt,bth->bh", weights, states)


# %% name="a loop over the states"
def read_by_attention(states, v, decay, rate):
    out = torch.zeros_like(v)
    for k in range(states.shape[1]):
        h = states[:, k]
        out = decay * out + rate * h * (h * v).sum(1, keepdim=True)
    return out


# %% name="matrix products"
def read_by_attention(states, v, decay, rate):
    t = states.shape[1]
    alike = states @ v.unsqueeze(-1)
    kept = torch.pow(torch.tensor(decay), torch.arange(t).flip(0).float())[None, :, None]
    return rate * ((alike * kept).transpose(1, 2) @ states).squeeze(1)
