# %% name="list of floats, without no_grad"
def error_by_corruption(net, images, fractions):
    losses = []
    for p in fractions:
        losses.append(torch.nn.functional.mse_loss(net(autoencoder_corrupt(images, p)), images).item())
    return losses


# %% name="one image at a time, numpy"
def error_by_corruption(net, images, fractions):
    out = np.zeros(len(fractions))
    for k, p in enumerate(fractions):
        for i in range(len(images)):
            y = net(autoencoder_corrupt(images[i:i + 1], p)).detach().numpy()
            out[k] += np.mean((y - images[i:i + 1].numpy()) ** 2) / len(images)
    return out


# %% name="noise of its own"
@torch.no_grad()
def error_by_corruption(net, images, fractions):
    n, d = images.shape
    errors = torch.empty(len(fractions))
    for k, p in enumerate(fractions):
        noisy = images.clone()
        where = torch.rand(n, d).argsort(dim=1) < int(d * p)
        noisy[where] = torch.randint(0, 2, (int(where.sum()),)).float()
        errors[k] = torch.pow(net(noisy) - images, 2).mean()
    return errors
