# %% [markdown]
# # Associative retrieval
#
# Show a memory part of a picture, or a noisy one, and it gives back the whole. There are many such memories, and most
# of them are one formula: compare the cue with every stored pattern, turn the similarities into weights, and average
# the patterns by these weights. This assignment derives that formula from a generative model: the stored patterns are
# the means of a mixture of Gaussians, and reading is inference. Then it asks what an honest measure of success is,
# when it helps to read more than once, and how a memory can find out which parts of a code it should trust.
#
# | question | asks for | marks |
# |---|---|---|
# | 1.a | a step of the mixture | 2 |
# | 1.b | a step of the modern Hopfield network | 1 |
# | 1.c | why products fail on raw pixels (text) | 1 |
# | 2.a | spoilt cues | 2 |
# | 2.b | did the right pattern come back | 2 |
# | 2.c | a threshold that flatters (text) | 1 |
# | 3.a | free energy | 1 |
# | 3.b | reading once and reading ten times (figure) | 1 |
# | 3.c | when iterations matter (text) | 1 |
# | 4 | which numbers of a code can be trusted, and a figure | 3 |
#
# **How it works.** You complete *functions*; cells below them call your functions in experiments. `check("1.a")` tells
# you at once whether the functions of question 1.a hold on small examples; after the deadline the same functions are
# called with other inputs. So use the arguments that a function receives and nothing else. You may add cells and
# functions of your own. Never change what a caller handed you (`x = x.clone()` makes a copy of your own).
#
# **Reading.**
#
# * L. Annabi, A. Pitti, M. Quoy, *On the relationship between variational inference and auto-associative memory*,
#   NeurIPS 2022.
# * H. Ramsauer et al., *Hopfield networks is all you need*, 2020.
# * B. Millidge et al., *Universal Hopfield networks*, 2022.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder import check
from hippo import scenes
from hippo.datasets import load_mnist

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

# %% [markdown]
# ---
# # 1 Two memories
#
# $N$ patterns $m_1 \dots m_N$ are the **rows** of a matrix, cues and states $z$ are rows of another.
#
# ## Question 1.a: a step of the mixture (2 marks)
#
# Let $p(z) = \frac1N \sum_i \mathcal N(z;\, m_i,\, \sigma^2 1)$. A state can have come from any of the Gaussians;
# $w_i$ is the probability that it was number $i$, and the step moves the state to what is expected then:
#
# $$ w_i = \frac{\exp\left(-\|z - m_i\|^2 / 2\sigma^2\right)}{\sum_j \exp\left(-\|z - m_j\|^2 / 2\sigma^2\right)},
#    \qquad z \leftarrow \sum_i w_i m_i . $$
#
# A state may be so far from all patterns that every single exponential is 0 in the computer. The weights are well
# defined all the same.

# %% id="mixture_step" role="answer" question="1.a"
def mixture_step(patterns: torch.Tensor, states: torch.Tensor, sigma: float) -> torch.Tensor:
    """One fixed-point step of a Gaussian-mixture memory.

        w_i = softmax_i(-|z - m_i|^2 / (2 sigma^2)),    z <- sum_i w_i m_i

    Parameters
    ----------
    patterns
        m_1 ... m_N as rows, shape (N, D). Is left as it was.
    states
        States as rows, shape (B, D). Is left as it was.
    sigma
        Width of every Gaussian, above 0.

    Returns
    -------
    The states after the step, shape (B, D).

    Example
    -------
    With patterns [[0], [1]] and sigma 1, the state [[0.5]] stays, and [[0]] becomes [[0.3775]], which is
    exp(-1/2) / (1 + exp(-1/2)).
    """
    ### BEGIN SOLUTION
    scores = states @ patterns.T - patterns.square().sum(dim=1) / 2
    return torch.softmax(scores / sigma**2, dim=1) @ patterns
    ### END SOLUTION


# %% id="check-1-a" role="check" question="1.a"
check("1.a")

# %% [markdown]
# ## Question 1.b: a step of the modern Hopfield network (1 mark)
#
# $$ w = \mathrm{softmax}_i\left(\beta\, z \cdot m_i\right), \qquad z \leftarrow \sum_i w_i m_i . $$

# %% id="hopfield_step" role="answer" question="1.b"
def hopfield_step(patterns: torch.Tensor, states: torch.Tensor, beta: float) -> torch.Tensor:
    """One update of the modern continuous Hopfield network.

        w_i = softmax_i(beta z.m_i),    z <- sum_i w_i m_i

    Parameters
    ----------
    patterns
        m_1 ... m_N as rows, shape (N, D). Is left as it was.
    states
        States as rows, shape (B, D). Is left as it was.
    beta
        Above 0.

    Returns
    -------
    The states after the step, shape (B, D).

    Example
    -------
    With patterns [[1, 0], [0, 1]] and beta 2, the state [[1, 0]] becomes [[0.8808, 0.1192]]: the weights are
    1 / (1 + exp(-2)) and the rest.
    """
    ### BEGIN SOLUTION
    return torch.softmax(beta * states @ patterns.T, dim=1) @ patterns
    ### END SOLUTION


# %% id="check-1-b" role="check" question="1.b"
check("1.b")

# %% [markdown]
# ## Question 1.c: why products fail on raw pixels (1 mark)
#
# On 100 CIFAR-10 pictures with pixels from 0 to 1, the Hopfield step with $\beta = 100$ gives back 4 % of the
# patterns **from the patterns themselves**; the mixture with $\sigma = 0.1$ gives back all of them.
#
# 1. Expand $\|z - m_i\|^2$ in the mixture's weights. In what do the two rules differ, for which $\beta$?
# 2. Which pattern does the Hopfield step give back on raw pixels, and why? When are the two rules the same? About 80
#    words.

# %% [markdown] id="answer-1-c" role="written" question="1.c"
# ### BEGIN SOLUTION
# **The difference.** $-\|z-m_i\|^2/2\sigma^2 = (z\cdot m_i - \tfrac12\|m_i\|^2 - \tfrac12\|z\|^2)/\sigma^2$. The last
# term is the same for all $i$ and cancels in the softmax. So the mixture is the Hopfield rule with
# $\beta = 1/\sigma^2$ **plus a bias $-\|m_i\|^2/2\sigma^2$ against patterns of large norm**.
#
# **What comes back.** All pixels are at least 0, so all products are large and positive, and the brightest pictures,
# those of the largest norm, have the largest product with nearly every cue: the same few come back whatever is shown.
# If all patterns have the same norm (normalised, or bipolar), the bias is a constant and the rules agree.
# ### END SOLUTION

# %% [markdown]
# ---
# # 2 Cues and success
#
# ## Question 2.a: spoilt cues (2 marks)
#
# Two ways to spoil pictures with pixels from 0 to 1. What is random is drawn outside and handed in.
#
# * **Noise**: add `std` times standard normal numbers, and clamp the result to [0, 1].
# * **Mask**: set a square to grey, 0.5. For a side of $2h$ and a centre $(r, c)$ it covers rows $r - h$ to $r + h - 1$
#   and columns $c - h$ to $c + h - 1$. Every picture has a centre of its own. An odd `side` is rounded down.

# %% id="noisy" role="answer" question="2.a"
def noisy(images: torch.Tensor, std: float, draws: torch.Tensor) -> torch.Tensor:
    """Pictures with Gaussian noise, clamped to [0, 1].

    Parameters
    ----------
    images
        Shape (B, H, W), from 0 to 1. Is left as it was.
    std
        Standard deviation of the noise, at least 0.
    draws
        Standard normal numbers, shape (B, H, W).

    Returns
    -------
    Shape (B, H, W), from 0 to 1.

    Example
    -------
    The pixels [0.5, 0.5, 0.0] with std 0.2 and draws [1, 4, -1] become [0.7, 1.0, 0.0].
    """
    ### BEGIN SOLUTION
    return (images + std * draws).clamp(0, 1)
    ### END SOLUTION


# %% id="masked" role="answer" question="2.a"
def masked(images: torch.Tensor, side: int, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """Pictures with one grey square each.

    Parameters
    ----------
    images
        Shape (B, H, W), from 0 to 1. Is left as it was.
    side
        Side of the square in pixels; with h = side // 2 it is 2 h pixels wide.
    rows, columns
        Centre of each picture's square, whole numbers, shape (B,); at least h, and at most H - h or W - h.

    Returns
    -------
    Shape (B, H, W); 0.5 in rows r - h ... r + h - 1 and columns c - h ... c + h - 1.

    Example
    -------
    A 4 x 4 picture of ones, side 2, centre (1, 2): the pixels (0, 1), (0, 2), (1, 1), (1, 2) are 0.5.
    """
    ### BEGIN SOLUTION
    half = side // 2
    spoilt = images.clone()
    for b in range(len(images)):
        row, column = rows[b], columns[b]
        spoilt[b, row - half : row + half, column - half : column + half] = 0.5
    return spoilt
    ### END SOLUTION


# %% id="check-2-a" role="check" question="2.a"
check("2.a")

# %% [markdown]
# ## Question 2.b: did the right pattern come back (2 marks)
#
# Row $b$ of the read-outs belongs to pattern $b$. Three answers:
#
# * **rate**: the share of rows whose distance to their own pattern is below a threshold;
# * **identity**: the share of rows whose nearest pattern is their own. Of several equally near ones, the first counts;
# * **relative**: the share of rows whose distance to their own pattern is below **half** the distance from that pattern
#   to the nearest **other** pattern.

# %% id="success" role="answer" question="2.b"
def success(patterns: torch.Tensor, readouts: torch.Tensor, threshold: float) -> tuple[float, float, float]:
    """Three answers to how often the right pattern came back.

    Parameters
    ----------
    patterns
        Stored patterns as rows, shape (N, D), N at least 2.
    readouts
        What was read, as rows, shape (N, D); row b should be pattern b.
    threshold
        Largest distance of a success, in the unit of the patterns.

    Returns
    -------
    rate, identity, relative: three numbers from 0 to 1.

    Example
    -------
    For patterns [[0], [3], [9]], read-outs [[2], [3], [7]] and a threshold of 2.5: the distances to the own patterns
    are 2, 0, 2, all below 2.5, so the rate is 1. The nearest of the first read-out is pattern 1, not 0, so the
    identity is 2/3. The nearest others are 3, 3 and 6 away, half of that is 1.5, 1.5, 3: relative 2/3.
    """
    ### BEGIN SOLUTION
    own = (readouts - patterns).norm(dim=1)
    nearest = (readouts[:, None] - patterns).norm(dim=2).argmin(dim=1)
    between = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(dim=1)
    rate = (own < threshold).float().mean()
    identity = (nearest == torch.arange(len(patterns))).float().mean()
    relative = (own < between / 2).float().mean()
    return float(rate), float(identity), float(relative)
    ### END SOLUTION


# %% id="check-2-b" role="check" question="2.b"
check("2.b")

# %% [markdown]
# The experiment: 100 handwritten digits, 20 % to 80 % of noise and a mask of half the width, read once by each memory,
# and by no memory at all.

# %% id="experiment-2-b" role="experiment" question="2.b"
#: Rate in % below a distance of 2, MNIST, of a published program run again: Hopfield, mixture.
PUBLISHED = {"noise 0.2": (65.95, 100), "noise 0.4": (38.7, 99.95), "noise 0.8": (13.4, 98.95), "mask 16": (12.7, 96.7)}
digits = load_mnist(allow_bundled=True, allow_download=False)
images = digits.x_test[:100].float() / 255
patterns = images.flatten(1)
torch.manual_seed(0)
cues = {f"noise {std}": noisy(images, std, torch.randn(100, 28, 28)) for std in (0.2, 0.4, 0.8)}
centres = torch.randint(8, 20, (2, 100))
cues["mask 16"] = masked(images, 16, *centres)
print(f"{digits.name}: rate, identity, relative")
for name, cue in cues.items():
    cue = cue.flatten(1)
    for memory, readout in (
        ("none", cue),
        ("Hopfield", hopfield_step(patterns, cue, 100.0)),
        ("mixture", mixture_step(patterns, cue, 0.1)),
    ):
        rate, identity, relative = success(patterns, readout, 2.0)
        known = dict(zip(("Hopfield", "mixture"), PUBLISHED[name], strict=True)).get(memory, "none")
        print(f"{name:<10} {memory:<9} {rate:6.2f} {identity:6.2f} {relative:6.2f}   published rate in %: {known}")

# %% [markdown]
# ## Question 2.c: a threshold that flatters (1 mark)
#
# Pictures are often stored as codes of an autoencoder, and a published success there is a distance below **5**. For one
# such autoencoder the mean distance from a code to its nearest neighbour was 6.6 and the smallest 2.96. With half a
# standard deviation of noise on the picture, the **encoder alone**, without any memory, scores 72.5 %. With a large
# mask the mixture scores 42.0 % below the threshold, but 38.2 % by identity.
#
# Explain both observations, and say what you would report. About 80 words.

# %% [markdown] id="answer-2-c" role="written" question="2.c"
# ### BEGIN SOLUTION
# **Doing nothing counts.** The code of the spoilt picture already lies within 5 of the code of the clean one in most
# cases; the threshold measures the encoder, not the memory. Without a row for "no memory" nobody sees that.
#
# **Wrong patterns count.** Some codes have neighbours closer than 5. When the mixture returns such a neighbour, a wrong
# pattern, its distance is still below the threshold: 42.0 against 38.2.
#
# **Report** the identity of the nearest pattern, or a threshold relative to the nearest neighbour's distance, and
# beside it the row without a memory and that of the plain nearest neighbour.
# ### END SOLUTION

# %% [markdown]
# ---
# # 3 Free energy
#
# ## Question 3.a: free energy (1 mark)
#
# A code $z$ explains a picture $x$ if its decoding is close to it, and it is credible if the memory knows it:
#
# $$ F(z) = \underbrace{\tfrac12 \|x - \mathrm{dec}(z)\|^2}_{\text{accuracy}}
#    \; \underbrace{- \log \sum_i \exp\left(-\|z - m_i\|^2 / 2\sigma^2\right)}_{\text{complexity}} . $$
#
# The step of 1.a never raises the second term. Codes far from all patterns have a large but finite complexity.

# %% id="free_energy" role="answer" question="3.a"
def free_energy(
    patterns: torch.Tensor, codes: torch.Tensor, sigma: float, images: torch.Tensor, decoded: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Both terms of the free energy of each code.

    Parameters
    ----------
    patterns
        Stored codes as rows, shape (N, D).
    codes
        Codes as rows, shape (B, D).
    sigma
        Width of every Gaussian, above 0.
    images
        The pictures that the codes are to explain, as rows, shape (B, P).
    decoded
        What the decoder makes of the codes, shape (B, P).

    Returns
    -------
    accuracy, complexity: one number per code, shape (B,) each.

    Example
    -------
    One pattern [0, 0], one code [3, 4], sigma 5, picture [1, 1], decoded [1, 0]: accuracy 1/2, complexity 1/2.
    """
    ### BEGIN SOLUTION
    accuracy = (images - decoded).square().sum(dim=1) / 2
    squared = (codes[:, None] - patterns).square().sum(dim=2)
    return accuracy, -torch.logsumexp(-squared / (2 * sigma**2), dim=1)
    ### END SOLUTION


# %% id="check-3-a" role="check" question="3.a"
check("3.a")

# %% [markdown]
# ## Question 3.b: reading once and reading ten times (1 mark)
#
# Read the noisy digits (standard deviation 0.4) with widths $\sigma$ from 0.1 to 8, once and ten times.

# %% id="experiment-3-b" role="experiment" question="3.b"
SIGMAS = (0.1, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0)
identities, complexities = {1: [], 10: []}, []
for sigma in SIGMAS:
    state = cues["noise 0.4"].flatten(1)
    way = []
    for step in range(11):
        if step in identities:
            identities[step].append(success(patterns, state, 2.0)[0])
        way.append(float(free_energy(patterns, state, sigma, state, state)[1].mean()))
        state = mixture_step(patterns, state, sigma)
    complexities.append(way)
    print(f"sigma {sigma:4.1f}: rate after 1 step {identities[1][-1]:.2f}, after 10 {identities[10][-1]:.2f}")

# %% [markdown]
# **Figure.** Draw the rate after one and after ten steps against $\sigma$ (logarithmic axis), and beside it the
# complexity against the step for three widths. Label the axes.

# %% id="figures-3-b" role="figures" question="3.b"
### BEGIN SOLUTION
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for steps, marker in ((1, "o"), (10, "s")):
    left.plot(SIGMAS, identities[steps], marker=marker, label=f"{steps} steps")
left.set(xscale="log", xlabel="width sigma", ylabel="share within a distance of 2", title="rate")
left.legend()
for i in (0, 4, 9):
    right.plot(complexities[i], marker="o", label=f"sigma {SIGMAS[i]}")
right.set(yscale="symlog", xlabel="step", ylabel="complexity (nats)", title="never rises")
right.legend()
plt.show()
### END SOLUTION

# %% [markdown]
# ## Question 3.c: when iterations matter (1 mark)
#
# For which widths do further iterations change the rate, and why not for smaller and not for larger
# ones? What does the step do in both limits? About 80 words.

# %% [markdown] id="answer-3-c" role="written" question="3.c"
# ### BEGIN SOLUTION
# **Small widths.** One pattern takes all the weight at the first step, so the state *is* that pattern and stays: the
# memory is a nearest-neighbour search, and nine further steps change nothing. **Large widths.** All weights are nearly
# equal, the state goes to the mean of the patterns and stays there: nothing is retrieved, and no iteration helps.
#
# **Between**, at about 2 here, where $\sigma^2$ is comparable to differences of squared distances, the first step
# gives a blend in which the right pattern weighs most; from the blend it weighs more still, and the iterations sharpen
# it, or drift to a mixture of several: here the rate falls from 0.98 to 0.90.
# ### END SOLUTION

# %% [markdown]
# ---
# # 4 Which numbers of a code can be trusted
#
# ## Question 4: a learnt precision (3 marks)
#
# A picture is coded by what is in it: for each of three solids its position, size, shape, colour and material, 30
# numbers. Now the colours of all cues are rotated, red to green to blue. Every cue is wrong in nine of 30 numbers. The
# mixture trusts all of them alike. Give each number $d$ a precision $\exp(\rho_d)$ and learn it:
#
# $$ w_i = \mathrm{softmax}_i\Big(-\tfrac12 \sum_d e^{\rho_d} (z_d - m_{id})^2\Big), \qquad
#    \hat z = \sum_i w_i m_i, \qquad
#    \rho \leftarrow \rho - \eta\, \nabla_\rho\, \frac{1}{ND} \sum_{b,d} (\hat z_{bd} - m_{bd})^2 , $$
#
# where cue $b$ belongs to pattern $b$, and $\rho$ starts at 0.

# %% id="precision_step" role="answer" question="4"
def precision_step(patterns: torch.Tensor, states: torch.Tensor, log_precision: torch.Tensor) -> torch.Tensor:
    """One step of a mixture whose Gaussians have a precision per dimension.

        w_i = softmax_i(-1/2 sum_d exp(rho_d) (z_d - m_id)^2),    z <- sum_i w_i m_i

    Parameters
    ----------
    patterns
        m_1 ... m_N as rows, shape (N, D). Is left as it was.
    states
        States as rows, shape (B, D). Is left as it was.
    log_precision
        rho, shape (D,).

    Returns
    -------
    The states after the step, shape (B, D).

    Example
    -------
    With rho = [0, 0] it is `mixture_step` with sigma 1. With patterns [[0, 0], [1, 2]], the state [[0, 1]] and
    rho = [log 2, 0] the weights are 1 / (1 + exp(-1)) and the rest, and the state becomes [[0.2689, 0.5379]].
    """
    ### BEGIN SOLUTION
    precision = log_precision.exp()
    squared = ((states[:, None] - patterns).square() * precision).sum(dim=2)
    return torch.softmax(-squared / 2, dim=1) @ patterns
    ### END SOLUTION


# %% id="learn_precision" role="answer" question="4"
def learn_precision(patterns: torch.Tensor, cues: torch.Tensor, n_steps: int, rate: float) -> torch.Tensor:
    """Learn the precision by gradient descent on the error of one step.

        rho <- rho - rate * gradient of mean_bd (precision_step(patterns, cues, rho)_bd - m_bd)^2,    from rho = 0

    Parameters
    ----------
    patterns
        m_1 ... m_N as rows, shape (N, D).
    cues
        Spoilt patterns as rows, shape (N, D); cue b belongs to pattern b.
    n_steps
        Steps of the descent, 0 or more.
    rate
        eta, above 0.

    Returns
    -------
    rho, shape (D,).

    Example
    -------
    After 0 steps it is 0. For patterns [[0, 0], [1, 1]] and cues [[0, 1], [1, 0]] (the second number is always wrong)
    one step with rate 4 gives [0.5, -0.5]: the first number gains, the second loses.
    """
    ### BEGIN SOLUTION
    rho = torch.zeros(patterns.shape[1], requires_grad=True)
    for _ in range(n_steps):
        error = (precision_step(patterns, cues, rho) - patterns).square().mean()
        (gradient,) = torch.autograd.grad(error, rho)
        rho = (rho - rate * gradient).detach().requires_grad_()
    return rho.detach()
    ### END SOLUTION


# %% id="check-4" role="check" question="4"
check("4")

# %% [markdown]
# Scenes for training and others for the test; the codes are the truth that the generator knows.

# %% id="experiment-4" role="experiment" question="4"
NAMES = ("x", "y", "size", *scenes.SHAPES, "red", "green", "blue", "metal")


def code(drawn):
    """Three solids of ten numbers each, shape (n, 30)."""
    kind = torch.nn.functional.one_hot(drawn.shape, 3).float()
    parts = [2 * drawn.x[..., None] / 64 - 1, 2 * drawn.y[..., None] / 64 - 1, drawn.radius[..., None] / 10]
    return torch.cat([*parts, kind, 2 * drawn.rgb - 1, drawn.material[..., None].float()], dim=-1)


def rotated(solids):
    """The same with red, green, blue in the places of green, blue, red."""
    return torch.cat([solids[..., :6], solids[..., 6:9].roll(-1, dims=-1), solids[..., 9:]], dim=-1)


known = code(scenes.draw_scenes(300, torch.Generator().manual_seed(1)))
learnt = learn_precision(known.flatten(1), rotated(known).flatten(1), 400, 20.0)
rates = {"mixture, sigma 0.1": [], "learnt precision, 10 steps": []}
for block in code(scenes.draw_scenes(500, torch.Generator().manual_seed(2))).split(100):
    stored, cue = block.flatten(1), rotated(block).flatten(1)
    rates["mixture, sigma 0.1"].append(success(stored, mixture_step(stored, cue, 0.1), 0.5))
    for _ in range(10):
        cue = precision_step(stored, cue, learnt)
    rates["learnt precision, 10 steps"].append(success(stored, cue, 0.5))
published = {"mixture, sigma 0.1": 0.52, "learnt precision, 10 steps": 0.997}
for name, blocks in rates.items():
    rate, identity, _ = np.mean(blocks, axis=0)
    print(f"{name:<27} rate {rate:.3f}, identity {identity:.3f}   published, other scenes: {published[name]}")

# %% [markdown]
# **Figure (1 mark).** Draw the precisions $\exp(\rho)$, mean over the three solids, for each of the ten numbers, on a
# logarithmic axis. Say in one sentence what the memory has found out.

# %% id="figures-4" role="figures" question="4"
### BEGIN SOLUTION
figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
ax.bar(NAMES, learnt.exp().reshape(3, 10).mean(0))
ax.axhline(1, color="0.4")
ax.set(yscale="log", xlabel="number of a slot", ylabel="precision (start: 1)")
ax.set_title("colours weigh least: the memory has found out which numbers a rotation changes")
plt.show()
### END SOLUTION
