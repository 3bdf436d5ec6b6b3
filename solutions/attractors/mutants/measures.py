# %% name="nearest among the recalled states" dies="test_measures_of_two_small_states"
def measures(recalled, patterns):
    products = patterns @ recalled.T
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    return float(identity), float((recalled == patterns).all(dim=1).float().mean()), float((recalled * patterns).mean())


# %% name="share of units instead of rows" dies="test_measures_of_two_small_states"
def measures(recalled, patterns):
    products = recalled @ patterns.T
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    return float(identity), float((recalled == patterns).float().mean()), float((recalled * patterns).mean())


# %% name="the size of the product, not its sign" dies="test_negatives_are_not_recalled"
def measures(recalled, patterns):
    products = (recalled @ patterns.T).abs()
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    return float(identity), float((recalled == patterns).all(dim=1).float().mean()), float((recalled * patterns).mean())


# %% name="overlap not divided by N" dies="test_measures_of_two_small_states"
def measures(recalled, patterns):
    products = recalled @ patterns.T
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    overlap = (recalled * patterns).sum(dim=1).mean()
    return float(identity), float((recalled == patterns).all(dim=1).float().mean()), float(overlap)


# %% name="a tie counts as right" dies="test_measures_of_two_small_states"
def measures(recalled, patterns):
    products = recalled @ patterns.T
    identity = (products.diagonal() == products.amax(dim=1)).float().mean()
    return float(identity), float((recalled == patterns).all(dim=1).float().mean()), float((recalled * patterns).mean())


# %% name="share of patterns that are somewhere exact" dies="test_measures_of_two_small_states"
def measures(recalled, patterns):
    products = recalled @ patterns.T
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    return float(identity), float((recalled == patterns).all()), float((recalled * patterns).mean())


# %% name="in another order" dies="test_measures_of_two_small_states"
def measures(recalled, patterns):
    products = recalled @ patterns.T
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    return float((recalled * patterns).mean()), float((recalled == patterns).all(dim=1).float().mean()), float(identity)
