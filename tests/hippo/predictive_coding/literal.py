"""One time step after another, chain after chain, in numpy and float64: an oracle that shares no line with the library."""

import numpy as np


def arrays(model):
    """The weights of a model by their letters."""
    names = {
        "W_o": "output_weights", "b_o": "output_bias", "W_c": "cause_weights", "W_r": "recurrent_weights",
        "b_r": "recurrent_bias", "h_0": "h0", "mu": "causes",
    }  # fmt: skip
    return {letter: getattr(model, name).detach().numpy().astype(np.float64) for letter, name in names.items()}


def trial(w, tau, x, c, rates, sigma_c, xi):
    """Follow one chain: x (T, d_x), c (d_c), xi (T, d_c); returns the causes after each step and all h⁻, h⁺."""
    alpha_x, alpha_h, alpha_c, sigma_r = rates
    h = w["h_0"]
    causes, befores, afters = [], [], []
    for t in range(len(x)):
        before = (1 - 1 / tau) * h + (w["W_r"] @ np.tanh(h) + w["W_c"] @ c + w["b_r"]) / tau
        e_x = w["W_o"] @ np.tanh(before) + w["b_o"] - x[t]
        after = before - alpha_x * (1 - np.tanh(before) ** 2) * (w["W_o"].T @ e_x)
        e_h = before - after
        c = c - alpha_h * w["W_c"].T @ e_h
        c = c + sigma_r * np.sqrt((e_h**2).sum()) * xi[t]
        d2 = ((c - w["mu"]) ** 2).sum(axis=1)
        r = np.exp(-(d2 - d2.min()) / (2 * sigma_c**2))
        r /= r.sum()
        g = -sum(r_k * (c - mu_k) for r_k, mu_k in zip(r, w["mu"], strict=True)) / (2 * sigma_c**2)
        c = c + alpha_c * g
        h = after
        causes.append(c)
        befores.append(before)
        afters.append(after)
    return np.array(causes), np.array(befores), np.array(afters)
