# %% name="a loop over queries"
def attend(query, support, labels, n_ways):
    rows = []
    for y in query:
        a = torch.softmax(support @ y, dim=0)
        mass = torch.zeros(n_ways)
        for share, label in zip(a, labels):
            mass[label] = mass[label] + share
        rows.append(torch.exp(mass) / torch.exp(mass).sum())
    return torch.stack(rows)


# %% name="float64"
def attend(query, support, labels, n_ways):
    a = torch.softmax(query.double() @ support.double().T, dim=1)
    return torch.softmax(a @ torch.eye(n_ways, dtype=torch.float64)[labels], dim=1)


# %% name="index_add"
def attend(query, support, labels, n_ways):
    a = torch.einsum("md,nd->mn", query, support)
    a = (a - a.logsumexp(dim=1, keepdim=True)).exp()
    return torch.zeros(len(query), n_ways).index_add(1, labels, a).softmax(dim=1)
