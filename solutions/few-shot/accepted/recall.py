# %% name="by hand"
def recall(memory, embeddings):
    u = (torch.eye(len(memory)) + memory) @ embeddings.T
    centred = u - u.mean(dim=0)
    return (centred / torch.sqrt((centred**2).mean(dim=0) + 1e-5)).clamp(min=0).T


# %% name="LayerNorm, float64"
def recall(memory, embeddings):
    d = memory.shape[0]
    norm = nn.LayerNorm(d, elementwise_affine=False).double()
    return torch.relu(norm(embeddings.double() + torch.einsum("ij,mj->mi", memory.double(), embeddings.double())))


# %% name="a loop over rows"
def recall(memory, embeddings):
    rows = []
    for e in embeddings:
        u = e + memory @ e
        y = (u - u.mean()) / (u.var(correction=0) + 1e-5).sqrt()
        rows.append(torch.where(y > 0, y, 0.0))
    return torch.stack(rows)
