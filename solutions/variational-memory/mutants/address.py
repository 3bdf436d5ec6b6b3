# %% name="dummies first" dies="test_address_of_other_keys"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([dummy_keys.expand(len(query_keys), -1, -1), memory_keys], dim=1)
    return torch.log_softmax(torch.einsum("nh,nah->na", query_keys, keys), dim=1)


# %% name="dummies forgotten" dies="test_address_of_an_empty_memory"
def address(query_keys, memory_keys, dummy_keys):
    return torch.log_softmax(torch.einsum("nh,nah->na", query_keys, memory_keys), dim=1)


# %% name="scaled as in attention" dies="test_address_without_dummies"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([memory_keys, dummy_keys.expand(len(query_keys), -1, -1)], dim=1)
    return torch.log_softmax(torch.einsum("nh,nah->na", query_keys, keys) / query_keys.shape[1] ** 0.5, dim=1)


# %% name="cosines" dies="test_address_without_dummies"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([memory_keys, dummy_keys.expand(len(query_keys), -1, -1)], dim=1)
    return torch.log_softmax(torch.nn.functional.cosine_similarity(query_keys[:, None], keys, dim=2), dim=1)


# %% name="probabilities" dies="test_address_without_dummies"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([memory_keys, dummy_keys.expand(len(query_keys), -1, -1)], dim=1)
    return torch.softmax(torch.einsum("nh,nah->na", query_keys, keys), dim=1)


# %% name="log of the softmax" dies="test_address_of_large_keys"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([memory_keys, dummy_keys.expand(len(query_keys), -1, -1)], dim=1)
    return torch.softmax(torch.einsum("nh,nah->na", query_keys, keys), dim=1).log()


# %% name="the first query's memory for all" dies="test_address_of_other_keys"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([memory_keys[0], dummy_keys])
    return torch.log_softmax(query_keys @ keys.T, dim=1)


# %% name="over queries" dies="test_address_without_dummies"
def address(query_keys, memory_keys, dummy_keys):
    keys = torch.cat([memory_keys, dummy_keys.expand(len(query_keys), -1, -1)], dim=1)
    return torch.log_softmax(torch.einsum("nh,nah->na", query_keys, keys), dim=0)
