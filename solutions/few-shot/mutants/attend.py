# %% name="one softmax" dies="test_attention_to_two_embeddings"
def attend(query, support, labels, n_ways):
    return torch.softmax(query @ support.T, dim=1) @ nn.functional.one_hot(labels, n_ways).float()


# %% name="only the second softmax" dies="test_attention_to_two_embeddings"
def attend(query, support, labels, n_ways):
    return torch.softmax(query @ support.T @ nn.functional.one_hot(labels, n_ways).float(), dim=1)


# %% name="softmax over the queries" dies="test_probabilities_sum_to_one_over_the_classes"
def attend(query, support, labels, n_ways):
    a = torch.softmax(query @ support.T, dim=0)
    return torch.softmax(a @ nn.functional.one_hot(labels, n_ways).float(), dim=1)


# %% name="labels taken to be in order" dies="test_attention_to_two_embeddings"
def attend(query, support, labels, n_ways):
    a = torch.softmax(query @ support.T, dim=1)
    return torch.softmax(a @ nn.functional.one_hot(labels.sort().values, n_ways).float(), dim=1)


# %% name="scaled as in a transformer" dies="test_attention_to_other_embeddings"
def attend(query, support, labels, n_ways):
    a = torch.softmax(query @ support.T / support.shape[1] ** 0.5, dim=1)
    return torch.softmax(a @ nn.functional.one_hot(labels, n_ways).float(), dim=1)


# %% name="cosines" dies="test_attention_to_two_embeddings"
def attend(query, support, labels, n_ways):
    unit = nn.functional.normalize
    a = torch.softmax(unit(query, dim=1) @ unit(support, dim=1).T, dim=1)
    return torch.softmax(a @ nn.functional.one_hot(labels, n_ways).float(), dim=1)


# %% name="as many classes as were shown" dies="test_probabilities_sum_to_one_over_the_classes"
def attend(query, support, labels, n_ways):
    a = torch.softmax(query @ support.T, dim=1)
    return torch.softmax(a @ nn.functional.one_hot(labels).float(), dim=1)


# %% name="the last shot of a class counts alone" dies="test_attention_to_other_embeddings"
def attend(query, support, labels, n_ways):
    a = torch.softmax(query @ support.T, dim=1)
    mass = torch.zeros(len(query), n_ways)
    for k, label in enumerate(labels):
        mass[:, label] = a[:, k]
    return torch.softmax(mass, dim=1)
