# %% [markdown]
# # Predictive coding
#
# A small recurrent network can write letters: a *cause*, two numbers, goes in and a pen trajectory comes out. Memory is
# the way back: somebody shows you a letter, which cause would have produced it? Predictive coding answers with the same
# network. It predicts the next point of the pen, and the error of the prediction moves first the hidden state and then
# the cause. This assignment builds both directions, step by step, and finds out what really does the work. (It is not
# what one expects.)
#
# | question | asks for | marks |
# |---|---|---|
# | 1.a | top down: from a cause to a trajectory | 3 |
# | 1.b | bottom up: from an error to a cause | 2 |
# | 2 | where causes are to be expected | 2 |
# | 3.a | the best cause so far, and a figure | 3 |
# | 3.b | what makes retrieval work (text) | 1 |
# | 3.c | why the last cause is a poor answer (text) | 1 |
# | 4 | when scoring every prototype is better (text) | 1 |
#
# **How it works.** You complete *functions*; cells below them call your functions in experiments. `check("1.a")` tells
# you at once whether the functions of question 1.a hold on small examples; after the deadline the same functions are
# called with other inputs. So use the arguments that a function receives and nothing else. You may add cells and
# functions of your own, and call earlier functions in later ones. Never change what a caller handed you
# (`x = x.clone()` makes a copy of your own).
#
# **Reading.**
#
# * L. Annabi, A. Pitti, M. Quoy, *Bidirectional interaction between visual and motor generative models using predictive
#   coding and active inference*, Neural Networks 2021.
# * K. Friston, *A theory of cortical responses*, Phil. Trans. R. Soc. B 2005.

# %%
import matplotlib.pyplot as plt
import torch

from autograder import check
from hippo.trajectories import letters

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

# %% [markdown]
# ---
# # 1 One time step
#
# Everything happens for $B$ trajectories side by side: the hidden states $h$ are the **rows** of a $B \times d_h$
# matrix, the causes $c$ rows of a $B \times d_c$ matrix. The weights are in a dictionary `net`:
#
# | key | shape | leads |
# |---|---|---|
# | `"W_r"`, `"b_r"` | $(d_h, d_h)$, $(d_h)$ | from the hidden units to themselves |
# | `"W_c"` | $(d_h, d_c)$ | from the cause to the hidden units |
# | `"W_o"`, `"b_o"` | $(d_x, d_h)$, $(d_x)$ | from the hidden units to the output |
#
# Row $i$ of a matrix holds what unit $i$ receives.
#
# ## Question 1.a: top down (3 marks)
#
# From the hidden state $h^+$ that the step before ended with, and the cause, the network predicts the next hidden state
# and what it looks like:
#
# $$ h^- = \left(1 - \tfrac1\tau\right) h^+ + \tfrac1\tau \left( W_r \tanh(h^+) + W_c\, c + b_r \right),
#    \qquad \hat x = W_o \tanh(h^-) + b_o . $$

# %% id="top_down" role="answer" question="1.a"
def top_down(
    net: dict[str, torch.Tensor], h: torch.Tensor, c: torch.Tensor, tau: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Predict the next hidden state and the output.

        h_minus = (1 - 1/tau) h + 1/tau (W_r tanh(h) + W_c c + b_r),    x_hat = W_o tanh(h_minus) + b_o

    Parameters
    ----------
    net
        Weights: W_r (d_h, d_h), b_r (d_h,), W_c (d_h, d_c), W_o (d_x, d_h), b_o (d_x,).
    h
        Hidden states h_plus of the step before, as rows, shape (B, d_h).
    c
        Causes as rows, shape (B, d_c).
    tau
        Time constant in steps, at least 1.

    Returns
    -------
    h_minus, shape (B, d_h), and x_hat, shape (B, d_x).

    Example
    -------
    One unit of each kind, W_r = 0, b_r = 0, W_c = 3, W_o = 2, b_o = 0.5, tau = 2: from h = 1 and c = 1 the hidden state
    becomes 1/2 + 3/2 = 2, and the output 2 tanh(2) + 0.5.
    """
    ### BEGIN SOLUTION
    driven = torch.tanh(h) @ net["W_r"].T + c @ net["W_c"].T + net["b_r"]
    h_minus = (1 - 1 / tau) * h + driven / tau
    return h_minus, torch.tanh(h_minus) @ net["W_o"].T + net["b_o"]
    ### END SOLUTION


# %% [markdown]
# Without any target to look at, $h^+ = h^-$, and the network unfolds a cause into a whole trajectory. All trajectories
# start from the same hidden state $h_0$.

# %% id="rollout" role="answer" question="1.a"
def rollout(
    net: dict[str, torch.Tensor], h0: torch.Tensor, c: torch.Tensor, n_steps: int, tau: float
) -> torch.Tensor:
    """Unfold causes into trajectories: n_steps steps top down, each from the hidden state of the one before.

    Parameters
    ----------
    net
        Weights, as in `top_down`.
    h0
        Hidden state before the first step, shape (d_h,), the same for all rows.
    c
        Causes as rows, shape (B, d_c). They stay the same throughout.
    n_steps
        T, at least 1.
    tau
        Time constant in steps.

    Returns
    -------
    The outputs after each step, time first, shape (T, B, d_x). Gradients must reach `net` and `c`.
    """
    ### BEGIN SOLUTION
    h = h0.expand(len(c), -1)
    outputs = []
    for _ in range(n_steps):
        h, x_hat = top_down(net, h, c, tau)
        outputs.append(x_hat)
    return torch.stack(outputs)
    ### END SOLUTION


# %% id="check-1-a" role="check" question="1.a"
check("1.a")

# %% [markdown]
# With a rollout one can train: weights and causes together, by gradient descent through all 60 steps (half a minute on
# a slow machine). The causes that come out are the **prototypes** $\mu_k$, one per letter.

# %% id="experiment-1-a" role="experiment" question="1.a"
TAU, T, D_H = 10.0, 60, 50
data = letters(T)  # 20 letters through hand-placed points
x = data.x  # (60, 20, 2)
torch.manual_seed(1)
net = {
    "W_r": torch.randn(D_H, D_H) / D_H,
    "b_r": torch.randn(D_H) / 10,
    "W_c": torch.randn(D_H, 2) / 2,
    "W_o": torch.randn(2, D_H) / D_H,
    "b_o": torch.randn(2) / 10,
}
h0, prototypes = torch.randn(D_H), 0.01 * torch.randn(20, 2)
trained = [*net.values(), prototypes]
for parameter in trained:
    parameter.requires_grad_()
optimizer = torch.optim.Adam(trained, lr=0.03, weight_decay=1e-4)
best_loss = float("inf")
for iteration in range(501):
    loss = ((rollout(net, h0, prototypes, T, TAU) - x) ** 2).mean()
    if loss.item() < best_loss:  # the loss has spikes: keep the best weights, not the last
        best_loss, best = loss.item(), [parameter.detach().clone() for parameter in trained]
    if iteration % 100 == 0:
        print(f"iteration {iteration}: loss {loss.item():.4f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
net = dict(zip(net, best[:-1], strict=True))
prototypes = best[-1]
print(f"best loss {best_loss:.4f}; predicting nothing at all would give {float((x**2).mean()):.3f}")

# %% id="experiment-1-a-pictures" role="experiment" question="1.a"
generated = rollout(net, h0, prototypes, T, TAU)
figure, panels = plt.subplots(2, 5, figsize=(9, 4), layout="constrained")
for k, ax in enumerate(panels.flat):
    ax.plot(*x[:, 2 * k].T, "--", color="0.6")
    ax.plot(*generated[:, 2 * k].T)
    ax.set(aspect="equal", xticks=[], yticks=[], title=data.names[2 * k])
figure.suptitle("every second letter: target (dashed) and what its prototype generates")
plt.show()

# %% [markdown]
# ## Question 1.b: bottom up (2 marks)
#
# Now a target $x$ is shown. The error $e_x = \hat x - x$ moves the hidden state down the gradient of
# $\tfrac12\lVert e_x \rVert^2$, and what the hidden state had to be moved by is an error again, for the cause:
#
# $$ h^+ = h^- - \alpha_x \left(1 - \tanh^2(h^-)\right) \odot \left(W_o^{\mathsf T} e_x\right),
#    \qquad e_h = h^- - h^+ , $$
# $$ c \leftarrow c - \alpha_h\, W_c^{\mathsf T} e_h + \sigma_r \lVert e_h \rVert\, \xi . $$
#
# The last term is noise: $\xi$ are standard normal numbers, fresh for each step and row, and they count the more the
# larger that row's error is. Gradients at the same place, $h^-$; the norm is Euclidean, one per row.

# %% id="bottom_up" role="answer" question="1.b"
def bottom_up(
    net: dict[str, torch.Tensor],
    h_minus: torch.Tensor,
    e_x: torch.Tensor,
    c: torch.Tensor,
    xi: torch.Tensor,
    alpha_x: float,
    alpha_h: float,
    sigma_r: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Correct the hidden state by the output error, and the cause by the hidden error.

        h_plus = h_minus - alpha_x (1 - tanh(h_minus)^2) * (W_o^T e_x),    e_h = h_minus - h_plus
        c_new = c - alpha_h W_c^T e_h + sigma_r |e_h| xi

    Parameters
    ----------
    net
        Weights, as in `top_down`.
    h_minus
        Predicted hidden states as rows, shape (B, d_h). Is left as it was.
    e_x
        Output errors x_hat - x as rows, shape (B, d_x).
    c
        Causes as rows, shape (B, d_c). Is left as it was.
    xi
        Standard normal numbers, shape (B, d_c). Draw none yourself.
    alpha_x, alpha_h, sigma_r
        Rates and the scale of the noise, 0 or more.

    Returns
    -------
    h_plus, shape (B, d_h); e_h, shape (B, d_h); c_new, shape (B, d_c).

    Example
    -------
    One unit of each kind, W_o = 2, W_c = 3, h_minus = 0, e_x = 1, c = 1, xi = 0.5, alpha_x = 0.1, alpha_h = 0.5,
    sigma_r = 2: h_plus = -0.2, e_h = 0.2, and c_new = 1 - 0.5 * 3 * 0.2 + 2 * 0.2 * 0.5 = 0.9.
    """
    ### BEGIN SOLUTION
    slope = 1 - torch.tanh(h_minus) ** 2
    e_h = alpha_x * slope * (e_x @ net["W_o"])
    size = e_h.norm(dim=1, keepdim=True)  # (B, 1)
    return h_minus - e_h, e_h, c - alpha_h * (e_h @ net["W_c"]) + sigma_r * size * xi
    ### END SOLUTION


# %% id="check-1-b" role="check" question="1.b"
check("1.b")

# %% [markdown]
# ---
# # 2 A prior
#
# ## Question 2: where causes are to be expected (2 marks)
#
# Causes that mean something are near a prototype. Say so by a mixture of equal Gaussians,
# $p(c) \propto \sum_k \exp(-\lVert c - \mu_k\rVert^2 / 2\sigma^2)$, and pull every cause uphill by
#
# $$ g(c) = -\sum_k r_k\, \frac{c - \mu_k}{2\sigma^2}, \qquad
#    r_k = \frac{\exp(-\lVert c - \mu_k\rVert^2 / 2\sigma^2)}{\sum_j \exp(-\lVert c - \mu_j\rVert^2 / 2\sigma^2)} . $$
#
# This is exactly **half** of $\nabla_c \log p(c)$, which would have $\sigma^2$ where this has $2\sigma^2$; the rates
# below belong to this form. Mind causes that are far from everything: with $\sigma = 0.1$ all the exponentials are 0 in
# float32 from a distance of about 1.5 on, and 0/0 is no direction. The ratios $r_k$ are fine there; which function of
# torch computes them without computing the exponentials one by one?

# %% id="prior_gradient" role="answer" question="2"
def prior_gradient(c: torch.Tensor, prototypes: torch.Tensor, sigma: float) -> torch.Tensor:
    """Half of the gradient of the log of a mixture of equal Gaussians.

        g(c) = - sum_k r_k (c - mu_k) / (2 sigma^2),    r_k proportional to exp(-|c - mu_k|^2 / (2 sigma^2))

    Parameters
    ----------
    c
        Causes as rows, shape (B, d_c), however far away.
    prototypes
        mu_1 ... mu_K as rows, shape (K, d_c).
    sigma
        Width of each Gaussian, above 0.

    Returns
    -------
    g, shape (B, d_c), finite for every finite c.

    Example
    -------
    With the one prototype 0 and sigma = 1, g(3) = -1.5. With prototypes -1 and 1, g(0) = 0.
    """
    ### BEGIN SOLUTION
    differences = c[:, None, :] - prototypes[None, :, :]  # (B, K, d_c)
    r = torch.softmax(-(differences**2).sum(dim=2) / (2 * sigma**2), dim=1)  # (B, K)
    return -(r[:, :, None] * differences).sum(dim=1) / (2 * sigma**2)
    ### END SOLUTION


# %% id="check-2" role="check" question="2"
check("2")

# %% [markdown]
# ---
# # 3 Retrieval
#
# One **trial** runs all 60 steps from $h_0$ with the target in view: top down, bottom up, prior, step after step. The
# cause that it ends with starts the next trial. Given are the trial and the measure of how good a cause is: the
# **free-run error**, the mean distance between the target and what the cause generates alone.

# %%
RATES = {"alpha_x": 0.1, "alpha_h": 0.019, "sigma_r": 2.6}
ALPHA_C, SIGMA_C = 0.0085, 0.096


def one_trial(targets, c, rates=RATES, alpha_c=ALPHA_C):
    """Infer for 60 steps from causes c (B, 2) with targets (60, B, 2) in view; returns the last causes."""
    h = h0.repeat(len(c), 1)
    for target in targets:
        h_minus, x_hat = top_down(net, h, c, TAU)
        h, _, c = bottom_up(net, h_minus, x_hat - target, c, torch.randn_like(c), **rates)
        c = c + alpha_c * prior_gradient(c, prototypes, SIGMA_C)
    return c


def free_run_error(targets, c):
    """How badly each cause generates its target by itself, shape (B,)."""
    return (rollout(net, h0, c, T, TAU) - targets).norm(dim=2).mean(dim=0)


# %% [markdown]
# Two stand-ins, so that a loop can be tried without a trained network: chains that jump about, and how far they are
# from the point (1, 1). Leave them as they are; the tests use them.

# %%
def jump(c: torch.Tensor, k: int) -> torch.Tensor:
    """A stand-in for trial number k: every cause jumps somewhere else."""
    return 2 * torch.sin(3 * c + k)


def distance(c: torch.Tensor) -> torch.Tensor:
    """A stand-in for an error: how far each cause is from (1, 1, ...), shape (B,)."""
    return (c - 1).norm(dim=1)


# %% [markdown]
# ## Question 3.a: the best cause so far (3 marks)
#
# Chains hop about, and nobody stops them when they are right. So remember, for each chain by itself, the cause with the
# lowest error that it has had after any trial.

# %% id="retrieve" role="answer" question="3.a"
def retrieve(trial, error, c: torch.Tensor, n_trials: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Run trial after trial and remember the best cause of each chain.

        c <- trial(c, k) for k = 0, 1, ..., n_trials - 1;  errors of these causes: error(c)

    Parameters
    ----------
    trial
        A function of causes (B, d_c) and the number of the trial, 0, 1, ...; returns causes (B, d_c).
    error
        A function of causes (B, d_c); returns one error per chain, (B,).
    c
        Where the chains start, shape (B, d_c). Is left as it was, and does not compete: only what a trial returned.
    n_trials
        At least 1.

    Returns
    -------
    best, shape (B, d_c): of each chain the cause with the lowest error after any trial; of equal ones the earliest.
    best_error, shape (B,): its error.
    last, shape (B, d_c): the causes after the last trial.

    Example
    -------
    `retrieve(jump, distance, torch.zeros(1, 2), 2)`: the first trial leads to (0, 0), at a distance of 1.4142 from
    (1, 1), the second to 2 sin(1) = 1.6829 twice, at 0.9658. The best cause is the second; so is the last.
    """
    ### BEGIN SOLUTION
    best, best_error = c, torch.full((len(c),), torch.inf)
    for k in range(n_trials):
        c = trial(c, k)
        errors = error(c)
        better = errors < best_error
        best = torch.where(better[:, None], c, best)
        best_error = torch.where(better, errors, best_error)
    return best, best_error, c
    ### END SOLUTION


# %% id="check-3-a" role="check" question="3.a"
check("3.a")

# %% [markdown]
# The experiment: 80 chains, four for each letter, from random causes; a chain is right if the nearest prototype is that
# of its letter. Four versions: as it should be, without noise, without the prior, and without the gradient on the
# cause. (With $\tau = 50$, the value that the rates were tuned for, and a thousand iterations of training, the best
# causes of the first version are right in 97 of 100 chains after 100 trials; without noise, 5 of 100.)

# %% id="experiment-3-a" role="experiment" question="3.a"
targets = x.repeat(1, 4, 1)  # chain b looks for letter b % 20
right = torch.arange(20).repeat(4)
VERSIONS = {
    "all of it": (RATES, ALPHA_C),
    "no noise": ({**RATES, "sigma_r": 0.0}, ALPHA_C),
    "no prior": (RATES, 0.0),
    "no gradient on the cause": ({**RATES, "alpha_h": 0.0}, ALPHA_C),
}
share = {}
with torch.no_grad():
    for name, (rates, alpha_c) in VERSIONS.items():
        torch.manual_seed(2)
        path = []  # causes after every trial

        def remembered_trial(c, k, rates=rates, alpha_c=alpha_c, path=path):
            path.append(one_trial(targets, c, rates, alpha_c))
            return path[-1]

        found, found_error, last = retrieve(
            remembered_trial, lambda c: free_run_error(targets, c), torch.randn(80, 2), 60
        )
        nearest_last, nearest_best = (torch.cdist(c, prototypes).argmin(dim=1) == right for c in (last, found))
        print(f"{name:26} right after 60 trials: last cause {float(nearest_last.float().mean()):.2f}, "
              f"best cause {float(nearest_best.float().mean()):.2f}")
        share[name] = torch.stack([(torch.cdist(c, prototypes).argmin(dim=1) == right).float().mean() for c in path])
        if name == "all of it":
            ways = torch.stack(path)  # (60, 80, 2)

# %% [markdown]
# **Figure (1 mark).** Left: the ways of the four chains that look for one letter of your choice in the first 20 trials
# (`ways[:20, b]` for $b$, $b + 20$, $b + 40$, $b + 60$), among the prototypes, with a circle of radius 0.1 round the
# right one. Right: for all four versions the share of chains whose *last* cause is right, against the trial (`share`).
# Label the axes.

# %% id="figures-3-a" role="figures" question="3.a"
### BEGIN SOLUTION
letter = data.names.index("p")
figure, (plane, curves) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
plane.plot(*prototypes.T, "kx")
for name, point in zip(data.names, prototypes, strict=True):
    plane.annotate(name, point.tolist(), xytext=(4, 3), textcoords="offset points")
for restart in range(4):
    plane.plot(*ways[:20, letter + 20 * restart].T, ".-", linewidth=0.8, label=f"chain {restart + 1}")
plane.add_patch(plt.Circle(prototypes[letter].tolist(), 0.1, fill=False, color="black", linewidth=2, zorder=5))
plane.set(xlabel="cause 1", ylabel="cause 2", title="four searches for the letter p", aspect="equal")
plane.legend()
for name, values in share.items():
    curves.plot(range(1, len(values) + 1), values, label=name)
curves.set(xlabel="trial", ylabel="share of chains whose last cause is right", ylim=(0, 1))
curves.legend()
plt.show()
### END SOLUTION

# %% [markdown]
# ## Question 3.b: what makes retrieval work (1 mark)
#
# The method is called predictive *coding*, and its gradient on the cause is what the theory is about. Read your four
# versions again. Which parts does retrieval need, what does each of them do to a chain in a wrong basin and to one in
# the right basin, and why is the gradient on the cause not needed? About 80 words.

# %% [markdown] id="answer-3-b" role="written" question="3.b"
# ### BEGIN SOLUTION
# **Needed: noise that grows with the error, and the prior.** In a wrong basin the errors are large, so the kicks are
# about as wide as the distance between prototypes: the cause hops. At the right cause the errors are small, the kicks
# become tiny and the prior pulls the cause back to the prototype: it stays. It is a random search that anneals itself.
# Without noise a chain falls into the nearest prototype and never leaves it; without the prior it wanders and settles
# nowhere.
#
# **Not needed: the gradient.** It leads downhill only near the right cause; from elsewhere it points into local minima,
# and at the rate used its steps are small beside the kicks and the pull of the prior.
# ### END SOLUTION

# %% [markdown]
# ## Question 3.c: why the last cause is a poor answer (1 mark)
#
# The share of chains whose *last* cause is right stops growing (at about a half with these weights, at three quarters
# with the published ones), however many trials are run, although nearly every chain has been right at some time.
# Explain the plateau by the chances of leaving and of entering the right basin in one trial. Then: a target with a
# little noise on it makes the last cause almost worthless and hardly harms the best one. Why? About 80 words.

# %% [markdown] id="answer-3-c" role="written" question="3.c"
# ### BEGIN SOLUTION
# **The plateau.** A chain in the right basin leaves with a small chance $l$ per trial (0.03, say) and enters it again
# with a chance $e$ (0.1). The shares become stationary where as many leave as enter: at $e / (e + l)$, here 0.77.
# Nothing is ever kept, so more trials change nothing. The best cause so far is kept: it is right once a chain has been
# there *once*.
#
# **Noise on the target.** The output error stays large even at the right cause, so the kicks never die down and chains
# leave at once: the stationary share falls towards chance. But the free-run error is still lowest for the right cause,
# since the same noise is in all the errors that are compared.
# ### END SOLUTION

# %% [markdown]
# ---
# # 4 Without any search
#
# There are only 20 prototypes. One can simply let each of them run freely and take the one whose trajectory is nearest
# to the target.

# %% id="experiment-4" role="experiment" question="4"
with torch.no_grad():
    for noise in (0.0, 0.5, 1.0):
        torch.manual_seed(3)
        shown = x + noise * torch.randn_like(x)
        scores = torch.stack([free_run_error(shown, prototype.expand(20, -1)) for prototype in prototypes])  # (20, 20)
        hits = scores.argmin(dim=0) == torch.arange(20)
        print(f"noise {noise}: every prototype scored, {float(hits.float().mean()):.2f} right after 20 free runs each")

# %% [markdown]
# ## Question 4: when scoring every prototype is better (1 mark)
#
# Compare its cost with that of a retrieval and its success with yours. When is scoring every prototype the better
# method, and what would have to be different for the search to be worth its cost? About 80 words.

# %% [markdown] id="answer-4" role="written" question="4"
# ### BEGIN SOLUTION
# **Better whenever the prototypes are known and few.** It costs 20 free runs per target, against 60 trials and as many
# free runs per chain, and finds the best prototype by definition, also from noisy targets. The search gets its
# prototypes from the prior, so it never knows less.
#
# **The search pays** where causes are not a short list: thousands of prototypes (its cost does not grow with their
# number so fast), causes between or beyond prototypes (a blend, a new hand), many-dimensional causes that are combined,
# or targets that change while they are watched. And it is the *mechanism* that is of interest: a network that searches
# its own memory, with nothing outside it that keeps a list.
# ### END SOLUTION
