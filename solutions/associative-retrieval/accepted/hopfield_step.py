# %% name="loops"
def hopfield_step(patterns, states, beta):
    out = []
    for z in states:
        exponents = torch.stack([beta * (z * m).sum() for m in patterns])
        w = torch.softmax(exponents, 0)
        out.append(sum(wi * m for wi, m in zip(w, patterns)))
    return torch.stack(out)


# %% name="einsum"
def hopfield_step(patterns, states, beta):
    w = torch.einsum("bd,nd->bn", states, patterns).mul(beta).softmax(-1)
    return torch.einsum("bn,nd->bd", w, patterns)


# %% name="numpy in double precision"
def hopfield_step(patterns, states, beta):
    m, z = np.asarray(patterns, dtype=float), np.asarray(states, dtype=float)
    e = beta * z @ m.T
    w = np.exp(e - e.max(1, keepdims=True))
    return (w / w.sum(1, keepdims=True)) @ m
