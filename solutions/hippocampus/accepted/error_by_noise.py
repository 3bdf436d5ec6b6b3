# %% name="list of floats"
def error_by_noise(W, images, noise_levels, num_iters=5):
    errors = []
    for p in noise_levels:
        errors.append(recall_error(W, corrupt(images, p), images, num_iters=num_iters).item())
    return errors


# %% name="one image at a time"
def error_by_noise(W, images, noise_levels, num_iters=5):
    errors = torch.zeros(len(noise_levels))
    for k, p in enumerate(noise_levels):
        for image, cue in zip(images, corrupt(images, p)):
            state, _ = evaluate_hopfield_network(W, cue.view(-1, 1), num_iters=num_iters)
            errors[k] += mse(image.view(-1, 1), state) / len(images)
    return errors


# %% name="numpy, own noise and recall, double precision"
def error_by_noise(W, images, noise_levels, num_iters=5):
    W, X = W.numpy().astype(float), images.numpy().astype(float)
    out = []
    for p in noise_levels:
        S = X.copy()
        for row in S:
            chosen = np.random.permutation(S.shape[1])[: int(S.shape[1] * p)]
            row[chosen] *= -1
        S = S.T
        for _ in range(num_iters):
            S = np.sign(W @ S)
        out.append(((S.T - X) ** 2).mean())
    return np.array(out)
