# %% [markdown]
# # Attractors
#
# A Hopfield network stores patterns as states that it falls back into. How many fit? Two answers are in use, and they
# differ by a factor of three, by the learning rule alone; and by another factor of three, by what one calls "recalled".
# This assignment builds the network, counts what it keeps in three ways, meets a slip that a published program carried
# for years without anybody noticing, and ends with a network that does not stay where it is but hops from memory to
# memory.
#
# | question | asks for | marks |
# |---|---|---|
# | 1.a | Hebb's rule | 1 |
# | 1.b | energy and recall | 2 |
# | 2.a | Storkey's rule | 2 |
# | 2.b | a wrong sign that hides (text) | 1 |
# | 3.a | how much is recalled, and a figure | 2 |
# | 3.b | a diagonal that flatters (text) | 1 |
# | 4 | states that hop, and a figure | 2 |
#
# **How it works.** You complete *functions*; cells below them call your functions in experiments. `check("1.a")` tells
# you at once whether the functions of question 1.a hold on small examples; after the deadline the same functions are
# called with other inputs. So use the arguments that a function receives and nothing else. You may add cells and
# functions of your own. Never change what a caller handed you (`x = x.clone()` makes a copy of your own).
#
# **Reading.**
#
# * J. J. Hopfield, *Neural networks and physical systems with emergent collective computational abilities*, PNAS 1982.
# * A. Storkey, *Increasing the capacity of a Hopfield network without sacrificing functionality*, ICANN 1997.
# * D. J. Amit, *Modeling Brain Function*, 1989, section 5.2 (sequences).

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder import check

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

# %% [markdown]
# ---
# # 1 The network
#
# $N$ units are up ($+1$) or down ($-1$). Patterns are the **rows** of a $P \times N$ matrix; $x^\mu$ is row $\mu$.
#
# ## Question 1.a: Hebb's rule (1 mark)
#
# $$ J_{ij} = \frac1N \sum_{\mu=1}^{P} x_i^\mu x_j^\mu \quad (i \ne j), \qquad J_{ii} = 0 . $$

# %% id="hebb_weights" role="answer" question="1.a"
def hebb_weights(patterns: torch.Tensor) -> torch.Tensor:
    """Weights of Hebb's rule.

        J_ij = 1/N sum_mu x_i x_j  for i != j,    J_ii = 0

    Parameters
    ----------
    patterns
        x^1 ... x^P as rows, +1 and -1, shape (P, N). Is left as it was.

    Returns
    -------
    J, shape (N, N). N is the number of units, the number of columns.

    Example
    -------
    For the one pattern [1, -1, 1] it is [[0, -1/3, 1/3], [-1/3, 0, -1/3], [1/3, -1/3, 0]].
    """
    ### BEGIN SOLUTION
    weights = patterns.T @ patterns / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))
    ### END SOLUTION


# %% id="check-1-a" role="check" question="1.a"
check("1.a")

# %% [markdown]
# ## Question 1.b: energy and recall (2 marks)
#
# All units look at their fields $h_i = \sum_j J_{ij} s_j$ **at once** and follow their signs. A unit whose field is
# exactly 0 keeps its value (`torch.sign(0)` is 0, which is no state of a unit). The energy of a state is
#
# $$ E(s) = -\tfrac12 \sum_{ij} s_i J_{ij} s_j . $$

# %% id="energy" role="answer" question="1.b"
def energy(weights: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
    """Energy of each state.

        E = -1/2 sum_ij s_i J_ij s_j

    Parameters
    ----------
    weights
        J, shape (N, N), symmetric.
    states
        States as rows, shape (n, N).

    Returns
    -------
    One energy per row, shape (n,).

    Example
    -------
    With J = [[0, 2], [2, 0]] the states [[1, 1], [1, -1]] have the energies [-2, 2].
    """
    ### BEGIN SOLUTION
    return -((states @ weights) * states).sum(dim=1) / 2
    ### END SOLUTION


# %% id="recall" role="answer" question="1.b"
def recall(weights: torch.Tensor, cues: torch.Tensor, n_steps: int) -> torch.Tensor:
    """Update all units at once, n_steps times.

        s_i <- sign(sum_j J_ij s_j); a unit with field 0 keeps its value

    Parameters
    ----------
    weights
        J, shape (N, N). Row i holds what unit i receives; J need not be symmetric.
    cues
        States to start from as rows, +1 and -1, shape (n, N). Is left as it was.
    n_steps
        How often all units are updated, 0 or more.

    Returns
    -------
    The states after the last step, +1 and -1, shape (n, N).

    Example
    -------
    With J = [[0, 1], [1, 0]] the two units swap: from [[1, -1]] one step leads to [[-1, 1]], two lead back. With
    J = [[0, 0], [1, 0]] the first unit has no field and keeps its value; the second copies it.
    """
    ### BEGIN SOLUTION
    states = cues
    for _ in range(n_steps):
        fields = states @ weights.T
        states = torch.where(fields == 0, states, torch.sign(fields))
    return states
    ### END SOLUTION


# %% id="check-1-b" role="check" question="1.b"
check("1.b")

# %% [markdown]
# ---
# # 2 A better rule
#
# ## Question 2.a: Storkey's rule (2 marks)
#
# Hebb's rule writes every pattern in full, although the weights may know much of it already. Storkey's rule takes the
# patterns **one after the other** and first subtracts what the weights already say. In the form that is used here,
# starting from $K = 0$, for each pattern $x$:
#
# $$ g = K x, \qquad K \leftarrow K + \frac1N \left( x x^{\mathsf T} - x g^{\mathsf T} - g x^{\mathsf T} \right) . $$
#
# The field $g$ is that of the **old** $K$: the new pattern has no part in it. The diagonal is kept while learning and
# set to zero **once, at the end**.

# %% id="storkey_weights" role="answer" question="2.a"
def storkey_weights(patterns: torch.Tensor) -> torch.Tensor:
    """Weights of Storkey's rule, one pattern after the other.

        g = K x,    K <- K + (x x^T - x g^T - g x^T) / N,    diagonal set to 0 at the end

    Parameters
    ----------
    patterns
        x^1 ... x^P as rows, +1 and -1, shape (P, N), learnt in this order. Is left as it was.

    Returns
    -------
    K with a zero diagonal, shape (N, N).

    Example
    -------
    For the one pattern [1, -1] it is [[0, -1/2], [-1/2, 0]], as Hebb's. For [1, 1, 1] and then [1, 1, -1] the field of
    the second is g = [1/3, 1/3, 1/3], and the result is [[0, 4/9, 0], [4/9, 0, 0], [0, 0, 0]].
    """
    ### BEGIN SOLUTION
    n_units = patterns.shape[1]
    weights = torch.zeros(n_units, n_units)
    for x in patterns:
        g = weights @ x
        weights = weights + (torch.outer(x, x) - torch.outer(x, g) - torch.outer(g, x)) / n_units
    return weights - torch.diag(torch.diagonal(weights))
    ### END SOLUTION


# %% id="check-2-a" role="check" question="2.a"
check("2.a")

# %% [markdown]
# ## Question 2.b: a wrong sign that hides (1 mark)
#
# A published program computes the field *after* it has added the new pattern's outer product,
#
# $$ h = \left(K + \tfrac1N x x^{\mathsf T}\right) x, \qquad
#    K \leftarrow K + \frac1N \left( x x^{\mathsf T} - x h^{\mathsf T} - h x^{\mathsf T} \right) , $$
#
# and its experiments, all of them with 10, 30 or 40 synchronous steps, look right.
#
# 1. Write $h$ in terms of $g = Kx$ and say what the first pattern's weights are.
# 2. What does such a network do to a stored pattern in one step, and in two? Why do those experiments look right, and
#    what would 29 steps show? About 80 words.

# %% [markdown] id="answer-2-b" role="written" question="2.b"
# ### BEGIN SOLUTION
# **The field.** $x^{\mathsf T}x = N$, so $h = Kx + x$, the old field plus the pattern itself. The step becomes
# $K \leftarrow K - \frac1N (x x^{\mathsf T} + x (Kx)^{\mathsf T} + (Kx) x^{\mathsf T})$: the first pattern is stored as
# $-x x^{\mathsf T}/N$, and by induction the whole matrix is exactly minus Storkey's.
#
# **What it does.** With $-K$ every field has the wrong sign: a stored pattern becomes its negative in one step and
# itself again in two. After an even number of steps the two flips of each pair cancel, and the state is the one that
# $+K$ would give; all experiments had even numbers. After 29 steps every pattern comes back as its negative, with an
# overlap of $-1$.
# ### END SOLUTION

# %% [markdown]
# ---
# # 3 Capacity
#
# ## Question 3.a: how much is recalled (2 marks)
#
# Store $P$ random patterns, start from each of them, let the network run for 30 steps, and compare row $\mu$ of the
# recalled states with pattern $\mu$, in three ways:
#
# * **identity**: the share of rows whose nearest stored pattern is their own. The nearest is the one with the largest
#   $\sum_i s_i x_i^\mu$; of several, the first counts;
# * **exact**: the share of rows that are right in every unit;
# * **overlap**: the mean over rows of $\frac1N \sum_i s_i^\mu x_i^\mu$.

# %% id="measures" role="answer" question="3.a"
def measures(recalled: torch.Tensor, patterns: torch.Tensor) -> tuple[float, float, float]:
    """Three answers to how much was recalled.

    Parameters
    ----------
    recalled
        Recalled states as rows, +1 and -1, shape (P, N); row mu started from pattern mu.
    patterns
        Stored patterns as rows, +1 and -1, shape (P, N).

    Returns
    -------
    identity, exact, overlap: three numbers.

    Example
    -------
    For recalled [[1, 1, 1, 1], [1, 1, 1, -1]] and patterns [[1, 1, 1, 1], [1, 1, -1, -1]]: both rows are nearest to
    their own pattern (the second by 2 against 2 to the first: a tie, and the first counts, so only one is), one row of
    two is exact, and the overlaps are 1 and 1/2. The result is (0.5, 0.5, 0.75).
    """
    ### BEGIN SOLUTION
    products = recalled @ patterns.T  # (P, P)
    identity = (products.argmax(dim=1) == torch.arange(len(patterns))).float().mean()
    exact = (recalled == patterns).all(dim=1).float().mean()
    overlap = (recalled * patterns).mean()
    return float(identity), float(exact), float(overlap)
    ### END SOLUTION


# %% id="check-3-a" role="check" question="3.a"
check("3.a")

# %% [markdown]
# The experiment: 100 units, both rules, five networks per load. It takes some seconds.

# %% id="experiment-3-a" role="experiment" question="3.a"
LOADS = (5, 10, 15, 20, 30, 40, 50, 60, 80, 95)
#: Read off a published figure: share identified, mean of 20 networks.
PUBLISHED = {
    "Hebb": (1, 1, 0.963, 0.914, 0.685, 0.499, 0.464, 0.460, 0.438, 0.354),
    "Storkey": (1, 1, 1, 1, 1, 0.997, 0.991, 0.976, 0.886, 0.577),
}
torch.manual_seed(0)
curves = {}
for name, rule in (("Hebb", hebb_weights), ("Storkey", storkey_weights)):
    results = []
    for _ in range(5):
        row = []
        for load in LOADS:
            x = torch.where(torch.rand(load, 100) < 0.5, 1.0, -1.0)
            row.append(measures(recall(rule(x), x, 30), x))
        results.append(row)
    curves[name] = torch.tensor(np.array(results))  # (5, loads, 3)
    print(f"{name}, identity:  load, published | measured")
    for load, published, measured in zip(LOADS, PUBLISHED[name], curves[name][:, :, 0].mean(0), strict=True):
        print(f"{load:4d} {published:6.3f} | {float(measured):6.3f}")

# %% [markdown]
# **Figure (1 mark).** Draw all three measures against the load for both rules, with axes labelled, and mark the
# published values of the identity.

# %% id="figures-3-a" role="figures" question="3.a"
### BEGIN SOLUTION
figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
for ax, (name, results) in zip(panels, curves.items(), strict=True):
    for k, label in enumerate(("identity", "exact", "overlap")):
        ax.plot(LOADS, results[:, :, k].mean(0), marker="os^"[k], label=label)
    ax.plot(LOADS, PUBLISHED[name], "kx", label="identity, published")
    ax.set(xlabel="stored patterns P", ylabel="mean over five networks", title=f"{name}, 100 units")
    ax.legend()
plt.show()
### END SOLUTION

# %% [markdown]
# ## Question 3.b: a diagonal that flatters (1 mark)
#
# Leave the diagonal of Hebb's matrix in ($J_{ii} = P/N$) and repeat the experiment from clean cues: the identity is
# above 0.999 at **every** load up to 95 patterns, although only about 0.2 of 50 patterns are exact. Why does the
# diagonal make Hebb look perfect, and which experiment would show that nothing was gained? About 80 words.

# %% [markdown] id="answer-3-b" role="written" question="3.b"
# ### BEGIN SOLUTION
# **Why.** With a diagonal, unit $i$ adds $J_{ii} s_i = (P/N)\, s_i$ to its own field: it votes for the value that it
# already has, the more strongly the more patterns are stored. Started from a clean pattern the network hardly moves; a
# few units flip and the rest are frozen, so the state stays nearest to the pattern where it began. The measure sees
# where recall *started*, not what the memory did.
#
# **What shows it.** Start from noisy cues, with a tenth of the units flipped, say, and ask for exact recall, or for an
# overlap above that of the cue: frozen units keep their errors as well. (Or start from patterns that were never
# stored: they stay too.)
# ### END SOLUTION

# %% [markdown]
# ---
# # 4 States that hop
#
# ## Question 4: a network that follows a sequence (2 marks)
#
# Add to Hebb's matrix terms that push a state near pattern $\mu$ towards the patterns that follow it. With transitions
# $T_{\mu\nu}$ (from $\mu$ to $\nu$) and a strength $\lambda$,
#
# $$ J = \frac1N \left[ \sum_\mu x^\mu x^{\mu\,\mathsf T}
#    + \lambda \sum_{\mu \ne \nu} T_{\mu\nu}\, x^\nu x^{\mu\,\mathsf T} \right], \qquad J_{ii} = 0 , $$
#
# so that $J x^\mu \approx x^\mu + \lambda \sum_\nu T_{\mu\nu} x^\nu$. Row $i$ holds what unit $i$ receives, as in
# `recall`. Mind the direction: this matrix is not symmetric.

# %% id="sequence_weights" role="answer" question="4"
def sequence_weights(patterns: torch.Tensor, transitions: torch.Tensor, strength: float) -> torch.Tensor:
    """Weights that hold patterns and push from each to those that follow it.

        J = 1/N [ sum_mu x^mu x^mu^T + strength * sum_(mu != nu) T_mu,nu x^nu x^mu^T ],    J_ii = 0

    Parameters
    ----------
    patterns
        x^1 ... x^P as rows, +1 and -1, shape (P, N). Is left as it was.
    transitions
        T, shape (P, P); T[mu, nu] is the weight of the step from mu to nu. Its diagonal does not count.
    strength
        lambda.

    Returns
    -------
    J, shape (N, N): row i holds what unit i receives.

    Example
    -------
    For patterns [[1, 1, 1, 1], [1, -1, 1, -1]], T = [[0, 1], [1, 0]] and strength 3, one step of `recall` from the
    first pattern leads to the second, and from the second to the first.
    """
    ### BEGIN SOLUTION
    steps = transitions - torch.diag(torch.diagonal(transitions))
    weights = (patterns.T @ patterns + strength * patterns.T @ steps.T @ patterns) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))
    ### END SOLUTION


# %% id="check-4" role="check" question="4"
check("4")

# %% id="experiment-4" role="experiment" question="4"
torch.manual_seed(1)
symbols = torch.where(torch.rand(5, 100) < 0.5, 1.0, -1.0)
circle = torch.eye(5).roll(1, dims=1)
paths = {}
for strength in (0.8, 1.5, 3.0):
    weights = sequence_weights(symbols, circle, strength)
    states = [symbols[:1]]
    for _ in range(40):
        states.append(recall(weights, states[-1], 1))
    paths[strength] = torch.cat(states) @ symbols.T / 100  # (41, 5), overlaps
    print(f"strength {strength}: nearest pattern", *paths[strength].argmax(1).tolist())
print("published: with strength 3 a different pattern at every step, in the order of the cycle")

# %% [markdown]
# **Figure (0.5 marks).** Draw the overlap with each of the five patterns against time for the three strengths, as
# pictures or as lines, with axes labelled. Say in the title or below which of them hop.

# %% id="figures-4" role="figures" question="4"
### BEGIN SOLUTION
figure, panels = plt.subplots(3, 1, figsize=(8, 6), sharex=True, layout="constrained")
for ax, (strength, overlaps) in zip(panels, paths.items(), strict=True):
    image = ax.imshow(overlaps.T, cmap="PuOr", vmin=-1, vmax=1, aspect="auto", origin="lower")
    hops = int((overlaps.argmax(1).diff() != 0).sum())
    ax.set(ylabel="pattern", title=f"strength {strength}: the nearest pattern changes {hops} times in 40 steps")
panels[-1].set_xlabel("time (steps)")
figure.colorbar(image, ax=panels, label="overlap")
plt.show()
### END SOLUTION
