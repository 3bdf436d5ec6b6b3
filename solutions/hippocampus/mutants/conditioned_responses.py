# %% name="s2 conditioned, too" dies="test_responses_to_random_hidden_layers"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_s2, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.ones(2 * n, 1), torch.zeros(n, 1)]), lamb)
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_s2), evaluate(weights, hidden_neither)


# %% name="trials without stimulus left out" dies="test_responses_to_random_hidden_layers"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    weights = get_weights(hidden_s1, torch.ones(len(hidden_s1), 1), lamb)
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_s2), evaluate(weights, hidden_neither)


# %% name="outcomes exchanged" dies="test_responses_in_one_context"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.zeros(n, 1), torch.ones(n, 1)]), lamb)
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_s2), evaluate(weights, hidden_neither)


# %% name="outcomes -1 and 1" dies="test_responses_to_random_hidden_layers"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.ones(n, 1), -torch.ones(n, 1)]), lamb)
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_s2), evaluate(weights, hidden_neither)


# %% name="lambda not passed on" dies="test_responses_to_random_hidden_layers"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.ones(n, 1), torch.zeros(n, 1)]))
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_s2), evaluate(weights, hidden_neither)


# %% name="a read-out of its own for s2" dies="test_responses_transfer_with_the_code"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    n = len(hidden_s1)
    outcomes = torch.cat([torch.ones(n, 1), torch.zeros(n, 1)])
    first = get_weights(torch.cat([hidden_s1, hidden_neither]), outcomes, lamb)
    second = get_weights(torch.cat([hidden_s2, hidden_neither]), outcomes, lamb)
    return evaluate(first, hidden_s1), evaluate(second, hidden_s2), evaluate(first, hidden_neither)


# %% name="means only" dies="test_responses_to_random_hidden_layers"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.ones(n, 1), torch.zeros(n, 1)]), lamb)
    return tuple(evaluate(weights, h).mean() for h in (hidden_s1, hidden_s2, hidden_neither))


# %% name="responses to s2 and neither exchanged" dies="test_responses_in_one_context"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.ones(n, 1), torch.zeros(n, 1)]), lamb)
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_neither), evaluate(weights, hidden_s2)


# %% name="neither taken off as a baseline" dies="test_responses_to_random_hidden_layers"
def conditioned_responses(hidden_s1, hidden_s2, hidden_neither, lamb=0.001):
    features = torch.cat([hidden_s1, hidden_neither])
    n = len(hidden_s1)
    weights = get_weights(features, torch.cat([torch.ones(n, 1), torch.zeros(n, 1)]), lamb)
    baseline = evaluate(weights, hidden_neither)
    return evaluate(weights, hidden_s1) - baseline, evaluate(weights, hidden_s2) - baseline, baseline - baseline
