# %% name="sorted random numbers"
def draw(n_classes, n_drawings, n_ways, n_images):
    classes = torch.rand(n_classes).argsort()[:n_ways]
    which = torch.rand(n_ways, n_drawings).argsort(dim=1)[:, :n_images]
    return classes, which, (torch.rand(n_ways) * 4).long()


# %% name="python's random, lists"
def draw(n_classes, n_drawings, n_ways, n_images):
    import random

    rows = [random.sample(range(n_drawings), n_images) for _ in range(n_ways)]
    return random.sample(range(n_classes), n_ways), rows, [random.randrange(4) for _ in range(n_ways)]


# %% name="numpy"
def draw(n_classes, n_drawings, n_ways, n_images):
    import numpy as np

    classes = np.random.choice(n_classes, n_ways, replace=False)
    which = np.stack([np.random.choice(n_drawings, n_images, replace=False) for _ in range(n_ways)])
    return classes, which, np.random.randint(0, 4, n_ways)


# %% name="multinomial"
def draw(n_classes, n_drawings, n_ways, n_images):
    classes = torch.multinomial(torch.ones(n_classes), n_ways)
    which = torch.multinomial(torch.ones(n_ways, n_drawings), n_images)
    return classes, which, torch.multinomial(torch.ones(4), n_ways, replacement=True)
