# %% name="multinomial"
def draw_memory(members, query, n_classes, per_class):
    is_own = (members == query).any(1)
    even = (~is_own).float()
    classes = [int(is_own.float().argmax())]
    if n_classes > 1:
        classes += torch.multinomial(even, n_classes - 1).tolist()
    out = []
    for c in classes:
        allowed = (members[c] != query).float()
        out.append(members[c][torch.multinomial(allowed, per_class)])
    return torch.cat(out)


# %% name="random.sample and lists"
def draw_memory(members, query, n_classes, per_class):
    import random

    rows = [[int(v) for v in row] for row in members]
    own = next(c for c, row in enumerate(rows) if query in row)
    chosen = [own] + random.sample([c for c in range(len(rows)) if c != own], n_classes - 1)
    return [v for c in chosen for v in random.sample([v for v in rows[c] if v != query], per_class)]


# %% name="keys that are sorted"
def draw_memory(members, query, n_classes, per_class):
    first = torch.rand(len(members))
    first[(members == query).any(1)] = -1.0
    classes = first.argsort()[:n_classes]
    keys = torch.rand(n_classes, members.shape[1])
    keys[members[classes] == query] = 2.0
    picked = keys.argsort(1)[:, :per_class]
    drawn = members[classes].gather(1, picked).flatten()
    return drawn[torch.randperm(len(drawn))]
