# %% name="zeros put right afterwards"
def recall(weights, cues, n_steps):
    states = cues.clone()
    for _ in range(n_steps):
        new = torch.sign(states @ weights.T)
        new[new == 0] = states[new == 0]
        states = new
    return states


# %% name="one state, one unit at a time, from a copy"
def recall(weights, cues, n_steps):
    out = []
    for cue in cues.tolist():
        state = list(cue)
        for _ in range(n_steps):
            old = list(state)
            for i in range(len(old)):
                field = sum(float(weights[i, j]) * old[j] for j in range(len(old)))
                if field > 0:
                    state[i] = 1.0
                elif field < 0:
                    state[i] = -1.0
        out.append(state)
    return torch.tensor(out)


# %% name="recursion"
def recall(weights, cues, n_steps):
    if n_steps == 0:
        return cues
    fields = (weights @ cues.T).T
    return recall(weights, torch.sign(2 * torch.sign(fields) + cues), n_steps - 1)
