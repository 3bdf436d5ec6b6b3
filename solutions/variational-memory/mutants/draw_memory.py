# %% name="the query may be in it" dies="test_memory_of_the_example"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randperm(len(others))[: n_classes - 1]].tolist()]
    return torch.cat([members[c][torch.randperm(members.shape[1])[:per_class]] for c in classes])


# %% name="images drawn with replacement" dies="test_memory_of_other_tables"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randperm(len(others))[: n_classes - 1]].tolist()]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randint(len(row), (per_class,))] for row in rows])


# %% name="classes drawn with replacement" dies="test_memory_of_other_tables"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randint(len(others), (n_classes - 1,))].tolist()] if n_classes > 1 else [own]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randperm(len(row))[:per_class]] for row in rows])


# %% name="the own class may be missing" dies="test_memory_of_other_tables"
def draw_memory(members, query, n_classes, per_class):
    classes = torch.randperm(len(members))[:n_classes].tolist()
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randperm(len(row))[:per_class]] for row in rows])


# %% name="always the first images" dies="test_memories_are_drawn_evenly"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randperm(len(others))[: n_classes - 1]].tolist()]
    return torch.cat([members[c][members[c] != query][:per_class] for c in classes])


# %% name="always the next classes" dies="test_memories_are_drawn_evenly"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    classes = [(own + i) % len(members) for i in range(n_classes)]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randperm(len(row))[:per_class]] for row in rows])


# %% name="the query's class is the query over E" dies="test_memory_of_other_tables"
def draw_memory(members, query, n_classes, per_class):
    own = query // members.shape[1] % len(members)
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randperm(len(others))[: n_classes - 1]].tolist()]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randperm(len(row))[:per_class]] for row in rows])


# %% name="n_classes others and the own one" dies="test_memory_of_other_tables"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randperm(len(others))[:n_classes]].tolist()]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randperm(len(row))[:per_class]] for row in rows])


# %% name="neighbouring classes" dies="test_any_two_classes_and_any_two_images_meet"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    start = int(torch.randint(len(others), ())) if len(others) else 0
    classes = [own, *[int(others[(start + i) % len(others)]) for i in range(n_classes - 1)]]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row[torch.randperm(len(row))[:per_class]] for row in rows])


# %% name="neighbouring images" dies="test_any_two_classes_and_any_two_images_meet"
def draw_memory(members, query, n_classes, per_class):
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = torch.tensor([c for c in range(len(members)) if c != own], dtype=torch.long)
    classes = [own, *others[torch.randperm(len(others))[: n_classes - 1]].tolist()]
    rows = [members[c][members[c] != query] for c in classes]
    return torch.cat([row.roll(int(torch.randint(len(row), ())))[:per_class] for row in rows])
