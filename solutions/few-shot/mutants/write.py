# %% name="Hebb" dies="test_one_embedding_is_written"
def write(embeddings):
    return embeddings.T @ embeddings / (embeddings.shape[0] * embeddings.shape[1])


# %% name="q from the matrix before" dies="test_one_embedding_is_written"
def write(embeddings):
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings:
        b, q = memory + torch.outer(s, s) / d, memory @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / (n * d)
    return memory


# %% name="B without the matrix before" dies="test_two_embeddings_are_written_one_after_the_other"
def write(embeddings):
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings:
        b = torch.outer(s, s) / d
        q = b @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / (n * d)
    return memory


# %% name="not divided by the number of embeddings" dies="test_two_embeddings_are_written_one_after_the_other"
def write(embeddings):
    d = embeddings.shape[1]
    memory = torch.zeros(d, d)
    for s in embeddings:
        b = memory + torch.outer(s, s) / d
        q = b @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / d
    return memory


# %% name="not divided by the number of features" dies="test_one_embedding_is_written"
def write(embeddings):
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings:
        b = memory + torch.outer(s, s) / d
        q = b @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / n
    return memory


# %% name="one cross term" dies="test_one_embedding_is_written"
def write(embeddings):
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings:
        b = memory + torch.outer(s, s) / d
        memory = memory + (b - torch.outer(b @ s, s)) / (n * d)
    return memory


# %% name="in reverse order" dies="test_two_embeddings_are_written_one_after_the_other"
def write(embeddings):
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings.flip(0):
        b = memory + torch.outer(s, s) / d
        q = b @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / (n * d)
    return memory


# %% name="without a diagonal" dies="test_one_embedding_is_written"
def write(embeddings):
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings:
        b = memory + torch.outer(s, s) / d
        q = b @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / (n * d)
    return memory - torch.diag(memory.diagonal())
