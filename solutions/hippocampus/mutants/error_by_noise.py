# %% name="compared with the damaged pictures" dies="test_errors_by_noise_of_a_network_that_keeps_its_cue"
def error_by_noise(W, images, noise_levels, num_iters=5):
    errors = []
    for p in noise_levels:
        cues = corrupt(images, p)
        errors.append(float(recall_error(W, cues, cues, num_iters)))
    return torch.tensor(errors)


# %% name="noise piles up from level to level" dies="test_errors_by_noise_of_other_levels"
def error_by_noise(W, images, noise_levels, num_iters=5):
    errors, cues = [], images
    for p in noise_levels:
        cues = corrupt(cues, p)
        errors.append(float(recall_error(W, cues, images, num_iters)))
    return torch.tensor(errors)


# %% name="no recall" dies="test_errors_by_noise_after_recall"
def error_by_noise(W, images, noise_levels, num_iters=5):
    return torch.tensor([float(((corrupt(images, p) - images) ** 2).mean()) for p in noise_levels])


# %% name="clean cues" dies="test_errors_by_noise_of_a_network_that_keeps_its_cue"
def error_by_noise(W, images, noise_levels, num_iters=5):
    return torch.tensor([float(recall_error(W, images, images, num_iters)) for p in noise_levels])


# %% name="always one step" dies="test_errors_by_noise_after_recall"
def error_by_noise(W, images, noise_levels, num_iters=5):
    return torch.tensor([float(recall_error(W, corrupt(images, p), images)) for p in noise_levels])


# %% name="levels taken as percent" dies="test_errors_by_noise_of_a_network_that_keeps_its_cue"
def error_by_noise(W, images, noise_levels, num_iters=5):
    return torch.tensor([float(recall_error(W, corrupt(images, p / 100), images, num_iters)) for p in noise_levels])


# %% name="fixed list of levels" dies="test_errors_by_noise_of_other_levels"
def error_by_noise(W, images, noise_levels, num_iters=5):
    levels = [0, 0.5, 1] if len(noise_levels) == 3 else [0.01, 0.1, 0.2, 0.3, 0.4]
    return torch.tensor([float(recall_error(W, corrupt(images, p), images, num_iters)) for p in levels])


# %% name="errors summed over pictures" dies="test_errors_by_noise_of_a_network_that_keeps_its_cue"
def error_by_noise(W, images, noise_levels, num_iters=5):
    return torch.tensor([len(images) * float(recall_error(W, corrupt(images, p), images, num_iters)) for p in noise_levels])


# %% name="damage after the recall" dies="test_errors_by_noise_after_recall"
def error_by_noise(W, images, noise_levels, num_iters=5):
    errors = []
    for p in noise_levels:
        recalled = [evaluate_hopfield_network(W, x[:, None], num_iters=num_iters)[0][:, 0] for x in images]
        errors.append(float(((corrupt(torch.stack(recalled), p) - images) ** 2).mean()))
    return torch.tensor(errors)
