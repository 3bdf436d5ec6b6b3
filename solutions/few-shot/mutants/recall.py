# %% name="without the query itself" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    pulled = embeddings @ memory.T
    return torch.relu(nn.functional.layer_norm(pulled, pulled.shape[1:]))


# %% name="without the matrix" dies="test_other_rows_are_recalled"
def recall(memory, embeddings):
    return torch.relu(nn.functional.layer_norm(embeddings, embeddings.shape[1:]))


# %% name="not rectified" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    pulled = embeddings + embeddings @ memory.T
    return nn.functional.layer_norm(pulled, pulled.shape[1:])


# %% name="not normalised" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    return torch.relu(embeddings + embeddings @ memory.T)


# %% name="rectified first" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    pulled = torch.relu(embeddings + embeddings @ memory.T)
    return nn.functional.layer_norm(pulled, pulled.shape[1:])


# %% name="variance with d - 1" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    u = embeddings + embeddings @ memory.T
    return torch.relu((u - u.mean(1, keepdim=True)) / (u.var(1, keepdim=True) + 1e-5).sqrt())


# %% name="normalised over the rows" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    u = embeddings + embeddings @ memory.T
    return torch.relu((u - u.mean(0)) / (u.var(0, correction=0) + 1e-5).sqrt())


# %% name="the matrix the other way round" dies="test_other_rows_are_recalled"
def recall(memory, embeddings):
    pulled = embeddings + embeddings @ memory
    return torch.relu(nn.functional.layer_norm(pulled, pulled.shape[1:]))


# %% name="changes the queries" dies="test_two_rows_are_recalled"
def recall(memory, embeddings):
    embeddings += embeddings @ memory.T
    return torch.relu(nn.functional.layer_norm(embeddings, embeddings.shape[1:]))
